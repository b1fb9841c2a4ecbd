# SPDX-License-Identifier: Apache-2.0
"""The page of formats of others names what is taken and drawn, and its example is taken."""

from __future__ import annotations

import re

from comity.flows.exporting import TABLE, Format
from comity.formats.stix import format_stix, parse_stix
from comity.formats.stix_objects import KINDS
from comity.picture.traces import Sign
from tests.docs.test_format_pages import page, section

PAGE = page("foreign")


def test_every_format_has_its_command() -> None:
    for each in (*(shape.value for shape in Format), TABLE):
        assert f"--format {each}" in PAGE


def test_every_kind_that_is_taken_is_named() -> None:
    taken = section(PAGE, "## STIX").partition("Every other kind")[0]
    named = set(re.findall(r"`([a-z0-9-]+)`", taken)) - {"marking-definition", "statement"}
    assert named == set(KINDS)


def test_every_sign_of_a_report_is_named() -> None:
    drawn = section(PAGE, "## GeoJSON")
    signs = {each.value for each in Sign} - {"interest"}
    assert all(f"`{each}`" in drawn for each in signs)


def test_the_example_is_a_bundle_in_the_form_that_is_written() -> None:
    found = re.search(r"```json\n(.*?)```", PAGE, re.S)
    assert found
    bundle = parse_stix(found[1].encode())
    assert bundle.tlp == "TLP:AMBER"
    assert parse_stix(format_stix(bundle)) == bundle
