# SPDX-License-Identifier: Apache-2.0
"""Writing and reading the text of a card, strictly: one content, one spelling.

A text is the line `comity/card/v1` and one line of canonical JSON. What is read here is not yet
trusted; `cards` verifies it.
"""

import re
from collections import Counter

from comity.basis.encoding import decode_base64, encode_base64
from comity.basis.errors import InputError, excerpt
from comity.basis.fields import Fields
from comity.basis.ids import Digest, parse_digest, parse_domain, parse_party_id
from comity.basis.instants import Instant, format_instant, parse_instant_canonical
from comity.basis.limits import (
    CARD_ADDRESS_CHARS_MAX,
    CARD_ADDRESSES_MAX,
    CARD_BYTES_MAX,
    CARD_KEYS_MAX,
    CARD_NAME_CHARS_MAX,
    CARD_NAMES_MAX,
    CARD_TLS_PINS_MAX,
    CARD_VERSION_MAX,
    KEY_ID_CHARS_MAX,
    PUBLIC_KEY_BYTES_MAX,
)
from comity.basis.strict_json import JsonValue, format_json, parse_canonical
from comity.keys.card_model import LIMIT_NAMES, SIGNING_KEYS, Card, CardKey, key_id_of
from comity.keys.notes import Note, parse_note
from comity.keys.suites import (
    SEALING_ALGORITHMS,
    Algorithm,
    KeyUse,
    check_key_length,
    check_public_key,
)

CARD_HEADER = "comity/card/v1\n"

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_ADDRESS = re.compile(
    r"https://(?:[a-z0-9.-]{1,190}|\[[0-9a-f:]{2,39}\])(?::[1-9][0-9]{0,4})?(?:/[A-Za-z0-9._~/-]*)?"
)
# Characters that reorder, hide or imitate. A fixed list: what is accepted must not depend on
# the Unicode tables of the Python that reads the card.
_DECEPTIVE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    "\U000e0000-\U000e0fff]"
)


def card_text(card: Card) -> str:
    """Write the text that the root keys sign.

    Raises:
        InputError, ProofError: the reader would refuse such a card.
    """
    text = CARD_HEADER + format_json(_card_json(card)).decode("utf-8") + "\n"
    _parse_card_text(text, b"")
    return text


def parse_card(raw: bytes) -> tuple[Card, Note]:
    """Read a signed card; its signatures are not checked.

    Raises:
        InputError: malformed, or a field or key missing, doubled, unknown or out of bounds.
        ProofError: a key in it is weak.
    """
    note = parse_note(raw, bytes_max=CARD_BYTES_MAX)
    return _parse_card_text(note.text, raw), note


def _card_json(card: Card) -> dict[str, JsonValue]:
    # A card without pins does not name them: one content, one spelling, also for old cards.
    pins: dict[str, JsonValue] = {"tls_pins": list(card.tls_pins)} if card.tls_pins else {}
    return {
        **pins,
        "addresses": list(card.addresses),
        "competent_authority": card.competent_authority,
        "domain": card.domain,
        "issued_at": format_instant(card.issued_at),
        "keys": [_key_json(key) for key in card.keys],
        "limits": dict(card.limits),
        "names": dict(card.names),
        "party": card.party,
        "version": card.version,
    }


def _key_json(key: CardKey) -> dict[str, JsonValue]:
    until = key.valid_until
    return {
        "algorithm": key.algorithm.value,
        "id": key.key_id,
        "public": encode_base64(key.public),
        "use": key.use.value,
        "valid_from": format_instant(key.valid_from),
        "valid_until": None if until is None else format_instant(until),
    }


def _parse_card_text(text: str, raw: bytes) -> Card:
    if not text.startswith(CARD_HEADER) or not text.endswith("\n"):
        raise _wrong("header", CARD_HEADER.strip(), excerpt(text.partition("\n")[0]))
    line = text.removeprefix(CARD_HEADER)[:-1].encode("utf-8")
    fields = Fields(parse_canonical(line, bytes_max=CARD_BYTES_MAX, where="card"), "card")
    card = Card(
        party=parse_party_id(fields.text("party"), fields.place("party")),
        domain=parse_domain(fields.text("domain"), fields.place("domain")),
        names=_parse_names(fields.object("names")),
        competent_authority=_shown(fields, "competent_authority"),
        addresses=_parse_addresses(fields),
        version=fields.integer("version", 1, CARD_VERSION_MAX),
        issued_at=_instant(fields, "issued_at"),
        keys=tuple(
            _parse_key(key) for key in fields.objects("keys", min_items=1, max_items=CARD_KEYS_MAX)
        ),
        limits=_parse_limits(fields.object("limits")),
        tls_pins=_parse_tls_pins(fields),
        raw=raw,
    )
    fields.finish()
    _check_keys(card)
    # Last: a card reads or it does not, whoever reads it; then its keys are weak or they are not.
    for index, key in enumerate(card.keys):
        check_public_key(key.algorithm, key.public, f"card.keys[{index}].public")
    return card


