# SPDX-License-Identifier: Apache-2.0
"""What a party's own law has it tell so long before it signs: row 2342a."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.errors import ComityError
from comity.basis.instants import UTC, Date, Duration, DurationUnit, date_of, format_date
from comity.decision.stages import Refused
from comity.flows.speak import Entered
from comity.flows.treaty.acts import declare
from comity.state.lifecycle_dates import earlier_day
from comity.statement.treaty import AgreementSign
from tests.builders.world import GSOMIA, USA, Node, World, run

ASKED = b"""
[parties.KOR.before_signing]
article = "21"
notices = ["designation", "entering"]
ahead = "30 days"
"""
RAW = template("gsomia-jpn-kor").replace(b"\n[levels]", ASKED + b"\n[levels]")


@pytest.fixture
def proposed(pinned: World) -> World:
    """Give two nodes with a text on the table, before which Seoul gives two notices."""
    assert RAW.count(ASKED) == 1
    pinned.jpn.propose(RAW)
    pinned.settle(1)
    return pinned


def days_ago(node: Node, days: int) -> Date:
    zone = read_agreement(RAW).lifecycle.zone
    return earlier_day(date_of(node.clock.now(), zone), Duration(days, DurationUnit.DAYS))


def signs(node: Node, told: Mapping[str, Date] | None = None) -> Entered | Refused:
    return run(declare(node.context, GSOMIA, AgreementSign(""), told=told))


def stopped(node: Node, told: Mapping[str, Date] | None = None) -> ComityError:
    sizes = node.sizes()
    with pytest.raises(ComityError) as caught:
        signs(node, told)
    assert node.sizes() == sizes
    return caught.value


@pytest.mark.row("2342a")
def test_2342a_on_day_29_a_signature_is_refused_and_on_day_30_it_stands(proposed: World) -> None:
    kor = proposed.kor
    early, late = days_ago(kor, 40), days_ago(kor, 29)
    for told, named in (
        ({"designation": early, "entering": late}, "entering"),
        ({"designation": late, "entering": early}, "designation"),
    ):
        found = stopped(kor, told)
        assert (found.code, found.where) == ("agreement.told-too-late", f"{GSOMIA} Art. 21")
        assert found.expected == f"{named}, on {format_date(days_ago(kor, 30))} or before"
        assert found.found == format_date(late)
    on_time = {"designation": early, "entering": days_ago(kor, 30)}
    assert isinstance(signs(kor, on_time), Entered)
    kept = {name: format_date(day) for name, day in on_time.items()}
    assert kor.journal()[-1]["details"]["told"] == kept


@pytest.mark.row("2342a")
def test_2342a_each_notice_is_told_of_and_the_day_after_it_may_be_signed(proposed: World) -> None:
    kor = proposed.kor
    found = stopped(kor)
    assert (found.code, found.found) == ("agreement.not-told", "none")
    assert "--told 'designation DATE'" in found.hint
    assert "entering" in stopped(kor, {"designation": days_ago(kor, 31)}).expected
    told = dict.fromkeys(("designation", "entering"), days_ago(kor, 29))
    assert "sign on" in stopped(kor, told).hint
    proposed.move(24 * 60 * 60 * 1000)
    assert isinstance(signs(kor, told), Entered)


@pytest.mark.row("2342a")
def test_2342a_who_has_no_such_law_signs_without_and_tells_of_none(proposed: World) -> None:
    jpn = proposed.jpn
    assert stopped(jpn, {"entering": days_ago(jpn, 90)}).code == "agreement.unknown-notice"
    assert isinstance(signs(jpn), Entered)
    assert "told" not in jpn.journal()[-1]["details"]


def test_a_notice_that_is_not_asked_or_still_to_come_is_bad_input(proposed: World) -> None:
    kor = proposed.kor
    told = dict.fromkeys(("designation", "entering"), days_ago(kor, 60))
    assert stopped(kor, {**told, "senate": days_ago(kor, 60)}).code == "agreement.unknown-notice"
    tomorrow = date_of(kor.clock.now(), UTC).replace(year=2017)
    assert stopped(kor, {**told, "entering": tomorrow}).code == "agreement.notice-to-come"


@pytest.mark.row("2342a")
def test_2342a_the_model_of_the_united_states_asks_both_notices_of_them_alone() -> None:
    family = read_agreement(template("acsa-us-family"))
    asked = {each.id: each.before_signing for each in family.parties}
    rule = asked[USA]
    assert rule is not None
    assert (rule.article, rule.notices) == ("S2342(b)", ("designation", "entering"))
    assert rule.ahead == Duration(30, DurationUnit.DAYS)
    assert [each for each in asked.values() if each is not None] == [rule]
