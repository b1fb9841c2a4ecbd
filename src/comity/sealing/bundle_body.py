# SPDX-License-Identifier: Apache-2.0
"""The sealed body of a courier bundle: one Cobblestone-256 stream under a key of its own.

Source: DESIGN 5; C2SP chunked-encryption
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from comity.basis.errors import ProofError
from comity.sealing.bundle import BODY_CONTEXT


def seal_body(key: bytes, plain: Iterable[bytes]) -> Iterator[bytes]:
    """Seal a bundle's body as it is drawn; the cipher draws its own salt."""
    encryptor = Cobblestone256Encryptor(key, BODY_CONTEXT)
    for chunk in plain:
        yield encryptor.update(chunk)
    yield encryptor.finalize()


def open_body(key: bytes, sealed: Iterable[bytes]) -> Iterator[bytes]:
    """Open a bundle's body as it is drawn; the last step raises when something is missing.

    Raises:
        ProofError: another key, or bytes changed, dropped, repeated or out of order.
    """
    decryptor = Cobblestone256Decryptor(key, BODY_CONTEXT)
    try:
        for chunk in sealed:
            yield decryptor.update(chunk)
        yield decryptor.finalize()
    except InvalidTag:
        raise ProofError(
            "bundle.altered",
            "the bundle's body is altered or truncated",
            hint="copy the disc again; if it stays so, ask the partner for a new bundle",
        ) from None
