# SPDX-License-Identifier: Apache-2.0
"""What one address and one partner may have at a time: requests, bytes, a rate, a lane of its own.

An address is all that is known before anything is proven. A partner's lane is known by the
register that it writes or the key that signed. Time is the event loop's. Source: DESIGN 5
"""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from comity.basis.errors import StateError
from comity.basis.ids import PartyId
from comity.basis.limits import KIB, MIB


@dataclass(frozen=True, slots=True)
class WireLimits:
    """Bounds of the partners' listener. Rates are a second's; a burst may come at once."""

    address_requests: int = 256
    address_rate: float = 4_000
    address_burst: float = 8_000
    address_buffered_bytes: int = 64 * MIB
    addresses: int = 4_096
    buffered_bytes: int = 512 * MIB
    partner_running: int = 8
    partner_waiting: int = 256
    partner_uploads: int = 8
    partner_rate: float = 2_000
    partner_burst: float = 4_000
    idle_s: float = 20.0
    grace_s: float = 30.0
    bytes_s_min: int = 4 * KIB

    def of_uploads(self) -> WireLimits:
        """Give the bounds of lanes for large parcels: no push waits behind one."""
        return replace(self, partner_running=self.partner_uploads)


class TooMuch(StateError):  # noqa: N818 (named for what happened)
    """Somebody asks too much; `retry_s` says in how many seconds to come again."""

    retry_s: int = 1


def too_much(what: str, *, where: str = "", retry_s: float = 1.0) -> TooMuch:
    """Make the error that says when to come again."""
    err = TooMuch("wire.too-much", what, where=where, hint="come later")
    err.retry_s = max(1, math.ceil(retry_s))
    return err


@dataclass(slots=True)
class Bucket:
    """Tokens that come at a rate and are taken one by one, at most a burst of them at once."""

    rate: float
    burst: float
    left: float
    at: float

    def take(self, now: float) -> float:
        """Take a token; answer in how many seconds there is one, 0 when it was taken."""
        self.left = min(self.burst, self.left + max(0.0, now - self.at) * self.rate)
        self.at = now
        if self.left >= 1:
            self.left -= 1
            return 0.0
        return (1 - self.left) / self.rate


@dataclass(slots=True)
class Address:
    """What comes from one address now."""

    bucket: Bucket
    requests: int = 0
    buffered: int = 0


class Addresses:
    """Counts by address. Of those that have nothing open only the latest are remembered."""

    def __init__(self, limits: WireLimits) -> None:
        """Begin with none."""
        self._limits = limits
        self._known: OrderedDict[str, Address] = OrderedDict()
        self._buffered = 0

    def enter(self, name: str, now: float) -> Address:
        """Let a request in.

        Raises:
            TooMuch: this address has too many open, or comes too fast.
        """
        limits = self._limits
        address = self._known.pop(name, None) or Address(
            Bucket(limits.address_rate, limits.address_burst, limits.address_burst, now)
        )
        self._known[name] = address
        self._forget()
        if address.requests >= limits.address_requests:
            raise too_much("an address has too many requests open")
        wait_s = address.bucket.take(now)
        if wait_s:
            raise too_much("an address asks too often", retry_s=wait_s)
        address.requests += 1
        return address

    def leave(self, address: Address) -> None:
        """Let it out, and free what was kept of its body."""
        address.requests -= 1

    def buffer(self, address: Address, count: int) -> None:
        """Count bytes that are kept until a request ends.

        Raises:
            TooMuch: there is too much of this address, or of all.
        """
        if (
            address.buffered + count > self._limits.address_buffered_bytes
            or self._buffered + count > self._limits.buffered_bytes
        ):
            raise too_much("too many bytes wait to be read")
        address.buffered += count
        self._buffered += count

    def release(self, address: Address, count: int) -> None:
        """Count bytes that are kept no more."""
        address.buffered -= count
        self._buffered -= count

    def __len__(self) -> int:
        """Count the addresses that are remembered."""
        return len(self._known)

    def _forget(self) -> None:
        """Forget the oldest that has nothing open; what is open is bounded by the listener."""
        while len(self._known) > self._limits.addresses:
            oldest, address = self._known.popitem(last=False)
            if address.requests:
                self._known[oldest] = address
                return


def known_already(party: PartyId) -> None:
    """Do nothing about a party that has proven who it is."""


@dataclass(slots=True)
class _Lane:
    bucket: Bucket
    running: asyncio.Semaphore
    waiting: int = 0


@dataclass(slots=True)
class Lanes:
    """A lane for each partner: so many at work, so many waiting, and the rest come later.

    Partners are those that are pinned, so there are no more lanes than cards. `proven` is told of
    whoever has proven who it is.
    """

    limits: WireLimits = field(default_factory=WireLimits)
    proven: Callable[[PartyId], None] = known_already
    _lanes: dict[PartyId, _Lane] = field(default_factory=dict)

    @asynccontextmanager
    async def enter(self, party: PartyId, *, is_proven: bool = True) -> AsyncIterator[None]:
        """Wait for a place in a partner's lane.

        Raises:
            TooMuch: too many wait already, or they come too fast.
        """
        if is_proven:
            self.proven(party)
        now = asyncio.get_running_loop().time()
        lane = self._lane(party, now)
        wait_s = lane.bucket.take(now)
        if wait_s:
            raise too_much("a partner asks too often", where=party, retry_s=wait_s)
        if lane.waiting >= self.limits.partner_waiting:
            raise too_much("too many requests of a partner wait", where=party)
        lane.waiting += 1
        try:
            await lane.running.acquire()
        finally:
            lane.waiting -= 1
        try:
            yield
        finally:
            lane.running.release()

    def _lane(self, party: PartyId, now: float) -> _Lane:
        lane = self._lanes.get(party)
        if lane is None:
            limits = self.limits
            bucket = Bucket(limits.partner_rate, limits.partner_burst, limits.partner_burst, now)
            lane = self._lanes[party] = _Lane(bucket, asyncio.Semaphore(limits.partner_running))
        return lane
