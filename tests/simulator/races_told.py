# SPDX-License-Identifier: Apache-2.0
"""What a forwarder tells on, held against what was said where each item came from."""

from __future__ import annotations

from collections.abc import Mapping

from comity.basis.ids import AgreementId, Place
from comity.basis.instants import DAY_MS, Instant
from comity.state.queries import item_level, recalled_by
from comity.state.records import Item
from comity.state.state import State
from comity.statement.cases import Affected
from tests.simulator.cast import MORNING
from tests.simulator.invariants import demand
from tests.simulator.races_passed import FIRST, SECOND, Passed

_EVER = Instant(MORNING + 3650 * DAY_MS)
"""Later than all that is said in a race."""


def check_told(states: Mapping[AgreementId, State], passed: Passed) -> None:
    """Hold that whoever got an item on was told all that its originators said, and they of a loss.

    Raises:
        ViolationError: a level, a recall or a loss was not told on, or a loss was told twice.
    """
    first, second = states[FIRST.id], states[SECOND.id]
    for each, came, went in (
        (passed.level, first, second),
        (passed.recall, first, second),
        (passed.loss, first, second),
        (passed.level_in, second, first),
    ):
        here, there = _item(went, each.went), _item(came, each.came)
        levels = item_level(came, there, _EVER), item_level(went, here, _EVER)
        demand(levels[0] == levels[1], "a level was not told on", each.went, *levels)
        called = [bool(recalled_by(came, there)), bool(recalled_by(went, here))]
        demand(called[0] == called[1], "a recall was not told on", each.went, *called)
    lost = Affected(passed.loss.came)
    told = [each for each in first.incidents.values() if lost in each.report.affected]
    demand(len(told) == 1, "a loss was not told on once", passed.incident, len(told))


def _item(state: State, place: Place) -> Item:
    item = state.items.get(place)
    assert item is not None
    return item
