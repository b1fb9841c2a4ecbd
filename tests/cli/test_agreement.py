# SPDX-License-Identifier: Apache-2.0
"""Agreement files at the command line: checked, shown, and pinned by their id."""

from pathlib import Path

import pytest

from comity.agreement.templates import template

GSOMIA = template("gsomia-jpn-kor")


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "gsomia.toml").write_bytes(GSOMIA)
    return "gsomia.toml"


def write(tmp_path: Path, before: bytes, after: bytes) -> None:
    assert before in GSOMIA
    (tmp_path / "draft.toml").write_bytes(GSOMIA.replace(before, after, 1))


def test_a_sound_file_is_said_to_be_one_with_its_digest(cli, file) -> None:
    outcome = cli("agreement", "check", file)
    assert outcome.code == 0
    assert outcome.out.startswith("gsomia.toml: gsomia-jpn-kor version ")
    assert "can be used" in outcome.out
    assert "SHA-256 " in outcome.out
    assert "no clause of their own: Art. " in outcome.out
    assert outcome.err == ""


def test_gaps_are_told_and_refuse_nothing(cli, file, tmp_path) -> None:
    assert cli("agreement", "check", file, "--json").value["gaps"] == []
    clause = b'[article.visit]\ngranted_by = "host_authority"\nclearance = "at_least_level"\n'
    write(tmp_path, clause, b"")
    outcome = cli("agreement", "check", "draft.toml", "--json")
    assert outcome.code == 0
    assert outcome.value["schema"] == "comity/agreement-check/1"
    assert outcome.value["ok"] is True
    assert outcome.value["problems"] == []
    assert {each["code"] for each in outcome.value["gaps"]} == {
        "foresight.never-allowed",
        "foresight.ending-stops-nothing",
    }


def test_every_problem_is_told_with_its_line(cli, tmp_path) -> None:
    write(tmp_path, b"binding = ", b'colour = "red"\nbinding = ')
    text = (tmp_path / "draft.toml").read_text().replace("format = 1", "format = 9", 1)
    (tmp_path / "draft.toml").write_text(text)
    outcome = cli("agreement", "check", "draft.toml")
    assert outcome.code == 2
    assert outcome.out.startswith("draft.toml: refused, 2 problems\n")
    assert outcome.out.count("line ") >= 2
    assert "colour" in outcome.out
    assert "hint: correct the file" in outcome.err
    value = cli("agreement", "check", "draft.toml", "--json").value
    assert value["ok"] is False
    assert [each["code"] for each in value["problems"]] == [
        "agreement.unknown-format",
        "agreement.unknown-key",
    ]


@pytest.mark.parametrize(
    "raw", [b"", b"\xff", b"a = ", b"\xef\xbb\xbfformat = 1", b"x" * (2**20 + 1), b"[" * 9999]
)
@pytest.mark.parametrize("command", ["check", "show"])
def test_what_is_no_agreement_is_refused(cli, tmp_path, raw, command) -> None:
    (tmp_path / "bad.toml").write_bytes(raw)
    outcome = cli("agreement", command, "bad.toml")
    assert outcome.code == 2
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("command", [("check",), ("show", "--lang", "ja")])
def test_a_file_that_is_not_there_is_bad_input(cli, command) -> None:
    outcome = cli("agreement", *command, "nowhere.toml")
    assert outcome.code == 2
    assert "cli.unreadable-file" in outcome.err
    assert "no such file" in outcome.err


def test_a_file_cannot_steer_the_terminal(cli, tmp_path) -> None:
    write(tmp_path, b"binding = ", b'"\\u001b[2J" = 1\nbinding = ')
    outcome = cli("agreement", "check", "draft.toml")
    assert outcome.code == 2
    assert "\x1b" not in outcome.out + outcome.err


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_shows_the_page_in_each_language(cli, file, language) -> None:
    page = cli("agreement", "show", file, "--lang", language)
    assert page.code == 0
    assert page.out.startswith("# ")
    value = cli("agreement", "show", file, "--lang", language, "--json").value
    assert value["schema"] == "comity/agreement-show/1"
    assert value["page"].splitlines() == page.out.splitlines()


