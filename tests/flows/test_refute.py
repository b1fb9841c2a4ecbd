# SPDX-License-Identifier: Apache-2.0
"""Claims to have seen what we never said: refuted once, and nothing waits behind them."""

from __future__ import annotations

from comity.basis.ids import Place
from comity.flows.recovery.restore import begin_restore
from comity.statement.information import AssuranceGive
from tests.builders.world import (
    A_YEAR,
    JPN,
    KOR,
    Node,
    World,
    compose_raw,
    enter_raw,
    run,
)


def claim(liar: Node, more: int = 3) -> Place:
    """Let KOR enter a statement that has seen more of JPN's register than JPN ever said."""
    draft = liar.write(AssuranceGive("SECRET", None, True, True, A_YEAR))
    raw = compose_raw(liar, draft, seen=lambda seen: {JPN: seen[JPN] + more})
    return enter_raw(liar, raw)


def bring(world: World, name: str) -> None:
    """Carry a disc from the liar, whose own node says nothing more."""
    packed = world.kor.pack(JPN, name)
    world.jpn.take(packed.names[0])


def test_a_claim_to_have_seen_what_we_never_said_is_refuted_and_stops_nothing(
    assured: World,
) -> None:
    jpn, kor = assured.jpn, assured.kor
    place, size = claim(kor), jpn.sizes()[JPN]
    bring(assured, "lie")
    (said,) = jpn.said("statement.reject")
    assert (said["party"], said["index"]) == (KOR, place.index)
    assert said["code"] == "statement.seen-refuted"
    assert len(said["entry"]) == 64
    assert jpn.sizes()[JPN] == size + 1
    assert jpn.view().waiting == ()
    # The liar's own node takes the refutation, and goes on as well.
    assured.carry(JPN, KOR)
    assert kor.view().waiting == ()
    kor.assure()
    assured.settle()
    assert assured.equal()
    assert len(jpn.said("statement.reject")) == 1


def test_what_comes_after_the_claim_is_judged_with_it(assured: World) -> None:
    claim(assured.kor)
    claim(assured.kor, more=9)
    bring(assured, "lies")
    assert len(assured.jpn.said("statement.reject")) == 2
    assert assured.jpn.view().waiting == ()
    assured.settle()
    assert assured.equal()


def test_a_node_that_was_restored_refutes_nothing(assured: World) -> None:
    claim(assured.kor)
    run(begin_restore(assured.jpn.context, "said"))
    bring(assured, "lie")
    assert assured.jpn.said("statement.reject") == []
    assert len(assured.jpn.view().waiting) == 1
