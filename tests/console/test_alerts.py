# SPDX-License-Identifier: Apache-2.0
"""Alerts in the console: listed to whoever may know of them, acknowledged, and counted."""

import asyncio
import json
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from comity.agreement.templates import template
from comity.basis.instants import HOUR_MS, Instant
from comity.console.pages.alerts import encode_happening
from comity.flows.courier.taking import take_bundle
from tests.api.support_api import HOST, serve
from tests.api.test_events import Line
from tests.builders.real_events import LAUNCHES, launch_json
from tests.builders.sent_reports import send
from tests.builders.world import AUDITOR, CLERK, GSOMIA, JPN, KOR, OFFICER, READER, make_world
from tests.console.support_console import browse

LETS = b'parcel_before_acknowledgement = ["courier"]\n'


@pytest.fixture(scope="module")
def _watchful(tmp_path_factory):
    said = LETS + b'alerts = ["missile-warning"]\n'
    with make_world(tmp_path_factory.mktemp("console-watchful")) as world:
        world.sign(template(GSOMIA).replace(LETS, said))
        world.settle()
        world.kor.assure()
        world.jpn.assure()
        world.settle()
        yield world


@pytest.fixture
def watchful(_watchful, tmp_path):
    return _watchful.copy(tmp_path / "world")


@pytest.fixture
def kor(watchful):
    served = serve(watchful.kor)
    yield served
    served.close()
    assert not served.faults


def give(world):
    """Let Japan release an alert, and Korea take it."""
    place = world.jpn.release(KOR).place
    world.settle()
    return place


def _signed_in(served, person, language="en"):
    served.set_password(person)
    browser = browse(served, language)
    browser.sign_in(person)
    return browser


def _path(place):
    return f"/alerts/{GSOMIA}/{place.party}/{place.index}"


def test_an_alert_is_listed_and_acknowledged_once_by_each_person(kor, watchful):
    place = give(watchful)
    reader = _signed_in(kor, READER)
    reader.get("/alerts")
    assert str(place) in reader.text("//tbody")
    assert "FLASH" in reader.text("//tbody")
    assert "Launch" not in reader.text("//body")
    assert "Labels up to" in reader.text("//section[contains(@class, 'banner')]")
    assert reader.post(_path(place)).header("location") == "/alerts"
    assert watchful.kor.acts()[-1] == ("alert.acknowledge", "done")
    reader.get("/alerts")
    assert "No alert that you may know of is open" in reader.text()
    reader.get("/alerts?all=yes")
    assert READER in reader.text("//tbody")
    assert reader.found("//form[@class='act']") == []


def test_the_picture_says_the_precedence_of_a_report_and_draws_those_that_one_looks_for(
    kor, watchful
):
    send(watchful, JPN, launch_json("JPN", LAUNCHES[0]))
    reader = _signed_in(kor, READER)
    reader.get("/map")
    assert reader.post("/map", {"purpose": "warning"}).status == 200
    assert reader.text("//tr[@id='row-1']/td[last() - 1]") == "FLASH"
    for drawing in ("Map of reports", "Timeline of reports, in UTC"):
        assert "1 FLASH" in reader.text(f"(//*[local-name()='svg'][@aria-label='{drawing}'])[1]")
    before = len(watchful.kor.journal())
    reader.post("/map", {"purpose": "warning", "precedence": "ROUTINE"})
    assert not reader.found("//tr[@id='row-1']")
    assert len(watchful.kor.journal()) == before
    reader.post("/map", {"purpose": "warning", "precedence": "FLASH"})
    assert reader.found("//tr[@id='row-1']")
    assert reader.post("/map", {"purpose": "warning", "precedence": "Z"}).status == 400


def test_what_one_may_not_know_of_is_neither_listed_nor_counted_nor_found(kor, watchful):
    place = give(watchful)
    clerk = _signed_in(kor, CLERK)
    clerk.get("/alerts?all=yes&hours=720")
    assert clerk.found("//tbody") == []
    hidden, absent = clerk.post(_path(place)), clerk.post(f"/alerts/{GSOMIA}/JPN/4000")
    assert hidden.status == absent.status == 404
    assert hidden.body == absent.body.replace(b"4000", str(place.index).encode())
    assert ("alert.acknowledge", "done") not in watchful.kor.acts()


def test_whoever_may_not_acknowledge_sees_why(kor, watchful):
    place = give(watchful)
    auditor = _signed_in(kor, AUDITOR)
    auditor.get("/alerts")
    assert auditor.found("//form[@class='act']/button[@disabled]")
    assert "Rule of this node" in auditor.text("//tbody")
    assert auditor.post(_path(place)).status == 403


@pytest.mark.parametrize("path", ["/alerts/x/JPN/1", f"/alerts/{GSOMIA}/JPN/x"])
def test_what_is_no_item_is_not_there(kor, watchful, path):
    give(watchful)
    reader = _signed_in(kor, READER)
    reader.get("/alerts")
    assert reader.post(path).status == 404


def test_an_item_that_is_no_alert_to_us_is_said_to_be_none(kor, watchful):
    ours = watchful.kor.release(JPN).place
    reader = _signed_in(kor, READER)
    reader.get("/alerts")
    assert reader.post(_path(ours)).status == 409
    assert "no such alert" in reader.text()


def test_what_nobody_saw_in_time_is_told_as_late(kor, watchful):
    give(watchful)
    reader = _signed_in(kor, READER)
    reader.get("/alerts")
    kor.node.clock.instant = Instant(kor.node.clock.instant + HOUR_MS)
    reader.get("/alerts")
    assert "nobody saw it in time" in reader.text("//tr[@class='late']")


