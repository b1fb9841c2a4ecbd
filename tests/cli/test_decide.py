# SPDX-License-Identifier: Apache-2.0
"""Deciding at the command line: exit codes, the shape of the answer, and bad input."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from comity.agreement.templates import template

REQUEST: dict[str, Any] = {
    "at": "2016-12-16T03:00:00Z",
    "action": "open",
    "agreement_state": "in_force",
    "actor": {
        "party": "KOR",
        "id": "kor-017",
        "kind": "official",
        "clearance": "SECRET",
        "clearance_until": "2017-12-31",
        "need_to_know": ["missile-warning"],
        "facility": "seoul-1",
        "registered": True,
    },
    "item": {
        "id": "JPN/12",
        "originators": ["JPN"],
        "level": "SECRET",
        "category": "missile-warning",
        "form": "document",
        "purposes": ["warning"],
        "for": [],
        "marked": ["level", "originator", "receiver_mark"],
        "copies": 1,
        "use_until": None,
    },
    "purpose": "warning",
    "recipient": None,
    "channel": None,
    "consents": [],
    "assurances": [],
    "second_person": None,
}
SHAPE = ["decision", "agreement", "version", "sha256", "action", "at"]


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "gsomia.toml").write_bytes(template("gsomia-jpn-kor"))
    write(tmp_path, REQUEST)
    return ("--agreement", "gsomia.toml", "--request", "request.json")


def write(tmp_path: Path, request: object) -> None:
    (tmp_path / "request.json").write_text(json.dumps(request))


def test_allows_with_exit_0_and_the_articles_that_permit(cli, files) -> None:
    outcome = cli("decide", *files)
    assert outcome.code == 0
    assert list(outcome.value) == [*SHAPE, "articles", "unmet", "unknown"]
    assert outcome.value["decision"] == "allow"
    assert outcome.value["articles"]
    assert outcome.err == ""


def test_denies_with_exit_3_and_every_article_against_it(cli, files, tmp_path) -> None:
    write(tmp_path, {**REQUEST, "purpose": "study"})
    outcome = cli("decide", *files)
    assert outcome.code == 3
    assert outcome.value["decision"] == "deny"
    assert "purpose_limitation" in {each["clause"] for each in outcome.value["articles"]}


def test_an_absent_fact_is_unknown_and_denies(cli, files, tmp_path) -> None:
    actor = {name: fact for name, fact in REQUEST["actor"].items() if name != "registered"}
    write(tmp_path, {**REQUEST, "actor": actor})
    outcome = cli("decide", *files)
    assert outcome.code == 3
    assert "actor.registered" in {each["fact"] for each in outcome.value["unknown"]}


def test_a_word_that_the_file_does_not_know_is_a_fact_and_no_bad_input(cli, files, tmp_path):
    write(tmp_path, {**REQUEST, "action": "juggle", "recipient": "ATLANTIS"})
    assert cli("decide", *files).code == 3


def test_reads_the_request_from_standard_input(cli, files, monkeypatch) -> None:
    typed = io.TextIOWrapper(io.BytesIO(json.dumps(REQUEST).encode()))
    monkeypatch.setattr(sys, "stdin", typed)
    assert cli("decide", "--agreement", "gsomia.toml", "--request", "-").code == 0


def test_the_answer_is_the_same_bytes_each_time(cli, files) -> None:
    assert cli("decide", *files).out == cli("decide", *files).out


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'{"at": 1}',
        b'{"colour": "red"}',
        b'{"purpose": "a", "purpose": "b"}',
        b"\xff",
        b'{"purpose": 1.5}',
        b" " * (2**20 + 1),
        b"[" * 5000,
    ],
)
def test_bad_input_is_exit_2_with_one_clear_error(cli, files, tmp_path, raw) -> None:
    (tmp_path / "request.json").write_bytes(raw)
    outcome = cli("decide", *files)
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith("error: ")
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("missing", ["gsomia.toml", "request.json"])
def test_a_missing_file_is_exit_2(cli, files, tmp_path, missing) -> None:
    (tmp_path / missing).unlink()
    outcome = cli("decide", *files)
    assert outcome.code == 2
    assert missing in outcome.err


def test_a_bad_agreement_is_exit_2_with_its_lines(cli, files, tmp_path) -> None:
    (tmp_path / "gsomia.toml").write_text("format = 1\ncolour = 2\n")
    outcome = cli("decide", *files, "--json")
    assert outcome.code == 2
    assert outcome.value["error"]["code"] == "agreement.refused"
    assert any("gsomia.toml line" in each["where"] for each in outcome.value["problems"])


@pytest.mark.parametrize("without", ["--agreement", "--request"])
def test_both_files_are_asked_for(cli, without) -> None:
    other = {"--agreement": "--request", "--request": "--agreement"}[without]
    outcome = cli("decide", other, "x")
    assert outcome.code == 2
    assert without in outcome.err
