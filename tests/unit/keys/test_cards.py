# SPDX-License-Identifier: Apache-2.0
import hashlib
from dataclasses import replace

import pytest

from comity.basis.errors import ComityError, InputError, ProofError
from comity.basis.instants import Instant
from comity.keys.cards import (
    authority_keys,
    card_key,
    card_text,
    find_sealing_key,
    fingerprint,
    format_fingerprint,
    log_key_pair,
    mirror_keys,
    parse_fingerprint,
    read_card_unverified,
    root_keys,
    shown_name,
    statement_keys,
    verify_card,
    verify_succession,
)
from comity.keys.notes import Note, SignatureType, format_note, format_vkey, parse_note
from comity.keys.suites import Algorithm, KeyUse


def test_a_card_is_trusted_by_its_pinned_fingerprint(jpn):
    assert verify_card(jpn.card.raw, fingerprint=fingerprint(jpn.card)) == jpn.card


def test_refuses_a_card_of_another_party_under_the_pinned_fingerprint(jpn, kor):
    with pytest.raises(ProofError) as caught:
        verify_card(kor.card.raw, fingerprint=fingerprint(jpn.card))
    assert caught.value.code == "keys.fingerprint"
    assert caught.value.found == format_fingerprint(fingerprint(kor.card))


def test_reading_without_verifying_gives_the_fingerprint_to_compare(jpn):
    assert fingerprint(read_card_unverified(jpn.card.raw)) == fingerprint(jpn.card)


def test_the_fingerprint_is_sha256_over_both_root_verifier_keys_each_on_a_line(jpn):
    ed25519, mldsa44 = root_keys(jpn.card)
    lines = f"{format_vkey(ed25519)}\n{format_vkey(mldsa44)}\n"
    assert fingerprint(jpn.card) == hashlib.sha256(lines.encode()).hexdigest()


def test_the_fingerprint_changes_with_either_root_key_and_with_the_domain(jpn, kor):
    by_use = {(key.use, key.algorithm): index for index, key in enumerate(jpn.card.keys)}
    changed = {fingerprint(replace(jpn.card, domain=kor.card.domain))}
    for algorithm in (Algorithm.ED25519, Algorithm.MLDSA44):
        keys = list(jpn.card.keys)
        index = by_use[KeyUse.ROOT, algorithm]
        keys[index] = kor.card.keys[index]
        changed.add(fingerprint(replace(jpn.card, keys=tuple(keys))))
    assert len(changed - {fingerprint(jpn.card)}) == 3


def test_the_fingerprint_stays_when_anything_else_changes(jpn):
    other = replace(jpn.card, version=2, keys=jpn.card.keys[:2], addresses=())
    assert fingerprint(other) == fingerprint(jpn.card)


def test_refuses_a_card_that_only_one_root_algorithm_signed(jpn):
    note = parse_note(jpn.card.raw)
    for kept in note.signatures:
        raw = format_note(Note(note.text, (kept,)))
        with pytest.raises(ProofError):
            verify_card(raw, fingerprint=fingerprint(jpn.card))


def test_refuses_a_card_signed_by_keys_of_another_use(jpn):
    raw = jpn.sign_text(card_text(jpn.card), root_keys(jpn.card), KeyUse.AUTHORITY)
    with pytest.raises(ProofError, match=r"keys\.bad-signature"):
        verify_card(raw, fingerprint=fingerprint(jpn.card))


def test_refuses_a_card_with_one_signature_more(jpn, kor):
    note, other = parse_note(jpn.card.raw), parse_note(kor.card.raw)
    raw = format_note(Note(note.text, (*note.signatures, other.signatures[0])))
    with pytest.raises(ProofError, match=r"keys\.other-signatures"):
        verify_card(raw, fingerprint=fingerprint(jpn.card))


def test_a_byte_changed_anywhere_in_a_card_refuses_it(jpn):
    pinned = fingerprint(jpn.card)
    raw = jpn.card.raw
    for offset in (*range(0, len(raw), 29), *range(len(raw) - 40, len(raw))):
        changed = bytearray(raw)
        changed[offset] ^= 1
        with pytest.raises(ComityError):
            verify_card(bytes(changed), fingerprint=pinned)


@pytest.mark.parametrize("cut", [0, 1, 14, 15, 5000, -1, -2])
def test_refuses_a_card_that_is_cut(jpn, cut):
    with pytest.raises(ComityError):
        verify_card(jpn.card.raw[:cut], fingerprint=fingerprint(jpn.card))


def successor(holder, **changes):
    later = Instant(holder.card.issued_at + 1)
    return replace(holder.card, **({"version": 2, "issued_at": later} | changes))


def test_the_next_version_is_trusted_through_the_version_before(jpn):
    new = successor(jpn, addresses=())
    read = verify_succession(jpn.card, jpn.sign_card(new))
    assert read.addresses == ()
    assert read.version == 2
    again = replace(read, version=3)
    assert verify_succession(read, jpn.sign_card(again)).version == 3


def test_the_next_version_may_bring_new_keys_for_every_use_but_root(jpn, make_key):
    keys = tuple(
        key
        if key.use is KeyUse.ROOT
        else card_key(
            key.use,
            key.algorithm,
            public=make_key(f"new/{key.use}", key.algorithm).public,
            valid_from=key.valid_from,
        )
        for key in jpn.card.keys
    )
    assert verify_succession(jpn.card, jpn.sign_card(successor(jpn, keys=keys))).keys == keys


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"version": 1}, "card version"),
        ({"version": 3}, "card version"),
        ({"party": "KOR"}, "card party"),
        ({"domain": "kor.example"}, "card domain"),
    ],
    ids=range(4),
)
def test_refuses_a_version_that_is_not_the_next_of_this_party(jpn, changes, place):
    with pytest.raises(ProofError) as caught:
        verify_succession(jpn.card, jpn.sign_card(successor(jpn, **changes)))
    assert (caught.value.code, caught.value.where) == ("keys.card-succession", place)


