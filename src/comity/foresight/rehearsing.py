# SPDX-License-Identifier: Apache-2.0
"""Planned exchanges run through a draft before anybody signs it: what would be refused, and why.

Source: AGREEMENTS.md section 6
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from comity.agreement.model import Agreement
from comity.basis.errors import InputError, Problem, problem_of
from comity.decision.deciding import Decision, decide
from comity.decision.request_reading import parse_request


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One planned exchange: its decision, or the problem that keeps it from being read."""

    name: str
    decision: Decision | None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Every planned exchange, in the order of the names."""

    exchanges: tuple[Rehearsed, ...]

    @property
    def refused(self) -> tuple[Decision, ...]:
        """Give the decisions that refuse."""
        decisions = (each.decision for each in self.exchanges)
        return tuple(each for each in decisions if each is not None and not each.allowed)

    @property
    def unread(self) -> int:
        """Count the exchanges that do not read."""
        return sum(each.problem is not None for each in self.exchanges)

    def by_article(self) -> tuple[tuple[str, int], ...]:
        """Count the refusals that each article stands behind, most first."""
        counts: dict[str, int] = {}
        for decision in self.refused:
            cited = {each.article for each in decision.articles}
            cited |= {each.article for each in decision.unknown}
            for article in cited or {each.article for each in decision.unmet}:
                counts[article] = counts.get(article, 0) + 1
        return tuple(sorted(counts.items(), key=lambda row: (-row[1], row[0])))


def rehearse(agreement: Agreement, requests: Iterable[tuple[str, bytes]]) -> Rehearsal:
    """Decide each planned exchange; one that does not read is told and keeps no other back."""
    return Rehearsal(tuple(_rehearsed(agreement, name, raw) for name, raw in sorted(requests)))


def _rehearsed(agreement: Agreement, name: str, raw: bytes) -> Rehearsed:
    try:
        request = parse_request(raw)
    except InputError as err:
        return Rehearsed(name, None, problem_of(err))
    return Rehearsed(name, decide(agreement, request))
