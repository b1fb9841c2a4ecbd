# SPDX-License-Identifier: Apache-2.0
"""Our private keys: what may be done with them, and what of them is public."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from comity.basis.errors import ProofError, StateError
from comity.basis.ids import Digest, Domain, PartyId
from comity.keys.card_model import CardKey
from comity.keys.notes import NoteSignature
from comity.keys.suites import Algorithm, KeyUse
from comity.sealing.parcels import Wrap
from comity.tlog.checkpoints import Checkpoint, SignedCheckpoint


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half of one of our own keys. `key_id` is the one that cards carry."""

    use: KeyUse
    algorithm: Algorithm
    public: bytes
    key_id: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom an item key is wrapped: the party, and the sealing key of its pinned card."""

    party: PartyId
    key: CardKey


class Keys(Protocol):
    """Our private keys. Signing, wrapping and unwrapping draw their own randomness.

    Key sets (statement, mirror, online, sealing) go by the version of the card that names them.
    Root and authority keys stand apart, each under its own passphrase, unlocked only when used.
    """

    async def new_root(self) -> tuple[PublicKey, ...]:
        """Make the root keys. Raises StateError when there are some already."""

    async def new_authority(self, card_version: int) -> tuple[PublicKey, ...]:
        """Make authority keys to be named by that version of our card."""

    async def new_key_set(self, card_version: int, *sealing: Algorithm) -> tuple[PublicKey, ...]:
        """Make statement, mirror, online and sealing keys for that version of our card."""

    async def root_keys(self) -> tuple[PublicKey, ...]:
        """Return the public root keys; needs no passphrase."""

    async def public_keys(self, card_version: int) -> tuple[PublicKey, ...]:
        """Return the public keys of that version, authority keys included; needs no passphrase."""

    async def key_sets(self) -> tuple[int, ...]:
        """List the card versions that we hold a key set for, ascending."""

    async def drop_key_set(self, card_version: int) -> None:
        """Destroy the keys of that version."""

    async def drop_sealing_keys(self, card_version: int) -> None:
        """Destroy the sealing keys of that version alone."""

    async def new_tls_key(self) -> None:
        """Make the TLS key; where there is one, make the next one, unless that waits already.

        Nothing is made where nobody connects to this node, as in memory.
        """

    async def tls_pins(self) -> tuple[Digest, ...]:
        """Return the pins of the TLS keys held, the one in use first; needs no passphrase."""

    async def take_next_tls_key(self) -> bool:
        """Let the next TLS key take the place of the one in use; answer whether there was one."""

    async def sign_card(self, text: str) -> bytes:
        """Sign a card's note text with both root keys."""

    async def sign_authority(self, text: str, card_version: int | None = None) -> str:
        """Sign an authority note text with both authority keys (of the newest version)."""

    async def sign_checkpoint(
        self, checkpoint: Checkpoint, card_version: int, *, time_s: int = 0
    ) -> bytes:
        """Sign our own register's checkpoint with both statement keys, under its origin's name."""

    async def cosign(
        self, checkpoint: SignedCheckpoint, card_version: int, *, time_s: int
    ) -> tuple[NoteSignature, NoteSignature]:
        """Cosign a partner's checkpoint with both mirror keys, named `<domain>/mirror`."""

    async def sign_request(self, message: bytes, card_version: int) -> bytes:
        """Sign what stands for a request (RFC 9421) with the online key of that version."""

    async def new_item_key(self) -> bytes:
        """Return 32 random bytes for one item."""

    async def wrap_item_key(
        self, item_key: bytes, recipients: tuple[Recipient, ...], *, context: Digest
    ) -> tuple[Wrap, ...]:
        """Wrap `item_key` once for each recipient, bound to the statement by `context`."""

    async def unwrap_item_key(self, wrap: Wrap, *, context: Digest) -> bytes:
        """Return the item key.

        Raises:
            ProofError: it was not made for this key and context.
            StateError: the sealing key is not held (any more).
        """

    async def unwrap_item_keys(
        self, wraps: Sequence[tuple[Wrap, Digest]]
    ) -> list[bytes | ProofError | StateError]:
        """Return item keys by wrap and context; in place of each that does not open, why."""

    async def wrap_for_courier(self, key: bytes, to: CardKey, *, to_domain: Domain) -> bytes:
        """Wrap the key of a bundle's body to the partner's sealing key."""

    async def unwrap_from_courier(self, wrap: bytes, *, key_id: str, from_domain: Domain) -> bytes:
        """Return the key of a bundle's body; `key_id` names the sealing key that it is for.

        Raises:
            ProofError: it was not made for that key and these domains.
            StateError: the sealing key is not held (any more).
        """

    async def keep_item_key(self, item_ref: str, item_key: bytes) -> None:
        """Keep an item key under the custody key, outside every database backup."""

    async def keep_item_keys(self, item_keys: tuple[tuple[str, bytes], ...]) -> None:
        """Keep many item keys, each after the item it opens, in one flush."""

    async def custody_item_key(self, item_ref: str) -> bytes:
        """Return a kept item key. Raises StateError when none is held."""

    async def erase_item_key(self, item_ref: str) -> None:
        """Destroy a kept item key: nobody here can open the item again, nor from its disk.

        Raises:
            EdgeError: a copy is still on the disk; erase it again.
        """

    async def held_item_keys(self, item_refs: frozenset[str]) -> frozenset[str]:
        """Return those of `item_refs` whose keys are held."""

    async def custody_items(self) -> tuple[str, ...]:
        """List the items whose keys are held, sorted."""
