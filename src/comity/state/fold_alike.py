# SPDX-License-Identifier: Apache-2.0
"""Releases that follow each other and are alike: whether they count is asked of the first alone.

Whether a release without links counts follows from its version, who says it to whom, its label, the
day, and where the agreement stands; other releases change none of that. Days change at whole
minutes, since zones are whole minutes off. Source: DESIGN 4
"""

from __future__ import annotations

from comity.basis.ids import Digest, PartyId
from comity.basis.instants import MINUTE_MS, Instant
from comity.marking.labels import Label
from comity.state.dispatch import apply_said
from comity.state.findings import Uncounted
from comity.state.records import Item, Said
from comity.state.state import State
from comity.statement.information import ItemRelease

# By the label itself, which is held here meanwhile: nothing else has its id.
_Kind = tuple[int, PartyId, tuple[PartyId, ...], Digest]


class Applying:
    """Applies statements one after the other; nothing else is applied to the state meanwhile."""

    __slots__ = ("_known", "_since", "_state", "_until")

    def __init__(self, state: State) -> None:
        """Begin with nothing known."""
        self._state = state
        self._known: dict[_Kind, tuple[Label, Uncounted | None]] = {}
        self._since = self._until = Instant(0)

    def apply(self, said: Said) -> None:
        """Apply a statement, as `apply_said` does."""
        state, body = self._state, said.body
        if not isinstance(body, ItemRelease) or not self._may_be_alike(said, body):
            self._known.clear()
            apply_said(state, said)
            return
        if not self._since <= said.at < self._until:
            self._begin(said.at)
        label = body.label
        kind = (id(label), said.place.party, said.to, said.version)
        known = self._known.get(kind)
        if known is None:
            apply_said(state, said)
            self._known[kind] = label, state.uncounted.get(said.place)
        elif known[1] is None:
            state.items.put(said.place, Item(said.place, said.at, said.to, said.version, body))
        else:
            state.uncounted.put(said.place, known[1])

    def _may_be_alike(self, said: Said, body: ItemRelease) -> bool:
        """Answer whether a release has no links, no end of use, and counts by nothing seen."""
        terms = self._state.files.get(said.version)
        return (
            terms is not None
            and not terms.suspensions
            and body.supersedes is None
            and body.answers is None
            and body.passed_on is None
            and body.sharing is None
            and not body.derived_from
            and not body.rights
            and body.label.use_until is None
        )

    def _begin(self, at: Instant) -> None:
        """Begin the time in which what is known holds: a minute, of one standing."""
        self._known.clear()
        standing, minute = self._state.standing(at), at - at % MINUTE_MS
        self._since = Instant(max(standing.since, minute))
        self._until = Instant(min(standing.until, minute + MINUTE_MS))
