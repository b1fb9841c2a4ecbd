# SPDX-License-Identifier: Apache-2.0
"""When a partner was heard of last: whatever it said or signed newest, by wire or by disc."""

from __future__ import annotations

from comity.basis.ids import PartyId
from comity.basis.instants import DAY_MS, Instant
from comity.flows.last_heard import last_heard
from tests.builders.world import GSOMIA, KOR, World, run


def heard(world: World, live: Instant | None = None, party: PartyId = KOR) -> Instant | None:
    return run(last_heard(world.jpn.context, GSOMIA, party, live))


def test_a_statement_that_came_counts_though_nothing_of_ours_went_out(assured: World) -> None:
    assured.move(DAY_MS)
    before = heard(assured)
    assert before is not None
    assured.move(3 * DAY_MS)
    assert heard(assured) == before
    said = assured.kor.assure()
    assert heard(assured) == before
    assured.settle()
    after = heard(assured)
    assert after is not None
    assert after >= said.statement.at // 1000 * 1000
    assert after - before > 2 * DAY_MS


def test_a_cosignature_alone_counts(assured: World) -> None:
    before = heard(assured)
    assert before is not None
    assured.move(3 * DAY_MS)
    assured.jpn.release(KOR)
    assured.settle()
    after = heard(assured)
    assert after is not None
    assert after - before > 2 * DAY_MS


def test_what_is_dated_ahead_of_our_clock_counts_as_now(assured: World) -> None:
    now = assured.jpn.clock.now()
    assert heard(assured, Instant(now + DAY_MS)) == now


def test_of_who_was_never_heard_nothing_is_told(pinned: World) -> None:
    assert heard(pinned) is None
    assert heard(pinned, party=PartyId("USA")) is None
