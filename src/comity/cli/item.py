# SPDX-License-Identifier: Apache-2.0
"""`comity item release … reclassify`: protected items on their way out, and how they are received.

Looking at items is in `item_list.py`, opening them in `item_open.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import click

from comity.agreement.acts import PrivateRight
from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, PartyId, Place, parse_agreement_id
from comity.basis.instants import Date, Instant
from comity.basis.strict_json import JsonValue
from comity.cli.contents import Described, content_of
from comity.cli.entering import show_entered, unasked_lines
from comity.cli.item_end import ENDS
from comity.cli.item_export import export_command
from comity.cli.item_list import list_command, show_command
from comity.cli.item_make import MADE
from comity.cli.item_open import open_command, preview_command
from comity.cli.item_refuse import refuse_command
from comity.cli.item_take import draft_command
from comity.cli.next_steps import say_approval
from comity.cli.nouns import Noun
from comity.cli.options import (
    Control,
    Decorator,
    agreement_option,
    control_argument,
    for_option,
    format_until,
    instant_option,
    parse_draft,
    party_option,
    place_option,
    reading,
    refuse_own_party,
    refuse_past,
    rights_of_option,
    rights_option,
    the_agreement,
    the_place,
    use_until_option,
)
from comity.cli.printing import labelled, print_json, say, shown, shown_instant
from comity.cli.progress import counted, progress
from comity.cli.refusals import REFUSED
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.deciding import Citation, decision_json
from comity.decision.house import HOUSE
from comity.decision.stages import Cleared, Refused
from comity.flows.drafts import (
    ItemDraft,
    KeptDraft,
    draft_item,
    preview_draft,
    waiting_drafts,
)
from comity.flows.keeping.calling_back import receipt_any
from comity.flows.passing.deciding import decide_act
from comity.flows.promises import reclassify as reclassify_item
from comity.flows.promises import was_so_already
from comity.flows.release import release_draft, waits_for_officer
from comity.flows.shapes import draft_json
from comity.flows.speak import Entered
from comity.flows.turns import read_view
from comity.picture.reports import schema_names
from comity.statement.information import ItemReceipt, ItemReclassify
from comity.statement.passing import Sharing


@click.group(cls=Noun)
def item() -> None:
    """Release, receipt, list and open protected items.

    An item is named by its control number: JPN/12, or gsomia-jpn-kor/JPN/12 with its agreement.
    Every step is decided by the agreement file, and journalled.
    """


@dataclass(frozen=True, slots=True)
class _Order:
    """What the options of a release say."""

    agreement: AgreementId | None
    to: tuple[PartyId, ...]
    marking: str
    category: str
    form: str
    purposes: tuple[str, ...]
    named_for: tuple[str, ...]
    use_until: Date | Instant | None
    supersedes: Place | None
    answers: Place | None
    channel: str | None
    share_under: AgreementId | None
    share_with: tuple[PartyId, ...]
    share_as: str | None
    rights: tuple[PrivateRight, ...]

    @property
    def sharing(self) -> Sharing | None:
        """Give the mark for a hub.

        Raises:
            InputError: it is said in part.
        """
        if self.share_under is None and not self.share_with and self.share_as is None:
            return None
        if self.share_under is None or not self.share_with:
            raise InputError(
                "cli.sharing",
                "an item is to be shared under an arrangement, and with somebody",
                expected="--share-under and --share-with",
                hint="name both, or neither",
            )
        parties = tuple(sorted(set(self.share_with)))
        return Sharing(self.share_under, parties, self.share_as or self.category)


_SHARING: Final = (
    click.option(
        "--share-under",
        callback=reading(parse_agreement_id),
        metavar="ID",
        help="Mark it to be shared by a hub: the arrangement.",
    ),
    party_option(
        "--share-with", "share_with", multiple=True, help_text="With whom; once for each."
    ),
    click.option(
        "--share-as", metavar="CATEGORY", help="Its category there. [the item's own category]"
    ),
)


def _label_options() -> Decorator:
    """Give a command what an item's label is made of."""
    options = (
        agreement_option,
        party_option(
            "--to", "to", required=True, multiple=True, help_text="A recipient; once for each."
        ),
        click.option(
            "--marking",
            metavar="MARKING",
            required=True,
            help="Our own marking, as it is printed: 秘.",
        ),
        click.option(
            "--category",
            metavar="CATEGORY",
            required=True,
            help="A category of the agreement's scope.",
        ),
        click.option(
            "--purpose",
            "purposes",
            required=True,
            multiple=True,
            metavar="WORD",
            help="What it may be used for; once for each.",
        ),
        click.option(
            "--form",
            metavar="FORM",
            default="document",
            show_default=True,
            help="A form of the agreement's scope.",
        ),
        for_option,
        use_until_option,
        place_option("--supersedes", "supersedes", help_text="Our item that this one replaces."),
        place_option("--answers", "answers", help_text="The request that this one answers."),
        click.option(
            "--channel",
            metavar="WORD",
            help="The way that the release is decided for: node (the wire) or courier (a disc); it "
            "travels by any way that is allowed. [node where it is allowed, else courier]",
        ),
        *_SHARING,
        rights_option,
    )

    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


