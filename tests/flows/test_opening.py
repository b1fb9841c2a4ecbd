# SPDX-License-Identifier: Apache-2.0
"""Receipts and opening: the journal before the first byte, and nothing by rank or role alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import InputError, ProofError, StateError
from comity.basis.ids import PartyId, Place
from comity.decision.stages import Refused
from comity.flows.facts import assurance_fact
from comity.flows.people.register import change_person
from comity.flows.receipts import Opened, decide_on_item, receipt_item
from comity.flows.speak import Entered
from comity.ports import Change, Committed
from comity.state.queries import assurances_in_force
from tests.builders.world import (
    ADMIN,
    CLERK,
    GSOMIA,
    JPN,
    KOR,
    READER,
    REGISTRAR,
    TEXT,
    USA,
    Node,
    World,
    run,
)

Items = dict[PartyId, Place]


@pytest.fixture
def receipted(released: World, items: Items) -> World:
    """Give the released world in which KOR gave the receipt for JPN's item."""
    assert isinstance(released.kor.receipt(items[JPN]), Entered)
    return released


def articles(outcome: object) -> set[str]:
    assert isinstance(outcome, Refused), outcome
    return {each.article for each in outcome.findings}


def test_the_journal_entry_is_committed_before_the_first_content_is_drawn(
    receipted: World, items: Items, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, order = receipted.kor, []
    commit, read = node.ports.store.commit, node.ports.blobs.read

    async def noted(change: Change) -> Committed:
        committed = await commit(change)
        order.append("journal" if change.journal else "other")
        return committed

    async def drawn(digest: Any, offset: int = 0) -> Iterator[bytes]:
        chunks = await read(digest, offset)

        def draw() -> Iterator[bytes]:
            for chunk in chunks:
                order.append("content")
                yield chunk

        return draw()

    monkeypatch.setattr(node.ports.store, "commit", noted)
    monkeypatch.setattr(node.ports.blobs, "read", drawn)
    opened = node.open(items[JPN])
    assert isinstance(opened, Opened)
    assert order == ["journal"]
    assert opened.header is None
    assert b"".join(opened.content) == TEXT
    assert order == ["journal", "content"]
    entry = node.journal()[-1]
    assert (entry["act"], entry["by"], entry["operator"]) == ("item.open", READER, "kor-operator")
    assert entry["details"]["item"] == f"{GSOMIA}/{items[JPN]}"
    assert entry["details"]["purpose"] == "warning"
    assert entry["details"]["articles"]


def test_nothing_is_drawn_when_the_journal_cannot_be_written(
    receipted: World, items: Items, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = receipted.kor

    async def refuse(change: Change) -> Committed:
        raise StateError("store.read-only", "no space left on disk")

    monkeypatch.setattr(node.ports.store, "commit", refuse)
    with pytest.raises(StateError):
        node.open(items[JPN])


@pytest.mark.row("G7.1", "G6c")
@pytest.mark.parametrize(
    ("person", "purpose", "expected"),
    [
        (CLERK, "warning", {"7(1)", "7(2)"}),
        (READER, "study", {"6(c)"}),
        (ADMIN, "warning", {"house"}),
        (REGISTRAR, "warning", {"house"}),
    ],
)
def test_nobody_opens_without_need_to_know_for_another_purpose_or_by_role_alone(
    receipted: World, items: Items, person: Any, purpose: str, expected: set[str]
) -> None:
    outcome = receipted.kor.open(items[JPN], person, purpose)
    assert articles(outcome) == expected
    entry = receipted.kor.journal()[-1]
    assert (entry["outcome"], entry["by"]) == ("refused", person)


@pytest.mark.row("G4.2")
def test_nobody_opens_before_the_receipt_gives_our_own_marking(
    released: World, items: Items
) -> None:
    item = items[JPN]
    assert "4(2)" in articles(released.kor.open(item))
    assert not isinstance(released.kor.receipt(item), Refused)
    opened = released.kor.open(item)
    assert isinstance(opened, Opened)
    _, name, *markings = opened.banner.head
    assert "Japan" in name
    assert markings == ["秘", "군사III급비밀"]
    assert opened.banner.foot == tuple(reversed(opened.banner.head))


def test_a_payload_that_was_altered_on_our_disk_is_noticed(receipted: World, items: Items) -> None:
    node = receipted.kor
    sealed = node.view().item(items[JPN]).release.sealed.sha256
    held = node.ports.blobs._blobs  # type: ignore[attr-defined]
    whole = held[sealed]
    for changed in (whole[:-1], whole[:60], whole[:-1] + bytes([whole[-1] ^ 1]), whole + b"x"):
        held[sealed] = changed
        opened = node.open(items[JPN])
        assert isinstance(opened, Opened)
        with pytest.raises((ProofError, InputError)):
            b"".join(opened.content)


def test_an_item_without_its_key_is_not_opened(receipted: World, items: Items) -> None:
    node = receipted.kor
    node.lose_key(items[JPN])
    with pytest.raises(StateError) as caught:
        node.open(items[JPN])
    assert caught.value.code == "custody.not-held"


def test_an_item_that_there_is_not_is_not_opened(receipted: World) -> None:
    with pytest.raises(StateError) as caught:
        receipted.kor.open(Place(JPN, 0))
    assert caught.value.code == "item.unknown"


def test_a_receipt_is_given_once_and_by_a_registrar(released: World, items: Items) -> None:
    node = released.kor
    outcome = run(receipt_item(node.context, GSOMIA, items[JPN], READER))
    assert articles(outcome) == {"house"}
    assert node.acts()[-1] == ("item.receipt", "refused")
    assert isinstance(node.receipt(items[JPN]), Entered)
    with pytest.raises(StateError) as caught:
        node.receipt(items[JPN])
    assert caught.value.code == "item.already-receipted"
    assert node.journal()[-1]["outcome"] == "refused"
    details, file = node.journal()[-1]["details"], node.view().agreement()
    assert details["code"] == "item.already-receipted"
    assert details["articles"] == [file.clauses("receipt")[0].article]
    assert (details["version"], details["file"]) == (file.version, file.sha256)


def test_the_receiving_officer_chooses_where_several_markings_correspond(assured: World) -> None:
    world = assured
    place = world.kor.release(JPN, marking="군사II급비밀").place
    world.carry(KOR, JPN)
    with pytest.raises(InputError) as caught:
        world.jpn.receipt(place)
    assert caught.value.code == "marking.choose"
    with pytest.raises(InputError):
        world.jpn.receipt(place, "秘")
    assert isinstance(world.jpn.receipt(place, "特定秘密"), Entered)
    assert world.jpn.said("item.receipt")[-1]["marking"] == "特定秘密"


def test_nobody_receipts_or_opens_what_the_agreement_does_not_let_in(
    in_force: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KOR's node lies to itself about JPN's assurance: JPN refuses the item by its own record."""
    world = in_force
    world.jpn.assure("CONFIDENTIAL")
    world.settle()
    place = release_by_a_lying_node(world.kor, monkeypatch)
    taken = world.carry(KOR, JPN)
    assert (taken.entries, taken.parcels) == (1, 0)  # what is not let in is not even stored
    (refusal,) = world.jpn.said("item.refusal")
    assert refusal == {
        "item": str(place),
        "code": "release.not-admitted",
        "articles": ["7(5)"],
    }
    assert articles(world.jpn.receipt(place)) == {"7(5)"}
    assert "7(5)" in articles(world.jpn.open(place))
    world.settle()
    assert world.equal()
    assert len(world.jpn.said("item.refusal")) == 1


def release_by_a_lying_node(node: Node, monkeypatch: pytest.MonkeyPatch) -> Place:
    def lie(view: Any, request: Any, parties: Any, named: Any, at: Any) -> Any:
        given = [
            assurance_fact(each)
            for party in parties
            for each in assurances_in_force(view.fold.state, party, at)
        ]
        raised = tuple(replace(each, level="SECRET") for each in given)
        return replace(request, assurances=raised)

    with monkeypatch.context() as patch:
        patch.setattr("comity.flows.drafts.with_assurances", lie)
        return node.release(JPN, marking="군사II급비밀").place


def test_an_item_for_somebody_else_is_not_ours_to_receipt(released: World, items: Items) -> None:
    with pytest.raises(StateError) as caught:
        released.kor.receipt(items[KOR])
    assert caught.value.code == "item.not-for-us"


def test_a_decision_alone_writes_nothing(receipted: World, items: Items) -> None:
    node = receipted.kor
    before = len(node.journal())

    def decide(**more: Any) -> Any:
        return run(decide_on_item(node.context, GSOMIA, items[JPN], READER, **more))

    outcome = decide(action="third_party_release", purpose="warning", recipient=USA)
    assert "6(a)" in articles(outcome)
    assert not isinstance(decide(action="open", purpose="warning"), Refused)
    assert len(node.journal()) == before


def test_a_level_that_was_raised_takes_access_away_at_once(assured: World) -> None:
    world = assured
    place = world.jpn.release(KOR).place
    world.settle()
    world.kor.receipt(place)
    lower = run(
        change_person(
            world.kor.context,
            READER,
            lambda person: replace(person, clearance="CONFIDENTIAL"),
            REGISTRAR,
        )
    )
    assert not isinstance(lower, Refused)
    assert world.kor.read(place) == TEXT
    world.jpn.reclassify(place, "極秘")
    world.settle()
    assert "7(2)" in articles(world.kor.open(place))


@pytest.mark.row("G4.1", "G4.2")
def test_g4_1_a_korean_marking_in_another_spelling_is_kept_as_given_composed_and_read_as_its_level(
    assured: World,
) -> None:
    """Text traps of treaties.md 1.1: U+2161, a space, decomposed Hangul; II is not III."""
    given = "군사 Ⅱ급 비밀"
    item = assured.kor.release(JPN, marking=unicodedata.normalize("NFD", given)).place
    assured.settle()
    for node in assured.nodes.values():
        held = node.view().fold.state.items.get(item)
        assert held is not None
        assert (held.release.label.marking, held.release.label.level) == (given, "SECRET")
    with pytest.raises(InputError) as choice:
        assured.jpn.receipt(item)
    assert choice.value.expected == "極秘, 特定秘密"
    assert isinstance(assured.jpn.receipt(item, "特定秘密"), Entered)
    opened = assured.jpn.open(item)
    assert isinstance(opened, Opened)
    assert {given, "特定秘密"} <= set(opened.banner.head)
    assert "極秘" not in opened.banner.head
