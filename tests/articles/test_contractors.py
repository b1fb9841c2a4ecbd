# SPDX-License-Identifier: Apache-2.0
"""Contractors and facilities, rows G16 and G10: fifteen conditions, each with evidence and an end.

Vector 6 of `spec/treaties.md` section 6: each letter removed in turn refuses and is named.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pytest

from comity.agreement.acts import Recalled
from comity.basis.errors import InputError
from comity.basis.ids import PartyId, PersonId, Place
from comity.basis.instants import Date
from comity.decision.people import Facility, Person, Role
from comity.decision.stages import Allowed, Refused
from comity.flows.at_firms import Given
from comity.flows.cases.contractors import (
    assure_contractor,
    firms_now,
    given_to_firms,
    open_evidence,
    release_to_contractor,
)
from comity.flows.enclosures import OpenedText
from comity.flows.keeping.making import Made
from comity.flows.not_counted import NotCounted
from comity.flows.people.register import add_person, change_person, set_facility
from comity.flows.receipts import Opened, decide_on_item
from comity.flows.speak import Entered
from comity.sealing.payload import PayloadHeader
from comity.state.queries import items_for
from comity.statement.cases import ContractorAssure
from comity.statement.handling import ItemRecall
from tests.articles.keeping_worlds import copy, translated
from tests.builders.world import (
    A_YEAR,
    AUDITOR,
    GSOMIA,
    JPN,
    KOR,
    MORNING,
    OFFICER,
    READER,
    REGISTRAR,
    Node,
    World,
    compose_raw,
    enter_raw,
    run,
)

LETTERS = tuple("abcdefghijklmno")
FIRM, PLANT = "firm-7", "plant-2"
ENGINEER = PersonId("engineer")
A_DAY_MS = 86_400_000


def wanted(letters: tuple[str, ...] = LETTERS, **more: Any) -> ContractorAssure:
    """Word what is made sure of at a firm."""
    usual: dict[str, Any] = {
        "firm": FIRM,
        "facility": PLANT,
        "parent": None,
        "conditions": letters,
        "met": True,
        "clearance": "SECRET",
        "document": "inspection 33",
        "assured_by": "inspector",
        "assured_on": date(2016, 11, 23),
        "until": A_YEAR,
    }
    return ContractorAssure(**{**usual, **more})


def assures(node: Node, letters: tuple[str, ...] = LETTERS, **more: Any) -> Entered | Refused:
    text, person = more.pop("text", None), more.pop("person", OFFICER)
    said = wanted(letters, **more)
    return run(assure_contractor(node.context, GSOMIA, said, person=person, text=text))


def gives(node: Node, item: Place, firm: str = FIRM, **more: Any) -> Given | Refused:
    usual: dict[str, Any] = {"person": OFFICER, "purpose": "warning", "rights_confirmed": True}
    place = more.pop("facility", PLANT)
    how = {**usual, **more}
    return run(release_to_contractor(node.context, GSOMIA, item, (firm, place), **how))


def whys(outcome: object) -> str:
    assert isinstance(outcome, Refused), outcome
    return " | ".join(f"{each.article}: {each.why}" for each in outcome.findings)


def engineer_at_plant(
    node: Node,
    *,
    until: Date | None = None,
    kind: str = "contractor",
    clearance: str = "SECRET",
    roles: tuple[Role, ...] = (Role.READER,),
) -> None:
    """Put a firm's facility with a control officer and an engineer on the register."""
    run(set_facility(node.context, Facility(PLANT, None, None, FIRM), REGISTRAR))
    for person, offices in ((PersonId("plant-officer"), (Role.AUDITOR,)), (ENGINEER, roles)):
        record = Person(
            person,
            PLANT,
            kind,
            (),
            clearance,
            A_YEAR,
            ("missile-warning",),
            offices,
            MORNING,
            None,
        )
        assert not isinstance(run(add_person(node.context, record, REGISTRAR)), Refused)
    named = Facility(PLANT, PersonId("plant-officer"), until, FIRM)
    assert not isinstance(run(set_facility(node.context, named, REGISTRAR)), Refused)


@pytest.fixture
def held(released: World, items: dict[PartyId, Place]) -> tuple[World, Place]:
    """Give an item of Japan's that Korea holds with its receipt."""
    released.kor.receipt(items[JPN])
    released.settle(1)
    return released, items[JPN]


