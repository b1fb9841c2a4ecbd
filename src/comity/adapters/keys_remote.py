# SPDX-License-Identifier: Apache-2.0
"""The keys of a command while the node is served: the node's own keys are used by the node.

Root and authority keys are opened here, by whoever types their passphrases; the served process
never sees them. What needs no private key is done here as well.
"""

from __future__ import annotations

from collections.abc import Sequence

from comity.adapters.node_socket_client import NodeLink
from comity.adapters.node_socket_frames import (
    Cosign,
    CustodyItemKey,
    CustodyItems,
    DropKeySet,
    EraseItemKey,
    HeldItemKeys,
    KeepItemKeys,
    NewKeySet,
    NewTlsKey,
    SignCheckpoint,
    SignRequest,
    TakeNextTlsKey,
    UnwrapFromCourier,
    UnwrapItemKey,
)
from comity.adapters.stored_keys import StoredKeys
from comity.basis.errors import InvariantError, ProofError, StateError
from comity.basis.ids import Digest, Domain
from comity.keys.card_model import CardKey
from comity.keys.notes import NoteSignature
from comity.keys.suites import Algorithm
from comity.ports import PublicKey, Recipient
from comity.sealing.parcels import Wrap
from comity.tlog.checkpoints import Checkpoint, SignedCheckpoint, format_checkpoint


class ServedCustody:
    """Stands where the custody file is the served process's: nothing is kept or read here."""

    async def put(self, rows: tuple[tuple[str, bytes], ...]) -> None:
        """Refuse."""
        del rows
        raise _not_here()

    async def get(self, item_ref: str) -> bytes | None:
        """Refuse."""
        del item_ref
        raise _not_here()

    async def held(self, item_refs: frozenset[str]) -> frozenset[str]:
        """Refuse."""
        del item_refs
        raise _not_here()

    async def erase(self, item_ref: str) -> None:
        """Refuse."""
        del item_ref
        raise _not_here()

    async def refs(self) -> tuple[str, ...]:
        """Refuse."""
        raise _not_here()

    def close(self) -> None:
        """Nothing is open."""


def _not_here() -> InvariantError:
    return InvariantError("custody.served", "the custody file is the served process's alone")


class RemoteKeys:
    """A served node's keys; `near` are the same key files, of which node.key stays locked."""

    def __init__(self, near: StoredKeys, link: NodeLink) -> None:
        """Unlock nothing."""
        self._near = near
        self._link = link
        self.new_root = near.new_root
        self.new_authority = near.new_authority
        self.root_keys = near.root_keys
        self.public_keys = near.public_keys
        self.key_sets = near.key_sets
        self.tls_pins = near.tls_pins
        self.sign_card = near.sign_card
        self.sign_authority = near.sign_authority
        self.new_item_key = near.new_item_key

    async def new_key_set(self, card_version: int, *sealing: Algorithm) -> tuple[PublicKey, ...]:
        """Let the node make the keys of a version."""
        made: tuple[PublicKey, ...] = await self._link.ask(NewKeySet(card_version, sealing))
        return made

    async def drop_key_set(self, card_version: int) -> None:
        """Let the node destroy the keys of a version."""
        await self._link.ask(DropKeySet(card_version, sealing_only=False))

    async def drop_sealing_keys(self, card_version: int) -> None:
        """Let the node destroy the sealing keys of a version."""
        await self._link.ask(DropKeySet(card_version, sealing_only=True))

    async def new_tls_key(self) -> None:
        """Let the node make the next TLS key."""
        await self._link.ask(NewTlsKey())

    async def take_next_tls_key(self) -> bool:
        """Let the node take the next TLS key."""
        return bool(await self._link.ask(TakeNextTlsKey()))

    async def sign_checkpoint(
        self, checkpoint: Checkpoint, card_version: int, *, time_s: int = 0
    ) -> bytes:
        """Let the node sign its own register's checkpoint."""
        signed: bytes = await self._link.ask(SignCheckpoint(checkpoint, card_version, time_s))
        return signed

    async def cosign(
        self, checkpoint: SignedCheckpoint, card_version: int, *, time_s: int
    ) -> tuple[NoteSignature, NoteSignature]:
        """Let the node cosign a partner's checkpoint."""
        asked = Cosign(format_checkpoint(checkpoint), card_version, time_s)
        lines: tuple[NoteSignature, NoteSignature] = await self._link.ask(asked)
        return lines

    async def sign_request(self, message: bytes, card_version: int) -> bytes:
        """Let the node sign what stands for a request."""
        signature: bytes = await self._link.ask(SignRequest(message, card_version))
        return signature

    async def wrap_item_key(
        self, item_key: bytes, recipients: tuple[Recipient, ...], *, context: Digest
    ) -> tuple[Wrap, ...]:
        """Wrap to partners' public keys, which needs nothing of ours."""
        return await self._near.wrap_item_key(item_key, recipients, context=context)

    async def unwrap_item_key(self, wrap: Wrap, *, context: Digest) -> bytes:
        """Let the node open a wrap."""
        item_key: bytes = await self._link.ask(UnwrapItemKey(wrap, context))
        return item_key

    async def unwrap_item_keys(
        self, wraps: Sequence[tuple[Wrap, Digest]]
    ) -> list[bytes | ProofError | StateError]:
        """Let the node open wraps, one after the other."""
        opened: list[bytes | ProofError | StateError] = []
        for wrap, context in wraps:
            try:
                opened.append(await self.unwrap_item_key(wrap, context=context))
            except (ProofError, StateError) as err:
                opened.append(err)
        return opened

    async def wrap_for_courier(self, key: bytes, to: CardKey, *, to_domain: Domain) -> bytes:
        """Wrap to a partner's public key, which needs nothing of ours."""
        return await self._near.wrap_for_courier(key, to, to_domain=to_domain)

    async def unwrap_from_courier(self, wrap: bytes, *, key_id: str, from_domain: Domain) -> bytes:
        """Let the node open the wrap of a bundle's key."""
        key: bytes = await self._link.ask(UnwrapFromCourier(wrap, key_id, from_domain))
        return key

    async def keep_item_key(self, item_ref: str, item_key: bytes) -> None:
        """Let the node take an item key into custody."""
        await self.keep_item_keys(((item_ref, item_key),))

    async def keep_item_keys(self, item_keys: tuple[tuple[str, bytes], ...]) -> None:
        """Let the node take item keys into custody."""
        await self._link.ask(KeepItemKeys(item_keys))

    async def custody_item_key(self, item_ref: str) -> bytes:
        """Get an item key out of custody."""
        item_key: bytes = await self._link.ask(CustodyItemKey(item_ref))
        return item_key

    async def erase_item_key(self, item_ref: str) -> None:
        """Let the node destroy an item key."""
        await self._link.ask(EraseItemKey(item_ref))

    async def held_item_keys(self, item_refs: frozenset[str]) -> frozenset[str]:
        """Ask which of these are in custody."""
        held: frozenset[str] = await self._link.ask(HeldItemKeys(item_refs))
        return held

    async def custody_items(self) -> tuple[str, ...]:
        """List what is in custody."""
        items: tuple[str, ...] = await self._link.ask(CustodyItems())
        return items
