# SPDX-License-Identifier: Apache-2.0
"""`comity copy`: numbered copies of held items, from hand to hand.

The register of copies is our own; no partner sees it.
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from comity.basis.ids import AgreementId, PersonId, parse_person_id
from comity.basis.strict_json import JsonValue
from comity.cli.entering import cited_lines
from comity.cli.item_open import show_content, whole
from comity.cli.nouns import Noun
from comity.cli.options import (
    Control,
    Decorator,
    agreement_option,
    control_argument,
    reading,
    the_place,
)
from comity.cli.printing import labelled, say, shown, shown_instant
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.stages import Refused
from comity.flows.copies import Copies, Copy
from comity.flows.keeping.handing import CopyAt, hand_over, take_over
from comity.flows.keeping.looking import list_copies
from comity.flows.keeping.making import CopyWish, Made, make_copy
from comity.flows.keeping.reading import open_copy
from comity.flows.keeping.shapes import copies_json, copy_json, made_json

NUMBER = click.IntRange(min=1, max=1_000_000)


@click.group(name="copy", cls=Noun)
def copies() -> None:
    """Make, hand over, list and read numbered copies of held items.

    Copy 1 is the item itself, in the node. A copy is destroyed or given back by its number:
    comity item destroy, comity item return.
    """


def person_option(name: str, variable: str, *, help_text: str, required: bool = False) -> Decorator:
    """Give a command another person of the register as an option."""
    return click.option(
        name,
        variable,
        callback=reading(parse_person_id),
        metavar="PERSON",
        required=required,
        help=help_text,
    )


@copies.command(
    epilog="Exit codes: 0 made, 3 refused with its articles.\n\n"
    "Example: comity copy make JPN/12 --purpose warning --reason 'the night desk' "
    "--holder kor-017 --node kor --as kor-003"
)
@control_argument("control", "ITEM")
@agreement_option
@click.option("--purpose", required=True, metavar="WORD", help="What it is to be used for.")
@click.option("--reason", required=True, metavar="TEXT", help="Why there must be one more.")
@person_option("--holder", "holder", help_text="Who is to have it. [the one who makes it]")
@person_option("--with", "second", help_text="The other of two persons, where the file asks.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def make(
    desk: Desk,
    *,
    control: Control,
    agreement: AgreementId | None,
    purpose: str,
    reason: str,
    holder: PersonId | None,
    second: PersonId | None,
) -> int | None:
    """Put one more copy of a held ITEM on the register; it gets the next number.

    Holder and second person must be such as may open the item themselves.
    """
    named, place = await the_place(desk.context, control, agreement)
    wish = CopyWish(purpose, reason, holder or desk.acting, second)
    return show_made(desk, named, await make_copy(desk.context, named, place, desk.acting, wish))


def show_made(desk: Desk, agreement: AgreementId, made: Made | Refused) -> int | None:
    """Say which copy was made and what it must bear, or why none was."""
    if isinstance(made, Refused):
        return desk.refuse(made)
    copy = made.copy
    lines = (
        f"{agreement}/{made.item}: {_named(copy)}",
        labelled("holder", f"{copy.hand.holder} at {shown(copy.hand.facility)}"),
        labelled("it bears", shown(" | ".join(made.banner.head))),
        *cited_lines(made.articles),
    )
    desk.show("comity/copy-made/1", made_json(agreement, made), lines)
    return None


@copies.command("list", epilog="Example: comity copy list JPN/12 --node kor --as kor-003")
@control_argument("control", "ITEM")
@agreement_option
@node_command(writing=False, person=AsPerson.REQUIRED)
async def list_command(
    desk: Desk, *, control: Control, agreement: AgreementId | None
) -> int | None:
    """List the copies of an ITEM: who has each where, through whose hands it went, how it ended."""
    named, place = await the_place(desk.context, control, agreement)
    found = await list_copies(desk.context, named, place, desk.acting)
    if isinstance(found, Refused):
        return desk.refuse(found)
    desk.show("comity/copies/1", copies_json(found), [*_lines(found)] or ["no copies are held"])
    return None


@copies.command(
    "hand-over",
    epilog="Example: comity copy hand-over JPN/12 2 --to kor-018 --purpose warning "
    "--node kor --as kor-017",
)
@control_argument("control", "ITEM")
@click.argument("number", metavar="NUMBER", type=NUMBER)
@agreement_option
@person_option("--to", "to", required=True, help_text="Who is to have it from now on.")
@click.option("--purpose", required=True, metavar="WORD", help="What it is to be used for.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def hand_over_command(
    desk: Desk,
    *,
    control: Control,
    number: int,
    agreement: AgreementId | None,
    to: PersonId,
    purpose: str,
) -> int | None:
    """Hand copy NUMBER of an ITEM over, as its holder; the other person then takes it over."""
    which = await _which(desk, control, agreement, number)
    done = await hand_over(desk.context, which, desk.acting, to=to, purpose=purpose)
    code = _show_copy(desk, which, done)
    if code is None and not desk.as_json:
        again = f"copy take-over {which.agreement}/{which.item} {number} --purpose {shown(purpose)}"
        say(f"next: {desk.next_command(again, person=to)}")
    return code


@copies.command(
    "take-over",
    epilog="Example: comity copy take-over JPN/12 2 --purpose warning --node kor --as kor-018",
)
@control_argument("control", "ITEM")
@click.argument("number", metavar="NUMBER", type=NUMBER)
@agreement_option
@click.option("--purpose", required=True, metavar="WORD", help="What it is to be used for.")
@click.option(
    "--gap", metavar="TEXT", help="How it came, where nobody handed it over: reported and kept."
)
@node_command(writing=True, person=AsPerson.REQUIRED)
async def take_over_command(
    desk: Desk,
    *,
    control: Control,
    number: int,
    agreement: AgreementId | None,
    purpose: str,
    gap: str | None,
) -> int | None:
    """Confirm that one has copy NUMBER of an ITEM now: the next link of its chain."""
    which = await _which(desk, control, agreement, number)
    done = await take_over(desk.context, which, desk.acting, purpose=purpose, gap=gap)
    return _show_copy(desk, which, done)


@copies.command(
    "open", epilog="Example: comity copy open JPN/12 2 --purpose warning --node kor --as kor-018"
)
@control_argument("control", "ITEM")
@click.argument("number", metavar="NUMBER", type=NUMBER)
@agreement_option
@click.option("--purpose", required=True, metavar="WORD", help="What it is opened for.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def open_command(
    desk: Desk, *, control: Control, number: int, agreement: AgreementId | None, purpose: str
) -> int | None:
    """Read copy NUMBER of an ITEM as its holder; a translation has its own text."""
    which = await _which(desk, control, agreement, number)
    opened = await open_copy(desk.context, which, desk.acting, purpose=purpose)
    if isinstance(opened, Refused):
        return desk.refuse(opened)
    content = whole(opened.content)
    name = f"{which.agreement}/{which.item} copy {number}"
    show_content(desk, name, opened.banner, opened.header, content)
    return None


async def _which(
    desk: Desk, control: Control, agreement: AgreementId | None, number: int
) -> CopyAt:
    named, place = await the_place(desk.context, control, agreement)
    return CopyAt(named, place, number)


def _show_copy(desk: Desk, which: CopyAt, copy: Copy | Refused) -> int | None:
    if isinstance(copy, Refused):
        return desk.refuse(copy)
    item = f"{which.agreement}/{which.item}"
    value: dict[str, JsonValue] = {"item": item, "copy": copy_json(copy)}
    desk.show("comity/copy/1", value, [f"{item}:", *_copy_lines(copy)])
    return None


def _named(copy: Copy) -> str:
    language = "" if copy.language is None else f" into {shown(copy.language)}"
    return f"copy {copy.number} ({copy.kind.value}{language})"


def _lines(found: Copies) -> Iterator[str]:
    for copy in found.rows:
        yield from _copy_lines(copy)


def _copy_lines(copy: Copy) -> Iterator[str]:
    state = "in the node"
    if copy.hand.holder is not None:
        state = f"held by {copy.hand.holder} at {shown(copy.hand.facility)}"
    if copy.ended is not None:
        said = "" if copy.ended.said is None else f", said in {copy.ended.said}"
        state = f"{copy.ended.how.value} {shown_instant(copy.ended.at)}{said}"
    yield f"{_named(copy)}: {state}"
    if copy.offer is not None:
        yield labelled("waits for", copy.offer.to)
    for hand in copy.hands:
        gap = "" if hand.gap is None else f", after a gap: {shown(hand.gap)}"
        yield labelled("since", f"{shown_instant(hand.since)} {hand.holder or 'the node'}{gap}")
