# SPDX-License-Identifier: Apache-2.0
"""Conditions on orders and settlements: what holds, what fails and why, what is unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.agreement.model import Agreement
from comity.agreement.rules import (
    OffsetDue,
    OrderBetween,
    OrderListed,
    OrderNotExcluded,
    OrderRow,
    OrderShows,
    PersonsApart,
    SettledBy,
)
from comity.basis.instants import Date, Duration, DurationUnit, parse_instant
from comity.decision.conditions import open_conditions
from comity.decision.kleene import HOLDS, Outcome, fails, unknown
from comity.decision.request import MISSING, Actor, Order, Request, Settlement

ORDER = Order(
    requester="KOR",
    provider="JPN",
    activity="exercise",
    categories=("fuel", "food"),
    dated=Date(2016, 12, 1),
    shows=("charter", "method"),
    acted=("kor-001",),
)
SETTLEMENT = Settlement(
    method="return",
    natures=("supply",),
    reason=None,
    delivered=Date(2015, 6, 15),
    approved_by=("JPN", "KOR"),
)
ASKED = Request(
    at=parse_instant("2016-12-16T03:00:00Z"),
    actor=Actor(party="KOR", id="kor-017"),
    order=ORDER,
    settlement=SETTLEMENT,
)
BETWEEN = OrderBetween(("JPN", "KOR"), ("requester",))
ROW = OrderRow(("JPN",), ("fuel",), ("exercise",), Date(2016, 12, 1), Date(2016, 12, 31))
LISTED = OrderListed((ROW, OrderRow(categories=("food",))))
EXCLUDED = OrderNotExcluded((ROW,))
SHOWS = OrderShows(("charter", "method"))
SETTLED = SettledBy(("return", "replacement_in_kind", "cash"), ("cash",), in_order=True)
OFFSET = OffsetDue(Duration(18, DurationUnit.MONTHS), approved=True)
OF_ORDER = (BETWEEN, LISTED, EXCLUDED, SHOWS, PersonsApart())


def ordered(**facts: object) -> Request:
    return replace(ASKED, order=replace(ORDER, **facts))  # type: ignore[arg-type]  # by name


def settled(**facts: object) -> Request:
    return replace(ASKED, settlement=replace(SETTLEMENT, **facts))  # type: ignore[arg-type]


@pytest.fixture
def outcome(gsomia: Agreement):  # type: ignore[no-untyped-def]
    """Evaluate a condition under a file whose days end in Seoul."""

    def of(condition: object, request: Request) -> Outcome:
        return next(iter(open_conditions((condition,), request, gsomia.rules)), HOLDS)  # type: ignore[arg-type]

    return of


@pytest.mark.parametrize("condition", OF_ORDER, ids=lambda each: type(each).__name__)
def test_an_order_that_is_not_known_is_unknown_and_one_that_is_not_there_fails(outcome, condition):
    assert outcome(condition, replace(ASKED, order=MISSING)) == unknown("order")
    assert outcome(condition, replace(ASKED, order=None)) == fails("there is no order")


@pytest.mark.parametrize("condition", [SETTLED, OFFSET], ids=lambda each: type(each).__name__)
def test_a_settlement_that_is_not_known_is_unknown_and_one_that_is_not_there_fails(
    outcome, condition
):
    assert outcome(condition, replace(ASKED, settlement=MISSING)) == unknown("settlement")
    assert outcome(condition, replace(ASKED, settlement=None)) == fails("nothing is settled")
    assert outcome(condition, settled(method=MISSING)).truth is None


@pytest.mark.parametrize(
    ("condition", "facts", "missing"),
    [
        (BETWEEN, {"requester": MISSING}, ("order.requester",)),
        (BETWEEN, {"provider": MISSING}, ("order.provider",)),
        (LISTED, {"provider": MISSING, "dated": MISSING}, ("order.provider", "order.dated")),
        (LISTED, {"activity": MISSING}, ("order.activity",)),
        (EXCLUDED, {"categories": MISSING}, ("order.categories",)),
        (SHOWS, {"shows": MISSING}, ("order.shows",)),
        (PersonsApart(), {"acted": MISSING}, ("order.acted",)),
    ],
)
def test_a_fact_of_the_order_that_is_missing_is_named(outcome, condition, facts, missing):
    assert outcome(condition, ordered(**facts)) == unknown(*missing)


def test_an_order_is_between_two_parties_and_the_actor_acts_for_an_end_of_it(outcome):
    assert outcome(BETWEEN, ASKED) == HOLDS
    assert outcome(BETWEEN, replace(ASKED, actor=Actor())) == unknown("actor.party")
    assert outcome(BETWEEN, replace(ASKED, actor=Actor(party="JPN"))).why == (
        "party 'JPN' is not the requester of the order"
    )
    both = replace(BETWEEN, ends=("requester", "provider"))
    assert outcome(both, replace(ASKED, actor=Actor(party="JPN"))) == HOLDS
    assert outcome(both, replace(ASKED, actor=Actor(party=None))).why == (
        "party none is not the requester or provider of the order"
    )


def test_every_thing_wrong_with_the_ends_of_an_order_is_said(outcome):
    assert outcome(BETWEEN, ordered(provider="USA")).why == "party 'USA' is not a party: JPN, KOR"
    assert outcome(BETWEEN, ordered(requester=None)).why == (
        "party none is not a party: JPN, KOR; party 'KOR' is not the requester of the order"
    )
    assert outcome(BETWEEN, ordered(provider="KOR")).why == "party 'KOR' asks itself"
    assert outcome(BETWEEN, ordered(requester="USA", provider="USA")).why == (
        "party 'USA' is not a party: JPN, KOR; party 'USA' asks itself; "
        "party 'KOR' is not the requester of the order"
    )


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({}, None),
        ({"dated": Date(2016, 11, 30)}, "'fuel' may not be provided by 'JPN' for activity "),
        ({"dated": Date(2016, 12, 31)}, None),
        ({"dated": Date(2017, 1, 1)}, "'exercise' on 2017-01-01"),
        ({"dated": parse_instant("2016-11-30T15:00:00Z")}, None),
        ({"dated": parse_instant("2016-11-30T14:59:59.999Z")}, "on 2016-11-30"),
        ({"provider": "KOR"}, "by 'KOR'"),
        ({"activity": "relief"}, "activity 'relief'"),
        ({"activity": None}, "activity none"),
        ({"categories": ("food",), "activity": "relief", "provider": "KOR"}, None),
        ({"categories": ()}, "the order has no line"),
        ({"dated": None}, "the order has no date"),
    ],
)
def test_each_category_stands_in_a_row_of_its_provider_activity_and_day(outcome, facts, refused):
    found = outcome(LISTED, ordered(**facts))
    assert found == HOLDS if refused is None else refused in found.why


def test_what_is_excluded_is_named_one_by_one(outcome):
    assert outcome(EXCLUDED, ASKED) == fails(
        "category 'fuel' is excluded for 'JPN' as provider, activity 'exercise', on 2016-12-01"
    )
    assert outcome(EXCLUDED, ordered(categories=("food",))) == HOLDS
    assert outcome(EXCLUDED, ordered(categories=())) == HOLDS
    assert outcome(EXCLUDED, ordered(dated=None)) == fails("the order has no date")
    both = OrderNotExcluded((OrderRow(until=Date(2016, 12, 1)),))
    assert outcome(both, ASKED).why.count("is excluded") == 2
    assert outcome(both, ordered(dated=Date(2016, 12, 2))) == HOLDS


def test_an_order_shows_all_that_is_needed(outcome):
    assert outcome(SHOWS, ASKED) == HOLDS
    assert outcome(SHOWS, ordered(shows=())).why == (
        "the order does not show: charter; the order does not show: method"
    )


@pytest.mark.row("2342f")
def test_nobody_does_two_parts_of_one_order(outcome):
    assert outcome(PersonsApart(), ASKED) == HOLDS
    assert outcome(PersonsApart(), replace(ASKED, actor=Actor())) == unknown("actor.id")
    again = replace(ASKED, actor=Actor(id="kor-001"))
    assert outcome(PersonsApart(), again) == fails(
        "person 'kor-001' has acted on this order before"
    )


@pytest.mark.row("2344a", "U2", "U3")
@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({}, None),
        ({"method": "offset", "natures": ()}, None),
        ({"method": "converted"}, None),
        ({"natures": ()}, "nothing is settled"),
        ({"method": "cash", "natures": ("service",)}, None),
        ({"method": "cash", "reason": "consumed"}, None),
        ({"method": "cash"}, "cash needs a reason why not: return, replacement_in_kind"),
        ({"method": "cash", "natures": ("service", "loan")}, "cash needs a reason"),
        ({"natures": ("service",)}, "nature 'service' is settled by: cash; method 'return' is"),
        ({"natures": ("service", "supply")}, "nature 'service' is settled by: cash"),
        ({"method": None}, "nature 'supply' is settled by: return, replacement_in_kind, cash; "),
        ({"method": None}, "method none is none of them"),
    ],
)
def test_supplies_and_services_are_settled_by_their_own_methods(outcome, facts, refused):
    found = outcome(SETTLED, settled(**facts))
    assert found == HOLDS if refused is None else refused in found.why


def test_what_a_settlement_does_not_tell_is_unknown(outcome):
    assert outcome(SETTLED, settled(natures=MISSING)) == unknown("settlement.natures")
    asked = settled(method="cash", reason=MISSING)
    assert outcome(SETTLED, asked) == unknown("settlement.reason")
    assert outcome(replace(SETTLED, in_order=False), asked) == HOLDS


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({}, HOLDS),  # 18 months after 15 June 2015 is 15 December 2016; in Seoul it is the 16th
        ({"delivered": Date(2015, 6, 16)}, "an offset waits 18 months from delivery on 2015-06-16"),
        ({"delivered": parse_instant("2015-06-15T15:00:00Z")}, "delivery on 2015-06-16"),
        ({"delivered": Date(9999, 1, 1)}, "an offset waits 18 months"),
        ({"delivered": None}, "nothing was delivered"),
        ({"delivered": MISSING}, unknown("settlement.delivered")),
        ({"approved_by": ("JPN",)}, "party 'KOR' has not approved of the offset"),
        ({"approved_by": MISSING}, unknown("settlement.approved_by")),
    ],
)
def test_an_offset_waits_and_has_the_approval_of_both(outcome, facts, wanted):
    found = outcome(OFFSET, settled(**{"method": "offset", **facts}))
    assert found == wanted if isinstance(wanted, Outcome) else wanted in found.why
    assert outcome(OFFSET, settled(**facts)) == HOLDS


def test_whose_approval_an_offset_needs_is_read_from_the_order(outcome):
    offset = settled(method="offset")
    assert outcome(OFFSET, replace(offset, at=MISSING)) == unknown("at")
    assert outcome(OFFSET, replace(offset, order=MISSING)) == unknown("order")
    assert outcome(OFFSET, replace(offset, order=None)) == fails("there is no order")
    half = replace(offset, order=replace(ORDER, requester=MISSING))
    assert outcome(OFFSET, half) == unknown("order.requester")
    at_once = OffsetDue(None, approved=False)
    assert outcome(at_once, replace(settled(method="offset", delivered=None), order=None)) == HOLDS