@pytest.mark.row("G16")
def test_g16_with_all_fifteen_conditions_an_item_goes_to_a_firm(
    held: tuple[World, Place],
) -> None:
    world, item = held
    assert whys(gives(world.kor, item)).startswith("16: ")
    assert isinstance(assures(world.kor), Entered)
    row: Any
    (row,) = run(firms_now(world.kor.context, GSOMIA))
    names = ("document", "assured_by", "assured_on", "until", "met", "current")
    told = {each["letter"]: [each[name] for name in names] for each in row["conditions"]}
    made_sure = ["inspection 33", "inspector", "2016-11-23", A_YEAR.isoformat(), True, True]
    assert told == dict.fromkeys(LETTERS, made_sure)
    given = gives(world.kor, item)
    assert given == Given(GSOMIA, item, FIRM, PLANT, ("16", "16(g)", "6(d)"))
    noted = world.kor.journal()[-1]["details"]
    assert noted["articles"] == list(given.articles)
    assert noted["file"] == world.kor.view().agreement().sha256
    assert world.kor.acts()[-1] == ("item.contractor_release", "done")
    assert run(given_to_firms(world.kor.context, GSOMIA)) == (Given(GSOMIA, item, FIRM, PLANT),)
    world.settle(1)
    assert world.equal()


@pytest.mark.row("G16")
@pytest.mark.parametrize("letter", LETTERS)
def test_g16_each_of_fifteen_letters_that_lacks_refuses_and_is_named(
    held: tuple[World, Place], letter: str
) -> None:
    world, item = held
    assures(world.kor, tuple(each for each in LETTERS if each != letter))
    assert whys(gives(world.kor, item)) == f"16: firm 'firm-7' does not meet: ({letter})"
    assures(world.kor, (letter,))
    assert isinstance(gives(world.kor, item), Given)
    assures(world.kor, (letter,), met=False)
    assert f"({letter})" in whys(gives(world.kor, item))


@pytest.mark.row("G16")
def test_g16_when_an_inspection_expires_access_stops_and_the_letter_is_named(
    held: tuple[World, Place],
) -> None:
    world, item = held
    node = world.kor
    assures(node)
    assures(node, ("g",), until=date(2016, 12, 31), clearance=None)
    engineer_at_plant(node)
    assert "not released to firm" in whys(node.open(item, ENGINEER))
    assert isinstance(gives(node, item), Given)
    assert isinstance(node.open(item, ENGINEER), Opened)
    world.move(40 * A_DAY_MS)
    refused = whys(node.open(item, ENGINEER))
    assert refused == "16: firm 'firm-7' does not meet: (g)"
    assert isinstance(node.open(item, READER), Opened)
    assert "(g)" in whys(gives(node, item))
    (row,) = run(firms_now(node.context, GSOMIA))
    assert (row["lacking"], row["given"]) == (["g"], [f"{GSOMIA}/{item}"])
    assures(node, ("g",))
    assert isinstance(node.open(item, ENGINEER), Opened)


@pytest.mark.row("G16")
def test_g16_c_a_firms_cleared_people_open_what_the_firm_was_given_by_both_articles(
    held: tuple[World, Place],
) -> None:
    world, item = held
    node = world.kor
    assures(node)
    engineer_at_plant(node)

    def might_open() -> object:
        asked = (node.context, GSOMIA, item, ENGINEER)
        return run(decide_on_item(*asked, action="open", purpose="warning"))

    assert whys(might_open()) == "16: the item was not released to firm 'firm-7'"
    assert isinstance(gives(node, item), Given)
    assert isinstance(might_open(), Allowed)
    assert isinstance(node.open(item, ENGINEER), Opened)
    assert node.journal()[-1]["details"]["articles"] == ["16", "7(2)"]


@pytest.mark.row("G16")
@pytest.mark.parametrize(
    ("how", "why", "cited"),
    [
        (
            {"clearance": "RESTRICTED"},
            "clearance 'RESTRICTED' does not reach level 'CONFIDENTIAL'",
            ("7(2)",),
        ),
        (
            {"kind": "visitor"},
            "kind of person 'visitor' is not among: official",
            ("7(1)", "7(2)"),
        ),
    ],
)
def test_g16_a_at_a_firm_nobody_opens_by_the_firms_word_alone(
    held: tuple[World, Place], how: dict[str, Any], why: str, cited: tuple[str, ...]
) -> None:
    world, item = held
    assures(world.kor)
    engineer_at_plant(world.kor, **how)
    assert isinstance(gives(world.kor, item), Given)
    refused = whys(world.kor.open(item, ENGINEER))
    assert refused == " | ".join(f"{each}: {why}" for each in cited)


