# SPDX-License-Identifier: Apache-2.0
"""A fork of judged registers: the same past, and apart from then on, kept or not."""

from typing import Any

import pytest

from comity.basis.ids import AgreementId, PartyId, Place
from comity.statement.information import ConsentRefuse
from comity.statement.judgement import Judged
from comity.statement.register import AgreementRegisters
from comity.statement.trust import StatementReject

Speaker = Any
JPN, KOR = PartyId("JPN"), PartyId("KOR")
ASK = ConsentRefuse(Place(KOR, 3))


@pytest.fixture
def registers(jpn: Speaker, kor: Speaker) -> AgreementRegisters:
    both = AgreementRegisters(AgreementId("gsomia-jpn-kor"), frozenset({JPN, KOR}))
    both.open(JPN, jpn.card)
    both.open(KOR, kor.card)
    both.judge(JPN, jpn.say(ASK, 0).raw)
    both.keep()
    both.judge(JPN, jpn.say(ASK, 1).raw)
    return both


def code_of(verdict: object) -> str:
    assert isinstance(verdict, Judged)
    assert verdict.rejected is not None
    return verdict.rejected.code


def test_a_fork_knows_the_whole_past(jpn: Speaker, registers: AgreementRegisters) -> None:
    fork = registers.fork()
    assert fork.position(JPN) == registers.position(JPN)
    assert fork.greatest_at(JPN, 1) == registers.greatest_at(JPN, 1)
    assert fork.greatest_at(JPN, 2) == registers.greatest_at(JPN, 2)
    for used in (0, 1):
        verdict = fork.fork().judge(JPN, jpn.say(ASK, used).raw)
        assert code_of(verdict) == "statement.nonce-repeated"


def test_fork_and_origin_both_live_on_when_either_is_kept(
    jpn: Speaker, registers: AgreementRegisters
) -> None:
    fork = registers.fork()
    fork.judge(JPN, jpn.say(ASK, 2).raw)
    fork.keep()
    assert (registers.judged_size(JPN), fork.judged_size(JPN)) == (2, 3)
    registers.judge(JPN, jpn.say(ASK, 3).raw)
    registers.keep()
    assert (registers.judged_size(JPN), fork.judged_size(JPN)) == (3, 3)
    assert registers.greatest_at(JPN, 3) != fork.greatest_at(JPN, 3)
    again = fork.judge(JPN, jpn.say(ASK, 4).raw)
    assert isinstance(again, Judged)
    assert again.admitted


def test_what_a_fork_excuses_is_not_excused_in_its_origin(
    jpn: Speaker, kor: Speaker, registers: AgreementRegisters
) -> None:
    registers.judge(KOR, kor.say(ASK, 9).raw)
    registers.keep()
    fork = registers.fork()
    ahead = jpn.say(StatementReject(KOR, 0, "time.ahead", None), 2, seen=((KOR, 1),))
    after = jpn.say(ASK, 3, seen=((KOR, 1),))
    fork.judge(JPN, ahead.raw)
    fork.keep()
    verdict = fork.judge(JPN, after.raw)
    assert isinstance(verdict, Judged)
    assert verdict.admitted
    assert code_of(registers.judge(JPN, after.raw)) == "statement.at-before-seen"


def test_what_waits_goes_along_into_a_fork(
    jpn: Speaker, kor: Speaker, registers: AgreementRegisters
) -> None:
    waiting = jpn.say(ASK, 5, seen=((KOR, 1),))
    assert len(registers.judge_all({JPN: [waiting.raw]}).waiting) == 1
    fork = registers.fork()
    assert len(fork.judge_all({KOR: [kor.say(ASK, 2).raw]}).judged) == 2
    assert registers.judged_size(JPN) == 2
