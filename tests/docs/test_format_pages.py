# SPDX-License-Identifier: Apache-2.0
"""The pages of formats say what the code does: each kind, key, code, limit and example."""

import dataclasses
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from comity.agreement.acts import Action, AgreementState
from comity.basis import limits
from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.decision.request import Actor, Assurance, Consent, Derived, Firm, Item, Request, Visit
from comity.keys.notes import NOTE_MLDSA44_IDENTIFIER
from comity.keys.sealing_keys import WRAP_BYTES
from comity.keys.suites import Algorithm, KeyUse
from comity.marking.labels import format_label
from comity.sealing.bundle import MAGIC, format_header, parse_header
from comity.sealing.parcels import PARCEL_MAGIC
from comity.sealing.stream import PAYLOAD_CONTEXT
from comity.state.findings import Finding
from comity.statement.authorised import is_authorised
from comity.statement.information import ItemRelease
from comity.statement.kinds import SPOKEN_KINDS
from scripts.tidy.tree import ROOT
from tests.builders.bodies import sample_bodies
from tests.builders.formats import EXAMPLES

PAGES = ROOT / "docs/formats"
VECTORS = ROOT / "tests/vectors/formats"
BODIES = {kind: body.to_json() for kind, body in sample_bodies().items()}


def page(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def vector(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def rows(text: str) -> list[list[str]]:
    """Give the cells of every row of every table."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def section(text: str, heading: str) -> str:
    """Give what stands under a heading, down to the next of its own or a higher level."""
    level = len(heading) - len(heading.lstrip("#"))
    found = re.search(rf"^{re.escape(heading)}$(.*?)(?=^#{{1,{level}}} |\Z)", text, re.M | re.S)
    assert found, heading
    return found[1]


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def first_words(text: str) -> list[str]:
    """Give what is quoted in the first cell of each row."""
    return [word for row in rows(text) for word in quoted(row[0])]


def table_after(text: str, beginning: str) -> str:
    """Give the table whose head begins so."""
    found = re.search(rf"^\| {re.escape(beginning)} \|.*?\n((?:\|.*\n)+)", text, re.M)
    assert found, beginning
    return found[0]


# Statements


BODY_ROWS = {
    (quoted(row[0])[0], quoted(row[1])[0]): row[2]
    for row in rows(section(page("statements"), "## Bodies"))
    if len(row) >= 3 and re.fullmatch(r"`[a-z]+\.[a-z_]+`", row[0]) and quoted(row[1])
}


def test_every_kind_that_is_spoken_has_its_rows_and_every_row_a_kind() -> None:
    assert set(BODIES) == set(SPOKEN_KINDS)
    assert set(BODY_ROWS) == {(kind, key) for kind, body in BODIES.items() for key in body}


def _reads(kind: str, body: dict[str, Any]) -> bool:
    fields = Fields(body, "body")
    try:
        SPOKEN_KINDS[kind].parse(fields)
        fields.finish()
    except InputError:
        return False
    return True


@pytest.mark.parametrize(("kind", "key"), sorted(BODY_ROWS))
def test_a_key_may_be_absent_or_null_exactly_where_the_page_says_so(kind: str, key: str) -> None:
    body, told = BODIES[kind], BODY_ROWS[kind, key]
    assert _reads(kind, body)
    absent = {name: value for name, value in body.items() if name != key}
    assert _reads(kind, absent) == ("*optional*" in told), told
    nullable = "or null" in told or told == "until"
    assert _reads(kind, {**body, key: None}) == nullable, told


def test_the_envelope_has_the_keys_of_an_entry() -> None:
    entry = json.loads(vector("statements")["entries"][1]["entry"])
    envelope = section(page("statements"), "## Envelope").partition("### Types")[0]
    assert first_words(envelope) == [
        "format", "kind", "agreement", "by", "to", "at", "seen", "nonce", "body",
    ]  # fmt: skip
    assert set(first_words(envelope)) == set(entry)


def test_a_label_has_the_keys_that_are_written() -> None:
    release = sample_bodies()["item.release"]
    assert isinstance(release, ItemRelease)
    label = page("statements").partition("A **label** is an object:")[2].partition("###")[0]
    assert first_words(label) == list(format_label(release.label))


_NO_VERDICTS = {
    *("evidence.py", "mirrored.py", "packages.py", "register.py", "register_reader.py"),
    "release_form.py",
}
"""What these refuse is no entry of a register: evidence, and mistakes of the program."""


def test_every_judgement_has_a_line() -> None:
    said: set[str] = set()
    for path in sorted((ROOT / "src/comity/statement").glob("*.py")):
        if path.name not in _NO_VERDICTS:
            said |= set(re.findall(r'"(statement\.[a-z-]+)"', path.read_text(encoding="utf-8")))
    judging = section(page("statements"), "## Judging an entry")
    listed = [word for word in first_words(judging) if word.startswith("statement.")]
    assert sorted(listed) == sorted(said - {"statement.reject"})
    assert "`time.ahead`" in page("statements")


def test_every_finding_has_a_line() -> None:
    listed = first_words(section(page("statements"), "### Findings"))
    assert listed == [finding.value for finding in Finding]


def test_the_statements_that_bind_a_state_are_listed() -> None:
    listed = section(page("authority-notes"), "## Which statements").partition("Not ")[0]
    assert set(quoted(listed)) == {
        kind for kind, body in sample_bodies().items() if is_authorised(body)
    }


# Limits


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("statements", ("STATEMENT_BYTES_MAX", "AGREEMENT_BYTES_MAX", "CARD_VERSION_MAX")),
        ("statements", ("JSON_DEPTH_MAX", "STATEMENT_TO_MAX", "PARCEL_HEAD_BYTES_MAX")),
        ("statements", ("AUTHORITY_NOTE_CHARS_MAX", "STATEMENT_PLACES_MAX", "LABEL_WORDS_MAX")),
        ("statements", ("STATEMENT_WORD_CHARS_MAX", "STATEMENT_SUBJECT_CHARS_MAX")),
        ("registers", ("STATEMENT_BYTES_MAX", "SEGMENT_ENTRIES_MAX", "ORIGIN_BYTES_MAX")),
        ("registers", ("JOURNAL_RESTORATIONS_MAX", "DOMAIN_CHARS_MAX")),
        ("cards", ("CARD_BYTES_MAX", "CARD_VERSION_MAX", "CARD_NAMES_MAX", "CARD_KEYS_MAX")),
        ("cards", ("CARD_ADDRESSES_MAX", "CARD_ADDRESS_CHARS_MAX", "CARD_NAME_CHARS_MAX")),
        ("authority-notes", ("AUTHORITY_NOTE_CHARS_MAX",)),
        ("parcels", ("PARCEL_HEAD_BYTES_MAX", "PAYLOAD_HEADER_BYTES_MAX", "WRAP_BYTES_MAX")),
        ("parcels", ("PAYLOAD_TITLE_CHARS_MAX", "PAYLOAD_FILE_NAME_CHARS_MAX", "CARD_BYTES_MAX")),
        ("evidence", ("EVIDENCE_CARDS_MAX", "ONWARD_PROOF_BYTES_MAX")),
        ("courier", ("BUNDLE_HEADER_BYTES_MAX", "BUNDLE_LISTING_BYTES_MAX", "BUNDLE_PARTS_MAX")),
        ("courier", ("BUNDLE_PART_BYTES", "BUNDLE_SEGMENTS_MAX", "COURIER_WRAP_BYTES_MAX")),
        ("courier", ("SEGMENT_ENTRIES_MAX", "SIGNED_CHECKPOINT_CHARS_MAX", "PARCEL_BYTES_MAX")),
        ("decisions", ("REQUEST_BYTES_MAX",)),
    ],
)
def test_a_page_names_the_limits_of_its_format(name: str, said: tuple[str, ...]) -> None:
    text = page(name)
    for limit in said:
        value = getattr(limits, limit)
        assert re.search(rf"(?<![0-9,]){value:,}(?![0-9,]*[0-9])", text), f"{limit}: {value:,}"


# Cards, parcels, courier


def test_a_card_has_the_keys_that_are_written() -> None:
    text = vector("cards")["KOR version 2"]["text"]
    card = json.loads(text.partition("\n")[2])
    listed = section(page("cards"), "## JSON")
    of_card, of_key = table_after(listed, "key"), listed.partition("A key is an object:")[2]
    assert set(first_words(of_card)) == set(card)
    assert set(first_words(table_after(of_key, "key"))) == set(card["keys"][0])
    assert first_words(table_after(listed, "algorithm")) == [each.value for each in Algorithm]
    assert first_words(table_after(listed, "use")) == [each.value for each in KeyUse]


def test_contexts_and_magics_are_those_of_the_code() -> None:
    assert f"`{NOTE_MLDSA44_IDENTIFIER.decode()}`" in page("cards")
    assert f"`{PAYLOAD_CONTEXT.decode()}`" in page("parcels")
    assert f"`{PARCEL_MAGIC.decode().strip()}`" in page("parcels")
    assert MAGIC in page("courier")
    for algorithm, size in WRAP_BYTES.items():
        (row,) = (row for row in rows(page("parcels")) if row[0] == f"`{algorithm}`")
        assert row[-1] == f"{size:,} bytes"


def test_the_outside_of_a_bundle_has_the_lines_that_are_written() -> None:
    shown = section(page("courier"), "## Outside").split("```")[1].splitlines()[1:]
    header, _ = parse_header(vector("courier")["header"].encode() + b"x")
    written = format_header(header).decode().rstrip("\n").split("\n")
    assert [line.split(" ")[0] for line in shown] == [line.split(" ")[0] for line in written]


def test_a_listing_has_the_keys_that_are_written() -> None:
    listing = json.loads(vector("courier")["listing"])
    listed = section(page("courier"), "## Listing")
    assert set(first_words(table_after(listed, "key"))) == set(listing)
    for name, value in (
        ("of a segment", listing["segments"][0]),
        ("of a cosignature", vector("courier")["cosignature_for_the_way_back"]),
        ("of a size", listing["sizes"][0]),
        ("of a parcel", listing["parcels"][0]),
    ):
        assert set(first_words(table_after(listed, name))) == set(value), name


# Decisions


@pytest.mark.parametrize(
    ("table", "type_"),
    [
        ("key", Request),
        ("of `actor`", Actor),
        ("of `item`", Item),
        ("of a consent", Consent),
        ("of an assurance", Assurance),
        ("of `derived`", Derived),
        ("of `visit`", Visit),
        ("of a firm", Firm),
    ],
)
def test_a_request_has_the_keys_that_are_read(table: str, type_: Any) -> None:
    listed = table_after(section(page("decisions"), "## Request"), table)
    body = listed.partition("\n|---")[2]
    written = {"named_for": "for", "begins": "from"}
    names = {written.get(each.name, each.name) for each in dataclasses.fields(type_)}
    assert set(first_words(body)) == names


def test_actions_and_states_are_all_named() -> None:
    request = section(page("decisions"), "## Request")
    actions = request.partition("The actions: ")[2]
    assert quoted(actions) == [action.value for action in Action]
    (state,) = (row for row in rows(request) if row[0] == "`agreement_state`")
    assert quoted(state[2]) == [each.value for each in AgreementState]


def test_the_decision_that_is_shown_is_the_one_that_is_made() -> None:
    kept = vector("decisions")
    request, decision = (
        json.loads(block) for block in re.findall(r"```json\n(.*?)```", page("decisions"), re.S)
    )
    assert request == kept["request"]
    assert {**decision, "version": None, "sha256": None} == kept["decision"]
    listed = section(page("decisions"), "## Decision")
    assert first_words(table_after(listed, "key")) == list(decision)


# Examples


def _statement_text(_: Any) -> list[str]:
    entry = vector("statements")["entries"][1]
    shown = page("statements").rpartition("```text\n")[2].partition("```")[0]
    assert shown.replace("\n", "") == entry["entry"]
    return [entry["sha256"], entry["leaf_hash"]]


def _authority_text(kept: Any) -> list[str]:
    shown = page("authority-notes").replace("\n", "")
    assert kept["hashed"] in shown
    return [kept["text"]]


def _courier_text(kept: Any) -> list[str]:
    (shown,) = re.findall(r"```json\n(.*?)```", page("courier"), re.S)
    listing = json.loads(kept["listing"])
    for segment in listing["segments"]:
        segment["checkpoint"] = segment["checkpoint"].partition("\n\n")[0] + "\n…"
    assert json.loads(shown) == listing
    return [
        *(line for line in kept["header"].splitlines() if line and not line.startswith("wrap ")),
        f"{kept['body_size']:,} bytes",
        f"{len(kept['listing'].encode()):,} of listing",
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("statements", _statement_text),
        (
            "registers",
            lambda kept: [
                kept["checkpoint"],
                *kept["leaf_hashes"],
                kept["root_hash"],
                *(each["key_id"] for each in kept["log_keys"] + kept["cosigner_keys"]),
                f"{kept['cosigned_at_s']:,}",
            ],
        ),
        (
            "cards",
            lambda kept: [
                kept["JPN"]["key_ids"]["root/ed25519"],
                kept["JPN"]["root_keys"][0]["vkey"],
                kept["JPN"]["root_keys"][1]["vkey"][:60] + "…",
                kept["JPN"]["fingerprint_as_printed"],
                kept["JPN"]["sha256"],
                f"{kept['JPN']['size']:,} bytes",
            ],
        ),
        ("authority-notes", _authority_text),
        (
            "parcels",
            lambda kept: [
                kept["item_key"],
                kept["sealed_sha256"],
                f"{kept['sealed_size']:,} bytes",
                kept["head_sha256"],
                f"{kept['head_size']:,} bytes",
                kept["wrap_info"],
            ],
        ),
        (
            "evidence",
            lambda kept: [
                kept["trust"],
                kept["shows"]["place"],
                kept["shows"]["origin"],
                f"{kept['shows']['acknowledged']['KOR']:,}",
            ],
        ),
        ("courier", _courier_text),
    ],
)
def test_the_values_of_an_example_are_those_that_the_code_gives(
    name: str, shown: Callable[[Any], list[str]]
) -> None:
    text = page(name)
    for value in shown(vector(name)):
        assert value in text, value


def test_the_evidence_page_lists_the_files_of_a_folder() -> None:
    files = first_words(section(page("evidence"), "## Folder"))
    assert files == [
        "statement.json",
        "statement.tlog-proof",
        "policy",
        *(f"cards/PARTY.VERSION.{part}" for part in ("card", "json", "tlog-proof")),
    ]
    shown = section(page("evidence"), "## Policy").split("```")[1].splitlines()[1:]
    written = vector("evidence")["files"]["policy"].splitlines()
    assert [line.split(" ")[0] for line in shown] == [line.split(" ")[0] for line in written]
    assert [line.split(" ")[1] for line in written[1:4]] == ["jpn-mldsa", "kor-ed", "kor-mldsa"]


def test_every_page_and_every_example_has_its_place() -> None:
    index = page("README")
    for path in sorted(PAGES.glob("*.md")):
        assert path.name == "README.md" or f"({path.name})" in index
    for name in EXAMPLES:
        assert f"tests/vectors/formats/{name}.json" in page(name)
