# SPDX-License-Identifier: Apache-2.0
"""The eight-leaf tree that Certificate Transparency implementations have always been tested with.

Source: google/certificate-transparency, merkletree tests (leaves, roots, paths), Apache-2.0;
the same values stand in the tests of transparency-dev/merkle.
"""

import pytest

from comity.tlog.proofs import (
    ConsistencyProof,
    InclusionProof,
    prove_consistency,
    prove_inclusion,
    root_at,
    verify_consistency,
    verify_inclusion,
)
from comity.tlog.tree import EMPTY_EDGE, append_leaves, leaf_hash

ENTRIES = tuple(
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
)
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
_A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
_B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
_C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
_D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
_E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
_F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
INCLUSION = (
    (0, 1, ()),
    (0, 8, (_A, _B, _C)),
    (5, 8, (_D, _E, ROOTS[4])),
    (2, 3, (ROOTS[2],)),
    (1, 5, (ROOTS[1], _B, _D)),
)
CONSISTENCY = (
    (1, 1, ()),
    (1, 8, (_A, _B, _C)),
    (6, 8, (_F, _E, ROOTS[4])),
    (2, 5, (_B, _D)),
)
LEAVES = tuple(leaf_hash(entry) for entry in ENTRIES)
NODES = {(level, index): digest for level, index, digest in append_leaves(EMPTY_EDGE, LEAVES).nodes}


def read_node(level: int, index: int) -> bytes:
    return NODES[level, index]


def raw(hashes: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(each) for each in hashes)


@pytest.mark.parametrize(("size", "root"), list(enumerate(ROOTS)))
def test_roots_are_the_published_ones(size: int, root: str) -> None:
    assert root_at(size, read_node).hex() == root


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_inclusion_proofs_are_the_published_ones(
    index: int, size: int, path: tuple[str, ...]
) -> None:
    proof = prove_inclusion(index, size, read_node)
    assert proof == InclusionProof(index, size, raw(path))
    verify_inclusion(LEAVES[index], proof, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "new", "path"), CONSISTENCY)
def test_consistency_proofs_are_the_published_ones(
    old: int, new: int, path: tuple[str, ...]
) -> None:
    proof = prove_consistency(old, new, read_node)
    assert proof == ConsistencyProof(old, new, raw(path))
    verify_consistency(proof, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new]))
