# SPDX-License-Identifier: Apache-2.0
"""The fold of consents: asked, given, refused, withdrawn.

A consent speaks for the party that gives it, and for nobody else: an item of two originators
needs two. Whether it was given *before* a release is told by the release's `seen`.
Source: Japan-ROK GSOMIA Art. 6(a)
"""

from __future__ import annotations

from comity.basis.ids import Place
from comity.basis.limits import CONSENTS_MAX
from comity.state.findings import Finding, Uncounted
from comity.state.protected import find_protected
from comity.state.records import Ask, Consent, Said
from comity.state.state import ConsentKey, State
from comity.state.tables import Chain
from comity.statement.information import (
    ConsentAsk,
    ConsentGive,
    ConsentRefuse,
    ConsentWithdraw,
)


def apply_ask(state: State, said: Said, body: ConsentAsk) -> Uncounted | None:
    """Ask for consent, for what was released or told, or for a category."""
    if not body.items and body.category is None:
        return _finding(state, said, Finding.NOTHING_NAMED)
    if any(find_protected(state, item) is None for item in body.items):
        return _finding(state, said, Finding.UNKNOWN_ITEM)
    state.asks.put(said.place, Ask(said.place, said.at, said.to, body))
    return None


def apply_give(state: State, said: Said, body: ConsentGive) -> Uncounted | None:
    """Give consent, for items that the speaker originated or for a category.

    A consent for a category holds for what the speaker originated in it.
    """
    if not body.items and body.category is None:
        return _finding(state, said, Finding.NOTHING_NAMED)
    if body.ask is not None:
        ask = state.asks.get(body.ask)
        if ask is None or said.by not in ask.to:
            return _finding(state, said, Finding.UNKNOWN_ASK)
    for place in body.items:
        item = find_protected(state, place)
        if item is None:
            return _finding(state, said, Finding.UNKNOWN_ITEM)
        if said.by not in item.release.label.originators:
            return _finding(state, said, Finding.NOT_ORIGINATOR)
    keys = [_key(said, body, about) for about in (*body.items, body.category) if about is not None]
    given = [state.consents_given.get(key) for key in keys]
    if any(known is not None and known[0] >= CONSENTS_MAX for known in given):
        return _finding(state, said, Finding.TOO_MANY_CONSENTS)
    consent = Consent(said.place, said.at, body)
    state.consents.put(said.place, consent)
    for key, known in zip(keys, given, strict=True):
        count, before = known or (0, None)
        state.consents_given.put(key, (count + 1, Chain(consent, before)))
    for place in body.items:
        state.consents_by_item.put(place, Chain(consent, state.consents_by_item.get(place)))
    if body.category is not None:
        in_it = state.consents_by_category.get(body.category)
        state.consents_by_category.put(body.category, Chain(consent, in_it))
    return None


def _key(said: Said, body: ConsentGive, about: Place | str) -> ConsentKey:
    return said.by, about, body.recipient, body.purpose


def apply_refuse(state: State, said: Said, body: ConsentRefuse) -> Uncounted | None:
    """Refuse consent; no reason is owed."""
    ask = state.asks.get(body.ask)
    if ask is None or said.by not in ask.to:
        return _finding(state, said, Finding.UNKNOWN_ASK)
    if (body.ask, said.by) in state.ask_refusals:
        return _finding(state, said, Finding.ALREADY_REFUSED)
    state.ask_refusals.put((body.ask, said.by), said.place)
    return None


def apply_withdraw(state: State, said: Said, body: ConsentWithdraw) -> Uncounted | None:
    """Withdraw an own consent, for what has not been released under it."""
    if body.consent.party != said.by or body.consent not in state.consents:
        return _finding(state, said, Finding.UNKNOWN_CONSENT)
    if body.consent in state.withdrawals:
        return _finding(state, said, Finding.ALREADY_WITHDRAWN)
    state.withdrawals.put(body.consent, said.place)
    return None


def _finding(state: State, said: Said, finding: Finding) -> Uncounted:
    return Uncounted(finding, state.files[said.version].article("third_party_rule"))
