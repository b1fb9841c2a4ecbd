# SPDX-License-Identifier: Apache-2.0
"""What a commit does, step by step, on any tables that can do the few things listed here.

Both stores run this one procedure, so that the memory double cannot differ from SQLite in what it
accepts. Opening, transactions and the disk's errors belong to the stores themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Protocol

from comity.adapters.crash import crash_point
from comity.basis.errors import EdgeError, InvariantError, StateError
from comity.basis.ids import AgreementId, PartyId
from comity.basis.limits import ENTRY_BYTES_MAX, PARCEL_INLINE_BYTES_MAX
from comity.ports import (
    DERIVED_PREFIX,
    Basis,
    BasisMoved,
    Change,
    Committed,
    Cosignature,
    Document,
    Entries,
    HeldParcel,
    Holding,
    Judgement,
    Position,
    RegisterHead,
    RegisterRow,
    SizedNote,
)
from comity.tlog.proofs import NodeReader
from comity.tlog.tree_head import Checkpoint, parse_checkpoint_text

_END_OF_TEXT = b"\n\n"


class Tables(Protocol):
    """The rows of a store, to be read."""

    def heads(self, agreement: AgreementId | None = None) -> Iterator[RegisterHead]:
        """List registers by origin."""

    def head(self, origin: str) -> RegisterHead | None:
        """Find one register."""

    def journal(self) -> RegisterHead | None:
        """Find the journal opened last."""

    def entries(self, origin: str, start: int, end: int) -> tuple[bytes, ...]:
        """Read entries in order, as far as they are there."""

    def parcel(self, origin: str, index: int) -> bytes | None:
        """Find the parcel kept beside an entry."""

    def stray_parcels(self, limit: int) -> tuple[tuple[str, int], ...]:
        """List the places of parcels beside which there is no entry."""

    def node_reader(self, origin: str) -> NodeReader:
        """Read nodes of a register's tree; a register that is not held has none."""

    def checkpoint(self, origin: str, size: int | None) -> SizedNote | None:
        """Find the checkpoint at a size, or the largest."""

    def checkpoint_sizes(self, origin: str) -> tuple[int, ...]:
        """List the sizes that there is a checkpoint of."""

    def cosignature(self, origin: str, size: int | None, party: PartyId) -> Cosignature | None:
        """Find a party's cosignature at a size, or its largest."""

    def cosignatures(self, origin: str, start: int, limit: int) -> tuple[Cosignature, ...]:
        """List cosignatures by size and party."""

    def judgements(self, origin: str, start: int, end: int) -> tuple[Judgement, ...]:
        """List judgements by index."""

    def document(self, kind: str, key: str) -> bytes | None:
        """Find one document's body."""

    def documents(self, kind: str, *, prefix: str, after: str, limit: int) -> tuple[Document, ...]:
        """List documents by key, in code point order."""

    def version(self, kind: str) -> int:
        """Count the commits that wrote documents of a kind."""

    def versions(self, prefix: str) -> tuple[tuple[str, int], ...]:
        """List kinds and versions by kind."""


class ChangingTables(Protocol):
    """The rows of a store inside a transaction that the store opens: what a change needs."""

    def size(self, origin: str) -> int | None:
        """Say how many entries a register has, or None when it is not held."""

    def journal_origin(self) -> str | None:
        """Name the journal opened last."""

    def open_register(self, row: RegisterRow) -> None:
        """Add an empty register."""

    def is_sound(self, origin: str) -> bool:
        """Tell whether a register's edge, which is to grow, is that of its stored tree."""

    def append(self, origin: str, entries: tuple[bytes, ...]) -> None:
        """Add entries at a register's end, with their nodes and the grown edge."""

    def root_at(self, origin: str, size: int) -> bytes:
        """Give the root that a register's tree has or had at a size."""

    def parcel(self, origin: str, index: int) -> bytes | None:
        """Find the parcel kept beside an entry."""

    def put_parcel(self, new: HeldParcel) -> None:
        """Add a parcel, or erase it."""

    def checkpoint(self, origin: str, size: int | None) -> SizedNote | None:
        """Find the checkpoint at a size."""

    def put_checkpoint(self, note: SizedNote) -> None:
        """Add a checkpoint."""

    def cosignature(self, origin: str, size: int | None, party: PartyId) -> Cosignature | None:
        """Find a party's cosignature at a size."""

    def put_cosignature(self, new: Cosignature) -> None:
        """Add a cosignature."""

    def put_judgements(self, origin: str, new: Sequence[Judgement]) -> Judgement | None:
        """Add judgements on entries of one register; give the first that there is already."""

    def put_document(self, new: Document) -> None:
        """Put a document in place of what was there, or delete it."""

    def version(self, kind: str) -> int:
        """Count the commits that wrote documents of a kind."""

    def versions(self, prefix: str) -> tuple[tuple[str, int], ...]:
        """List kinds and versions by kind."""

    def raise_version(self, kind: str) -> None:
        """Count one more commit for a kind."""

    def clear_derived(self) -> None:
        """Delete every judgement and every derived document."""


