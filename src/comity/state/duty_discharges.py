# SPDX-License-Identifier: Apache-2.0
"""Which statement discharges a duty: the first by the debtor after the trigger that fits.

That nothing is left is said once and for all: a recall that comes after it finds its duty done.

What was said is sorted once for each rule, debtor and thing named, and each duty finds its first
by halving, so that one debtor with many statements costs little more than their number.
Source: AGREEMENTS.md section 5
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import TypeAlias

from comity.agreement.rules import DutyRule
from comity.basis.ids import PartyId, Place
from comity.state.affairs import Act
from comity.state.duty_times import held
from comity.state.duty_triggers import Trigger
from comity.state.state import State
from comity.state.tables import walk

_Sorted: TypeAlias = dict[tuple[object, ...], list[Act]]
_Asked: TypeAlias = tuple[DutyRule, PartyId, Place | None]

_order = attrgetter("order")


class Discharges:
    """What discharges duties in one state that does not change meanwhile; for one look at it."""

    __slots__ = ("_sorted", "_state")

    def __init__(self, state: State) -> None:
        """Start without having looked."""
        self._state = state
        self._sorted: dict[_Asked, _Sorted] = {}

    def first(
        self, rule: DutyRule, trigger: Trigger, about: Place | None, owed_by: PartyId
    ) -> Act | None:
        """Find the first statement by the debtor that discharges a duty.

        Source: AGREEMENTS.md section 5; Japan-ROK GSOMIA Art. 6(h)
        """
        if rule.how == "itself":
            return trigger.act
        asked = (rule, owed_by, _named(rule, trigger, about))
        known = self._sorted.get(asked)
        if known is None:
            known = self._sorted[asked] = _sort(rule, self._said(asked), owed_by)
        acts = known.get(_alike(rule, trigger.act), [])
        # What left nothing is final: no later statement can say it again.
        final = (rule.needs or "").startswith("!")
        index = 0 if final else bisect_right(acts, trigger.act.order, key=_order)
        return acts[index] if index < len(acts) else None

    def _said(self, asked: _Asked) -> Iterator[Act]:
        """Give what may discharge it: what names the thing, or all that the debtor said."""
        rule, owed_by, named = asked
        if named is None:
            for kind in (rule.discharged_by, *rule.or_by):
                yield from walk(self._state.acts_by.get((kind, owed_by)))
        else:
            yield from walk(self._state.acts_about.get(named))
            yield from _answers(self._state, named, owed_by)


def _named(rule: DutyRule, trigger: Trigger, about: Place | None) -> Place | None:
    """Give what a discharge has to name; None: nothing."""
    if rule.how == "next":
        return None
    return trigger.place if rule.how == "names_trigger" else about or trigger.place


def _sort(rule: DutyRule, said: Iterable[Act], owed_by: PartyId) -> _Sorted:
    kinds = (rule.discharged_by, *rule.or_by)
    found: _Sorted = {}
    for act in sorted(said, key=_order):
        if act.kind in kinds and act.place.party == owed_by and _does_it(rule, act):
            found.setdefault(_alike(rule, act), []).append(act)
    return found


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
