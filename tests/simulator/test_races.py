# SPDX-License-Identifier: Apache-2.0
"""What ends or changes races what is done: one outcome on both nodes, by an article or a field.

Each event meets every act in one interleaving here, and in two hundred in `make torture`
(`COMITY_RACES` says how many).
"""

import os
from collections import Counter

import pytest

from comity.agreement.acts import Action
from comity.basis.errors import ComityError
from comity.decision.stages import Refused
from comity.statement.deliveries import DELIVERY_KINDS
from comity.statement.kinds import SPOKEN_KINDS
from comity.statement.orders import ORDER_KINDS
from comity.statement.settlements import SETTLEMENT_KINDS
from tests.simulator.program import ViolationError
from tests.simulator.races import Done, Told, is_done, run_race
from tests.simulator.races_events import EVENTS
from tests.simulator.races_law import hold
from tests.simulator.races_table import (
    ACTS,
    ALONE,
    BY_ITSELF,
    CROWDS,
    FORETOLD,
    NEVER,
    OVERTAKEN,
    STOPS,
    WIDENS,
    words_of,
)
from tests.simulator.remembered import reading_once

TORTURE_SEEDS = int(os.environ.get("COMITY_RACES", "200"))
ENOUGH = 50
"""Of so many interleavings one at least comes out the other way."""


def race(event: str, acts: tuple[str, ...], seed: int) -> dict[str, Told]:
    try:
        told = run_race(event, acts, seed)
        hold(event, told)
    except Exception as err:
        name = f"{event}/{'+'.join(acts)}/{seed}"
        pytest.fail(f"{name}: {type(err).__name__} {err}", pytrace=False)
    return told


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("event", EVENTS)
def test_whatever_comes_first_there_is_one_outcome(event: str) -> None:
    with reading_once():
        for acts in CROWDS[event]:
            race(event, acts, 0)


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("event", EVENTS)
def test_what_an_event_stops_is_refused_once_it_is_known_and_nothing_else_is(event: str) -> None:
    told = run_race(event, FORETOLD, 0, first="event")
    hold(event, told)
    refused = {act for act, each in told.items() if not is_done(each.act)}
    assert refused == STOPS[event] | NEVER.get(EVENTS[event].ending, frozenset())


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("event", WIDENS)
def test_what_an_event_makes_possible_is_refused_before_it_is_known(event: str) -> None:
    told = run_race(event, FORETOLD, 0, first="acts")
    hold(event, told)
    refused = {act for act, each in told.items() if not is_done(each.act)}
    assert refused == WIDENS[event] | NEVER.get(EVENTS[event].ending, frozenset())


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize(("event", "act"), [(e, act) for e in OVERTAKEN for act in OVERTAKEN[e]])
def test_what_an_event_overtakes_is_told_on_before_it_and_not_after(event: str, act: str) -> None:
    for first in ("event", "acts"):
        told = run_race(event, (act,), 0, first=first)
        hold(event, told)
        assert is_done(told[act].act) == (first == "acts")


@pytest.mark.torture
@pytest.mark.parametrize("event", EVENTS)
def test_two_hundred_interleavings_of_each_event_with_all_acts(event: str) -> None:
    for acts in CROWDS[event]:
        with reading_once():
            done = Counter(
                (act, is_done(each.act) and each.article is None)
                for seed in range(TORTURE_SEEDS)
                for act, each in race(event, acts, seed).items()
            )
        if TORTURE_SEEDS >= ENOUGH:
            decided = (STOPS[event] | WIDENS.get(event, frozenset())) & set(acts)
            if len(acts) == 1:
                decided |= OVERTAKEN.get(event, frozenset()) & set(acts)
            alike = [act for act in decided if not done[act, True] or not done[act, False]]
            assert not alike, f"every race ended alike: {alike}"


@pytest.mark.torture
@pytest.mark.parametrize(("event", "act"), ALONE)
def test_two_hundred_interleavings_of_two_alone(event: str, act: str) -> None:
    with reading_once():
        told = [race(event, (act,), seed)[act] for seed in range(TORTURE_SEEDS)]
    done = Counter(is_done(each.act) and each.article is None for each in told)
    assert len(done) == 2 or TORTURE_SEEDS < ENOUGH, f"every race ended alike: {done}"


def test_the_law_notices_what_it_is_there_for() -> None:
    said = Done("item.open", "low", None, held=True)
    for act, wrong in (
        ("open", Told(Refused("open", ()), None)),
        ("release", Told(ComityError("code", "nothing"), None)),
        ("open, cleared low", Told(None, None, done=(said,))),
        ("open", Told(None, None, opens_low=(None,))),
        ("release", Told(None, None)),
    ):
        with pytest.raises(ViolationError):
            hold("raised", {act: wrong})
    early = Done("item.open", "low", None, held=False)
    with pytest.raises(ViolationError, match="does not hold what allows it"):
        hold("lowered", {"open, cleared low": Told(None, None, done=(early,))})


def test_every_event_meets_every_act() -> None:
    assert set(CROWDS) == set(STOPS) == set(EVENTS)
    for event, crowds in CROWDS.items():
        assert set().union(*crowds) == set(ACTS), event
        assert STOPS[event] | WIDENS.get(event, frozenset()) <= set(FORETOLD), event


def test_every_kind_that_a_person_can_say_is_raced() -> None:
    """All but the first text: it is put on the table before there is anything to end or change.

    What is said on goods is raced by itself (`test_goods_races`).
    """
    said = {each.kind for each in ACTS.values()}
    goods = {each.KIND for each in (*ORDER_KINDS, *DELIVERY_KINDS, *SETTLEMENT_KINDS)}
    assert SPOKEN_KINDS.keys() - said - BY_ITSELF - goods == {"agreement.propose"}
    assert said & {"agreement.amend", "agreement.counter"}, "what is put on the table later"
    assert {each.kind for each in EVENTS.values()} - {None} <= said | {"party.card"}


def test_every_action_that_a_node_decides_is_raced() -> None:
    """All but those that no flow asks about, as `comity decide` alone does, and those on goods."""
    decided = {action for each in ACTS.values() for action in each.actions}
    flows = words_of("flows")
    asked = {
        each for each in Action if f"Action.{each.name}." in flows or f'action="{each}"' in flows
    }
    assert decided == asked
    goods = {"order", "approve_order", "deliver", "transfer_goods", "settle"}
    assert {each.value for each in set(Action) - decided} == goods | {"transmit", "use"}
