# SPDX-License-Identifier: Apache-2.0
"""Our own palette, light and dark: text at 4.5:1, lines and focus at 3:1. WCAG 2.2 1.4.3, 1.4.11"""

import re

import pytest

from scripts.messages import CONSOLE

STYLE = (CONSOLE / "static/style.css").read_text("utf-8")
TEXT = [
    ("text", "ground"),
    ("text", "stripe"),
    ("text", "field"),
    ("muted", "ground"),
    ("muted", "stripe"),
    ("link", "ground"),
    ("link", "stripe"),
    ("link", "field"),
    ("late", "ground"),
    ("late", "stripe"),
    ("on-main", "main"),
    ("on-banner", "banner"),
    ("on-told", "told"),
]
GRAPHICS = [("line", "ground"), ("line", "field"), ("line", "stripe"), ("focus", "ground")]
GRAPHICS += [("main", "ground"), ("late", "ground"), ("focus", "told")]


def _palettes():
    light, dark = re.findall(r":root \{([^}]*)\}", STYLE)[:2]
    return {"light": _colours(light), "dark": {**_colours(light), **_colours(dark)}}


def _colours(block):
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))


def contrast(one, other):
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_can_be_told_apart(scheme):
    colours = _palettes()[scheme]
    for pairs, least in ((TEXT, 4.5), (GRAPHICS, 3.0)):
        for one, other in pairs:
            assert contrast(colours[one], colours[other]) >= least, (one, other)


def test_the_measure_itself():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_no_colour_stands_outside_the_palette():
    rules = re.sub(r":root \{[^}]*\}", "", STYLE)
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", rules)) <= {"#fff", "#000"}
