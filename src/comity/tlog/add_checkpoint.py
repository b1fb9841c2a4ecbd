# SPDX-License-Identifier: Apache-2.0
"""The body of `add-checkpoint`: the size that is held, a consistency proof, a signed checkpoint.

Nothing is verified here. The same bytes open a push.

Source: C2SP tlog-witness, add-checkpoint
"""

from dataclasses import dataclass

from comity.basis.encoding import decode_base64, encode_base64
from comity.basis.errors import InputError, excerpt
from comity.basis.limits import ADD_CHECKPOINT_BYTES_MAX, PROOF_HASHES_MAX
from comity.tlog.checkpoints import SignedCheckpoint, format_checkpoint, parse_checkpoint
from comity.tlog.proofs import ConsistencyProof
from comity.tlog.tree import HASH_BYTES
from comity.tlog.tree_head import parse_decimal

_OLD = "old "


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A new checkpoint, and what leads to it from the tree of `old_size`.

    Invariant: `old_size` is at most the checkpoint's; at most 63 hashes of 32 bytes.
    """

    old_size: int
    proof: tuple[bytes, ...]
    signed: SignedCheckpoint

    def __post_init__(self) -> None:
        """Refuse what no body may say."""
        size = self.signed.checkpoint.size
        if not 0 <= self.old_size <= size:
            raise _malformed(f"an old size of at most {size}", str(self.old_size))
        if len(self.proof) > PROOF_HASHES_MAX:
            raise _malformed(f"at most {PROOF_HASHES_MAX} hashes", f"{len(self.proof)} hashes")
        if any(len(each) != HASH_BYTES for each in self.proof):
            raise _malformed(f"hashes of {HASH_BYTES} bytes", "another length")

    @property
    def consistency(self) -> ConsistencyProof:
        """Give the proof lines as a proof between the two sizes."""
        return ConsistencyProof(self.old_size, self.signed.checkpoint.size, self.proof)


def format_add_checkpoint(body: AddCheckpoint) -> bytes:
    """Write a body; `parse_add_checkpoint` gives it back.

    Source: C2SP tlog-witness, add-checkpoint
    """
    lines = (f"{_OLD}{body.old_size}", *(encode_base64(each) for each in body.proof), "")
    head = "".join(f"{line}\n" for line in lines)
    return head.encode("ascii") + format_checkpoint(body.signed)


def parse_add_checkpoint(raw: bytes) -> AddCheckpoint:
    """Read a body; only the form that `format_add_checkpoint` writes.

    Raises:
        InputError: a line is missing, out of order, too much, or not in its only form, or the old
            size is beyond the checkpoint's.

    Source: C2SP tlog-witness, add-checkpoint
    """
    if len(raw) > ADD_CHECKPOINT_BYTES_MAX:
        raise _malformed(f"at most {ADD_CHECKPOINT_BYTES_MAX} bytes", f"{len(raw)} bytes")
    head, separator, checkpoint = raw.partition(b"\n\n")
    if not separator or not head.isascii():
        raise _malformed("ASCII lines, an empty line and a checkpoint", f"{len(raw)} bytes")
    old, *proof = head.decode("ascii").split("\n")
    if not old.startswith(_OLD):
        raise _malformed("a line with the old size", excerpt(old))
    if len(proof) > PROOF_HASHES_MAX:
        raise _malformed(f"at most {PROOF_HASHES_MAX} hashes", f"{len(proof)} hashes")
    return AddCheckpoint(
        parse_decimal(old.removeprefix(_OLD), "old size"),
        tuple(decode_base64(line, bytes_max=HASH_BYTES, where="proof") for line in proof),
        parse_checkpoint(checkpoint),
    )


def _malformed(expected: str, found: str) -> InputError:
    return InputError(
        "tlog.add-checkpoint",
        "not the body of add-checkpoint in its only form",
        expected=expected,
        found=found,
    )
