# SPDX-License-Identifier: Apache-2.0
"""Speaking together: each decided after the one before, all in one commit, signed only after."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from comity.basis.errors import EdgeError, StateError
from comity.basis.ids import AgreementId
from comity.flows.context import TOGETHER_MAX
from comity.flows.documents import PERSON, json_document
from comity.flows.mirror import take_cosignature
from comity.flows.signing import checkpoint_of, settle
from comity.flows.speak import Entered, Utterance, draft_for, house_act
from comity.flows.speaker import say
from comity.flows.turns import glimpse, turn
from comity.flows.view import View
from comity.ports import BasisMoved, Change, Committed
from comity.statement.trust import JournalAnchor
from comity.tlog.checkpoints import parse_checkpoint
from tests.builders.world import GSOMIA, JPN, Node, World, run


def anchoring(node: Node, number: int) -> Any:
    async def prepare(view: View) -> Utterance:
        draft = draft_for(node.context, view, JournalAnchor(f"{number:064x}", None))  # type: ignore[arg-type] # a digest
        return Utterance(draft, house_act("journal.anchor"))

    return prepare


async def say_many(node: Node, count: int) -> list[Any]:
    saying = (say(node.context, GSOMIA, anchoring(node, each)) for each in range(count))
    return list(await asyncio.gather(*saying, return_exceptions=True))


def count_commits(node: Node, monkeypatch: pytest.MonkeyPatch) -> list[Change]:
    changes: list[Change] = []
    commit = node.ports.store.commit

    async def counted(change: Change) -> Committed:
        changes.append(change)
        return await commit(change)

    monkeypatch.setattr(node.ports.store, "commit", counted)
    return changes


def test_as_many_as_fit_go_into_one_commit(
    in_force: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = in_force.jpn
    changes = count_commits(node, monkeypatch)
    said = run(say_many(node, TOGETHER_MAX + 6))
    assert all(isinstance(each, Entered) for each in said)
    assert [len(each.entries[0].entries) for each in changes if each.entries] == [TOGETHER_MAX, 6]
    for each in changes:
        if each.entries:
            assert isinstance(each.allowed_by, tuple)
            assert len(each.journal) == len(each.allowed_by)


def test_the_checkpoint_is_signed_and_kept_with_what_is_committed_next(in_force: World) -> None:
    node = in_force.jpn

    async def act() -> None:
        await say_many(node, 3)
        view = await glimpse(node.context, GSOMIA)
        head = view.heads[JPN]
        assert await node.ports.store.checkpoint(head.origin, head.size) is None
        note = await checkpoint_of(node.context, view, head.size)
        assert note is not None
        assert parse_checkpoint(note.raw).checkpoint.root_hash == head.root_hash
        await say_many(node, 1)
        assert await node.ports.store.checkpoint(head.origin, head.size) == note

    run(act())


def test_what_is_signed_is_kept_when_nothing_follows(in_force: World) -> None:
    node = in_force.jpn

    async def act() -> None:
        await say_many(node, 1)
        async with turn(node.context, GSOMIA) as view:
            await settle(node.context, view)
            head = view.heads[JPN]
            assert not view.notes
            assert await node.ports.store.checkpoint(head.origin, head.size) is not None
            await settle(node.context, view)

    run(act())


def test_a_crash_before_the_signature_is_kept_costs_nothing(in_force: World) -> None:
    """Another process signs the same size again, over the same root."""
    node = in_force.jpn
    run(say_many(node, 2))
    node.context.live.clear()
    in_force.settle()
    assert in_force.equal()


def test_what_moved_meanwhile_is_decided_again(
    in_force: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, seen = in_force.jpn, []
    commit, still = node.ports.store.commit, iter([True])

    async def moving(change: Change) -> Committed:
        seen.append(change)
        if len(change.entries) and next(still, False):
            document = json_document(PERSON, "x", 1)
            await commit(Change(allowed_by=change.allowed_by, documents=(document,)))
        return await commit(change)

    monkeypatch.setattr(node.ports.store, "commit", moving)
    said = run(say_many(node, 3))
    assert all(isinstance(each, Entered) for each in said)
    assert len([each for each in seen if each.entries]) == 2


def test_what_keeps_moving_fails_for_all(in_force: World, monkeypatch: pytest.MonkeyPatch) -> None:
    node = in_force.jpn
    before = node.view().fold.export()

    async def moved(change: Change) -> Committed:
        raise BasisMoved("store.basis-moved", "moved")

    with monkeypatch.context() as patched:
        patched.setattr(node.ports.store, "commit", moved)
        said = run(say_many(node, 3))
    assert [type(each) for each in said] == [StateError] * 3
    assert node.view().fold.export() == before
    assert all(isinstance(each, Entered) for each in run(say_many(node, 2)))
    in_force.settle()
    assert in_force.equal()


def test_a_disk_that_fails_leaves_the_view_as_it_was(
    in_force: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = in_force.jpn

    async def full(change: Change) -> Committed:
        raise EdgeError("store.disk-full", "no space left on disk")

    async def act() -> None:
        async with turn(node.context, GSOMIA) as view:
            before = view.fold.export(), view.registers.position(JPN)
        with monkeypatch.context() as patched:
            patched.setattr(node.ports.store, "commit", full)
            assert {type(each) for each in await say_many(node, 3)} == {EdgeError}
        async with turn(node.context, GSOMIA) as view:
            assert (view.fold.export(), view.registers.position(JPN)) == before

    run(act())


def test_entries_that_are_read_back_otherwise_are_not_signed(
    in_force: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = in_force.jpn
    entries = node.ports.store.entries

    async def damaged(origin: str, start: int, end: int) -> tuple[bytes, ...]:
        return tuple(each + b" " for each in await entries(origin, start, end))

    async def act() -> None:
        await glimpse(node.context, GSOMIA)
        monkeypatch.setattr(node.ports.store, "entries", damaged)
        with pytest.raises(EdgeError, match="does not lead to its root"):
            await say(node.context, GSOMIA, anchoring(node, 1))
        view = await glimpse(node.context, GSOMIA)
        assert not view.notes

    run(act())


def test_whoever_gives_up_before_the_turn_says_nothing(in_force: World) -> None:
    node = in_force.jpn
    size = node.sizes()[JPN]

    async def act() -> None:
        async with turn(node.context, GSOMIA):
            given_up = asyncio.ensure_future(say(node.context, GSOMIA, anchoring(node, 1)))
            staying = asyncio.ensure_future(say(node.context, GSOMIA, anchoring(node, 2)))
            await asyncio.sleep(0)
            given_up.cancel()
        assert (await staying).place.index == size  # type: ignore[union-attr] # it is entered
        with pytest.raises(asyncio.CancelledError):
            await given_up

    run(act())


def test_a_mistake_in_the_program_reaches_everybody_who_waits(in_force: World) -> None:
    node = in_force.jpn

    async def broken(_: View) -> Utterance:
        raise ZeroDivisionError

    async def act() -> list[Any]:
        saying = [say(node.context, GSOMIA, broken), say(node.context, GSOMIA, anchoring(node, 1))]
        said = list(await asyncio.gather(*saying, return_exceptions=True))
        speaker = node.context.live[GSOMIA].speaker
        await asyncio.gather(speaker._task, return_exceptions=True)  # type: ignore[attr-defined] # the test's point
        return said

    assert [type(each) for each in run(act())] == [ZeroDivisionError] * 2
    assert isinstance(run(say_many(node, 1))[0], Entered)


def test_a_cosignature_of_a_size_that_is_signed_and_not_kept_is_taken(in_force: World) -> None:
    node = in_force.jpn

    async def act() -> None:
        await say_many(node, 1)
        async with turn(node.context, GSOMIA) as view:
            with pytest.raises(StateError, match="never signed"):
                await take_cosignature(node.context, view, view.partners[0], 10**6, b"")

    run(act())


def test_whoever_speaks_under_an_agreement_that_is_not_pinned_is_told_so(in_force: World) -> None:
    node, unknown = in_force.jpn, AgreementId("never-pinned")

    async def speak_twice() -> list[Any]:
        saying = (say(node.context, unknown, anchoring(node, each)) for each in range(2))
        async with asyncio.timeout(30):
            return list(await asyncio.gather(*saying, return_exceptions=True))

    said = run(speak_twice())
    assert [each.code for each in said] == ["agreement.not-pinned"] * 2
