# SPDX-License-Identifier: Apache-2.0
"""Every error says what to do next, to a person and to a program."""

import json

import pytest

from comity.cli.hints import _BY_CODE, hint_for
from scripts import error_codes
from scripts.tidy.tree import ROOT, read_sources

OF_WHAT_WAS_SAID = {"assurance", "consent", "flows", "lifecycle", "register", "request"}


def test_every_room_that_makes_errors_has_a_hint_of_its_own() -> None:
    uses = error_codes.collect(read_sources(ROOT)).uses
    met = (each for each in uses if each.family not in ("said in a statement", "InvariantError"))
    rooms = {each.code.partition(".")[0] for each in met}
    plain = {room for room in rooms if hint_for(f"{room}.x") == hint_for("nowhere.x")}
    assert plain == OF_WHAT_WAS_SAID


def test_a_hint_is_kept_only_for_a_code_that_there_is() -> None:
    page = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    assert [code for code in _BY_CODE if f"`{code}`" not in page] == []


def test_an_error_whose_room_knows_no_hint_has_one(cli, tmp_path) -> None:
    (tmp_path / "request.json").write_text('{"a": 1, "a": 2}')
    cli("agreement", "template", "gsomia-jpn-kor", "--out", "a.toml")
    outcome = cli("decide", "--agreement", "a.toml", "--request", "request.json")
    assert outcome.code == 2
    assert f"hint: {hint_for('basis.json-doubled-key')}" in outcome.err


def test_programs_get_the_hint_too(cli) -> None:
    outcome = cli("card", "pin", "x", "--node", ".", "--json")
    assert outcome.value["error"]["hint"]
    assert outcome.value["error"]["hint"] in outcome.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("item", "list", "--json"),
        ("item", "relase", "--json"),
        ("agreement", "show", "x", "--lang", "fr", "--json"),
        ("nothing", "--json"),
    ],
)
def test_a_command_line_that_cannot_be_read_is_an_object_too(cli, arguments) -> None:
    outcome = cli(*arguments)
    assert outcome.code == 2
    error = json.loads(outcome.out)["error"]
    assert error["code"] == "cli.usage"
    assert error["hint"].startswith("see what it takes: comity")
    assert "Usage: comity" in outcome.err
