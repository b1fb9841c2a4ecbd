# SPDX-License-Identifier: Apache-2.0
"""The home page stays short, however much a partner reports, and leads to all of it."""

import pytest

from comity.console.pages import home
from comity.console.pages.home import TOP_MAX
from comity.flows.cases.incidents import Report, report_incident
from comity.flows.headlines import headlines
from comity.flows.speak import Entered
from comity.flows.standing import Standing, what_stands, what_waits
from comity.statement.cases import Affected, Certainty, Harm
from tests.builders.world import CLERK, GSOMIA, JPN, KOR, OFFICER, REGISTRAR, run
from tests.console.support_console import browse

ALL = f"/incidents/{GSOMIA}?open=yes"
LINES = "//ul[@class='top']/li"


def _reported(world, count):
    """Let Seoul report losses of one item of Tokyo; the last place."""
    item, seoul = world.jpn.release(KOR).place, world.kor.context
    world.settle()
    for _ in range(count):
        now = seoul.ports.clock.now()
        report = Report((Affected(item),), Harm.LOSS, Certainty.POSSIBLE, now)
        said = run(report_incident(seoul, GSOMIA, report, person=OFFICER))
        assert isinstance(said, Entered)
        world.kor.clock.instant += 1_000
    world.settle()
    return said.place


def _home(served, person):
    served.set_password(person)
    browser = browse(served)
    browser.sign_in(person)
    browser.get("/")
    return browser


def test_the_newest_incidents_are_named_and_all_are_a_link_away(released, jpn):
    last = _reported(released, TOP_MAX + 1)
    home = _home(jpn, OFFICER)
    lines = home.found(LINES)
    assert len(lines) == TOP_MAX
    assert str(last) in lines[0].text_content()
    assert ALL in home.links()
    assert home.get(ALL).status == 200


def test_where_all_are_named_no_link_leads_to_others(released, jpn):
    _reported(released, TOP_MAX)
    home = _home(jpn, OFFICER)
    assert len(home.found(LINES)) == TOP_MAX
    assert ALL not in home.links()


def test_nobody_is_told_of_further_incidents_who_may_not_know_of_them(released, jpn):
    _reported(released, TOP_MAX + 1)
    home = _home(jpn, CLERK)
    assert home.found(LINES) == []
    assert ALL not in home.links()


def test_all_headlines_stand_by_place_and_so_many_by_time(released):
    last = _reported(released, 3)
    told = run(headlines(released.jpn.context))
    assert [each.place for each in told] == sorted(each.place for each in told)
    assert len(told) == 3
    (newest,) = run(headlines(released.jpn.context, most=1))
    assert newest.place == last


def test_whom_nothing_waits_for_is_led_on_by_role(jpn):
    steps = "//ul[@class='steps']/li/a/@href"
    assert [*_home(jpn, CLERK).found(steps)] == ["/items", "/duties"]
    assert "/write" in _home(jpn, OFFICER).found(steps)


def test_without_an_agreement_the_page_says_so_and_leads_to_partners(jpn, monkeypatch):
    async def none(*_):
        return ()

    async def nothing(*_):
        return Standing(())

    monkeypatch.setattr(home, "pinned_agreements", none)
    monkeypatch.setattr(home, "what_stands", nothing)
    page = _home(jpn, REGISTRAR)
    assert "No agreement is held here yet" in page.text("//main")
    steps = page.found("//ul[@class='steps']/li/a/@href")
    assert [*steps] == ["/agreements", "/partners", "/people"]
    assert "Nothing of ours has a day that is still to come" in page.text("//main")


def test_the_next_day_of_ours_and_ones_own_last_act_stand_on_the_page(released, jpn):
    home = _home(jpn, CLERK)
    said = home.text("//main")
    assert "The next day of ours:" in said
    assert f"/duties?agreement={GSOMIA}" in home.links()
    assert "You did nothing here lately" in said
    released.jpn.release(KOR)
    assert "release, done, " in _home(jpn, OFFICER).text("//main")
    assert "release, done" not in _home(jpn, CLERK).text("//main")


def test_the_next_day_is_one_that_is_still_to_come_of_this_party(released):
    context = released.jpn.context
    stands = run(what_stands(context))
    assert stands.matters == run(what_waits(context))
    assert stands.next is not None
    assert stands.next.by == JPN
    due = stands.next.due
    released.move(due - context.ports.clock.now())
    later = run(what_stands(context)).next
    assert later is None or later.due > due


@pytest.mark.parametrize("lang", ["en", "ja", "ko"])
def test_an_agreement_without_a_partner_yet_tells_the_next_step(jpn, monkeypatch, lang):
    async def never(*_):
        return None

    jpn.set_password(REGISTRAR)
    browser = browse(jpn, lang)
    browser.sign_in(REGISTRAR)
    browser.get("/")
    assert f"/partners/{KOR}" not in browser.found("//main//ul[@class='steps']/li/a/@href")
    monkeypatch.setattr(home, "last_heard", never)
    browser.get("/")
    assert f"/partners/{KOR}" in browser.found("//main//ul[@class='steps']/li/a/@href")