def test_refuses_a_language_that_it_does_not_speak(cli, file) -> None:
    outcome = cli("agreement", "show", file, "--lang", "fr")
    assert outcome.code == 2
    assert "'en', 'ja', 'ko'" in outcome.err


def test_a_template_is_listed_and_written_out(cli, tmp_path) -> None:
    assert "gsomia-jpn-kor" in cli("agreement", "template").out.splitlines()
    assert "gsomia-jpn-kor" in cli("agreement", "template", "--json").value["templates"]
    assert cli("agreement", "template", "gsomia-jpn-kor", "--out", "mine.toml").code == 0
    assert (tmp_path / "mine.toml").read_bytes() == GSOMIA
    assert cli("agreement", "template", "gsomia-jpn-kor").out.encode() == GSOMIA


def test_a_template_is_told_as_an_object_too(cli) -> None:
    written = cli("agreement", "template", "gsomia-jpn-kor", "--out", "mine.toml", "--json").value
    assert (written["file"], written["bytes"]) == ("mine.toml", len(GSOMIA))
    printed = cli("agreement", "template", "gsomia-jpn-kor", "--json").value
    assert printed["text"].encode() == GSOMIA


def test_refuses_a_template_that_there_is_not(cli) -> None:
    outcome = cli("agreement", "template", "../secrets")
    assert outcome.code == 2
    assert "gsomia-jpn-kor" in outcome.err


@pytest.fixture
def pinned(cli, jpn, kor) -> str:
    """Korea's node, with Japan's card pinned."""
    cli("card", "show", "--node", jpn, "--out", "jpn.card")
    digits = cli("card", "show", "--node", jpn, "--json").value["card"]["fingerprint"]
    assert cli("card", "pin", "jpn.card", "--node", kor, "--fingerprint", digits).code == 0
    return kor


def pin(cli, node: str, party: str = "JPN", agreement: str = "gsomia-jpn-kor", *more: str):
    return cli("agreement", "pin", agreement, "--party", party, "--node", node, *more)


def test_pins_an_id_with_a_partner_whose_card_is_pinned(cli, pinned) -> None:
    outcome = pin(cli, pinned)
    assert outcome.code == 0
    assert "gsomia-jpn-kor: registers of JPN, KOR are served here" in outcome.out
    assert "once every party of gsomia-jpn-kor is pinned, one of them proposes" in outcome.err
    assert "comity agreement propose gsomia-jpn-kor.toml" in outcome.err


def test_pinning_twice_is_pinning_once(cli, pinned) -> None:
    first = pin(cli, pinned, "JPN", "gsomia-jpn-kor", "--json").value
    assert first["parties"] == ["JPN", "KOR"]
    assert pin(cli, pinned, "JPN", "gsomia-jpn-kor", "--json").value == first


@pytest.mark.parametrize(
    ("party", "agreement", "exit_code", "code"),
    [
        ("USA", "gsomia-jpn-kor", 1, "card.not-pinned"),
        ("KOR", "gsomia-jpn-kor", 2, "cli.own-party"),
        ("jpn", "gsomia-jpn-kor", 2, "basis.party-id"),
        ("JPN", "GSOMIA", 2, "basis.agreement-id"),
        ("JPN", "a" * 65, 2, "basis.agreement-id"),
    ],
)
def test_refuses_to_pin(cli, pinned, party, agreement, exit_code, code) -> None:
    outcome = pin(cli, pinned, party, agreement)
    assert outcome.code == exit_code
    assert f"[{code}]" in outcome.err
    assert "hint: " in outcome.err


def test_a_clearance_that_no_agreement_knows_is_warned_of(cli, pinned, file) -> None:
    assert pin(cli, pinned).code == 0
    assert cli("agreement", "propose", file, "--node", pinned).code == 0
    assert cli("facility", "add", "seoul-1", "--node", pinned).code == 0
    adding = ("--facility", "seoul-1", "--clearance-until", "never", "--node", pinned)
    wrong = cli("person", "add", "kor-017", "--clearance", "SECRIT", *adding)
    assert wrong.code == 0
    assert "warning: no agreement here knows the level SECRIT" in wrong.err
    assert "hint: levels are " in wrong.err
    right = cli("person", "add", "kor-018", "--clearance", "SECRET", *adding)
    assert "warning" not in right.err
