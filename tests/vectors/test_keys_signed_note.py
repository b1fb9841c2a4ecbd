# SPDX-License-Identifier: Apache-2.0
"""The examples of C2SP signed-note, and our own vector for ML-DSA-44 over the text (0xff).

Source: C2SP signed-note, the examples of Note and of Verifier keys
"""

import hashlib

import pytest

from comity.basis.errors import ProofError
from comity.keys.notes import (
    SignatureType,
    format_note,
    format_vkey,
    parse_note,
    parse_vkey,
    verifier_key,
    verify_note,
)
from comity.keys.signing import PrivateKey
from comity.keys.suites import Algorithm

VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXm"
    "RKuwHjG1Yu72IneyaQM=\n"
).encode()
POEM = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\n"
    "ed è subito sera.\n\n"
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMou"
    "FSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
).encode()


def test_the_example_verifier_key_verifies_the_example_note():
    key = parse_vkey(VKEY)
    note = parse_note(NOTE)
    verify_note(note, (key,))
    assert format_vkey(key) == VKEY
    assert format_note(note) == NOTE


def test_the_example_verifier_key_does_not_verify_another_note():
    with pytest.raises(ProofError):
        verify_note(parse_note(POEM), (parse_vkey(VKEY),))


def test_the_poem_keeps_its_empty_line_in_the_text():
    note = parse_note(POEM)
    assert note.text.endswith("sole:\n\ned è subito sera.\n")
    assert [line.name for line in note.signatures] == ["quasimodo.example/salvatore"]
    assert format_note(note) == POEM


def test_our_type_puts_its_identifier_between_0xff_and_the_public_key():
    public = PrivateKey(Algorithm.MLDSA44, bytes(32)).public
    key = verifier_key("jpn.example/root", SignatureType.OTHER, public)
    material = b"\xff" + b"comity/ml-dsa-44/v1" + public
    assert key.key_id == hashlib.sha256(b"jpn.example/root\n" + material).digest()[:4]
    assert format_vkey(key).startswith(f"jpn.example/root+{key.key_id.hex()}+/2NvbWl0eS9tbC1kc2E")
