# SPDX-License-Identifier: Apache-2.0
"""`comity dispute`, `comity authority`, `comity law`: what binds the state beside the agreement.

Each is signed by the competent authority's key. A dispute changes nothing on held items.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from comity.basis.ids import AgreementId, Place
from comity.basis.instants import Date, Instant, parse_instant_canonical
from comity.cli.case_texts import show_text, text_of
from comity.cli.entering import say_delivery, show_entered
from comity.cli.nouns import Noun
from comity.cli.options import (
    Control,
    agreement_option,
    control_argument,
    date_option,
    instant_option,
    place_option,
    the_agreement,
    the_place,
)
from comity.cli.printing import labelled, shown, shown_instant
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.stages import Refused
from comity.flows import affairs
from comity.flows.affairs import Change
from comity.flows.case_texts import open_affairs_text
from comity.flows.listing import read_state
from comity.flows.shapes import control_number, entered_json
from comity.flows.treaty.law_tasks import LawTask, close_task, list_tasks, open_task, task_json

_TEXT = click.option("--text", metavar="FILE", help="A text, sealed beside it; - for input.")
_ARTICLES = click.option(
    "--article",
    "articles",
    metavar="ARTICLE",
    multiple=True,
    required=True,
    help="An article that it is about; once for each.",
)


@click.group(cls=Noun)
def dispute() -> None:
    """Open and settle disputes, by consultation alone.

    Whatever is disputed, held items stay protected and every rule goes on as before.
    """


@dispute.command(
    "open",
    epilog="Example: comity dispute open --article 12(a) --about JPN/12 --text view.txt --node kor",
)
@agreement_option
@_ARTICLES
@place_option(
    "--about", "about", multiple=True, help_text="A statement that it is about; once for each."
)
@click.option(
    "--duty", "duties", multiple=True, metavar="ID", help="A duty that it is about; once for each."
)
@_TEXT
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def open_(
    desk: Desk,
    *,
    agreement: AgreementId | None,
    articles: tuple[str, ...],
    about: tuple[Place, ...],
    duties: tuple[str, ...],
    text: str | None,
) -> int | None:
    """Open a dispute with the partners; our position is sealed to them."""
    chosen = await the_agreement(desk.context, agreement)
    with text_of(text, "position") as sealed:
        entered = await affairs.open_dispute(
            desk.context,
            chosen,
            articles,
            desk.person,
            about=about,
            duties=duties,
            text=sealed,
        )
    return show_entered(desk, entered)


@dispute.command("settle", epilog="Example: comity dispute settle KOR/12 --node jpn")
@control_argument("control", "DISPUTE")
@agreement_option
@_TEXT
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def settle(
    desk: Desk, *, control: Control, agreement: AgreementId | None, text: str | None
) -> int | None:
    """Say that a DISPUTE is settled for us; it is when all who are in it have said so."""
    chosen, place = await the_place(desk.context, control, agreement)
    with text_of(text, "settlement") as sealed:
        entered = await affairs.settle_dispute(desk.context, chosen, place, desk.person, sealed)
    return show_entered(desk, entered)


@dispute.command("text", epilog="Example: comity dispute text KOR/12 --node jpn --as jpn-001")
@control_argument("control", "STATEMENT")
@agreement_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def text_(desk: Desk, *, control: Control, agreement: AgreementId | None) -> int | None:
    """Read the text beside a STATEMENT of a dispute or a law; the journal notes who did, first."""
    chosen, place = await the_place(desk.context, control, agreement)
    opened = await open_affairs_text(desk.context, chosen, place, desk.acting)
    return show_text(desk, f"{chosen}/{place}", opened)


@dispute.command("list", epilog="Example: comity dispute list --node jpn")
@agreement_option
@node_command(writing=False)
async def list_disputes(desk: Desk, *, agreement: AgreementId | None) -> None:
    """List the disputes, and who has said that they are settled."""
    chosen = await the_agreement(desk.context, agreement)
    rows: Any = (await read_state(desk.context, chosen))["disputes"]
    lines = [line for row in rows for line in _dispute_lines(row)]
    desk.show_list(
        "comity/dispute-list/1",
        {"disputes": rows},
        lines,
        empty=("no dispute was opened", "open one: comity dispute open --help"),
    )


@click.group(cls=Noun)
def authority() -> None:
    """Notify a party's competent authority; nobody acts for a state before that."""


