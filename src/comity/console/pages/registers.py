# SPDX-License-Identifier: Apache-2.0
"""Registers and the journal: every entry, what it says, and how anybody proves it.

Whoever reads registers knows of everything on them; to others there is nothing here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from comity.basis.errors import InputError, StateError
from comity.basis.ids import AgreementId, PartyId, Place, parse_party_id
from comity.basis.instants import Instant, parse_instant_canonical
from comity.console.kinds import say_kind
from comity.console.languages import phrase
from comity.console.names import party_names
from comity.console.places import named_agreement, named_place, path_of
from comity.console.routes import Route
from comity.console.visit import Download, Outcome, Page, Visit, done
from comity.decision.house import REGISTER_READERS
from comity.flows.anchors import Standing, said_anchors
from comity.flows.evidence import take_evidence
from comity.flows.listing import (
    RegisterPage,
    RegisterRowNow,
    list_registers,
    page_register,
    read_journal,
)
from comity.flows.shapes import entry_json, journal_json
from comity.front.answers import not_there
from comity.front.archives import TAR, tar_of
from comity.ports import Holding
from comity.statement.information import ItemRelease
from comity.statement.judgement import Judged
from comity.tlog.proofs import prove_inclusion, root_at

PAGE: Final = 25
LOOKED_BACK: Final = 2_000
"""Among so many entries of each register of ours, at its end, anchors are looked for."""

_BASE: Final = "/registers"
_REGISTER: Final = f"{_BASE}/{{agreement}}/{{party}}"
_ENTRY: Final = f"{_REGISTER}/{{index}}"
_STANDS: Final = {
    Standing.FITS: phrase("the journal leads to it"),
    Standing.SHORTER: phrase("the journal is shorter than it was"),
    Standing.DIFFERS: phrase("the journal was another then"),
    Standing.UNKNOWN: phrase("what opens it is lost"),
}
_VERIFY: Final = "tar -xf %(folder)s.tar\ncomity verify %(folder)s --trust FINGERPRINT"


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry is in the tree that its party signed, and who cosigned a tree that holds it.

    `size` 0: nothing that its party signed holds it yet. `path` are hexadecimal hashes.
    """

    size: int
    root: str
    path: tuple[str, ...]
    cosigned: tuple[tuple[PartyId, int, bool], ...]


async def show(visit: Visit) -> Outcome:
    """List our registers and the mirrors, by agreement."""
    _refuse_others(visit)
    rows = [
        each
        for each in await list_registers(visit.context)
        if each.head.holding is not Holding.JOURNAL
    ]
    values = {"rows": rows, "own": visit.node.own}
    return Page("registers/list.html", visit.say("Registers"), values)


async def show_register(visit: Visit) -> Outcome:
    """Show entries of one register, the newest page where none is named."""
    agreement, row = await _named(visit)
    size = row.head.size
    start = _start(visit, max(size - PAGE, 0))
    found = await _page(visit, agreement, row.head.party, start, PAGE)
    values = {
        **await _shown(visit, agreement, row),
        "entries": [_entry(visit, agreement, each, found) for each in reversed(found.judged)],
        "waiting": [each.place for each in found.waiting],
        "newer": start + PAGE if start + PAGE < size else None,
        "older": max(start - PAGE, 0) if start else None,
    }
    title = visit.say("Register of %(party)s", party=row.head.party)
    return Page("registers/one.html", title, values)


async def show_entry(visit: Visit) -> Outcome:
    """Show one entry: what it says, how it is judged here, and its proof in plain words."""
    agreement, row = await _named(visit)
    place = named_place(visit)
    if place.index >= row.head.size:
        raise not_there()
    found = await _page(visit, agreement, place.party, place.index, 1)
    if not found.judged:
        raise not_there()
    (judged,) = found.judged
    statement = judged.statement
    marking = _marking(judged)
    values = {
        **await _shown(visit, agreement, row),
        "place": place,
        "entry": _entry(visit, agreement, judged, found),
        "is_noted": statement is not None and "authority" in statement.body.to_json(),
        "body": "" if statement is None else _written(statement.body.to_json()),
        "proof": await _prove(visit, row, place),
        "folder": _folder(place),
        "command": _VERIFY % {"folder": _folder(place)},
        "path": path_of(_BASE, agreement, place),
    }
    title = visit.say("Entry %(place)s", place=f"{agreement}/{place}")
    return Page("registers/entry.html", title, values, labels=marking)


async def take(visit: Visit) -> Outcome:
    """Give the evidence of an entry, as a tar; never content."""
    agreement, _ = await _named(visit)
    place = named_place(visit)
    try:
        files = await take_evidence(visit.context, agreement, place)
    except StateError as err:
        if err.code == "register.no-such-statement":
            raise not_there() from None
        raise
    name = _folder(place)
    return Download(f"{name}.tar", TAR, tar_of(name, files))


