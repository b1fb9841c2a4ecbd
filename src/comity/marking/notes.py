# SPDX-License-Identifier: Apache-2.0
"""The note on a translation: in its own language, that it holds the originator's information.

Source: Japan-ROK GSOMIA Art. 15 (treaties.md G15)
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ORIGINATOR: Final = "{originator}"

NOTES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "en": "This translation contains information of {originator}.",
        "ja": "この翻訳は{originator}の情報を含む。",
        "ko": "이 번역문에는 {originator}의 정보가 들어 있다.",
    }
)
"""Our own words, where the agreement has none."""


def translation_note(text: str, originators: tuple[str, ...]) -> str:
    """Fill the originators' names into a note's text."""
    return text.replace(ORIGINATOR, ", ".join(originators))
