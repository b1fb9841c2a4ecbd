# SPDX-License-Identifier: Apache-2.0
"""`comity duties` and `comity duty`: what is owed, what comes up, and what creditors say of it.

Duties are worked out of the registers; both sides work out the same. Source: AGREEMENTS 5
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import click

from comity.basis.ids import AgreementId, PartyId
from comity.basis.instants import Date, Instant, Zone, end_of_day, parse_instant_canonical
from comity.basis.strict_json import JsonValue
from comity.cli.entering import show_entered
from comity.cli.goods_options import cap_words
from comity.cli.nouns import Noun
from comity.cli.options import (
    agreement_option,
    ending,
    node_lang_option,
    parse_until,
    party_option,
    reading,
    refuse_past,
    the_agreement,
    zone_of,
)
from comity.cli.outputs import write_over_own
from comity.cli.printing import labelled, say, shown
from comity.cli.session import AsPerson, Desk, node_command
from comity.cli.worded import say_not_binding, shown_at, shown_end
from comity.decision.clearances import END, REVIEW, renewal_json
from comity.decision.officers import END as TERM_ENDS
from comity.decision.officers import NONE, vacancy_json
from comity.flows.affairs import extend_duty, waive_duty
from comity.flows.binding import not_binding
from comity.flows.duties.calendar import BEGINNING, calendar_of
from comity.flows.duties.filters import refuse_unknown
from comity.flows.duties.listing import Owed, find_one, list_duties, owed_json
from comity.flows.facts import find_person
from comity.flows.people.clearances import list_renewals
from comity.flows.people.officers import list_vacancies
from comity.flows.set_up import pinned_agreements
from comity.flows.support.caps import list_warnings
from comity.flows.zones import common_zone
from comity.foresight.matters import owed_matter, say_coming, say_head, say_matter, say_state
from comity.foresight.words import LANGUAGES, Phrase, language_index, say_article, say_due
from comity.state.duties import DutyState

_STATES = tuple(each.value for each in DutyState)
_SHORT = 12
_LABELS: Final[dict[str, Phrase]] = {
    "owed": ("owed", "義務", "의무"),
    "follows from": ("follows from", "根拠", "근거"),
    "about": ("about", "対象", "대상"),
    "collects": ("collects", "収納担当", "징수 담당"),
    "due": ("due", "期限", "기한"),
    "extended": ("extended", "延長", "연장"),
    "done": ("done", "履行", "이행"),
    "disputed": ("disputed", "異議", "이의"),
    "reminders": ("reminders", "注意喚起", "알림"),
}
_SAID: Final[dict[str, Phrase]] = {
    "owed": ("{words} by {by} to {to}", "{words}（{by}→{to}）", "{words}({by}→{to})"),
    "was": ("from {when}", "当初 {when}", "당초 {when}"),
    "call": (" (a {call} may be raised)", "（{call}）", "({call})"),
    "breach": ("breach", "違反と主張できる", "위반을 주장할 수 있음"),
    "concern": ("concern", "懸念を示せる", "우려를 표명할 수 있음"),
    "no number": (
        "{term}: the agreement gives no number",
        "{term}（協定に日数の定めなし）",
        "{term}(협정에 날수 규정 없음)",
    ),
    "nothing": ("nothing is owed", "義務はない", "의무 없음"),
    "coming": ("coming up:", "今後の予定：", "앞으로의 일정:"),
    "no day": ("no day", "期日なし", "날짜 없음"),
    "clearances": (
        "clearances of our own people, owed to nobody:",
        "自国職員の適格性（誰に対する義務でもない）：",
        "우리 직원의 비밀취급 인가(누구에 대한 의무도 아님):",
    ),
    END: ("the last day is {day}{passed}", "最終日 {day}{passed}", "마지막 날 {day}{passed}"),
    REVIEW: (
        "to be looked at again by {day}{passed}",
        "再確認の期日 {day}{passed}",
        "재검토 기한 {day}{passed}",
    ),
    "officers": (
        "control officers of our own facilities, owed to nobody:",
        "自国施設の管理責任者（誰に対する義務でもない）：",
        "우리 시설의 관리 책임자(누구에 대한 의무도 아님):",
    ),
    TERM_ENDS: (
        "the term of {person} ends with {day}{passed}",
        "{person}の任期は{day}まで{passed}",
        "{person}의 임기는 {day}까지{passed}",
    ),
    "caps": (
        "yearly caps that are nearly used up, now:",
        "使い切りに近い年間上限（現在）：",
        "거의 다 쓴 연간 한도(현재):",
    ),
    NONE: ("nobody is named", "指名なし", "지명된 사람 없음"),
    "passed": (", PASSED", "（経過）", " (지남)"),
}
"""What stands around a duty's own words."""


