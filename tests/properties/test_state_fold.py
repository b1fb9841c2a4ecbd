# SPDX-License-Identifier: Apache-2.0
"""Laws of the fold: the order of arrival, late statements and earlier instants leave no trace."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from comity.agreement.acts import DestructionMeans, PrivateRight, Recalled
from comity.basis.ids import Digest, PartyId, Place
from comity.basis.instants import Instant, date_of
from comity.state.fold import Fold, Placed
from comity.statement.cases import (
    Affected,
    Certainty,
    ContractorAssure,
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
from comity.statement.handling import ItemDestroyed, ItemRecall, ItemReturn
from comity.statement.information import (
    AssuranceGive,
    ConsentAsk,
    ConsentGive,
    ConsentRefuse,
    ConsentWithdraw,
    ItemReclassify,
    ItemRefusal,
    RequestAnswer,
    RequestDecline,
    RequestMake,
)
from comity.statement.kinds import Body
from comity.statement.treaty import (
    AgreementAnnouncement,
    AgreementEndNotice,
    AgreementEntryNotification,
    AgreementInitial,
    AgreementInterpretation,
    AgreementPostpone,
    AgreementSign,
    AgreementSuspendEndNotice,
    AgreementWithdrawEndNotice,
    PartyCard,
)
from comity.statement.trust import JournalAnchor, StatementReject, TimeDispute
from comity.statement.values import CardRef
from tests.support_state import (
    JPN,
    KOR,
    NOTE,
    USA,
    Teller,
    amend,
    counter,
    draft_of_2012,
    gsomia,
    instant,
    label,
    propose,
    receipt,
    release,
)

BEGIN = instant("2016-11-23")
DAY_MS = 86_400_000
TEXTS = (gsomia(), draft_of_2012())
ITEM = "item.release"
TOLD = "disclosure.record"
SHA = Digest("d" * 64)

# Few places and few days, so that statements meet and answer one another.
places = st.builds(Place, st.sampled_from((JPN, KOR)), st.integers(0, 14))
days = st.integers(0, 1500).map(lambda count: date(2016, 11, 23) + timedelta(days=count))
instants = st.integers(0, 1500).map(lambda count: Instant(BEGIN + count * DAY_MS))
levels = st.sampled_from(
    (("CONFIDENTIAL", "秘"), ("SECRET", "極秘"), ("SECRET", "군사II급비밀"), ("X", "機密"))
)
originators = st.sampled_from(((JPN,), (KOR,), (JPN, KOR)))
untils = st.none() | days | instants
links = st.none() | places
readings = st.sampled_from(("in_force", "notice_given", "notice_suspended", "terminated"))
NO = st.none()
NOTED = release()
things = st.sampled_from((ITEM, TOLD))
words = st.sampled_from(("missile-warning", "air"))

bodies: st.SearchStrategy[Body] = st.one_of(
    st.sampled_from(TEXTS).map(propose),
    st.sampled_from(TEXTS).map(counter),
    st.sampled_from(TEXTS).map(amend),
    st.just(AgreementInitial(NOTE)),
    st.just(AgreementSign(NOTE)),
    st.just(AgreementPostpone(NOTE)),
    st.builds(AgreementAnnouncement, st.just("said"), days, st.just(NOTE)),
    st.builds(AgreementEntryNotification, days, st.just(NOTE)),
    st.builds(AgreementEndNotice, st.none(), days, st.none() | days, st.just(NOTE)),
    st.builds(AgreementSuspendEndNotice, places, days, st.just(NOTE)),
    st.builds(
        AgreementWithdrawEndNotice,
        st.sets(places, min_size=1, max_size=2).map(lambda found: tuple(sorted(found))),
        days,
        st.just(NOTE),
    ),
    st.builds(AgreementInterpretation, places, readings, st.just(NOTE)),
    st.builds(
        lambda level, **changes: release(level=level[0], marking=level[1], **changes),
        levels,
        category=words,
        originators=originators,
        supersedes=links,
        answers=links,
    ),
    st.builds(receipt, places, levels.map(lambda level: level[1])),
    st.builds(ItemRefusal, places, st.just("x"), st.just(())),
    st.builds(
        lambda item, level, at: ItemReclassify(item, level[0], level[1], at),
        places,
        levels,
        instants,
    ),
    st.builds(
        AssuranceGive,
        levels.map(lambda level: level[0]),
        st.none(),
        st.booleans(),
        st.booleans(),
        untils,
    ),
    st.builds(ItemReturn, places, st.tuples(st.integers(1, 3)), st.integers(0, 2), days, NO, NO),
    st.builds(ItemRecall, st.tuples(places), st.just(Recalled.RETURN), st.just("x"), untils),
    st.builds(InventoryResult, days, st.just(1), st.just(1), st.tuples(places), links),
    st.builds(ConsentAsk, st.tuples(places), st.none(), st.just(USA), st.just("x"), untils),
    st.builds(
        ConsentGive,
        links,
        st.just(()) | st.tuples(places),
        st.none() | words,
        st.just(USA),
        st.just("x"),
        untils,
        st.just(NOTE),
    ),
    st.builds(ConsentRefuse, places),
    st.builds(ConsentWithdraw, places),
    st.builds(RequestMake, words, st.none(), st.none()),
    st.builds(RequestAnswer, places, places),
    st.builds(RequestDecline, places),
    st.builds(PartyCard, st.builds(CardRef, st.just(SHA), st.just(9), st.integers(1, 3))),
    st.builds(
        StatementReject,
        st.sampled_from((JPN, KOR)),
        st.integers(0, 9),
        st.just("x"),
        st.none(),
    ),
    st.builds(TimeDispute, st.sampled_from((JPN, KOR)), st.integers(0, 9), instants, st.just(1)),
    st.just(JournalAnchor(SHA, None)),
)
copies = st.integers(1, 3)
versions = st.sampled_from((gsomia().sha256, draft_of_2012().sha256, SHA))
gaps = st.sampled_from((0, 1, DAY_MS)) | st.integers(1, 60).map(lambda count: count * DAY_MS)
MARKINGS = {
    (JPN, "SECRET"): "極秘",
    (KOR, "SECRET"): "군사II급비밀",
    (JPN, "CONFIDENTIAL"): "秘",
    (KOR, "CONFIDENTIAL"): "군사III급비밀",
}


@st.composite
def histories(draw: st.DrawFn) -> list[Placed]:
    """Tell a history, most of it as parties would, some of it wild; then shuffle it."""
    teller = Teller(TEXTS[0], TEXTS[1:])
    if draw(st.integers(0, 3)):
        teller.sign(at="2016-11-23")
        teller.enter(delivered="2016-11-23")
    for _ in range(draw(st.integers(0, 25))):
        party = draw(st.sampled_from((JPN, KOR)))
        # Times tie now and then: the party and the index decide.
        at = Instant(teller.now + draw(gaps))
        if draw(st.integers(0, 3)):
            teller.say(party, tame(draw, teller, party, at), at=at)
        else:
            teller.say(party, draw(bodies), at=at, version=draw(versions))
    return draw(st.permutations(teller.told))


def tame(draw: st.DrawFn, teller: Teller, party: PartyId, at: Instant) -> Body:
    """Give a body that answers what was said before, where there is something to answer."""

    def one(kind: str, *, own: bool) -> Place:
        found = [
            where
            for where, statement in teller.told
            if statement.kind == kind and (where.party == party) is own
        ]
        return draw(st.sampled_from(found)) if found else Place(party, 0)

    level = draw(st.sampled_from(("SECRET", "CONFIDENTIAL")))
    marking = MARKINGS[party, level]
    today = date_of(at, gsomia().lifecycle.zone)
    delivered = today - timedelta(days=draw(st.sampled_from((0, 0, 1, 100))))
    usual: dict[str, Any] = {"marking": marking, "level": level, "originators": draw(originators)}
    given = ConsentGive(None, (), "air", USA, "x", None, NOTE)
    notice = one("agreement.end_notice", own=True)
    suspension = one("agreement.suspend_end_notice", own=True)
    made: dict[str, Callable[[], Body]] = {
        "release": lambda: release(
            **usual,
            supersedes=draw(st.none() | st.just(one(ITEM, own=True))),
            rights=draw(st.sampled_from(((), (PrivateRight.PATENT,)))),
        ),
        **handled(draw, one, usual, delivered),
        "answer_release": lambda: release(**usual, answers=one("request.make", own=False)),
        "receipt": lambda: receipt(one(ITEM, own=False), marking),
        "refusal": lambda: ItemRefusal(one(ITEM, own=False), "x", ()),
        "reclassify": lambda: ItemReclassify(
            one(draw(things), own=draw(st.booleans())), level, marking, draw(instants)
        ),
        "ask": lambda: ConsentAsk((one(draw(things), own=False),), None, USA, "x", draw(untils)),
        "give": lambda: structs.replace(
            given,
            ask=draw(st.sampled_from((None, one("consent.ask", own=False)))),
            items=(one(draw(things), own=True),),
            until=draw(untils),
        ),
        "withdraw": lambda: ConsentWithdraw(one("consent.give", own=True)),
        "refuse": lambda: ConsentRefuse(one("consent.ask", own=False)),
        "request": lambda: RequestMake("air", None, None),
        "answer": lambda: RequestAnswer(one("request.make", own=False), one(ITEM, own=True)),
        "decline": lambda: RequestDecline(one("request.make", own=False)),
        "notice": lambda: AgreementEndNotice(None, delivered, None, NOTE),
        "suspend": lambda: AgreementSuspendEndNotice(notice, delivered, NOTE),
        "withdraw_note": lambda: AgreementWithdrawEndNotice(
            draw(st.sampled_from(((notice,), (suspension,), (notice, suspension)))), delivered, NOTE
        ),
        "interpret": lambda: AgreementInterpretation(
            draw(st.sampled_from((notice, suspension))), draw(readings), NOTE
        ),
    }
    made |= _tame_cases(draw, one, (party, at), usual)
    return made[draw(st.sampled_from(tuple(made)))]()


def _tame_cases(
    draw: st.DrawFn, one: Callable[..., Place], said: tuple[PartyId, Instant], usual: dict[str, Any]
) -> dict[str, Callable[[], Body]]:
    """Give bodies of losses, visits, disclosures and firms that fit what was said before."""
    party, at = said
    level, today = usual["level"], date_of(at, gsomia().lifecycle.zone)
    return {
        "incident": lambda: IncidentReport(
            (Affected(one(draw(things), own=False)),),
            draw(st.sampled_from((JPN, KOR))),
            Harm.LOSS,
            Certainty.POSSIBLE,
            at,
            at,
        ),
        "findings": lambda: IncidentFindings(
            one("incident.report", own=draw(st.booleans())), Outcome.LOSS, ("new-lock",)
        ),
        "close": lambda: IncidentClose(one("incident.report", own=draw(st.booleans()))),
        "visit": lambda: VisitRequest(
            KOR if party == JPN else JPN,
            "hq",
            VisitKind.OFFICIAL,
            level,
            today,
            today + timedelta(days=100),
            2,
            "SECRET",
            None,
        ),
        "decide": lambda: draw(
            st.sampled_from(
                (
                    VisitDecide(one("visit.request", own=False), level, today, today),
                    VisitDecide(one("visit.request", own=False), None, None, None),
                )
            )
        ),
        "disclose": lambda: DisclosureRecord(
            draw(st.sampled_from((None, one("visit.request", own=draw(st.booleans()))))),
            label(**usual, form="oral"),
            at,
            *draw(st.sampled_from(((None, None), (NOTED.parcel, NOTED.sealed)))),
        ),
        "firm": lambda: ContractorAssure(
            draw(st.sampled_from(("a", "b"))),
            "plant",
            draw(st.sampled_from((None, "a", "b"))),
            ("a",),
            draw(st.booleans()),
            level,
            "x",
            "x",
            today,
            draw(st.none() | st.just(today)),
        ),
    }


def handled(
    draw: st.DrawFn, one: Callable[..., Place], usual: dict[str, Any], delivered: date
) -> dict[str, Callable[[], Body]]:
    """Give what may be said of items that were given: made from, called back, ended, counted."""
    return {
        "derived": lambda: release(
            **usual,
            derived_from=tuple(sorted({one(draw(things), own=False), one(ITEM, own=True)})),
            rights=(PrivateRight.PATENT,),
        ),
        "destroyed": lambda: ItemDestroyed(
            one(draw(things), own=False),
            (draw(copies),),
            draw(copies) - 1,
            draw(st.sampled_from(DestructionMeans)),
            delivered,
            2,
            None,
            None,
        ),
        "returned": lambda: ItemReturn(
            one(ITEM, own=False), (draw(copies),), draw(copies) - 1, delivered, None, None
        ),
        "got_back": lambda: receipt(one("item.return", own=False), usual["marking"]),
        "recall": lambda: ItemRecall(
            (one(draw(things), own=True),), Recalled.EITHER, "x", draw(untils)
        ),
        "inventory": lambda: InventoryResult(delivered, 1, 1, (), None),
    }


def fold_of(told: Iterable[Placed]) -> Fold:
    fold = Fold(gsomia().id, TEXTS)
    for place, statement in told:
        fold.insert(place, statement)
    return fold


def in_order(told: Iterable[Placed]) -> list[Placed]:
    return sorted(told, key=lambda each: (each[1].at, each[0]))


@given(histories())
def test_any_order_of_arrival_gives_the_same_bytes(told: list[Placed]) -> None:
    assert fold_of(told).export() == fold_of(in_order(told)).export()


@given(histories(), st.integers(0, 30))
def test_many_at_once_amount_to_one_by_one(told: list[Placed], count: int) -> None:
    fold = fold_of(told[:count])
    fold.extend(told[count:])
    assert fold.export() == fold_of(in_order(told)).export()


@given(histories(), st.integers(-10, 1000))
def test_an_earlier_instant_is_what_was_said_until_then(told: list[Placed], day: int) -> None:
    moment = Instant(BEGIN + day * DAY_MS)
    fold = fold_of(told)
    before = fold.export()
    known = fold_of(each for each in told if each[1].at <= moment)
    assert fold.export(moment) == known.export(moment)
    assert fold.export() == before


@given(histories())
def test_files_that_come_later_leave_no_trace(told: list[Placed]) -> None:
    fold = Fold(gsomia().id)
    for place, statement in told:
        fold.insert(place, statement)
    for text in reversed(TEXTS):
        fold.know(text)
    assert fold.export() == fold_of(told).export()


@given(histories())
def test_every_statement_counts_or_says_why_with_an_article(told: list[Placed]) -> None:
    fold = fold_of(told)
    for place, uncounted in fold.state.uncounted.items():
        unknown = uncounted.finding.value == "agreement.unknown-version"
        assert (uncounted.article is None) is unknown, place


@given(histories(), st.sampled_from((JPN, KOR)), instants)
def test_words_alone_bring_no_ended_agreement_back(
    told: list[Placed], party: PartyId, moment: Instant
) -> None:
    with fold_of(told).standing_at(moment) as state:
        standing = state.standing(moment)
        if not standing.alive:
            assert standing.state == "terminated"
