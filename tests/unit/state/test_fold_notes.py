# SPDX-License-Identifier: Apache-2.0
"""Written notifications move the lifecycle, in each party's reading; words alone do not."""

from dataclasses import replace
from datetime import date

from comity.agreement.acts import AgreementState, EntryRule
from comity.basis.ids import Digest, PartyId, Place
from comity.basis.instants import Instant
from comity.basis.limits import NOTICES_MAX
from comity.state.lifecycle import lifecycle_at
from comity.statement.treaty import (
    AgreementAnnouncement,
    AgreementEndNotice,
    AgreementEntryNotification,
    AgreementInterpretation,
    AgreementPostpone,
    AgreementSign,
    AgreementSuspendEndNotice,
    AgreementWithdrawEndNotice,
)
from tests.support_state import (
    JPN,
    KOR,
    NOTE,
    USA,
    Teller,
    amend,
    gsomia,
    in_force,
    instant,
    place,
    propose,
    release,
    varied,
)

END_2019 = instant("2019-11-22T15:00:00Z")
END_2020 = instant("2020-11-22T15:00:00Z")


def notify(delivered: str) -> AgreementEntryNotification:
    return AgreementEntryNotification(date.fromisoformat(delivered), NOTE)


def notice(delivered: str, effective: str | None = None) -> AgreementEndNotice:
    stated = None if effective is None else date.fromisoformat(effective)
    return AgreementEndNotice(None, date.fromisoformat(delivered), stated, NOTE)


def suspend(where: Place, delivered: str) -> AgreementSuspendEndNotice:
    return AgreementSuspendEndNotice(where, date.fromisoformat(delivered), NOTE)


def withdraw(delivered: str, *places: Place) -> AgreementWithdrawEndNotice:
    return AgreementWithdrawEndNotice(places, date.fromisoformat(delivered), NOTE)


def read(about: Place, reading: str) -> AgreementInterpretation:
    return AgreementInterpretation(about, reading, NOTE)


def readings(teller: Teller) -> dict[PartyId, str]:
    return {view.party: view.state.value for view in teller.view().readings}


# Entry into force


def test_a_notification_before_the_last_signature_does_not_count() -> None:
    told = Teller(gsomia())
    told.say(JPN, propose(gsomia()), at="2016-11-23")
    told.say(JPN, AgreementSign(NOTE))
    assert told.why(told.say(JPN, notify("2016-11-23"))) == ("lifecycle.not-signed", "21")


def test_a_party_notifies_once() -> None:
    told = Teller(gsomia())
    told.sign(at="2016-11-23")
    told.say(JPN, notify("2016-11-23"))
    assert told.why(told.say(JPN, notify("2016-11-23"))) == ("lifecycle.already-said", "21")


def test_a_note_cannot_be_delivered_after_it_was_entered() -> None:
    told = Teller(gsomia())
    told.sign(at="2016-11-23")
    assert told.why(told.say(JPN, notify("2016-11-24"))) == ("lifecycle.delivered-later", "21")


def test_a_date_of_delivery_is_one_in_the_zone_of_the_file() -> None:
    told = Teller(gsomia())
    told.sign(at="2016-11-23T20:00:00Z")
    assert told.why(told.say(JPN, notify("2016-11-24"))) is None


def test_once_in_force_no_notification_is_asked_for(teller: Teller) -> None:
    assert teller.why(teller.say(JPN, notify("2016-11-23"))) == ("lifecycle.no-notification", "21")


def test_entry_by_the_last_signature_asks_for_no_notification() -> None:
    text = gsomia()
    rules = replace(text.lifecycle, entry=EntryRule.LAST_SIGNATURE)
    told = Teller(replace(text, lifecycle=rules, sha256=Digest("8" * 64)))
    told.sign(at="2016-11-23")
    assert told.why(told.say(JPN, notify("2016-11-23"))) == ("lifecycle.no-notification", "21")


