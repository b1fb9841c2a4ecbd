# SPDX-License-Identifier: Apache-2.0
"""The meters of yearly caps: what counts, for whom, in which year, and from when on it warns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from comity.agreement.reading import read_agreement
from comity.basis.amounts import Quantity
from comity.basis.ids import Place
from comity.basis.instants import Instant
from comity.state.goods_caps import meter_json, meters_at, year_of
from comity.state.queries_goods import is_overdue, today_of
from comity.statement.orders import Method, Nature, OrderCancel, OrderLine
from comity.statement.settlements import SettledLine
from tests.support_state import JPN, Teller, in_force
from tests.unit.state.test_fold_goods import LINE, PACT, accepted, asked, made, received, settled

DAY_MS = 86_400_000
FUEL = replace(LINE, category="fuel", quantity=Quantity(Decimal(10000), "LTR"))
LIFT = replace(
    LINE, category="airlift", nature=Nature.SERVICE, quantity=Quantity(Decimal(100), "HUR")
)


def teller_of(caps: str) -> Teller:
    article = '[[article]]\nnumber = "7"\ntitle.en = "Caps"\nsummary.en = "Caps."\n'
    raw = PACT + f"{article}{caps}".encode()
    return in_force(agreement=read_agreement(raw))


CAPS = (
    '[article.caps]\nparty = "JPN"\ncredits = 1000000\nyear_begins = 10\n'
    'not_counted = ["fuel"]\nwaived_for = ["exercise"]\n'
)


def bought(teller: Teller, line: OrderLine = LINE, **changes: Any) -> Place:
    """Let Korea receive what it owes Japan for: 600,000 yen in cash, unless told otherwise."""
    terms = {"method": Method.CASH, **changes.pop("terms", {})}
    order = asked(teller, lines=(line,), **changes)
    quantity = line.quantity.number
    assert teller.why(accepted(teller, order, quantity=quantity, **terms)) is None
    assert teller.why(received(teller, made(teller, order, int(quantity)), int(quantity))) is None
    return order


def meters(teller: Teller, days: int = 0) -> list[tuple[Any, ...]]:
    at = Instant(teller.now + days * DAY_MS)
    found = meters_at(teller.state, teller.agreement, today_of(teller.state, at))
    rows: list[Any] = [meter_json(each) for each in found]
    return [(row["of"], row["used"], row["percent"], row["warns"], row["over"]) for row in rows]


@pytest.mark.row("2347")
def test_2347_a_credit_counts_when_it_is_handed_over_and_warns_from_its_share_on() -> None:
    teller = teller_of(CAPS)
    assert meters(teller) == [("credits", "0", 0, False, False)]
    bought(teller)
    assert meters(teller) == [("credits", "600000", 60, False, False)]
    bought(teller, number="K-2", terms={"price": Decimal(20)})
    assert meters(teller) == [("credits", "800000", 80, True, False)]
    bought(teller, number="K-3", terms={"price": Decimal(20)})
    assert meters(teller) == [("credits", "1000000", 100, True, False)]


@pytest.mark.row("2347")
def test_2347_an_acceptance_that_goes_beyond_a_cap_does_not_count_and_what_is_waived_does() -> None:
    teller = teller_of(CAPS)
    first = asked(teller)
    sixty = {"method": Method.CASH, "price": Decimal(60)}
    assert teller.why(accepted(teller, first, **sixty)) is None
    assert meters(teller) == [("credits", "0", 0, False, False)]
    second = asked(teller, number="K-2")
    beyond = ("order.beyond-cap", "7")
    dear = {"method": Method.CASH, "price": Decimal("40.0001")}
    assert teller.why(accepted(teller, second, **dear)) == beyond
    for method in (Method.CASH, Method.EQUAL_VALUE):
        third = asked(teller, lines=(LIFT,), number=f"K-{method}")
        terms = {"method": method, "quantity": Decimal(100), "price": Decimal(4001)}
        assert teller.why(accepted(teller, third, **terms)) == beyond
    in_kind = {"method": Method.REPLACEMENT_IN_KIND, "price": Decimal(60)}
    assert teller.why(accepted(teller, asked(teller, number="K-3"), **in_kind)) is None
    fuel = asked(teller, lines=(FUEL,), number="K-4")
    assert teller.why(accepted(teller, fuel, **dear)) is None
    waived = asked(teller, number="K-5", activity="exercise")
    assert teller.why(accepted(teller, waived, **dear)) is None
    within = {"method": Method.CASH, "price": Decimal(40)}
    assert teller.why(accepted(teller, second, **within)) is None
    assert meters(teller) == [("credits", "0", 0, True, False)]
    sixth = asked(teller, number="K-6")
    assert teller.why(accepted(teller, sixth, **within)) == beyond
    teller.say(JPN, OrderCancel(first, ()))
    assert teller.why(accepted(teller, sixth, **within)) is None


@pytest.mark.row("2347")
def test_2347_equal_value_counts_and_so_does_cash_for_what_was_owed_in_kind() -> None:
    teller = teller_of(CAPS.replace("1000000", "9000000"))
    bought(teller, LIFT, terms={"method": Method.EQUAL_VALUE, "price": Decimal(4000)})
    assert meters(teller)[0][1] == "400000"
    order = bought(teller, number="K-2", terms={"method": Method.REPLACEMENT_IN_KIND})
    assert meters(teller)[0][1] == "400000"
    part = (SettledLine(1, Decimal(5000), Decimal(300_000), None),)
    cash = {"method": Method.CASH, "currency": "JPY", "reason": "x", "lines": part}
    assert teller.why(settled(teller, order, by=JPN, **cash)) is None
    assert meters(teller)[0][1] == "700000"
    assert meters(teller, 366)[0][1] == "300000"  # the year after: what turned into cash


def overdue(teller: Teller, days: int) -> list[tuple[Any, Any]]:
    """Give what is still to come under the first cap, and what of it is past its day."""
    at = Instant(teller.now + days * DAY_MS)
    found = meters_at(teller.state, teller.agreement, today_of(teller.state, at))
    return [(meter_json(each)["coming"], meter_json(each)["overdue"]) for each in found]


@pytest.mark.row("2347")
def test_2347_what_is_not_handed_over_by_its_day_is_told_with_the_share_that_it_holds() -> None:
    teller = teller_of(CAPS)
    first = asked(teller, by=date(2016, 11, 30))
    accepted(teller, first, method=Method.CASH)
    assert [overdue(teller, days) for days in (7, 8)] == [[("600000", "0")], [("600000", "600000")]]
    delivery = made(teller, first, 4000)
    assert overdue(teller, 8) == [("600000", "360000")]  # what is on its way is not late
    received(teller, delivery, 4000)
    assert overdue(teller, 8) == [("360000", "360000")]
    assert overdue(teller, 400) == [("360000", "360000")]  # another year: it is held all the same
    placed = teller.state.orders.get(first)
    assert placed is not None
    late = [is_overdue(teller.state, placed, date(2016, 11, day)) for day in (30, 29)]
    assert late == [False, False]
    assert is_overdue(teller.state, placed, date(2016, 12, 1))
    teller.say(JPN, OrderCancel(first, ()))
    assert overdue(teller, 8) == [("0", "0")]
    placed = teller.state.orders.get(first)
    assert placed is not None
    assert not is_overdue(teller.state, placed, date(2016, 12, 1))


@pytest.mark.row("2347")
def test_2347_an_order_that_names_no_day_is_late_once_all_would_be_settled() -> None:
    teller = teller_of(CAPS)
    accepted(teller, asked(teller), method=Method.CASH)
    assert [overdue(teller, days) for days in (365, 366)] == [
        [("600000", "0")],
        [("600000", "600000")],
    ]
    article = '[[article]]\nnumber = "7"\ntitle.en = "Caps"\nsummary.en = "Caps."\n'
    raw = PACT.replace(b'at_most = "12 months"\n', b"") + f"{article}{CAPS}".encode()
    endless = in_force(agreement=read_agreement(raw))
    order = asked(endless)
    accepted(endless, order, method=Method.CASH)
    assert overdue(endless, 9000) == [("600000", "0")]
    placed = endless.state.orders.get(order)
    assert placed is not None
    assert not is_overdue(endless.state, placed, date(9999, 12, 31))


@pytest.mark.row("2347")
def test_2347_another_currency_stops_nothing() -> None:
    teller = teller_of('[article.caps]\nparty = "KOR"\nliabilities = 10\n')
    bought(teller)


def test_two_clauses_of_one_party_have_meters_of_their_own() -> None:
    other = '[[article.caps]]\nparty = "JPN"\ncredits = 700000\nnot_counted = ["airlift"]\n'
    teller = teller_of(f'[[article.caps]]\nparty = "JPN"\ncredits = 1000000\n{other}')
    bought(teller)
    bought(teller, LIFT, number="K-2", terms={"price": Decimal(3000)})
    assert [row[1] for row in meters(teller)] == ["900000", "600000"]
    again = asked(teller, number="K-3")
    terms = {"method": Method.CASH, "price": Decimal("10.0001")}
    assert teller.why(accepted(teller, again, **terms)) == ("order.beyond-cap", "7")


@pytest.mark.row("2347")
def test_2347_fuel_and_a_waived_activity_do_not_move_the_meter_and_payment_does_not_either() -> (
    None
):
    teller = teller_of(CAPS)
    bought(teller, FUEL)
    bought(teller, number="K-2", activity="exercise")
    assert meters(teller) == [("credits", "0", 0, False, False)]
    order = bought(teller, number="K-3")
    all_of_it = (SettledLine(1, None, Decimal(600_000), None),)
    cash = {"method": Method.CASH, "currency": "JPY", "reason": "x", "lines": all_of_it}
    assert teller.why(settled(teller, order, by=JPN, **cash)) is None
    assert meters(teller) == [("credits", "600000", 60, False, False)]


def test_2347_liabilities_and_what_of_them_is_for_supplies_are_metered_by_themselves() -> None:
    caps = '[article.caps]\nparty = "KOR"\nliabilities = 10\nsupplies = 5\nwarn_percent = 50\n'
    raw = (PACT + b'[[article]]\nnumber = "7"\ntitle.en = "C"\nsummary.en = "C."\n').replace(
        b'currency = "KRW"', b'currency = "JPY"'
    )
    teller = in_force(agreement=read_agreement(raw + caps.encode()))
    bought(teller, LIFT, terms={"price": Decimal("0.04")})
    bought(teller, number="K-2", terms={"price": Decimal("0.0002")})
    assert meters(teller) == [
        ("liabilities", "6", 60, True, False),
        ("supplies", "2", 40, False, False),
    ]


def test_another_currency_is_told_beside_the_meter_and_not_converted() -> None:
    teller = teller_of('[article.caps]\nparty = "KOR"\nliabilities = 10\n')
    bought(teller)
    (meter,) = meters_at(teller.state, teller.agreement, today_of(teller.state, teller.now))
    row = meter_json(meter)
    assert (row["used"], row["currency"]) == ("0", "KRW")
    assert row["elsewhere"] == [{"currency": "JPY", "amount": "600000"}]


def test_what_is_owed_in_kind_counts_from_the_day_on_which_it_becomes_cash() -> None:
    teller = teller_of('[article.caps]\nparty = "JPN"\ncredits = 1000000\nyear_begins = 4\n')
    bought(teller, terms={"method": Method.REPLACEMENT_IN_KIND})
    asked(teller, number="K-3")  # nobody accepted it
    for days, used in ((0, "0"), (365, "0"), (366, "600000"), (366 + 365, "0")):
        assert meters(teller, days)[0][1] == used, days


def test_a_year_begins_with_its_month_and_no_other_year_counts() -> None:
    assert year_of(date(2018, 9, 30), 10) == (date(2017, 10, 1), date(2018, 9, 30))
    assert year_of(date(2018, 10, 1), 10) == (date(2018, 10, 1), date(2019, 9, 30))
    assert year_of(date(2020, 2, 29), 1) == (date(2020, 1, 1), date(2020, 12, 31))
    assert year_of(date(2018, 12, 31), 13) == (date(2018, 12, 1), date(2019, 11, 30))
    teller = teller_of(CAPS)
    bought(teller)
    assert meters(teller, 400) == [("credits", "0", 0, False, False)]


def test_a_meter_says_of_what_cap_its_share_is() -> None:
    teller = teller_of(CAPS)
    bought(teller)
    (meter,) = meters_at(teller.state, teller.agreement, today_of(teller.state, teller.now))
    said = meter_json(meter)
    assert (said["party"], said["used"], said["cap"]) == ("JPN", "600000", "1000000")


def test_a_file_without_caps_has_no_meter() -> None:
    teller = teller_of("")
    bought(teller)
    assert meters(teller) == []


def test_where_nothing_turns_into_cash_what_is_owed_in_kind_never_counts() -> None:
    article = '[[article]]\nnumber = "7"\ntitle.en = "Caps"\nsummary.en = "Caps."\n'
    raw = PACT.replace(b"converts = true", b"converts = false") + f"{article}{CAPS}".encode()
    teller = in_force(agreement=read_agreement(raw))
    bought(teller, terms={"method": Method.REPLACEMENT_IN_KIND})
    assert meters(teller, 366) == [("credits", "0", 0, False, False)]
