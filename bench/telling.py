# SPDX-License-Identifier: Apache-2.0
"""Stories that two parties tell in their registers, many at once, and alike each time.

A story says one thing after the other; what is said later names what was said before by its place.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Final

from comity.agreement.model import Agreement
from comity.basis.ids import PartyId, Place
from comity.basis.instants import Date, Instant, date_of, parse_instant
from comity.state.fold import Placed
from comity.statement.envelope import Statement
from comity.statement.kinds import Body

JPN, KOR = PartyId("JPN"), PartyId("KOR")
BEGIN: Final = parse_instant("2016-11-23T03:00:00Z")
_STEP_MS: Final = 25


@dataclass(frozen=True, slots=True)
class Word:
    """What one party says to the other, `under` a version where that is not the agreed one."""

    by: PartyId
    body: Body
    under: Agreement | None = None


Story = Generator[Word, Place, None]
"""Is sent the place of each of its words."""


@dataclass(slots=True)
class Telling:
    """What stories draw from and share: chance, the time, and what goes on but once at a time."""

    agreement: Agreement
    draws: random.Random
    at: Instant = BEGIN
    sizes: dict[PartyId, int] = field(default_factory=lambda: {JPN: 0, KOR: 0})
    counted: dict[str, int] = field(default_factory=dict)
    going_on: set[str] = field(default_factory=set)

    def pair(self) -> tuple[PartyId, PartyId]:
        """Draw who says something, and to whom."""
        return self.draws.choice(((JPN, KOR), (KOR, JPN)))

    @property
    def today(self) -> Date:
        """Give the day that it is, as the agreement counts days."""
        return date_of(self.at, self.agreement.lifecycle.zone)

    def count(self, what: str) -> int:
        """Number things of a sort, from 1 on."""
        self.counted[what] = self.counted.get(what, 0) + 1
        return self.counted[what]

    def say(self, word: Word) -> Placed:
        """Enter a word at the end of its speaker's register; all is seen that was said before."""
        other = KOR if word.by == JPN else JPN
        place = Place(word.by, self.sizes[word.by])
        self.sizes[word.by] += 1
        return place, Statement(
            format=1,
            kind=word.body.KIND,
            agreement_id=self.agreement.id,
            agreement_sha256=(word.under or self.agreement).sha256,
            by=word.by,
            to=(other,),
            at=self.at,
            seen=((other, self.sizes[other]),),
            nonce="",
            body=word.body,
            raw=b"",
        )


def told(tell: Telling, begun: Sequence[Story], further: Iterator[Story]) -> Iterator[Placed]:
    """Let one of the stories go on after the other, as drawn; where one ends, another begins."""
    going: list[tuple[Story, Place | None]] = [(story, None) for story in begun]
    while going:
        number = tell.draws.randrange(len(going))
        story, place = going[number]
        tell.at = Instant(tell.at + _STEP_MS)
        try:
            word = next(story) if place is None else story.send(place)
        except StopIteration:
            another = next(further, None)
            going[number : number + 1] = [] if another is None else [(another, None)]
            continue
        placed = tell.say(word)
        going[number] = story, placed[0]
        yield placed


def drawn(
    tell: Telling, stories: Sequence[tuple[Callable[[Telling], Story], int]]
) -> Iterator[Story]:
    """Draw stories without end, each at its share."""
    kinds, shares = [each for each, _ in stories], [share for _, share in stories]
    for _ in repeat(None):
        (kind,) = tell.draws.choices(kinds, shares)
        yield kind(tell)