@click.command(epilog="Example: comity duties --at 2016-12-31 --state late --node jpn --as jpn-002")
@agreement_option
@click.option(
    "--at",
    callback=reading(parse_until),
    metavar="DATE|INSTANT",
    help="As they stand then; a date at its end in the agreement's zone. [now]",
)
@click.option("--all", "every", is_flag=True, help="Also what is done or waived.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(_STATES),
    help="Only duties in that state; once for each.",
)
@party_option("--by", "debtor", help_text="Only what this party owes.")
@party_option("--to", "creditor", help_text="Only what is owed to this party.")
@click.option("--article", metavar="ARTICLE", help="Only duties by that article.")
@click.option("--ical", metavar="FILE", help="Write them as a calendar to FILE, over one of ours.")
@node_lang_option
@node_command(writing=False, person=AsPerson.OPTIONAL)
async def duties(
    desk: Desk,
    *,
    agreement: AgreementId | None,
    at: Date | Instant | None,
    every: bool,
    states: tuple[str, ...],
    debtor: PartyId | None,
    creditor: PartyId | None,
    article: str | None,
    ical: str | None,
    lang: str | None,
) -> None:
    """List what is owed under every agreement, the earliest first, and what comes up.

    Where the agreement gives no number nothing is late: the node reminds and counts no breach.
    """
    if desk.person is not None:
        await find_person(desk.context, desk.person)
    chosen = await pinned_agreements(desk.context) if agreement is None else (agreement,)
    zones = {each: await zone_of(desk.context, each) for each in chosen}
    parties = (("--by", debtor), ("--to", creditor))
    await refuse_unknown(desk.context, chosen, article, parties)
    live = not (every or states)
    found = [
        _only(
            await list_duties(desk.context, each, desk.person, at=_end(at, zones[each]), live=live),
            states,
            (debtor, creditor, article),
        )
        for each in chosen
    ]
    words = desk.language(lang)
    shapes = [owed_json(each) for each in found]
    value: dict[str, Any] = {
        "not_binding": [*await not_binding(desk.context, chosen)],
        "duties": [duty for each in shapes for duty in each["duties"]],
        "coming": [coming for each in shapes for coming in each["coming"]],
        "clearances": [],
        "officers": [],
        "caps": [],
    }
    if not (agreement or states or debtor or creditor or article):
        instant = _end(at, await common_zone(desk.context))
        value["clearances"] = await _clearances(desk, instant)
        value["officers"] = await _officers(desk, instant)
        rows = [await list_warnings(desk.context, each) for each in chosen]
        value["caps"] = [row for each in rows for row in each]
    told = [say_not_binding(each, words) for each in value["not_binding"]]
    lines = [*told, *(list(_lines(value, words, zones)) or [_say("nothing", words)])]
    desk.show("comity/duty-list/2", value, lines, lang=words)
    if ical is not None:
        calendar = calendar_of(found, exercise=desk.context.config.exercise, language=words)
        write_over_own(ical, calendar, beginning=BEGINNING)
    own = desk.context.config.party
    to_us = [row for row in value["duties"] if own in row["owed_to"]]
    if to_us and not desk.as_json:
        named = f"{to_us[0]['id'][:_SHORT]} --agreement {to_us[0]['agreement']}"
        say(f"next: {desk.next_command(f'duty show {named}')}")


