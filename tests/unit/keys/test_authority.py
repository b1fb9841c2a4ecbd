# SPDX-License-Identifier: Apache-2.0
import hashlib
from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import ComityError, InputError
from comity.basis.ids import AgreementId, PartyId, digest_of
from comity.basis.instants import Instant, parse_instant
from comity.basis.limits import AUTHORITY_NOTE_CHARS_MAX
from comity.keys.authority import authority_digest, authority_text, verify_authority_note
from comity.keys.cards import authority_keys, root_keys
from comity.keys.notes import Note, format_note, parse_note
from comity.keys.suites import KeyUse

AT = parse_instant("2016-11-23T01:00:00Z")
ENTER_BY = parse_instant("2016-11-24T00:00:00Z")
FIELDS: dict[str, Any] = {
    "format": 1,
    "kind": "agreement.sign",
    "agreement": (AgreementId("gsomia-jpn-kor"), digest_of(b"file")),
    "by": PartyId("JPN"),
    "to": (PartyId("KOR"),),
    "nonce": "00" * 16,
    "body": {"about": "KOR/1"},
}
DIGEST = authority_digest(**FIELDS)


@pytest.fixture(scope="module")
def raw(jpn):
    return jpn.sign_authority(DIGEST, ENTER_BY)


def check(raw, jpn, **changes):
    given = {"digest": DIGEST, "card": jpn.card, "at": AT} | changes
    verify_authority_note(raw, **given)


def code(raw, jpn, **changes) -> str:
    with pytest.raises(ComityError) as caught:
        check(raw, jpn, **changes)
    return caught.value.code


def test_the_digest_is_over_the_canonical_json_of_the_statement_without_time_and_note():
    sha256 = hashlib.sha256(b"file").hexdigest()
    expected = (
        f'{{"agreement":{{"id":"gsomia-jpn-kor","sha256":"{sha256}"}},'
        f'"body":{{"about":"KOR/1"}},"by":"JPN","format":1,"kind":"agreement.sign",'
        f'"nonce":"{"00" * 16}","to":["KOR"]}}'
    )
    assert hashlib.sha256(expected.encode()).hexdigest() == DIGEST


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("format", 2),
        ("kind", "agreement.initial"),
        ("agreement", (AgreementId("gsomia-jpn-usa"), digest_of(b"file"))),
        ("agreement", (AgreementId("gsomia-jpn-kor"), digest_of(b"other"))),
        ("by", PartyId("KOR")),
        ("to", (PartyId("KOR"), PartyId("USA"))),
        ("nonce", "00" * 15 + "01"),
        ("body", {}),
        ("body", {"about": "KOR/2"}),
    ],
    ids=range(9),
)
def test_the_digest_covers_every_field(field, value):
    assert authority_digest(**(FIELDS | {field: value})) != DIGEST


def test_the_note_itself_does_not_count():
    body = {"about": "KOR/1", "authority": "the note"}
    assert authority_digest(**(FIELDS | {"body": body})) == DIGEST


def test_the_text_is_header_digest_and_last_instant():
    assert authority_text(DIGEST, ENTER_BY) == (
        f"comity/authority/v1\n{DIGEST}\n2016-11-24T00:00:00.000Z\n"
    )


def test_a_note_by_both_authority_keys_is_accepted_until_its_last_instant(raw, jpn):
    check(raw, jpn)
    check(raw, jpn, at=ENTER_BY)


def test_refuses_a_note_one_millisecond_too_late(raw, jpn):
    assert code(raw, jpn, at=Instant(ENTER_BY + 1)) == "keys.authority-expired"


def test_refuses_a_note_for_another_statement(raw, jpn):
    assert code(raw, jpn, digest=digest_of(b"another")) == "keys.authority-digest"


def test_refuses_a_note_of_another_party(raw, jpn, kor):
    assert code(raw, jpn, card=kor.card) == "keys.other-signatures"
    assert code(kor.sign_authority(DIGEST, ENTER_BY), jpn) == "keys.other-signatures"


def test_refuses_a_note_that_only_one_algorithm_signed(raw, jpn):
    note = parse_note(raw.encode())
    for kept in note.signatures:
        one = format_note(Note(note.text, (kept,))).decode()
        assert code(one, jpn) == "keys.other-signatures"


@pytest.mark.parametrize("use", [KeyUse.ROOT, KeyUse.STATEMENT, KeyUse.MIRROR])
def test_refuses_a_note_signed_by_keys_of_another_use(jpn, use):
    text = authority_text(DIGEST, ENTER_BY)
    forged = jpn.sign_text(text, authority_keys(jpn.card), use).decode()
    assert code(forged, jpn) == "keys.bad-signature"


def test_refuses_a_note_under_the_name_of_the_root(jpn):
    text = authority_text(DIGEST, ENTER_BY)
    renamed = jpn.sign_text(text, root_keys(jpn.card), KeyUse.ROOT).decode()
    assert code(renamed, jpn) == "keys.other-signatures"


@pytest.mark.parametrize("index", [2, 3])
def test_refuses_a_note_by_a_key_that_is_not_valid_at_that_time(raw, jpn, index):
    keys = list(jpn.card.keys)
    assert keys[index].use is KeyUse.AUTHORITY
    for changes in ({"valid_until": AT}, {"valid_from": Instant(AT + 1)}):
        keys[index] = replace(jpn.card.keys[index], **changes)
        card = replace(jpn.card, keys=tuple(keys))
        assert code(raw, jpn, card=card) == "keys.key-not-valid"


@pytest.mark.parametrize(
    "text",
    [
        "comity/authority/v1\n",
        f"comity/authority/v1\n{DIGEST}\n",
        f"comity/authority/v2\n{DIGEST}\n2016-11-24T00:00:00.000Z\n",
        f"comity/authority/v1\n{DIGEST}\n2016-11-24T00:00:00.000Z\nmore\n",
        f"comity/authority/v1\n\n{DIGEST}\n2016-11-24T00:00:00.000Z\n",
        f"comity/authority/v1\n{DIGEST}\n2016-11-24T00:00:00Z\n",
        f"comity/authority/v1\n{DIGEST}\n \n",
    ],
    ids=range(7),
)
def test_refuses_a_signed_text_of_another_form(jpn, text):
    raw = jpn.sign_text(text, authority_keys(jpn.card), KeyUse.AUTHORITY).decode()
    with pytest.raises(InputError):
        check(raw, jpn)


@pytest.mark.parametrize(
    "raw", ["", "\ud800", "comity/authority/v1\n", "x" * 100_000], ids=range(4)
)
def test_refuses_what_is_no_note(raw, jpn):
    assert code(raw, jpn) == "keys.malformed-note"


def test_a_byte_changed_anywhere_refuses(raw, jpn):
    whole = raw.encode()
    # Every byte of the text and of the first signature, and every eleventh of the long one.
    for offset in (*range(400), *range(400, len(whole), 11), len(whole) - 1):
        changed = bytearray(whole)
        changed[offset] ^= 1
        with pytest.raises((ComityError, UnicodeDecodeError)):
            check(bytes(changed).decode(), jpn)


def test_the_longest_note_fits_its_limit(raw, jpn):
    longest = ".".join(["a" * 63, "a" * 63, "a" * 62])
    room = AUTHORITY_NOTE_CHARS_MAX - len(raw.encode()) - 2 * (len(longest) - len(jpn.card.domain))
    assert room > 0
