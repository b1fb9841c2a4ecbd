# SPDX-License-Identifier: Apache-2.0
"""`comity register settle`: going on with a register whose party signed two trees."""

from __future__ import annotations

import shlex

import click

from comity.basis.ids import AgreementId, PartyId
from comity.basis.strict_json import JsonValue
from comity.cli.next_steps import SPEAKERS, say_next
from comity.cli.options import agreement_option, party_option, the_agreement
from comity.cli.printing import labelled, shown
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.stages import Refused
from comity.flows.recovery.settle import settle_dispute


@click.command(
    epilog="Example: comity register settle --party KOR --evidence 5be2…0a77 "
    "--reason 'KOR gave the other tree up, note 14' --node jpn --as jpn-001"
)
@agreement_option
@party_option("--party", "party", help_text="Whose register it is.", required=True)
@click.option(
    "--evidence",
    required=True,
    metavar="SHA256",
    help="The evidence that you looked at, as comity register show names it.",
)
@click.option("--reason", required=True, metavar="TEXT", help="Why; it stands in the journal.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def settle(
    desk: Desk, *, agreement: AgreementId | None, party: PartyId, evidence: str, reason: str
) -> int | None:
    """Go on with a register whose party signed two trees: what is held here holds.

    Where this node asks for two persons, say it twice: another registrar or releasing officer
    confirms it with the same evidence. The evidence is kept, and who shows two trees again is
    disputed again. Where the other tree is to hold, only another agreement id can follow.
    """
    chosen = await the_agreement(desk.context, agreement)
    settled = await settle_dispute(
        desk.context, chosen, party, desk.acting, evidence=evidence, reason=reason
    )
    if isinstance(settled, Refused):
        return desk.refuse(settled)
    value: dict[str, JsonValue] = {
        "agreement": chosen,
        "party": party,
        "evidence": settled.evidence,
        "by": [*settled.by],
        "waits": settled.waits,
    }
    word = "waits for another person" if settled.waits else "settled: what is held here holds"
    lines = [f"{chosen}/{party}: {word}", labelled("evidence", f"SHA-256 {settled.evidence}")]
    lines.append(labelled("said by", ", ".join(settled.by)))
    desk.show("comity/register-settle/1", value, lines)
    if settled.waits and not desk.as_json:
        words = f"register settle --agreement {chosen} --party {party}"
        again = f"{words} --evidence {settled.evidence} --reason {shlex.quote(shown(reason))}"
        await say_next(desk, again, SPEAKERS, besides=desk.acting)
    return None
