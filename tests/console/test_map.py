# SPDX-License-Identifier: Apache-2.0
"""The common picture in the console: opened by an act, silent of what may not be opened."""

import csv
import io
from dataclasses import replace
from functools import partial

import pytest

from comity.basis.ids import Place
from comity.console.pages.map import _WORDS
from comity.console.static_files import static_files, static_path
from comity.decision.stages import Refused
from comity.flows.people.register import change_person
from comity.flows.picture.points import put_points
from comity.picture import maps
from comity.picture.interests import parse_interests
from comity.picture.palette import style_sheet
from tests.api.support_api import serve
from tests.builders.real_events import (
    HWASONG_15,
    LAUNCHES,
    TESTS,
    launch_json,
    nuclear_json,
    points_json,
    range_json,
    span,
)
from tests.builders.sent_reports import release, send
from tests.builders.world import ADMIN, AUDITOR, CLERK, GSOMIA, JPN, KOR, READER, REGISTRAR, run
from tests.console.support_console import browse

WISH = {"purpose": "warning"}


@pytest.fixture
def told(assured):
    """Both parties reported the sixth test, and Japan a launch that it then revised."""
    japan = send(assured, JPN, nuclear_json("JPN", TESTS[3], "JMA"))
    korea = send(assured, KOR, nuclear_json("KOR", TESTS[3], "KMA") | {"event": "a-name"})
    launch = launch_json("JPN", LAUNCHES[0])
    first = send(assured, JPN, launch)
    revised = launch | {"revision": 2, "supersedes": 1}
    second = send(assured, JPN, revised, supersedes=first)
    return assured, japan, korea, first, second


@pytest.fixture
def served(told):
    """Serve Japan's node to its own people."""
    served = serve(told[0].jpn)
    yield served
    served.close()
    assert not served.faults


@pytest.fixture
def reader(served):
    served.set_password(READER)
    browser = browse(served)
    browser.sign_in(READER)
    return browser


def _items(browser):
    return [
        each.text_content()
        for each in browser.found("//tbody//td[last()]/a[starts-with(@href, '/items/')]")
    ]


def test_nothing_is_opened_before_a_person_says_what_for(reader, told):
    node = told[0].jpn
    before = len(node.journal())
    assert reader.get("/map").status == 200
    assert reader.found("//*[local-name()='svg']") == []
    assert node.journal()[before:] == []
    assert reader.post("/map", {"purpose": " "}).status == 400
    assert "content is opened for a purpose" in reader.text()
    assert node.journal()[before:] == []


def test_the_picture_is_drawn_noted_and_stands_under_the_highest_marking(reader, told):
    world, japan, korea, first, second = told
    before = len(world.jpn.journal())
    reader.get("/map")
    assert reader.post("/map", WISH).status == 200
    assert sorted(_items(reader)) == sorted(map(str, (japan, korea, first, second)))
    noted = [line for line in world.jpn.journal()[before:] if line["act"] == "item.open"]
    assert len(noted) == 4
    said = [each.text_content() for each in reader.found("//tr[@id]/td[last() - 1]")]
    assert said == ["ROUTINE"] * 4  # the template names no alerts
    banner = reader.text("//section[contains(@class, 'banner')]")
    assert "秘" in banner
    assert "군사III급비밀" in banner
    assert "no content" not in banner
    drawings = reader.found("//*[local-name()='svg'][@role='img']/@aria-label")
    assert drawings[:2] == ["Map of reports", "Timeline of reports, in UTC"]


def test_what_was_superseded_says_by_what_and_is_drawn_where_that_is_asked_for(reader, told):
    reader.get("/map")
    reader.post("/map", WISH)
    assert "superseded by number 1" in reader.text("//tr[@class='past']")
    assert "of that" not in reader.text()
    drawn = reader.text("(//*[local-name()='svg'][@role='img'])[2]")
    reader.post("/map", {**WISH, "superseded": "yes"})
    assert reader.text("(//*[local-name()='svg'][@role='img'])[2]") != drawn


