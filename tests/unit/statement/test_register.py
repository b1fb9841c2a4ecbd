# SPDX-License-Identifier: Apache-2.0
"""Registers judged entry after entry, alone and together."""

from collections.abc import Callable
from typing import Any

import pytest

from comity.basis.errors import InvariantError, StateError
from comity.basis.ids import AgreementId, PartyId, Place, digest_of
from comity.basis.instants import Instant
from comity.statement.information import ConsentRefuse
from comity.statement.judgement import Judged, WaitingForCard, WaitingForEntries
from comity.statement.register import AgreementRegisters, Progress
from comity.statement.treaty import AgreementSign
from comity.statement.trust import StatementReject

Speaker = Any
JPN, KOR, USA = PartyId("JPN"), PartyId("KOR"), PartyId("USA")
ASK = ConsentRefuse(Place(KOR, 3))
Minute = Callable[[int], Instant]


@pytest.fixture
def registers(jpn: Speaker, kor: Speaker) -> AgreementRegisters:
    both = AgreementRegisters(AgreementId("gsomia-jpn-kor"), frozenset({JPN, KOR, USA}))
    both.open(JPN, jpn.card)
    both.open(KOR, kor.card)
    return both


def judged(verdict: object) -> Judged:
    assert isinstance(verdict, Judged)
    return verdict


def code_of(verdict: object) -> str:
    rejected = judged(verdict).rejected
    assert rejected is not None
    return rejected.code


def test_goes_on_after_content_that_fails(jpn: Speaker, registers: AgreementRegisters) -> None:
    assert judged(registers.judge(JPN, jpn.say(ASK, 0).raw)).place == Place(JPN, 0)
    assert code_of(registers.judge(JPN, b"not a statement")) == "statement.malformed"
    assert code_of(registers.judge(JPN, jpn.say(ASK, 0).raw)) == "statement.nonce-repeated"
    last = judged(registers.judge(JPN, jpn.say(ASK, 1).raw))
    assert (last.place, last.admitted) == (Place(JPN, 3), True)
    assert registers.judged_size(JPN) == 4


def test_a_nonce_is_used_up_by_a_rejected_statement_too(
    jpn: Speaker, registers: AgreementRegisters
) -> None:
    registers.judge(JPN, jpn.say(ASK, 5).raw)
    assert code_of(registers.judge(JPN, jpn.say(ASK, 2, nonce=9).raw)) == "statement.at-not-later"
    assert code_of(registers.judge(JPN, jpn.say(ASK, 6, nonce=9).raw)) == "statement.nonce-repeated"


def test_a_rejected_statement_moves_neither_time_nor_what_was_seen(
    jpn: Speaker, kor: Speaker, registers: AgreementRegisters, minute: Minute
) -> None:
    registers.judge(KOR, kor.say(ASK, 0).raw)
    registers.judge(JPN, jpn.say(ASK, 1).raw)
    wrong = jpn.say(ASK, 9, nonce=2, seen=((KOR, 1),))
    assert code_of(registers.judge(JPN, wrong.raw)) == "statement.nonce-repeated"
    assert registers.position(JPN).greatest_at == minute(1)
    assert registers.position(JPN).seen == ()


def test_remembers_the_greatest_time_of_every_size(
    jpn: Speaker, registers: AgreementRegisters, minute: Minute
) -> None:
    for raw in (b"?", jpn.say(ASK, 3).raw, b"?", jpn.say(ASK, 7).raw):
        registers.judge(JPN, raw)
    expected = [None, None, minute(3), minute(3), minute(7)]
    assert [registers.greatest_at(JPN, size) for size in range(5)] == expected
    registers.keep()
    assert [registers.greatest_at(JPN, size) for size in range(5)] == expected


def test_a_trial_leaves_what_it_was_taken_from_alone(
    jpn: Speaker, registers: AgreementRegisters, minute: Minute
) -> None:
    registers.judge(JPN, jpn.say(ASK, 0).raw)
    trial = registers.trial()
    trial.judge(JPN, jpn.say(ASK, 4).raw)
    assert (registers.judged_size(JPN), trial.judged_size(JPN)) == (1, 2)
    assert trial.greatest_at(JPN, 1) == minute(0)
    again = judged(registers.judge(JPN, jpn.say(ASK, 4).raw))
    assert again.admitted


def test_a_kept_trial_goes_on_and_what_it_was_taken_from_stops(
    jpn: Speaker, registers: AgreementRegisters, minute: Minute
) -> None:
    registers.judge(JPN, jpn.say(ASK, 0).raw)
    registers.keep()
    trial = registers.trial()
    trial.judge(JPN, jpn.say(ASK, 4).raw)
    trial.keep()
    assert code_of(trial.judge(JPN, jpn.say(ASK, 0).raw)) == "statement.nonce-repeated"
    assert trial.greatest_at(JPN, 2) == minute(4)
    with pytest.raises(InvariantError):
        registers.judge(JPN, jpn.say(ASK, 5).raw)
    with pytest.raises(InvariantError):
        registers.keep()