def apply_change(tables: ChangingTables, change: Change) -> Committed:
    """Write a whole change into `tables`; the caller commits, or rolls back on any exception.

    1. Compare the basis: what the decision rested on must not have moved.
    2. Open registers and append entries, each with its tree nodes and its new edge; keep parcels.
    3. Keep checkpoints, cosignatures, judgements and documents.
    4. Append to the journal: a change without its journal entry does not exist.
    """
    compare_basis(tables, change.basis)  # 1
    for row in change.registers:  # 2
        _open_register(tables, row)
    positions = [_append(tables, new) for new in change.entries]
    crash_point("store.after-entries")
    _keep_parcels(tables, change.parcels)
    crash_point("store.after-parcels")
    for note in change.checkpoints:  # 3
        _keep_checkpoint(tables, note)
    for cosignature in change.cosignatures:
        _keep_cosignature(tables, cosignature)
    _put_derived(tables, change.judgements, change.documents)
    crash_point("store.after-documents")
    if change.journal:  # 4
        positions.append(_append_journal(tables, change.journal))
    crash_point("store.after-journal")
    return Committed(tuple(positions))


def apply_rebuild(
    tables: ChangingTables,
    judgements: tuple[Judgement, ...],
    documents: tuple[Document, ...],
    basis: Basis,
) -> None:
    """Put these in place of everything derived; the caller commits."""
    compare_basis(tables, basis)
    stray = [new.kind for new in documents if not new.kind.startswith(DERIVED_PREFIX)]
    if stray:
        raise InvariantError(
            "store.not-derived", "a rebuild writes derived documents only", found=stray[0]
        )
    gone = {kind for kind, _ in tables.versions(DERIVED_PREFIX)}
    tables.clear_derived()
    _put_derived(tables, judgements, documents)
    for kind in sorted(gone - {new.kind for new in documents}):
        tables.raise_version(kind)
    crash_point("store.after-derived")


def compare_basis(tables: ChangingTables, basis: Basis) -> None:
    """Refuse when a register has grown or a kind of document was written since the decision."""
    for origin, size in basis.registers:
        _compare(origin, expected=size, found=tables.size(origin) or 0)
    for kind, version in basis.versions:
        _compare(kind, expected=version, found=tables.version(kind))


def _compare(where: str, *, expected: int, found: int) -> None:
    if expected != found:
        raise BasisMoved(
            "store.basis-moved",
            "what the decision rested on has changed",
            where=where,
            expected=str(expected),
            found=str(found),
            hint="decide again",
        )


def _open_register(tables: ChangingTables, row: RegisterRow) -> None:
    if tables.size(row.origin) is not None:
        raise BasisMoved("store.register-exists", "the register is held already", where=row.origin)
    if (row.agreement is None) != (row.holding is Holding.JOURNAL):
        raise InvariantError(
            "store.register-agreement",
            "a journal has no agreement, every other register has one",
            where=row.origin,
        )
    tables.open_register(row)


def _append_journal(tables: ChangingTables, entries: tuple[bytes, ...]) -> Position:
    origin = tables.journal_origin()
    if origin is None:
        raise StateError("store.no-journal", "no journal is open, so nothing may be written")
    return _append(tables, Entries(origin, _held(tables, origin), entries))


def _append(tables: ChangingTables, new: Entries) -> Position:
    _compare(new.origin, expected=new.start, found=_held(tables, new.origin))
    longest = max(map(len, new.entries), default=0)
    if longest > ENTRY_BYTES_MAX:
        raise InvariantError(
            "store.entry-size",
            "an entry is too long for a register",
            where=new.origin,
            expected=f"at most {ENTRY_BYTES_MAX} bytes",
            found=f"{longest} bytes",
        )
    # The edge that we grow must be the one that the stored tree leads to: one flipped bit here
    # would end the register for ever.
    if not tables.is_sound(new.origin):
        raise damaged(new.origin, "the edge is not that of the stored tree")
    tables.append(new.origin, new.entries)
    return Position(new.origin, new.start, new.start + len(new.entries))


