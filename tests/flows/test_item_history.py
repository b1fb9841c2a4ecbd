# SPDX-License-Identifier: Apache-2.0
"""What was said of one item: the newest is shown, whatever a partner says about it."""

from __future__ import annotations

import pytest

from comity.basis.ids import Place
from comity.decision.stages import Refused
from comity.flows import item_history
from comity.flows.item_history import History
from comity.flows.speak import draft_for
from comity.statement.cases import Affected, Certainty, Harm, IncidentReport
from tests.builders.world import GSOMIA, JPN, KOR, READER, World, compose_raw, enter_raw, run


def reported(world: World, item: Place) -> Place:
    """Let Korea report an incident of an item that Japan released."""
    kor, now = world.kor, world.kor.context.ports.clock.now()
    body = IncidentReport((Affected(item),), KOR, Harm.LOSS, Certainty.ACTUAL, now, now)
    place = enter_raw(kor, compose_raw(kor, draft_for(kor.context, kor.view(), body, to=(JPN,))))
    world.settle(1)
    return place


def history(world: World, item: Place) -> History:
    found = run(item_history.item_history(world.jpn.context, GSOMIA, item, READER))
    assert not isinstance(found, Refused)
    return found


def test_the_release_and_the_newest_are_shown_and_the_rest_is_counted(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = assured.jpn.release(KOR).place
    assured.settle()
    assured.kor.receipt(item)
    reports = [reported(assured, item) for _ in range(4)]
    whole = history(assured, item)
    assert {each.place for each in whole.said} >= {item, *reports}
    assert (whole.left_out, whole.is_cut) == (0, False)
    monkeypatch.setattr(item_history, "HISTORY_MAX", 3)
    some = history(assured, item)
    assert [each.place for each in some.said] == [item, *reports[-2:]]
    assert (some.left_out, some.is_cut) == (len(whole.said) - 3, False)


def test_where_there_is_too_much_to_look_at_the_oldest_is_left_out_and_it_is_said(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = assured.jpn.release(KOR).place
    assured.settle()
    reports = [reported(assured, item) for _ in range(4)]
    monkeypatch.setattr(item_history, "LOOKED_MAX", 2)
    found = history(assured, item)
    assert found.is_cut
    assert [each.place for each in found.said] == [item, *reports[-2:]]
