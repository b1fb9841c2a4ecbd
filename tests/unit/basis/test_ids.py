# SPDX-License-Identifier: Apache-2.0
import pytest

from comity.basis.errors import InputError
from comity.basis.ids import (
    Place,
    digest_of,
    format_place,
    parse_agreement_id,
    parse_digest,
    parse_domain,
    parse_party_id,
    parse_person_id,
    parse_place,
)

GOOD = [
    (parse_party_id, ["JPN", "A", "KOR-2", "A" + "9" * 31]),
    (parse_agreement_id, ["gsomia-jpn-kor", "1", "-", "a" * 64]),
    (parse_person_id, ["kor-017", "a", "0", "a.b_c-d", "a" * 64]),
    (parse_digest, ["0" * 64, "0123456789abcdef" * 4]),
    (
        parse_domain,
        [
            "jpn.example",
            "a.b",
            "mod.xn--3e0b707e",
            "xn--wgv71a.jp",
            "1.jp",
            ("a" * 63 + ".") * 2 + "jp",
        ],
    ),
]
BAD = [
    (
        parse_party_id,
        "basis.party-id",
        ["", "jpn", "9A", "-A", "A" * 33, "JPN\n", "JPN ", "ＪＰＮ", "A_B"],
    ),
    (
        parse_agreement_id,
        "basis.agreement-id",
        ["", "A", "a" * 65, "a/b", "a\n", "a_b", "é", "a.b"],
    ),
    (parse_person_id, "basis.person-id", ["", "-a", ".a", "A", "a" * 65, "a b", "a\n", "金"]),
    (parse_digest, "basis.digest", ["", "0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 64 + "\n"]),
    (
        parse_domain,
        "basis.domain",
        [
            "",
            "localhost",
            "JPN.example",
            "jpn.example.",
            ".example",
            "a..b",
            "-a.example",
            "a-.example",
            "a_b.example",
            "10.0.0.1",
            "jpn.example\n",
            "日本.jp",
            "a" * 64 + ".jp",
            "ab--cd.jp",
            "xn--.jp",
            "xn--abc-.jp",
            "xn--99999999.jp",
            ".".join(["a" * 63] * 3),
        ],
    ),
]


@pytest.mark.parametrize(
    ("parse", "text"), [(parse, text) for parse, texts in GOOD for text in texts]
)
def test_accepts_an_id_as_it_is_written(parse, text):
    assert parse(text) == text


@pytest.mark.parametrize(
    ("parse", "code", "text"), [(parse, code, text) for parse, code, texts in BAD for text in texts]
)
def test_refuses_any_other_spelling_and_names_the_place(parse, code, text):
    with pytest.raises(InputError) as caught:
        parse(text, "statement.by")
    assert (caught.value.code, caught.value.where) == (code, "statement.by")
    assert len(caught.value.found) <= 80


def test_a_domain_of_190_characters_is_the_longest():
    longest = ".".join(["a" * 63, "a" * 63, "a" * 62])
    assert len(parse_domain(longest)) == 190
    with pytest.raises(InputError):
        parse_domain(longest + "a")


def test_a_digest_is_sha256_in_lower_case():
    assert digest_of(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("text", ["JPN/0", "JPN/12", "KOR-2/9007199254740991"])
def test_a_place_comes_back_as_it_went(text):
    assert format_place(parse_place(text)) == text
    assert str(parse_place(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "JPN",
        "JPN/",
        "/1",
        "JPN/01",
        "JPN/-1",
        "JPN/1/2",
        "jpn/1",
        "JPN/1 ",
        "JPN/٣",
        "JPN/9007199254740992",
        "JPN/99999999999999999",
    ],
)
def test_refuses_what_is_not_a_place(text):
    with pytest.raises(InputError) as caught:
        parse_place(text, "body.item")
    assert (caught.value.code, caught.value.where) == ("basis.place", "body.item")


def test_places_are_ordered_by_party_and_then_by_number():
    places = [parse_place(text) for text in ("KOR/0", "JPN/10", "JPN/9")]
    assert [str(place) for place in sorted(places)] == ["JPN/9", "JPN/10", "KOR/0"]
    assert Place(parse_party_id("JPN"), 9) == places[2]
