# SPDX-License-Identifier: Apache-2.0
"""What a command prints once a statement is entered in our register: where it stands, what next."""

from __future__ import annotations

from collections.abc import Iterable

from comity.basis.ids import PartyId
from comity.basis.strict_json import JsonValue
from comity.cli.printing import labelled, say, shown, shown_instant
from comity.cli.session import Desk
from comity.decision.stages import Refused
from comity.flows.shapes import control_number, entered_json
from comity.flows.speak import Entered

SCHEMA = "comity/entered/1"


def show_entered(
    desk: Desk, entered: Entered | Refused, *, details: tuple[str, ...] = ()
) -> int | None:
    """Say what was entered and how it gets to the partners, or what refuses it.

    `details` are lines under it, ready to be printed.
    """
    if isinstance(entered, Refused):
        return desk.refuse(entered)
    said = [line for each in (entered, *entered.further) for line in _lines(each)]
    desk.show(SCHEMA, {"entered": entered_json(entered)}, [*said, *details])
    if not desk.as_json:
        say_delivery(desk, entered.statement.to)
    return None


def show_all_entered(desk: Desk, schema: str, entered: tuple[Entered, ...] | Refused) -> int | None:
    """Say what was entered by one command, or what refuses it."""
    if isinstance(entered, Refused):
        return desk.refuse(entered)
    rows: list[JsonValue] = [entered_json(each) for each in entered]
    desk.show(schema, {"entered": rows}, [line for each in entered for line in _lines(each)])
    if not desk.as_json:
        say_delivery(desk, sorted({party for each in entered for party in each.statement.to}))
    return None


def _lines(entered: Entered) -> tuple[str, ...]:
    statement = entered.statement
    return (
        f"entered {control_number(entered)}: {statement.kind} to {', '.join(statement.to)}",
        labelled("said at", shown_instant(statement.at)),
        *cited_lines(entered.articles),
        *unasked_lines(entered.unasked),
    )


def cited_lines(articles: tuple[str, ...]) -> tuple[str, ...]:
    """Say which articles of the file allowed what was done; nothing where it asked for none."""
    cited = ", ".join(f"Art. {shown(each)}" for each in articles)
    return (labelled("allowed by", cited),) if cited else ()


def unasked_lines(article: str | None) -> tuple[str, ...]:
    """Warn whoever drafts or does what the others are to be asked about before; it is not stopped.

    Source: AGREEMENTS.md section 3 (consultation)
    """
    if article is None:
        return ()
    asks = f"Art. {shown(article)} asks the others first, and nobody asked them"
    return (labelled("WARNING", f"{asks}: comity consultation ask --help"),)


def say_delivery(desk: Desk, to: Iterable[PartyId]) -> None:
    """Say how what was entered gets to each partner."""
    carry = "next: carry it"
    if desk.is_served:
        say(f"next: the served node delivers it: {desk.next_command('status')}")
        carry = "      or by hand"
    for party in to:
        say(f"{carry}: {desk.next_command(f'courier pack --to {shown(party)}')}")
