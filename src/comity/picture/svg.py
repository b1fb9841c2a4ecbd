# SPDX-License-Identifier: Apache-2.0
"""Writing SVG: elements whose text cannot become markup, numbers of one decimal, no script.

Nothing is styled in place but by attributes that a style sheet may override: a page that forbids
inline styles shows it all the same. The same drawing gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from comity.marking.hidden import printable_text
from comity.picture.palette import DAY
from comity.picture.views import XY


@dataclass(frozen=True, slots=True)
class Svg:
    """A piece of SVG that was written here, so that it may stand in a page as it is."""

    text: str

    def __html__(self) -> str:
        """Say to a page's template that this is markup already."""
        return self.text


def element(name: str, inner: str = "", /, **attributes: str | float) -> str:
    """Write an element; `inner` is markup. In names of attributes `_` stands for `-`."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_value(value))}"
        for key, value in attributes.items()
    )
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


def text_of(text: str) -> str:
    """Write text as markup that shows it; what would steer or hide is shown escaped."""
    return escape(printable_text(text))


def fill(ink: str) -> dict[str, str]:
    """Colour an area."""
    return {"class_": f"fill-{ink}", "fill": DAY[ink]}


def line(ink: str, width: float = 1.0, dashes: str = "") -> dict[str, str]:
    """Colour a line."""
    dashed = {"stroke_dasharray": dashes} if dashes else {}
    return {
        "class_": f"line-{ink}",
        "fill": "none",
        "stroke": DAY[ink],
        "stroke_width": number(width),
        **dashed,
    }


def number(value: float) -> str:
    """Write a number with one decimal at most, the shortest way."""
    tenths = round(value * 10)
    whole, tenth = divmod(abs(tenths), 10)
    sign = "-" if tenths < 0 else ""
    if not tenth:
        return f"{sign}{whole}"
    return f"{sign}{whole or ''}.{tenth}"


def path_of(lines: Iterable[Iterable[XY]], *, closed: bool = False) -> str:
    """Write lines as one path, step by step in tenths; a line of one point is left out."""
    parts: list[str] = []
    for each in lines:
        tenths = [(round(x * 10), round(y * 10)) for x, y in each]
        steps = [(after[0] - before[0], after[1] - before[1]) for before, after in pairwise(tenths)]
        steps = [each for each in steps if each != (0, 0)]
        if not steps:
            continue
        x, y = tenths[0]
        begun = f"M{number(x / 10)} {number(y / 10)}l"
        drawn = " ".join(f"{number(across / 10)} {number(down / 10)}" for across, down in steps)
        parts.append(begun + drawn.replace(" -", "-") + ("z" if closed else ""))
    return "".join(parts)


def _value(value: str | float) -> str:
    return value if isinstance(value, str) else number(value)
