# SPDX-License-Identifier: Apache-2.0
"""`comity agreement compare` and `rehearse` at the command line."""

import json
from pathlib import Path

import pytest

from comity.agreement.templates import template

RAW = template("gsomia-jpn-kor").decode()
OPEN = Path(__file__).parents[1] / "scenarios/decide/open.json"


@pytest.fixture
def files(cli):
    Path("old.toml").write_text(RAW)
    new = RAW.replace('people = "officials"\nclearance', 'people = "contractors"\nclearance')
    Path("new.toml").write_text(new)
    return "old.toml", "new.toml"


def test_compare_tells_clauses_outcomes_and_an_example_of_each(cli, files):
    outcome = cli("agreement", "compare", *files)
    assert outcome.code == 0
    assert "the new file is not version 3" in outcome.out
    assert "people: officials → contractors" in outcome.out
    assert "now allowed: open" in outcome.out
    assert ": Art. 7" in outcome.out
    assert "第7条" in cli("agreement", "compare", *files, "--lang", "ja").out


def test_the_example_of_a_changed_outcome_is_a_request_that_decide_takes(cli, files):
    value = cli("agreement", "compare", *files, "--json").value
    assert (value["next_version"], value["supersedes"]) == (False, False)
    for change in value["outcomes"]:
        Path("r.json").write_text(json.dumps(change["example"]["request"]))
        for name, said in zip(files, ("old", "new"), strict=True):
            decided = cli("decide", "--agreement", name, "--request", "r.json")
            assert decided.value == change["example"][said]


def test_compare_finds_no_difference_between_a_file_and_itself(cli, files):
    outcome = cli("agreement", "compare", files[0], files[0])
    assert "every request is decided as before" in outcome.out


def test_compare_refuses_two_agreements(cli, files):
    Path("other.toml").write_text(RAW.replace('id = "gsomia-jpn-kor"', 'id = "other"'))
    assert cli("agreement", "compare", files[0], "other.toml").code == 2


def test_rehearse_lists_what_would_be_refused_and_why(cli, files):
    Path("plans").mkdir()
    request = json.loads(OPEN.read_text())
    Path("plans/a.json").write_text(json.dumps(request))
    fine = cli("agreement", "rehearse", "old.toml", "--requests", "plans")
    assert fine.code == 0
    request["purpose"] = "study"
    del request["actor"]["clearance"]
    Path("plans/b.json").write_text(json.dumps(request))
    refused = cli("agreement", "rehearse", "old.toml", "--requests", "plans")
    assert refused.code == 3
    assert "Art. 6(c) purpose_limitation" in refused.out
    assert "actor.clearance is not known" in refused.out
    value = cli("agreement", "rehearse", "old.toml", "--requests", "plans", "--json").value
    assert (value["refused"], value["unread"]) == (1, 0)
    assert value["articles"]["6(c)"] == 1
    Path("plans/c.json").write_text("{")
    unread = cli("agreement", "rehearse", "old.toml", "--requests", "plans")
    assert unread.code == 2
    assert "c.json: does not read" in unread.out


def test_rehearse_says_that_there_is_nothing_to_rehearse(cli, files):
    Path("plans").mkdir()
    outcome = cli("agreement", "rehearse", "old.toml", "--requests", "plans", "--json")
    assert outcome.code == 2
    assert outcome.value["error"]["code"] == "cli.no-requests"
