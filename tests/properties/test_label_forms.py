# SPDX-License-Identifier: Apache-2.0
"""Whatever labels say, what is written of them reads as the same, as XML and as JSON."""

from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from comity.basis.errors import InputError
from comity.basis.instants import INSTANT_MAX, Instant
from comity.marking.confidentiality import (
    Category,
    CategoryType,
    Confidentiality,
    IdType,
    LabelSet,
    Originator,
)
from comity.marking.core_metadata import format_labels_json, parse_labels_json
from comity.marking.hidden import is_hidden
from comity.marking.stanag_xml import format_labels_xml, parse_labels_xml

texts = (
    st.text("極秘군사II급비밀 <>&'\"]\\{}é𠮷A1-", min_size=1, max_size=12)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: bool(text) and not any(is_hidden(each) for each in text))
)
instants = st.integers(0, INSTANT_MAX).map(Instant)
categories = st.builds(
    Category,
    st.sampled_from(CategoryType),
    texts,
    st.lists(texts, min_size=1, max_size=3).map(tuple),
)
labels = st.builds(
    Confidentiality,
    policy=texts,
    classification=texts,
    categories=st.lists(categories, max_size=3).map(tuple),
    created=instants,
    review=instants,
    originator=st.none() | st.builds(Originator, st.sampled_from(IdType), texts),
    privacy_mark=st.none() | texts,
    policy_uri=st.none() | st.sampled_from(["urn:oid:1.3.26", "urn:oid:2.25.1"]),
)
sets = st.builds(
    lambda item, every: LabelSet(item, every[0], tuple(every[1:]) if item else ()),
    st.sampled_from(["", "pact/JPN/1"]),
    st.lists(labels, min_size=1, max_size=4, unique_by=lambda label: label.policy),
)


@given(sets)
def test_labels_read_back_from_xml_and_json_as_they_were_written(found: LabelSet) -> None:
    assert parse_labels_xml(format_labels_xml(found)) == found
    assert parse_labels_json(format_labels_json(found)) == found


@given(sets, st.integers(0, 10_000), st.binary(min_size=1, max_size=3))
def test_a_document_with_other_bytes_reads_or_is_refused_and_nothing_else(
    found: LabelSet, at: int, put: bytes
) -> None:
    raw = format_labels_xml(found)
    at %= len(raw)
    with contextlib.suppress(InputError):
        parse_labels_xml(raw[:at] + put + raw[at + len(put) :])
