# SPDX-License-Identifier: Apache-2.0
"""The whole state as it is exported, held to one golden file: every part has a row.

Goods are those of a second agreement. Each statement counts but two, which stand in it as such.
What a row says is another test's; that none says it by another name, or of another place or time,
is this one's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import structs

from comity.agreement.acts import DestructionMeans, Recalled
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.amounts import Money
from comity.basis.ids import AgreementId, Digest, Place, digest_of
from comity.basis.instants import Instant
from comity.state.duties import duties_at
from comity.statement.affairs import DisputeSettle, DutyExtend, DutyWaive
from comity.statement.cases import (
    Affected,
    Certainty,
    DisclosureRecord,
    Harm,
    IncidentClose,
    IncidentFindings,
    IncidentReport,
    Outcome,
    VisitDecide,
    VisitKind,
    VisitRequest,
)
from comity.statement.custody import InventoryResult
from comity.statement.deliveries import ClaimNotice
from comity.statement.handling import ItemDestroyed, ItemRecall, ItemReturn
from comity.statement.information import (
    AssuranceGive,
    ConsentAsk,
    ConsentGive,
    ConsentRefuse,
    ConsentWithdraw,
    ItemReceipt,
    ItemReclassify,
    ItemRefusal,
    RequestAnswer,
    RequestDecline,
    RequestMake,
)
from comity.statement.kinds import Body
from comity.statement.orders import Method, OrderDispute, Tax
from comity.statement.passing import ItemThirdPartyRelease
from comity.statement.settlements import (
    BalanceAgree,
    BalanceRow,
    BalanceState,
    InvoiceIssue,
    LineRef,
    SettledLine,
)
from comity.statement.treaty import (
    AgreementEndNotice,
    AgreementInterpretation,
    AgreementResumeCategory,
    AgreementSuspendCategory,
    PartyCard,
)
from comity.statement.trust import JournalAnchor, StatementReject, TimeDispute
from comity.statement.values import CardRef, ParcelRef, SealedRef
from tests.builders.dutiful import authority, dispute, law
from tests.builders.firms import assure
from tests.support_state import JPN, KOR, NOTE, USA, Teller, in_force, label, receipt, release
from tests.unit.state.test_fold_goods import (
    COLLECTING,
    TAKEN,
    accepted,
    agreement,
    asked,
    made,
    received,
    settled,
)

SUSPENSION = """
[[article]]
number = "22"
source = "model"
title.en = "Suspension"
title.ja = "停止"
title.ko = "정지"
summary.en = "A category may be suspended."
summary.ja = "種別を停止できる。"
summary.ko = "종류를 정지할 수 있다."
[article.suspension]
acts = ["release", "transmit", "disclose"]
"""
DAY, LATER = date(2016, 11, 23), date(2016, 12, 31)
TEXT = (ParcelRef(digest_of(b"head"), 100), SealedRef("xwing", 100, digest_of(b"sealed")))
SHA = Digest("a" * 64)
ELSEWHERE = Place(KOR, 99)
GOODS = ("orders", "deliveries", "invoices", "settlements", "balances", "exercises")


def said(teller: Teller, party: Any, body: Body) -> Place:
    where = teller.say(party, body)
    assert teller.why(where) is None, (body, teller.why(where))
    return where


def told() -> Teller:
    text = f"{template('gsomia-jpn-kor').decode()}{SUSPENSION}"
    teller = in_force(agreement=read_agreement(text.encode()))
    first = keep(teller)
    pass_on(teller, first)
    harm(teller, first)
    ask(teller, first)
    govern(teller)
    teller.say(KOR, ItemReceipt(Place(JPN, 999), SHA, "군사III급비밀"))
    return teller


def keep(teller: Teller) -> Place:
    """Release, take in and refuse, count, call back, give back, destroy."""
    said(teller, KOR, AssuranceGive("SECRET", None, True, True, LATER))
    said(teller, KOR, AssuranceGive("CONFIDENTIAL", "post-7", True, True, DAY))
    first = said(teller, JPN, release())
    second = said(teller, JPN, release("second", supersedes=first))
    said(teller, KOR, receipt(first))
    said(teller, KOR, ItemRefusal(second, "marking.unknown", ("4(1)",)))
    unmarked = teller.say(JPN, release("third", marking="社外秘"))
    said(teller, KOR, ItemRefusal(unmarked, "item.not-counted", ("4(1)",)))
    said(teller, JPN, ItemReclassify(first, "SECRET", "極秘", Instant(teller.now)))
    said(teller, JPN, ItemRecall((first,), Recalled.EITHER, "error", LATER))
    back = said(teller, KOR, ItemReturn(first, (1,), 2, DAY, *TEXT))
    said(teller, JPN, ItemReceipt(back, digest_of(b"parcel"), "極秘"))
    said(teller, KOR, ItemDestroyed(first, (2,), 1, DestructionMeans.SHRED, DAY, 2, *TEXT))
    said(teller, KOR, InventoryResult(DAY, 1, 1, (), None))
    return first


def pass_on(teller: Teller, first: Place) -> None:
    item = said(teller, JPN, release("fourth"))
    asked = said(teller, KOR, ConsentAsk((item,), None, USA, "warning", LATER))
    given = said(teller, JPN, ConsentGive(asked, (item,), None, USA, "warning", LATER, NOTE))
    other = said(teller, KOR, ConsentAsk((first,), None, USA, "study", None))
    said(teller, JPN, ConsentRefuse(other))
    again = said(teller, JPN, ConsentGive(None, (), "nuclear-test", USA, "study", None, NOTE))
    said(teller, JPN, ConsentWithdraw(again))
    body = ItemThirdPartyRelease(item, USA, "warning", (given,), AgreementId("kor-usa-1987"))
    went = said(teller, KOR, body)
    linked = structs.replace(body, consents=(), release=ELSEWHERE, follows=went)
    said(teller, KOR, linked)
    said(teller, KOR, structs.replace(linked, receipt=Place(USA, 7)))
    burnt = ItemDestroyed(item, (1,), 0, DestructionMeans.BURN, DAY, 2, None, None, went)
    said(teller, KOR, burnt)


def harm(teller: Teller, first: Place) -> None:
    now = teller.now
    report = IncidentReport(
        (Affected(first, (3,)),), KOR, Harm.LOSS, Certainty.POSSIBLE, now, now, *TEXT
    )
    lost = said(teller, KOR, report)
    said(teller, KOR, IncidentFindings(lost, Outcome.LOSS, ("new-lock",), *TEXT))
    said(teller, JPN, IncidentClose(lost))
    days = (date(2016, 12, 1), date(2016, 12, 3))
    visit = VisitRequest(
        JPN, "fuchu-1", VisitKind.OFFICIAL, "SECRET", *days, 3, "SECRET", LATER, *TEXT
    )
    asked = said(teller, KOR, visit)
    said(teller, JPN, VisitDecide(asked, "CONFIDENTIAL", *days))
    shown = DisclosureRecord(None, label(form="oral"), Instant(teller.now), *TEXT)
    said(teller, JPN, ItemReclassify(said(teller, JPN, shown), "SECRET", "極秘", teller.now))
    conditions = assure("a", "b", clearance="SECRET", until=LATER, parent="firm-1")
    said(teller, KOR, conditions)
    said(teller, KOR, assure("a", firm="firm-1", document=None, parcel=TEXT[0], sealed=TEXT[1]))


def ask(teller: Teller, first: Place) -> None:
    asked = said(teller, JPN, RequestMake("missile-warning", *TEXT))
    answer = said(teller, KOR, release("answer", originators=(KOR,), marking="군사III급비밀"))
    said(teller, KOR, RequestAnswer(asked, answer))
    said(teller, KOR, RequestDecline(said(teller, JPN, RequestMake("nuclear-test", *TEXT))))
    opened = said(teller, KOR, dispute(about=(first,)))
    said(teller, JPN, DisputeSettle(opened, *TEXT, NOTE))
    said(teller, KOR, DisputeSettle(opened, None, None, NOTE))
    said(teller, JPN, law("2016-12-01"))
    open_ = [each for each in duties_at(teller.state, teller.now) if each.due is not None]
    owed = next(each for each in open_ if each.owed_by == KOR and each.live)
    until = Instant(owed.due + 86_400_000)  # type: ignore[operator]  # it has a day, as was asked
    said(teller, owed.owed_to[0], DutyExtend(owed.trigger, owed.id, until, NOTE))
    said(teller, owed.owed_to[0], DutyWaive(owed.trigger, owed.id, NOTE))


def govern(teller: Teller) -> None:
    said(teller, JPN, authority(since="2016-12-01", delivered="2016-11-23"))
    stop = AgreementSuspendCategory("nuclear-test", None, LATER, NOTE, "talks")
    stopped = said(teller, JPN, stop)
    said(teller, JPN, AgreementResumeCategory(stopped, None, NOTE))
    said(teller, KOR, AgreementSuspendCategory("missile-warning", None, None, NOTE, None))
    notice = said(teller, KOR, AgreementEndNotice(None, DAY, None, NOTE))
    said(teller, JPN, AgreementInterpretation(notice, "notice_suspended", NOTE))
    said(teller, KOR, StatementReject(JPN, 0, "time.ahead", None))
    said(teller, KOR, TimeDispute(JPN, 1, Instant(teller.now + 1), 60_000))
    said(teller, JPN, PartyCard(CardRef(SHA, 10, 2)))
    said(teller, KOR, JournalAnchor(SHA, "mnd.kor.example/journal"))


def traded() -> Teller:
    """Replace some of one order in kind, bill another in cash; a balance differs, then stands."""
    teller = in_force(agreement=agreement())
    order = asked(teller, activity="exercise", exercise="Freedom Edge")
    accepted(teller, order, taxes=(Tax(Decimal(100), "VAT"),))
    receipt = received(teller, made(teller, order), 9000)
    said(teller, KOR, ClaimNotice(receipt, COLLECTING))
    some = (SettledLine(1, Decimal(4000), None, None),)
    claimed = settled(teller, order, lines=some)
    settled(teller, order, by=JPN, lines=some, confirms=claimed)
    settled(teller, order, number="S-2", lines=some)
    cash = asked(teller, number="K-2", method=Method.CASH)
    accepted(teller, cash, head=structs.replace(TAKEN, number="J-2"), method=Method.CASH)
    paid = received(teller, made(teller, cash))
    money = Money(Decimal(600_000), "JPY")
    said(teller, JPN, InvoiceIssue("I-1", cash, (paid,), COLLECTING, money))
    said(teller, KOR, OrderDispute(order, (1,), stands=True))
    row = BalanceRow(KOR, JPN, money)
    stated = BalanceState(date(2016, 11, 22), SHA, (row,))
    said(teller, KOR, BalanceAgree(said(teller, JPN, stated), (LineRef(order, 1),)))
    teller.say(JPN, StatementReject(KOR, 0, "time.ahead", None), at="2016-11-25")
    stated = structs.replace(stated, until=date(2016, 11, 24))
    said(teller, KOR, BalanceAgree(said(teller, JPN, stated), ()))
    assert not list(teller.state.uncounted.items())
    return teller


def test_the_whole_state_is_exported_as_the_golden_file_has_it(
    golden: Callable[[str, str], None],
) -> None:
    teller, trade = told(), traded()
    state, goods = teller.exported(), trade.exported()
    assert {name for name, part in state.items() if not part} == {*GOODS}
    assert [name for name in GOODS if not goods[name]] == []
    kept = {name: goods[name] if name in GOODS else part for name, part in state.items()}
    text = "\n".join(lines(kept))
    for each in (teller, trade):
        text = text.replace(each.agreement.sha256, "(the file)")
    golden("state.txt", f"{text}\n")


def lines(state: dict[str, Any]) -> Iterator[str]:
    """Write each row of a list as a line, and what is none as one."""
    for name, part in state.items():
        yield name
        for row in part if isinstance(part, list) else [part]:
            yield f"  {json.dumps(row, ensure_ascii=False)}"
