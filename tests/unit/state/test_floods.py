# SPDX-License-Identifier: Apache-2.0
"""Whoever says a great deal makes the fold work in proportion: ten times the words, not more each.

Steps are counted, as calls of functions; no clock is looked at.
"""

import sys
from collections.abc import Callable, Iterable
from datetime import date
from types import FrameType
from typing import Any

import pytest

from comity.agreement.acts import Recalled
from comity.basis.ids import AgreementId, PartyId, Place, digest_of
from comity.basis.instants import Instant
from comity.state.duties import duties_at
from comity.state.queries_cases import firm_chain
from comity.state.tables import walk
from comity.statement.affairs import DutyExtend, DutyWaive
from comity.statement.cases import ContractorAssure, IncidentClose, IncidentFindings
from comity.statement.custody import InventoryResult
from comity.statement.handling import ItemRecall
from comity.statement.information import ConsentGive, ConsentWithdraw, ItemReclassify
from comity.statement.kinds import Body
from comity.statement.passing import ItemThirdPartyRelease
from comity.statement.treaty import AgreementEndNotice, AgreementWithdrawEndNotice
from tests.builders.dutiful import authority, dispute, dutiful_teller, law, lost
from tests.support_state import JPN, KOR, NOTE, USA, Teller, in_force, release

FEW, MANY = 80, 800
TIMES = 12  # ten times as much, and a little for what is sorted


