# SPDX-License-Identifier: Apache-2.0
"""How often a served node looks for cycles of objects that nothing else holds."""

from __future__ import annotations

import gc
from typing import Final

YOUNG_MAX: Final = 50_000
"""So many objects more than were freed are made before the young ones are looked through: what is
exchanged makes a few dozen each, none of them in a cycle."""

_OLDER: Final = 20


def spare_what_stands() -> None:
    """Look no more through what is loaded by now: it stays for as long as the process does."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_MAX, _OLDER, _OLDER)
