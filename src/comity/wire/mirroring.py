# SPDX-License-Identifier: Apache-2.0
"""How partners write: push, and C2SP's `add-checkpoint` and `add-entries`, status by status.

Source: DESIGN 5; C2SP tlog-witness, tlog-mirror; docs/formats/wire.md
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import replace
from typing import Final

from comity.basis.errors import EdgeError, InputError, StateError
from comity.basis.limits import ADD_CHECKPOINT_BYTES_MAX, ADD_ENTRIES_PACKAGES_MAX
from comity.flows.context import Context
from comity.flows.pending import Kept, OtherSize, take_checkpoint
from comity.flows.serving.pushes import Cosigned, take_push
from comity.flows.serving.strangers import LetIn, Strangers
from comity.flows.serving.uploads import (
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
from comity.tlog.add_entries import (
    PACKAGE_BYTES_MAX,
    AddEntries,
    EntryPackage,
    PackageReader,
    parse_head,
)
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

    def __init__(
        self, context: Context, arrived: Arrived, lanes: Lanes, strangers: Strangers
    ) -> None:
        """Take for a node; `arrived` is told what came."""
        self._context = context
        self._arrived = arrived
        self._lanes = lanes
        self._replays = Lanes(lanes.limits)
        self._strangers = strangers

    def routes(self) -> tuple[Route, ...]:
        """Give the routes, which need no signature on the request: what comes proves itself."""
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

    async def _push(self, request: WireRequest, match: re.Match[str]) -> WireReply:
        del match
        raw = await read_body(request, self._context.config.limits.push_bytes_max)
        push = parse_push(raw)
        let_in = await self._strangers.with_push(request, raw, push)
        lanes = await self._lanes_of(let_in, push.signed.checkpoint.size)
        async with lanes.enter(let_in.by, is_proven=let_in.is_proven):
            outcome = await take_push(self._context, push, let_in.served)
        match outcome:
            case Cosigned():
                if push.entries:
                    self._lanes.proven(let_in.by)
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
        let_in = await self._strangers.with_checkpoint(request, raw, added.signed)
        lanes = await self._lanes_of(let_in, added.signed.checkpoint.size)
        async with lanes.enter(let_in.by, is_proven=let_in.is_proven):
            outcome = await take_checkpoint(self._context, added)
        match outcome:
            case Kept(size):
                if size > added.old_size:
                    self._lanes.proven(let_in.by)
                return bytes_reply(200, b"", TEXT)
            case OtherSize():
                return _other_size(outcome)

    async def _add_entries(self, request: WireRequest, match: re.Match[str]) -> WireReply:
        del match
        async with aclosing(stream_decoded(request)) as chunks:
            body = _Body(chunks)
            head = await body.head()
            packages = _Packages(head, body)
            signed = await self._strangers.signer(request, head.origin)
            # Whether there is such a register or not, as much is read before the answer.
            let_in = signed or await self._strangers.with_package(head, await packages.first())
            upload = await open_upload(self._context, head)
            if isinstance(upload, Elsewhere):
                return _elsewhere(409, upload)
            return await self._upload(upload, packages, let_in)

    async def _lanes_of(self, let_in: LetIn, size: int) -> Lanes:
        """Give the lanes that a request counts in: no partner's own, for what anybody may repeat.

        There its address bounds it, and nothing of the partner's that is new or signed waits.
        """
        is_theirs = let_in.is_proven or await let_in.is_new(self._context, size)
        return self._lanes if is_theirs else self._replays

    async def _upload(self, upload: Upload, packages: _Packages, let_in: LetIn) -> WireReply:
        try:
            taken = await self._take_packages(upload, packages, let_in)
        except StateError as err:
            if err.code not in _MOVED:
                raise
            return _elsewhere(409, await where_upload_stands(self._context, upload))
        if taken:
            self._arrived(upload.served.agreement, upload.served.party)
        if not packages.is_done:
            return await self._prefix(upload, taken)
        match await finish_upload(self._context, upload):
            case Reached() as reached:
                return bytes_reply(200, reached.lines, TEXT, _ACCEPTS)
            case Elsewhere() as elsewhere:
                return _elsewhere(409, elsewhere)

    async def _take_packages(self, upload: Upload, packages: _Packages, let_in: LetIn) -> int:
        """Take the packages that come; say how many.

        A request that is cut off counts as far as it came; more than a request should hold is
        left for the next.
        """
        taken = 0
        while taken < ADD_ENTRIES_PACKAGES_MAX and (package := await packages.take()) is not None:
            lanes = self._lanes if let_in.is_proven else self._replays
            async with lanes.enter(let_in.by, is_proven=let_in.is_proven):
                await take_package(self._context, upload, package)
            taken += 1
        return taken

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


class _Packages:
    """The packages of an upload as they come, of which the first may be looked at beforehand."""

    def __init__(self, head: AddEntries, body: _Body) -> None:
        self._reader = PackageReader(head)
        self._chunks = body.rest()
        self._fed: Iterator[EntryPackage] = iter(())
        self._first: EntryPackage | None = None

    @property
    def is_done(self) -> bool:
        """Say whether the last package has come and was taken."""
        return self._reader.is_done and self._first is None

    async def first(self) -> EntryPackage | None:
        """Look at the first package; None: the body ends before it does."""
        self._first = await self.take()
        return self._first

    async def take(self) -> EntryPackage | None:
        """Give the next package; None: the body ends before it does, or it was the last."""
        package, self._first = self._first, None
        while package is None and not self._reader.is_done:
            package = next(self._fed, None)
            if package is None:
                chunk = await anext(self._chunks, None)
                if chunk is None:
                    break
                self._fed = self._reader.feed(chunk)
        return package


def _other_size(outcome: OtherSize) -> WireReply:
    missing = _missing(outcome.missing)
    return bytes_reply(409, format_size(outcome.size), SIZE_TYPE, *missing)


def _elsewhere(status: int, elsewhere: Elsewhere) -> WireReply:
    said, missing = format_mirror_info(elsewhere.said), _missing(elsewhere.missing)
    return bytes_reply(status, said, MIRROR_INFO_TYPE, _ACCEPTS, *missing)


def _missing(index: int | None) -> tuple[tuple[str, str], ...]:
    return () if index is None else ((MISSING_HEADER, str(index)),)
