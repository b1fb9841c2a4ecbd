# SPDX-License-Identifier: Apache-2.0
import json
from dataclasses import replace

import pytest

from comity.basis.errors import ComityError, InputError, ProofError
from comity.basis.instants import Instant
from comity.basis.strict_json import format_json
from comity.keys.card_model import card_key, key_id_of
from comity.keys.card_reading import CARD_HEADER, card_text, parse_card
from comity.keys.notes import Note, format_note, parse_note
from comity.keys.suites import Algorithm, KeyUse


def content(card) -> dict:
    return json.loads(parse_note(card.raw).text.removeprefix(CARD_HEADER))


def read_text(card, text: str):
    return parse_card(format_note(Note(text, parse_note(card.raw).signatures)))[0]


def read_content(card, changed: dict):
    return read_text(card, CARD_HEADER + format_json(changed).decode() + "\n")


def refused(card, changed: dict) -> InputError:
    with pytest.raises(InputError) as caught:
        read_content(card, changed)
    return caught.value


def test_a_card_comes_back_as_it_went(jpn):
    card, note = parse_card(jpn.card.raw)
    assert card == jpn.card
    assert card_text(card) == note.text
    unsigned = replace(card, raw=b"")
    assert card_text(unsigned) == note.text


def test_the_text_is_a_header_and_one_line_of_canonical_json(jpn):
    text = card_text(jpn.card)
    header, line, rest = text.split("\n")
    assert header == "comity/card/v1"
    assert format_json(json.loads(line)) == line.encode()
    assert rest == ""


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("v1", "v2", 1),
        lambda text: text.replace("comity/card/v1\n", ""),
        lambda text: text + "\n",
        lambda text: text + "x\n",
        lambda text: text.replace(',"party"', ', "party"'),
        lambda text: text.replace('"version":1', '"version":1.0'),
        lambda text: text.replace('"version":1', '"version":1,"version":1'),
        lambda text: text.replace("日本国", "\\u65e5\\u672c\\u56fd"),
        lambda text: "comity/card/v1\n[]\n",
        lambda text: "comity/card/v1\n\n",
        lambda text: "comity/card/v1\n",
    ],
    ids=range(11),
)
def test_refuses_any_other_spelling_of_the_text(jpn, change):
    changed = change(card_text(jpn.card))
    assert changed != card_text(jpn.card)
    with pytest.raises(InputError):
        read_text(jpn.card, changed)


FIELDS = (
    "addresses",
    "competent_authority",
    "domain",
    "issued_at",
    "keys",
    "limits",
    "names",
    "party",
    "version",
)


def test_these_are_all_the_fields(jpn):
    assert tuple(sorted(content(jpn.card))) == FIELDS


@pytest.mark.parametrize("field", FIELDS)
def test_refuses_a_card_without_a_field(jpn, field):
    changed = content(jpn.card)
    del changed[field]
    error = refused(jpn.card, changed)
    assert (error.code, error.where, error.expected) == ("basis.missing-field", "card", field)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [None, True, 0, "", "\u202e", {"x": None}, [None]], ids=range(7))
def test_refuses_a_field_of_another_type_or_empty(jpn, field, value):
    refused(jpn.card, content(jpn.card) | {field: value})


