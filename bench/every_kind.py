# SPDX-License-Identifier: Apache-2.0
"""Registers with statements of every kind of the vocabulary, told without end: everything counts.

Three in four are releases and their receipts. The rest is what becomes of items, and what else
two parties have to say to each other under the shipped file, to which a clause is added by which
a category may be suspended, and under two versions that they talk about and never agree on.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from typing import Final

from bench.stories_of_items import (
    ITEM_STORIES,
    MARKINGS,
    NEXT_YEAR,
    SHA,
    TEXT,
    given,
    label_of,
    note,
    receipt,
    release,
)
from bench.telling import JPN, KOR, Story, Telling, Word, drawn, told
from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.ids import PartyId, Place, digest_of, format_place
from comity.basis.instants import Instant
from comity.basis.strict_json import JsonValue, format_json
from comity.marking.labels import Label
from comity.state.fold import Placed
from comity.statement.affairs import (
    DisputeOpen,
    DisputeSettle,
    DutyExtend,
    DutyWaive,
    PartyAuthority,
    PartyLawChange,
)
from comity.statement.cases import (
    ContractorAssure,
    DisclosureRecord,
    VisitDecide,
    VisitKind,
    VisitRequest,
)
from comity.statement.information import AssuranceGive, RequestMake, Subject
from comity.statement.treaty import (
    AgreementAmend,
    AgreementAnnouncement,
    AgreementCounter,
    AgreementEndNotice,
    AgreementEntryNotification,
    AgreementInitial,
    AgreementInterpretation,
    AgreementPostpone,
    AgreementPropose,
    AgreementResumeCategory,
    AgreementSign,
    AgreementSuspendCategory,
    AgreementSuspendEndNotice,
    AgreementWithdrawEndNotice,
    PartyCard,
)
from comity.statement.trust import JournalAnchor
from comity.statement.values import CardRef, FileRef

_FIRMS: Final = 500
_DAY_MS: Final = 86_400_000
_SUSPENDED: Final = "cyber"
"""Nothing is released in it: so nothing that is released stops counting."""
_SUSPENSION: Final = b"""
[[article]]
number = "22"
source = "model"
title = { en = "Suspension", ja = "x", ko = "x" }
summary = { en = "A category may be suspended.", ja = "x", ko = "x" }
[article.suspension]
acts = ["release", "transmit", "disclose"]
"""


@cache
def versions() -> tuple[Agreement, ...]:
    """Give the version that is agreed, and two that are talked about."""
    text = template("gsomia-jpn-kor") + _SUSPENSION
    later = (text.replace(b"version = 2 ", f"version = {number} ".encode()) for number in (3, 4))
    return tuple(read_agreement(each) for each in (text, *later))


def tell_every_kind(seed: int) -> Iterator[Placed]:
    """Tell how it came into force, then every story once, and then as they are drawn."""
    tell = Telling(versions()[0], random.Random(seed))
    yield from told(tell, [_opening(tell)], iter(()))
    yield from told(tell, [story(tell) for story, _ in STORIES], drawn(tell, STORIES))


def _opening(tell: Telling) -> Story:
    agreed, today = tell.agreement, tell.today
    yield Word(JPN, AgreementPropose(_file(agreed), agreed.version, note(JPN)))
    for by in (JPN, KOR):
        yield Word(by, AgreementInitial(note(by)))
    for by in (JPN, KOR):
        yield Word(by, AgreementSign(note(by)))
    for by in (JPN, KOR):
        yield Word(by, AgreementEntryNotification(today, note(by)))


def _visited(tell: Telling) -> Story:
    host, by = tell.pair()
    visit = yield Word(by, _visit(tell, host))
    today, level = tell.today, "CONFIDENTIAL"
    yield Word(host, VisitDecide(visit, level, today, today))
    label = Label(MARKINGS[host, level], level, "air", "oral", ("warning",), (), (host,))
    yield Word(host, DisclosureRecord(visit, label, tell.at, *TEXT))


def _not_visited(tell: Telling) -> Story:
    host, by = tell.pair()
    visit = yield Word(by, _visit(tell, host))
    yield Word(host, VisitDecide(visit, None, None, None))


def _firm_assured(tell: Telling) -> Story:
    by, _ = tell.pair()
    firm, letters = f"firm-{tell.draws.randrange(_FIRMS)}", tuple("abcdefghijklmno")
    yield Word(
        by,
        ContractorAssure(
            firm,
            "plant",
            None,
            letters,
            True,
            "SECRET",
            "inspection",
            "inspector",
            tell.today,
            None,
        ),
    )


def _assured(tell: Telling) -> Story:
    by, _ = tell.pair()
    yield Word(by, AssuranceGive("SECRET", None, True, True, NEXT_YEAR))


def _anchored(tell: Telling) -> Story:
    by, _ = tell.pair()
    yield Word(by, JournalAnchor(SHA, None))


def _carded(tell: Telling) -> Story:
    by, _ = tell.pair()
    yield Word(by, PartyCard(CardRef(SHA, 9_000, tell.count(f"card of {by}"))))


def _authority_notified(tell: Telling) -> Story:
    by, _ = tell.pair()
    name = by.lower()
    number = tell.count("authority")
    keys = tuple(f"{name}.example/authority+{number:06x}{part:02x}" for part in (1, 2))
    yield Word(by, PartyAuthority("Ministry", keys, tell.at, tell.today, note(by)))


def _law_changed(tell: Telling) -> Story:
    by, _ = tell.pair()
    yield Word(by, _law(tell, by, None))


def _law_asked(tell: Telling) -> Story:
    by, to = tell.pair()
    request = yield Word(to, RequestMake("law", *TEXT, Subject.LAW))
    yield Word(by, _law(tell, by, request))


def _disputed(tell: Telling) -> Story:
    by, to = tell.pair()
    item, _ = yield from given(tell, by, to)
    duty = _receipt_duty(item, to)
    dispute = yield Word(to, DisputeOpen(("12(a)",), (item,), (duty,), *TEXT, note(to)))
    for party in (by, to):
        yield Word(party, DisputeSettle(dispute, *TEXT, note(party)))


def _waived(tell: Telling) -> Story:
    by, to = tell.pair()
    label = label_of(tell, by)
    item = yield Word(by, release(label))
    yield Word(by, DutyWaive(item, _receipt_duty(item, to), note(by)))
    yield Word(to, receipt(to, item, label.level))


def _extended(tell: Telling) -> Story:
    by, to = tell.pair()
    label = label_of(tell, by)
    item = yield Word(by, release(label))
    until = Instant(tell.at + 30 * _DAY_MS)
    yield Word(by, DutyExtend(item, _receipt_duty(item, to), until, note(by)))
    yield Word(to, receipt(to, item, label.level))


def _text_talked_about(tell: Telling) -> Story:
    if "text" in tell.going_on:
        return
    tell.going_on.add("text")
    by, to = tell.pair()
    _, third, fourth = versions()
    amended = yield Word(by, AgreementAmend(_file(third), third.version, note(by)))
    yield Word(to, AgreementCounter(_file(fourth), fourth.version, note(to), amended))
    yield Word(by, AgreementPostpone(note(by), "domestic-procedure"))
    for party in (by, to):
        yield Word(party, AgreementInitial(note(party)), fourth)
    yield Word(to, AgreementSign(note(to)), fourth)
    tell.going_on.remove("text")


def _announced(tell: Telling) -> Story:
    by, _ = tell.pair()
    yield Word(by, AgreementAnnouncement("Complete normalisation", tell.today, note(by)))


def _notice_withdrawn(tell: Telling) -> Story:
    by, to = tell.pair()
    if f"notice of {by}" in tell.going_on:
        return
    tell.going_on.add(f"notice of {by}")
    today = tell.today
    notice = yield Word(by, AgreementEndNotice(today, today, None, note(by)))
    yield Word(to, AgreementInterpretation(notice, "notice_given", note(to)))
    held = yield Word(by, AgreementSuspendEndNotice(notice, today, note(by)))
    yield Word(by, AgreementWithdrawEndNotice((notice, held), today, note(by)))
    tell.going_on.remove(f"notice of {by}")


def _category_suspended(tell: Telling) -> Story:
    by, _ = tell.pair()
    if f"suspension by {by}" in tell.going_on:
        return
    tell.going_on.add(f"suspension by {by}")
    body = AgreementSuspendCategory(_SUSPENDED, None, NEXT_YEAR, note(by), "talks")
    suspension = yield Word(by, body)
    yield Word(by, AgreementResumeCategory(suspension, None, note(by)))
    tell.going_on.remove(f"suspension by {by}")


STORIES: Final = (
    *ITEM_STORIES,
    (_visited, 8),
    (_not_visited, 2),
    (_firm_assured, 6),
    (_assured, 4),
    (_anchored, 12),
    (_carded, 1),
    (_authority_notified, 1),
    (_law_changed, 2),
    (_law_asked, 1),
    (_disputed, 2),
    (_waived, 2),
    (_extended, 3),
    (_text_talked_about, 1),
    (_announced, 1),
    (_notice_withdrawn, 1),
    (_category_suspended, 2),
)
"""Each story and its share of all that are told."""


def _visit(tell: Telling, host: PartyId) -> VisitRequest:
    first = tell.today
    return VisitRequest(
        host, "hq", VisitKind.OFFICIAL, "SECRET", first, NEXT_YEAR, 4, "SECRET", None, *TEXT
    )


def _law(tell: Telling, by: PartyId, answers: Place | None) -> PartyLawChange:
    return PartyLawChange("Act 108", "marking", ("4(1)",), tell.today, answers, *TEXT, note(by))


def _receipt_duty(item: Place, by: PartyId) -> str:
    """Give the id of the duty to receipt an item."""
    place, both = format_place(item), ("item.release", "item.receipt")
    named: list[JsonValue] = [place, "12(a)", "receipt", *both, None, place, by]
    return digest_of(format_json(named))[:32]


def _file(agreement: Agreement) -> FileRef:
    return FileRef(agreement.sha256, len(agreement.raw))
