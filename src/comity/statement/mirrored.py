# SPDX-License-Identifier: Apache-2.0
"""The stage `Mirrored`: a stretch of a partner's register that leads to its signed checkpoint.

Only a proof that fails stops here; content that fails is stored, cosigned and judged after.
Source: DESIGN 2, 4; spec/wire.md (push: root from the own edge and the entries)
"""

from collections.abc import Iterable
from itertools import islice

from msgspec import Struct

from comity.basis.errors import EquivocationError, InputError, ProofError, StateError
from comity.basis.limits import ENTRY_BYTES_MAX, SEGMENT_ENTRIES_MAX
from comity.tlog.checkpoints import KeyPair, SignedCheckpoint, format_checkpoint, verify_log
from comity.tlog.tree import Edge, append_leaves, edge_root, leaf_hash

_CARD_KIND = b'"kind":"party.card"'


class Segment(Struct, frozen=True, gc=False):
    """Entries from index `start` on, and the checkpoint that they lead to; nothing is checked."""

    start: int
    entries: tuple[bytes, ...]
    signed: SignedCheckpoint

    def beyond(self, size: int) -> "Segment":
        """Leave out the entries before index `size`, which it begins at or before."""
        return Segment(size, self.entries[size - self.start :], self.signed)


class Mirrored(Struct, frozen=True, gc=False):
    """Entries that the origin has signed for; `edge` is the tree's after them.

    Built by `verify_segment` alone.
    """

    origin: str
    start: int
    entries: tuple[bytes, ...]
    edge: Edge
    checkpoint: SignedCheckpoint


def verify_segment(
    edge: Edge, segment: Segment, *, keys: KeyPair, held: SignedCheckpoint | None = None
) -> Mirrored:
    """Check that `segment` continues the mirror that ends in `edge`, and that its origin signed.

    `keys` are the origin's at the checkpoint's size; `held` is a verified checkpoint of the
    mirror's own size, if there is one. A segment without entries fetches a lost reply.

    1. it starts where the mirror ends, and holds what the checkpoint counts;
    2. both log signatures hold;
    3. the entries lead to the signed root.

    Raises:
        StateError: it starts elsewhere.
        InputError: entries and checkpoint do not match in number, or go on after a card.
        ProofError: a signature is missing or wrong, or the root does not follow. The entries
            are not signed one by one, so whoever carried them may be at fault.
        EquivocationError: the origin signed two roots for one size; both notes are attached.

    Source: DESIGN 4, 6; spec/wire.md
    """
    _check_extent(edge, segment)
    _check_card_ends(segment.entries)
    verify_log(segment.signed, keys)
    if held is not None:
        verify_same_tree(held, segment.signed)
    grown = append_leaves(edge, [leaf_hash(entry) for entry in segment.entries]).edge
    checkpoint = segment.signed.checkpoint
    if edge_root(grown) != checkpoint.root_hash:
        raise ProofError(
            "statement.root-mismatch",
            "entries do not lead to the signed root",
            where=f"{checkpoint.origin} size {checkpoint.size}",
            expected=checkpoint.root_hash.hex(),
            found=edge_root(grown).hex(),
            hint="ask for the entries again; if it stays so, compare checkpoints with the party",
        )
    return Mirrored(checkpoint.origin, segment.start, segment.entries, grown, segment.signed)


def verify_same_tree(held: SignedCheckpoint, met: SignedCheckpoint) -> None:
    """Check that two verified checkpoints of one register do not contradict each other.

    Checkpoints of different sizes say nothing here: they need a consistency proof.

    Raises:
        EquivocationError: one size, two roots; evidence is both notes, `held` first.
    """
    first, second = held.checkpoint, met.checkpoint
    same_size = (first.origin, first.size) == (second.origin, second.size)
    if same_size and first.root_hash != second.root_hash:
        raise EquivocationError(
            "statement.split-view",
            "a party signed two trees of one size",
            evidence=split_view_evidence(held, met),
            where=f"{first.origin} size {first.size}",
            expected=first.root_hash.hex(),
            found=second.root_hash.hex(),
            hint="keep both checkpoints; take nothing more from this register until it is settled",
        )


def split_view_evidence(held: SignedCheckpoint, met: SignedCheckpoint) -> bytes:
    """Write two checkpoints one after the other, each behind its length as four bytes."""
    notes = (format_checkpoint(held), format_checkpoint(met))
    return b"".join(len(note).to_bytes(4, "big") + note for note in notes)


def is_card_entry(entry: bytes) -> bool:
    """Say whether an entry must be the last of its segment, because it may change the keys.

    The checkpoint that first covers a card has exactly its index + 1 as size. The test is on
    bytes, so that both sides agree before anything is read; quotation marks inside a string are
    escaped, so a text cannot imitate the field.
    """
    return _CARD_KIND in entry


def segment_length(entries: Iterable[bytes]) -> int:
    """Count how many of these entries, from the first on, may go in one segment."""
    first = tuple(islice(entries, SEGMENT_ENTRIES_MAX))
    if not any(map(is_card_entry, first)):
        return len(first)
    return next(count for count, entry in enumerate(first, 1) if is_card_entry(entry))


def _check_extent(edge: Edge, segment: Segment) -> None:
    if segment.start != edge.size:
        raise StateError(
            "statement.segment-start",
            "segment does not start where the mirror ends",
            expected=str(edge.size),
            found=str(segment.start),
            hint="go on from the mirror's size",
        )
    end = segment.start + len(segment.entries)
    size = segment.signed.checkpoint.size
    if len(segment.entries) > SEGMENT_ENTRIES_MAX or end != size:
        raise InputError(
            "statement.segment-size",
            "entries and checkpoint do not match",
            expected=f"tree size {end}, at most {SEGMENT_ENTRIES_MAX} entries",
            found=f"checkpoint of size {size}, {len(segment.entries)} entries",
        )
    longest = max(map(len, segment.entries), default=0)
    if longest > ENTRY_BYTES_MAX:
        raise InputError(
            "statement.oversize",
            "entry is too long",
            expected=f"at most {ENTRY_BYTES_MAX} bytes",
            found=f"{longest} bytes",
        )


def _check_card_ends(entries: tuple[bytes, ...]) -> None:
    if any(map(is_card_entry, entries[:-1])):
        raise InputError(
            "statement.segment-card",
            "segment goes on after a card",
            expected="a checkpoint right after each party.card",
            hint="send up to the card first; what follows is signed by the new keys",
        )
