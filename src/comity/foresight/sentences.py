# SPDX-License-Identifier: Apache-2.0
"""One sentence of the page in plain words, and what the node does about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from comity.foresight.words import Phrase


class Deed(StrEnum):
    """What the node does about a sentence."""

    ENFORCE = "enforce"
    RECORD = "record"
    REMIND = "remind"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the page.

    `only_if` names a key and the value that calls for the sentence; "" stands for none. `unless`
    names a key that must not be given, or be empty.
    """

    deed: Deed
    phrase: Phrase
    only_if: tuple[str, str] | None = None
    unless: str = ""


REMIND_AFTER = Sentence(
    Deed.REMIND,
    (
        "the node reminds after {remind_after}; that makes no breach",
        "{remind_after}を過ぎるとノードが注意喚起する。違反とは扱わない",
        "{remind_after}이 지나면 노드가 알린다. 위반으로 보지 않는다",
    ),
)
