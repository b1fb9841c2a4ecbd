# SPDX-License-Identifier: Apache-2.0
"""Authorities, laws, disputes, duties and the treaty's own life, row by row of `treaties.md`."""

import json
from collections.abc import Iterator
from datetime import date

import pytest
from msgspec import structs

from comity.agreement.acts import Action
from comity.basis.instants import parse_instant
from comity.decision.deciding import Decision, decide
from comity.decision.request_reading import parse_request
from comity.state.duties import duties_at
from comity.state.queries import current_version, standing_state
from comity.statement.affairs import DisputeSettle
from comity.statement.information import RequestDecline, RequestMake, Subject
from comity.statement.treaty import (
    AgreementAnnouncement,
    AgreementEndNotice,
    AgreementEntryNotification,
    AgreementSign,
)
from tests.builders.dutiful import (
    authority,
    dispute,
    dutiful,
    dutiful_teller,
    law,
    next_version,
    one,
    owed,
    states,
)
from tests.builders.support_bodies import sample_support_bodies
from tests.support_state import JPN, KOR, NOTE, Teller, amend, in_force, receipt, release
from tests.unit.state.test_fold_affairs import NAMES, NEW, OLD, note_by


@pytest.fixture
def teller() -> Teller:
    return dutiful_teller()


def announce(keys: tuple[bytes, bytes]) -> AgreementAnnouncement:
    return AgreementAnnouncement("Said in public", date(2016, 12, 16), note_by(keys))


@pytest.mark.row("G2d")
def test_g2d_an_authority_acts_only_once_it_is_notified() -> None:
    teller = dutiful_teller()
    teller.state.authority_keys.drop(JPN)  # the notes so far name nobody: begin with real ones
    assert teller.why(teller.say(JPN, announce(OLD), at="2016-12-16")) is None
    refused = teller.say(JPN, announce(NEW))
    assert teller.why(refused) == ("authority.not-notified", "D-notify")
    named = authority(*NAMES, since="2016-12-20", delivered="2016-12-16", note=note_by(OLD))
    assert teller.why(teller.say(JPN, named)) is None
    early = teller.say(JPN, announce(NEW), at="2016-12-19")
    assert teller.why(early) == ("authority.not-notified", "D-notify")
    assert teller.why(teller.say(JPN, announce(NEW), at="2016-12-20")) is None
    (row,) = teller.exported()["authorities"]
    assert (row["name"], row["delivered"]) == ("Ministry", "2016-12-16")


@pytest.mark.row("G3")
def test_g3_a_changed_marking_table_is_owed_a_notice_until_it_is_sent() -> None:
    old = dutiful()
    new = next_version(old, ('"極秘"', '"防衛秘密"'))
    teller = Teller(old, (new,))
    teller.sign(at="2016-11-23")
    teller.enter(delivered="2016-11-23")
    teller.say(JPN, amend(new), at="2017-01-10")
    for party in (JPN, KOR):
        teller.say(party, AgreementSign(NOTE), version=new.sha256)
    assert one(teller, article="3").owed_by == JPN
    assert states(teller, article="3") == ["open"]
    teller.say(JPN, law("2017-01-10"), version=new.sha256)
    assert {duty.state.value for duty in owed(teller, article="3")} == {"done"}


@pytest.mark.row("G3")
def test_g3_whoever_is_asked_for_its_laws_owes_an_answer_and_no_day_is_invented(
    teller: Teller,
) -> None:
    ask = RequestMake("missile-warning", None, None, Subject.LAW)
    asked = teller.say(KOR, ask, at="2016-12-16")
    duty = one(teller, "2018-01-01", article="3")
    assert (duty.owed_by, duty.owed_to, duty.owes) == (JPN, (KOR,), "party.law_change")
    assert (duty.due, duty.term, duty.state.value) == (None, None, "open")
    answer = structs.replace(law("2014-12-10"), answers=asked)
    assert teller.why(teller.say(JPN, answer)) is None
    # What is law since 2014 is told on request: it is no change that came late.
    assert states(teller, article="3") == ["done"]
    (row,) = teller.exported()["requests"]
    assert (row["subject"], row["open"]) == ("law", [])
    assert [(each["by"], each["declines"]) for each in row["replies"]] == [("JPN", False)]


