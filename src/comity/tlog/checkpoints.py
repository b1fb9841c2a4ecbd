# SPDX-License-Identifier: Apache-2.0
"""Checkpoints as signed notes, and the log's own two signatures, both of them required.

The log signs the text with Ed25519 (0x01) and the tree with ML-DSA-44 (0x06, name = origin).

Source: C2SP tlog-checkpoint; DESIGN section 6
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from comity.basis.errors import InvariantError, ProofError, excerpt
from comity.basis.limits import CHECKPOINT_BYTES_MAX
from comity.keys.notes import (
    Note,
    NoteSignature,
    SignatureType,
    VerifierKey,
    find_signature,
    format_note,
    note_signature,
    parse_note,
)
from comity.tlog.signed_messages import (
    mldsa44_message,
    timestamped_signature,
    verify_line,
)
from comity.tlog.tree_head import Checkpoint, checkpoint_text, parse_checkpoint_text

__all__ = [
    "Checkpoint",
    "KeyPair",
    "SignedCheckpoint",
    "check_key_pair",
    "checkpoint_text",
    "format_checkpoint",
    "log_messages",
    "log_signatures",
    "parse_checkpoint",
    "require_signature",
    "signed_checkpoint",
    "verify_log",
    "with_cosignatures",
]

KeyPair = tuple[VerifierKey, VerifierKey]
"""The Ed25519 and the ML-DSA-44 key of one log or cosigner, of one name."""

_READ_KEPT: Final = 64


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint and the note that it stood in. Its signatures are not yet verified.

    Invariant: the note's text is the checkpoint's.
    """

    checkpoint: Checkpoint
    note: Note

    def __post_init__(self) -> None:
        """Refuse a note that says something else."""
        if self.note.text != checkpoint_text(self.checkpoint):
            raise InvariantError("tlog.note-text", "a checkpoint stands beside another note")


@lru_cache(maxsize=_READ_KEPT)
def parse_checkpoint(raw: bytes) -> SignedCheckpoint:
    """Read a signed checkpoint; no signature is verified here. Equal bytes read equal, once.

    Raises:
        InputError: it is not a signed note of exactly three lines, each in its only form.

    Source: C2SP tlog-checkpoint
    """
    note = parse_note(raw, bytes_max=CHECKPOINT_BYTES_MAX)
    return SignedCheckpoint(parse_checkpoint_text(note.text), note)


def format_checkpoint(signed: SignedCheckpoint) -> bytes:
    """Write a signed checkpoint, byte for byte as it was read."""
    return format_note(signed.note)


def signed_checkpoint(
    checkpoint: Checkpoint, signatures: tuple[NoteSignature, ...]
) -> SignedCheckpoint:
    """Put a checkpoint and its signature lines, at least one, together. They are not verified.

    Raises:
        InputError: there are no lines, two by one key, or more than a note may have.
    """
    return SignedCheckpoint(checkpoint, Note(checkpoint_text(checkpoint), signatures))


def with_cosignatures(
    signed: SignedCheckpoint, lines: tuple[NoteSignature, ...]
) -> SignedCheckpoint:
    """Add signature lines; a line by a key that has signed already takes the earlier one's place.

    The lines are not verified: verify the whole after, before anything is stored.

    Raises:
        InputError: there would be more lines than a note may have.
    """
    by_key = {(line.name, line.key_id): line for line in (*signed.note.signatures, *lines)}
    return signed_checkpoint(signed.checkpoint, tuple(by_key.values()))


def log_messages(checkpoint: Checkpoint, time_s: int) -> tuple[bytes, bytes]:
    """Build what the log's Ed25519 and ML-DSA-44 keys sign; time 0 says nothing about when.

    Source: C2SP tlog-checkpoint, Signatures; C2SP tlog-cosignature
    """
    text = checkpoint_text(checkpoint).encode("ascii")
    return text, mldsa44_message(checkpoint.origin, checkpoint, time_s)


def log_signatures(
    keys: KeyPair, signatures: tuple[bytes, bytes], *, time_s: int
) -> tuple[NoteSignature, NoteSignature]:
    """Put the signatures over `log_messages`, made with the same time, into their two lines."""
    ed25519, mldsa44 = keys
    return (
        note_signature(ed25519, signatures[0]),
        timestamped_signature(mldsa44, time_s, signatures[1]),
    )


def verify_log(signed: SignedCheckpoint, keys: KeyPair) -> None:
    """Check that the log itself signed, with both of its keys. Other keys' lines are ignored.

    Raises:
        ProofError: the checkpoint is another log's, or a signature is missing or does not hold.

    Source: DESIGN section 6; C2SP signed-note, Signatures
    """
    check_key_pair(keys, SignatureType.ED25519)
    if keys[0].name != signed.checkpoint.origin:
        raise ProofError(
            "tlog.origin-mismatch",
            "the checkpoint is another log's",
            expected=keys[0].name,
            found=excerpt(signed.checkpoint.origin),
        )
    for key in keys:
        require_signature(signed, key)


def require_signature(signed: SignedCheckpoint, key: VerifierKey) -> int:
    """Check that `key` signed, and give the time that it named (0: none).

    Raises:
        ProofError: the signature is missing or does not hold.
    """
    line = find_signature(signed.note, key)
    if line is None:
        raise ProofError(
            "tlog.signature-missing",
            "a required signature is missing on the checkpoint",
            expected=f"a signature by {key.name}+{key.key_id.hex()}, type 0x{key.type:02x}",
        )
    return verify_line(signed.checkpoint, line, key)


def check_key_pair(keys: KeyPair, ed25519_type: SignatureType) -> None:
    """Refuse keys that are not one name's Ed25519 and ML-DSA-44 keys of the right types.

    Raises:
        InvariantError: the caller chose other keys.
    """
    types = (ed25519_type, SignatureType.COSIGNATURE_MLDSA44)
    if tuple(key.type for key in keys) != types or keys[0].name != keys[1].name:
        raise InvariantError("tlog.key-pair", "keys of other types or names than the check needs")
