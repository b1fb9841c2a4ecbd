# SPDX-License-Identifier: Apache-2.0
"""`comity item destroy … review`: how keeping an item comes to its end.

Nothing closes an item but a certificate, or the originator's receipt for what was given back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import click

from comity.agreement.acts import DestructionMeans, Recalled
from comity.basis.ids import AgreementId, PersonId, Place
from comity.basis.instants import Date, Instant, format_date
from comity.basis.strict_json import JsonValue
from comity.cli.case_texts import show_text
from comity.cli.copy import NUMBER, person_option
from comity.cli.entering import cited_lines, show_entered
from comity.cli.options import (
    Control,
    agreement_option,
    control_argument,
    date_option,
    the_agreement,
    the_place,
    until_option,
)
from comity.cli.printing import labelled, say, shown
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.stages import Refused
from comity.flows.case_texts import open_certificate
from comity.flows.keeping.calling_back import recall
from comity.flows.keeping.ending import Destroying, EndedHere, Returning, destroy, give_back
from comity.flows.keeping.erasing import erase_item
from comity.flows.keeping.looking import list_copies
from comity.flows.keeping.shapes import copies_json, erased_json, review_json
from comity.flows.listing import read_state
from comity.flows.reviewing import Review, list_reviews, review_item
from comity.statement.handling import ItemRecall

_MEANS: Final = click.Choice([each.value for each in DestructionMeans])
_WANTED: Final = click.Choice([each.value for each in Recalled])


@click.command(
    "destroy",
    epilog="Exit codes: 0 said, 3 refused with its articles.\n\n"
    "Example: comity item destroy JPN/12 --copy 2 --means shred --with kor-004 "
    "--node kor --as kor-003",
)
@control_argument("control", "ITEM")
@agreement_option
@click.option(
    "--copy",
    "numbers",
    metavar="NUMBER",
    type=NUMBER,
    multiple=True,
    help="Which copy; once for each. [all left]",
)
@click.option("--means", type=_MEANS, required=True, help="How it was destroyed.")
@person_option("--with", "second", help_text="The other of two persons, where the file asks.")
@date_option("--on", help_text="The day on which it was done. [today]")
@click.option("--note", metavar="TEXT", help="Where, and by what other means; it is sealed.")
@click.option(
    "--backup-replaced",
    is_flag=True,
    help="No old backup of the custody file is left, so no backup opens it (crypto_erase).",
)
@node_command(writing=True, person=AsPerson.REQUIRED)
async def destroy_command(
    desk: Desk,
    *,
    control: Control,
    agreement: AgreementId | None,
    numbers: tuple[int, ...],
    means: str,
    second: PersonId | None,
    on: Date | None,
    note: str | None,
    backup_replaced: bool,
) -> int | None:
    """Certify that copies of an ITEM were destroyed; its originators get the certificate.

    What lies in the node itself is erased first: comity item erase.
    """
    named, place = await the_place(desk.context, control, agreement)
    how = Destroying(DestructionMeans(means), numbers, second, on, note, backup_replaced)
    ended = await destroy(desk.context, named, place, desk.acting, how)
    if isinstance(ended, EndedHere):
        line = f"{named}/{place}: destroyed, of our own item: {_listed(ended.numbers)}"
        value: dict[str, JsonValue] = {**copies_json(ended.copies), "articles": [*ended.articles]}
        desk.show("comity/copies/1", value, [line, *cited_lines(ended.articles)])
        return None
    return show_entered(desk, ended)


@click.command(
    "return",
    epilog="Example: comity item return JPN/12 --copy 2 --node kor --as kor-003",
)
@control_argument("control", "ITEM")
@agreement_option
@click.option(
    "--copy",
    "numbers",
    metavar="NUMBER",
    type=NUMBER,
    multiple=True,
    help="Which copy; once for each. [all left]",
)
@date_option("--on", help_text="The day on which it left. [today]")
@click.option("--note", metavar="TEXT", help="By whose hands, to where; it is sealed.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def return_command(
    desk: Desk,
    *,
    control: Control,
    agreement: AgreementId | None,
    numbers: tuple[int, ...],
    on: Date | None,
    note: str | None,
) -> int | None:
    """Give copies of an ITEM back to its originators; their receipt closes it."""
    named, place = await the_place(desk.context, control, agreement)
    how = Returning(numbers, on, note)
    return show_entered(desk, await give_back(desk.context, named, place, desk.acting, how))


@click.command("returns", epilog="Example: comity item returns --node jpn")
@agreement_option
@node_command(writing=False)
async def returns_command(desk: Desk, *, agreement: AgreementId | None) -> None:
    """List what was given back, and by whom it was receipted."""
    chosen = await the_agreement(desk.context, agreement)
    found: Any = (await read_state(desk.context, chosen, parts=("returns",)))["returns"]
    rows = [row for row in found if "follows" not in row]  # what went back to another is not here
    lines = [line for row in rows for line in _return_lines(row)]
    desk.show("comity/item-returns/1", {"returns": rows}, lines or ["nothing was given back"])


def _return_lines(row: dict[str, Any]) -> Iterator[str]:
    yield f"{row['place']}: {row['item']}, {_listed(row['copies'])}; {row['remaining']} left"
    by = ", ".join(each["by"] for each in row["receipts"])
    yield labelled("receipt", f"by {by}" if by else "none yet: it is open")


@click.command(
    "certificate", epilog="Example: comity item certificate KOR/9 --node jpn --as jpn-003"
)
@control_argument("control", "STATEMENT")
@agreement_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def certificate_command(
    desk: Desk, *, control: Control, agreement: AgreementId | None
) -> int | None:
    """Read the certificate beside a STATEMENT of destruction, or the note beside a return.

    The persons' names stand in it; the journal notes who read them, first.
    """
    named, place = await the_place(desk.context, control, agreement)
    opened = await open_certificate(desk.context, named, place, desk.acting)
    return show_text(desk, f"{named}/{place}", opened)


@click.command(
    "erase",
    epilog="Example: comity item erase JPN/12 --means crypto_erase --with kor-004 "
    "--node kor --as kor-003",
)
@control_argument("control", "ITEM")
@agreement_option
@click.option(
    "--means", type=_MEANS, required=True, help="By which means it is going to be destroyed."
)
@person_option("--with", "second", help_text="The other of two persons, where the file asks.")
@click.option("--yes", is_flag=True, help="Do it: nobody here opens the item again.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def erase_command(
    desk: Desk,
    *,
    control: Control,
    agreement: AgreementId | None,
    means: str,
    second: PersonId | None,
    yes: bool,
) -> int | None:
    """Erase the key of an ITEM, and of its translations; there is no way back.

    The certificate is another step: it waits until the sealing key that the item came by is
    destroyed too, and until the backup of the custody file was replaced.
    """
    named, place = await the_place(desk.context, control, agreement)
    if not yes:
        desk.show("comity/item-erase/1", {"erased": None}, ["nothing was erased: say --yes"])
        return None
    wanted = DestructionMeans(means)
    erased = await erase_item(desk.context, named, place, desk.acting, wanted, second=second)
    if isinstance(erased, Refused):
        return desk.refuse(erased)
    item = f"{named}/{place}"
    lines = [f"{item}: erased", *cited_lines(erased.articles)]
    desk.show("comity/item-erase/1", {"erased": erased_json(item, erased)}, lines)
    if not desk.as_json:
        numbers, others = await _what_the_key_ended(desk, named, place)
        _say_certifying(
            desk,
            f"{item}{numbers}",
            wanted,
            second=second,
            rotating=erased.sealing_key is not None,
        )
        if others:
            say(f"note: copies {others} do not lie in the node: certify them by the means by which")
            say("      they are destroyed: comity item destroy --help")
    return None


async def _what_the_key_ended(desk: Desk, agreement: AgreementId, place: Place) -> tuple[str, str]:
    """Name the copies that the erased key opened, as options, where others are left besides."""
    copies = await list_copies(desk.context, agreement, place, desk.acting)
    left = () if isinstance(copies, Refused) else copies.left
    ended = [each for each in left if each.in_node or each.sealed is not None]
    others = [str(each.number) for each in left if each not in ended]
    numbers = "".join(f" --copy {each.number}" for each in ended) if others else ""
    return numbers, ", ".join(others)


def _say_certifying(
    desk: Desk, item: str, means: DestructionMeans, *, second: PersonId | None, rotating: bool
) -> None:
    """Say what comes before the certificate, what it waits for, and how it is given."""
    if rotating:
        say(f"next: {desk.next_command('card rotate')}")
        say(
            "wait: until every partner has spoken since it saw the new card; the old sealing key "
            "is then destroyed, each hour by a served node, or with the next: comity courier take"
        )
    with_second = f" --with {shown(second)}" if second is not None else ""
    replaced = ""
    if means is DestructionMeans.CRYPTO_ERASE:
        say("wait: until no old backup of the custody file is left; replace it")
        replaced = " --backup-replaced"
    command = f"item destroy {item} --means {means.value}{with_second}{replaced}"
    say(f"next: {desk.next_command(command)}")


@click.command(
    "recall",
    epilog="Example: comity item recall JPN/12 --wanted destroy --code released-in-error "
    "--until 2017-01-31 --node jpn --as jpn-002",
)
@control_argument("control", "ITEM")
@agreement_option
@click.option("--wanted", type=_WANTED, default="either", show_default=True, help="What is wanted.")
@click.option("--code", required=True, metavar="CODE", help="Why: a code, as released-in-error.")
@until_option("By when that is asked.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def recall_command(
    desk: Desk,
    *,
    control: Control,
    agreement: AgreementId | None,
    wanted: str,
    code: str,
    until: Date | Instant | None,
) -> int | None:
    """Call an ITEM of ours back: its holders make nothing more of it, and give it up."""
    named, place = await the_place(desk.context, control, agreement)
    body = ItemRecall((place,), Recalled(wanted), code, until)
    return show_entered(desk, await recall(desk.context, named, body, desk.acting))


@click.command("reviews", epilog="Example: comity item reviews --overdue --node kor --as kor-003")
@agreement_option
@click.option("--overdue", is_flag=True, help="Only those whose day has passed.")
@node_command(writing=False, person=AsPerson.REQUIRED)
async def reviews_command(
    desk: Desk, *, agreement: AgreementId | None, overdue: bool
) -> int | None:
    """List until when each item that we were given is kept before its need is looked at again."""
    chosen = await the_agreement(desk.context, agreement)
    found = await list_reviews(desk.context, chosen, desk.acting)
    if isinstance(found, Refused):
        return desk.refuse(found)
    rows = [each for each in found if each.overdue or not overdue]
    value: dict[str, JsonValue] = {"reviews": [review_json(chosen, each) for each in rows]}
    desk.show(
        "comity/item-reviews/1", value, [*map(_review_line, rows)] or ["no item waits for a review"]
    )
    return None


@click.command(
    "review", epilog="Example: comity item review JPN/12 --until 2018-01-31 --node kor --as kor-003"
)
@control_argument("control", "ITEM")
@agreement_option
@date_option("--until", help_text="Until when it is needed: it is looked at again then.")
@click.option(
    "--ended",
    is_flag=True,
    help="It is not needed any longer: it is to be given back or destroyed.",
)
@node_command(writing=True, person=AsPerson.REQUIRED)
async def review_command(
    desk: Desk, *, control: Control, agreement: AgreementId | None, until: Date | None, ended: bool
) -> int | None:
    """Say that an ITEM is still needed until a day, or not any longer; it closes nothing.

    Once its need has ended it comes up until it is closed, by when the agreement names.
    """
    named, place = await the_place(desk.context, control, agreement)
    if (until is None) is not ended:
        raise click.UsageError("say until when it is needed, --until DATE, or --ended")
    review = await review_item(desk.context, named, place, desk.acting, until)
    if isinstance(review, Refused):
        return desk.refuse(review)
    value: dict[str, JsonValue] = {"review": review_json(named, review)}
    desk.show("comity/item-review/1", value, [_review_line(review)])
    return None


def _review_line(review: Review) -> str:
    due = "no day named" if review.due is None else format_date(review.due)
    late = ", overdue" if review.overdue else ""
    what = "need has ended, to be given up by" if review.has_ended else "need to be looked at"
    return f"{review.item.place}: {shown(review.keeping.value)}, {what}: {due}{late}"


def _listed(numbers: Any) -> str:
    named = ", ".join(map(str, numbers))
    return f"copy {named}" if len(numbers) == 1 else f"copies {named}"


ENDS: Final = (
    destroy_command,
    return_command,
    returns_command,
    certificate_command,
    erase_command,
    recall_command,
    reviews_command,
    review_command,
)
