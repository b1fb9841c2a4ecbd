# SPDX-License-Identifier: Apache-2.0
"""Entries that come in packages, each proven to be in a tree that their party has signed.

The other way to the stage `Mirrored`: no checkpoint ends with the entries, but one that is kept
covers them. Source: C2SP tlog-mirror, add-entries; DESIGN 4, 5
"""

from collections.abc import Sequence

from comity.basis.errors import InputError, StateError
from comity.statement.mirrored import Mirrored, is_card_entry
from comity.tlog.add_entries import EntryPackage
from comity.tlog.checkpoints import KeyPair, SignedCheckpoint, verify_log
from comity.tlog.subtrees import subtree_hash, verify_subtree
from comity.tlog.tree import Edge, append_leaves, leaf_hash


def verify_package(
    edge: Edge,
    before: Sequence[bytes],
    package: EntryPackage,
    *,
    pending: SignedCheckpoint,
    keys: KeyPair,
) -> Mirrored:
    """Check that a package belongs into the tree of `pending`, and give what of it is new.

    `before` are the leaf hashes held from the package's subtree's start to its first entry;
    `keys` are the origin's at the pending checkpoint's size.

    1. it leaves no gap after the mirror that ends in `edge`;
    2. a card is the last entry that the checkpoint covers, or not in it;
    3. both log signatures hold;
    4. the entries, with those held before them, are the subtree that the proof leads from.

    Raises:
        StateError: entries are missing before it.
        InputError: it goes on after a card.
        ProofError: a signature or the proof does not hold.
    """
    span, checkpoint = package.range, pending.checkpoint
    if span.start > edge.size:
        raise StateError(
            "statement.segment-start",
            "package does not start where the mirror ends",
            expected=f"at most {edge.size}",
            found=str(span.start),
            hint="go on from the mirror's size",
        )
    for index, entry in enumerate(package.entries, span.start):
        if is_card_entry(entry) and index + 1 != checkpoint.size:
            raise InputError(
                "statement.segment-card",
                "package goes on after a card",
                where=f"{checkpoint.origin} {index}",
                expected="a checkpoint right after each party.card",
                hint="upload up to the card first; what follows is signed by the new keys",
            )
    verify_log(pending, keys)
    leaves = [leaf_hash(entry) for entry in package.entries]
    verify_subtree(
        package.proof(checkpoint.size), subtree_hash((*before, *leaves)), checkpoint.root_hash
    )
    held = min(edge.size, span.end) - span.start
    grown = append_leaves(edge, leaves[held:]).edge
    return Mirrored(checkpoint.origin, edge.size, package.entries[held:], grown, pending)
