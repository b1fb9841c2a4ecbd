# SPDX-License-Identifier: Apache-2.0
"""Which lines of an order a party disputes, as it disputes more of them or takes some back.

Source: treaties.md A14, U12
"""

from __future__ import annotations

from collections.abc import Iterable

from comity.basis.ids import PartyId, Place
from comity.state.records_goods import WHOLE, Dispute, PlacedOrder

_Known = dict[tuple[PartyId, int], Place]


def disputed_more(
    order: PlacedOrder, party: PartyId, lines: Iterable[int], place: Place
) -> tuple[Dispute, ...]:
    """Give the disputes once a party disputes lines too, none: all; what it disputes stays."""
    known = _known(order)
    if (party, WHOLE) not in known:
        for line in tuple(lines) or (WHOLE,):
            known.setdefault((party, line), place)
    return _rows(known)


def disputed_less(
    order: PlacedOrder, party: PartyId, lines: Iterable[int], every: Iterable[int]
) -> tuple[Dispute, ...]:
    """Give the disputes once a party takes lines back, none: all.

    Where it disputed all, it goes on disputing `every` line that there is but these.
    """
    known, named = _known(order), frozenset(lines)
    if not named:
        return _rows({key: at for key, at in known.items() if key[0] != party})
    whole = known.pop((party, WHOLE), None)
    if whole is not None:
        for line in every:
            known.setdefault((party, line), whole)
    return _rows({key: at for key, at in known.items() if key[0] != party or key[1] not in named})


def disputes_told(order: PlacedOrder) -> tuple[tuple[Place, tuple[int, ...]], ...]:
    """Give each statement by which something is disputed, with its lines; none: all of them."""
    found: dict[Place, list[int]] = {}
    for _, line, place in order.disputed:
        found.setdefault(place, []).extend(() if line == WHOLE else (line,))
    return tuple((place, tuple(found[place])) for place in sorted(found))


def _known(order: PlacedOrder) -> _Known:
    return {(party, line): place for party, line, place in order.disputed}


def _rows(known: _Known) -> tuple[Dispute, ...]:
    return tuple((*key, known[key]) for key in sorted(known))
