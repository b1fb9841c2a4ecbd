# SPDX-License-Identifier: Apache-2.0
"""Three truth values and how they join: true, false, unknown with the facts that are missing.

Source: AGREEMENTS.md section 4; Kleene's strong logic
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a condition: `truth` is None when unknown; `why` says why it failed.

    `missing` names the facts that were asked for and not there.
    """

    truth: bool | None
    missing: tuple[str, ...] = ()
    why: str = ""


HOLDS = Outcome(truth=True)


def fails(why: str) -> Outcome:
    """Give a condition that fails, and why."""
    return Outcome(truth=False, why=why)


def unknown(*facts: str) -> Outcome:
    """Give a condition that is unknown for want of these facts."""
    return Outcome(truth=None, missing=facts)


def every(outcomes: Iterable[Outcome]) -> Outcome:
    """Join by "and": one failure fails; the reasons and the missing facts are kept in order."""
    truth: bool | None = True
    missing: list[str] = []
    reasons: list[str] = []
    for outcome in outcomes:
        if outcome.truth is not True:
            truth = False if False in (truth, outcome.truth) else None
            missing.extend(outcome.missing)
            if outcome.why:
                reasons.append(outcome.why)
    if truth is True:
        return HOLDS
    return Outcome(truth, tuple(dict.fromkeys(missing)), "; ".join(dict.fromkeys(reasons)))


def some(outcomes: Iterable[Outcome]) -> Outcome:
    """Join by "or": one that holds suffices, and later ones are not looked at.

    Where all fail, the reason of the first stands for them.
    """
    truth: bool | None = False
    missing: list[str] = []
    why = ""
    for outcome in outcomes:
        if outcome.truth is True:
            return HOLDS
        if outcome.truth is None:
            truth = None
        missing.extend(outcome.missing)
        why = why or outcome.why
    return Outcome(truth, tuple(dict.fromkeys(missing)), "" if truth is None else why)
