# SPDX-License-Identifier: Apache-2.0
import pytest

from comity.basis.errors import ComityError, InputError, InvariantError, ProofError
from comity.keys.notes import (
    Note,
    NoteSignature,
    SignatureType,
    VerifierKey,
    find_signature,
    format_note,
    format_signature_line,
    format_vkey,
    note_signature,
    parse_note,
    parse_signature_lines,
    parse_vkey,
    verifier_key,
    verify_exact_note,
    verify_note,
)
from comity.keys.suites import Algorithm

TEXT = "comity/card/v1\n{}\n"
LINE = "— jpn.example/root AAAAAAE=\n"


@pytest.fixture(scope="module")
def private(make_key):
    return [make_key("root", algorithm) for algorithm in (Algorithm.ED25519, Algorithm.MLDSA44)]


@pytest.fixture(scope="module")
def keys(private):
    name = "jpn.example/root"
    return (
        verifier_key(name, SignatureType.ED25519, private[0].public),
        verifier_key(name, SignatureType.OTHER, private[1].public),
    )


@pytest.fixture(scope="module")
def raw(private, keys, make_note):
    return make_note(TEXT, keys, private)


def refused(raw: bytes) -> str:
    with pytest.raises(InputError) as caught:
        parse_note(raw)
    return caught.value.where


def test_a_note_comes_back_as_it_went(raw, keys):
    note = parse_note(raw)
    assert note.text == TEXT
    assert [line.key_id for line in note.signatures] == [key.key_id for key in keys]
    assert format_note(note) == raw


def test_the_last_empty_line_parts_text_and_signatures():
    raw = f"a\n\nb\n\n\n{LINE}".encode()
    assert parse_note(raw).text == "a\n\nb\n\n"
    assert format_note(parse_note(raw)) == raw


def test_the_text_may_be_an_empty_line_but_not_nothing():
    assert parse_note(f"\n\n{LINE}".encode()).text == "\n"
    assert refused(f"\n{LINE}".encode()) == "note form"


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"", "note form"),
        (b"a\n", "note form"),
        (b"a\n\n", "note form"),
        (f"a\n{LINE}".encode(), "note form"),
        (f"a\n\n{LINE[:-1]}".encode(), "note form"),
        (f"a\n\n{LINE}\n".encode(), "note form"),
        (f"a\n\n{LINE}x\n".encode(), "note signature"),
        (f"a\n\n-{LINE[1:]}".encode(), "note signature"),
        (f"a\n\n {LINE}".encode(), "note signature"),
        (f"a\n\n{LINE}".encode().replace(b"\n", b"\r\n"), "note form"),
        (f"a\tb\n\n{LINE}".encode(), "note text"),
        (f"a\x00\n\n{LINE}".encode(), "note text"),
        (f"a\n\n{LINE}".encode() + b"\xff", "note encoding"),
        ("a\n\n— jpn.example/root AAAAAA==\n".encode(), "note signature"),
        ("a\n\n— jpn.example/root AAAA\n".encode(), "note signature"),
        ("a\n\n— jpn.example/root\n".encode(), "note signature"),
        ("a\n\n— jpn.example/root AAAAAAE\n".encode(), "note signature"),
        ("a\n\n— jpn.example/root AAAAAAF=\n".encode(), "note signature"),
        ("a\n\n— jpn.example/root  AAAAAAE=\n".encode(), "note signature"),
        ("a\n\n— jpn.example/root AAAAAAE= \n".encode(), "note signature"),
        ("a\n\n—  AAAAAAE=\n".encode(), "note key name"),
        ("a\n\n— a+b AAAAAAE=\n".encode(), "note key name"),
        ("a\n\n— a\u3000b AAAAAAE=\n".encode(), "note key name"),
        (f"a\n\n— {'a' * 256} AAAAAAE=\n".encode(), "note key name"),
        (f"a\n\n{LINE}{LINE}".encode(), "note signatures"),
        (f"a\n\n{LINE}— jpn.example/root AAAAAAI=\n".encode(), "note signatures"),
    ],
)
def test_refuses_what_is_not_a_signed_note(raw, place):
    assert refused(raw) == place


def test_reads_32_signatures_and_refuses_33():
    lines = [f"— k{number} AAAAAAE=\n" for number in range(33)]
    assert len(parse_note(f"a\n\n{''.join(lines[:32])}".encode()).signatures) == 32
    assert refused(f"a\n\n{''.join(lines)}".encode()) == "note signatures"


