# SPDX-License-Identifier: Apache-2.0
"""The blinded digest of a journal's checkpoint: it fixes the journal in time and shows nothing.

Whoever is given the blinding value and the checkpoint can open it; nobody else can even guess at
it. Source: DESIGN 4 (the journal), docs/formats/registers.md
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from comity.basis.errors import InputError
from comity.basis.ids import Digest
from comity.tlog.tree_head import Checkpoint, checkpoint_text

ANCHOR_HEADER: Final = b"comity/journal-anchor/v1\n"
BLINDING_BYTES: Final = 32


def anchor_digest(checkpoint: Checkpoint, blinding: bytes) -> Digest:
    """Give the digest that a `journal.anchor` says: header, blinding value, checkpoint's text.

    Raises:
        InputError: the blinding value is not 32 bytes long.
    """
    if len(blinding) != BLINDING_BYTES:
        raise InputError(
            "tlog.blinding-length",
            "a blinding value has the wrong length",
            expected=f"{BLINDING_BYTES} bytes",
            found=f"{len(blinding)} bytes",
        )
    text = checkpoint_text(checkpoint).encode("ascii")
    return Digest(sha256(ANCHOR_HEADER + blinding + text).hexdigest())
