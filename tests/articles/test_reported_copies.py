# SPDX-License-Identifier: Apache-2.0
"""Where an inspector's report says that copies are is held to the journal's lines and certificates.

Every alteration of a row is found; what is left to the holder's own word is no more than is said.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from comity.basis.errors import InputError, ProofError
from comity.basis.strict_json import format_json
from comity.cli.report_folder import check_report
from comity.flows.anchors import anchor_journal
from comity.flows.keeping.handing import CopyAt, hand_over, take_over
from comity.flows.reports.files import report_files
from comity.flows.reports.inspector import InspectorReport, inspect
from comity.keys.cards import fingerprint
from comity.statement.evidence import pin
from tests.articles.keeping_worlds import (
    COURIER,
    SECOND,
    _held,
    burnt,
    copy,
    given_back,
    held,
    items_of,
    made,
    translated,
)
from tests.builders.world import AUDITOR, GSOMIA, JPN, READER, REGISTRAR, World, run

__all__ = ["_held", "held"]

Value = dict[str, Any]
Reported = tuple[Path, frozenset[str]]


def written(world: World, folder: Path) -> Path:
    """Write the report that Seoul's auditor makes for Tokyo."""
    found = run(inspect(world.kor.context, GSOMIA, JPN, AUDITOR))
    assert isinstance(found, InspectorReport)
    for name, raw in report_files(found).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
    return folder


