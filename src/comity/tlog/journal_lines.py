# SPDX-License-Identifier: Apache-2.0
"""Single lines of a journal, shown to stand in it under an anchor, and nothing of the others.

The anchor's digest is in a register that the partners cosigned; its opening gives the journal's
root; each line has its path to that root. That no further line is there is not shown by this.
Source: DESIGN 4 (the journal); RFC 9162 2.1.3.2
"""

from __future__ import annotations

from dataclasses import dataclass

from comity.basis.encoding import decode_base64, encode_base64
from comity.basis.errors import InputError, ProofError
from comity.basis.fields import Fields
from comity.basis.ids import Digest
from comity.basis.limits import (
    CHECKPOINT_BYTES_MAX,
    ENTRY_BYTES_MAX,
    JOURNAL_LINES_BYTES_MAX,
    JOURNAL_LINES_MAX,
    PROOF_HASHES_MAX,
)
from comity.basis.strict_json import JsonValue, format_json, parse_json
from comity.tlog.anchors import BLINDING_BYTES, anchor_digest
from comity.tlog.proofs import InclusionProof, verify_inclusion
from comity.tlog.tree import leaf_hash
from comity.tlog.tree_head import Checkpoint, checkpoint_text, parse_checkpoint_text

_HASH_BYTES = 32


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One entry of the journal, where it stands, and its way to the root."""

    index: int
    entry: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class JournalLines:
    """Some lines of one journal, and what opens the anchor that fixes them in time."""

    checkpoint: Checkpoint
    blinding: bytes
    lines: tuple[JournalLine, ...]

    @property
    def digest(self) -> Digest:
        """Give the digest that the anchor says."""
        return anchor_digest(self.checkpoint, self.blinding)


def verify_journal_lines(shown: JournalLines, anchored: Digest) -> None:
    """Check that every line stands in the journal that an anchor's digest fixes.

    `anchored` must come from a verified statement; that the list is whole cannot be checked.

    Raises:
        ProofError: `journal.other-anchor`, or a path does not lead to the root.
    """
    if shown.digest != anchored:
        raise ProofError(
            "journal.other-anchor",
            "the opening is not that of the anchor",
            expected=anchored,
            found=shown.digest,
        )
    for line in shown.lines:
        proof = InclusionProof(line.index, shown.checkpoint.size, line.path)
        verify_inclusion(leaf_hash(line.entry), proof, shown.checkpoint.root_hash)


def format_journal_lines(shown: JournalLines) -> bytes:
    """Write the lines as RFC 8785 JSON."""
    lines: list[JsonValue] = [
        {
            "index": line.index,
            "entry": line.entry.decode("utf-8"),
            "path": [encode_base64(each) for each in line.path],
        }
        for line in shown.lines
    ]
    return format_json(
        {
            "checkpoint": checkpoint_text(shown.checkpoint),
            "blinding": encode_base64(shown.blinding),
            "lines": lines,
        }
    )


def parse_journal_lines(raw: bytes, where: str = "journal") -> JournalLines:
    """Read the lines; nothing of them is verified by it.

    Raises:
        InputError: the bytes are no strict JSON of this form.
    """
    fields = Fields(parse_json(raw, bytes_max=JOURNAL_LINES_BYTES_MAX, where=where), where)
    text = fields.text("checkpoint", max_chars=CHECKPOINT_BYTES_MAX)
    blinding = decode_base64(fields.text("blinding"), bytes_max=BLINDING_BYTES)
    lines = tuple(_line(each) for each in fields.objects("lines", max_items=JOURNAL_LINES_MAX))
    fields.finish()
    return JournalLines(parse_checkpoint_text(text), blinding, lines)


def _line(fields: Fields) -> JournalLine:
    line = JournalLine(
        fields.integer("index"),
        fields.text("entry", max_chars=ENTRY_BYTES_MAX).encode(),
        tuple(
            decode_base64(each, bytes_max=_HASH_BYTES)
            for each in fields.texts("path", max_items=PROOF_HASHES_MAX)
        ),
    )
    if any(len(each) != _HASH_BYTES for each in line.path):
        raise InputError(
            "journal.path",
            "a hash of a path has the wrong length",
            where=fields.place("path"),
            expected=f"{_HASH_BYTES} bytes",
        )
    fields.finish()
    return line
