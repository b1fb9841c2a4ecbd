# SPDX-License-Identifier: Apache-2.0
"""The node's own rules: roles, two persons, and no content for an administrator."""

import pytest

from comity.basis.ids import PersonId
from comity.basis.instants import Instant
from comity.decision.deciding import Citation
from comity.decision.house import (
    allow_goods_listing,
    allow_house_act,
    allow_listing,
    allow_sight,
    check_another_person,
    check_two_persons,
    join_refusals,
    knows_of,
)
from comity.decision.people import Person, Role
from comity.decision.stages import Allowed, Refused
from comity.marking.levels import Ladder

LADDER = Ladder(("SECRET", "CONFIDENTIAL"))
ONE, OTHER = PersonId("jpn-001"), PersonId("jpn-002")


def test_an_act_of_the_operator_asks_for_no_role() -> None:
    allowed = allow_house_act("node.found")
    assert allowed.act == "node.found"
    assert allowed.articles[0].article == "house"


def test_an_act_needs_one_of_its_roles() -> None:
    allowed = allow_house_act("item.draft", [Role.DRAFTER, Role.READER], [Role.DRAFTER])
    assert isinstance(allowed, Allowed)
    assert allowed.articles[0].why == "item.draft by a person with the role drafter"
    refused = allow_house_act("item.draft", [Role.READER], [Role.DRAFTER])
    assert isinstance(refused, Refused)
    assert refused.findings[0].why == "item.draft needs one of the roles: drafter"
    assert isinstance(allow_house_act("item.draft", [], [Role.DRAFTER]), Refused)


@pytest.mark.parametrize("role", [Role.DRAFTER, Role.READER, Role.RELEASING_OFFICER])
def test_art_7_1_an_administrator_has_no_access_to_content(role: Role) -> None:
    refused = allow_house_act("item.open", [Role.ADMINISTRATOR, role], [role])
    assert isinstance(refused, Refused)
    assert refused.findings == (
        Citation("house", "administrator", "an administrator has no access to content"),
    )


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_an_administrator_may_hold_a_role_that_shows_no_content(role: Role) -> None:
    assert isinstance(allow_house_act("x", [Role.ADMINISTRATOR, role], [role]), Allowed)


def _person(*roles: Role, need_to_know: tuple[str, ...] = ()) -> Person:
    return Person(ONE, "hq", "official", (), "SECRET", None, need_to_know, roles, Instant(0), None)


@pytest.mark.parametrize("role", [Role.RELEASING_OFFICER, Role.REGISTRAR, Role.AUDITOR])
def test_who_keeps_the_registers_knows_of_every_item(role: Role) -> None:
    allowed = allow_sight(_person(role), "missile-warning")
    why = f"item.show by a person with the role {role}"
    assert allowed == Allowed("item.show", (Citation("house", "roles", why),))
    assert knows_of(_person(role), "missile-warning")


@pytest.mark.parametrize("role", [Role.DRAFTER, Role.READER])
def test_others_know_of_items_that_they_need_to_know(role: Role) -> None:
    knows = _person(role, need_to_know=("missile-warning",))
    assert isinstance(allow_sight(knows, "missile-warning"), Allowed)
    refused = allow_sight(knows, "cyber")
    finding = Citation("house", "need_to_know", "need-to-know 'cyber' is not held")
    assert refused == Refused("item.show", (finding,))


@pytest.mark.parametrize("role", Role)
def test_every_office_but_the_administrators_may_look_for_items(role: Role) -> None:
    outcome = allow_listing(_person(role))
    assert isinstance(outcome, Allowed) is (role is not Role.ADMINISTRATOR)
    assert outcome.act == "item.list"


@pytest.mark.parametrize("role", Role)
def test_every_office_but_the_administrators_may_read_of_orders(role: Role) -> None:
    outcome = allow_goods_listing(_person(role))
    assert isinstance(outcome, Allowed) is (role is not Role.ADMINISTRATOR)
    assert outcome.act == "order.list"


def test_an_administrator_knows_of_no_item() -> None:
    administrator = _person(Role.ADMINISTRATOR, need_to_know=("cyber",))
    assert isinstance(allow_sight(administrator, "cyber"), Refused)
    assert not knows_of(administrator, "cyber")


@pytest.mark.parametrize(
    ("level", "from_level", "suffices"),
    [
        ("SECRET", "SECRET", False),
        ("CONFIDENTIAL", "SECRET", True),
        ("SECRET", "CONFIDENTIAL", False),
        ("SECRET", None, True),
        ("COSMIC", "SECRET", False),
        ("SECRET", "COSMIC", False),
    ],
)
def test_two_persons_are_needed_from_a_level_on(
    level: str, from_level: str | None, suffices: bool
) -> None:
    alone = check_two_persons((ONE, ONE), level, from_level=from_level, ladder=LADDER)
    assert isinstance(alone, Allowed if suffices else Refused)
    assert alone.act == "item.release"
    if suffices:
        why = f"one person suffices at {level}"
        assert alone == Allowed("item.release", (Citation("house", "two_persons", why),))
    both = check_two_persons((ONE, OTHER), level, from_level=from_level, ladder=LADDER)
    by_two = Citation("house", "two_persons", "drafted and released by two")
    assert both == Allowed("item.release", (by_two,))


@pytest.mark.parametrize(
    ("from_level", "words"),
    [("SECRET", "must be two persons from level SECRET on"), ("always", "must be two persons")],
)
def test_a_refusal_names_a_level_only_where_there_is_one(from_level: str, words: str) -> None:
    alone = check_two_persons((ONE, ONE), "SECRET", from_level=from_level, ladder=LADDER)
    assert isinstance(alone, Refused)
    assert alone.findings[0].why == f"drafter and releasing officer {words}"


def test_refusals_are_joined_and_nothing_refused_is_none() -> None:
    allowed = allow_house_act("x")
    first = allow_house_act("x", [], [Role.READER])
    second = check_two_persons((ONE, ONE), "SECRET", from_level="SECRET", ladder=LADDER)
    assert join_refusals(allowed) is None
    joined = join_refusals(allowed, first, second)
    assert joined is not None
    assert joined.act == "x"
    assert [row.clause for row in joined.findings] == ["roles", "two_persons"]
    assert joined.decision is None


def test_what_one_person_began_another_confirms() -> None:
    assert isinstance(check_another_person("register.settle", ONE, OTHER), Allowed)
    refused = check_another_person("register.settle", ONE, ONE)
    assert isinstance(refused, Refused)
    assert [each.clause for each in refused.findings] == ["two_persons"]
