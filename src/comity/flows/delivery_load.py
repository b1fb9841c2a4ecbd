# SPDX-License-Identifier: Apache-2.0
"""What goes into one push: entries that the partner lacks, parcels that are due, a checkpoint.

Gathered inside a turn, from the store alone, and never more than one push may hold, so that a
line's memory does not grow with what waits. Source: DESIGN 5; docs/formats/push.md
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Final

from comity.basis.ids import Digest, PartyId
from comity.basis.limits import PARCEL_INLINE_BYTES_MAX, PUSH_BYTES_MAX, PUSH_ENTRIES_MAX
from comity.flows.alerts import NODE_CHANNEL, Early, early_by, is_alert
from comity.flows.channels import may_travel
from comity.flows.checkpoints import sign_sizes
from comity.flows.context import Context
from comity.flows.courier.loads import acknowledged_size, known_size
from comity.flows.delivery_pace import Pace
from comity.flows.delivery_parcels import (
    SMALL_QUEUED_MAX,
    DueParcel,
    ParcelQueue,
    due_parcel,
    open_queue,
    small_bytes,
    statements,
)
from comity.flows.delivery_routes import Route, is_for
from comity.flows.delivery_waits import loop_now
from comity.flows.documents import CARD, PARTNER_LOST
from comity.flows.set_up import the_card
from comity.flows.signing import checkpoint_of
from comity.flows.view import View
from comity.keys.cards import Card
from comity.ports import RegisterHead, SizedNote
from comity.statement.envelope import Statement
from comity.statement.mirrored import is_card_entry, segment_length
from comity.tlog.add_checkpoint import AddCheckpoint
from comity.tlog.checkpoints import SignedCheckpoint, parse_checkpoint
from comity.tlog.push import Push, PushedParcel, entry_bytes, format_push, parcel_bytes

PUSH_BYTES_MIN: Final = 2 * PARCEL_INLINE_BYTES_MAX
"""Room for one entry or one parcel of any size, with its checkpoint."""

# A checkpoint with both signatures, its frame, and the head of add-entries.
_CHECKPOINT_BYTES: Final = 8 * 1024


@dataclass(slots=True)
class Ledger:
    """What one line knows of its partner. Nothing here is lost with the process but time.

    `known` is the size that the partner said last; `acknowledged` what it has cosigned. `fetch`
    asks for a reply although nothing waits; before the first one nothing new is said, should this
    node have been restored. `has_lost`: it said that it holds less than it cosigned. `shown` are
    the checkpoints that the partner has met.
    """

    origin: str
    partner: PartyId
    queue: ParcelQueue
    known: int
    acknowledged: int
    size: int = 0
    fetch: bool = True
    has_answered: bool = False
    has_lost: bool = False
    bytes_max: int = PUSH_BYTES_MAX
    shown: dict[str, int] = field(default_factory=dict)
    is_after_card: bool | None = None
    carded: int | None = None
    card: Card | None = None
    cards_version: int = -1
    early: dict[Digest, Early] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)
    again_version: int = -1

    @property
    def said_key(self) -> str:
        """Name what is kept of how much the partner says that it holds."""
        return f"{self.partner}/{self.origin}"

    @property
    def parcels_waiting(self) -> int:
        """Count the parcels that are to go; entries that were not looked at yet may have some."""
        return self.queue.waits_below(min(self.acknowledged, self.known))

    def go_on_from(self, size: int) -> None:
        """Take the partner's word for where it stands; one that was restored gets more again."""
        self.known, self.is_after_card, self.fetch = size, None, True
        if size < self.acknowledged:
            self.queue.rewind(size)


@dataclass(frozen=True, slots=True)
class Load:
    """One push in bytes, and what follows from its reply.

    `parcels` are the indexes of the entries whose parcels went along, `held` the checkpoints that
    were shown, by origin and size.
    """

    card: Card
    start: int
    note: SizedNote
    raw: bytes
    parcels: tuple[int, ...]
    held: tuple[tuple[str, int], ...]
    ends_with_card: bool

    @property
    def origin(self) -> str:
        """Name the register."""
        return self.note.origin

    @property
    def end(self) -> int:
        """Give the size that the partner is to hold."""
        return self.note.size


async def open_ledger(context: Context, route: Route, origin: str) -> Ledger:
    """Begin with what the store knows of a partner."""
    ledger = Ledger(
        origin=origin,
        partner=route.partner,
        queue=await open_queue(context, route.register, route.partner, origin),
        known=await known_size(context, origin, route.partner),
        acknowledged=await acknowledged_size(context, origin, route.partner),
    )
    lost = await context.ports.store.document(PARTNER_LOST, ledger.said_key)
    ledger.has_lost = lost is not None
    return ledger


