# SPDX-License-Identifier: Apache-2.0
"""`comity item translate` and `derive`: what is made from held items."""

from __future__ import annotations

from typing import Any, Final

import click

from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.cli.contents import Described, content_of
from comity.cli.copy import person_option, show_made
from comity.cli.next_steps import say_approval
from comity.cli.options import (
    Control,
    agreement_option,
    control_argument,
    for_option,
    format_until,
    party_option,
    place_option,
    refuse_own_party,
    refuse_past,
    rights_of_option,
    rights_option,
    the_agreement,
    the_place,
    use_until_option,
)
from comity.cli.printing import labelled, shown
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.stages import Refused
from comity.flows.drafts import ItemDraft
from comity.flows.keeping.making import CopyWish, TranslationWish, translate
from comity.flows.keeping.making_from import derive_item
from comity.flows.shapes import draft_json


@click.command(
    "translate",
    epilog="Exit codes: 0 kept, 3 refused with its articles.\n\n"
    "Example: comity item translate JPN/12 korean.txt --language ko --note ko --purpose warning "
    "--reason 'the desk' --node kor --as kor-006",
)
@control_argument("control", "ITEM")
@click.argument("file", metavar="FILE")
@agreement_option
@click.option("--language", required=True, metavar="LANG", help="The translation's language: ko.")
@click.option("--note", metavar="LANG", help="The language of the note that it bears.")
@click.option("--purpose", required=True, metavar="WORD", help="What it is to be used for.")
@click.option("--reason", required=True, metavar="TEXT", help="Why it is needed.")
@person_option("--holder", "holder", help_text="Who is to have it. [the translator]")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def translate_command(
    desk: Desk,
    *,
    control: Control,
    file: str,
    agreement: AgreementId | None,
    holder: PersonId | None,
    **wished: Any,
) -> int | None:
    """Keep the translation in FILE of a held ITEM, as a cleared translator; - reads standard input.

    It bears all markings, and a note in its own language that it holds the originator's
    information.
    """
    named, place = await the_place(desk.context, control, agreement)
    wish = CopyWish(wished["purpose"], wished["reason"], holder or desk.acting)
    with content_of(file, Described()) as content:
        text = (content.header, content.chunks)
        worded = TranslationWish(wish, wished["language"], wished["note"], text)
        made = await translate(desk.context, named, place, desk.acting, worded)
    return show_made(desk, named, made)


@click.command(
    "derive",
    epilog="Exit codes: 0 drafted, 3 refused with its articles.\n\n"
    "Example: comity item derive summary.txt --from JPN/12 --from JPN/14 --to JPN "
    "--category missile-warning --node kor --as kor-001",
)
@click.argument("file", metavar="FILE")
@agreement_option
@place_option(
    "--from",
    "parents",
    required=True,
    multiple=True,
    help_text="An item that it is made from; once for each.",
)
@party_option("--to", "to", required=True, multiple=True, help_text="A recipient; once for each.")
@click.option(
    "--marking", metavar="MARKING", default="", help="Our own marking. [ours for the highest level]"
)
@click.option(
    "--category", metavar="CATEGORY", required=True, help="A category of the agreement's scope."
)
@click.option(
    "--form", metavar="FORM", default="document", show_default=True, help="A form of the scope."
)
@click.option(
    "--purpose",
    "purposes",
    multiple=True,
    metavar="WORD",
    help="What it may be used for; once for each. [what all of them are for]",
)
@for_option
@use_until_option
@rights_option
@rights_of_option
@click.option("--title", help="A title; it is sealed too. [the file's name]")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def derive_command(
    desk: Desk,
    *,
    file: str,
    agreement: AgreementId | None,
    title: str | None,
    rights_of: str | None,
    parents: tuple[Place, ...],
    to: tuple[PartyId, ...],
    **label: Any,
) -> int | None:
    """Draft an item made from held ones: it inherits level, originators, rights and purposes.

    It is released like any draft. Whoever was not given what it is made from gets it only with the
    consent of every originator.
    """
    for party in to:
        refuse_own_party(desk.context, party, "--to")
    named = await the_agreement(desk.context, agreement)
    await refuse_past(desk.context, named, label["use_until"], where="--use-until")
    draft = ItemDraft(
        agreement=named,
        to=tuple(sorted(set(to))),
        marking=label["marking"],
        category=label["category"],
        form=label["form"],
        purposes=tuple(sorted(set(label["purposes"]))),
        derived_from=tuple(sorted(set(parents))),
        named_for=tuple(sorted(set(label["named_for"]))),
        use_until=label["use_until"],
        rights=label["rights"],
    )
    with content_of(file, Described(title=title, rights_of=rights_of)) as content:
        kept = await derive_item(desk.context, desk.acting, draft, content.header, content.chunks)
    if isinstance(kept, Refused):
        return desk.refuse(kept)
    item = kept.item
    lines = [
        f"draft {kept.number} waits for a releasing officer",
        labelled("made from", ", ".join(map(str, item.derived_from))),
        labelled("marking", f"{shown(item.marking)}, level {shown(kept.level)}"),
        labelled("originators", ", ".join(item.originators)),
    ]
    if item.named_for:
        lines.append(labelled("for", shown(", ".join(item.named_for))))
    if item.use_until is not None:
        lines.append(labelled("use until", format_until(item.use_until)))
    if item.rights:
        lines.append(labelled("rights", ", ".join(item.rights)))
    desk.show("comity/item-draft/1", {"draft": draft_json(kept)}, lines)
    await say_approval(desk, f"item approve {kept.number}", item.category)
    return None


MADE: Final = (translate_command, derive_command)
