# SPDX-License-Identifier: Apache-2.0
"""`order`: what may be asked for and provided, for which activities, by whom, and until when.

Source: AGREEMENTS.md section 3; treaties.md A1 to A7, 10 U.S.C. 2342(f), 2344(b), (c)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from comity.agreement.acts import Action, AgreementState, Effect
from comity.agreement.kinds import ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause, Rows
from comity.agreement.rules import (
    Condition,
    OneOf,
    OrderBetween,
    OrderEnd,
    OrderListed,
    OrderNotExcluded,
    OrderRow,
    OrderShows,
    PersonsApart,
    Rule,
)

NEEDS = ("charter", "authority", "method", "return_day", "price_basis", "elements")
"""What an order may have to show: words of `needs`, in the order in which they are asked for."""

_AT_REQUEST = ("charter", "authority", "method", "return_day")
_ACTS: tuple[tuple[Action, tuple[OrderEnd, ...]], ...] = (
    (Action.ORDER, ("requester",)),
    (Action.APPROVE_ORDER, ("provider",)),
    (Action.DELIVER, ("provider", "requester")),
)
_NEW = (AgreementState.IN_FORCE, AgreementState.NOTICE_GIVEN, AgreementState.NOTICE_SUSPENDED)
_BEGUN = (*_NEW, AgreementState.TERMINATED)


def _rules(clause: Clause, ground: Ground) -> tuple[Rule, ...]:
    return tuple(rule for act, ends in _ACTS for rule in _rules_of(clause, ground, act, ends))


def _rules_of(
    clause: Clause, ground: Ground, act: Action, ends: tuple[OrderEnd, ...]
) -> Iterator[Rule]:
    """Forbid what the rows do not list as written; permit it within the scope.

    So an article that lists activities alone forbids no category, and yet permits none that the
    file does not know. A clause without `allowed` only forbids.
    """
    rows, acts = clause.rows("allowed"), frozenset({act})
    within = tuple(_within_scope(row, ground) for row in rows)
    forbids = Rule(
        clause.article,
        clause.kind,
        acts,
        acts if rows and rows == within else frozenset(),
        tuple(_conditions(clause, ground, act, ends=ends, rows=rows)),
        "what is ordered is among what may be provided",
    )
    yield forbids
    if rows != within:
        conditions = tuple(_conditions(clause, ground, act, ends=ends, rows=within))
        yield replace(forbids, speaks_of=frozenset(), permits=acts, conditions=conditions)


def _conditions(
    clause: Clause,
    ground: Ground,
    act: Action,
    *,
    ends: tuple[OrderEnd, ...],
    rows: tuple[OrderRow, ...],
) -> Iterator[Condition]:
    excluded, needs = clause.rows("excluded"), clause.texts("needs")
    if rows:
        # What was accepted is still handed over after the end, unless `ending` stops that.
        states = _BEGUN if act is Action.DELIVER else _NEW
        known = tuple(state.value for state in states)
        yield OneOf("agreement_state", known, "agreement state {value} is not one of: {known}")
        yield OrderBetween(ground.parties, ends)
        yield OrderListed(rows)
    if excluded:
        yield OrderNotExcluded(excluded)
    asked = tuple(
        need for need in NEEDS if need in needs and (need in _AT_REQUEST or act is not Action.ORDER)
    )
    if asked:
        yield OrderShows(asked)
    if clause.flag("apart"):
        yield PersonsApart()


def _within_scope(row: OrderRow, ground: Ground) -> OrderRow:
    """Let any category and activity mean those of the scope, and nothing beyond it.

    A word that the file does not know meets no condition. Source: AGREEMENTS.md section 4
    """
    return replace(
        row,
        categories=row.categories or ground.scope.categories,
        activities=row.activities or ground.scope.activities,
    )


KIND = ClauseKind(
    name="order",
    effect=Effect.PERMIT,
    meaning=(
        "Goods and services of these categories may be asked for, accepted and handed over, by the "
        "parties and for the activities of a row that was valid when the order was made; an old "
        "order is judged by the table of its date. A clause without `allowed` permits nothing and "
        "only forbids; nobody must provide anything."
    ),
    keys=(
        KeySpec(
            "allowed",
            KeyType.ROWS,
            "who may provide what for which activity; a list that is left out means any party, or "
            "any category or activity of the scope",
            example=Rows((OrderRow(("JPN",), ("missile-warning",)),)),
        ),
        KeySpec(
            "excluded",
            KeyType.ANY_ROWS,
            "what is never provided, whatever is allowed elsewhere; a list that is left out means "
            "any",
            example=Rows((OrderRow((), ("weapon",)),)),
        ),
        KeySpec(
            "needs",
            KeyType.WORDS,
            "what the order must show: its use under the Charter, the law, for a service the "
            "method agreed before, for a loan the day of return; and before it is accepted "
            "a basis of each price, and all elements of the form; left out: nothing",
            words=NEEDS,
        ),
        KeySpec(
            "apart",
            KeyType.FLAG,
            "whether nobody may do two parts of one order: asking or accepting, handing over or "
            "receiving, billing, and paying or recording the payment",
            default=True,
        ),
    ),
    speaks_of=tuple(act for act, _ in _ACTS),
    permits=tuple(act for act, _ in _ACTS),
    asks=(
        "agreement_state",
        "actor.party",
        "actor.id",
        "order",
        "order.requester",
        "order.provider",
        "order.activity",
        "order.categories",
        "order.dated",
        "order.shows",
        "order.acted",
    ),
    rules=_rules,
)
