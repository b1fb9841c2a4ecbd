# SPDX-License-Identifier: Apache-2.0
"""The folder that an inspector is given, checked with no node and no network.

`report.json` says what was found, `evidence/` holds a folder for each statement it names, and
`journal/` the journal's lines with their proofs, each under the anchor that fixes them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comity.basis.errors import InputError, ProofError, excerpt
from comity.basis.ids import Place, format_place, parse_place
from comity.basis.instants import format_instant
from comity.basis.limits import REPORT_FOLDER_BYTES_MAX
from comity.basis.strict_json import parse_json
from comity.cli.evidence_folder import read_folder, read_plain_file
from comity.cli.report_copies import check_copies
from comity.cli.report_word import check_members, check_word, told_otherwise, unread_items
from comity.flows.reports.files import EVIDENCE, JOURNAL, REPORT, file_name
from comity.flows.reports.seen import seen_row
from comity.flows.shapes import given_json
from comity.marking.labels import format_label
from comity.statement.cases import DisclosureRecord
from comity.statement.evidence import Testimony, read_evidence, verify_evidence
from comity.statement.information import ItemReclassify, ItemRelease
from comity.statement.trust import JournalAnchor
from comity.tlog.journal_lines import JournalLines, parse_journal_lines, verify_journal_lines

_Given = ItemRelease | DisclosureRecord


@dataclass(frozen=True, slots=True)
class Checked:
    """A report that holds, and how much of what it tells is proved.

    `statements` have evidence; of the `told` lines of the journal `proved` stand under an anchor.
    Of the rows of `copies` lines and statements that are proved bear `copies_proved` to the last
    change that is told; that nothing more befell a copy nothing shows. Of `unread` items the copies
    are not told: their record does not read.
    """

    value: dict[str, Any]
    statements: int
    told: int
    proved: int
    copies: int
    copies_proved: int
    unread: int

    @property
    def verified(self) -> bool:
        """Answer whether there is something to prove, and all that is told is proved."""
        borne = (self.proved, self.copies_proved) == (self.told, self.copies)
        waits = self.value["not_acknowledged"] or self.unread
        return bool(self.statements) and borne and not waits


def check_report(folder: Path, trusted: frozenset[str]) -> Checked:
    """Check a folder against pinned fingerprints; give the report, and what of it is proved.

    1. every statement that the report says has evidence verifies, and stands where it says;
    2. every line that it calls proved stands in a journal whose anchor is among them, and every
       line that stands there is told;
    3. what the report tells of such a line is what the line says, and no line about an item alone
       is left unproved that such an anchor covers;
    4. each statement that it tells of an item is among them and of that kind, under the agreement
       that it names, or is said to be not acknowledged;
    5. the label of each item is the one that its release says, with the party that the report is
       for among its originators, and its level that, or one that it was reclassified to;
    6. nothing lies in the folder that it does not tell of: no evidence that it does not name or
       that is of none of its items, and no lines under another anchor;
    7. each row of its copies is what these lines and statements say of that copy, none lacks;
    8. what it says on its holder's word alone contradicts none of this.

    Raises:
        InputError: a file does not read.
        ProofError: a step fails.
    """
    if not (folder / REPORT).exists():
        raise InputError(
            "report.no-folder",
            "there is no report here",
            where=excerpt(str(folder)),
            expected=f"a folder with {REPORT} in it",
            hint="have one written: comity report inspector PARTY --out FOLDER",
        )
    raw = read_plain_file(folder / REPORT, REPORT, REPORT_FOLDER_BYTES_MAX)
    value = parse_json(raw, bytes_max=REPORT_FOLDER_BYTES_MAX, where=REPORT)
    if not isinstance(value, dict):
        raise InputError("report.unreadable", "the report is no object", where=REPORT)
    shown: dict[str, Any] = value
    with reading_report():
        check_members(shown)
        said = {place: _verified(folder, place, trusted) for place in _named(shown)}  # 1
        _check_once(shown)
        journals = [*_proved(folder, shown["holder"], said)]  # 2
        lines = dict(line for each in journals for line in _entries(each))
        _check_proved(shown, lines)  # 3
        _check_unproved(shown, journals)  # 3
        _check_told(shown, lines)  # 2
        _check_agreement(shown, said)  # 4
        waiting = frozenset[str](shown["not_acknowledged"])
        for item in shown["items"]:
            _check_statements(item, waiting, said)  # 4
            _check_label(item, shown, said)  # 5
            _check_articles(item)  # 3
        _check_folder(folder, said)  # 6
        _check_items(shown, said)  # 6
        borne = check_copies(shown, said)  # 7
        check_word(shown, said)  # 8
        rows = [row for item in shown["items"] for row in item["seen"]]
        copies = sum(len(item["copies"]) for item in shown["items"])
    told, proved = len(rows), sum(1 for row in rows if row["proved"])
    return Checked(shown, len(said), told, proved, copies, borne, unread_items(shown))


@contextmanager
def reading_report() -> Iterator[None]:
    """Say of a report that it does not read, where a part is missing or is something else.

    Raises:
        InputError: `report.unreadable`.
    """
    try:
        yield
    except (KeyError, TypeError, AttributeError) as err:
        raise InputError(
            "report.unreadable", "the report lacks what a report has", found=excerpt(str(err))
        ) from err


def _named(value: dict[str, Any]) -> Iterator[Place]:
    for each in value["evidence"]:
        yield parse_place(each, EVIDENCE)


def _verified(folder: Path, place: Place, trusted: frozenset[str]) -> Testimony:
    evidence = read_evidence(read_folder(_inside(folder, f"{EVIDENCE}/{file_name(place)}")))
    testimony = verify_evidence(evidence, trusted=trusted)
    if testimony.place != place:
        raise ProofError(
            "report.other-statement",
            "the evidence is of another statement",
            expected=str(place),
            found=str(testimony.place),
        )
    return testimony


def _inside(folder: Path, name: str) -> Path:
    """Give a path within the folder, none of whose parts is a link that leads elsewhere."""
    path = folder / name
    for part in (path, path.parent):
        if part.is_symlink():
            raise InputError(
                "report.unreadable",
                "a link stands where the report's own files belong",
                where=excerpt(name),
                hint="take the folder as it was written",
            )
    return path


def _proved(folder: Path, holder: str, said: dict[Place, Testimony]) -> Iterator[JournalLines]:
    for place, testimony in said.items():
        body = testimony.statement.body
        name = f"{JOURNAL}/{file_name(place)}.json"
        if not isinstance(body, JournalAnchor) or not os.path.lexists(folder / name):
            continue
        if place.party != holder:
            raise told_otherwise("holder", name)
        raw = read_plain_file(_inside(folder, name), name, REPORT_FOLDER_BYTES_MAX)
        lines = parse_journal_lines(raw, name)
        verify_journal_lines(lines, body.digest)
        yield lines


def _entries(journal: JournalLines) -> Iterator[tuple[tuple[str, int], dict[str, Any]]]:
    for line in journal.lines:
        entry = parse_json(line.entry, bytes_max=len(line.entry), where=JOURNAL)
        if isinstance(entry, dict):
            yield (journal.checkpoint.origin, line.index), entry


def _told_as_proved(value: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for item in value["items"]:
        for row in item["seen"]:
            if row["proved"]:
                yield item, row


def _names(item: dict[str, Any]) -> frozenset[str]:
    """Give an item's own name, those that it was passed on by, and those of what was made there."""
    rows = (*item["passed_on"], *item["made_onward"])
    return frozenset((item["item"], *(each["item"] for each in rows)))


