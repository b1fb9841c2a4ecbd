# SPDX-License-Identifier: Apache-2.0
"""The one strict reader of XML: bytes in, elements out; nothing declared, hidden or fetched.

UTF-8 alone, no document type, no entities of its own, no comments, CDATA or instructions (each
could hide or split what a person reads), and bounds on size and depth. Source: XML 1.0 2.1 to 2.8
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from comity.basis.errors import InputError, excerpt
from comity.basis.limits import LABEL_FILE_BYTES_MAX, LABEL_FILE_DEPTH_MAX
from comity.marking.schemas import schema_bytes

_DECLARATION: Final = re.compile(
    r"<\?xml version=(?P<v>[\"'])1\.0(?P=v)"
    r"(?: encoding=(?P<e>[\"'])(?:UTF|utf)-8(?P=e))?"
    r"(?: standalone=(?P<s>[\"'])(?:yes|no)(?P=s))? ?\?>"
)


def parse_xml(raw: bytes, where: str = "") -> etree._Element:
    """Read the bytes of one document.

    Raises:
        InputError: `marking.xml-size`, `marking.xml-encoding`, `marking.xml-forbidden`,
            `marking.xml-depth`, `marking.xml-malformed`.
    """
    if len(raw) > LABEL_FILE_BYTES_MAX:
        raise InputError(
            "marking.xml-size",
            "the document is too long",
            where=where,
            expected=f"at most {LABEL_FILE_BYTES_MAX} bytes",
            found=f"{len(raw)} bytes",
        )
    text = _decode(raw, where)
    declared = _DECLARATION.match(text)
    body = text[declared.end() :] if declared else text
    _refuse_declared(body, where)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
    )
    try:
        root = etree.fromstring(body.encode(), parser)
    except etree.XMLSyntaxError as err:
        raise InputError(
            "marking.xml-malformed",
            "the document is no well-formed XML",
            where=where,
            found=excerpt(str(err.msg)),
        ) from err
    _refuse_depth(root, where)
    return root


def load_schema(name: str) -> etree.XMLSchema:
    """Load one of the schemas that ship with the package."""
    return etree.XMLSchema(etree.fromstring(schema_bytes(name)))


def validate(schema: etree.XMLSchema, element: etree._Element, where: str = "") -> None:
    """Hold an element against a schema.

    Raises:
        InputError: `marking.xml-invalid`, with the first thing that is wrong and its line.
    """
    try:
        schema.assertValid(element)
    except etree.DocumentInvalid as err:
        raise InputError(
            "marking.xml-invalid",
            "the document does not follow the schema",
            where=where,
            found=excerpt(_without_namespaces(str(err))),
        ) from err


def _decode(raw: bytes, where: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as err:
        raise InputError(
            "marking.xml-encoding",
            "the document is not in UTF-8",
            where=where,
            expected="UTF-8 without a byte order mark",
            found=f"byte {raw[err.start]:#04x} at {err.start}",
        ) from err


def _refuse_declared(body: str, where: str) -> None:
    """Refuse before parsing whatever could declare, include, hide or split something."""
    for sign, what in (
        ("<!DOCTYPE", "a document type"),
        ("<!ENTITY", "an entity"),
        ("<!--", "a comment"),
        ("<![CDATA[", "a CDATA section"),
        ("<!", "a declaration"),
        ("<?", "a processing instruction, or a declaration of another encoding"),
        ("\ufeff", "a byte order mark"),
        ("\x00", "a null byte"),
    ):
        if sign in body:
            raise InputError(
                "marking.xml-forbidden",
                f"the document holds {what}",
                where=where,
                expected="elements, attributes and text alone",
                found=excerpt(body[body.index(sign) :][:40]),
            )


def _refuse_depth(root: etree._Element, where: str) -> None:
    """Walk the tree level by level; the parser itself stops at 256 levels."""
    depth, level = 1, [root]
    while level := [child for element in level for child in element]:
        depth += 1
        if depth > LABEL_FILE_DEPTH_MAX:
            raise InputError(
                "marking.xml-depth",
                "the document is nested too deep",
                where=where,
                expected=f"at most {LABEL_FILE_DEPTH_MAX} elements within one another",
                found="more",
            )


def _without_namespaces(message: str) -> str:
    return re.sub(r"\{[^}]*\}", "", message)
