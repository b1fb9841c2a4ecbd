# SPDX-License-Identifier: Apache-2.0
"""Items that are alike are decided once; whatever a decision reads, another fact is another one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import InputError, StateError
from comity.basis.ids import PartyId
from comity.basis.instants import DAY_MS, UTC, Instant, date_of
from comity.config import NEVER, TwoPersons
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.flows import drafts, release_plans
from comity.flows.context import Context
from comity.flows.drafts import ItemDraft, KeptDraft
from comity.flows.people.register import change_person
from comity.flows.release import release_draft
from comity.flows.release_now import AnotherPerson, Wanted, release_all_now
from comity.flows.release_plans import Alike, Plan, Releasing
from comity.flows.rotation import rotate_keys
from comity.flows.speak import Entered, Outcome
from comity.flows.turns import turn
from comity.sealing.payload import PayloadHeader
from comity.statement.envelope import parse_statement
from comity.statement.information import AssuranceGive
from comity.statement.treaty import AgreementEndNotice
from tests.builders.world import (
    GSOMIA,
    JPN,
    KOR,
    MARKING,
    OFFICER,
    REGISTRAR,
    World,
    run,
)

HEADER = PayloadHeader("t", "a/b")
ITEM = ItemDraft(GSOMIA, (KOR,), MARKING[JPN], "missile-warning", "document", ("warning",))


def release(context: Context, count: int = 1, *items: ItemDraft) -> list[Outcome]:
    wanted = [Wanted(item, HEADER, b"content") for item in items or (ITEM,) * count]
    return run(release_all_now(context, OFFICER, GSOMIA, wanted))


@pytest.fixture
def decided(monkeypatch: pytest.MonkeyPatch) -> list[ItemDraft]:
    found: list[ItemDraft] = []
    clear_while = drafts.clear_while

    async def noted(*arguments: Any) -> Any:
        found.append(arguments[-1])
        return await clear_while(*arguments)

    monkeypatch.setattr(release_plans, "clear_while", noted)
    return found


def test_items_that_are_alike_are_decided_once_and_others_by_themselves(
    assured: World, decided: list[ItemDraft]
) -> None:
    assured.move(1_000)
    other = replace(ITEM, channel="node")
    outcomes = release(assured.jpn.context, 0, ITEM, other, ITEM, other, ITEM)
    assert all(isinstance(each, Entered) for each in outcomes)
    assert decided == [ITEM, other]


def test_what_is_entered_in_one_form_is_what_partners_read(assured: World) -> None:
    node = assured.jpn
    for outcome in release(node.context, 5):
        assert isinstance(outcome, Entered)
        raw = run(node.ports.store.entries(node.view().heads[JPN].origin, *_at(outcome)))[0]
        assert parse_statement(raw) == outcome.statement
    assured.settle()
    assert assured.equal()


def _at(outcome: Entered) -> tuple[int, int]:
    return outcome.place.index, outcome.place.index + 1


def test_each_is_journalled_by_itself_as_it_would_be_alone(assured: World) -> None:
    node = assured.jpn
    outcomes = release(node.context, 3)
    noted = node.journal()[-3:]
    statements = [f"{GSOMIA}/{each.place}" for each in outcomes if isinstance(each, Entered)]
    assert [each["details"]["statement"] for each in noted] == statements
    assert len({each["nonce"] for each in noted}) == 3
    kept = node.draft([KOR])
    assert isinstance(kept, KeptDraft)
    assert isinstance(run(release_draft(node.context, OFFICER, kept.number)), Entered)
    alone = node.journal()[-1]
    for each in noted:
        assert each.keys() == alone.keys()
        assert each["details"].pop("drafted_by") == OFFICER
        named = {"agreement": GSOMIA, "category": "missile-warning", "level": "CONFIDENTIAL"}
        cites = {
            name: alone["details"][name] for name in ("articles", "version", "file", "assurances")
        }
        statement = each["details"].pop("statement")
        assert each["details"] == named | {"to": [KOR]} | cites
        assert statement != alone["details"]["statement"]
        assert (each["act"], each["by"], each["outcome"]) == ("item.release", OFFICER, "done")


def test_what_fails_in_a_batch_fails_alone_and_keeps_no_key(assured: World) -> None:
    node = assured.jpn
    wanted = [
        Wanted(ITEM, HEADER, b"1"),
        Wanted(ITEM, PayloadHeader("", "a/b"), b"2"),
        Wanted(replace(ITEM, marking="none such"), HEADER, b"3"),
        Wanted(replace(ITEM, channel="pigeon"), HEADER, b"4"),
        Wanted(replace(ITEM, to=(PartyId("XYZ"),)), HEADER, b"5"),
        Wanted(ITEM, HEADER, b"6"),
    ]
    outcomes = run(release_all_now(node.context, OFFICER, GSOMIA, wanted))
    kinds = (Entered, InputError, Refused, Refused, Refused, Entered)
    assert [isinstance(*each) for each in zip(outcomes, kinds, strict=True)] == [True] * 6
    assert len(run(node.ports.keys.custody_items())) == 2


async def plan_of(world: World, alike: Alike) -> Plan:
    async with turn(world.jpn.context, GSOMIA) as view:
        return await alike.plan(view)


class Planned:
    """Items that are decided again and again, while facts change between."""

    def __init__(self, world: World, **changes: Any) -> None:
        self.world = world
        alone = replace(world.jpn.context.config, two_persons=TwoPersons(NEVER))
        context = replace(world.jpn.context, config=alone)
        self.alike = Alike(context, OFFICER, replace(ITEM, **changes))

    def look(self) -> Plan:
        return run(plan_of(self.world, self.alike))

    def refused(self) -> bool:
        return isinstance(self.look().outcome, Refused)

    def change_officer(self, **changes: Any) -> None:
        context = self.world.jpn.context
        done = change_person(context, OFFICER, lambda was: replace(was, **changes), REGISTRAR)
        assert not isinstance(run(done), Refused)


def test_a_plan_holds_while_nothing_changes(assured: World, decided: list[ItemDraft]) -> None:
    planned = Planned(assured)
    first = planned.look()
    assert planned.look() is first
    assured.move(1)
    assert planned.look() is first
    assert len(decided) == 1
    assert not planned.refused()


def test_an_assurance_that_ends_ends_releases_to_the_millisecond(in_force: World) -> None:
    planned = Planned(in_force)
    assert planned.refused()
    until = Instant(in_force.jpn.clock.instant + 10_000)
    in_force.kor.promise(AssuranceGive("SECRET", None, True, True, until))
    in_force.settle()
    assert not planned.refused()
    in_force.move(until - in_force.jpn.clock.instant)
    assert not planned.refused()
    in_force.move(1)
    assert planned.refused()


def test_an_assurance_for_a_level_is_none_for_a_higher_one(in_force: World) -> None:
    in_force.kor.assure("CONFIDENTIAL")
    in_force.settle()
    planned, higher = Planned(in_force), Planned(in_force, marking="極秘")
    assert not planned.refused()
    assert higher.refused()
    in_force.kor.assure("SECRET")
    in_force.settle()
    assert not higher.refused()


def test_an_agreement_that_ends_ends_releases(assured: World) -> None:
    planned = Planned(assured)
    assured.kor.promise(AssuranceGive("SECRET", None, True, True, None))
    assured.settle()
    assert not planned.refused()
    day = date_of(assured.jpn.clock.instant, UTC)
    assured.jpn.declare(AgreementEndNotice(None, day, day, ""))
    assert not planned.refused()
    assured.move(2 * 366 * DAY_MS)
    assert planned.refused()


def test_whoever_loses_the_role_releases_nothing_more(assured: World) -> None:
    planned = Planned(assured)
    assert not planned.refused()
    planned.change_officer(roles=(Role.READER,))
    with pytest.raises(AnotherPerson):
        planned.look()
    planned.change_officer(roles=(Role.RELEASING_OFFICER,))
    assert not planned.refused()


def test_whoever_leaves_releases_nothing_from_that_millisecond_on(assured: World) -> None:
    planned = Planned(assured)
    planned.change_officer(registered_until=Instant(assured.jpn.clock.instant + 5_000))
    assured.move(4_999)
    assert not planned.refused()
    assured.move(1)
    with pytest.raises(StateError, match="not on the register"):
        planned.look()


def test_a_new_card_of_the_recipient_is_sealed_to(assured: World) -> None:
    planned = Planned(assured)
    before = planned.look().outcome
    run(rotate_keys(assured.kor.context))
    assured.settle()
    after = planned.look().outcome
    assert isinstance(before, Releasing)
    assert isinstance(after, Releasing)
    assert before.says_what(before)
    assert not after.says_what(before)


def test_a_key_that_ends_is_sealed_to_no_more(assured: World) -> None:
    planned = Planned(assured)
    plan = planned.look()
    assert isinstance(plan.outcome, Releasing)
    [recipient] = plan.outcome.recipients
    until = recipient.key.valid_until
    assert until is None or plan.span.until <= until
    assert plan.span.first >= recipient.key.valid_from
