# SPDX-License-Identifier: Apache-2.0
"""`comity item draft`: what came in a format of others, kept as a draft, and not released."""

from __future__ import annotations

from pathlib import Path

import click

from comity.agreement.acts import PrivateRight
from comity.basis.ids import AgreementId, PartyId
from comity.basis.instants import Date, Instant
from comity.basis.limits import STIX_BYTES_MAX
from comity.cli.files import STANDARD, read_input
from comity.cli.next_steps import say_approval
from comity.cli.options import (
    agreement_option,
    for_option,
    party_option,
    refuse_own_party,
    refuse_past,
    rights_option,
    the_agreement,
    use_until_option,
)
from comity.cli.printing import labelled, shown
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.stages import Refused
from comity.flows.drafts import ItemDraft
from comity.flows.shapes import draft_json
from comity.flows.taking_stix import draft_stix

_UNTITLED = "untitled"


@click.command(
    "draft",
    epilog="Exit codes: 0 drafted, 3 refused with its articles, 2 bad input.\n\n"
    "Example: comity item draft --stix bundle.json --to CERT-B --category indicator "
    "--purpose defence --node team-a --as officer",
)
@click.option(
    "--stix",
    "file",
    required=True,
    metavar="FILE",
    help="A bundle of STIX 2.1, every object under one marking of TLP 2.0.",
)
@agreement_option
@party_option("--to", "to", required=True, multiple=True, help_text="A recipient; once for each.")
@click.option(
    "--category", metavar="CATEGORY", required=True, help="A category of the agreement's scope."
)
@click.option(
    "--form", metavar="FORM", default="document", show_default=True, help="A form of the scope."
)
@click.option(
    "--purpose",
    "purposes",
    required=True,
    multiple=True,
    metavar="WORD",
    help="What it may be used for; once for each.",
)
@for_option
@use_until_option
@rights_option
@click.option("--title", help="A title; it is sealed too. [the file's name]")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def draft_command(
    desk: Desk,
    *,
    file: str,
    agreement: AgreementId | None,
    to: tuple[PartyId, ...],
    category: str,
    form: str,
    purposes: tuple[str, ...],
    named_for: tuple[str, ...],
    use_until: Date | Instant | None,
    rights: tuple[PrivateRight, ...],
    title: str | None,
) -> int | None:
    """Keep a bundle of STIX as a draft for a releasing officer; - reads standard input.

    Its marking is the strictest of TLP that any object in it bears. Nothing is released.
    """
    for party in to:
        refuse_own_party(desk.context, party, "--to")
    named = await the_agreement(desk.context, agreement)
    await refuse_past(desk.context, named, use_until, where="--use-until")
    draft = ItemDraft(
        agreement=named,
        to=tuple(sorted(set(to))),
        marking="",
        category=category,
        form=form,
        purposes=tuple(sorted(set(purposes))),
        named_for=tuple(sorted(set(named_for))),
        use_until=use_until,
        rights=rights,
    )
    raw = read_input(file, bytes_max=STIX_BYTES_MAX)
    called = title or (_UNTITLED if file == STANDARD else Path(file).name)
    kept = await draft_stix(desk.context, desk.acting, draft, raw, title=called)
    if isinstance(kept, Refused):
        return desk.refuse(kept)
    lines = [
        f"draft {kept.number} waits for a releasing officer",
        labelled("marking", f"{shown(kept.item.marking)}, level {shown(kept.level)}"),
    ]
    desk.show("comity/item-draft/1", {"draft": draft_json(kept)}, lines)
    await say_approval(desk, f"item approve {kept.number}", category)
    return None
