# SPDX-License-Identifier: Apache-2.0
"""What parties read and bring under their signature: registers, parcels, and an echo.

Whatever a caller may not have is answered as if it were not there.
Source: DESIGN 5; C2SP tlog-tiles, tlog-mirror; docs/formats/wire.md
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Final

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, PartyId, digest_of
from comity.basis.instants import format_instant
from comity.basis.limits import ECHO_BYTES_MAX, PARCEL_PIECE_BYTES_MAX
from comity.basis.strict_json import JsonValue, format_json
from comity.flows.context import Context
from comity.flows.delivery_again import note_came_back
from comity.flows.doctor.own_node import CALL_BACK, call_back
from comity.flows.served import not_served
from comity.flows.serving.callers import Callers
from comity.flows.serving.parcel_places import (
    find_parcel,
    is_for_reader,
    is_given,
    is_here,
    read_piece,
)
from comity.flows.serving.parcel_uploads import ParcelUploads, UploadPlace, UpTo, Whole, parse_range
from comity.flows.serving.reads import Readers, Shown, read_checkpoint, read_tile
from comity.flows.set_up import the_card
from comity.flows.turns import turn
from comity.keys.cards import Card
from comity.keys.http_signatures import CONTENT_DIGEST, CONTENT_RANGE, content_digest
from comity.ports import WireReply, WireRequest
from comity.tlog.mirror_sizes import format_size
from comity.tlog.tiles import parse_tile_path
from comity.tlog.tree_head import parse_decimal
from comity.wire.bodies import read_body, stream_body
from comity.wire.limits import Lanes, too_much
from comity.wire.replies import TEXT, bytes_reply, text_reply
from comity.wire.routes import Arrived, Route, route

BYTES_TYPE: Final = "application/octet-stream"
JSON_TYPE: Final = "application/json"

_KEPT: Final = ("cache-control", "private, max-age=31536000, immutable")
_FRESH: Final = ("cache-control", "private, no-cache")
_ONCE: Final = ("cache-control", "no-store")
_CAME_BACK_S: Final = 60.0
_ASKED: Final = re.compile(r"bytes=(0|[1-9][0-9]{0,17})-(0|[1-9][0-9]{0,17})", re.ASCII)


class Reading:
    """Shows parties what is theirs to see, and takes the parcels that they bring."""

    def __init__(
        self,
        context: Context,
        arrived: Arrived,
        lanes: Lanes,
        *,
        callers: Callers,
        readers: Readers,
    ) -> None:
        """Show and take for a node; `arrived` is told what came."""
        self._context = context
        self._arrived = arrived
        self._lanes = lanes
        self._callers = callers
        self._readers = readers
        self._upload_lanes = Lanes(lanes.limits.of_uploads(), lanes.proven)
        self._called_back: set[PartyId] = set()
        self._came_back: dict[tuple[AgreementId, PartyId], float] = {}
        self.uploads = ParcelUploads(context)

    def routes(self) -> tuple[Route, ...]:
        """Give the routes, all under the online key's signature."""
        parcel = "/parcel/ORIGIN/INDEX"
        most = self._context.config.limits.parcel_bytes_max
        put = route("PUT", parcel, self._put_parcel, bytes_max=most)
        return (
            route("GET", "/ORIGIN/checkpoint", self._checkpoint),
            route("GET", "/ORIGIN/TILE", self._tile),
            route("GET", parcel, self._get_parcel),
            replace(put, streams=True),
            route("POST", "/echo", self._echo, bytes_max=ECHO_BYTES_MAX),
        )

    async def _checkpoint(self, request: WireRequest, match: re.Match[str]) -> WireReply:
        shown, card = await self._shown(request, match)
        async with self._lanes.enter(card.party):
            if card.party == shown.party:
                await self._note_came_back(shown)
            raw = await read_checkpoint(self._context, shown)
        return bytes_reply(200, raw, TEXT, _FRESH)

    async def _note_came_back(self, shown: Shown) -> None:
        """Keep that a party reads what it had said itself; it asks often until it is whole."""
        now, key = asyncio.get_running_loop().time(), (shown.agreement, shown.party)
        if now >= self._came_back.get(key, -_CAME_BACK_S) + _CAME_BACK_S:
            await note_came_back(self._context, *key)
            self._came_back[key] = now

    async def _tile(self, request: WireRequest, match: re.Match[str]) -> WireReply:
        shown, card = await self._shown(request, match)
        try:
            tile = parse_tile_path(match["tile"])
        except InputError as err:
            raise not_served() from err
        async with self._lanes.enter(card.party):
            raw = await read_tile(self._context, shown, tile)
        return bytes_reply(200, raw, BYTES_TYPE, _KEPT)

    async def _get_parcel(self, request: WireRequest, match: re.Match[str]) -> WireReply:
        """Give a parcel, or a range of it; one that is large must be asked for in ranges."""
        shown, card = await self._shown(request, match)
        index = parse_decimal(match["index"], "index")
        async with self._lanes.enter(card.party), turn(self._context, shown.agreement) as view:
            placed = await find_parcel(self._context, view, shown, index)
            if not is_for_reader(view, placed, card.party):
                raise not_served()
            given = await is_given(self._context, view, placed, card.party)
            if not given or not await is_here(self._context, view, placed):
                raise not_served()
            asked = _asked_range(request.header("range"), placed.size)
            if asked is None:
                unmet = ("content-range", f"bytes */{placed.size}")
                return text_reply(416, "wire.range", unmet, ("accept-ranges", "bytes"))
            start, end = asked
            raw = await read_piece(self._context, view, placed, start, end)
        if request.header("range") is None:
            return bytes_reply(200, raw, BYTES_TYPE, _ONCE)
        piece = ("content-range", f"bytes {start}-{end - 1}/{placed.size}")
        return bytes_reply(206, raw, BYTES_TYPE, piece, _ONCE)

    async def _put_parcel(self, request: WireRequest, match: re.Match[str]) -> WireReply:
        shown, card = await self._shown(request, match)
        place = UploadPlace(shown, parse_decimal(match["index"], "index"), card.party)
        piece = parse_range(request.header(CONTENT_RANGE) or "")
        async with self._upload_lanes.enter(card.party):
            taken = await self.uploads.take(place, piece, stream_body(request))
        match taken:
            case Whole(agreement):
                self._arrived(agreement, card.party)
                return text_reply(200, "whole")
            case UpTo(offset, moved):
                return bytes_reply(409 if moved else 202, format_size(offset), TEXT)

    async def _echo(self, request: WireRequest, match: re.Match[str]) -> WireReply:
        """Say what came, when it is here, which cards are known, and where registers stand."""
        del match
        card = await self._callers.caller(request)
        body = await read_body(request, ECHO_BYTES_MAX)
        if body and request.header(CONTENT_DIGEST) != content_digest(body):
            raise InputError("wire.digest", "a request's body is not the one that was signed")
        async with self._lanes.enter(card.party):
            own = await the_card(self._context, self._context.config.party)
            registers = await self._standing(card)
        said: dict[str, JsonValue] = {
            "at": format_instant(self._context.ports.clock.now()),
            "body_sha256": digest_of(body),
            "card_version": own.version,
            "party": own.party,
            "registers": registers,
            "your_card_version": card.version,
        }
        if body == CALL_BACK:
            said["back"] = {"code": await self._call_back(card)}
        return bytes_reply(200, format_json(said), JSON_TYPE, _ONCE)

    async def _call_back(self, card: Card) -> str:
        """Try the way back, once at a time for each party; give the code of what failed.

        Outside our lanes: the other side may be waiting in one of its own.
        """
        if card.party in self._called_back:
            raise too_much("a partner is being called back already", where=card.party)
        self._called_back.add(card.party)
        try:
            return await call_back(self._context, card)
        finally:
            self._called_back.discard(card.party)

    async def _standing(self, card: Card) -> JsonValue:
        """Give the size of every register that the caller may read."""
        sizes: dict[str, JsonValue] = {}
        for shown in await self._readers.of_party(card.party):
            note = await self._context.ports.store.checkpoint(shown.origin)
            sizes[shown.origin] = 0 if note is None else note.size
        return sizes

    async def _shown(self, request: WireRequest, match: re.Match[str]) -> tuple[Shown, Card]:
        """Find the register that a path names, for the party that signed the request."""
        card = await self._callers.caller(request)
        return await self._readers.find(match["hash"], card.party), card


def _asked_range(text: str | None, size: int) -> tuple[int, int] | None:
    """Read which bytes are asked for; None when they are not there or too many at a time.

    Source: RFC 9110 14.2 (one range of bytes, both ends given)
    """
    if text is None:
        return (0, size) if size <= PARCEL_PIECE_BYTES_MAX else None
    match = _ASKED.fullmatch(text)
    if match is None:
        return None
    start, end = int(match[1]), min(int(match[2]) + 1, size)
    return (start, end) if start < end <= start + PARCEL_PIECE_BYTES_MAX else None
