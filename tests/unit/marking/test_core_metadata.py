# SPDX-License-Identifier: Apache-2.0
"""Labels as JSON under the names of the NATO core metadata."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from comity.basis.errors import InputError
from comity.marking.confidentiality import LabelSet, write_labels
from comity.marking.core_metadata import format_labels_json, parse_labels_json
from tests.unit.marking.test_confidentiality import FACTS, LABEL

LABELS = write_labels(LABEL, FACTS)


def test_an_items_labels_read_back_as_they_were_written():
    assert parse_labels_json(format_labels_json(LABELS)) == LABELS


def test_a_label_alone_reads_back_too():
    own = replace(LABELS.label, originator=None, privacy_mark="EXERCISE", policy_uri="urn:oid:1.2")
    labels = LabelSet("", own)
    assert parse_labels_json(format_labels_json(labels)) == labels


def test_the_elements_bear_the_names_of_the_standard_and_no_title():
    value = json.loads(format_labels_json(LABELS))
    assert sorted(value) == [
        "alternativeConfidentialityLabel",
        "creator",
        "dateCreated",
        "identifier",
        "originatorConfidentialityLabel",
        "schema",
    ]
    own = value["originatorConfidentialityLabel"]
    assert own["ConfidentialityInformation"]["PolicyIdentifier"] == "JPN"
    assert own["ReviewDateTime"] == "2017-12-31T23:59:59.999Z"


@pytest.mark.parametrize(
    ("key", "said", "code"),
    [
        ("schema", "urn:other", "marking.core-metadata"),
        ("dateCreated", "2016-12-16T03:00:00.001Z", "marking.core-metadata"),
        ("creator", "mod.kor.example", "marking.core-metadata"),
        ("title", "a title", "basis.unknown-field"),
        ("identifier", 1, "basis.wrong-type"),
        ("alternativeConfidentialityLabel", None, "basis.wrong-type"),
    ],
)
def test_metadata_that_disagrees_or_is_unknown_is_refused(key, said, code):
    value = json.loads(format_labels_json(LABELS)) | {key: said}
    with pytest.raises(InputError) as caught:
        parse_labels_json(json.dumps(value).encode())
    assert caught.value.code == code


@pytest.mark.parametrize("inner", ["ConfidentialityInformation", "OriginatorID", ""])
def test_nothing_unknown_is_skipped_within_a_label(inner):
    value = json.loads(format_labels_json(LABELS))
    own = value["originatorConfidentialityLabel"]
    (own[inner] if inner else own)["More"] = 1
    with pytest.raises(InputError) as caught:
        parse_labels_json(json.dumps(value).encode())
    assert caught.value.code == "basis.unknown-field"
