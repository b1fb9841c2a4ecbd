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

from comity.basis.ids import AgreementId, PartyId, PersonId, Place, format_place
from comity.basis.instants import Date, Instant, format_instant
from comity.basis.strict_json import JsonValue
from comity.decision.stages import Refused
from comity.flows.context import Context, decide_again
from comity.flows.speak import Entered, draft_for, speak
from comity.flows.treaty.offices import ask_office
from comity.flows.turns import read_view, turn
from comity.state.queries import effective_consents
from comity.state.records import Ask, Consent
from comity.state.state import State
from comity.statement.information import CONSULTATION, ConsentAsk


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

    @property
    def agreed(self) -> bool:
        """Say whether the party agrees now."""
        return self.standing is Standing.AGREED


@dataclass(frozen=True, slots=True)
class Consultation:
    """An act that a party asked the others about, and how each stands to it now.

    `article` asks for it; None: no clause names this act, and it is asked by courtesy alone.
    """

    place: Place
    at: Instant
    matter: str
    article: str | None
    items: tuple[Place, ...]
    category: str | None
    until: Date | Instant | None
    answers: tuple[Answer, ...]

    @property
    def agreed(self) -> bool:
        """Say whether everybody who was asked agrees."""
        return all(each.agreed for each in self.answers)


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

    `matter` is a word for the act, `about` the items or the category that it concerns. Where the
    file names the act, what is entered and its entry in the journal cite that article.

    Raises:
        NotCounted: an item is not known.
    """
    items, category = ((), about) if isinstance(about, str) else (about, None)
    body = ConsentAsk(items, category, context.config.party, f"{CONSULTATION}{matter}", until)

    async def attempt() -> Entered | Refused:
        async with turn(context, agreement) as view:
            office = await ask_office(context, body.KIND, person, agreement)
            if isinstance(office, Refused):
                return office
            draft = draft_for(context, view, body, to=to)
            article = view.fold.state.files[draft.agreement.sha256].asked_before.get(matter)
            details: dict[str, JsonValue] = {} if article is None else {"article": article}
            act = office.act(body.KIND, {"before": matter, **details})
            return await speak(context, view, draft, act)

    return await decide_again(attempt)


async def asked_by(context: Context, agreement: AgreementId, matter: str) -> str | None:
    """Give the article of the file that asks to consult before an act; None: by courtesy alone."""
    view = await read_view(context, agreement)
    return view.fold.state.files[view.agreement().sha256].asked_before.get(matter)


async def named_matters(context: Context, agreement: AgreementId) -> dict[str, str]:
    """Give the acts that the signed file asks to consult before, each with its article.

    None is named where no version is signed.
    """
    view = await read_view(context, agreement)
    file = view.find_agreement()
    return {} if file is None else dict(view.fold.state.files[file.sha256].asked_before)


async def consultations(context: Context, agreement: AgreementId) -> tuple[Consultation, ...]:
    """List the consultations of every party, as they stand now, by place."""
    view = await read_view(context, agreement)
    state, now = view.fold.state, view.moment(context)
    asked = sorted(state.asks.values(), key=lambda ask: ask.place)
    given: dict[Place | None, list[Consent]] = {}
    for each in effective_consents(state, now):
        given.setdefault(each.consent.ask, []).append(each)
    return tuple(
        _consultation(state, each, given.get(each.place, []))
        for each in asked
        if each.ask.consults(each.place.party)
    )


def asking_article(state: State, ask: Ask) -> str | None:
    """Give the article that asks for a consultation, by the version that it was asked under."""
    act = state.acts.get(ask.place)
    return None if act is None else state.files[act.version].asked_before.get(ask.ask.consulted[0])


def _consultation(state: State, ask: Ask, answers_to: list[Consent]) -> Consultation:
    """Say how a question stands; `answers_to` are the consents in effect that answer it."""
    given = {
        each.place.party: each.place
        for each in answers_to
        if each.consent.purpose == ask.ask.purpose
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
        said.consulted[0],
        asking_article(state, ask),
        said.items,
        said.category,
        said.until,
        tuple(answers),
    )


def consultation_json(row: Consultation) -> dict[str, JsonValue]:
    """Give what was asked before an act, by which article, and how each party stands to it."""
    return {
        "place": format_place(row.place),
        "by": row.place.party,
        "at": format_instant(row.at),
        "matter": row.matter,
        "article": row.article,
        "items": [format_place(each) for each in row.items],
        "category": row.category,
        "agreed": row.agreed,
        "answers": [
            {
                "by": each.party,
                "standing": each.standing.value,
                "place": None if each.place is None else format_place(each.place),
            }
            for each in row.answers
        ],
    }
