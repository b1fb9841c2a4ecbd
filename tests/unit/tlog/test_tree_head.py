# SPDX-License-Identifier: Apache-2.0
"""The three lines of a checkpoint."""

import pytest

from comity.basis.errors import InputError
from comity.basis.limits import TREE_SIZE_MAX
from comity.tlog.tree import EMPTY_ROOT
from comity.tlog.tree_head import (
    Checkpoint,
    checkpoint_text,
    parse_checkpoint_text,
    parse_decimal,
)

# The note text of the example in C2SP tlog-checkpoint.
TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def test_the_published_example_comes_back_as_written() -> None:
    checkpoint = parse_checkpoint_text(TEXT)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint_text(checkpoint) == TEXT


def test_the_empty_tree_has_a_checkpoint() -> None:
    checkpoint = Checkpoint("example.com/empty", 0, EMPTY_ROOT)
    assert parse_checkpoint_text(checkpoint_text(checkpoint)) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        TEXT[:-1],
        TEXT + "extension\n",
        TEXT + "\n",
        "\n" + TEXT,
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("20852163", "020852163"),
        TEXT.replace("20852163", "+20852163"),
        TEXT.replace("20852163", "20_852_163"),
        TEXT.replace("20852163", " 20852163"),
        TEXT.replace("20852163", "-1"),
        TEXT.replace("20852163", ""),
        TEXT.replace("20852163", "٢"),
        TEXT.replace("20852163", str(TREE_SIZE_MAX + 1)),
        TEXT.replace("20852163", "9" * 5000),
        TEXT.replace("20852163", "0"),
        TEXT.replace("q2I=", "q2J="),
        TEXT.replace("q2I=", "q2I"),
        TEXT.replace("q2I=", "q2I= "),
        TEXT.replace("m/X", "m_X"),
        TEXT.replace("CsUY", ""),
        TEXT.replace("CsUY", "CsUYCsUY"),
        TEXT.replace("example.com/behind-the-sofa", ""),
        TEXT.replace("behind-the-sofa", "behind the sofa"),
        TEXT.replace("behind-the-sofa", "behind+sofa"),
        TEXT.replace("behind-the-sofa", "söfa"),
        TEXT.replace("behind-the-sofa", "x" * 244),
    ],
)
def test_refuses_any_other_spelling(text: str) -> None:
    with pytest.raises(InputError):
        parse_checkpoint_text(text)


def test_the_longest_origin_is_255_bytes() -> None:
    assert parse_checkpoint_text(TEXT.replace("behind-the-sofa", "x" * 243)).origin[-1] == "x"


@pytest.mark.parametrize(
    ("origin", "size", "root", "code"),
    [
        ("example.com/a\n", 1, bytes(32), "tlog.checkpoint-origin"),
        ("example.com/a", -1, bytes(32), "tlog.checkpoint-size"),
        ("example.com/a", TREE_SIZE_MAX + 1, bytes(32), "tlog.checkpoint-size"),
        ("example.com/a", 1, bytes(31), "tlog.checkpoint-root"),
        ("example.com/a", 0, bytes(32), "tlog.checkpoint-root"),
    ],
)
def test_refuses_a_head_that_no_log_could_sign(
    origin: str, size: int, root: bytes, code: str
) -> None:
    with pytest.raises(InputError) as refusal:
        Checkpoint(origin, size, root)
    assert refusal.value.code == code


def test_decimals_reach_from_zero_to_the_greatest_tree() -> None:
    assert parse_decimal("0", "size") == 0
    assert parse_decimal(str(TREE_SIZE_MAX), "size") == TREE_SIZE_MAX
    with pytest.raises(InputError) as refusal:
        parse_decimal("00", "size")
    assert (refusal.value.code, refusal.value.where) == ("tlog.decimal", "size")
