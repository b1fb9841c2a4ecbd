# SPDX-License-Identifier: Apache-2.0
"""Chapter: three nodes, their cards compared by hand, and their registers of persons."""

from __future__ import annotations

from comity.agreement.reading import read_agreement
from comity.basis.errors import ComityError
from comity.basis.ids import PartyId
from comity.cli.demo.acts import clause_articles
from comity.cli.demo.cast import (
    CITY,
    GSOMIA,
    JPN,
    KOR,
    SEOUL,
    TOKYO,
    USA,
    WASHINGTON,
    Government,
    facility,
    other,
    people,
    post,
    text_of_2016,
)
from comity.cli.demo.checks import expect, failed
from comity.cli.demo.steps import Act, Chapter, Saw, Step
from comity.cli.demo.world import World
from comity.decision.people import Facility
from comity.flows.people.register import add_person, set_facility
from comity.flows.set_up import pin_agreement, pin_card, pinned_fingerprints
from comity.keys.cards import fingerprint, format_fingerprint


def make_node(government: Government) -> Act:
    """Make a government's node."""

    async def act(world: World) -> Saw:
        card = await world.found(government)
        world.write_trust()
        shown = format_fingerprint(fingerprint(card))
        return Saw(f"card {card.version} of {card.domain}, root fingerprint {shown}")

    return act


def pin_cards(party: PartyId) -> Act:
    """Pin every other card that there is, and serve the partner's register."""

    async def act(world: World) -> Saw:
        partners = [each for each in world.cards if each != party]
        async with world.node(party) as context:
            for each in partners:
                card = world.cards[each]
                await pin_card(context, card.raw, compared=fingerprint(card))
            if party != USA:
                await pin_agreement(context, GSOMIA, other(party), post(party, "registrar"))
            known = await pinned_fingerprints(context)
        expect(len(known) == len(world.cards), "every fingerprint", len(known))
        cities = " and ".join(CITY[each] for each in partners)
        served = "" if party == USA else f"; the register for {GSOMIA} is opened"
        return Saw(f"cards of {cities} pinned, fingerprints compared digit by digit{served}")

    return act


async def _serve_nodes(world: World) -> Saw:
    await world.serve(*world.cards)
    cities = ", ".join(CITY[each] for each in world.served)
    return Saw(f"served: {cities}, each by a process of its own, partners and people apart")


async def _refuse_other_fingerprint(world: World) -> Saw:
    error: ComityError | None = None
    async with world.node(KOR) as context:
        try:
            await pin_card(context, world.cards[JPN].raw, compared=fingerprint(world.cards[USA]))
        except ComityError as err:
            error = err
    found = failed(error, "keys.fingerprint")
    return Saw(f"not pinned: {found.what}")


def register_people(party: PartyId) -> Act:
    """Begin a party's register of persons; from then on its registrar alone writes there."""

    async def act(world: World) -> Saw:
        place = facility(party)
        async with world.node(party) as context:
            await set_facility(context, Facility(place, None), None)
            for person in people(party, world.now):
                if person.posts == ("registrar",):
                    await add_person(context, person, None)
                    officer = Facility(place, person.id)
                    outcome = await set_facility(context, officer, person.id)
                else:
                    await add_person(context, person, None)
        expect(outcome == Facility(place, post(party, "registrar")), "a control officer", outcome)
        count = len(people(party, world.now))
        words = f"{count} officials at {place}, their control officer {post(party, 'registrar')}"
        file = read_agreement(text_of_2016())
        return Saw(words, clause_articles(file, "access", "facility_register"))

    return act


CHAPTER = Chapter(
    "Three nodes",
    "Each government runs a node of its own: a folder with its keys, its registers and its "
    "people. Nobody runs a server for all. Trust begins with a fingerprint that two officials "
    "read to each other by another way; from then on every later key follows from it.",
    (
        Step(
            "node-made-in-tokyo",
            JPN,
            "Tokyo makes its node and signs its first card with root keys of two kinds, "
            "Ed25519 and ML-DSA-44.",
            make_node(TOKYO),
            "2012-04-19T00:00:00Z",
        ),
        Step("node-made-in-seoul", KOR, "Seoul does the same.", make_node(SEOUL)),
        Step(
            "node-made-in-washington",
            USA,
            "So does Washington, which is no party to the agreement of this story.",
            make_node(WASHINGTON),
        ),
        Step(
            "nodes-served",
            JPN,
            "Each government starts its node. From now on partners reach it at the address in its "
            "card, and check the key that the card pins.",
            _serve_nodes,
        ),
        Step(
            "cards-pinned-in-tokyo",
            JPN,
            "The three exchange cards by hand and compare the fingerprints.",
            pin_cards(JPN),
            "2012-04-19T05:00:00Z",
        ),
        Step(
            "other-fingerprint-refused",
            KOR,
            "Somebody hands Seoul a card whose fingerprint is not the one that was read out.",
            _refuse_other_fingerprint,
        ),
        Step("cards-pinned-in-seoul", KOR, "The right card is pinned.", pin_cards(KOR)),
        Step("cards-pinned-in-washington", USA, "Washington pins both as well.", pin_cards(USA)),
        Step(
            "people-registered-in-tokyo",
            JPN,
            "Tokyo begins its register of persons: who is cleared to what, until when, for which "
            "duties. Rank gives nobody access.",
            register_people(JPN),
        ),
        Step(
            "people-registered-in-seoul",
            KOR,
            "Seoul keeps its own. These registers never leave their node.",
            register_people(KOR),
        ),
    ),
)
