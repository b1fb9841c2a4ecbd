# SPDX-License-Identifier: Apache-2.0
"""Destruction, return and crypto-erase: rows G6h, G13."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from comity.adapters.store_sqlite import SqliteStore
from comity.agreement.acts import DestructionMeans
from comity.basis.errors import InputError, StateError
from comity.basis.ids import Place
from comity.basis.instants import Date, date_of, format_date, parse_date
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.flows.arrivals import take_custody
from comity.flows.case_texts import open_affairs_text, open_certificate
from comity.flows.cases.contractors import open_evidence, release_to_contractor
from comity.flows.enclosures import OpenedText
from comity.flows.housekeeping.sweep import sweep
from comity.flows.keeping.calling_back import receipt_return
from comity.flows.keeping.counting import count
from comity.flows.keeping.handing import CopyAt, take_over
from comity.flows.not_counted import NotCounted
from comity.flows.recovery.lost import lost_items
from comity.flows.reviewing import Review, list_reviews, review_item
from comity.flows.rotation import retire_sealing_keys, rotate_keys
from comity.flows.speak import Entered
from comity.flows.turns import turn
from comity.state.closing import Keeping, keeping_of
from comity.statement.treaty import AgreementEndNotice
from tests.articles.keeping_worlds import (
    SECOND,
    _held,
    burnt,
    copies,
    copy,
    engage,
    erased,
    given_back,
    held,
    items_of,
    made,
    translated,
)
from tests.articles.outcomes import articles
from tests.builders.world import (
    GSOMIA,
    KOR,
    OFFICER,
    READER,
    REGISTRAR,
    Node,
    World,
    entered,
    make_world,
    run,
)

__all__ = ["_held", "held"]
A_DAY_MS = 24 * 60 * 60 * 1000


def keeping(node: Node, item: Place) -> Keeping:
    state = node.view().fold.state
    known = state.items.get(item)
    assert known is not None
    return keeping_of(state, known, KOR)


def today(world: World) -> Date:
    return date_of(world.kor.clock.now(), world.kor.view().agreement().lifecycle.zone)


def without_sealing_key(world: World) -> None:
    """Change Seoul's keys, and let Tokyo see the new card, so that the old sealing keys go."""
    run(rotate_keys(world.kor.context))
    world.settle()
    world.jpn.assure()  # says something, so that what it has seen is said too
    world.settle()
    run(retire_sealing_keys(world.kor.context))


@pytest.mark.row("G13")
def test_g13_a_certificate_names_the_copies_and_its_persons_stand_in_the_payload(
    held: World,
) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    made(copy(held.kor, item))
    certificate = entered(burnt(held.kor, item, 2, note="in the yard of hq"))
    held.settle()
    (body,) = held.kor.said("item.destroyed")
    told = [body[name] for name in ("copies", "means", "on", "persons", "remaining")]
    assert told == [[2], "shred", format_date(today(held)), 2, 2]
    assert SECOND not in str(body)
    text = run(open_certificate(held.jpn.context, GSOMIA, certificate.place, REGISTRAR))
    assert isinstance(text, OpenedText)
    words = b"".join(text.content).decode()
    on = format_date(today(held))
    assert words.startswith(f"copies: 2\nmeans: shred\non: {on}\nby: registrar, second\n")
    assert "in the yard of hq" in words
    assert [each.number for each in copies(held.kor, item).here] == [1, 3]
    assert held.equal()


@pytest.mark.row("G21.4", "G13")
def test_g21_4_after_the_end_copies_are_destroyed_and_given_back_and_nothing_new_is_sent(
    held: World,
) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    made(copy(held.kor, item))
    held.jpn.declare(AgreementEndNotice(None, today(held), None, ""))
    held.settle()
    held.move(365 * A_DAY_MS)
    for node in (held.jpn, held.kor):
        assert node.view().fold.state.standing(node.clock.now()).state == "terminated"
    certificate = entered(burnt(held.kor, item, 2)).place
    returned = entered(given_back(held.kor, item, 3)).place
    held.settle()
    receipt = entered(run(receipt_return(held.jpn.context, GSOMIA, returned, REGISTRAR))).place
    held.settle()
    for node in (held.jpn, held.kor):
        state = node.view().fold.state
        for each in (certificate, returned, receipt):
            assert state.uncounted.get(each) is None
        assert [each.number for each in copies(held.kor, item).here] == [1]
    assert articles(held.jpn.draft([KOR])) == {"2", "21(3)"}
    assert held.equal()


