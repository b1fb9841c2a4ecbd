# SPDX-License-Identifier: Apache-2.0
"""The exported part of authorities, changes of law, disputes, and what creditors say of duties.

Duties themselves are worked out of this and the rest, and are not state: see `duties`.
"""

from __future__ import annotations

from comity.basis.ids import PartyId, Place, format_place
from comity.basis.instants import Instant, format_instant
from comity.basis.strict_json import JsonValue
from comity.state.affairs import Authority
from comity.state.export_lifecycle import nullable_instant, places_json
from comity.state.state import State
from comity.state.tables import Chain, walk

_Row = dict[str, JsonValue]


def authorities_json(state: State, _at: Instant) -> list[JsonValue]:
    """Write the notified authorities of each party, the oldest first."""
    return [
        _said(row.authority.to_json(), row.place, row.at)
        for _, chain in _by_party(state)
        for row in walk(chain)
    ]


def law_changes_json(state: State, _at: Instant) -> list[JsonValue]:
    """Write the changes of law that were told of, by place."""
    rows = sorted(state.law_changes.values(), key=lambda row: row.place)
    return [_said(row.change.to_json(), row.place, row.at) for row in rows]


def disputes_json(state: State, _at: Instant) -> list[JsonValue]:
    """Write the disputes by place; one is settled when all who are in it said so."""
    return [
        {
            **_said(row.dispute.to_json(), row.place, row.at),
            "to": list(row.to),
            "settled": places_json(row.settled),
            "settled_at": nullable_instant(row.settled_at),
        }
        for row in sorted(state.disputes.values(), key=lambda row: row.place)
    ]


def duty_words_json(state: State, _at: Instant) -> list[JsonValue]:
    """Write what creditors said of duties, by place: waivers and more time."""
    said = [
        (row.place, _said(row.waiver.to_json(), row.place, row.at))
        for row in state.waivers.values()
    ]
    said += [
        (row.place, _said(row.extension.to_json(), row.place, row.at))
        for chain in state.extensions.values()
        for row in walk(chain)
    ]
    return [each for _, each in sorted(said, key=lambda row: row[0])]


def _by_party(state: State) -> list[tuple[PartyId, Chain[Authority]]]:
    return sorted(state.authorities.items(), key=lambda row: row[0])


def _said(body: _Row, place: Place, at: Instant) -> _Row:
    del body["authority"]
    return {
        **body,
        "place": format_place(place),
        "by": place.party,
        "at": format_instant(at),
    }
