# SPDX-License-Identifier: Apache-2.0
"""Allow or deny, citing articles. Pure: the same agreement and request give the same bytes.

Source: AGREEMENTS.md section 4
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from comity.agreement.model import Agreement
from comity.agreement.rules import Rule, RuleBook
from comity.basis.ids import AgreementId, Digest
from comity.basis.instants import Instant
from comity.basis.strict_json import JsonValue
from comity.decision.conditions import open_conditions
from comity.decision.kleene import Outcome
from comity.decision.request import MISSING, Request
from comity.decision.wording import quoted, shown_time

# What a denial cites where no clause of the file says anything: the article of [scope].
DEFAULT_CLAUSE = "scope"


@dataclass(frozen=True, slots=True, order=True)
class Citation:
    """A clause that decided, by its article, and why."""

    article: str
    clause: str
    why: str


@dataclass(frozen=True, slots=True, order=True)
class Unknown:
    """A fact that a clause asks for and the request does not hold."""

    article: str
    clause: str
    fact: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one request under one version of one agreement.

    `articles` are the permits that held on allow, and the prohibitions that hold on deny;
    `unmet` the permits that did not hold; all three lists are sorted.
    """

    decision: Literal["allow", "deny"]
    agreement: AgreementId
    version: int
    sha256: Digest
    action: str | None
    at: Instant | None
    articles: tuple[Citation, ...]
    unmet: tuple[Citation, ...]
    unknown: tuple[Unknown, ...]

    @property
    def allowed(self) -> bool:
        """Answer whether the act may be done."""
        return self.decision == "allow"


_Open = tuple[Rule, list[Outcome]]  # a rule, and those of its conditions that do not hold


def decide(agreement: Agreement, request: Request) -> Decision:
    """Decide one request under one agreement.

    A prohibition that holds or is unknown denies, and nothing permitted means denied.

    Source: AGREEMENTS.md section 4
    """
    book = agreement.rules
    action = None if request.action is MISSING else request.action
    held: list[Rule] = []
    unsatisfied: list[_Open] = []
    forbidden = request.at is MISSING
    for rule in book.by_action.get(action, ()) if action is not None else ():
        outcomes = open_conditions(rule.conditions, request, book)
        if outcomes:
            unsatisfied.append((rule, outcomes))
            forbidden = forbidden or action in rule.speaks_of
        elif action in rule.permits:
            held.append(rule)
    if held and not forbidden:
        articles = [Citation(rule.article, rule.clause, rule.holds) for rule in held]
        return _decision(agreement, request, "allow", articles=articles)
    unmet = [(rule, outcomes) for rule, outcomes in unsatisfied if action in rule.permits]
    return _decision(
        agreement,
        request,
        "deny",
        articles=[
            Citation(
                rule.article,
                rule.clause,
                "; ".join(dict.fromkeys(o.why for o in outcomes if o.why)),
            )
            for rule, outcomes in unsatisfied
            if action in rule.speaks_of and _has_failed(outcomes)
        ],
        unmet=[_first_unmet(rule, outcomes) for rule, outcomes in unmet]
        or ([] if held else [_nothing_permits(action, book)]),
        unknown=[*_unknown_facts(unsatisfied), *_undecidable(request, book)],
    )


def decision_json(decision: Decision) -> dict[str, JsonValue]:
    """Give the decision in the shape that AGREEMENTS.md section 4 shows."""
    return {
        "decision": decision.decision,
        "agreement": decision.agreement,
        "version": decision.version,
        "sha256": decision.sha256,
        "action": decision.action,
        "at": None if decision.at is None else shown_time(decision.at),
        "articles": [citation_json(citation) for citation in decision.articles],
        "unmet": [citation_json(citation) for citation in decision.unmet],
        "unknown": [
            {"article": row.article, "clause": row.clause, "fact": row.fact}
            for row in decision.unknown
        ],
    }


def citation_json(citation: Citation) -> dict[str, JsonValue]:
    """Give one citation as an object."""
    return {"article": citation.article, "clause": citation.clause, "why": citation.why}


def _has_failed(outcomes: list[Outcome]) -> bool:
    return any(outcome.truth is False for outcome in outcomes)


def _first_unmet(rule: Rule, outcomes: list[Outcome]) -> Citation:
    failed = [outcome.why for outcome in outcomes if outcome.truth is False]
    why = failed[0] if failed else f"fact {outcomes[0].missing[0]} is unknown"
    return Citation(rule.article, rule.clause, why)


def _nothing_permits(action: str | None, book: RuleBook) -> Citation:
    what = (
        "the request names no action"
        if action is None
        else (f"nothing in the agreement permits {quoted(action)}")
    )
    return Citation(book.default_article, DEFAULT_CLAUSE, what)


def _unknown_facts(unsatisfied: list[_Open]) -> Iterable[Unknown]:
    for rule, outcomes in unsatisfied:
        for outcome in outcomes:
            for fact in outcome.missing:
                yield Unknown(rule.article, rule.clause, fact)


def _undecidable(request: Request, book: RuleBook) -> Iterable[Unknown]:
    """Name what every decision needs: without a time or an action there is none to make."""
    for fact, value in (("at", request.at), ("action", request.action)):
        if value is MISSING:
            yield Unknown(book.default_article, DEFAULT_CLAUSE, fact)


def _decision(
    agreement: Agreement,
    request: Request,
    decision: Literal["allow", "deny"],
    *,
    articles: list[Citation],
    unmet: Iterable[Citation] = (),
    unknown: Iterable[Unknown] = (),
) -> Decision:
    return Decision(
        decision=decision,
        agreement=agreement.id,
        version=agreement.version,
        sha256=agreement.sha256,
        action=None if request.action is MISSING else request.action,
        at=None if request.at is MISSING else request.at,
        articles=tuple(sorted(articles)),
        unmet=tuple(sorted(unmet)),
        unknown=tuple(sorted(set(unknown))),
    )