def test_a_notification_names_the_version_that_is_agreed() -> None:
    later = replace(gsomia(), version=3, sha256=Digest("3" * 64))
    told = Teller(gsomia(), [later])
    told.sign(at="2016-11-23")
    told.say(JPN, amend(later))
    for party in (JPN, KOR):
        told.say(party, AgreementSign(NOTE), version=later.sha256)
    refused = told.say(JPN, notify("2016-11-23"))
    assert told.why(refused) == ("agreement.superseded-version", "21")


def test_no_agreement_is_in_force_before_the_day_of_its_last_signature() -> None:
    told = Teller(gsomia())
    told.sign(at="2016-11-23")
    told.enter(delivered="2016-11-01")
    assert told.exported()["lifecycle"]["in_force_at"] == "2016-11-22T15:00:00.000Z"


def test_each_party_reads_the_others_late_notification_by_its_entry() -> None:
    told = Teller(gsomia())
    told.sign(at="2016-11-23")
    told.say(JPN, notify("2016-11-23"))
    told.say(KOR, notify("2016-11-23"), at="2016-11-25")
    view = told.view()
    entered = {each.party: each.in_force_at for each in view.readings}
    assert entered == {
        KOR: instant("2016-11-22T15:00:00Z"),
        JPN: instant("2016-11-24T15:00:00Z"),
    }
    assert view.interpretation_disputed
    assert view.state is AgreementState.IN_FORCE


# Notice


def test_no_notice_before_entry_into_force() -> None:
    told = Teller(gsomia())
    told.sign(at="2016-11-23")
    assert told.why(told.say(KOR, notice("2016-11-23"))) == ("lifecycle.not-in-force", "21")


def test_a_party_has_one_notice_that_stands_and_the_other_party_another(teller: Teller) -> None:
    first = teller.say(KOR, notice("2019-08-23"), at="2019-08-23")
    assert teller.why(teller.say(KOR, notice("2019-08-23"))) == ("lifecycle.already-said", "21")
    assert teller.why(teller.say(JPN, notice("2019-08-25"), at="2019-08-25")) is None
    assert teller.view().ends_at == END_2019
    teller.say(KOR, withdraw("2019-09-01", first), at="2019-09-01")
    assert (teller.state_name(), teller.view().ends_at) == ("notice_given", END_2020)


def test_a_backdated_notice_is_read_by_its_entry_by_everybody_else(teller: Teller) -> None:
    teller.say(KOR, notice("2019-08-24"), at="2019-10-01")
    view = teller.view()
    ends = {each.party: each.ends_at for each in view.readings}
    assert ends == {KOR: END_2019, JPN: END_2020}
    assert view.interpretation_disputed
    assert (view.governed_by, view.ends_at) == (KOR, END_2019)
    early = teller.say(JPN, release("a"), at=Instant(END_2019 - 1))
    late = teller.say(JPN, release("b"), at=END_2019)
    assert teller.why(early) is None
    assert teller.why(late) == ("lifecycle.ended", "21(3)")
    assert readings(teller) == {JPN: "notice_given", KOR: "terminated"}


def test_the_speaker_reads_the_day_it_stated_and_others_the_computed_one(teller: Teller) -> None:
    teller.say(KOR, notice("2019-08-25", "2019-11-22"), at="2019-08-25")
    ends = {each.party: each.ends_at for each in teller.view().readings}
    assert ends == {KOR: END_2019, JPN: END_2020}


def test_a_notice_that_gives_more_time_gives_it_to_everybody(teller: Teller) -> None:
    teller.say(KOR, notice("2019-08-23", "2020-11-22"), at="2019-08-23")
    view = teller.view()
    assert {each.ends_at for each in view.readings} == {END_2020}
    assert not view.interpretation_disputed


def test_after_the_end_no_note_moves_anything(teller: Teller) -> None:
    given = teller.say(KOR, notice("2019-08-23"), at="2019-08-23")
    for party, body in (
        (JPN, notice("2019-11-23")),
        (KOR, suspend(given, "2019-11-23")),
        (KOR, withdraw("2019-11-23", given)),
    ):
        late = teller.say(party, body, at="2019-11-23")
        teller.now = Instant(teller.now + 1)
        assert teller.why(late) == ("lifecycle.ended", "21")
    assert teller.state_name() == "terminated"


