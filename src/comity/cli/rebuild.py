# SPDX-License-Identifier: Apache-2.0
"""`comity rebuild`: every derived table made anew from the registers, and held to what was."""

from __future__ import annotations

import click

from comity.basis.strict_json import JsonValue
from comity.cli.printing import say
from comity.cli.session import Desk, node_command
from comity.flows.housekeeping.rebuild import rebuild as rebuild_derived

NOT_EQUAL = 4


@click.command(
    epilog="Exit codes: 0 all equal, 4 something had been different.\n\n"
    "Example: comity rebuild --node jpn"
)
@node_command(writing=True)
async def rebuild(desk: Desk) -> int:
    """Make every derived table anew from the registers' bytes, and prove it equal.

    Verdicts and states are caches: nothing is lost with them, and nothing rests on them alone.
    """
    done = await rebuild_derived(desk.context)
    value: dict[str, JsonValue] = {
        "agreements": done.agreements,
        "judgements": done.judgements,
        "different": done.different,
        "equal": not done.different,
    }
    lines = [
        f"{done.judgements} verdicts made anew, in {done.agreements} "
        f"{'agreement' if done.agreements == 1 else 'agreements'}",
        "all equal" if not done.different else f"{done.different} had been different: put right",
    ]
    desk.show("comity/rebuild/1", value, lines)
    if done.different and not desk.as_json:
        say("hint: check the disk: comity register check")
    return NOT_EQUAL if done.different else 0
