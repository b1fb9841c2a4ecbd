# SPDX-License-Identifier: Apache-2.0
"""What flows ask of the outside: store, blobs, keys, clock and random bytes.

Only protocols and the frozen types that cross them live here; every technology is one file of
`adapters/`. The store's writing calls take the decision that allows them: no decision, no bytes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from comity.basis.errors import Problem, StateError
from comity.basis.ids import AgreementId, Digest, Domain, PartyId
from comity.basis.instants import Instant
from comity.decision.stages import Allowed
from comity.keys.card_model import CardKey
from comity.keys.notes import NoteSignature
from comity.keys.suites import Algorithm, KeyUse
from comity.sealing.bundle import BundleHeader, Part
from comity.sealing.parcels import Wrap
from comity.statement.mirrored import Mirrored
from comity.tlog.checkpoints import Checkpoint, SignedCheckpoint
from comity.tlog.proofs import NodeReader
from comity.tlog.tree import Edge

DERIVED_PREFIX = "derived."
"""Document kinds that begin so are caches: `comity rebuild` recreates them."""


class BasisMoved(StateError):  # noqa: N818 (named for what happened, as the contract says)
    """What the decision rested on has changed since: gather and decide again."""


class Clock(Protocol):
    """The time that decisions are made at."""

    @property
    def name(self) -> str:
        """`system`, or `story` for an exercise; shown wherever time is shown when not `system`."""

    def now(self) -> Instant:
        """Return the present instant."""


class Random(Protocol):
    """Unpredictable bytes."""

    def token(self, size: int) -> bytes:
        """Return `size` random bytes."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What was stored: the name of a blob, and its length in bytes."""

    digest: Digest
    size: int


class BlobWriter(Protocol):
    """A blob being written; nothing of it can be read before `finish` returns."""

    async def write(self, chunk: bytes) -> None:
        """Append `chunk`."""

    async def finish(self, expected: Digest | None = None) -> Stored:
        """Flush to disk and name the blob by its SHA-256.

        Raises:
            ProofError: the bytes are not those of `expected`; nothing is kept.
        """

    async def abort(self) -> None:
        """Forget what was written; safe to call after `finish`."""


class Blobs(Protocol):
    """Immutable byte strings named by SHA-256: parcels, agreement files, cards."""

    async def begin(self) -> BlobWriter:
        """Start a blob."""

    async def write(
        self, chunks: AsyncIterator[bytes] | Iterable[bytes], expected: Digest | None = None
    ) -> Stored:
        """Store `chunks` as one blob, durable when this returns; storing it twice is one blob.

        Raises:
            ProofError: the bytes are not those of `expected`; nothing is kept.
        """

    async def read(self, digest: Digest, offset: int = 0) -> Iterator[bytes]:
        """Return the blob from `offset` in chunks of at most 1 MiB.

        The digest is not checked again here: whoever consumes the bytes checks what they seal.

        Raises:
            StateError: no such blob.
        """

    async def size(self, digest: Digest) -> int | None:
        """Return the length in bytes, or None when the blob is not held."""

    async def delete(self, digest: Digest) -> None:
        """Remove the blob; no error when it is not held."""

    async def digests(self) -> tuple[Digest, ...]:
        """List the blobs held, sorted."""


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

    async def custody_item_key(self, item_ref: str) -> bytes:
        """Return a kept item key. Raises StateError when none is held."""

    async def erase_item_key(self, item_ref: str) -> None:
        """Destroy a kept item key: nobody here can open the item again."""

    async def custody_items(self) -> tuple[str, ...]:
        """List the items whose keys are held, sorted."""


class BundleWriter(Protocol):
    """A courier bundle being written; nothing is where it was asked for before `publish`."""

    async def write(self, sealed: bytes) -> None:
        """Append sealed bytes of the body."""

    async def end(self) -> tuple[Part, ...]:
        """End the body; return its parts, each with size and SHA-256."""

    async def publish(self, volumes: tuple[Volume, ...]) -> tuple[str, ...]:
        """Put the volumes where they were asked for, durable; return their names."""

    async def abort(self) -> None:
        """Forget what was written; safe to call after `publish`."""


class Bundles(Protocol):
    """Courier bundles on discs. Names are those that people give: paths."""

    async def begin(self, name: str, part_bytes: int) -> BundleWriter:
        """Start a bundle that is to stand at `name`, or at `name.1`, `name.2` … on several."""

    async def header(self, name: str) -> bytes:
        """Return the first bytes of a volume, at most as many as a header may have."""

    async def stage(self, name: str, header: BundleHeader, offset: int) -> None:
        """Take the parts that a volume carries, from `offset` on, into the node's own folder.

        Raises:
            ProofError: a part is not the one that the header lists; it is not kept.
        """

    async def missing(self, header: BundleHeader) -> tuple[int, ...]:
        """List the parts of a bundle that are not staged yet."""

    async def sealed(self, header: BundleHeader) -> Iterator[bytes]:
        """Return the staged body in chunks of at most 1 MiB."""

    async def forget(self, header: BundleHeader) -> None:
        """Remove what is staged of a bundle."""


@dataclass(frozen=True, slots=True)
class Volume:
    """One disc's share: its outer envelope, and the parts `first` to `last`."""

    header: bytes
    first: int
    last: int


class Holding(StrEnum):
    """Whose register it is: what we say, what a partner said, what our own people did."""

    OWN = "own"
    MIRROR = "mirror"
    JOURNAL = "journal"


