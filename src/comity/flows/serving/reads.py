# SPDX-License-Identifier: Apache-2.0
"""What parties may read of registers here: checkpoints, tiles and bundles of entries.

Nothing beyond the newest checkpoint is shown, and nothing to who is not a party to that agreement.
Source: C2SP tlog-tiles, tlog-mirror (monitoring prefix); DESIGN 5
"""

from __future__ import annotations

from dataclasses import dataclass, field

from comity.basis.ids import AgreementId, PartyId
from comity.basis.limits import PARTIES_MAX, TILE_WIDTH
from comity.flows.context import Context
from comity.flows.delivery_routes import hub_in, is_straight
from comity.flows.documents import AGREEMENT_PIN
from comity.flows.mirror import cosign_mirror
from comity.flows.served import not_served
from comity.flows.set_up import agreement_pins
from comity.flows.signing import settle
from comity.flows.turns import agreed_now, turn
from comity.tlog.checkpoints import (
    SignedCheckpoint,
    format_checkpoint,
    parse_checkpoint,
    with_cosignatures,
)
from comity.tlog.cosignatures import parse_signature_lines
from comity.tlog.origin import origin_hash
from comity.tlog.tiles import Tile, format_bundle, format_hash_tile, tile_width

_TILE_HEIGHT = TILE_WIDTH.bit_length() - 1


@dataclass(frozen=True, slots=True)
class Shown:
    """A register that a party may read: which, of which agreement, and whose."""

    origin: str
    agreement: AgreementId
    party: PartyId


@dataclass(slots=True)
class Readers:
    """Says which registers a party may read, by the names that stand in paths."""

    context: Context
    _version: int = -1
    _shown: dict[str, Shown] = field(default_factory=dict)
    _parties: dict[AgreementId, frozenset[PartyId]] = field(default_factory=dict)

    async def find(self, hash_: str, reader: PartyId) -> Shown:
        """Find a register by the hash of its origin.

        Under a hub clause the hub alone asks, and is asked.

        Raises:
            StateError: there is none, or the reader is no party to its agreement.
        """
        await self._refresh()
        shown = self._shown.get(hash_)
        if shown is None or reader not in self._parties[shown.agreement]:
            raise not_served()
        hub = await hub_now(self.context, shown.agreement)
        if not is_straight(hub, self.context.config.party, reader):
            raise not_served()
        return shown

    async def of_party(self, reader: PartyId) -> tuple[Shown, ...]:
        """List the registers that a party may read, sorted by origin."""
        await self._refresh()
        found = (each for each in self._shown.values() if reader in self._parties[each.agreement])
        return tuple(sorted(found, key=lambda each: each.origin))

    async def _refresh(self) -> None:
        """Read anew after a register was pinned; they are opened with their pins."""
        store = self.context.ports.store
        version = await store.version(AGREEMENT_PIN)
        if version == self._version:
            return
        heads = await store.registers()
        self._shown = {
            origin_hash(head.origin): Shown(head.origin, head.agreement, head.party)
            for head in heads
            if head.agreement is not None
        }
        agreements = {each.agreement for each in self._shown.values()}
        self._parties = {
            each: frozenset(await agreement_pins(self.context, each)) for each in agreements
        }
        self._version = version


async def hub_now(context: Context, agreement: AgreementId) -> PartyId | None:
    """Give the hub of the version that is committed, or None; a flush is not waited for."""
    return hub_in(await agreed_now(context, agreement))


async def read_checkpoint(context: Context, shown: Shown) -> bytes:
    """Give the newest checkpoint, of a mirror the newest that we cosigned, with its cosignatures.

    Raises:
        StateError: there is none yet.
    """
    signed = await _cosigned(context, shown)
    size = signed.checkpoint.size
    found = await context.ports.store.cosignatures(shown.origin, start=size, limit=PARTIES_MAX)
    for each in found:
        if each.size == size:
            signed = with_cosignatures(signed, parse_signature_lines(each.raw))
    return format_checkpoint(signed)


async def read_tile(context: Context, shown: Shown, tile: Tile) -> bytes:
    """Give a tile of hashes, or a bundle of entries; a partial one of any width that is there.

    Raises:
        StateError: the newest checkpoint does not reach so far.
    """
    size = (await _newest(context, shown)).checkpoint.size
    level = 0 if tile.level == "entries" else tile.level
    if tile.width > tile_width(level, tile.index, size):
        raise not_served()
    first = tile.index * TILE_WIDTH
    if tile.level == "entries":
        entries = await context.ports.store.entries(shown.origin, first, first + tile.width)
        return format_bundle(entries)
    read_node = await context.ports.store.node_reader(shown.origin)
    indexes = range(first, first + tile.width)
    return format_hash_tile([read_node(level * _TILE_HEIGHT, index) for index in indexes])


async def _cosigned(context: Context, shown: Shown) -> SignedCheckpoint:
    """Give the checkpoint to show: what we mirror is shown as far as our word on it is kept."""
    own = context.config.party
    if shown.party == own:
        return await _newest(context, shown)
    async with turn(context, shown.agreement) as view:
        # What was answered and waits for the next commit is our word as well, and so is what a
        # crash has kept from being kept: a partner that was restored asks for all that we hold.
        await cosign_mirror(context, view, shown.party)
        await settle(context, view)
    given = await context.ports.store.latest_cosignature(shown.origin, own)
    note = None if given is None else await context.ports.store.checkpoint(shown.origin, given.size)
    if note is None:
        raise not_served()
    return parse_checkpoint(note.raw)


async def _newest(context: Context, shown: Shown) -> SignedCheckpoint:
    note = await context.ports.store.checkpoint(shown.origin)
    if note is None:
        raise not_served()
    return parse_checkpoint(note.raw)
