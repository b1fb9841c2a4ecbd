# SPDX-License-Identifier: Apache-2.0
"""Alerts as they come, to all who listen in this process: looked for once, encoded once.

What a reader is told and where its stream goes on is asked of the flows for each reader; who
may listen is asked of the door again and again. Source: HTML Living Standard 9.2; DESIGN 5 (FLASH)
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from comity.basis.errors import InputError
from comity.basis.ids import PersonId
from comity.decision.stages import Refused
from comity.flows.alerting.answering import (
    ShownHappening,
    happenings_since,
    last_shown,
    list_alerts,
)
from comity.flows.alerting.positions import format_position, parse_position, position_secret
from comity.flows.alerting.watching import Watch
from comity.front.node import FrontNode
from comity.signin.door import Caller
from comity.signin.permissions import Permission

_ENCODED_MAX = 1_024

Encode = Callable[[ShownHappening], bytes]
"""Gives the data of an event, which is one for all who know as much of it."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """What a person is told at once, and where they go on."""

    raw: bytes
    told: int


class AlertFeed:
    """The stream of one node's alerts; `encode` writes what happened as a front says it."""

    def __init__(self, node: FrontNode, encode: Encode) -> None:
        """Begin with nobody listening."""
        self._node = node
        self._encode = encode
        self._watch = Watch()
        self._secret: bytes | None = None
        self._since = -1
        self._pieces: dict[tuple[PersonId, int], asyncio.Future[_Piece | None]] = {}
        self._encoded: dict[tuple[int, str | None, str | None], bytes] = {}

    async def begin(self, caller: Caller, position: str | None) -> int | Refused:
        """Give where a reader's stream goes on: behind a position, or with what comes from now on.

        Raises:
            InputError: the position is none, or another reader's.
        """
        context = self._node.context
        listed = await list_alerts(context, caller.id)
        if isinstance(listed, Refused):
            return listed
        last = await last_shown(context, caller.id, await self._watch.look(context))
        if not position:
            return last
        # A node that was restored counts from less than it told.
        return min(last, parse_position(await self._own_secret(), caller.id, position))

    async def find(self, caller: Caller, position: str | None) -> int | Refused:
        """Give where a stream goes on; with a position that is not this reader's, from now on."""
        try:
            return await self.begin(caller, position)
        except InputError:
            return await self.begin(caller, None)

    async def events(
        self, caller: Caller, told: int, timeout_s: float, first: bytes = b""
    ) -> AsyncIterator[bytes]:
        """Give events until the time is up, the node stops, or whoever asked is not welcome."""
        node, now = self._node, asyncio.get_running_loop().time
        written, beat_s = node.context.written, node.patience.heartbeat_s
        until, beat_at = now() + timeout_s, now() + beat_s
        yield first + await self._beat(caller, told)
        while not node.is_stopping():
            since = written.told
            known = await node.door.look_again(caller)
            if known is None or not known.may(Permission.ITEMS_READ):
                return
            piece = await self._piece(caller, told, since)
            if piece is None:
                return
            if piece.raw:
                told = piece.told
                yield piece.raw
            is_over = now() >= until
            if now() >= beat_at or is_over:
                yield await self._beat(caller, told)
                beat_at = now() + beat_s
            if is_over:
                return
            await written.wait(min(beat_at, until) - now(), since)

    async def _piece(self, caller: Caller, told: int, since: int) -> _Piece | None:
        """Give what a person is to be told next; once for all their streams at one place.

        `since` is what was written when it was asked: what is written later is asked anew.
        """
        if since != self._since:
            self._since, self._pieces = since, {}
        name = caller.id, told
        if name not in self._pieces:
            piece = asyncio.ensure_future(self._made(caller, told))
            self._pieces[name] = piece
        return await asyncio.shield(self._pieces[name])

    async def _made(self, caller: Caller, told: int) -> _Piece | None:
        context = self._node.context
        board = await self._watch.look(context)
        found = await happenings_since(context, caller.id, told, board)
        if isinstance(found, Refused):
            return None
        last = found[-1].row.number if found else told
        return _Piece(b"".join([await self._event(caller, each) for each in found]), last)

    async def _event(self, caller: Caller, shown: ShownHappening) -> bytes:
        name = shown.row.number, shown.category, shown.level
        known = self._encoded.get(name)
        if known is None:
            if len(self._encoded) >= _ENCODED_MAX:
                self._encoded.clear()
            data = self._encode(shown)
            known = f"event: {shown.row.what.value}\ndata: ".encode() + data + b"\n\n"
            self._encoded[name] = known
        return await self._id(caller, shown.row.number) + known

    async def _beat(self, caller: Caller, told: int) -> bytes:
        """Show that the line lives, and from where to go on."""
        return await self._id(caller, told) + b": here\n\n"

    async def _id(self, caller: Caller, number: int) -> bytes:
        return f"id: {format_position(await self._own_secret(), caller.id, number)}\n".encode()

    async def _own_secret(self) -> bytes:
        if self._secret is None:
            self._secret = await position_secret(self._node.context)
        return self._secret
