# SPDX-License-Identifier: Apache-2.0
"""The worked examples of the wire, read as a partner that has only the pages and the vectors."""

import json
from pathlib import Path
from typing import Any

import pytest

from comity.basis.encoding import decode_base64
from comity.basis.limits import MIB
from comity.keys.cards import mirror_keys, statement_keys, verify_card
from comity.keys.http_signatures import (
    RequestParts,
    parse_signature,
    parse_signed_by,
    verify_request,
)
from comity.keys.suites import KeyUse
from comity.tlog.add_checkpoint import parse_add_checkpoint
from comity.tlog.add_entries import AddEntries, PackageReader, parse_head
from comity.tlog.checkpoints import verify_log, with_cosignatures
from comity.tlog.cosignatures import parse_signature_lines, verify_cosignatures
from comity.tlog.mirror_sizes import MirrorInfo, parse_mirror_info, parse_size
from comity.tlog.proofs import verify_consistency
from comity.tlog.push import parse_push
from comity.tlog.subtrees import Subtree, SubtreeProof, subtree_hash, verify_subtree
from comity.tlog.tree import leaf_hash

FOLDER = Path(__file__).parent / "formats"


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def cards() -> Any:
    kept = load("cards")
    return {
        party: verify_card(kept[party]["note"].encode(), fingerprint=kept[party]["fingerprint"])
        for party in ("JPN", "KOR")
    }


def entries() -> list[bytes]:
    return [each["entry"].encode() for each in load("statements")["entries"]]


def test_the_checkpoint_that_is_added_is_signed_and_consistent(cards: Any) -> None:
    kept = load("wire")
    body = parse_add_checkpoint(kept["add_checkpoint"].encode())
    verify_log(body.signed, statement_keys(cards["JPN"], kept["origin"]))
    root = body.signed.checkpoint.root_hash
    verify_consistency(body.consistency, leaf_hash(entries()[0]), root)


def test_the_entries_that_are_added_lead_to_that_checkpoint() -> None:
    kept = load("wire")
    raw = decode_base64(kept["add_entries"], bytes_max=MIB)
    read = parse_head(raw)
    assert read is not None
    head, at = read
    assert (head, raw[:at].hex()) == (
        AddEntries(kept["origin"], 0, 2),
        kept["add_entries_head"],
    )
    (package,) = PackageReader(head).feed(raw[at:])
    assert list(package.entries) == entries()
    signed = parse_add_checkpoint(kept["add_checkpoint"].encode()).signed
    hash_ = subtree_hash([leaf_hash(each) for each in package.entries])
    verify_subtree(package.proof(2), hash_, signed.checkpoint.root_hash)


def test_the_answers_read() -> None:
    kept = load("wire")
    assert parse_size(kept["size"].encode()) == 1
    assert parse_mirror_info(kept["mirror_info"].encode()) == MirrorInfo(2, 1)


def test_subtrees_of_a_small_tree_are_proven() -> None:
    kept = load("wire")["subtrees_of_13"]
    for each in kept["proofs"]:
        subtree = Subtree(each["start"], each["end"])
        leaves = [leaf_hash(bytes((at,))) for at in range(subtree.start, subtree.end)]
        assert subtree_hash(leaves).hex() == each["hash"]
        proof = SubtreeProof(subtree, 13, tuple(map(bytes.fromhex, each["path"])))
        verify_subtree(proof, bytes.fromhex(each["hash"]), bytes.fromhex(kept["root_hash"]))


def test_an_upload_of_two_packages_is_proven_package_by_package() -> None:
    kept = load("wire")["packages_of_300"]
    raw = decode_base64(kept["body"], bytes_max=MIB)
    start = kept["upload_start"]
    held = [leaf_hash(str(at).encode()) for at in range(start)]
    read = list(PackageReader(AddEntries("any", start, 300)).feed(raw))
    assert len(read) == len(kept["packages"])
    for package, listed in zip(read, kept["packages"], strict=True):
        span = package.range
        assert [span.subtree.start, span.end] == listed["subtree"]
        assert [span.start, span.end] == listed["entries"]
        assert [each.hex() for each in package.path] == listed["path"]
        held += [leaf_hash(each) for each in package.entries]
        hash_ = subtree_hash(held[span.subtree.start : span.end])
        verify_subtree(package.proof(300), hash_, bytes.fromhex(kept["root_hash"]))


def test_the_push_reads_and_its_answer_is_a_receipt(cards: Any) -> None:
    kept = load("push")
    push = parse_push(decode_base64(kept["push"], bytes_max=MIB))
    assert (push.start, push.end) == (1, 2)
    assert list(push.entries) == entries()[1:]
    verify_log(push.signed, statement_keys(cards["JPN"], push.origin))
    (parcel,) = push.parcels
    parts = load("parcels")
    assert parcel.raw == b"".join(
        decode_base64(parts[each], bytes_max=MIB) for each in ("head", "sealed")
    )
    lines = parse_signature_lines(kept["reply"].encode())
    verify_cosignatures(with_cosignatures(push.signed, lines), mirror_keys(cards["KOR"]))


@pytest.mark.parametrize("name", ["read", "echo", "piece"])
def test_the_signed_requests_verify_by_the_online_key_of_the_card(cards: Any, name: str) -> None:
    kept = load("http-signatures")[name]
    fields = kept["fields"]
    parts = RequestParts(
        kept["method"], fields["comity-to"], kept["content_digest"], kept["content_range"]
    )
    by = parse_signed_by(fields["signature-input"], parts)
    (key,) = cards["JPN"].keys_for(KeyUse.ONLINE)
    verify_request(parts, by, parse_signature(fields["signature"]), key)
