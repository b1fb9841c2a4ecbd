# SPDX-License-Identifier: Apache-2.0
"""Labels as XML: what is written follows the schemas; hostile documents are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from comity.basis.errors import InputError
from comity.basis.instants import parse_instant
from comity.marking import stanag_xml
from comity.marking.confidentiality import LabelSet, write_labels
from comity.marking.stanag_xml import format_labels_xml, parse_labels_xml
from comity.marking.strict_xml import load_schema, validate
from tests.unit.marking.test_confidentiality import FACTS, LABEL

LABELS = write_labels(LABEL, FACTS)
XML = format_labels_xml(LABELS).decode()
BARE = replace(LABELS, item="", alternatives=())
BARE_XML = format_labels_xml(BARE).decode()
NAMESPACE = "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"


@pytest.fixture(autouse=True, scope="module")
def _schemas_unread() -> None:
    """Let the schemas be read here, whatever ran in this process before: that is measured too."""
    stanag_xml._schema.cache_clear()


def _refused(document: str | bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        parse_labels_xml(document if isinstance(document, bytes) else document.encode())
    return caught.value


def test_an_items_labels_read_back_as_they_were_written():
    assert parse_labels_xml(XML.encode()) == LABELS
    assert parse_labels_xml(BARE_XML.encode()) == BARE


def test_every_label_that_is_written_follows_the_schema():
    root = etree.fromstring(XML.encode())
    found = [element[0] for element in root.iter("{*}Metadata")]
    assert [each.tag.rpartition("}")[2] for each in found] == [
        "originatorConfidentialityLabel",
        "alternativeConfidentialityLabel",
        "alternativeConfidentialityLabel",
    ]
    for each in found:
        validate(load_schema("label.xsd"), each)
    validate(load_schema("binding.xsd"), root)


def test_optional_parts_of_a_label_read_back_too():
    own = replace(LABELS.label, privacy_mark="EXERCISE", policy_uri="urn:oid:1.2.3")
    labels = LabelSet("", replace(own, originator=None, categories=()))
    assert parse_labels_xml(format_labels_xml(labels)) == labels


def test_a_label_written_by_another_program_is_read():
    raw = f"""<?xml version='1.0' encoding='UTF-8' standalone='yes'?>
    <originatorConfidentialityLabel xmlns="{NAMESPACE}" Id="a1"
        ReviewDateTime="2031-09-26T09:00:00.5+09:00">
      <ConfidentialityInformation>
        <PolicyIdentifier URI="urn:oid:2.25.1">  EXAMPLE
          POLICY </PolicyIdentifier>
        <Classification>A &amp; B</Classification>
        <Category Type="PERMISSIVE" TagName="Releasable To" URI="urn:oid:2.25.1.2">
          <GenericValue>XAA</GenericValue><GenericValue>XBB</GenericValue>
        </Category>
      </ConfidentialityInformation>
      <OriginatorID IDType="rfc822Name">author@example.org</OriginatorID>
      <CreationDateTime>2026-09-26T12:00:00-01:30</CreationDateTime>
    </originatorConfidentialityLabel>"""
    label = parse_labels_xml(raw.encode()).label
    assert (label.policy, label.classification) == ("EXAMPLE POLICY", "A & B")
    assert label.categories[0].values == ("XAA", "XBB")
    assert label.review == parse_instant("2031-09-26T00:00:00.500Z")
    assert label.created == parse_instant("2026-09-26T13:30:00Z")


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("", "marking.xml-malformed"),
        ("not xml", "marking.xml-malformed"),
        (BARE_XML[:-20], "marking.xml-malformed"),
        (BARE_XML + "<more/>", "marking.xml-malformed"),
        (BARE_XML.replace("極秘", "&marking;"), "marking.xml-malformed"),
        (BARE_XML.replace("極秘", "&#0;"), "marking.xml-malformed"),
        ("<a/>", "marking.xml-root"),
        (BARE_XML.replace("originatorConf", "alternativeConf"), "marking.xml-root"),
        (BARE_XML.replace(NAMESPACE, NAMESPACE[:-1] + "1"), "marking.xml-root"),
        (BARE_XML.encode("utf-16"), "marking.xml-encoding"),
        (b"\xef\xbb\xbf" + BARE_XML.encode(), "marking.xml-forbidden"),
        (BARE_XML.replace("UTF-8", "UTF-7"), "marking.xml-forbidden"),
        (BARE_XML.encode().replace("極秘".encode(), b"\xff"), "marking.xml-encoding"),
        (BARE_XML.replace("<s4774:Class", "<?x y?><s4774:Class"), "marking.xml-forbidden"),
        (BARE_XML.replace("極秘", "極<!-- -->秘"), "marking.xml-forbidden"),
        (BARE_XML.replace("極秘", "<![CDATA[極秘]]>"), "marking.xml-forbidden"),
        (BARE_XML.replace("極秘", "極\x00秘"), "marking.xml-forbidden"),
        (f"<a>{'x' * 70_000}</a>", "marking.xml-size"),
        ("<a>" * 17 + "</a>" * 17, "marking.xml-depth"),
        ("<a b='/>'>" * 17 + "</a>" * 17, "marking.xml-depth"),
        ("<a>" * 5000, "marking.xml-malformed"),
    ],
)
def test_a_document_that_is_no_plain_label_is_refused(document, code):
    assert _refused(document).code == code


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE a PUBLIC "-//x" "http://127.0.0.1/x.dtd">',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/p"> %p;]>',
    ],
)
def test_a_document_type_is_refused_before_anything_is_parsed(declared):
    first, _, rest = BARE_XML.partition("\n")
    err = _refused(f"{first}\n{declared}\n{rest}")
    assert (err.code, err.what) == ("marking.xml-forbidden", "the document holds a document type")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('ReviewDateTime="', 'Review="'),
        ("2017-12-31T23:59:59.999Z", "2017-12-31T23:59:59.999"),
        ("2016-12-16T03:00:00.000Z", "yesterday"),
        ('Type="PERMISSIVE"', 'Type="permissive"'),
        ("<s4774:GenericValue>KOR</s4774:GenericValue>", ""),
        (
            "<s4774:GenericValue>KOR</s4774:GenericValue>",
            "<s4774:IntegerValue>1</s4774:IntegerValue>",
        ),
        ("<s4774:Classification>極秘</s4774:Classification>", ""),
        (
            "<s4774:Classification>極秘</s4774:Classification>",
            "<s4774:Classification>極秘</s4774:Classification>" * 2,
        ),
        ("<s4774:Classification>", '<s4774:Classification URI="urn:oid:1.2">'),
        ('IDType="dNSName"', 'IDType="name"'),
        (
            "</s4774:originatorConfidentialityLabel>",
            "<x/></s4774:originatorConfidentialityLabel>",
        ),
        ("極秘", " "),
    ],
)
def test_a_label_that_breaks_the_schema_is_refused(old, new):
    assert old in BARE_XML
    assert _refused(BARE_XML.replace(old, new, 1)).code == "marking.xml-invalid"


def test_an_instant_that_is_no_whole_millisecond_is_refused():
    changed = BARE_XML.replace("2016-12-16T03:00:00.000Z", "2016-12-16T03:00:00.0001Z")
    assert _refused(changed).code == "basis.instant"


def test_an_instant_beyond_the_calendar_is_refused():
    changed = BARE_XML.replace("2016-12-16T03:00:00.000Z", "9999-12-31T23:59:59-14:00")
    assert _refused(changed).code.startswith("basis.")


def test_a_character_that_cannot_be_seen_is_refused_however_it_is_written():
    for hidden in ("\u200b", "&#x202E;"):
        assert (
            _refused(BARE_XML.replace("極秘", f"極{hidden}秘")).code == "marking.hidden-character"
        )


def test_a_binding_has_one_label_of_the_originator():
    twice = XML.replace("alternativeConfidentialityLabel", "originatorConfidentialityLabel")
    assert _refused(twice).code == "marking.xml-labels"
    none = XML.replace("originatorConfidentialityLabel", "alternativeConfidentialityLabel")
    assert _refused(none).code == "marking.xml-labels"
    other = XML.replace("alternativeConfidentialityLabel", "metadataConfidentialityLabel")
    assert _refused(other).code == "marking.xml-labels"


def test_a_binding_that_names_no_item_is_refused():
    assert _refused(XML.replace(f'URI="{LABELS.item}"', 'URI=""')).code == "marking.xml-invalid"
