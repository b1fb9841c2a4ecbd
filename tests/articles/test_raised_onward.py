# SPDX-License-Identifier: Apache-2.0
"""What its originator says of an item holds wherever it went: raised, or called back.

Japan's item went on from Washington to Seoul under another agreement. Washington holds it by both:
what Japan says under the one holds under the other at once, and is told there by one command.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from comity.agreement.acts import Recalled
from comity.basis.errors import StateError
from comity.basis.ids import PartyId, PersonId, Place
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.flows import drafts, receipts
from comity.flows.commits import commit_on
from comity.flows.context import Context
from comity.flows.courier.taking import take_bundle
from comity.flows.drafts import ItemDraft, KeptDraft
from comity.flows.duties.listing import list_duties
from comity.flows.keeping.handing import CopyAt
from comity.flows.keeping.making import CopyWish, Made, TranslationWish, make_copy, translate
from comity.flows.keeping.making_from import derive_item
from comity.flows.keeping.reading import open_copy
from comity.flows.labels import item_labels
from comity.flows.listing import show_item
from comity.flows.passing.telling import tell_on
from comity.flows.previews import preview_content
from comity.flows.promises import reclassify
from comity.flows.receipts import Opened
from comity.flows.release import release_draft
from comity.flows.speak import Entered
from comity.flows.view import View
from comity.ports import Change
from comity.sealing.payload import PayloadHeader
from comity.state.queries import item_level, recalled_by
from comity.statement.handling import ItemRecall
from tests.articles.keeping_worlds import engage
from tests.articles.outcomes import articles, passed, refused
from tests.builders.pacts import KOR_USA, MARKS, Story
from tests.builders.world import A_YEAR, JPN, KOR, OFFICER, READER, USA, Node, run

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


@pytest.fixture
def draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let drafts be made there: the rule would not speak under an agreement of all three."""
    monkeypatch.setattr(drafts, "refuse_foreign", lambda *_: None)


@pytest.mark.row("G6g")
@pytest.mark.usefixtures("draws")
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
    row = run(show_item(context, KOR_USA, gone, CLEARED))
    assert not isinstance(row, Refused)
    assert row.level == "SECRET"
    labels = run(item_labels(context, KOR_USA, gone, CLEARED, review=A_YEAR))
    assert not isinstance(labels, Refused)
    assert labels.label.classification == "SECRET"


def waits(story: Story, party: PartyId = USA) -> list[tuple[str, str]]:
    """List what is to be said on, as one who may know of it sees it."""
    node = story.second[party]
    owed = run(list_duties(node.context, KOR_USA, CLEARED if party == USA else None))
    return [(each.what, str(each.about)) for each in owed.coming if "onward" in each.what]


def tell(
    story: Story, gone: Place, person: PersonId = OFFICER, **more: Any
) -> tuple[Entered, ...] | Refused:
    marking = more.get("marking")
    return run(tell_on(story.usa.context, KOR_USA, gone, person, marking=marking))


def told(story: Story, gone: Place) -> Entered:
    """Say it on, in one word."""
    outcome = tell(story, gone)
    assert not isinstance(outcome, Refused), outcome
    (said,) = outcome
    return said


@pytest.mark.row("G6g", "G6a")
def test_g6g_a_new_level_is_said_on_by_one_word_and_seoul_refuses_by_it(
    story: Story, item: Place, gone: Place
) -> None:
    engage(story.kor, LOW, Role.READER, clearance="CONFIDENTIAL")
    assert waits(story) == []
    with pytest.raises(StateError) as caught:
        told(story, gone)
    assert caught.value.code == "passing.nothing-to-tell"
    raise_it(story, item)
    assert waits(story) == [("onward.reclassify", str(gone))]
    assert isinstance(story.kor.open(gone, person=LOW), Opened)
    assert articles(tell(story, gone, READER)) == {"house"}
    assert told(story, gone).statement.kind == "item.reclassify"
    story.second.settle()
    assert waits(story) == []
    assert articles(story.kor.open(gone, person=LOW)) >= {"7"}
    view = story.kor.view()
    assert item_level(view.fold.state, view.item(gone), view.moment(story.kor.context)) == "SECRET"
    assert story.second.equal()


@pytest.mark.row("G6g")
def test_g6g_whoever_passed_an_item_on_gives_it_no_level_of_its_own(
    story: Story, item: Place, gone: Place
) -> None:
    """Neither higher than its originator holds it, nor lower once that is raised."""
    context = story.usa.context
    for marking, asked in ((MARKS[USA][0], None), (MARKS[USA][1], MARKS[JPN][0])):
        if asked is not None:
            story.jpn.reclassify(item, asked)
            story.first.settle()
        outcome = refused(run(reclassify(context, KOR_USA, gone, marking, OFFICER)))
        assert [(each.article, each.clause) for each in outcome.findings] == [("8", "originator")]
    assert hub(story).said("item.reclassify") == []


