# SPDX-License-Identifier: Apache-2.0
"""A partner's cosignatures: its receipt for everything that a checkpoint covers.

A cosigner's two keys carry one name; Ed25519 (0x04) and ML-DSA-44 (0x06) are both required.

Source: C2SP tlog-cosignature; DESIGN section 6
"""

from dataclasses import dataclass

from comity.basis.errors import ProofError
from comity.keys.notes import (
    NoteSignature,
    SignatureType,
    format_signature_line,
    parse_signature_lines,
)
from comity.tlog.checkpoints import KeyPair, SignedCheckpoint, check_key_pair, require_signature
from comity.tlog.signed_messages import (
    TIME_BYTES,
    ed25519_message,
    mldsa44_message,
    timestamped_signature,
)
from comity.tlog.tree_head import Checkpoint

__all__ = [
    "CosignedAt",
    "cosigned_at_s",
    "cosigner_messages",
    "cosigner_signatures",
    "ed25519_message",
    "format_signature_lines",
    "mldsa44_message",
    "parse_signature_lines",
    "verify_cosignatures",
]


@dataclass(frozen=True, slots=True)
class CosignedAt:
    """Who cosigned, and the second since 1970 that both signatures name."""

    name: str
    time_s: int


def cosigner_messages(name: str, checkpoint: Checkpoint, time_s: int) -> tuple[bytes, bytes]:
    """Build what a cosigner's Ed25519 and ML-DSA-44 keys sign.

    Source: C2SP tlog-cosignature
    """
    return ed25519_message(checkpoint, time_s), mldsa44_message(name, checkpoint, time_s)


def cosigner_signatures(
    keys: KeyPair, signatures: tuple[bytes, bytes], *, time_s: int
) -> tuple[NoteSignature, NoteSignature]:
    """Put the signatures over `cosigner_messages`, made with the same time, into two lines."""
    return (
        timestamped_signature(keys[0], time_s, signatures[0]),
        timestamped_signature(keys[1], time_s, signatures[1]),
    )


def verify_cosignatures(signed: SignedCheckpoint, keys: KeyPair) -> CosignedAt:
    """Check that the cosigner cosigned, with both of its keys and at one time.

    The log's own signatures are `verify_log`'s. Whether the time is near is for the caller.

    Raises:
        ProofError: a signature is missing or does not hold, or the two name different times.

    Source: DESIGN section 6; C2SP tlog-witness, add-checkpoint (the time must not be zero)
    """
    check_key_pair(keys, SignatureType.COSIGNATURE_ED25519)
    times = tuple(require_signature(signed, key) for key in keys)
    if times[0] != times[1] or not times[0]:
        raise ProofError(
            "tlog.cosignature-times",
            "a cosigner's two signatures must name one time",
            where=keys[0].name,
            expected="two equal times above 0",
            found=f"{times[0]} and {times[1]}",
        )
    return CosignedAt(keys[0].name, times[0])


def cosigned_at_s(lines: bytes) -> int:
    """Read when a cosigner's lines say that it cosigned: the second since 1970.

    Nothing is checked: for lines that were, when they came.
    """
    first = parse_signature_lines(lines)[0]
    return int.from_bytes(first.signature[:TIME_BYTES], "big")


def format_signature_lines(lines: tuple[NoteSignature, ...]) -> bytes:
    """Write bare signature lines, as a cosigner answers them.

    Source: C2SP tlog-witness, add-checkpoint
    """
    return "".join(format_signature_line(line) for line in lines).encode()