async def show_journal(visit: Visit) -> Outcome:
    """Show who did what here and who was refused, as an auditor; that it was read is journalled."""
    head = await visit.context.ports.store.journal()
    at = _start(visit, max((0 if head is None else head.size) - PAGE, 0))
    page = done(await read_journal(visit.context, visit.person, start=at, limit=PAGE))
    entries = [journal_json(raw, page.start + n) for n, raw in enumerate(page.entries)]
    anchors = await said_anchors(visit.context, last=LOOKED_BACK)
    values = {
        "rows": [_journalled(each) for each in reversed(entries)],
        "anchors": [
            (each, path_of(_BASE, each.agreement, each.place), visit.say(_STANDS[each.standing]))
            for each in reversed(anchors)
        ],
        "looked_back": LOOKED_BACK,
        "newer": at + PAGE if at + PAGE < page.size else None,
        "older": max(at - PAGE, 0) if at else None,
    }
    return Page("registers/journal.html", visit.say("Journal"), values)


def _refuse_others(visit: Visit) -> None:
    if not visit.holds(*REGISTER_READERS):
        raise not_there()


async def _named(visit: Visit) -> tuple[AgreementId, RegisterRowNow]:
    """Give the register that the path names, to whoever reads registers.

    Raises:
        NotThere: there is none, or it is not for the reader.
    """
    _refuse_others(visit)
    agreement = await named_agreement(visit)
    try:
        party = parse_party_id(visit.values["party"], "party")
    except InputError:
        raise not_there() from None
    for each in await list_registers(visit.context, agreement):
        if each.head.party == party:
            return agreement, each
    raise not_there()


async def _page(
    visit: Visit, agreement: AgreementId, party: PartyId, start: int, limit: int
) -> RegisterPage:
    return await page_register(visit.context, agreement, party, start=start, limit=limit)


def _start(visit: Visit, newest: int) -> int:
    text = visit.query.text("start")
    return min(int(text), newest) if _is_number(text) else newest


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 16


async def _shown(visit: Visit, agreement: AgreementId, row: RegisterRowNow) -> dict[str, Any]:
    """Give what all pages of one register show."""
    register = f"{_BASE}/{agreement}/{row.head.party}"
    name = await party_names(visit, agreement)
    return {"row": row, "agreement": agreement, "register": register, "name": name}


def _entry(
    visit: Visit, agreement: AgreementId, judged: Judged, page: RegisterPage
) -> dict[str, Any]:
    shape = entry_json(judged, page)
    kind = shape["kind"]
    return {
        **shape,
        "at": None if judged.statement is None else judged.statement.at,
        "said": None if kind is None else say_kind(str(kind), visit.tongue),
        "path": path_of(_BASE, agreement, judged.place),
        "item": f"/items/{agreement}/{judged.place}" if _releases(judged) else None,
    }


def _releases(judged: Judged) -> bool:
    return judged.statement is not None and isinstance(judged.statement.body, ItemRelease)


def _marking(judged: Judged) -> str | None:
    """Give the marking that an entry's label shows, where it has a label."""
    body = None if judged.statement is None else judged.statement.body
    return body.label.marking if isinstance(body, ItemRelease) else None


def _written(body: Mapping[str, Any]) -> str:
    shown = {key: each for key, each in body.items() if key != "authority"}  # kilobytes of base64
    return json.dumps(shown, ensure_ascii=False, indent=2, sort_keys=True)


async def _prove(visit: Visit, row: RegisterRowNow, place: Place) -> Proof:
    """Prove that an entry is in the tree that its party signed last (RFC 6962 2.1.1)."""
    cosigned = tuple((party, size, size > place.index) for party, size in row.cosigned)
    size = min(row.signed, row.head.size)
    if place.index >= size:
        return Proof(0, "", (), cosigned)
    read_node = await visit.context.ports.store.node_reader(row.head.origin)
    path = prove_inclusion(place.index, size, read_node).path
    root = root_at(size, read_node)
    return Proof(size, root.hex(), tuple(each.hex() for each in path), cosigned)


def _folder(place: Place) -> str:
    """Name the folder of an entry's evidence."""
    return f"evidence-{place.party}-{place.index}"


def _journalled(entry: dict[str, Any]) -> dict[str, Any]:
    at: Instant = parse_instant_canonical(entry["at"])
    details = {name: each for name, each in entry["details"].items() if each is not None}
    return {**entry, "at": at, "details": _written(details) if details else ""}


REGISTERS: Final = (
    Route("GET", _BASE, show),
    Route("GET", _REGISTER, show_register),
    Route("GET", _ENTRY, show_entry),
    Route("GET", f"{_ENTRY}/evidence", take),
    Route("GET", "/journal", show_journal),
)
