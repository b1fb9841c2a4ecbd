# SPDX-License-Identifier: Apache-2.0
"""Laws of duties: the same registers give the same list, however they arrived; the past stands."""

from collections.abc import Callable, Iterable
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.agreement.acts import DestructionMeans, Recalled
from comity.agreement.rules import DutyRule
from comity.basis.ids import PartyId, Place
from comity.basis.instants import Date, Instant, date_of
from comity.state.affairs import Act
from comity.state.duties import LIVE, DutyState, duties_at, urgent_at
from comity.state.duty_discharges import first_discharge
from comity.state.duty_times import held
from comity.state.duty_triggers import Trigger, items_of, places_in, triggers
from comity.state.fold import Fold, Placed
from comity.state.sorted_acts import SHORT_MAX
from comity.state.state import State
from comity.statement.affairs import DisputeSettle, DutyExtend, DutyWaive
from comity.statement.cases import ContractorAssure, IncidentFindings, Outcome
from comity.statement.custody import InventoryResult
from comity.statement.handling import ItemDestroyed, ItemRecall
from comity.statement.information import ItemReclassify, ItemRefusal
from comity.statement.kinds import Body
from tests.builders.dutiful import (
    authority,
    dispute,
    duties_bytes,
    dutiful,
    dutiful_teller,
    law,
    lost,
)
from tests.support_state import JPN, KOR, NOTE, Teller, receipt, release

DAY_MS = 86_400_000
gaps = st.sampled_from((1, DAY_MS, 6 * DAY_MS, 40 * DAY_MS, 400 * DAY_MS))


@st.composite
def histories(draw: st.DrawFn) -> list[Placed]:
    """Tell of items, cases, counts and disputes; creditors have their say on what is owed then."""
    teller = dutiful_teller()
    for _ in range(draw(st.integers(0, 14))):
        party = draw(st.sampled_from((JPN, KOR)))
        at = Instant(teller.now + draw(gaps))
        teller.say(party, body(draw, teller, at), at=at)
    return draw(st.permutations(teller.told))


def body(draw: st.DrawFn, teller: Teller, at: Instant) -> Body:
    def one(kind: str) -> Place:
        found = [where for where, each in teller.told if each.kind == kind]
        return draw(st.sampled_from(found)) if found else Place(JPN, 99)

    duties = duties_at(teller.state, at)
    duty = draw(st.sampled_from(duties)) if duties else None
    trigger, id = (Place(JPN, 99), "0" * 32) if duty is None else (duty.trigger, duty.id)
    item, today = one("item.release"), date_of(at, teller.agreement.lifecycle.zone)
    day = today.isoformat()
    made: dict[str, Callable[[], Body]] = {
        "release": lambda: release(use_until=draw(st.sampled_from((None, date(2017, 6, 1))))),
        "receipt": lambda: receipt(item),
        "refusal": lambda: ItemRefusal(item, "x", ()),
        "recall": lambda: ItemRecall((item,), Recalled.EITHER, "x", None),
        "destroyed": lambda: ItemDestroyed(
            item, (1,), 0, DestructionMeans.SHRED, today, 2, None, None
        ),
        "reclassify": lambda: ItemReclassify(item, "SECRET", "極秘", at),
        "lost": lambda: lost(item, f"{day}T00:00:00Z"),
        "found": lambda: IncidentFindings(one("incident.report"), Outcome.LOSS, ("locks",)),
        "assured": lambda: assured(draw(st.sampled_from(("f0", "f1"))), today),
        "count": lambda: InventoryResult(today, 1, 1, (), None),
        "law": lambda: law(day),
        "authority": lambda: authority(
            "a+00000001", "a+00000002", since=f"{day}T00:00:00Z", delivered=day
        ),
        "dispute": lambda: dispute(id),
        "settle": lambda: DisputeSettle(one("dispute.open"), None, None, NOTE),
        "waive": lambda: DutyWaive(trigger, id, NOTE),
        "extend": lambda: DutyExtend(trigger, id, Instant(at + 30 * DAY_MS), NOTE),
    }
    return made[draw(st.sampled_from(tuple(made)))]()


def assured(firm: str, on: Date) -> ContractorAssure:
    return ContractorAssure(
        firm=firm,
        facility="x",
        parent=None,
        conditions=("a",),
        met=True,
        clearance=None,
        document="d",
        assured_by="u",
        assured_on=on,
        until=None,
    )


def plainly_first(
    said: list[Act], rule: DutyRule, trigger: Trigger, about: Place | None, debtor: PartyId
) -> Place | None:
    """Give what discharges a duty by the plain words of the rule: everything is looked at."""
    if rule.how == "itself":
        return trigger.place
    named = trigger.place if rule.how == "names_trigger" else about
    is_final = (rule.needs or "").startswith("!")
    found = [
        (act.at, act.place)
        for act in said
        if (rule.how == "next" or named in places_in(act.body))
        and does_it(rule, trigger, act)
        and act.place.party == debtor
        and (is_final or act.order > trigger.act.order)
    ]
    return min(found)[1] if found else None


