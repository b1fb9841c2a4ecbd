# SPDX-License-Identifier: Apache-2.0
"""What a command prints once a statement is entered in our register: where it stands, what next."""

from __future__ import annotations

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
