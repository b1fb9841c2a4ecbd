# SPDX-License-Identifier: Apache-2.0
"""`settlement`: how goods and services are settled, by when, and what becomes of what is late.

Source: AGREEMENTS.md section 3; treaties.md A9 to A12, U3 to U6, 10 U.S.C. 2344, 2345, 2347
"""

from __future__ import annotations

from dataclasses import replace

from comity.agreement.acts import Action, AgreementState, Effect
from comity.agreement.kinds import REMIND_AFTER, ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import (
    DutyRule,
    OffsetDue,
    OneOf,
    OrderBetween,
    PersonsApart,
    Rule,
    SettledBy,
    Term,
)
from comity.basis.amounts import Rounding
from comity.basis.instants import Duration, DurationUnit

METHODS = ("return", "replacement_in_kind", "equal_value", "cash")
PRICE_BASES = ("contractor_cost", "own_stock", "agreed", "fair_finding")
"""What a price rests on. Source: 10 U.S.C. 2344(b)"""

_SUPPLIES = ("return", "replacement_in_kind", "cash")
_SERVICES = ("cash", "equal_value")
DAY_OF_RETURN = Term("on the day of return", Duration(0, DurationUnit.DAYS))
"""By when a loan is given back: with the end of the day that was agreed for it."""

_SETTLE = frozenset({Action.SETTLE})
_STATES = tuple(
    state.value
    for state in AgreementState
    if state not in (AgreementState.PROPOSED, AgreementState.INITIALLED, AgreementState.SIGNED)
)


def _rules(clause: Clause, ground: Ground) -> tuple[Rule, ...]:
    """Permit what settles; a debt is settled after the end of the agreement too (U12)."""
    return (
        Rule(
            clause.article,
            clause.kind,
            _SETTLE,
            _SETTLE,
            (
                OneOf("agreement_state", _STATES, "agreement state {value} is not one of: {known}"),
                OrderBetween(ground.parties, ("requester", "provider")),
                SettledBy(
                    clause.texts("supplies"), clause.texts("services"), clause.flag("in_order")
                ),
                OffsetDue(clause.find_duration("offset_after"), clause.flag("offset_approved")),
                *((PersonsApart(),) if clause.flag("apart") else ()),
            ),
            "what is owed is settled by a method of the clause",
        ),
    )


def _duties(clause: Clause) -> tuple[DutyRule, ...]:
    """Oblige to settle in time what was receipted, to give a loan back by its day, to bill, to pay.

    Source: treaties.md A12, U6, U7; 10 U.S.C. 2345, 2350(4)
    """
    at_most = clause.find_duration("at_most")
    owed = DutyRule(
        clause.article,
        clause.kind,
        trigger="delivery.receipt",
        who="debtor",
        to="creditor",
        within=None if at_most is None else Term(str(at_most), at_most),
        discharged_by="delivery.settled",
        since="handed_over",
        when="worth",
        remind=clause.durations("remind"),
    )
    lent = replace(
        owed,
        trigger="delivery.loan",
        within=DAY_OF_RETURN,
        discharged_by="loan.return",
        since="return_by",
        when=None,
        remind=(),
        remind_after=clause.find_duration("remind_after"),
        remind_since="handed_over",
    )
    found = [owed, lent]
    billed, paid = clause.find_term("bill_within"), clause.find_term("pay_within")
    if billed is not None:
        found.append(
            replace(
                owed,
                trigger="claim.notice",
                who="creditor",
                to="debtor",
                within=billed,
                discharged_by="invoice.issue",
                or_by=("delivery.settled",),
                since=None,
                remind=(),
                remind_after=clause.find_duration("remind_after"),
            )
        )
    if paid is not None:
        found.append(
            replace(
                owed,
                trigger="invoice.issue",
                within=paid,
                discharged_by="invoice.settled",
                since=None,
                when=None,
                remind=(),
                remind_after=clause.find_duration("remind_after"),
            )
        )
    return tuple(found)


KIND = ClauseKind(
    name="settlement",
    effect=Effect.BOTH,
    meaning=(
        "What was receipted is settled by one of these methods, within these times, counted from "
        "the day of handing over, and a loan by its own day; what is owed in kind and not met in "
        "time becomes a debt in cash where the clause says so. Debts outlive the agreement."
    ),
    keys=(
        KeySpec(
            "supplies",
            KeyType.WORDS,
            "the methods for supplies and loans, in their order",
            words=METHODS,
            default=_SUPPLIES,
        ),
        KeySpec(
            "services", KeyType.WORDS, "the methods for services", words=METHODS, default=_SERVICES
        ),
        KeySpec(
            "in_order",
            KeyType.FLAG,
            "whether supplies are paid for in cash only with a reason why not in kind",
            default=False,
        ),
        KeySpec(
            "in_kind_within",
            KeyType.DURATION,
            "by when a return, a replacement or equal value is due; left out: no time",
        ),
        KeySpec(
            "at_most",
            KeyType.DURATION,
            "by when anything is settled, by whatever method; left out: no time",
        ),
        KeySpec(
            "converts",
            KeyType.FLAG,
            "whether what is owed in kind and late becomes a debt in cash",
            default=False,
        ),
        KeySpec(
            "bill_within",
            KeyType.TERM,
            "by when the creditor bills, once the claim exists; left out: no time",
        ),
        KeySpec(
            "pay_within",
            KeyType.TERM,
            "by when a bill is paid; left out: no time",
        ),
        KeySpec(
            "remind",
            KeyType.DURATIONS,
            "so long after the day of handing over one is reminded of what is still open",
            default=("6 months", "9 months", "11 months", "12 months"),
        ),
        KeySpec(
            "offset_after",
            KeyType.DURATION,
            "how long after delivery debts of both directions may be offset; left out: at once",
        ),
        KeySpec(
            "offset_approved",
            KeyType.FLAG,
            "whether an offset needs the approval of both parties",
            default=True,
        ),
        KeySpec(
            "price_bases",
            KeyType.WORDS,
            "what a price may rest on",
            words=PRICE_BASES,
            default=PRICE_BASES,
        ),
        KeySpec(
            "currency",
            KeyType.WORD,
            "whose currency prices are in",
            words=("provider", "any"),
            default="provider",
        ),
        KeySpec(
            "taxes",
            KeyType.WORD,
            "whether a price may hold a tax: only with a reason, or never",
            words=("with_reason", "never"),
            default="with_reason",
        ),
        KeySpec(
            "rounding",
            KeyType.WORD,
            "how an amount is brought to the currency's smallest unit, line by line",
            words=tuple(Rounding),
            default=Rounding.HALF_UP.value,
        ),
        KeySpec(
            "apart",
            KeyType.FLAG,
            "whether nobody may bill or settle who did another part of the same order; to bill it "
            "and to record that it is settled are two parts",
            default=True,
        ),
        REMIND_AFTER,
    ),
    speaks_of=(Action.SETTLE,),
    permits=(Action.SETTLE,),
    asks=(
        "agreement_state",
        "actor.party",
        "actor.id",
        "order",
        "order.requester",
        "order.provider",
        "order.acted",
        "settlement",
        "settlement.method",
        "settlement.natures",
        "settlement.reason",
        "settlement.delivered",
        "settlement.approved_by",
        "at",
    ),
    rules=_rules,
    duties=_duties,
)
