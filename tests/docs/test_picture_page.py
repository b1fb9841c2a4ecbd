# SPDX-License-Identifier: Apache-2.0
"""The page on the common picture says the bounds that the program has."""

from pathlib import Path

from comity.flows.picture.gathering import SHOWN_MAX
from comity.picture.linking import BOUNDS
from comity.picture.traces import Sign

PAGE = (Path(__file__).parents[2] / "docs" / "picture.md").read_text("utf-8")
MINUTE = 60 * 1000
SAID = {
    Sign.LAUNCH: ("launch", "30 minutes", 30 * MINUTE),
    Sign.TEST: ("nuclear test", "2 minutes", 2 * MINUTE),
    Sign.SIGHTING: ("sighting", "3 days", 3 * 24 * 60 * MINUTE),
}


def test_the_bounds_of_suggestions_are_those_of_the_program() -> None:
    assert set(SAID) == set(BOUNDS)
    for sign, (kind, words, milliseconds) in SAID.items():
        bounds = BOUNDS[sign]
        assert bounds.apart_ms == milliseconds
        assert f"| {kind} | {words} | {bounds.apart_km:.0f} km |" in PAGE


def test_so_many_reports_are_shown() -> None:
    assert f"{SHOWN_MAX} reports" in PAGE
