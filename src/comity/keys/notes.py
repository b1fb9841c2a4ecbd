# SPDX-License-Identifier: Apache-2.0
"""Signed notes and verifier keys; only exact bytes are read, every given key must have signed.

Timestamped cosignatures (0x04, 0x06) travel in notes too; what they sign is known in `tlog`.

Source: C2SP signed-note
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from comity.basis.encoding import decode_base64, encode_base64
from comity.basis.errors import InputError, InvariantError, ProofError, excerpt
from comity.basis.limits import (
    KEY_NAME_CHARS_MAX,
    NOTE_BYTES_MAX,
    NOTE_SIGNATURE_BYTES_MAX,
    NOTE_SIGNATURES_MAX,
    VKEY_CHARS_MAX,
)
from comity.keys.suites import Algorithm, check_public_key, verify

# Follows 0xff, which C2SP leaves to types without an assigned byte: ML-DSA-44 over a note's text.
NOTE_MLDSA44_IDENTIFIER = b"comity/ml-dsa-44/v1"
KEY_ID_BYTES = 4

_KEYS_KEPT: Final = 128

_SIGNATURE_MARK = "\u2014 "
# Half of a surrogate pair cannot be written as UTF-8.
_UNWRITABLE = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff]")
_KEY_ID_HEX = re.compile(r"[0-9a-f]{8}")


class SignatureType(IntEnum):
    """The byte that says what a key signs and how."""

    ED25519 = 0x01
    COSIGNATURE_ED25519 = 0x04
    COSIGNATURE_MLDSA44 = 0x06
    OTHER = 0xFF


_ALGORITHMS = {
    SignatureType.ED25519: Algorithm.ED25519,
    SignatureType.COSIGNATURE_ED25519: Algorithm.ED25519,
    SignatureType.COSIGNATURE_MLDSA44: Algorithm.MLDSA44,
    SignatureType.OTHER: Algorithm.MLDSA44,
}
_TYPES_OVER_THE_TEXT = (SignatureType.ED25519, SignatureType.OTHER)


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line; whether it verifies is not known."""

    name: str
    key_id: bytes
    signature: bytes

    def __post_init__(self) -> None:
        """Refuse what no line can hold."""
        _check_key_name(self.name)
        if len(self.key_id) != KEY_ID_BYTES or not self.signature:
            raise _malformed("signature", expected="a key id of 4 bytes and a signature")


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signatures in their order."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def __post_init__(self) -> None:
        """Refuse what no note can hold."""
        _check_text(self.text)
        if not 1 <= len(self.signatures) <= NOTE_SIGNATURES_MAX:
            raise _malformed(
                "signatures",
                expected=f"1 to {NOTE_SIGNATURES_MAX}",
                found=str(len(self.signatures)),
            )
        keys = {(line.name, line.key_id) for line in self.signatures}
        if len(keys) != len(self.signatures):
            raise _malformed("signatures", expected="one by each key", found="two by one key")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under the name and for the type of signature that it was pinned for."""

    name: str
    type: SignatureType
    public: bytes
    algorithm: Algorithm

    def __post_init__(self) -> None:
        """Refuse a weak key, and an algorithm that is not the type's."""
        _check_key_name(self.name)
        if self.algorithm is not _ALGORITHMS[self.type]:
            raise _malformed(
                "verifier key",
                expected=f"{_ALGORITHMS[self.type]} for type {self.type:#04x}",
                found=self.algorithm.value,
            )
        check_public_key(self.algorithm, self.public, self.name)

    @property
    def key_id(self) -> bytes:
        """Give the four bytes by which signature lines name this key: a hint, not a proof."""
        return _key_id(self.name, self.type, self.public)


@lru_cache(maxsize=_KEYS_KEPT)
def verifier_key(name: str, type: SignatureType, public: bytes) -> VerifierKey:
    """Make a verifier key; its type decides the algorithm. It is checked once."""
    return VerifierKey(name, type, public, _ALGORITHMS[type])


