# SPDX-License-Identifier: Apache-2.0
"""Drafting and releasing: two persons, once, on what still stands when it is committed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import EdgeError, StateError
from comity.basis.ids import PersonId
from comity.basis.instants import Instant
from comity.config import NEVER, TwoPersons
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.flows import release as release_flow
from comity.flows.context import ATTEMPTS_MAX, decide_again
from comity.flows.drafts import ItemDraft, KeptDraft, draft_item, preview_draft, waiting_drafts
from comity.flows.housekeeping.sweep import Swept, sweep
from comity.flows.people.register import change_person
from comity.flows.release import drop_draft, release_draft
from comity.flows.speak import Entered
from comity.ports import BasisMoved, Change, Committed, Store
from comity.sealing.payload import PayloadHeader
from comity.statement.information import AssuranceGive
from tests.builders.world import (
    CLERK,
    DRAFTER,
    GSOMIA,
    JPN,
    KOR,
    MARKING,
    OFFICER,
    REGISTRAR,
    TEXT,
    Node,
    World,
    config_of,
    run,
)


def kept_draft(node: Node, **changes: Any) -> KeptDraft:
    kept = node.draft([KOR], **changes)
    assert isinstance(kept, KeptDraft), kept
    return kept


def release(node: Node, kept: KeptDraft, person: PersonId = OFFICER) -> Entered | Refused:
    return run(release_draft(node.context, person, kept.number))


def before_commit(
    node: Node, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], Awaitable[Any]]
) -> list[int]:
    """Let another command run once, just before the next commit of this one."""
    store, commits = node.ports.store, [0]
    commit = store.commit

    async def interrupted(change: Change) -> Committed:
        commits[0] += 1
        if commits[0] == 1:
            monkeypatch.setattr(store, "commit", commit)
            await meanwhile()
        return await commit(change)

    monkeypatch.setattr(store, "commit", interrupted)
    return commits


def test_a_draft_is_released_once_and_then_gone(assured: World) -> None:
    kept = kept_draft(assured.jpn)
    assert isinstance(release(assured.jpn, kept), Entered)
    with pytest.raises(StateError) as caught:
        release(assured.jpn, kept)
    assert caught.value.code == "item.no-draft"
    assert run(waiting_drafts(assured.jpn.context)) == ()


def test_two_commands_that_release_one_draft_release_it_once(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = assured.jpn
    kept = kept_draft(node)
    before = node.sizes()[JPN]
    other = replace(node.context, live={})
    before_commit(node, monkeypatch, lambda: release_draft(other, OFFICER, kept.number))
    with pytest.raises(StateError) as caught:
        release(node, kept)
    assert caught.value.code == "item.no-draft"
    assert node.sizes()[JPN] == before + 1
    assert len(node.said("item.release")) == 1
    assert node.acts().count(("item.release", "done")) == 1


def test_an_officer_who_loses_the_role_meanwhile_releases_nothing(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = assured.jpn
    kept = kept_draft(node)
    before_commit(
        node,
        monkeypatch,
        lambda: change_person(
            node.context, OFFICER, lambda person: replace(person, roles=()), REGISTRAR
        ),
    )
    outcome = release(node, kept)
    assert isinstance(outcome, Refused)
    assert node.said("item.release") == []
    assert node.acts()[-1] == ("item.release", "refused")


def test_a_draft_is_decided_again_after_its_payload_was_sealed(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = assured.jpn
    before_commit(
        node,
        monkeypatch,
        lambda: change_person(
            node.context, DRAFTER, lambda person: replace(person, roles=()), REGISTRAR
        ),
    )
    outcome = node.draft([KOR])
    assert isinstance(outcome, Refused)
    assert run(waiting_drafts(node.context)) == ()
    # What was sealed for nothing is swept away.
    assert run(sweep(node.context)) == Swept(keys=1, blobs=1)


def test_an_entry_that_another_command_makes_meanwhile_is_seen_and_nothing_is_lost(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, other = assured.jpn, {}
    kept = kept_draft(node)
    second = kept_draft(node)

    async def meanwhile() -> None:
        elsewhere = replace(node.context, live={})
        other["entered"] = await release_draft(elsewhere, OFFICER, second.number)

    before_commit(node, monkeypatch, meanwhile)
    outcome = release(node, kept)
    assert isinstance(outcome, Entered)
    assert isinstance(other["entered"], Entered)
    assert outcome.place.index == other["entered"].place.index + 1
    assert len(node.said("item.release")) == 2


def test_what_keeps_moving_ends_with_an_answer() -> None:
    async def moving() -> None:
        raise BasisMoved("store.basis-moved", "moved")

    with pytest.raises(StateError) as caught:
        run(decide_again(moving))
    assert caught.value.code == "flows.basis-keeps-moving"
    assert str(ATTEMPTS_MAX) in caught.value.found


BOTH = (Role.DRAFTER, Role.RELEASING_OFFICER)


def give_both_roles(node: Node) -> None:
    run(change_person(node.context, DRAFTER, lambda one: replace(one, roles=BOTH), REGISTRAR))


def test_from_the_nodes_level_on_drafter_and_officer_are_two_persons(assured: World) -> None:
    node = assured.jpn
    give_both_roles(node)
    secret = kept_draft(node, marking="極秘")
    outcome = release(node, secret, DRAFTER)
    assert isinstance(outcome, Refused)
    assert {each.clause for each in outcome.findings} == {"two_persons"}
    assert isinstance(release(node, secret, OFFICER), Entered)
    assert isinstance(release(node, kept_draft(node), DRAFTER), Entered)


def test_two_persons_at_no_level_lets_one_do_both(assured: World) -> None:
    node = assured.jpn
    node.context = replace(node.context, config=config_of(JPN, two_persons=TwoPersons(NEVER)))
    give_both_roles(node)
    assert isinstance(release(node, kept_draft(node, marking="極秘"), DRAFTER), Entered)


def test_every_finding_of_a_refusal_is_journalled_together(in_force: World) -> None:
    world = in_force
    world.kor.assure("CONFIDENTIAL")
    world.settle()
    outcome = world.jpn.draft([KOR], marking="極秘", category="agriculture")
    assert isinstance(outcome, Refused)
    entry = world.jpn.journal()[-1]
    assert entry["outcome"] == "refused"
    assert entry["by"] == DRAFTER
    assert entry["operator"] == "jpn-operator"
    assert entry["details"]["articles"] == [each.article for each in outcome.findings]
    assert {"2", "7(5)"} <= set(entry["details"]["articles"])
    assert TEXT.decode() not in str(entry)


def test_whoever_may_not_draft_does_not(assured: World) -> None:
    node = assured.jpn
    item = ItemDraft(node.agreement, (KOR,), "秘", "missile-warning", "document", ("warning",))
    drawn: list[bytes] = []

    def content() -> Any:
        drawn.append(b"x")
        yield b"x"

    header = PayloadHeader("Launch", "text/plain")
    outcome = run(draft_item(node.context, CLERK, item, header, content()))
    assert isinstance(outcome, Refused)
    assert drawn == []  # a refused payload is not even read
    previewed = run(preview_draft(node.context, CLERK, item))
    assert isinstance(previewed, Refused)
    assert run(node.ports.blobs.digests()) == ()


def test_what_an_assurance_said_later_does_not_cover_an_earlier_release(in_force: World) -> None:
    """KOR assures while JPN's release, that could not see it, is refused at JPN already."""
    world = in_force
    world.kor.assure()
    outcome = world.jpn.draft([KOR])
    assert isinstance(outcome, Refused)
    world.carry(KOR, JPN)
    assert isinstance(world.jpn.release(KOR), Entered)


