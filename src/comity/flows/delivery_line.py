# SPDX-License-Identifier: Apache-2.0
"""One line: a register on its way to one partner. It owns "unacknowledged from N".

N is what the partner's cosignature or its 409 says, and nothing else. One push is in flight at a
time; what is entered meanwhile goes with the next. Source: DESIGN 5; docs/formats/wire.md
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from comity.basis.errors import (
    ComityError,
    EdgeError,
    InputError,
    InvariantError,
    Problem,
    ProofError,
    StateError,
)
from comity.basis.ids import AgreementId, PartyId
from comity.basis.instants import Instant
from comity.flows.context import Context, decide_again
from comity.flows.delivery_again import send_again
from comity.flows.delivery_dispute import meet_partner_mirror
from comity.flows.delivery_lane import ParcelLane
from comity.flows.delivery_load import PUSH_BYTES_MIN, Ledger, Load, gather_load, open_ledger
from comity.flows.delivery_receipts import missing_receipts, take_loss, take_receipt
from comity.flows.delivery_replies import (
    MISSING_HEADER,
    count_refused,
    refusal,
    retry_after,
)
from comity.flows.delivery_routes import Route
from comity.flows.delivery_trouble import Trouble
from comity.flows.delivery_waits import Waits, loop_now
from comity.flows.signing import settle
from comity.flows.turns import turn
from comity.flows.view import View
from comity.ports import WireReply, WireRequest
from comity.tlog.mirror_sizes import parse_size
from comity.tlog.push import PUSH_TYPE

PUSH_PATH: Final = "/push"
PUSH_TIMEOUT_S: Final = 60.0
HUB_ASKED_S: Final = 30.0
"""How long a hub is left in peace that has not given every other party's cosignature."""
FOLLOWED_S: Final = 0.002
"""So long after a partner has acknowledged entries their parcels follow, unless new entries come
first, which take them along: whoever waits for the acknowledgement hears of it before."""
NOTED_S: Final = 2.0
"""How long a note of what has arrived waits for a commit that it may go along with."""

_OTHER_SIZES_MAX: Final = 4
_FALLS_MAX: Final = 4
"""So often a partner may lose what it has cosigned until it holds the whole register again."""

_SIGNED_BY_OTHERS: Final = "tlog.signature-missing"

HubOf = Callable[[View], PartyId | None]


class LineState(StrEnum):
    """What a line is about: nothing, a push, waiting to try again, waiting for somebody to act."""

    IDLE = "idle"
    SENDING = "sending"
    RETRYING = "retrying"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class LineStatus:
    """Where a line stands, for people who ask. `retry_s` counts from now, in seconds.

    `size` is the register's, `known` the partner's as it said, `acknowledged` what it cosigned.
    `troubled_since`: since when it does not go on, where there is a problem. `last_heard`: when
    something came of the partner by wire, since this node is served.
    """

    agreement: AgreementId
    register: PartyId
    partner: PartyId
    state: LineState
    size: int
    known: int
    acknowledged: int
    parcels_waiting: int
    parcels_refused: int
    last_success: Instant | None
    problem: Problem | None
    retry_s: float | None
    troubled_since: Instant | None = None
    last_heard: Instant | None = None


def nothing_is_told(status: LineStatus) -> None:
    """Stand in where nobody wants to hear of trouble."""
    del status