def parse_note(raw: bytes, *, bytes_max: int = NOTE_BYTES_MAX) -> Note:
    """Read a signed note; nothing in it is verified.

    Raises:
        InputError: not UTF-8, a control character, no blank line, no or too many signatures, a
            malformed or doubled signature line, or too large.

    Source: C2SP signed-note, Format
    """
    text, lines = _split(_decode(raw, bytes_max))
    if len(lines) > NOTE_SIGNATURES_MAX:
        raise _malformed(
            "signatures", expected=f"1 to {NOTE_SIGNATURES_MAX}", found=str(len(lines))
        )
    return Note(text, tuple(_parse_signature_line(line) for line in lines))


def format_note(note: Note) -> bytes:
    """Write a note; `parse_note` gives it back."""
    lines = "".join(format_signature_line(signature) for signature in note.signatures)
    return f"{note.text}\n{lines}".encode()


def format_signature_line(signature: NoteSignature) -> str:
    """Write one signature line with its newline."""
    body = encode_base64(signature.key_id + signature.signature)
    return f"{_SIGNATURE_MARK}{signature.name} {body}\n"


def parse_signature_lines(raw: bytes) -> tuple[NoteSignature, ...]:
    """Read signature lines that stand alone, as a cosigner answers with them."""
    text = _decode(raw, NOTE_SIGNATURE_BYTES_MAX * NOTE_SIGNATURES_MAX * 2)
    if not text.endswith("\n"):
        raise _malformed("signatures", expected="lines that end in a newline")
    lines = text[:-1].split("\n")
    if len(lines) > NOTE_SIGNATURES_MAX:
        raise _malformed(
            "signatures", expected=f"1 to {NOTE_SIGNATURES_MAX}", found=str(len(lines))
        )
    return tuple(_parse_signature_line(line) for line in lines)


def parse_vkey(text: str, where: str = "") -> VerifierKey:
    """Read a verifier key of one of the four types; the key id must be the right one.

    Raises:
        InputError: malformed, another type, or a key id that is not that of the key.
        ProofError: the public key is weak.

    Source: C2SP signed-note, Verifier keys
    """
    # A name holds no plus sign, base64 may.
    name, hex_id, encoded = [*text.split("+", 2), "", ""][:3]
    if len(text) > VKEY_CHARS_MAX or not _KEY_ID_HEX.fullmatch(hex_id):
        raise _not_a_vkey(text, where)
    material = decode_base64(encoded, bytes_max=VKEY_CHARS_MAX, where=where)
    if not material or material[0] not in _TYPE_BYTES:
        raise _not_a_vkey(text, where)
    type_ = SignatureType(material[0])
    public = material[1:]
    if type_ is SignatureType.OTHER:
        if not public.startswith(NOTE_MLDSA44_IDENTIFIER):
            raise _not_a_vkey(text, where)
        public = public.removeprefix(NOTE_MLDSA44_IDENTIFIER)
    key = verifier_key(name, type_, public)
    if key.key_id.hex() != hex_id:
        raise _not_a_vkey(text, where, hint="its key id belongs to another key")
    return key


def format_vkey(key: VerifierKey) -> str:
    """Write a verifier key; `parse_vkey` gives it back."""
    return f"{key.name}+{key.key_id.hex()}+{encode_base64(_key_material(key.type, key.public))}"


def note_signature(key: VerifierKey, signature: bytes) -> NoteSignature:
    """Put a signature under the name and id of the key that made it."""
    return NoteSignature(key.name, key.key_id, signature)


def find_signature(note: Note, key: VerifierKey) -> NoteSignature | None:
    """Find the line that names `key`; it is not verified."""
    key_id = key.key_id
    for line in note.signatures:
        if line.key_id == key_id and line.name == key.name:
            return line
    return None


def verify_note(note: Note, keys: Sequence[VerifierKey]) -> None:
    """Check that every one of `keys` has signed the text of the note.

    Signatures by keys that are not given are ignored, as C2SP asks. All keys are required: a
    note that only one of two algorithms holds for is a downgrade.

    Raises:
        ProofError: a key has not signed, or its signature does not verify.

    Source: C2SP signed-note, Signatures; DESIGN 6 (both algorithms are required)
    """
    if not keys:
        raise InvariantError("keys.no-keys", "a note is verified by no key at all")
    message = note.text.encode("utf-8")
    for key in keys:
        if key.type not in _TYPES_OVER_THE_TEXT:
            raise InvariantError(
                "keys.not-a-note-key",
                "this type of key does not sign the text alone",
                where=key.name,
                found=f"{key.type:#04x}",
            )
        line = find_signature(note, key)
        if line is None:
            raise ProofError(
                "keys.missing-signature",
                "signature is missing",
                where=key.name,
                expected=f"one by the {key.algorithm} key {key.key_id.hex()}",
                hint="both algorithms are required",
            )
        _verify_line(line, key, message)