@pytest.mark.parametrize("late_ms", [0, 1])
def test_a_release_is_not_dated_after_the_assurance_that_it_was_decided_by(
    in_force: World, monkeypatch: pytest.MonkeyPatch, late_ms: int
) -> None:
    """The assurance holds at its last millisecond; sealing takes until then, or one more."""
    world, node = in_force, in_force.jpn
    last = Instant(node.clock.now() + 60_000)
    world.kor.promise(AssuranceGive("SECRET", None, True, True, last))
    world.carry(KOR, JPN)
    kept, seal = kept_draft(node), release_flow._seal

    async def slowly(*asked: Any) -> Any:
        sealed = await seal(*asked)
        node.clock.instant = Instant(last + late_ms)
        return sealed

    monkeypatch.setattr(release_flow, "_seal", slowly)
    outcome = release(node, kept)
    if not late_ms:
        assert isinstance(outcome, Entered)
        assert outcome.statement.at == last
        return
    assert isinstance(outcome, Refused)
    assert [each.article for each in outcome.findings] == ["7(5)"]
    assert not node.said("item.release")


def test_a_draft_may_be_dropped_and_its_key_and_payload_are_erased(assured: World) -> None:
    node = assured.jpn
    kept, other = kept_draft(node), kept_draft(node)
    assert isinstance(run(drop_draft(node.context, CLERK, kept.number)), Refused)
    assert run(drop_draft(node.context, DRAFTER, kept.number)) == kept
    assert node.acts()[-1] == ("item.drop", "done")
    assert run(node.ports.keys.custody_items()) == (other.sealed.sha256,)
    assert run(node.ports.blobs.digests()) == (other.sealed.sha256,)
    with pytest.raises(StateError):
        release(node, kept)
    assert isinstance(release(node, other), Entered)


