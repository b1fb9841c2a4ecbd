# SPDX-License-Identifier: Apache-2.0
"""Signing of requests to partners by our online key: reads, parcels, and what doctor tries.

The same for every way by which a request travels. Source: DESIGN 5; RFC 9421
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from comity.basis.ids import Domain, PartyId
from comity.keys.cards import Card
from comity.keys.http_signatures import (
    CONTENT_DIGEST,
    CONTENT_RANGE,
    RequestParts,
    SignedBy,
    content_digest,
    request_target,
    signature_fields,
    signing_base,
    signing_window,
)
from comity.keys.suites import KeyUse
from comity.ports import Clock, Keys, Random, WireRequest

_NONCE_BYTES: Final = 16
_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class RequestSigner:
    """Signs requests for one node. `version` gives that of our card that a party knows."""

    keys: Keys
    clock: Clock
    random: Random
    domain: Domain
    version: Callable[[PartyId], Awaitable[int]]

    async def sign(self, card: Card, request: WireRequest) -> WireRequest:
        """Add the fields that show to the party of `card` that the request is ours.

        A body that is sent whole is covered by its digest; of a stream only the place in the
        upload is, and the statement's own digest covers its bytes.
        """
        version = await self.version(card.party)
        key_id = next(
            each.key_id
            for each in await self.keys.public_keys(version)
            if each.use is KeyUse.ONLINE
        )
        whole = request.body if isinstance(request.body, bytes) else b""
        digest = content_digest(whole) if whole else None
        parts = RequestParts(
            method=request.method,
            to=request_target(card.domain, request.path),
            content_digest=digest,
            content_range=request.header(CONTENT_RANGE),
        )
        created, expires = signing_window(self.clock.now() // _MS)
        nonce = self.random.token(_NONCE_BYTES).hex()
        by = SignedBy(self.domain, key_id, created, expires, nonce)
        signature = await self.keys.sign_request(signing_base(parts, by), version)
        digests = () if digest is None else ((CONTENT_DIGEST, digest),)
        fields = signature_fields(parts, by, signature)
        return replace(request, headers=(*request.headers, *digests, *fields))
