# SPDX-License-Identifier: Apache-2.0
"""What is measured of the fold counts in full, and a late statement ends in the same state."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from bench.every_kind import STORIES, tell_every_kind
from bench.fold_speed import Traffic, every_kind, exchanges, late_ones
from comity.statement.kinds import SPOKEN_KINDS

BOTH = pytest.mark.parametrize("traffic", [exchanges(), every_kind()], ids=["exchanges", "every"])
OF_ALL = 1_500
"""So many statements hold every story at least once."""
GOODS = {"order", "delivery", "claim", "invoice", "settlement", "balance"}
OF_INFORMATION = {kind for kind in SPOKEN_KINDS if kind.partition(".")[0] not in GOODS}


@BOTH
def test_every_measured_statement_counts(traffic: Traffic) -> None:
    fold, _ = traffic.filled(OF_ALL)
    assert len(fold) == OF_ALL
    assert dict(fold.state.uncounted.items()) == {}


def test_half_of_the_exchanges_are_items_and_half_are_receipts() -> None:
    fold, _ = exchanges().filled(205)
    assert (len(fold.state.items), len(fold.state.receipts)) == (100, 100)


def test_every_kind_of_the_vocabulary_of_information_is_measured() -> None:
    told = islice(tell_every_kind(0), OF_ALL)
    assert {statement.kind for _, statement in told} == OF_INFORMATION


def test_most_of_every_kind_are_releases_and_receipts_as_on_a_real_node() -> None:
    told = Counter(statement.kind for _, statement in islice(tell_every_kind(0), OF_ALL, 10_000))
    exchanged = told["item.release"] + told["item.receipt"]
    assert 0.7 < exchanged / told.total() < 0.8
    assert len(told) > len(OF_INFORMATION) * 0.9  # and the rest goes on, however rare
    assert all(share > 0 for _, share in STORIES)


@BOTH
def test_inserting_one_by_one_as_measured_ends_as_folding_at_once_does(traffic: Traffic) -> None:
    fold, further = traffic.filled(OF_ALL)
    for place, statement in islice(further, 40):
        fold.insert(place, statement)
    assert fold.export() == traffic.filled(OF_ALL + 40)[0].export()


@BOTH
def test_a_measured_late_statement_ends_as_if_it_had_come_in_order(traffic: Traffic) -> None:
    late = late_ones(traffic, OF_ALL - 50, 3)
    fold, _ = traffic.filled(OF_ALL)
    for place, statement in late:
        fold.insert(place, statement)
    in_order, further = traffic.filled(OF_ALL - 50)
    in_order.extend(late)
    in_order.extend(islice(further, 50))
    assert dict(fold.state.uncounted.items()) == {}
    assert fold.export() == in_order.export()


def test_the_same_seed_tells_the_same_and_another_another() -> None:
    first, again, other = (list(islice(tell_every_kind(seed), 300)) for seed in (1, 1, 2))
    assert first == again
    assert first != other
