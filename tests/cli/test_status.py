# SPDX-License-Identifier: Apache-2.0
"""`comity status` says at a glance what waits for us, for the partner, and what is overdue."""

from __future__ import annotations

from typing import Any

import pytest

from comity.basis.errors import ProofError
from comity.basis.instants import parse_instant
from comity.cli import status
from comity.cli.worded import Words
from comity.flows.copies import Ending
from comity.flows.delivery_line import LineState
from comity.node import set_story_clock
from tests.cli.test_items import next_of


def test_says_what_waits_for_whom_and_how_it_is_done(cli, signed, release) -> None:
    quiet = cli("status", "--node", "jpn")
    assert quiet.code == 1
    assert "overdue: nothing\nwaits for us: nothing\nnot served\n" in quiet.out
    assert release("text.txt").code == 0
    told = cli("status", "--node", "jpn")
    assert "waits for us:\n  1 × a statement not acknowledged yet, to KOR" in told.out
    assert "waits for KOR:\n  1 × the receipt of an item, gsomia-jpn-kor/JPN/4, by 2016" in told.out
    packing = next_of(told)
    assert packing[:4] == ["courier", "pack", "--to", "KOR"]
    assert cli(*packing).code == 0


def test_names_who_may_do_what_waits_and_counts_what_is_late(cli, signed, release, ferry) -> None:
    assert release("text.txt").code == 0
    ferry("jpn", "kor")
    set_story_clock(signed / "kor", parse_instant("2016-12-30T03:00:00Z"))
    told = cli("status", "--node", "kor")
    assert "overdue: 1 by us\n" in told.out
    assert "1 × the receipt of an item, 1 LATE, gsomia-jpn-kor/JPN/4" in told.out
    assert cli(*next_of(told)).code == 0
    assert "overdue: nothing" in cli("status", "--node", "kor").out


def test_speaks_the_language_that_is_asked_for(cli, signed, release, ferry) -> None:
    assert release("text.txt").code == 0
    ferry("jpn", "kor")
    assert "우리 측 처리 대기:" in cli("status", "--node", "kor", "--lang", "ko").out
    assert "情報の受領証" in cli("status", "--node", "jpn", "--lang", "ja").out


def test_tells_a_person_only_what_that_one_may_know_of(cli, signed, release, ferry) -> None:
    assert release("text.txt").code == 0
    ferry("jpn", "kor")
    rows = cli("status", "--node", "kor", "--as", "reader", "--json").value["waits"]
    assert [row["what"] for row in rows] == ["item.receipt"]
    assert cli("status", "--node", "kor", "--as", "outsider", "--json").value["waits"] == []
    assert "[person.unknown]" in cli("status", "--node", "kor", "--as", "nobody").err


def test_tells_how_the_node_is_served_where_the_registers_do_not_read(
    cli, signed, monkeypatch
) -> None:
    async def broken(*_: object) -> None:
        raise ProofError("register.damaged", "the root does not follow")

    monkeypatch.setattr(status, "what_waits", broken)
    told = cli("status", "--node", "kor")
    assert told.code == 1
    assert "what waits cannot be told: the root does not follow [register.damaged]" in told.out
    assert "not served" in told.out
    assert cli("status", "--node", "kor", "--json").value["waits"] is None


def test_asks_for_no_passphrase(cli, signed) -> None:
    config = signed / "kor" / "comity.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('node = "file:exercise-passphrase"', 'node = "prompt"'))
    assert "overdue: nothing" in cli("status", "--node", "kor").out


def test_puts_notice_of_termination_above_all_else(cli, signed, ferry) -> None:
    assert cli("agreement", "give-notice", "gsomia-jpn-kor", "--node", "kor").code == 0
    ferry("kor", "jpn")
    for node in ("jpn", "kor"):
        shown = cli("status", "--node", node).out
        assert "NOTICE: KOR gave notice of termination" in shown.partition("overdue:")[0]
    assert "終了通告" in cli("status", "--node", "jpn", "--lang", "ja").out
    [row] = cli("status", "--node", "jpn", "--json").value["headlines"]
    assert (row["what"], row["by"], row["day"]) == ("notice", "KOR", "2017-12-15")


def test_a_day_that_something_is_owed_by_is_named_with_its_zone(
    cli, signed, release, ferry
) -> None:
    assert release("text.txt").code == 0
    ferry("jpn", "kor")
    told = cli("status", "--node", "kor").out
    assert ".000Z, the end of 2016-12-" in told
    assert "(+09:00)" in told
    owed = cli("duties", "--node", "kor", "--lang", "ko").out
    assert owed.startswith("훈련 · KOR")
    assert " 끝, +09:00)" in owed
    state = cli("agreement", "state", "gsomia-jpn-kor", "--node", "kor").out
    assert ", the end of 2017-12-1" in state


@pytest.mark.parametrize("state", LineState)
def test_how_a_node_is_served_is_said_in_every_language(state: LineState) -> None:
    line = {
        "agreement": "gsomia-jpn-kor",
        "register": "KOR",
        "partner": "JPN",
        "state": state.value,
        "size": 28,
        "acknowledged": 25,
        "parcels_waiting": 2,
        "last_heard": "2023-03-22T01:00:00.000Z",
        "problem": None,
        "retry_seconds": 12,
    }
    page: dict[str, Any] = {
        "since": "2023-03-22T01:00:00.000Z",
        "partners": "https://127.0.0.1:1",
        "people": "https://127.0.0.1:2",
        "tls_pins_waiting": ["ab"],
        "not_ready": None,
        "lines": [line],
    }
    told = {each: "\n".join(status._lines(page, Words(each))) for each in ("en", "ja", "ko")}
    assert f"gsomia-jpn-kor/KOR to JPN: {state.value}" in told["en"]
    assert "28件のうち25件、本文2件が送信待ち" in told["ja"]
    assert "재시도         12초 뒤" in told["ko"]
    assert all("acknowledged" not in told[each] for each in ("ja", "ko"))


def test_every_end_of_a_copy_has_words() -> None:
    assert all(Words("ja").say(each.value) != each.value for each in Ending)


def test_a_visit_that_waits_for_us_is_listed_with_how_it_is_decided(cli, signed, ferry) -> None:
    asked = "--host JPN --facility hq --level CONFIDENTIAL --from 2016-12-20 --visitors 1"
    by = "--clearance SECRET --node kor --as officer"
    assert cli("visit", "ask", *asked.split(), *by.split()).code == 0
    ferry("kor", "jpn")
    assert "next: comity visit list" in cli("status", "--node", "jpn").err
    told = cli("visit", "list", "--node", "jpn")
    assert next_of(told)[:2] == ["visit", "grant"]
    assert cli(*next_of(told)).code == 0
    assert "next:" not in cli("visit", "list", "--node", "jpn").err


def test_a_consultation_names_its_end_and_no_stranger(cli, signed) -> None:
    asked = ["consultation", "ask", "rescue", "--category", "maritime", "--node", "jpn"]
    more = ["--as", "officer", "--until", "2016-12-30"]
    refused = cli(*asked, *more, "--to", "USA")
    assert "no such party [duties.unknown-party]\n  where: --to" in refused.err
    assert "expected: one of JPN, KOR" in refused.err
    assert cli(*asked, *more).code == 0
    assert "until          2016-12-30" in cli("consultation", "list", "--node", "jpn").out
