# SPDX-License-Identifier: Apache-2.0
"""What a command prints once a statement is entered in our register: where it stands, what next."""

from __future__ import annotations

from comity.basis.instants import format_instant
from comity.basis.strict_json import JsonValue
from comity.cli.printing import labelled, say, shown, shown_instant
from comity.cli.session import Desk
from comity.decision.stages import Refused
from comity.flows.speak import Entered
from comity.statement.kinds import InertBody

SCHEMA = "comity/entered/1"


def show_entered(
    desk: Desk, entered: Entered | Refused, *, details: tuple[str, ...] = ()
) -> int | None:
    """Say what was entered and how it gets to the partners, or what refuses it.

    `details` are lines under it, ready to be printed.
    """
    if isinstance(entered, Refused):
        return desk.refuse(entered)
    statement = entered.statement
    lines = [
        f"entered {control_number(entered)}: {statement.kind} to {', '.join(statement.to)}",
        labelled("said at", shown_instant(statement.at)),
        *details,
    ]
    desk.show(SCHEMA, {"entered": entered_json(entered)}, lines)
    if not desk.as_json:
        for party in statement.to:
            say(f"next: carry it: comity courier pack --to {shown(party)} FILE")
    return None


def control_number(entered: Entered) -> str:
    """Give the place of a statement with its agreement."""
    return f"{entered.statement.agreement_id}/{entered.place}"


def entered_json(entered: Entered) -> dict[str, JsonValue]:
    """Give what was entered as an object; the authority's note stays out."""
    statement = entered.statement
    body = {} if isinstance(statement.body, InertBody) else dict(statement.body.to_json())
    body.pop("authority", None)
    return {
        "place": control_number(entered),
        "kind": statement.kind,
        "to": list(statement.to),
        "at": format_instant(statement.at),
        "body": body,
    }
