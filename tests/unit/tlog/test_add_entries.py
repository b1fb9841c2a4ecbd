# SPDX-License-Identifier: Apache-2.0
"""The body of add-entries: a head, then packages, read as the bytes come."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import InputError
from comity.basis.limits import ENTRY_BYTES_MAX, TREE_SIZE_MAX
from comity.tlog.add_entries import (
    PACKAGE_BYTES_MAX,
    AddEntries,
    EntryPackage,
    PackageRange,
    PackageReader,
    format_head,
    format_package,
    package_ranges,
    parse_head,
)
from comity.tlog.subtrees import Subtree, prove_subtree, subtree_hash, verify_subtree
from comity.tlog.tree import edge_root, leaf_hash

ORIGIN = "mod.jpn.example/register/gsomia-jpn-kor"
HEAD = AddEntries(ORIGIN, 300, 700)


def package(range_: PackageRange, path: tuple[bytes, ...] = (b"h" * 32,)) -> EntryPackage:
    entries = tuple(str(index).encode() for index in range(range_.start, range_.end))
    return EntryPackage(range_, entries, path)


def packages(head: AddEntries) -> list[EntryPackage]:
    return [package(each) for each in package_ranges(head.start, head.end)]


def test_a_head_comes_back_as_written() -> None:
    for head in (HEAD, replace(HEAD, ticket=b"t" * 500), AddEntries(ORIGIN, 0, TREE_SIZE_MAX)):
        raw = format_head(head)
        assert parse_head(raw) == (head, len(raw))
        assert parse_head(raw + b"packages") == (head, len(raw))


def test_a_head_has_the_bytes_of_the_specification() -> None:
    raw = format_head(AddEntries("a/b", 1, 258, b"tk"))
    assert raw.hex() == "0003" + b"a/b".hex() + "0000000000000001" + "0000000000000102" + "0002746b"


def test_a_head_that_is_cut_off_waits_for_more() -> None:
    raw = format_head(replace(HEAD, ticket=b"ticket"))
    for cut in range(len(raw)):
        assert parse_head(raw[:cut]) is None


@pytest.mark.parametrize(
    "raw",
    [
        format_head(HEAD).replace(b"mod", "ｍ".encode()),
        b"\0\0" + format_head(HEAD)[2 + len(ORIGIN) :],
        format_head(HEAD)[: 2 + len(ORIGIN)] + (701).to_bytes(8, "big") + format_head(HEAD)[-10:],
        format_head(HEAD)[: 2 + len(ORIGIN)] + b"\0" * 8 + b"\xff" * 8 + b"\0\0",
        b"\x01\x00" + b"o" * 256 + format_head(HEAD)[2 + len(ORIGIN) :],
    ],
)
def test_refuses_a_head_that_no_body_may_have(raw: bytes) -> None:
    with pytest.raises(InputError):
        parse_head(raw)


def test_refuses_a_ticket_that_its_length_cannot_hold() -> None:
    with pytest.raises(InputError):
        replace(HEAD, ticket=bytes(2**16))


@pytest.mark.parametrize(
    ("start", "end", "cut"),
    [
        (0, 0, []),
        (700, 700, []),
        (0, 1, [(0, 0, 1)]),
        (0, 256, [(0, 0, 256)]),
        (0, 257, [(0, 0, 256), (256, 256, 257)]),
        (300, 700, [(256, 300, 512), (512, 512, 700)]),
        (255, 256, [(0, 255, 256)]),
        (511, 513, [(256, 511, 512), (512, 512, 513)]),
    ],
)
def test_packages_are_cut_at_multiples_of_256(
    start: int, end: int, cut: list[tuple[int, int, int]]
) -> None:
    ranges = list(package_ranges(start, end))
    assert [(each.subtree.start, each.start, each.end) for each in ranges] == cut
    assert sum(each.count for each in ranges) == end - start


@pytest.mark.parametrize("size", [1, 7, 1000, 10**6])
def test_packages_are_read_however_the_bytes_come(size: int) -> None:
    written = packages(HEAD)
    raw = b"".join(format_package(each) for each in written)
    reader = PackageReader(HEAD)
    read = [each for at in range(0, len(raw), size) for each in reader.feed(raw[at : at + size])]
    assert read == written
    assert reader.is_done


def test_a_prefix_gives_the_packages_that_are_whole() -> None:
    first, second = (format_package(each) for each in packages(HEAD))
    for cut in (0, 1, len(first) - 1):
        reader = PackageReader(HEAD)
        assert list(reader.feed(first[:cut])) == []
        assert not reader.is_done
    reader = PackageReader(HEAD)
    assert list(reader.feed(first + second[:-1])) == packages(HEAD)[:1]
    assert not reader.is_done
    assert list(reader.feed(second[-1:])) == packages(HEAD)[1:]


def test_what_comes_after_the_last_package_is_dropped() -> None:
    raw = b"".join(format_package(each) for each in packages(HEAD))
    reader = PackageReader(HEAD)
    assert len(list(reader.feed(raw + b"left over"))) == 2
    assert list(reader.feed(raw)) == []
    assert list(PackageReader(replace(HEAD, start=700)).feed(raw)) == []


def test_refuses_more_hashes_than_a_proof_has() -> None:
    (one,) = packages(AddEntries(ORIGIN, 0, 1))
    raw = format_package(replace(one, path=(b"h" * 32,) * 63))
    at = len(raw) - 63 * 32 - 1
    reader = PackageReader(AddEntries(ORIGIN, 0, 1))
    with pytest.raises(InputError):
        list(reader.feed(raw[:at] + b"\x40" + raw[at + 1 :] + bytes(32)))


def test_refuses_to_write_other_packages_than_the_range_says() -> None:
    (one,) = packages(AddEntries(ORIGIN, 0, 1))
    for wrong in (
        replace(one, entries=()),
        replace(one, entries=(b"1", b"2")),
        replace(one, entries=(b"x" * (ENTRY_BYTES_MAX + 1),)),
        replace(one, path=(b"h" * 32,) * 64),
        replace(one, path=(b"h" * 31,)),
    ):
        with pytest.raises(InputError):
            format_package(wrong)


def test_the_largest_package_is_as_large_as_is_said() -> None:
    entries = (b"x" * ENTRY_BYTES_MAX,) * 256
    whole = EntryPackage(PackageRange(Subtree(0, 256), 0), entries, (b"h" * 32,) * 63)
    assert len(format_package(whole)) == PACKAGE_BYTES_MAX


def test_the_proof_of_a_package_is_of_the_subtree_that_it_ends(
    log_of: Callable[[int], Any],
) -> None:
    log = log_of(700)
    for range_ in package_ranges(300, 700):
        entries = tuple(index.to_bytes(4, "big") for index in range(range_.start, range_.end))
        path = prove_subtree(range_.subtree, 700, log.read_node).path
        proof = EntryPackage(range_, entries, path).proof(700)
        held = log.leaves[range_.subtree.start : range_.start]
        hash_ = subtree_hash((*held, *(leaf_hash(each) for each in entries)))
        verify_subtree(proof, hash_, edge_root(log.edge))
