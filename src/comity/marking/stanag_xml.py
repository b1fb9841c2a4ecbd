# SPDX-License-Identifier: Apache-2.0
"""Confidentiality labels as XML: the STANAG 4774 label, and a STANAG 4778 binding of several.

Written so that reading gives the same labels; read strictly (`strict_xml.py`) and held against
schemas of our own writing (`schemas/`). A label alone has no equivalents and names no item.
Source: ADatP-4774 Edition A, Appendix 1; ADatP-4778 Edition A
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from lxml import etree

from comity.basis.errors import InputError, excerpt
from comity.basis.instants import Instant, format_instant, parse_instant
from comity.marking.confidentiality import (
    Category,
    CategoryType,
    Confidentiality,
    IdType,
    LabelSet,
    Originator,
)
from comity.marking.strict_xml import load_schema, parse_xml, validate

LABEL_NAMESPACE: Final = "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
BINDING_NAMESPACE: Final = "urn:nato:stanag:4778:bindinginformation:1:0"
_L: Final = f"{{{LABEL_NAMESPACE}}}"
_B: Final = f"{{{BINDING_NAMESPACE}}}"
_ORIGINATORS: Final = f"{_L}originatorConfidentialityLabel"
_ALTERNATIVE: Final = f"{_L}alternativeConfidentialityLabel"
_DATE_TIME: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,3})0*)?(Z|([+-])(\d{2}):(\d{2}))"
)
_MINUTE_MS: Final = 60_000


def format_labels_xml(labels: LabelSet) -> bytes:
    """Write the labels of an item: a binding, or the bare label where no item is named."""
    if not labels.item:
        root = _label_element(_ORIGINATORS, labels.label)
    else:
        root = etree.Element(f"{_B}BindingInformation", nsmap={"s4778": BINDING_NAMESPACE})
        container = etree.SubElement(root, f"{_B}MetadataBindingContainer")
        binding = etree.SubElement(container, f"{_B}MetadataBinding")
        for tag, label in (
            (_ORIGINATORS, labels.label),
            *((_ALTERNATIVE, each) for each in labels.alternatives),
        ):
            etree.SubElement(binding, f"{_B}Metadata").append(_label_element(tag, label))
        etree.SubElement(binding, f"{_B}DataReference", URI=labels.item)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def parse_labels_xml(raw: bytes, where: str = "label") -> LabelSet:
    """Read a binding, or a bare originator's label.

    Raises:
        InputError: the bytes are no strict XML (`marking.xml-…`), do not follow the schemas, or
            what they say is no set of labels (`marking.label-…`, `marking.hidden-character`).
    """
    root = parse_xml(raw, where)
    if root.tag == _ORIGINATORS:
        return LabelSet("", _read_label(root, where))
    if root.tag != f"{_B}BindingInformation":
        raise InputError(
            "marking.xml-root",
            "the document is no confidentiality label",
            where=where,
            expected="originatorConfidentialityLabel, or BindingInformation around labels",
            found=excerpt(str(root.tag)),
        )
    validate(_schema("binding.xsd"), root, where)
    found = [element[0] for element in root.iter(f"{_B}Metadata")]
    own = [element for element in found if element.tag == _ORIGINATORS]
    others = [element for element in found if element.tag == _ALTERNATIVE]
    if len(own) != 1 or len(own) + len(others) != len(found):
        raise InputError(
            "marking.xml-labels",
            "an item has one label of its originator, and alternatives beside it",
            where=where,
            expected="originatorConfidentialityLabel once, alternativeConfidentialityLabel",
            found=excerpt(", ".join(str(element.tag).rpartition("}")[2] for element in found)),
        )
    reference = next(root.iter(f"{_B}DataReference"))
    return LabelSet(
        _text(reference.get("URI")),
        _read_label(own[0], where),
        tuple(_read_label(each, where) for each in others),
    )


@cache
def _schema(name: str) -> etree.XMLSchema:
    return load_schema(name)


def _label_element(tag: str, label: Confidentiality) -> etree._Element:
    root = etree.Element(tag, nsmap={"s4774": LABEL_NAMESPACE})
    root.set("ReviewDateTime", format_instant(label.review))
    information = etree.SubElement(root, f"{_L}ConfidentialityInformation")
    policy = _child(information, "PolicyIdentifier", label.policy)
    if label.policy_uri is not None:
        policy.set("URI", label.policy_uri)
    _child(information, "Classification", label.classification)
    if label.privacy_mark is not None:
        _child(information, "PrivacyMark", label.privacy_mark)
    for category in label.categories:
        element = etree.SubElement(information, f"{_L}Category")
        element.set("Type", category.type.value)
        element.set("TagName", category.tag)
        for value in category.values:
            _child(element, "GenericValue", value)
    if label.originator is not None:
        _child(root, "OriginatorID", label.originator.name).set(
            "IDType", label.originator.type.value
        )
    _child(root, "CreationDateTime", format_instant(label.created))
    return root


def _child(parent: etree._Element, name: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, f"{_L}{name}")
    element.text = text
    return element


def _read_label(element: etree._Element, where: str) -> Confidentiality:
    validate(_schema("label.xsd"), element, where)
    information = element[0]
    originator = element.find(f"{_L}OriginatorID")
    policy = information[0]
    mark = information.find(f"{_L}PrivacyMark")
    return Confidentiality(
        policy=_text(policy.text),
        policy_uri=None if policy.get("URI") is None else _text(policy.get("URI")),
        classification=_text(information[1].text),
        privacy_mark=None if mark is None else _text(mark.text),
        categories=tuple(
            Category(
                CategoryType(_text(each.get("Type"))),
                _text(each.get("TagName")),
                tuple(_text(value.text) for value in each),
            )
            for each in information.iter(f"{_L}Category")
        ),
        originator=None
        if originator is None
        else Originator(IdType(_text(originator.get("IDType"))), _text(originator.text)),
        created=_instant(element.findtext(f"{_L}CreationDateTime"), "CreationDateTime"),
        review=_instant(element.get("ReviewDateTime"), "ReviewDateTime"),
    )


def _text(text: str | None) -> str:
    """Collapse white space as the schema's tokens do; it holds the text to be there."""
    return " ".join((text or "").split())


def _instant(text: str | None, where: str) -> Instant:
    """Read an instant with any offset, whole in milliseconds."""
    written = _text(text)
    match = _DATE_TIME.fullmatch(written)
    if match is None:
        return parse_instant(written, where)
    clock, fraction, _, sign, hours, minutes = match.groups(default="")
    instant = parse_instant(f"{clock}.{fraction.ljust(3, '0')}Z", where)
    if not sign:
        return instant
    ahead = (int(hours) * 60 + int(minutes)) * _MINUTE_MS
    return parse_instant(
        format_instant(Instant(instant - ahead if sign == "+" else instant + ahead)), where
    )
