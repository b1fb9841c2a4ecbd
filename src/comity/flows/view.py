# SPDX-License-Identifier: Apache-2.0
"""One agreement as this node knows it: its registers judged and folded, and what that rests on.

Gathered anew for each act from the store's bytes; nothing in it is trusted to be a cache.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, Digest, PartyId, Place, digest_of
from comity.basis.instants import Instant
from comity.flows.context import Context
from comity.flows.documents import AGREEMENT, CARD, FACILITY, PERSON
from comity.flows.set_up import agreement_pins, the_card
from comity.keys.cards import Card
from comity.ports import Basis, Holding, RegisterHead
from comity.state.findings import Uncounted
from comity.state.fold import Fold
from comity.state.queries import current_version
from comity.state.records import Item
from comity.statement.judgement import Judged, Waiting
from comity.statement.key_history import KeyHistory
from comity.statement.register import AgreementRegisters
from comity.statement.values import AgreementRef

# Decisions rest on who is cleared to what, so these are read before anything else.
_PEOPLE = (PERSON, FACILITY)

_FILES_KEPT: Final = 16
# Equal bytes read equal: a process reads an agreement file once, not with every act.
_read_file = lru_cache(maxsize=_FILES_KEPT)(read_agreement)


@dataclass(slots=True)
class View:
    """What one agreement amounts to now. `basis` is what a change that rests on it names.

    `entries` are the registers' bytes by party; `cards` every card that is known, by digest.
    `waiting` are entries that nothing can be said of yet.
    """

    agreement_id: AgreementId
    own: PartyId
    heads: Mapping[PartyId, RegisterHead]
    registers: AgreementRegisters
    fold: Fold
    files: dict[Digest, Agreement]
    cards: dict[Digest, bytes]
    judged: list[Judged]
    waiting: tuple[Waiting, ...]
    basis: Basis

    @property
    def partners(self) -> tuple[PartyId, ...]:
        """List the other parties whose registers are served, sorted."""
        return tuple(sorted(self.heads.keys() - {self.own}))

    def keys(self, party: PartyId) -> KeyHistory:
        """Give the cards that hold for a party's register, by tree size."""
        return self.registers.position(party).keys

    def card(self, party: PartyId) -> Card:
        """Give the newest card that a party's register shows."""
        return self.keys(party).current

    def find_agreement(self) -> Agreement | None:
        """Return the version that every party signed last, or None before that."""
        version = current_version(self.fold.state)
        return None if version is None else self.files.get(version)

    def agreement(self) -> Agreement:
        """Return the version that every party signed last.

        Raises:
            StateError: none is signed, or its file is not here.
        """
        agreement = self.find_agreement()
        if agreement is None:
            raise StateError(
                "agreement.not-signed",
                "no version of this agreement is signed by all parties",
                where=self.agreement_id,
                hint="propose and sign it first: comity agreement propose FILE",
            )
        return agreement

    def under(self, sha256: Digest | None = None) -> AgreementRef:
        """Name the version that a statement is made under: the signed one, or the given one."""
        version = sha256 or current_version(self.fold.state)
        return AgreementRef(self.agreement_id, version or self.agreement().sha256)

    def item(self, place: Place) -> Item:
        """Return a released item.

        Raises:
            StateError: no such item counts.
        """
        item = self.fold.state.items.get(place)
        if item is None:
            raise StateError(
                "item.unknown",
                "no such item",
                where=self.agreement_id,
                found=str(place),
                hint="list the items: comity item list",
            )
        return item

    def uncounted(self) -> tuple[tuple[Place, Uncounted], ...]:
        """List the admitted statements that do not count, by place."""
        return tuple(sorted(self.fold.state.uncounted.items(), key=lambda each: each[0]))

    def moment(self, context: Context) -> Instant:
        """Give the time that decisions are made at: our clock's, but not before what was said.

        A partner's clock may be a little ahead; what it said has still been said.
        """
        now, latest = context.ports.clock.now(), self.fold.latest_at
        return now if latest is None else max(now, latest)


async def gather_view(context: Context, agreement: AgreementId) -> View:
    """Read an agreement's registers, judge every entry and fold what is admitted.

    Raises:
        StateError: the agreement id is not pinned with anyone.
    """
    versions = [(kind, await context.ports.store.version(kind)) for kind in _PEOPLE]
    pins = await agreement_pins(context, agreement)
    own = context.config.party
    if own not in pins:
        raise StateError(
            "agreement.not-pinned",
            "this agreement id is not pinned with any party",
            found=agreement,
            hint=f"pin it: comity agreement pin {agreement} --party PARTY --node DIR",
        )
    store = context.ports.store
    heads = {head.party: head for head in await store.registers(agreement)}
    registers = AgreementRegisters(agreement, frozenset(pins))
    for party, version in pins.items():
        registers.open(party, await the_card(context, party, version))
    cards = await known_cards(context)
    entries = {
        party: await store.entries(head.origin, 0, head.size) for party, head in heads.items()
    }
    progress = registers.judge_all(entries, cards)
    registers.keep()
    files = await known_agreements(context, agreement)
    fold = Fold(agreement, files.values())
    admitted = [each for each in progress.judged if each.admitted]
    fold.extend((each.place, each.statement) for each in admitted if each.statement is not None)
    return View(
        agreement_id=agreement,
        own=own,
        heads=heads,
        registers=registers,
        fold=fold,
        files=files,
        cards=cards,
        judged=list(progress.judged),
        waiting=progress.waiting,
        basis=Basis(
            registers=tuple((head.origin, head.size) for head in heads.values()),
            versions=tuple(versions),
        ),
    )


async def known_cards(context: Context) -> dict[Digest, bytes]:
    """Return every card that is held, by digest: pinned, followed, or come as a payload."""
    found = await context.ports.store.documents(CARD)
    return {digest_of(each.body): each.body for each in found if each.body is not None}


async def known_agreements(context: Context, agreement: AgreementId) -> dict[Digest, Agreement]:
    """Return every version of an agreement whose file is held."""
    found = await context.ports.store.documents(AGREEMENT)
    read = (_read_file(each.body) for each in found if each.body is not None)
    return {each.sha256: each for each in read if each.id == agreement}


def own_register(view: View) -> RegisterHead:
    """Return our own register of the agreement."""
    head = view.heads[view.own]
    assert head.holding is Holding.OWN
    return head
