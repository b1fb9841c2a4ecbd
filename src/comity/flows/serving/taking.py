# SPDX-License-Identifier: Apache-2.0
"""Taking a push: parcels of what is held, checkpoints shown to us, entries; then our receipt.

The framing was read before (tlog/push.py); which registers are served, and by whom, is decided by
whoever calls. Source: DESIGN 4, 5
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import InputError, ProofError, StateError
from comity.basis.ids import AgreementId, Digest, PartyId, Place, digest_of
from comity.decision.house import allow_house_act
from comity.flows.alerts import NODE_CHANNEL
from comity.flows.arrivals import BY_PLACE, absorb, due_places, may_yet_count
from comity.flows.channels import check_way
from comity.flows.commits import commit_along
from comity.flows.context import Context, decide_again
from comity.flows.delivery_routes import is_carried_on
from comity.flows.mirror import cosign_mirror, meet_checkpoint, take_segment
from comity.flows.naming import clear_digests, readable
from comity.flows.parcels import (
    Parcel,
    is_held,
    parcel_of,
    small_parcel,
)
from comity.flows.signing import settle
from comity.flows.speak import Entered
from comity.flows.turns import at_hand, turn
from comity.flows.upkeep import tend
from comity.flows.view import View
from comity.ports import Change, Cosignature, HeldParcel
from comity.statement.envelope import Statement
from comity.statement.mirrored import Segment
from comity.tlog.checkpoints import SignedCheckpoint

# So many parcels come one by one, not as a batch.
_FEW_MAX: Final = 7


@dataclass(frozen=True, slots=True)
class Pushed:
    """What one push brings: the register of `party`, others' checkpoints, and parcels.

    `segment` None, or one without entries: only the receipt is asked for. A parcel is named by
    its register's origin and the entry's index; it holds head and sealed payload, or a clear one.
    """

    party: PartyId
    segment: Segment | None = None
    held: tuple[tuple[PartyId, SignedCheckpoint], ...] = ()
    parcels: tuple[HeldParcel, ...] = ()


@dataclass(frozen=True, slots=True)
class PushTaken:
    """What came of a push: where the mirror stands now, and our cosignature of just that.

    `refused` are the parcels that are not those of their entries, each with the code of why.
    """

    size: int
    cosignature: Cosignature | None
    entries: int
    parcels: int
    refused: tuple[tuple[str, int, str], ...]


async def take_push(context: Context, agreement: AgreementId, pushed: Pushed) -> PushTaken:
    """Take a push whole.

    1. parcels first: a card that came may unlock the judging of what follows;
    2. checkpoints of other registers are held against what we hold;
    3. entries and their checkpoint are checked, judged and stored;
    4. only then the mirror is cosigned, the same size always with the same lines.

    Parcels that nobody asked for, or that are here, are passed over.

    Raises:
        StateError: entries or a card are missing before these, or the register is disputed.
        ProofError: a signature or the root does not hold; nothing of the entries is stored.
        EquivocationError: a party signed two stories; both are kept as evidence.
        EdgeError: our disk failed. Nothing is passed over for that: it is pushed again.
    """

    async def attempt() -> PushTaken:
        async with turn(context, agreement) as view:
            return await take_pushed(context, view, pushed)

    return await decide_again(attempt)


async def take_pushed(context: Context, view: View, pushed: Pushed) -> PushTaken:
    """Take a push inside a turn, as `take_push` does.

    A parcel that comes with its own entry is kept once that is stored.
    """
    before = view.heads[pushed.party]
    sorting, late = _Sorting(context, view), list[HeldParcel]()
    here = list[HeldParcel]()
    for each in pushed.parcels:
        is_late = each.origin == before.origin and each.index >= before.size
        (late if is_late else here).append(each)
    await sorting.take(here)
    sealed = await sorting.absorb()  # 1
    for party, signed in pushed.held:
        await meet_checkpoint(context, view, party, signed)  # 2
    segment = pushed.segment
    if segment is not None and segment.signed.checkpoint.size > before.size:
        await take_segment(
            context, view, pushed.party, segment, {}, parcels=sealed, cosigning=True
        )  # 3
    else:
        await _keep(context, view, sealed)
        if segment is not None:
            await take_segment(context, view, pushed.party, segment, {})
    if late:
        await sorting.take(late)
        await _keep(context, view, await sorting.absorb())
    given = await cosign_mirror(context, view, pushed.party)  # 4
    size = view.heads[pushed.party].size
    return PushTaken(size, given, size - before.size, sorting.taken, tuple(sorting.refused))


async def follow_up(
    context: Context, agreement: AgreementId, *, lately: bool = False
) -> tuple[Entered, ...]:
    """Do what is due after pushes, once the reply is on its way: custody, and our answers.

    With `lately` no parcel is looked for but those that came since somebody looked last.
    """
    return await tend(context, agreement, lately=lately)


def few_came(context: Context, agreement: AgreementId) -> bool:
    """Answer whether a few parcels have come since somebody looked: a watch waits for such."""
    view = at_hand(context, agreement)
    return view is not None and 0 < len(view.open.here) <= _FEW_MAX


async def settle_down(context: Context, agreement: AgreementId) -> None:
    """Keep what is signed and waits for the next commit, as when nothing comes for a while."""
    async with turn(context, agreement) as view:
        await settle(context, view)


async def _keep(context: Context, view: View, sealed: tuple[HeldParcel, ...]) -> None:
    if sealed:
        kept = Change(allowed_by=allow_house_act("payload.keep"), parcels=sealed)
        await commit_along(context, view, kept)


class _Sorting:
    """Parcels of one push: what is wanted of them, in the clear or sealed, and what is wrong."""

    def __init__(self, context: Context, view: View) -> None:
        self._context = context
        self._view = view
        self._parties: dict[str, PartyId] = {}
        self._ahead: frozenset[Place] = frozenset()
        self._clear: dict[Digest, bytes] = {}
        self._sealed: dict[Place, HeldParcel] = {}
        self._carried: set[Place] = set()
        self.refused: list[tuple[str, int, str]] = []
        self.taken = 0

    async def take(self, parcels: Iterable[HeldParcel]) -> None:
        """Check parcels against what their entries name."""
        self._parties = {head.origin: party for party, head in self._view.heads.items()}
        self._ahead = self._view.ahead(self._context.ports.clock.now())
        for each in parcels:
            try:
                await self._sort(each)
            except (InputError, ProofError, StateError) as err:
                self.refused.append((each.origin, each.index, err.code))

    async def absorb(self) -> tuple[HeldParcel, ...]:
        """Keep what came in the clear; give the sealed parcels that are to be kept."""
        clear, sealed, carried = self._clear, self._sealed, self._carried
        self._clear, self._sealed, self._carried = {}, {}, set()
        if clear:
            await absorb(self._context, self._view, clear)
        due = await due_places(self._context, self._view, sealed)
        wanted = sorted(carried.union(due), key=BY_PLACE)
        self.taken += len(clear) + len(wanted)
        return tuple(sealed[place] for place in wanted)

    async def _is_here(self, parcel: Parcel) -> bool:
        """Answer whether a parcel is here; one that waits is looked for where the last ones are.

        The same parcel kept again is the same.
        """
        if parcel.place in self._view.open.parcels:
            return parcel.place in self._view.parcels
        return await is_held(self._context, self._view, parcel.parts[1])

    async def _sort(self, pushed: HeldParcel) -> None:
        place, statement = await self._find_entry(pushed)
        parcel, raw = parcel_of(place, statement), pushed.raw or b""
        if parcel is not None:
            check_way(self._view, place, statement, NODE_CHANNEL)
            small_parcel(parcel, raw)
            if not await self._is_here(parcel):
                self._sealed[parcel.place] = pushed
                carried = is_carried_on(self._view, parcel.statement)
                if carried or may_yet_count(self._view, parcel, self._ahead):
                    self._carried.add(parcel.place)
        elif (digest := digest_of(raw)) in clear_digests(statement.body):
            self._clear[digest] = raw

    async def _find_entry(self, pushed: HeldParcel) -> tuple[Place, Statement]:
        """Find the entry that a parcel claims to be of."""
        party = self._parties.get(pushed.origin)
        if party is not None:
            place = Place(party, pushed.index)
            statement = self._view.recent.get(place)
            if statement is None:
                end = pushed.index + 1
                entries = self._context.ports.store.entries
                statement = next(readable(await entries(pushed.origin, pushed.index, end)), None)
            if statement is not None:
                return place, statement
        raise StateError(
            "parcel.no-entry",
            "no entry that is held here names this parcel",
            where=f"{pushed.origin} {pushed.index}",
            hint="push the entry first; its parcel follows once it is cosigned",
        )
