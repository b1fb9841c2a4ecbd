# SPDX-License-Identifier: Apache-2.0
"""A checkpoint of a public log, cosigned by a public witness with both kinds of cosignature.

Sources: the log coachandhorses2026h1.staging.certificate.transparency.goog, size 185550722, with
the lines of witness.navigli.sunlight.geomys.org and its ML-DSA-44 vkey, as kept in
florolf/tlog-scales (test of signing); its Ed25519 vkey as public lists of witnesses pin it.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from comity.basis.errors import ProofError
from comity.keys.notes import format_vkey, parse_vkey
from comity.tlog.checkpoints import format_checkpoint, parse_checkpoint, require_signature
from comity.tlog.cosignatures import CosignedAt, verify_cosignatures
from comity.tlog.signed_messages import verify_line

FOLDER = Path(__file__).parent / "tlog"
RAW = (FOLDER / "witnessed.checkpoint").read_bytes()
VKEYS = (FOLDER / "witnessed.vkeys").read_text(encoding="ascii").split("\n")[:2]
KEYS = (parse_vkey(VKEYS[0]), parse_vkey(VKEYS[1]))


def test_the_note_and_the_keys_come_back_as_written() -> None:
    assert format_checkpoint(parse_checkpoint(RAW)) == RAW
    assert [format_vkey(key) for key in KEYS] == VKEYS


def test_both_cosignatures_hold_and_name_one_time() -> None:
    name = "witness.navigli.sunlight.geomys.org"
    assert verify_cosignatures(parse_checkpoint(RAW), KEYS) == CosignedAt(name, 1785704691)


@pytest.mark.parametrize("place", [0, 1])
def test_neither_holds_for_another_tree(place: int) -> None:
    signed = parse_checkpoint(RAW)
    line = signed.note.signatures[1 + place]
    assert require_signature(signed, KEYS[place])
    for other in (
        replace(signed.checkpoint, size=signed.checkpoint.size + 1),
        replace(signed.checkpoint, origin="coachandhorses2026h2.staging"),
        replace(signed.checkpoint, root_hash=bytes(32)),
    ):
        with pytest.raises(ProofError):
            verify_line(other, line, KEYS[place])
