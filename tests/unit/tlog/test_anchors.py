# SPDX-License-Identifier: Apache-2.0
"""The blinded digest of a journal's checkpoint: exact bytes, and no digest without blinding."""

from hashlib import sha256

import pytest

from comity.basis.errors import InputError
from comity.tlog.anchors import ANCHOR_HEADER, anchor_digest
from comity.tlog.tree_head import Checkpoint

CHECKPOINT = Checkpoint("jpn.example/journal", 3, bytes(range(32)))
BLINDING = bytes(range(100, 132))


def test_hashes_header_blinding_value_and_the_three_lines() -> None:
    text = b"jpn.example/journal\n3\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    whole = b"comity/journal-anchor/v1\n" + BLINDING + text
    assert anchor_digest(CHECKPOINT, BLINDING) == sha256(whole).hexdigest()
    assert whole.startswith(ANCHOR_HEADER)


def test_another_value_or_another_checkpoint_gives_another_digest() -> None:
    digests = {
        anchor_digest(CHECKPOINT, BLINDING),
        anchor_digest(CHECKPOINT, bytes(32)),
        anchor_digest(Checkpoint("jpn.example/journal", 4, bytes(range(32))), BLINDING),
        anchor_digest(Checkpoint("jpn.example/journal/1", 3, bytes(range(32))), BLINDING),
        anchor_digest(Checkpoint("jpn.example/journal", 3, bytes(32)), BLINDING),
    }
    assert len(digests) == 5


@pytest.mark.parametrize("length", [0, 31, 33])
def test_refuses_a_blinding_value_of_another_length(length: int) -> None:
    with pytest.raises(InputError) as caught:
        anchor_digest(CHECKPOINT, bytes(length))
    assert caught.value.code == "tlog.blinding-length"
