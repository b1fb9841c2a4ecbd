# SPDX-License-Identifier: Apache-2.0
"""What a report says on its holder's word alone, held to its form and to what is told beside it.

No statement bears the version and date of a report, or what it only counts. It may not contradict
what does: a word that the rest of the folder shows to be wrong is found.
Source: Japan-ROK GSOMIA Art. 18 (treaties.md G18)
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from comity.basis.errors import InputError, ProofError, excerpt
from comity.basis.ids import Place, format_place
from comity.basis.instants import format_instant, parse_instant_canonical
from comity.decision.house import HOUSE
from comity.flows.reports.seen import SEEN
from comity.statement.evidence import Testimony

_REPORT: Final = frozenset(
    ("agreement", "version", "holder", "for", "at", "items", "evidence", "not_acknowledged")
)
_ITEM: Final = frozenset(
    (
        *("item", "released_by", "released_at", "under", "made_from", "label", "given_as", "level"),
        *("statements", "articles", "seen", "passed_on", "made_onward", "made_with_others"),
        "copies",
    )
)
_THERE: Final = frozenset(("item", "at", "by", "to", "marking", "receipted_by", "refused_by"))
_COPY: Final = frozenset(
    ("number", "kind", "holder", "place", "since", "language", "ended", "ended_at")
)
_STATEMENT: Final = frozenset(("place", "kind"))
_OTHERS: Final = frozenset(("count", "articles"))
_LINE: Final = frozenset(("journal", "index", "proved", "act", "at", "by", "outcome"))
UNREAD: Final = "copies_unread"


def check_members(value: dict[str, Any]) -> None:
    """Ask that a report has what a report has, and nothing that no step would look at.

    Raises:
        InputError: `report.unreadable`.
    """
    _hold(value, _REPORT, where="report.json")
    for item in value["items"]:
        name = str(item["item"])
        _hold(item, _ITEM, {UNREAD}, where=name)
        _hold(item["made_with_others"], _OTHERS, where=f"{name} made_with_others")
        for each in item["statements"]:
            _hold(each, _STATEMENT, where=f"{name} statements")
        for each in item["seen"]:
            _hold(each, _LINE, SEEN, where=f"{name} seen")
        for each in (*item["passed_on"], *item["made_onward"]):
            _hold(each, _THERE, {UNREAD}, where=f"{name} passed_on")
        for each in item["copies"]:
            _hold(each, _COPY, {"item"}, where=f"{name} copies")


def check_word(value: dict[str, Any], said: Mapping[Place, Testimony]) -> None:
    """Hold the holder's own word against what the report tells beside it.

    1. it was made no earlier than the lines and the holder's statements that it tells of;
    2. its version is no older than one by which an act was decided that it tells of;
    3. what waits for an acknowledgement is told of some item, and has no evidence;
    4. of what is others' too there is some only where the item went on, and articles only of some.

    Raises:
        InputError: `report.unreadable`, a date or a number that is none.
        ProofError: `report.told-otherwise`.
    """
    _check_date(value, said)  # 1
    _check_version(value)  # 2
    told = {each["place"] for item in value["items"] for each in item["statements"]}
    waiting = value["not_acknowledged"]
    has_evidence = {format_place(each) for each in said}
    if len(set(waiting)) < len(waiting) or not set(waiting) <= told - has_evidence:
        raise told_otherwise("not_acknowledged", "report.json")  # 3
    for item in value["items"]:
        _check_others(item)  # 4


def unread_items(value: dict[str, Any]) -> int:
    """Count the items a record of whose copies does not read, there or where they went on."""
    rows = ((item, *item["passed_on"], *item["made_onward"]) for item in value["items"])
    return sum(any(UNREAD in row for row in each) for each in rows)


def _check_date(value: dict[str, Any], said: Mapping[Place, Testimony]) -> None:
    made = parse_instant_canonical(value["at"], "at")
    dates = [row["at"] for item in value["items"] for row in item["seen"]]
    dates += [
        format_instant(each.statement.at)
        for place, each in said.items()
        if place.party == value["holder"]
    ]
    latest = max((parse_instant_canonical(each, "at") for each in set(dates)), default=made)
    if made < latest:
        raise told_otherwise("at", "report.json", format_instant(latest), value["at"])


def _check_version(value: dict[str, Any]) -> None:
    version = value["version"]
    _ask_number(version, 1, "version")
    known = max(_versions(value), default=version)
    if version < known:
        raise told_otherwise("version", "report.json", str(known), str(version))


def _versions(value: dict[str, Any]) -> Iterator[int]:
    """Give the versions by which lines under the agreement itself say that they were decided."""
    for item in value["items"]:
        for row in item["seen"]:
            own = str(row.get("item", item["item"])).startswith(f"{value['agreement']}/")
            if own and isinstance(row.get("version"), int):
                yield row["version"]


def _check_others(item: dict[str, Any]) -> None:
    others, name = item["made_with_others"], str(item["item"])
    count, articles = others["count"], others["articles"]
    _ask_number(count, 0, f"{name} made_with_others")
    is_sorted = articles == sorted(set(articles)) and HOUSE not in articles
    if not is_sorted or (articles and not count) or (count and not item["passed_on"]):
        raise told_otherwise("made_with_others", name)


def _ask_number(value: object, least: int, where: str) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise _unreadable(where, f"a whole number from {least} on", repr(value))


def _hold(
    row: dict[str, Any], members: frozenset[str], may: Collection[str] = (), *, where: str
) -> None:
    missing, more = members - row.keys(), row.keys() - members - {*may}
    if missing or more:
        raise _unreadable(where, ", ".join(sorted(missing or members)), ", ".join(sorted(more)))
    if UNREAD in row and row[UNREAD] is not True:
        raise _unreadable(f"{where} {UNREAD}", "true, or nothing", repr(row[UNREAD]))


def _unreadable(where: str, expected: str, found: str) -> InputError:
    return InputError(
        "report.unreadable",
        "a part of the report is not what a report has there",
        where=excerpt(where),
        expected=expected,
        found=excerpt(found),
        hint="take the folder as it was written: comity report inspector PARTY --out FOLDER",
    )


def told_otherwise(what: str, where: str, expected: str = "", found: str = "") -> ProofError:
    """Say what a report tells otherwise than what it rests on."""
    return ProofError(
        "report.told-otherwise",
        f"the report tells otherwise than what it rests on: {what}",
        where=excerpt(where),
        expected=excerpt(expected) if expected else "",
        found=excerpt(found) if found else "",
    )