def test_timelines_closer_by_stand_behind_links_and_lead_back(reader, told):
    reader.get("/map")
    reader.post("/map", WISH)
    links = [each for each in reader.links() if each.startswith("#at-")]
    assert {"#at-2017", "#at-2017-09", "#at-2017-09-03"} <= {*links}
    found = {f"#{each}" for each in reader.found("//section[@class='zoom']/@id")}
    assert {*links} == found


@pytest.mark.parametrize(
    ("wish", "count"),
    [
        ({"by": "KOR"}, 1),
        ({"by": "JPN"}, 3),
        ({"category": "nuclear-test"}, 0),
        ({"level": "TOP"}, 0),
        ({"level": "CONFIDENTIAL"}, 4),
        ({"agreement": "gsomia-jpn-kor"}, 4),
        ({"agreement": "gsomia-usa-kor"}, 0),
    ],
)
def test_a_wish_narrows_the_picture(reader, told, wish, count):
    reader.get("/map")
    assert reader.post("/map", {**WISH, **wish}).status == 200
    assert len(_items(reader)) == count


def test_another_purpose_shows_nothing_and_says_no_more_than_that(reader, told):
    node = told[0].jpn
    reader.get("/map")
    before = len(node.journal())
    assert reader.post("/map", {"purpose": "gossip"}).status == 200
    assert _items(reader) == []
    assert "no report that you may open" in reader.text()
    assert "No protected content" in reader.text("//section[contains(@class, 'banner')]")
    assert node.journal()[before:] == []


def test_who_may_not_know_of_a_category_sees_an_empty_picture(served, told):
    served.set_password(CLERK)
    browser = browse(served)
    browser.sign_in(CLERK)
    browser.get("/map")
    assert browser.post("/map", WISH).status == 200
    assert _items(browser) == []


def test_a_role_that_leads_to_no_content_is_refused_and_has_no_link(served, told):
    served.set_password(AUDITOR)
    browser = browse(served)
    browser.sign_in(AUDITOR)
    browser.get("/map")
    assert "/map" not in browser.links()
    assert browser.post("/map", WISH).status == 403
    assert told[0].jpn.acts()[-1] == ("picture.open", "refused")


def test_older_reports_are_opened_by_a_form_that_keeps_the_wish(reader, told, monkeypatch):
    monkeypatch.setattr("comity.flows.picture.gathering.SHOWN_MAX", 2)
    monkeypatch.setattr("comity.flows.picture.gathering.SHARE_LEAST", 1)
    reader.get("/map")
    reader.post("/map", {**WISH, "by": "JPN"})
    seen = _items(reader)
    while reader.found("//input[@name='before']"):
        form = reader.found("//form[.//input[@name='before']]//input")
        fields = [(each.get("name"), each.get("value")) for each in form]
        reader.post("/map", [each for each in fields if each[0] != "form-token"])
        seen += _items(reader)
    assert sorted(seen) == sorted(map(str, (told[1], told[3], told[4])))


@pytest.mark.parametrize("before", ["x", "gsomia-jpn-kor/..", "gsomia-jpn-kor/JPN/-1"])
def test_a_place_that_does_not_read_is_told_and_what_was_typed_stays(reader, before):
    reader.get("/map")
    answer = reader.post("/map", {"purpose": "my purpose", "before": before})
    assert answer.status == 400
    assert reader.found("//input[@name='purpose']/@value") == ["my purpose"]


def test_hostile_text_is_inert(reader, told):
    world = told[0]
    hostile = launch_json("KOR", LAUNCHES[0]) | {
        "title": "<script>alert(1)</script>\u202e",
        "event": "hostile",
    }
    place = release(world.kor, JPN, hostile, "missile-warning")
    world.settle()
    world.jpn.receipt(place)
    reader.get("/map")
    answer = reader.post("/map", WISH)
    assert b"<script>alert" not in answer.body
    assert "\u202e" not in answer.body.decode()
    assert str(place) in _items(reader)
    reader.post("/map", {"purpose": "<b>\u202e"})
    assert b"<b>\xe2" not in answer.body


