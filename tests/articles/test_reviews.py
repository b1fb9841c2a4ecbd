# SPDX-License-Identifier: Apache-2.0
"""A review that is due is told of, and what is not needed any longer is to be given up.

It is the holder's own affair: the originator lists nothing of it. Source: GSOMIA Art. 6(h)
"""

from __future__ import annotations

import pytest

from comity.agreement.acts import Recalled
from comity.basis.errors import StateError
from comity.basis.ids import Place
from comity.basis.instants import DAY_MS, parse_date, parse_instant
from comity.decision.stages import Refused
from comity.flows.duties.calendar import calendar_of
from comity.flows.duties.listing import list_duties, list_urgent
from comity.flows.duties.reminders import remind
from comity.flows.keeping.calling_back import recall
from comity.flows.keeping.making import Made
from comity.flows.recalls import refuse_made_from
from comity.flows.receipts import Opened
from comity.flows.reviewing import Review, list_reviews, review_item
from comity.flows.standing import what_waits
from comity.flows.turns import read_view
from comity.state.coming import Coming
from comity.statement.handling import ItemRecall
from tests.articles.keeping_worlds import _held, burnt, copy, erased, held, items_of, translated
from tests.articles.test_contractors import gives
from tests.articles.test_ends import without_sealing_key
from tests.builders.world import CLERK, GSOMIA, KOR, OFFICER, READER, REGISTRAR, Node, World, run

__all__ = ["_held", "held"]

KINDS = ("item.review", "need.ended")
DUE = parse_instant("2021-11-23T15:00:00Z")


def at(world: World, text: str) -> None:
    for node in world.nodes.values():
        node.clock.instant = parse_instant(text)


def coming(node: Node) -> list[Coming]:
    """List what comes up in reviews: the same whichever way one asks."""
    urgent = run(list_urgent(node.context, GSOMIA))
    listed = run(list_duties(node.context, GSOMIA, live=True))
    dated = run(list_duties(node.context, GSOMIA, at=urgent.at))
    found = [
        [each for each in owed.coming if each.what in KINDS] for owed in (urgent, listed, dated)
    ]
    assert found[0] == found[1] == found[2]
    return found[0]


def told(node: Node) -> list[tuple[str, str | None]]:
    found = run(remind(node.context, GSOMIA))
    return [(each.what, each.about) for each in found if each.what in KINDS]


def waits(node: Node) -> list[tuple[str, int, int]]:
    found = run(what_waits(node.context))
    return [(each.what, each.count, each.late) for each in found if each.what in KINDS]


def reviewed(node: Node, place: Place, until: str | None) -> Review | Refused:
    day = None if until is None else parse_date(until)
    return run(review_item(node.context, GSOMIA, place, REGISTRAR, day))


@pytest.mark.row("G6h")
def test_g6h_a_review_comes_up_before_its_day_and_is_late_when_it_has_passed(held: World) -> None:
    first, second = items_of(held)
    kor = held.kor
    at(held, "2021-09-23T14:59:59.999Z")
    assert (coming(kor), waits(kor), told(kor)) == ([], [], [])
    at(held, "2021-09-23T15:00:00Z")
    rows = coming(kor)
    assert [(each.what, each.article, each.due, each.about) for each in rows] == [
        ("item.review", "6(h)", DUE, first),
        ("item.review", "6(h)", DUE, second),
    ]
    assert waits(kor) == [("item.review", 2, 0)]
    assert told(kor) == [("item.review", str(first)), ("item.review", str(second))]
    assert told(kor) == []
    at(held, "2021-11-23T15:00:00Z")
    assert [each.has_passed(kor.clock.now()) for each in coming(kor)] == [True, True]
    assert waits(kor) == [("item.review", 2, 2)]
    assert len(told(kor)) == 2
    assert told(kor) == []


@pytest.mark.row("G6h")
def test_g6h_what_is_reviewed_or_closed_comes_up_no_longer(held: World) -> None:
    first, second = items_of(held)
    kor = held.kor
    at(held, "2021-10-01T00:00:00Z")
    assert not isinstance(reviewed(kor, first, "2021-12-24"), Refused)
    assert [each.about for each in coming(kor)] == [second]
    at(held, "2021-10-25T00:00:00Z")
    assert [each.about for each in coming(kor)] == [first, second]
    erased(kor, second)
    without_sealing_key(held)
    burnt(kor, second)
    assert [each.about for each in coming(kor)] == [first]


@pytest.mark.row("G6h")
def test_g6h_what_is_called_back_is_not_looked_at_again(held: World) -> None:
    first, second = items_of(held)
    at(held, "2021-12-01T00:00:00Z")
    assert [each.about for each in coming(held.kor)] == [first, second]
    body = ItemRecall((first,), Recalled.DESTROY, "told-in-error", None)
    assert not isinstance(run(recall(held.jpn.context, GSOMIA, body, OFFICER)), Refused)
    held.settle(1)
    assert [each.about for each in coming(held.kor)] == [second]
    assert waits(held.kor) == [("item.review", 1, 1)]