def _about(line: dict[str, Any]) -> frozenset[str]:
    """Name the items that a line is about: its own, and those that something was made from."""
    details = line["details"]
    named = [details["item"]] if "item" in details else []
    parents = details.get("derived_from") or ()
    return frozenset((*named, *(f"{details['agreement']}/{each}" for each in parents)))


def _check_proved(value: dict[str, Any], lines: dict[tuple[str, int], dict[str, Any]]) -> None:
    """Hold what is told of lines against the lines themselves."""
    for item in value["items"]:
        names = _names(item)
        for row in item["seen"]:
            line = lines.get((row["journal"], row["index"])) if row["proved"] else None
            told = {k: v for k, v in row.items() if k not in ("journal", "index", "proved")}
            differs = line is None or told != seen_row(line) or not _about(line) & names
            if row["proved"] and differs:
                raise _not_proved(row)


def _check_unproved(value: dict[str, Any], journals: list[JournalLines]) -> None:
    """Ask that what an anchor covers is proved; a line that names others' items beside cannot be.

    Only what was to be made from several items names others beside: such a row has no `item`.
    """
    sizes: dict[str, int] = {}
    for each in journals:
        origin, size = each.checkpoint.origin, each.checkpoint.size
        sizes[origin] = max(size, sizes.get(origin, 0))
    for item in value["items"]:
        for row in item["seen"]:
            is_covered = row["index"] < sizes.get(row["journal"], 0)
            if is_covered and not row["proved"] and "item" in row:
                raise _not_proved(row)


