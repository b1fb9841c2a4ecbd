# SPDX-License-Identifier: Apache-2.0
"""The sealed body of a courier bundle: one Cobblestone-256 stream under a key of its own.

Source: DESIGN 5; C2SP chunked-encryption
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import AlreadyFinalized, InvalidTag

from comity.basis.errors import InputError, InvariantError, ProofError
from comity.sealing.bundle import BODY_CONTEXT

BODY_KEY_BYTES = 32


class BodySealer:
    """Seals one body as it comes; the cipher draws its own salt."""

    __slots__ = ("_encryptor",)

    def __init__(self, key: bytes) -> None:
        """Begin under a fresh key of 32 bytes."""
        _check_key(key)
        self._encryptor = Cobblestone256Encryptor(key, BODY_CONTEXT)

    def update(self, chunk: bytes) -> bytes:
        """Take plain bytes; give sealed ones, perhaps none yet."""
        try:
            return self._encryptor.update(chunk)
        except AlreadyFinalized:
            raise InvariantError("bundle.finished", "content after the end of a body") from None

    def finish(self) -> bytes:
        """Give the last sealed bytes; without them the body counts as truncated."""
        try:
            return self._encryptor.finalize()
        except AlreadyFinalized:
            raise InvariantError("bundle.finished", "a body ends once") from None


def open_body(key: bytes, sealed: Iterable[bytes]) -> Iterator[bytes]:
    """Open a bundle's body as it is drawn; the last step raises when something is missing.

    A chunk may be empty. Only who draws to the end knows that the body is whole.

    Raises:
        InputError: the key has the wrong length.
        ProofError: another key, or bytes changed, dropped, repeated or out of order.
    """
    _check_key(key)
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


def _check_key(key: bytes) -> None:
    if len(key) != BODY_KEY_BYTES:
        raise InputError(
            "bundle.key-length",
            "body key has the wrong length",
            expected=f"{BODY_KEY_BYTES} bytes",
            found=f"{len(key)} bytes",
        )
