# SPDX-License-Identifier: Apache-2.0
"""The proof beside an item is sealed under its key, apart from the payload."""

import pytest
from msgspec import structs

from comity.basis.errors import ProofError
from comity.basis.ids import Digest, PartyId, digest_of
from comity.keys.suites import Algorithm
from comity.sealing.parcels import (
    ParcelHead,
    Wrap,
    format_parcel_head,
    parse_parcel_head,
    verify_parcel_head,
)
from comity.sealing.proofs import open_proof, seal_proof
from comity.sealing.stream import read_through
from comity.statement.values import ParcelRef, SealedRef

KEY = bytes(range(32))


def test_a_proof_opens_by_its_items_key() -> None:
    assert open_proof(KEY, seal_proof(KEY, b"proof")) == b"proof"


@pytest.mark.parametrize("change", ["key", "bit", "end", "payload"])
def test_a_proof_that_is_altered_or_under_another_key_does_not_open(change: str) -> None:
    sealed = seal_proof(KEY, b"proof" * 9999)
    key = bytes(32) if change == "key" else KEY
    if change == "bit":
        sealed = sealed[:100] + bytes([sealed[100] ^ 1]) + sealed[101:]
    if change == "end":
        sealed = sealed[:-1]
    if change == "payload":
        with pytest.raises(ProofError):
            read_through(key, sealed)
        return
    with pytest.raises(ProofError) as caught:
        open_proof(key, sealed)
    assert caught.value.code == "sealing.proof-altered"


def test_a_head_carries_a_sealed_proof_and_is_another_head_with_it() -> None:
    sealed = SealedRef("xwing", 4096, Digest("ab" * 32))
    wrap = Wrap(PartyId("KOR"), "0123456789abcdef", Algorithm.XWING, bytes(1168))
    plain = ParcelHead(sealed, (wrap,))
    proven = structs.replace(plain, proof=b"sealed proof")
    raw = format_parcel_head(proven)
    assert parse_parcel_head(raw) == proven
    assert parse_parcel_head(format_parcel_head(plain)).proof is None
    assert raw != format_parcel_head(plain)
    named = ParcelRef(digest_of(raw), len(raw))
    assert verify_parcel_head(raw, named, sealed, to=(PartyId("KOR"),)) == proven