def _not_proved(row: dict[str, Any]) -> ProofError:
    return ProofError(
        "report.line-differs",
        "what the report tells of a line of the journal is not proved",
        where=f"{excerpt(str(row['journal']))} {row['index']}",
    )


def _check_once(value: dict[str, Any]) -> None:
    """Ask that no item, no statement of one and no line about it is told twice."""
    lists = [[item["item"] for item in value["items"]], value["evidence"]]
    for item in value["items"]:
        lists.append([each["place"] for each in item["statements"]])
        lists.append([(row["journal"], row["index"]) for row in item["seen"]])
    if any(len(set(each)) < len(each) for each in lists):
        raise told_otherwise("items, statements and lines, each once", where=REPORT)


def _check_articles(item: dict[str, Any]) -> None:
    """Hold the articles that are named beside an item to those that its lines cite."""
    cited = {each for row in item["seen"] for each in row.get("articles", ())}
    if item["articles"] != sorted(cited):
        raise told_otherwise("articles", where=str(item["item"]))


def _check_told(value: dict[str, Any], lines: dict[tuple[str, int], dict[str, Any]]) -> None:
    """Ask that nothing is left out that the journal of the folder shows."""
    told = {(i["item"], row["journal"], row["index"]) for i, row in _told_as_proved(value)}
    items: dict[str, list[str]] = {}
    for item in value["items"]:
        for name in _names(item):
            items.setdefault(name, []).append(item["item"])
    for (journal, index), line in lines.items():
        owed = [each for name in _about(line) for each in items.get(name, ())]
        if not owed or not {(each, journal, index) for each in owed} <= told:
            raise ProofError(
                "report.line-not-told",
                "the report leaves out a line of the journal that is proved",
                where=f"{excerpt(journal)} {index}",
            )


def _check_agreement(value: dict[str, Any], said: dict[Place, Testimony]) -> None:
    """Ask that all is of the agreement that the report names."""
    found = {str(each.statement.agreement_id) for each in said.values()}
    found |= {item["item"].partition("/")[0] for item in value["items"]}
    if not found <= {value["agreement"]}:
        raise ProofError(
            "report.other-agreement",
            "the report names another agreement than its items and statements",
            expected=excerpt(str(value["agreement"])),
            found=excerpt(", ".join(sorted(found))),
        )


def _check_folder(folder: Path, said: dict[Place, Testimony]) -> None:
    """Ask that the report names all that lies beside it."""
    named = {file_name(place) for place in said}
    for name, known in ((EVIDENCE, named), (JOURNAL, {f"{each}.json" for each in named})):
        path = _inside(folder, name)
        found = set(os.listdir(path)) if path.is_dir() else set()
        if not found <= known:
            raise _not_told(f"{name}/{min(found - known)}")


