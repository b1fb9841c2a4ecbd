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


class BodySealer:
    """Seals one body as it comes; the cipher draws its own salt."""

    __slots__ = ("_encryptor",)

    def __init__(self, key: bytes) -> None:
        """Begin under a fresh key of 32 bytes."""
        self._encryptor = Cobblestone256Encryptor(key, BODY_CONTEXT)

    def update(self, chunk: bytes) -> bytes:
        """Take plain bytes; give sealed ones, perhaps none yet."""
        return self._encryptor.update(chunk)

    def finish(self) -> bytes:
        """Give the last sealed bytes; without them the body counts as truncated."""
        return self._encryptor.finalize()


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
