# SPDX-License-Identifier: Apache-2.0
"""A statement judged before it is entered, and what is dated after an instant."""

from collections.abc import Callable
from typing import Any

import pytest

from comity.basis.errors import InvariantError
from comity.basis.ids import AgreementId, PartyId, Place
from comity.basis.instants import Instant
from comity.statement.information import ConsentRefuse
from comity.statement.judgement import Judged, WaitingForEntries
from comity.statement.register import AgreementRegisters

Speaker = Any
JPN, KOR = PartyId("JPN"), PartyId("KOR")
ASK = ConsentRefuse(Place(KOR, 3))
Minute = Callable[[int], Instant]


@pytest.fixture
def registers(jpn: Speaker, kor: Speaker) -> AgreementRegisters:
    both = AgreementRegisters(AgreementId("gsomia-jpn-kor"), frozenset({JPN, KOR}))
    both.open(JPN, jpn.card)
    both.open(KOR, kor.card)
    return both


def test_what_is_considered_is_judged_and_not_entered(
    jpn: Speaker, registers: AgreementRegisters
) -> None:
    statement = jpn.say(ASK, 1)
    for _ in range(2):
        verdict = registers.consider(statement)
        assert isinstance(verdict, Judged)
        assert (verdict.place, verdict.admitted) == (Place(JPN, 0), True)
        assert registers.judged_size(JPN) == 0
    assert isinstance(verdict, Judged)
    registers.advance(verdict)
    assert registers.judged_size(JPN) == 1
    again = registers.consider(statement)
    assert isinstance(again, Judged)
    assert again.rejected is not None


def test_what_has_seen_more_than_is_judged_waits(
    jpn: Speaker, registers: AgreementRegisters
) -> None:
    verdict = registers.consider(jpn.say(ASK, 1, seen=((KOR, 1),)))
    assert isinstance(verdict, WaitingForEntries)


def test_nothing_is_considered_after_entries_that_wait(
    jpn: Speaker, registers: AgreementRegisters
) -> None:
    registers.judge_all({JPN: [jpn.say(ASK, 1, seen=((KOR, 1),)).raw]})
    with pytest.raises(InvariantError):
        registers.consider(jpn.say(ASK, 2))


def test_lists_what_is_dated_after_an_instant(
    jpn: Speaker, kor: Speaker, registers: AgreementRegisters, minute: Minute
) -> None:
    assert registers.latest_at() is None
    for raw in (jpn.say(ASK, 1).raw, b"?", jpn.say(ASK, 4).raw):
        registers.judge(JPN, raw)
    registers.keep()
    for raw in (jpn.say(ASK, 6).raw, b"?"):
        registers.judge(JPN, raw)
    registers.judge(KOR, kor.say(ASK, 5).raw)
    expected = {
        minute(0): [(JPN, 0, 1), (JPN, 2, 4), (JPN, 3, 6), (KOR, 0, 5)],
        minute(1): [(JPN, 2, 4), (JPN, 3, 6), (KOR, 0, 5)],
        minute(4): [(JPN, 3, 6), (KOR, 0, 5)],
        minute(5): [(JPN, 3, 6)],
        minute(6): [],
    }
    for after, rows in expected.items():
        found = list(registers.later_than(after))
        assert found == [(Place(party, index), minute(at)) for party, index, at in rows]
    assert registers.latest_at() == minute(6)
