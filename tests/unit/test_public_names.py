# SPDX-License-Identifier: Apache-2.0
"""The library's public names: listed once, found lazily, and enough to decide and to verify."""

import subprocess
import sys

import pytest

import comity
from comity.agreement.templates import template

PROMISED = {
    "ComityError",
    "decide",
    "decision_json",
    "parse_request",
    "read_agreement",
    "read_evidence",
    "trusted_fingerprints",
    "verify_evidence",
}


def test_the_promised_names_are_all_there_and_no_others() -> None:
    assert set(comity.__all__) == PROMISED
    for name in PROMISED:
        assert callable(getattr(comity, name))


def test_a_name_that_is_not_promised_is_not_found() -> None:
    with pytest.raises(AttributeError, match="no attribute 'dicide'"):
        comity.dicide  # noqa: B018 (asking for it is the test)


def test_the_public_names_suffice_to_decide() -> None:
    agreement = comity.read_agreement(template("gsomia-jpn-kor"))  # type: ignore[operator]
    request = comity.parse_request(b'{"action":"visit","at":"2020-01-01T00:00:00Z"}')  # type: ignore[operator]
    decision = comity.decision_json(comity.decide(agreement, request))  # type: ignore[operator]
    assert decision["decision"] == "deny"


def test_importing_the_package_loads_no_room() -> None:
    code = "import sys, comity; print([m for m in sys.modules if m.startswith('comity.')])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
