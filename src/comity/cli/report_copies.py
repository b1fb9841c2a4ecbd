# SPDX-License-Identifier: Apache-2.0
"""The register of copies in an inspector's report, held to what its lines and statements say.

Each copy comes from the release or receipt of its item, or from a line that made it; lines and
certificates say who took it since, and how it ended. A row that differs, lacks, or stands there
twice is found. That nothing more befell a copy no line can say. Source: Japan-ROK GSOMIA Art. 18
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

from comity.basis.errors import ProofError, excerpt
from comity.basis.ids import Place, format_place, parse_place
from comity.basis.instants import format_instant
from comity.flows.copies import FIRST, NODE, CopyKind, Ending
from comity.statement.cases import DisclosureRecord, IncidentReport
from comity.statement.evidence import Testimony
from comity.statement.handling import ItemDestroyed, ItemReturn
from comity.statement.information import ItemReceipt
from comity.tlog.origin import parse_origin

_MADE: Final = {"copy.make": CopyKind.COPY.value, "item.translate": CopyKind.TRANSLATION.value}
_TAKEN: Final = "copy.take-over"
_ENDED: Final = {
    ItemDestroyed.KIND: Ending.DESTROYED.value,
    ItemReturn.KIND: Ending.RETURNED.value,
}
_HERE: Final[dict[str, Any]] = {"ended": None, "ended_at": None}
_FIRST: Final[dict[str, Any]] = {
    "kind": CopyKind.FIRST.value,
    "holder": None,
    "place": NODE,
    "language": None,
    **_HERE,
}


@dataclass(slots=True)
class _Known:
    """What is known of one copy: what its row must say, and whether a proof bears it.

    A fact that is left out of `facts` nobody but the holder tells.
    """

    facts: dict[str, Any]
    proved: bool


@dataclass(frozen=True, slots=True)
class _Content:
    """One name of an item's content: the rows of its copies, and what is known of them.

    `whole` says that every copy from the first on stands in the report; `certified` is how copies
    ended by statements.
    """

    name: str
    rows: list[dict[str, Any]]
    whole: bool
    certified: Mapping[int, str] = field(default_factory=dict)
    known: dict[int, _Known] = field(default_factory=dict)


def check_copies(value: dict[str, Any], said: Mapping[Place, Testimony]) -> int:
    """Check the rows of copies of every item; count those that proofs alone bear.

    `said` are the verified statements; what is told of lines was held to the journal before.

    Raises:
        ProofError: `report.copy-differs`.
    """
    certified = _certified(value["holder"], said)
    return sum(_check(value["holder"], item, said, certified) for item in value["items"])


def _check(
    holder: str,
    item: dict[str, Any],
    said: Mapping[Place, Testimony],
    certified: Mapping[str, dict[int, str]],
) -> int:
    own = item["item"]
    made = {each["item"] for each in item["made_onward"]}
    there = {each["item"]: each for each in (*item["passed_on"], *item["made_onward"])}
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in (own, *there)}
    for row in item["copies"]:
        name = row.get("item", own)
        if name not in rows:
            raise _differs(own, "a copy is of another item")
        rows[name].append(row)
    _check_reported(item, rows[own])
    ended = certified.get(own.partition("/")[2], {})
    contents = [_Content(own, rows[own], whole=True, certified=ended)]
    _begin(contents[0], holder, item, said)
    for name, row in there.items():
        contents.append(_Content(name, rows[name], whole=name in made))
        _begin_elsewhere(contents[-1], holder, row)
    unread = {name for name, row in ((own, item), *there.items()) if row.get("copies_unread")}
    if any(rows[name] for name in unread):
        raise _differs(min(unread), "copies are told of a record that does not read")
    lines: dict[str, list[dict[str, Any]]] = {}
    for line in item["seen"]:
        lines.setdefault(line.get("item", ""), []).append(line)
    for content in contents:
        _follow(content, lines.get(content.name, ()))
    return sum(_hold(each) for each in contents if each.name not in unread)


def _check_reported(item: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Ask that what is missing was reported; which copy it was, the holder alone tells."""
    if any(each["kind"] == IncidentReport.KIND for each in item["statements"]):
        return
    for row in rows:
        if row["ended"] == Ending.MISSING.value:
            raise _differs(item["item"], "a copy is missing that nobody reported", row["number"])


def _begin(
    content: _Content, holder: str, item: dict[str, Any], said: Mapping[Place, Testimony]
) -> None:
    """Know the first copy, where the item is held: released or receipted by the holder, or told.

    Of a word without a note there is none. Where several receipts were given the copy is held since
    one of them.
    """
    place = parse_place(item["item"].partition("/")[2], "items")
    release = said.get(place)
    body = None if release is None else release.statement.body
    kinds = {each["place"]: each["kind"] for each in item["statements"]}
    told = kinds[format_place(place)] == DisclosureRecord.KIND
    if told and not (isinstance(body, DisclosureRecord) and body.sealed):
        if body is None and content.rows:
            content.known[FIRST] = _Known({**_FIRST}, proved=False)
        return
    since = [place] if told or place.party == holder else []
    since += [
        parse_place(each, "statements")
        for each, kind in kinds.items()
        if kind == ItemReceipt.KIND and each.startswith(f"{holder}/")
    ]
    if not since:
        return
    dates = {format_instant(said[each].statement.at) for each in since if each in said}
    proved = all(each in said for each in since)
    found = next((row for row in content.rows if row["number"] == FIRST), None)
    content.known[FIRST] = _Known({**_FIRST}, proved=proved)
    if proved and found is not None and found["holder"] is None:
        content.known[FIRST].facts["since"] = found["since"] if found["since"] in dates else None


