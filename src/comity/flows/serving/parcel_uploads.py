# SPDX-License-Identifier: Apache-2.0
"""Large parcels, piece by piece: taken only for entries that we cosigned, checked as they stream.

What has come stands in an unfinished blob, is gone on with after a cut or a restart, and counts
against its sender's quota until it is whole or has stalled. Source: DESIGN 5; docs/formats/wire.md
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import EdgeError, InputError, ProofError, StateError, excerpt
from comity.basis.ids import AgreementId, PartyId
from comity.basis.instants import Instant
from comity.basis.limits import PARCEL_UPLOADS_MAX, UPLOAD_STALLED_MS
from comity.decision.house import allow_house_act
from comity.flows.alerts import NODE_CHANNEL
from comity.flows.arrivals import absorb, due_parcels, may_yet_count
from comity.flows.brought import brought_document, parcel_key, parts_brought
from comity.flows.channels import check_way
from comity.flows.context import Context, decide_again
from comity.flows.delivery_routes import hub_of, is_carried_on, is_direct
from comity.flows.documents import PARCEL_UPLOAD, json_document, read_json_document
from comity.flows.outstanding import sealed_at
from comity.flows.parcels import Named
from comity.flows.served import not_served
from comity.flows.serving.parcel_places import PlacedParcel, find_parcel, is_here
from comity.flows.serving.reads import Shown
from comity.flows.serving.upload_writers import UploadWriters
from comity.flows.signing import cosigned_size
from comity.flows.turns import turn
from comity.flows.view import View
from comity.ports import Basis, Change, Document

NOT_WANTED: Final = "wire.parcel-not-wanted"
TOO_MANY_UPLOADS: Final = "wire.too-many-uploads"
SUPERSEDED: Final = "wire.superseded"

NO_BASIS: Final = Basis()

_RANGE: Final = re.compile(
    r"bytes (?:(?P<start>0|[1-9][0-9]{0,17})-(?P<end>0|[1-9][0-9]{0,17})|\*)"
    r"/(?P<total>0|[1-9][0-9]{0,17})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class PieceRange:
    """Which bytes of how many a request brings, `[start, end)`; neither: it only asks."""

    total: int
    start: int | None = None
    end: int = 0


@dataclass(frozen=True, slots=True)
class UploadPlace:
    """Of which entry of which register a parcel is brought, and by which party."""

    shown: Shown
    index: int
    by: PartyId

    @property
    def key(self) -> str:
        """Name the upload."""
        return parcel_key(self.shown.origin, self.index)


@dataclass(frozen=True, slots=True)
class Whole:
    """The parcel is here, and is the one that its statement names."""

    agreement: AgreementId


@dataclass(frozen=True, slots=True)
class UpTo:
    """This much of it is here. `moved`: the piece began elsewhere, and nothing was taken."""

    offset: int
    moved: bool = False


def parse_range(text: str) -> PieceRange:
    """Read a Content-Range.

    Raises:
        InputError: another unit or form, or bytes outside the whole.

    Source: RFC 9110 14.4
    """
    match = _RANGE.fullmatch(text)
    if match is None:
        raise _bad_range(text)
    total = int(match["total"])
    if match["start"] is None:
        return PieceRange(total)
    piece = PieceRange(total, int(match["start"]), int(match["end"]) + 1)
    if not int(match["start"]) < piece.end <= total:
        raise _bad_range(text)
    return piece


class ParcelUploads:
    """Takes parcels. One request at a time writes one of them; a newer one takes over."""

    def __init__(self, context: Context) -> None:
        """Go on with whatever is unfinished."""
        self._context = context
        self._writers = UploadWriters(context.ports.blobs)
        # Which of the requests that run now writes a parcel: the latest.
        self._holders: dict[str, object] = {}
        self._claiming = asyncio.Lock()
        self._doubled = set[str]()

    async def take(
        self, place: UploadPlace, piece: PieceRange, chunks: AsyncIterator[bytes]
    ) -> Whole | UpTo:
        """Take a piece of a parcel.

        1. the entry is one that we cosigned, names a parcel to us, and the party may bring it so;
        2. it is not here yet, and as long as the statement says;
        3. the piece begins where what is here ends;
        4. it fits into the party's quota;
        5. bytes are written part by part, each part checked when it is whole;
        6. a clear payload is kept as what it is.

        Whoever only asks, or begins elsewhere, opens no file and counts against no quota.

        Raises:
            StateError: not served, not wanted, over quota, or another request goes on with it.
            InputError: another length than the statement says, or more than the piece.
            ProofError: the bytes are not those that the statement names; they are dropped.
            EdgeError: it was cut off; what came is kept.
        """
        placed, is_whole = await decide_again(lambda: self._find(place))  # 1
        if not is_whole:
            self._check_length(piece, placed)  # 2
            taken = await self._take(place, piece, placed, chunks)
            if taken.moved or taken.offset < placed.size:
                return taken
            await self._finish(place, placed)  # 6
        return Whole(place.shown.agreement)

    async def _take(
        self,
        place: UploadPlace,
        piece: PieceRange,
        placed: PlacedParcel,
        chunks: AsyncIterator[bytes],
    ) -> UpTo:
        asks = piece.start is None
        token = None if asks else object()
        if token is not None:
            self._holders[place.key] = token
        try:
            offset = await self._offset(place, placed, token)
            if offset == placed.size or piece.start != offset:
                return UpTo(offset, moved=not asks and offset < placed.size)  # 3
            await self._claim(place.by, place.key, placed.size)  # 4
            mine = self._while_held(place.key, token, chunks)
            return UpTo(await self._write(place, placed, piece, mine))  # 5
        except ProofError:
            await self._drop(place.by, place.key, placed)
            raise
        finally:
            if self._holders.get(place.key) is token:
                self._holders.pop(place.key, None)

    async def _while_held(
        self, key: str, token: object, chunks: AsyncIterator[bytes]
    ) -> AsyncIterator[bytes]:
        async for chunk in chunks:
            if self._holders.get(key) is not token:
                raise StateError(SUPERSEDED, "another request goes on with this parcel")
            yield chunk

    async def sweep(self) -> None:
        """Drop every upload that has stalled, and whatever nobody accounts for."""
        live = set[str]()
        for each in await self._context.ports.store.documents(PARCEL_UPLOAD):
            if self._is_stalled(each):
                await self._forget(each)
            else:
                live.add(each.key.partition("/")[2])
        for name in await self._context.ports.blobs.unfinished():
            if name.rpartition(".")[0] not in live:
                await self._writers.discard(name)

    async def close(self) -> None:
        """Pause every writer; what they wrote stays."""
        await self._writers.close()

    async def _find(self, place: UploadPlace) -> tuple[PlacedParcel, bool]:
        shown, index, by = place.shown, place.index, place.by
        async with turn(self._context, shown.agreement) as view:
            placed = await find_parcel(self._context, view, shown, index)
            cosigned = await cosigned_size(self._context, view, shown.party)
            bringer = shown.party if is_direct(view, shown.party) else hub_of(view)
            may_bring = by == bringer and shown.party != view.own
            if not may_bring or cosigned <= index:
                raise not_served()
            if await is_here(self._context, view, placed):
                return placed, True
            check_way(view, placed.place, placed.statement, NODE_CHANNEL)
            await _refuse_unwanted(self._context, view, placed)
            return placed, False

    def _check_length(self, piece: PieceRange, placed: PlacedParcel) -> None:
        if piece.total != placed.size:
            raise InputError(
                "wire.other-length",
                "a parcel is not as long as its statement says",
                where=str(placed.place),
                expected=f"{placed.size} bytes",
                found=f"{piece.total} bytes",
            )
        most = self._context.config.limits.parcel_bytes_max
        if placed.size > most:
            raise InputError(
                "wire.too-large",
                "a parcel is larger than this node takes",
                where=str(placed.place),
                expected=f"at most {most} bytes",
                found=f"{placed.size} bytes",
            )

    async def _offset(self, place: UploadPlace, placed: PlacedParcel, token: object | None) -> int:
        """Say how much has come for this entry: whole parts, and what is written of the next.

        What lies here under the same digest for another entry is not told of. `token` is that of
        the request which may write, None for one that asks.
        """
        key, offset = place.key, 0
        brought = await parts_brought(self._context, key)
        for number, part in enumerate(placed.parts):
            if part.digest in brought and await self._has(part):
                offset += part.size
                continue
            for later in range(number + 1, len(placed.parts)):
                await self._writers.discard(f"{key}.{later}")  # a part is lost that had come before
            written = await self._context.ports.blobs.unfinished_size(f"{key}.{number}")
            if written < part.size or self._holders.get(key) is not token:
                return offset + min(written, part.size - 1)
            await self._finish_part(place, placed, number)  # a crash fell before it had its name
            offset += part.size
        return offset

    async def _has(self, part: Named) -> bool:
        return await self._context.ports.blobs.size(part.digest) is not None

    async def _write(
        self,
        place: UploadPlace,
        placed: PlacedParcel,
        piece: PieceRange,
        chunks: AsyncIterator[bytes],
    ) -> int:
        offset = piece.start or 0
        async for chunk in chunks:
            if offset + len(chunk) > piece.end:
                raise InputError("wire.longer-than-range", "a piece is longer than its range")
            offset = await self._append(place, placed, offset, chunk)
        return offset

    async def _append(
        self, place: UploadPlace, placed: PlacedParcel, offset: int, chunk: bytes
    ) -> int:
        """Write bytes from `offset` on, and finish each part that they complete."""
        begins = 0
        for number, part in enumerate(placed.parts):
            ends = begins + part.size
            if chunk and begins <= offset < ends:
                writer = await self._writers.open(place.by, f"{place.key}.{number}")
                taken = chunk[: ends - offset]
                await writer.write(taken)
                offset, chunk = offset + len(taken), chunk[len(taken) :]
                if offset == ends:
                    await self._finish_part(place, placed, number)
            begins = ends
        return offset

    async def _finish_part(self, place: UploadPlace, placed: PlacedParcel, number: int) -> None:
        """Hold a part against its digest, and note for which entry it has come."""
        part, name = placed.parts[number], f"{place.key}.{number}"
        if part.clear and await self._has(part):
            self._doubled.add(place.key)  # it is another's parcel too, and stays
        writer = await self._writers.open(place.by, name)
        self._writers.forget(name)
        await writer.finish(part.digest)
        if number + 1 < len(placed.parts):
            whole = [each.digest for each in placed.parts[: number + 1]]
            await self._keep(brought_document(place.key, whole))

    async def _claim(self, by: PartyId, key: str, size: int) -> None:
        """Count an upload against its sender's quota, and note that it goes on.

        Of two that fit one at a time and not together, the later one is refused.
        """
        for each in await self._others(by, key):
            if self._is_stalled(each):
                await self._forget(each)
        # One after the other here; the basis is for what another process writes.
        async with self._claiming:
            await decide_again(lambda: self._count(by, key, size))

    async def _count(self, by: PartyId, key: str, size: int) -> None:
        basis = Basis(
            versions=((PARCEL_UPLOAD, await self._context.ports.store.version(PARCEL_UPLOAD)),)
        )
        sizes = [_read(each)[1] for each in await self._others(by, key)]
        total, count = size + sum(sizes), 1 + len(sizes)
        if count > PARCEL_UPLOADS_MAX or total > self._context.config.limits.parcel_bytes_max:
            raise StateError(
                TOO_MANY_UPLOADS,
                "a partner brings too many parcels at once",
                where=by,
                expected=f"{PARCEL_UPLOADS_MAX} at once, and of the size of one together",
                found=f"{count} of {total} bytes",
                hint="finish one before the next",
            )
        at = self._context.ports.clock.now()
        claimed = json_document(PARCEL_UPLOAD, f"{by}/{key}", {"at": at, "total": size})
        await self._keep(claimed, basis=basis)

    async def _others(self, by: PartyId, key: str) -> list[Document]:
        found = await self._context.ports.store.documents(PARCEL_UPLOAD, prefix=f"{by}/")
        return [each for each in found if each.key != f"{by}/{key}"]

    async def _finish(self, place: UploadPlace, placed: PlacedParcel) -> None:
        if placed.is_clear:
            digest = placed.parts[0].digest
            raw = b"".join(await self._context.ports.blobs.read(digest))

            async def keep() -> None:
                async with turn(self._context, place.shown.agreement) as view:
                    await absorb(self._context, view, {digest: raw})

            await decide_again(keep)
            if place.key not in self._doubled:
                await self._context.ports.blobs.delete(digest)
            self._doubled.discard(place.key)
        parts = [each.digest for each in placed.parts]
        brought = () if placed.is_clear else (brought_document(place.key, parts),)
        await self._keep(Document(PARCEL_UPLOAD, f"{place.by}/{place.key}", None), *brought)
        if not placed.is_clear:
            async with turn(self._context, place.shown.agreement) as view:
                view.open.here.add(placed.place)

    async def _drop(self, by: PartyId, key: str, placed: PlacedParcel) -> None:
        for number in range(len(placed.parts)):
            await self._writers.discard(f"{key}.{number}")
        await self._keep(Document(PARCEL_UPLOAD, f"{by}/{key}", None))

    async def _forget(self, upload: Document) -> None:
        """Forget an upload that has stalled."""
        key = upload.key.partition("/")[2]
        self._holders.pop(key, None)
        for name in await self._context.ports.blobs.unfinished():
            if name.rpartition(".")[0] == key:
                await self._writers.discard(name)
        await self._keep(Document(PARCEL_UPLOAD, upload.key, None))

    async def _keep(self, *documents: Document, basis: Basis = NO_BASIS) -> None:
        allowed = allow_house_act("payload.upload")
        change = Change(allowed_by=allowed, basis=basis, documents=documents)
        await self._context.ports.store.commit(change)

    def _is_stalled(self, upload: Document) -> bool:
        return _read(upload)[0] + UPLOAD_STALLED_MS < self._context.ports.clock.now()


def _read(upload: Document) -> tuple[Instant, int]:
    """Read when an upload last went on, and how large the whole is."""
    match read_json_document(upload.body or b""):
        case {"at": int(at), "total": int(total)}:
            return Instant(at), total
        case _:
            raise EdgeError("store.damaged", "the note of an upload does not read")


async def _refuse_unwanted(context: Context, view: View, placed: PlacedParcel) -> None:
    """Refuse what is not to us, was refused, or does not count."""
    parcel = placed.parcel
    if (
        placed.is_clear
        or parcel is None
        or may_yet_count(view, parcel, view.ahead(context.ports.clock.now()))
    ):
        return
    state = view.fold.state
    counts = sealed_at(state, placed.place) is not None
    wanted = is_carried_on(view, parcel.statement) or await due_parcels(
        context, view, (placed.place,)
    )
    if not counts or not wanted:
        raise StateError(
            NOT_WANTED,
            "this parcel is not wanted here",
            where=str(placed.place),
            hint="it is not to this party, was refused, or does not count",
        )


def _bad_range(text: str) -> InputError:
    return InputError(
        "wire.range",
        "not the range of a piece",
        expected="bytes FIRST-LAST/TOTAL, or bytes */TOTAL",
        found=excerpt(text),
    )
