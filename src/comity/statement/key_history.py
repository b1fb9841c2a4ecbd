# SPDX-License-Identifier: Apache-2.0
"""Which of a party's cards holds for which tree sizes of which register.

Time plays no part: a partner checks the same keys for the same size whenever it checks.
Source: DESIGN 6 (the first checkpoint that covers a `party.card` is signed by the old keys,
larger ones by the new; for partners' registers new mirror keys count from the sizes in `seen`)
"""

from collections.abc import Iterable

from msgspec import Struct

from comity.basis.ids import PartyId
from comity.keys.cards import Card
from comity.statement.envelope import Seen


class CardChange(Struct, frozen=True, gc=False):
    """A card that the party entered at `index` of its register, having seen `seen`."""

    card: Card
    index: int
    seen: Seen


class KeyHistory(Struct, frozen=True, gc=False):
    """The card that a register opened with, and each that was admitted in it, oldest first."""

    first: Card
    changes: tuple[CardChange, ...] = ()

    @property
    def current(self) -> Card:
        """The newest card."""
        return self.changes[-1].card if self.changes else self.first

    def with_card(self, change: CardChange) -> "KeyHistory":
        """Add a card that was just admitted."""
        return KeyHistory(self.first, (*self.changes, change))

    def card_at(self, index: int) -> Card:
        """Give the card that an entry at `index` is judged by: the last one before it."""
        return self._last(change.card for change in self.changes if change.index < index)

    def statement_card(self, size: int) -> Card:
        """Give the card whose statement keys sign the register's checkpoint of `size`.

        A change at index i is first covered by size i + 1, still signed by the old keys.
        """
        return self._last(change.card for change in self.changes if change.index + 1 < size)

    def mirror_card(self, other: PartyId, size: int) -> Card:
        """Give the card whose mirror keys cosign the checkpoint of `size` of `other`'s register."""
        return self._last(
            change.card for change in self.changes if dict(change.seen).get(other, 0) < size
        )

    def _last(self, cards: Iterable[Card]) -> Card:
        # `seen` never decreases, so whatever counts is a beginning of `changes`.
        return (self.first, *cards)[-1]
