# SPDX-License-Identifier: Apache-2.0
"""The keys port on key files: making, signing, wrapping, and the custody of item keys.

Everything that draws randomness for a signature or a wrap is reached from here alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from comity.adapters.custody_wraps import rewrap_all, unwrap
from comity.adapters.key_ring import HeldKey, Ring
from comity.adapters.key_vault import KeyFile, Vault
from comity.adapters.signing_thread import Hand, HandAtOnce
from comity.adapters.tls_keys import TlsKeys
from comity.basis.errors import ProofError, StateError
from comity.basis.ids import Digest, Domain, PartyId
from comity.keys.card_model import CardKey
from comity.keys.notes import (
    Note,
    NoteSignature,
    SignatureType,
    VerifierKey,
    format_note,
    note_signature,
    verifier_key,
)
from comity.keys.sealing_keys import (
    ITEM_KEY_BYTES,
    courier_info,
    unwrap_key,
    wrap_info,
    wrap_key,
)
from comity.keys.signing import PrivateKey, generate_private, sign
from comity.keys.suites import SEALING_ALGORITHMS, SIGNATURE_ALGORITHMS, Algorithm, KeyUse
from comity.ports import PublicKey, Recipient
from comity.sealing.parcels import Wrap
from comity.tlog.checkpoints import (
    Checkpoint,
    SignedCheckpoint,
    format_checkpoint,
    log_messages,
    log_signatures,
    signed_checkpoint,
)
from comity.tlog.cosignatures import cosigner_messages, cosigner_signatures

_ROOT_SET = 0
_CUSTODY_KEY_BYTES = 32
_TLS_PASSWORD_BYTES = 32
_TLS_INFO = b"comity/tls-key/v1"
_OVER_THE_TEXT = (SignatureType.ED25519, SignatureType.OTHER)
_OVER_CHECKPOINTS = (SignatureType.ED25519, SignatureType.COSIGNATURE_MLDSA44)
_COSIGNING = (SignatureType.COSIGNATURE_ED25519, SignatureType.COSIGNATURE_MLDSA44)

MakeKey = Callable[[Algorithm], PrivateKey]


class CustodyRows(Protocol):
    """Where re-wrapped item keys are kept; an erased one is gone from the bytes on disk."""

    async def put(self, rows: tuple[tuple[str, bytes], ...]) -> None:
        """Keep, in place of what was there."""

    async def get(self, item_ref: str) -> bytes | None:
        """Return what is kept, or None."""

    async def held(self, item_refs: frozenset[str]) -> frozenset[str]:
        """Return those of `item_refs` that are kept."""

    async def erase(self, item_ref: str) -> None:
        """Overwrite and remove."""

    async def refs(self) -> tuple[str, ...]:
        """List what is kept, sorted."""

    def close(self) -> None:
        """Release the file."""


class StoredKeys:
    """Our keys, in three vaults and a custody file."""

    def __init__(
        self,
        *,
        party: PartyId,
        domain: Domain,
        vaults: dict[KeyFile, Vault],
        custody: CustodyRows,
        tls: TlsKeys | None = None,
        make_key: MakeKey = generate_private,
    ) -> None:
        """Unlock nothing yet. Without `tls` nobody connects to this node."""
        self._party = party
        self._domain = domain
        self._root = vaults[KeyFile.ROOT]
        self._authority = vaults[KeyFile.AUTHORITY]
        self._node = vaults[KeyFile.NODE]
        self._custody = custody
        self._tls = tls
        self._make_key = make_key
        self._hand: Hand = HandAtOnce()

    def sign_by(self, hand: Hand) -> None:
        """Let checkpoints be signed by this hand from now on."""
        self._hand = hand

    @property
    def flushes(self) -> int:
        """Count the transactions of the custody file since it was opened."""
        return int(getattr(self._custody, "flushes", 0))

    def close(self) -> None:
        """Release the custody file and forget every unlocked key."""
        self._custody.close()
        for vault in (self._root, self._authority, self._node):
            vault.forget()

    # Making and destroying

    async def new_root(self) -> tuple[PublicKey, ...]:
        """Make the root keys."""
        keys = self._signing_keys(_ROOT_SET, KeyUse.ROOT)
        return self._add(self._root, _ROOT_SET, keys)

    async def new_authority(self, card_version: int) -> tuple[PublicKey, ...]:
        """Make authority keys to be named by that version of our card."""
        keys = self._signing_keys(card_version, KeyUse.AUTHORITY)
        return self._add(self._authority, card_version, keys)

    async def new_key_set(self, card_version: int, *sealing: Algorithm) -> tuple[PublicKey, ...]:
        """Make statement, mirror, online and sealing keys for that version of our card."""
        online = self._make_key(Algorithm.ED25519)
        keys = (
            *self._signing_keys(card_version, KeyUse.STATEMENT),
            *self._signing_keys(card_version, KeyUse.MIRROR),
            HeldKey(card_version, KeyUse.ONLINE, online),
            *(
                HeldKey(card_version, KeyUse.SEALING, self._make_key(algorithm))
                for algorithm in sealing or SEALING_ALGORITHMS[:1]
            ),
        )
        return self._add(self._node, card_version, keys)

    async def root_keys(self) -> tuple[PublicKey, ...]:
        """Return the public root keys."""
        return self._root.public().get(_ROOT_SET, ())

    async def public_keys(self, card_version: int) -> tuple[PublicKey, ...]:
        """Return the public keys of that version, authority keys included."""
        authority = self._authority.public().get(card_version, ())
        return (*authority, *self._node.public().get(card_version, ()))

    async def key_sets(self) -> tuple[int, ...]:
        """List the card versions that we hold a key set for, ascending."""
        return tuple(sorted(self._node.public()))

    async def drop_key_set(self, card_version: int) -> None:
        """Destroy the keys of that version."""
        _drop(self._node, lambda key: key.set == card_version)

    async def drop_sealing_keys(self, card_version: int) -> None:
        """Destroy the sealing keys of that version alone."""
        _drop(self._node, lambda key: key.set == card_version and key.use is KeyUse.SEALING)

    # TLS

    async def new_tls_key(self) -> None:
        """Make the TLS key, or the one that is to take over from it."""
        if self._tls is not None:
            self._tls.make(self.tls_password())

    async def tls_pins(self) -> tuple[Digest, ...]:
        """Return the pins of the TLS keys held, the one in use first."""
        return () if self._tls is None else self._tls.pins()

    async def take_next_tls_key(self) -> bool:
        """Let the next TLS key take over, if there is one."""
        return self._tls is not None and self._tls.take_next()

    def finish_tls_change(self) -> None:
        """Finish what a crash left of a change of TLS keys; for whoever holds the node alone."""
        if self._tls is not None:
            self._tls.finish()

    def tls_password(self) -> bytes:
        """Give what the TLS key is encrypted under; it comes from within the node's own key file.

        A passphrase itself never opens PEM: what that format derives from it, guessing outruns.
        """
        derived = HKDF(SHA256(), _TLS_PASSWORD_BYTES, None, _TLS_INFO).derive(
            self._node.ring().custody
        )
        return derived.hex().encode()

    # Signing

    async def sign_card(self, text: str) -> bytes:
        """Sign a card's note text with both root keys; they are locked again after."""
        try:
            return _sign_text(
                self._root.ring(), _ROOT_SET, KeyUse.ROOT, f"{self._domain}/root", text
            )
        finally:
            self._root.forget()

    async def sign_authority(self, text: str, card_version: int | None = None) -> str:
        """Sign an authority note text with both authority keys; they are locked again after."""
        try:
            ring = self._authority.ring()
            version = max(key.set for key in ring.keys) if card_version is None else card_version
            name = f"{self._domain}/authority"
            return _sign_text(ring, version, KeyUse.AUTHORITY, name, text).decode()
        finally:
            self._authority.forget()

    async def sign_checkpoint(
        self, checkpoint: Checkpoint, card_version: int, *, time_s: int = 0
    ) -> bytes:
        """Sign our own register's checkpoint with both statement keys."""
        pair = _pair(self._node.ring(), card_version, KeyUse.STATEMENT)
        keys = _verifiers(pair, checkpoint.origin, _OVER_CHECKPOINTS)
        signatures = await self._hand.sign_both(pair, log_messages(checkpoint, time_s))
        lines = log_signatures(keys, signatures, time_s=time_s)
        return format_checkpoint(signed_checkpoint(checkpoint, lines))

    async def cosign(
        self, checkpoint: SignedCheckpoint, card_version: int, *, time_s: int
    ) -> tuple[NoteSignature, NoteSignature]:
        """Cosign a partner's checkpoint with both mirror keys."""
        pair = _pair(self._node.ring(), card_version, KeyUse.MIRROR)
        name = f"{self._domain}/mirror"
        messages = cosigner_messages(name, checkpoint.checkpoint, time_s)
        signatures = await self._hand.sign_both(pair, messages)
        return cosigner_signatures(_verifiers(pair, name, _COSIGNING), signatures, time_s=time_s)

    async def sign_request(self, message: bytes, card_version: int) -> bytes:
        """Sign what stands for a request with the online key of that version."""
        ring = self._node.ring()
        return sign(ring.find(card_version, KeyUse.ONLINE, Algorithm.ED25519), message)

    # Sealing

    async def new_item_key(self) -> bytes:
        """Return 32 random bytes for one item."""
        return secrets.token_bytes(ITEM_KEY_BYTES)

    async def wrap_item_key(
        self, item_key: bytes, recipients: tuple[Recipient, ...], *, context: Digest
    ) -> tuple[Wrap, ...]:
        """Wrap `item_key` once for each recipient, bound to the statement by `context`."""
        return tuple(
            Wrap(
                to.party,
                to.key.key_id,
                to.key.algorithm,
                wrap_key(
                    to.key.algorithm,
                    to.key.public,
                    wrap_info(to.party, to.key.key_id, context),
                    item_key,
                ),
            )
            for to in recipients
        )

    async def unwrap_item_key(self, wrap: Wrap, *, context: Digest) -> bytes:
        """Return the item key. Party and algorithm are our key's, never the wrap's."""
        return self._unwrap(self._node.ring(), wrap, context)

    async def unwrap_item_keys(
        self, wraps: Sequence[tuple[Wrap, Digest]]
    ) -> list[bytes | ProofError | StateError]:
        """Return item keys by wrap and context; in place of each that does not open, why."""
        ring = self._node.ring()
        opened: list[bytes | ProofError | StateError] = []
        for wrap, context in wraps:
            try:
                opened.append(self._unwrap(ring, wrap, context))
            except (ProofError, StateError) as err:
                opened.append(err)
        return opened

    def _unwrap(self, ring: Ring, wrap: Wrap, context: Digest) -> bytes:
        info = wrap_info(self._party, wrap.key_id, context)
        return unwrap_key(_sealing_key(ring, wrap.key_id), info, wrap.wrap)

    async def wrap_for_courier(self, key: bytes, to: CardKey, *, to_domain: Domain) -> bytes:
        """Wrap the key of a bundle's body to the partner's sealing key."""
        return wrap_key(to.algorithm, to.public, courier_info(self._domain, to_domain), key)

    async def unwrap_from_courier(self, wrap: bytes, *, key_id: str, from_domain: Domain) -> bytes:
        """Return the key of a bundle's body."""
        info = courier_info(from_domain, self._domain)
        return unwrap_key(_sealing_key(self._node.ring(), key_id), info, wrap)

    # Custody

    async def keep_item_key(self, item_ref: str, item_key: bytes) -> None:
        """Keep an item key under the custody key."""
        await self.keep_item_keys(((item_ref, item_key),))

    async def keep_item_keys(self, item_keys: tuple[tuple[str, bytes], ...]) -> None:
        """Keep many item keys, each after the item it opens, in one flush."""
        custody = self._node.ring().custody
        await self._custody.put(rewrap_all(custody, item_keys))

    async def custody_item_key(self, item_ref: str) -> bytes:
        """Return a kept item key."""
        wrapped = await self._custody.get(item_ref)
        if wrapped is None:
            raise StateError(
                "custody.not-held",
                "the key of this item is not held",
                where=item_ref,
                hint="it was erased or never received; the originator can be asked for it again",
            )
        return unwrap(self._node.ring().custody, item_ref, wrapped)

    async def erase_item_key(self, item_ref: str) -> None:
        """Destroy a kept item key."""
        await self._custody.erase(item_ref)

    async def held_item_keys(self, item_refs: frozenset[str]) -> frozenset[str]:
        """Return those of `item_refs` whose keys are held."""
        return await self._custody.held(item_refs)

    async def custody_items(self) -> tuple[str, ...]:
        """List the items whose keys are held, sorted."""
        return await self._custody.refs()

    def _signing_keys(self, set_: int, use: KeyUse) -> tuple[HeldKey, ...]:
        return tuple(
            HeldKey(set_, use, self._make_key(algorithm)) for algorithm in SIGNATURE_ALGORITHMS
        )

    def _add(self, vault: Vault, set_: int, keys: tuple[HeldKey, ...]) -> tuple[PublicKey, ...]:
        def add(ring: Ring) -> Ring:
            if any(key.set == set_ for key in ring.keys):
                raise StateError(
                    "keys.exist",
                    "there are such keys already",
                    where=f"card version {set_}" if set_ else "root",
                    hint="keys that partners have pinned are never made twice",
                )
            custody = ring.custody
            if vault is self._node and not custody:
                custody = secrets.token_bytes(_CUSTODY_KEY_BYTES)
            return replace(ring, keys=(*ring.keys, *keys), custody=custody)

        vault.change(add)
        return tuple(key.public for key in keys)


