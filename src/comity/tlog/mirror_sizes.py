# SPDX-License-Identifier: Apache-2.0
"""The two texts by which a mirror says where it stands: its size, or size, next entry and ticket.

Source: C2SP tlog-witness, add-checkpoint (409); C2SP tlog-mirror, add-entries (202, 409)
"""

from dataclasses import dataclass

from comity.basis.encoding import decode_base64, encode_base64
from comity.basis.errors import InputError
from comity.basis.limits import MIRROR_INFO_BYTES_MAX, MIRROR_TICKET_BYTES_MAX, TREE_SIZE_MAX
from comity.tlog.tree_head import parse_decimal

SIZE_TYPE = "text/x.tlog.size"
MIRROR_INFO_TYPE = "text/x.tlog.mirror-info"
_LINES = 3
_SIZE_BYTES_MAX = 20


@dataclass(frozen=True, slots=True)
class MirrorInfo:
    """Up to which checkpoint to go on, from which entry on, and what to bring along.

    `ticket` means something to the mirror alone.
    """

    tree_size: int
    next_entry: int
    ticket: bytes = b""

    def __post_init__(self) -> None:
        """Refuse what no mirror can say."""
        for size in (self.tree_size, self.next_entry):
            if not 0 <= size <= TREE_SIZE_MAX:
                raise _malformed(f"sizes of at most {TREE_SIZE_MAX}", str(size))
        if len(self.ticket) > MIRROR_TICKET_BYTES_MAX:
            raise _malformed(f"at most {MIRROR_TICKET_BYTES_MAX} bytes", f"{len(self.ticket)}")


def format_mirror_info(said: MirrorInfo) -> bytes:
    """Write the three lines.

    Source: C2SP tlog-mirror, add-entries
    """
    text = f"{said.tree_size}\n{said.next_entry}\n{encode_base64(said.ticket)}\n"
    return text.encode("ascii")


def parse_mirror_info(raw: bytes) -> MirrorInfo:
    """Read the three lines; only the form that `format_mirror_info` writes.

    Raises:
        InputError: other lines, or one that is not in its only form.
    """
    lines = _lines(raw, MIRROR_INFO_BYTES_MAX)
    if len(lines) != _LINES:
        raise _malformed("tree size, next entry and ticket", f"{len(lines)} lines")
    size, entry, ticket = lines
    return MirrorInfo(
        parse_decimal(size, "tree size"),
        parse_decimal(entry, "next entry"),
        decode_base64(ticket, bytes_max=MIRROR_TICKET_BYTES_MAX, where="ticket"),
    )


def format_size(size: int) -> bytes:
    """Write the size that a witness or a mirror holds, as it answers a wrong one.

    Source: C2SP tlog-witness, add-checkpoint
    """
    return f"{size}\n".encode("ascii")


def parse_size(raw: bytes) -> int:
    """Read the size that a partner holds.

    Raises:
        InputError: not one decimal number and a newline.
    """
    lines = _lines(raw, _SIZE_BYTES_MAX)
    if len(lines) != 1:
        raise _malformed("one size", f"{len(lines)} lines")
    return parse_decimal(lines[0], "size")


def _lines(raw: bytes, bytes_max: int) -> list[str]:
    if len(raw) > bytes_max or not raw.isascii() or not raw.endswith(b"\n"):
        raise _malformed(
            f"ASCII lines of at most {bytes_max} bytes, each with its newline", f"{len(raw)} bytes"
        )
    return raw.decode("ascii")[:-1].split("\n")


def _malformed(expected: str, found: str) -> InputError:
    return InputError(
        "tlog.mirror-info",
        "not where a mirror stands, in its only form",
        expected=expected,
        found=found,
    )