@pytest.mark.row("G13", "G7.1")
def test_g13_a_certificate_is_read_by_a_registrar_and_as_nothing_else(held: World) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    place = entered(burnt(held.kor, item, 2)).place
    held.settle()
    context = held.jpn.context
    refused = run(open_certificate(context, GSOMIA, place, READER))
    assert isinstance(refused, Refused)
    assert held.jpn.acts()[-1] == ("item.certificate", "refused")
    for opens in (open_affairs_text, open_evidence):
        for person in (READER, OFFICER, REGISTRAR):
            with pytest.raises(StateError) as absent:
                run(opens(context, GSOMIA, place, person))
            assert absent.value.code == "statement.no-text"


@pytest.mark.row("G13")
def test_g13_a_copy_is_destroyed_once(held: World) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    entered(burnt(held.kor, item, 2))
    with pytest.raises(StateError) as caught:
        burnt(held.kor, item, 2)
    assert caught.value.code == "copy.ended"
    assert len(held.kor.said("item.destroyed")) == 1


@pytest.mark.row("G13")
def test_g13_two_persons_destroy_by_means_that_fit(held: World) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    assert articles(burnt(held.kor, item, 2, second=None)) == {"13"}
    assert articles(burnt(held.kor, item, 2, second=REGISTRAR)) == {"13"}
    for means in (DestructionMeans.EQUIPMENT_DESTROY, DestructionMeans.EQUIPMENT_MODIFY):
        with pytest.raises(NotCounted) as caught:
            burnt(held.kor, item, 2, means=means)
        assert caught.value.code == "item.means"
    with pytest.raises(StateError) as wrong:
        burnt(held.kor, item, 2, means=DestructionMeans.CRYPTO_ERASE, backup_replaced=True)
    assert wrong.value.code == "item.not-in-the-node"
    assert copies(held.kor, item).copy(2).is_here


@pytest.mark.row("G13")
def test_g13_other_means_are_described_in_the_certificate_or_nothing_is_certified(
    held: World,
) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    for note in (None, "", " "):
        with pytest.raises(InputError) as caught:
            burnt(held.kor, item, 2, means=DestructionMeans.OTHER, note=note)
        assert caught.value.code == "item.means-not-described"
    assert copies(held.kor, item).copy(2).is_here
    done = entered(burnt(held.kor, item, 2, means=DestructionMeans.OTHER, note="dissolved in acid"))
    held.settle()
    text = run(open_certificate(held.jpn.context, GSOMIA, done.place, REGISTRAR))
    assert isinstance(text, OpenedText)
    assert b"".join(text.content).endswith(b"\ndissolved in acid\n")
    assert [body["means"] for body in held.kor.said("item.destroyed")] == ["other"]


@pytest.mark.row("G6h")
def test_g6h_an_item_is_closed_by_a_certificate_for_all_that_was_left(held: World) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    entered(burnt(held.kor, item, 2))
    assert keeping(held.kor, item) is Keeping.HELD
    with pytest.raises(StateError) as caught:
        burnt(held.kor, item, means=DestructionMeans.SHRED)
    assert caught.value.code == "item.not-erased"
    erased(held.kor, item)
    with pytest.raises(StateError) as waits:
        burnt(held.kor, item, means=DestructionMeans.CRYPTO_ERASE, backup_replaced=True)
    assert waits.value.code == "item.sealing-key-held"
    assert waits.value.expected == "a card after our card 1: comity card rotate"
    run(rotate_keys(held.kor.context))
    with pytest.raises(StateError) as still:
        burnt(held.kor, item, means=DestructionMeans.CRYPTO_ERASE, backup_replaced=True)
    assert still.value.expected == f"a word of JPN since it saw our card 2: {GSOMIA}"
    without_sealing_key(held)
    with pytest.raises(StateError) as backup:
        burnt(held.kor, item, means=DestructionMeans.CRYPTO_ERASE)
    assert backup.value.code == "item.backup-not-replaced"
    entered(burnt(held.kor, item, means=DestructionMeans.CRYPTO_ERASE, backup_replaced=True))
    held.settle()
    assert keeping(held.kor, item) is Keeping.CLOSED
    assert keeping(held.jpn, item) is Keeping.CLOSED
    with pytest.raises(StateError) as gone:
        copy(held.kor, item)
    assert gone.value.code == "item.closed"
    firm = ("firm-7", "plant-2")
    with pytest.raises(StateError) as given:
        run(
            release_to_contractor(
                held.kor.context, GSOMIA, item, firm, person=OFFICER, purpose="warning"
            )
        )
    assert given.value.code == "item.closed"
    assert held.equal()


