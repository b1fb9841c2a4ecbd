# SPDX-License-Identifier: Apache-2.0
"""What is drawn for whom, what the journal knows of it, and links that a person makes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from comity.basis.errors import InputError, StateError
from comity.basis.ids import PersonId, Place
from comity.decision.stages import Refused
from comity.flows.people.register import change_person
from comity.flows.picture.drawing import map_of, number_rows, timelines_of
from comity.flows.picture.gathering import Picture, PictureWish, gather_picture
from comity.flows.picture.linking import Link, links_among, say_of_one_event, suggest_among
from tests.builders.real_events import LAUNCHES, TESTS, launch_json, nuclear_json
from tests.builders.sent_reports import release, send
from tests.builders.world import (
    ADMIN,
    AUDITOR,
    CLERK,
    GSOMIA,
    JPN,
    KOR,
    MARKING,
    READER,
    REGISTRAR,
    Node,
    World,
    run,
)


def gather(node: Node, person: PersonId = READER, **wish: Any) -> Picture | Refused:
    return run(gather_picture(node.context, person, PictureWish(**{"purpose": "warning"} | wish)))


def seen(node: Node, person: PersonId = READER, **wish: Any) -> list[Place]:
    picture = gather(node, person, **wish)
    assert isinstance(picture, Picture), picture
    return [each.item.place for each in picture.reports]


@pytest.fixture
def told(assured: World) -> tuple[World, Place, Place]:
    """Give a world in which both parties reported the sixth test."""
    japan = send(assured, JPN, nuclear_json("JPN", TESTS[3], "JMA"))
    korea = send(assured, KOR, nuclear_json("KOR", TESTS[3], "KMA") | {"event": "a-name"})
    return assured, japan, korea


def test_both_parties_reports_are_drawn_on_both_nodes_under_their_banners(
    told: tuple[World, Place, Place],
) -> None:
    world, japan, korea = told
    for node in (world.jpn, world.kor):
        picture = gather(node)
        assert isinstance(picture, Picture)
        assert [each.item.place for each in picture.reports] == sorted(
            (japan, korea), key=lambda each: (-node.view().item(each).at, each)
        )
        assert all(
            MARKING[each.item.place.party] in " ".join(each.banner.head) for each in picture.reports
        )
        assert (picture.unreadable, picture.is_cut) == ((), False)


def test_each_that_was_shown_has_a_line_of_the_journal_of_its_own_with_its_articles(
    told: tuple[World, Place, Place],
) -> None:
    world, japan, korea = told
    before = len(world.kor.journal())
    seen(world.kor)
    lines = world.kor.journal()[before:]
    shown = sorted(f"{GSOMIA}/{each}" for each in (japan, korea))
    assert sorted(line["details"]["item"] for line in lines) == shown
    for line in lines:
        assert (line["act"], line["by"], line["outcome"]) == ("item.open", READER, "done")
        assert line["details"]["articles"]
        assert line["details"]["purpose"] == "warning"
        assert len(line["details"]["file"]) == 64


def test_nothing_is_drawn_that_the_viewer_may_not_open_and_nothing_is_noted(
    told: tuple[World, Place, Place],
) -> None:
    world, _, _ = told
    before = len(world.kor.journal())
    assert seen(world.kor, purpose="gossip") == []
    assert world.kor.journal()[before:] == []


def test_who_is_not_cleared_or_has_no_need_to_know_sees_an_empty_picture(
    told: tuple[World, Place, Place],
) -> None:
    world, _, _ = told
    assert seen(world.kor, CLERK) == []  # without need-to-know for this category
    uncleared = partial(replace, clearance=None, clearance_until=None)
    done = run(change_person(world.kor.context, READER, uncleared, REGISTRAR))
    assert not isinstance(done, Refused)
    assert seen(world.kor) == []
    assert ("item.open", "done") not in world.kor.acts()


@pytest.mark.parametrize("person", [AUDITOR, ADMIN])
def test_nobody_without_a_role_that_leads_to_content_sees_a_picture(
    told: tuple[World, Place, Place], person: PersonId
) -> None:
    world, _, _ = told
    refused = gather(world.kor, person)
    assert isinstance(refused, Refused)
    assert world.kor.acts()[-1] == ("picture.open", "refused")


def test_what_is_no_report_is_neither_drawn_nor_noted(assured: World) -> None:
    assured.jpn.release(KOR)
    assured.settle()
    before = len(assured.jpn.journal())
    assert seen(assured.jpn) == []
    assert assured.jpn.journal()[before:] == []


def test_a_payload_that_is_not_the_report_that_it_says_is_listed_as_unreadable(
    assured: World,
) -> None:
    place = send(assured, JPN, {"schema": "launch_report/1"})
    picture = gather(assured.kor)
    assert isinstance(picture, Picture)
    assert (picture.reports, picture.unreadable) == ((), (f"{GSOMIA}/{place}",))


def test_a_report_whose_key_is_lost_is_unreadable(told: tuple[World, Place, Place]) -> None:
    world, japan, korea = told
    world.kor.lose_key(japan)
    picture = gather(world.kor)
    assert isinstance(picture, Picture)
    assert [each.item.place for each in picture.reports] == [korea]
    assert picture.unreadable == (f"{GSOMIA}/{japan}",)


def test_a_wish_narrows_by_party_category_and_level(told: tuple[World, Place, Place]) -> None:
    world, japan, korea = told
    assert seen(world.kor, parties=frozenset({JPN})) == [japan]
    assert seen(world.kor, categories=frozenset({"air"})) == []
    level = world.kor.view().item(korea).release.label.level
    assert set(seen(world.kor, levels=frozenset({level}))) == {japan, korea}
    assert seen(world.kor, levels=frozenset({"TOP SECRET"})) == []
    assert set(seen(world.kor, agreements=(GSOMIA,))) == {japan, korea}


def test_what_was_superseded_says_by_what(assured: World) -> None:
    first = send(assured, JPN, launch_json("JPN", LAUNCHES[0]))
    revised = launch_json("JPN", LAUNCHES[0]) | {"revision": 2, "supersedes": 1}
    second = send(assured, JPN, revised, supersedes=first)
    picture = gather(assured.kor)
    assert isinstance(picture, Picture)
    by_place = {each.item.place: each for each in picture.reports}
    assert (by_place[first].superseded_by, by_place[second].superseded_by) == (second, None)


def flood(world: World, count: int, **more: Any) -> list[Place]:
    """Let Japan release many reports, and Korea give its receipts."""
    value = launch_json("JPN", LAUNCHES[0])
    places = [
        release(world.jpn, KOR, value | {"event": f"e-{each}"}, "missile-warning", **more)
        for each in range(count)
    ]
    world.settle()
    for each in places:
        world.kor.receipt(each)
    world.settle()
    return places


def test_a_flood_of_one_party_keeps_nobody_elses_reports_out_of_the_picture(
    told: tuple[World, Place, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, _, korea = told
    monkeypatch.setattr("comity.flows.picture.gathering.SHOWN_MAX", 16)
    newest = flood(world, 12)
    found = seen(world.kor)
    assert korea in found
    assert {each for each in found if each.party == JPN} == {*newest[-8:]}


def test_what_is_refused_fills_no_picture(
    told: tuple[World, Place, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, japan, _ = told
    monkeypatch.setattr("comity.flows.picture.gathering.SHOWN_MAX", 16)
    flood(world, 12, purposes=("training",))
    assert japan in seen(world.kor)


def test_pictures_go_on_where_the_one_before_ended_and_neither_lose_nor_double(
    told: tuple[World, Place, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, japan, korea = told
    monkeypatch.setattr("comity.flows.picture.gathering.SHOWN_MAX", 4)
    monkeypatch.setattr("comity.flows.picture.gathering.SHARE_LEAST", 1)
    monkeypatch.setattr("comity.flows.picture.gathering.TOGETHER", 1)
    places = [*flood(world, 5), japan, korea]
    found: list[Place] = []
    before: dict[Any, int] = {}
    for _ in range(9):
        picture = gather(world.kor, before=before)
        assert isinstance(picture, Picture)
        assert len(picture.reports) <= 4
        found += [each.item.place for each in picture.reports]
        if not picture.is_cut:
            break
        before = {(agreement, each.party): each.index for agreement, each in picture.next or ()}
    assert sorted(found) == sorted(places)


def test_a_picture_looks_at_so_many_entries_and_says_where_to_go_on(
    told: tuple[World, Place, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, _, _ = told
    monkeypatch.setattr("comity.flows.picture.gathering.SCANNED_MAX", 1)
    picture = gather(world.kor)
    assert isinstance(picture, Picture)
    heads = world.kor.view().heads
    assert picture.next == tuple(
        (GSOMIA, Place(each, heads[each].size - 1)) for each in sorted(heads)
    )


def test_rows_say_what_stands_instead_of_them(assured: World) -> None:
    first = send(assured, JPN, launch_json("JPN", LAUNCHES[0]))
    revised = launch_json("JPN", LAUNCHES[0]) | {"revision": 2, "supersedes": 1}
    send(assured, JPN, revised)
    send(assured, JPN, revised | {"event": "another", "revision": 1, "supersedes": None})
    third = send(assured, JPN, launch_json("JPN", LAUNCHES[1]), supersedes=first)
    picture = gather(assured.kor)
    assert isinstance(picture, Picture)
    rows = {each.shown.item.place: each for each in number_rows(picture.reports)}
    assert rows[first].revised_by == rows[third].number
    assert [each.number for each in rows.values() if not each.stands] == [rows[first].number]


def test_timelines_are_drawn_of_every_year_month_and_day_in_which_something_is(
    told: tuple[World, Place, Place],
) -> None:
    picture = gather(told[0].kor)
    assert isinstance(picture, Picture)
    drawn = timelines_of(number_rows(picture.reports))
    assert [zoom.text for zoom, _ in drawn] == ["", "2017", "2017-09", "2017-09-03"]
    assert timelines_of(()) == ()
    assert "Map of reports" in map_of(()).text


def link(node: Node, one: Place, other: Place, person: PersonId = READER, **more: Any) -> Any:
    wanted: dict[str, Any] = {"purpose": "warning", "one_event": True} | more
    items = ((GSOMIA, one), (GSOMIA, other))
    return run(say_of_one_event(node.context, person, items, **wanted))


def links(node: Node) -> tuple[Link, ...]:
    picture = gather(node)
    assert isinstance(picture, Picture)
    return run(links_among(node.context, picture.reports))


def test_a_suggestion_becomes_a_link_by_a_persons_word_and_no_partner_hears_of_it(
    told: tuple[World, Place, Place],
) -> None:
    world, japan, korea = told
    picture = gather(world.kor)
    assert isinstance(picture, Picture)
    (suggested,) = suggest_among(picture.reports, ())
    assert {suggested.one, suggested.other} == {f"{GSOMIA}/{each}" for each in (japan, korea)}
    sizes = world.kor.sizes()
    made = link(world.kor, korea, japan)
    assert isinstance(made, Link)
    assert made.stands
    assert world.kor.acts()[-1] == ("picture.link", "done")
    assert world.kor.sizes() == sizes
    assert links(world.kor) == (made,)
    assert suggest_among(picture.reports, (made,)) == ()
    assert links(world.jpn) == ()


def test_the_last_word_counts_and_what_was_said_before_stays(
    told: tuple[World, Place, Place],
) -> None:
    world, japan, korea = told
    link(world.kor, korea, japan)
    taken_back = link(world.kor, japan, korea, one_event=False)
    assert [each.one_event for each in taken_back.words] == [True, False]
    assert not taken_back.stands
    picture = gather(world.kor)
    assert isinstance(picture, Picture)
    assert suggest_among(picture.reports, links(world.kor)) == ()


def test_nobody_links_what_may_not_be_opened(told: tuple[World, Place, Place]) -> None:
    world, japan, korea = told
    for wrong in ({"person": AUDITOR}, {"purpose": "gossip"}):
        assert isinstance(link(world.kor, japan, korea, **wrong), Refused)
        assert world.kor.acts()[-1][1] == "refused"
    assert links(world.kor) == ()


def test_a_report_is_not_linked_with_itself_nor_with_what_is_not_there(
    told: tuple[World, Place, Place],
) -> None:
    world, japan, _ = told
    with pytest.raises(InputError):
        link(world.kor, japan, japan)
    with pytest.raises(StateError):
        link(world.kor, japan, Place(KOR, 9999))
