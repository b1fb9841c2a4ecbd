# SPDX-License-Identifier: Apache-2.0
"""Which statement discharges a duty: the first by the debtor after the trigger that fits.

That nothing is left is said once and for all: a recall that comes after it finds its duty done.
Source: AGREEMENTS.md section 5
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from operator import attrgetter
from typing import Final

from comity.agreement.rules import DutyRule
from comity.basis.ids import PartyId, Place
from comity.state.affairs import Act
from comity.state.duty_goods import TRIGGERS, goods_discharges
from comity.state.duty_times import held
from comity.state.duty_triggers import Trigger
from comity.state.state import State
from comity.state.tables import Chain

_order = attrgetter("order")

_WAYS: Final = {"return": "item.return", "destroy": "item.destroyed"}
"""What an originator may want done with what it calls back, by the kind that says it is done."""


def ways(rule: DutyRule, trigger: Trigger) -> tuple[str, ...]:
    """Give the kinds of statements that discharge a duty: what the trigger wants, or any.

    What is wanted and the file does not let leaves what the file lets.

    Source: Japan-ROK GSOMIA Art. 6(h)
    """
    kinds = (rule.discharged_by, *rule.or_by)
    said = None if rule.as_said is None else held(trigger.act, rule.as_said)
    wanted = _WAYS.get(str(said))
    return kinds if wanted not in kinds else (wanted,)


def first_discharge(
    state: State, rule: DutyRule, trigger: Trigger, about: Place | None, owed_by: PartyId
) -> Act | None:
    """Find the first statement by the debtor that discharges a duty.

    Source: AGREEMENTS.md section 5; Japan-ROK GSOMIA Art. 6(h)
    """
    if rule.how == "itself":
        return trigger.act
    kinds = (rule.discharged_by, *rule.or_by)
    if trigger.because in TRIGGERS:
        return min(goods_discharges(state, trigger.act, kinds), key=_order, default=None)

    def sort(act: Act) -> Hashable | None:
        is_theirs = act.kind in kinds and act.place.party == owed_by
        return _alike(rule, act) if is_theirs and _does_it(rule, act) else None

    # What left nothing is final: no later statement can say it again.
    after = None if (rule.needs or "").startswith("!") else trigger.act.order
    wanted = _alike(rule, trigger.act)
    named = _named(rule, trigger, about)
    found = [
        state.sorted_acts.first(
            (name, kinds, rule.needs, rule.same, owed_by),
            chain,
            sort=sort,
            wanted=wanted,
            after=after,
        )
        for name, chain in _chains(state, kinds, named, owed_by)
    ]
    for act in () if named is None else _answers(state, named, owed_by):
        is_later = after is None or act.order > after
        found.append(act if is_later and sort(act) == wanted else None)
    first = min((act for act in found if act is not None), key=_order, default=None)
    return first if first is None or _as_wanted(rule, trigger, first) else None


def _as_wanted(rule: DutyRule, trigger: Trigger, act: Act) -> bool:
    """Say whether it was done as the trigger wants it, or before that was said."""
    return act.order < trigger.act.order or act.kind in ways(rule, trigger)


def _chains(
    state: State, kinds: tuple[str, ...], named: Place | None, owed_by: PartyId
) -> Iterator[tuple[Hashable, Chain[Act] | None]]:
    """Give what may discharge it: what names the thing, or all that the debtor said."""
    if named is not None:
        yield named, state.acts_about.get(named)
        return
    for kind in kinds:
        yield kind, state.acts_by.get((kind, owed_by))


def _named(rule: DutyRule, trigger: Trigger, about: Place | None) -> Place | None:
    """Give what a discharge has to name; None: nothing."""
    if rule.how == "next":
        return None
    return trigger.place if rule.how == "names_trigger" else about or trigger.place


def _alike(rule: DutyRule, act: Act) -> tuple[object, ...]:
    """Give what a discharge holds as its trigger does."""
    return tuple(held(act, name) for name in rule.same)


def _answers(state: State, item: Place, owed_by: PartyId) -> Iterator[Act]:
    """Give receipt and refusal of an item as acts: they stand in tables of their own."""
    known = state.items.get(item)
    if known is None:
        return
    receipt = state.receipts.get((known.place, owed_by))
    refusal = state.refusals.get((known.place, owed_by))
    if receipt is not None:
        yield Act("item.receipt", receipt.place, receipt.at, (), known.version, None)
    if refusal is not None:
        yield Act("item.refusal", refusal.place, refusal.at, (), known.version, None)


def _does_it(rule: DutyRule, act: Act) -> bool:
    """Say whether a statement holds what a rule asks of a discharge."""
    match rule.needs:
        case None:
            return True
        case name if name.startswith("!"):
            return not held(act, name[1:])
        case name:
            return act.body is not None and bool(held(act, name))