def steps(work: Callable[[], object]) -> int:
    """Count the calls that a piece of work makes."""
    count = 0

    def heard(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(heard)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def say_all(teller: Teller, party: PartyId, bodies: Iterable[Body]) -> Callable[[], object]:
    told = list(bodies)
    return lambda: [teller.say(party, each) for each in told]


def counts(teller: Teller, number: int) -> list[tuple[Place, str]]:
    """Let Japan count again and again: each count obliges it to the next one."""
    on = date(2016, 11, 23)
    places = [teller.say(JPN, InventoryResult(on, 1, 1, (), None)) for _ in range(number)]
    owed = {d.trigger: d.id for d in duties_at(teller.state, teller.now)}
    return [(place, owed[place]) for place in places]


def waivers_of_what_is_done(number: int) -> int:
    teller = dutiful_teller()
    duties = counts(teller, number)
    waived = (DutyWaive(place, id, NOTE) for place, id in duties)
    made = steps(say_all(teller, KOR, waived))
    whys = [teller.why(Place(KOR, teller.sizes[KOR] - 1 - n)) for n in range(number)]
    assert whys == [None] + [("duty.done", "D-inventory")] * (number - 1)
    return made


def waivers_among_what_names_one_item(number: int) -> int:
    teller = dutiful_teller()
    item = teller.say(JPN, release())
    recalled = teller.say(JPN, ItemRecall((item,), Recalled.EITHER, "x", None))
    (duty,) = (d for d in duties_at(teller.state, teller.now) if d.trigger == recalled)
    for _ in range(number):
        teller.say(KOR, lost(item, "2016-11-23"))
    made = steps(say_all(teller, JPN, [DutyWaive(recalled, duty.id, NOTE)] * number))
    assert teller.why(Place(JPN, teller.sizes[JPN] - number)) is None
    return made


def extensions_of_one_duty(number: int) -> int:
    teller = dutiful_teller()
    (_, (last, id)) = counts(teller, 2)
    until = Instant(teller.now + 10**12)
    longer = (DutyExtend(last, id, Instant(until + n), NOTE) for n in range(number))
    made = steps(say_all(teller, KOR, longer))
    assert len(walk(teller.state.extensions.get((id, KOR)))) == number
    return made


def waivers_of_a_duty_with_many_disputes(number: int) -> int:
    teller = dutiful_teller()
    (_, (last, id)) = counts(teller, 2)
    for _ in range(number):
        teller.say(JPN, dispute(id))
    return steps(say_all(teller, KOR, [DutyWaive(last, id, NOTE)] * number))


def waivers_of_nothing_among_notices(number: int) -> int:
    teller = dutiful_teller()
    day = date(2016, 11, 23)
    for _ in range(number):
        notice = teller.say(JPN, AgreementEndNotice(None, day, None, NOTE))
        teller.say(JPN, AgreementWithdrawEndNotice((notice,), day, NOTE))
    assert teller.why(notice) is None
    return steps(say_all(teller, KOR, [DutyWaive(Place(JPN, 10**6), "0" * 32, NOTE)] * number))


def words_after_many_authorities(number: int) -> int:
    teller = dutiful_teller()
    for n in range(number):
        keys = f"a+{n:08x}", f"b+{n:08x}"
        said = authority(*keys, since="2016-11-24T00:00:00Z", delivered="2016-11-23")
        assert teller.why(teller.say(JPN, said)) is None
    made = steps(say_all(teller, JPN, [law("2016-12-01")] * number))
    assert len(teller.exported()["law_changes"]) == number
    return made


def firms_above_firms(number: int) -> int:
    teller = dutiful_teller()
    for n in range(number):
        teller.say(JPN, assured(f"above {n}", None))
        teller.say(JPN, assured(f"below {n}", f"above {n}"))
    keys = [(JPN, f"below {n}", "plant") for n in range(number)]
    assert len(firm_chain(teller.state, keys[-1], ("a",), teller.now)) == 2
    return steps(lambda: [firm_chain(teller.state, key, ("a",), teller.now) for key in keys])


def assured(firm: str, parent: str | None) -> ContractorAssure:
    on = date(2016, 11, 23)
    said = ("a",), True, None, digest_of(b"evidence"), "u", on, None
    return ContractorAssure(firm, "plant", parent, *said)


def consents(teller: Teller, number: int) -> Place:
    """Let Japan consent for the category to everybody, and give a Korean one for Washington."""
    for n in range(number):
        aside = PartyId(f"P{n}")
        teller.say(JPN, ConsentGive(None, (), "missile-warning", aside, "warning", None, NOTE))
        ended = ConsentGive(None, (), "missile-warning", USA, f"p{n}", None, NOTE)
        teller.say(JPN, ConsentWithdraw(teller.say(JPN, ended)))
    given = ConsentGive(None, (), "missile-warning", USA, "warning", None, NOTE)
    return teller.say(JPN, given)


def onward_releases_among_consents(number: int) -> int:
    teller = in_force()
    items = [teller.say(JPN, release(str(n))) for n in range(number)]
    leave = consents(teller, number)
    gone = [
        ItemThirdPartyRelease(item, USA, "warning", (leave,), AgreementId("kor-usa"))
        for item in items
    ]
    made = steps(say_all(teller, KOR, gone))
    assert len(teller.exported()["passed_on"]) == number
    return made


def derived_items_among_changes_to_come(number: int) -> int:
    teller = in_force()
    item = teller.say(JPN, release())
    for n in range(number):
        later = Instant(teller.now + 10**10 + n)
        teller.say(JPN, ItemReclassify(item, "SECRET", "極秘", later))
    made = [release(str(n), derived_from=(item,)) for n in range(number)]
    return steps(say_all(teller, JPN, made))


def closes_of_what_nobody_has_looked_into(number: int) -> int:
    teller = dutiful_teller()
    incident = teller.say(KOR, lost(teller.say(JPN, release()), "2016-11-23"))
    for n in range(number):
        teller.say(KOR, IncidentFindings(incident, None, (f"lock {n}",)))
    made = steps(say_all(teller, JPN, [IncidentClose(incident)] * number))
    assert teller.why(Place(JPN, teller.sizes[JPN] - 1)) == ("incident.no-findings", "D-incident")
    return made


FLOODS = (
    waivers_of_what_is_done,
    waivers_among_what_names_one_item,
    extensions_of_one_duty,
    waivers_of_a_duty_with_many_disputes,
    waivers_of_nothing_among_notices,
    words_after_many_authorities,
    firms_above_firms,
    onward_releases_among_consents,
    derived_items_among_changes_to_come,
    closes_of_what_nobody_has_looked_into,
)


@pytest.mark.parametrize("flood", FLOODS)
def test_ten_times_the_words_are_ten_times_the_work(flood: Callable[[int], int]) -> None:
    assert flood(MANY) <= TIMES * flood(FEW)