@pytest.fixture(scope="module", name="reported")
def _reported(_held: World, tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """Of Tokyo's first item: 2 with a reader, 3 taken over, 4 in Korean, 5 burnt, 6 given back."""
    world = _held.copy(tmp_path_factory.mktemp("reported"))
    kor, (item, _) = world.kor, items_of(world)
    made(copy(kor, item))
    made(copy(kor, item))
    which = CopyAt(GSOMIA, item, 3)
    run(hand_over(kor.context, which, READER, to=COURIER, purpose="warning"))
    run(take_over(kor.context, which, COURIER, purpose="warning"))
    made(translated(kor, item, "ko", "ko"))
    for ending in (lambda number: burnt(kor, item, number), lambda n: given_back(kor, item, n)):
        number = made(translated(kor, item, "ko", "ko", holder=SECOND)).copy.number
        ending(number)
    run(anchor_journal(kor.context))
    world.settle()
    folder = written(world, tmp_path_factory.mktemp("folder"))
    pins = frozenset(pin(fingerprint(node.card), party) for party, node in world.nodes.items())
    return folder, pins


def rows(value: Value) -> list[Value]:
    found: list[Value] = value["items"][0]["copies"]
    return found


def changed(which: int, /, **facts: object) -> Callable[[Value], object]:
    return lambda value: rows(value)[which - 1].update(facts)


def _as_if_destroyed(value: Value) -> None:
    rows(value)[1].update(holder="clerk", place="seoul-1", ended="destroyed", ended_at=DAY)


def _of_the_other_item(value: Value) -> None:
    value["items"][1]["copies"].append(rows(value).pop())


def _in_two_items(value: Value) -> None:
    rows(value)[1]["item"] = value["items"][1]["item"]


def _unread(value: Value) -> None:
    value["items"][0]["copies_unread"] = True


DAY = "2016-12-16T00:00:00.000Z"
EARLIER = "2016-01-01T00:00:00.000Z"


def _one_of_very_many(value: Value) -> None:
    """Claim a copy by a line that no proof bears, with a number so far on that no memory holds."""
    number, item = 10**12, value["items"][0]
    (line,) = (e for e in item["seen"] if e["act"] == "copy.make" and e["copy"] == 2)
    item["seen"].append({**line, "copy": number, "index": 10**6, "proved": False})
    rows(value).append({**rows(value)[1], "number": number})


ALTERED: dict[str, Callable[[Value], object]] = {
    "left out": lambda value: rows(value).pop(1),
    "the last left out": lambda value: rows(value).pop(),
    "the first left out": lambda value: rows(value).pop(0),
    "none at all": lambda value: rows(value).clear(),
    "said to be destroyed": _as_if_destroyed,
    "another holder": changed(2, holder="clerk"),
    "the holder before": changed(3, holder=READER),
    "another place": changed(2, place="seoul-1"),
    "another place after a hand-over": changed(3, place="seoul-1"),
    "other dates": changed(2, since=DAY),
    "the first since another date": changed(1, since=DAY),
    "the first in somebody's hands": changed(1, holder=REGISTRAR, place="hq"),
    "another number": changed(2, number=9),
    "another kind": changed(4, kind="copy", language=None),
    "another language": changed(4, language="ja"),
    "burnt and said to be here": changed(5, ended=None, ended_at=None),
    "burnt and said to be given back": changed(5, ended="returned"),
    "burnt on another day": changed(5, ended_at=DAY),
    "given back and said to be missing": changed(6, ended="missing"),
    "missing, and nobody reported it": changed(2, ended="missing", ended_at=DAY),
    "told twice": lambda value: rows(value).append(dict(rows(value)[1])),
    "one of very many": _one_of_very_many,
    "one that nobody made": lambda value: rows(value).append({**rows(value)[1], "number": 7}),
    "of the other item": _of_the_other_item,
    "with the other's name": _in_two_items,
    "a record that does not read, and rows": _unread,
}


def checked(reported: Reported, alter: Callable[[Value], object]) -> Any:
    folder, pins = reported
    kept = (folder / "report.json").read_bytes()
    value = json.loads(kept)
    alter(value)
    try:
        (folder / "report.json").write_bytes(format_json(value))
        return check_report(folder, pins)
    finally:
        (folder / "report.json").write_bytes(kept)


@pytest.mark.row("G18")
def test_g18_where_every_copy_is_follows_from_lines_and_certificates(reported: Reported) -> None:
    found = check_report(*reported)
    assert (found.told, found.copies) == (found.proved, found.copies_proved)
    assert [(e["number"], e["holder"], e["ended"]) for e in rows(found.value)] == [
        (1, None, None),
        (2, READER, None),
        (3, COURIER, None),
        (4, "translator", None),
        (5, SECOND, "destroyed"),
        (6, SECOND, "returned"),
    ]


@pytest.mark.row("G18")
@pytest.mark.parametrize("how", ALTERED)
def test_g18_a_row_that_lines_or_certificates_contradict_is_found(
    how: str, reported: Reported
) -> None:
    with pytest.raises(ProofError) as caught:
        checked(reported, ALTERED[how])
    assert caught.value.code == "report.copy-differs"


def _without_its_holder(value: Value) -> None:
    (line,) = [e for e in value["items"][0]["seen"] if e["act"] == "copy.make" and e["copy"] == 2]
    del line["holder"]


def _line_twice(value: Value) -> None:
    seen = value["items"][0]["seen"]
    seen.append({**seen[0], "proved": False, "by": "nobody"})


def _by_an_older_version(value: Value) -> None:
    _add_line(value, version=value["version"] + 1)


def _add_line(value: Value, **more: object) -> None:
    seen = value["items"][1]["seen"]
    seen.append({**seen[0], "index": 10**6, "proved": False, **more})


def _others(count: object, *articles: object) -> Callable[[Value], object]:
    told = {"count": count, "articles": [*articles]}
    return lambda value: value["items"][0].update(made_with_others=told)


OTHERWISE: dict[str, tuple[Callable[[Value], object], str]] = {
    "a line that keeps who holds it": (_without_its_holder, "report.line-differs"),
    "a line twice, once as unproved": (_line_twice, "report.told-otherwise"),
    "an item twice": (lambda v: v["items"].append(v["items"][0]), "report.told-otherwise"),
    "another article": (
        lambda v: v["items"][0]["articles"].append("99"),
        "report.told-otherwise",
    ),
    "released on another day": (
        lambda v: v["items"][0].update(released_at=DAY),
        "report.told-otherwise",
    ),
    "released by another": (
        lambda v: v["items"][0].update(released_by="KOR"),
        "report.told-otherwise",
    ),
    "under another version": (
        lambda v: v["items"][0].update(under="0" * 64),
        "report.told-otherwise",
    ),
    "made from another": (
        lambda v: v["items"][0].update(made_from=["JPN/1"]),
        "report.told-otherwise",
    ),
    "for another party": (lambda v: v.update({"for": "USA"}), "report.told-otherwise"),
    "as if Tokyo held it": (lambda v: v.update(holder="JPN"), "report.told-otherwise"),
    "made before what it tells of": (lambda v: v.update(at=EARLIER), "report.told-otherwise"),
    "by an older version": (_by_an_older_version, "report.told-otherwise"),
    "waiting, with evidence": (
        lambda v: v["not_acknowledged"].append(v["evidence"][0]),
        "report.told-otherwise",
    ),
    "waiting, of no item": (
        lambda v: v["not_acknowledged"].append("KOR/99"),
        "report.told-otherwise",
    ),
    "made with others' where nothing went on": (_others(1), "report.told-otherwise"),
    "articles of nothing": (_others(0, "4(3)"), "report.told-otherwise"),
}


@pytest.mark.row("G18")
@pytest.mark.parametrize("how", OTHERWISE)
def test_g18_what_a_report_tells_otherwise_than_its_evidence_is_found(
    how: str, reported: Reported
) -> None:
    alter, code = OTHERWISE[how]
    with pytest.raises(ProofError) as caught:
        checked(reported, alter)
    assert caught.value.code == code


@pytest.mark.row("G18")
def test_g18_the_holders_own_word_is_told_where_nothing_contradicts_it(reported: Reported) -> None:
    assert checked(reported, _later).value["at"] == "2099-01-01T00:00:00.000Z"
    hidden = checked(reported, _hidden)
    assert (hidden.unread, hidden.verified) == (1, False)
    there: Value = {"item": "kor-usa-1987/KOR/1", "at": DAY, "by": "KOR", "to": ["USA"]}
    there |= {"marking": "SECRET", "receipted_by": [], "refused_by": [], "copies_unread": True}
    gone = checked(reported, lambda v: v["items"][0].update(passed_on=[there]))
    assert (gone.unread, gone.verified) == (1, False)
    assert checked(reported, lambda _: None).verified


def _later(value: Value) -> None:
    value.update(at="2099-01-01T00:00:00.000Z", version=value["version"] + 1)


def _hidden(value: Value) -> None:
    value["items"][0].update(copies=[], copies_unread=True)


MISSHAPEN: dict[str, Callable[[Value], object]] = {
    "a member of the report": lambda v: v.update(signed_by="JPN"),
    "a member of an item": lambda v: v["items"][0].update(cleared="yes"),
    "a member of a copy": lambda v: rows(v)[0].update(by="nobody"),
    "a member of a statement": lambda v: v["items"][0]["statements"][0].update(at=DAY),
    "a member of an unproved line": lambda v: _add_line(v, rank="1"),
    "a member of what is others'": lambda v: v["items"][0]["made_with_others"].update(item="x"),
    "without what is others'": lambda v: v["items"][0].pop("made_with_others"),
    "a record of copies that reads": lambda v: v["items"][0].update(copies_unread=False),
    "a text for a version": lambda v: v.update(version="1"),
    "true for a version": lambda v: v.update(version=True),
    "version 0": lambda v: v.update(version=0),
    "no date": lambda v: v.update(at="yesterday"),
    "a number for a date": lambda v: v.update(at=7),
    "a text for a count": _others("0"),
    "fewer than none": _others(-1),
    "a number for an article": _others(1, 4, "4"),
}


@pytest.mark.row("G18")
@pytest.mark.parametrize("how", MISSHAPEN)
def test_g18_what_no_report_has_there_is_not_read(how: str, reported: Reported) -> None:
    with pytest.raises(InputError):
        checked(reported, MISSHAPEN[how])


@pytest.mark.row("G18")
def test_g18_a_copy_by_a_line_that_no_anchor_covers_is_told_and_not_proved(
    reported: Reported, held: World, tmp_path: Path
) -> None:
    made(copy(held.kor, items_of(held)[0]))
    folder = written(held, tmp_path / "folder")
    found = check_report(folder, reported[1])
    assert (found.copies, found.copies_proved) == (3, 2)
    with pytest.raises(ProofError):
        checked((folder, reported[1]), ALTERED["another holder"])