def test_judges_registers_that_wait_for_each_other_in_an_order_that_fits(
    jpn: Speaker, kor: Speaker, registers: AgreementRegisters
) -> None:
    entries = {
        JPN: [
            jpn.say(ASK, 1, seen=((KOR, 1),)).raw,
            jpn.say(ASK, 3, seen=((KOR, 2),)).raw,
        ],
        KOR: [kor.say(ASK, 0).raw, kor.say(ASK, 2, seen=((JPN, 1),)).raw],
    }
    progress = registers.judge_all(entries)
    assert progress.waiting == ()
    assert [str(verdict.place) for verdict in progress.judged] == [
        "KOR/0",
        "JPN/0",
        "KOR/1",
        "JPN/1",
    ]
    assert all(verdict.admitted for verdict in progress.judged)


def test_stops_where_every_register_waits_and_goes_on_when_more_is_there(
    jpn: Speaker, kor: Speaker, registers: AgreementRegisters
) -> None:
    waiting = jpn.say(ASK, 1, seen=((KOR, 1),)).raw
    assert registers.judge_all({JPN: [waiting]}) == Progress(
        (), (WaitingForEntries(Place(JPN, 0), KOR, 1),)
    )
    assert registers.judge_all({}).waiting == (WaitingForEntries(Place(JPN, 0), KOR, 1),)
    later = jpn.say(ASK, 2, seen=((KOR, 1),)).raw
    assert registers.judge_all({JPN: [later]}).judged == ()
    after = registers.judge_all({KOR: [kor.say(ASK, 0).raw]})
    assert [str(verdict.place) for verdict in after.judged] == ["KOR/0", "JPN/0", "JPN/1"]
    assert after.waiting == ()


def test_nothing_is_judged_before_an_entry_that_waits(
    jpn: Speaker, kor: Speaker, registers: AgreementRegisters
) -> None:
    registers.judge_all({JPN: [jpn.say(ASK, 1, seen=((KOR, 1),)).raw]})
    with pytest.raises(InvariantError):
        registers.judge(JPN, jpn.say(ASK, 2).raw)
    trial = registers.trial()
    assert len(trial.judge_all({KOR: [kor.say(ASK, 0).raw]}).judged) == 2
    assert judged(trial.judge(JPN, jpn.say(ASK, 2).raw)).place == Place(JPN, 1)
    assert registers.judge_all({}).waiting == (WaitingForEntries(Place(JPN, 0), KOR, 1),)


def test_a_card_that_has_come_lets_what_waits_for_it_go_on(
    jpn: Speaker, registers: AgreementRegisters
) -> None:
    second = jpn.next()
    body = second.card_body()
    entries = [jpn.say(body, 1).raw, second.say(AgreementSign(""), 2).raw]
    assert registers.judge_all({JPN: entries}).waiting == (
        WaitingForCard(Place(JPN, 0), body.card),
    )
    progress = registers.judge_all({}, {body.card.sha256: second.card.raw})
    assert [verdict.admitted for verdict in progress.judged] == [True, True]


def test_a_register_that_is_not_open_counts_as_empty(
    jpn: Speaker, registers: AgreementRegisters
) -> None:
    assert registers.judged_size(USA) == 0
    assert registers.greatest_at(USA, 0) is None
    verdict = registers.judge(JPN, jpn.say(ASK, 1, seen=((USA, 1),)).raw)
    assert verdict == WaitingForEntries(Place(JPN, 0), USA, 1)
    with pytest.raises(StateError):
        registers.judge(USA, b"")


def test_authority_goes_over_to_the_next_card_with_the_entry_after_it(
    jpn: Speaker, registers: AgreementRegisters
) -> None:
    second = jpn.next()
    body = second.card_body()
    entry = jpn.say(body, 1).raw
    assert isinstance(registers.judge(JPN, entry), WaitingForCard)
    assert judged(registers.judge(JPN, jpn.say(AgreementSign(""), 0).raw)).admitted
    registers.judge(JPN, entry, {body.card.sha256: second.card.raw})
    keys = registers.position(JPN).keys
    assert (keys.statement_card(2), keys.statement_card(3)) == (jpn.card, second.card)
    assert code_of(registers.judge(JPN, jpn.say(AgreementSign(""), 2).raw)) == "statement.authority"
    assert judged(registers.judge(JPN, second.say(AgreementSign(""), 3).raw)).admitted


def test_what_is_said_next_has_seen_everything_and_is_later_than_it(
    jpn: Speaker, kor: Speaker, registers: AgreementRegisters, minute: Minute
) -> None:
    first = registers.speak(jpn.draft(ASK), minute(0))
    assert (first.at, first.seen) == (minute(0), ((KOR, 0), (USA, 0)))
    assert judged(registers.judge(JPN, first.raw)).admitted
    registers.judge(KOR, kor.say(ASK, 8).raw)
    second = registers.speak(jpn.draft(ASK, nonce=2), minute(1))
    assert (second.at, second.seen) == (minute(8) + 1, ((KOR, 1), (USA, 0)))
    assert judged(registers.judge(JPN, second.raw)).admitted