def test_drawings_are_said_in_every_language(served, told):
    said = {*maps.WORDS.values(), *maps.KINDS.values(), maps.STATED_WAY, maps.WORKED_OUT_WAY}
    said |= {maps.MIDDLE_SCALE, maps.OWN_LINES, maps.TITLE, maps.TITLE_OF_TIMELINE}
    assert {*_WORDS} == said
    served.set_password(READER)
    for language, word in (("ja", "報告の地図"), ("ko", "보고 지도")):
        browser = browse(served, language)
        browser.sign_in(READER)
        browser.get("/map")
        browser.post("/map", WISH)
        assert word in browser.found("//*[local-name()='svg'][@role='img']/@aria-label")


def test_the_style_sheet_of_drawings_is_that_of_the_palette():
    body = static_files()[static_path("picture.css")].body.decode()
    assert body.partition("that. */\n")[2] == style_sheet()


def _pair(*places):
    one, other = (f"{GSOMIA}/{each}" for each in places)
    return {"one": one, "other": other, "purpose": "warning"}


def test_reports_of_one_event_are_suggested_compared_and_linked_by_a_person(reader, told):
    world, japan, korea, *_ = told
    reader.get("/map")
    reader.post("/map", WISH)
    assert "may be of one event" in reader.text()
    assert reader.post("/map/compare", _pair(japan, korea)).status == 200
    assert "JMA" in reader.text("//tbody")
    assert "KMA" in reader.text("//tbody")
    assert "How sure the author is" in reader.text("//tbody")
    assert reader.found("//td/strong[text()='differs']")
    banner = reader.text("//section[contains(@class, 'banner')]")
    assert "秘" in banner
    pair = _pair(japan, korea)
    answer = reader.post("/map/link", {**pair, "says": "one-event"})
    assert answer.header("location") == "/map?told=yes"
    assert world.jpn.acts()[-1] == ("picture.link", "done")
    reader.get("/map?told=yes")
    assert "is noted" in reader.text()
    reader.post("/map", WISH)
    assert "of one event, as was said" in reader.text()
    reader.post("/map/link", {**pair, "says": "not-one"})
    reader.get("/map")
    reader.post("/map/compare", pair)
    assert "not of one event, as was said" in reader.text("//p[@role='status']")


def test_nobody_compares_or_links_what_is_hidden_or_absent_or_not_to_be_opened(served, told):
    world, japan, korea, *_ = told
    served.set_password(CLERK)
    served.set_password(READER)
    clerk, reader = browse(served), browse(served)
    clerk.sign_in(CLERK)
    reader.sign_in(READER)
    clerk.get("/map")
    reader.get("/map")
    absent = _pair(japan, Place(KOR, 4000))
    wrong = _pair(japan, korea) | {"one": "gsomia-usa-kor/JPN/1"}
    for path in ("/map/compare", "/map/link", "/map/export"):
        more = {"says": "one-event", "format": "cap"}
        for browser, pair in ((clerk, _pair(japan, korea)), (reader, absent), (reader, wrong)):
            item = {"item": pair["other"] if pair is absent else pair["one"]}
            answer = browser.post(path, {**pair, **more, **item})
            assert answer.status == 404, (path, pair)
    gossip = {**_pair(japan, korea), "purpose": "gossip"}
    assert reader.post("/map/compare", gossip).status == 404
    assert reader.post("/map/link", {**gossip, "says": "one-event"}).status == 403
    assert reader.post("/map/link", {**_pair(japan, korea), "says": "x"}).status == 400
    assert reader.post("/map/link", {**_pair(japan, japan), "says": "one-event"}).status == 400
    assert ("picture.link", "done") not in world.jpn.acts()


def test_reports_go_out_as_geojson_and_cap_and_the_journal_notes_it(reader, told):
    world, japan, korea, *_ = told
    reader.get("/map")
    reader.post("/map", WISH)
    items = [("item", f"{GSOMIA}/{each}") for each in (japan, korea)]
    purpose = ("purpose", "warning")
    answer = reader.post("/map/export", [*items, purpose, ("format", "geojson")])
    assert answer.status == 200
    assert answer.header("content-disposition").endswith("reports.geojson")
    assert answer.json["type"] == "FeatureCollection"
    assert world.jpn.acts()[-1] == ("item.export", "done")
    one = reader.post("/map/export", [items[0], purpose, ("format", "cap")])
    assert b"urn:oasis:names:tc:emergency:cap:1.2" in one.body
    for status, fields in (
        (400, [*items, purpose, ("format", "cap")]),
        (400, [*items, purpose, ("format", "exe")]),
        (400, [purpose, ("format", "geojson")]),
        (403, [*items, ("purpose", "gossip"), ("format", "geojson")]),
    ):
        assert reader.post("/map/export", fields).status == status, fields