@pytest.mark.row("G6g")
def test_g6g_a_level_that_is_lowered_is_said_on_too(story: Story) -> None:
    item = story.give(marking=MARKS[JPN][0])
    engage(story.usa, CLEARED, Role.READER, clearance="SECRET")
    story.consent(item)
    gone = passed(story.pass_on(item, marking=MARKS[USA][0])).release
    story.second.settle()
    story.jpn.reclassify(item, MARKS[JPN][1])
    story.first.settle()
    assert waits(story) == [("onward.reclassify", str(gone))]
    told(story, gone)
    assert waits(story) == []
    story.second.settle()
    for node in (hub(story), story.kor):
        view = node.view()
        assert item_level(view.fold.state, view.item(gone), view.moment(node.context)) == (
            "CONFIDENTIAL"
        )


@pytest.mark.row("G6g", "G6a")
def test_g6g_a_level_that_was_said_on_and_is_taken_back_is_said_on_again(
    story: Story, item: Place, gone: Place
) -> None:
    """It is passed on, raised and lowered again: Seoul hears of each, and opens it again."""
    engage(story.kor, LOW, Role.READER, clearance="CONFIDENTIAL")
    raise_it(story, item)
    told(story, gone)
    story.second.settle()
    assert articles(story.kor.open(gone, person=LOW)) >= {"7"}
    story.jpn.reclassify(item, MARKS[JPN][1])
    story.first.settle()
    assert waits(story) == [("onward.reclassify", str(gone))]
    told(story, gone)
    assert waits(story) == []
    story.second.settle()
    assert isinstance(story.kor.open(gone, person=LOW), Opened)
    assert story.second.equal()


@pytest.mark.row("G6h", "G6a")
@pytest.mark.usefixtures("draws")
def test_g6h_a_recall_reaches_what_was_passed_on_and_is_said_on(
    story: Story, item: Place, gone: Place
) -> None:
    draft = summary(story, gone, CLEARED)
    assert isinstance(draft, KeptDraft)
    call_back(story, item)
    acts = acts_of(story, gone, CLEARED)
    assert isinstance(acts.pop("open"), Opened)
    for act in acts.values():
        assert "recall" in [each.clause for each in refused(act).findings]
    shown = run(preview_content(story.usa.context, CLEARED, draft.number))
    assert "recall" in [each.clause for each in refused(shown).findings]
    row = run(show_item(story.usa.context, KOR_USA, gone, CLEARED))
    assert not isinstance(row, Refused)
    assert row.recalled_by == (JPN,)
    assert waits(story) == [("onward.recall", str(gone))]
    told(story, gone)
    story.second.settle()
    assert waits(story) == []
    (said,) = hub(story).said("item.recall")
    assert (said["items"], said["wanted"], said["code"]) == ([str(gone)], "either", "error")
    view = story.kor.view()
    assert recalled_by(view.fold.state, view.item(gone)) == (USA,)


@pytest.mark.row("G6g", "G6h")
def test_g6g_a_new_level_and_a_recall_are_said_on_together_and_each_once(
    story: Story, item: Place, gone: Place
) -> None:
    raise_it(story, item)
    call_back(story, item)
    assert {what for what, _ in waits(story)} == {"onward.reclassify", "onward.recall"}
    outcome = tell(story, gone)
    assert not isinstance(outcome, Refused)
    kinds = [each.statement.kind for each in outcome]
    assert kinds == ["item.reclassify", "item.recall"]
    assert waits(story) == []


@pytest.mark.row("G6g")
def test_g6g_a_change_that_comes_between_decision_and_commit_stops_the_act(
    story: Story, item: Place, gone: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another command of the same node takes Japan's word in while this one is deciding."""
    story.jpn.reclassify(item, MARKS[JPN][0])
    discs = iter([story.jpn.pack(USA).names[0]])
    commit = commit_on

    async def late(context: Context, view: View, change: Change) -> None:
        for disc in discs:
            await take_bundle(replace(context, live={}), disc)
        await commit(context, view, change)

    monkeypatch.setattr(receipts, "commit_on", late)
    assert articles(hub(story).open(gone, person=LOW)) == {"7"}
    opened = [each for each in story.usa.acts() if each == ("item.open", "done")]
    assert opened == []
