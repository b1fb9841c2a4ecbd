# SPDX-License-Identifier: Apache-2.0
"""The life of one item between two served nodes, by commands and over TLS alone; no disc is made.

Given and receipted, copied, feared lost and found, told of on a visit, asked about, consented to,
raised, called back and erased: what one side says the other's own node knows soon after.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.system.desk import REFUSED, Desk
from tests.system.served_pair import AGREEMENT, JPN, KOR, Made, copied

pytestmark = pytest.mark.slow
TOLD_MS = 10_000
MARKED = ("--marking", "秘", "--category", "missile-warning", "--purpose", "warning")


@dataclass
class Held:
    """Two served nodes, and an item of Tokyo's that Seoul has receipted."""

    jpn: Desk
    kor: Desk
    item: str
    text: str


@pytest.fixture
def held(made: Made, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Held]:
    text = tmp_path / "text.txt"
    text.write_text("観測\n", encoding="utf-8")
    with copied(made, tmp_path) as nodes:
        nodes.start(JPN, KOR)
        jpn, kor = (Desk(each, nodes.node_folder(each), capfd) for each in (JPN, KOR))
        item = jpn.says("item", "release", str(text), "--to", KOR, *MARKED)
        kor.soon(lambda told: told["item"]["held"], "item", "show", item)
        assert jpn("item", "show", item)["item"]["keeping"] == {KOR: "sent"}
        kor.says("item", "receipt", item, by="registrar")
        jpn.soon(lambda told: told["item"]["keeping"] == {KOR: "held"}, "item", "show", item)
        yield Held(jpn, kor, item, str(text))
        is_one(jpn, kor)
        assert nodes.stop(JPN, KOR) == [0, 0]


def is_one(first: Desk, second: Desk) -> None:
    """Wait until both nodes have one state, word for word."""
    whole = ("state", "export", "--agreement", AGREEMENT)
    second.soon(lambda told: told == first(*whole, by=None), *whole)


@pytest.mark.row("G17")
def test_a_loss_is_told_at_once_and_closed_by_its_originator(held: Held) -> None:
    jpn, kor = held.jpn, held.kor
    kor("copy", "make", held.item, "--purpose", "warning", "--reason", "the night desk")
    feared = kor.says("incident", "report", f"{held.item}:2", "--possible", "--text", held.text)
    shown = jpn.soon(lambda told: told["incident"], "incident", "show", feared)["incident"]
    assert (shown["certainty"], shown["closed"], shown["findings"]) == ("possible", False, [])
    clock = kor.soon(_is_acknowledged, "incident", "show", feared)["incident"]["clock"]
    assert clock["told_ms"] < TOLD_MS
    assert [each["by"] for each in clock["acknowledged"]] == [JPN]
    early, why = jpn.code("incident", "close", feared)
    assert (early, "incident.no-result" in why or "17" in why) == (1, True), why
    kor.says("incident", "findings", feared, "--outcome", "neither", "--measure", "new-lock")
    jpn.soon(lambda told: told["incident"]["findings"], "incident", "show", feared)
    assert kor.code("incident", "close", feared)[0] != 0
    jpn.says("incident", "close", feared)
    kor.soon(lambda told: told["incident"]["closed"], "incident", "show", feared)


def _is_acknowledged(told: Any) -> object:
    return told["incident"]["clock"]["acknowledged"]


