# SPDX-License-Identifier: Apache-2.0
"""`comity agreement compare` and `rehearse` at the command line."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import z3  # type: ignore[import-untyped]  # z3 ships no types

from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.cli import agreement_foresight

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
    assert ": Art. 7(1)" in outcome.out
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


def test_prove_says_what_is_proved_and_what_differs(cli, files):
    outcome = cli("agreement", "prove", files[1], "--against", files[0])
    assert outcome.code == 0
    assert "no-third-party-without-consent: proved for release, transmit" in outcome.out
    assert "open: now allowed, for example {" in outcome.out
    value = cli("agreement", "prove", files[0], "--json").value
    assert {each["proved"] for each in value["findings"]} == {True}
    assert value["differences"] == []


def test_prove_gives_a_request_that_breaks_what_is_allowed(cli, files, monkeypatch):
    gsomia = read_agreement(RAW.encode())
    rules = dict(gsomia.rules.by_action)
    rules["third_party_release"] = tuple(
        replace(rule, conditions=()) for rule in rules["third_party_release"]
    )
    planted = replace(gsomia, rules=replace(gsomia.rules, by_action=rules))
    with monkeypatch.context() as patched:
        patched.setattr(agreement_foresight, "_read", lambda _: planted)
        outcome = cli("agreement", "prove", files[0])
        value = cli("agreement", "prove", files[0], "--json").value
    assert outcome.code == 1
    assert "broken by third_party_release, which the file allows:" in outcome.out
    assert "  Art. 6(a) third_party_rule: " in outcome.out
    [broken] = [each for each in value["findings"] if each["proved"] is False]
    Path("r.json").write_text(json.dumps(broken["request"]))
    assert cli("decide", "--agreement", files[0], "--request", "r.json").code == 3


def test_prove_says_below_which_level_the_file_asks_for_no_consent(cli, files):
    wide = RAW.replace('from = "originator"', 'from = "originator"\nfrom_level = "SECRET"')
    Path("wide.toml").write_text(wide)
    outcome = cli("agreement", "prove", "wide.toml")
    assert outcome.code == 0
    assert "third_party_release, transfer_goods, from SECRET on" in outcome.out
    assert "WARNING: below SECRET the file asks for no consent: there nothing is" in outcome.out


def test_prove_says_what_is_not_decided_in_time(cli, files, monkeypatch):
    monkeypatch.setattr(z3.Solver, "check", lambda self: z3.unknown)
    outcome = cli("agreement", "prove", files[0])
    assert outcome.code == 1
    assert "not decided in the time that there is" in outcome.out


def test_only_prove_needs_z3_and_says_how_to_get_it(cli, files, monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "z3"]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("formulas", "proving"):
        monkeypatch.delitem(sys.modules, f"comity.foresight.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "z3", None)
    outcome = cli("agreement", "prove", files[0], "--json")
    assert outcome.code == 2
    assert outcome.value["error"]["code"] == "cli.no-prover"
    assert "pip install 'comity[check]'" in outcome.err
    assert cli("agreement", "compare", *files).code == 0
    assert cli("agreement", "check", files[0]).code == 0


def test_no_command_but_prove_loads_z3():
    code = (
        "import sys, comity.cli.agreement, comity.foresight.comparing; print('z3' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
