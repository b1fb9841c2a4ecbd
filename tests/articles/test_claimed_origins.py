# SPDX-License-Identifier: Apache-2.0
"""Where something was passed on from is a partner's word: it holds nobody up, and shows nothing.

Washington says things with its own keys that its own node would not say.
"""

from __future__ import annotations

import pytest

from comity.agreement.acts import Recalled
from comity.basis.ids import PartyId, PersonId, Place
from comity.basis.instants import Instant
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.flows import origins
from comity.flows.duties.listing import list_duties
from comity.flows.listing import ItemRow, list_items, show_item
from comity.flows.origins import TOO_FAR_BACK, standing_level
from comity.flows.receipts import decide_on_item
from comity.flows.turns import read_about
from comity.flows.view import View
from comity.state.records import Item
from comity.statement.handling import ItemRecall
from comity.statement.passing import Onward
from tests.articles.keeping_worlds import engage
from tests.articles.outcomes import refused
from tests.builders.pacts import JPN_USA, TISA, Story, under
from tests.builders.raw_items import HIGH, LOW, say_item
from tests.builders.world import JPN, KOR, READER, USA, Node, World, run

CLEARED = PersonId("cleared")


def shared(story: Story) -> World:
    """Give the nodes as they speak under the arrangement of all three."""
    return under(story.world, TISA, JPN, KOR, USA)


def next_place(node: Node) -> Place:
    return Place(node.party, node.view().heads[node.party].size)


def circle(story: Story) -> tuple[Place, Place]:
    """Let Washington release one thing to Japan twice, each passed on from the other."""
    here, there = story.first[USA], shared(story)[USA]
    one, two = next_place(here), next_place(there)
    assert say_item(here, JPN, passed_on=Onward(TISA, two)) == one
    assert say_item(there, JPN, high=True, passed_on=Onward(JPN_USA, one)) == two
    story.first.settle(1)
    shared(story).settle(1)
    return one, two


def row(node: Node, place: Place) -> ItemRow:
    found = run(show_item(node.context, node.agreement, place, READER))
    assert isinstance(found, ItemRow), found
    return found


@pytest.mark.row("G6g", "G6h")
def test_g6g_two_that_were_passed_on_from_each_other_are_held_at_the_higher_level(
    story: Story,
) -> None:
    one, two = circle(story)
    everywhere = shared(story)
    for node in (story.jpn, everywhere[JPN], story.usa, everywhere[USA]):
        place = one if node.agreement == JPN_USA else two
        assert row(node, place).level == HIGH
        listed = run(list_items(node.context, node.agreement, READER))
        assert not isinstance(listed, Refused)
        assert place in [each.item.place for each in listed.rows]
        assert run(list_duties(node.context, node.agreement, READER)).coming is not None
    recall = ItemRecall((two,), Recalled.EITHER, "error", None)
    assert row(story.jpn, one).recalled_by == ()
    everywhere[USA].promise(recall)
    everywhere.settle(1)
    assert row(story.jpn, one).recalled_by == (USA,)
    owed = run(list_duties(story.usa.context, JPN_USA, READER)).coming
    assert ("onward.recall", one) in [(each.what, each.about) for each in owed]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Place]:
    """List what is looked at behind items."""
    places: list[Place] = []
    find = origins._find_origin

    def noted(view: View, item: Item, at: Instant) -> origins.Origin | None:
        places.append(item.place)
        return find(view, item, at)

    monkeypatch.setattr(origins, "_find_origin", noted)
    return places


def tower(story: Story) -> Place:
    """Pass three things on from one that was made from three, three times; the lowest are high."""
    below: Onward | None = None
    for hop, node in enumerate((story.first[USA], shared(story)[USA], story.first[USA])):
        parts = tuple(say_item(node, JPN, high=hop == 0, passed_on=below) for _ in range(3))
        top = say_item(node, JPN, high=hop == 0, derived_from=parts)
        below = Onward(node.agreement, top)
    story.first.settle(1)
    shared(story).settle(1)
    return top


@pytest.mark.row("G6g")
def test_g6g_each_thing_behind_an_item_is_looked_at_once_however_many_ways_lead_there(
    story: Story, asked: list[Place]
) -> None:
    top = tower(story)
    view = run(read_about(story.jpn.context, JPN_USA, (top,)))
    asked.clear()
    assert standing_level(view, view.item(top), view.moment(story.jpn.context)) == HIGH
    assert len(asked) == 3 * 4


@pytest.mark.row("G6g")
def test_g6g_nobody_may_have_an_item_behind_which_more_lies_than_is_looked_at(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    engage(story.jpn, CLEARED, Role.READER, clearance=HIGH)
    top = tower(story)
    for most, level in ((12, HIGH), (11, TOO_FAR_BACK)):
        monkeypatch.setattr(origins, "BEHIND_MAX", most)
        assert row(story.jpn, top).level == level
    asking = decide_on_item(
        story.jpn.context, JPN_USA, top, CLEARED, action="open", purpose="warning"
    )
    assert "access" in {each.clause for each in refused(run(asking)).findings}


@pytest.mark.row("G6g", "G6h", "G7.1")
@pytest.mark.parametrize(
    ("to", "of", "shows"),
    [
        pytest.param((JPN, USA), b"a", True, id="it was given the very thing"),
        pytest.param((USA,), b"a", False, id="it was given nothing"),
        pytest.param((JPN, USA), b"b", False, id="it was given something else"),
    ],
)
def test_g6g_whoever_never_held_an_item_learns_nothing_of_it_by_saying_that_it_was_passed_on(
    story: Story, to: tuple[PartyId, ...], of: bytes, shows: bool
) -> None:
    """Washington's reader of what Japan says so of is shown no level and recall of Seoul's."""
    seoul, japan = shared(story)[KOR], story.jpn
    held = say_item(seoul, *to, high=True, of=of)
    shared(story).settle(1)
    assert held in shared(story)[USA].view().fold.state.items
    claimed = say_item(japan, USA, passed_on=Onward(TISA, held))
    absent = say_item(japan, USA, passed_on=Onward(TISA, Place(KOR, 999)))
    story.first.settle(1)
    seoul.promise(ItemRecall((held,), Recalled.EITHER, "error", None))
    shared(story).settle(1)
    rows = [row(story.usa, each) for each in (claimed, absent)]
    shown = [(each.level, each.recalled_by) for each in rows]
    assert shown == [(HIGH, (KOR,)) if shows else (LOW, ()), (LOW, ())]
