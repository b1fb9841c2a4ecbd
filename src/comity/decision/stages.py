# SPDX-License-Identifier: Apache-2.0
"""How far an act has come: cleared, refused, allowed. Built in this room alone.

A room that takes one of these types cannot be reached without a decision.
Source: DESIGN.md section 2; STYLE.md 1, rule 4
"""

from __future__ import annotations

from dataclasses import dataclass

from comity.agreement.model import Agreement
from comity.decision.deciding import Citation, Decision
from comity.decision.request import Request
from comity.marking.labels import Labelled


@dataclass(frozen=True, slots=True)
class Cleared:
    """A labelled draft that the agreement lets out, with the decision that says so."""

    draft: Labelled
    decision: Decision


@dataclass(frozen=True, slots=True)
class Refused:
    """An act that may not be done: every finding, and the decision where one was made.

    `decision` is None where a rule of the node's own house refused.
    """

    act: str
    findings: tuple[Citation, ...]
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Allowed:
    """An act that may be done, and what allows it.

    `decision` is None where a rule of the node's own house allowed it.
    """

    act: str
    articles: tuple[Citation, ...]
    decision: Decision | None = None


def clear(draft: Labelled, agreement: Agreement, request: Request) -> Cleared | Refused:
    """Decide whether a labelled draft may be released as `request` says.

    The label's facts replace those of `request.item`, so that no other item is cleared.

    Source: DESIGN.md section 2
    """
    raise NotImplementedError


def allow(agreement: Agreement, request: Request) -> Allowed | Refused:
    """Decide an act other than a release, and give its stage."""
    raise NotImplementedError
