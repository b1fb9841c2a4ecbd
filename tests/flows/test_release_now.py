# SPDX-License-Identifier: Apache-2.0
"""Small items released at once: decided and entered together, each by itself, keys first."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import InputError, StateError
from comity.basis.ids import PersonId, Place
from comity.basis.instants import MINUTE_MS
from comity.config import ALWAYS, NEVER, TwoPersons
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.flows import speak
from comity.flows.context import Context
from comity.flows.drafts import ItemDraft
from comity.flows.people.register import change_person
from comity.flows.receipts import open_item, receipt_item
from comity.flows.release_now import (
    AnotherPerson,
    Wanted,
    may_go_now,
    release_all_now,
    release_now,
)
from comity.flows.release_now import _seal_payloads as seal_payloads
from comity.flows.speak import Entered
from comity.sealing.payload import PayloadHeader
from tests.builders.world import (
    DRAFTER,
    GSOMIA,
    JPN,
    KOR,
    MARKING,
    OFFICER,
    READER,
    REGISTRAR,
    Node,
    World,
    run,
)

HEADER = PayloadHeader("t", "a/b")
ITEM = ItemDraft(GSOMIA, (KOR,), MARKING[JPN], "missile-warning", "document", ("warning",))


def alone(node: Node, level: str = NEVER) -> Context:
    config = replace(node.context.config, two_persons=TwoPersons(level))
    return replace(node.context, config=config)


def release(context: Context, person: PersonId = OFFICER, **changes: Any) -> Entered | Refused:
    item = replace(ITEM, **changes)
    return run(release_now(context, person, item, HEADER, b"content"))


def test_what_is_released_together_is_one_commit_and_arrives(assured: World) -> None:
    context, commits = alone(assured.jpn), [0]
    store = context.ports.store
    commit = store.commit

    async def counted(change: Any) -> Any:
        commits[0] += bool(change.entries)
        return await commit(change)

    async def all_at_once() -> list[Entered | Refused]:
        wanted = (release_now(context, OFFICER, ITEM, HEADER, b"%d" % n) for n in range(12))
        return await asyncio.gather(*wanted)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(store, "commit", counted)
        outcomes = run(all_at_once())
    assert commits == [1]
    places = [each.place for each in outcomes if isinstance(each, Entered)]
    assert len(places) == 12
    assert run(context.ports.blobs.digests()) == ()
    assured.settle()
    for number, place in enumerate(places):
        receipt = run(receipt_item(assured.kor.context, GSOMIA, place, REGISTRAR))
        assert isinstance(receipt, Entered)
        opened = run(open_item(assured.kor.context, GSOMIA, place, READER, purpose="warning"))
        assert not isinstance(opened, Refused)
        assert b"".join(opened.content) == b"%d" % number


@pytest.mark.parametrize("level", [ALWAYS, "CONFIDENTIAL"])
def test_where_two_persons_are_needed_nobody_releases_at_once(assured: World, level: str) -> None:
    context = alone(assured.jpn, level)
    with pytest.raises(AnotherPerson):
        release(context)
    assert may_go_now(context, ITEM, b"") is (level != ALWAYS)
    assert run(context.ports.keys.custody_items()) == ()
    assert assured.jpn.said("item.release") == []


def test_whoever_only_drafts_does_not_release(assured: World) -> None:
    with pytest.raises(AnotherPerson):
        release(alone(assured.jpn), DRAFTER)
    roles = (Role.DRAFTER, Role.RELEASING_OFFICER)
    changed = change_person(
        assured.jpn.context, DRAFTER, lambda was: replace(was, roles=roles), REGISTRAR
    )
    assert not isinstance(run(changed), Refused)
    assert isinstance(release(alone(assured.jpn), DRAFTER), Entered)


def test_what_the_agreement_forbids_is_refused_in_the_journal_and_its_key_erased(
    assured: World,
) -> None:
    outcome = release(alone(assured.jpn), purposes=("study",), category="weather")
    assert isinstance(outcome, Refused)
    assert run(assured.jpn.ports.keys.custody_items()) == ()
    assert assured.jpn.said("item.release") == []


def test_what_does_not_read_fails_and_its_key_is_erased(assured: World) -> None:
    with pytest.raises(InputError):
        release(alone(assured.jpn), marking="")
    with pytest.raises(StateError):
        release(alone(assured.jpn), PersonId("nobody"))
    assert run(assured.jpn.ports.keys.custody_items()) == ()


def test_only_what_fits_beside_its_entry_goes_at_once(assured: World) -> None:
    context = alone(assured.jpn)
    assert may_go_now(context, ITEM, bytes(50_000))
    assert not may_go_now(context, ITEM, bytes(60_000))


@pytest.mark.parametrize("in_one_step", [True, False])
def test_what_may_not_be_said_of_many_leaves_the_others_as_they_are(
    assured: World, monkeypatch: pytest.MonkeyPatch, in_one_step: bool
) -> None:
    """Said in one step or one by one: the same outcomes, the same journal, in the same order."""
    assured.move(MINUTE_MS)
    if not in_one_step:
        monkeypatch.setattr(speak, "_is_release", lambda _: False)
    node = assured.jpn
    context = alone(node)
    forbidden = replace(ITEM, category="weather")
    unread = replace(ITEM, marking="\u200b")
    answering = replace(ITEM, answers=Place(KOR, 0))
    items = [ITEM, ITEM, forbidden, ITEM, unread, answering, ITEM]
    wanted = [Wanted(each, HEADER, b"%d" % number) for number, each in enumerate(items)]
    before = len(node.acts())
    outcomes = run(release_all_now(context, OFFICER, GSOMIA, wanted))
    told = [getattr(each, "code", type(each).__name__) for each in outcomes]
    assert told == [
        *("Entered", "Entered", "Refused", "Entered"),
        *("marking.hidden-character", "request.unknown", "Entered"),
    ]
    places = [each.place.index for each in outcomes if isinstance(each, Entered)]
    assert places == list(range(places[0], places[0] + 4))
    assert node.acts()[before:] == [
        *([("item.release", "done")] * 2),
        ("release", "refused"),
        ("item.release", "done"),
        ("item.release", "refused"),
        ("item.release", "done"),
    ]
    times = [each.statement.at for each in outcomes if isinstance(each, Entered)]
    assert times == sorted(set(times))
    assured.settle()
    for place in (each.place for each in outcomes if isinstance(each, Entered)):
        assured.kor.receipt(place)


def test_releases_alike_are_said_in_one_step_and_others_are_taken_one_by_one(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[object] = []
    take = speak._Batch.take

    async def counted(batch: speak._Batch, prepare: speak.Prepare) -> speak.Outcome:
        taken.append(prepare)
        return await take(batch, prepare)

    assured.move(MINUTE_MS)
    monkeypatch.setattr(speak._Batch, "take", counted)
    context = alone(assured.jpn)
    wanted = [Wanted(ITEM, HEADER, b"%d" % number) for number in range(5)]
    outcomes = run(release_all_now(context, OFFICER, GSOMIA, wanted))
    assert all(isinstance(each, Entered) for each in outcomes)
    assert taken == []
    first = outcomes[0]
    assert isinstance(first, Entered)
    later = replace(ITEM, supersedes=first.place)
    mixed = [Wanted(each, HEADER, b"x") for each in (ITEM, later, ITEM)]
    outcomes = run(release_all_now(context, OFFICER, GSOMIA, mixed))
    assert all(isinstance(each, Entered) for each in outcomes)
    assert len(taken) == 3


def test_what_waits_to_be_released_shows_neither_its_content_nor_its_key(assured: World) -> None:
    (waiting,) = run(seal_payloads(assured.jpn.context, [Wanted(ITEM, HEADER, b"a secret")], {}))
    number, payload = waiting
    assert number == 0
    assert payload.digest in repr(payload)
    assert repr(payload.key)[2:-1] not in repr(payload)
    assert "secret" not in repr(Wanted(ITEM, HEADER, b"a secret"))
