# SPDX-License-Identifier: Apache-2.0
"""What is left over is destroyed once it has been so for long; what is damaged is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.basis.errors import EdgeError
from comity.basis.ids import Digest
from comity.basis.instants import DAY_MS
from comity.decision.house import allow_house_act
from comity.flows.documents import BEHIND, json_document
from comity.flows.housekeeping import sweep as sweep_flow
from comity.flows.housekeeping.scrubbing import BlobsChecked, scrub_blobs
from comity.flows.housekeeping.sweep import Swept, sweep, sweep_old
from comity.ports import Change
from tests.builders.world import JPN, KOR, Node, World, make_world, run

LEFT = b"what a crash left"
MONTH_MS = 30 * DAY_MS
NOTHING = Swept(0, 0)


def leave(node: Node, raw: bytes = LEFT) -> Digest:
    """Leave a payload and its key that nothing names, as a crash does."""
    stored = run(node.ports.blobs.write([raw]))
    run(node.ports.keys.keep_item_keys(((stored.digest, bytes(32)),)))
    return stored.digest


def held(node: Node) -> tuple[tuple[str, ...], tuple[Digest, ...]]:
    return run(node.ports.keys.custody_items()), run(node.ports.blobs.digests())


def swept(node: Node, days: int = 30) -> Swept:
    return run(sweep_old(node.context, days * DAY_MS))


def test_what_is_left_over_is_destroyed_when_it_has_been_so_for_long(released: World) -> None:
    node = released.jpn
    before = held(node)
    leave(node)
    assert swept(node) == NOTHING
    released.move(MONTH_MS - 1)
    assert swept(node) == NOTHING
    released.move(1)
    assert swept(node) == Swept(keys=1, blobs=1)
    assert held(node) == before
    assert node.journal()[-1]["act"] == "store.sweep"
    assert node.journal()[-1]["details"] == {"keys": 1, "blobs": 1}
    assert swept(node) == NOTHING


def test_the_days_count_from_when_it_was_first_seen_in_any_process(released: World) -> None:
    node = released.jpn
    leave(node)
    swept(node)
    released.move(MONTH_MS // 2)
    second = leave(node, b"left later")
    node.context.live.clear()
    assert swept(node) == NOTHING
    released.move(MONTH_MS // 2)
    assert swept(node) == Swept(keys=1, blobs=1)
    assert second in held(node)[1]


def test_what_anything_names_is_never_destroyed(released: World) -> None:
    released.jpn.draft([KOR])
    released.kor.draft([JPN])
    for node in (released.jpn, released.kor):
        before = held(node)
        assert swept(node) == NOTHING
        released.move(2 * MONTH_MS)
        assert swept(node) == NOTHING
        assert held(node) == before


def test_what_comes_to_be_named_meanwhile_is_forgotten(released: World) -> None:
    node = released.jpn
    left = leave(node)
    swept(node)
    run(node.ports.blobs.delete(left))
    run(node.ports.keys.erase_item_key(left))
    released.move(MONTH_MS)
    assert swept(node) == NOTHING
    leave(node)
    released.move(MONTH_MS)
    assert swept(node) == NOTHING  # it is seen for the first time now


def test_nothing_is_destroyed_while_a_restore_is_under_way(released: World) -> None:
    node = released.jpn
    leave(node)
    swept(node)
    released.move(MONTH_MS)
    behind = json_document(BEHIND, "register", {})
    change = Change(allowed_by=allow_house_act("test"), documents=(behind,))
    run(node.ports.store.commit(change))
    assert swept(node) == NOTHING
    assert len(held(node)[1]) == 5


def test_a_key_alone_and_a_blob_alone_are_destroyed(released: World) -> None:
    node = released.jpn
    run(node.ports.keys.keep_item_keys((("ab" * 32, bytes(32)),)))
    run(node.ports.blobs.write([LEFT]))
    assert run(sweep(node.context)) == Swept(keys=1, blobs=1)


def test_a_key_at_a_place_that_names_something_else_is_destroyed_and_the_right_one_stays(
    released: World,
) -> None:
    """So a crash leaves it, between custody and commit; so does one after the commit."""
    node = released.jpn
    before = held(node)
    (ref,) = (each for each in before[0] if f"/{JPN}/" in each)
    digest, _, place = ref.partition(" ")
    key = run(node.ports.keys.custody_item_key(ref))
    stray = f"{digest} {place[:-1]}{int(place[-1]) + 1}"
    run(node.ports.keys.keep_item_keys(((stray, key), (digest, key))))
    assert run(sweep(node.context)) == Swept(keys=2, blobs=0)
    assert held(node) == before


def test_no_more_is_remembered_than_a_document_holds(
    released: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep_flow, "_REMEMBERED_MAX", 2)
    node = released.jpn
    for each in range(3):
        leave(node, bytes([each]))
    swept(node)
    released.move(MONTH_MS)
    assert swept(node) == Swept(keys=2, blobs=2)
    swept(node)
    released.move(MONTH_MS)
    assert swept(node) == Swept(keys=1, blobs=1)


def test_registers_of_many_pages_are_read_whole(
    released: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep_flow, "_PAGE", 1)
    assert run(sweep(released.jpn.context)) == NOTHING


def test_whole_blobs_are_read_and_counted(released: World) -> None:
    digests = held(released.jpn)[1]
    sizes = [run(released.jpn.ports.blobs.size(each)) for each in digests]
    found = run(scrub_blobs(released.jpn.context))
    assert found == BlobsChecked(len(digests), sum(each or 0 for each in sizes), ())


def test_a_flipped_bit_a_cut_end_and_a_lost_sector_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with make_world(tmp_path, memory=False) as world:
        node = world.jpn
        flipped, cut, lost, whole = (leave(node, bytes([each]) * 70_000) for each in range(4))
        names = {path.name: path for path in tmp_path.rglob("*") if path.is_file()}
        for digest, damage in ((flipped, b"\x01" + bytes(69_999)), (cut, bytes(10))):
            path = next(each for name, each in names.items() if digest.endswith(name[-60:]))
            path.chmod(0o600)
            path.write_bytes(damage)
        read = node.ports.blobs.read

        async def reading(digest: Digest, offset: int = 0) -> object:
            if digest == lost:
                raise EdgeError("blobs.disk", "the disk failed")
            return await read(digest, offset)

        monkeypatch.setattr(node.ports.blobs, "read", reading)
        found = run(scrub_blobs(node.context))
        assert set(found.damaged) == {flipped, cut, lost}
        assert whole not in found.damaged
        assert found.blobs == 4


def test_a_blob_that_goes_while_it_is_read_is_no_damage(
    released: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = released.jpn.ports.blobs
    going = leave(released.jpn)
    digests = held(released.jpn)[1]
    run(blobs.delete(going))

    async def listed() -> tuple[Digest, ...]:
        return digests

    monkeypatch.setattr(blobs, "digests", listed)
    found = run(scrub_blobs(released.jpn.context))
    assert (found.blobs, found.damaged) == (len(digests) - 1, ())