@dataclass(frozen=True, slots=True)
class Basis:
    """What a decision rested on: register sizes by origin, document versions by kind.

    A register that is not held counts as size 0, a kind never written as version 0.
    """

    registers: tuple[tuple[str, int], ...] = ()
    versions: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A register to be opened. A journal has no agreement."""

    origin: str
    holding: Holding
    party: PartyId
    agreement: AgreementId | None


@dataclass(frozen=True, slots=True)
class RegisterHead:
    """A register and where it stands. The edge is read from disk, never from memory."""

    origin: str
    holding: Holding
    party: PartyId
    agreement: AgreementId | None
    size: int
    root_hash: bytes
    edge: Edge


@dataclass(frozen=True, slots=True)
class Entries:
    """Entries to append, the first at index `start`, which is the register's size."""

    origin: str
    start: int
    entries: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class SizedNote:
    """A signed checkpoint of a register at `size`; `raw` is the note's exact bytes.

    It may lie ahead of the entries held (pending); at or below them it must fit them.
    """

    origin: str
    size: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A party's cosignature lines on the checkpoint of a register at `size`."""

    origin: str
    size: int
    party: PartyId
    raw: bytes


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether an entry was admitted; if not, the code and the article. Derived."""

    origin: str
    index: int
    admitted: bool
    code: str | None = None
    article: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A value by kind and key. `body` None deletes it. Kinds `derived.…` are caches."""

    kind: str
    key: str
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Change:
    """All that one step writes, and the decision that allows it.

    `journal` entries go to the journal register opened last.
    """

    allowed_by: Allowed | Mirrored
    basis: Basis = Basis()
    registers: tuple[RegisterRow, ...] = ()
    entries: tuple[Entries, ...] = ()
    checkpoints: tuple[SizedNote, ...] = ()
    cosignatures: tuple[Cosignature, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    documents: tuple[Document, ...] = ()
    journal: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Position:
    """Where entries came to stand: `[start, end)` of a register."""

    origin: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit appended, register by register, the journal last."""

    positions: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What `Store.check` found. No problems: every entry leads to every root and checkpoint."""

    registers: int
    entries: int
    problems: tuple[Problem, ...]


class Store(Protocol):
    """Registers (append only), what is derived from them, and documents, in one place.

    Reads see one state each. A decision that rests on several reads names them in its `Basis`.
    """

    async def commit(self, change: Change) -> Committed:
        """Write `change` whole or not at all; durable when this returns.

        Raises:
            BasisMoved: something that the decision rested on has changed; decide again.
            StateError: the store is read-only, or the change does not fit what is held.
            EdgeError: the disk failed; the store refuses to go on.
        """

    async def replace_derived(
        self,
        allowed_by: Allowed,
        judgements: tuple[Judgement, ...],
        documents: tuple[Document, ...],
        *,
        basis: Basis,
    ) -> None:
        """Put these in place of every judgement and every `derived.…` document, in one commit."""

    async def registers(self, agreement: AgreementId | None = None) -> tuple[RegisterHead, ...]:
        """List the registers (of one agreement), sorted by origin."""

    async def register(self, origin: str) -> RegisterHead | None:
        """Return where a register stands, or None when it is not held."""

    async def journal(self) -> RegisterHead | None:
        """Return the journal register opened last."""

    async def entries(self, origin: str, start: int, end: int) -> tuple[bytes, ...]:
        """Return the entries `[start, end)`, as far as they are held."""

    async def node_reader(self, origin: str) -> NodeReader:
        """Return a reader of the register's tree nodes, for proofs; level 0 holds the leaves.

        The reader raises StateError for a node that is not complete, and stays right while the
        register grows. It serves one proof or a few: do not keep it.
        """

    async def checkpoint(self, origin: str, size: int | None = None) -> SizedNote | None:
        """Return the checkpoint at `size`, or the one of greatest size."""

    async def cosignature(self, origin: str, size: int, party: PartyId) -> Cosignature | None:
        """Return a party's cosignature at exactly `size`."""

    async def latest_cosignature(self, origin: str, party: PartyId) -> Cosignature | None:
        """Return a party's cosignature of greatest size."""

    async def cosignatures(
        self, origin: str, *, start: int = 0, limit: int = 1_000_000
    ) -> tuple[Cosignature, ...]:
        """List cosignatures with size ≥ `start`, sorted by (size, party)."""

    async def judgements(self, origin: str, start: int, end: int) -> tuple[Judgement, ...]:
        """Return the judgements on the entries `[start, end)`, by index."""

    async def document(self, kind: str, key: str) -> bytes | None:
        """Return one document's body."""

    async def documents(
        self, kind: str, *, prefix: str = "", after: str = "", limit: int = 1_000_000
    ) -> tuple[Document, ...]:
        """List documents by key (in code point order), beginning after the key `after`."""

    async def version(self, kind: str) -> int:
        """Return how many commits have written documents of that kind."""

    async def versions(self, prefix: str = "") -> tuple[tuple[str, int], ...]:
        """List every kind ever written that begins with `prefix`, and its version."""

    async def read_only(self) -> str | None:
        """Return why the store takes no writes now, or None."""

    async def check(self) -> CheckReport:
        """Read back and re-hash every entry against tiles, edges and checkpoints."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything that a flow may reach."""

    store: Store
    blobs: Blobs
    keys: Keys
    clock: Clock
    random: Random
    bundles: Bundles
