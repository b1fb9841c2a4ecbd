# SPDX-License-Identifier: Apache-2.0
"""How partners write: push, and C2SP's `add-checkpoint` and `add-entries`, status by status.

Source: DESIGN 5; C2SP tlog-witness, tlog-mirror; docs/formats/wire.md
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Final

from comity.basis.errors import EdgeError, InputError, StateError
from comity.basis.limits import ADD_CHECKPOINT_BYTES_MAX, ADD_ENTRIES_PACKAGES_MAX
from comity.flows.context import Context
from comity.flows.pending import Kept, OtherSize, take_checkpoint
from comity.flows.served import Served, served_mirror
from comity.flows.take_push import Cosigned, take_push
from comity.flows.upload import (
    Elsewhere,
    Reached,
    Upload,
    finish_upload,
    open_upload,
    take_package,
    where_upload_stands,
)
from comity.ports import WireReply, WireRequest
from comity.tlog.add_checkpoint import parse_add_checkpoint
from comity.tlog.add_entries import PACKAGE_BYTES_MAX, AddEntries, PackageReader, parse_head
from comity.tlog.mirror_sizes import (
    MIRROR_INFO_TYPE,
    SIZE_TYPE,
    format_mirror_info,
    format_size,
)
from comity.tlog.push import parse_push
from comity.wire.bodies import CUT_OFF, read_body, stream_decoded
from comity.wire.limits import Lanes
from comity.wire.replies import TEXT, TOO_SLOW, bytes_reply
from comity.wire.routes import Arrived, Route, route

MISSING_HEADER: Final = "comity-missing"
"""The entry, by index, whose card has not come: nothing after it can be taken before."""

REFUSED_HEADER: Final = "comity-refused"
"""Parcels that are not those of their entries: register and index as in the push."""

_HEAD_BYTES_MAX: Final = 2048
"""The most bytes that a head takes here: an origin, and a ticket, of which we give out none."""

_UPLOAD_BYTES_MAX: Final = _HEAD_BYTES_MAX + ADD_ENTRIES_PACKAGES_MAX * PACKAGE_BYTES_MAX
_ACCEPTS: Final = ("accept-encoding", "gzip")
_MOVED: Final = frozenset({"statement.segment-start", "courier.card-missing"})


class Mirroring:
    """Takes what partners push and upload."""

    def __init__(self, context: Context, arrived: Arrived, lanes: Lanes) -> None:
        """Take for a node; `arrived` is told what came."""
        self._context = context
        self._arrived = arrived
        self._lanes = lanes

    def routes(self) -> tuple[Route, ...]:
        """Give the routes, all without a signature on the request: what comes proves itself."""
        most = self._context.config.limits.push_bytes_max
        entries = route("POST", "/add-entries", self._add_entries, bytes_max=_UPLOAD_BYTES_MAX)
        return (
            route("POST", "/push", self._push, bytes_max=most),
            route(
                "POST",
                "/add-checkpoint",
                self._add_checkpoint,
                bytes_max=ADD_CHECKPOINT_BYTES_MAX,
            ),
            replace(entries, streams=True, bytes_held=PACKAGE_BYTES_MAX),
        )

    @asynccontextmanager
    async def _lane(self, origin: str) -> AsyncIterator[Served]:
        """Wait in the lane of the party whose register it is."""
        served = await served_mirror(self._context, origin)
        async with self._lanes.enter(served.party):
            yield served

    async def _push(self, request: WireRequest, match: re.Match[str]) -> WireReply:
        del match
        raw = await read_body(request, self._context.config.limits.push_bytes_max)
        push = parse_push(raw)
        async with self._lane(push.origin) as served:
            outcome = await take_push(self._context, push, served)
        match outcome:
            case Cosigned():
                self._arrived(outcome.served.agreement, outcome.served.party)
                refused = ",".join(f"{one}/{index}" for one, index in outcome.refused)
                headers = ((REFUSED_HEADER, refused),) if refused else ()
                return bytes_reply(200, outcome.lines, TEXT, *headers)
            case OtherSize():
                return _other_size(outcome)

    async def _add_checkpoint(self, request: WireRequest, match: re.Match[str]) -> WireReply:
        del match
        raw = await read_body(request, ADD_CHECKPOINT_BYTES_MAX)
        added = parse_add_checkpoint(raw)
        async with self._lane(added.signed.checkpoint.origin):
            outcome = await take_checkpoint(self._context, added)
        match outcome:
            case Kept():
                return bytes_reply(200, b"", TEXT)
            case OtherSize():
                return _other_size(outcome)

    async def _add_entries(self, request: WireRequest, match: re.Match[str]) -> WireReply:
        del match
        async with aclosing(stream_decoded(request)) as chunks:
            body = _Body(chunks)
            upload = await open_upload(self._context, await body.head())
            if isinstance(upload, Elsewhere):
                return _elsewhere(409, upload)
            return await self._upload(upload, body)

    async def _upload(self, upload: Upload, body: _Body) -> WireReply:
        try:
            taken, is_whole = await self._take_packages(upload, body)
        except StateError as err:
            if err.code not in _MOVED:
                raise
            return _elsewhere(409, await where_upload_stands(self._context, upload))
        if taken:
            self._arrived(upload.served.agreement, upload.served.party)
        if not is_whole:
            return await self._prefix(upload, taken)
        match await finish_upload(self._context, upload):
            case Reached() as reached:
                return bytes_reply(200, reached.lines, TEXT, _ACCEPTS)
            case Elsewhere() as elsewhere:
                return _elsewhere(409, elsewhere)

    async def _take_packages(self, upload: Upload, body: _Body) -> tuple[int, bool]:
        """Take the packages that come; say how many, and whether the last was among them.

        A request that is cut off counts as far as it came; more than a request should hold is
        left for the next.
        """
        reader, taken = PackageReader(upload.head), 0
        if upload.head.start == upload.head.end:
            return 0, True
        async for chunk in body.rest():
            for package in reader.feed(chunk):
                async with self._lanes.enter(upload.served.party):
                    await take_package(self._context, upload, package)
                taken += 1
                if taken == ADD_ENTRIES_PACKAGES_MAX:
                    return taken, reader.is_done
            if reader.is_done:
                break
        return taken, reader.is_done

    async def _prefix(self, upload: Upload, taken: int) -> WireReply:
        if not taken:
            raise InputError("wire.no-package", "a request ends before its first package does")
        return _elsewhere(202, await where_upload_stands(self._context, upload))


class _Body:
    """A body of which the head is read first, and what came with it is not lost."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self._left = b""

    async def head(self) -> AddEntries:
        """Read the head.

        Raises:
            InputError: the body ends before it does, or it does not read.
        """
        raw = b""
        async for chunk in self.rest():
            raw += chunk
            read = parse_head(raw[:_HEAD_BYTES_MAX])
            if read is not None:
                head, length = read
                self._left = raw[length:]
                return head
            if len(raw) >= _HEAD_BYTES_MAX:
                break
        raise InputError("wire.no-head", "a request ends before its head does")

    async def rest(self) -> AsyncIterator[bytes]:
        """Give what comes after what was read; being cut off or unreadable is an end."""
        left, self._left = self._left, b""
        if left:
            yield left
        try:
            async for chunk in self._chunks:
                yield chunk
        except EdgeError as err:
            if err.code not in (CUT_OFF, TOO_SLOW):
                raise


def _other_size(outcome: OtherSize) -> WireReply:
    missing = _missing(outcome.missing)
    return bytes_reply(409, format_size(outcome.size), SIZE_TYPE, *missing)


def _elsewhere(status: int, elsewhere: Elsewhere) -> WireReply:
    said, missing = format_mirror_info(elsewhere.said), _missing(elsewhere.missing)
    return bytes_reply(status, said, MIRROR_INFO_TYPE, _ACCEPTS, *missing)


def _missing(index: int | None) -> tuple[tuple[str, str], ...]:
    return () if index is None else ((MISSING_HEADER, str(index)),)
