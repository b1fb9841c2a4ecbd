# SPDX-License-Identifier: Apache-2.0
"""Another implementation of RFC 9421 signs and verifies what ours does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)

from comity.basis.ids import Domain
from comity.basis.instants import Instant
from comity.keys.card_model import card_key
from comity.keys.http_signatures import (
    RequestParts,
    SignedBy,
    content_digest,
    parse_signature,
    parse_signed_by,
    signature_fields,
    signing_base,
    verify_request,
)
from comity.keys.signing import PrivateKey, sign
from comity.keys.suites import Algorithm, KeyUse

SEED = b"o" * 32
PRIVATE = PrivateKey(Algorithm.ED25519, SEED)
KEY = card_key(KeyUse.ONLINE, Algorithm.ED25519, public=PRIVATE.public, valid_from=Instant(0))
PARTS = RequestParts("POST", "mnd.kor.example/echo", content_digest=content_digest(b"hello"))
COVERED = ("@method", "comity-to", "content-digest")


class Keys(HTTPSignatureKeyResolver):
    """One key, whatever it is called."""

    def resolve_private_key(self, key_id: str) -> Any:
        return Ed25519PrivateKey.from_private_bytes(SEED)

    def resolve_public_key(self, key_id: str) -> Any:
        return Ed25519PrivateKey.from_private_bytes(SEED).public_key()


class Message:
    """A request as the library takes it."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.method = "POST"
        self.url = "https://node.example/echo"
        self.headers = dict(headers)
        self.body = b"hello"


def by(now: datetime) -> SignedBy:
    created = int(now.timestamp())
    return SignedBy(Domain("mod.jpn.example"), KEY.key_id, created, created + 60, "0f" * 16)


def test_the_library_verifies_what_we_sign() -> None:
    signed_by = by(datetime.now(UTC))
    fields = signature_fields(PARTS, signed_by, sign(PRIVATE, signing_base(PARTS, signed_by)))
    message = Message({**dict(fields), "content-digest": PARTS.content_digest or ""})
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=Keys())
    (result,) = verifier.verify(message, max_age=timedelta(days=1), expect_tag="comity")
    assert set(result.covered_components) >= {f'"{each}"' for each in COVERED}
    message.headers["comity-to"] = "dod.usa.example/echo"
    with pytest.raises(InvalidSignature):
        verifier.verify(message, max_age=timedelta(days=1), expect_tag="comity")


def test_we_verify_what_the_library_signs() -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    message = Message({"comity-to": PARTS.to, "content-digest": PARTS.content_digest or ""})
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=Keys())
    signer.sign(
        message,
        key_id=f"mod.jpn.example/{KEY.key_id}",
        created=now,
        expires=now + timedelta(seconds=60),
        nonce="0f" * 16,
        label="comity",
        tag="comity",
        include_alg=False,
        covered_component_ids=COVERED,
        use_existing_digest=True,
    )
    headers = {name.lower(): value for name, value in message.headers.items()}
    signed_by = parse_signed_by(headers["signature-input"], PARTS)
    assert signed_by == by(now)
    verify_request(PARTS, signed_by, parse_signature(headers["signature"]), KEY)
