# SPDX-License-Identifier: Apache-2.0
"""Chapter: a circle of incident response teams under the same format: who may see, by TLP.

It is told on nodes of its own, in a folder apart, and by discs.
"""

from __future__ import annotations

from typing import Final

from comity.agreement.templates import template
from comity.basis.ids import AgreementId, Domain, PartyId, PersonId
from comity.cli.demo.apart import begin_apart, carry_all_apart, carry_apart, on_apart
from comity.cli.demo.cast import Government
from comity.cli.demo.checks import cited, entered, expect, reasons, refused, unexpected
from comity.cli.demo.steps import Act, Chapter, Saw, Step
from comity.cli.demo.world import World
from comity.decision.people import Facility, Person, Role
from comity.decision.stages import Refused
from comity.flows.cases.incidents import Report, report_incident
from comity.flows.drafts import ItemDraft, draft_item
from comity.flows.duties.listing import list_duties
from comity.flows.people.register import add_person, set_facility
from comity.flows.receipts import decide_on_item, open_item
from comity.flows.release import release_draft
from comity.flows.set_up import pin_agreement, pin_card
from comity.flows.treaty import acts as treaty
from comity.flows.turns import read_view
from comity.keys.cards import fingerprint
from comity.sealing.payload import PayloadHeader
from comity.statement.cases import Affected, Certainty, Harm
from comity.statement.treaty import AgreementSign

_CIRCLE: Final = AgreementId("cert-circle")
_A, _B, _BANK = (PartyId(each) for each in ("CERT-A", "CERT-B", "BANK-C"))
_TEAMS: Final = tuple(
    Government(party, name, Domain(domain), (("en", name),), "Duty officer")
    for party, name, domain in (
        (_A, "Team A", "team-a.example"),
        (_B, "Team B", "team-b.example"),
        (_BANK, "Bank C", "bank-c.example"),
    )
)
_OFFICE: Final = "office"
_ANA, _BO, _CY, _CLIENT, _DESK, _SECOND = (
    PersonId(each) for each in ("ana", "bo", "cy", "client-of-b", "desk", "second-desk")
)
_CATEGORY: Final = "indicator"
_NEEDED: Final = (_CATEGORY,)
_ROLES: Final = {
    _ANA: ("official", _NEEDED, (Role.READER,)),
    _BO: ("official", _NEEDED, (Role.READER,)),
    _CY: ("official", ("vulnerability",), (Role.READER,)),
    _CLIENT: ("client", _NEEDED, (Role.READER,)),
    _SECOND: ("official", _NEEDED, (Role.DRAFTER,)),
    # Last: where there is a registrar, nobody else writes in the register of persons.
    _DESK: ("official", _NEEDED, (Role.RELEASING_OFFICER, Role.REGISTRAR)),
}
_PURPOSE: Final = "defence"
_NOTE: Final = b"Machines that call 192.0.2.7 (an address kept for examples) are infected.\n"
_HEADER: Final = PayloadHeader("An address that infected machines call", "text/plain")


async def _form_circle(world: World) -> Saw:
    apart = await begin_apart(world, "circle", _TEAMS)
    for party, card in apart.cards.items():
        await _register(apart, party)
        async with apart.node(party) as context:
            for partner, known in apart.cards.items():
                if known is not card:
                    await pin_card(context, known.raw, compared=fingerprint(known))
                    await pin_agreement(context, _CIRCLE, partner)
    async with apart.node(_A) as context:
        await treaty.propose(context, template(_CIRCLE))
    await carry_apart(apart, _A, _B)
    await carry_apart(apart, _A, _BANK)
    for party in apart.cards:
        async with apart.node(party) as context:
            await treaty.declare(context, _CIRCLE, AgreementSign(treaty.NO_NOTE_YET))
    await carry_all_apart(apart)
    return Saw(f"{_CIRCLE} is in force between {', '.join(apart.cards)}: five levels of TLP")


async def _register(apart: World, party: PartyId) -> None:
    async with apart.node(party) as context:
        await set_facility(context, Facility(_OFFICE, None), None)
        for person, (kind, needed, roles) in _ROLES.items():
            record = Person(
                id=person,
                facility=_OFFICE,
                kind=kind,
                posts=(),
                clearance=None,
                clearance_until=None,
                need_to_know=needed,
                roles=roles,
                registered_from=apart.now,
                registered_until=None,
            )
            await add_person(context, record, None)
        await set_facility(context, Facility(_OFFICE, _DESK), _DESK)


def _share(mark: str, level: str, *named: PersonId) -> Act:
    async def act(apart: World) -> Saw:
        item = ItemDraft(
            _CIRCLE,
            (_B,),
            level,
            _CATEGORY,
            "document",
            (_PURPOSE,),
            named_for=named,
            channel="courier",
        )
        async with apart.node(_A) as context:
            kept = await draft_item(context, _SECOND, item, _HEADER, [_NOTE])
            if isinstance(kept, Refused):
                raise unexpected(kept)
            said = entered(await release_draft(context, _DESK, kept.number))
        apart.places[mark] = said.place
        # Its payload follows once team B has acknowledged that it was said.
        for sender, receiver in ((_A, _B), (_B, _A), (_A, _B)):
            await carry_apart(apart, sender, receiver)
        whom = f", for {' and '.join(named)} alone" if named else ""
        return Saw(f"{_CIRCLE}/{said.place} under {level}{whom}", ("1",))

    return act