def test_refuses_an_unknown_field_and_names_the_nearest(jpn):
    error = refused(jpn.card, content(jpn.card) | {"adresses": []})
    assert (error.code, error.hint) == ("basis.unknown-field", "did you mean addresses?")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("party", "jpn"),
        ("domain", "JPN.example"),
        ("domain", "日本.example"),
        ("version", 1_000_001),
        ("version", -1),
        ("issued_at", "2016-11-01T00:00:00Z"),
        ("issued_at", "2016-10-31T23:59:59.999Z"),
        ("competent_authority", "x" * 201),
        ("competent_authority", " Ministry"),
        ("competent_authority", "Min\u200bistry"),
        ("competent_authority", "Minis\ntry"),
        ("names", {"english": "Japan"}),
        ("names", {"EN": "Japan"}),
        ("names", {"en": ""}),
        ("names", {"en": "Ja\u202epan"}),
        ("names", {"ko": "일\u3164본국"}),
        ("names", {"en": 1}),
        ("names", {f"a{chr(97 + n)}": "Japan" for n in range(17)}),
        ("addresses", ["http://node.jpn.example"]),
        ("addresses", ["https://"]),
        ("addresses", ["https://user@node.jpn.example"]),
        ("addresses", ["https://node.jpn.example?x"]),
        ("addresses", ["https://node.jpn.example#x"]),
        ("addresses", ["https://node.jpn.example:0"]),
        ("addresses", ["https://node.jpn.example/%2e"]),
        ("addresses", ["https://NODE.jpn.example"]),
        ("addresses", ["file:///etc/passwd"]),
        ("addresses", ["https://a.example", "https://a.example"]),
        ("addresses", ["https://a.example/" + "a" * 500]),
        ("addresses", [f"https://a{n}.example" for n in range(17)]),
        ("limits", {"parcel_bytes_max": 0}),
        ("limits", {"parcel_bytes_max": "1"}),
        ("limits", {"other": 1}),
        ("keys", [{}]),
        ("tls_pins", []),
        ("tls_pins", None),
        ("tls_pins", "0" * 64),
        ("tls_pins", ["0" * 63]),
        ("tls_pins", ["A" * 64]),
        ("tls_pins", ["a" * 64, "a" * 64]),
        ("tls_pins", [f"{n:064x}" for n in range(5)]),
    ],
    ids=range(41),
)
def test_refuses_a_value_out_of_bounds(jpn, field, value):
    refused(jpn.card, content(jpn.card) | {field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("names", {"zh-Hant-TW": "日本"}),
        ("addresses", []),
        ("addresses", ["https://127.0.0.1:8443"]),
        ("addresses", ["https://[::1]:8443/comity/v1/"]),
        ("limits", {}),
        ("limits", {"parcel_bytes_max": 1, "push_bytes_max": 2**53 - 1}),
        ("competent_authority", "防衛省 (Ministry of Defense)"),
        ("version", 1_000_000),
        ("tls_pins", ["a" * 64]),
        ("tls_pins", [f"{n:064x}" for n in range(4)]),
    ],
    ids=range(10),
)
def test_accepts_a_value_within_bounds(jpn, field, value):
    card = read_content(jpn.card, content(jpn.card) | {field: value})
    text = CARD_HEADER + format_json(content(jpn.card) | {field: value}).decode() + "\n"
    assert card_text(card) == text


def test_a_card_of_old_names_no_pins_and_reads_as_before(jpn):
    assert "tls_pins" not in content(jpn.card)
    assert jpn.card.tls_pins == ()


KEY_FIELDS = ("algorithm", "id", "public", "use", "valid_from", "valid_until")


@pytest.mark.parametrize("field", KEY_FIELDS)
@pytest.mark.parametrize("value", ["missing", True, 0, "", "rsa", [], {}], ids=range(7))
def test_refuses_a_key_with_a_field_missing_or_wrong(jpn, field, value):
    changed = content(jpn.card)
    assert tuple(sorted(changed["keys"][0])) == KEY_FIELDS
    changed["keys"][0][field] = value
    if value == "missing":
        del changed["keys"][0][field]
    assert refused(jpn.card, changed).where.startswith("card")


def test_refuses_an_unknown_field_in_a_key(jpn):
    changed = content(jpn.card)
    changed["keys"][0]["private"] = "x"
    assert refused(jpn.card, changed).code == "basis.unknown-field"


def test_refuses_a_key_under_the_id_of_another(jpn):
    changed = content(jpn.card)
    changed["keys"][0]["id"] = changed["keys"][1]["id"]
    assert refused(jpn.card, changed).where == "card key id"


def test_refuses_a_key_that_ends_before_or_when_it_begins(jpn):
    changed = content(jpn.card)
    changed["keys"][-1]["valid_until"] = changed["keys"][-1]["valid_from"]
    assert refused(jpn.card, changed).where == "card valid_until"


def test_refuses_a_weak_key(jpn):
    keys = list(jpn.card.keys)
    keys[0] = replace(keys[0], public=bytes(32), key_id=key_id_of(Algorithm.ED25519, bytes(32)))
    with pytest.raises(ProofError) as caught:
        card_text(replace(jpn.card, keys=tuple(keys)))
    assert caught.value.where == "card.keys[0].public"


