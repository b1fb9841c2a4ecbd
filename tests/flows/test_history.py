# SPDX-License-Identifier: Apache-2.0
"""What was said long ago is settled: nothing is lost by it, however late somebody speaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from comity.basis.ids import AgreementId, PartyId
from comity.basis.instants import MINUTE_MS, Instant
from comity.decision.stages import Refused
from comity.flows import admission
from comity.flows import view as views
from comity.flows.context import Context
from comity.flows.housekeeping.rebuild import export_state
from comity.flows.listing import read_state
from comity.flows.turns import turn
from comity.flows.view import View
from comity.statement.treaty import AgreementAnnouncement
from comity.statement.trust import StatementReject
from tests.builders.pacts import pact, pin_all, under
from tests.builders.world import (
    A_YEAR,
    GSOMIA,
    JPN,
    KOR,
    TEXT,
    USA,
    Node,
    World,
    make_world,
    run,
)


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "HISTORY_KEPT", 2)
    monkeypatch.setattr(admission, "HISTORY_SETTLED", 2)


def live(node: Node) -> View:
    async def look() -> View:
        async with turn(node.context, node.agreement) as view:
            return view

    return run(look())


def anew(node: Node) -> bytes:
    return replace(node, context=replace(node.context, live={})).export()


def exchange(world: World, count: int, by: PartyId = JPN, to: PartyId = KOR) -> None:
    for _ in range(count):
        place = world[by].release(to).place
        world.move(1000)
        world.carry(by, to)
        world[to].receipt(place)
        world.move(1000)
        world.carry(to, by)


def test_a_busy_node_holds_little_and_shows_all(assured: World) -> None:
    exchange(assured, 6)
    for node in assured.nodes.values():
        view = live(node)
        assert view.fold.history <= 4
        assert len(view.fold.state.items) == 6
        assert view.fold.export() == anew(node)
    assert assured.equal()
    places = sorted(live(assured.kor).fold.state.items.keys())
    for place in places:
        assert assured.kor.read(place) == TEXT
        assert assured.jpn.read(place) == TEXT


def test_what_is_said_faster_than_the_clock_goes_is_settled_too(assured: World) -> None:
    for _ in range(9):  # the clock stands still: each is dated a millisecond after the one before
        assured.jpn.release(KOR)
    assured.carry(JPN, KOR)
    for node in assured.nodes.values():
        view = live(node)
        latest = view.registers.position(JPN).greatest_at
        assert latest is not None
        assert latest > assured.jpn.clock.instant
        assert view.fold.history <= 5  # but for the latest of all, before which we do not speak
        assert view.fold.export() == anew(node)
    place = assured.jpn.release(KOR).place
    assured.carry(JPN, KOR)
    assured.kor.receipt(place)
    assured.carry(KOR, JPN)
    assert assured.equal()


@pytest.fixture
def three(tmp_path: Path) -> Iterator[World]:
    """Three parties to one agreement, who all speak to each other."""
    agreement, parties = AgreementId("three-parties"), (JPN, KOR, USA)
    with make_world(tmp_path, parties) as world:
        pin_all(world, agreement, *parties)
        some = under(world, agreement, *parties)
        some.sign(pact(agreement, parties))
        yield some


@pytest.fixture
def anew_by(monkeypatch: pytest.MonkeyPatch) -> list[PartyId]:
    """Note whose node folds all that was ever said, each time."""
    calls: list[PartyId] = []
    judge = views.judge_anew

    async def noted(context: Context, agreement: AgreementId, *args: Any, **more: Any) -> View:
        calls.append(context.config.party)
        return await judge(context, agreement, *args, **more)

    monkeypatch.setattr(views, "judge_anew", noted)
    return calls


def talk(node: Node, count: int) -> None:
    for number in range(count):
        node.declare(AgreementAnnouncement(f"news {number}", A_YEAR, ""))


def test_whoever_dates_its_word_ahead_makes_no_third_party_cost_a_whole_fold(
    three: World, anew_by: list[PartyId], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "_PATIENT_KEPT", 4)
    three.jpn.clock.instant = Instant(three.jpn.clock.instant + 9 * MINUTE_MS)
    talk(three.jpn, 12)
    three.carry(JPN, USA)
    view = live(three[USA])
    anew_by.clear()
    for _ in range(5):
        talk(three.kor, 1)
        three.carry(KOR, USA)
        assert live(three[USA]) is view
    assert USA not in anew_by
    assert view.fold.export() == anew(three[USA])
    three.move(10 * MINUTE_MS)  # the clock has passed what was dated ahead
    talk(three.kor, 1)
    three.carry(KOR, USA)
    assert live(three[USA]).fold.history <= 4


def test_what_is_dated_ahead_is_settled_once_every_partner_has_spoken_after_it(
    three: World, anew_by: list[PartyId]
) -> None:
    three.jpn.clock.instant = Instant(three.jpn.clock.instant + 9 * MINUTE_MS)
    talk(three.jpn, 12)
    three.carry(JPN, KOR)
    talk(three.kor, 1)  # it has seen all of that, so its word is dated after it
    three.carry(JPN, USA)
    anew_by.clear()
    assert live(three[USA]).fold.history > 4
    three.carry(KOR, USA)
    assert live(three[USA]).fold.history <= 5
    assert USA not in anew_by


def test_a_partner_that_was_silent_while_we_said_much_is_waited_for_once(
    assured: World, anew_by: list[PartyId], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "_PATIENT_KEPT", 4)
    talk(assured.jpn, 12)  # the clock stands still: each is dated after the one before
    live(assured.jpn)
    anew_by.clear()
    for _ in range(5):
        talk(assured.kor, 1)
        assured.carry(KOR, JPN)
        live(assured.jpn)
    assert anew_by.count(JPN) == 1
    assert live(assured.jpn).fold.export() == anew(assured.jpn)


def test_states_of_long_ago_are_still_shown(assured: World) -> None:
    early = assured.jpn.clock.instant
    before = run(export_state(assured.jpn.context, GSOMIA, early))
    shown = run(read_state(assured.jpn.context, GSOMIA, early))
    exchange(assured, 6)
    assert not live(assured.jpn).fold.reaches(early)
    assert run(export_state(assured.jpn.context, GSOMIA, early)) == before
    assert run(read_state(assured.jpn.context, GSOMIA, early)) == shown


def test_whoever_speaks_very_late_is_heard(assured: World) -> None:
    """KOR said something before JPN's long talk, and it arrives after all of that is settled."""
    assured.kor.declare(AgreementAnnouncement("said early, heard late", A_YEAR, ""))
    assured.kor.pack(JPN, "late")
    for _ in range(8):
        assured.move(1000)
        assured.jpn.declare(AgreementAnnouncement("news", A_YEAR, ""))
    assert live(assured.jpn).fold.history <= 4
    view = live(assured.jpn)
    assured.jpn.take(assured.kor.folder / "late")
    assert live(assured.jpn) is view
    assert view.patient_until is not None
    assert view.fold.history > 4
    assert view.fold.export() == anew(assured.jpn)
    assured.settle()
    assert assured.equal()
    assured.move(2 * 3_600_000)
    exchange(assured, 3)
    assert live(assured.jpn).fold.history <= 4


