# SPDX-License-Identifier: Apache-2.0
"""Registers, their entries and the journal: what is said, how it is proved, and to whom."""

from __future__ import annotations

import io
import tarfile

import pytest

from comity.flows.anchors import anchor_journal
from tests.builders.world import ADMIN, AUDITOR, GSOMIA, READER, REGISTRAR, run
from tests.console.support_console import browse

_OURS = f"/registers/{GSOMIA}/JPN"
_RELEASE = f"{_OURS}/5"


def _signed_in(node, person):
    node.set_password(person)
    browser = browse(node)
    browser.sign_in(person)
    return browser


def test_registers_are_listed_with_who_cosigned_how_much(jpn):
    reader = _signed_in(jpn, REGISTRAR)
    reader.get("/registers")
    assert _OURS in reader.links()
    assert f"/registers/{GSOMIA}/KOR" in reader.links()
    assert "KOR: " in reader.text("//tbody")
    assert "mirrored here" in reader.text("//tbody")


def test_entries_are_paged_from_the_newest_back(jpn, monkeypatch):
    monkeypatch.setattr("comity.console.pages.registers.PAGE", 2)
    reader = _signed_in(jpn, REGISTRAR)
    reader.get(_OURS)
    seen, path = [], _OURS
    while path:
        reader.get(path)
        seen += [each.text_content() for each in reader.found("//tbody//th/a")]
        older = reader.found("//main//form[button='Older']//input[@name='start']/@value")
        path = f"{_OURS}?start={older[0]}" if older else None
    assert len(seen) == len({*seen}) >= 6
    assert seen[-1] == "JPN/0"
    numbers = [int(each.partition("/")[2]) for each in seen]
    assert numbers == sorted(numbers, reverse=True)


def test_an_entry_shows_what_it_says_and_how_it_is_proved(jpn):
    reader = _signed_in(jpn, REGISTRAR)
    assert reader.get(_RELEASE).status == 200
    said = reader.text()
    assert '"category"' in said
    assert "How it is proved" in said
    assert "cosigned it: the entry was there" in said
    assert "Labels up to" in reader.text("//*[contains(@class, 'banner')]")
    assert f"/items/{GSOMIA}/JPN/5" in reader.links()
    taken = reader.get(f"{_RELEASE}/evidence")
    with tarfile.open(fileobj=io.BytesIO(taken.body)) as archive:
        names = archive.getnames()
    assert any(each.startswith("evidence-JPN-5/") for each in names)


def test_what_nobody_cosigned_yet_has_no_evidence_yet(jpn):
    reader = _signed_in(jpn, REGISTRAR)
    size = int(_entries(reader))
    run(anchor_journal(jpn.node.context))
    assert int(_entries(reader)) == size + 1
    newest = f"{_OURS}/{size}"
    reader.get(newest)
    assert "has not acknowledged this one yet" in reader.text()
    assert f"{newest}/evidence" not in reader.links()
    assert reader.get(f"{newest}/evidence").status == 409


@pytest.mark.parametrize(
    "path",
    [
        "/registers/none/JPN",
        f"/registers/{GSOMIA}/USA",
        f"/registers/{GSOMIA}/x",
        f"{_OURS}/99999",
        f"{_OURS}/x",
        f"{_OURS}/-1",
        f"{_OURS}/99999/evidence",
        "/registers/gsomia-jpn-kor",
    ],
)
def test_what_is_not_there_is_not_there(jpn, path):
    assert _signed_in(jpn, REGISTRAR).get(path).status == 404


@pytest.mark.parametrize("path", ["/registers", _OURS, _RELEASE, f"{_RELEASE}/evidence"])
def test_to_others_than_readers_of_registers_there_is_nothing_here(jpn, path):
    reader = _signed_in(jpn, READER)
    assert reader.get(path).status == 404
    reader.get("/")
    assert path not in reader.links()


@pytest.mark.parametrize("start", ["x", "-1", "9" * 30, "999999", "%C2%B2"])
def test_a_page_that_is_none_is_the_newest(jpn, start):
    reader = _signed_in(jpn, REGISTRAR)
    reader.get(_OURS)
    newest = reader.text("//tbody//th")
    assert reader.get(f"{_OURS}?start={start}").status == 200
    assert reader.text("//tbody//th") == newest


def test_the_journal_is_read_by_auditors_and_that_it_was_read_is_in_it(jpn):
    reader = _signed_in(jpn, AUDITOR)
    run(anchor_journal(jpn.node.context))
    reader.get("/journal")
    reader.get("/journal")
    assert "journal.read" in reader.text("//tbody")
    assert "the journal leads to it" in reader.text()


@pytest.mark.parametrize("person", [READER, ADMIN, REGISTRAR])
def test_the_journal_is_closed_to_others_and_says_why(jpn, person):
    reader = _signed_in(jpn, person)
    assert reader.get("/journal").status == 403
    assert "auditor" in reader.text()
    reader.get("/")
    assert "/journal" not in reader.links()


def _entries(reader):
    reader.get(_OURS)
    return reader.text("//dt[.='Entries']/following-sibling::dd")