def test_what_came_is_counted_by_precedence_and_leads_to_the_items(kor, watchful):
    give(watchful)
    give(watchful)
    reader = _signed_in(kor, READER)
    reader.get("/alerts?hours=8")
    assert f"/items/{GSOMIA}?category=missile-warning&by=JPN" in reader.links()
    assert reader.text("//table[last()]//td[@class='number']") == "2"
    assert reader.get("/alerts?hours=9").status == 400
    assert reader.get("/alerts?hours=%3Cscript%3E").status == 400


def test_long_lists_are_shown_in_pages(kor, watchful, monkeypatch):
    monkeypatch.setattr("comity.console.pages.alerts.PAGE", 2)
    places = [str(give(watchful)) for _ in range(3)]
    reader = _signed_in(kor, READER, "ja")
    reader.get("/alerts")
    seen = [each.text_content() for each in reader.found("//table[1]//tbody//th/a")]
    reader.get("/alerts?from=2")
    seen += [each.text_content() for each in reader.found("//table[1]//tbody//th/a")]
    assert [each for each in seen if "/" in each] == places


@asynccontextmanager
async def listening(browser, **headers):
    """Listen to alerts as a page's script does."""
    found = Line()
    sent = {"Host": HOST, "Sec-Fetch-Site": "same-origin", **headers}
    sent["Cookie"] = "; ".join(f"{a}={b}" for a, b in browser.cookies.items())
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/alerts/events",
        "raw_path": b"/alerts/events",
        "query_string": b"",
        "headers": [(a.lower().encode(), b.encode()) for a, b in sent.items()],
        "client": ("192.0.2.1", 50000),
    }
    task = asyncio.ensure_future(browser.served.app(scope, found.receive, found.send))
    try:
        await found.until(lambda: b"id: " in found.body or task.done())
        yield found
    finally:
        found.gone.set()
        await task


def _told(line):
    """Give what a stream told, by the names of events."""
    found = []
    for block in line.body.decode().split("\n\n")[:-1]:
        lines = dict(each.partition(": ")[::2] for each in block.split("\n"))
        if "data" in lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


def test_a_page_hears_first_what_is_open_and_then_what_comes(kor, watchful):
    first = give(watchful)
    reader, clerk = _signed_in(kor, READER), _signed_in(kor, CLERK)
    watchful.jpn.release(KOR)
    packed = watchful.jpn.pack(KOR)

    async def story():
        async with listening(reader) as knowing, listening(clerk) as other:
            assert knowing.headers[b"content-type"] == b"text/event-stream"
            for name in packed.names:
                await take_bundle(kor.node.context, name)
            await knowing.until(lambda: b"event: raised" in knowing.body)
            last = knowing.body.decode().split("id: ")[-1].partition("\n")[0]
        async with listening(reader, **{"Last-Event-ID": last}) as again:
            pass
        async with listening(reader, **{"Last-Event-ID": "0" * 48}) as anew:
            pass
        return [_told(each) for each in (knowing, other, again, anew)]

    knowing, other, again, anew = kor.loop.run_until_complete(story())
    assert [name for name, _ in knowing] == ["open-alerts", "raised"]
    assert [each["place"] for each in knowing[0][1]["alerts"]] == [str(first)]
    assert other == [("open-alerts", {"alerts": []})]
    assert again == anew == []


def test_what_happened_is_written_once_for_all_who_listen(kor, watchful, monkeypatch):
    written = []

    def encode(shown):
        written.append(shown)
        return encode_happening(shown)

    monkeypatch.setattr("comity.console.app.encode_happening", encode)
    readers = [_signed_in(kor, READER), _signed_in(kor, OFFICER)] * 2
    watchful.jpn.release(KOR)
    packed = watchful.jpn.pack(KOR)

    async def story():
        async with AsyncExitStack() as stack:
            lines = [await stack.enter_async_context(listening(each)) for each in readers]
            for name in packed.names:
                await take_bundle(kor.node.context, name)
            for line in lines:
                await line.until(lambda line=line: b"event: raised" in line.body)
            return [line.body.partition(b"event: raised")[2] for line in lines]

    assert len({*kor.loop.run_until_complete(story())}) == 1
    assert len(written) == 1


def test_nobody_listens_without_a_session_nor_at_too_many_pages(kor, watchful):
    reader = _signed_in(kor, READER)

    async def story():
        async with AsyncExitStack() as stack:
            lines = [await stack.enter_async_context(listening(reader)) for _ in range(9)]
            return [each.status for each in lines]

    assert kor.loop.run_until_complete(story()) == [200] * 8 + [429]
    reader.cookies.clear()
    answer = reader.get("/alerts/events")
    assert answer.header("content-type").startswith("text/html")


def test_every_page_of_whoever_is_signed_in_listens_and_no_other(kor, watchful):
    reader = _signed_in(kor, READER, "ko")
    reader.get("/items")
    reader.get("/alerts")
    assert reader.found("//aside[@id='alerts']/@data-events") == ["/alerts/events"]
    reader.cookies.clear()
    reader.get("/")
    assert reader.found("//aside[@id='alerts']") == []


def test_what_waits_leads_to_the_alerts(kor, watchful):
    give(watchful)
    reader = _signed_in(kor, READER)
    reader.get("/alerts")
    reader.get("/")
    assert reader.found("//main//a[@href='/alerts']")