def test_a_party_that_left_gives_no_notice() -> None:
    text = gsomia()
    three = replace(
        text, parties=(*text.parties, replace(text.parties[0], id=USA)), sha256=Digest("4" * 64)
    )
    two = replace(text, version=3)
    told = in_force(agreement=three, others=[two], parties=(JPN, KOR, USA))
    told.say(JPN, amend(two))
    for party in (JPN, KOR, USA):
        told.say(party, AgreementSign(NOTE), version=two.sha256)
    refused = told.say(USA, notice("2016-11-23"))
    assert told.why(refused) == ("agreement.not-a-party", "21")


# Suspension and withdrawal


def test_only_ones_own_standing_notice_can_be_suspended(teller: Teller) -> None:
    given = teller.say(KOR, notice("2019-08-23"), at="2019-08-23")
    for party, where in ((JPN, given), (KOR, place("KOR/99")), (KOR, place("KOR/1"))):
        refused = teller.say(party, suspend(where, "2019-08-23"))
        assert teller.why(refused) == ("lifecycle.unknown-note", "21")
    held = teller.say(KOR, suspend(given, "2019-08-23"))
    assert teller.why(held) is None
    notes = {
        note["place"]: note["suspended_by"] for note in teller.exported()["lifecycle"]["notes"]
    }
    assert (notes[str(given)], notes[str(held)]) == (str(held), None)
    again = teller.say(KOR, suspend(given, "2019-08-23"))
    assert teller.why(again) == ("lifecycle.unknown-note", "21")


def test_a_suspension_before_entry_into_force_names_no_note() -> None:
    told = Teller(gsomia())
    told.sign(at="2016-11-23")
    refused = told.say(KOR, suspend(place("KOR/0"), "2016-11-23"))
    assert told.why(refused) == ("lifecycle.unknown-note", "21")


def test_a_suspension_entered_too_late_counts_for_its_speaker_and_the_stricter_governs(
    teller: Teller,
) -> None:
    given = teller.say(KOR, notice("2019-08-23"), at="2019-08-23")
    late = teller.say(KOR, suspend(given, "2019-11-22"), at="2019-11-23")
    assert teller.why(late) is None
    assert readings(teller) == {JPN: "terminated", KOR: "notice_suspended"}
    view = teller.view()
    assert (view.agreement_state, view.governed_by) == ("terminated", JPN)
    assert teller.why(teller.say(JPN, release())) == ("lifecycle.ended", "21(3)")


def test_the_other_party_may_go_along_with_a_late_suspension(teller: Teller) -> None:
    given = teller.say(KOR, notice("2019-08-23"), at="2019-08-23")
    late = teller.say(KOR, suspend(given, "2019-11-22"), at="2019-11-23")
    teller.say(JPN, read(late, "notice_suspended"))
    assert teller.state_name() == "notice_suspended"
    assert not teller.view().interpretation_disputed
    assert teller.why(teller.say(JPN, release())) is None
    teller.say(KOR, withdraw("2019-11-24", given, late), at="2019-11-24")
    assert teller.state_name() == "in_force"


def test_withdrawing_the_suspension_alone_lets_the_notice_run_again(teller: Teller) -> None:
    given = teller.say(KOR, notice("2019-08-23"), at="2019-08-23")
    held = teller.say(KOR, suspend(given, "2019-09-01"), at="2019-09-01")
    teller.say(KOR, withdraw("2019-10-01", held), at="2019-10-01")
    assert (teller.state_name(), teller.view().ends_at) == ("notice_given", END_2019)


def test_withdrawing_the_suspension_after_the_notices_own_end_ends_it_at_once(
    teller: Teller,
) -> None:
    given = teller.say(KOR, notice("2019-08-23"), at="2019-08-23")
    held = teller.say(KOR, suspend(given, "2019-11-22"), at="2019-11-22")
    teller.say(KOR, withdraw("2020-03-01", held), at="2020-03-01")
    assert teller.state_name() == "terminated"
    assert teller.view().ends_at == teller.now


