# SPDX-License-Identifier: Apache-2.0
"""Confidentiality labels as JSON, under the element names of the NATO core metadata.

The names are those of STANAG 5636 (security layer, identifier, creator, dateCreated) and of the
labels in it; how they nest is our own, since no JSON of the standard could be read. No title: what
an item is called is content. Source: ADatP-5636 Edition A
"""

from __future__ import annotations

from typing import Final

from comity.basis.errors import InputError, excerpt
from comity.basis.fields import Fields
from comity.basis.instants import Instant, format_instant, parse_instant_canonical
from comity.basis.limits import (
    LABEL_CATEGORIES_MAX,
    LABEL_FILE_BYTES_MAX,
    LABEL_TEXT_CHARS_MAX,
    LABEL_VALUES_MAX,
    PARTIES_MAX,
)
from comity.basis.strict_json import JsonValue, format_json, parse_json
from comity.marking.confidentiality import (
    Category,
    CategoryType,
    Confidentiality,
    IdType,
    LabelSet,
    Originator,
)

SCHEMA: Final = "urn:nato:stanag:5636:A:1:elements:json"


def format_labels_json(labels: LabelSet) -> bytes:
    """Write the labels of an item as RFC 8785 JSON."""
    return format_json(labels_json(labels))


def labels_json(labels: LabelSet) -> dict[str, JsonValue]:
    """Give the labels of an item as one object."""
    own = labels.label
    value: dict[str, JsonValue] = {
        "schema": SCHEMA,
        "identifier": labels.item,
        "dateCreated": format_instant(own.created),
        "originatorConfidentialityLabel": _label_json(own),
        "alternativeConfidentialityLabel": [_label_json(each) for each in labels.alternatives],
    }
    if own.originator is not None:
        value["creator"] = own.originator.name
    return value


def parse_labels_json(raw: bytes, where: str = "label") -> LabelSet:
    """Read the labels of an item from JSON; nothing unknown is skipped.

    Raises:
        InputError: as every strict reader of JSON; `marking.core-metadata` where two elements say
            different things; `marking.label-…`, `marking.hidden-character`.
    """
    fields = Fields(parse_json(raw, bytes_max=LABEL_FILE_BYTES_MAX, where=where), where)
    _agree(fields.text("schema"), SCHEMA, fields.place("schema"))
    item = fields.text("identifier", min_chars=0, max_chars=LABEL_TEXT_CHARS_MAX)
    own = _read_label(fields.object("originatorConfidentialityLabel"))
    others = fields.objects("alternativeConfidentialityLabel", max_items=PARTIES_MAX)
    labels = LabelSet(item, own, tuple(_read_label(each) for each in others))
    _agree(fields.text("dateCreated"), format_instant(own.created), fields.place("dateCreated"))
    if own.originator is not None:
        _agree(fields.text("creator"), own.originator.name, fields.place("creator"))
    fields.finish()
    return labels


def _label_json(label: Confidentiality) -> dict[str, JsonValue]:
    information: dict[str, JsonValue] = {
        "PolicyIdentifier": label.policy,
        "Classification": label.classification,
        "Category": [
            {"Type": each.type.value, "TagName": each.tag, "GenericValue": list(each.values)}
            for each in label.categories
        ],
    }
    if label.policy_uri is not None:
        information["PolicyURI"] = label.policy_uri
    if label.privacy_mark is not None:
        information["PrivacyMark"] = label.privacy_mark
    value: dict[str, JsonValue] = {
        "ConfidentialityInformation": information,
        "CreationDateTime": format_instant(label.created),
        "ReviewDateTime": format_instant(label.review),
    }
    if label.originator is not None:
        name = label.originator
        value["OriginatorID"] = {"IDType": name.type.value, "Value": name.name}
    return value


def _read_label(fields: Fields) -> Confidentiality:
    information = fields.object("ConfidentialityInformation")
    label = Confidentiality(
        policy=_text(information, "PolicyIdentifier"),
        classification=_text(information, "Classification"),
        categories=tuple(
            _read_category(each)
            for each in information.objects("Category", max_items=LABEL_CATEGORIES_MAX)
        ),
        created=_instant(fields, "CreationDateTime"),
        review=_instant(fields, "ReviewDateTime"),
        originator=_read_originator(fields),
        privacy_mark=_text(information, "PrivacyMark") if information.has("PrivacyMark") else None,
        policy_uri=_text(information, "PolicyURI") if information.has("PolicyURI") else None,
    )
    information.finish()
    fields.finish()
    return label


def _read_category(fields: Fields) -> Category:
    category = Category(
        fields.choice("Type", CategoryType),
        _text(fields, "TagName"),
        fields.texts("GenericValue", min_items=1, max_items=LABEL_VALUES_MAX),
    )
    fields.finish()
    return category


def _read_originator(fields: Fields) -> Originator | None:
    if not fields.has("OriginatorID"):
        return None
    inner = fields.object("OriginatorID")
    originator = Originator(inner.choice("IDType", IdType), _text(inner, "Value"))
    inner.finish()
    return originator


def _text(fields: Fields, key: str) -> str:
    return fields.text(key, max_chars=LABEL_TEXT_CHARS_MAX)


def _instant(fields: Fields, key: str) -> Instant:
    return parse_instant_canonical(fields.text(key), fields.place(key))


def _agree(found: str, expected: str, where: str) -> None:
    if found != expected:
        raise InputError(
            "marking.core-metadata",
            "an element of the metadata says another thing than the label",
            where=where,
            expected=excerpt(expected),
            found=excerpt(found),
        )
