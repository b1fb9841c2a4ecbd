# SPDX-License-Identifier: Apache-2.0
"""`comity agreement suspend` and `resume`: what they say, and what they say no to."""

from collections.abc import Callable
from pathlib import Path

from comity.agreement.templates import template
from tests.cli.conftest import Cli, Outcome

_CLAUSE = """
[[article]]
number = "22"
source = "model"
title = { en = "Suspension", ja = "x", ko = "x" }
summary = { en = "A category may be suspended.", ja = "x", ko = "x" }
[article.suspension]
acts = ["release", "transmit"]
"""
CATEGORY = ("--category", "missile-warning")


def test_a_category_is_suspended_shown_and_resumed_by_hand(
    cli: Cli, signed: Path, ferry: Callable[..., Outcome], release: Callable[..., Outcome]
) -> None:
    refused = cli("agreement", "suspend", "gsomia-jpn-kor", *CATEGORY, "--node", "kor")
    assert (refused.code, "[suspension.not-suspendable]" in refused.err) == (1, True)
    assert "none: the agreement has no `suspension` clause" in refused.err
    text = template("gsomia-jpn-kor").decode().replace("\nversion = 2 ", "\nversion = 3 ")
    assert "\nversion = 3 " in text
    (signed / "new.toml").write_text(text + _CLAUSE, encoding="utf-8")
    assert cli("agreement", "propose", "new.toml", "--node", "jpn").code == 0
    ferry("jpn", "kor")
    for node in ("jpn", "kor"):
        assert (
            cli("agreement", "sign", "gsomia-jpn-kor", "--version", "3", "--node", node).code == 0
        )
    ferry("jpn", "kor")

    other = cli("agreement", "suspend", "gsomia-jpn-kor", "--category", "tea", "--node", "kor")
    assert "missile-warning" in other.err.partition("expected:")[2].partition("found:")[0]
    page = cli("agreement", "text", "gsomia-jpn-kor", "--lang", "en", "--node", "kor")
    assert (page.code, "Suspension" in page.out) == (0, True)

    past = cli(
        *("agreement", "suspend", "gsomia-jpn-kor", *CATEGORY, "--from", "2016-12-01"),
        *("--node", "kor"),
    )
    assert (past.code, "[suspension.dated-earlier]" in past.err) == (1, True)
    words = ("--until", "2017-03-31", "--reason", "talks", "--node", "kor")
    said = cli("agreement", "suspend", "gsomia-jpn-kor", *CATEGORY, *words)
    assert said.code == 0, said.err
    ferry("kor", "jpn")

    denied = release("text.txt")
    assert denied.code == 3
    assert "Art. 22" in denied.out + denied.err
    shown = cli("agreement", "state", "gsomia-jpn-kor", "--node", "jpn").out
    assert "missile-warning (Art. 22): stands" in shown
    assert "until 2017-03-31" in shown
    row = cli("agreement", "state", "gsomia-jpn-kor", "--node", "jpn", "--json").value
    assert [(each["by"], each["stands"]) for each in row["suspensions"]] == [("KOR", True)]
    coming = cli("duties", "--node", "jpn", "--json").value["coming"]
    assert "suspension.end" in {each["what"] for each in coming}

    theirs = cli("agreement", "resume", "gsomia-jpn-kor", "--node", "jpn")
    assert (theirs.code, "[agreement.which-suspension]" in theirs.err) == (1, True)
    assert cli("agreement", "resume", "gsomia-jpn-kor", "--node", "kor").code == 0
    ferry("kor", "jpn")
    assert release("text.txt").code == 0
    after = cli("agreement", "state", "gsomia-jpn-kor", "--node", "jpn").out
    assert "does not stand now" in after
    assert "resumed by KOR/" in after
