# SPDX-License-Identifier: Apache-2.0
"""Rules as data: what a clause compiles to. `decision/conditions.py` walks them.

A condition names the facts of a request; it holds, fails, or is unknown when a fact is
missing. `failing` is the sentence of a refusal; `{value}` and `{known}` are filled in, with
quotes around the words of the request.
Source: AGREEMENTS.md sections 3, 4 and 5
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from comity.agreement.acts import Action
from comity.basis.instants import Duration, Zone

TextFact = Literal[
    "agreement_state",
    "actor.party",
    "actor.kind",
    "actor.clearance",
    "item.level",
    "item.category",
    "item.form",
    "purpose",
    "recipient",
    "channel",
]
ListFact = Literal[
    "actor.need_to_know", "item.originators", "item.purposes", "item.for", "item.marked"
]
UntilFact = Literal["actor.clearance_until", "item.use_until"]
FlagFact = Literal["actor.registered"]


@dataclass(frozen=True, slots=True)
class OneOf:
    """The fact is one of the values that the file lists."""

    fact: TextFact
    values: tuple[str, ...]
    failing: str


@dataclass(frozen=True, slots=True)
class Among:
    """The fact stands in a list that is itself a fact."""

    fact: TextFact
    within: ListFact
    failing: str


@dataclass(frozen=True, slots=True)
class HoldsAll:
    """The list fact holds every one of these values."""

    within: ListFact
    values: tuple[str, ...]
    failing: str


@dataclass(frozen=True, slots=True)
class AtLeastLevel:
    """The level in one fact is as high as the level in another, or higher."""

    fact: TextFact
    needed: TextFact
    failing: str


@dataclass(frozen=True, slots=True)
class UpToLevel:
    """The level in the fact is on the ladder, and not above `top`."""

    fact: TextFact
    top: str
    failing: str


@dataclass(frozen=True, slots=True)
class BelowLevel:
    """The level in the fact is on the ladder, and below `limit`."""

    fact: TextFact
    limit: str
    failing: str


@dataclass(frozen=True, slots=True)
class NotPast:
    """The date or instant in the fact has not passed at `at`; known to be none means no end."""

    fact: UntilFact
    failing: str


@dataclass(frozen=True, slots=True)
class IsTrue:
    """The fact is known, and true."""

    fact: FlagFact
    failing: str


@dataclass(frozen=True, slots=True)
class ByChannel:
    """The channel is allowed, and is encrypted wherever the level asks for that.

    Only for a channel that is not encrypted does the condition ask for the item's level.
    """

    allowed: tuple[str, ...]
    encrypted: tuple[str, ...]
    encrypted_from: str | None


@dataclass(frozen=True, slots=True)
class Assured:
    """The recipient has assured the item's level, for each name in `item.for`, else for any."""


@dataclass(frozen=True, slots=True)
class Consented:
    """Every originator has consented in writing beforehand, for the item or its category.

    A category counts only if it is one of the scope: a word that the file does not know meets
    no condition.

    With `to="recipient"` the consent names the request's recipient. With `to="holder"` it
    names nobody, or the request's recipient, or where there is none the actor's own party.
    """

    to: Literal["recipient", "holder"]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of these is enough; a later one is asked only where the earlier ones do not hold.

    The first is the main one: its sentence stands for all of them in a refusal.
    """

    conditions: tuple[Condition, ...]


Condition = (
    OneOf
    | Among
    | HoldsAll
    | AtLeastLevel
    | UpToLevel
    | BelowLevel
    | NotPast
    | IsTrue
    | ByChannel
    | Assured
    | Consented
    | AnyOf
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What one clause decides.

    It forbids the actions of `speaks_of` unless every condition holds, and permits those of
    `permits` if every condition holds. `article` is the citation, number and paragraph;
    `holds` is the sentence for a permit that held.
    """

    article: str
    clause: str
    speaks_of: frozenset[Action]
    permits: frozenset[Action]
    conditions: tuple[Condition, ...]
    holds: str


@dataclass(frozen=True, slots=True)
class Term:
    """By when: a duration, or the treaty's own word, which carries no number.

    Source: AGREEMENTS.md section 1, rule 4
    """

    text: str
    duration: Duration | None


@dataclass(frozen=True, slots=True)
class DutyRule:
    """What one clause obliges to: from which event on, who owes what to whom, by when.

    `remind_after` is a local figure beside the term; it makes no breach.

    Source: AGREEMENTS.md section 5
    """

    article: str
    clause: str
    trigger: str
    who: str
    to: str
    within: Term | None
    discharged_by: str
    remind_after: Duration | None = None


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules of one agreement, and what the evaluator needs beside them.

    `by_action` holds, for each action, the rules that speak of it or permit it, sorted by
    citation. `levels` stands highest first; `categories` are those of the scope.
    """

    by_action: Mapping[str, tuple[Rule, ...]]
    duties: tuple[DutyRule, ...]
    levels: tuple[str, ...]
    categories: tuple[str, ...]
    zone: Zone
    default_article: str
