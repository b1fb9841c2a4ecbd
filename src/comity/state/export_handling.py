# SPDX-License-Identifier: Apache-2.0
"""What became of items, as JSON: recalls, returns, destructions and counts, each by place."""

from __future__ import annotations

from typing import TypeVar

from comity.basis.ids import PartyId, Place, format_place
from comity.basis.instants import Instant, format_instant
from comity.basis.strict_json import JsonValue
from comity.state.records import Item, Receipt
from comity.state.records_handling import Count, Destruction, Recall, Return
from comity.state.state import State
from comity.state.tables import walk

_Row = dict[str, JsonValue]
_Named = TypeVar("_Named", Recall, Return, Destruction, Count)


def reclassifications_json(state: State, item: Item) -> list[JsonValue]:
    """Give what each originator said of the level of an item, or of what was told, in order."""
    return [
        {
            "by": party,
            "place": format_place(change.place),
            "at": format_instant(change.at),
            "level": change.change.level,
            "marking": change.change.marking,
            "effective": format_instant(change.change.effective),
        }
        for party in item.release.label.originators
        for change in walk(state.changes.get((item.place, party)))
    ]


def recalls_json(state: State, _at: Instant) -> list[JsonValue]:
    """Give each recall that stands for some item, once."""
    rows = {row.place: row for row in state.recalls.values()}
    return [{**_placed(row), **row.recall.to_json()} for row in _by_place(rows)]


def returns_json(state: State, _at: Instant) -> list[JsonValue]:
    """Give the returns, each with the receipts of originators."""
    receipts: dict[Place, list[tuple[PartyId, Receipt]]] = {}
    for (place, party), receipt in state.return_receipts.items():
        receipts.setdefault(place, []).append((party, receipt))
    return [
        {
            **_placed(row),
            **row.body.to_json(),
            "receipts": [
                {
                    "by": party,
                    "place": format_place(receipt.place),
                    "at": format_instant(receipt.at),
                    "marking": receipt.marking,
                }
                for party, receipt in sorted(receipts.get(row.place, ()), key=_party)
            ],
        }
        for row in _by_place(dict(state.returns.items()))
    ]


def destructions_json(state: State, _at: Instant) -> list[JsonValue]:
    """Give the certificates of destruction."""
    rows = dict(state.destructions.items())
    return [{**_placed(row), **row.body.to_json()} for row in _by_place(rows)]


def inventories_json(state: State, _at: Instant) -> list[JsonValue]:
    """Give the results of inventories."""
    rows = dict(state.inventories.items())
    return [{**_placed(row), **row.result.to_json()} for row in _by_place(rows)]


def _by_place(rows: dict[Place, _Named]) -> list[_Named]:
    return [rows[place] for place in sorted(rows)]


def _placed(row: Recall | Return | Destruction | Count) -> _Row:
    place = row.place
    return {"place": format_place(place), "by": place.party, "at": format_instant(row.at)}


def _party(row: tuple[PartyId, Receipt]) -> PartyId:
    return row[0]
