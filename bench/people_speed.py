# SPDX-License-Identifier: Apache-2.0
"""Decisions on one person after another, read from a register of ten and of a hundred thousand."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from bench.decide_speed import opening_request
from bench.measuring import Limits, Row, measure_beside
from bench.store_speed import opened
from comity.adapters.store_sqlite import SqliteStore
from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.ids import PartyId, PersonId
from comity.basis.instants import parse_instant
from comity.decision.deciding import decide
from comity.decision.house import allow_house_act
from comity.decision.people import Facility, Person, actor_of, format_person, parse_person
from comity.decision.request import Request
from comity.flows.documents import PERSON
from comity.ports import Change, Document

_FEW: Final = 10
_MANY: Final = 100_000
_BATCH: Final = 10_000
_REPEATS: Final = 1_000
_FACILITY: Final = Facility("seoul-1", PersonId("kor-0"))


def main() -> list[Row]:
    """Measure reading and deciding together, as an act does, beside a register of ten."""
    agreement, request = read_agreement(template("gsomia-jpn-kor")), opening_request()
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as folder:
        few, many = (_register(Path(folder) / str(size), size) for size in (_FEW, _MANY))
        taken, floor = measure_beside(
            lambda: asyncio.run(_decide_each(many, _MANY, agreement, request)),
            lambda: asyncio.run(_decide_each(few, _FEW, agreement, request)),
        )
        few.close()
        many.close()
    return [
        Row(
            name=f"decide open: read one of {_MANY:,} people and allow, beside one of {_FEW}",
            taken=taken,
            floor=floor,
            amount=_REPEATS,
            unit="decisions",
            limits=Limits(ratio_max=1.5),
        )
    ]


def _register(folder: Path, size: int) -> SqliteStore:
    folder.mkdir()
    store = opened(folder)
    for start in range(0, size, _BATCH):
        people = (_person(number) for number in range(start, min(size, start + _BATCH)))
        documents = tuple(Document(PERSON, each.id, format_person(each)) for each in people)
        change = Change(allowed_by=allow_house_act("bench"), documents=documents)
        asyncio.run(store.commit(change))
    return store


def _person(number: int) -> Person:
    return Person(
        id=PersonId(f"kor-{number}"),
        facility=_FACILITY.id,
        kind="official",
        posts=(),
        clearance="SECRET",
        clearance_until=None,
        need_to_know=("missile-warning",),
        roles=(),
        registered_from=parse_instant("2016-01-01T00:00:00Z"),
        registered_until=None,
    )


async def _decide_each(
    store: SqliteStore, size: int, agreement: Agreement, request: Request
) -> None:
    """Decide on a thousand people, spread over the register; none is remembered from before."""
    at = parse_instant("2016-12-16T03:00:00Z")
    for number in range(_REPEATS):
        raw = await store.document(PERSON, f"kor-{number * 7919 % size}")
        assert raw is not None
        actor = actor_of(parse_person(raw), PartyId("KOR"), _FACILITY, at)
        assert decide(agreement, replace(request, actor=actor)).allowed
