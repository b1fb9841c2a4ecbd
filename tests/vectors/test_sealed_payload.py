# SPDX-License-Identifier: Apache-2.0
"""An own vector of a sealed payload and its parcel's head, which every version must open."""

import json
from pathlib import Path

from comity.basis.ids import PartyId, digest_of
from comity.sealing.parcels import find_wrap, format_parcel_head, verify_parcel_head
from comity.sealing.payload import PayloadHeader
from comity.sealing.stream import Opener, open_chunks, sealed_size
from comity.statement.values import ParcelRef, SealedRef

VECTOR = json.loads(
    (Path(__file__).parent / "sealing" / "payload.json").read_text(encoding="utf-8")
)
SEALED = bytes.fromhex(VECTOR["sealed"])
HEAD = bytes.fromhex(VECTOR["head"])
CONTENT = VECTOR["content"].encode()


def test_a_sealed_payload_opens_under_its_header() -> None:
    opener = Opener(bytes.fromhex(VECTOR["item_key"]))
    assert b"".join(open_chunks(opener, [SEALED])) == CONTENT
    assert opener.header == PayloadHeader(**VECTOR["header"])
    assert sealed_size(opener.header, len(CONTENT)) == len(SEALED)


def test_the_head_names_the_payload_and_holds_the_wraps() -> None:
    sealed = SealedRef("xwing", len(SEALED), digest_of(SEALED))
    assert sealed.sha256 == VECTOR["sealed_sha256"]
    to = (PartyId("KOR"), PartyId("USA"))
    head = verify_parcel_head(HEAD, ParcelRef(VECTOR["head_sha256"], len(HEAD)), sealed, to=to)
    assert find_wrap(head, to[1]).wrap == b"wrap for USA"
    assert format_parcel_head(head) == HEAD
