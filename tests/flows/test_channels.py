# SPDX-License-Identifier: Apache-2.0
"""An item travels only by the ways that the agreement lists, whoever sends it and takes it.

Source: AGREEMENTS 3 (`channel`); Japan-ROK GSOMIA Art. 9, 12(c)
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.ids import Place
from comity.decision.stages import Refused
from comity.flows import delivery_load
from comity.flows.channels import WAY_NOT_ALLOWED, may_travel, usual_channel
from comity.flows.courier import loads as courier_load
from comity.flows.listing import ItemRow, show_item
from comity.ports import WireRequest
from tests.builders.world import (
    GSOMIA,
    JPN,
    KOR,
    MARKING,
    OFFICER,
    TEXT,
    Node,
    World,
    run,
)
from tests.delivery.wires import simulate, wire_up

EITHER = b'allowed = ["node", "courier"]'
EARLY = b'parcel_before_acknowledgement = ["courier"]\n'
BY_COURIER, BY_NODE = b'allowed = ["courier"]', b'allowed = ["node"]'
LARGE = (b"\x5a" * 100_000,)


def worded(allowed: bytes, *, clauses: int = 2) -> bytes:
    """Word the channel clauses so; the first one, or both."""
    raw = template(GSOMIA)
    assert raw.count(EITHER) == 2
    if allowed == BY_NODE:
        raw = raw.replace(EARLY, b"")
    return raw.replace(EITHER, allowed, clauses)


def begin(world: World, raw: bytes) -> None:
    world.sign(raw)
    world.kor.assure()
    world.jpn.assure()
    world.settle()


def deliver(world: World) -> None:
    wires = wire_up(world)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        await wires.stop()

    simulate(story)


def shown(node: Node, place: Place) -> ItemRow:
    row = run(show_item(node.context, GSOMIA, place, OFFICER))
    assert isinstance(row, ItemRow)
    return row


def send_by_any_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let senders do what the agreement does not let them; receivers check all the same."""

    def any_way(*_: object) -> bool:
        return True

    for sender in (delivery_load, courier_load):
        monkeypatch.setattr(sender, "may_travel", any_way)


@pytest.mark.parametrize("content", [(TEXT,), LARGE])
@pytest.mark.parametrize("clauses", [1, 2])
def test_what_goes_by_courier_alone_waits_for_a_disc(
    pinned: World, content: tuple[bytes, ...], clauses: int
) -> None:
    begin(pinned, worded(BY_COURIER, clauses=clauses))
    place = pinned.jpn.release(KOR, content=content).place
    deliver(pinned)
    assert pinned.kor.sizes()[JPN] > place.index
    row = shown(pinned.kor, place)
    assert not row.held
    assert not row.refusals
    assert row.disc_only is not None
    assert "Art. 9" in row.disc_only
    assert pinned.equal()
    pinned.settle()
    assert shown(pinned.kor, place).held
    pinned.kor.receipt(place, MARKING[KOR])
    assert pinned.kor.read(place) == b"".join(content)


@pytest.mark.parametrize("content", [(TEXT,), LARGE])
def test_what_goes_by_the_wire_alone_is_let_in_and_no_disc_has_it(
    pinned: World, content: tuple[bytes, ...]
) -> None:
    begin(pinned, worded(BY_NODE))
    place = pinned.jpn.release(KOR, content=content, channel="node").place
    pinned.settle()
    row = shown(pinned.kor, place)
    assert not row.held
    assert not row.refusals
    assert row.disc_only is None
    deliver(pinned)
    pinned.kor.receipt(place, MARKING[KOR])
    assert pinned.kor.read(place) == b"".join(content)
    deliver(pinned)
    assert not shown(pinned.jpn, place).refusals
    assert pinned.equal()


@pytest.mark.parametrize("content", [(TEXT,), LARGE])
def test_a_parcel_that_comes_over_the_wire_against_the_agreement_is_refused(
    pinned: World, monkeypatch: pytest.MonkeyPatch, content: tuple[bytes, ...]
) -> None:
    begin(pinned, worded(BY_COURIER))
    send_by_any_way(monkeypatch)
    place = pinned.jpn.release(KOR, content=content).place
    wires = wire_up(pinned)

    async def story() -> None:
        await wires.start()
        await wires.until(lambda: was_refused(wires[KOR].seen, len(content[0])), limit_s=60)
        await wires.stop()

    simulate(story)
    assert pinned.kor.sizes()[JPN] > place.index
    row = shown(pinned.kor, place)
    assert not row.held
    assert not row.refusals


def was_refused(seen: Sequence[tuple[WireRequest, int]], size: int) -> bool:
    """Answer whether a large parcel was refused; of small ones a line only counts them."""
    if size < len(LARGE[0]):
        return len(seen) > 2
    return any(status == 403 for _, status in seen)


def test_a_parcel_that_comes_by_disc_against_the_agreement_is_refused(
    pinned: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(pinned, worded(BY_NODE))
    send_by_any_way(monkeypatch)
    place = pinned.jpn.release(KOR, channel="node").place
    taken = [pinned.carry(one, other) for one, other in ((JPN, KOR), (KOR, JPN), (JPN, KOR))]
    told = [line for each in taken for line in each.not_by_courier]
    assert told
    assert told[0].startswith(f"{GSOMIA}/{place}: {WAY_NOT_ALLOWED}")
    assert "Art. 9" in told[0]
    row = shown(pinned.kor, place)
    assert not row.held
    assert not row.refusals


def test_where_both_ways_are_listed_a_disc_and_the_wire_both_carry(assured: World) -> None:
    one = assured.jpn.release(KOR).place
    assured.settle()
    assert shown(assured.kor, one).held
    other = assured.jpn.release(KOR).place
    deliver(assured)
    assert shown(assured.kor, other).held
    assert shown(assured.kor, other).disc_only is None


@pytest.mark.parametrize(
    ("allowed", "usual"),
    [(EITHER, "node"), (BY_COURIER, "courier"), (BY_NODE, "node")],
)
def test_where_nobody_names_a_way_it_is_the_one_by_which_it_goes(
    allowed: bytes, usual: str
) -> None:
    assert usual_channel(read_agreement(worded(allowed))) == usual


@pytest.mark.parametrize("allowed", [EITHER, BY_COURIER, BY_NODE])
def test_a_release_that_names_no_way_is_not_refused_for_it(pinned: World, allowed: bytes) -> None:
    begin(pinned, worded(allowed))
    assert pinned.jpn.release(KOR)


def test_an_item_of_another_way_than_both_is_refused_at_the_release(pinned: World) -> None:
    begin(pinned, worded(BY_COURIER))
    refused = pinned.jpn.draft((KOR,), channel="node")
    assert isinstance(refused, Refused)
    assert {each.clause for each in refused.findings} == {"channel"}


def test_what_is_no_item_goes_by_any_way(pinned: World) -> None:
    begin(pinned, worded(BY_COURIER))
    statement = pinned.jpn.assure().statement
    assert may_travel(pinned.jpn.view(), statement, "node")
