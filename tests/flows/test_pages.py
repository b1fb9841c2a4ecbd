# SPDX-License-Identifier: Apache-2.0
"""Pages of registers and lists of duties: what they say, and that they look no further."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import StateError
from comity.basis.ids import PartyId, Place
from comity.flows.duties.listing import list_duties
from comity.flows.listing import page_register, read_register, read_state
from comity.flows.shapes import ENTRY_NAMES, PAGE_NAMES, entry_json, page_json
from comity.flows.turns import read_view
from comity.state.state import State
from comity.state.tables import Table
from comity.statement.information import ConsentAsk, ConsentGive, ConsentRefuse, ItemRefusal
from tests.builders.world import (
    CLERK,
    GSOMIA,
    JPN,
    KOR,
    READER,
    REGISTRAR,
    USA,
    Node,
    World,
    compose_raw,
    enter_raw,
    run,
)

ASK = ConsentAsk((), "missile-warning", USA, "warning", None)


def shown(page: Any) -> list[Any]:
    return [entry_json(each, page) for each in page.judged]


def test_a_page_is_the_same_as_what_is_judged_anew(released: World) -> None:
    enter_raw(released.kor, b"no statement")
    unknown = ItemRefusal(Place(JPN, 9_999), "release.not-wanted", ())
    enter_raw(released.kor, compose_raw(released.kor, released.kor.write(unknown)))
    released.carry(KOR, JPN)
    for party in (JPN, KOR):
        for start, limit in ((0, 500), (1, 2), (3, 1), (10_000, 5)):
            asked = {"start": start, "limit": limit}
            page = run(page_register(released.jpn.context, GSOMIA, party, **asked))
            anew = run(read_register(released.jpn.context, GSOMIA, party, **asked))
            assert shown(page) == shown(anew)
            assert (page.size, page.judged_size) == (anew.size, anew.judged_size)
            assert page.waiting == anew.waiting
    codes = {each["code"] for each in shown(page_of(released.jpn, KOR))}
    assert len(codes - {None}) == 2


def page_of(node: Node, party: PartyId) -> Any:
    return run(page_register(node.context, GSOMIA, party, start=0, limit=500))


def test_a_page_costs_what_the_page_holds(released: World, monkeypatch: pytest.MonkeyPatch) -> None:
    node, read = released.jpn, list[tuple[int, int]]()
    run(read_view(node.context, GSOMIA))
    entries = node.ports.store.entries

    async def noted(origin: str, start: int, end: int) -> tuple[bytes, ...]:
        read.append((start, end))
        return await entries(origin, start, end)

    monkeypatch.setattr(node.ports.store, "entries", noted)
    page = run(page_register(node.context, GSOMIA, KOR, start=1, limit=2))
    assert len(page.judged) == 2
    assert read == [(1, 3)]


def test_there_is_no_page_of_a_register_that_is_not_served(released: World) -> None:
    with pytest.raises(StateError, match=r"register\.not-served"):
        run(page_register(released.jpn.context, GSOMIA, USA, start=0, limit=1))


def told(node: Node, person: Any = REGISTRAR) -> list[tuple[str, str, str]]:
    owed = run(list_duties(node.context, GSOMIA, person, live=True))
    receipts = [
        (each.owes, str(each.about), each.owed_by)
        for each in owed.duties
        if each.clause == "receipt"
    ]
    coming = [(each.what, str(each.about), each.for_party) for each in owed.coming if each.about]
    return sorted([*receipts, *coming])


def owed(state: State, own: PartyId) -> Iterator[tuple[str, str, str]]:
    """Look through everything that was ever said, as the list itself does not."""
    for place, item in state.items.items():
        for party in item.to:
            if (place, party) not in state.receipts and (place, party) not in state.refusals:
                yield "item.receipt", str(place), party
    given = {each.consent.ask for each in state.consents.values() if each.place.party == own}
    for place, ask in state.asks.items():
        if own in ask.to and place not in given and (place, own) not in state.ask_refusals:
            yield "consent.answer", str(place), own


def agree(world: World) -> None:
    world.settle()
    for node in (world.jpn, world.kor):
        state = node.view().fold.state
        assert told(node) == sorted(owed(state, node.party))
        fresh = replace(node, context=replace(node.context, live={}))
        assert told(fresh) == told(node)


def test_duties_are_what_is_open_whatever_was_done_before(assured: World) -> None:
    world = assured
    first, second = (world.jpn.release(KOR).place for _ in range(2))
    back = world.kor.release(JPN).place
    agree(world)
    assert len(told(world.jpn)) == 3
    world.kor.receipt(first)
    world.kor.declare(ItemRefusal(second, "release.not-wanted", ()))
    agree(world)
    assert told(world.kor) == [("item.receipt", str(back), "JPN")]
    world.jpn.receipt(back, "秘")
    agree(world)
    assert told(world.kor) == told(world.jpn) == []


def test_an_ask_is_a_duty_until_it_is_answered(assured: World) -> None:
    world = assured
    given, refused, left = (world.kor.promise(ASK).place for _ in range(3))
    agree(world)
    assert [each for each, *_ in told(world.jpn)] == ["consent.answer"] * 3
    assert told(world.kor) == []
    world.jpn.declare(
        ConsentGive(given, (), "missile-warning", USA, "warning", None, "")  # signed as it is said
    )
    world.jpn.promise(ConsentRefuse(refused))
    agree(world)
    assert told(world.jpn) == [("consent.answer", str(left), "JPN")]


def test_a_duty_is_told_to_nobody_who_may_not_know_of_its_item(released: World) -> None:
    assert told(released.jpn, READER)
    assert told(released.jpn, CLERK) == []


def test_duties_are_looked_for_among_what_is_open(
    released: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = released.jpn
    assert told(node)
    state = run(read_view(node.context, GSOMIA)).fold.state

    whole = [state.items, state.consents, state.asks]

    def look(name: str) -> Any:
        before = getattr(Table, name)

        def looking(self: Any) -> Any:
            assert not any(self is each for each in whole), "all that was ever said is gone through"
            return before(self)

        return looking

    for name in ("items", "values", "keys"):
        if hasattr(Table, name):
            monkeypatch.setattr(Table, name, look(name))
    assert told(node)


def test_parts_of_a_state_are_those_of_the_whole(released: World) -> None:
    whole = run(read_state(released.jpn.context, GSOMIA))
    for name in whole:
        assert run(read_state(released.jpn.context, GSOMIA, parts=(name,))) == {name: whole[name]}
    assert whole["items"]


def test_the_members_of_a_page_are_those_that_are_named(released: World) -> None:
    page = page_json(GSOMIA, KOR, page_of(released.jpn, KOR))
    entries: Any = page["entries"]
    assert tuple(page) == PAGE_NAMES
    assert {tuple(each) for each in entries} == {ENTRY_NAMES}
