# SPDX-License-Identifier: Apache-2.0
"""`comity request`: asking a partner for information, and answering or declining.

The question itself is payload, sealed to those asked; a request sets no deadline.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from comity.basis.ids import AgreementId, PartyId, Place
from comity.basis.instants import parse_instant_canonical
from comity.cli.contents import Content, Described, content_of
from comity.cli.entering import show_entered
from comity.cli.item_open import show_content, whole
from comity.cli.next_steps import OFFICERS, READERS, person_with, say_next
from comity.cli.nouns import Noun
from comity.cli.options import (
    Control,
    agreement_option,
    control_argument,
    party_option,
    place_option,
    the_agreement,
    the_place,
)
from comity.cli.printing import labelled, say, shown, shown_instant
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.stages import Refused
from comity.flows import requests
from comity.flows.listing import read_state
from comity.marking.banners import EXERCISE_LINE, Banner
from comity.statement.information import Subject


@click.group(cls=Noun)
def request() -> None:
    """Ask a partner for information; answer or decline.

    A request obliges nobody, but for one for laws (--law) where the agreement has them told. An
    answer is an item, released and decided like any other; laws are told with law tell.
    """


@request.command(
    epilog="Example: comity request make question.txt --to JPN --category missile-warning "
    "--node kor --as kor-001"
)
@click.argument("file", metavar="[FILE]", required=False)
@agreement_option
@party_option("--to", "to", required=True, multiple=True, help_text="Whom to ask; once for each.")
@click.option(
    "--category", metavar="CATEGORY", required=True, help="A category of the agreement's scope."
)
@click.option("--title", help="A title; it is sealed too. [the file's name]")
@click.option("--law", "asks_law", is_flag=True, help="Ask for the laws that protect it instead.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def make(
    desk: Desk,
    *,
    file: str | None,
    agreement: AgreementId | None,
    to: tuple[PartyId, ...],
    category: str,
    title: str | None,
    asks_law: bool,
) -> int | None:
    """Ask partners for information of a category, with the question in FILE sealed to them.

    - reads the question from standard input; without FILE the category says it all.
    """
    chosen = await the_agreement(desk.context, agreement)
    wanted = (to, category, Subject.LAW if asks_law else None)
    if file is None:
        return await _ask(desk, chosen, wanted, None)
    with content_of(file, Described(title=title)) as content:
        return await _ask(desk, chosen, wanted, content)


async def _ask(
    desk: Desk,
    agreement: AgreementId,
    wanted: tuple[tuple[PartyId, ...], str, Subject | None],
    content: Content | None,
) -> int | None:
    to, category, subject = wanted
    entered = await requests.ask(
        desk.context,
        agreement,
        tuple(sorted(set(to))),
        category=category,
        person=desk.acting,
        question=None if content is None else (content.header, content.chunks),
        subject=subject,
    )
    return show_entered(desk, entered)


@request.command("open", epilog="Example: comity request open KOR/9 --node jpn --as jpn-001")
@control_argument("control", "REQUEST")
@agreement_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def open_request(
    desk: Desk, *, control: Control, agreement: AgreementId | None
) -> int | None:
    """Read the question of a REQUEST; the journal notes who did, first."""
    chosen, place = await the_place(desk.context, control, agreement)
    question = await requests.open_question(desk.context, chosen, place, desk.acting)
    if isinstance(question, Refused):
        return desk.refuse(question)
    content = whole(question.content)
    lines = (EXERCISE_LINE,) if desk.context.config.exercise else ()
    show_content(desk, f"{chosen}/{place}", Banner(lines, lines), question.header, content)
    return None


@request.command(
    epilog="Example: comity request answer KOR/9 --item JPN/12 --node jpn --as jpn-002"
)
@control_argument("control", "REQUEST")
@agreement_option
@place_option("--item", "answer_item", required=True, help_text="Our item that answers it.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def answer(
    desk: Desk, *, control: Control, agreement: AgreementId | None, answer_item: Place
) -> int | None:
    """Say that an item of ours answers a REQUEST."""
    chosen, place = await the_place(desk.context, control, agreement)
    entered = await requests.answer(desk.context, chosen, place, answer_item, desk.acting)
    return show_entered(desk, entered)


@request.command(epilog="Example: comity request decline KOR/9 --node jpn --as jpn-002")
@control_argument("control", "REQUEST")
@agreement_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def decline(desk: Desk, *, control: Control, agreement: AgreementId | None) -> int | None:
    """Decline a REQUEST; no reason is owed."""
    chosen, place = await the_place(desk.context, control, agreement)
    return show_entered(desk, await requests.decline(desk.context, chosen, place, desk.acting))


@request.command("list", epilog="Example: comity request list --open --node jpn")
@agreement_option
@click.option("--open", "only_open", is_flag=True, help="Only those that somebody has to answer.")
@node_command(writing=False)
async def list_requests(desk: Desk, *, agreement: AgreementId | None, only_open: bool) -> None:
    """List the requests of every party, and who answered them."""
    chosen = await the_agreement(desk.context, agreement)
    every: Any = (await read_state(desk.context, chosen))["requests"]
    rows = [row for row in every if row["open"] or not only_open]
    lines = [line for row in rows for line in _lines(row)]
    desk.show_list(
        "comity/request-list/1",
        {"requests": rows},
        lines,
        empty=("no request", "make one: comity request make --help"),
    )
    if not desk.as_json:
        await _say_next(desk, chosen, rows)


async def _say_next(desk: Desk, agreement: AgreementId, rows: list[dict[str, Any]]) -> None:
    """Say what is to be done with the first one that waits for us."""
    row = next((each for each in rows if desk.context.config.party in each["open"]), None)
    if row is None:
        return
    place = f"{agreement}/{row['place']}"
    what = "release what answers it, with --answers; or decline it:"
    if row.get("subject") is not None:
        what = f"tell our law: comity law tell --answers {row['place']}; or decline it:"
    if row["sealed"] is not None:
        await say_next(desk, f"request open {place}", READERS, category=row["category"])
        say(f"      then {what}")
    else:
        say(f"next: {what}")
    by = await person_with(desk, OFFICERS, category=row["category"])
    say(f"      {desk.next_command(f'request decline {place}', person=by)}")


def _lines(row: dict[str, Any]) -> Iterator[str]:
    waiting = f"waits for {', '.join(row['open'])}" if row["open"] else "answered"
    yield f"{row['place']} to {', '.join(row['to'])}: {waiting}"
    yield labelled("category", shown(row["category"]))
    if row.get("subject") is not None:
        yield labelled("asks for", "the laws that protect it")
    yield labelled("asked", shown_instant(parse_instant_canonical(row["at"])))
    if row["sealed"] is not None:
        yield labelled("question", f"sealed, {row['sealed']['size']} bytes")
    for reply in row["replies"]:
        what = "laws told" if reply["item"] is None else f"answered with {reply['item']}"
        what = "declined" if reply["declines"] else what
        yield labelled("reply", f"{reply['place']}: {what}")
