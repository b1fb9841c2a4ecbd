# SPDX-License-Identifier: Apache-2.0
"""A victim that is named, and laws that are asked for: what the commands say."""

from collections.abc import Callable
from pathlib import Path

from comity.agreement.templates import template
from tests.cli.conftest import Cli, Outcome

OFFICER = ("--as", "officer")
_CLAUSE = """
[[article]]
number = "22"
source = "model"
title = { en = "Victims", ja = "x", ko = "x" }
summary = { en = "A victim that is named is told.", ja = "x", ko = "x" }
[article.notify]
when = "victim_named"
who = "receiver"
to = "originator"
within = "72 hours"
"""
ANSWER = ("an answer to a request for one's laws", "法令についての求めへの回答", "요청에 대한 회답")
NOTICE = ("notice of a change of law", "法令の変更の通知", "법령 변경의 통지")


def test_a_named_victim_is_told_and_asks_for_no_findings(
    cli: Cli, signed: Path, ferry: Callable[..., Outcome], release: Callable[..., Outcome]
) -> None:
    assert release("text.txt").code == 0
    ferry("jpn", "kor")
    (row,) = cli("item", "list", "--node", "kor", *OFFICER, "--json").value["items"]
    item = row["place"].partition("/")[2]
    naming = ("incident", "report", item, "--victim-named", "--actual", "--node", "kor", *OFFICER)
    refused = cli(*naming)
    assert (refused.code, "[incident.no-victims]" in refused.err) == (1, True)
    assert "report a loss or compromise" in refused.err
    assert "no incident was reported" in cli("incident", "list", "--node", "kor").out
    _ask_for_victims(cli, signed, ferry)
    told = cli(*naming)
    assert told.code == 0, told.err
    assert "incident findings" not in told.out + told.err
    ferry("kor", "jpn")
    listed = cli("incident", "list", "--node", "jpn").out
    assert "a victim is named, nothing is looked into" in listed
    assert "to be closed" not in listed
    assert "no incident is open" in cli("incident", "list", "--open", "--node", "jpn").out


def _ask_for_victims(cli: Cli, signed: Path, ferry: Callable[..., Outcome]) -> None:
    """Let both sign a version whose article 22 asks that a named victim be told."""
    text = template("gsomia-jpn-kor").decode().replace("\nversion = 2 ", "\nversion = 3 ")
    (signed / "new.toml").write_text(text + _CLAUSE, encoding="utf-8")
    assert cli("agreement", "propose", "new.toml", "--node", "jpn").code == 0
    ferry("jpn", "kor")
    for node in ("jpn", "kor"):
        assert (
            cli("agreement", "sign", "gsomia-jpn-kor", "--version", "3", "--node", node).code == 0
        )
    ferry("jpn", "kor")


def test_laws_are_asked_for_and_told_by_reference(
    cli: Cli, signed: Path, ferry: Callable[..., Outcome]
) -> None:
    wanted = ("--to", "JPN", "--category", "missile-warning", "--law")
    asked = cli("request", "make", *wanted, "--node", "kor", *OFFICER, "--json")
    assert asked.code == 0, asked.err
    place = cli("request", "list", "--node", "kor", "--json").value["requests"][0]["place"]
    ferry("kor", "jpn")
    waiting = cli("request", "list", "--open", "--node", "jpn")
    assert "the laws that protect it" in waiting.out
    assert f"comity law tell --answers {place}" in waiting.err
    owed = cli("duties", "--node", "jpn", "--json").value["duties"]
    assert [(each["article"], each["owes"], each["due"]) for each in owed] == [
        ("3", "party.law_change", None)
    ]
    said = [cli("duties", "--lang", lang, "--node", "jpn").out for lang in ("en", "ja", "ko")]
    for text, answer, notice in zip(said, ANSWER, NOTICE, strict=True):
        assert answer in text
        assert notice not in text
    words = ("--law", "Act 108 of 2013", "--effect", "protection", "--article", "4(1)")
    day = ("--effective", "2014-12-10", "--answers", place)
    assert cli("law", "tell", *words, *day, "--node", "jpn").code == 0
    assert cli("duties", "--node", "jpn", "--json").value["duties"] == []
    assert "laws told" in cli("request", "list", "--node", "jpn").out
