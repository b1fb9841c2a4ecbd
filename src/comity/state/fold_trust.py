# SPDX-License-Identifier: Apache-2.0
"""The fold of what parties say of statements, clocks, their journals and their own cards.

A verdict that rests on more than register bytes counts as said, for the party that said it: it
takes nothing away from the statement that it names. Source: DESIGN.md section 4
"""

from __future__ import annotations

from comity.basis.ids import Place
from comity.state.findings import Finding, Uncounted
from comity.state.records import Anchor, CardSaid, DisputedTime, Rejection, Said
from comity.state.state import State
from comity.statement.treaty import PartyCard
from comity.statement.trust import JournalAnchor, StatementReject, TimeDispute


def apply_reject(state: State, said: Said, body: StatementReject) -> Uncounted | None:
    """Keep that a party did not admit an entry of another one."""
    key = (said.by, Place(body.party, body.index))
    if body.party == said.by:
        return _finding(state, said, Finding.OWN_STATEMENT)
    if key in state.rejections:
        return _finding(state, said, Finding.ALREADY_REPORTED)
    state.rejections.put(key, Rejection(said.place, said.at, body))
    return None


def apply_time_dispute(state: State, said: Said, body: TimeDispute) -> Uncounted | None:
    """Keep that a party's clock disagreed; both times are shown."""
    key = (said.by, Place(body.party, body.index))
    if body.party == said.by:
        return _finding(state, said, Finding.OWN_STATEMENT)
    if key in state.disputed_times:
        return _finding(state, said, Finding.ALREADY_REPORTED)
    state.disputed_times.put(key, DisputedTime(said.place, said.at, body))
    return None


def apply_anchor(state: State, said: Said, body: JournalAnchor) -> Uncounted | None:
    """Keep a party's latest journal anchor."""
    state.anchors.put(said.by, Anchor(said.place, said.at, body))
    return None


def apply_card(state: State, said: Said, body: PartyCard) -> Uncounted | None:
    """Keep a party's card; each is one version after the last.

    Source: DESIGN.md section 6. Its root signatures are checked before it is admitted.
    """
    known = state.cards.get(said.by)
    if known is not None and body.card.version != known.card.card.version + 1:
        return _finding(state, said, Finding.CARD_VERSION)
    state.cards.put(said.by, CardSaid(said.place, said.at, body))
    return None


def _finding(state: State, said: Said, finding: Finding) -> Uncounted:
    return Uncounted(finding, state.files[said.version].agreement.rules.default_article)
