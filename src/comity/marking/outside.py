# SPDX-License-Identifier: Apache-2.0
"""What stands on the outside of what is carried shows no marking, in any script.

Source: Japan-ROK GSOMIA Art. 12(a) (treaties.md G12a; text traps of 1.1)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")


def find_marking(text: str, markings: Iterable[str]) -> str | None:
    """Find a marking among the whole words of a text; give it as the list has it.

    Case, spaces and whatever else stands between words count for nothing. A part of a word is no
    marking: 秘 is none in 秘書, and so not in 極秘 either, which is another one.
    """
    words = _words(text)
    ends = range(len(words))
    shown = {"".join(words[start : end + 1]) for end in ends for start in range(end + 1)}
    return next((each for each in markings if "".join(_words(each)) in shown), None)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))