@click.group(cls=Noun)
def duty() -> None:
    """Show a duty; waive it or give more time, if it is owed to us."""


@duty.command("show", epilog="Example: comity duty show 3f9a1c --node jpn")
@click.argument("id", metavar="ID")
@agreement_option
@node_lang_option
@node_command(writing=False)
async def show_duty(
    desk: Desk, *, id: str, agreement: AgreementId | None, lang: str | None
) -> None:
    """Show the duty whose id begins with ID."""
    chosen = await the_agreement(desk.context, agreement)
    found = await find_one(desk.context, chosen, id)
    shape: Any = owed_json(Owed(chosen, Instant(0), (found,), ()))["duties"][0]
    words, zone = desk.language(lang), await zone_of(desk.context, chosen)
    desk.show("comity/duty-show/1", {"duty": shape}, _duty_lines(shape, words, zone), lang=words)


@duty.command("waive", epilog="Example: comity duty waive 3f9a1c --node jpn")
@click.argument("id", metavar="ID")
@agreement_option
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def waive(desk: Desk, *, id: str, agreement: AgreementId | None) -> int | None:
    """Waive the duty ID, which is owed to us: it need not be done."""
    chosen = await the_agreement(desk.context, agreement)
    return show_entered(desk, await waive_duty(desk.context, chosen, id, desk.person))


@duty.command("extend", epilog="Example: comity duty extend 3f9a1c --until 2017-01-31 --node jpn")
@click.argument("id", metavar="ID")
@agreement_option
@click.option(
    "--until",
    required=True,
    callback=reading(parse_until),
    metavar="DATE|INSTANT",
    help="Until when; a date to its end in the agreement's zone.",
)
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def extend(
    desk: Desk, *, id: str, agreement: AgreementId | None, until: Date | Instant
) -> int | None:
    """Give more time for the duty ID, which is owed to us."""
    chosen = await the_agreement(desk.context, agreement)
    later = "a duty is extended to a day that is still to come"
    await refuse_past(desk.context, chosen, until, else_=later)
    zone = await zone_of(desk.context, chosen)
    instant = await ending(desk.context, chosen, until)
    entered = await extend_duty(desk.context, chosen, id, instant, desk.person)
    told = labelled("until", shown_end(instant, zone, LANGUAGES[0]))
    return show_entered(desk, entered, details=(told,))


def _end(at: Date | Instant | None, zone: Zone) -> Instant | None:
    return end_of_day(at, zone) if isinstance(at, Date) else at


async def _clearances(desk: Desk, at: Instant | None) -> list[JsonValue]:
    """Give whose clearance ends or is to be looked at again: our own affair, in no calendar."""
    moment = desk.context.ports.clock.now() if at is None else at
    found = await list_renewals(desk.context, desk.person, at=at)
    return [renewal_json(each, moment) for each in found]


async def _officers(desk: Desk, at: Instant | None) -> list[JsonValue]:
    """Give the facilities that have no control officer, or soon will: our own affair too."""
    moment = desk.context.ports.clock.now() if at is None else at
    found = await list_vacancies(desk.context, desk.person, at=at)
    return [vacancy_json(each, moment) for each in found]


def _only(
    owed: Owed,
    states: tuple[str, ...],
    wanted: tuple[PartyId | None, PartyId | None, str | None],
) -> Owed:
    """Keep what was asked for; what comes up is nobody's debt, so a filter leaves it out."""
    debtor, creditor, article = wanted
    kept = tuple(
        each
        for each in owed.duties
        if (not states or each.state.value in states)
        and debtor in (None, each.owed_by)
        and (creditor is None or creditor in each.owed_to)
        and article in (None, each.article)
    )
    filtered = bool(states) or wanted != (None, None, None)
    return replace(owed, duties=kept, coming=() if filtered else owed.coming)