def _check_items(value: dict[str, Any], said: dict[Place, Testimony]) -> None:
    """Ask that each statement is told of some item, and each release to be shown is one."""
    items = {item["item"].partition("/")[2] for item in value["items"]}
    told = {each["place"] for item in value["items"] for each in item["statements"]}
    for place, testimony in said.items():
        body = testimony.statement.body
        own = isinstance(body, _Given) and _is_to_be_shown(value, testimony, body)
        known = items if own else told
        if not isinstance(body, JournalAnchor) and format_place(place) not in known:
            raise _not_told(f"{EVIDENCE}/{file_name(place)}")


def _is_to_be_shown(value: dict[str, Any], testimony: Testimony, body: _Given) -> bool:
    """Answer whether the report is for an originator of what its holder has, or was told."""
    holders = (testimony.place.party, *testimony.statement.to)
    return value["holder"] in holders and value["for"] in body.label.originators


def _not_told(name: str) -> ProofError:
    return ProofError(
        "report.not-told",
        "the folder holds what the report does not tell of",
        where=excerpt(name),
    )


def _check_statements(
    item: dict[str, Any], waiting: frozenset[str], said: dict[Place, Testimony]
) -> None:
    """Hold what is told of an item's statements against these."""
    place = item["item"].partition("/")[2]
    told = {each["place"]: each["kind"] for each in item["statements"]}
    if place not in told:
        raise _not_shown(place)
    for where, kind in told.items():
        testimony = said.get(parse_place(where, "statements"))
        if testimony is None:
            if where not in waiting:
                raise _not_shown(where)
        elif testimony.statement.kind != kind:
            raise ProofError(
                "report.kind-differs",
                "the report calls a statement by another kind than its own",
                where=excerpt(where),
                expected=testimony.statement.kind,
                found=excerpt(str(kind)),
            )


def _not_shown(place: str) -> ProofError:
    return ProofError(
        "report.not-shown",
        "a statement that the report rests on comes without evidence",
        where=excerpt(place),
    )


def _check_label(item: dict[str, Any], value: dict[str, Any], said: dict[Place, Testimony]) -> None:
    """Hold an item's label against its release; one that nobody acknowledged has no evidence."""
    place = parse_place(item["item"].partition("/")[2], "items")
    testimony = said.get(place)
    if testimony is None:
        return
    body = testimony.statement.body
    if not isinstance(body, _Given) or format_label(body.label) != item["label"]:
        raise ProofError(
            "report.label-differs",
            "the label in the report is not the one that was released",
            where=str(place),
        )
    if not _is_to_be_shown(value, testimony, body):
        raise told_otherwise("whom it is for", where=str(place))
    released: dict[str, Any] = {
        "released_by": place.party,
        "released_at": format_instant(testimony.statement.at),
        "under": testimony.statement.agreement_sha256,
        "made_from": [
            format_place(each)
            for each in (body.derived_from if isinstance(body, ItemRelease) else ())
        ],
        "given_as": given_json(body) if isinstance(body, ItemRelease) else None,
    }
    for name, fact in released.items():
        if item[name] != fact:
            raise told_otherwise(name, where=str(place))
    _check_level(item, body, said)


def _check_level(item: dict[str, Any], body: _Given, said: dict[Place, Testimony]) -> None:
    """Ask that a level is one that the item was given; from when on it counts is not shown here.

    What is made from others follows theirs, and what nobody acknowledged shows none.
    """
    shown = [said.get(parse_place(each["place"], "statements")) for each in item["statements"]]
    bodies = [each.statement.body for each in shown if each is not None]
    derived = isinstance(body, ItemRelease) and body.derived_from
    if derived or len(bodies) < len(shown):
        return
    levels = {body.label.level, *(e.level for e in bodies if isinstance(e, ItemReclassify))}
    if item["level"] not in levels:
        raise ProofError(
            "report.label-differs",
            "the level in the report is none that the item was given",
            where=excerpt(str(item["item"])),
            found=excerpt(str(item["level"])),
        )