def test_withdrawing_the_notice_alone_leaves_its_suspension_without_effect(
    teller: Teller,
) -> None:
    given = teller.say(KOR, notice("2019-08-23"), at="2019-08-23")
    held = teller.say(KOR, suspend(given, "2019-09-01"), at="2019-09-01")
    teller.say(KOR, withdraw("2019-10-01", given), at="2019-10-01")
    assert teller.state_name() == "in_force"
    assert teller.why(teller.say(KOR, withdraw("2019-10-01", held))) is None
    assert teller.state_name() == "in_force"


def test_a_withdrawal_names_ones_own_notes_none_of_them_withdrawn(teller: Teller) -> None:
    given = teller.say(KOR, notice("2019-08-23"), at="2019-08-23")
    entry = place("KOR/1")
    for party, places in (
        (JPN, (given,)),
        (KOR, (place("KOR/99"),)),
        (KOR, (entry,)),
        (KOR, (entry, given)),
    ):
        refused = teller.say(party, withdraw("2019-08-23", *places))
        assert teller.why(refused) == ("lifecycle.unknown-note", "21")
    assert teller.why(teller.say(KOR, withdraw("2019-08-23", given))) is None
    twice = teller.say(KOR, withdraw("2019-08-23", given))
    assert teller.why(twice) == ("lifecycle.unknown-note", "21")


def test_a_withdrawal_delivered_after_its_entry_does_not_count(teller: Teller) -> None:
    given = teller.say(KOR, notice("2019-08-23"), at="2019-08-23")
    for body in (withdraw("2019-08-24", given), suspend(given, "2019-08-24")):
        assert teller.why(teller.say(KOR, body)) == ("lifecycle.delivered-later", "21")
    late = in_force()
    refused = late.say(KOR, notice("2019-08-24"), at="2019-08-23")
    assert late.why(refused) == ("lifecycle.delivered-later", "21")


def test_a_new_notice_may_be_given_while_an_earlier_one_is_suspended(teller: Teller) -> None:
    first = teller.say(KOR, notice("2019-08-23"), at="2019-08-23")
    teller.say(KOR, suspend(first, "2019-11-22"), at="2019-11-22")
    second = teller.say(KOR, notice("2020-08-24"), at="2020-08-24")
    assert teller.why(second) is None
    assert (teller.state_name(), teller.view().ends_at) == ("notice_given", END_2020)
    teller.say(KOR, withdraw("2020-08-25", second), at="2020-08-25")
    assert teller.state_name() == "notice_suspended"


def test_a_party_has_a_bounded_number_of_notices(teller: Teller) -> None:
    teller.now = instant("2017-01-01")
    for _ in range(NOTICES_MAX):
        given = teller.say(KOR, notice("2017-01-01"))
        assert teller.why(given) is None
        teller.say(KOR, suspend(given, "2017-01-01"))
    assert teller.why(teller.say(KOR, notice("2017-01-01"))) == ("lifecycle.already-said", "21")
    teller.say(KOR, withdraw("2017-01-01", given))
    assert teller.why(teller.say(KOR, notice("2017-01-01"))) is None


def test_each_party_may_have_its_own_suspended_notice(teller: Teller) -> None:
    ours = teller.say(JPN, notice("2019-08-01"), at="2019-08-01")
    theirs = teller.say(KOR, notice("2019-08-02"), at="2019-08-02")
    held = teller.say(KOR, suspend(theirs, "2019-08-03"), at="2019-08-03")
    assert teller.state_name() == "notice_given"
    teller.say(JPN, suspend(ours, "2019-08-04"), at="2019-08-04")
    assert teller.state_name() == "notice_suspended"
    teller.say(KOR, withdraw("2019-08-05", theirs, held), at="2019-08-05")
    assert teller.state_name() == "notice_suspended"


# Records and declared readings


def test_a_postponement_and_an_announcement_move_nothing(teller: Teller) -> None:
    told = Teller(gsomia())
    said = AgreementAnnouncement("we shall end it", date(2019, 8, 22), NOTE)
    for body in (AgreementPostpone(NOTE), said):
        assert told.why(told.say(KOR, body)) == ("lifecycle.nothing-proposed", "21")
        assert teller.why(teller.say(KOR, body)) is None
    assert teller.state_name() == "in_force"
    assert len(teller.exported()["lifecycle"]["records"]) == 2


