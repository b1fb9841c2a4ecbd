# SPDX-License-Identifier: Apache-2.0
"""What its originator says of an item holds wherever it went: raised, or called back.

Japan's item went on from Washington to Seoul under another agreement. Washington holds it by both:
what Japan says under the one holds under the other at once, and is told there by one command.
"""

from __future__ import annotations

from typing import Any

import pytest

from comity.agreement.acts import Recalled
from comity.basis.ids import PersonId, Place
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.flows.drafts import ItemDraft, KeptDraft
from comity.flows.keeping.handing import CopyAt
from comity.flows.keeping.making import CopyWish, Made, TranslationWish, make_copy, translate
from comity.flows.keeping.making_from import derive_item
from comity.flows.keeping.reading import open_copy
from comity.flows.previews import preview_content
from comity.flows.receipts import Opened
from comity.flows.release import release_draft
from comity.sealing.payload import PayloadHeader
from comity.statement.handling import ItemRecall
from tests.articles.keeping_worlds import engage
from tests.articles.outcomes import articles, passed, refused
from tests.builders.pacts import KOR_USA, MARKS, Story
from tests.builders.world import JPN, KOR, OFFICER, USA, Node, run

LOW, CLEARED = PersonId("low"), PersonId("cleared")
TEXT = (PayloadHeader("Summary", "text/plain"), [b"two launches"])
DESK = CopyWish("warning", "the duty desk", LOW)


@pytest.fixture
def gone(story: Story, item: Place) -> Place:
    """Give the item as it went on: Washington's people hold it by both agreements."""
    for person, clearance in ((LOW, "CONFIDENTIAL"), (CLEARED, "SECRET")):
        roles = (Role.READER, Role.TRANSLATOR, Role.DRAFTER)
        engage(story.usa, person, *roles, clearance=clearance)
    story.consent(item)
    release = passed(story.pass_on(item)).release
    story.second.settle()
    story.kor.receipt(release)
    story.second.settle()
    story.first.settle()
    return release


def hub(story: Story) -> Node:
    """Give Washington's node as it speaks under the second agreement."""
    return story.second[USA]


def raise_it(story: Story, item: Place) -> None:
    story.jpn.reclassify(item, MARKS[JPN][0])
    story.first.settle()


def call_back(story: Story, item: Place) -> None:
    story.jpn.promise(ItemRecall((item,), Recalled.EITHER, "error", None))
    story.first.settle()


def summary(story: Story, place: Place, person: PersonId = LOW, **changes: Any) -> object:
    """Draft something made from an item under the second agreement."""
    usual: dict[str, Any] = {"marking": MARKS[USA][1], "derived_from": (place,)}
    wanted = {"to": (KOR,), "category": "missile-warning", "form": "document", "purposes": ()}
    draft = ItemDraft(KOR_USA, **{**wanted, **usual, **changes})
    return run(derive_item(story.usa.context, person, draft, *TEXT))


def acts_of(story: Story, gone: Place, person: PersonId) -> dict[str, object]:
    """Do what one may with an item under the second agreement."""
    context, wish = story.usa.context, CopyWish("warning", "the duty desk", person)
    words = TranslationWish(wish, "ko", "ko", TEXT)
    return {
        "open": hub(story).open(gone, person=person),
        "copy": run(make_copy(context, KOR_USA, gone, person, wish)),
        "translate": run(translate(context, KOR_USA, gone, person, words)),
        "derive": summary(story, gone, person),
    }


@pytest.mark.row("G6g")
def test_g6g_an_upgrade_takes_away_what_was_passed_on_and_all_that_was_made_of_it_there(
    story: Story, item: Place, gone: Place
) -> None:
    before = acts_of(story, gone, LOW)
    copy, draft = before["copy"], before["derive"]
    assert isinstance(copy, Made)
    assert isinstance(draft, KeptDraft)
    assert not {name: each for name, each in before.items() if isinstance(each, Refused)}
    raise_it(story, item)
    after = acts_of(story, gone, LOW)
    context, at = story.usa.context, CopyAt(KOR_USA, gone, copy.copy.number)
    after["its copy"] = run(open_copy(context, at, LOW, purpose="warning"))
    after["its draft"] = run(preview_content(context, LOW, draft.number))
    assert {name: articles(each) for name, each in after.items() if name != "derive"} == {
        name: {"7"} for name in after if name != "derive"
    }
    assert isinstance(after["derive"], Refused)
    stopped = refused(run(release_draft(context, OFFICER, draft.number)))
    assert [each.clause for each in stopped.findings] == ["level"]
    opened = hub(story).open(gone, person=CLEARED)
    assert isinstance(opened, Opened)
    assert "SECRET" in opened.banner.head