@pytest.mark.row("G6h")
def test_g6h_a_review_is_the_holders_own_affair(held: World) -> None:
    first, _ = items_of(held)
    at(held, "2021-12-01T00:00:00Z")
    assert coming(held.kor)
    assert coming(held.jpn) == []
    assert not isinstance(reviewed(held.kor, first, None), Refused)
    assert coming(held.jpn) == []
    seen = run(list_duties(held.kor.context, GSOMIA, CLERK, live=True)).coming
    assert [each for each in seen if each.what in KINDS] == []
    assert held.equal()


@pytest.mark.row("G6h")
def test_g6h_what_is_found_to_be_needed_no_longer_is_to_be_given_up_in_time(held: World) -> None:
    first, _ = items_of(held)
    kor = held.kor
    at(held, "2017-03-01T00:00:00Z")
    assert isinstance(run(review_item(kor.context, GSOMIA, first, READER, None)), Refused)
    ended = reviewed(kor, first, None)
    assert isinstance(ended, Review)
    assert (ended.has_ended, ended.due, ended.overdue) == (True, parse_date("2017-04-30"), False)
    (row,) = coming(kor)
    due = parse_instant("2017-04-30T15:00:00Z")
    assert (row.what, row.article, row.due, row.about) == ("need.ended", "6(h)", due, first)
    assert told(kor) == [("need.ended", str(first))]
    assert b"need.ended-JPN" in calendar_of(
        [run(list_duties(kor.context, GSOMIA, live=True))], exercise=True
    )
    at(held, "2017-04-30T15:00:00Z")
    assert waits(kor) == [("need.ended", 1, 1)]
    found = run(list_reviews(kor.context, GSOMIA, REGISTRAR))
    assert not isinstance(found, Refused)
    assert [each.overdue for each in found] == [True, False]
    erased(kor, first)
    without_sealing_key(held)
    burnt(kor, first)
    assert (coming(kor), waits(kor)) == ([], [])
    with pytest.raises(StateError) as caught:
        reviewed(kor, first, None)
    assert caught.value.code == "item.not-held"


@pytest.mark.row("G6h")
def test_g6h_what_is_needed_after_all_is_kept_again(held: World) -> None:
    first, _ = items_of(held)
    kor = held.kor
    assert not isinstance(reviewed(kor, first, None), Refused)
    assert [each.what for each in coming(kor)] == ["need.ended"]
    assert not isinstance(reviewed(kor, first, "2019-01-01"), Refused)
    assert coming(kor) == []


@pytest.mark.row("G6h")
def test_g6h_nobody_says_of_what_is_not_held_that_its_need_has_ended(held: World) -> None:
    ours = held.kor.release(held.jpn.party).place
    with pytest.raises(StateError) as caught:
        reviewed(held.kor, ours, None)
    assert caught.value.code == "item.not-held"
    unread = held.jpn.release(KOR).place
    held.settle()
    with pytest.raises(StateError):
        reviewed(held.kor, unread, None)


@pytest.mark.row("G6h")
def test_g6h_what_is_received_since_comes_up_in_its_time_too(held: World) -> None:
    """What was looked up for one day does not hide what came later, nor hold for the next."""
    kor = held.kor
    assert coming(kor) == []
    held.move(40 * DAY_MS)
    late = held.jpn.release(KOR).place
    held.settle()
    assert not isinstance(kor.receipt(late), Refused)
    assert coming(kor) == []
    at(held, "2021-10-20T00:00:00Z")
    assert late not in [each.about for each in coming(kor)]
    at(held, "2021-11-20T00:00:00Z")
    assert late in [each.about for each in coming(kor)]


@pytest.mark.row("G6h")
def test_g6h_nothing_more_is_made_of_what_is_needed_no_longer(held: World) -> None:
    first, second = items_of(held)
    kor, why = held.kor, "its need has ended"
    assert isinstance(copy(kor, first), Made)
    assert not isinstance(reviewed(kor, first, None), Refused)
    for refused in (
        copy(kor, first),
        translated(kor, first, "ko", "ko"),
        gives(kor, first),
        run(decide_made_from(kor, first)),
    ):
        assert isinstance(refused, Refused)
        found = [each for each in refused.findings if each.clause == "need"]
        assert [(each.article, each.why[: len(why)]) for each in found] == [("6(h)", why)]
    assert isinstance(kor.open(first), Opened)
    assert run(decide_made_from(kor, second)) is None
    assert not isinstance(reviewed(kor, first, "2020-01-01"), Refused)
    assert isinstance(copy(kor, first), Made)
    assert run(decide_made_from(kor, first)) is None


async def decide_made_from(node: Node, item: Place) -> Refused | None:
    """Ask what a draft is asked that is made from an item, apart from its label."""
    view = await read_view(node.context, GSOMIA)
    return await refuse_made_from(node.context, view, "item.release", (item,))
