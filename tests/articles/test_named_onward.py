# SPDX-License-Identifier: Apache-2.0
"""What its originators gave for named persons alone is for them alone wherever it goes on to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from comity.basis.ids import Place
from comity.flows.passing import deciding, onward
from comity.marking.labels import Labelled, label_draft
from comity.statement.information import AssuranceGive
from tests.articles.outcomes import passed, why
from tests.builders.pacts import Story, make_pacts
from tests.builders.world import A_YEAR, Node

POST = "drafter"


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """Let Washington assure a post of its own, for which Japan then gives something."""
    with make_pacts(tmp_path, with_hub=False) as world:
        story = Story(world)
        _assure(story.usa)
        story.first.settle()
        yield story


@pytest.fixture
def item(story: Story) -> Place:
    item = story.give(named_for=(POST,))
    story.consent(item)
    return item


def _assure(node: Node) -> None:
    node.promise(AssuranceGive("SECRET", POST, True, True, A_YEAR))


@pytest.mark.row("G6a", "G7.5")
def test_g6a_what_is_for_a_post_goes_on_only_where_that_post_is_assured(
    story: Story, item: Place
) -> None:
    assert why(story.draft(item)) == ["7(5)"]
    _assure(story.kor)
    story.second.settle()
    gone = passed(story.pass_on(item))
    story.second.settle()
    assert story.kor.view().item(gone.release).release.label.named_for == (POST,)
    assert story.kor.said("item.refusal") == []


@pytest.mark.row("G6a")
def test_g6a_the_third_party_refuses_what_a_forwarder_opens_to_everybody(
    story: Story, item: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The forwarder's own node would not let it go: its checks are taken out here."""

    async def unasked(*_: object) -> None:
        """Check nothing."""

    monkeypatch.setattr(onward, "check_proof", unasked)

    def for_anybody(draft: Any, *rest: Any) -> Labelled:
        return label_draft(replace(draft, named_for=()), *rest)

    monkeypatch.setattr(deciding, "label_draft", for_anybody)
    passed(story.pass_on(item))
    story.second.settle()
    said = story.kor.said("item.refusal")
    assert [(each["code"], each["articles"]) for each in said] == [
        ("passing.not-covered", ["6(a)"])
    ]
