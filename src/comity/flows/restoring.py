# SPDX-License-Identifier: Apache-2.0
"""Why this node says nothing just now: its registers may hold less than its keys have signed.

A partner's word shows only that: whether the store was put back, or somebody else signed with our
keys, an officer says. Source: DESIGN 7; docs/decisions/0008
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from comity.basis.errors import Problem
from comity.basis.fields import Fields
from comity.basis.ids import AgreementId, PartyId
from comity.basis.instants import Instant, format_instant, parse_instant_canonical
from comity.basis.strict_json import JsonValue
from comity.flows.checkpoints import silent
from comity.flows.context import Context
from comity.flows.delivery_routes import hub_of
from comity.flows.documents import BEHIND, json_document, read_json_document
from comity.flows.turns import turn
from comity.flows.view import View
from comity.ports import Document, Holding

RESTORING: Final = "restoring/"
"""How the keys of documents begin that say which of our registers are not known to be whole."""


class Why(Enum):
    """From what we know that our registers may be short, and who said what it comes from."""

    SHOWN = "shown"
    SAID = "said"
    STOLEN = "stolen"


@dataclass(frozen=True, slots=True)
class Restoring:
    """One register of ours that may be short: what is held, and what partners have shown.

    `since` is when it was noticed. `answered` are the sizes that partners hold; `asked` are those
    that have not answered yet. `shown` is the greatest size that we are known to have signed.
    `problems` say why a partner could not be asked just now.
    """

    origin: str
    agreement: AgreementId
    since: Instant
    why: Why
    size: int
    shown: int
    answered: tuple[tuple[PartyId, int], ...]
    asked: tuple[PartyId, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def has_all(self) -> bool:
        """Say whether everybody has answered, and we hold all that was shown."""
        return not self.asked and self.size >= self.shown

    @property
    def is_whole(self) -> bool:
        """Say whether nothing is awaited any more; after a theft our new card still is."""
        return self.has_all and self.why is Why.SAID

    @property
    def to_ask(self) -> tuple[PartyId, ...]:
        """List who is asked now: again all of them, where their answers are not the last word."""
        return self.asked or tuple(party for party, _ in self.answered)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one register that may be short."""

    since: Instant
    why: Why
    answered: Mapping[str, int]

    def document(self, origin: str) -> Document:
        """Write it."""
        answered: dict[str, JsonValue] = {**self.answered}
        value: dict[str, JsonValue] = {
            "answered": answered,
            "since": format_instant(self.since),
            "why": self.why.value,
        }
        return json_document(BEHIND, f"{RESTORING}{origin}", value)


def read_kept(raw: bytes) -> Kept:
    """Read what `Kept.document` wrote."""
    fields = Fields(read_json_document(raw))
    answered = fields.object("answered")
    sizes = {party: answered.integer(party) for party in answered.keys()}  # noqa: SIM118 (fields, not a dict)
    return Kept(parse_instant_canonical(fields.text("since")), Why(fields.text("why")), sizes)


async def why_silent(context: Context) -> Why | None:
    """Say why this node says nothing; None: nothing is known to be missing."""
    kept = await context.ports.store.documents(BEHIND)
    if not kept:
        return None
    begun = (each.body for each in kept if each.key.startswith(RESTORING))
    return next((read_kept(raw).why for raw in begun if raw is not None), Why.SHOWN)


async def list_restoring(context: Context) -> tuple[Restoring, ...]:
    """List our registers that are not known to be whole; nobody is asked."""
    found: list[Restoring] = []
    for head in await context.ports.store.registers():
        if head.holding is Holding.OWN and head.agreement is not None:
            now = await find_restoring(context, head.origin, head.agreement)
            found += [] if now is None else [now]
    return tuple(found)


async def find_restoring(context: Context, origin: str, agreement: AgreementId) -> Restoring | None:
    """Say how one register of ours stands; None: it is known to be whole."""
    raw = await context.ports.store.document(BEHIND, f"{RESTORING}{origin}")
    head = await context.ports.store.register(origin)
    if raw is None or head is None:
        return None
    kept = read_kept(raw)
    async with turn(context, agreement) as view:
        asked = _partners_to_ask(view)
    return Restoring(
        origin=origin,
        agreement=agreement,
        since=kept.since,
        why=kept.why,
        size=head.size,
        shown=await size_shown(context, origin),
        answered=tuple(sorted((PartyId(party), size) for party, size in kept.answered.items())),
        asked=tuple(party for party in asked if party not in kept.answered),
    )


async def size_shown(context: Context, origin: str) -> int:
    """Give the greatest size of our register that somebody has shown under our signature."""
    raw = await context.ports.store.document(BEHIND, origin)
    value = 0 if raw is None else read_json_document(raw)
    return value if isinstance(value, int) else 0


def end_of(origins: tuple[str, ...]) -> tuple[Document, ...]:
    """Give the documents that let registers be spoken in again."""
    keys = tuple(key for origin in origins for key in (origin, f"{RESTORING}{origin}"))
    return tuple(Document(BEHIND, key, None) for key in keys)


async def refuse_new_card(context: Context) -> tuple[str, ...]:
    """Refuse to make a card while one of its version may be out already; give what it ends.

    After a theft no card of ours is missing, and the new one is what is awaited: once all has come
    that our old keys have signed, since the card goes on from there.

    Raises:
        StateError: our registers are not known to be whole.
    """
    if await why_silent(context) is None:
        return ()
    left = await list_restoring(context)
    if left and all(each.why is Why.STOLEN and each.has_all for each in left):
        return tuple(each.origin for each in left)
    raise silent(context.config.party)


def _partners_to_ask(view: View) -> tuple[PartyId, ...]:
    """Give whom to ask: every partner, or the hub that everything of ours went through."""
    hub = hub_of(view)
    return view.partners if hub is None or hub == view.own else (hub,)
