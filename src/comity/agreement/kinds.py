# SPDX-License-Identifier: Apache-2.0
"""What a clause kind is: its keys as data, its meaning, and the rules it compiles to.

The reader, the compiler and the specification page all work from these same values.
Source: AGREEMENTS.md section 3
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from comity.agreement.acts import Action, Effect
from comity.agreement.model import Clause, KeyValue, Scope
from comity.agreement.rules import DutyRule, Rule


class KeyType(StrEnum):
    """The types of a clause's keys; the value is how the specification names the type."""

    WORD = "one of the words"
    WORDS = "list of the words"
    NAMES = "list of names"
    LEVEL = "a level of the ladder"
    CATEGORIES = "list of categories of the scope"
    FORMS = "list of forms of the scope"
    ACTIONS = "list of actions"
    ACTS = "list of actions and other acts"
    PARTY = "a party"
    IDS = "list of ids of parties, these or others"
    COUNT = "whole number"
    FLAG = "true or false"
    TEXT = "table of texts, one a language"
    CHECKLIST = "table of letters, each a table of texts, one a language"
    DURATION = "duration"
    TERM = 'duration, "at once" or "promptly"'
    DURATIONS = "list of durations"
    ROWS = "tables of `providers`, `categories`, `activities`, `valid_from`, `valid_to`"
    ANY_ROWS = "tables of the same, the categories in any words"


@dataclass(frozen=True, slots=True)
class KeySpec:
    """One key of a clause kind.

    `words` closes the list for WORD and WORDS, and may for ACTIONS; `among` names another key, of
    whose values these must be some; `example` stands on the specification page where there
    is no default.
    """

    name: str
    type: KeyType
    meaning: str
    words: tuple[str, ...] = ()
    default: KeyValue | None = None
    required: bool = False
    among: str = ""
    example: KeyValue | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What a clause stands on: the parties, the ladder (highest first) and the scope."""

    parties: tuple[str, ...]
    levels: tuple[str, ...]
    scope: Scope


Compile = Callable[[Clause, Ground], tuple[Rule, ...]]
Oblige = Callable[[Clause], tuple[DutyRule, ...]]


def _no_rules(_clause: Clause, _ground: Ground) -> tuple[Rule, ...]:
    return ()


def _no_duties(_clause: Clause) -> tuple[DutyRule, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class ClauseKind:
    """One kind of clause.

    `speaks_of` are the actions it forbids unless satisfied, `permits` those it permits when
    satisfied, `asks` the facts it may ask for. A kind whose file names the acts sets
    `acts_named_by` to the key that names them. A kind with `level_words` takes every level of
    the ladder as a key, with one of these words.
    """

    name: str
    effect: Effect
    meaning: str
    keys: tuple[KeySpec, ...] = ()
    speaks_of: tuple[Action, ...] = ()
    permits: tuple[Action, ...] = ()
    acts_named_by: str | None = None
    level_words: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    rules: Compile = _no_rules
    duties: Oblige = _no_duties
    source: str = "[the agreement file](format.md)"


REMIND_AFTER = KeySpec(
    "remind_after",
    KeyType.DURATION,
    "a local figure after which the node reminds; it makes no breach",
)
