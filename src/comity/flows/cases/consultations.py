# SPDX-License-Identifier: Apache-2.0
"""Consultation before acting: the others are asked for their understanding and approval.

It is said with the statements of consent, so that asked, given, refused and taken back stand on
record, and giving it needs the authority's key: the recipient is the asker itself, and the purpose
says that it is a consultation, so that it opens nothing and lets nothing go.
Source: AGREEMENTS.md section 3 (consultation); Japan-ROK GSOMIA Art. 20; `spec/timeline.md`
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.instants import Date, Instant
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.promises import promise
from comity.flows.speak import Entered
from comity.flows.turns import read_view
from comity.state.queries import effective_consents
from comity.state.records import Ask
from comity.state.state import State
from comity.statement.information import ConsentAsk

PURPOSE: Final = "consultation:"


class Standing(StrEnum):
    """How a party that was asked stands to it."""

    WAITING = "waiting"
    AGREED = "agreed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a party that was asked says now, and where; None: nothing, or it took that back."""

    party: PartyId
    standing: Standing
    place: Place | None


@dataclass(frozen=True, slots=True)
class Consultation:
    """An act that a party asked the others about, and how each stands to it now."""

    place: Place
    at: Instant
    matter: str
    items: tuple[Place, ...]
    category: str | None
    answers: tuple[Answer, ...]

    @property
    def agreed(self) -> bool:
        """Say whether everybody who was asked agrees."""
        return all(each.standing is Standing.AGREED for each in self.answers)


async def consult(
    context: Context,
    agreement: AgreementId,
    matter: str,
    *,
    about: tuple[Place, ...] | str,
    person: PersonId,
    until: Date | Instant | None = None,
    to: tuple[PartyId, ...] | None = None,
) -> Entered | Refused:
    """Ask partners (all, unless some are named) about an act before doing it.

    `matter` is a word for the act, `about` the items or the category that it concerns.

    Raises:
        NotCounted: an item is not known.
    """
    items, category = ((), about) if isinstance(about, str) else (about, None)
    own = context.config.party
    body = ConsentAsk(items, category, own, f"{PURPOSE}{matter}", until)
    return await promise(context, agreement, body, person, to=to)


async def consultations(context: Context, agreement: AgreementId) -> tuple[Consultation, ...]:
    """List the consultations of every party, as they stand now, by place."""
    view = await read_view(context, agreement)
    state, now = view.fold.state, view.moment(context)
    asked = sorted(state.asks.values(), key=lambda ask: ask.place)
    return tuple(_consultation(state, each, now) for each in asked if is_consultation(each))


def is_consultation(ask: Ask) -> bool:
    """Answer whether what was asked is a consultation, and no leave to pass anything on."""
    return ask.ask.recipient == ask.place.party and ask.ask.purpose.startswith(PURPOSE)


def _consultation(state: State, ask: Ask, now: Instant) -> Consultation:
    given = {
        each.place.party: each.place
        for each in effective_consents(state, now)
        if each.consent.ask == ask.place and each.consent.purpose == ask.ask.purpose
    }
    answers = []
    for party in ask.to:
        refused = state.ask_refusals.get((ask.place, party))
        if party in given:
            answers.append(Answer(party, Standing.AGREED, given[party]))
        elif refused is not None:
            answers.append(Answer(party, Standing.REFUSED, refused))
        else:
            answers.append(Answer(party, Standing.WAITING, None))
    said = ask.ask
    return Consultation(
        ask.place,
        ask.at,
        said.purpose.removeprefix(PURPOSE),
        said.items,
        said.category,
        tuple(answers),
    )