@pytest.mark.row("G3")
def test_g3_a_refusal_to_tell_is_on_record_and_the_answer_stays_owed(teller: Teller) -> None:
    ask = RequestMake("missile-warning", None, None, Subject.LAW)
    asked = teller.say(KOR, ask, at="2016-12-16")
    assert teller.why(teller.say(JPN, RequestDecline(asked))) is None
    assert states(teller, "2018-01-01", article="3") == ["open"]
    (row,) = teller.exported()["requests"]
    assert (row["open"], [each["declines"] for each in row["replies"]]) == ([], [True])
    again = teller.say(JPN, RequestDecline(asked))
    assert teller.why(again) == ("request.already-declined", "2")
    assert teller.why(teller.say(JPN, structs.replace(law("2014-12-10"), answers=asked))) is None
    assert states(teller, article="3") == ["done"]


@pytest.mark.row("G3", "G-vol")
def test_g3_a_request_for_information_owes_nothing_and_another_partys_laws_do_not_answer(
    teller: Teller,
) -> None:
    plain = teller.say(KOR, RequestMake("missile-warning", None, None), at="2016-12-16")
    assert owed(teller, article="3") == ()
    ask = RequestMake("missile-warning", None, None, Subject.LAW)
    asked = teller.say(KOR, ask)
    wrong = teller.say(KOR, structs.replace(law("2014-12-10"), answers=asked))
    assert teller.why(wrong) == ("request.unknown", "3")
    teller.say(JPN, structs.replace(law("2014-12-10"), answers=plain))
    assert states(teller, article="3") == ["open"]


@pytest.mark.row("G12a")
def test_g12a_a_receipt_that_is_overdue_is_listed_late_and_only_the_recipients_own_closes_it(
    teller: Teller,
) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    assert states(teller, "2016-12-22", "12(a)") == ["late"]
    teller.say(JPN, receipt(item))
    assert states(teller, "2016-12-22", "12(a)") == ["late"]
    teller.say(KOR, receipt(item), at="2016-12-23")
    assert states(teller, article="12(a)") == ["done_late"]


@pytest.mark.row("G19")
# Whoever states a balance claims nothing: what it amounts to is worked out from what counts.
@pytest.mark.parametrize("kind", sorted(sample_support_bodies().keys() - {"balance.state"}))
def test_g19_each_bears_its_own_costs_so_no_claim_on_the_other_counts(kind: str) -> None:
    teller = in_force()
    (article,) = [each for each in teller.agreement.articles if each.number == "19"]
    assert article.clauses == ()
    teller.say(JPN, release(), at="2016-12-16")
    assert teller.why(teller.say(KOR, sample_support_bodies()[kind])) is not None
    state = teller.state
    assert not [*state.orders.keys(), *state.settlements.keys(), *state.claimed.keys()]
    assert owed(teller, article="19") == ()


def _requests() -> Iterator[dict[str, object]]:
    for action in Action:
        yield {
            "at": "2016-12-16T03:00:00Z",
            "action": action.value,
            "actor": {
                "party": "KOR",
                "id": "kor-017",
                "kind": "official",
                "clearance": "SECRET",
                "clearance_until": "2017-12-31",
                "need_to_know": ["missile-warning"],
                "facility": "seoul-1",
                "registered": True,
            },
            "item": {
                "id": "JPN/3",
                "originators": ["JPN"],
                "level": "CONFIDENTIAL",
                "category": "missile-warning",
                "form": "document",
                "purposes": ["warning"],
                "for": [],
                "marked": ["level", "originator", "receiver_mark"],
                "copies": 1,
                "use_until": None,
            },
            "purpose": "warning",
            "recipient": None,
            "channel": "node",
            "consents": [],
            "assurances": [],
            "second_person": None,
        }


