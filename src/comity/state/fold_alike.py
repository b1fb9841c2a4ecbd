# SPDX-License-Identifier: Apache-2.0
"""Releases that follow each other and are alike: whether they count is asked of the first alone.

Whether a release without links counts follows from its version, who says it to whom, its label, the
day, and where the agreement stands; other releases change none of that. Days change at whole
minutes, since zones are whole minutes off. Source: DESIGN 4
"""

from __future__ import annotations

from typing import Final

from comity.basis.ids import Digest, PartyId
from comity.basis.instants import MINUTE_MS, Instant
from comity.marking.labels import Label
from comity.state.dispatch import apply_said
from comity.state.findings import Uncounted
from comity.state.records import Item, Said
from comity.state.state import State
from comity.statement.information import ItemRelease

_Kind = tuple[PartyId, tuple[PartyId, ...], Digest]
_KNOWN_MAX: Final = 64
"""So many labels are known at once, each told from others by being the very same."""


class Applying:
    """Applies statements one after the other; nothing else is applied to the state meanwhile."""

    __slots__ = ("_known", "_since", "_state", "_until")

    def __init__(self, state: State) -> None:
        """Begin with nothing known."""
        self._state = state
        self._known: list[tuple[Label, _Kind, Uncounted | None]] = []
        self._since = self._until = Instant(0)

    def apply(self, said: Said) -> None:
        """Apply a statement, as `apply_said` does."""
        state, body = self._state, said.body
        if not isinstance(body, ItemRelease) or not self._may_be_alike(said, body):
            self._known.clear()
            self._since = self._until = Instant(0)  # it may have begun another standing
            apply_said(state, said)
            return
        if not self._since <= said.at < self._until:
            self._begin(said.at)
        kind = said.place.party, said.to, said.version
        for label, asked, uncounted in self._known:
            if label is body.label and asked == kind:
                self._put(said, body, uncounted)
                return
        apply_said(state, said)
        if len(self._known) < _KNOWN_MAX:
            self._known.append((body.label, kind, state.uncounted.get(said.place)))

    def _put(self, said: Said, body: ItemRelease, uncounted: Uncounted | None) -> None:
        """Let a release count, or list why it does not, as one that is alike."""
        if uncounted is not None:
            self._state.uncounted.put(said.place, uncounted)
            return
        item = Item(said.place, said.at, said.to, said.version, body)
        self._state.items.put(said.place, item)

    def _may_be_alike(self, said: Said, body: ItemRelease) -> bool:
        """Answer whether a release has no links, no end of use, and counts by nothing seen."""
        terms = self._state.files.get(said.version)
        return (
            terms is not None
            and not terms.suspensions
            and not terms.asked_before
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
