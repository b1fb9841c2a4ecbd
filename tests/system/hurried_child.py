# SPDX-License-Identifier: Apache-2.0
"""A node that is served as `comity serve` does, whose schedule takes seconds for hours.

Run: python hurried_child.py WORDS OF comity
"""

from __future__ import annotations

from comity.cli.main import main
from comity.serve import schedule

HOUR_S = 0.5

if __name__ == "__main__":
    schedule.HOUR_S = HOUR_S  # type: ignore[misc]  # what is final in the product is hurried here
    schedule.CARD_S = HOUR_S  # type: ignore[misc]
    main()
