# SPDX-License-Identifier: Apache-2.0
"""What a restore leaves unreadable: listed, and asked for again."""

from __future__ import annotations

import pytest

from comity.decision.stages import Refused
from comity.flows.enclosures import OpenedText
from comity.flows.recovery.lost import Lack, ask_again, lost_items, lost_texts
from comity.flows.requests import ask, open_question
from comity.flows.rotation import rotate_keys
from comity.flows.speak import Entered
from comity.flows.upkeep import tend
from comity.sealing.payload import PayloadHeader
from tests.builders.world import GSOMIA, JPN, KOR, READER, REGISTRAR, Node, World, run


def codes(node: Node) -> list[str]:
    return [act for act, _ in node.acts() if act.startswith("register.")]


def test_items_whose_keys_or_payloads_are_lost_are_listed_and_asked_for_again(
    released: World,
) -> None:
    kor, jpn = released.kor, released.jpn
    state = kor.view().fold.state
    items = {each.place.party: each for each in state.items.values()}
    theirs = items[JPN].place
    assert run(lost_items(kor.context)) == ()
    jpn.lose_key(items[KOR].place)
    assert run(lost_items(jpn.context)) == ()  # never receipted: it is simply on its way
    kor.receipt(theirs)
    kor.lose_key(items[JPN].place)
    kor.lose_key(items[KOR].place)
    found = run(lost_items(kor.context))
    assert sorted((each.place, each.lack, each.originator) for each in found) == [
        (theirs, Lack.KEY, JPN),
        (items[KOR].place, Lack.KEY, KOR),
    ]
    (asked,) = run(ask_again(kor.context, REGISTRAR))
    assert isinstance(asked, Entered)
    assert asked.statement.to == (JPN,)
    released.settle()
    question = run(open_question(jpn.context, GSOMIA, asked.place, READER))
    assert isinstance(question, OpenedText)
    assert f"{GSOMIA}/{theirs}".encode() in b"".join(question.content)


def test_what_the_store_lost_and_what_the_custody_lost_are_told_apart(
    released: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    kor = released.kor
    items = {each.place.party: each for each in kor.view().fold.state.items.values()}

    async def gone(*_: object) -> bool:
        return False

    monkeypatch.setattr("comity.flows.recovery.lost.is_held", gone)
    # The other's was taken into custody, and we had not receipted it when its payload was lost.
    found = {each.place: each.lack for each in run(lost_items(kor.context))}
    assert found == {items[KOR].place: Lack.PAYLOAD, items[JPN].place: Lack.PAYLOAD}
    kor.lose_key(items[KOR].place)
    kor.lose_key(items[JPN].place)
    (lost,) = run(lost_items(kor.context))
    assert (lost.place, lost.lack) == (items[KOR].place, Lack.BOTH)


def test_who_may_not_ask_is_refused(released: World) -> None:
    kor = released.kor
    items = {each.place.party: each for each in kor.view().fold.state.items.values()}
    kor.receipt(items[JPN].place)
    kor.lose_key(items[JPN].place)
    (refused,) = run(ask_again(kor.context, READER))
    assert isinstance(refused, Refused)


@pytest.mark.parametrize("has_sealing_keys", [True, False])
def test_keys_that_a_custody_names_by_payload_alone_are_taken_again_or_told_to_be_lost(
    released: World, *, has_sealing_keys: bool
) -> None:
    """So they were kept before the first release; who else names the payload could use them."""
    kor, keys = released.kor, released.kor.ports.keys
    (place,) = (at for at, _ in kor.view().fold.state.items.items() if at.party == JPN)
    kor.receipt(place)
    sealed = kor.view().item(place).release.sealed
    key = run(keys.custody_item_key(kor.view().item_ref(place, sealed)))
    run(keys.keep_item_key(sealed.sha256, key))
    kor.lose_key(place)
    if not has_sealing_keys:
        run(rotate_keys(kor.context))
        run(keys.drop_sealing_keys(1))
    kor.context.live.clear()
    assert [each.statement.kind for each in run(tend(kor.context, GSOMIA))] == []
    assert [each.place for each in run(lost_items(kor.context))] == [place][has_sealing_keys:]
    held = run(keys.held_item_keys(frozenset({kor.view().item_ref(place, sealed)})))
    assert bool(held) is has_sealing_keys


def test_the_text_of_a_request_that_cannot_be_opened_any_more_is_listed(
    released: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    kor, jpn = released.kor, released.jpn
    question = (PayloadHeader("Seen?", "text/plain"), [b"what was seen"])
    asking = ask(
        jpn.context, GSOMIA, (KOR,), category="missile-warning", person=REGISTRAR, question=question
    )
    asked = run(asking)
    assert isinstance(asked, Entered)
    released.settle()
    assert run(lost_texts(kor.context)) == run(lost_texts(jpn.context)) == ()
    request = jpn.view().fold.state.requests.get(asked.place)
    assert request is not None
    sealed = request.request.sealed
    assert sealed is not None
    run(jpn.ports.keys.erase_item_key(jpn.view().item_ref(asked.place, sealed)))
    (lost,) = run(lost_texts(jpn.context))
    assert (lost.place, lost.lack) == (asked.place, Lack.KEY)

    async def gone(*_: object) -> bool:
        return False

    monkeypatch.setattr("comity.flows.recovery.lost.is_held", gone)
    (lost,) = run(lost_texts(kor.context))
    assert (lost.place, lost.lack) == (asked.place, Lack.PAYLOAD)
    run(kor.ports.keys.erase_item_key(kor.view().item_ref(asked.place, sealed)))
    assert run(lost_texts(kor.context)) == ()  # for all that is known it is on its way