def test_refuses_a_note_that_is_too_large():
    raw = f"a\n\n{LINE}".encode()
    assert parse_note(raw, bytes_max=len(raw))
    with pytest.raises(InputError, match="note size"):
        parse_note(raw, bytes_max=len(raw) - 1)
    assert refused(b"a" * 3_000_000) == "note size"


def test_refuses_a_signature_that_is_too_large():
    raw = f"a\n\n— k {'A' * 12_000}\n".encode()
    assert refused(raw) == "note signature"


@pytest.mark.parametrize(
    "make",
    [
        lambda: Note("a", (NoteSignature("k", bytes(4), b"s"),)),
        lambda: Note("\ud800\n", (NoteSignature("k", bytes(4), b"s"),)),
        lambda: Note("a\n", ()),
        lambda: Note("a\n", tuple(NoteSignature(f"k{n}", bytes(4), b"s") for n in range(33))),
        lambda: NoteSignature("k", bytes(3), b"s"),
        lambda: NoteSignature("k", bytes(4), b""),
        lambda: NoteSignature("", bytes(4), b"s"),
        lambda: NoteSignature("a\nb", bytes(4), b"s"),
        lambda: NoteSignature("a\x01", bytes(4), b"s"),
        lambda: NoteSignature("\udfff", bytes(4), b"s"),
    ],
    ids=range(10),
)
def test_no_note_can_be_made_that_could_not_be_read(make):
    with pytest.raises(InputError, match=r"keys\.malformed-note"):
        make()


def test_signature_lines_alone_come_back_as_they_went():
    lines = f"{LINE}— other AAAAAAE=\n".encode()
    signatures = parse_signature_lines(lines)
    assert [line.name for line in signatures] == ["jpn.example/root", "other"]
    assert "".join(format_signature_line(line) for line in signatures).encode() == lines


@pytest.mark.parametrize(
    "raw", [b"", b"\n", LINE[:-1].encode(), LINE.encode() + b"\n", LINE.encode() * 33, b"\xff\n"]
)
def test_refuses_lines_that_are_not_signatures(raw):
    with pytest.raises(InputError, match=r"keys\.malformed-note"):
        parse_signature_lines(raw)


def test_a_note_signed_by_every_given_key_verifies(raw, keys):
    verify_note(parse_note(raw), keys)
    verify_note(parse_note(raw), keys[:1])
    verify_note(parse_note(raw), keys[1:])


@pytest.mark.parametrize("kept", [0, 1])
def test_refuses_a_note_that_only_one_algorithm_signed(raw, keys, kept):
    note = parse_note(raw)
    with pytest.raises(ProofError) as caught:
        verify_note(Note(note.text, (note.signatures[kept],)), keys)
    assert caught.value.code == "keys.missing-signature"


@pytest.mark.parametrize("broken", [0, 1])
def test_refuses_a_note_of_which_one_signature_fails(raw, keys, broken):
    note = parse_note(raw)
    signatures = list(note.signatures)
    line = signatures[broken]
    changed = bytes([line.signature[0] ^ 1]) + line.signature[1:]
    signatures[broken] = NoteSignature(line.name, line.key_id, changed)
    for given in (keys, (keys[broken],)):
        with pytest.raises(ProofError) as caught:
            verify_note(Note(note.text, tuple(signatures)), given)
        assert caught.value.code == "keys.bad-signature"


def test_refuses_the_signatures_of_another_text(raw, keys):
    note = parse_note(raw)
    with pytest.raises(ProofError, match=r"keys\.bad-signature"):
        verify_note(Note(note.text + "x\n", note.signatures), keys)


def test_ignores_the_signature_of_an_unknown_key_even_under_a_known_name_or_id(raw, keys):
    note = parse_note(raw)
    unknown = (
        NoteSignature(keys[0].name, b"\0\0\0\0", b"x"),
        NoteSignature("other", keys[0].key_id, b"x"),
    )
    verify_note(Note(note.text, note.signatures + unknown), keys)


def test_a_note_is_never_verified_by_no_key(raw):
    with pytest.raises(InvariantError):
        verify_note(parse_note(raw), ())


def test_a_cosignature_key_does_not_verify_the_text_alone(raw, private):
    key = verifier_key("jpn.example/root", SignatureType.COSIGNATURE_ED25519, private[0].public)
    with pytest.raises(InvariantError):
        verify_note(parse_note(raw), (key,))


