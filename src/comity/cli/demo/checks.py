# SPDX-License-Identifier: Apache-2.0
"""What steps hold their outcome against. What is not as the story says fails the step, by name."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Final

from comity.basis.errors import ComityError, StateError
from comity.decision.deciding import Citation
from comity.decision.house import HOUSE
from comity.decision.stages import Refused
from comity.flows.speak import Entered

UNEXPECTED: Final = "demo.unexpected"


def expect(held: object, expected: str, found: object) -> None:
    """Fail the step unless `held` is true.

    Raises:
        StateError: with what the story expects and what was found.
    """
    if not held:
        raise StateError(
            UNEXPECTED,
            "this did not end as the story says",
            expected=expected,
            found=str(found),
        )


def entered(outcome: Entered | Refused) -> Entered:
    """Take the outcome of saying something that must be allowed."""
    if isinstance(outcome, Refused):
        raise unexpected(outcome)
    return outcome


def unexpected(outcome: Refused) -> StateError:
    """Word that something was refused which the story has allowed."""
    return StateError(
        UNEXPECTED, "this was refused", expected="allowed", found=reasons(outcome.findings)
    )


def refused(outcome: object, *articles: str) -> Refused:
    """Take a refusal that must cite exactly these articles."""
    if not isinstance(outcome, Refused):
        raise StateError(
            UNEXPECTED,
            "this was allowed",
            expected=f"refused, citing {', '.join(articles)}",
            found=type(outcome).__name__,
        )
    found = {each.article for each in outcome.findings}
    expect(found == set(articles), ", ".join(sorted(articles)), ", ".join(sorted(found)))
    return outcome


def failed(error: ComityError | None, *codes: str) -> ComityError:
    """Take an error that must be one of these."""
    if error is None:
        raise StateError(
            UNEXPECTED, "this was accepted", expected=" or ".join(codes), found="no error"
        )
    if error.code not in codes:
        raise error
    return error


def uncounted(error: ComityError | None, code: str) -> tuple[str, str]:
    """Take the error of what would not count: its words, and the article that it rests on."""
    found = failed(error, code)
    return found.what, (found.where or "").rpartition("Art. ")[2]


def reasons(findings: Iterable[Citation]) -> str:
    """Write findings in one line, each with its article."""
    return "; ".join(
        f"{'rule of this node' if each.article == HOUSE else f'Art. {each.article}'}: {each.why}"
        for each in findings
    )


def cited(findings: Iterable[Citation]) -> tuple[str, ...]:
    """List the articles that findings cite; a rule of the node's own house is none."""
    return in_order(each.article for each in findings if each.article != HOUSE)


def in_order(articles: Iterable[str]) -> tuple[str, ...]:
    """List articles once each, as the agreement numbers them: 9 before 12(c)."""
    return tuple(sorted(set(articles), key=_rank))


def _rank(article: str) -> tuple[int, str]:
    digits = "".join(takewhile(str.isdigit, article))
    return int(digits or "0"), article
