# SPDX-License-Identifier: Apache-2.0
"""What the keys of logs and cosigners sign, and the check of one key's line on a checkpoint.

Which keys must have signed is for `checkpoints`, `cosignatures` and `policy` to say.

Source: C2SP signed-note; C2SP tlog-cosignature
"""

from typing import assert_never

from comity.basis.errors import InputError, InvariantError, ProofError
from comity.basis.limits import COSIGNATURE_TIME_MAX_S
from comity.keys.notes import NoteSignature, SignatureType, VerifierKey, note_signature
from comity.keys.suites import verify
from comity.tlog.tree_head import Checkpoint, checkpoint_text

TIME_BYTES = 8
_ED25519_BYTES = 64
_MLDSA44_BYTES = 2420
_LABEL = b"subtree/v1\n\0"


def ed25519_message(checkpoint: Checkpoint, time_s: int) -> bytes:
    """Build what a cosigner's Ed25519 key signs; it does not commit to the cosigner's name.

    Source: C2SP tlog-cosignature, Ed25519 signed message
    """
    _check_time(time_s)
    return f"cosignature/v1\ntime {time_s}\n{checkpoint_text(checkpoint)}".encode("ascii")


def mldsa44_message(name: str, checkpoint: Checkpoint, time_s: int) -> bytes:
    """Build what an ML-DSA-44 key named `name` signs; time 0 says nothing about when.

    Source: C2SP tlog-cosignature, ML-DSA-44 signed message
    """
    _check_time(time_s)
    return b"".join(
        (
            _LABEL,
            _prefixed(name.encode("utf-8")),
            _uint64(time_s),
            _prefixed(checkpoint.origin.encode("ascii")),
            _uint64(0),
            _uint64(checkpoint.size),
            checkpoint.root_hash,
        )
    )


def timestamped_signature(key: VerifierKey, time_s: int, signature: bytes) -> NoteSignature:
    """Put time and signature into the line of a key of type 0x04 or 0x06.

    Source: C2SP tlog-cosignature, Format
    """
    _check_time(time_s)
    return note_signature(key, _uint64(time_s) + signature)


def verify_line(checkpoint: Checkpoint, line: NoteSignature, key: VerifierKey) -> int:
    """Check a line by `key` on a checkpoint, and give its time (0: it names none).

    Raises:
        ProofError: the signature does not hold.

    Source: C2SP tlog-cosignature; C2SP signed-note, Ed25519 signatures
    """
    time_s, signature = _split(line, key)
    try:
        verify(key.algorithm, key.public, _message(checkpoint, key, time_s), signature)
    except ProofError as refusal:
        raise _bad_signature(key) from refusal
    return time_s


def _split(line: NoteSignature, key: VerifierKey) -> tuple[int, bytes]:
    """Take time and signature out of a line."""
    match key.type:
        case SignatureType.ED25519:
            return 0, line.signature
        case SignatureType.COSIGNATURE_ED25519:
            signature_bytes = _ED25519_BYTES
        case SignatureType.COSIGNATURE_MLDSA44:
            signature_bytes = _MLDSA44_BYTES
        case SignatureType.OTHER:
            raise InvariantError("tlog.key-type", "a key of this type signs no checkpoints")
        case unreachable:
            assert_never(unreachable)
    time_s = int.from_bytes(line.signature[:TIME_BYTES], "big")
    if len(line.signature) != TIME_BYTES + signature_bytes or time_s > COSIGNATURE_TIME_MAX_S:
        raise _bad_signature(key)
    return time_s, line.signature[TIME_BYTES:]


def _message(checkpoint: Checkpoint, key: VerifierKey, time_s: int) -> bytes:
    if key.type is SignatureType.ED25519:
        return checkpoint_text(checkpoint).encode("ascii")
    if key.type is SignatureType.COSIGNATURE_ED25519:
        return ed25519_message(checkpoint, time_s)
    return mldsa44_message(key.name, checkpoint, time_s)


def _check_time(time_s: int) -> None:
    if not 0 <= time_s <= COSIGNATURE_TIME_MAX_S:
        raise InputError(
            "tlog.cosignature-time",
            "a cosignature's time is out of range",
            expected=f"0 to {COSIGNATURE_TIME_MAX_S} seconds",
            found=str(time_s),
        )


def _prefixed(raw: bytes) -> bytes:
    """Write an opaque value of 1 to 255 bytes behind its length."""
    if not 1 <= len(raw) <= 0xFF:
        raise InputError(
            "tlog.name-length",
            "a name cannot be signed",
            expected="1 to 255 bytes",
            found=f"{len(raw)} bytes",
        )
    return bytes((len(raw),)) + raw


def _uint64(number: int) -> bytes:
    return number.to_bytes(8, "big")


def _bad_signature(key: VerifierKey) -> ProofError:
    return ProofError(
        "tlog.signature",
        "a known key's signature on the checkpoint does not hold",
        where=f"{key.name}+{key.key_id.hex()}",
    )