@pytest.mark.row("G13")
def test_g13_of_copies_that_are_all_missing_none_is_certified_nor_given_back(
    held: World,
) -> None:
    item = held.jpn.release(KOR, form="equipment").place
    held.settle()
    assert not isinstance(held.kor.receipt(item), Refused)
    which, gap = CopyAt(GSOMIA, item, 1), "moved"
    run(take_over(held.kor.context, which, READER, purpose="warning", gap=gap))
    run(count(held.kor.context, GSOMIA, REGISTRAR, ()))
    assert copies(held.kor, item).here == ()
    for end in (lambda: burnt(held.kor, item), lambda: given_back(held.kor, item)):
        with pytest.raises(StateError) as none:
            end()
        assert none.value.code == "copy.none-here"
    assert held.kor.said("item.destroyed") == held.kor.said("item.return") == []
    run(take_over(held.kor.context, which, READER, purpose="warning", gap="in the other room"))
    with pytest.raises(StateError) as found:
        burnt(held.kor, item)
    assert found.value.code == "item.not-erased"


@pytest.mark.row("G6h")
def test_g6h_what_is_given_back_is_closed_by_the_originators_receipt_alone(held: World) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    erased(held.kor, item, DestructionMeans.SHRED)
    without_sealing_key(held)
    returned = entered(given_back(held.kor, item)).place
    held.settle()
    assert keeping(held.jpn, item) is Keeping.GIVEN_BACK
    assert isinstance(run(receipt_return(held.jpn.context, GSOMIA, returned, READER)), Refused)
    receipt = run(receipt_return(held.jpn.context, GSOMIA, returned, REGISTRAR))
    assert isinstance(receipt, Entered)
    held.settle()
    assert keeping(held.kor, item) is Keeping.CLOSED
    with pytest.raises(NotCounted) as twice:
        run(receipt_return(held.jpn.context, GSOMIA, returned, REGISTRAR))
    assert twice.value.code == "item.already-receipted"
    with pytest.raises(StateError) as none:
        run(receipt_return(held.jpn.context, GSOMIA, Place(KOR, 0), REGISTRAR))
    assert none.value.code == "item.no-return"
    assert held.equal()


def reviewed(world: World) -> Review:
    """Give the first of the two items that are looked at again."""
    found = run(list_reviews(world.kor.context, GSOMIA, REGISTRAR))
    assert not isinstance(found, Refused)
    first, _ = found
    return first


@pytest.mark.row("G6h")
def test_g6h_past_its_review_date_an_item_is_overdue_and_stays_open(held: World) -> None:
    item, _ = items_of(held)
    first = reviewed(held)
    assert (first.due, first.overdue) == (parse_date("2021-11-23"), False)
    sooner = run(review_item(held.kor.context, GSOMIA, item, REGISTRAR, parse_date("2016-11-25")))
    assert not isinstance(sooner, Refused)
    held.move(3 * A_DAY_MS)
    late = reviewed(held)
    assert (late.overdue, late.keeping) == (True, Keeping.HELD)
    assert isinstance(
        run(review_item(held.kor.context, GSOMIA, item, READER, parse_date("2017-01-01"))), Refused
    )
    for day in ("2016-11-25", "2030-01-01"):
        with pytest.raises(InputError):
            run(review_item(held.kor.context, GSOMIA, item, REGISTRAR, parse_date(day)))
    again = run(review_item(held.kor.context, GSOMIA, item, REGISTRAR, parse_date("2017-11-25")))
    assert not isinstance(again, Refused)
    assert not again.overdue


