# SPDX-License-Identifier: Apache-2.0
"""News of an agreement: whatever comes is told once, and whoever comes back misses nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.basis.errors import InputError, StateError
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.decision.stages import Refused
from comity.flows import news as news_flow
from comity.flows.news import (
    Batch,
    Happening,
    News,
    Told,
    format_told,
    gather_news,
    news_from_now,
    parse_told,
)
from comity.state.records import Item
from comity.statement.information import ItemRefusal
from tests.builders.world import ADMIN, CLERK, GSOMIA, JPN, KOR, READER, USA, Node, World, run


def begin(node: Node, person: PersonId = READER, start: dict[PartyId, int] | None = None) -> Told:
    told = run(news_from_now(node.context, GSOMIA, person, start))
    assert isinstance(told, Told)
    return told


def look(node: Node, told: Told, person: PersonId = READER, limit: int = 100) -> Batch:
    batch = run(gather_news(node.context, GSOMIA, person, told, limit=limit))
    assert isinstance(batch, Batch)
    return batch


def words(batch: Batch | tuple[News, ...]) -> list[tuple[str, str, str]]:
    news = batch.news if isinstance(batch, Batch) else batch
    return [(each.happening.value, str(each.item.place), each.by) for each in news]


def test_from_now_on_nothing_is_told_that_was_here(released: World) -> None:
    assert look(released.kor, begin(released.kor)).news == ()


def test_an_item_is_told_and_then_its_content(assured: World) -> None:
    told = begin(assured.kor)
    place = str(assured.jpn.release(KOR).place)
    assert look(assured.kor, told).news == ()
    assured.carry(JPN, KOR)
    assert words(look(assured.kor, told)) == [("item", place, "JPN"), ("openable", place, "JPN")]


def test_content_that_comes_later_is_told_when_it_comes(careful: World) -> None:
    told = begin(careful.kor)
    entered = careful.jpn.release(KOR)
    careful.carry(JPN, KOR)
    first = look(careful.kor, told)
    assert words(first) == [("item", str(entered.place), "JPN")]
    assert first.told.awaited == (entered.place,)
    assert look(careful.kor, first.told).news == ()
    careful.carry(KOR, JPN)
    careful.carry(JPN, KOR)
    second = look(careful.kor, first.told)
    assert words(second) == [("openable", str(entered.place), "JPN")]
    assert second.told.awaited == ()
    assert look(careful.kor, second.told).news == ()


def test_content_that_another_command_took_in_is_told(careful: World) -> None:
    told = begin(careful.kor)
    entered = careful.jpn.release(KOR)
    careful.carry(JPN, KOR)
    told = look(careful.kor, told).told
    sealed = entered_item(careful.kor, entered.place).release.sealed
    ref = careful.kor.view().item_ref(entered.place, sealed)
    run(careful.kor.ports.keys.keep_item_keys(((ref, bytes(32)),)))
    assert words(look(careful.kor, told)) == [("openable", str(entered.place), "JPN")]


def entered_item(node: Node, place: Place) -> Item:
    return node.view().item(place)


def test_whoever_begins_while_content_is_on_its_way_is_told_of_it(careful: World) -> None:
    entered = careful.jpn.release(KOR)
    careful.carry(JPN, KOR)
    told = begin(careful.kor)
    assert told.awaited == (entered.place,)
    assert begin(careful.kor, CLERK).awaited == ()
    careful.carry(KOR, JPN)
    careful.carry(JPN, KOR)
    assert words(look(careful.kor, told)) == [("openable", str(entered.place), "JPN")]


def test_acknowledgements_receipts_and_refusals_of_our_items_are_told(assured: World) -> None:
    told = begin(assured.jpn)
    taken, refused = assured.jpn.release(KOR).place, assured.jpn.release(KOR).place
    assured.carry(JPN, KOR)
    assured.kor.receipt(taken)
    assured.kor.declare(ItemRefusal(refused, "release.not-wanted", ()))
    assured.carry(KOR, JPN)
    batch = look(assured.jpn, told)
    assert words(batch) == [
        ("receipt", str(taken), "KOR"),
        ("refusal", str(refused), "KOR"),
        ("acknowledgement", str(taken), "KOR"),
        ("acknowledgement", str(refused), "KOR"),
    ]
    assert [each.at is None for each in batch.news] == [False, False, True, True]
    assert look(assured.jpn, batch.told).news == ()


def test_whoever_is_cut_off_anywhere_is_told_the_rest_once(assured: World) -> None:
    told = begin(assured.kor)
    for _ in range(3):
        assured.jpn.release(KOR)
        assured.kor.release(JPN)
    assured.settle()
    whole = look(assured.kor, told).news
    assert len(whole) == 9
    for at, each in enumerate(whole):
        assert words(look(assured.kor, parse_told(format_told(each.told)))) == words(
            whole[at + 1 :]
        )


def test_news_come_a_few_at_a_time_as_they_come_all_at_once(assured: World) -> None:
    told = begin(assured.kor)
    for _ in range(3):
        assured.jpn.release(KOR)
        assured.kor.release(JPN)
    assured.settle()
    whole, found = look(assured.kor, told).news, list[News]()
    for _ in range(40):
        batch = look(assured.kor, told, limit=1)
        found += batch.news
        told = batch.told
        if not batch.has_more:
            break
    assert words(tuple(found)) == words(whole)


def test_what_a_person_may_not_know_of_leaves_nothing_but_the_place_after_it(
    assured: World,
) -> None:
    known, hidden = begin(assured.kor), begin(assured.kor, CLERK)
    assert known == hidden
    assured.jpn.release(KOR)
    assured.kor.release(JPN)
    assured.settle()
    hidden_batch = look(assured.kor, hidden, CLERK)
    assert hidden_batch.news == ()
    assert hidden_batch.told == look(assured.kor, known).told


def test_nobody_is_told_of_a_place_that_was_made_up(assured: World) -> None:
    told = begin(assured.kor)
    made_up = replace(told, awaited=(Place(JPN, 0), Place(JPN, 9_999), Place(USA, 3)))
    batch = look(assured.kor, made_up)
    assert batch.news == ()
    assert batch.told.awaited == ()


def test_a_partner_of_another_agreement_in_the_position_changes_nothing(assured: World) -> None:
    told = begin(assured.kor)
    place = str(assured.jpn.release(KOR).place)
    assured.carry(JPN, KOR)
    other = replace(told, read={**told.read, USA: 7})
    assert words(look(assured.kor, other))[0] == ("item", place, "JPN")


def test_from_a_place_in_each_register_everything_after_it_is_told(released: World) -> None:
    told = begin(released.kor, start={})
    happened = {each.happening for each in look(released.kor, told).news}
    assert happened == {Happening.ITEM, Happening.OPENABLE, Happening.ACKNOWLEDGEMENT}
    sizes = released.jpn.sizes()
    assert look(released.jpn, begin(released.jpn, start=dict(sizes))).news == ()
    from_ours = begin(released.jpn, start={KOR: sizes[KOR], JPN: 0})
    assert from_ours.acknowledged == {KOR: 0}
    happened = {each.happening for each in look(released.jpn, from_ours).news}
    assert happened == {Happening.ACKNOWLEDGEMENT}


def test_an_item_that_we_refused_is_not_awaited(careful: World) -> None:
    told = begin(careful.kor)
    place = careful.jpn.release(KOR).place
    careful.carry(JPN, KOR)
    waiting = look(careful.kor, told).told
    careful.kor.declare(ItemRefusal(place, "release.not-wanted", ()))
    assert look(careful.kor, waiting) == Batch((), replace(waiting, awaited=()), has_more=False)
    again = look(careful.kor, told)
    assert words(again) == [("item", str(place), "JPN")]
    assert again.told.awaited == ()


def test_more_than_a_few_are_not_awaited_and_that_is_told(
    careful: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news_flow, "AWAITED_MAX", 2)
    told = begin(careful.kor)
    first, second, third = (careful.jpn.release(KOR).place for _ in range(3))
    careful.carry(JPN, KOR)
    batch = look(careful.kor, told)
    assert words(batch) == [
        ("item", str(first), "JPN"),
        ("item", str(second), "JPN"),
        ("unwatched", str(first), "JPN"),
        ("item", str(third), "JPN"),
    ]
    assert batch.told.awaited == (second, third)
    for at, each in enumerate(batch.news):
        assert words(look(careful.kor, each.told)) == words(batch.news[at + 1 :])


def test_an_administrator_is_told_nothing(assured: World) -> None:
    assert isinstance(run(news_from_now(assured.kor.context, GSOMIA, ADMIN)), Refused)
    told = begin(assured.kor)
    refused = run(gather_news(assured.kor.context, GSOMIA, ADMIN, told, limit=1))
    assert isinstance(refused, Refused)


def test_there_are_no_news_of_an_agreement_that_is_not_pinned(assured: World) -> None:
    with pytest.raises(StateError):
        run(news_from_now(assured.kor.context, AgreementId("another"), READER))


PLACES = st.builds(
    Place, st.sampled_from([JPN, KOR, USA]), st.integers(min_value=0, max_value=2**53 - 1)
)
SIZES = st.dictionaries(st.sampled_from([JPN, KOR, USA]), st.integers(0, 2**53 - 1), max_size=3)


@given(SIZES, SIZES, st.lists(PLACES, max_size=64))
def test_how_far_somebody_was_told_reads_as_it_was_written(
    read: dict[PartyId, int], acknowledged: dict[PartyId, int], awaited: list[Place]
) -> None:
    told = Told(read, acknowledged, tuple(awaited))
    text = format_told(told)
    assert text.isascii()
    assert parse_told(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "",
        ";",
        ";;;",
        "JPN/1,JPN/2;;",
        ";KOR/1,KOR/1;",
        "JPN;;",
        "JPN/-1;;",
        "JPN/1 ;;",
        "jpn/1;;",
        ";;" + ",".join(f"JPN/{each}" for each in range(65)),
        ",".join(f"P{each}/1" for each in range(17)) + ";;",
        "x" * 9000,
    ],
)
def test_what_nobody_was_given_does_not_read(text: str) -> None:
    with pytest.raises(InputError):
        parse_told(text)