WONSAN = {"origin": "Wonsan", "latitude": "39.1677", "longitude": "127.4817"}


@pytest.fixture
def reached(told):
    """Korea assesses the Musudan up to 4,000 km, and four quote one range of another system."""
    world = told[0]
    run(put_points(world.jpn.context, ADMIN, parse_interests(points_json())))
    stated = [range_json("Musudan", "MND", span(high="4000"), "on a mobile launcher")]
    stated += [range_json("Hwasong-15", *each) for each in HWASONG_15]
    return [send(world, KOR, each | {"event": f"range-{at}"}) for at, each in enumerate(stated)]


def _reach(browser):
    region = "//div[@aria-label='How far it reaches']//tbody/tr"
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")]
        for row in browser.found(region)
    ]


def test_musudan_reaches_guam_and_four_figures_stand_side_by_side(reader, reached):
    reader.get("/map")
    assert reader.post("/map", {**WISH, **WONSAN, "system": "musudan"}).status == 200
    ((system, km, by, assumed, touched, others, marking),) = _reach(reader)
    assert system.startswith("Musudan")
    assert (km, by) == ("≤ 4000", "MND inferred")
    assert "on a mobile launcher" in assumed
    assert touched == "Seoul 183 km, withinTokyo 1146 km, withinGuam 3320 km, within"
    assert others == "Honolulu 7253 km, beyond"
    assert "CONFIDENTIAL" in marking
    drawn = reader.text("(//*[local-name()='svg'][@role='img'])[1]")
    assert "Musudan, MND ≤ 4000 km" in drawn
    assert "Guam" in drawn
    reader.post("/map", {**WISH, **WONSAN})
    rows = _reach(reader)
    assert [row[1] for row in rows] == ["≈ 13000", "13000", "12874", "8500–13000", "≤ 4000"]
    assert "a warhead of 500 kg" in rows[3][3]
    reader.post("/map", WISH)
    assert _reach(reader) == []
    here = reader.found("//button[@form='from-here']/@value")[0]
    kept = [
        (each.get("name"), each.get("value"))
        for each in reader.found("//form[@id='from-here']//input[@name!='form-token']")
    ]
    reader.post("/map", [*kept, ("here", here)])
    assert len(_reach(reader)) == 5
    assert reader.found("//input[@name='latitude']/@value") == [here.split(" ")[0]]


def test_an_assessment_raised_above_the_viewer_leaves_no_trace_in_a_reach(reader, told, reached):
    world, raised = told[0], reached[0]
    lowered = run(
        change_person(
            world.jpn.context, READER, partial(replace, clearance="CONFIDENTIAL"), REGISTRAR
        )
    )
    assert not isinstance(lowered, Refused), lowered
    world.kor.reclassify(raised, "군사II급비밀")
    world.settle()
    reader.get("/map")
    reader.post("/map", {**WISH, **WONSAN})
    assert all("Musudan" not in row[0] for row in _reach(reader))
    assert str(raised) not in reader.text()
    assert len(_reach(reader)) == len(HWASONG_15)
    assert "more figures" not in reader.text()
    reader.post("/map", {**WISH, **WONSAN, "system": "Musudan"})
    assert "quotes a range of that" in reader.text()


@pytest.mark.parametrize(
    "wrong",
    [{"latitude": "91"}, {"longitude": "181"}, {"latitude": ""}, {"latitude": "<b>"}],
)
def test_a_place_beside_the_earth_is_told_before_anything_is_opened(reader, told, wrong):
    node = told[0].jpn
    before = len(node.journal())
    reader.get("/map")
    assert reader.post("/map", {**WISH, **WONSAN, **wrong}).status == 400
    assert reader.found("//input[@name='origin']/@value") == ["Wonsan"]
    assert node.journal()[before:] == []


