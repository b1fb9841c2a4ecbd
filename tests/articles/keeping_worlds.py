# SPDX-License-Identifier: Apache-2.0
"""Worlds in which Seoul holds items of Tokyo's, and what its people do with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from comity.agreement.acts import DestructionMeans
from comity.basis.ids import PersonId, Place
from comity.decision.people import Person, Role
from comity.decision.stages import Refused
from comity.flows.anchors import anchor_journal
from comity.flows.copies import Copies, copies_of
from comity.flows.keeping.ending import Destroying, Returning, destroy, give_back
from comity.flows.keeping.erasing import erase_item
from comity.flows.keeping.making import (
    CopyWish,
    Made,
    TranslationWish,
    make_copy,
    translate,
)
from comity.flows.people.register import add_person
from comity.flows.turns import read_view
from comity.sealing.payload import PayloadHeader
from tests.builders.world import (
    A_YEAR,
    GSOMIA,
    JPN,
    KOR,
    MORNING,
    READER,
    REGISTRAR,
    Node,
    World,
    run,
)

TRANSLATOR, SECOND, COURIER = (PersonId(each) for each in ("translator", "second", "courier"))
LOW = PersonId("low")
SECRET = "極秘"


def engage(node: Node, person: PersonId, *roles: Role, **changes: Any) -> None:
    """Put one more cleared person on a register."""
    usual = Person(
        id=person,
        facility="hq",
        kind="official",
        posts=(),
        clearance="SECRET",
        clearance_until=A_YEAR,
        need_to_know=("missile-warning",),
        roles=roles,
        registered_from=MORNING,
        registered_until=None,
    )
    outcome = run(add_person(node.context, replace(usual, **changes), REGISTRAR))
    assert not isinstance(outcome, Refused), outcome


@pytest.fixture(scope="session")
def _held(_assured: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    world = _assured.copy(tmp_path_factory.mktemp("held"))
    kor = world.kor
    engage(kor, TRANSLATOR, Role.TRANSLATOR)
    engage(kor, SECOND, Role.READER)
    engage(kor, COURIER, Role.READER)
    engage(kor, LOW, Role.READER, clearance="CONFIDENTIAL")
    world.jpn.release(KOR)
    world.jpn.release(KOR, marking=SECRET)
    world.settle()
    for item in items_of(world):
        assert not isinstance(kor.receipt(item), Refused)
    world.settle()
    return world


@pytest.fixture
def held(_held: World, tmp_path: Path) -> World:
    """Give two nodes; Seoul holds a CONFIDENTIAL item of Tokyo's, and a SECRET one."""
    return _held.copy(tmp_path / "world")


def items_of(world: World) -> tuple[Place, Place]:
    """Give Tokyo's two items: the CONFIDENTIAL one first."""
    first, second = sorted(
        item.place for item in world.jpn.view().fold.state.items.values() if item.place.party == JPN
    )
    return first, second


def copies(node: Node, item: Place) -> Copies:
    """Give the copies of an item on a node's register."""

    async def read() -> Copies:
        view = await read_view(node.context, GSOMIA)
        return await copies_of(node.context, view, view.item(item))

    return run(read())


def copy(node: Node, item: Place, person: PersonId = READER, **changes: Any) -> Made | Refused:
    """Make a copy for a person, by default the one who makes it."""
    usual = {"purpose": "warning", "reason": "the duty desk", "holder": person}
    wish = CopyWish(**{**usual, **changes})
    return run(make_copy(node.context, GSOMIA, item, person, wish))


def made(outcome: Made | Refused) -> Made:
    assert isinstance(outcome, Made), outcome
    return outcome


def translated(
    node: Node,
    item: Place,
    language: str,
    note: str | None,
    person: PersonId = TRANSLATOR,
    *,
    holder: PersonId | None = None,
) -> Made | Refused:
    """Translate an item; `note` is the language of the note on it."""
    text = (PayloadHeader("번역", "text/plain"), ["발사 00:31 UTC".encode()])
    wish = TranslationWish(
        CopyWish("warning", "for the desk", holder or person), language, note, text
    )
    return run(translate(node.context, GSOMIA, item, person, wish))


def burnt(
    node: Node,
    item: Place,
    *numbers: int,
    means: DestructionMeans = DestructionMeans.SHRED,
    second: PersonId | None = SECOND,
    **more: Any,
) -> Any:
    """Destroy copies, by two persons."""
    how = Destroying(means, numbers, second=second, **more)
    return run(destroy(node.context, GSOMIA, item, REGISTRAR, how))


def given_back(node: Node, item: Place, *numbers: int) -> Any:
    """Give copies back."""
    return run(give_back(node.context, GSOMIA, item, REGISTRAR, Returning(numbers)))


def erased(node: Node, item: Place, means: DestructionMeans = DestructionMeans.CRYPTO_ERASE) -> Any:
    """Erase an item's key."""
    return run(erase_item(node.context, GSOMIA, item, REGISTRAR, means, second=SECOND))


@pytest.fixture(name="inspected")
def _inspected(held: World) -> World:
    """Seoul's people open and copy an item of Tokyo's; one is refused; Tokyo has one of Seoul's."""
    first, second = items_of(held)
    held.kor.read(first)
    assert isinstance(held.kor.open(first, purpose="study"), Refused)
    held.kor.read(second)
    made(copy(held.kor, first))
    held.kor.release(JPN)
    run(anchor_journal(held.kor.context))
    held.settle()
    return held
