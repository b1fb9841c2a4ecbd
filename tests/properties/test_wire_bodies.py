# SPDX-License-Identifier: Apache-2.0
"""Laws of what partners meet: what is written is read back, however it is cut, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.basis.errors import ComityError, InputError, ProofError
from comity.basis.ids import Domain
from comity.basis.limits import TREE_SIZE_MAX
from comity.keys.http_signatures import (
    RequestParts,
    SignedBy,
    content_digest,
    parse_signature,
    parse_signed_by,
    signature_fields,
)
from comity.tlog.add_checkpoint import (
    AddCheckpoint,
    format_add_checkpoint,
    parse_add_checkpoint,
)
from comity.tlog.add_entries import (
    AddEntries,
    EntryPackage,
    PackageReader,
    format_head,
    format_package,
    package_ranges,
    parse_head,
)
from comity.tlog.checkpoints import Checkpoint, signed_checkpoint
from comity.tlog.mirror_sizes import (
    MirrorInfo,
    format_mirror_info,
    format_size,
    parse_mirror_info,
    parse_size,
)
from comity.tlog.push import Push, PushedParcel, format_push, parse_push
from comity.tlog.subtrees import (
    Subtree,
    SubtreeProof,
    prove_subtree,
    subtree_hash,
    verify_subtree,
)
from comity.tlog.tree import EMPTY_EDGE, append_leaves, edge_root, leaf_hash
from tests.properties.test_tlog_texts import HASHES, HEADS, LINES, ORIGINS

SIZES = st.integers(min_value=0, max_value=TREE_SIZE_MAX)
PATHS = st.lists(HASHES, max_size=63).map(tuple)


@st.composite
def added(draw: st.DrawFn) -> AddCheckpoint:
    signed = signed_checkpoint(draw(HEADS), draw(LINES))
    old = draw(st.integers(min_value=0, max_value=signed.checkpoint.size))
    return AddCheckpoint(old, draw(PATHS), signed)


@given(body=added())
def test_what_is_added_comes_back(body: AddCheckpoint) -> None:
    raw = format_add_checkpoint(body)
    assert parse_add_checkpoint(raw) == body
    assert format_add_checkpoint(parse_add_checkpoint(raw)) == raw


@given(size=SIZES, entry=SIZES, ticket=st.binary(max_size=300))
def test_where_a_mirror_stands_comes_back(size: int, entry: int, ticket: bytes) -> None:
    said = MirrorInfo(size, entry, ticket)
    assert parse_mirror_info(format_mirror_info(said)) == said
    assert parse_size(format_size(size)) == size


@st.composite
def uploads(draw: st.DrawFn) -> tuple[AddEntries, list[EntryPackage]]:
    start = draw(st.integers(min_value=0, max_value=1000))
    end = draw(st.integers(min_value=start, max_value=start + 600))
    entries = st.binary(max_size=20)
    drawn = draw(st.lists(entries, min_size=1, max_size=5))
    head = AddEntries(draw(ORIGINS), start, end, draw(st.binary(max_size=50)))
    packages = [
        EntryPackage(each, tuple((drawn * each.count)[: each.count]), draw(PATHS))
        for each in package_ranges(start, end)
    ]
    return head, packages


@given(upload=uploads(), cut=st.integers(min_value=1, max_value=5000))
def test_an_upload_comes_back_however_it_is_cut(
    upload: tuple[AddEntries, list[EntryPackage]], cut: int
) -> None:
    head, packages = upload
    raw = format_head(head) + b"".join(map(format_package, packages))
    read = parse_head(raw)
    assert read is not None
    assert read[0] == head
    reader = PackageReader(head)
    rest = raw[read[1] :]
    found = [each for at in range(0, len(rest), cut) for each in reader.feed(rest[at : at + cut])]
    assert found == packages
    assert reader.is_done


@st.composite
def pushes(draw: st.DrawFn) -> Push:
    entries = draw(st.lists(st.binary(max_size=100), max_size=20).map(tuple))
    start = draw(st.integers(min_value=1, max_value=TREE_SIZE_MAX - 100))
    origin, *others = draw(st.lists(ORIGINS, min_size=1, max_size=4, unique=True))
    shown = [
        signed_checkpoint(Checkpoint(each, size, draw(HASHES)), draw(LINES))
        for each, size in zip(
            (origin, *others),
            (start + len(entries), *(draw(st.integers(1, TREE_SIZE_MAX)) for _ in others)),
            strict=True,
        )
    ]
    places = draw(st.sets(st.integers(min_value=0, max_value=len(shown) - 1), max_size=4))
    parcels = tuple(
        PushedParcel(
            place,
            draw(st.integers(min_value=0, max_value=shown[place].checkpoint.size - 1)),
            draw(st.binary(min_size=1, max_size=200)),
        )
        for place in sorted(places)
    )
    return Push(AddCheckpoint(start, (), shown[0]), entries, tuple(shown[1:]), parcels)


@given(push=pushes())
def test_pushes_come_back(push: Push) -> None:
    raw = format_push(push)
    assert parse_push(raw) == push
    assert format_push(parse_push(raw)) == raw


@given(push=pushes(), data=st.data())
def test_a_push_with_a_byte_changed_is_another_push_or_none(
    push: Push, data: st.DataObject
) -> None:
    raw = bytearray(format_push(push))
    at = data.draw(st.integers(min_value=0, max_value=len(raw) - 1))
    raw[at] ^= data.draw(st.integers(min_value=1, max_value=255))
    try:
        other = parse_push(bytes(raw))
    except InputError:
        return
    assert other != push
    assert format_push(other) == bytes(raw)


@given(raw=st.binary(max_size=2000))
def test_no_bytes_bring_a_reader_down(raw: bytes) -> None:
    for read in (parse_push, parse_add_checkpoint, parse_mirror_info, parse_size, parse_head):
        try:
            read(raw)
        except ComityError:
            continue


@given(
    size=st.integers(min_value=1, max_value=400),
    other=st.integers(min_value=1, max_value=400),
    data=st.data(),
)
def test_a_subtree_is_proven_in_its_own_tree_alone(
    size: int, other: int, data: st.DataObject
) -> None:
    level = data.draw(st.integers(min_value=0, max_value=8))
    width = 1 << level
    start = data.draw(st.integers(min_value=0, max_value=(size - 1) // width)) * width
    end = data.draw(st.integers(min_value=start + 1, max_value=min(size, start + width)))
    leaves = [leaf_hash(at.to_bytes(2, "big")) for at in range(size)]
    appended = append_leaves(EMPTY_EDGE, leaves)
    nodes = {(level_, index): hash_ for level_, index, hash_ in appended.nodes}
    proof = prove_subtree(Subtree(start, end), size, lambda *at: nodes[at])
    hash_, root = subtree_hash(leaves[start:end]), edge_root(appended.edge)
    verify_subtree(proof, hash_, root)
    if other != size:
        with pytest.raises(ProofError):
            verify_subtree(SubtreeProof(proof.subtree, other, proof.path), hash_, bytes(32))


@given(
    method=st.sampled_from(["GET", "PUT", "POST"]),
    path=st.from_regex(r"(/[a-z0-9]{1,20}){1,4}", fullmatch=True),
    body=st.none() | st.binary(max_size=50),
    piece=st.none() | st.from_regex(r"bytes [0-9]{1,5}-[0-9]{1,5}/[0-9]{1,5}", fullmatch=True),
    created=st.integers(min_value=0, max_value=10**12),
    window=st.integers(min_value=0, max_value=60),
    nonce=st.binary(min_size=16, max_size=16),
    signature=st.binary(min_size=64, max_size=64),
)
def test_the_fields_of_a_signed_request_come_back(
    *,
    method: str,
    path: str,
    body: bytes | None,
    piece: str | None,
    created: int,
    window: int,
    nonce: bytes,
    signature: bytes,
) -> None:
    digest = None if body is None else content_digest(body)
    parts = RequestParts(method, f"mnd.kor.example{path}", digest, piece)
    by = SignedBy(Domain("mod.jpn.example"), "0" * 16, created, created + window, nonce.hex())
    fields = dict(signature_fields(parts, by, signature))
    assert parse_signed_by(fields["signature-input"], parts) == by
    assert parse_signature(fields["signature"]) == signature