def _keep_parcels(tables: ChangingTables, parcels: tuple[HeldParcel, ...]) -> None:
    sizes = {origin: _held(tables, origin) for origin in {each.origin for each in parcels}}
    for new in parcels:
        _keep_parcel(tables, new, sizes[new.origin])


def _keep_parcel(tables: ChangingTables, new: HeldParcel, size: int) -> None:
    """Keep a parcel beside an entry that is held; the same bytes may come again, others not."""
    if not 0 <= new.index < size:
        raise InvariantError(
            "store.parcel-place", "a parcel belongs to a held entry", where=_where(new)
        )
    if new.raw is not None and len(new.raw) > PARCEL_INLINE_BYTES_MAX:
        raise InvariantError(
            "store.parcel-size",
            "the parcel is too long to be kept beside its entry",
            where=_where(new),
            expected=f"at most {PARCEL_INLINE_BYTES_MAX} bytes",
            found=f"{len(new.raw)} bytes",
        )
    held = tables.parcel(new.origin, new.index)
    if held is None or new.raw is None:
        tables.put_parcel(new)
    elif held != new.raw:
        raise InvariantError(
            "store.parcel-differs", "another parcel is kept beside that entry", where=_where(new)
        )


def _where(parcel: HeldParcel) -> str:
    return f"{parcel.origin} {parcel.index}"


def _keep_checkpoint(tables: ChangingTables, note: SizedNote) -> None:
    """Keep a checkpoint that fits what is held; the first one of a size stays."""
    size = _held(tables, note.origin)
    checkpoint = _read_text(note.raw)
    if (checkpoint.origin, checkpoint.size) != (note.origin, note.size):
        raise InvariantError(
            "store.checkpoint-name",
            "the checkpoint speaks of something else",
            where=note.origin,
            expected=str(note.size),
            found=f"{checkpoint.origin} {checkpoint.size}",
        )
    root = checkpoint.root_hash
    if note.size <= size and tables.root_at(note.origin, note.size) != root:
        raise InvariantError(
            "store.checkpoint-root",
            "the checkpoint's root is not that of the entries held",
            where=f"{note.origin} {note.size}",
        )
    held = tables.checkpoint(note.origin, note.size)
    if held is None:
        tables.put_checkpoint(note)
    elif _read_text(held.raw) != checkpoint:
        raise InvariantError(
            "store.checkpoint-forked",
            "another root is on record for that size",
            where=f"{note.origin} {note.size}",
        )


def _keep_cosignature(tables: ChangingTables, new: Cosignature) -> None:
    """Keep a cosignature; the first one stays, so that asking again gives the same bytes."""
    _held(tables, new.origin)
    if tables.cosignature(new.origin, new.size, new.party) is None:
        tables.put_cosignature(new)


def _put_derived(
    tables: ChangingTables, judgements: tuple[Judgement, ...], documents: tuple[Document, ...]
) -> None:
    for origin, run in groupby(judgements, key=attrgetter("origin")):
        size, new = _held(tables, origin), tuple(run)
        strays = [each for each in new if not 0 <= each.index < size]
        wrong = strays[0] if strays else tables.put_judgements(origin, new)
        if wrong is not None:
            raise InvariantError(
                "store.judgement",
                "a judgement belongs to one held entry, once",
                where=f"{origin} {wrong.index}",
            )
    for document in documents:
        if not document.kind or not document.key:
            raise InvariantError("store.document-key", "a document has a kind and a key")
        tables.put_document(document)
    if documents:
        for kind in sorted({document.kind for document in documents}):
            tables.raise_version(kind)


def _held(tables: ChangingTables, origin: str) -> int:
    size = tables.size(origin)
    if size is None:
        raise StateError("store.unknown-register", "no such register is held", where=origin)
    return size


def _read_text(raw: bytes) -> Checkpoint:
    """Read what a checkpoint says; whoever brings it has verified its signatures."""
    text, end, _ = raw.partition(_END_OF_TEXT)
    return parse_checkpoint_text((text + end[:1]).decode("ascii", "replace"))


def damaged(where: str, what: str) -> EdgeError:
    """Say that stored bytes are not what was written."""
    return EdgeError(
        "store.damaged",
        what,
        where=where,
        hint="run register check; a damaged register is refilled from a partner's mirror",
    )
