# SPDX-License-Identifier: Apache-2.0
"""What is outstanding in one agreement: what nobody has answered, taken in or sent for yet.

Kept beside the live view and brought up to date with every statement that is judged or applied
again, so that no act has to look through everything that was ever said. All of it follows from
registers and state; a place that is done with leaves nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable

from comity.basis.ids import Digest, PartyId, Place
from comity.flows.marked import Marked
from comity.flows.naming import clear_digests
from comity.ports import Judgement
from comity.state.records import Item, Request, Said
from comity.state.records_handling import Enclosed
from comity.state.state import State
from comity.statement.information import (
    ConsentAsk,
    ConsentGive,
    ConsentRefuse,
    ItemReceipt,
    ItemRefusal,
    ItemRelease,
    RequestMake,
)
from comity.statement.judgement import Judged, Rejected
from comity.statement.kinds import EnclosingBody
from comity.statement.trust import StatementReject, TrustBody
from comity.statement.values import SealedRef


class Outstanding:
    """What is left to do, place by place.

    `rejected`: entries of partners whose bytes reject them, not answered by us.
    `uncounted`: admitted ones that do not count, not answered, and the files that they rest on.
    `undecided`: items released to us, and neither receipted, refused nor rejected by us, that have
    not been held against the agreement since they were last folded. `refused`: those of them that
    it does not let in, with its articles.
    `parcels`: of counted items and requests to us, whose keys are not in our custody yet. `here`:
    places of parcels that have come since somebody looked for them; they need not be due.
    `named`: the clear payloads that any entry names. `unkept`: verdicts that stand nowhere yet.
    `held_long`: what we received so long ago that its review may come up, of one day.
    `unanswered`: items of ours or to us that a recipient has neither receipted nor refused. `asks`:
    asks for our consent that we have neither given nor refused.
    """

    __slots__ = (
        "_let_in",
        "_own",
        "asks",
        "held_long",
        "here",
        "named",
        "parcels",
        "refused",
        "rejected",
        "unanswered",
        "uncounted",
        "undecided",
        "unkept",
    )

    def __init__(self, own: PartyId) -> None:
        """Begin with nothing outstanding."""
        self._own = own
        self.rejected: dict[Place, Rejected] = {}
        self.uncounted: dict[Place, frozenset[Digest]] = {}
        self.undecided: set[Place] = set()
        self.refused: dict[Place, tuple[str, ...]] = {}
        self.parcels: set[Place] = set()
        self.unanswered = Marked()
        self.asks = Marked()
        self.here: set[Place] = set()
        self.held_long: dict[int, tuple[Place, ...]] = {}
        self.named: set[Digest] = set()
        self._let_in: dict[PartyId, bytearray] = {}
        self.unkept: list[Judgement] = []

    def fork(self) -> Outstanding:
        """Give the same, to go on by itself."""
        other = Outstanding(self._own)
        for name in self.__slots__:
            value = getattr(self, name)
            setattr(other, name, value if isinstance(value, str) else value.copy())
        other._let_in = {party: bits[:] for party, bits in self._let_in.items()}
        return other

    def hear(self, judged: Judged) -> None:
        """Note a verdict; what is admitted is noted as it is applied."""
        statement, rejected = judged.statement, judged.rejected
        if statement is not None:
            self.named.update(clear_digests(statement.body))
        if rejected is not None and judged.place.party != self._own:
            self.rejected[judged.place] = rejected

    def apply(self, state: State, applied: Iterable[Said]) -> None:
        """Note what was applied, or applied again, to the state as it now stands."""
        for said in applied:
            self._settle_said(state, said)
            match said.body:
                case ItemRelease() | RequestMake():
                    self._settle_new(state, said.place)
                    self._note_unanswered(state, said.place)
                case ItemReceipt() | ItemRefusal() as body:
                    self._settle_answer(state, body.item)
                    self._note_unanswered(state, body.item)
                case ConsentAsk() | ConsentGive() | ConsentRefuse():
                    self._note_asks(state, said)
                case StatementReject() as body:
                    place = Place(body.party, body.index)
                    if said.by == self._own:
                        self.rejected.pop(place, None)
                        self.uncounted.pop(place, None)
                    self._settle_answer(state, place)
                case body if isinstance(body, EnclosingBody):
                    self._settle_new(state, said.place)
                case _:
                    pass

    def in_custody(self, place: Place) -> None:
        """Note that the key of a parcel is in our custody."""
        self.parcels.discard(place)
        self.here.discard(place)

    def decided(self, place: Place, refused: tuple[str, ...] | None) -> None:
        """Note what the agreement says to an item: None lets it in, articles do not."""
        self.undecided.discard(place)
        if refused is None:
            self.refused.pop(place, None)
        else:
            self.refused[place] = refused
        self._note_let_in(place, let_in=refused is None)

    def was_let_in(self, place: Place) -> bool:
        """Answer whether an item was let in when it came, or receipted by us."""
        bits, (byte, bit) = self._let_in.get(place.party, b""), divmod(place.index, 8)
        return byte < len(bits) and bool(bits[byte] >> bit & 1)

    def _settle_said(self, state: State, said: Said) -> None:
        place = said.place
        self.uncounted.pop(place, None)
        if place.party == self._own or isinstance(said.body, TrustBody):
            return
        if place in state.uncounted and (self._own, place) not in state.rejections:
            self.uncounted[place] = frozenset({said.version, *clear_digests(said.body)})

    def _settle_new(self, state: State, place: Place) -> None:
        """Note an item or request that was just applied; nothing of our own is kept here."""
        if place.party == self._own:
            return
        counted = state.items.get(place) or state.requests.get(place) or state.enclosed.get(place)
        self._forget(place)
        if counted is None or self._own not in counted.to:
            return
        key = (place, self._own)
        refused = key in state.refusals or (self._own, place) in state.rejections
        receipted = key in state.receipts
        if isinstance(counted, Item):
            self._note_let_in(place, let_in=receipted)
            if not receipted and not refused:
                self.undecided.add(place)
        if has_parcel(counted) and (receipted or not refused):
            self.parcels.add(place)

    def _settle_answer(self, state: State, place: Place) -> None:
        """Note a receipt, a refusal or a rejection of an item or request that was there before."""
        if place.party == self._own:
            return
        key = (place, self._own)
        refused = key in state.refusals or (self._own, place) in state.rejections
        if key in state.receipts:
            self._note_let_in(place, let_in=True)
        if key in state.receipts or refused:
            self.undecided.discard(place)
            self.refused.pop(place, None)
        if refused and key not in state.receipts:
            self.parcels.discard(place)

    def _note_unanswered(self, state: State, place: Place) -> None:
        item = state.items.get(place)
        is_open = False
        if item is not None and (place.party == self._own or self._own in item.to):
            for party in item.to:
                key = (place, party)
                if state.receipts.get(key) is None and state.refusals.get(key) is None:
                    is_open = True
        self.unanswered.put(place, marked=is_open)

    def _note_asks(self, state: State, said: Said) -> None:
        """Note an ask for our consent, or our answer; answers are applied again after their ask."""
        body = said.body
        place = said.place if isinstance(body, ConsentAsk) else getattr(body, "ask", None)
        ask = None if place is None else state.asks.get(place)
        if place is None or ask is None or self._own not in ask.to:
            return
        if (place, self._own) in state.ask_refusals:
            self.asks.put(place, marked=False)
        elif isinstance(body, ConsentAsk):
            self.asks.put(place, marked=True)
        elif said.by == self._own and said.place in state.consents:
            self.asks.put(place, marked=False)

    def _forget(self, place: Place) -> None:
        self.undecided.discard(place)
        self.refused.pop(place, None)
        self.parcels.discard(place)

    def _note_let_in(self, place: Place, *, let_in: bool) -> None:
        """Keep one bit of each item: what its place looked like is not kept for ever."""
        bits, (byte, bit) = (
            self._let_in.setdefault(place.party, bytearray()),
            divmod(place.index, 8),
        )
        if byte >= len(bits):
            bits.extend(bytes(byte + 1 - len(bits)))
        bits[byte] = bits[byte] | 1 << bit if let_in else bits[byte] & ~(1 << bit)


def has_parcel(counted: Item | Request | Enclosed) -> bool:
    """Answer whether what counts has a payload; a request may name a category alone."""
    return not isinstance(counted, Request) or counted.request.sealed is not None


def sealed_at(state: State, place: Place) -> SealedRef | None:
    """Give the sealed payload that a counted item, request or other statement names."""
    item, request = state.items.get(place), state.requests.get(place)
    if item is not None:
        return item.release.sealed
    enclosed = state.enclosed.get(place)
    if enclosed is not None:
        return enclosed.sealed
    return None if request is None else request.request.sealed