def test_points_are_put_in_by_who_runs_the_node_and_looked_at_by_who_sees_the_picture(served, told):
    node = told[0].jpn
    for person in (ADMIN, READER, AUDITOR):
        served.set_password(person)
    admin, reader, auditor = browse(served), browse(served), browse(served)
    admin.sign_in(ADMIN)
    reader.sign_in(READER)
    auditor.sign_in(AUDITOR)
    admin.get("/")
    assert "/map/points" in admin.links()
    admin.get("/map/points")
    answer = admin.post("/map/points", {"points": "Guam, 13.4443, 144.7937\n\nA, b, 1, -2.5"})
    assert answer.header("location") == "/map/points?told=yes"
    assert node.acts()[-1] == ("picture.points", "done")
    reader.get("/map/points")
    assert "A, b1.0000° N, 2.5000° W" in reader.text("//tbody")
    assert reader.found("//button[@disabled]")
    assert reader.post("/map/points", {"points": ""}).status == 403
    assert auditor.get("/map/points").status == 403
    for wrong in ("Guam", "Guam, 1", ", 1, 2", "G, 91, 2", "G, 1, 2\nG, 3, 4", "G\u202e, 1e2, 2"):
        answer = admin.post("/map/points", {"points": wrong})
        assert answer.status == 400, wrong
    reader.get("/map/points")
    assert "Guam" in reader.text("//tbody")


def test_the_list_goes_out_as_a_table_without_formulas(reader, told):
    world, japan, korea, *_ = told
    hostile = launch_json("KOR", LAUNCHES[0]) | {"title": "=cmd()", "event": "hostile"}
    place = send(world, KOR, hostile)
    reader.get("/map")
    reader.post("/map", WISH)
    items = [("item", f"{GSOMIA}/{each}") for each in (japan, korea, place)]
    answer = reader.post("/map/export", [*items, ("purpose", "warning"), ("format", "csv")])
    assert answer.status == 200
    assert answer.header("content-disposition").endswith("reports.csv")
    rows = [*csv.reader(io.StringIO(answer.body.decode()))]
    assert [row[3] for row in rows[1:]] == [each for _, each in items]
    assert rows[3][7] == "'=cmd()"
    assert "군사III급비밀" in rows[2][1]
    assert world.jpn.acts()[-1] == ("item.export", "done")
    for fields in ([("purpose", "warning")], [*items, ("purpose", "gossip")]):
        assert reader.post("/map/export", [*fields, ("format", "csv")]).status == 400
    assert world.jpn.acts()[-1] != ("item.export", "refused")


def test_the_partys_own_lines_lie_on_its_maps_put_in_by_who_runs_the_node(served, told):
    served.set_password(ADMIN)
    served.set_password(READER)
    admin, reader = browse(served), browse(served)
    admin.sign_in(ADMIN)
    reader.sign_in(READER)
    admin.get("/map/points")
    zone = {"overlay": "Zone <b>A</b>: 39.5 130.0, 39.5 130.5, 39.0 130.5"}
    assert admin.post("/map/points/overlay", zone).header("location").endswith("told=overlay")
    assert told[0].jpn.acts()[-1] == ("picture.points", "done")
    admin.get("/map/points?told=overlay")
    assert "The overlay is noted" in admin.text()
    reader.get("/map")
    assert reader.post("/map", WISH).status == 200
    drawn = reader.text("(//*[local-name()='svg'][@role='img'])[1]")
    assert "Zone <b>A</b>" in drawn
    assert "own overlay" in drawn
    assert not reader.found("//main//b")
    reader.get("/map/points")
    assert reader.found("//textarea[@name='overlay']") == []
    assert reader.post("/map/points/overlay", zone).status == 403
    admin.get("/map/points")
    assert admin.post("/map/points/overlay", {"overlay": "Zone: 1"}).status == 400
    assert admin.text("//textarea[@name='overlay']") == "Zone: 1"
