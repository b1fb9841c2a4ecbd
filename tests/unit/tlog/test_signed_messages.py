# SPDX-License-Identifier: Apache-2.0
"""What keys sign, spelled out byte by byte."""

from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import InputError, InvariantError, ProofError
from comity.keys.notes import NoteSignature, SignatureType
from comity.tlog.checkpoints import Checkpoint
from comity.tlog.signed_messages import (
    ed25519_message,
    mldsa44_message,
    timestamped_signature,
    verify_line,
)
from comity.tlog.tree_head import parse_checkpoint_text

EXAMPLE = parse_checkpoint_text(
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
)


def test_the_ed25519_message_is_the_one_that_the_specification_shows() -> None:
    assert ed25519_message(EXAMPLE, 1679315147) == (
        b"cosignature/v1\n"
        b"time 1679315147\n"
        b"example.com/behind-the-sofa\n"
        b"20852163\n"
        b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


def test_the_mldsa44_message_is_the_structure_that_the_specification_defines() -> None:
    assert mldsa44_message("w.example", EXAMPLE, 1679315147) == (
        b"subtree/v1\n\x00"
        b"\x09w.example"
        b"\x00\x00\x00\x00\x64\x18\x50\xcb"
        b"\x1bexample.com/behind-the-sofa"
        b"\x00\x00\x00\x00\x00\x00\x00\x00"
        b"\x00\x00\x00\x00\x01\x3e\x2d\xc3" + EXAMPLE.root_hash
    )


@pytest.mark.parametrize("time_s", [-1, 2**63])
def test_refuses_a_time_out_of_range(time_s: int, kor: Any) -> None:
    key = kor.mirror_keys[0]
    for build in (
        lambda: ed25519_message(EXAMPLE, time_s),
        lambda: mldsa44_message("w.example", EXAMPLE, time_s),
        lambda: timestamped_signature(key, time_s, bytes(64)),
    ):
        with pytest.raises(InputError) as refusal:
            build()
        assert refusal.value.code == "tlog.cosignature-time"


@pytest.mark.parametrize("name", ["", "n" * 256, "é" * 128])
def test_refuses_a_name_that_its_length_byte_cannot_tell(name: str) -> None:
    with pytest.raises(InputError) as refusal:
        mldsa44_message(name, EXAMPLE, 0)
    assert refusal.value.code == "tlog.name-length"


def test_every_type_of_key_verifies_its_own_line(jpn: Any, kor: Any, signed: Any) -> None:
    checkpoint = signed.checkpoint
    lines = (*signed.note.signatures, *kor.cosign(checkpoint, 12))
    keys = (*jpn.log_keys, *kor.mirror_keys)
    times = [verify_line(checkpoint, line, key) for line, key in zip(lines, keys, strict=True)]
    assert times == [0, 1_481_857_200, 12, 12]


def test_refuses_a_line_on_another_checkpoint(jpn: Any, kor: Any, signed: Any) -> None:
    lines = (*signed.note.signatures, *kor.cosign(signed.checkpoint, 12))
    keys = (*jpn.log_keys, *kor.mirror_keys)
    others = (
        replace(signed.checkpoint, origin=kor.origin),
        replace(signed.checkpoint, size=8),
        replace(signed.checkpoint, root_hash=bytes(32)),
    )
    for other in others:
        for line, key in zip(lines, keys, strict=True):
            with pytest.raises(ProofError) as refusal:
                verify_line(other, line, key)
            assert refusal.value.code == "tlog.signature"


def changed_lines(line: NoteSignature) -> list[bytes]:
    raw = line.signature
    flips = [raw[:at] + bytes((raw[at] ^ 1,)) + raw[at + 1 :] for at in (0, 7, 8, -1)]
    return [
        *(flip for flip in flips if len(flip) == len(raw)),
        raw[:-1],
        raw + b"\0",
        raw[8:] or b"\0",
    ]


def test_refuses_every_change_of_a_line(jpn: Any, kor: Any, signed: Any) -> None:
    lines = (*signed.note.signatures, *kor.cosign(signed.checkpoint, 12))
    keys = (*jpn.log_keys, *kor.mirror_keys)
    for line, key in zip(lines, keys, strict=True):
        for raw in changed_lines(line):
            with pytest.raises(ProofError) as refusal:
                verify_line(signed.checkpoint, replace(line, signature=raw), key)
            assert refusal.value.code == "tlog.signature"


def test_refuses_a_time_beyond_the_specification(kor: Any, signed: Any) -> None:
    line = kor.cosign(signed.checkpoint)[0]
    late = replace(line, signature=b"\x80" + line.signature[1:])
    with pytest.raises(ProofError):
        verify_line(signed.checkpoint, late, kor.mirror_keys[0])


def test_a_key_over_note_texts_signs_no_checkpoint(jpn: Any, signed: Any) -> None:
    key = jpn.key(jpn.origin, SignatureType.OTHER, "statement")
    line = NoteSignature(key.name, key.key_id, bytes(2420))
    with pytest.raises(InvariantError) as refusal:
        verify_line(signed.checkpoint, line, key)
    assert refusal.value.code == "tlog.key-type"


def test_a_cosignature_does_not_serve_under_another_name(kor: Any, checkpoint: Checkpoint) -> None:
    line = kor.cosign(checkpoint)[1]
    other = kor.key("other.example/mirror", SignatureType.COSIGNATURE_MLDSA44, "mirror")
    with pytest.raises(ProofError):
        verify_line(checkpoint, line, other)
