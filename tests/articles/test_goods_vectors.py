# SPDX-License-Identifier: Apache-2.0
"""The clocks of goods, and ten thousand rounds at Bor, by the figures of the specification.

Vector 8 is the matrix of 96 cells in `test_order_matrix`; the thirty days of row 2342a are in
`test_told_before`. Source: treaties.md section 6, 9 and 10; timeline.md section 3
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.amounts import Quantity
from comity.basis.ids import PersonId, Place
from comity.state.goods_balance import balance_json
from comity.state.queries_goods import settlement_clause
from comity.statement.deliveries import (
    ClaimNotice,
    Condition,
    DeliveredLine,
    DeliveryMake,
    DeliveryReceipt,
    ReceivedLine,
)
from comity.statement.order_values import Officer
from comity.statement.orders import (
    AcceptanceHead,
    AcceptedLine,
    Method,
    Nature,
    OrderAccept,
    OrderHead,
    OrderLine,
    OrderRequest,
)
from comity.statement.settlements import SettledLine, SettlementRecord
from tests.support_state import JPN, KOR, Teller, instant

ROUNDS = Decimal(10_000)
PACT = (
    template("acsa-jpn-kor")
    .replace(b'  "airport-seaport",\n]', b'  "airport-seaport",\n  "ammunition",\n]')
    .replace(b'"weapon", "weapon-system", "ammunition"]', b'"weapon", "weapon-system"]')
    .replace(
        b'    "airport-seaport",\n  ] },\n',
        b'    "airport-seaport",\n  ] },\n'
        b'  { activities = ["peacekeeping"], categories = ["ammunition"] },\n',
    )
)
"""The model of the pact, with one change: rounds for peacekeepers."""

HEAD = OrderHead(
    number="HANBIT-1",
    provider=JPN,
    activity="peacekeeping",
    exercise=None,
    method=Method.REPLACEMENT_IN_KIND,
    charter=True,
    authority="PKO Act, Art. 25",
    organisation="Hanbit unit, Bor",
    ordering=Officer(PersonId("kor-1"), "Hanbit"),
    billed="Hanbit",
    fund=None,
    at="Bor",
    by=date(2013, 12, 23),
    asked_with=("UNMISS",),
    through="UNMISS",
    protected=(),
)
LINE = OrderLine(1, "ammunition", Nature.SUPPLY, None, "5.56 mm", Quantity(ROUNDS, "EA"))


def who(name: str) -> Officer:
    return Officer(PersonId(name), "Juba")


def owed(teller: Teller) -> list[tuple[Any, ...]]:
    told: Any = balance_json(teller.state, teller.now)
    return [(row["by"], row["to"], row["in"], row["open"], row["unit"]) for row in told["owed"]]


@pytest.mark.row("U6", "2345a", "2345b", "2345c", "A12")
def test_vector_9_the_clocks_of_the_templates_are_those_of_the_laws() -> None:
    def clocks(name: str) -> tuple[str, ...]:
        clause = settlement_clause(read_agreement(template(name)))
        assert clause is not None
        found = [clause.find_duration(key) for key in ("in_kind_within", "at_most", "offset_after")]
        paid = clause.find_term("pay_within")
        return (*(str(each) for each in found), str(None if paid is None else paid.duration))

    assert clocks("acsa-us-family") == ("12 months", "12 months", "18 months", "30 days")
    assert clocks("acsa-jpn-usa-2016")[1] == clocks("acsa-jpn-usa-1996")[1] == "12 months"


@pytest.mark.row("2347")
def test_vector_9_fuel_is_counted_under_no_cap() -> None:
    (caps,) = read_agreement(template("acsa-us-family")).clauses("caps")
    assert "fuel" in caps.texts("not_counted")
    found = [caps.find(name) for name in ("liabilities", "supplies", "credits")]
    assert found == [60_000_000, 20_000_000, 75_000_000]


@pytest.mark.row("A1", "A9", "A12")
def test_vector_10_ten_thousand_rounds_by_two_requesters_through_a_hub_end_at_nothing() -> None:
    teller = Teller(read_agreement(PACT))
    teller.sign(at="2013-11-01")
    teller.enter(delivered="2013-11-01")
    assert teller.now < instant("2013-12-22")
    order = teller.say(KOR, OrderRequest(HEAD, None, (LINE,)), at="2013-12-22")
    assert teller.why(order) is None
    other = replace(HEAD, number="HANBIT-2", activity="exercise")
    refused = teller.say(KOR, OrderRequest(other, None, (LINE,)))
    assert teller.why(refused) == ("order.not-permitted", "1")
    placed = teller.state.orders.get(order)
    assert placed is not None
    assert (placed.requester, placed.head.asked_with) == (KOR, ("UNMISS",))
    assert placed.head.through == "UNMISS"
    _provide(teller, order)
    assert owed(teller) == [(KOR, JPN, "kind", "10000", "EA")]
    back = _record(order, "kor-3", None, date(2014, 1, 10))
    claimed = teller.say(KOR, back, at="2014-01-10")
    assert teller.why(claimed) is None
    assert owed(teller) == [(KOR, JPN, "kind", "10000", "EA")]
    closed = teller.say(JPN, _record(order, "jpn-4", claimed, date(2014, 1, 16)), at="2014-01-16")
    assert teller.why(closed) is None
    assert owed(teller) == []
    assert teller.exported()["settlements"][1]["approved_by"] == ["JPN", "KOR"]


def _provide(teller: Teller, order: Place) -> None:
    """Accept, hand over through the mission and receipt on the day after the question."""
    day = date(2013, 12, 23)
    head = AcceptanceHead(
        "J-1", who("jpn-1"), "JGSDF", who("jpn-3"), "JGSDF", None, date(2014, 3, 31), "Juba"
    )
    priced = AcceptedLine(1, ROUNDS, Decimal(60), "JPY", "own_stock", Method.REPLACEMENT_IN_KIND)
    taken = teller.say(JPN, OrderAccept(order, head, (priced,)), at="2013-12-23")
    handed = (DeliveredLine(1, ROUNDS),)
    made = teller.say(JPN, DeliveryMake(order, "D-1", day, "Bor", who("jpn-2"), handed))
    came = (ReceivedLine(1, ROUNDS, Condition.GOOD),)
    receipt = teller.say(KOR, DeliveryReceipt(made, day, who("kor-2"), came))
    claim = teller.say(KOR, ClaimNotice(receipt, who("jpn-3")))
    assert [teller.why(each) for each in (taken, made, receipt, claim)] == [None] * 4


def _record(order: Place, person: str, confirms: Place | None, on: date) -> SettlementRecord:
    lines = (SettledLine(1, ROUNDS, None, None),)
    return SettlementRecord(
        "S-1", order, Method.REPLACEMENT_IN_KIND, on, who(person), None, lines, None, None, confirms
    )