@item.command(
    epilog="Exit codes: 0 done, 3 refused with its articles, 2 bad input.\n\n"
    "Example: comity item release warning.json --schema launch_report/1 --to KOR --marking 秘 "
    "--category missile-warning --purpose warning --node jpn --as jpn-001"
)
@click.argument("file", metavar="FILE")
@_label_options()
@rights_of_option
@click.option("--title", help="A title; it is sealed too. [the file's name]")
@click.option(
    "--media-type", metavar="TYPE/SUBTYPE", help="What kind of content it is. [by the file's name]"
)
@click.option(
    "--schema",
    type=click.Choice(schema_names()),
    help="FILE is an event report of this schema; it is held to it before it is sealed.",
)
@click.option(
    "--dry-run", is_flag=True, help="Only decide, as it would be decided now; nothing is kept."
)
@node_command(writing=True, person=AsPerson.REQUIRED)
async def release(
    desk: Desk,
    *,
    file: str,
    title: str | None,
    media_type: str | None,
    schema: str | None,
    rights_of: str | None,
    dry_run: bool,
    **label: Any,
) -> int | None:
    """Label, decide and seal FILE, and release it to partners; - reads standard input.

    The level is read from the marking by the agreement's table. From the level that the node's
    configuration names on, another person must release: then a draft waits for that person.
    """
    order = _Order(**label)
    for party in order.to:
        refuse_own_party(desk.context, party, "--to")
    draft = await _draft(desk, order)
    with content_of(file, Described(title, media_type, schema, rights_of)) as content:
        if dry_run:
            return await _preview(desk, draft)
        with progress("sealing", content.size) as advance:
            kept = await draft_item(
                desk.context, desk.acting, draft, content.header, counted(content.chunks, advance)
            )
    if isinstance(kept, Refused):
        return desk.refuse(kept)
    waits = await waits_for_officer(desk.context, desk.acting, kept)
    if waits is None:
        entered = await release_draft(desk.context, desk.acting, kept.number)
        told = (labelled("level", shown(kept.level)), *await _unbound_lines(desk, draft))
        return show_entered(desk, entered, details=told)
    why = (line for each in waits.findings for line in _citation_lines(each))
    lines = [f"draft {kept.number} waits for a releasing officer", *_draft_lines(kept), *why]
    lines += unasked_lines(kept.unasked)
    desk.show("comity/item-draft/1", {"draft": draft_json(kept)}, lines)
    await say_approval(desk, f"item approve {kept.number}", draft.category)
    return None


async def _unbound_lines(desk: Desk, draft: ItemDraft) -> tuple[str, ...]:
    """Note that an item is meant for some, where the agreement keeps others from nothing."""
    agreement = (await read_view(desk.context, draft.agreement)).find_agreement()
    if not draft.named_for or agreement is None:
        return ()
    if any(clause.kind == "audience" for each in agreement.articles for clause in each.clauses):
        return ()
    whom = shown(", ".join(draft.named_for))
    free = "the agreement has no `audience` clause, so others may open it too"
    return (labelled("note", f"meant for {whom}; {free}"),)