def _parse_names(fields: Fields) -> tuple[tuple[str, str], ...]:
    languages = fields.keys()
    if not 1 <= len(languages) <= CARD_NAMES_MAX:
        raise _wrong("names", f"1 to {CARD_NAMES_MAX} languages", str(len(languages)))
    for language in languages:
        if _LANGUAGE.fullmatch(language) is None:
            raise _wrong("names", "languages such as ja, ko, en", excerpt(language))
    return tuple((language, _shown(fields, language)) for language in languages)


def _shown(fields: Fields, key: str) -> str:
    """Take a text that people will be shown."""
    text = fields.text(key, max_chars=CARD_NAME_CHARS_MAX)
    if _DECEPTIVE.search(text) or text != text.strip():
        raise InputError(
            "keys.deceptive-text",
            "text holds characters that hide or reorder, or stray space",
            where=fields.place(key),
            expected="visible text on one line",
            found=excerpt(text),
        )
    return text


def _parse_addresses(fields: Fields) -> tuple[str, ...]:
    addresses = fields.texts(
        "addresses",
        max_items=CARD_ADDRESSES_MAX,
        max_chars=CARD_ADDRESS_CHARS_MAX,
        pattern=_ADDRESS,
    )
    if len(set(addresses)) != len(addresses):
        raise _wrong("addresses", "each address once", "one twice")
    return addresses


def _parse_tls_pins(fields: Fields) -> tuple[Digest, ...]:
    pins = fields.optional_texts("tls_pins", min_items=1, max_items=CARD_TLS_PINS_MAX) or ()
    if len(set(pins)) != len(pins):
        raise _wrong("tls_pins", "each pin once", "one twice")
    return tuple(parse_digest(each, fields.place("tls_pins")) for each in pins)


def _parse_limits(fields: Fields) -> tuple[tuple[str, int], ...]:
    names = [name for name in LIMIT_NAMES if fields.has(name)]
    limits = tuple((name, fields.integer(name, 1)) for name in names)
    fields.finish()
    return limits


def _parse_key(fields: Fields) -> CardKey:
    algorithm = fields.choice("algorithm", Algorithm)
    public = decode_base64(
        fields.text("public"), bytes_max=PUBLIC_KEY_BYTES_MAX, where=fields.place("public")
    )
    key = CardKey(
        use=fields.choice("use", KeyUse),
        algorithm=algorithm,
        public=public,
        key_id=fields.text("id", max_chars=KEY_ID_CHARS_MAX),
        valid_from=_instant(fields, "valid_from"),
        valid_until=_instant_or_null(fields, "valid_until"),
    )
    fields.finish()
    check_key_length(algorithm, public, fields.place("public"))
    if key.key_id != key_id_of(algorithm, public):
        raise _wrong("key id", key_id_of(algorithm, public), excerpt(key.key_id))
    if key.valid_until is not None and key.valid_until <= key.valid_from:
        raise _wrong("valid_until", "later than valid_from", format_instant(key.valid_until))
    return key


def _check_keys(card: Card) -> None:
    """Check that every use has exactly its keys, and that no key serves twice.

    One key with two uses would let a signature made for one stand for the other.
    """
    if len({key.public for key in card.keys}) != len(card.keys):
        raise _wrong("keys", "another key for each use", "one key twice")
    sealing = card.keys_for(KeyUse.SEALING)
    if not sealing or any(key.algorithm not in SEALING_ALGORITHMS for key in sealing):
        raise _wrong("sealing keys", "at least one, of xwing or mlkem1024", str(len(sealing)))
    found = Counter((key.use, key.algorithm) for key in card.keys if key not in sealing)
    for use, algorithm in SIGNING_KEYS:
        count = found.pop((use, algorithm), 0)
        if count != 1:
            raise _wrong(f"{use} keys", f"one {algorithm} key", str(count))
    for use, algorithm in found:
        raise _wrong(f"{use} keys", "no other algorithm", algorithm)
    for key in card.keys_for(KeyUse.ROOT):
        if not key.is_valid_at(card.issued_at):
            raise _wrong("root keys", "valid when the card is issued", key.key_id)


def _instant(fields: Fields, key: str) -> Instant:
    return parse_instant_canonical(fields.text(key), fields.place(key))


def _instant_or_null(fields: Fields, key: str) -> Instant | None:
    text = fields.nullable_text(key)
    return None if text is None else parse_instant_canonical(text, fields.place(key))


def _wrong(place: str, expected: str, found: str) -> InputError:
    return InputError(
        "keys.malformed-card",
        "not a party card",
        where=f"card {place}",
        expected=expected,
        found=found,
    )