def verify_exact_note(note: Note, keys: Sequence[VerifierKey]) -> None:
    """Check as `verify_note`, and that there is no other signature and no other order.

    For notes named by a digest of their bytes: one content, one spelling.
    """
    found = tuple((line.name, line.key_id) for line in note.signatures)
    if found != tuple((key.name, key.key_id) for key in keys):
        raise ProofError(
            "keys.other-signatures",
            "signatures are not exactly the expected ones, in their order",
            expected=", ".join(f"{key.name} {key.key_id.hex()}" for key in keys),
            found=excerpt(", ".join(f"{name} {key_id.hex()}" for name, key_id in found)),
        )
    verify_note(note, keys)


def _verify_line(line: NoteSignature, key: VerifierKey, message: bytes) -> None:
    try:
        verify(key.algorithm, key.public, message, line.signature)
    except ProofError:
        raise ProofError(
            "keys.bad-signature",
            "signature does not verify",
            where=key.name,
            found=f"{key.algorithm} key {key.key_id.hex()}",
        ) from None


def _key_material(type: SignatureType, public: bytes) -> bytes:
    identifier = NOTE_MLDSA44_IDENTIFIER if type is SignatureType.OTHER else b""
    return bytes([type]) + identifier + public


@lru_cache(maxsize=_KEYS_KEPT)
def _key_id(name: str, type: SignatureType, public: bytes) -> bytes:
    material = name.encode("utf-8") + b"\n" + _key_material(type, public)
    return hashlib.sha256(material).digest()[:KEY_ID_BYTES]


def _decode(raw: bytes, bytes_max: int) -> str:
    if len(raw) > bytes_max:
        raise _malformed("size", expected=f"at most {bytes_max} bytes", found=f"{len(raw)} bytes")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as err:
        raise _malformed("encoding", expected="UTF-8", found=f"byte {err.start}") from None


def _split(whole: str) -> tuple[str, list[str]]:
    # The last empty line parts text and signatures: the text may hold empty lines itself.
    text, blank, signatures = whole.rpartition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise _malformed("form", expected="a text, an empty line, and signature lines")
    return text + "\n", signatures[:-1].split("\n")


def _parse_signature_line(line: str) -> NoteSignature:
    mark, name, encoded = line[:2], *[*line[2:].split(" ", 1), ""][:2]
    if mark != _SIGNATURE_MARK:
        raise _malformed("signature", expected="a line that begins with a dash and a space")
    raw = decode_base64(encoded, bytes_max=NOTE_SIGNATURE_BYTES_MAX, where="note signature")
    return NoteSignature(name, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:])


def _check_text(text: str) -> None:
    if not text.endswith("\n") or _UNWRITABLE.search(text):
        raise _malformed(
            "text", expected="lines that end in a newline, without other control characters"
        )


def _check_key_name(name: str) -> None:
    if (
        not 1 <= len(name) <= KEY_NAME_CHARS_MAX
        or "+" in name
        or _UNWRITABLE.search(name)
        or name.split() != [name]
    ):
        raise _malformed(
            "key name",
            expected=f"1 to {KEY_NAME_CHARS_MAX} characters without space or plus",
            found=excerpt(name),
        )


def _malformed(place: str, *, expected: str, found: str = "") -> InputError:
    return InputError(
        "keys.malformed-note",
        "not a signed note",
        where=f"note {place}",
        expected=expected,
        found=found,
    )


def _not_a_vkey(text: str, where: str, hint: str = "") -> InputError:
    return InputError(
        "keys.malformed-vkey",
        "not a verifier key",
        where=where,
        expected="<name>+<key id>+<base64 of type and public key>, of a type known here",
        found=excerpt(text),
        hint=hint,
    )


_TYPE_BYTES = frozenset(type_.value for type_ in SignatureType)