def test_refuses_a_next_version_issued_earlier(jpn):
    keys = tuple(replace(key, valid_from=Instant(0)) for key in jpn.card.keys)
    early = successor(jpn, keys=keys, issued_at=Instant(jpn.card.issued_at - 1))
    with pytest.raises(ProofError) as caught:
        verify_succession(jpn.card, jpn.sign_card(early))
    assert caught.value.where == "card issued_at"
    same = successor(jpn, issued_at=jpn.card.issued_at)
    assert verify_succession(jpn.card, jpn.sign_card(same))


def test_refuses_a_next_version_with_other_root_keys_even_signed_by_both(jpn, kor):
    raw = kor.sign_card(successor(jpn, keys=(*kor.card.keys[:2], *jpn.card.keys[2:])))
    with pytest.raises(ProofError) as caught:
        verify_succession(jpn.card, raw)
    assert caught.value.where == "card root keys"


def test_refuses_a_next_version_that_the_roots_did_not_sign(jpn, kor):
    new = successor(jpn)
    raw = kor.sign_text(card_text(new), root_keys(new), KeyUse.ROOT)
    with pytest.raises(ProofError, match=r"keys\.bad-signature"):
        verify_succession(jpn.card, raw)


def test_refuses_a_next_version_that_takes_a_key_over_for_another_use(jpn):
    keys = list(jpn.card.keys)
    statement, mirror = keys[4], keys[6]
    assert (statement.use, mirror.use) == (KeyUse.STATEMENT, KeyUse.MIRROR)
    keys[4] = replace(mirror, use=KeyUse.STATEMENT)
    keys[6] = replace(statement, use=KeyUse.MIRROR)
    with pytest.raises(ProofError) as caught:
        verify_succession(jpn.card, jpn.sign_card(successor(jpn, keys=tuple(keys))))
    assert caught.value.where == "card keys"


def test_a_fingerprint_is_written_in_groups_of_four_and_read_back(jpn):
    digits = fingerprint(jpn.card)
    written = format_fingerprint(digits)
    assert [len(group) for group in written.split(" ")] == [4] * 16
    for text in (written, written.upper(), digits, written.replace(" ", "\r\n\t"), f" {digits}\n"):
        assert parse_fingerprint(text) == digits


@pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "g" * 64, "０" * 64, "0-" * 64])
def test_refuses_what_is_not_a_fingerprint(text):
    with pytest.raises(InputError) as caught:
        parse_fingerprint(text, "--trust")
    assert (caught.value.code, caught.value.where) == ("keys.malformed-fingerprint", "--trust")


def test_each_use_has_its_verifier_keys_under_its_name(jpn):
    origin = "jpn.example/register/gsomia-jpn-kor"
    expected = {
        root_keys(jpn.card): ("jpn.example/root", (0x01, 0xFF)),
        authority_keys(jpn.card): ("jpn.example/authority", (0x01, 0xFF)),
        statement_keys(jpn.card, origin): (origin, (0x01, 0x06)),
        mirror_keys(jpn.card): ("jpn.example/mirror", (0x04, 0x06)),
    }
    for pair, (name, types) in expected.items():
        assert [key.name for key in pair] == [name, name]
        assert tuple(key.type for key in pair) == tuple(SignatureType(type_) for type_ in types)
    publics = {key.public for pair in expected for key in pair}
    assert len(publics) == 8


def test_keys_are_given_by_use_and_by_time(jpn):
    begins, ends = Instant(jpn.card.issued_at + 10), Instant(jpn.card.issued_at + 20)
    keys = list(jpn.card.keys)
    keys[9] = replace(keys[9], valid_from=begins, valid_until=ends)
    card = replace(jpn.card, keys=tuple(keys))
    assert card.keys_for(KeyUse.SEALING) == tuple(keys[9:])
    for at, valid in ((9, False), (10, True), (19, True), (20, False)):
        instant = Instant(jpn.card.issued_at + at)
        assert (keys[9] in card.keys_for(KeyUse.SEALING, instant)) is valid
        assert (find_sealing_key(card, Algorithm.XWING, instant) is not None) is valid
        assert find_sealing_key(card, Algorithm.MLKEM1024, instant) == keys[10]


def test_the_newest_of_several_sealing_keys_is_taken(jpn, make_key):
    new = card_key(
        KeyUse.SEALING,
        Algorithm.XWING,
        public=make_key("new", Algorithm.XWING).public,
        valid_from=Instant(jpn.card.issued_at + 5),
    )
    card = replace(jpn.card, keys=(new, *jpn.card.keys))
    assert find_sealing_key(card, Algorithm.XWING, Instant(jpn.card.issued_at + 5)) == new
    assert find_sealing_key(card, Algorithm.XWING, Instant(jpn.card.issued_at + 4)) != new


def test_a_party_is_named_in_the_readers_language_or_english_or_its_own(jpn):
    assert shown_name(jpn.card, "ko") == "일본국"
    assert shown_name(jpn.card, "fr") == "Japan"
    assert shown_name(replace(jpn.card, names=(("ja", "日本国"),)), "fr") == "日本国"


def test_the_keys_of_a_log_are_the_same_from_a_card_and_from_their_public_halves(jpn):
    origin = "mod.jpn.example/register/gsomia-jpn-kor"
    public = {each.algorithm: each.public for each in jpn.card.keys_for(KeyUse.STATEMENT)}
    assert log_key_pair(origin, public) == statement_keys(jpn.card, origin)