def _open(mark: str, person: PersonId) -> Act:
    async def act(apart: World) -> Saw:
        async with apart.node(_B) as context:
            place = apart.places[mark]
            opened = await open_item(context, _CIRCLE, place, person, purpose=_PURPOSE)
            if isinstance(opened, Refused):
                raise unexpected(opened)
            text = b"".join(opened.content)
        expect(text == _NOTE, "the note as sealed", "other bytes")
        return Saw(f"{text.decode().strip()} Banner: {' | '.join(opened.banner.head)}", ("2",))

    return act


def _refuse(mark: str, person: PersonId) -> Act:
    async def act(apart: World) -> Saw:
        async with apart.node(_B) as context:
            place = apart.places[mark]
            outcome = await open_item(context, _CIRCLE, place, person, purpose=_PURPOSE)
            findings = refused(outcome, "2").findings
        return Saw(f"refused. {reasons(findings)}", cited(findings))

    return act


async def _refuse_bank(apart: World) -> Saw:
    async with apart.node(_B) as context:
        outcome = await decide_on_item(
            context,
            _CIRCLE,
            apart.places["strict"],
            _DESK,
            action="third_party_release",
            purpose=_PURPOSE,
            recipient=_BANK,
            channel="courier",
        )
    findings = refused(outcome, "3").findings
    return Saw(f"refused. {reasons(findings)}", cited(findings))


async def _name_victim(apart: World) -> Saw:
    """Let Ana see in the note whom it hit; its source hears of it, and nothing is looked into."""
    found = apart.now
    async with apart.node(_B) as context:
        affected = (Affected(apart.places["strict"]),)
        report = Report(affected, Harm.VICTIM_NAMED, Certainty.ACTUAL, found, found)
        told = entered(await report_incident(context, _CIRCLE, report, person=_ANA))
    await carry_apart(apart, _B, _A)
    async with apart.node(_A) as context:
        owed = (await list_duties(context, _CIRCLE, live=False)).duties
        (duty,) = [each for each in owed if each.trigger == told.place]
        incident = (await read_view(context, _CIRCLE)).fold.state.incidents.get(told.place)
    expect(duty.state.value == "done", "told in time", duty.state.value)
    expect(incident is not None and not incident.closers, "nothing to close", "an open case")
    return Saw(f"{_CIRCLE}/{told.place}: told within {duty.term} of its finding", (duty.article,))


CHAPTER = Chapter(
    "A circle of response teams",
    "The same program, another agreement: no states, no secrets of state. Two teams that answer "
    "computer incidents and a bank mark what they share by the Traffic Light Protocol. RED is for "
    "the persons named, AMBER+STRICT for those who need to know inside the organisation that gets "
    "it. This too is told on nodes of its own; teams and notes are invented.",
    (
        Step(
            "circle-signed",
            _A,
            "The three sign the file that ships with comity.",
            _form_circle,
            "2018-09-03T01:00:00Z",
        ),
        Step(
            "red-shared-with-one",
            _A,
            "Team A gives team B a note, for the eyes of Ana only.",
            on_apart(_share("red", "TLP:RED", _ANA)),
            "2018-09-03T02:00:00Z",
        ),
        Step("red-opened-by-the-one-named", _B, "Ana reads it.", on_apart(_open("red", _ANA))),
        Step(
            "red-refused-to-a-colleague",
            _B,
            "Bo sits at the next desk and does the same work.",
            on_apart(_refuse("red", _BO)),
        ),
        Step(
            "strict-shared",
            _A,
            "Team A gives the note again, for those at team B who need to know.",
            on_apart(_share("strict", "TLP:AMBER+STRICT")),
            "2018-09-03T03:00:00Z",
        ),
        Step(
            "strict-opened-by-a-colleague", _B, "Now Bo reads it.", on_apart(_open("strict", _BO))
        ),
        Step(
            "strict-refused-without-need",
            _B,
            "Cy works there too, on vulnerabilities: this note is none of Cy's business.",
            on_apart(_refuse("strict", _CY)),
        ),
        Step(
            "strict-refused-to-a-client",
            _B,
            "A client whose machines team B looks after has an account at its node.",
            on_apart(_refuse("strict", _CLIENT)),
        ),
        Step(
            "strict-not-passed-on",
            _B,
            "May team B give it to the bank, a member of the same circle?",
            on_apart(_refuse_bank),
        ),
        Step(
            "victim-named",
            _B,
            "Ana finds in the note whom it hit. Team A is told; no leak, so nobody looks into it.",
            on_apart(_name_victim, last=True),
            "2018-09-03T04:00:00Z",
        ),
    ),
)
