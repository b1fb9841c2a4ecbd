# SPDX-License-Identifier: Apache-2.0
"""Nodes whose clock is a story's."""

from pathlib import Path

from comity.basis.ids import Domain, PartyId
from comity.basis.instants import Instant
from comity.config import ClockKind, Config
from comity.node import EXERCISE_PASSPHRASES, AtHand, ask_nobody, found


async def found_story(folder: Path, party: str, started: Instant) -> None:
    """Make an exercise node whose clock stands at `started`."""
    config = Config(
        party=PartyId(party),
        domain=Domain(f"{party.lower()}.example"),
        names=(("en", party),),
        competent_authority=party,
        exercise=True,
        clock=ClockKind.STORY,
        passphrases=EXERCISE_PASSPHRASES,
    )
    await found(folder, config, AtHand("tester", ask_nobody), started=started)
