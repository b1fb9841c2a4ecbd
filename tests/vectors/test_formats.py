# SPDX-License-Identifier: Apache-2.0
"""The worked examples of docs/formats: worked out again by the code, and read as a partner would.

`formats/inputs.json` keeps what was drawn at random once; `--regenerate` writes the others.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from comity.basis.encoding import decode_base64
from comity.basis.ids import PartyId, digest_of
from comity.basis.instants import parse_instant
from comity.basis.limits import MIB
from comity.keys.authority import verify_authority_note
from comity.keys.cards import (
    mirror_keys,
    read_card_unverified,
    statement_keys,
    verify_card,
    verify_succession,
)
from comity.keys.sealing_keys import unwrap_key
from comity.keys.signing import PrivateKey
from comity.keys.suites import Algorithm
from comity.sealing.bundle import BodyReader, parse_header
from comity.sealing.bundle_body import open_body
from comity.sealing.parcels import find_wrap, parse_parcel_head, verify_parcel_head
from comity.sealing.stream import Opener, open_chunks
from comity.statement.drafting import wrap_context
from comity.statement.envelope import parse_statement
from comity.statement.evidence import read_evidence, trusted_fingerprints, verify_evidence
from comity.statement.information import ItemRelease
from comity.tlog.checkpoints import parse_checkpoint, verify_log, with_cosignatures
from comity.tlog.cosignatures import parse_signature_lines, verify_cosignatures
from tests.builders.formats import EXAMPLES, Example, Json, tls_public_key

FOLDER = Path(__file__).parent / "formats"
INPUTS = FOLDER / "inputs.json"


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def save(path: Path, value: Any) -> None:
    path.parent.mkdir(exist_ok=True)
    written = json.dumps(value, ensure_ascii=False, indent=1)
    path.write_text(written + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def example(request: pytest.FixtureRequest) -> Example:
    if not request.config.getoption("--regenerate"):
        return Example(load(INPUTS))
    made = Example(load(INPUTS) if INPUTS.exists() else {})
    for name, work_out in EXAMPLES.items():
        save(FOLDER / f"{name}.json", work_out(made))
    save(INPUTS, made.inputs.kept)
    return made


@pytest.fixture
def vectors(example: Example) -> dict[str, Any]:
    return {name: load(FOLDER / f"{name}.json") for name in EXAMPLES}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_code_gives_the_example_again(
    example: Example, vectors: dict[str, Any], name: str
) -> None:
    drawn = set(example.inputs.kept)
    assert EXAMPLES[name](example) == vectors[name]
    assert set(example.inputs.kept) == drawn, "an input was drawn anew: `--regenerate` keeps it"


@pytest.mark.parametrize("party", ["JPN", "KOR"])
def test_cards_verify_and_their_secrets_give_their_keys(
    vectors: dict[str, Any], party: str
) -> None:
    vector = vectors["cards"][party]
    card = verify_card(vector["note"].encode(), fingerprint=vector["fingerprint"])
    for name, secret in vector["secrets"].items():
        use, _, algorithm = name.partition("/")
        public = PrivateKey(Algorithm(algorithm), bytes.fromhex(secret)).public
        (key,) = (key for key in card.keys if (key.use, key.algorithm) == (use, algorithm))
        assert key.public == public
        assert key.key_id == vector["key_ids"][name]


def test_the_next_card_follows_and_pins_the_public_key_listed(vectors: dict[str, Any]) -> None:
    vector = vectors["cards"]["KOR version 2"]
    card = verify_succession(_card(vectors, "KOR"), vector["note"].encode())
    public = bytes.fromhex(vector["tls_public_key_info"])
    assert public == tls_public_key(vector["tls_secret_scalar"])
    assert list(card.tls_pins) == vector["tls_pins"] == [digest_of(public)]
    assert _card(vectors, "KOR").tls_pins == ()


def test_entries_read_and_hash_as_listed(vectors: dict[str, Any]) -> None:
    for each in vectors["statements"]["entries"]:
        assert parse_statement(each["entry"].encode()).raw == each["entry"].encode()
        assert digest_of(each["entry"].encode()) == each["sha256"]
        assert digest_of(b"\0" + each["entry"].encode()) == each["leaf_hash"]


def test_the_authority_note_holds_for_what_is_hashed(vectors: dict[str, Any]) -> None:
    vector, card = vectors["authority-notes"], _card(vectors, "JPN")
    assert digest_of(vector["hashed"].encode()) == vector["digest"]
    verify_authority_note(
        vector["note"], digest=vector["digest"], card=card, at=parse_instant(vector["enter_by"])
    )


def test_the_checkpoint_carries_both_signatures_of_both_parties(vectors: dict[str, Any]) -> None:
    vector = vectors["registers"]
    signed = with_cosignatures(
        parse_checkpoint(vector["signed_checkpoint"].encode()),
        parse_signature_lines(vector["cosignature_lines"].encode()),
    )
    verify_log(signed, statement_keys(_card(vectors, "JPN"), vector["origin"]))
    cosigned = verify_cosignatures(signed, mirror_keys(_card(vectors, "KOR")))
    assert cosigned.time_s == vector["cosigned_at_s"]


def test_the_recipient_opens_the_parcel(vectors: dict[str, Any]) -> None:
    vector = vectors["parcels"]
    released = parse_statement(vectors["statements"]["entries"][1]["entry"].encode())
    body = released.body
    assert isinstance(body, ItemRelease)
    head = verify_parcel_head(_bytes(vector["head"]), body.parcel, body.sealed, to=released.to)
    assert digest_of(vector["wrap_context_of"].encode()) == wrap_context(released)
    key = _unwrap(vector["recipient_secret"], vector["wrap_info"], find_wrap(head, KOR).wrap)
    assert key.hex() == vector["item_key"]
    content = b"".join(open_chunks(Opener(key), [_bytes(vector["sealed"])]))
    assert content.decode() == vector["content"]


def test_the_evidence_shows_what_it_says(vectors: dict[str, Any]) -> None:
    vector = vectors["evidence"]
    files = {name: text.encode() for name, text in vector["files"].items()}
    testimony = verify_evidence(read_evidence(files), trusted=trusted_fingerprints(vector["trust"]))
    shown: Json = {
        "place": str(testimony.place),
        "origin": testimony.origin,
        "tree_size": testimony.tree_size,
        "acknowledged": {each.party: each.times_s[0] for each in testimony.acknowledged},
    }
    assert shown == vector["shows"]


def test_the_recipient_reads_the_bundle(vectors: dict[str, Any]) -> None:
    vector, parcels = vectors["courier"], vectors["parcels"]
    volume = _bytes(vector["volume"])
    header, start = parse_header(volume)
    assert volume[:start].decode() == vector["header"]
    key = _unwrap(parcels["recipient_secret"], vector["wrap_info"], header.wrap)
    body = BodyReader(open_body(key, [volume[start:]]))
    listing = body.listing()
    entries = tuple(each.encode() for each in _entries(vectors))
    assert body.entries(listing.segments[0]) == entries
    found = {each.digest: body.exactly(each.size) for each in listing.parcels}
    body.finish()
    assert parse_parcel_head(found[parcels["head_sha256"]]).sealed.sha256 in found


KOR = PartyId("KOR")


def _entries(vectors: dict[str, Any]) -> list[str]:
    return [each["entry"] for each in vectors["statements"]["entries"]]


def _card(vectors: dict[str, Any], party: str) -> Any:
    return read_card_unverified(vectors["cards"][party]["note"].encode())


def _unwrap(secret: str, info: str, wrap: bytes) -> bytes:
    return unwrap_key(PrivateKey(Algorithm.XWING, bytes.fromhex(secret)), info.encode(), wrap)


def _bytes(text: str) -> bytes:
    return decode_base64(text, bytes_max=MIB)