@pytest.mark.row("G8")
def test_on_a_visit_nothing_is_told_above_what_the_host_granted(held: Held) -> None:
    jpn, kor = held.jpn, held.kor
    days = ("--from", "2016-12-16", "--to", "2016-12-20")
    cleared = ("--visitors", "1", "--clearance", "SECRET", "--level", "SECRET")
    place = ("--host", JPN, "--facility", "hq")
    visit = kor.says("visit", "ask", held.text, *place, *days, *cleared)
    jpn.soon(lambda told: _visits(told) == {visit: None}, "visit", "list")
    assert kor.code("visit", "grant", visit)[0] != 0
    jpn.says("visit", "grant", visit, "--level", "CONFIDENTIAL")
    granted = kor.soon(lambda told: _visits(told)[visit], "visit", "list")
    assert _visits(granted) == {visit: "CONFIDENTIAL"}
    about = ("--category", "missile-warning", "--purpose", "warning", "--visit", visit)
    told = ("disclosure", "record", "--oral", "--to", KOR, *about, "--marking")
    ended, why = jpn.code(*told, "極秘")
    assert ended == REFUSED
    assert '"8"' in why
    said = jpn.says(*told, "秘")
    listed = kor.soon(lambda told: told["disclosures"], "disclosure", "list")["disclosures"]
    assert [each["place"] for each in listed] == [said]


@pytest.mark.row("G6g", "G6h", "G13")
def test_a_raised_item_is_closed_at_once_and_what_is_called_back_is_erased(held: Held) -> None:
    jpn, kor = held.jpn, held.kor
    read = ("item", "open", held.item, "--purpose", "warning")
    lower = ("--clearance", "CONFIDENTIAL", "--clearance-until", "2017-12-31")
    kor("person", "change", "officer", *lower, by="registrar")
    assert kor.code(*read)[0] == 0
    jpn.says("item", "reclassify", held.item, "--marking", "極秘")
    shown = ("item", "show", held.item)
    kor.soon(lambda told: told["item"]["level"] == "SECRET", *shown)
    ended, why = kor.code(*read)
    assert ended == REFUSED
    assert '"7(2)"' in why
    jpn.says("item", "recall", held.item, "--wanted", "destroy", "--code", "released-in-error")
    kor.soon(lambda told: told["item"]["recalled_by"] == [JPN], *shown)
    gone = ("item", "destroy", held.item, "--means", "crypto_erase", "--backup-replaced")
    assert kor.code(*gone, by="registrar")[0] != 0  # its key is held, and one person is no two
    erase = ("item", "erase", held.item, "--means", "crypto_erase", "--yes")
    assert kor.code(*erase, by="registrar")[0] == REFUSED  # two persons
    both = ("--with", "officer")
    kor(*erase, *both, by="registrar")
    assert not kor(*shown)["item"]["readable"]
    # the key that the parcel came under goes with the hour: nothing is certified before that
    assert kor.code(*gone, *both, by="registrar")[0] == 1
    assert jpn(*shown)["item"]["keeping"] == {KOR: "held"}


@pytest.mark.row("G6a", "G-vol", "G20")
def test_what_is_asked_is_answered_or_declined_and_a_dispute_is_settled_by_both(
    held: Held,
) -> None:
    jpn, kor = held.jpn, held.kor
    onward = ("--item", held.item, "--recipient", "USA", "--purpose", "warning")
    asked = kor.says("consent", "ask", *onward)
    jpn.soon(lambda told: asked in json.dumps(told), "consent", "list")
    given = jpn.says("consent", "give", asked)
    kor.soon(lambda told: given in json.dumps(told), "consent", "list")
    jpn.says("consent", "withdraw", given)
    question = kor.says("request", "make", held.text, "--to", JPN, "--category", "missile-warning")
    jpn.soon(lambda told: question in json.dumps(told), "request", "list")
    jpn.says("request", "decline", question)
    assert question not in json.dumps(jpn("duties", "--all")["duties"])
    dispute = kor.says("dispute", "open", "--article", "7", "--about", held.item)
    settle = ("dispute", "settle", dispute)
    jpn.soon(lambda told: dispute in json.dumps(told), "dispute", "list")
    assert kor.code("item", "open", held.item, "--purpose", "warning")[0] == 0
    for desk in (jpn, kor):
        desk.says(*settle)


def _visits(told: Any) -> dict[str, Any]:
    return {each["place"]: each["granted"] for each in told["visits"]}
