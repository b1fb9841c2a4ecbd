# SPDX-License-Identifier: Apache-2.0
"""Every bound of the API alone, by name; of partners and formats: `basis/limits.py`."""

from __future__ import annotations

from typing import Final

from comity.basis.limits import KIB, MIB

JSON_BYTES_MAX: Final = 1 * MIB
BATCH_ITEMS_MAX: Final = 64
BATCH_CONTENT_BYTES_MAX: Final = 64 * KIB
BATCH_BYTES_MAX: Final = 6 * MIB
PAGE_MAX: Final = 500
PAGE: Final = 100
WAIT_S_MAX: Final = 60