def test_the_sweep_leaves_what_any_statement_or_draft_names(released: World) -> None:
    for node in (released.jpn, released.kor):
        before = run(node.ports.blobs.digests()), run(node.ports.keys.custody_items())
        assert len(before[0]) == 4
        assert run(sweep(node.context)) == Swept(keys=0, blobs=0)
        assert before == (run(node.ports.blobs.digests()), run(node.ports.keys.custody_items()))


def test_the_key_of_a_draft_goes_by_the_place_of_its_release_from_then_on(assured: World) -> None:
    node = assured.jpn
    kept = node.draft([KOR])
    assert isinstance(kept, KeptDraft)
    assert run(node.ports.keys.custody_items()) == (kept.sealed.sha256,)
    entered = release(node, kept)
    assert isinstance(entered, Entered)
    ref = node.view().item_ref(entered.place, kept.sealed)
    assert run(node.ports.keys.custody_items()) == (ref,)
    assert node.read(entered.place) == TEXT


def test_a_key_whose_statement_was_not_entered_stays_with_its_draft_alone(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = assured.jpn
    kept = node.draft([KOR])
    assert isinstance(kept, KeptDraft)

    async def moved(self: Store, change: Change) -> Committed:
        raise BasisMoved("store.basis-moved", "it has")

    with monkeypatch.context() as patched:
        patched.setattr(type(node.ports.store), "commit", moved)
        with pytest.raises(StateError, match=r"flows\.basis-keeps-moving"):
            release(node, kept)
    assert run(node.ports.keys.custody_items()) == (kept.sealed.sha256,)
    assert isinstance(release(node, kept), Entered)


def test_a_key_of_what_may_be_entered_is_never_erased(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a disk that failed nobody knows what it kept."""
    node = assured.jpn
    kept = node.draft([KOR])
    assert isinstance(kept, KeptDraft)

    async def failed(self: Store, change: Change) -> Committed:
        raise EdgeError("store.disk", "the disk failed")

    with monkeypatch.context() as patched:
        patched.setattr(type(node.ports.store), "commit", failed)
        with pytest.raises(EdgeError):
            release(node, kept)
    assert len(run(node.ports.keys.custody_items())) == 2


def test_many_who_draft_and_release_at_once_are_all_served(assured: World) -> None:
    node = assured.jpn

    async def one() -> Entered | Refused:
        item = ItemDraft(GSOMIA, (KOR,), MARKING[JPN], "missile-warning", "document", ("warning",))
        kept = await draft_item(node.context, DRAFTER, item, PayloadHeader("t", "a/b"), [b"x"])
        assert isinstance(kept, KeptDraft)
        return await release_draft(node.context, OFFICER, kept.number)

    async def all_at_once() -> list[Entered | Refused]:
        return await asyncio.gather(*(one() for _ in range(12)))

    outcomes = run(all_at_once())
    assert all(isinstance(each, Entered) for each in outcomes)
    assert len(node.said("item.release")) == 12
