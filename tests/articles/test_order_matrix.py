# SPDX-License-Identifier: Apache-2.0
"""What may be given under the agreements of 1996 and 2016: 96 cells, typed by hand.

Goods x state of the agreements x activity x provider, out of rows A1 to A7 of the treaties. In the
table a cell is the articles that refuse it: K the list of kinds (A1), A the activities (A3), X the
exclusions (A7); "yes" where nothing does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.agreement.vocabulary.order import NEEDS
from comity.basis.instants import parse_date, parse_instant
from comity.decision.deciding import Decision, decide
from comity.decision.request import Actor, Order, Request

OF_1996, OF_2016 = (
    read_agreement(template(each)) for each in ("acsa-jpn-usa-1996", "acsa-jpn-usa-2016")
)
STATES: dict[str, tuple[Agreement, str]] = {
    "1996": (OF_1996, "1997-06-01"),
    "1999": (OF_1996, "2000-06-01"),
    "2004": (OF_1996, "2005-06-01"),
    "2016": (OF_2016, "2018-06-01"),
}
ARTICLES = {"K": "I(1)", "A": "I(2)", "X": "II(3)"}
PROVIDERS = {"JP": "JPN", "US": "USA"}
ACTIVITIES = ("exercise", "peacekeeping", "armed-attack")

# Each line: goods, state; then for exercise, peacekeeping and armed attack what refuses it where
# Japan provides, and the same three where the United States do.
TABLE = """
weapon         1996   KX   KX   KAX    K    K    KA
weapon         1999   KX   KX   KAX    K    K    KA
weapon         2004   KX   KX   KX     K    K    K
weapon         2016   KX   KX   KX     KX   KX   KX
weapon-system  1996   KX   KX   KAX    KX   KX   KAX
weapon-system  1999   KX   KX   KAX    KX   KX   KAX
weapon-system  2004   KX   KX   KX     KX   KX   KX
weapon-system  2016   KX   KX   KX     KX   KX   KX
ammunition     1996   KX   KX   KAX    KX   KX   KAX
ammunition     1999   KX   KX   KAX    KX   KX   KAX
ammunition     2004   X    X    yes    X    X    yes
ammunition     2016   yes  yes  yes    yes  yes  yes
fuel           1996   yes  yes  A      yes  yes  A
fuel           1999   yes  yes  A      yes  yes  A
fuel           2004   yes  yes  yes    yes  yes  yes
fuel           2016   yes  yes  yes    yes  yes  yes
"""


@dataclass(frozen=True)
class Cell:
    goods: str
    state: str
    activity: str
    provider: str
    refused_by: str


def cells() -> list[Cell]:
    found = []
    ways = [(provider, activity) for provider in PROVIDERS for activity in ACTIVITIES]
    for line in TABLE.split("\n")[1:-1]:
        goods, state, *columns = line.split()
        for (provider, activity), column in zip(ways, columns, strict=True):
            found.append(Cell(goods, state, activity, provider, column))
    return found


def asked(agreement: Agreement, day: str, cell: Cell) -> Decision:
    provider = PROVIDERS[cell.provider]
    (requester,) = set(PROVIDERS.values()) - {provider}
    return decide(
        agreement,
        Request(
            at=parse_instant(f"{day}T03:00:00Z"),
            action="order",
            agreement_state="in_force",
            actor=Actor(party=requester, id="officer-1"),
            order=Order(
                requester=requester,
                provider=provider,
                activity=cell.activity,
                categories=(cell.goods,),
                dated=parse_date(day),
                shows=NEEDS,
                acted=(),
            ),
        ),
    )


def refusing(decision: Decision) -> set[str]:
    assert decision.unknown == ()
    return {row.article for row in decision.articles if decision.decision == "deny"}


def name_of(cell: Cell) -> str:
    return f"{cell.goods} {cell.state} {cell.activity} {cell.provider}"


@pytest.mark.row("A1", "A2", "A3", "A3b", "A3c", "A3d", "A7", "A13")
@pytest.mark.parametrize("cell", cells(), ids=name_of)
def test_a7_a_cell_of_the_matrix_is_decided_with_the_articles_that_refuse_it(cell: Cell) -> None:
    agreement, day = STATES[cell.state]
    decision = asked(agreement, day, cell)
    wanted = set() if cell.refused_by == "yes" else {ARTICLES[each] for each in cell.refused_by}
    assert refusing(decision) == wanted
    assert decision.decision == ("deny" if wanted else "allow")
    if not wanted:
        assert [row.article for row in decision.articles] == ["I(1)", "I(2)"]


def test_the_matrix_has_each_of_its_96_cells_once() -> None:
    found = {(cell.goods, cell.state, cell.activity, cell.provider) for cell in cells()}
    assert len(found) == len(cells()) == 4 * 4 * 3 * 2 == 96


@pytest.mark.row("A3", "A3b", "A3c", "A3d", "A13")
@pytest.mark.parametrize(
    ("activity", "goods", "first"),
    [
        ("exercise", "fuel", "1996-10-22"),
        ("surrounding-areas", "fuel", "1999-09-25"),
        ("armed-attack", "fuel", "2004-07-29"),
        ("armed-attack", "ammunition", "2004-07-29"),
    ],
)
def test_a3_an_order_is_judged_by_the_rows_of_its_day(
    activity: str, goods: str, first: str
) -> None:
    cell = Cell(goods, "1996", activity, "JP", "")
    before = f"{first[:-2]}{int(first[-2:]) - 1:02}"
    assert asked(OF_1996, first, cell).decision == "allow"
    assert refusing(asked(OF_1996, before, cell)) >= {"I(2)"}
    assert refusing(asked(OF_1996, before, replace(cell, provider="US"))) >= {"I(2)"}


@pytest.mark.row("A1")
def test_a1_what_is_on_no_list_is_refused_by_the_list_of_kinds() -> None:
    fuel = Cell("fuel", "2016", "exercise", "US", "")
    for goods in ("aircraft", "", "FUEL", "fuel "):
        said = asked(OF_2016, "2018-06-01", replace(fuel, goods=goods))
        assert refusing(said) == {"I(1)"}
    said = asked(OF_2016, "2018-06-01", replace(fuel, activity="parade"))
    assert refusing(said) == {"I(2)"}


@pytest.mark.row("A1")
def test_a1_an_activity_alone_permits_no_goods_that_the_file_does_not_know() -> None:
    text = template("acsa-jpn-usa-2016").decode()
    kinds, rest = text.index("[article.order]"), text.index('[[article]]\nnumber = "I(2)"')
    excluded, after = text.index('[[article]]\nnumber = "II(3)"'), text.index('number = "VII"')
    only_activities = read_agreement(
        (text[:kinds] + text[rest:excluded] + "[[article]]\n" + text[after:]).encode()
    )
    fuel = Cell("fuel", "2016", "exercise", "US", "")
    assert asked(only_activities, "2018-06-01", fuel).decision == "allow"
    said = asked(only_activities, "2018-06-01", replace(fuel, goods="weapon"))
    assert said.decision == "deny"
    assert said.articles == ()
    assert {row.article for row in said.unmet} == {"I(2)"}
