# SPDX-License-Identifier: Apache-2.0
"""Three invariants of an agreement, proved by z3 or broken by a request that `decide` confirms.

Nothing leaves to a third party without consent; nothing above the top level is ever released;
termination never widens anything. Between two versions, every action that one allows and the other
does not. Needs the extra `comity[check]`. Source: AGREEMENTS.md section 6
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import z3  # type: ignore[import-untyped]  # z3 ships no types

from comity.agreement.acts import Action, AgreementState, OtherAct
from comity.agreement.model import Agreement
from comity.basis.errors import InvariantError
from comity.basis.limits import PROOF_MS_MAX
from comity.decision.deciding import Decision, decide
from comity.decision.request import Request
from comity.foresight.formulas import Formula, Formulas
from comity.foresight.situations import request_of, world_of

_SENT: Final = (Action.RELEASE, Action.TRANSMIT, Action.DISCLOSE)
_RELEASED: Final = (*_SENT, Action.THIRD_PARTY_RELEASE)
_ONWARD: Final = (*_SENT, Action.THIRD_PARTY_RELEASE, Action.TRANSFER_GOODS)


class Invariant(StrEnum):
    """What must hold of every agreement."""

    CONSENT = "no-third-party-without-consent"
    TOP_LEVEL = "nothing-above-the-top-level"
    TERMINATION = "termination-never-widens"


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one invariant for one action.

    `proved` is None where the time did not suffice. A broken one has a request and its decision;
    for termination `before` is the decision on the same request while the agreement is in force.
    `but_below`: below this level the file itself asks for no consent, and nothing is proved.
    """

    invariant: Invariant
    action: str
    proved: bool | None
    request: Request | None = None
    decision: Decision | None = None
    before: Decision | None = None
    but_below: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """An action that one version allows and the other does not, by a request."""

    action: str
    allowed: bool
    request: Request


def prove(agreement: Agreement) -> tuple[Finding, ...]:
    """Prove the three invariants for every action that they speak of, or break them."""
    world = world_of(agreement)
    formulas = Formulas(world, agreement)
    return tuple(
        _finding(agreement, formulas, invariant, action.value)
        for invariant, actions in (
            (Invariant.CONSENT, _ONWARD),
            (Invariant.TOP_LEVEL, _RELEASED),
            (Invariant.TERMINATION, tuple(Action)),
        )
        for action in actions
    )


def differences(old: Agreement, new: Agreement) -> tuple[Difference, ...]:
    """Find one request for each action and way in which two versions decide otherwise."""
    world = world_of(old, new)
    before, after = Formulas(world, old), Formulas(world, new)
    return tuple(_differences(before, after, old, new))


def top_level(agreement: Agreement) -> str:
    """Give the highest level that any clause `release` names; the top of the ladder without."""
    named = [clause.find_text("top_level") for clause in agreement.clauses("release")]
    levels = agreement.levels.order
    known = [levels[0] if level is None else level for level in named] or [levels[0]]
    return min(known, key=levels.index)


def consent_from(agreement: Agreement) -> str | None:
    """Give the level from which on every clause `third_party_rule` asks for consent; None: any."""
    named = [
        clause.find_text("from_level")
        for clause in agreement.clauses("third_party_rule")
        if clause.text("needs") == "written_consent"
    ]
    if not named or None in named:
        return None
    return min((level for level in named if level), key=agreement.levels.rank)


def _finding(
    agreement: Agreement, formulas: Formulas, invariant: Invariant, action: str
) -> Finding:
    allowed, but_below = formulas.allowed(action), None
    match invariant:
        case Invariant.CONSENT:
            broken = z3.And(allowed, formulas.third_party(), z3.Not(formulas.consented()))
            but_below = consent_from(agreement)
            if but_below is not None:
                broken = z3.And(broken, z3.Not(formulas.below(but_below)))
        case Invariant.TOP_LEVEL:
            broken = z3.And(allowed, z3.Not(formulas.up_to(top_level(agreement))))
            if action == Action.THIRD_PARTY_RELEASE.value:
                # What goes on is held, and a node takes in no item off the ladder: admission
                # refuses it, while `third_party_rule` asks for consent alone.
                broken = z3.And(broken, formulas.up_to(agreement.levels.order[0]))
        case _:
            ended = formulas.in_state(allowed, AgreementState.TERMINATED.value)
            during = formulas.in_state(allowed, AgreementState.IN_FORCE.value)
            broken = z3.And(ended, z3.Not(during))
    found = find_model(formulas, broken)
    if not isinstance(found, dict):
        return Finding(invariant, action, found, but_below=but_below)
    if invariant is not Invariant.TERMINATION:
        request = request_of(formulas.world, action, found)
        return Finding(
            invariant, action, False, request, _confirmed(agreement, request, allowed=True)
        )
    ended_with = found | {"agreement_state": AgreementState.TERMINATED.value}
    in_force = found | {"agreement_state": AgreementState.IN_FORCE.value}
    request = request_of(formulas.world, action, ended_with)
    earlier = request_of(formulas.world, action, in_force)
    decision = _confirmed(agreement, request, allowed=True)
    before = _confirmed(agreement, earlier, allowed=False)
    return Finding(invariant, action, False, request, decision, before)


def _differences(
    before: Formulas, after: Formulas, old: Agreement, new: Agreement
) -> Iterator[Difference]:
    for action in (*Action, *OtherAct):
        was, now = before.allowed(action.value), after.allowed(action.value)
        for allowed, differs in (
            (True, z3.And(now, z3.Not(was))),
            (False, z3.And(was, z3.Not(now))),
        ):
            found = find_model(after, differs)
            if isinstance(found, dict):
                request = request_of(after.world, action.value, found)
                _confirmed(old, request, allowed=not allowed)
                _confirmed(new, request, allowed=allowed)
                yield Difference(action.value, allowed, request)


def find_model(formulas: Formulas, formula: Formula) -> dict[str, str] | bool | None:
    """Find a situation of which a formula is true; True: there is none, None: no time was left."""
    solver = z3.Solver()
    solver.set("timeout", PROOF_MS_MAX)
    solver.add(formulas.bounds(), formula)
    outcome = solver.check()
    if outcome == z3.unsat:
        return True
    return formulas.situation(solver.model()) if outcome == z3.sat else None


def _confirmed(agreement: Agreement, request: Request, *, allowed: bool) -> Decision:
    """Ask the decision itself about what z3 found.

    Raises:
        InvariantError: `foresight.not-decided-so`: the formulas are not what the rules mean.
    """
    decision = decide(agreement, request)
    if decision.allowed is not allowed:
        raise InvariantError(
            "foresight.not-decided-so",
            "what the proof says of a request is not what the decision says",
            where=str(request.action),
        )
    return decision
