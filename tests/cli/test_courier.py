# SPDX-License-Identifier: Apache-2.0
"""The courier at the command line: volumes, replies, and discs that are not what they should be."""

import itertools
import os
import re

import pytest

from comity.basis.errors import InputError
from comity.cli import courier
from comity.cli.courier import VOLUME_BYTES_MIN, parse_size
from comity.flows.courier import packing as courier_pack
from comity.sealing.bundle import parse_header

PART = 4096


@pytest.fixture
def small_parts(monkeypatch) -> None:
    """Let a bundle have many parts, and a disc be small."""
    monkeypatch.setattr(courier_pack, "BUNDLE_PART_BYTES", PART)
    monkeypatch.setattr(courier, "VOLUME_BYTES_MIN", 2 * PART)
    monkeypatch.setattr(courier, "_HEADER_ROOM", PART)


@pytest.fixture
def volumes(cli, signed, release, small_parts) -> list[str]:
    """A bundle for Seoul over several discs."""
    (signed / "long.bin").write_bytes(os.urandom(6 * PART))
    assert release("long.bin").code == 0
    packed = cli(
        "courier", "pack", "--to", "KOR", "disc", "--volume-size", "12kB", "--node", "jpn", "--json"
    )
    files = packed.value["packed"]["files"]
    assert len(files) > 2
    return files


def test_volumes_are_taken_in_any_order(cli, volumes) -> None:
    outcome = cli("courier", "take", *reversed(volumes), "--node", "kor", "--json")
    assert outcome.code == 0
    [taken] = outcome.value["taken"]
    assert (taken["whole"], taken["entries"], taken["payloads"]) == (True, 1, 2)


def test_volumes_may_come_one_by_one(cli, volumes) -> None:
    missing = []
    for name in volumes:
        [taken] = cli("courier", "take", name, "--node", "kor", "--json").value["taken"]
        missing.append(len(taken["missing_parts"]))
    assert missing[-1] == 0
    assert all(earlier > later for earlier, later in itertools.pairwise(missing))
    assert taken["entries"] == 1


def test_a_bundle_that_is_not_whole_says_so_and_is_not_answered(cli, signed, volumes) -> None:
    outcome = cli("courier", "take", volumes[0], "--node", "kor")
    assert outcome.code == 0
    assert re.search(r"bundle \d+ of JPN: \d+ parts are on discs not taken yet", outcome.out)
    assert "take the other discs" in outcome.err
    outcome = cli("courier", "take", volumes[1], "--reply", "reply", "--node", "kor")
    assert outcome.code == 1
    assert "courier.not-whole" in outcome.err
    assert not (signed / "reply").exists()


def test_the_outside_shows_no_marking(signed, volumes) -> None:
    for name in volumes:
        raw = (signed / name).read_bytes()
        _, offset = parse_header(raw)
        outside = raw[:offset].decode("utf-8")
        for word in ("秘", "군사", "CONFIDENTIAL", "missile-warning", "item.release", "gsomia"):
            assert word not in outside
        assert "mod.kor.example" in outside


@pytest.mark.row("G12a")
def test_g12a_nothing_is_taken_where_the_reply_would_show_a_marking(cli, signed, release) -> None:
    release("text.txt")
    assert cli("courier", "pack", "--to", "KOR", "disc", "--node", "jpn").code == 0
    refused = cli("courier", "take", "disc", "--reply", "to-jpn-confidential", "--node", "kor")
    assert (refused.code, "bundle.name-shows-marking" in refused.err) == (2, True)
    [taken] = cli("courier", "take", "disc", "--reply", "to-jpn", "--node", "kor", "--json").value[
        "taken"
    ]
    assert taken["entries"] == 1
    named = cli("courier", "pack", "--to", "JPN", "秘", "--node", "kor")
    assert (named.code, "bundle.name-shows-marking" in named.err) == (2, True)


def test_one_reply_acknowledges_all_that_came(cli, release, ferry) -> None:
    release("text.txt")
    ferry("jpn", "kor")
    rows = cli("register", "show", "--node", "jpn", "--json").value["registers"]
    assert [row["cosigned"] for row in rows] == [{"KOR": 5}, {"JPN": 3}]


def test_a_bundle_taken_twice_is_taken_once(cli, signed, release, ferry) -> None:
    release("text.txt")
    ferry("jpn", "kor")
    [again] = cli("courier", "take", "carried", "--node", "kor", "--json").value["taken"]
    assert (again["entries"], again["payloads"], again["answered"]) == (0, 0, [])


@pytest.mark.parametrize("at", [0, 200, -1])
def test_a_changed_byte_is_caught(cli, signed, release, at: int) -> None:
    release("text.txt")
    assert cli("courier", "pack", "--to", "KOR", "disc", "--node", "jpn").code == 0
    raw = bytearray((signed / "disc").read_bytes())
    raw[at] ^= 1
    (signed / "disc").write_bytes(raw)
    assert cli("courier", "take", "disc", "--node", "kor").code in (1, 2, 4)
    rows = cli("register", "show", "--node", "kor", "--json").value["registers"]
    assert {row["party"]: row["size"] for row in rows} == {"JPN": 4, "KOR": 3}


@pytest.mark.parametrize("out", ["text.txt", "trust", "jpn", "", "-"])
def test_packing_writes_over_nothing(cli, signed, out: str) -> None:
    before = (signed / "text.txt").read_bytes(), (signed / "trust").read_bytes()
    assert cli("courier", "pack", "--to", "KOR", out, "--node", "jpn").code == 2
    assert cli("courier", "take", "trust", "--reply", out, "--node", "jpn").code == 2
    assert ((signed / "text.txt").read_bytes(), (signed / "trust").read_bytes()) == before


def test_packing_where_nobody_may_write_says_so(cli, signed) -> None:
    outcome = cli("courier", "pack", "--to", "KOR", "missing/disc", "--node", "jpn")
    assert outcome.code == 5


@pytest.mark.parametrize("name", ["missing", "jpn", "A" * 5000, ""])
def test_what_is_no_file_is_bad_input(cli, signed, name: str) -> None:
    outcome = cli("courier", "take", name, "--node", "jpn")
    assert outcome.code == 2
    assert "cli.unreadable-file" in outcome.err


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("650MB", 650_000_000),
        ("4.7 GB", 4_700_000_000),
        ("700MiB", 700 * 1024**2),
        ("0.25TB", 250_000_000_000),
        ("100000000", 100_000_000),
    ],
)
def test_reads_a_size(text: str, size: int) -> None:
    assert size - parse_size(text) == courier._HEADER_ROOM


@pytest.mark.parametrize("text", ["", "-1MB", "1e9", "650 monkeys", "1.2345GB", "½GB", "GB"])
def test_refuses_what_is_no_size(text: str) -> None:
    with pytest.raises(InputError, match="not a size"):
        parse_size(text)


def test_refuses_a_disc_that_holds_no_part() -> None:
    with pytest.raises(InputError, match="holds no part"):
        parse_size(str(VOLUME_BYTES_MIN - 1))
    assert parse_size(str(VOLUME_BYTES_MIN)) > 0
