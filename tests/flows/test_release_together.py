# SPDX-License-Identifier: Apache-2.0
"""Releasing at once: prepared outside the turn, and decided by what stands in it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import StateError
from comity.basis.ids import PersonId, Place
from comity.decision.house import allow_house_act
from comity.decision.people import Role, format_person, parse_person
from comity.decision.stages import Refused
from comity.flows import release_now as module
from comity.flows.courier.taking import take_bundle
from comity.flows.documents import PERSON
from comity.flows.drafts import ItemDraft
from comity.flows.not_counted import NotCounted
from comity.flows.release_now import AnotherPerson, release_now
from comity.flows.rotation import rotate_keys
from comity.flows.speak import Entered
from comity.ports import Change, Committed, Document
from comity.sealing.payload import PayloadHeader
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

HEADER = PayloadHeader("Launch", "text/plain")
ITEM = ItemDraft(GSOMIA, (KOR,), MARKING[JPN], "missile-warning", "document", ("warning",))
Outcome = Entered | Refused


async def release(
    node: Node, person: PersonId = OFFICER, content: bytes = TEXT, **changes: Any
) -> Outcome:
    return await release_now(node.context, person, replace(ITEM, **changes), HEADER, content)


async def together(node: Node, count: int) -> list[Outcome]:
    return list(await asyncio.gather(*(release(node) for _ in range(count))))


class Counting:
    """A store that counts its commits."""

    def __init__(self, node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
        self.changes: list[Change] = []
        store = node.ports.store
        commit = store.commit

        async def counted(change: Change) -> Committed:
            self.changes.append(change)
            return await commit(change)

        monkeypatch.setattr(store, "commit", counted)


def test_an_item_is_released_with_its_parcel_in_one_commit(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = assured.jpn
    blobs = run(node.ports.blobs.digests())
    counted = Counting(node, monkeypatch)
    said = run(release(node))
    assert isinstance(said, Entered)
    assert len([each for each in counted.changes if each.entries]) == 1
    assert run(node.ports.blobs.digests()) == blobs
    assert node.acts()[-1] == ("item.release", "done")
    assured.settle()
    assured.kor.receipt(said.place)
    assert assured.kor.read(said.place) == TEXT == node.read(said.place, person=OFFICER)
    assured.settle()
    assert assured.equal()


def test_many_that_are_released_at_once_are_one_commit_in_their_order(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counting(assured.jpn, monkeypatch)
    size = assured.jpn.sizes()[JPN]
    said = run(together(assured.jpn, 20))
    assert [each.place.index for each in said if isinstance(each, Entered)] == list(
        range(size, size + 20)
    )
    assert len([each for each in counted.changes if each.entries]) == 1
    assured.settle()
    assert assured.equal()


def test_whoever_is_refused_does_not_keep_others_from_speaking(assured: World) -> None:
    node, size = assured.jpn, assured.jpn.sizes()[JPN]

    async def act() -> list[Outcome]:
        weather = release(node, purposes=("study",), category="weather")
        return list(await asyncio.gather(release(node), weather, release(node)))

    first, refused, last = run(act())
    assert isinstance(refused, Refused)
    assert isinstance(first, Entered)
    assert isinstance(last, Entered)
    assert [first.place.index, last.place.index] == [size, size + 1]
    assert sorted(outcome for _, outcome in node.acts()[-3:]) == ["done", "done", "refused"]


def test_what_would_not_count_fails_alone(assured: World) -> None:
    node = assured.jpn
    unknown = assured.jpn.release(KOR).place

    async def act() -> list[Outcome | BaseException]:
        return list(
            await asyncio.gather(
                release(node),
                release(node, answers=Place(unknown.party, 999)),
                release(node, marking="no such marking"),
                release(node),
                return_exceptions=True,
            )
        )

    before = node.view().fold.export()
    first, uncounted, unread, last = run(act())
    assert isinstance(uncounted, NotCounted)
    assert isinstance(unread, Refused)
    assert [each.article for each in unread.findings] == ["4(1)"]
    assert isinstance(first, Entered)
    assert isinstance(last, Entered)
    assert last.place.index == first.place.index + 1
    assert node.view().fold.export() != before
    assert ("item.release", "refused") in node.acts()
    assured.settle()
    assert assured.equal()


def test_whoever_loses_the_role_before_the_turn_is_refused_in_it(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key was wrapped while the officer held it: what stands in the turn decides."""
    node = assured.jpn
    wrap = module._wrap

    async def late(*arguments: Any) -> Any:
        wrapped = await wrap(*arguments)
        raw = await node.ports.store.document(PERSON, OFFICER)
        assert raw is not None
        reader = replace(parse_person(raw), roles=(Role.READER,))
        document = Document(PERSON, OFFICER, format_person(reader))
        await node.ports.store.commit(Change(allow_house_act("x"), documents=(document,)))
        return wrapped

    monkeypatch.setattr(module, "_wrap", late)
    with pytest.raises(AnotherPerson):
        run(release(node))
    assert node.said("item.release") == []


def test_a_new_card_of_the_recipient_is_wrapped_to_anew(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrap, count = module._wrap, 0
    run(rotate_keys(assured.kor.context))
    packed = assured.kor.pack(JPN)

    async def late(*arguments: Any) -> Any:
        nonlocal count
        count += 1
        wrapped = await wrap(*arguments)
        if count == 1:
            await take_bundle(assured.jpn.context, packed.names[0])
        return wrapped

    monkeypatch.setattr(module, "_wrap", late)
    said = run(release(assured.jpn))
    assert isinstance(said, Entered)
    assert count == 2
    monkeypatch.undo()
    assured.settle()
    assured.kor.receipt(said.place)
    assert assured.kor.read(said.place) == TEXT


def test_nothing_is_released_before_a_version_is_signed(pinned: World) -> None:
    with pytest.raises(StateError):
        run(release(pinned.jpn))
