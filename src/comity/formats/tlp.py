# SPDX-License-Identifier: Apache-2.0
"""The Traffic Light Protocol 2.0 in STIX: its five markings by their well-known ids.

Source: FIRST TLP 2.0; OASIS CTI common objects, TLP 2.0 extension
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from comity.basis.strict_json import JsonValue

STRICTEST_FIRST: Final = ("TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR")

EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_CREATED: Final = "2022-10-01T00:00:00.000Z"

MARKING_IDS: Final = MappingProxyType(
    {
        "TLP:RED": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
        "TLP:AMBER+STRICT": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
        "TLP:AMBER": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
        "TLP:GREEN": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
        "TLP:CLEAR": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    }
)
MARKINGS: Final = MappingProxyType({each: name for name, each in MARKING_IDS.items()})


def strictest(names: Iterable[str]) -> str:
    """Give the strictest of at least one marking."""
    return min(names, key=STRICTEST_FIRST.index)


def definition_of(name: str) -> dict[str, JsonValue]:
    """Give a marking's definition as STIX carries it."""
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": MARKING_IDS[name],
        "created": _CREATED,
        "name": name,
        "extensions": {
            EXTENSION: {
                "extension_type": "property-extension",
                "tlp_2_0": name.removeprefix("TLP:").lower(),
            }
        },
    }
