# SPDX-License-Identifier: Apache-2.0
"""Cards are shown to be compared, and trusted only once they were."""

from pathlib import Path

import click
import pytest

from comity.keys.cards import format_fingerprint


@pytest.fixture
def card_file(cli, jpn) -> str:
    assert cli("card", "show", "--node", jpn, "--out", "jpn.card").code == 0
    return "jpn.card"


@pytest.fixture
def digits(cli, jpn) -> str:
    return cli("card", "show", "--node", jpn, "--json").value["card"]["fingerprint"]


def test_shows_our_card_with_its_fingerprint_in_groups(cli, jpn, digits) -> None:
    outcome = cli("card", "show", "--node", jpn)
    assert outcome.code == 0
    assert outcome.out.startswith("EXERCISE · JPN\nour card\n")
    groups = format_fingerprint(digits).split()
    assert " ".join(groups[:4]) in outcome.out
    assert " ".join(groups[-4:]) in outcome.out
    for use in ("root", "authority", "statement", "mirror", "online", "sealing"):
        assert f"{use} keys" in outcome.out


def test_writes_the_card_to_be_given_away(cli, jpn, card_file, tmp_path) -> None:
    raw = (tmp_path / card_file).read_bytes()
    assert raw.startswith(b"comity/card/v1\n")
    again = cli("card", "show", "--node", jpn, "--out", card_file)
    assert again.code == 0
    assert cli("card", "show", "--node", jpn, "--out", "-").out.encode() == raw


def test_writes_over_no_other_file(cli, jpn, tmp_path) -> None:
    (tmp_path / "jpn.card").write_text("mine")
    outcome = cli("card", "show", "--node", jpn, "--out", "jpn.card")
    assert outcome.code == 2
    assert "cli.file-exists" in outcome.err
    assert (tmp_path / "jpn.card").read_text() == "mine"


def test_a_folder_that_is_not_there_is_an_edge(cli, jpn) -> None:
    outcome = cli("card", "show", "--node", jpn, "--out", "nowhere/jpn.card")
    assert outcome.code == 5
    assert "cli.unwritable-file" in outcome.err


def test_pins_a_card_by_the_fingerprint_that_was_read_out(cli, kor, card_file, digits) -> None:
    typed = format_fingerprint(digits).upper()
    outcome = cli("card", "pin", card_file, "--node", kor, "--fingerprint", typed)
    assert outcome.code == 0
    assert "pinned: card version 1 of JPN" in outcome.out
    assert (
        "next: pin the agreement by the id that you settled: comity agreement pin --help"
        in outcome.err
    )
    listed = cli("card", "list", "--node", kor, "--json").value["cards"]
    assert [each["fingerprint"] for each in listed] == [digits]
    assert "pinned card" in cli("card", "show", "--party", "JPN", "--node", kor).out


def test_pinning_again_changes_nothing(cli, kor, card_file, digits) -> None:
    for _ in range(2):
        assert cli("card", "pin", card_file, "--node", kor, "--fingerprint", digits).code == 0
    assert len(cli("card", "list", "--node", kor, "--json").value["cards"]) == 1


def test_refuses_another_fingerprint(cli, kor, card_file, digits) -> None:
    other = ("0" if digits[0] != "0" else "1") + digits[1:]
    outcome = cli("card", "pin", card_file, "--node", kor, "--fingerprint", other)
    assert outcome.code == 4
    assert "keys.fingerprint" in outcome.err
    assert "compare the fingerprint with the party by another way" in outcome.err
    assert "no partner's card is pinned" in cli("card", "list", "--node", kor).out


def test_refuses_what_is_no_fingerprint(cli, kor, card_file) -> None:
    outcome = cli("card", "pin", card_file, "--node", kor, "--fingerprint", "1234")
    assert outcome.code == 2
    assert "hint: 64 hexadecimal digits" in outcome.err


def test_without_a_terminal_nothing_was_compared(cli, kor, card_file, digits) -> None:
    outcome = cli("card", "pin", card_file, "--node", kor)
    assert outcome.code == 2
    assert format_fingerprint(digits) in outcome.err
    assert "--fingerprint" in outcome.err
    assert cli("card", "list", "--node", kor, "--json").value["cards"] == []


@pytest.mark.parametrize(("says", "code"), [("y", 0), ("n", 130), ("", 130)])
def test_at_a_terminal_a_person_says_yes_or_no(
    cli, kor, card_file, digits, monkeypatch, says, code
) -> None:
    from comity.cli import card

    asked: list[str] = []

    def confirm(question: str, *, abort: bool, err: bool) -> bool:
        asked.append(question)
        if says != "y":
            raise click.Abort
        return True

    monkeypatch.setattr(card, "_at_terminal", lambda: True)
    monkeypatch.setattr(click, "confirm", confirm)
    outcome = cli("card", "pin", card_file, "--node", kor)
    assert outcome.code == code
    assert asked == ["Did JPN read exactly this fingerprint to you, by another way?"]
    assert "Nothing of it is trusted yet" in outcome.err
    assert len(cli("card", "list", "--node", kor, "--json").value["cards"]) == (code == 0)


def test_our_own_card_is_not_pinned(cli, jpn, card_file, digits) -> None:
    outcome = cli("card", "pin", card_file, "--node", jpn, "--fingerprint", digits)
    assert outcome.code == 2
    assert "card.own" in outcome.err


@pytest.mark.parametrize("raw", [b"", b"\xff", b"comity/card/v1\n{}\n", b"x" * (2**20 + 1)])
def test_what_is_no_card_is_refused(cli, kor, tmp_path: Path, raw) -> None:
    (tmp_path / "bad.card").write_bytes(raw)
    outcome = cli("card", "pin", "bad.card", "--node", kor, "--fingerprint", "0" * 64)
    assert outcome.code == 2
    assert "Traceback" not in outcome.err
    assert "hint: " in outcome.err


def test_a_partner_that_is_not_pinned_has_no_card(cli, kor) -> None:
    outcome = cli("card", "show", "--party", "USA", "--node", kor)
    assert outcome.code == 1
    assert "pin it: comity card pin" in outcome.err


def test_new_keys_come_with_the_next_version_by_the_same_roots(cli, jpn, digits) -> None:
    before = cli("card", "show", "--node", jpn, "--json").value["card"]
    outcome = cli("card", "rotate", "--node", jpn)
    assert outcome.code == 0
    assert "card version 2 of JPN, by the same root keys" in outcome.out
    after = cli("card", "show", "--node", jpn, "--json").value["card"]
    assert (after["version"], after["fingerprint"]) == (2, digits)

    def ids(card: dict, use: str) -> set[str]:
        return {each["id"] for each in card["keys"] if each["use"] == use}

    for use in ("statement", "mirror", "online", "sealing"):
        assert not ids(before, use) & ids(after, use)
    for use in ("root", "authority"):
        assert ids(before, use) == ids(after, use)
