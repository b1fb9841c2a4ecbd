# SPDX-License-Identifier: Apache-2.0
"""The state as JSON. Two nodes with the same registers write the same bytes.

Lists are sorted by place; no cosignature, delivery position or authority note is written.
Source: DESIGN.md sections 1 and 4
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final, TypeVar

from comity.basis.ids import PartyId, Place, format_place
from comity.basis.instants import INSTANT_MIN, Instant, format_instant
from comity.basis.strict_json import JsonValue
from comity.state.export_affairs import (
    authorities_json,
    disputes_json,
    duty_words_json,
    law_changes_json,
)
from comity.state.export_cases import (
    contractors_json,
    disclosures_json,
    incidents_json,
    visits_json,
)
from comity.state.export_goods import (
    balances_json,
    deliveries_json,
    exercises_json,
    invoices_json,
    orders_json,
    settlements_json,
)
from comity.state.export_handling import (
    destructions_json,
    inventories_json,
    recalls_json,
    reclassifications_json,
    returns_json,
)
from comity.state.export_lifecycle import (
    agreement_json,
    lifecycle_json,
    nullable_instant,
    nullable_place,
    places_json,
)
from comity.state.lifecycle import lifecycle_at
from comity.state.queries import assurances_in_force, effective_consents, given_by, item_level
from comity.state.records import Ask, Consent, Item, PassedOn, Refusal, Request
from comity.state.state import State
from comity.state.suspensions import suspensions_json
from comity.state.tables import walk

EXPORT_FORMAT: Final = 1

_Row = dict[str, JsonValue]
Key = TypeVar("Key", Place, PartyId, tuple[Place, PartyId], tuple[PartyId, Place])
Value = TypeVar("Value")


def state_json(state: State, instant: Instant | None, parts: Collection[str] | None = None) -> _Row:
    """Give the state at an instant, whole or some parts of it; None only before anything was said.

    What a part costs grows with what stands in it, not with the whole.
    """
    at = INSTANT_MIN if instant is None else instant
    return {
        name: nullable_instant(instant) if write is None else write(state, at)
        for name, write in _PARTS.items()
        if parts is None or name in parts
    }


def _items_json(state: State, at: Instant) -> list[JsonValue]:
    return [_item_json(state, item, at) for _, item in _sorted(state.items.items())]


def _refusals_json(state: State, _at: Instant) -> list[JsonValue]:
    """Give the refusals of what does not count as an item."""
    return [
        _refusal_json(refusal, item=item)
        for (item, _), refusal in _sorted(state.refusals.items())
        if item not in state.items
    ]


def _requests_json(state: State, _at: Instant) -> list[JsonValue]:
    return [_request_json(state, row) for _, row in _sorted(state.requests.items())]


def _not_counted_json(state: State, _at: Instant) -> list[JsonValue]:
    return [
        {
            "place": format_place(place),
            "code": uncounted.finding.value,
            "article": uncounted.article,
        }
        for place, uncounted in _sorted(state.uncounted.items())
    ]


def _item_json(state: State, item: Item, at: Instant) -> _Row:
    return {
        **item.release.to_json(),
        "place": format_place(item.place),
        "at": format_instant(item.at),
        "to": list(item.to),
        "version": item.version,
        "level": item_level(state, item, at),
        "superseded_by": nullable_place(state.superseded_by.get(item.place)),
        "receipts": [
            {
                "by": party,
                "place": format_place(receipt.place),
                "at": format_instant(receipt.at),
                "marking": receipt.marking,
            }
            for party in item.to
            if (receipt := state.receipts.get((item.place, party))) is not None
        ],
        "refusals": [
            _refusal_json(refusal, item=item.place)
            for party in item.to
            if (refusal := state.refusals.get((item.place, party))) is not None
        ],
        "reclassifications": reclassifications_json(state, item),
    }


def _refusal_json(refusal: Refusal, *, item: Place) -> _Row:
    return {
        "item": format_place(item),
        "by": refusal.place.party,
        "place": format_place(refusal.place),
        "at": format_instant(refusal.at),
        "code": refusal.refusal.code,
        "articles": list(refusal.refusal.articles),
    }


def _assurances_json(state: State, at: Instant) -> list[JsonValue]:
    return [
        {
            **known.assurance.to_json(),
            "place": format_place(known.place),
            "by": party,
            "at": format_instant(known.at),
            "in_force": known.place in in_force,
        }
        for party in sorted(by for (by, name), _ in state.assurances.items() if name is None)
        for in_force in [{row.place for row in assurances_in_force(state, party, at)}]
        for known in given_by(state, party)
    ]


def _consents_json(state: State, at: Instant) -> _Row:
    in_effect = {consent.place for consent in effective_consents(state, at)}
    given: dict[Place, list[Place]] = {}
    for place, consent in _sorted(state.consents.items()):
        if consent.consent.ask is not None:
            given.setdefault(consent.consent.ask, []).append(place)
    return {
        "asked": [
            _ask_json(state, ask, tuple(given.get(place, ())))
            for place, ask in _sorted(state.asks.items())
        ],
        "given": [
            _consent_json(state, consent, in_effect=place in in_effect)
            for place, consent in _sorted(state.consents.items())
        ],
    }


def _ask_json(state: State, ask: Ask, given: tuple[Place, ...]) -> _Row:
    refused = (state.ask_refusals.get((ask.place, party)) for party in ask.to)
    return {
        **ask.ask.to_json(),
        "place": format_place(ask.place),
        "at": format_instant(ask.at),
        "to": list(ask.to),
        "given": places_json(given),
        "refused": places_json(tuple(place for place in refused if place is not None)),
    }


def _consent_json(state: State, consent: Consent, *, in_effect: bool) -> _Row:
    said: _Row = consent.consent.to_json()
    del said["authority"]
    return {
        **said,
        "place": format_place(consent.place),
        "by": consent.place.party,
        "at": format_instant(consent.at),
        "withdrawn_by": nullable_place(state.withdrawals.get(consent.place)),
        "in_effect": in_effect,
    }


def _passed_on_json(state: State, _at: Instant) -> list[JsonValue]:
    return [_onward_json(state, row) for _, row in _sorted(state.passed_on.items())]


def _onward_json(state: State, row: PassedOn) -> _Row:
    said = row.said.to_json()
    ended = (row.place, row.said.recipient)
    del said["follows"]
    return {
        **_placed(row.place, row.at),
        **said,
        "release": nullable_place(row.release),
        "receipt": nullable_place(row.receipt),
        "linked_by": nullable_place(row.linked_by),
        "ended": places_json(tuple(each.place for each in walk(state.handled.get(ended)))),
    }


def _request_json(state: State, request: Request) -> _Row:
    place = request.place
    return {
        **request.request.to_json(),
        "place": format_place(place),
        "at": format_instant(request.at),
        "to": list(request.to),
        "open": [party for party in request.to if (place, party) in state.open_requests],
        "replies": [
            {
                "by": party,
                "place": format_place(reply.place),
                "at": format_instant(reply.at),
                "item": nullable_place(reply.item),
                "declines": reply.declines,
            }
            for party in request.to
            for reply in walk(state.replies.get((place, party)))
        ],
    }


def _rejections_json(state: State, _at: Instant) -> list[JsonValue]:
    return [
        {**_placed(row.place, row.at), **row.reject.to_json()}
        for _, row in _sorted(state.rejections.items())
    ]


def _time_disputes_json(state: State, _at: Instant) -> list[JsonValue]:
    return [
        {**_placed(row.place, row.at), **row.dispute.to_json()}
        for _, row in _sorted(state.disputed_times.items())
    ]


def _cards_json(state: State, _at: Instant) -> list[JsonValue]:
    return [
        {**_placed(row.place, row.at), **row.card.to_json()}
        for _, row in _sorted(state.cards.items())
    ]


def _anchors_json(state: State, _at: Instant) -> list[JsonValue]:
    return [
        {**_placed(row.place, row.at), **row.anchor.to_json()}
        for _, row in _sorted(state.anchors.items())
    ]


def _placed(place: Place, at: Instant) -> _Row:
    return {"place": format_place(place), "by": place.party, "at": format_instant(at)}


def _sorted(rows: Iterable[tuple[Key, Value]]) -> list[tuple[Key, Value]]:
    return sorted(rows, key=lambda row: row[0])


_PARTS: Final[Mapping[str, Callable[[State, Instant], JsonValue] | None]] = {
    "format": lambda _state, _at: EXPORT_FORMAT,
    "at": None,
    "agreement": lambda state, _at: agreement_json(state),
    "lifecycle": lambda state, at: lifecycle_json(state, lifecycle_at(state, at)),
    "suspensions": suspensions_json,
    "items": _items_json,
    "refusals": _refusals_json,
    "recalls": recalls_json,
    "returns": returns_json,
    "destructions": destructions_json,
    "inventories": inventories_json,
    "assurances": _assurances_json,
    "consents": _consents_json,
    "passed_on": _passed_on_json,
    "disclosures": disclosures_json,
    "incidents": incidents_json,
    "visits": visits_json,
    "contractors": contractors_json,
    "requests": _requests_json,
    "orders": orders_json,
    "deliveries": deliveries_json,
    "invoices": invoices_json,
    "settlements": settlements_json,
    "balances": balances_json,
    "exercises": exercises_json,
    "authorities": authorities_json,
    "law_changes": law_changes_json,
    "disputes": disputes_json,
    "duty_words": duty_words_json,
    "rejections": _rejections_json,
    "time_disputes": _time_disputes_json,
    "cards": _cards_json,
    "anchors": _anchors_json,
    "not_counted": _not_counted_json,
}