class Line:
    """Delivers one register to one partner for as long as it runs."""

    def __init__(
        self,
        context: Context,
        agreement: AgreementId,
        route: Route,
        *,
        hub_of: HubOf,
        changed: Callable[[LineStatus], None] = nothing_is_told,
    ) -> None:
        """Begin with nothing known; `run` does the work. `changed` is told of trouble and its end.

        It may not wait.
        """
        self.agreement = agreement
        self.route = route
        self._context = context
        self._hub_of = hub_of
        self._waits = Waits(context.ports.random.token)
        self._state = LineState.IDLE
        self._ledger: Ledger | None = None
        self._trouble = Trouble(context.ports.clock.now, self._tell)
        self._last_success: Instant | None = None
        self._last_heard: Instant | None = None
        self._other_sizes = 0
        self._falls = 0
        self._stepped_to = 0
        self._parcels_refused = 0
        self._asks_hub = False
        self._has_notes = False
        self._changed = changed
        self._lane = ParcelLane(context, agreement, route, arrived=self.kick, changed=self._tell)

    def kick(self) -> None:
        """Say that something was entered."""
        self._waits.kick()

    def notice(self) -> None:
        """Say that the partner was heard of, so that it is worth trying now."""
        self._waits.notice()
        self._lane.notice()

    def heard(self) -> None:
        """Say that something came of the partner itself."""
        self._last_heard = self._context.ports.clock.now()
        self.notice()

    def stop(self) -> None:
        """End after the push in flight."""
        self._waits.end()
        self._lane.stop()

    async def run(self) -> None:
        """Push whenever there is something to push, and large parcels beside, until stopped."""
        lane = asyncio.create_task(self._lane.run(), name="parcels")
        # A lane that breaks takes its line with it, and so is heard of.
        lane.add_done_callback(lambda _: self._waits.end())
        try:
            await self._push_on()
            await self._note_last()
            await lane
        finally:
            lane.cancel()

    async def _push_on(self) -> None:
        while await self._waits.until_due():
            # What is being entered in this turn of the loop goes along.
            await asyncio.sleep(0)
            await self._try()

    def status(self) -> LineStatus:
        """Say where the line stands."""
        ledger, due = self._ledger, self._waits.due_at()
        waits = due is not None and self._state is not LineState.SENDING
        trouble = self._trouble if self._trouble.problem is not None else self._lane.trouble
        return LineStatus(
            agreement=self.agreement,
            register=self.route.register,
            partner=self.route.partner,
            state=self._state,
            size=0 if ledger is None else ledger.size,
            known=0 if ledger is None else ledger.known,
            acknowledged=0 if ledger is None else ledger.acknowledged,
            parcels_waiting=0 if ledger is None else ledger.parcels_waiting,
            parcels_refused=self._parcels_refused,
            last_success=self._last_success,
            problem=trouble.problem,
            retry_s=max(0.0, (due or 0.0) - loop_now()) if waits else None,
            troubled_since=trouble.since,
            last_heard=self._last_heard,
        )

    def _tell(self) -> None:
        self._changed(self.status())

    async def _try(self) -> None:
        try:
            load = await decide_again(self._gather)
            if load is None:
                self._rest()
                return
            self._state = LineState.SENDING
            request = WireRequest("POST", PUSH_PATH, (("content-type", PUSH_TYPE),), load.raw)
            partners = self._context.ports.partners
            # What we take on as a hub we sign for; what is ours proves itself.
            brings = self.route.register != self._context.config.party
            reply = await partners.call(load.card, request, signed=brings, timeout_s=PUSH_TIMEOUT_S)
            await self._take(load, reply)
        except EdgeError as err:
            self._back_off(err)
        except (InputError, ProofError, StateError) as err:
            self._halt(err)

    async def _gather(self) -> Load | None:
        async with turn(self._context, self.agreement) as view:
            if self._ledger is None:
                origin = view.heads[self.route.register].origin
                self._ledger = await open_ledger(self._context, self.route, origin)
            hub = self._hub_of(view)
            await send_again(self._context, view, self.route, self._ledger, hub)
            load = await gather_load(self._context, view, self.route, self._ledger, hub)
            # Of what came with its entry no later receipt says that it is passed by.
            self._ledger.queue.note_along(view)
            held = self._ledger.pace.held_until is not None
            if load is None and self._has_notes and not held:
                await settle(self._context, view)
            self._has_notes = load is None and not held and bool(view.along)
        self._lane.offer(self._ledger)
        return load

    async def _note_last(self) -> None:
        """Keep what parcels have arrived; what is not kept is only sent again."""
        if self._ledger is not None:
            with suppress(EdgeError, StateError):
                async with turn(self._context, self.agreement) as view:
                    await settle(self._context, view)

    async def _take(self, load: Load, reply: WireReply) -> None:
        """Act on a reply, whatever its status."""
        match reply.status:
            case 200:
                await self._acknowledged(load, reply)
            case 409:
                await self._other_size(load, reply)
            case 413:
                self._too_large(load)
            case 403 | 404 if await self._step_back(load):
                self._waits.kick()
            case status:
                if status == 422:
                    # Entries and checkpoint do not fit what it holds: its own word says why.
                    await self._meet_mirror(load)
                self._refused(load, reply)

    async def _acknowledged(self, load: Load, reply: WireReply) -> None:
        ledger = self._the_ledger()
        if load.end > self._stepped_to:
            self._stepped_to = 0
        failed: ComityError | None = None
        async with turn(self._context, self.agreement) as view:
            try:
                await take_receipt(
                    self._context, view, self.route, ledger, load=load, body=reply.body
                )
            except (EdgeError, InputError, ProofError) as err:
                failed = err
            else:
                is_to_hub = self._hub_of(view) == self.route.partner
                self._asks_hub = is_to_hub and bool(
                    await missing_receipts(self._context, view, self.route)
                )
        if failed is not None:
            if self._goes_on_unsigned(load, failed):
                return
            raise failed
        if load.end > load.start:
            ledger.pace.answered(loop_now())
        self._other_sizes = 0
        self._falls = 0 if load.end >= ledger.size else self._falls
        self._parcels_refused += count_refused(reply)
        self._last_success = self._last_heard = self._context.ports.clock.now()
        self._waits.succeed()
        self._trouble.end()
        # A parcel may have been refused only because the partner did not know our newest card.
        self._lane.notice()
        # There may be more: entries, or parcels that this cosignature has made due.
        if load.start < load.end == ledger.size:
            self._waits.ask_at(loop_now() + FOLLOWED_S)
        else:
            self._waits.kick()

    def _goes_on_unsigned(self, load: Load, failed: ComityError) -> bool:
        """Go on with what comes next where a partner took entries and signed by unknown keys.

        Its new card may be on its way, behind entries that wait for a card of ours: were each
        side to wait for the other's, cards that both made meanwhile would come one a wait. Nothing
        counts as acknowledged by this, and where nothing more is to be said the line waits.
        """
        ledger = self._the_ledger()
        if failed.code != _SIGNED_BY_OTHERS or load.start == load.end or load.end >= ledger.size:
            return False
        ledger.go_on_from(load.end)
        self._other_sizes = 0
        self._waits.succeed()
        self._waits.kick()
        return True

    async def _other_size(self, load: Load, reply: WireReply) -> None:
        """Go on from where the partner stands, as it says."""
        ledger, size = self._the_ledger(), parse_size(reply.body)
        self._other_sizes += 1
        if reply.header(MISSING_HEADER) is not None or size == load.start:
            ledger.carded = None
        if size > ledger.size and self.route.register == self._context.config.party:
            await self._meet_mirror(load)
            raise self._ahead(load, size)
        if size < ledger.acknowledged:
            # What it took and cosigned between is no progress where it loses that again.
            self._falls += size < ledger.known
            async with turn(self._context, self.agreement) as view:
                await take_loss(self._context, view, ledger, size)
        else:
            ledger.go_on_from(size)
        ledger.has_answered = True
        if self._other_sizes > _OTHER_SIZES_MAX or self._falls > _FALLS_MAX:
            raise EdgeError(
                "delivery.no-progress",
                "a partner asks for entries from a place, and then from another",
                where=load.origin,
                found=f"{size} after {max(self._other_sizes, self._falls)} tries",
            )
        self._waits.kick()

    async def _step_back(self, load: Load) -> bool:
        """Ask by the checkpoint that covers a card first; answer whether there is an older one.

        A partner that was restored to before that card knows only the keys that signed it; to
        whoever signs by others nothing is there. The card goes again.
        """
        ledger = self._the_ledger()
        async with turn(self._context, self.agreement) as view:
            changes = view.keys(self.route.register).changes
        covers = [each.index + 1 for each in changes if each.index + 1 < load.end]
        if not covers or covers[-1] == self._stepped_to:
            # It knows the keys of that, and not yet the card: going there again at once is no use.
            self._stepped_to = 0
            return False
        self._stepped_to = covers[-1]
        ledger.go_on_from(covers[-1])
        ledger.carded = None
        # Entries after the card are signed by its keys: they wait for the answer.
        ledger.has_answered = False
        return True

    def _ahead(self, load: Load, size: int) -> StateError:
        return StateError(
            "delivery.partner-ahead",
            "the partner says that it holds more of this register than we do",
            where=load.origin,
            expected=f"at most {self._the_ledger().size} entries",
            found=f"{size} entries",
            hint="was this node restored from a backup? see comity doctor",
        )

    def _too_large(self, load: Load) -> None:
        """Send less at a time, down to one entry or one parcel."""
        ledger = self._the_ledger()
        if len(load.raw) <= PUSH_BYTES_MIN:
            raise StateError(
                "delivery.too-large",
                "a partner takes not even one entry",
                where=load.origin,
                found=f"{len(load.raw)} bytes",
                hint="ask the partner what its listener takes; its card may say it",
            )
        ledger.bytes_max = max(PUSH_BYTES_MIN, len(load.raw) // 2)
        self._waits.kick()

    def _refused(self, load: Load, reply: WireReply) -> None:
        """Come again later, as the partner says if it does; or stop where only people can help."""
        where = f"{load.origin} from {load.start} to {load.end}"
        err = refusal(reply, where=where, expected="status 200")
        if isinstance(err, EdgeError):
            self._back_off(err, retry_after(reply))
        else:
            self._halt(err)

    async def _meet_mirror(self, load: Load) -> None:
        await meet_partner_mirror(
            self._context, self.agreement, self.route, card=load.card, origin=load.origin
        )

    def _rest(self) -> None:
        """Wait for something to send; from a hub, also for what others have cosigned meanwhile."""
        self._state = LineState.IDLE
        self._trouble.end()
        held_until = self._the_ledger().pace.held_until
        if held_until is not None:
            self._waits.ask_at(held_until)
        elif self._asks_hub:
            self._the_ledger().fetch = True
            self._waits.ask_again(HUB_ASKED_S)
        elif self._has_notes:
            self._waits.ask_again(NOTED_S)

    def _back_off(self, err: ComityError, seconds: float | None = None) -> None:
        if seconds is None:
            self._waits.fail(max(0, self._falls - _FALLS_MAX))
        else:
            self._waits.defer(seconds)
        self._state = LineState.RETRYING
        self._trouble.meet(err, self._state)

    def _halt(self, err: ComityError) -> None:
        self._waits.stop()
        self._state = LineState.STOPPED
        self._trouble.meet(err, self._state)

    def _the_ledger(self) -> Ledger:
        if self._ledger is None:
            raise InvariantError("delivery.no-ledger", "a line took a reply before it sent")
        return self._ledger
