# SPDX-License-Identifier: Apache-2.0
"""Looking for alerts: each that was released to us is raised once, and told again if nobody acts.

Registers are looked at from where they were left, so that a look costs what has come since. What
rests on a file that is named and not here waits for it, as all news do. Source: DESIGN 5 (FLASH)
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from comity.basis.ids import PartyId, Place
from comity.basis.instants import Instant
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.flows.alerting.board import Board, Happening, What, read_board
from comity.flows.alerts import Precedence, precedence_of
from comity.flows.context import Context, decide_again
from comity.flows.documents import ALERTS
from comity.flows.journal import journal_entry
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.ports import Basis, Change
from comity.state.records import Item

_MINUTE_MS: Final = 60_000
_SCANNED_MAX: Final = 20_000


async def watch_alerts(context: Context) -> Board:
    """Raise what has come, say again what nobody acknowledged in time, and give the board.

    1. each register from where it was left, as far as there is room;
    2. what has been open for as long as the configuration says;
    3. both are written in one commit, and whoever listens is woken.
    """

    async def attempt() -> Board:
        version = await context.ports.store.version(ALERTS)
        before = await read_board(context)
        board = before
        for agreement in await pinned_agreements(context):
            board = _raise(await read_view(context, agreement), board, context.ports.clock.now())
        late = tuple(_late(context, board))  # 2
        board = board.with_rows(late)
        if board == before:
            return before
        await _keep(context, board, version, late)  # 3
        return board

    return await decide_again(attempt)


async def _keep(context: Context, board: Board, version: int, late: tuple[Happening, ...]) -> None:
    change = Change(
        allowed_by=allow_house_act("alert.watch"),
        basis=Basis(versions=((ALERTS, version),)),
        documents=(board.document(),),
        journal=tuple(_noted(context, each) for each in late),
    )
    await context.ports.store.commit(change)
    context.written.tell()


def _noted(context: Context, row: Happening) -> bytes:
    told: list[JsonValue] = [*context.config.alerts.escalate_to]
    details: dict[str, JsonValue] = {"item": f"{row.agreement}/{row.place}", "to": told}
    return journal_entry(context, "alert.escalate", None, details=details)


def _raise(view: View, board: Board, now: Instant) -> Board:  # 1
    left, agreement = _SCANNED_MAX, view.agreement_id
    for party in view.partners:
        begun = board.read.get((agreement, party), 0)
        if view.registers.judged_size(party) <= begun:
            continue
        room = board.room(agreement, party)
        end, found = _look(view, party, begun, limit=left, room=room)
        left -= end - begun
        rows = [Happening(0, What.RAISED, agreement, each.place, now) for each in found]
        if end != begun:
            board = replace(board, read={**board.read, (agreement, party): end}).with_rows(rows)
    return board


def _look(
    view: View, party: PartyId, begun: int, *, limit: int, room: int
) -> tuple[int, list[Item]]:
    """Look through a register from a place on; give where one goes on, and the alerts in it."""
    end = min(view.registers.judged_size(party), begun + limit)
    found: list[Item] = []
    for index in range(begun, end):
        place = Place(party, index)
        if _may_yet_count(view, place) or len(found) >= room:
            return index, found
        item = view.fold.state.items.get(place)
        if item is not None and is_flash(view, item):
            found.append(item)
    return max(begun, end), found


def is_flash(view: View, item: Item) -> bool:
    """Answer whether an item is an alert to us."""
    file = view.file(item.version)
    precedence = precedence_of(file, item.release.label.category)
    return view.own in item.to and precedence is Precedence.FLASH


def _may_yet_count(view: View, place: Place) -> bool:
    versions = view.open.uncounted.get(place)
    return versions is not None and bool(versions & (view.open.named - view.known))


def _late(context: Context, board: Board) -> Iterator[Happening]:
    now = context.ports.clock.now()
    waits_ms = context.config.alerts.acknowledge_minutes * _MINUTE_MS
    for alert in board.alerts:
        if alert.is_open and alert.escalated_at is None and now - alert.raised_at >= waits_ms:
            yield Happening(0, What.ESCALATED, alert.agreement, alert.place, now)


class Watch:
    """One look for all who listen in this process: nobody looks again before something is written.

    What is late by the clock alone is looked for by the schedule, whose commit wakes everybody.
    """

    __slots__ = ("_board", "_lock", "_told")

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._board: Board | None = None
        self._lock = asyncio.Lock()
        self._told = -1

    async def look(self, context: Context) -> Board:
        """Give the board as of what was written last."""
        async with self._lock:
            if self._board is None or self._told != context.written.told:
                told = context.written.told
                self._board = await watch_alerts(context)
                # What this look itself wrote is in the board that it gave.
                self._told = told
            return self._board
