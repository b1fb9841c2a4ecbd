# SPDX-License-Identifier: Apache-2.0
"""Where a mirror stands: one line for its size, three for how to go on."""

import pytest

from comity.basis.errors import InputError
from comity.basis.limits import MIRROR_INFO_BYTES_MAX, MIRROR_TICKET_BYTES_MAX, TREE_SIZE_MAX
from comity.tlog.mirror_sizes import (
    MirrorInfo,
    format_mirror_info,
    format_size,
    parse_mirror_info,
    parse_size,
)


@pytest.mark.parametrize(
    "said",
    [
        MirrorInfo(0, 0),
        MirrorInfo(512, 300, b"ticket"),
        MirrorInfo(TREE_SIZE_MAX, TREE_SIZE_MAX, bytes(MIRROR_TICKET_BYTES_MAX)),
    ],
)
def test_three_lines_come_back_as_written(said: MirrorInfo) -> None:
    raw = format_mirror_info(said)
    assert parse_mirror_info(raw) == said
    assert format_mirror_info(parse_mirror_info(raw)) == raw


def test_three_lines_are_those_of_the_specification() -> None:
    assert format_mirror_info(MirrorInfo(512, 300, b"t")) == b"512\n300\ndA==\n"
    assert format_mirror_info(MirrorInfo(512, 300)) == b"512\n300\n\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"512\n300\n",
        b"512\n300",
        b"512\n300\n\n\n",
        b"0512\n300\n\n",
        b"512\n-1\n\n",
        b"512\n300\ndA=\n",
        b"512\r\n300\r\n\r\n",
        "５\n300\n\n".encode(),
        b"512\n300\n" + b"A" * MIRROR_INFO_BYTES_MAX + b"\n",
    ],
)
def test_refuses_other_lines(raw: bytes) -> None:
    with pytest.raises(InputError):
        parse_mirror_info(raw)


def test_refuses_sizes_and_tickets_that_no_mirror_can_say() -> None:
    for said in ((-1, 0, b""), (0, TREE_SIZE_MAX + 1, b""), (0, 0, bytes(2**16))):
        with pytest.raises(InputError):
            MirrorInfo(*said)


def test_a_size_is_one_line() -> None:
    assert format_size(128) == b"128\n"
    assert parse_size(b"128\n") == 128
    for raw in (b"128", b"128\n1\n", b"\n", b" 128\n", b"1" * 30 + b"\n"):
        with pytest.raises(InputError):
            parse_size(raw)
