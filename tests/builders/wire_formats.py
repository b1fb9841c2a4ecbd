# SPDX-License-Identifier: Apache-2.0
"""The worked examples of what partners meet: bodies, proofs, signed requests, a push."""

from typing import Any, Final

from comity.basis.encoding import encode_base64
from comity.basis.instants import parse_instant
from comity.keys.http_signatures import (
    RequestParts,
    SignedBy,
    content_digest,
    request_target,
    signature_fields,
    signing_base,
    signing_window,
)
from comity.keys.signing import sign
from comity.keys.suites import Algorithm, KeyUse
from comity.tlog.add_checkpoint import AddCheckpoint, format_add_checkpoint
from comity.tlog.add_entries import (
    AddEntries,
    EntryPackage,
    format_head,
    format_package,
    package_ranges,
)
from comity.tlog.cosignatures import format_signature_lines
from comity.tlog.mirror_sizes import MirrorInfo, format_mirror_info, format_size
from comity.tlog.origin import origin_hash
from comity.tlog.proofs import NodeReader, prove_consistency
from comity.tlog.push import Push, PushedParcel, format_push
from comity.tlog.subtrees import Subtree, prove_subtree, subtree_hash_at
from comity.tlog.tree import EMPTY_EDGE, append_leaves, edge_root, leaf_hash

Json = dict[str, Any]

ASKED_AT: Final = parse_instant("2016-12-16T03:00:00Z")
SUBTREES: Final = ((0, 13), (0, 8), (8, 13), (4, 6), (12, 13), (0, 5), (8, 10))
PACKED: Final = 300


def wire_example(example: Any) -> Json:
    """The two C2SP uploads of JPN's register, the answers, and proofs in small trees."""
    leaves = [leaf_hash(each) for each in example.entries]
    body = AddCheckpoint(1, prove_consistency(1, 2, _reader(leaves)).path, example.checkpoint)
    head = AddEntries(example.origin, 0, 2)
    return {
        "origin": example.origin,
        "origin_hash": origin_hash(example.origin),
        "add_checkpoint": format_add_checkpoint(body).decode(),
        "add_entries_head": format_head(head).hex(),
        "add_entries": encode_base64(format_head(head) + _packages(list(example.entries), 0)),
        "size": format_size(1).decode(),
        "mirror_info": format_mirror_info(MirrorInfo(2, 1)).decode(),
        "subtrees_of_13": _subtrees(),
        "packages_of_300": _long_upload(),
    }


def _subtrees() -> Json:
    """Proofs in a tree of 13 leaves, whose entries are one byte each, 0 to 12."""
    leaves = [leaf_hash(bytes((each,))) for each in range(13)]
    read_node = _reader(leaves)
    return {
        "root_hash": edge_root(append_leaves(EMPTY_EDGE, leaves).edge).hex(),
        "proofs": [
            {
                "start": start,
                "end": end,
                "hash": subtree_hash_at(Subtree(start, end), read_node).hex(),
                "path": [
                    each.hex() for each in prove_subtree(Subtree(start, end), 13, read_node).path
                ],
            }
            for start, end in SUBTREES
        ],
    }


def _long_upload() -> Json:
    """An upload from 250 on of 300 entries, each its index in decimal: two packages."""
    entries = [str(each).encode() for each in range(PACKED)]
    leaves = [leaf_hash(each) for each in entries]
    read_node = _reader(leaves)
    return {
        "root_hash": edge_root(append_leaves(EMPTY_EDGE, leaves).edge).hex(),
        "upload_start": 250,
        "packages": [
            {
                "subtree": [each.subtree.start, each.subtree.end],
                "entries": [each.start, each.end],
                "path": [
                    hash_.hex() for hash_ in prove_subtree(each.subtree, PACKED, read_node).path
                ],
            }
            for each in package_ranges(250, PACKED)
        ],
        "body": encode_base64(_packages(entries, 250)),
    }


def push_example(example: Any) -> Json:
    """JPN pushes its second entry to KOR, with the parcel that the first push left due."""
    push = Push(
        AddCheckpoint(1, (), example.checkpoint),
        example.entries[1:],
        (),
        (PushedParcel(0, 1, example.head + example.sealed),),
    )
    raw = format_push(push)
    first = format_add_checkpoint(push.checkpoint)
    head = format_head(AddEntries(example.origin, 1, 2))
    entry = len(example.entries[1]).to_bytes(2, "big")
    return {
        "push": encode_base64(raw),
        "bytes": len(raw),
        "checkpoint_part": first.decode(),
        "checkpoint_length": len(first).to_bytes(4, "big").hex(),
        "entries_length": (len(head) + 2 + len(example.entries[1])).to_bytes(4, "big").hex(),
        "entries_head": head.hex(),
        "entry_length": entry.hex(),
        "held_length": (0).to_bytes(4, "big").hex(),
        "parcel_head": (b"\0" + (1).to_bytes(8, "big")).hex(),
        "parcel_length": len(example.head + example.sealed).to_bytes(4, "big").hex(),
        "reply": format_signature_lines(example.cosignature()).decode(),
    }


def http_signatures_example(example: Any) -> Json:
    """JPN's online key signs a read, a body sent whole, and a piece of an upload."""
    domain = example.kor.card.domain
    parcel = f"/parcel/{origin_hash(example.origin)}/1"
    parts = {
        "read": RequestParts("GET", request_target(domain, parcel)),
        "echo": RequestParts(
            "POST", request_target(domain, "/echo"), content_digest=content_digest(b"hello")
        ),
        "piece": RequestParts(
            "PUT", request_target(domain, parcel), content_range="bytes 0-999/1980"
        ),
    }
    return {
        name: _signed(example, each, number) for number, (name, each) in enumerate(parts.items())
    }


def _signed(example: Any, parts: RequestParts, number: int) -> Json:
    (key,) = example.jpn.card.keys_for(KeyUse.ONLINE)
    created, expires = signing_window(ASKED_AT // 1000)
    by = SignedBy(example.jpn.card.domain, key.key_id, created, expires, f"{number:032x}")
    base = signing_base(parts, by)
    secret = example.key(example.jpn, KeyUse.ONLINE, Algorithm.ED25519)
    return {
        "method": parts.method,
        "base": base.decode(),
        "fields": dict(signature_fields(parts, by, sign(secret, base))),
        "content_digest": parts.content_digest,
        "content_range": parts.content_range,
    }


def _packages(entries: list[bytes], start: int) -> bytes:
    """Write the canonical packages of a whole log from `start` on."""
    read_node = _reader([leaf_hash(each) for each in entries])
    size = len(entries)
    return b"".join(
        format_package(
            EntryPackage(
                each,
                tuple(entries[each.start : each.end]),
                prove_subtree(each.subtree, size, read_node).path,
            )
        )
        for each in package_ranges(start, size)
    )


def _reader(leaves: list[bytes]) -> NodeReader:
    nodes = {(level, at): hash_ for level, at, hash_ in append_leaves(EMPTY_EDGE, leaves).nodes}
    return lambda level, index: nodes[level, index]
