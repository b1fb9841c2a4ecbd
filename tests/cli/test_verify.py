# SPDX-License-Identifier: Apache-2.0
"""Verifying a folder that somebody else filled: what is shown, and everything that is refused."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from comity.basis.ids import PartyId
from comity.keys.cards import fingerprint, format_fingerprint
from comity.statement.evidence import PROOF_FILE, pin
from tests.builders.evidence import Registers, registers_of
from tests.builders.speakers import make_speaker

JPN, KOR = PartyId("JPN"), PartyId("KOR")


@pytest.fixture(scope="module")
def registers() -> Registers:
    made = registers_of(make_speaker("JPN"), make_speaker("KOR"))
    made.say("JPN")
    made.say("KOR")
    made.say("JPN")
    return made


@pytest.fixture(scope="module")
def files(registers: Registers) -> Mapping[str, bytes]:
    return registers.evidence("JPN", 1)


def digits(registers: Registers, party: PartyId) -> str:
    return fingerprint(registers.histories[party].first)


@pytest.fixture
def pins(registers: Registers) -> tuple[str, ...]:
    return (
        "--trust",
        pin(digits(registers, JPN), JPN),
        "--trust",
        f"KOR {format_fingerprint(digits(registers, KOR))}",
    )


@pytest.fixture
def folder(files: Mapping[str, bytes], tmp_path: Path) -> Path:
    for name, raw in files.items():
        path = tmp_path / "evidence" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    return tmp_path / "evidence"


def test_says_who_said_what_when_and_who_acknowledged_it(cli, folder, pins) -> None:
    outcome = cli("verify", str(folder), *pins)
    assert outcome.code == 0
    assert outcome.out.startswith("verified: JPN said agreement.announcement to KOR\n")
    for words in (
        "gsomia-jpn-kor/JPN/1",
        "jpn.example/register/gsomia-jpn-kor, 2 entries signed",
        "by JPN's clock",
        "by KOR, cosigned at 20",
    ):
        assert words in outcome.out
    assert outcome.err == ""


def test_prints_one_object(cli, folder, pins, files, registers) -> None:
    value = cli("verify", str(folder), *pins, "--json").value
    assert value["schema"] == "comity/verify/1"
    assert value["verified"] is True
    assert value["place"] == "gsomia-jpn-kor/JPN/1"
    assert value["tree_size"] == 2
    assert value["statement"]["kind"] == "agreement.announcement"
    assert [each["party"] for each in value["acknowledged"]] == ["KOR"]
    assert value["fingerprints"] == {
        "JPN": digits(registers, JPN),
        "KOR": digits(registers, KOR),
    }


@pytest.mark.parametrize(("time_s", "at"), [(2**63 - 1, None), (1, "1970-01-01T00:00:01.000Z")])
def test_shows_a_cosignature_of_any_time_and_says_when_no_calendar_has_it(
    cli, folder, pins, registers, time_s, at
) -> None:
    signed = registers.cosigned("JPN", 2, ["KOR"], time_s=time_s)
    (folder / PROOF_FILE).write_bytes(registers.prove("JPN", 1, signed))
    outcome = cli("verify", str(folder), *pins)
    assert outcome.code == 0
    assert ("seconds after 1970, a time that no calendar has" in outcome.out) is (at is None)
    [told] = cli("verify", str(folder), *pins, "--json").value["acknowledged"]
    assert told == {"party": "KOR", "cosigned_at": at}


def test_takes_pins_from_a_file(cli, folder, registers, tmp_path) -> None:
    lines = [f"{party} {digits(registers, party)}  # by telephone" for party in (JPN, KOR)]
    (tmp_path / "trust").write_text("# compared on 2016-11-23\n" + "\n".join(lines) + "\n")
    assert cli("verify", str(folder), "--trust", "trust").code == 0


@pytest.mark.parametrize("pinned", [(), ("JPN",), ("KOR",)])
def test_without_every_pin_it_is_not_verified_and_lists_the_fingerprints(
    cli, folder, registers, pinned
) -> None:
    trust = [each for party in pinned for each in ("--trust", digits(registers, PartyId(party)))]
    outcome = cli("verify", str(folder), *trust)
    assert outcome.code == 4
    assert outcome.out == ""
    assert "consistent, but by keys you have not pinned" in outcome.err
    for party in (JPN, KOR):
        assert f"{party} " in outcome.err
        assert format_fingerprint(digits(registers, party)) in outcome.err
    assert outcome.err.count(", as you gave it") == len(pinned)
    assert "hint: compare each fingerprint" in outcome.err


def test_without_pins_the_object_says_so_too(cli, folder, registers) -> None:
    outcome = cli("verify", str(folder), "--json")
    assert outcome.code == 4
    assert outcome.value["verified"] is False
    assert outcome.value["error"]["code"] == "evidence.not-pinned"
    assert outcome.value["claimed"]["JPN"] == digits(registers, JPN)


def test_refuses_keys_that_are_pinned_for_the_other_party(cli, folder, registers) -> None:
    crossed = [
        "--trust",
        pin(digits(registers, JPN), KOR),
        "--trust",
        pin(digits(registers, KOR), JPN),
    ]
    assert cli("verify", str(folder), *crossed).code == 4


@pytest.mark.parametrize("at", [0, 30, -1])
def test_any_changed_byte_of_the_statement_is_not_verified(cli, folder, pins, at) -> None:
    path = folder / "statement.json"
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)
    outcome = cli("verify", str(folder), *pins)
    assert outcome.code == 4
    assert outcome.out == ""
    assert outcome.err.startswith("NOT VERIFIED: ")
    assert "hint: " in outcome.err


@pytest.mark.parametrize("name", ["statement.tlog-proof", "policy", "cards/KOR.1.card"])
def test_no_file_may_change_by_a_byte(cli, folder, pins, name) -> None:
    path = folder / name
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    outcome = cli("verify", str(folder), *pins, "--json")
    assert outcome.code in (2, 4)
    assert outcome.out
    assert outcome.value.get("verified") is not True


@pytest.mark.parametrize("name", ["statement.json", "statement.tlog-proof", "policy"])
def test_a_folder_without_one_of_its_files_is_not_readable(cli, folder, pins, name) -> None:
    (folder / name).unlink()
    outcome = cli("verify", str(folder), *pins)
    assert outcome.code == 2
    assert name in outcome.err
    assert "hint: take the folder whole" in outcome.err


def test_a_link_is_not_followed(cli, folder, pins, tmp_path) -> None:
    path = folder / "statement.json"
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")
    outcome = cli("verify", str(folder), *pins)
    assert outcome.code == 2
    assert "statement.json" in outcome.err


def test_a_linked_folder_of_cards_is_not_followed(cli, folder, pins, tmp_path) -> None:
    (folder / "cards").rename(tmp_path / "cards")
    (folder / "cards").symlink_to(tmp_path / "cards")
    outcome = cli("verify", str(folder), *pins)
    assert outcome.code == 2
    assert "cards/" in outcome.err


def test_a_pipe_does_not_hold_it_up(cli, folder, pins) -> None:
    (folder / "policy").unlink()
    os.mkfifo(folder / "policy")
    outcome = cli("verify", str(folder), *pins)
    assert outcome.code == 2
    assert "not a regular file" in outcome.err


@pytest.mark.parametrize(
    ("name", "size"),
    [("statement.json", 65_536), ("policy", 512 * 1024 + 1), ("cards/KOR.1.card", 2**20 + 1)],
)
def test_a_file_that_is_too_large_is_not_read(cli, folder, pins, name, size) -> None:
    with (folder / name).open("wb") as file:
        file.truncate(size)
    outcome = cli("verify", str(folder), *pins)
    assert outcome.code == 2
    assert "too large" in outcome.err


@pytest.mark.parametrize("name", ["note.txt", "cards/note.txt", "cards/JPN.01.card", "deeper/x"])
def test_a_file_that_evidence_does_not_have_is_refused(cli, folder, pins, name) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("more")
    outcome = cli("verify", str(folder), *pins)
    assert outcome.code == 2


def test_a_thousand_files_are_not_read(cli, folder, pins) -> None:
    for number in range(800):
        (folder / "cards" / f"JPN.{number}.json").write_bytes(b"")
    outcome = cli("verify", str(folder), *pins)
    assert outcome.code == 2
    assert "too many files" in outcome.err


def test_names_that_steer_a_terminal_are_shown_escaped(cli, folder, pins) -> None:
    (folder / "\x1b]0;gotcha\x07").write_bytes(b"")
    outcome = cli("verify", str(folder), *pins)
    assert outcome.code == 2
    assert "\x1b" not in outcome.err
    assert "\\u{1b}]0;gotcha\\u{7}" in outcome.err


@pytest.mark.parametrize("name", ["nowhere", "file"])
def test_what_is_no_folder_is_not_readable(cli, tmp_path, name) -> None:
    (tmp_path / "file").write_text("x")
    outcome = cli("verify", name)
    assert outcome.code == 2
    assert "hint: name the folder that comity register evidence wrote" in outcome.err


def test_what_is_no_pin_is_refused_before_anything_is_read(cli) -> None:
    outcome = cli("verify", "nowhere", "--trust", "1234")
    assert outcome.code == 2
    assert "neither a fingerprint nor a file" in outcome.err


@pytest.mark.parametrize("raw", [b"", b"# nothing\n", b"\xff\n"])
def test_a_file_without_pins_is_refused(cli, tmp_path, raw) -> None:
    (tmp_path / "trust").write_bytes(raw)
    outcome = cli("verify", "nowhere", "--trust", "trust")
    assert outcome.code == 2
    assert "cli.no-fingerprints" in outcome.err


def test_a_line_that_is_no_pin_is_named(cli, tmp_path) -> None:
    (tmp_path / "trust").write_text("# one\nJPN 1234\n")
    outcome = cli("verify", "nowhere", "--trust", "trust")
    assert outcome.code == 2
    assert "line 2" in outcome.err
