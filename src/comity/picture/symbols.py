# SPDX-License-Identifier: Apache-2.0
"""The shape and the colour of each kind of mark, told apart without colour."""

from __future__ import annotations

from typing import Final

from comity.picture.palette import DAY
from comity.picture.svg import element, line
from comity.picture.traces import Sign
from comity.picture.views import XY

_SHAPES: Final = {
    Sign.LAUNCH: "M0-6.5L6 5H-6Z",
    Sign.IMPACT: "M-5-5L5 5M5-5L-5 5",
    Sign.TEST: "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0M-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0",
    Sign.SIGHTING: "M-5-5H5V5H-5Z",
    Sign.ASSESSMENT: "M0-7L7 0L0 7L-7 0Z",
    Sign.REPORT: "M-5-3H5M-5 0H5M-5 3H2",
    Sign.INTEREST: "M0-5V5M-5 0H5",
}
_SOLID: Final = frozenset({Sign.LAUNCH, Sign.SIGHTING, Sign.ASSESSMENT})
_INKS: Final = {
    Sign.LAUNCH: "launch",
    Sign.IMPACT: "launch",
    Sign.TEST: "test",
    Sign.SIGHTING: "sighting",
    Sign.ASSESSMENT: "ring",
    Sign.REPORT: "mark",
    Sign.INTEREST: "interest",
}


def draw_symbol(sign: Sign, at: XY) -> str:
    """Draw a mark with a rim of the paper's colour, so that it stands out from any ground."""
    shape, ink = _SHAPES[sign], _INKS[sign]
    rim = element("path", d=shape, **line("halo", 5.0))
    if sign in _SOLID:
        drawn = element("path", d=shape, class_=f"fill-{ink}", fill=DAY[ink])
    else:
        drawn = element("path", d=shape, **line(ink, 2.0))
    return element("g", rim + drawn, transform=f"translate({at[0]:.1f} {at[1]:.1f})")