def _sealing_key(ring: Ring, key_id: str) -> PrivateKey:
    found = ring.find_sealing(key_id)
    if found is not None:
        return found
    raise StateError(
        "keys.no-sealing-key",
        "we do not hold the sealing key that this was wrapped to",
        where=key_id,
        hint="it may have been destroyed on schedule; ask the originator to send it again",
    )


def _drop(vault: Vault, is_dropped: Callable[[HeldKey], bool]) -> None:
    def drop(ring: Ring) -> Ring:
        return replace(ring, keys=tuple(key for key in ring.keys if not is_dropped(key)))

    vault.change(drop)


def _pair(ring: Ring, set_: int, use: KeyUse) -> tuple[PrivateKey, PrivateKey]:
    return ring.find(set_, use, Algorithm.ED25519), ring.find(set_, use, Algorithm.MLDSA44)


def _verifiers(
    pair: tuple[PrivateKey, PrivateKey], name: str, types: tuple[SignatureType, SignatureType]
) -> tuple[VerifierKey, VerifierKey]:
    return (
        verifier_key(name, types[0], pair[0].public),
        verifier_key(name, types[1], pair[1].public),
    )


def _sign_text(ring: Ring, set_: int, use: KeyUse, name: str, text: str) -> bytes:
    pair = _pair(ring, set_, use)
    message = text.encode()
    lines = (
        note_signature(key, sign(private, message))
        for key, private in zip(_verifiers(pair, name, _OVER_THE_TEXT), pair, strict=True)
    )
    return format_note(Note(text, tuple(lines)))