def _begin_elsewhere(content: _Content, holder: str, there: dict[str, Any]) -> None:
    """Know the first copy of what went on, or was made from it: on the holder's word alone."""
    held = content.whole and (there["by"] == holder or holder in there["receipted_by"])
    if held or any(row["number"] == FIRST for row in content.rows):
        content.known[FIRST] = _Known({**_FIRST}, proved=False)


def _certified(holder: str, said: Mapping[Place, Testimony]) -> dict[str, dict[int, str]]:
    """Give by item which copies ended by the holder's certificates, or were given back by it."""
    found: dict[str, dict[int, str]] = {}
    for where, testimony in said.items():
        body = testimony.statement.body
        if where.party != holder or not isinstance(body, ItemDestroyed | ItemReturn):
            continue
        for number in body.copies if body.follows is None else ():
            ended = found.setdefault(format_place(body.item), {})
            ended[number] = _ENDED[testimony.statement.kind]
    return found


def _follow(content: _Content, lines: Iterable[dict[str, Any]]) -> None:
    """Go through the lines about a content that say what was done with copies, in their order."""
    for line in sorted((each for each in lines if each["outcome"] == "done"), key=_order):
        act = line["act"]
        if act in _MADE:
            content.known[line["copy"]] = _Known(_made(line), bool(line["proved"]))
        elif act == _TAKEN:
            _change(content, line["copy"], line, {"holder": line["to"], **_HERE})
        elif act in _ENDED:
            for number in line.get("copies") or ():
                _change(content, number, line, {"ended": _ENDED[act]})


def _order(line: dict[str, Any]) -> tuple[int, int]:
    return parse_origin(str(line["journal"])).restoration, line["index"]


def _made(line: dict[str, Any]) -> dict[str, Any]:
    """Give what the row of a copy says that a line made."""
    facts = {"kind": _MADE[line["act"]], "holder": line["holder"], "place": line["facility"]}
    facts |= {name: line[name] for name in ("since", "language") if name in line}
    return {**({"language": None} if line["act"] == "copy.make" else {}), **facts, **_HERE}


def _change(content: _Content, number: int, line: dict[str, Any], facts: dict[str, Any]) -> None:
    """Put what a line says in the place of what was known; what it leaves out is not known."""
    ends = line["act"] in _ENDED
    told = {"ended_at": "since"} if ends else {"since": "since", "place": "facility"}
    known = content.known.setdefault(number, _Known({}, proved=False))
    for name, of in told.items():
        known.facts.pop(name, None)
        known.facts |= {name: line[of]} if of in line else {}
    known.facts |= facts
    known.proved = known.proved and bool(line["proved"])


def _hold(content: _Content) -> int:
    """Hold the rows to what is known; count those that are borne by proofs."""
    for number, how in content.certified.items():
        known = content.known.setdefault(number, _Known({}, proved=False))
        if known.facts.get("ended_at") is None:
            known.facts.pop("ended_at", None)
        known.facts["ended"] = how
    _check_numbers(content)
    proved = 0
    for row in content.rows:
        known = content.known[row["number"]]
        for name in _contradicted(row, known.facts):
            raise _differs(content.name, f"{name} is told otherwise", row["number"])
        proved += known.proved and row["ended"] != Ending.MISSING.value
    return proved


def _check_numbers(content: _Content) -> None:
    """Ask for each copy once: numbers are given one after the other, and never again."""
    numbers = [row["number"] for row in content.rows]
    known, told = content.known, frozenset(numbers)
    if len(told) < len(numbers):
        raise _differs(content.name, "a copy is told twice")
    for number in numbers:
        if number not in known:
            raise _differs(content.name, "nothing says that it was made", number)
    in_node = FIRST in known and known[FIRST].facts.get("holder") is None
    spared = {FIRST} if in_node and not content.whole else set()
    # One by one up to the first that lacks: the folder is foreign, and may claim any number.
    for number in chain(range(FIRST + 1, max(numbers, default=0)), sorted(known.keys() - spared)):
        if number not in told:
            raise _differs(content.name, "a copy is left out", number)


def _contradicted(row: dict[str, Any], facts: dict[str, Any]) -> Iterator[str]:
    """Name what a row says otherwise; that it is missing ends nothing."""
    missing = row["ended"] == Ending.MISSING.value and facts.get("ended") is None
    for name, fact in facts.items():
        if row[name] != fact and not (missing and name in _HERE):
            yield name


def _differs(item: str, why: str, number: int | None = None) -> ProofError:
    return ProofError(
        "report.copy-differs",
        f"the register of copies is not what lines and statements say: {why}",
        where=excerpt(str(item)),
        found="" if number is None else f"copy {excerpt(str(number))}",
    )