@pytest.mark.row("G20")
def test_g20_a_dispute_changes_no_decision_on_held_items_and_no_state() -> None:
    teller = in_force()
    item = teller.say(JPN, release(), at="2016-12-16")
    teller.say(KOR, receipt(item))

    def answers() -> list[Decision]:
        stands = {"agreement_state": standing_state(teller.state, teller.now)}
        asked = (json.dumps({**each, **stands}).encode() for each in _requests())
        return [decide(teller.agreement, parse_request(raw)) for raw in asked]

    before, whole = answers(), teller.exported()
    opened = teller.say(KOR, dispute(about=(item,)))
    assert len({each.allowed for each in before}) == 2
    assert answers() == before
    assert {**teller.exported(), "at": 0, "disputes": 0} == {**whole, "at": 0, "disputes": 0}
    for party in (JPN, KOR):
        teller.say(party, DisputeSettle(opened, None, None, NOTE))
    assert answers() == before


@pytest.mark.row("G20")
def test_g20_no_third_party_is_ever_in_a_dispute(teller: Teller) -> None:
    opened = teller.say(KOR, dispute(), at="2016-12-16")
    row = teller.state.disputes.get(opened)
    assert row is not None
    assert row.parties == set(teller.agreement.party_ids())


@pytest.mark.row("G21.1")
@pytest.mark.parametrize(("first", "then"), [(21, 23), (23, 21)])
def test_g21_1_it_enters_into_force_on_the_later_notification_and_one_alone_does_nothing(
    first: int, then: int
) -> None:
    """The later of both days counts, whichever of them is said last."""
    teller = Teller(dutiful())
    teller.sign(at="2016-11-20")
    teller.say(JPN, AgreementEntryNotification(date(2016, 11, first), NOTE), at="2016-11-23")
    early = teller.say(JPN, release())
    assert teller.why(early) == ("lifecycle.not-in-force", teller.agreement.lifecycle.article)
    teller.say(
        KOR, AgreementEntryNotification(date(2016, 11, then), NOTE), at="2016-11-23T04:00:00Z"
    )
    assert teller.state_name() == "in_force"
    assert teller.view().in_force_at == parse_instant("2016-11-22T15:00:00Z")
    assert teller.why(teller.say(JPN, release())) is None


@pytest.mark.row("G21.2")
def test_g21_2_a_new_version_takes_both_signatures_over_the_same_bytes() -> None:
    old = dutiful()
    new, other = (
        next_version(old, ('"5 days"', '"7 days"')),
        next_version(old, ("5 days", "9 days")),
    )
    teller = Teller(old, (new, other))
    teller.sign(at="2016-11-23")
    teller.enter(delivered="2016-11-23")
    before = teller.say(JPN, release("1"), at="2016-12-16")
    teller.say(JPN, amend(new))
    teller.say(JPN, AgreementSign(NOTE), version=new.sha256)
    assert current_version(teller.state) == old.sha256
    elsewhere = teller.say(KOR, AgreementSign(NOTE), version=other.sha256)
    assert teller.why(elsewhere) == ("lifecycle.other-text", other.lifecycle.article)
    assert current_version(teller.state) == old.sha256
    teller.say(KOR, AgreementSign(NOTE), version=new.sha256)
    assert current_version(teller.state) == new.sha256
    after = teller.say(JPN, release("2"), version=new.sha256)
    duties = {duty.about: duty.term for duty in owed(teller, article="12(a)")}
    assert duties == {before: "5 days", after: "7 days"}
    kept = teller.state.items.get(before)
    assert kept is not None
    assert kept.version == old.sha256


@pytest.mark.row("G21.4")
def test_g21_4_duties_of_what_was_exchanged_outlive_the_agreement(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    notice = AgreementEndNotice(None, date(2017, 1, 10), None, NOTE)
    teller.say(KOR, notice, at="2017-01-10")
    assert teller.state_name("2018-01-10") == "terminated"
    assert states(teller, "2018-01-10", "12(a)") == ["late"]
    assert teller.why(teller.say(KOR, receipt(item), at="2018-01-11")) is None
    assert states(teller, article="12(a)") == ["done_late"]


@pytest.mark.row("G-vol")
@pytest.mark.row("T7")
def test_g_vol_a_request_makes_no_duty_and_is_declined_without_a_reason(teller: Teller) -> None:
    asked = teller.say(KOR, RequestMake("missile-warning", None, None), at="2016-12-16")
    assert duties_at(teller.state, parse_instant("2026-12-16T00:00:00Z")) == ()
    assert RequestDecline(asked).to_json() == {"request": str(asked)}
    assert teller.why(teller.say(JPN, RequestDecline(asked))) is None