def test_a_signature_under_another_name_or_type_of_the_same_key_does_not_count(raw, private):
    note = parse_note(raw)
    for name, type_ in (("kor.example/root", SignatureType.ED25519),):
        with pytest.raises(ProofError, match=r"keys\.missing-signature"):
            verify_note(note, (verifier_key(name, type_, private[0].public),))


def test_an_exact_note_holds_the_given_signatures_and_no_other_in_their_order(raw, keys):
    note = parse_note(raw)
    verify_exact_note(note, keys)
    extra = NoteSignature("other", bytes(4), b"x")
    for signatures in (
        note.signatures[::-1],
        (*note.signatures, extra),
        (extra, *note.signatures),
        note.signatures[:1],
    ):
        with pytest.raises(ProofError) as caught:
            verify_exact_note(Note(note.text, signatures), keys)
        assert caught.value.code == "keys.other-signatures"


def test_a_bit_flipped_anywhere_in_a_note_refuses(raw, keys):
    # Every byte of the text and of the first signature, and every eleventh of the long one.
    for offset in (*range(250), *range(250, len(raw), 11), len(raw) - 1):
        changed = bytearray(raw)
        changed[offset] ^= 1
        with pytest.raises(ComityError):
            verify_exact_note(parse_note(bytes(changed)), keys)


def test_finds_the_line_of_a_key_by_name_and_id(raw, keys):
    note = parse_note(raw)
    assert find_signature(note, keys[1]) == note.signatures[1]
    assert find_signature(Note("a\n", note.signatures[:1]), keys[1]) is None
    other = Note("a\n", (NoteSignature("other", keys[0].key_id, b"x"),))
    assert find_signature(other, keys[0]) is None


def test_puts_a_signature_under_the_name_and_id_of_its_key(keys):
    line = note_signature(keys[0], b"signature")
    assert line == NoteSignature("jpn.example/root", keys[0].key_id, b"signature")


@pytest.mark.parametrize("type_", list(SignatureType))
def test_a_verifier_key_of_each_type_comes_back_as_it_went(type_, private):
    public = private[0 if type_ in (1, 4) else 1].public
    key = verifier_key("jpn.example/root", type_, public)
    assert parse_vkey(format_vkey(key)) == key


def test_the_four_types_of_one_name_have_four_key_ids(private):
    ids = {
        verifier_key("n", type_, private[0 if type_ in (1, 4) else 1].public).key_id
        for type_ in SignatureType
    }
    assert len(ids) == 4


def test_refuses_an_algorithm_that_is_not_the_types(private):
    with pytest.raises(InputError, match="verifier key"):
        VerifierKey("n", SignatureType.ED25519, private[1].public, Algorithm.MLDSA44)


def test_refuses_a_weak_key_under_any_name():
    with pytest.raises(ProofError, match=r"keys\.weak-key"):
        verifier_key("n", SignatureType.ED25519, bytes(32))


GOOD_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "keys.malformed-vkey"),
        ("example.com/foo", "keys.malformed-vkey"),
        ("example.com/foo+530d903a", "keys.malformed-vkey"),
        ("example.com/foo+530d903a+", "keys.malformed-vkey"),
        (GOOD_VKEY.replace("530d903a", "530D903A"), "keys.malformed-vkey"),
        (GOOD_VKEY.replace("530d903a", "530d903b"), "keys.malformed-vkey"),
        (GOOD_VKEY.replace("foo", "fop"), "keys.malformed-vkey"),
        (GOOD_VKEY.replace("+Aeky", "+Auky"), "keys.malformed-vkey"),
        (GOOD_VKEY.replace("+Aeky", "+/+ky"), "keys.malformed-vkey"),
        (GOOD_VKEY + "=", "basis.not-base64"),
        (GOOD_VKEY[:-4], "keys.key-length"),
        ("+530d903a" + GOOD_VKEY[24:], "keys.malformed-note"),
        ("a" * 5000, "keys.malformed-vkey"),
        (GOOD_VKEY + "A" * 5000, "keys.malformed-vkey"),
    ],
)
def test_refuses_what_is_not_a_verifier_key(text, code):
    with pytest.raises(InputError) as caught:
        parse_vkey(text, "policy line 1")
    assert caught.value.code == code


def test_every_changed_character_of_a_verifier_key_refuses():
    assert format_vkey(parse_vkey(GOOD_VKEY)) == GOOD_VKEY
    for offset in range(len(GOOD_VKEY)):
        changed = GOOD_VKEY[:offset] + chr(ord(GOOD_VKEY[offset]) ^ 1) + GOOD_VKEY[offset + 1 :]
        with pytest.raises(ComityError):
            parse_vkey(changed)
