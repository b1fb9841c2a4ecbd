# SPDX-License-Identifier: Apache-2.0
"""Parcels and clear payloads that ride on a push, of entries held before or brought by it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.basis.ids import Place
from comity.flows.parcels import payloads_of
from comity.flows.serving.taking import follow_up
from comity.flows.view import statement_at
from comity.statement.treaty import AgreementAnnouncement
from comity.tlog.push import PushedParcel
from tests.builders.pushes import push, push_from
from tests.builders.world import A_YEAR, GSOMIA, JPN, KOR, Node, World, run


def held_size(world: World) -> int:
    return world.jpn.sizes()[KOR]


@pytest.fixture
def released(assured: World) -> tuple[World, Place, PushedParcel]:
    """Give a world in which KOR released an item to JPN, not pushed yet, and its parcel."""
    place = assured.kor.release(JPN).place
    raw = run(assured.kor.ports.store.parcel(assured.kor.view().heads[KOR].origin, place.index))
    if raw is None:
        raw = _from_blobs(assured.kor, place)
    return assured, place, PushedParcel(0, place.index, raw)


def _from_blobs(node: Node, place: Place) -> bytes:
    parts = payloads_of(run(statement_at(node.context, node.view(), place)))
    return b"".join(b"".join(run(node.ports.blobs.read(each.digest))) for each in parts)


def taken_in(world: World, place: Place) -> None:
    run(follow_up(world.jpn.context, GSOMIA))
    world.jpn.receipt(place)
    assert world.jpn.read(place)


def test_a_parcel_rides_on_the_push_after_its_entry(
    released: tuple[World, Place, PushedParcel],
) -> None:
    world, place, parcel = released
    assert push(world.jpn, push_from(world.kor, held_size(world))).status == 200
    sent = replace(push_from(world.kor, held_size(world)), parcels=(parcel,))
    reply = push(world.jpn, sent)
    assert (reply.status, reply.header("comity-refused")) == (200, None)
    taken_in(world, place)
    assert push(world.jpn, sent).status == 200


def test_a_parcel_that_comes_with_its_entry_is_taken_after_it(
    released: tuple[World, Place, PushedParcel],
) -> None:
    world, place, parcel = released
    sent = replace(push_from(world.kor, held_size(world)), parcels=(parcel,))
    assert push(world.jpn, sent).status == 200
    taken_in(world, place)


def test_a_parcel_that_is_another_is_told_and_the_rest_taken(
    released: tuple[World, Place, PushedParcel],
) -> None:
    world, place, parcel = released
    assert push(world.jpn, push_from(world.kor, held_size(world))).status == 200
    world.kor.declare(AgreementAnnouncement("news", A_YEAR, ""))
    sent = push_from(world.kor, held_size(world))
    other = parcel.raw[:-1] + bytes((parcel.raw[-1] ^ 1,))
    wrong = PushedParcel(0, place.index, other)
    without = PushedParcel(0, 0, b"an entry without one")
    reply = push(world.jpn, replace(sent, parcels=(without, wrong)))
    assert reply.status == 200
    assert reply.header("comity-refused") == f"0/{place.index}"
    assert held_size(world) == sent.end


def test_clear_payloads_are_kept_for_what_names_them_and_nothing_else(pinned: World) -> None:
    pinned.kor.propose()
    (file,) = pinned.kor.view().files.values()
    entry = push_from(pinned.kor, 0)
    stray = PushedParcel(0, 0, b"not the file")
    assert push(pinned.jpn, replace(entry, parcels=(stray,))).status == 200
    assert pinned.jpn.view().files == {}
    sent = replace(push_from(pinned.kor, 1), parcels=(PushedParcel(0, 0, file.raw),))
    assert push(pinned.jpn, sent).status == 200
    assert list(pinned.jpn.view().files) == [file.sha256]