def _lines(value: dict[str, Any], lang: str, zones: Mapping[AgreementId, Zone]) -> Iterator[str]:
    for row in value["duties"]:
        yield from _duty_lines(row, lang, zones[row["agreement"]])
    if value["coming"]:
        yield _say("coming", lang)
    for row in value["coming"]:
        due = _say("no day", lang)
        if row["due"] is not None:
            by = _until(row["due"], zones[row["agreement"]], lang)
            due = say_head("until", lang, due=by)
        article = "" if row["article"] is None else f" ({_article(row['article'], lang)})"
        passed = _say("passed", lang) if row["passed"] else ""
        yield f"  {row['agreement']}: {say_coming(row['what'], lang)}{article}, {due}{passed}"
        if row["about"] is not None:
            yield _labelled("about", row["about"], lang)
        if row["remind_at"]:
            yield _labelled(
                "reminders", ", ".join(shown_at(each) for each in row["remind_at"]), lang
            )
    yield from _house_lines(value, lang)


def _house_lines(value: dict[str, Any], lang: str) -> Iterator[str]:
    """Say what comes up in our own house."""
    if value["clearances"]:
        yield _say("clearances", lang)
    for row in value["clearances"]:
        passed = _say("passed", lang) if row["passed"] else ""
        day = _say(row["what"], lang, day=row["day"], passed=passed)
        yield f"  {row['person']} ({shown(row['facility'])}): {day}"
    if value["officers"]:
        yield _say("officers", lang)
    for row in value["officers"]:
        passed = _say("passed", lang) if row["passed"] else ""
        named = {"person": str(row["person"]), "day": str(row["day"]), "passed": passed}
        yield f"  {shown(row['facility'])}: {_say(row['what'], lang, **named)}"
    if value["caps"]:
        yield _say("caps", lang)
    for row in value["caps"]:
        yield f"  {row['agreement']}: {shown(cap_words(row))}"


def _duty_lines(row: dict[str, Any], lang: str, zone: Zone) -> Iterator[str]:
    call = row["may_be_called"]
    called = "" if call is None else _say("call", lang, call=_say(call, lang))
    state = say_state(row["state"], lang)
    article = _article(row["article"], lang)
    yield f"{row['id'][:_SHORT]} {row['agreement']} {article}: {state}{called}"
    owes = owed_matter(row["owes"], row["because"], row["or_by"])
    words = say_matter(owes, lang, row["needs"])
    to = ", ".join(row["owed_to"])
    yield _labelled("owed", _say("owed", lang, words=words, by=row["owed_by"], to=to), lang)
    yield _labelled("follows from", f"{row['trigger']} ({row['because']})", lang)
    if row["about"] not in (None, row["trigger"]):
        yield _labelled("about", row["about"], lang)
    if row["due"] is not None:
        due = _until(row["due"], zone, lang)
        yield _labelled("due", f"{due} ({say_due(row['term'], lang)})", lang)
    elif row["term"] is not None:
        yield _labelled("due", _say("no number", lang, term=say_due(row["term"], lang)), lang)
    if row["collects"] is not None:
        who = row["collects"]
        named = say_head("officer", lang, person=who["person"], office=who["office"])
        yield _labelled("collects", shown(named), lang)
    if row["extended_from"] is not None:
        was = _until(row["extended_from"], zone, lang)
        yield _labelled("extended", _say("was", lang, when=was), lang)
    if row["done_by"] is not None:
        yield _labelled("done", f"{row['done_by']}, {shown_at(row['done_at'])}", lang)
    if row["disputed_by"] is not None:
        yield _labelled("disputed", row["disputed_by"], lang)


def _say(name: str, lang: str, **values: str) -> str:
    return _SAID[name][language_index(lang)].format(**values)


def _labelled(name: str, text: str, lang: str) -> str:
    return labelled(_LABELS[name][language_index(lang)], text)


def _article(article: str, lang: str) -> str:
    return shown(say_article(article, lang))


def _until(text: str, zone: Zone, lang: str) -> str:
    return shown_end(parse_instant_canonical(text), zone, lang)