@pytest.mark.row("G16")
def test_g16_n_o_at_a_firm_only_what_it_was_given_is_copied_and_translated(
    held: tuple[World, Place],
) -> None:
    world, item = held
    node = world.kor
    assures(node)
    engineer_at_plant(node, roles=(Role.READER, Role.TRANSLATOR))
    for refused in (
        copy(node, item, ENGINEER, holder=READER),
        translated(node, item, "ko", "ko", ENGINEER, holder=READER),
    ):
        assert whys(refused) == "16: the item was not released to firm 'firm-7'"
    assert isinstance(gives(node, item), Given)
    copied = copy(node, item, ENGINEER)
    assert isinstance(copied, Made)
    assert {"7(2)", "14", "16", "6(c)"} <= set(copied.articles)
    assert isinstance(translated(node, item, "ko", "ko", ENGINEER), Made)
    assures(node, ("n",), met=False, clearance=None)
    lacks = "16: firm 'firm-7' does not meet: (n)"
    assert whys(translated(node, item, "ko", "ko", ENGINEER)) == lacks


@pytest.mark.row("G7.2")
def test_g7_2_in_a_facility_of_the_party_itself_a_contractor_is_no_official(
    held: tuple[World, Place],
) -> None:
    world, item = held
    node = world.kor
    assures(node)
    gives(node, item)
    engineer_at_plant(node)
    moved = run(change_person(node.context, ENGINEER, partial(replace, facility="hq"), REGISTRAR))
    assert not isinstance(moved, Refused)
    refused = whys(node.open(item, ENGINEER))
    why = "kind of person 'contractor' is not among: official"
    assert refused == f"7(1): {why} | 7(2): {why}"


@pytest.mark.row("G16")
def test_g16_a_subcontractor_needs_a_list_of_its_own_and_so_do_the_firms_above_it(
    held: tuple[World, Place],
) -> None:
    world, item = held
    node = world.kor
    assures(node)
    sub: dict[str, Any] = {"firm": "shop-1", "facility": "shed", "parent": FIRM}
    assures(node, ("a",), **sub)
    refused = whys(gives(node, item, "shop-1", facility="shed"))
    assert "shop-1" in refused
    assert "(b)" in refused
    assures(node, **sub)
    assert isinstance(gives(node, item, "shop-1", facility="shed"), Given)
    assures(node, ("k",), met=False)
    above = whys(gives(node, item, "shop-1", facility="shed"))
    assert "firm-7" in above
    assert "(k)" in above
    with pytest.raises(NotCounted, match="work for itself") as loop:
        assures(node, parent="shop-1")
    assert loop.value.code == "contractor.own-parent"


@pytest.mark.row("G16")
def test_g16_no_condition_counts_without_evidence_nor_before_it_was_made_sure_of(
    held: tuple[World, Place],
) -> None:
    world, _ = held
    with pytest.raises(NotCounted, match="evidence"):
        assures(world.kor, document=None)
    with pytest.raises(NotCounted, match="made sure of after"):
        assures(world.kor, assured_on=date(2017, 1, 1))
    with pytest.raises(NotCounted, match="no such level"):
        assures(world.kor, clearance="COSMIC")
    assert isinstance(assures(world.kor, person=AUDITOR), Refused)
    report = (PayloadHeader("Report", "text/plain"), [b"walls, safes"])
    entered = assures(world.kor, document=None, text=report)
    assert isinstance(entered, Entered)
    world.carry(KOR, JPN)
    opened = run(open_evidence(world.jpn.context, GSOMIA, entered.place, REGISTRAR))
    assert isinstance(opened, OpenedText)
    assert b"".join(opened.content) == b"walls, safes"


@pytest.mark.row("G16")
def test_g16_the_firms_facility_is_cleared_to_the_items_level(
    held: tuple[World, Place],
) -> None:
    world, item = held
    assures(world.kor, clearance=None)
    assert "not to 'CONFIDENTIAL'" in whys(gives(world.kor, item))
    assures(world.kor, ("a",), clearance="CONFIDENTIAL")
    assert isinstance(gives(world.kor, item), Given)
    assert "purpose 'study'" in whys(gives(world.kor, item, purpose="study"))
    assert "roles" in whys(gives(world.kor, item, person=READER))


