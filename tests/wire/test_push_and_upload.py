# SPDX-License-Identifier: Apache-2.0
"""A push and an upload of one register: they pass through one another, or a fork is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from comity.tlog.mirror_sizes import MirrorInfo
from tests.builders.pushes import push, push_from
from tests.builders.uploads import (
    add_checkpoint,
    add_entries,
    checkpoint_body,
    evidence,
    fill,
    held,
    is_receipt,
    pending,
    push_between,
    told,
    upload_body,
)
from tests.builders.world import Node, World


def test_a_push_that_reaches_a_pending_checkpoint_passes_through_it(
    announced: tuple[World, int, int],
) -> None:
    world, start, end = announced
    fill(world.kor, 5)
    reply = push(world.jpn, push_from(world.kor, start))
    assert reply.status == 200
    assert pending(world.jpn) == []
    assert told(add_entries(world.jpn, upload_body(world.kor, start, end)), 409).next_entry > end


def test_a_push_goes_on_from_an_upload_that_stopped(announced: tuple[World, int, int]) -> None:
    world, start, end = announced
    told(add_entries(world.jpn, upload_body(world.kor, start, end, count=1)), 202)
    reply = push(world.jpn, push_from(world.kor, 256))
    assert reply.status == 200
    assert is_receipt(world, end, reply.body)


def test_an_empty_push_gives_a_checkpoint_to_an_upload_that_stopped(
    announced: tuple[World, int, int],
) -> None:
    world, start, end = announced
    told(add_entries(world.jpn, upload_body(world.kor, start, end, count=1)), 202)
    reply = push(world.jpn, push_between(world.kor, 256, 256))
    assert reply.status == 200
    assert is_receipt(world, 256, reply.body)


def test_a_push_short_of_a_pending_checkpoint_is_taken_and_the_checkpoint_met_later(
    announced: tuple[World, int, int],
) -> None:
    world, start, end = announced
    assert push(world.jpn, push_between(world.kor, start, start + 10)).status == 200
    assert [each.rpartition("/")[2] for each in pending(world.jpn)] == ["shown"]
    late = upload_body(world.kor, start + 10, end)
    said = told(add_entries(world.jpn, late, by=world.kor), 409)
    assert said == MirrorInfo(start + 10, start + 10)
    again = checkpoint_body(world.kor, start + 10, end)
    assert add_checkpoint(world.jpn, again).status == 200
    assert add_entries(world.jpn, upload_body(world.kor, start + 10, end)).status == 200
    assert pending(world.jpn) == []


def test_of_checkpoints_that_are_only_met_a_few_are_kept(long: tuple[World, int, int]) -> None:
    world, start, end = long
    for step in range(12):
        body = checkpoint_body(world.kor, start + step, end - 20 + step)
        assert add_checkpoint(world.jpn, body).status == 200
        between = push_between(world.kor, start + step, start + step + 1)
        assert push(world.jpn, between).status == 200
    assert len(pending(world.jpn)) == 8


@pytest.fixture
def forked(long: tuple[World, int, int], tmp_path: Path) -> tuple[World, Node, int]:
    """Give a world, KOR's twin that tells another story from JPN's size on, and that size."""
    world, start, _ = long
    twin = world.copy(tmp_path / "twin").kor
    fill(world.kor, 20, "one")
    fill(twin, 20, "other")
    assert add_checkpoint(world.jpn, checkpoint_body(world.kor, start, start + 720)).status == 200
    return world, twin, start


def test_a_push_past_a_pending_checkpoint_by_another_way_is_kept_as_evidence(
    forked: tuple[World, Node, int],
) -> None:
    world, twin, start = forked
    assert push(world.jpn, push_from(twin, start)).status == 422
    assert evidence(world.jpn) == 1
    assert held(world) == start
    for reply in (
        push(world.jpn, push_from(world.kor, start)),
        add_entries(world.jpn, upload_body(world.kor, start, start + 720)),
        add_checkpoint(world.jpn, checkpoint_body(world.kor, start, start + 720)),
    ):
        assert reply.status == 422
    assert held(world) == start


def test_a_fork_hidden_behind_short_pushes_is_found_where_it_reaches_the_checkpoint(
    forked: tuple[World, Node, int],
) -> None:
    world, twin, start = forked
    assert push(world.jpn, push_between(twin, start, start + 710)).status == 200
    late = upload_body(world.kor, start + 710, start + 720)
    told(add_entries(world.jpn, late, by=world.kor), 409)
    assert push(world.jpn, push_between(twin, start + 710, start + 720)).status == 422
    assert evidence(world.jpn) == 1
    assert held(world) == start + 710


def test_two_roots_of_one_pending_size_are_kept_as_evidence(
    forked: tuple[World, Node, int],
) -> None:
    world, twin, start = forked
    size = start + 720
    body = replace(checkpoint_body(twin, size, size), old_size=size)
    assert add_checkpoint(world.jpn, body).status == 422
    assert evidence(world.jpn) == 1


def test_an_upload_survives_a_restart_between_its_packages(
    two_nodes: World,
) -> None:
    end = fill(two_nodes.kor, 300)
    assert add_checkpoint(two_nodes.jpn, checkpoint_body(two_nodes.kor, 0, end)).status == 200
    body = upload_body(two_nodes.kor, 0, end, count=1)
    assert told(add_entries(two_nodes.jpn, body), 202) == MirrorInfo(end, 256)
    two_nodes.jpn.context.live.clear()
    two_nodes.jpn.context.live.clear()
    reply = add_entries(two_nodes.jpn, upload_body(two_nodes.kor, 256, end))
    assert reply.status == 200
    assert is_receipt(two_nodes, end, reply.body)
