# SPDX-License-Identifier: Apache-2.0
"""What ended at a firm is made sure of anew while it, or one that works for it, holds an item.

Source: Japan-ROK GSOMIA Art. 16(g)
"""

from __future__ import annotations

from datetime import date

import pytest

from comity.basis.ids import Place
from comity.flows.at_firms import Given
from comity.flows.duties.listing import list_duties, list_urgent
from tests.articles.test_contractors import A_DAY_MS, PLANT, assures, gives, held
from tests.builders.world import GSOMIA, Node, World, run

__all__ = ["held"]
SHORT = date(2016, 12, 31)


def ending(node: Node) -> list[str | None]:
    """Give the articles of what ended or ends at firms, listed and urgent alike."""
    lists = (run(list_duties(node.context, GSOMIA)), run(list_urgent(node.context, GSOMIA)))
    one, other = (
        [each.article for each in owed.coming if each.what == "contractor.assure"] for owed in lists
    )
    assert one == other
    return one


@pytest.mark.row("G16")
def test_g16_what_ended_at_a_firm_that_holds_nothing_is_not_asked_for_any_more(
    held: tuple[World, Place],
) -> None:
    world, item = held
    node = world.kor
    assures(node)
    assures(node, ("g",), until=SHORT, clearance=None)
    assert ending(node) == ["16(g)"]  # it ends soon: the firm may be meant to get something
    world.move(40 * A_DAY_MS)
    assert ending(node) == []
    assures(node, ("g",))
    assert isinstance(gives(node, item), Given)
    assures(node, ("g",), until=date(2017, 1, 31), clearance=None)
    world.move(30 * A_DAY_MS)
    assert ending(node) == ["16(g)"]


@pytest.mark.row("G16")
def test_g16_what_ended_at_a_firm_above_one_that_holds_something_is_asked_for_still(
    held: tuple[World, Place],
) -> None:
    world, item = held
    node = world.kor
    assures(node)
    assures(node, firm="firm-8", facility="shop", parent="firm-7")
    assert isinstance(gives(node, item, "firm-8", facility="shop"), Given)
    for firm, place, letter in (("firm-7", PLANT, "g"), ("idle", "yard", "a")):
        assures(node, (letter,), firm=firm, facility=place, until=SHORT, clearance=None)
    assert sorted(map(str, ending(node))) == ["16(a)", "16(g)"]
    world.move(40 * A_DAY_MS)
    assert ending(node) == ["16(g)"]


@pytest.mark.row("G16")
def test_g16_what_is_taken_back_at_a_firm_is_asked_for_while_the_firm_has_something(
    held: tuple[World, Place],
) -> None:
    world, item = held
    node = world.kor
    assures(node)
    taken = {"met": False, "document": None, "until": None, "clearance": None}
    assures(node, ("f",), **taken)
    assert ending(node) == []  # it has nothing, so nothing is owed for it
    assures(node, ("f",), clearance=None)
    assert isinstance(gives(node, item), Given)
    assert ending(node) == []
    assures(node, ("f",), **taken)
    assert ending(node) == ["16(f)"]
    world.move(400 * A_DAY_MS)
    assert "16(f)" in ending(node)
    assures(node, ("f",), clearance=None, until=date(2019, 1, 31))
    assert "16(f)" not in ending(node)
