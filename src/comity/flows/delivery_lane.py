# SPDX-License-Identifier: Apache-2.0
"""Large parcels on their way to one partner: pieces by PUT, gone on with where they were cut off.

A lane of their own, beside the line: no statement waits behind a large parcel. How far a parcel
has come is the partner's word, so nothing is kept here but that it has arrived.
Source: DESIGN 5; docs/formats/wire.md; RFC 9110 14.4 (Content-Range), 14.5 (partial PUT)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Final

from comity.basis.errors import (
    EdgeError,
    InputError,
    StateError,
)
from comity.basis.ids import AgreementId
from comity.decision.house import allow_house_act
from comity.flows.commits import commit_along
from comity.flows.context import Context
from comity.flows.delivery_load import Ledger
from comity.flows.delivery_parcels import DueParcel, clear_bytes, have_come
from comity.flows.delivery_replies import refusal, retry_after
from comity.flows.delivery_routes import Route
from comity.flows.delivery_trouble import Trouble
from comity.flows.delivery_waits import Waits
from comity.flows.set_up import the_card
from comity.flows.turns import turn
from comity.ports import Change, WireReply, WireRequest
from comity.tlog.mirror_sizes import parse_size
from comity.tlog.origin import origin_hash

PIECE_BYTES: Final = 8 * 1024 * 1024
PIECE_TIMEOUT_S: Final = 300.0
ASK_TIMEOUT_S: Final = 30.0

_TYPE: Final = ("content-type", "application/octet-stream")
_STALLS_MAX: Final = 4


class ParcelLane:
    """Sends the large parcels that a line has found due, one after the other."""

    def __init__(
        self,
        context: Context,
        agreement: AgreementId,
        route: Route,
        *,
        arrived: Callable[[], None],
        changed: Callable[[], None],
    ) -> None:
        """Begin with nothing to send; `arrived` is told of each parcel that is whole.

        `changed` is told when something keeps parcels from going, and when they go again.
        """
        self._context = context
        self._agreement = agreement
        self._route = route
        self._arrived = arrived
        self._ledger: Ledger | None = None
        self._register = ""
        self._reached: dict[int, int] = {}
        self._asked_wait: float | None = None
        self._waits = Waits(context.ports.random.token)
        self.trouble = Trouble(context.ports.clock.now, changed)

    def offer(self, ledger: Ledger) -> None:
        """Say that there may be something to send."""
        self._ledger = ledger
        self._register = origin_hash(ledger.origin)
        if ledger.queue.large:
            self._waits.kick()

    def notice(self) -> None:
        """Say that the partner was heard of."""
        self._waits.notice()

    def stop(self) -> None:
        """End after the piece in flight."""
        self._waits.end()

    async def run(self) -> None:
        """Send whenever there is something to send, until stopped."""
        while await self._waits.until_due():
            if self._ledger is not None:
                await self._send_all(self._ledger)

    async def _send_all(self, ledger: Ledger) -> None:
        """Send what waits; a parcel that is refused lets the others go before it."""
        queue, refused = ledger.queue, 0
        while refused < len(queue.large) and not self._waits.ended:
            try:
                if await self._send(ledger, queue.large[0]):
                    await self._note(ledger, queue.large[0])
            except EdgeError as err:
                self._back_off(err)
                return
            except (InputError, StateError) as err:
                self._asked_wait = None
                self.trouble.meet(err, "refused")
                queue.large.rotate(-1)
                refused += 1
            else:
                self._waits.succeed()
        if refused:
            self._waits.stop()
        else:
            self.trouble.end()

    def _back_off(self, err: EdgeError) -> None:
        self.trouble.meet(err, "retrying")
        if self._asked_wait is None:
            self._waits.fail()
        else:
            self._waits.defer(self._asked_wait)
        self._asked_wait = None

    async def _send(self, ledger: Ledger, due: DueParcel) -> bool:
        """Send what the partner lacks of a parcel; answer whether it is whole there, or gone here.

        1. the parcel is held here; one that was destroyed meanwhile is no longer due, and one that
           a hub carries on may yet come;
        2. the partner says how much it has;
        3. piece after piece, until it has it all.
        """
        source = await self._source(due)
        if source is None:
            return True  # 1
        offset = await self._put(due, None, source)  # 2
        if offset is not None and offset > self._reached.get(due.index, 0):
            # What was cut off has come further all the same: no reason to wait longer each time.
            self._waits.succeed()
            self._reached = {due.index: offset}
        stalls = 0
        while offset is not None and not self._waits.ended:
            after = await self._put(due, offset, source)  # 3
            stalls = stalls + 1 if after is not None and after <= offset else 0
            if stalls > _STALLS_MAX:
                raise _no_progress(ledger, self._route, due, offset)
            offset = after
        return offset is None

    async def _source(self, due: DueParcel) -> bytes | None:
        """Give a clear payload's bytes, or none at all when the parts lie in blobs; None: gone."""
        if due.parts[0].clear:
            async with turn(self._context, self._agreement) as view:
                return clear_bytes(view, due)
        sizes = [await self._context.ports.blobs.size(each.digest) for each in due.parts]
        is_ours = self._route.register == self._context.config.party
        if sizes == [each.size for each in due.parts] and (is_ours or await self._has_come(due)):
            return b""
        if not is_ours:
            raise StateError(
                "delivery.parcel-on-its-way",
                "a parcel that this hub carries on has not come yet",
                where=f"{self._agreement}/{self._route.register}/{due.index}",
                hint="it goes on when its sender has sent it",
            )
        return None

    async def _has_come(self, due: DueParcel) -> bool:
        async with turn(self._context, self._agreement) as view:
            return await have_come(self._context, view, self._route.register, due)

    async def _put(self, due: DueParcel, offset: int | None, source: bytes) -> int | None:
        """Send a piece from `offset`, or only ask; give the partner's offset, None when whole."""
        end = 0 if offset is None else min(due.size, offset + PIECE_BYTES)
        piece = "*" if offset is None else f"{offset}-{end - 1}"
        headers = (
            _TYPE,
            ("content-range", f"bytes {piece}/{due.size}"),
            ("content-length", str(0 if offset is None else end - offset)),
        )
        path = f"/parcel/{self._register}/{due.index}"
        body = b"" if offset is None else self._bytes(due, offset, end, source)
        reply = await self._context.ports.partners.call(
            await the_card(self._context, self._route.partner),
            WireRequest("PUT", path, headers, body),
            signed=True,
            timeout_s=ASK_TIMEOUT_S if offset is None else PIECE_TIMEOUT_S,
        )
        return self._offset(due, reply)

    def _offset(self, due: DueParcel, reply: WireReply) -> int | None:
        """Read where the partner stands with a parcel."""
        match reply.status:
            case 200 | 410:
                # Whole, or not wanted: refused meanwhile, or it does not count there.
                return None
            case 202 | 409:
                offset = parse_size(reply.body)
                if offset < due.size:
                    return offset
        self._asked_wait = retry_after(reply)
        raise refusal(
            reply,
            where=f"{self._agreement}/{self._route.register}/{due.index}",
            expected="status 200, or 202 or 409 with an offset",
        )

    async def _bytes(
        self, due: DueParcel, start: int, end: int, source: bytes
    ) -> AsyncIterator[bytes]:
        """Give the bytes `[start, end)` of a parcel, part after part."""
        if source:
            yield source[start:end]
            return
        begins = 0
        for part in due.parts:
            first, last = max(start, begins), min(end, begins + part.size)
            if first < last:
                left = last - first
                for chunk in await self._context.ports.blobs.read(part.digest, first - begins):
                    yield chunk[:left]
                    left -= len(chunk)
                    if left <= 0:
                        break
            begins += part.size

    async def _note(self, ledger: Ledger, due: DueParcel) -> None:
        """Keep that a parcel has arrived, and tell the line: a card may have held entries back."""
        async with turn(self._context, self._agreement) as view:
            ledger.queue.drop_large(due.index)
            documents = ledger.queue.note()
            if documents:
                allowed = allow_house_act("register.acknowledged")
                change = Change(allowed_by=allowed, documents=documents)
                await commit_along(self._context, view, change)
            ledger.queue.noted()
            ledger.carded = due.index if due.index == ledger.known - 1 else ledger.carded
        self._arrived()


def _no_progress(ledger: Ledger, route: Route, due: DueParcel, offset: int) -> EdgeError:
    return EdgeError(
        "delivery.no-progress",
        "a partner takes pieces of a parcel and does not come further",
        where=f"{route.register}/{due.index}",
        found=f"{offset} of {due.size} bytes, {ledger.queue.waiting} parcels wait",
    )