@pytest.mark.parametrize("left_out", range(9))
def test_refuses_a_card_without_one_of_its_signing_keys(jpn, left_out):
    keys = tuple(key for index, key in enumerate(jpn.card.keys) if index != left_out)
    with pytest.raises(InputError, match=r"one (ed25519|ml-dsa-44) key expected, 0 found"):
        card_text(replace(jpn.card, keys=keys))


def test_one_sealing_key_is_enough_and_none_is_not(jpn):
    signing = jpn.card.keys[:9]
    for sealing in jpn.card.keys[9:]:
        assert card_text(replace(jpn.card, keys=(*signing, sealing)))
    with pytest.raises(InputError, match="sealing keys"):
        card_text(replace(jpn.card, keys=signing))


def test_several_sealing_keys_of_one_suite_are_accepted(jpn, make_key):
    new = card_key(
        KeyUse.SEALING,
        Algorithm.XWING,
        public=make_key("new", Algorithm.XWING).public,
        valid_from=jpn.card.issued_at,
    )
    assert card_text(replace(jpn.card, keys=(*jpn.card.keys, new)))


@pytest.mark.parametrize("use", [use for use in KeyUse if use is not KeyUse.SEALING])
def test_refuses_a_second_signing_key_for_one_use(jpn, make_key, use):
    second = card_key(
        use,
        Algorithm.ED25519,
        public=make_key("second", Algorithm.ED25519).public,
        valid_from=jpn.card.issued_at,
    )
    with pytest.raises(InputError, match="one ed25519 key"):
        card_text(replace(jpn.card, keys=(*jpn.card.keys, second)))


@pytest.mark.parametrize(
    ("use", "algorithm"),
    [
        (KeyUse.ONLINE, Algorithm.MLDSA44),
        (KeyUse.ROOT, Algorithm.XWING),
        (KeyUse.SEALING, Algorithm.ED25519),
    ],
)
def test_refuses_an_algorithm_that_a_use_does_not_have(jpn, make_key, use, algorithm):
    other = card_key(
        use,
        algorithm,
        public=make_key("other", algorithm).public,
        valid_from=jpn.card.issued_at,
    )
    with pytest.raises(InputError, match=r"no other algorithm|of xwing or mlkem1024"):
        card_text(replace(jpn.card, keys=(*jpn.card.keys, other)))


@pytest.mark.parametrize(("first", "second"), [(0, 2), (4, 6), (6, 8), (5, 7)])
def test_refuses_one_public_key_for_two_uses(jpn, first, second):
    keys = list(jpn.card.keys)
    taken = keys[first]
    keys[second] = replace(keys[second], public=taken.public, key_id=taken.key_id)
    with pytest.raises(InputError, match="another key for each use"):
        card_text(replace(jpn.card, keys=tuple(keys)))


def test_refuses_a_card_issued_when_its_root_keys_were_not_valid(jpn):
    early = replace(jpn.card, issued_at=Instant(jpn.card.issued_at - 1))
    with pytest.raises(InputError, match="valid when the card is issued"):
        card_text(early)
    keys = list(jpn.card.keys)
    keys[1] = replace(keys[1], valid_until=Instant(jpn.card.issued_at + 1))
    assert card_text(replace(jpn.card, keys=tuple(keys)))
    with pytest.raises(InputError, match="valid when the card is issued"):
        card_text(replace(jpn.card, keys=tuple(keys), issued_at=Instant(jpn.card.issued_at + 1)))


def test_refuses_more_keys_than_a_card_may_hold(jpn):
    changed = content(jpn.card)
    changed["keys"] = changed["keys"][:1] * 65
    assert refused(jpn.card, changed).code == "basis.wrong-length"


def test_refuses_a_card_of_more_than_one_mebibyte(jpn):
    with pytest.raises(InputError, match="note size"):
        parse_card(jpn.card.raw + b"x" * 2**20)


def test_no_error_shows_more_than_an_excerpt(jpn):
    changed = content(jpn.card) | {"competent_authority": "x\u202e" * 5000}
    with pytest.raises(ComityError) as caught:
        read_content(jpn.card, changed)
    assert len(str(caught.value)) < 400
