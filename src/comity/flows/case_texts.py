# SPDX-License-Identifier: Apache-2.0
"""Who reads which sealed text: what was disclosed as an item is opened, the rest by office.

A note on a disclosure is the disclosed information. Source: Japan-ROK GSOMIA Art. 2(a), 4(2), 7, 17
"""

from __future__ import annotations

from dataclasses import replace

from comity.agreement.model import Agreement
from comity.basis.ids import AgreementId, PersonId, Place
from comity.basis.instants import Instant, date_of
from comity.basis.strict_json import JsonValue
from comity.decision.facilities import refuse_not_given
from comity.decision.house import CONTENT_ROLES, allow_house_act, join_refusals
from comity.decision.people import Person, Role
from comity.decision.stages import Refused
from comity.flows.at_firms import allow_here
from comity.flows.cases.speaking import KEEPING_CASES
from comity.flows.context import Context
from comity.flows.enclosures import Leave, OpenedText, open_text, open_text_by
from comity.flows.facts import find_facility, person_request, with_item
from comity.flows.listing import may_know_all
from comity.flows.receipts import originator_name
from comity.flows.view import View, statement_at
from comity.marking.banners import Banner, banner
from comity.marking.equivalence import corresponding_markings
from comity.marking.labels import Label
from comity.state.protected import told_as_item
from comity.state.queries import item_level, originator_marking
from comity.state.queries_cases import contractor_article
from comity.state.records import Item
from comity.state.records_cases import Disclosure, Incident
from comity.state.state import State
from comity.state.tables import walk
from comity.statement.affairs import DisputeOpen, DisputeSettle, PartyLawChange
from comity.statement.handling import ItemDestroyed, ItemReturn
from comity.statement.kinds import Body


async def open_visit_text(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> OpenedText | Refused:
    """Open subject and visitors of a visit, for who acts on cases; journalled first."""

    async def leave(view: View, reader: Person) -> Leave | None:
        if place not in view.fold.state.visits:
            return None
        act = "visit.open"
        return Leave(act, allow_house_act(act, reader.roles, KEEPING_CASES))

    return await open_text_by(context, agreement, place, person, leave)


async def open_incident_text(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> OpenedText | Refused:
    """Open the text of a report or of findings, for who acts on cases; journalled first.

    To whom an item that it is about is hidden, nothing is there.
    """

    async def leave(view: View, reader: Person) -> Leave | None:
        incident = _incident_told_at(view.fold.state, place)
        affected = () if incident is None else incident.report.affected
        items = (each.item for each in affected)
        if incident is None or not may_know_all(view.fold.state, reader, items):
            return None
        act = "incident.open"
        return Leave(act, allow_house_act(act, reader.roles, KEEPING_CASES))

    return await open_text_by(context, agreement, place, person, leave)


async def open_disclosure_text(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> OpenedText | Refused:
    """Open the note on what was told or shown, decided as the opening of such an item would be.

    The purpose is the first that its label names. The journal has level and category, done or
    refused, before any content is drawn.

    Source: Japan-ROK GSOMIA Art. 4(2), 7
    """

    async def leave(view: View, reader: Person) -> Leave | None:
        known = view.fold.state.disclosures.get(place)
        return None if known is None else await _as_an_item(context, view, reader, known)

    return await open_text_by(context, agreement, place, person, leave)


async def open_affairs_text(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> OpenedText | Refused:
    """Open the text of a dispute, of its settlement or of a change of law; journalled first.

    To whom an item that the dispute is about is hidden, nothing is there.

    Source: Japan-ROK GSOMIA Art. 3, 20
    """

    async def leave(view: View, reader: Person) -> Leave | None:
        body = (await statement_at(context, view, place)).body
        about = _about(view.fold.state, body)
        if about is None or not may_know_all(view.fold.state, reader, about):
            return None
        act = "affairs.open"
        return Leave(act, allow_house_act(act, reader.roles, CONTENT_ROLES))

    return await open_text_by(context, agreement, place, person, leave)


async def open_certificate(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> OpenedText | Refused:
    """Open a certificate of destruction, or the note of a return, as a registrar; journalled first.

    The persons' names stand in it. Source: Japan-ROK GSOMIA Art. 6(h), 13
    """
    return await open_text(
        context,
        agreement,
        place,
        person,
        act="item.certificate",
        roles=frozenset({Role.REGISTRAR}),
        kinds=(ItemDestroyed, ItemReturn),
    )


def _about(state: State, body: Body) -> tuple[Place, ...] | None:
    """Give what a dispute or its settlement is about, or a law, which is about no item."""
    match body:
        case DisputeOpen():
            return body.about
        case DisputeSettle():
            settled = state.disputes.get(body.dispute)
            return None if settled is None else settled.dispute.about
        case PartyLawChange():
            return ()
        case _:
            return None


def _incident_told_at(state: State, place: Place) -> Incident | None:
    """Give the incident that was reported at a place, or looked into there; None: no such one."""
    reported = state.incidents.get(place)
    if reported is not None:
        return reported
    for incident in state.incidents.values():
        found = walk(state.incident_findings.get(incident.place))
        if any(each.place == place for each in found):
            return incident
    return None


async def _as_an_item(
    context: Context, view: View, reader: Person, disclosure: Disclosure
) -> Leave:
    item, now = told_as_item(disclosure), view.moment(context)
    label, file = _label_now(view, item, now), view.file(item.version)
    request = with_item(view, await person_request(context, view, reader, now), item, now)
    asked = replace(request, action="open", purpose=label.purposes[0])
    decided, act = await allow_here(context, file, reader, asked, now), "disclosure.open"
    refused = join_refusals(
        decided,
        allow_house_act(act, reader.roles, CONTENT_ROLES),
        await _refuse_at_firm(context, reader, file),
    )
    details: dict[str, JsonValue] = {
        "item": f"{view.agreement_id}/{item.place}",
        "level": label.level,
        "category": label.category,
        "purpose": label.purposes[0],
    }
    outcome = decided if refused is None else replace(refused, act=act)
    return Leave(act, outcome, details, _banner(context, view, disclosure, label))


def _label_now(view: View, item: Item, now: Instant) -> Label:
    """Give a label as it stands: at the level that holds, under the marking that says it."""
    with view.fold.standing_at(now) as state:
        level, marking = item_level(state, item, now), originator_marking(state, item, now)
    return replace(item.release.label, level=level, marking=marking)


async def _refuse_at_firm(context: Context, reader: Person, file: Agreement) -> Refused | None:
    """Refuse everybody at a firm: what was told or shown is never given to one."""
    facility = await find_facility(context, reader.facility)
    if facility is None or facility.firm is None:
        return None
    return refuse_not_given(file, "disclosure.open", contractor_article(file), facility.firm)


def _banner(context: Context, view: View, disclosure: Disclosure, label: Label) -> Banner:
    """Write its banner: the speaker's marking, and whatever of ours corresponds to its level."""
    file = view.file(disclosure.version)
    names = tuple(originator_name(file, party) for party in label.originators)
    ours = None
    if disclosure.place.party != view.own:
        on = date_of(disclosure.at, file.lifecycle.zone)
        ours = " / ".join(corresponding_markings(file.table, view.own, label.level, on)) or None
    return banner(label, names, receiver_marking=ours, exercise=context.config.exercise)