@pytest.mark.row("G16", "G6g")
def test_g16_an_item_that_is_raised_above_a_firms_facility_is_out_of_its_reach_at_once(
    held: tuple[World, Place],
) -> None:
    world, item = held
    node = world.kor
    engineer_at_plant(node)
    assures(node, clearance="CONFIDENTIAL")
    assert isinstance(gives(node, item), Given)
    assert isinstance(node.open(item, ENGINEER), Opened)
    world.jpn.reclassify(item, "極秘")
    world.settle(1)
    cleared = "the facility of firm 'firm-7' is cleared to 'CONFIDENTIAL', not to 'SECRET'"
    assert whys(node.open(item, ENGINEER)) == f"16: {cleared}"
    assert isinstance(node.open(item, READER), Opened)
    assures(node, ("a",), clearance="SECRET")
    assert isinstance(node.open(item, ENGINEER), Opened)


@pytest.mark.row("G16")
def test_g16_a_facility_whose_clearance_ended_or_was_lowered_opens_nothing_any_more(
    held: tuple[World, Place],
) -> None:
    world, item = held
    node = world.kor
    engineer_at_plant(node)
    assures(node)
    assures(node, ("a",), until=date(2016, 12, 31))
    assert isinstance(gives(node, item), Given)
    assert isinstance(node.open(item, ENGINEER), Opened)
    world.move(40 * A_DAY_MS)
    assures(node, ("a",), clearance=None)
    assert "expired on 2016-12-31" in whys(node.open(item, ENGINEER))
    assures(node, ("b",), clearance="CONFIDENTIAL")
    assert isinstance(node.open(item, ENGINEER), Opened)
    assures(node, ("b",), met=False, clearance="CONFIDENTIAL")
    assert "is cleared to none" in whys(node.open(item, ENGINEER))


@pytest.mark.row("G16")
def test_g16_what_is_made_sure_of_at_a_firm_has_an_end_and_what_is_taken_back_none(
    held: tuple[World, Place],
) -> None:
    world, _ = held
    with pytest.raises(InputError) as caught:
        assures(world.kor, until=None)
    assert caught.value.code == "contractor.no-end"
    assert isinstance(assures(world.kor, ("a",), met=False, until=None), Entered)


@pytest.mark.row("G16")
def test_g16_an_old_word_without_an_end_holds_until_an_inspection_is_owed_again(
    held: tuple[World, Place],
) -> None:
    """The node that said it asked for no end; the file has firms inspected every year."""
    world, item = held
    node = world.kor
    enter_raw(node, compose_raw(node, node.write(wanted(until=None))))
    row: Any = run(firms_now(node.context, GSOMIA))[0]
    assert {each["until"] for each in row["conditions"]} == {"2017-11-23"}
    assert isinstance(gives(node, item), Given)
    world.move(366 * A_DAY_MS)
    assert "(a)" in whys(gives(node, item))


@pytest.mark.row("G10")
def test_g10_when_an_officers_term_ends_nothing_is_delivered_or_opened_there(
    released: World, items: dict[PartyId, Place]
) -> None:
    node, item = released.kor, items[JPN]
    last = Facility("hq", AUDITOR, date(2016, 11, 30))
    run(set_facility(node.context, last, REGISTRAR))
    released.move(7 * A_DAY_MS)
    assert isinstance(node.receipt(item), Entered)
    assert isinstance(node.open(item), Opened)
    released.jpn.release(KOR)
    released.settle()
    released.move(A_DAY_MS)
    second = max(each.place for each in items_for(node.view().fold.state, KOR))
    refused = node.receipt(second)
    assert "6(e)" in whys(refused)
    assert "officer" in whys(refused)
    assert "6(e)" in whys(node.open(item))
    run(set_facility(node.context, Facility("hq", AUDITOR, A_YEAR), REGISTRAR))
    assert isinstance(node.receipt(second), Entered)
    assert isinstance(node.open(item), Opened)


@pytest.mark.row("G10", "G16")
def test_g10_a_firms_facility_needs_an_officer_in_office_too(held: tuple[World, Place]) -> None:
    world, item = held
    node = world.kor
    assures(node)
    engineer_at_plant(node, until=date(2016, 11, 30))
    gives(node, item)
    assert isinstance(node.open(item, ENGINEER), Opened)
    world.move(9 * A_DAY_MS)
    assert "6(e)" in whys(node.open(item, ENGINEER))


@pytest.mark.row("G16", "G6h")
def test_g16_what_was_called_back_goes_to_no_firm(held: tuple[World, Place]) -> None:
    world, item = held
    assures(world.kor)
    world.jpn.promise(ItemRecall((item,), Recalled.RETURN, "error", None))
    world.settle(1)
    outcome = gives(world.kor, item)
    assert "called back by JPN" in whys(outcome)
