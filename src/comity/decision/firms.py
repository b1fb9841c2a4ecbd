# SPDX-License-Identifier: Apache-2.0
"""Conditions on firms: every lettered condition met now, by each firm in the chain.

Source: AGREEMENTS.md section 3 (contractor); Japan-ROK GSOMIA Art. 16, 6(d)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from comity.agreement.rules import FirmsAssured, RightsConfirmed, RuleBook
from comity.basis.instants import Instant
from comity.decision.kleene import HOLDS, Outcome, every, fails, unknown
from comity.decision.request import MISSING, Absent, Firm, FirmCondition, Request, When, missing_of
from comity.decision.times import has_come, has_passed
from comity.decision.wording import listed, quoted, shown_time

RIGHTS_UNCONFIRMED: Final = "nobody has confirmed that these rights are respected"
"""How a refusal begins that only a confirmation is lacking to."""


def firms_assured(condition: FirmsAssured, request: Request, book: RuleBook) -> Outcome:
    """Ask whether the firm and each that it works for meet every condition now.

    A subcontractor has a list of its own; that of its principal does not stand for it.

    Source: Japan-ROK GSOMIA Art. 16(a) to (o)
    """
    firms = request.firms
    if firms is MISSING:
        return unknown("firms")
    if not firms:
        return fails("the request names no firm")
    return every(
        outcome
        for index, firm in enumerate(firms)
        for outcome in _assured(condition, firm, f"firms[{index}]", request=request, book=book)
    )


def rights_confirmed(_condition: RightsConfirmed, request: Request, _book: RuleBook) -> Outcome:
    """Ask whether somebody has confirmed that private rights in the item are respected.

    Source: Japan-ROK GSOMIA Art. 6(d)
    """
    rights, confirmed = request.item.rights, request.rights_confirmed
    if rights == () or confirmed is True:
        return HOLDS
    if rights is MISSING or confirmed is MISSING:
        names = (("item.rights", rights), ("rights_confirmed", confirmed))
        return unknown(*missing_of(*names))
    return fails(f"{RIGHTS_UNCONFIRMED}: {listed(rights)}")


def _assured(
    condition: FirmsAssured, firm: Firm, place: str, *, request: Request, book: RuleBook
) -> Iterator[Outcome]:
    name = "a firm" if firm.id is MISSING or firm.id is None else f"firm {quoted(firm.id)}"
    if condition.cleared:
        yield _cleared(firm, place, name, request=request, book=book)
        yield _holding(firm.clearance_until, f"{place}.clearance_until", name, request.at, book)
    met = firm.conditions
    if condition.letters and met is MISSING:
        yield unknown(f"{place}.conditions")
    elif met is not MISSING:
        found = [
            (letter, _met(letter, met, f"{place}.conditions", at=request.at, book=book))
            for letter in condition.letters
        ]
        yield from (outcome for _, outcome in found if outcome.truth is None)
        lacking = [f"({letter})" for letter, outcome in found if outcome.truth is False]
        if lacking:
            yield fails(f"{name} does not meet: {listed(lacking)}")


def _cleared(firm: Firm, place: str, name: str, *, request: Request, book: RuleBook) -> Outcome:
    held, needed, levels = firm.clearance, request.item.level, book.levels
    if held is MISSING or needed is MISSING:
        names = ((f"{place}.clearance", held), ("item.level", needed))
        return unknown(*missing_of(*names))
    if held in levels and needed in levels and levels.index(held) <= levels.index(needed):
        return HOLDS
    return fails(f"the facility of {name} is cleared to {quoted(held)}, not to {quoted(needed)}")


def _holding(until: When, fact: str, name: str, at: Instant | Absent, book: RuleBook) -> Outcome:
    if until is None:
        return HOLDS
    if until is MISSING or at is MISSING:
        return unknown(fact if until is MISSING else "at")
    if has_passed(until, at, book.zone):
        return fails(f"the clearance of the facility of {name} expired on {shown_time(until)}")
    return HOLDS


def _met(
    letter: str,
    conditions: tuple[FirmCondition, ...],
    place: str,
    *,
    at: Instant | Absent,
    book: RuleBook,
) -> Outcome:
    """Ask whether one of the pieces of evidence shows now that the condition is met."""
    missing: list[str] = []
    for index, condition in enumerate(conditions):
        lacks = _lacks(condition, letter, f"{place}[{index}]", at=at, book=book)
        if lacks is None:
            continue
        if not lacks:
            return HOLDS
        missing.extend(lacks)
    return unknown(*dict.fromkeys(missing)) if missing else fails(letter)


def _lacks(
    condition: FirmCondition, letter: str, place: str, *, at: Instant | Absent, book: RuleBook
) -> list[str] | None:
    """Give what is missing for the evidence to show the condition; None where it does not."""
    given_at, until = condition.given_at, condition.until
    if condition.letter is not MISSING and condition.letter != letter:
        return None
    lacks = [f"{place}.letter"] if condition.letter is MISSING else []
    if given_at is None:
        return None
    if given_at is MISSING:
        lacks.append(f"{place}.given_at")
    elif at is MISSING:
        lacks.append("at")
    elif not has_come(given_at, at, book.zone):
        return None
    if until is MISSING:
        lacks.append(f"{place}.until")
    elif until is not None and at is MISSING:
        lacks.append("at")
    elif until is not None and at is not MISSING and has_passed(until, at, book.zone):
        return None
    return lacks