def test_a_declared_reading_holds_releases_back_until_the_next_note(teller: Teller) -> None:
    given = teller.say(KOR, notice("2019-08-23"), at="2019-08-23")
    held = teller.say(KOR, suspend(given, "2019-11-22"), at="2019-11-22")
    teller.say(JPN, read(held, "terminated"))
    assert teller.state_name() == "terminated"
    assert teller.why(teller.say(KOR, release("a", originators=(KOR,)))) == (
        "lifecycle.ended",
        "21(3)",
    )
    teller.say(KOR, withdraw("2019-11-22", given, held))
    assert teller.state_name() == "in_force"
    assert not teller.view().interpretation_disputed


def test_declared_readings_bring_nothing_back_to_life(teller: Teller) -> None:
    given = teller.say(KOR, notice("2019-08-23"), at="2019-08-23")
    for party in (JPN, KOR):
        teller.say(party, read(given, "in_force"), at="2019-12-01")
        teller.now = Instant(teller.now + 1)
    assert readings(teller) == {JPN: "in_force", KOR: "in_force"}
    assert teller.state_name() == "terminated"
    assert teller.why(teller.say(JPN, release())) == ("lifecycle.ended", "21(3)")


def test_declaring_what_is_computed_takes_a_declaration_back(teller: Teller) -> None:
    given = teller.say(KOR, notice("2019-08-23"), at="2019-08-23")
    teller.say(JPN, read(given, "in_force"))
    assert teller.view().interpretation_disputed
    teller.say(JPN, read(given, "notice_given"))
    assert not teller.view().interpretation_disputed


def test_a_declared_reading_is_about_a_note_and_names_a_state(teller: Teller) -> None:
    given = teller.say(KOR, notice("2019-08-23"), at="2019-08-23")
    unknown = teller.say(JPN, read(place("KOR/99"), "in_force"))
    assert teller.why(unknown) == ("lifecycle.unknown-note", "21")
    for name in ("signed", "asleep"):
        refused = teller.say(JPN, read(given, name))
        assert teller.why(refused) == ("lifecycle.unknown-reading", "21")


def test_no_reading_is_declared_before_entry_into_force() -> None:
    told = Teller(gsomia())
    told.sign(at="2016-11-23")
    told.say(JPN, notify("2016-11-23"))
    refused = told.say(KOR, read(place("JPN/2"), "in_force"))
    assert told.why(refused) == ("lifecycle.not-in-force", "21")


def test_an_ending_clause_may_stop_releases_with_the_notice() -> None:
    told = in_force(agreement=varied(('when = "end"', 'when = "notice"')))
    assert told.why(told.say(JPN, release("a"))) is None
    given = told.say(KOR, notice("2019-08-23"), at="2019-08-23")
    assert told.why(told.say(JPN, release("b"))) == ("lifecycle.notice-given", "21(3)")
    told.say(KOR, suspend(given, "2019-08-23"))
    assert told.why(told.say(JPN, release("c"))) is None


def test_the_state_before_an_instant_is_worked_out_from_the_same_words(teller: Teller) -> None:
    before = lifecycle_at(teller.state, instant("2016-11-22"))
    assert before.state is AgreementState.SIGNED
    assert {view.computed for view in before.readings} == {AgreementState.SIGNED}


def test_an_agreement_without_an_end_has_no_term_and_ends_by_notice_alone() -> None:
    text = gsomia()
    endless = replace(text.lifecycle, runs=None, renews=None)
    told = in_force(agreement=replace(text, lifecycle=endless, sha256=Digest("e" * 64)))
    assert told.view().term is None
    told.say(KOR, notice("2019-08-23"), at="2019-08-23")
    assert told.view().ends_at == instant("2019-11-21T15:00:00Z")
    assert told.exported()["lifecycle"]["term_ends_at"] is None
