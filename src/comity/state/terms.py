# SPDX-License-Identifier: Apache-2.0
"""What the fold asks of one version of the agreement, laid out for answers at a glance.

Made once from each agreement file; the rules themselves are in `agreement/`. Only what register
bytes alone can tell is asked here: clearances, channels and clocks are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from comity.agreement.acts import Action, AgreementState
from comity.agreement.model import Agreement
from comity.agreement.rules import DutyRule
from comity.basis.errors import InputError
from comity.basis.ids import PartyId
from comity.basis.instants import Instant
from comity.marking.equivalence import MarkEntry, normalise_marking
from comity.marking.labels import Label
from comity.state.findings import Finding, Uncounted
from comity.state.lifecycle_dates import day_of

_MEMO_MAX: Final = 4096
_BY_TWO: Final = "two_persons_from"


@dataclass(frozen=True, slots=True)
class ReleaseGate:
    """What one `release` clause lets out. Source: AGREEMENTS.md section 3"""

    article: str
    levels: frozenset[str]
    categories: frozenset[str]
    forms: frozenset[str]

    def stops(self, label: Label, by: PartyId) -> Uncounted | None:
        """Say why a label does not pass, or None."""
        if by not in label.originators:
            return Uncounted(Finding.NOT_ORIGINATOR, self.article)
        if label.level not in self.levels:
            return Uncounted(Finding.ABOVE_TOP_LEVEL, self.article)
        if label.category not in self.categories or (self.forms and label.form not in self.forms):
            return Uncounted(Finding.OUT_OF_SCOPE, self.article)
        return None


@dataclass(frozen=True, slots=True)
class DestructionRule:
    """What one `destruction` clause asks: allowed means, and at which levels two persons.

    Source: Japan-ROK GSOMIA Art. 13
    """

    article: str
    means: frozenset[str]
    by_two: frozenset[str]


@dataclass(frozen=True, slots=True)
class SuspensionRule:
    """What one `suspension` clause lets be suspended, and which acts stop then.

    With `own_items` whoever suspends stops them only for what it is an originator of.

    Source: AGREEMENTS.md section 3
    """

    article: str
    acts: frozenset[str]
    categories: frozenset[str]
    own_items: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of the agreement, as the fold reads it.

    `articles` gives the citation of each kind of clause; `stops` the articles that stop a
    release in a state of the lifecycle, `asked_before` of each act that the others are asked about
    first.
    """

    agreement: Agreement
    parties: frozenset[PartyId]
    ranks: Mapping[str, int]
    gates: tuple[ReleaseGate, ...]
    stops: Mapping[AgreementState, str]
    articles: Mapping[str, str]
    duties: Mapping[str, tuple[DutyRule, ...]]
    destructions: tuple[DestructionRule, ...]
    suspensions: tuple[SuspensionRule, ...]
    asked_before: Mapping[str, str]
    _markings: dict[tuple[PartyId, str], tuple[MarkEntry, ...]] = field(repr=False, compare=False)

    def article(self, kind: str) -> str:
        """Give the citation of the first clause of a kind, else the file's default one."""
        return self.articles.get(kind, self.agreement.rules.default_article)

    def owed_article(self, kind: str) -> str:
        """Give the article of the first duty that statements of a kind discharge, or the default.

        Source: AGREEMENTS.md section 5
        """
        for duty in self.agreement.rules.duties:
            if duty.discharged_by == kind:
                return duty.article
        return self.agreement.rules.default_article

    @property
    def asks_for_victims(self) -> bool:
        """Say whether a `notify` clause asks that a victim who is named be told."""
        rules = self.duties.get("incident.report", ())
        return any(rule.when == "names_victim" for rule in rules)

    @property
    def lifecycle_article(self) -> str:
        """Give the article of the lifecycle."""
        return self.agreement.lifecycle.article

    def level_of(self, party: PartyId, marking: str, at: Instant) -> str | None:
        """Read a marking by the party's closed list of that day, or None.

        Source: Japan-ROK GSOMIA Art. 4(1); AGREEMENTS.md section 1, rule 6
        """
        key = (party, marking)
        entries = self._markings.get(key)
        if entries is None:
            entries = _entries(self.agreement, party, marking)
            if len(self._markings) >= _MEMO_MAX:
                self._markings.clear()
            self._markings[key] = entries
        if not entries:
            return None
        first = entries[0]
        if first.valid_from is None and first.valid_to is None:
            return first.level
        day = day_of(at, self.agreement.lifecycle.zone)
        return next((entry.level for entry in entries if entry.holds_on(day)), None)

    def stop_of_release(self, state: AgreementState | None) -> Uncounted | None:
        """Say why nothing may be released in a state of the lifecycle, or None.

        Source: AGREEMENTS.md sections 2 and 3; Japan-ROK GSOMIA Art. 21(1), 21(4)
        """
        match state:
            case AgreementState.IN_FORCE | AgreementState.NOTICE_SUSPENDED:
                return None
            case AgreementState.NOTICE_GIVEN:
                stopped = self.stops.get(state)
                return None if stopped is None else Uncounted(Finding.NOTICE_GIVEN, stopped)
            case AgreementState.TERMINATED:
                return Uncounted(Finding.ENDED, self.stops.get(state, self.lifecycle_article))
            case _:
                return Uncounted(Finding.NOT_IN_FORCE, self.lifecycle_article)

    def stop_of(self, action: Action, state: AgreementState | None) -> Uncounted | None:
        """Say why an act other than a release stops in a state of the lifecycle, or None.

        After the end only what an `ending` clause lists stops. Source: AGREEMENTS.md section 2
        """
        match state:
            case AgreementState.IN_FORCE | AgreementState.NOTICE_SUSPENDED:
                return None
            case AgreementState.NOTICE_GIVEN | AgreementState.TERMINATED:
                stopped = _stops(self.agreement, action).get(state)
                ended = state is AgreementState.TERMINATED
                finding = Finding.ENDED if ended else Finding.NOTICE_GIVEN
                return None if stopped is None else Uncounted(finding, stopped)
            case _:
                return Uncounted(Finding.NOT_IN_FORCE, self.lifecycle_article)


