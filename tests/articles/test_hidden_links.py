# SPDX-License-Identifier: Apache-2.0
"""What a person may not know of is not named by what it has to do with either."""

from __future__ import annotations

import pytest

from comity.basis.ids import PersonId, Place
from comity.decision.stages import Refused
from comity.flows.item_pages import page_items
from comity.flows.listing import ItemRow, list_items, show_item
from comity.flows.news import Batch, Told, gather_news, news_from_now
from comity.statement.information import RequestMake
from tests.api.support_api import BASE, serve
from tests.builders.pacts import JPN_USA, Story
from tests.builders.raw_items import say_item
from tests.builders.world import JPN, READER, REGISTRAR, USA, run

HIDDEN = "nuclear-test"


def linked(story: Story, category: str) -> tuple[Place, Place, Place, Place]:
    """Let Japan ask, and Washington answer by an item, supersede it, and make a third of both.

    The question and the second item are on the category that is given.
    """
    asked = story.jpn.promise(RequestMake(category, None, None), to=(USA,)).place
    story.first.settle(1)
    usa = story.first[USA]
    old = say_item(usa, JPN, answers=asked)
    new = say_item(usa, JPN, category=category, supersedes=old)
    made = say_item(usa, JPN, supersedes=new, derived_from=(old, new))
    story.first.settle(1)
    return asked, old, new, made


Row = dict[str, object]


def rows_of(story: Story, person: PersonId) -> dict[Place, Row]:
    """Give the links of every item, alike by every way to look at it."""
    context = story.jpn.context
    listed = run(list_items(context, JPN_USA, person))
    paged = run(page_items(context, JPN_USA, person, {}, limit=99))
    assert not isinstance(listed, Refused)
    assert not isinstance(paged, Refused)
    found = {each.item.place: links(each) for each in listed.rows}
    assert found == {each.item.place: links(each) for each in paged.rows}
    for place, row in found.items():
        shown = run(show_item(context, JPN_USA, place, person))
        assert isinstance(shown, ItemRow)
        assert links(shown) == row
    return found


def links(row: ItemRow) -> Row:
    release = row.item.release
    return {
        "supersedes": release.supersedes,
        "superseded by": row.superseded_by,
        "answers": release.answers,
        "made from": release.derived_from,
    }


def told(story: Story, person: PersonId, start: Place) -> dict[Place, Place | None]:
    """Give what the events say that each new item of Washington supersedes."""
    told = run(news_from_now(story.jpn.context, JPN_USA, person, {USA: start.index}))
    assert isinstance(told, Told)
    batch = run(gather_news(story.jpn.context, JPN_USA, person, told, limit=99))
    assert isinstance(batch, Batch)
    items = [each.item for each in batch.news if each.item.place.party == USA]
    return {each.place: each.release.supersedes for each in items}


def answered(story: Story, person: PersonId) -> list[list[str]]:
    """Give the items that answer each request, as the API lists them."""
    served = serve(story.jpn)
    rows = served.get(f"{BASE}/agreements/{JPN_USA}/requests", person).json["requests"]
    served.close()
    assert not served.faults
    return [[each["item"] for each in row["replies"]] for row in rows]


@pytest.mark.row("G7.1")
def test_g7_1_an_item_names_no_other_that_its_reader_may_not_know_of(story: Story) -> None:
    asked, old, new, made = linked(story, HIDDEN)
    rows = rows_of(story, READER)
    assert new not in rows
    nothing = {"supersedes": None, "superseded by": None, "answers": None, "made from": ()}
    assert rows[old] == nothing
    assert rows[made] == {**nothing, "made from": (old,)}
    assert told(story, READER, old) == {old: None, made: None}
    every = rows_of(story, REGISTRAR)
    assert every[old] == {**nothing, "superseded by": new, "answers": asked}
    assert every[new] == {**nothing, "supersedes": old, "superseded by": made}
    assert every[made] == {**nothing, "supersedes": new, "made from": (old, new)}
    assert told(story, REGISTRAR, old) == {old: None, new: old, made: new}


@pytest.mark.row("G7.1")
def test_g7_1_an_item_names_all_others_that_its_reader_may_know_of(story: Story) -> None:
    asked, old, new, made = linked(story, "missile-warning")
    rows = rows_of(story, READER)
    assert rows == rows_of(story, REGISTRAR)
    assert (rows[old]["superseded by"], rows[old]["answers"]) == (new, asked)
    assert rows[made]["made from"] == (old, new)
    assert told(story, READER, old) == {old: None, new: old, made: new}


@pytest.mark.row("G7.1")
@pytest.mark.parametrize("category", ["missile-warning", HIDDEN])
def test_g7_1_a_request_names_no_answer_that_its_reader_may_not_know_of(
    story: Story, category: str
) -> None:
    asked = story.jpn.promise(RequestMake("missile-warning", None, None), to=(USA,)).place
    story.first.settle(1)
    place = say_item(story.first[USA], JPN, category=category, answers=asked)
    story.first.settle(1)
    assert answered(story, REGISTRAR) == [[str(place)]]
    assert answered(story, READER) == [[] if category == HIDDEN else [str(place)]]
