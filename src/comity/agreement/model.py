# SPDX-License-Identifier: Apache-2.0
"""The agreement as a value: parties, levels, markings, scope, life, articles and clauses.

Built by `reading.py` alone, from the exact bytes that the parties sign.
Source: AGREEMENTS.md sections 1 and 2
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from comity.agreement.acts import Basis, EntryRule, Source
from comity.agreement.rules import OrderRow, RuleBook, Term
from comity.basis.errors import InvariantError
from comity.basis.ids import AgreementId, Digest, PartyId
from comity.basis.instants import Duration, Zone, parse_duration
from comity.keys.suites import SEALING_ALGORITHMS, Algorithm
from comity.marking.equivalence import MarkingTable
from comity.marking.levels import Ladder


@dataclass(frozen=True, slots=True)
class Words:
    """One text in several languages, in the order of the file."""

    texts: tuple[tuple[str, str], ...]

    def in_language(self, language: str) -> str:
        """Give the text in a language, else in English, else in the first of the file."""
        known = dict(self.texts)
        return known.get(language) or known.get("en") or self.texts[0][1]

    def languages(self) -> tuple[str, ...]:
        """List the languages, in the order of the file."""
        return tuple(language for language, _ in self.texts)


@dataclass(frozen=True, slots=True)
class Checklist:
    """Conditions by their letters, each in the file's own words, in the order of the file."""

    points: tuple[tuple[str, Words], ...]

    def letters(self) -> tuple[str, ...]:
        """List the letters."""
        return tuple(letter for letter, _ in self.points)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table of orders, in the order of the file."""

    rows: tuple[OrderRow, ...]


KeyValue = str | int | Duration | Term | Words | Checklist | Rows | tuple[str, ...]
"""What a key of a clause holds; true and false are whole numbers to the type."""


@dataclass(frozen=True, slots=True)
class BeforeSigning:
    """What a party's own law has it tell before it signs: each of `notices`, so long `ahead`."""

    article: str
    notices: tuple[str, ...]
    ahead: Duration


@dataclass(frozen=True, slots=True)
class Party:
    """A party to the agreement, and the authority that may act for it."""

    id: PartyId
    names: Words
    competent_authority: str
    currency: str | None = None
    before_signing: BeforeSigning | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What the agreement covers; empty `forms` means any form, empty `activities` any activity."""

    article: str
    categories: tuple[str, ...]
    forms: tuple[str, ...]
    activities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LifecycleRules:
    """When it enters into force, how long it runs, how it is renewed and ended.

    `runs` is None for an agreement without an end, `renews` None where it is not renewed by
    itself, `notice` None where the file names no time for it. `withdrawal` is a second time of
    notice, by which a party may leave within a term too.
    """

    article: str
    entry: EntryRule
    runs: Duration | None
    renews: Duration | None
    notice: Duration | None
    zone: Zone
    withdrawal: Duration | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: its kind, its citation (number and paragraph), and its keys with defaults."""

    kind: str
    article: str
    para: str | None
    basis: Basis
    keys: tuple[tuple[str, KeyValue], ...]

    def find(self, key: str) -> KeyValue | None:
        """Give a key's value, or None where the file leaves an optional key out."""
        for name, value in self.keys:
            if name == key:
                return value
        return None

    def text(self, key: str) -> str:
        """Give the text of a key that the vocabulary says is always there."""
        value = self.find(key)
        if not isinstance(value, str):
            raise _not_there(self, key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Give the texts of a key; none where the file leaves it out."""
        value = self.find(key)
        return value if isinstance(value, tuple) else ()

    def find_text(self, key: str) -> str | None:
        """Give the text of an optional key."""
        value = self.find(key)
        return value if isinstance(value, str) else None

    def find_duration(self, key: str) -> Duration | None:
        """Give the duration of an optional key."""
        value = self.find(key)
        return value if isinstance(value, Duration) else None

    def find_count(self, key: str) -> int | None:
        """Give the whole number of an optional key."""
        value = self.find(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def flag(self, key: str) -> bool:
        """Answer whether the key is there and true."""
        return self.find(key) is True

    def find_words(self, key: str) -> Words | None:
        """Give the text in several languages of an optional key."""
        value = self.find(key)
        return value if isinstance(value, Words) else None

    def letters(self, key: str) -> tuple[str, ...]:
        """Give the letters of a checklist; none where the file leaves it out."""
        value = self.find(key)
        return value.letters() if isinstance(value, Checklist) else ()

    def rows(self, key: str) -> tuple[OrderRow, ...]:
        """List the rows of a table of orders; none where the file leaves it out."""
        value = self.find(key)
        return value.rows if isinstance(value, Rows) else ()

    def durations(self, key: str) -> tuple[Duration, ...]:
        """List the durations of a key that holds several."""
        return tuple(parse_duration(text) for text in self.texts(key))

    def find_term(self, key: str) -> Term | None:
        """Give by when, if the file says so."""
        value = self.find(key)
        return value if isinstance(value, Term) else None


@dataclass(frozen=True, slots=True)
class Article:
    """One article with its clauses; an article without one is shown and enforces nothing."""

    number: str
    title: Words
    summary: Words
    source: Source
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class LevelCitation:
    """The article that a level's row of the marking table rests on, if the file names one."""

    level: str
    article: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version of an agreement: what the file says, its rules, its bytes and their digest."""

    format: int
    id: AgreementId
    version: int
    kind: str
    title: Words
    binding: bool
    prevailing_languages: tuple[str, ...]
    text_sha256: Digest | None
    supersedes: Digest | None
    parent: AgreementId | None
    parties: tuple[Party, ...]
    levels: Ladder
    levels_article: str | None
    table: MarkingTable
    equivalence: tuple[LevelCitation, ...]
    scope: Scope
    lifecycle: LifecycleRules
    articles: tuple[Article, ...]
    sha256: Digest
    raw: bytes = field(repr=False)
    rules: RuleBook = field(repr=False, compare=False)
    _by_kind: Mapping[str, tuple[Clause, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort the clauses by kind: with every exchange it is asked for some."""
        by_kind: dict[str, tuple[Clause, ...]] = {}
        for article in self.articles:
            for clause in article.clauses:
                by_kind[clause.kind] = (*by_kind.get(clause.kind, ()), clause)
        object.__setattr__(self, "_by_kind", by_kind)

    def party_ids(self) -> tuple[PartyId, ...]:
        """List the parties, in the order of the file."""
        return tuple(party.id for party in self.parties)

    def find_party(self, party: str) -> Party | None:
        """Give the party of that id, or None."""
        return next((known for known in self.parties if known.id == party), None)

    def sealing_suite(self) -> Algorithm:
        """Give the suite that item keys are wrapped in: the strongest that a channel names.

        Source: DESIGN.md section 6 (suites named in the agreement, never negotiated)
        """
        named = {clause.text("suite") for clause in self.clauses("channel")}
        return max(
            (suite for suite in SEALING_ALGORITHMS if suite.value in named),
            key=SEALING_ALGORITHMS.index,
            default=SEALING_ALGORITHMS[0],
        )

    def clauses(self, kind: str) -> tuple[Clause, ...]:
        """List the clauses of one kind, in the order of the file."""
        return self._by_kind.get(kind, ())


def _not_there(clause: Clause, key: str) -> InvariantError:
    return InvariantError(
        "agreement.clause-key",
        "the vocabulary promises a key that the clause does not hold",
        where=f"{clause.article} {clause.kind}",
        expected=key,
    )
