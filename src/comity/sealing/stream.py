# SPDX-License-Identifier: Apache-2.0
"""Sealing and opening a payload as a stream: bytes in, bytes out, never all of it at once.

C2SP chunked encryption, Cobblestone-256: AES-256-GCM in chunks of 16 KiB, key commitment,
truncation refused. Nothing is hashed here: whoever stores the sealed bytes names them by their
SHA-256, and that is the only time they are hashed. Source: DESIGN 6; C2SP chunked-encryption
"""

from collections.abc import Iterable, Iterator
from typing import Final, Protocol

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import AlreadyFinalized, InvalidTag

from comity.basis.errors import InputError, InvariantError, ProofError
from comity.sealing.payload import (
    LENGTH_BYTES,
    PayloadHeader,
    format_payload_header,
    header_length,
    parse_payload_header,
)

PAYLOAD_CONTEXT: Final = b"comity/payload/v1"
ITEM_KEY_BYTES: Final = 32
_CHUNK_BYTES: Final = 16 * 1024
_TAG_BYTES: Final = 16
_SALT_AND_COMMITMENT_BYTES: Final = 24 + 32


class Encryptor(Protocol):
    """A stream cipher under one item key, good for one payload."""

    def update(self, data: bytes, /) -> bytes:
        """Take plaintext; give what is sealed so far."""

    def finalize(self) -> bytes:
        """Give the rest."""


def cobblestone_encryptor(item_key: bytes) -> Encryptor:
    """Make the cipher for one payload; it draws its own salt, as the format demands."""
    _check_key(item_key)
    return Cobblestone256Encryptor(item_key, PAYLOAD_CONTEXT)


class Sealer:
    """Seals one payload: header, then content as it comes."""

    __slots__ = ("_encryptor", "_header")

    def __init__(self, encryptor: Encryptor, header: PayloadHeader) -> None:
        """Begin with the header, which goes in before the first content."""
        self._encryptor = encryptor
        self._header = format_payload_header(header)

    def update(self, chunk: bytes) -> bytes:
        """Take content; give sealed bytes, perhaps none yet."""
        try:
            return self._take_header() + self._encryptor.update(chunk)
        except AlreadyFinalized:
            raise InvariantError("sealing.finished", "content after the end of a payload") from None

    def finish(self) -> bytes:
        """Give the last sealed bytes; without them the payload counts as truncated."""
        try:
            return self._take_header() + self._encryptor.finalize()
        except AlreadyFinalized:
            raise InvariantError("sealing.finished", "a payload ends once") from None

    def _take_header(self) -> bytes:
        if not self._header:
            return b""
        header, self._header = self._header, b""
        return self._encryptor.update(header)


class Opener:
    """Opens one payload; gives only plaintext whose chunk is authenticated.

    Until `finish` has returned, what was given may be the beginning of a truncated payload.
    """

    __slots__ = ("_decryptor", "_first", "header")

    def __init__(self, item_key: bytes) -> None:
        """Begin with the key; `header` is None until it has come."""
        _check_key(item_key)
        self._decryptor = Cobblestone256Decryptor(item_key, PAYLOAD_CONTEXT)
        self._first = b""
        self.header: PayloadHeader | None = None

    def update(self, sealed: bytes) -> bytes:
        """Take sealed bytes; give content, perhaps none yet.

        Raises:
            ProofError: another key, or bytes changed, dropped, repeated or out of order.
            InputError: what was sealed does not begin with a header.
        """
        try:
            plain = self._decryptor.update(sealed)
        except (InvalidTag, AlreadyFinalized):
            raise _altered() from None
        return self._after_header(plain)

    def finish(self) -> bytes:
        """Give the last content.

        Raises:
            ProofError: the payload is truncated, or its last chunk is altered.
            InputError: what was sealed ends within its header.
        """
        try:
            plain = self._decryptor.finalize()
        except (InvalidTag, AlreadyFinalized):
            raise _truncated() from None
        content = self._after_header(plain)
        if self.header is None:
            raise _no_header(len(self._first))
        return content

    def _after_header(self, plain: bytes) -> bytes:
        if self.header is not None:
            return plain
        first = self._first + plain
        self._first = first
        if len(first) < LENGTH_BYTES:
            return b""
        end = LENGTH_BYTES + header_length(first[:LENGTH_BYTES])
        if len(first) < end:
            return b""
        self.header, self._first = parse_payload_header(first[LENGTH_BYTES:end]), b""
        return first[end:]


def seal_chunks(
    encryptor: Encryptor, header: PayloadHeader, content: Iterable[bytes]
) -> Iterator[bytes]:
    """Seal content as it is drawn."""
    sealer = Sealer(encryptor, header)
    for chunk in content:
        yield sealer.update(chunk)
    yield sealer.finish()


def seal_whole(encryptor: Encryptor, header: bytes, content: bytes) -> bytes:
    """Seal content that is at hand whole; `header` as `format_payload_header` writes it."""
    return encryptor.update(header + content) + encryptor.finalize()


def open_chunks(opener: Opener, sealed: Iterable[bytes]) -> Iterator[bytes]:
    """Open sealed bytes as they are drawn; the last step raises when something is missing."""
    for chunk in sealed:
        yield opener.update(chunk)
    yield opener.finish()


def read_through(item_key: bytes, sealed: bytes) -> None:
    """Check that a whole sealed payload opens to its end; no plaintext is kept.

    Raises:
        ProofError, InputError: as an `Opener` raises.
    """
    _check_key(item_key)
    decryptor = Cobblestone256Decryptor(item_key, PAYLOAD_CONTEXT)
    try:
        plain = decryptor.update(sealed)
    except InvalidTag:
        raise _altered() from None
    try:
        plain += decryptor.finalize()
    except InvalidTag:
        raise _truncated() from None
    end = LENGTH_BYTES
    if len(plain) >= LENGTH_BYTES:
        end += header_length(plain[:LENGTH_BYTES])
    if len(plain) < end:
        raise _no_header(len(plain))
    parse_payload_header(plain[LENGTH_BYTES:end])


def sealed_size(header: PayloadHeader, content_bytes: int) -> int:
    """Give the length of a payload when sealed.

    Source: C2SP chunked-encryption, Message chunking (the last chunk is always shorter)
    """
    plain = len(format_payload_header(header)) + content_bytes
    return _SALT_AND_COMMITMENT_BYTES + plain + (plain // _CHUNK_BYTES + 1) * _TAG_BYTES


def _check_key(item_key: bytes) -> None:
    if len(item_key) != ITEM_KEY_BYTES:
        raise InputError(
            "sealing.key-length",
            "item key has the wrong length",
            expected=f"{ITEM_KEY_BYTES} bytes",
            found=f"{len(item_key)} bytes",
        )


def _altered() -> ProofError:
    return _not_authentic("sealing.altered", "payload is altered, or not under this key")


def _truncated() -> ProofError:
    return _not_authentic("sealing.truncated", "payload is truncated, or its end is altered")


def _no_header(found: int) -> InputError:
    return InputError("sealing.no-header", "payload ends within its header", found=f"{found} bytes")


def _not_authentic(code: str, what: str) -> ProofError:
    return ProofError(code, what, hint="fetch the parcel again; if it stays so, ask the originator")