def test_what_another_command_heard_very_late_is_heard_too(assured: World) -> None:
    assured.kor.declare(AgreementAnnouncement("said early, heard late", A_YEAR, ""))
    assured.kor.pack(JPN, "late")
    for _ in range(8):
        assured.move(1000)
        assured.jpn.declare(AgreementAnnouncement("news", A_YEAR, ""))
    view = live(assured.jpn)
    elsewhere = replace(assured.jpn, context=replace(assured.jpn.context, live={}))
    elsewhere.take(assured.kor.folder / "late")
    assert live(assured.jpn) is view
    assert view.fold.export() == anew(assured.jpn)


def test_an_item_of_long_ago_is_receipted_and_opened_as_it_was_let_in(assured: World) -> None:
    place = assured.jpn.release(KOR).place
    assured.move(1000)
    assured.carry(JPN, KOR)
    assured.carry(KOR, JPN)
    assured.carry(JPN, KOR)
    for _ in range(8):
        assured.move(1000)
        assured.kor.declare(AgreementAnnouncement("news", A_YEAR, ""))
    view = live(assured.kor)
    assert not view.fold.reaches(view.item(place).at)
    assert view.open.was_let_in(place)
    assured.kor.receipt(place)
    assert assured.kor.read(place) == TEXT


def test_an_item_of_long_ago_that_we_rejected_since_is_not_receipted(assured: World) -> None:
    place = assured.jpn.release(KOR).place
    assured.move(1000)
    assured.carry(JPN, KOR)
    assured.carry(KOR, JPN)
    assured.carry(JPN, KOR)
    assured.kor.declare(StatementReject(place.party, place.index, "item.unwanted", None))
    for _ in range(8):
        assured.move(1000)
        assured.kor.declare(AgreementAnnouncement("news", A_YEAR, ""))
    view = live(assured.kor)
    assert not view.fold.reaches(view.item(place).at)
    assert isinstance(assured.kor.receipt(place), Refused)


def test_nothing_is_settled_in_a_view_that_was_just_gathered_but_the_past(assured: World) -> None:
    exchange(assured, 4)
    node = replace(assured.jpn, context=replace(assured.jpn.context, live={}))
    view = live(node)
    assert view.fold.history <= 4
    assert view.fold.export() == anew(node)


def test_a_register_that_lags_far_behind_is_read_all_the_same(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of JPN's statements more are read at once than may be followed by a late one of KOR."""
    assured.kor.declare(AgreementAnnouncement("said early", A_YEAR, ""))
    for _ in range(12):
        assured.move(1000)
        assured.jpn.declare(AgreementAnnouncement("news", A_YEAR, ""))
    assured.settle()
    expected = assured.jpn.export()
    for page in (1, 3, 1024):
        monkeypatch.setattr(views, "_PAGE", page)
        assert anew(assured.jpn) == anew(assured.kor) == expected
