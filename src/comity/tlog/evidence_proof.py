# SPDX-License-Identifier: Apache-2.0
"""The proof of one entry as a text: index, path and signed checkpoint, read without a network.

Source: C2SP tlog-proof
"""

from dataclasses import dataclass

from comity.basis.encoding import decode_base64, encode_base64
from comity.basis.errors import InputError, excerpt
from comity.basis.limits import PROOF_HASHES_MAX, TLOG_PROOF_BYTES_MAX, TLOG_PROOF_EXTRA_BYTES_MAX
from comity.tlog.checkpoints import SignedCheckpoint, format_checkpoint, parse_checkpoint
from comity.tlog.proofs import InclusionProof, verify_inclusion
from comity.tlog.tree import HASH_BYTES, leaf_hash
from comity.tlog.tree_head import parse_decimal

_HEADER = "c2sp.org/tlog-proof@v1"
_EXTRA = "extra "
_INDEX = "index "


@dataclass(frozen=True, slots=True)
class TlogProof:
    """Where an entry stands, the path to the root, and the checkpoint with that root.

    `extra` is not authenticated by anything; absent is `None`, never empty.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: SignedCheckpoint
    extra: bytes | None = None

    @property
    def inclusion(self) -> InclusionProof:
        """Give the path as a proof for the checkpoint's tree."""
        return InclusionProof(self.index, self.checkpoint.checkpoint.size, self.path)


def verify_entry(proof: TlogProof, entry: bytes) -> None:
    """Check that `entry` stands where the proof says, in the tree of the proof's checkpoint.

    The checkpoint's signatures are not looked at: hold them against a policy first.

    Raises:
        ProofError: the path does not lead from the entry to the checkpoint's root.

    Source: C2SP tlog-proof, Verifying a tlog proof, steps 1 and 4
    """
    verify_inclusion(leaf_hash(entry), proof.inclusion, proof.checkpoint.checkpoint.root_hash)


def format_proof(proof: TlogProof) -> bytes:
    """Write a proof.

    Raises:
        InputError: the extra bytes are empty, or something is beyond its limit.

    Source: C2SP tlog-proof, Format
    """
    lines = [_HEADER]
    if proof.extra is not None:
        _check_extra(proof.extra)
        lines.append(_EXTRA + encode_base64(proof.extra))
    lines.append(f"{_INDEX}{proof.index}")
    lines.extend(encode_base64(each) for each in proof.path)
    head = "".join(f"{line}\n" for line in (*lines, ""))
    return head.encode("ascii") + format_checkpoint(proof.checkpoint)


def parse_proof(raw: bytes) -> TlogProof:
    """Read a proof; only the form that `format_proof` writes. Nothing is verified here.

    Raises:
        InputError: a line is missing, out of order, too much, or not in its only form.

    Source: C2SP tlog-proof, Format
    """
    if len(raw) > TLOG_PROOF_BYTES_MAX:
        raise _malformed(f"at most {TLOG_PROOF_BYTES_MAX} bytes", f"{len(raw)} bytes")
    head, separator, checkpoint = raw.partition(b"\n\n")
    if not separator or not head.isascii():
        raise _malformed("ASCII lines, an empty line and a checkpoint", f"{len(raw)} bytes")
    lines = head.decode("ascii").split("\n")
    if lines[0] != _HEADER:
        raise _malformed(_HEADER, excerpt(lines[0]))
    extra, rest = _take_extra(lines[1:])
    index, path = _take_index(rest)
    return TlogProof(index, _parse_path(path), parse_checkpoint(checkpoint), extra)


def _take_extra(lines: list[str]) -> tuple[bytes | None, list[str]]:
    if not lines or not lines[0].startswith(_EXTRA):
        return None, lines
    text = lines[0].removeprefix(_EXTRA)
    extra = decode_base64(text, bytes_max=TLOG_PROOF_EXTRA_BYTES_MAX, where="extra")
    _check_extra(extra)
    return extra, lines[1:]


def _take_index(lines: list[str]) -> tuple[int, list[str]]:
    if not lines or not lines[0].startswith(_INDEX):
        raise _malformed("a line with the index", excerpt(lines[0]) if lines else "no line")
    return parse_decimal(lines[0].removeprefix(_INDEX), "index"), lines[1:]


def _parse_path(lines: list[str]) -> tuple[bytes, ...]:
    if len(lines) > PROOF_HASHES_MAX:
        raise _malformed(f"at most {PROOF_HASHES_MAX} hashes", f"{len(lines)} hashes")
    path = tuple(decode_base64(line, bytes_max=HASH_BYTES, where="path") for line in lines)
    if any(len(each) != HASH_BYTES for each in path):
        raise _malformed(f"hashes of {HASH_BYTES} bytes", "another length")
    return path


def _check_extra(extra: bytes) -> None:
    if not 1 <= len(extra) <= TLOG_PROOF_EXTRA_BYTES_MAX:
        raise _malformed(
            f"1 to {TLOG_PROOF_EXTRA_BYTES_MAX} extra bytes, or no such line", f"{len(extra)} bytes"
        )


def _malformed(expected: str, found: str) -> InputError:
    return InputError(
        "tlog.proof-text", "not a tlog-proof in its only form", expected=expected, found=found
    )
