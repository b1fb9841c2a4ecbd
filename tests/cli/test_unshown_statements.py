# SPDX-License-Identifier: Apache-2.0
"""What `comity report check` says where statements come without evidence: nothing holds them."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.test_reports import WHO, count_lines, fingerprints, opened

__all__ = ["opened"]


@pytest.fixture
def without_release(cli, opened):
    """Take the release out of a report's folder, as if a partner had not acknowledged it."""
    assert cli("report", "inspector", "JPN", "--out", "for-tokyo", *WHO).code == 0
    shutil.rmtree("for-tokyo/evidence/JPN-4")
    value = json.loads(Path("for-tokyo/report.json").read_bytes())
    value["evidence"].remove("JPN/4")
    value["not_acknowledged"].append("JPN/4")
    return value, fingerprints(cli, opened)


def test_what_has_no_evidence_is_not_called_verified(cli, without_release):
    value, trust = without_release
    value["items"][0]["level"] = "TOP SECRET"
    Path("for-tokyo/report.json").write_text(json.dumps(value))
    checked = cli("report", "check", "for-tokyo", "--trust", trust)
    assert checked.code == 0
    said = "on KOR's word alone: statements without evidence (1), and what is told of them; "
    assert said in checked.out
    found = cli("report", "check", "for-tokyo", "--trust", trust, "--json").value
    assert (found["holds"], found["verified"]) == (True, False)
    assert (found["lines_proved"], found["copies_proved"]) == (count_lines(), 1)


@pytest.mark.parametrize(
    "broken",
    [{"given_as": {"marking": 5}}, {"label": {}}, {"level": 2}, {"passed_on": [{"item": "a/b"}]}],
)
def test_what_no_proof_bears_and_does_not_read_is_no_fault_of_the_program(
    cli, without_release, broken
):
    value, trust = without_release
    value["items"][0].update(broken)
    Path("for-tokyo/report.json").write_text(json.dumps(value))
    checked = cli("report", "check", "for-tokyo", "--trust", trust, "--json")
    assert (checked.code, checked.value["error"]["code"]) == (2, "report.unreadable")