async def _draft(desk: Desk, order: _Order) -> ItemDraft:
    agreement = await the_agreement(desk.context, order.agreement)
    await refuse_past(desk.context, agreement, order.use_until, where="--use-until")
    return ItemDraft(
        agreement=agreement,
        to=tuple(sorted(set(order.to))),
        marking=order.marking,
        category=order.category,
        form=order.form,
        purposes=tuple(sorted(set(order.purposes))),
        named_for=tuple(sorted(set(order.named_for))),
        supersedes=order.supersedes,
        answers=order.answers,
        channel=order.channel,
        sharing=order.sharing,
        use_until=order.use_until,
        rights=order.rights,
    )


async def _preview(desk: Desk, draft: ItemDraft) -> int | None:
    outcome = await preview_draft(desk.context, desk.acting, draft)
    if isinstance(outcome, Refused):
        return desk.refuse(outcome)
    label = outcome.draft.label
    value: dict[str, JsonValue] = {
        "dry_run": True,
        "level": label.level,
        "decisions": [decision_json(each) for each in outcome.decisions],
    }
    lines = [
        f"would be released to {', '.join(draft.to)}: nothing was entered",
        labelled("marking", f"{shown(label.marking)}, level {label.level}"),
        *_cleared_lines(outcome),
    ]
    desk.show("comity/item-preview/1", value, lines)
    return None


@item.command(epilog="Example: comity item approve 3 --node jpn --as jpn-002")
@click.argument("draft", metavar="DRAFT", callback=reading(parse_draft))
@node_command(writing=True, person=AsPerson.REQUIRED)
async def approve(desk: Desk, *, draft: int) -> int | None:
    """Release a draft as its releasing officer.

    It is decided anew, as everything stands now. Read it first: comity item preview.
    """
    return show_entered(desk, await release_draft(desk.context, desk.acting, draft))


@item.command(epilog="Example: comity item drafts --node jpn")
@node_command(writing=False)
async def drafts(desk: Desk) -> None:
    """List the drafts that wait for a releasing officer."""
    waiting = await waiting_drafts(desk.context)
    lines = [line for each in waiting for line in (f"draft {each.number}", *_draft_lines(each))]
    value: dict[str, JsonValue] = {"drafts": [draft_json(each) for each in waiting]}
    desk.show_list(
        "comity/item-drafts/1",
        value,
        lines,
        empty=("no draft waits", "draft one: comity item release --help, or item derive --help"),
    )


item.add_command(list_command)
item.add_command(show_command)


@item.command(epilog="Example: comity item receipt JPN/12 --node kor --as kor-001")
@control_argument("control", "ITEM")
@agreement_option
@click.option(
    "--marking",
    metavar="MARKING",
    help="Our own marking, where several correspond to the originator's: choose one.",
)
@node_command(writing=True, person=AsPerson.REQUIRED)
async def receipt(
    desk: Desk, *, control: Control, agreement: AgreementId | None, marking: str | None
) -> int | None:
    """Acknowledge an ITEM and its payload under our own marking; only then can it be opened.

    The control number of a return (comity item returns) acknowledges what was given back.
    """
    named, place = await the_place(desk.context, control, agreement)
    entered = await receipt_any(desk.context, named, place, desk.acting, marking=marking)
    body = None if isinstance(entered, Refused) else entered.statement.body
    marked = shown(body.marking) if isinstance(body, ItemReceipt) else ""
    return show_entered(desk, entered, details=(labelled("marked", marked),))


for ending in (*ENDS, *MADE):
    item.add_command(ending)
item.add_command(refuse_command)
item.add_command(open_command)
item.add_command(preview_command)
item.add_command(export_command)
item.add_command(draft_command)


