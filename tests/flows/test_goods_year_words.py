# SPDX-License-Identifier: Apache-2.0
"""The yearly report in three languages: the words change, and no figure does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.agreement.templates import template
from comity.basis.instants import DAY_MS
from comity.flows.support.reports import yearly_report
from comity.flows.support.year_words import year_lines
from tests.builders.goods import ACSA, FUEL, Trade, make_goods
from tests.builders.world import World, run

CAPS = (
    b'\n[[article]]\nnumber = "S1"\ntitle.en = "Caps"\nsummary.en = "Caps."\n'
    b'[article.caps]\nparty = "JPN"\ncredits = 9000000\nwaived_for = ["disaster"]\n'
)
FIGURE = re.compile(r"\d+")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with make_goods(tmp_path, raw=template(ACSA) + CAPS) as world:
        yield world


@pytest.mark.row("2342h")
def test_2342_h_the_report_is_said_in_three_languages_with_its_dates_and_waivers(
    world: World,
) -> None:
    trade = Trade(world)
    early: Any = run(yearly_report(trade.asks.context, ACSA, 2017, "10-01"))
    assert [line for _, line in year_lines(early, "en")][-1] == "  over a year: nothing"
    order = trade.received()
    world.move(367 * DAY_MS)
    found: Any = run(yearly_report(trade.asks.context, ACSA, 2018, "10-01"))
    assert (found["in_force_on"], found["waivers"]) == (
        "2018-04-02",
        [{"party": "JPN", "article": "S1", "waived_for": ["disaster"]}],
    )
    printed = {lang: [*year_lines(found, lang)] for lang in ("en", "ja", "ko")}
    assert printed["en"] == [
        ("", "acsa-jpn-usa-2016: 2017-10-01 to 2018-09-30"),
        ("", "  in force since 2018-04-02"),
        ("", "  cap of JPN, Art. S1, waived for: disaster"),
        ("", "  JPN to USA: fuel"),
        (" ", "total 1900000, collected 0, outstanding 1900000 JPY"),
        ("OVER A YEAR", f"{order} line 1 of 2018-04-02: 1900000 JPY by USA to JPN"),
    ]
    assert ("", "  JPNからUSAへ：燃料・油脂") in printed["ja"]
    assert ("", "  JPN에서 USA로: 연료·유류") in printed["ko"]
    assert [printed["ja"][-1][0], printed["ko"][-1][0]] == ["１年超過", "1년 초과"]

    def figures(lang: str) -> list[list[str]]:
        return [sorted(FIGURE.findall(line)) for _, line in printed[lang]]

    assert figures("en") == figures("ja") == figures("ko")


def test_what_nobody_receipted_and_what_is_not_in_force_yet_is_said(world: World) -> None:
    trade = Trade(world)
    trade.deliver(trade.ordered(FUEL))
    world.settle(1)
    world.move(367 * DAY_MS)
    found: Any = run(yearly_report(trade.asks.context, ACSA, 2018, "10-01"))
    (*_, (label, line)) = year_lines(found, "en")
    assert label == "OVER A YEAR"
    assert line.endswith("20000 LTR by USA to JPN, worth 1900000 JPY, NEVER RECEIPTED")
    early = {**found, "in_force_on": None}
    assert ("", "  not in force yet") in [*year_lines(early, "en")]
