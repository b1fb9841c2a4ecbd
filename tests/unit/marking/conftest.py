# SPDX-License-Identifier: Apache-2.0
"""The table of the 2016 agreement, and that of the 2012 draft, as fixtures."""

from __future__ import annotations

import pytest

from comity.basis.ids import PartyId
from comity.basis.instants import Date
from comity.marking.equivalence import MarkEntry, MarkingTable
from comity.marking.levels import Ladder

JPN = PartyId("JPN")
KOR = PartyId("KOR")


@pytest.fixture
def ladder() -> Ladder:
    return Ladder(("SECRET", "CONFIDENTIAL"))


@pytest.fixture
def table(ladder: Ladder) -> MarkingTable:
    return MarkingTable(
        ladder,
        (
            MarkEntry(JPN, "極秘", "SECRET", romanised="Gokuhi"),
            MarkEntry(JPN, "特定秘密", "SECRET", valid_from=Date(2014, 12, 10)),
            MarkEntry(JPN, "防衛秘密", "SECRET", valid_to=Date(2014, 12, 9)),
            MarkEntry(JPN, "秘", "CONFIDENTIAL"),
            MarkEntry(KOR, "군사II급비밀", "SECRET"),
            MarkEntry(KOR, "군사III급비밀", "CONFIDENTIAL"),
        ),
    )
