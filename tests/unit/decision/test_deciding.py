# SPDX-License-Identifier: Apache-2.0
"""Decisions as values: the laws that no vector shows."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from comity.agreement.model import Agreement
from comity.basis.strict_json import format_json
from comity.decision.deciding import Citation, decide, decision_json
from comity.decision.request import Request

ROOT = Path(__file__).parents[3]
SCRIPT = """
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.strict_json import format_json
from comity.decision.deciding import decide, decision_json
from comity.decision.request_reading import parse_request
gsomia = read_agreement(template("gsomia-jpn-kor"))
for action in ("release", "open", "translate", "third_party_release", "disclose"):
    request = parse_request(b'{"action": "' + action.encode() + b'", "consents": [{}, {}],'
                            b'"item": {"originators": ["USA", "JPN"]}, "purpose": "study"}')
    print(format_json(decision_json(decide(gsomia, request))).decode())
"""


def test_the_same_bytes_come_from_every_process() -> None:
    def output(seed: str) -> bytes:
        return subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "src")},
            capture_output=True,
            check=True,
        ).stdout

    first = output("0")
    assert first.count(b"\n") == 5
    assert {output(seed) for seed in ("1", "2", "3")} == {first}


def test_lists_are_sorted(gsomia: Agreement) -> None:
    decision = decide(gsomia, Request(action="release"))
    assert decision.unknown == tuple(sorted(set(decision.unknown)))
    assert not decision.allowed
    assert decision.at is None
    assert decision_json(decision)["at"] is None


def test_an_absent_action_cites_the_scope(gsomia: Agreement) -> None:
    decision = decide(gsomia, Request())
    assert decision.action is None
    assert decision.unmet == (Citation("2", "scope", "the request names no action"),)
    assert [row.fact for row in decision.unknown] == ["action", "at"]


def test_what_a_request_says_is_quoted_and_changes_no_template(
    gsomia: Agreement, request_to_release: Request
) -> None:
    request = replace(request_to_release, action="open", purpose="{known} %s {0}")
    request = replace(request, item=replace(request.item, purposes=("{value}",)))
    whys = [row.why for row in decide(gsomia, request).articles]
    assert "purpose '{known} %s {0}' is not among the purposes of release: {value}" in whys


def test_a_decision_has_exactly_the_keys_of_the_specification(gsomia: Agreement) -> None:
    document = decision_json(decide(gsomia, Request(action="open")))
    assert list(document) == [
        "decision",
        "agreement",
        "version",
        "sha256",
        "action",
        "at",
        "articles",
        "unmet",
        "unknown",
    ]
    assert format_json(document)
