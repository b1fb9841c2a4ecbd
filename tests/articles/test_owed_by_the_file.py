# SPDX-License-Identifier: Apache-2.0
"""What the file of 2016, as it ships, has its parties owe, and by when: the rows that remind.

Each duty is of its article, opens by what is said, and is late after its day and stops nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from comity.agreement.acts import DestructionMeans
from comity.statement.cases import ContractorAssure, IncidentFindings, Outcome
from comity.statement.custody import InventoryResult
from comity.statement.handling import ItemDestroyed
from tests.builders.dutiful import lost, owed, states
from tests.support_state import JPN, KOR, Teller, in_force, receipt, release


@pytest.fixture
def teller() -> Teller:
    return in_force()


@pytest.mark.row("G6f")
def test_g6f_whoever_holds_items_owes_a_count_each_year(teller: Teller) -> None:
    assert owed(teller, "2018-12-01", "6(f)") == ()
    teller.say(JPN, release(), at="2016-12-16")
    (first,) = owed(teller, article="6(f)")
    assert (first.owed_by, first.owed_to, first.owes) == (KOR, (JPN,), "inventory.result")
    assert states(teller, "2017-11-23", "6(f)") == ["open"]
    assert states(teller, "2017-11-24", "6(f)") == ["late"]
    count = InventoryResult(date(2017, 11, 24), 1, 1, (), None)
    assert teller.why(teller.say(KOR, count, at="2017-11-24")) is None
    assert states(teller, article="6(f)") == ["done_late", "open"]
    assert teller.why(teller.say(JPN, release("another"))) is None


@pytest.mark.row("G13")
def test_g13_a_certificate_is_owed_within_thirty_days_of_the_destruction(teller: Teller) -> None:
    for parcel, told, state in (("a", "2017-01-30", "done"), ("b", "2017-02-20", "done_late")):
        item = teller.say(JPN, release(parcel), at="2016-12-16" if parcel == "a" else None)
        teller.say(KOR, receipt(item, parcel=parcel))
        means, day = DestructionMeans.SHRED, date(2017, 1, 10)
        body = ItemDestroyed(item, (1,), 0, means, day, 2, None, None)
        assert teller.why(teller.say(KOR, body, at=told)) is None
        duty = owed(teller, article="13")[-1]
        assert (duty.owed_by, duty.owed_to, duty.state.value) == (KOR, (JPN,), state)


def assure(letter: str, on: date, **changes: Any) -> ContractorAssure:
    usual = ("firm-a", "plant-1", None, (letter,), True, "SECRET", "doc-1", "dsa", on)
    return ContractorAssure(*usual, None, None, None, **changes)


@pytest.mark.row("G16")
def test_g16_the_next_inspection_of_a_firm_is_owed_after_a_year(teller: Teller) -> None:
    teller.say(KOR, assure("g", date(2017, 1, 10)), at="2017-01-10")
    (duty,) = owed(teller, article="16(g)")
    assert (duty.owed_by, duty.owes) == (KOR, "contractor.assure")
    assert states(teller, "2018-01-10", "16(g)") == ["open"]
    assert states(teller, "2018-01-11", "16(g)") == ["late"]
    teller.say(KOR, assure("k", date(2018, 1, 5)), at="2018-01-05")  # no inspection
    assert states(teller, "2018-01-11", "16(g)") == ["late"]
    teller.say(KOR, assure("g", date(2018, 1, 11)), at="2018-01-11")
    assert states(teller, article="16(g)") == ["done_late", "open"]


@pytest.mark.row("G16")
def test_g16_g_the_next_inspection_is_owed_at_the_latest_when_the_last_one_ends(
    teller: Teller,
) -> None:
    body = ("firm-a", "plant-1", None, ("g",), True, "SECRET", "doc-1", "dsa", date(2017, 1, 10))
    teller.say(KOR, ContractorAssure(*body, date(2017, 5, 1), None, None), at="2017-01-10")
    assert states(teller, "2017-05-01", "16(g)") == ["open"]
    assert states(teller, "2017-05-02", "16(g)") == ["late"]
    later = ("firm-b", *body[1:])
    teller.say(KOR, ContractorAssure(*later, date(2019, 5, 1), None, None), at="2017-01-10")
    assert states(teller, "2018-01-10", "16(g)") == ["late", "open"]
    assert states(teller, "2018-01-11", "16(g)") == ["late", "late"]


@pytest.mark.row("G17")
def test_g17_findings_and_measures_are_owed_within_thirty_days_of_the_report(
    teller: Teller,
) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    case = teller.say(KOR, lost(item, "2016-12-17"), at="2016-12-17")
    assert sorted(states(teller, "2017-01-16", "17")) == ["done", "open", "open"]
    assert sorted(states(teller, "2017-01-17", "17")) == ["done", "late", "late"]
    findings = IncidentFindings(case, Outcome.LOSS, ("locks",))
    assert teller.why(teller.say(KOR, findings, at="2017-01-18")) is None
    assert sorted(states(teller, article="17")) == ["done", "done_late", "done_late"]
