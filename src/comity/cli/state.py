# SPDX-License-Identifier: Apache-2.0
"""`comity state export`: what the registers amount to, the same bytes on every node."""

from __future__ import annotations

import click

from comity.basis.ids import AgreementId
from comity.basis.instants import Instant
from comity.cli.nouns import Noun
from comity.cli.options import agreement_option, instant_option, the_agreement
from comity.cli.printing import write_out
from comity.cli.session import Desk, node_command
from comity.flows.housekeeping.rebuild import export_state


@click.group(cls=Noun)
def state() -> None:
    """What the registers amount to.

    State is a pure fold over the registers: two nodes that hold the same registers show the same.
    """


@state.command(epilog="Example: comity state export --agreement gsomia-jpn-kor --node jpn --json")
@agreement_option
@instant_option(
    "--at", help_text="As it stood at an instant. [the latest time in the registers, never now]"
)
@node_command(writing=False)
async def export(desk: Desk, *, agreement: AgreementId | None, at: Instant | None) -> None:
    """Print the whole state of an agreement as canonical JSON (RFC 8785), on one line.

    Two nodes with the same registers print the same bytes; nothing of this node's own, clock
    included, is in them. It is JSON with or without --json.
    """
    chosen = await the_agreement(desk.context, agreement)
    write_out(await export_state(desk.context, chosen, at))