@authority.command(
    "notify",
    epilog="Example: comity authority notify --name 'Ministry of Defense' "
    "--delivered 2017-01-10 --node jpn",
)
@agreement_option
@click.option("--name", metavar="NAME", required=True, help="The body's name, as it was notified.")
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="NAME+ID",
    help="A key that it will sign with; once for each of two. [those of our card]",
)
@date_option("--delivered", help_text="The day on which the note was delivered. [today]")
@instant_option("--valid-from", help_text="From when it acts. [now]")
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def notify(
    desk: Desk,
    *,
    agreement: AgreementId | None,
    name: str,
    keys: tuple[str, ...],
    delivered: Date | None,
    valid_from: Instant | None,
) -> int | None:
    """Notify our competent authority and the keys that it signs with.

    What other authority keys sign does not count until they are notified.
    """
    chosen = await the_agreement(desk.context, agreement)
    entered = await affairs.notify_authority(
        desk.context,
        chosen,
        name,
        desk.person,
        valid_from=valid_from,
        delivered=delivered,
        keys=keys or None,
    )
    return show_entered(desk, entered)


@authority.command(
    "change", epilog="Example: comity authority change --name 'Ministry of Defense' --node jpn"
)
@click.option("--name", metavar="NAME", required=True, help="The new body's name.")
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def change(desk: Desk, *, name: str) -> int | None:
    """Let another authority act for us: new keys, a new card, and its notification everywhere.

    Nothing counts that it signs before partners have its notification in our register.
    """
    entered = await affairs.change_authority(desk.context, name, desk.person)
    if isinstance(entered, Refused):
        return desk.refuse(entered)
    rows: list[Any] = [entered_json(each) for each in entered]
    lines = [f"entered {control_number(each)}: {each.statement.kind}" for each in entered]
    desk.show("comity/authority-change/1", {"entered": rows}, lines)
    if not desk.as_json:
        say_delivery(desk, sorted({party for each in entered for party in each.statement.to}))
    return None


@authority.command("list", epilog="Example: comity authority list --node jpn")
@agreement_option
@node_command(writing=False)
async def list_authorities(desk: Desk, *, agreement: AgreementId | None) -> None:
    """List the authorities that every party has notified, the oldest first."""
    chosen = await the_agreement(desk.context, agreement)
    rows: Any = (await read_state(desk.context, chosen))["authorities"]
    lines = [line for row in rows for line in _authority_lines(row)]
    desk.show_list(
        "comity/authority-list/1",
        {"authorities": rows},
        lines,
        empty=(
            "no competent authority was notified",
            "notify ours: comity authority notify --help",
        ),
    )


@click.group(cls=Noun)
def law() -> None:
    """Tell of changes of our laws, tables and rules; keep count of those not told yet."""


@law.command(
    "tell",
    epilog="Example: comity law tell --law 'Act 108 of 2013' --effect marking --article 4(1) "
    "--effective 2014-12-10 --text change.txt --node jpn",
)
@agreement_option
@click.option("--law", "name", required=True, help="The law, table or rule, in a few words.")
@click.option("--effect", required=True, metavar="CODE", help="What it touches, as marking.")
@_ARTICLES
@date_option("--effective", help_text="From when. [today]")
@place_option("--answers", "answers", help_text="A request for our laws that this answers.")
@_TEXT
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def tell(
    desk: Desk,
    *,
    agreement: AgreementId | None,
    name: str,
    effect: str,
    articles: tuple[str, ...],
    effective: Date | None,
    answers: Place | None,
    text: str | None,
) -> int | None:
    """Tell the partners of a change of our law, table or rule; its text is sealed to them."""
    chosen = await the_agreement(desk.context, agreement)
    change = Change(name, effect, articles, effective, answers)
    with text_of(text, "change of law") as sealed:
        entered = await affairs.tell_law_change(desk.context, chosen, change, desk.person, sealed)
    return show_entered(desk, entered)


