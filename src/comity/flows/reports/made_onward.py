# SPDX-License-Identifier: Apache-2.0
"""What was made, under other agreements, from items that were passed on there.

Their originator is owed to know of it: it holds what is theirs. Of what is others' besides, who are
no parties with them, they are told that it is there, and by which articles.
Source: Japan-ROK GSOMIA Art. 4(3), 18 (treaties.md G4.3, G18)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from comity.basis.ids import AgreementId, PartyId, Place
from comity.flows.view import View
from comity.state.derivation import ancestors_of
from comity.state.records import Item

Elsewhere = tuple[AgreementId, Place]


@dataclass(frozen=True, slots=True)
class MadeOnward:
    """What was made from one item where it went: what its originator is shown, and the rest."""

    shown: tuple[Elsewhere, ...]
    others: tuple[Elsewhere, ...]


def made_onward(
    views: Mapping[AgreementId, View],
    visited: AgreementId,
    visitor: PartyId,
    onward: Sequence[tuple[Elsewhere, ...]],
) -> list[MadeOnward]:
    """Find for each item, by where it was passed on to, what was made from it there.

    What is shown has the visitor among its originators, and parties alone to the agreement by which
    it visits.
    """
    insiders = set(views[visited].agreement().party_ids())
    made = {
        agreement: _made_from(views[agreement])
        for agreement in sorted({agreement for places in onward for agreement, _ in places})
    }
    found: list[MadeOnward] = []
    for places in onward:
        shown: set[Elsewhere] = set()
        others: set[Elsewhere] = set()
        for agreement, place in places:
            for item in made[agreement].get(place, ()):
                parties = set(item.release.label.originators)
                is_theirs = visitor in parties and parties <= insiders
                (shown if is_theirs else others).add((agreement, item.place))
        found.append(MadeOnward(tuple(sorted(shown)), tuple(sorted(others))))
    return found


def _made_from(view: View) -> dict[Place, list[Item]]:
    """List by each item what was made from it, and from what was made from it."""
    state = view.fold.state
    found: dict[Place, list[Item]] = {}
    for item in state.items.values():
        for place in ancestors_of(state, item.release) if item.release.derived_from else ():
            found.setdefault(place, []).append(item)
    return found
