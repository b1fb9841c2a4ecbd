# SPDX-License-Identifier: Apache-2.0
"""The three lines of a checkpoint: origin, tree size, root hash. No extension lines.

Source: C2SP tlog-checkpoint, Note text
"""

import re
from dataclasses import dataclass

from comity.basis.encoding import decode_base64, encode_base64
from comity.basis.errors import InputError, excerpt
from comity.basis.limits import ORIGIN_BYTES_MAX, TREE_SIZE_MAX
from comity.tlog.tree import EMPTY_ROOT, HASH_BYTES

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_ORIGIN = re.compile(r"[!-*,-~]+", re.ASCII)
_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log's tree: what a log signs.

    Invariant: the origin is printable ASCII without space and plus; an empty tree has its root.
    """

    origin: str
    size: int
    root_hash: bytes

    def __post_init__(self) -> None:
        """Refuse what no log could sign."""
        if not _ORIGIN.fullmatch(self.origin) or len(self.origin) > ORIGIN_BYTES_MAX:
            raise _refused(
                "tlog.checkpoint-origin",
                "a checkpoint's origin cannot be signed",
                expected=f"1 to {ORIGIN_BYTES_MAX} printable ASCII characters, no space, no plus",
                found=excerpt(self.origin),
            )
        if not 0 <= self.size <= TREE_SIZE_MAX:
            raise _refused(
                "tlog.checkpoint-size",
                "a checkpoint's tree size is out of range",
                expected=f"0 to {TREE_SIZE_MAX}",
                found=str(self.size),
            )
        if len(self.root_hash) != HASH_BYTES or (self.size == 0 and self.root_hash != EMPTY_ROOT):
            raise _refused(
                "tlog.checkpoint-root",
                "a checkpoint's root hash cannot be the root of its tree",
                expected=f"{HASH_BYTES} bytes, for the empty tree the hash of nothing",
                found=self.root_hash.hex(),
            )


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """Write the three lines, each with its newline: the text that the log's keys sign.

    Source: C2SP tlog-checkpoint, Note text
    """
    root = encode_base64(checkpoint.root_hash)
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n"


def parse_checkpoint_text(text: str) -> Checkpoint:
    """Read the three lines; only the form that `checkpoint_text` writes.

    Raises:
        InputError: there are extension lines, or a line is not in its only form.
    """
    lines = text.split("\n")
    if len(lines) != _LINES + 1 or lines[-1]:
        raise _refused(
            "tlog.checkpoint-lines",
            "a checkpoint has other lines than it must",
            expected="origin, tree size and root hash, and no extension lines",
            found=f"{len(lines) - 1} lines",
        )
    origin, size, root, _ = lines
    return Checkpoint(
        origin,
        parse_decimal(size, "tree size"),
        decode_base64(root, bytes_max=HASH_BYTES, where="root hash"),
    )


def parse_decimal(text: str, where: str) -> int:
    """Read a size or index: ASCII digits, no leading zeroes.

    Raises:
        InputError: it is written otherwise, or beyond the greatest tree size.
    """
    if not _DECIMAL.fullmatch(text) or int(text) > TREE_SIZE_MAX:
        raise InputError(
            "tlog.decimal",
            "not a decimal number in its only form",
            where=where,
            expected=f"0 to {TREE_SIZE_MAX}, without leading zeroes",
            found=excerpt(text),
        )
    return int(text)


def _refused(code: str, what: str, *, expected: str, found: str) -> InputError:
    return InputError(code, what, where="checkpoint", expected=expected, found=found)