@law.command(
    "open", epilog="Example: comity law open --cause 'Act 108 amended' --node jpn --as jpn-002"
)
@agreement_option
@click.option("--cause", required=True, help="What changed, in a few words; it stays here.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def open_law(desk: Desk, *, agreement: AgreementId | None, cause: str) -> int | None:
    """Note that a law, table or rule of ours has changed, which partners are to be told of.

    A new version in which our own markings are others opens such a task by itself.
    """
    chosen = await the_agreement(desk.context, agreement)
    return _show_task(desk, await open_task(desk.context, chosen, cause, desk.acting))


@law.command("close", epilog="Example: comity law close 1 --notice JPN/12 --node jpn --as jpn-002")
@click.argument("number", type=click.IntRange(1, 999_999), metavar="N")
@agreement_option
@place_option("--notice", "notice", help_text="The notice of ours by which partners were told.")
@click.option("--reason", help="Or why they are not told; it stays here.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def close_law(
    desk: Desk,
    *,
    number: int,
    agreement: AgreementId | None,
    notice: Place | None,
    reason: str | None,
) -> int | None:
    """Close the task N: by a notice that was sent since, or by a recorded reason alone."""
    chosen = await the_agreement(desk.context, agreement)
    task = await close_task(desk.context, chosen, number, desk.acting, notice=notice, reason=reason)
    return _show_task(desk, task)


@law.command("tasks", epilog="Example: comity law tasks --node jpn")
@agreement_option
@node_command(writing=False)
async def show_tasks(desk: Desk, *, agreement: AgreementId | None) -> None:
    """List the changes that partners are still to be told of, and those that are closed."""
    chosen = await the_agreement(desk.context, agreement)
    rows: list[Any] = [task_json(each) for each in await list_tasks(desk.context, chosen)]
    lines = [line for row in rows for line in _task_lines(row)]
    desk.show_list(
        "comity/law-tasks/1",
        {"tasks": rows},
        lines,
        empty=("no change of law is to be told", "tell of one: comity law tell --help"),
    )


@law.command("list", epilog="Example: comity law list --node jpn")
@agreement_option
@node_command(writing=False)
async def list_laws(desk: Desk, *, agreement: AgreementId | None) -> None:
    """List the changes of law that every party has told of."""
    chosen = await the_agreement(desk.context, agreement)
    rows: Any = (await read_state(desk.context, chosen))["law_changes"]
    lines = [line for row in rows for line in _law_lines(row)]
    desk.show_list(
        "comity/law-list/1",
        {"law_changes": rows},
        lines,
        empty=("no change of law was told", "tell of one: comity law tell --help"),
    )


def _dispute_lines(row: dict[str, Any]) -> Iterator[str]:
    settled = row["settled_at"]
    state = "open" if settled is None else f"settled {_when(settled)}"
    articles = ", ".join(shown(each) for each in row["articles"])
    yield f"{row['place']} with {', '.join(row['to'])}: Art. {articles}, {state}"
    yield labelled("opened", _when(row["at"]))
    if row["about"]:
        yield labelled("about", ", ".join(row["about"]))
    if row["duties"]:
        yield labelled("duties", ", ".join(each[:12] for each in row["duties"]))
    if row["settled"]:
        yield labelled("settled by", ", ".join(row["settled"]))


def _authority_lines(row: dict[str, Any]) -> Iterator[str]:
    yield f"{row['place']} {row['by']}: {shown(row['name'])}"
    yield labelled("acts from", _when(row["valid_from"]))
    yield labelled("delivered", row["delivered"])
    for key in row["keys"]:
        yield labelled("key", shown(key))


def _law_lines(row: dict[str, Any]) -> Iterator[str]:
    articles = ", ".join(shown(each) for each in row["articles"])
    yield f"{row['place']} {row['by']}: {shown(row['law'])}, {row['effect']}, Art. {articles}"
    yield labelled("effective", row["effective"])
    yield labelled("told", _when(row["at"]))
    if row["answers"] is not None:
        yield labelled("answers", row["answers"])


def _show_task(desk: Desk, task: LawTask | Refused) -> int | None:
    if isinstance(task, Refused):
        return desk.refuse(task)
    row = task_json(task)
    desk.show("comity/law-task/1", {"task": row}, list(_task_lines(row)))
    return None


def _task_lines(row: dict[str, Any]) -> Iterator[str]:
    state = "open" if row["closed_at"] is None else f"closed {_when(row['closed_at'])}"
    yield f"{row['number']} {shown(row['cause'])}: {state}"
    yield labelled("opened", _when(row["opened_at"]))
    if row["notice"] is not None:
        yield labelled("told by", row["notice"])
    if row["reason"] is not None:
        yield labelled("reason", shown(row["reason"]))


def _when(text: str) -> str:
    return shown_instant(parse_instant_canonical(text))
