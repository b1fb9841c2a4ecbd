# SPDX-License-Identifier: Apache-2.0
"""Laws of notes, verifier keys, wraps and fingerprints."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.basis.errors import ComityError, InputError, ProofError
from comity.keys.cards import format_fingerprint, parse_fingerprint
from comity.keys.notes import (
    Note,
    NoteSignature,
    SignatureType,
    format_note,
    format_vkey,
    note_signature,
    parse_note,
    parse_vkey,
    verifier_key,
    verify_exact_note,
    verify_note,
)
from comity.keys.sealing_keys import unwrap_key, wrap_key
from comity.keys.signing import PrivateKey, sign
from comity.keys.suites import SEALING_ALGORITHMS, Algorithm

NAMES = st.text(st.characters(exclude_categories=["Z", "C"], exclude_characters="+"), min_size=1)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n")).map(
    lambda text: text + "\n"
)
LINES = st.builds(
    NoteSignature, NAMES, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=70)
)
NOTES = st.builds(
    Note,
    TEXTS,
    st.lists(LINES, min_size=1, max_size=4, unique_by=lambda line: (line.name, line.key_id)).map(
        tuple
    ),
)
SECRETS = {
    Algorithm.ED25519: bytes(32),
    Algorithm.MLDSA44: bytes(32),
    Algorithm.XWING: bytes(range(96)),
    Algorithm.MLKEM1024: bytes(64),
}
PRIVATE = {algorithm: PrivateKey(algorithm, secret) for algorithm, secret in SECRETS.items()}
KEYS = (
    verifier_key("jpn.example/root", SignatureType.ED25519, PRIVATE[Algorithm.ED25519].public),
    verifier_key("jpn.example/root", SignatureType.OTHER, PRIVATE[Algorithm.MLDSA44].public),
)


def signed(text: str) -> Note:
    return Note(
        text,
        tuple(note_signature(key, sign(PRIVATE[key.algorithm], text.encode())) for key in KEYS),
    )


@given(NOTES)
def test_a_note_comes_back_as_it_went(note):
    raw = format_note(note)
    assert parse_note(raw) == note
    assert format_note(parse_note(raw)) == raw


@given(st.text("a\n—  +=AB", max_size=40) | st.text(max_size=40))
def test_a_note_has_one_spelling_and_the_rest_is_refused(text):
    raw = text.encode("utf-8", "surrogatepass")
    with contextlib.suppress(InputError):
        assert format_note(parse_note(raw)) == raw


@given(NAMES.filter(lambda name: len(name) <= 255), st.sampled_from(SignatureType))
def test_a_verifier_key_comes_back_as_it_went(name, type_):
    algorithm = Algorithm.ED25519 if type_ in (1, 4) else Algorithm.MLDSA44
    key = verifier_key(name, type_, PRIVATE[algorithm].public)
    assert parse_vkey(format_vkey(key)) == key


@given(st.text("ab+/=0123456789f", max_size=80))
def test_what_is_no_verifier_key_is_refused(text):
    with pytest.raises(ComityError):
        parse_vkey(text)


@settings(max_examples=50)
@given(TEXTS, TEXTS)
def test_both_signatures_hold_for_their_text_and_for_no_other(text, other):
    note = signed(text)
    verify_note(note, KEYS)
    if text != other:
        for keys in (KEYS, KEYS[:1], KEYS[1:]):
            with pytest.raises(ProofError):
                verify_note(Note(other, note.signatures), keys)


@settings(max_examples=50)
@given(TEXTS, st.data())
def test_a_changed_byte_refuses(text, data):
    raw = bytearray(format_note(signed(text)))
    offset = data.draw(st.integers(0, len(raw) - 1))
    raw[offset] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ComityError):
        verify_exact_note(parse_note(bytes(raw)), KEYS)


@settings(max_examples=50)
@given(
    st.sampled_from(SEALING_ALGORITHMS),
    st.binary(max_size=200),
    st.binary(min_size=32, max_size=32),
    st.data(),
)
def test_a_wrap_opens_in_its_context_and_not_when_changed(algorithm, info, item_key, data):
    private = PRIVATE[algorithm]
    wrap = wrap_key(algorithm, private.public, info, item_key)
    assert unwrap_key(private, info, wrap) == item_key
    changed = bytearray(wrap)
    changed[data.draw(st.integers(0, len(wrap) - 1))] ^= data.draw(st.integers(1, 255))
    for given_info, given_wrap in ((info + b"\0", wrap), (info, bytes(changed))):
        with pytest.raises(ProofError):
            unwrap_key(private, given_info, given_wrap)


@given(st.from_regex(r"[0-9a-f]{64}", fullmatch=True))
def test_a_fingerprint_comes_back_as_it_went(digits):
    assert parse_fingerprint(format_fingerprint(digits)) == digits
