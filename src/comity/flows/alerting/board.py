# SPDX-License-Identifier: Apache-2.0
"""What happened to alerts at this node, numbered as it happened: our own record, no partner's.

One document: how far each register was looked at, and the newest happenings. An alert that nobody
acknowledged is never dropped; where there are too many of one register, its later ones wait until
there is room, and no other's. Source: DESIGN 5 (FLASH); issue text on alerts
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from comity.basis.fields import Fields
from comity.basis.ids import (
    AgreementId,
    PartyId,
    PersonId,
    Place,
    parse_agreement_id,
    parse_party_id,
    parse_person_id,
    parse_place,
)
from comity.basis.instants import Instant, format_instant, parse_instant_canonical
from comity.basis.strict_json import JsonValue
from comity.flows.context import Context
from comity.flows.documents import ALERTS, json_document, read_json_document
from comity.ports import Document

KEPT_MAX: Final = 1_024
"""Happenings that are kept; whoever comes back after more of them begins with what is open."""

OPEN_MAX: Final = 128
"""Alerts of one register that nobody acknowledged and that are kept; it may hold any number."""

_KEY: Final = "node"


class What(StrEnum):
    """What may happen to an alert at this node."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened to an alert: what, when by our clock, and who did it, if somebody."""

    number: int
    what: What
    agreement: AgreementId
    place: Place
    at: Instant
    by: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert by all that is kept of it: since when it is known here, who acknowledged it when."""

    agreement: AgreementId
    place: Place
    raised_at: Instant
    acknowledged: tuple[tuple[PersonId, Instant], ...] = ()
    escalated_at: Instant | None = None

    @property
    def is_open(self) -> bool:
        """Answer whether nobody has acknowledged it."""
        return not self.acknowledged


@dataclass(frozen=True, slots=True)
class Board:
    """How far each register was looked at, the number of the next happening, and the newest."""

    read: Mapping[tuple[AgreementId, PartyId], int] = field(default_factory=dict)
    next: int = 1
    rows: tuple[Happening, ...] = ()

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """List the alerts that are kept, the first raised first."""
        found: dict[tuple[AgreementId, Place], Alert] = {}
        for row in self.rows:
            name = row.agreement, row.place
            known = found.get(name)
            if row.what is What.RAISED:
                found[name] = Alert(row.agreement, row.place, row.at)
            elif known is not None and row.what is What.ESCALATED:
                found[name] = replace(known, escalated_at=row.at)
            elif known is not None and row.by is not None:
                acknowledged = (*known.acknowledged, (row.by, row.at))
                found[name] = replace(known, acknowledged=acknowledged)
        return tuple(found.values())

    def room(self, agreement: AgreementId, party: PartyId) -> int:
        """Give how many more of a register may be raised before somebody acknowledges."""
        theirs = (
            each for each in self.alerts if (each.agreement, each.place.party) == (agreement, party)
        )
        return OPEN_MAX - sum(each.is_open for each in theirs)

    def since(self, number: int) -> tuple[Happening, ...]:
        """List what happened after a number; of what is not kept every alert was acknowledged."""
        return tuple(each for each in self.rows if each.number > number)

    def with_rows(self, added: Iterable[Happening]) -> Board:
        """Add happenings under the next numbers; the oldest of acknowledged alerts make room."""
        rows, number = list(self.rows), self.next
        for each in added:
            rows.append(replace(each, number=number))
            number += 1
        grown = replace(self, rows=tuple(rows), next=number)
        return replace(grown, rows=_kept(grown)) if len(rows) > KEPT_MAX else grown

    def document(self) -> Document:
        """Write the board."""
        read: dict[str, JsonValue] = {
            f"{agreement}/{party}": size for (agreement, party), size in sorted(self.read.items())
        }
        rows: list[JsonValue] = [_row_json(each) for each in self.rows]
        return json_document(ALERTS, _KEY, {"read": read, "next": self.next, "rows": rows})


def _kept(board: Board) -> tuple[Happening, ...]:
    """Drop the oldest acknowledged alerts, each with all that happened to it, down to half."""
    excess = len(board.rows) - KEPT_MAX // 2
    dropped: set[tuple[AgreementId, Place]] = set()
    for alert in board.alerts:
        name = alert.agreement, alert.place
        if excess <= 0:
            break
        if not alert.is_open:
            dropped.add(name)
            excess -= sum((each.agreement, each.place) == name for each in board.rows)
    return tuple(each for each in board.rows if (each.agreement, each.place) not in dropped)


async def read_board(context: Context) -> Board:
    """Give the board as it stands; an empty one before anything was looked at."""
    raw = await context.ports.store.document(ALERTS, _KEY)
    return Board() if raw is None else _parse(Fields(read_json_document(raw), "alerts"))


def _parse(fields: Fields) -> Board:
    places = fields.object("read")
    read: dict[tuple[AgreementId, PartyId], int] = {}
    for name in places.keys():  # noqa: SIM118 (a method of Fields, which is no mapping)
        agreement, _, party = name.partition("/")
        read[parse_agreement_id(agreement), parse_party_id(party)] = places.integer(name)
    rows = tuple(_parse_row(each) for each in fields.objects("rows"))
    return Board(read, fields.integer("next"), rows)


def _parse_row(fields: Fields) -> Happening:
    by = fields.nullable_text("by")
    return Happening(
        fields.integer("number"),
        fields.choice("what", What),
        parse_agreement_id(fields.text("agreement")),
        parse_place(fields.text("place")),
        parse_instant_canonical(fields.text("at")),
        None if by is None else parse_person_id(by),
    )


def _row_json(row: Happening) -> dict[str, JsonValue]:
    return {
        "number": row.number,
        "what": row.what.value,
        "agreement": row.agreement,
        "place": str(row.place),
        "at": format_instant(row.at),
        "by": row.by,
    }