def terms_of(agreement: Agreement) -> Terms:
    """Lay out one version of the agreement for the fold."""
    every = [clause for article in agreement.articles for clause in article.clauses]
    articles: dict[str, str] = {}
    for clause in every:
        articles.setdefault(clause.kind, clause.article)
    ladder = agreement.levels
    return Terms(
        agreement,
        frozenset(agreement.party_ids()),
        {level: ladder.rank(level) for level in ladder.order},
        _gates(agreement),
        _stops(agreement, Action.RELEASE),
        articles,
        _duties(agreement),
        _destructions(agreement),
        _suspensions(agreement),
        _asked_before(agreement),
        {},
    )


def _duties(agreement: Agreement) -> Mapping[str, tuple[DutyRule, ...]]:
    """Lay out the duty rules by what triggers them, in the order of the file."""
    found: dict[str, tuple[DutyRule, ...]] = {}
    for rule in agreement.rules.duties:
        found[rule.trigger] = (*found.get(rule.trigger, ()), rule)
    return found


def _gates(agreement: Agreement) -> tuple[ReleaseGate, ...]:
    scope, ladder = agreement.scope, agreement.levels
    gates = []
    for clause in agreement.clauses("release"):
        top = ladder.rank(clause.find_text("top_level") or ladder.top)
        gates.append(
            ReleaseGate(
                clause.article,
                frozenset(level for level in ladder.order if ladder.rank(level) <= top),
                frozenset(clause.texts("categories") or scope.categories),
                frozenset(clause.texts("forms") or scope.forms),
            )
        )
    return tuple(gates)


def _destructions(agreement: Agreement) -> tuple[DestructionRule, ...]:
    ladder, rules = agreement.levels, []
    for clause in agreement.clauses("destruction"):
        lowest = ladder.order[-1] if clause.flag("two_persons") else clause.find_text(_BY_TWO)
        by_two = () if lowest is None else ladder.order[: ladder.order.index(lowest) + 1]
        means = frozenset(clause.texts("means"))
        rules.append(DestructionRule(clause.article, means, frozenset(by_two)))
    return tuple(rules)


def _suspensions(agreement: Agreement) -> tuple[SuspensionRule, ...]:
    return tuple(
        SuspensionRule(
            clause.article,
            frozenset(clause.texts("acts")),
            frozenset(clause.texts("categories") or agreement.scope.categories),
            clause.text("by") == "originator",
        )
        for clause in agreement.clauses("suspension")
    )


def _asked_before(agreement: Agreement) -> Mapping[str, str]:
    """Read before which acts a party asks the others, and the article of each."""
    found: dict[str, str] = {}
    for clause in agreement.clauses("consultation"):
        for act in clause.texts("before"):
            found.setdefault(act, clause.article)
    return found


def _stops(agreement: Agreement, action: Action) -> Mapping[AgreementState, str]:
    """Read in which states an `ending` clause stops an act, and its article."""
    stops: dict[AgreementState, str] = {}
    for clause in agreement.clauses("ending"):
        if action.value not in clause.texts("stops"):
            continue
        stops.setdefault(AgreementState.TERMINATED, clause.article)
        if clause.text("when") == "notice":
            stops.setdefault(AgreementState.NOTICE_GIVEN, clause.article)
    return stops


def _entries(agreement: Agreement, party: PartyId, marking: str) -> tuple[MarkEntry, ...]:
    try:
        compared = normalise_marking(marking)
    except InputError:  # no marking at all: hidden characters, or nothing left of it
        return ()
    return tuple(
        entry
        for entry in agreement.table.entries
        if entry.party == party and normalise_marking(entry.text) == compared
    )
