# SPDX-License-Identifier: Apache-2.0
"""Allow or deny, citing articles. Pure: the same agreement and request give the same bytes.

Source: AGREEMENTS.md section 4
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from comity.agreement.model import Agreement
from comity.basis.ids import AgreementId, Digest
from comity.basis.instants import Instant
from comity.basis.strict_json import JsonValue
from comity.decision.request import Request


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
    """The answer to one request under one version of one agreement."""

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


def decide(agreement: Agreement, request: Request) -> Decision:
    """Decide one request under one agreement.

    Source: AGREEMENTS.md section 4
    """
    raise NotImplementedError


def decision_json(decision: Decision) -> dict[str, JsonValue]:
    """Give the decision in the shape that AGREEMENTS.md section 4 shows."""
    raise NotImplementedError