def counted(state: State, told: list[Placed], at: Instant) -> list[Act]:
    return [
        Act(each.kind, place, each.at, each.to, each.agreement_sha256, each.body)
        for place, each in told
        if each.at <= at and place not in state.uncounted
    ]


def does_it(rule: DutyRule, trigger: Trigger, act: Act) -> bool:
    if act.kind not in (rule.discharged_by, *rule.or_by):
        return False
    if any(held(act, name) != held(trigger.act, name) for name in rule.same):
        return False
    needs = rule.needs or ""
    return not needs or bool(held(act, needs.lstrip("!"))) != needs.startswith("!")


def fold_of(told: Iterable[Placed]) -> Fold:
    fold = Fold(dutiful().id, (dutiful(),))
    for place, statement in told:
        fold.insert(place, statement)
    return fold


def latest(told: list[Placed]) -> Instant:
    return max(each[1].at for each in told)


def in_order(told: list[Placed]) -> list[Placed]:
    return sorted(told, key=lambda each: (each[1].at, each[0]))


@given(histories())
@settings(max_examples=60)
def test_any_order_of_arrival_gives_the_same_duties_byte_for_byte(told: list[Placed]) -> None:
    here, there = fold_of(told), fold_of(in_order(told))
    for later in (0, DAY_MS, 1000 * DAY_MS):
        at = Instant(latest(told) + later)
        assert duties_bytes(here.state, at) == duties_bytes(there.state, at)
    assert here.export() == there.export()


@given(histories(), st.sampled_from((0, 1, 5 * DAY_MS, 20 * DAY_MS, 40 * DAY_MS, 1000 * DAY_MS)))
@settings(max_examples=60)
def test_what_is_urgent_is_what_is_late_or_to_be_reminded_of_among_all_that_is_owed(
    told: list[Placed], later: int
) -> None:
    state, at = fold_of(told).state, Instant(latest(told) + later)
    every = [each for each in duties_at(state, at) if each.live]
    late = {each.id for each in every if each.state is DutyState.LATE}
    reminded = {each.id for each in every if each.remind_at is not None and each.remind_at <= at}
    assert urgent_at(state, at) == tuple(each for each in every if each.id in late | reminded)


@given(histories(), st.integers(0, 20))
@settings(max_examples=40)
def test_what_was_owed_then_does_not_depend_on_what_was_said_since(
    told: list[Placed], count: int
) -> None:
    ordered = in_order(told)
    at = ordered[min(count, len(ordered) - 1)][1].at
    before = [each for each in ordered if each[1].at <= at]
    with fold_of(told).standing_at(at) as state:
        assert duties_bytes(state, at) == duties_bytes(fold_of(before).state, at)


@given(histories(), st.sampled_from((0, 2, SHORT_MAX)), st.integers(0, 20))
@settings(max_examples=60)
def test_what_is_found_by_halving_is_what_the_plain_words_of_the_rule_say(
    told: list[Placed], short: int, count: int
) -> None:
    """Long chains are followed and not walked anew, also where what was said is taken back."""
    fold = fold_of(told)
    fold.state.sorted_acts.short_max = short
    ordered = in_order(told)
    then = ordered[min(count, len(ordered) - 1)][1].at
    hold_to_the_plain_words(fold.state, told, Instant(latest(told) + DAY_MS))
    with fold.standing_at(then) as state:
        hold_to_the_plain_words(state, told, then)
    hold_to_the_plain_words(fold.state, told, Instant(latest(told) + DAY_MS))


def hold_to_the_plain_words(state: State, told: list[Placed], at: Instant) -> None:
    said = counted(state, told, at)
    for trigger in triggers(state, at, None):
        for rule in state.files[trigger.version].duties.get(trigger.because, ()):
            for about in items_of(state, trigger, rule):
                for party in (JPN, KOR):
                    found = first_discharge(state, rule, trigger, about, party)
                    plain = plainly_first(said, rule, trigger, about, party)
                    assert (None if found is None else found.place) == plain


@given(histories())
@settings(max_examples=40)
def test_a_duty_is_late_only_by_a_number_and_ids_are_never_shared(told: list[Placed]) -> None:
    state = fold_of(told).state
    for later in (0, 500 * DAY_MS):
        at = Instant(latest(told) + later)
        found = duties_at(state, at)
        assert len({each.id for each in found}) == len(found)
        for each in found:
            assert each.owed_by not in each.owed_to
            assert each.live == (each.state in LIVE)
            if each.due is None:
                assert each.state not in (DutyState.LATE, DutyState.DONE_LATE)
            assert (each.done_at is None) == (
                each.state not in (DutyState.DONE, DutyState.DONE_LATE)
            )