def test_what_a_party_rejects_as_dated_ahead_does_not_draw_its_clock_along(
    jpn: Speaker, kor: Speaker, registers: AgreementRegisters, minute: Minute
) -> None:
    registers.judge(KOR, kor.say(ASK, 1).raw)
    registers.judge(KOR, kor.say(ASK, 90).raw)
    registers.judge(KOR, b"?")
    registers.judge(KOR, kor.say(ASK, 95).raw)
    registers.keep()
    registers.judge(KOR, kor.say(ASK, 96).raw)
    for later, index in enumerate((1, 3, 4)):
        reject = jpn.draft(StatementReject(KOR, index, "time.ahead", None), nonce=index)
        said = registers.speak(reject, minute(2))
        assert said.seen == ((KOR, index + 1), (USA, 0))
        assert said.at == minute(2) + later
        assert judged(registers.trial().judge(JPN, said.raw)).admitted
        assert judged(registers.judge(JPN, said.raw)).admitted
    registers.keep()
    after = registers.speak(jpn.draft(ASK, nonce=9), minute(3))
    assert (after.at, after.seen) == (minute(3), ((KOR, 5), (USA, 0)))
    assert judged(registers.judge(JPN, after.raw)).admitted


def test_only_the_party_that_rejected_an_entry_as_ahead_is_excused_from_its_date(
    jpn: Speaker, kor: Speaker, registers: AgreementRegisters, minute: Minute
) -> None:
    registers.judge(KOR, kor.say(ASK, 90).raw)
    other_code = jpn.say(StatementReject(KOR, 0, "statement.malformed", None), 2, seen=((KOR, 1),))
    assert code_of(registers.judge(JPN, other_code.raw)) == "statement.at-before-seen"
    of_another = jpn.say(StatementReject(KOR, 7, "time.ahead", None), 2, nonce=5, seen=((KOR, 1),))
    assert code_of(registers.judge(JPN, of_another.raw)) == "statement.at-before-seen"
    assert registers.speak(jpn.draft(ASK), minute(2)).at == minute(90) + 1


def test_a_register_of_which_everything_was_rejected_as_ahead_gives_no_time(
    jpn: Speaker, kor: Speaker, registers: AgreementRegisters, minute: Minute
) -> None:
    registers.judge(KOR, b"?")
    registers.judge(KOR, kor.say(ASK, 90).raw)
    registers.judge(
        JPN, jpn.say(StatementReject(KOR, 1, "time.ahead", None), 2, seen=((KOR, 2),)).raw
    )
    assert registers.speak(jpn.draft(ASK, nonce=4), minute(3)).at == minute(3)


def rejecting(place: Place, raw: bytes, code: str = "statement.seen-refuted") -> StatementReject:
    return StatementReject(place.party, place.index, code, None, digest_of(raw))


def test_a_rejection_by_digest_refutes_a_claim_to_have_seen_it(
    jpn: Speaker, kor: Speaker, registers: AgreementRegisters
) -> None:
    claim = jpn.say(ASK, 5, seen=((KOR, 3),)).raw
    assert registers.judge(JPN, claim) == WaitingForEntries(Place(JPN, 0), KOR, 3)
    trial = registers.trial()
    assert judged(trial.judge(KOR, kor.say(rejecting(Place(JPN, 0), claim), 6).raw)).admitted
    assert trial.refutations(KOR, Place(JPN, 0)) == {digest_of(claim): 0}
    fork = trial.fork()
    for each in (trial, fork):
        assert code_of(each.judge(JPN, claim)) == "statement.seen-refuted"
    # What was tried has not happened.
    assert registers.refutations(KOR, Place(JPN, 0)) == {}
    assert registers.judge(JPN, claim) == WaitingForEntries(Place(JPN, 0), KOR, 3)


def test_the_first_rejection_by_a_digest_is_the_one_that_counts(
    jpn: Speaker, kor: Speaker, registers: AgreementRegisters
) -> None:
    here, claim = Place(JPN, 0), jpn.say(ASK, 5, seen=((KOR, 1),)).raw
    for minute in (6, 7):
        registers.judge(KOR, kor.say(rejecting(here, claim), minute).raw)
        registers.keep()
    registers.judge(KOR, kor.say(rejecting(here, b"other"), 8).raw)
    assert registers.refutations(KOR, here) == {digest_of(claim): 0, digest_of(b"other"): 2}
    registers.keep()
    fork = registers.fork()
    assert fork.refutations(KOR, here) == {digest_of(claim): 0, digest_of(b"other"): 2}
    assert code_of(fork.judge(JPN, claim)) == "statement.seen-refuted"
    assert fork.refutations(USA, here) == {}


def test_a_rejection_that_is_not_admitted_refutes_nothing(
    jpn: Speaker, kor: Speaker, registers: AgreementRegisters
) -> None:
    claim = jpn.say(ASK, 5, seen=((KOR, 2),)).raw
    registers.judge(KOR, kor.say(ASK, 6).raw)
    late = kor.say(rejecting(Place(JPN, 0), claim), 6, nonce=77).raw
    assert code_of(registers.judge(KOR, late)) == "statement.at-not-later"
    assert code_of(registers.judge(JPN, claim)) == "statement.at-before-seen"
