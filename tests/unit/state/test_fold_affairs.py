# SPDX-License-Identifier: Apache-2.0
"""Authorities, changes of law and disputes: what counts, and with which article it does not."""

from datetime import date

import pytest
from msgspec import structs

from comity.basis.ids import Place
from comity.keys.notes import Note, NoteSignature, format_note
from comity.state.fold_affairs import note_keys
from comity.statement.affairs import DisputeSettle
from comity.statement.information import ConsentGive, RequestMake
from comity.statement.treaty import AgreementAnnouncement, AgreementInitial, AgreementSign
from tests.builders.dutiful import authority, dispute, dutiful, dutiful_teller, law
from tests.support_state import JPN, KOR, NOTE, USA, Teller, propose, release

OLD, NEW = (b"\1\2\3\4", b"\5\6\7\10"), (b"\1\1\1\1", b"\2\2\2\2")
DAY = date(2016, 12, 16)
NAMES = tuple(f"jpn.example/authority+{key.hex()}" for key in NEW)


def note_by(keys: tuple[bytes, bytes]) -> str:
    lines = tuple(NoteSignature("jpn.example/authority", key, b"signed") for key in keys)
    return format_note(Note("an authority\n", lines)).decode()


def announce(keys: tuple[bytes, bytes]) -> AgreementAnnouncement:
    return AgreementAnnouncement("Said in public", DAY, note_by(keys))


@pytest.fixture
def teller() -> Teller:
    return dutiful_teller()


def test_a_note_names_its_keys_and_what_is_no_note_names_none() -> None:
    assert note_keys(note_by(NEW)) == NAMES
    assert note_keys("no note") == ()
    assert note_keys("\ud800") == ()


def test_a_dispute_is_settled_when_all_who_are_in_it_said_so(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    opened = teller.say(KOR, dispute(about=(item,)))
    (row,) = teller.exported()["disputes"]
    assert (row["place"], row["settled"], row["settled_at"]) == (str(opened), [], None)
    assert "authority" not in row
    own = teller.say(KOR, DisputeSettle(opened, None, None, NOTE))
    assert teller.why(own) is None
    assert teller.exported()["disputes"][0]["settled_at"] is None
    twice = teller.say(KOR, DisputeSettle(opened, None, None, NOTE))
    assert teller.why(twice) == ("lifecycle.already-said", "D-consultation")
    other = teller.say(JPN, DisputeSettle(opened, None, None, NOTE))
    (row,) = teller.exported()["disputes"]
    assert row["settled"] == sorted([str(own), str(other)])
    assert row["settled_at"] is not None


def test_only_who_is_in_a_dispute_settles_it(teller: Teller) -> None:
    opened = Place(KOR, 77)
    said = teller.say(KOR, DisputeSettle(opened, None, None, NOTE), at="2016-12-16")
    assert teller.why(said) == ("dispute.unknown", "D-consultation")


def test_an_answer_about_laws_names_a_request_that_was_made(teller: Teller) -> None:
    asked = teller.say(KOR, RequestMake("missile-warning", None, None), at="2016-12-16")
    answer = structs.replace(law("2016-12-01"), answers=asked)
    assert teller.why(teller.say(JPN, answer)) is None
    assert teller.why(teller.say(KOR, answer)) == ("request.unknown", "3")
    stray = structs.replace(answer, answers=Place(KOR, 99))
    assert teller.why(teller.say(JPN, stray)) == ("request.unknown", "3")
    assert [row["answers"] for row in teller.exported()["law_changes"]] == [str(asked)]


def test_nothing_of_it_counts_before_the_text_is_signed_by_all() -> None:
    teller = Teller(dutiful())
    article = teller.agreement.lifecycle.article
    for body in (law("2016-11-01"), dispute()):
        assert teller.why(teller.say(JPN, body)) == ("lifecycle.not-in-force", article)


def test_an_authority_that_changes_before_all_have_signed_is_notified_and_signs() -> None:
    teller = Teller(dutiful())
    teller.say(KOR, propose(teller.agreement))
    for party in (JPN, KOR):
        teller.say(party, AgreementInitial(NOTE))
    refused = teller.say(JPN, AgreementSign(note_by(NEW)))
    assert teller.why(refused) == ("authority.not-notified", "D-notify")
    named = authority(*NAMES, since="2016-11-01", delivered="2016-11-01", note=note_by(NEW))
    assert teller.why(teller.say(JPN, named)) is None
    assert teller.why(teller.say(JPN, AgreementSign(note_by(NEW)))) is None
    assert teller.why(teller.say(KOR, AgreementSign(NOTE))) is None
    assert teller.state.life.agreed == teller.agreement.sha256


def test_a_notification_cannot_be_delivered_after_it_is_entered(teller: Teller) -> None:
    early = authority(*NAMES, since="2016-12-20", delivered="2016-12-17")
    said = teller.say(JPN, early, at="2016-12-16")
    assert teller.why(said) == ("lifecycle.delivered-later", "D-notify")


def test_a_consent_by_an_authority_that_was_not_notified_does_not_count(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    consent = ConsentGive(None, (item,), None, USA, "warning", None, note_by(NEW))
    assert teller.why(teller.say(JPN, consent)) == ("authority.not-notified", "D-notify")


def test_each_party_notifies_its_own_authority_alone(teller: Teller) -> None:
    named = authority(*NAMES, since="2016-12-01", delivered="2016-12-01")
    assert teller.why(teller.say(KOR, named, at="2016-12-16")) is None
    assert teller.why(teller.say(JPN, announce(NEW))) == ("authority.not-notified", "D-notify")


def test_words_of_an_authority_are_exported_without_its_note(teller: Teller) -> None:
    named = authority(*NAMES, since="2016-12-01", delivered="2016-12-01")
    said = teller.say(KOR, named, at="2016-12-16")
    (row,) = teller.exported()["authorities"]
    assert (row["place"], row["by"], row["keys"]) == (str(said), "KOR", list(NAMES))
    assert "authority" not in row
