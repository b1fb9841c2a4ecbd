# SPDX-License-Identifier: Apache-2.0
"""`comity doctor` at the command line: what it prints, and how it ends."""

import sqlite3
from contextlib import closing


def test_a_healthy_node_is_told_line_by_line(cli, signed) -> None:
    outcome = cli("doctor", "--node", "jpn")
    assert outcome.code == 0
    assert "  OK keys            those of card version 1 are open" in outcome.out
    assert "  OK registers       gsomia-jpn-kor: JPN 4, KOR 3" in outcome.out
    assert "!!" not in outcome.out


def test_what_is_wrong_comes_with_what_to_do(cli, signed) -> None:
    assert cli("register", "restored", "--node", "jpn").code == 0
    outcome = cli("doctor", "--node", "jpn")
    assert outcome.code == 1
    assert "  !! restore         restored: 1 registers wait for KOR" in outcome.out
    assert "     what to do      comity register restore says who is to answer" in outcome.out


def test_a_partner_without_an_address_is_not_on_the_wire(cli, signed) -> None:
    outcome = cli("doctor", "KOR", "--node", "jpn")
    assert outcome.code == 5
    assert "partner KOR" in outcome.out
    assert "  !! address         the card names none" in outcome.out
    value = cli("doctor", "KOR", "--node", "jpn", "--json").value
    assert value["schema"] == "comity/doctor/1"
    assert value["well"] is False
    assert [each["good"] for each in value["partner"]] == [True, True, False, False]
    assert value["partner"][-1]["step"] == "not tried"
    assert all(each["good"] and not each["hint"] for each in value["here"])


def test_a_party_that_is_not_pinned_and_what_is_no_party_are_refused(cli, signed) -> None:
    assert cli("doctor", "USA", "--node", "jpn").code == 1
    assert cli("doctor", "usa", "--node", "jpn").code == 2


def test_a_store_whose_file_was_changed_is_told(cli, signed) -> None:
    with closing(sqlite3.connect(signed / "jpn/store.sqlite")) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    outcome = cli("doctor", "--node", "jpn", "--json")
    steps = {each["step"]: each["told"] for each in outcome.value["here"]}
    assert steps["store settings"] == "journal mode wal, flushed with every commit"
