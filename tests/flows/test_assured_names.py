# SPDX-License-Identifier: Apache-2.0
"""For whom a party assures: a person or a post of its own, and no slip of the pen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.basis.errors import StateError
from comity.decision.stages import Refused
from comity.flows.people.register import change_person
from comity.flows.promises import promise
from comity.statement.information import AssuranceGive
from tests.builders.world import A_YEAR, GSOMIA, KOR, READER, REGISTRAR, Node, World, run


def assured_for(name: str) -> AssuranceGive:
    return AssuranceGive("SECRET", name, True, True, A_YEAR)


def hold_post(node: Node, *posts: str, leaves: bool = False) -> None:
    ends = node.clock.now() if leaves else None
    changed = run(
        change_person(
            node.context,
            READER,
            lambda record: replace(record, posts=posts, registered_until=ends),
            REGISTRAR,
        )
    )
    assert not isinstance(changed, Refused)


def refuse(node: Node, name: str) -> StateError:
    said = len(node.journal())
    with pytest.raises(StateError) as caught:
        node.promise(assured_for(name))
    assert caught.value.code == "assurance.unknown-name"
    assert len(node.journal()) == said
    return caught.value


def test_an_assurance_for_a_post_that_nobody_holds_is_refused_with_the_posts_there_are(
    in_force: World,
) -> None:
    node = in_force.kor
    assert "reader" in refuse(node, "desk-1").expected
    hold_post(node, "desk-1", "watch")
    assert node.promise(assured_for("desk-1")).place.party == node.party
    slip = refuse(node, "dekc-1")
    assert (slip.expected, slip.found) == ("desk-1, watch", "dekc-1")
    assert slip.hint.startswith("did you mean desk-1? see who is here: comity person list")
    hold_post(node, *(f"post-{number:02}" for number in range(12)))
    assert refuse(node, "nobody").expected.endswith("post-09, and 2 more")


def test_a_person_by_id_and_a_channels_system_are_assured_for_and_who_has_left_is_not(
    in_force: World,
) -> None:
    node = in_force.kor
    for name in (READER, "system:node"):
        node.promise(assured_for(name))
    hold_post(node, "desk-1", leaves=True)
    for name in (READER, "desk-1"):
        refuse(node, name)


def test_who_may_not_assure_is_not_told_who_is_here(in_force: World) -> None:
    outcome = run(promise(in_force.kor.context, GSOMIA, assured_for("nobody"), READER))
    assert isinstance(outcome, Refused)


def test_g7_5_an_assurance_for_a_system_serves_no_item_that_is_for_nobody_in_particular(
    in_force: World,
) -> None:
    node = in_force.kor
    node.promise(assured_for("system:node"))
    in_force.settle()
    refused = in_force.jpn.draft([KOR])
    assert isinstance(refused, Refused)
    assert [(each.article, each.clause) for each in refused.findings] == [("7(5)", "assurance")]
    node.promise(assured_for(READER))
    in_force.settle()
    assert not isinstance(in_force.jpn.draft([KOR]), Refused)
