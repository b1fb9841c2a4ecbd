# SPDX-License-Identifier: Apache-2.0
"""Incidents, visits and disclosures as the fold counts them, or says why not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from comity.agreement.reading import read_agreement
from comity.basis.ids import AgreementId, PartyId, Place, digest_of
from comity.basis.instants import DAY_MS, Instant
from comity.state.coming import Coming, coming_at
from comity.state.duties import duties_at
from comity.state.queries_cases import (
    granted,
)
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
from comity.statement.information import ConsentGive
from comity.statement.passing import ItemThirdPartyRelease
from comity.statement.treaty import AgreementEndNotice
from comity.statement.values import ParcelRef, SealedRef
from tests.builders.firms import assure
from tests.builders.world import trilateral
from tests.support_state import (
    JPN,
    KOR,
    NOTE,
    USA,
    Teller,
    gsomia,
    in_force,
    instant,
    label,
    receipt,
    release,
    varied,
)

FIRST, LAST = date(2016, 12, 1), date(2016, 12, 3)
TEXT = (ParcelRef(digest_of(b"head"), 100), SealedRef("xwing", 100, digest_of(b"sealed")))


def report(teller: Teller, *items: Place, **more: Any) -> IncidentReport:
    usual: dict[str, Any] = {
        "affected": tuple(Affected(item) for item in sorted(items)),
        "held_by": KOR,
        "harm": Harm.LOSS,
        "certainty": Certainty.POSSIBLE,
        "found_at": teller.now,
        "begun_at": teller.now,
    }
    return IncidentReport(**{**usual, **more})


def visit(**more: Any) -> VisitRequest:
    usual: dict[str, Any] = {
        "host": JPN,
        "facility": "fuchu-1",
        "purpose": VisitKind.OFFICIAL,
        "level": "SECRET",
        "first_day": FIRST,
        "last_day": LAST,
        "visitors": 3,
        "clearance": "SECRET",
        "clearance_until": None,
    }
    return VisitRequest(**{**usual, **more})


def disclosed(at: Instant, place: Place | None = None, **more: Any) -> DisclosureRecord:
    return DisclosureRecord(place, label(form="oral", **more), at)


@pytest.fixture
def item(teller: Teller) -> Place:
    place = teller.say(JPN, release())
    teller.say(KOR, receipt(place))
    return place


# Incidents


def test_a_report_keeps_its_text_and_waits_for_the_originators(teller: Teller, item: Place) -> None:
    where = teller.say(KOR, report(teller, item, parcel=TEXT[0], sealed=TEXT[1]))
    incident, enclosed = teller.state.incidents.get(where), teller.state.enclosed.get(where)
    assert incident is not None
    assert enclosed is not None
    assert (incident.closers, enclosed.sealed) == ((JPN,), TEXT[1])
    (row,) = teller.exported()["incidents"]
    assert (row["closed"], row["to_close"]) == (False, [{"by": "JPN", "closed_by": None}])
    assert (row["outcome"], row["measures"]) == (None, [])


@pytest.mark.parametrize("name", ["found_at", "begun_at"])
def test_nothing_is_found_or_begun_after_it_is_entered(
    teller: Teller, item: Place, name: str
) -> None:
    later = Instant(teller.now + 3_600_000)
    where = teller.say(KOR, report(teller, item, **{name: later}))
    assert teller.why(where) == ("incident.dated-later", "17")


def test_only_items_that_count_are_reported(teller: Teller, item: Place) -> None:
    where = teller.say(KOR, report(teller, item, Place(KOR, 99)))
    assert teller.why(where) == ("item.unknown", "17")


def test_speaker_and_holder_have_to_do_with_every_item() -> None:
    three = in_force(agreement=read_agreement(trilateral()), parties=(JPN, KOR, USA))
    item = three.say(JPN, release(), to=(KOR,))
    for by, held_by in ((USA, USA), (KOR, USA), (USA, KOR)):
        where = three.say(by, report(three, item, held_by=held_by))
        assert three.why(where) == ("incident.not-a-holder", "17")


def test_every_originator_is_told_and_so_is_the_holder() -> None:
    three = in_force(agreement=read_agreement(trilateral()), parties=(JPN, KOR, USA))
    item = three.say(JPN, release(), to=(KOR, USA))
    unheard = three.say(KOR, report(three, item), to=(USA,))
    assert three.why(unheard) == ("incident.not-told", "17")
    elsewhere = three.say(JPN, report(three, item), to=(USA,))
    assert three.why(elsewhere) == ("incident.not-told", "17")
    assert three.why(three.say(KOR, report(three, item), to=(JPN,))) is None


def test_where_the_originator_lost_it_itself_the_others_close(teller: Teller, item: Place) -> None:
    where = teller.say(JPN, report(teller, item, held_by=JPN))
    teller.say(JPN, IncidentFindings(where, Outcome.LOSS, ("new-lock",)))
    own = teller.say(JPN, IncidentClose(where))
    assert teller.why(own) == ("incident.not-the-closer", "17")
    assert teller.why(teller.say(KOR, IncidentClose(where))) is None
    assert teller.exported()["incidents"][0]["closed"] is True


def test_an_item_of_a_foreign_originator_is_closed_by_whoever_released_it(teller: Teller) -> None:
    item = teller.say(JPN, release(originators=(JPN, USA)))
    where = teller.say(KOR, report(teller, item))
    incident = teller.state.incidents.get(where)
    assert incident is not None
    assert incident.closers == (JPN,)


def test_what_was_told_or_shown_can_be_compromised_too(teller: Teller) -> None:
    told = teller.say(JPN, disclosed(teller.now))
    assert teller.why(told) is None
    assert teller.why(teller.say(KOR, report(teller, told, harm=Harm.COMPROMISE))) is None


def test_findings_name_an_incident_of_the_speaker_and_say_something(
    teller: Teller, item: Place
) -> None:
    where = teller.say(KOR, report(teller, item))
    said = [
        (KOR, IncidentFindings(item, Outcome.LOSS, ()), "incident.unknown"),
        (JPN, IncidentFindings(where, Outcome.LOSS, ()), "incident.not-the-investigator"),
        (KOR, IncidentFindings(where, None, ()), "incident.nothing-found"),
    ]
    for by, body, code in said:
        assert teller.why(teller.say(by, body)) == (code, "17")
    closing = teller.say(JPN, IncidentClose(item))
    assert teller.why(closing) == ("incident.unknown", "17")


def test_it_is_closed_once_after_result_and_measures(teller: Teller, item: Place) -> None:
    where = teller.say(KOR, report(teller, item))
    early = teller.say(JPN, IncidentClose(where))
    teller.say(KOR, IncidentFindings(where, Outcome.UNKNOWN, ()))
    half = teller.say(JPN, IncidentClose(where))
    assert teller.why(early) == teller.why(half) == ("incident.no-findings", "17")
    teller.say(KOR, IncidentFindings(where, None, ("new-lock",)))
    teller.say(KOR, IncidentFindings(where, Outcome.NEITHER, ("training",)))
    closed = teller.say(JPN, IncidentClose(where))
    assert teller.why(closed) is None
    for by, body in (
        (JPN, IncidentClose(where)),
        (KOR, IncidentFindings(where, Outcome.LOSS, ())),
    ):
        assert teller.why(teller.say(by, body)) == ("incident.closed", "17")
    (row,) = teller.exported()["incidents"]
    assert (row["outcome"], row["measures"]) == ("neither", ["new-lock", "training"])
    assert row["to_close"] == [{"by": "JPN", "closed_by": f"JPN/{closed.index}"}]


# Visits


def grant(where: Place, level: str = "CONFIDENTIAL", **more: Any) -> VisitDecide:
    return VisitDecide(where, level, more.get("first", FIRST), more.get("last", LAST))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"host": KOR}, "visit.not-the-host"),
        ({"host": USA}, "visit.not-the-host"),
        ({"level": "COSMIC"}, "visit.level"),
        ({"first_day": LAST, "last_day": FIRST}, "visit.days"),
        ({"first_day": date(2016, 11, 1), "last_day": date(2016, 11, 2)}, "visit.days"),
    ],
)
def test_a_visit_is_asked_of_its_host_for_days_to_come(
    teller: Teller, changes: dict[str, Any], code: str
) -> None:
    assert teller.why(teller.say(KOR, visit(**changes))) == (code, "8")


def test_a_visit_is_granted_within_what_was_asked(teller: Teller) -> None:
    where = teller.say(KOR, visit(level="CONFIDENTIAL"))
    said: list[tuple[PartyId, VisitDecide, str]] = [
        (JPN, VisitDecide(Place(KOR, 99), None, None, None), "visit.unknown"),
        (KOR, grant(where), "visit.not-the-host"),
        (JPN, grant(where, "SECRET"), "visit.level"),
        (JPN, grant(where, "COSMIC"), "visit.level"),
        (JPN, grant(where, last=date(2016, 12, 4)), "visit.days"),
        (JPN, VisitDecide(where, "CONFIDENTIAL", None, None), "visit.days"),
        (JPN, VisitDecide(where, "CONFIDENTIAL", FIRST, None), "visit.days"),
        (JPN, VisitDecide(where, None, FIRST, None), "visit.days"),
        (JPN, VisitDecide(where, None, None, LAST), "visit.days"),
    ]
    for by, body, code in said:
        assert teller.why(teller.say(by, body)) == (code, "8")
    assert teller.exported()["visits"][0]["granted"] is None
    assert teller.why(teller.say(JPN, grant(where))) is None
    assert teller.exported()["visits"][0]["granted"] == "CONFIDENTIAL"


@pytest.mark.parametrize("clearance", ["CONFIDENTIAL", "no such level"])
def test_nobody_is_let_in_above_the_visitors_own_clearance(teller: Teller, clearance: str) -> None:
    where = teller.say(KOR, visit(clearance=clearance))
    assert teller.why(teller.say(JPN, grant(where, "SECRET"))) == ("visit.level", "8")
    expected = None if clearance == "CONFIDENTIAL" else ("visit.level", "8")
    assert teller.why(teller.say(JPN, grant(where))) == expected


def test_a_refused_visit_stays_refused_and_a_granted_one_may_be_taken_back(teller: Teller) -> None:
    first, second = teller.say(KOR, visit()), teller.say(KOR, visit())
    no = VisitDecide(first, None, None, None)
    assert teller.why(teller.say(JPN, no)) is None
    assert teller.why(teller.say(JPN, no)) == ("visit.already-decided", "8")
    assert teller.why(teller.say(JPN, grant(first))) == ("visit.already-decided", "8")
    given = teller.say(JPN, grant(second))
    before = teller.now
    assert teller.why(teller.say(JPN, grant(second))) == ("visit.already-decided", "8")
    assert teller.why(teller.say(JPN, VisitDecide(second, None, None, None))) is None
    known = teller.state.visits.get(second)
    assert known is not None
    stood = granted(teller.state, known, before)
    assert stood is not None
    assert (stood.place, granted(teller.state, known, teller.now)) == (given, None)


def test_visits_stop_where_the_ending_says_so() -> None:
    teller = in_force()
    where = teller.say(KOR, visit(first_day=date(2018, 1, 1), last_day=date(2018, 1, 2)))
    teller.say(JPN, AgreementEndNotice(None, date(2017, 8, 1), None, NOTE), at="2017-08-01")
    told = teller.say(KOR, visit(first_day=FIRST, last_day=date(2018, 1, 1)), at="2017-12-01")
    assert teller.why(told) == ("lifecycle.ended", "21(3)")
    assert teller.why(teller.say(JPN, grant(where))) == ("lifecycle.ended", "21(3)")
    assert teller.why(teller.say(JPN, VisitDecide(where, None, None, None))) is None


def test_visits_go_on_after_the_end_where_no_ending_stops_them() -> None:
    teller = in_force(agreement=varied(('"disclose", "visit", ', "")))
    teller.say(JPN, AgreementEndNotice(None, date(2017, 8, 1), None, NOTE), at="2017-08-01")
    days = {"first_day": FIRST, "last_day": date(2018, 1, 1)}
    assert teller.why(teller.say(KOR, visit(**days), at="2017-12-01")) is None


# Disclosures


def test_before_the_agreement_is_in_force_nothing_is_disclosed() -> None:
    teller = Teller(gsomia())
    teller.sign()
    assert teller.why(teller.say(KOR, visit())) == ("lifecycle.not-in-force", "21")
    assert teller.why(teller.say(JPN, disclosed(teller.now))) == ("lifecycle.not-in-force", "21")


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"form": "document"}, ("disclosure.form", "8")),
        ({"marking": "極秘"}, ("item.marking", "4(2)")),
        ({"level": "TOP SECRET"}, ("item.above-top-level", "2")),
        ({"originators": (KOR,)}, ("item.not-originator", "2")),
    ],
)
def test_what_is_told_bears_a_label_as_a_release_does(
    teller: Teller, changes: dict[str, Any], finding: tuple[str, str]
) -> None:
    usual: dict[str, Any] = {"form": "oral", **changes}
    body = DisclosureRecord(None, label(**usual), teller.now)
    assert teller.why(teller.say(JPN, body)) == finding


def test_nothing_is_disclosed_after_it_is_entered(teller: Teller) -> None:
    where = teller.say(JPN, disclosed(Instant(teller.now + 3_600_000)))
    assert teller.why(where) == ("disclosure.dated-later", "8")


def test_what_is_told_on_a_visit_stays_within_it(teller: Teller) -> None:
    where = teller.say(KOR, visit())
    asked_only = teller.say(JPN, disclosed(teller.now, where))
    assert teller.why(asked_only) == ("disclosure.not-granted", "8")
    teller.say(JPN, grant(where))
    early = teller.say(JPN, disclosed(teller.now, where))
    assert teller.why(early) == ("disclosure.outside-visit", "8")
    unknown = teller.say(JPN, disclosed(teller.now, Place(KOR, 99)), at="2016-12-02")
    assert teller.why(unknown) == ("visit.unknown", "8")
    secret = disclosed(teller.now, where, marking="極秘", level="SECRET")
    assert teller.why(teller.say(JPN, secret)) == ("disclosure.above-visit", "8")
    told = teller.say(JPN, disclosed(teller.now, where))
    assert teller.why(told) is None
    late = teller.say(JPN, disclosed(teller.now, where), at="2016-12-05")
    assert teller.why(late) is None, "told in time, recorded later"
    after = teller.say(JPN, disclosed(teller.now, where))
    assert teller.why(after) == ("disclosure.outside-visit", "8")
    assert [row["place"] for row in teller.exported()["disclosures"]] == [str(told), str(late)]


def test_a_visit_is_between_its_two_parties() -> None:
    three = in_force(agreement=read_agreement(trilateral()), parties=(JPN, KOR, USA))
    where = three.say(KOR, visit(), to=(JPN,))
    three.say(JPN, grant(where))
    day = "2016-12-02"
    others = three.say(USA, disclosed(three.now, where, originators=(USA,)), at=day)
    assert three.why(others) is not None
    away = three.say(JPN, disclosed(three.now, where), to=(USA,))
    assert three.why(away) == ("visit.unknown", "8")
    more = three.say(JPN, disclosed(three.now, where), to=(KOR, USA))
    assert three.why(more) == ("visit.unknown", "8")


def test_what_is_taken_back_leaves_no_trace(teller: Teller, item: Place) -> None:
    before = teller.fold.export()
    told = teller.say(KOR, report(teller, item))
    teller.say(KOR, IncidentFindings(told, Outcome.LOSS, ("x",)))
    teller.say(JPN, IncidentClose(told))
    asked = teller.say(KOR, visit())
    teller.say(JPN, grant(asked))
    teller.say(JPN, disclosed(teller.now))
    teller.say(KOR, assure("a", parent="b"))
    with teller.fold.standing_at(teller.now):
        pass
    teller.fold.retract(teller.fold._said[-7:])
    assert teller.fold.export() == before


# What comes up


def test_a_visit_to_us_waits_until_it_is_decided_or_begins(teller: Teller) -> None:
    where = teller.say(KOR, visit())
    (waiting,) = _coming(teller, JPN, "visit.decide")
    begins = instant("2016-11-30T15:00:00Z")
    assert (waiting.article, waiting.due, waiting.about) == ("8", begins, where)
    assert waiting.remind_at == (teller.now,)
    assert _coming(teller, KOR, "visit.decide") == []
    assert _coming(teller, JPN, "visit.decide", begins) == []
    teller.say(JPN, VisitDecide(where, None, None, None))
    assert _coming(teller, JPN, "visit.decide") == []


@pytest.mark.row("G8")
@pytest.mark.parametrize(
    ("lead", "remind"),
    [("2 days", "2016-11-28T15:00:00Z"), ("30 days", None), ("9000 years", None)],
)
def test_one_is_reminded_of_a_visit_as_long_before_as_the_file_asks(
    lead: str, remind: str | None
) -> None:
    agreement = varied(
        (
            'granted_by = "host_authority"\n',
            f'granted_by = "host_authority"\nlead_time = "{lead}"\n',
        )
    )
    teller = in_force(agreement=agreement)
    teller.say(KOR, visit())
    (waiting,) = _coming(teller, JPN, "visit.decide")
    assert waiting.remind_at == (teller.now if remind is None else instant(remind),)


@pytest.mark.row("G16")
def test_one_is_reminded_of_a_condition_that_ends_within_sixty_days(teller: Teller) -> None:
    teller.say(KOR, assure("a"))
    where = teller.say(KOR, assure("g", until=date(2016, 12, 31)))
    teller.say(KOR, assure("h", until=date(2017, 12, 31)))
    (ending,) = _coming(teller, KOR, "contractor.assure")
    end = instant("2016-12-31T15:00:00Z")
    assert (ending.article, ending.due, ending.about) == ("16(g)", end, where)
    assert _coming(teller, JPN, "contractor.assure") == []
    assert ending.remind_at == (Instant(end - 60 * DAY_MS),)
    (ended,) = _coming(teller, KOR, "contractor.assure", end)
    assert (ended.about, ended.due, ended.remind_at) == (where, end, (end,))
    stopped = teller.say(KOR, assure("g", until=date(2016, 12, 31), met=False))
    (taken_back,) = _coming(teller, KOR, "contractor.assure", end)
    assert (taken_back.about, taken_back.article) == (stopped, "16(g)")
    assert taken_back.due is not None
    assert taken_back.due < end
    teller.say(KOR, assure("g", until=date(2017, 12, 31)))
    assert _coming(teller, KOR, "contractor.assure", end) == []


@pytest.mark.row("G16")
def test_one_is_reminded_of_a_firms_clearance_that_ends_by_the_article_alone(
    teller: Teller,
) -> None:
    teller.say(KOR, assure("g", until=date(2017, 12, 31)))
    assert _coming(teller, KOR, "contractor.assure") == []
    alone = assure(conditions=(), clearance="SECRET", until=date(2016, 12, 31))
    where = teller.say(KOR, alone)
    (ending,) = _coming(teller, KOR, "contractor.assure")
    assert (ending.article, ending.about) == ("16", where)


def test_before_anything_is_signed_no_case_comes_up() -> None:
    assert coming_at(Teller(gsomia()).state, JPN, instant("2016-11-01")) == ()


def _coming(teller: Teller, party: PartyId, what: str, at: Instant | None = None) -> list[Coming]:
    found = coming_at(teller.state, party, teller.now if at is None else at)
    return [each for each in found if each.what == what]


def test_a_loss_at_a_third_party_to_which_it_was_passed_on_is_answered_for_by_who_tells_it(
    teller: Teller, item: Place
) -> None:
    def reports() -> Place:
        return teller.say(KOR, report(teller, item, held_by=USA))

    assert teller.why(reports()) == ("incident.not-a-holder", "17")
    given = teller.say(JPN, ConsentGive(None, (item,), None, USA, "warning", None, NOTE))
    for _ in range(2):
        onward = ItemThirdPartyRelease(item, USA, "warning", (given,), AgreementId("kor-usa-1987"))
        assert teller.why(teller.say(KOR, onward)) is None
    other = teller.say(JPN, release())
    both = teller.say(KOR, report(teller, item, other, held_by=USA))
    assert teller.why(both) == ("incident.not-a-holder", "17")
    said = reports()
    incident = teller.state.incidents.get(said)
    assert incident is not None
    assert (incident.answers, incident.closers) == (KOR, (JPN,))
    owed = {each.owed_by for each in duties_at(teller.state, teller.now) if each.trigger == said}
    assert owed == {KOR}
    found = IncidentFindings(said, Outcome.LOSS, ("retrained",))
    assert teller.why(teller.say(JPN, found)) == ("incident.not-the-investigator", "17")
    assert teller.why(teller.say(KOR, found)) is None
    assert teller.why(teller.say(JPN, IncidentClose(said))) is None
