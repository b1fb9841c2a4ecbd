# SPDX-License-Identifier: Apache-2.0
"""A suspended category between two nodes: what stops on both sides, and what was on its way."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from comity.agreement.templates import template
from comity.basis.errors import StateError
from comity.basis.instants import Instant
from comity.decision.stages import Refused
from comity.flows.admission import admit_item
from comity.flows.cases.visits import Disclosed, record_disclosure
from comity.flows.drafts import ItemDraft, draft_item
from comity.flows.not_counted import NotCounted
from comity.flows.release import release_draft
from comity.flows.speak import Entered
from comity.flows.treaty.suspending import resume_category, suspend_category
from comity.sealing.payload import PayloadHeader
from tests.builders.world import (
    DRAFTER,
    GSOMIA,
    JPN,
    KOR,
    OFFICER,
    READER,
    TEXT,
    Node,
    World,
    compose_raw,
    enter_raw,
    entered,
    run,
)

CATEGORY = "missile-warning"
HOUR_MS = 3_600_000
_CLAUSE = b"""
[[article]]
number = "22"
source = "model"
title = { en = "Suspension", ja = "x", ko = "x" }
summary = { en = "A category may be suspended.", ja = "x", ko = "x" }
[article.suspension]
acts = ["release", "transmit", "open", "disclose"]
"""


@pytest.fixture(scope="session")
def _suspendable(_pinned: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    world = _pinned.copy(tmp_path_factory.mktemp("suspendable"))
    world.sign(template(GSOMIA) + _CLAUSE)
    for node in world.nodes.values():
        node.assure()
    world.settle()
    return world


@pytest.fixture
def world(_suspendable: World, tmp_path: Path) -> World:
    return _suspendable.copy(tmp_path / "world")


def suspend(node: Node, **more: object) -> Entered:
    return entered(run(suspend_category(node.context, GSOMIA, CATEGORY, **more)))  # type: ignore[arg-type]  # as told


def resume(node: Node, **more: object) -> Entered:
    return entered(run(resume_category(node.context, GSOMIA, **more)))  # type: ignore[arg-type]  # as told


def cited(outcome: object) -> list[tuple[str, str]]:
    assert isinstance(outcome, Refused), outcome
    return [(each.article, each.why) for each in outcome.findings]


WHY = ("22", f"category {CATEGORY!r} is suspended")


def test_nothing_of_it_leaves_either_node_and_the_clause_is_cited(world: World) -> None:
    kept = world.jpn.draft([KOR])
    suspend(world.kor)
    assert cited(world.kor.draft([JPN])) == [WHY]
    assert not isinstance(world.jpn.draft([KOR]), Refused)  # it has not heard of it yet
    world.settle()
    assert cited(world.jpn.draft([KOR])) == [WHY]
    assert not isinstance(kept, Refused)
    assert cited(run(release_draft(world.jpn.context, OFFICER, kept.number))) == [WHY]
    assert not isinstance(world.jpn.draft([KOR], category="nuclear-test"), Refused)
    resume(world.kor)
    world.settle()
    assert isinstance(run(release_draft(world.jpn.context, OFFICER, kept.number)), Entered)
    world.settle()
    assert world.equal()


def test_what_was_let_go_before_it_was_heard_of_is_taken(world: World) -> None:
    suspend(world.kor)
    crossing = world.jpn.release(KOR).place
    world.settle()
    state = world.kor.view().fold.state
    assert crossing in state.items
    assert crossing not in state.uncounted
    view = world.kor.view()
    assert not isinstance(run(admit_item(world.kor.context, view, view.item(crossing))), Refused)
    assert isinstance(world.kor.receipt(crossing), Entered)
    world.settle()
    assert world.equal()


def test_a_partner_that_does_not_keep_to_it_is_answered_with_the_article(world: World) -> None:
    good = world.jpn.release(KOR)
    world.settle()
    suspend(world.kor)
    world.settle()
    draft = world.jpn.write(good.statement.body, to=(KOR,))  # type: ignore[arg-type]  # a release
    bad = enter_raw(world.jpn, compose_raw(world.jpn, draft))
    world.settle()
    for node in (world.jpn, world.kor):
        found = dict(node.view().uncounted())
        assert (found[bad].finding.value, found[bad].article) == (
            "suspension.category-suspended",
            "22",
        )
        assert bad not in node.view().fold.state.items
    (said,) = [each for each in world.kor.said("statement.reject") if each["index"] == bad.index]
    assert (said["code"], said["article"]) == ("suspension.category-suspended", "22")
    assert world.equal()


def test_an_item_that_is_held_is_closed_while_its_category_is_suspended(world: World) -> None:
    item = world.jpn.release(KOR).place
    world.settle()
    assert isinstance(world.kor.receipt(item), Entered)
    assert world.kor.read(item) == TEXT
    suspend(world.jpn)
    world.settle()
    assert cited(world.kor.open(item, READER)) == [WHY]
    resume(world.jpn, category=CATEGORY)
    world.settle()
    assert world.kor.read(item) == TEXT


def test_it_begins_and_ends_by_itself_on_both_nodes(world: World) -> None:
    begins = Instant(world.jpn.clock.instant + HOUR_MS)
    suspend(world.kor, since=begins, until=date(2016, 11, 23))
    world.settle()
    assert not isinstance(world.jpn.draft([KOR]), Refused)
    world.move(HOUR_MS)
    assert cited(world.jpn.draft([KOR])) == [WHY]
    world.move(24 * HOUR_MS)
    assert not isinstance(world.jpn.draft([KOR]), Refused)


def test_an_end_named_by_mistake_is_brought_forward_and_reaches_the_other_node(
    world: World,
) -> None:
    suspend(world.kor)
    resume(world.kor, since=date(2071, 1, 1))
    world.settle()
    assert cited(world.jpn.draft([KOR])) == [WHY]
    resume(world.kor)  # it is still the only one of ours that stands
    assert cited(world.jpn.draft([KOR])) == [WHY]  # the second word has not come
    world.settle()
    assert not isinstance(world.jpn.draft([KOR]), Refused)
    with pytest.raises(StateError) as over:
        resume(world.kor)
    assert over.value.code == "agreement.which-suspension"
    assert world.equal()


def test_items_alike_that_are_pushed_meanwhile_are_decided_each_by_its_own_time(
    world: World,
) -> None:
    first = world.jpn.release(KOR).place
    suspend(world.jpn)
    second = world.jpn.draft([KOR])
    assert isinstance(second, Refused)
    resume(world.jpn)
    third = world.jpn.release(KOR).place
    world.settle()
    state = world.kor.view().fold.state
    assert {first, third} <= set(state.items.keys())
    assert not world.kor.view().open.refused


def test_what_is_not_ours_or_not_named_is_not_resumed(world: World) -> None:
    with pytest.raises(StateError) as none:
        resume(world.kor)
    assert none.value.code == "agreement.which-suspension"
    said = suspend(world.jpn).place
    world.settle()
    with pytest.raises(StateError):
        resume(world.kor)
    with pytest.raises(NotCounted) as theirs:
        resume(world.kor, suspension=said)
    assert theirs.value.code == "suspension.not-suspended"
    run(suspend_category(world.jpn.context, GSOMIA, "nuclear-test"))
    with pytest.raises(StateError) as several:
        resume(world.jpn)
    assert several.value.what == "several suspensions of ours stand"
    assert isinstance(resume(world.jpn, category=CATEGORY), Entered)


def test_a_suspension_that_no_clause_allows_is_not_said(assured: World) -> None:
    before = assured.kor.sizes()
    with pytest.raises(NotCounted) as refused:
        suspend(assured.kor)
    assert refused.value.code == "suspension.not-suspendable"
    assert assured.kor.sizes() == before
    item = ItemDraft(GSOMIA, (JPN,), "군사III급비밀", CATEGORY, "document", ("warning",))
    header = PayloadHeader("Launch", "text/plain")
    kept = run(draft_item(assured.kor.context, DRAFTER, replace(item), header, (TEXT,)))
    assert not isinstance(kept, Refused)


def tell(node: Node, at: Instant | None) -> Entered | Refused:
    said = Disclosed((KOR,), "秘", CATEGORY, "oral", ("warning",), disclosed_at=at)
    return run(record_disclosure(node.context, GSOMIA, said, person=OFFICER))


def test_what_is_told_now_is_refused_and_what_was_told_is_put_on_record(world: World) -> None:
    suspend(world.kor)
    world.move(HOUR_MS)
    told_at = world.jpn.context.ports.clock.now()
    world.move(HOUR_MS)
    world.settle()
    assert WHY in cited(tell(world.jpn, None))
    in_good_faith = tell(world.jpn, told_at)
    assert isinstance(in_good_faith, Entered)
    world.settle()
    assert world.equal()
    for node in (world.jpn, world.kor):
        row = node.view().fold.state.disclosures.get(in_good_faith.place)
        assert row is not None
        assert row.suspended == "22"
    resume(world.kor)
    world.settle()
    after = tell(world.jpn, None)
    assert isinstance(after, Entered)
    assert not world.kor.said("statement.reject")
