# SPDX-License-Identifier: Apache-2.0
"""`retention`: until when an item is kept, and what then becomes of it.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 6(h) (treaties.md G6h)
"""

from __future__ import annotations

from dataclasses import replace

from comity.agreement.acts import Action, Effect
from comity.agreement.kinds import REMIND_AFTER, ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import DutyRule, Never, OneOf, Rule

_ACTS = (Action.RETURN, Action.DESTROY)


def _rules(clause: Clause, ground: Ground) -> tuple[Rule, ...]:
    then = frozenset(act for act in _ACTS if act in clause.texts("then"))
    holder = OneOf("actor.party", ground.parties, "party {value} is not a party: {known}")
    rules = [
        Rule(
            clause.article,
            clause.kind,
            then,
            then,
            (holder,),
            "a holder gives back or destroys what it need not keep",
        )
    ]
    other = frozenset(_ACTS) - then
    if other:
        why = f"the item is to end by: {', '.join(sorted(then))}"
        rules.append(
            Rule(clause.article, clause.kind, other, frozenset(), (Never(why),), why),
        )
    return tuple(rules)


def _duties(clause: Clause) -> tuple[DutyRule, ...]:
    """Oblige to give back or destroy what is called back, and what may not be used any longer.

    When its need is looked at again is the holder's own affair, and owed to nobody.
    """
    ends = tuple(_ENDS[act] for act in clause.texts("then"))
    called_back = DutyRule(
        clause.article,
        clause.kind,
        trigger="item.recall",
        who="receiver",
        to="originator",
        within=clause.find_term("within"),
        remind_after=clause.find_duration("remind_after"),
        discharged_by=ends[0],
        or_by=ends[1:],
        how="names_item",
        needs="!remaining",
        as_said="wanted",
    )
    if clause.text("until") != "use_until":
        return (called_back,)
    of_the_item = replace(
        called_back,
        trigger="item.release",
        as_said=None,
        how="names_trigger",
        since="label.use_until",
        when="label.use_until",
    )
    return (called_back, of_the_item)


_ENDS = {"return": "item.return", "destroy": "item.destroyed"}

KIND = ClauseKind(
    name="retention",
    effect=Effect.BOTH,
    meaning=(
        "What is no longer needed for its purpose is returned or destroyed, as the clause names, "
        "within the time named. Whether it is still needed is looked at again at the latest when "
        "the longest time has passed."
    ),
    keys=(
        KeySpec(
            "until",
            KeyType.WORD,
            "until when it is kept: the end of its purpose, or the end of use on its label, "
            "which makes the duty once it has passed and does not refuse `open`",
            words=("purpose_ended", "use_until"),
            default="purpose_ended",
        ),
        KeySpec(
            "at_most",
            KeyType.DURATION,
            "how long after its receipt its need is looked at again; left out: no time",
        ),
        KeySpec(
            "then",
            KeyType.WORDS,
            "what may become of it",
            words=("return", "destroy"),
            default=("return", "destroy"),
        ),
        KeySpec(
            "within",
            KeyType.TERM,
            "by when, from the end of its need on; left out: no time",
        ),
        REMIND_AFTER,
    ),
    speaks_of=_ACTS,
    permits=_ACTS,
    asks=("actor.party",),
    rules=_rules,
    duties=_duties,
)
