# SPDX-License-Identifier: Apache-2.0
"""Entries that come in packages: proven by a checkpoint that covers them, wherever it ends."""

from dataclasses import replace

import pytest

from comity.basis.errors import InputError, ProofError, StateError
from comity.keys.notes import SignatureType, verifier_key
from comity.keys.signing import PrivateKey, sign
from comity.keys.suites import Algorithm
from comity.statement.mirrored import Mirrored
from comity.statement.packages import verify_package
from comity.tlog.add_entries import EntryPackage, PackageRange, package_ranges
from comity.tlog.checkpoints import (
    Checkpoint,
    SignedCheckpoint,
    log_messages,
    log_signatures,
    signed_checkpoint,
)
from comity.tlog.subtrees import Subtree, prove_subtree
from comity.tlog.tree import EMPTY_EDGE, Edge, append_leaves, edge_root, leaf_hash

ORIGIN = "jpn.example/register/gsomia-jpn-kor"
SECRETS = (
    PrivateKey(Algorithm.ED25519, b"e" * 32),
    PrivateKey(Algorithm.MLDSA44, b"m" * 32),
)
KEYS = (
    verifier_key(ORIGIN, SignatureType.ED25519, SECRETS[0].public),
    verifier_key(ORIGIN, SignatureType.COSIGNATURE_MLDSA44, SECRETS[1].public),
)
SIZE = 600
ENTRIES = tuple(f'{{"n":{number}}}'.encode() for number in range(SIZE))
CARD = b'{"kind":"party.card"}'


class Log:
    """A log whose entries may be changed, and its one checkpoint."""

    def __init__(self, entries: tuple[bytes, ...] = ENTRIES) -> None:
        self.entries = entries
        self.leaves = [leaf_hash(each) for each in entries]
        appended = append_leaves(EMPTY_EDGE, self.leaves)
        self.nodes = {(level, index): digest for level, index, digest in appended.nodes}
        head = Checkpoint(ORIGIN, len(entries), edge_root(appended.edge))
        first, second = log_messages(head, 0)
        lines = log_signatures(KEYS, (sign(SECRETS[0], first), sign(SECRETS[1], second)), time_s=0)
        self.signed = signed_checkpoint(head, lines)

    def edge(self, size: int) -> Edge:
        return append_leaves(EMPTY_EDGE, self.leaves[:size]).edge

    def package(self, range_: PackageRange) -> EntryPackage:
        proof = prove_subtree(range_.subtree, len(self.entries), lambda *at: self.nodes[at])
        return EntryPackage(range_, self.entries[range_.start : range_.end], proof.path)

    def take(self, size: int, package: EntryPackage, signed: SignedCheckpoint | None = None):
        before = self.leaves[package.range.subtree.start : package.range.start]
        return verify_package(
            self.edge(size), before, package, pending=signed or self.signed, keys=KEYS
        )


LOG = Log()


def test_packages_lead_to_the_whole_tree_one_by_one() -> None:
    size = 0
    for range_ in package_ranges(0, SIZE):
        taken = LOG.take(size, LOG.package(range_))
        assert isinstance(taken, Mirrored)
        assert (taken.start, taken.entries) == (size, ENTRIES[size : range_.end])
        assert taken.edge == LOG.edge(range_.end)
        size = range_.end
    assert edge_root(LOG.edge(size)) == LOG.signed.checkpoint.root_hash


@pytest.mark.parametrize(("start", "held"), [(300, 300), (300, 450), (300, 512), (256, 600)])
def test_what_is_held_already_is_checked_and_not_taken_again(start: int, held: int) -> None:
    range_ = next(iter(package_ranges(start, SIZE)))
    taken = LOG.take(held, LOG.package(range_))
    assert taken.entries == ENTRIES[held : range_.end]
    assert taken.edge == LOG.edge(max(held, range_.end))


def test_refuses_a_package_after_a_gap() -> None:
    range_ = next(iter(package_ranges(300, SIZE)))
    with pytest.raises(StateError):
        LOG.take(299, LOG.package(range_))


def test_refuses_entries_that_are_not_in_the_tree() -> None:
    package = LOG.package(next(iter(package_ranges(0, SIZE))))
    for changed in (
        replace(package, entries=(b"{}", *package.entries[1:])),
        replace(package, entries=package.entries[::-1]),
        replace(package, path=package.path[::-1]),
        replace(package, range=PackageRange(Subtree(256, 512), 256)),
    ):
        with pytest.raises((ProofError, StateError)):
            LOG.take(256 if changed.range.start else 0, changed)


def test_refuses_a_checkpoint_that_both_keys_have_not_signed() -> None:
    package = LOG.package(next(iter(package_ranges(0, SIZE))))
    lines = LOG.signed.note.signatures
    for kept in lines:
        with pytest.raises(ProofError):
            LOG.take(0, package, signed_checkpoint(LOG.signed.checkpoint, (kept,)))


def test_a_card_is_the_last_entry_that_the_checkpoint_covers() -> None:
    last = Log((*ENTRIES[:299], CARD))
    for range_ in package_ranges(0, 300):
        last.take(range_.start, last.package(range_))
    inside = Log((*ENTRIES[:255], CARD, *ENTRIES[256:300]))
    with pytest.raises(InputError) as caught:
        inside.take(0, inside.package(next(iter(package_ranges(0, 300)))))
    assert caught.value.code == "statement.segment-card"
