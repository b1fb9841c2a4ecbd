# SPDX-License-Identifier: Apache-2.0
"""Long chains of acts are followed as they grow and are taken back; short ones are walked."""

from collections.abc import Hashable

import pytest

from comity.basis.ids import PartyId, Place, digest_of
from comity.basis.instants import Instant
from comity.state.affairs import Act
from comity.state.sorted_acts import SHORT_MAX, SortedActs
from comity.state.tables import Chain

JPN = PartyId("JPN")
VERSION = digest_of(b"file")


def act(at: int, kind: str = "even") -> Act:
    return Act(kind, Place(JPN, at), Instant(at), (), VERSION, None)


def chain_of(*acts: Act, before: Chain[Act] | None = None) -> Chain[Act] | None:
    for each in acts:
        before = Chain(each, before)
    return before


def kind_of(act: Act) -> Hashable | None:
    return None if act.kind == "none" else act.kind


def first(
    known: SortedActs, chain: Chain[Act] | None, after: int | None, kind: str = "even"
) -> int | None:
    order = None if after is None else (after, "JPN", after)
    found = known.first("asked", chain, sort=kind_of, wanted=kind, after=order)
    return None if found is None else found.at


@pytest.mark.parametrize("short", [0, 1, SHORT_MAX])
def test_the_first_after_another_is_found_in_long_chains_as_in_short_ones(short: int) -> None:
    known = SortedActs(short)
    assert first(known, None, None) is None
    chain = chain_of(act(1), act(2, "odd"), act(3, "none"), act(4))
    assert [first(known, chain, after) for after in (None, 0, 1, 3, 4)] == [1, 1, 4, 4, None]
    assert [first(known, chain, after, "odd") for after in (None, 1, 2)] == [2, 2, None]
    assert first(known, chain, None, "other") is None


@pytest.mark.parametrize("short", [0, 1, SHORT_MAX])
def test_what_is_taken_back_is_found_no_more_and_what_is_said_again_is(short: int) -> None:
    known = SortedActs(short)
    begun = chain_of(act(1), act(2, "none"))
    assert first(known, chain_of(act(3, "none"), act(4), before=begun), 1) == 4
    assert first(known, begun, 1) is None
    late = chain_of(act(3), act(4, "none"), act(5, "odd"), before=begun)
    assert (first(known, late, 1), first(known, late, 3)) == (3, None)
    assert first(known, chain_of(act(1), act(2)), 1) == 2  # the same acts, said anew
    assert first(known, None, None) is None


def test_an_earlier_answer_that_is_put_down_later_stands_where_it_was_said() -> None:
    for short in (0, SHORT_MAX):
        assert first(SortedActs(short), chain_of(act(5), act(2)), None) == 2


def test_what_is_asked_apart_is_found_apart() -> None:
    known, chain = SortedActs(0), chain_of(act(1), act(2, "odd"))
    assert first(known, chain, None) == 1
    other = known.first("other", chain_of(act(7)), sort=kind_of, wanted="even", after=None)
    assert other is not None
    assert (other.at, first(known, chain, 1)) == (7, None)