@item.command(
    epilog="Exit codes: 0 allowed, 3 refused.\n\n"
    "Example: comity item may third_party_release JPN/12 --recipient USA --purpose warning "
    "--node kor --as kor-001"
)
@click.argument("action")
@control_argument("control", "ITEM")
@agreement_option
@click.option("--purpose", metavar="WORD", help="What for.")
@party_option("--recipient", "recipient", help_text="To whom, where it is a release.")
@click.option("--channel", metavar="WORD", help="By which way, where it travels.")
@node_command(writing=False, person=AsPerson.REQUIRED)
async def may(
    desk: Desk,
    *,
    action: str,
    control: Control,
    agreement: AgreementId | None,
    purpose: str | None,
    recipient: PartyId | None,
    channel: str | None,
) -> int | None:
    """Ask whether a person may do ACTION with an ITEM now; nothing is done.

    ACTION is one of the agreement's: open, reproduce, translate, derive, use, third_party_release…
    """
    named, place = await the_place(desk.context, control, agreement)
    outcome = await decide_act(
        desk.context,
        named,
        place,
        desk.acting,
        action=action,
        purpose=purpose,
        recipient=recipient,
        channel=channel,
    )
    if desk.as_json and outcome.decision is not None:
        print_json("comity/item-may/1", decision_json(outcome.decision), desk.mark)
        return REFUSED if isinstance(outcome, Refused) else 0
    if isinstance(outcome, Refused):
        return desk.refuse(outcome)
    why = [line for each in outcome.articles for line in _citation_lines(each)]
    desk.show("comity/item-may/1", {}, [f"allowed: {shown(outcome.act)}", *why])
    return None


@item.command(epilog="Example: comity item reclassify JPN/12 --marking 秘 --node jpn --as jpn-002")
@control_argument("control", "ITEM")
@agreement_option
@click.option(
    "--marking",
    metavar="MARKING",
    required=True,
    help="One of our own markings; it gives the level.",
)
@instant_option("--effective", help_text="From when on. [now]")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def reclassify(
    desk: Desk,
    *,
    control: Control,
    agreement: AgreementId | None,
    marking: str,
    effective: Instant | None,
) -> int | None:
    """Give an ITEM of ours another level; every holder follows."""
    named, place = await the_place(desk.context, control, agreement)
    entered = await reclassify_item(
        desk.context, named, place, marking, desk.acting, effective=effective
    )
    if isinstance(entered, Entered) and await was_so_already(desk.context, entered):
        say("it had this level by this marking already: nothing changes for who holds it")
    return show_entered(desk, entered, details=_now_lines(entered))


def _now_lines(entered: Entered | Refused) -> tuple[str, ...]:
    """Say which level an item has by now, by which marking, and from when."""
    if isinstance(entered, Refused) or not isinstance(entered.statement.body, ItemReclassify):
        return ()
    body = entered.statement.body
    told = f"{shown(body.marking)}, level {shown(body.level)}"
    since = labelled("from", shown_instant(body.effective))
    return labelled("marking", told), *((since,) if body.effective > entered.statement.at else ())


def _cleared_lines(cleared: Cleared) -> Iterator[str]:
    for each in cleared.decision.articles:
        yield from _citation_lines(each)


def _citation_lines(citation: Citation) -> Iterator[str]:
    house = citation.article == HOUSE
    place = "rule of this node" if house else f"Art. {shown(citation.article)}"
    yield f"  {place} ({citation.clause}): {shown(citation.why)}"


def _draft_lines(kept: KeptDraft) -> Iterator[str]:
    of = kept.item
    yield labelled("agreement", of.agreement)
    yield labelled("to", ", ".join(of.to))
    yield labelled("marking", f"{shown(of.marking)}, level {shown(kept.level)}")
    yield labelled("category", f"{shown(of.category)}, as {shown(of.form)}")
    yield labelled("purpose", shown(", ".join(of.purposes)))
    if of.named_for:
        yield labelled("for", shown(", ".join(of.named_for)))
    if of.use_until is not None:
        yield labelled("use until", format_until(of.use_until))
    if of.rights:
        yield labelled("rights", ", ".join(of.rights))
    if of.derived_from:
        yield labelled("made from", ", ".join(map(str, of.derived_from)))
    if of.supersedes is not None:
        yield labelled("supersedes", str(of.supersedes))
    if of.answers is not None:
        yield labelled("answers", str(of.answers))
    yield labelled("sealed", f"{kept.sealed.size} bytes")
    yield labelled("drafted by", kept.drafted_by)