async def gather_load(
    context: Context, view: View, route: Route, ledger: Ledger, hub: PartyId | None
) -> Load | None:
    """Gather the next push of a line; None when there is nothing to say.

    1. entries from where the partner stands, up to a card or to what one push holds;
    2. parcels of entries that it has cosigned, and such as may go with their entries. Where batches
       follow each other closely, parcels wait a little for the next entries;
    3. the checkpoint at the end, and others' latest ones that it has not met.

    Raises:
        StateError: our register cannot be signed now.
    """
    head = view.heads[route.register]
    ledger.size = head.size
    # A partner may hold more of another's register than the hub that takes it there.
    if head.size == 0 or ledger.known > head.size:
        ledger.pace.held_until = None
        return None
    return await _Gathering(context, view, route, ledger, hub).load(head)


class _Gathering:
    """One push being put together, within `budget` bytes."""

    def __init__(
        self, context: Context, view: View, route: Route, ledger: Ledger, hub: PartyId | None
    ) -> None:
        self._context = context
        self._view = view
        self._route = route
        self._ledger = ledger
        self._hub = hub
        self._entries: tuple[bytes, ...] = ()
        self._parcels: dict[int, PushedParcel] = {}
        self._budget = 0

    async def load(self, head: RegisterHead) -> Load | None:
        ledger, start = self._ledger, self._ledger.known
        upto = min(ledger.acknowledged, start)
        await ledger.queue.look(self._context, self._view, upto, self._is_for)
        card = await self._card()
        held = await self._held(head)
        allowed = dict(card.limits).get("push_bytes_max", PUSH_BYTES_MAX)
        most = max(PUSH_BYTES_MIN, min(PUSH_BYTES_MAX, ledger.bytes_max, allowed))
        self._budget = most - _CHECKPOINT_BYTES * (1 + len(held))
        may_go_on = await self._take_card(head, start)
        if may_go_on and (ledger.has_answered or start == 0):
            await self._take_entries(head, start)  # 1
        if self._is_held():
            return None
        note = await self._note(head, start)
        if note is None:
            return None
        await self._fit(head, start, note.size)
        await self._take_parcels(note.size)  # 2
        if not (self._entries or self._parcels or ledger.fetch):
            return None
        signed = parse_checkpoint(note.raw)
        push = Push(
            AddCheckpoint(start, (), signed),
            self._entries,
            held,
            tuple(self._parcels[index] for index in sorted(self._parcels)),
        )  # 3
        return Load(
            card,
            start,
            note,
            format_push(push),
            tuple(sorted(self._parcels)),
            tuple((each.checkpoint.origin, each.checkpoint.size) for each in held),
            is_card_entry(self._entries[-1]) if self._entries else bool(ledger.is_after_card),
        )

    def _is_held(self) -> bool:
        """Answer whether there is nothing but parcels that wait for the next entries."""
        ledger, now = self._ledger, loop_now()
        if self._entries:
            ledger.pace.leave(now)
            return False
        may_wait = not (self._parcels or ledger.fetch or self._leaves_alerts())
        waiting = len(ledger.queue.small)
        return ledger.pace.holds(now, waiting if may_wait and waiting < SMALL_QUEUED_MAX else 0)

    def _leaves_alerts(self) -> bool:
        return any(each.leaves_alerts for each in self._early_versions())

    async def _card(self) -> Card:
        """Give the partner's newest card; it is read again only when cards were written."""
        ledger, version = self._ledger, await self._context.ports.store.version(CARD)
        if ledger.card is None or ledger.cards_version != version:
            ledger.card = await the_card(self._context, self._route.partner)
            ledger.cards_version = version
        return ledger.card

    def _is_for(self, statement: Statement) -> bool:
        is_on_route = is_for(statement.to, self._route, self._hub)
        return is_on_route and may_travel(self._view, statement, NODE_CHANNEL)

    async def _take_card(self, head: RegisterHead, start: int) -> bool:
        """Let a card go before the entries after it; answer whether those may go now.

        The partner judges nothing that a card's new keys sign before it has the card.
        """
        ledger = self._ledger
        if ledger.is_after_card is None:
            last = await self._context.ports.store.entries(head.origin, max(0, start - 1), start)
            ledger.is_after_card = any(map(is_card_entry, last))
        if not ledger.is_after_card or ledger.carded == start - 1:
            return True
        last_index = start - 1
        async for _, statement in self._statements(last_index, start):
            due = due_parcel(last_index, statement, self._is_for)
            if due is not None and due.is_small:
                return await self._carry(due)
            return due is None
        return True

    async def _take_entries(self, head: RegisterHead, start: int) -> None:
        """Take a page, leaving parcels that wait a part of the room."""
        end = min(head.size, start + PUSH_ENTRIES_MAX)
        if start == end:
            return
        page = await self._context.ports.store.entries(head.origin, start, end)
        page = page[: segment_length(page)]
        room = self._budget * 3 // 4 if self._ledger.queue.small else self._budget
        count = 0
        for entry in page:
            room -= entry_bytes(entry)
            if count and room < 0:
                break
            count += 1
        self._entries = page[:count]
        self._budget -= sum(map(entry_bytes, self._entries))

    async def _fit(self, head: RegisterHead, start: int, end: int) -> None:
        """Let the entries lead to the checkpoint that there is, be it before or after their end."""
        if end - start > len(self._entries):
            self._entries = await self._context.ports.store.entries(head.origin, start, end)
            self._budget = 0
        self._entries = self._entries[: end - start]

    async def _note(self, head: RegisterHead, start: int) -> SizedNote | None:
        """Give a checkpoint that the entries lead to: signed now, or as the mirror's origin did."""
        end = start + len(self._entries)
        if end == 0:
            return None
        if self._route.register == self._view.own:
            signed = await checkpoint_of(self._context, self._view, end)
            keys = self._view.keys(self._view.own)
            return signed or (await sign_sizes(self._context, head, keys, (end,)))[0]
        return await _mirrored_note(self._context, head, start, end)

    async def _held(self, head: RegisterHead) -> tuple[SignedCheckpoint, ...]:
        """Give the latest checkpoints of the other registers that the partner has not met."""
        found: list[SignedCheckpoint] = []
        for other in self._view.heads.values():
            if other.origin == head.origin or other.size == self._ledger.shown.get(other.origin, 0):
                continue
            note = await self._checkpoint(other)
            if note is not None:
                found.append(parse_checkpoint(note.raw))
        return tuple(found)

    async def _checkpoint(self, head: RegisterHead) -> SizedNote | None:
        if head.party == self._view.own:
            return await checkpoint_of(self._context, self._view, head.size)
        return await self._context.ports.store.checkpoint(head.origin, head.size)

    async def _take_parcels(self, end: int) -> None:
        """Take what goes along: alerts with their entries first, whatever waits besides."""
        along = await self._along(end)
        alerts = [due for due, is_alert in along if is_alert]
        others = [due for due, is_alert in along if not is_alert]
        for group in (alerts, tuple(self._ledger.queue.small), others):
            for due in group:
                if due.index not in self._parcels and not await self._carry(due):
                    break

    async def _along(self, end: int) -> list[tuple[DueParcel, bool]]:
        """List the parcels that may go with the entries of this push, and which are alerts."""
        found: list[tuple[DueParcel, bool]] = []
        if not self._entries or not any(self._early_versions()):
            return found
        async for index, statement in self._statements(self._ledger.known, end):
            version = statement.agreement_sha256
            early = self._ledger.early.get(version)
            if early is not None and early.lets(statement):
                due = due_parcel(index, statement, self._is_for)
                if due is not None and due.is_small:
                    found.append((due, is_alert(self._view, version, statement)))
        return found

    async def _carry(self, due: DueParcel) -> bool:
        """Put a small parcel on the push if there is room; answer whether there was."""
        if due.size > self._budget and (self._parcels or self._entries):
            return False
        raw = await small_bytes(
            self._context, self._view, self._view.heads[self._route.register].origin, due
        )
        if raw is None:
            if not self._may_yet_come():
                self._ledger.queue.drop_small((due.index,))
            return True
        parcel = PushedParcel(0, due.index, raw)
        self._budget -= parcel_bytes(parcel)
        self._parcels[due.index] = parcel
        return True

    def _may_yet_come(self) -> bool:
        """Answer whether a parcel that is not here may be on its way here, to be carried on.

        A hub hands on an entry before it has the parcel. What never comes is given up once so many
        wait that there is no room.
        """
        is_carried_on = self._route.register != self._view.own
        return is_carried_on and len(self._ledger.queue.small) < SMALL_QUEUED_MAX

    def _early_versions(self) -> Iterable[Early]:
        """Say of each version that is here which parcels may go with their entries."""
        early = self._ledger.early
        for version in self._view.files.keys() - early.keys():
            early[version] = early_by(self._view, version, NODE_CHANNEL)
        return early.values()

    def _statements(self, start: int, end: int) -> AsyncIterator[tuple[int, Statement]]:
        return statements(self._context, self._view, self._route.register, start, end)


async def _mirrored_note(
    context: Context, head: RegisterHead, start: int, end: int
) -> SizedNote | None:
    """Find the checkpoint of a mirror to go on to: at `end`, or else before it, or else after it.

    Every stretch that was mirrored ended with a checkpoint, which we cosigned.
    """
    store = context.ports.store
    note = await store.checkpoint(head.origin, end)
    if note is not None or start == end:
        return note
    cosigned = await store.cosignatures(head.origin, start=start + 1, limit=4 * PUSH_ENTRIES_MAX)
    sizes = sorted({each.size for each in cosigned})
    before, after = [each for each in sizes if each <= end], [each for each in sizes if each > end]
    for size in (*reversed(before), *after):
        note = await store.checkpoint(head.origin, size)
        if note is not None:
            return note
    return None
