# SPDX-License-Identifier: Apache-2.0
"""The floor of the wire brings the recipient every content, and checks what it is given."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from bench.bare_exchange import BareParty
from bench.bare_wire import BareLog, BareWire
from bench.measuring import Limits, Row, Timing
from bench.wire_items import Watch
from bench.wire_speed import floor
from comity.tlog.tree import EMPTY_EDGE, append_leaves, edge_root, leaf_hash


def test_the_floor_brings_the_recipient_every_content() -> None:
    wire, items = BareWire(), Watch().items(3)
    assert wire.exchange(items) == [each.content for each in items]
    assert wire.exchange(items[:1]) == [items[0].content]
    wire.receipt(3)
    assert floor(wire, 1) > 0


def test_the_floor_signs_the_root_of_the_specification() -> None:
    log, entries = BareLog(BareParty()), [b"%d" % number for number in range(11)]
    for size, entry in enumerate(entries, 1):
        log.add(entry)
        grown = append_leaves(EMPTY_EDGE, [leaf_hash(each) for each in entries[:size]]).edge
        assert log.size == grown.size
        assert log.root() == edge_root(grown)


def test_the_floor_takes_no_other_parcel() -> None:
    wire = BareWire()
    (item,) = Watch().items(1)
    entry, head, sealed = wire.release(item)
    stated = json.loads(entry)["body"]
    assert stated["sealed"] == {"sha256": sha256(sealed).hexdigest(), "size": len(sealed)}
    assert stated["label"]["category"] == item.kind.category
    with pytest.raises(AssertionError):
        wire.arrive(entry, head, sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_a_figure_is_held_to_its_limits() -> None:
    row = Row(name="flushes", taken=Timing(0, 0), figure=3, limits=Limits(figure_max=3))
    assert row.holds()
    assert not Row(name="f", taken=Timing(0, 0), figure=3, limits=Limits(figure_min=4)).holds()
    assert not Row(name="f", taken=Timing(0, 0), limits=Limits(figure_max=4)).holds()
