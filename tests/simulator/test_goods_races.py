# SPDX-License-Identifier: Apache-2.0
"""Two acts on one order at once, and every act on goods against what ends or changes an agreement.

Each in two interleavings here, and in two hundred in `make torture` (`COMITY_RACES` says how many).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from comity.basis.errors import StateError
from comity.statement.deliveries import DELIVERY_KINDS, ClaimNotice
from comity.statement.orders import ORDER_KINDS
from comity.statement.settlements import SETTLEMENT_KINDS
from tests.simulator.goods_races import GOODS_ACTS, GOODS_EVENTS, PAIRS, race_event, race_pair
from tests.simulator.program import ViolationError
from tests.simulator.races_law import cites

SEEDS = 2
TORTURE_SEEDS = int(os.environ.get("COMITY_RACES", "200"))
ENOUGH = 50
"""Of so many interleavings one at least comes out in each way that it may."""

ENDED_FIRST = {"ask", "accept"}
"""What is over once an agreement has ended: nothing more is ordered, and what was goes on."""

NEVER_ALONE = {"claim"}
"""What the debtor says settles nothing before the creditor confirms it."""


def shown(race: Callable[[], Any], name: str) -> Any:
    try:
        return race()
    except Exception as err:
        pytest.fail(f"{name}: {type(err).__name__} {err}", pytrace=False)


def raced(name: str, seeds: int) -> Counter[tuple[bool, bool]]:
    return Counter(shown(partial(race_pair, name, seed), f"{name}/{seed}") for seed in range(seeds))


def met(event: str, seed: int) -> dict[str, bool | None]:
    """Race an event; what it does not end goes on, and counts."""
    done: dict[str, bool | None] = shown(partial(race_event, event, seed), f"{event}/{seed}")
    stopped = ENDED_FIRST if event == "ended" else set()
    assert {each for each in done if not done[each]} <= stopped | NEVER_ALONE, (event, seed, done)
    return done


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("name", PAIRS)
def test_two_acts_on_one_order_have_one_outcome_on_both_nodes(name: str) -> None:
    raced(name, SEEDS)


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("event", GOODS_EVENTS)
def test_what_ends_or_changes_an_agreement_has_one_outcome_for_every_act_on_goods(
    event: str,
) -> None:
    for seed in range(SEEDS):
        met(event, seed)
    known = race_event(event, 0, first="")
    refused = {act for act, counts in known.items() if counts is None}
    assert refused == (ENDED_FIRST if event == "ended" else set())
    assert {act for act, counts in known.items() if counts is False} == NEVER_ALONE


@pytest.mark.torture
@pytest.mark.parametrize("name", PAIRS)
def test_two_hundred_interleavings_of_two_acts_on_one_order(name: str) -> None:
    ends = raced(name, TORTURE_SEEDS)
    assert ends.keys() == PAIRS[name].ends or TORTURE_SEEDS < ENOUGH, f"never otherwise: {ends}"


@pytest.mark.torture
@pytest.mark.parametrize("event", GOODS_EVENTS)
def test_two_hundred_interleavings_of_each_event_with_every_act_on_goods(event: str) -> None:
    done = Counter(
        (act, counts is True)
        for seed in range(TORTURE_SEEDS)
        for act, counts in met(event, seed).items()
    )
    if event == "ended" and TORTURE_SEEDS >= ENOUGH:
        alike = [act for act in ENDED_FIRST if not done[act, True] or not done[act, False]]
        assert not alike, f"every race ended alike: {alike}"


def test_every_kind_on_goods_that_a_person_can_say_is_raced() -> None:
    """All but the notice of a claim, which a node enters with the receipt."""
    kinds = {each.KIND for each in (*ORDER_KINDS, *DELIVERY_KINDS, *SETTLEMENT_KINDS)}
    assert {each.kind for each in GOODS_ACTS.values()} == kinds - {ClaimNotice.KIND}


def test_the_law_notices_a_no_that_names_nothing() -> None:
    with pytest.raises(ViolationError):
        cites(StateError("code", "words"))
