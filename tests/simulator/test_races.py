# SPDX-License-Identifier: Apache-2.0
"""What ends or changes races what is done: one outcome on both nodes, by an article or a field.

Each pair has a few interleavings here, and two hundred in `make torture` (`COMITY_RACES` says how
many).
"""

import os
from collections import Counter

import pytest

from comity.basis.errors import ComityError
from comity.decision.stages import Refused
from tests.simulator.invariants import demand
from tests.simulator.program import ViolationError
from tests.simulator.races import Told, is_done, run_race
from tests.simulator.races_acts import ACTS, EVENTS, MEETS, PAIRS, STOPS
from tests.simulator.races_law import hold

SEEDS_OF_STOPPED, SEEDS_OF_OTHERS = 2, 1
TORTURE_SEEDS = int(os.environ.get("COMITY_RACES", "200"))


def race(event: str, act: str, seeds: range) -> list[Told]:
    told = []
    for seed in seeds:
        try:
            told.append(run_race(event, act, seed))
            hold(event, act, told[-1])
        except Exception as err:
            pytest.fail(f"{event}/{act}/{seed}: {type(err).__name__} {err}", pytrace=False)
    return told


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("event", MEETS)
def test_whatever_comes_first_there_is_one_outcome(event: str) -> None:
    for act in MEETS[event]:
        race(event, act, range(SEEDS_OF_STOPPED if act in STOPS[event] else SEEDS_OF_OTHERS))


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("event", MEETS)
def test_what_an_event_stops_is_refused_once_it_is_known_and_nothing_else_is(event: str) -> None:
    for act in MEETS[event]:
        told = run_race(event, act, 0, apart=True)
        hold(event, act, told)
        no_copy = (event, act) == ("lowered", "open a copy, cleared low")  # it is another's
        assert is_done(told.act) != (act in STOPS[event] or no_copy), (act, told.act)


@pytest.mark.torture
@pytest.mark.parametrize(("event", "act"), PAIRS)
def test_two_hundred_interleavings_of_each_pair(event: str, act: str) -> None:
    told = race(event, act, range(TORTURE_SEEDS))
    if act in STOPS[event]:
        done = Counter(is_done(each.act) and each.article is None for each in told)
        assert len(done) == 2 or TORTURE_SEEDS < 50, f"every race of {act} ended alike: {done}"


def test_the_law_notices_what_it_is_there_for() -> None:
    for act, wrong in (
        ("open", Told(Refused("open", ()), None)),
        ("release", Told(ComityError("code", "nothing"), None)),
        ("open, cleared low", Told(None, None, done=(("item.open", True),))),
        ("open", Told(None, None, opens_low=(None,))),
        ("release", Told(None, None)),
    ):
        with pytest.raises(ViolationError):
            hold("raised", act, wrong)


def test_every_act_meets_an_event_and_every_event_stops_or_widens_something() -> None:
    demand({act for _, act in PAIRS} == set(ACTS), "an act meets nothing")
    demand(set(MEETS) == set(STOPS) == set(EVENTS), "an event has no row")
    assert all(stopped <= set(MEETS[event]) for event, stopped in STOPS.items())
