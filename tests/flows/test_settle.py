# SPDX-License-Identifier: Apache-2.0
"""A split view is settled by officers who looked at it: what is held holds, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from comity.basis.errors import EquivocationError, InputError, StateError
from comity.basis.ids import PartyId, PersonId, digest_of
from comity.basis.instants import Instant
from comity.config import NEVER, TwoPersons
from comity.decision.people import Person, Role
from comity.decision.stages import Refused
from comity.flows.documents import EQUIVOCATION, SETTLED
from comity.flows.people.register import change_person
from comity.flows.recovery.settle import FIRST_WORD_MS, REASON_CHARS_MAX, Settlement, settle_dispute
from tests.builders.world import (
    AUDITOR,
    GSOMIA,
    JPN,
    KOR,
    OFFICER,
    READER,
    REGISTRAR,
    USA,
    Node,
    World,
    run,
)
from tests.flows.test_mirror import announce, evidence, segment_of, take

WHY = "KOR gave the other tree up"


@pytest.fixture
def split(in_force: World, tmp_path: Path) -> tuple[World, Node, str]:
    """Give two nodes, the twin of KOR that tells another story, and what JPN keeps of it."""
    twin = in_force.copy(tmp_path / "twin").kor
    announce(in_force.kor, "the story that JPN holds")
    announce(twin, "another story")
    in_force.carry(KOR, JPN)
    tell_again(in_force.jpn, twin)
    return in_force, twin, digest_of(evidence(in_force.jpn)[0])


def tell_again(node: Node, twin: Node) -> None:
    with pytest.raises(EquivocationError):
        take(node, KOR, segment_of(twin, node.sizes()[KOR] - 1))


def settle(
    node: Node,
    person: PersonId,
    shown: str,
    reason: str = WHY,
    party: PartyId = KOR,
) -> Settlement | Refused:
    return run(settle_dispute(node.context, GSOMIA, party, person, evidence=shown, reason=reason))


def is_taken(world: World) -> bool:
    """Answer whether what KOR says on the tree that JPN holds is taken."""
    announce(world.kor, "the first story goes on")
    held = world.jpn.sizes()[KOR]
    try:
        take(world.jpn, KOR, segment_of(world.kor, held))
    except EquivocationError:
        return False
    return world.jpn.sizes()[KOR] == world.kor.sizes()[KOR]


def test_two_officers_settle_it_and_what_is_held_goes_on(
    split: tuple[World, Node, str],
) -> None:
    world, _, shown = split
    first = settle(world.jpn, REGISTRAR, shown)
    assert first == Settlement(GSOMIA, KOR, digest_of(evidence(world.jpn)[0]), (REGISTRAR,), True)
    assert not is_taken(world)
    second = settle(world.jpn, OFFICER, shown, "seen")
    assert isinstance(second, Settlement)
    assert (second.by, second.waits) == ((REGISTRAR, OFFICER), False)
    assert is_taken(world)
    said = [
        (each["act"], each["by"], each["details"]["reason"])
        for each in world.jpn.journal()
        if each["act"].startswith("register.settle")
    ]
    assert said == [
        ("register.settle.begin", REGISTRAR, WHY),
        ("register.settle", OFFICER, "seen"),
    ]


def test_the_evidence_is_kept_and_the_other_tree_is_never_taken(
    split: tuple[World, Node, str],
) -> None:
    world, twin, shown = split
    (raw,) = evidence(world.jpn)
    for person in (REGISTRAR, OFFICER):
        settle(world.jpn, person, shown)
    assert evidence(world.jpn) == []
    kept = [each.body for each in run(world.jpn.ports.store.documents(SETTLED))]
    assert raw in kept
    tell_again(world.jpn, twin)
    assert run(world.jpn.ports.store.documents(EQUIVOCATION))
    assert not is_taken(world)
    for person in (REGISTRAR, OFFICER):
        settle(world.jpn, person, digest_of(evidence(world.jpn)[0]))
    assert is_taken(world)


def test_one_person_does_not_settle_it_twice(split: tuple[World, Node, str]) -> None:
    world, _, shown = split
    settle(world.jpn, REGISTRAR, shown)
    refused = settle(world.jpn, REGISTRAR, shown)
    assert isinstance(refused, Refused)
    assert [each.clause for each in refused.findings] == ["two_persons"]
    assert world.jpn.acts()[-1] == ("register.settle", "refused")
    assert not is_taken(world)


def test_one_person_suffices_where_the_node_never_asks_for_two(
    split: tuple[World, Node, str],
) -> None:
    world, _, shown = split
    config = replace(world.jpn.context.config, two_persons=TwoPersons(NEVER))
    node = replace(world.jpn, context=replace(world.jpn.context, config=config))
    settled = settle(node, REGISTRAR, shown)
    assert isinstance(settled, Settlement)
    assert not settled.waits
    assert is_taken(world)


@pytest.mark.parametrize(
    "change",
    [
        lambda was, now: replace(was, registered_until=Instant(now + 1)),
        lambda was, now: replace(was, roles=(Role.READER,)),
    ],
    ids=["left", "of another role"],
)
def test_the_word_of_somebody_who_could_not_say_it_now_counts_no_more(
    split: tuple[World, Node, str], change: Callable[[Person, Instant], Person]
) -> None:
    world, _, shown = split
    settle(world.jpn, OFFICER, shown)
    now = world.jpn.clock.instant
    changed = run(
        change_person(world.jpn.context, OFFICER, lambda was: change(was, now), REGISTRAR)
    )
    assert not isinstance(changed, Refused)
    world.move(1000)
    again = settle(world.jpn, REGISTRAR, shown)
    assert isinstance(again, Settlement)
    assert (again.by, again.waits) == ((REGISTRAR,), True)
    assert not is_taken(world)


@pytest.mark.parametrize(("waited", "counts"), [(FIRST_WORD_MS - 1, True), (FIRST_WORD_MS, False)])
def test_the_first_word_counts_for_seven_days(
    split: tuple[World, Node, str], waited: int, counts: bool
) -> None:
    world, _, shown = split
    settle(world.jpn, OFFICER, shown)
    world.move(waited)
    second = settle(world.jpn, REGISTRAR, shown)
    assert isinstance(second, Settlement)
    assert second.waits is not counts


def test_both_reasons_stand_beside_the_evidence(split: tuple[World, Node, str]) -> None:
    world, _, shown = split
    settle(world.jpn, REGISTRAR, shown, "phoned Seoul")
    world.move(1000)
    settle(world.jpn, OFFICER, shown, "saw the letter")
    kept = run(world.jpn.ports.store.documents(SETTLED))
    (said,) = (json.loads(each.body or b"") for each in kept if each.key.endswith("/said"))
    assert [(each["by"], each["reason"]) for each in said["said"]] == [
        (REGISTRAR, "phoned Seoul"),
        (OFFICER, "saw the letter"),
    ]
    assert said["said"][0]["at"] < said["said"][1]["at"]


@pytest.mark.parametrize("person", [READER, AUDITOR])
def test_it_is_not_for_everybody_to_settle(
    split: tuple[World, Node, str], person: PersonId
) -> None:
    world, _, shown = split
    assert isinstance(settle(world.jpn, person, shown), Refused)
    assert world.jpn.acts()[-1] == ("register.settle", "refused")
    settle(world.jpn, REGISTRAR, shown)
    assert isinstance(settle(world.jpn, person, shown), Refused)
    assert not is_taken(world)


def test_the_first_word_counts_for_just_that_evidence(split: tuple[World, Node, str]) -> None:
    world, twin, shown = split
    settle(world.jpn, REGISTRAR, shown)
    for person in (OFFICER,):
        settle(world.jpn, person, shown)
    announce(twin, "a third story")
    tell_again(world.jpn, twin)
    other = digest_of(evidence(world.jpn)[0])
    assert other != shown
    again = settle(world.jpn, OFFICER, other)
    assert isinstance(again, Settlement)
    assert again.waits


def test_nothing_is_settled_that_was_not_looked_at(split: tuple[World, Node, str]) -> None:
    world, _, shown = split
    for wrong, party in (("ab" * 32, KOR), (shown, JPN), ("", KOR)):
        with pytest.raises(StateError, match=r"register\.not-disputed"):
            settle(world.jpn, REGISTRAR, wrong, party=party)
    with pytest.raises(StateError, match=r"register\.not-served"):
        settle(world.jpn, REGISTRAR, shown, party=USA)


@pytest.mark.parametrize("reason", ["", "  ", "x" * (REASON_CHARS_MAX + 1)])
def test_a_reason_is_asked_for(split: tuple[World, Node, str], reason: str) -> None:
    world, _, shown = split
    with pytest.raises(InputError, match=r"register\.settle-reason"):
        settle(world.jpn, REGISTRAR, shown, reason)


def test_the_refusal_says_what_can_follow(split: tuple[World, Node, str]) -> None:
    world, _, _ = split
    with pytest.raises(EquivocationError) as caught:
        take(world.jpn, KOR, segment_of(world.kor, 0))
    assert "comity register settle" in caught.value.hint
    assert "only another agreement id can follow" in caught.value.hint
