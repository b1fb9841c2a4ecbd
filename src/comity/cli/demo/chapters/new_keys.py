# SPDX-License-Identifier: Apache-2.0
"""Chapter: a party changes its keys, and its partner follows without comparing anything again."""

from __future__ import annotations

from comity.cli.demo.acts import Parcel, send
from comity.cli.demo.cast import JPN, KOR, post
from comity.cli.demo.checks import expect
from comity.cli.demo.steps import Chapter, Saw, Step
from comity.cli.demo.world import World
from comity.flows.rotation import rotate_keys

_AFTER = Parcel("after-rotation", "free-report-2016-12-16", JPN, "秘", "assessment", "analysis")


async def _rotate(world: World) -> Saw:
    async with world.node(JPN) as context:
        card, said = await rotate_keys(context, post(JPN, "officer"), new_tls=True)
    await world.exchange(JPN, KOR)
    known = (await world.view(KOR)).card(JPN)
    expect(known.version == card.version == 2, "card 2", known.version)
    expect(len(said) == 1, "one register", len(said))
    words = f"card {card.version} entered at {said[0].place}, signed by the same root keys"
    expect(len(known.tls_pins) == 2, "the TLS key in use and the next", known.tls_pins)
    return Saw(f"{words}; Seoul follows it, and knows the TLS key that will take over")


async def _sign_with_new_keys(world: World) -> Saw:
    place = await send(world, _AFTER)
    await world.exchange(KOR, JPN)
    told = await world.keep_evidence("rotated-card", JPN, place)
    words = f"{told.place} is signed by the keys of card 2; the evidence brings both cards"
    return Saw(words, (), "rotated-card")


CHAPTER = Chapter(
    "New keys",
    "Keys for daily work are changed now and then. The new card is entered in the party's own "
    "register: the last checkpoint of the old keys covers it, and everything after it is signed "
    "by the new ones.",
    (
        Step(
            "card-rotated",
            JPN,
            "Tokyo makes new keys and enters its second card.",
            _rotate,
            "2018-06-01T01:00:00Z",
        ),
        Step(
            "release-after-rotation",
            JPN,
            "The next release stands on the new keys, and its evidence holds like any other.",
            _sign_with_new_keys,
            "2018-06-01T02:00:00Z",
        ),
    ),
)
