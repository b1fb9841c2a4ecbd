# SPDX-License-Identifier: Apache-2.0
"""Onward release by the registers: is there leave for it, of every originator, as it was seen?

The forwarder decides by this before it speaks, and every party's fold by the same when it hears:
the facts are those of the registers alone, so nobody can come to another answer.
Source: Japan-ROK GSOMIA Art. 6(a); DESIGN.md section 4
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from comity.agreement.acts import Action
from comity.basis.ids import PartyId, Place
from comity.basis.instants import Instant
from comity.decision import request as facts
from comity.decision.deciding import Decision, decide
from comity.marking.labels import Label
from comity.state.queries import Seen, in_effect, item_level, standing_state
from comity.state.records import Consent, Item, PassedOn
from comity.state.state import State
from comity.state.suspensions import suspended_categories
from comity.state.tables import walk


@dataclass(frozen=True, slots=True)
class OnwardWish:
    """Who would pass an item on to whom, for what purpose; `seen` None: all that is here."""

    by: PartyId
    recipient: PartyId
    purpose: str
    seen: Seen | None = None


def leave_to_pass_on(
    state: State, item: Item, wish: OnwardWish, instant: Instant, consents: tuple[Consent, ...]
) -> Decision:
    """Decide an onward release by the version that the item came under.

    Of the consents those count that this names. Nothing is asked of persons.

    Source: Japan-ROK GSOMIA Art. 6(a), 6(c)
    """
    label = item.release.label
    request = facts.Request(
        at=instant,
        action=Action.THIRD_PARTY_RELEASE.value,
        agreement_state=standing_state(state, instant),
        actor=facts.Actor(wish.by, None, None, None, None, (), None, None),
        item=facts.Item(
            id=str(item.place),
            originators=tuple(label.originators),
            level=item_level(state, item, instant),
            category=label.category,
            form=label.form,
            purposes=label.purposes,
            named_for=label.named_for,
            marked=(),
            copies=None,
            use_until=label.use_until,
        ),
        purpose=wish.purpose,
        recipient=wish.recipient,
        channel=None,
        consents=tuple(consent_fact(each) for each in consents),
        assurances=(),
        second_person=None,
        suspended=suspended_categories(state, item.version, label.originators, instant, wish.seen),
    )
    return decide(state.files[item.version].agreement, request)


def consents_to(
    state: State, item: Item, wish: OnwardWish, instant: Instant, *, seen: Seen | None = None
) -> tuple[Consent, ...]:
    """List the consents in effect for this item, recipient and purpose, by place.

    Of each originator there are at most so many for one thing, whatever else it consents to.
    """
    label = item.release.label
    found = _given(state, label, (item.place, label.category), wish)
    return in_effect(state, found, instant, seen)


def consents_for_release(
    state: State, label: Label, wishes: Iterable[OnwardWish], instant: Instant
) -> tuple[Consent, ...]:
    """List the consents in effect for what is no item yet: those for its category, by place."""
    found = [each for wish in wishes for each in _given(state, label, (label.category,), wish)]
    return in_effect(state, found, instant, None)


def _given(
    state: State, label: Label, about: tuple[Place | str, ...], wish: OnwardWish
) -> Collection[Consent]:
    found: dict[Place, Consent] = {}
    for party in label.originators:
        for each in about:
            given = state.consents_given.get((party, each, wish.recipient, wish.purpose))
            found.update((one.place, one) for one in walk(None if given is None else given[1]))
    return found.values()


def consents_named(
    state: State, item: Item, wish: OnwardWish, instant: Instant, named: tuple[Place, ...]
) -> tuple[Consent, ...]:
    """List of the consents that somebody names those in effect for the wish, as it had seen."""
    known = (state.consents.get(place) for place in named)
    fitting = (each for each in known if each is not None and _fits(each, item, wish))
    return in_effect(state, fitting, instant, wish.seen)


def _fits(given: Consent, item: Item, wish: OnwardWish) -> bool:
    consent, label = given.consent, item.release.label
    is_named = item.place in consent.items or consent.category == label.category
    wanted = (wish.recipient, wish.purpose)
    is_theirs = given.place.party in label.originators
    return is_named and is_theirs and (consent.recipient, consent.purpose) == wanted


def consent_fact(given: Consent) -> facts.Consent:
    """Give a consent's facts."""
    consent = given.consent
    return facts.Consent(
        by=given.place.party,
        items=tuple(str(each) for each in consent.items),
        category=consent.category,
        recipient=consent.recipient,
        purpose=consent.purpose,
        given_at=given.at,
        until=consent.until,
    )


def passed_on_of(state: State, item: Place) -> tuple[PassedOn, ...]:
    """List the onward releases of an item, the oldest first, each as it stands."""
    return tuple(
        state.passed_on.get(first.place) or first for first in walk(state.onward_of.get(item))
    )
