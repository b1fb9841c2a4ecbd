# SPDX-License-Identifier: Apache-2.0
"""Letters and marks that count as printable and are drawn as nothing.

Python escapes controls, format characters and the unassigned by itself; these it does not.
Source: Unicode 14, Default_Ignorable_Code_Point; the empty Braille cell
"""

from __future__ import annotations

from typing import Final

# Grapheme joiner, Hangul fillers, Khmer inherent vowels, Mongolian and general variation
# selectors, the empty Braille cell.
_RANGES: Final = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0xE0100, 0xE01EF),
)

INVISIBLE: Final = frozenset(
    chr(point) for first, last in _RANGES for point in range(first, last + 1)
)
