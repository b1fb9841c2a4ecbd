# SPDX-License-Identifier: Apache-2.0
"""What a party says of a firm."""

from __future__ import annotations

from datetime import date
from typing import Any

from comity.statement.cases import ContractorAssure


def assure(*letters: str, **more: Any) -> ContractorAssure:
    usual: dict[str, Any] = {
        "firm": "firm-7",
        "facility": "plant-2",
        "parent": None,
        "conditions": letters or ("a",),
        "met": True,
        "clearance": None,
        "document": "inspection 33",
        "assured_by": "inspector",
        "assured_on": date(2016, 11, 23),
        "until": None,
    }
    return ContractorAssure(**{**usual, **more})