@pytest.mark.row("G13")
def test_g13_the_papers_of_equipment_are_erased_wherever_it_was_taken(held: World) -> None:
    item = held.jpn.release(KOR, form="equipment").place
    held.settle()
    assert not isinstance(held.kor.receipt(item), Refused)
    means = DestructionMeans.EQUIPMENT_DESTROY
    run(
        take_over(held.kor.context, CopyAt(GSOMIA, item, 1), READER, purpose="warning", gap="moved")
    )
    assert not copies(held.kor, item).copy(1).in_node
    with pytest.raises(StateError) as caught:
        burnt(held.kor, item, means=means)
    assert caught.value.code == "item.not-erased"
    assert held.kor.read(item)
    erased(held.kor, item, means)
    without_sealing_key(held)
    entered(burnt(held.kor, item, means=means))
    with pytest.raises(StateError) as closed:
        held.kor.read(item)
    assert closed.value.code == "item.closed"


@pytest.mark.row("G13", "G15")
def test_g13_a_destroyed_translation_leaves_no_key_and_no_key_left_is_certified(
    held: World,
) -> None:
    item, _ = items_of(held)
    text = made(translated(held.kor, item, "ko", "ko")).copy.sealed
    other = made(translated(held.kor, item, "ja", "ja")).copy.sealed
    assert text is not None
    assert other is not None
    keys = held.kor.ports.keys
    with pytest.raises(StateError) as caught:
        burnt(held.kor, item, 2, means=DestructionMeans.CRYPTO_ERASE, backup_replaced=True)
    assert caught.value.code == "item.not-erased"
    both = frozenset({text.sha256, other.sha256})
    assert run(keys.held_item_keys(both)) == both
    entered(burnt(held.kor, item, 2))
    assert run(keys.held_item_keys(both)) == {other.sha256}
    assert run(sweep(held.kor.context)).blobs == 1
    erased(held.kor, item)
    entered(burnt(held.kor, item, 3, means=DestructionMeans.CRYPTO_ERASE, backup_replaced=True))


@pytest.mark.row("G13")
def test_g13_what_was_erased_is_never_taken_again(held: World) -> None:
    item, _ = items_of(held)
    made(translated(held.kor, item, "ko", "ko"))
    erased(held.kor, item)
    erased(held.kor, item)  # safe to run again
    with pytest.raises(StateError):
        held.kor.read(item)
    held.kor.context.live.clear()

    async def attempt() -> object:
        async with turn(held.kor.context, GSOMIA) as view:
            return await take_custody(held.kor.context, view)

    assert run(attempt()) == ()
    with pytest.raises(StateError):
        held.kor.read(item)
    assert [each.place for each in run(lost_items(held.kor.context))] == []
    assert run(sweep(held.kor.context)).keys == 0


@pytest.mark.row("G13", "G11")
def test_g13_neither_the_store_nor_a_backup_of_it_opens_what_was_erased(tmp_path: Path) -> None:
    with make_world(tmp_path, memory=False) as world:
        world.sign()
        world.kor.assure()
        world.settle()
        engage(world.kor, SECOND, Role.READER)
        item = world.jpn.release(KOR).place
        other = world.jpn.release(KOR).place
        world.settle()
        for each in (item, other):
            assert not isinstance(world.kor.receipt(each), Refused)
        backup = tmp_path / "backup.sqlite"
        with (
            closing(sqlite3.connect(tmp_path / KOR / "store.sqlite")) as source,
            closing(sqlite3.connect(backup)) as target,
        ):
            source.backup(target)
        erased(world.kor, item)
        world.settle()
        without_sealing_key(world)
        with pytest.raises(StateError):
            world.kor.read(item)
        assert world.kor.read(other)
        restored = SqliteStore(backup)
        context = replace(
            world.kor.context, live={}, ports=replace(world.kor.ports, store=restored)
        )
        old = replace(world.kor, context=context)
        with pytest.raises(StateError):
            old.read(item)

        async def attempt() -> tuple[tuple[object, str], ...]:
            async with turn(context, GSOMIA) as view:
                view.open.parcels.add(item)
                return await take_custody(context, view, (item,))

        ((_, code),) = run(attempt())
        assert code == "parcel.sealing-key-gone"
        restored.close()
