# SPDX-License-Identifier: Apache-2.0
"""Labels for other programs: the bytes are a promise, and both forms say the same."""

from __future__ import annotations

from pathlib import Path

from comity.marking.core_metadata import format_labels_json, parse_labels_json
from comity.marking.stanag_xml import format_labels_xml, parse_labels_xml

FOLDER = Path(__file__).parent / "labels"
XML, JSON = (FOLDER / "item.xml").read_bytes(), (FOLDER / "item.json").read_bytes()


def test_what_stands_in_the_vectors_is_written_again_byte_for_byte() -> None:
    assert format_labels_xml(parse_labels_xml(XML)) == XML
    assert format_labels_json(parse_labels_json(JSON)) == JSON


def test_xml_and_json_of_one_item_say_the_same() -> None:
    assert parse_labels_xml(XML) == parse_labels_json(JSON)
