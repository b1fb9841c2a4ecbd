# SPDX-License-Identifier: Apache-2.0
"""A partner with real keys that writes whatever it likes, and a thief who knows public cards only.

The partner's register goes on in memory, past what its own node would ever enter.
"""

import os
import secrets
from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from comity.basis.ids import Digest, Domain, PartyId, digest_of
from comity.basis.instants import Instant, format_instant
from comity.basis.strict_json import JsonValue, format_json
from comity.flows.context import Context
from comity.flows.courier.taking import Taken, take_bundle
from comity.flows.view import View, gather_view
from comity.keys.authority import authority_text
from comity.keys.cards import Card
from comity.keys.sealing_keys import courier_info, wrap_key
from comity.keys.suites import Algorithm, KeyUse
from comity.node import open_node
from comity.sealing.bundle import (
    BundleHeader,
    CarriedParcel,
    Listing,
    Part,
    Segment,
    entry_bytes,
    format_header,
    format_listing,
)
from comity.sealing.bundle_body import BodySealer
from comity.statement.authorised import draft_authority_digest, with_authority
from comity.statement.drafting import draft_statement
from comity.statement.envelope import format_statement
from comity.statement.kinds import Body
from comity.statement.values import AgreementRef
from comity.tlog.checkpoints import Checkpoint
from comity.tlog.tree import EMPTY_EDGE, append_leaves, edge_root, leaf_hash
from tests.scenarios.story_nodes import AGREEMENT, AT_HAND, JPN, KOR

_DAY_MS = 86_400_000


def at_node(party: PartyId, *, writing: bool = True) -> AbstractAsyncContextManager[Context]:
    """Open a party's node in this folder."""
    return open_node(Path(party.lower()), AT_HAND, writing=writing)


async def look(party: PartyId) -> View:
    """Give what a party's node makes of the agreement."""
    async with at_node(party, writing=False) as context:
        return await gather_view(context, AGREEMENT)


async def take(party: PartyId, name: str = "bundle") -> Taken:
    """Let a party's node take a bundle."""
    async with at_node(party) as context:
        return await take_bundle(context, name)


def seal_to(card: Card, body: bytes, *, from_domain: str, name: str = "bundle") -> None:
    """Write a bundle to whoever's card it is: a public card is all that this needs."""
    key = os.urandom(32)
    sealer = BodySealer(key)
    sealed = sealer.update(body) + sealer.finish()
    to = next(k for k in card.keys_for(KeyUse.SEALING) if k.algorithm is Algorithm.XWING)
    wrap = wrap_key(to.algorithm, to.public, courier_info(Domain(from_domain), card.domain), key)
    parts = (Part(len(sealed), digest_of(sealed)),)
    header = BundleHeader(
        Domain(from_domain), card.domain, 1, to.key_id, wrap, parts, first=0, last=0
    )
    Path(name).write_bytes(format_header(header) + sealed)


class Hostile:
    """KOR, whose own node is left behind: entries are appended here and signed with its keys."""

    def __init__(self, view: View, entries: Iterable[bytes]) -> None:
        """Go on from what the node's register holds."""
        self.card, self.partner_card = view.card(KOR), view.card(JPN)
        self.origin = view.heads[KOR].origin
        self.version = view.agreement().sha256
        self.entries = list(entries)
        self.begin = len(self.entries)
        self.seen = {JPN: view.registers.judged_size(JPN)}
        self.at = max(view.registers.position(party).greatest_at or 0 for party in view.heads)

    @classmethod
    async def go_on(cls) -> "Hostile":
        """Begin in a folder with both nodes."""
        async with at_node(KOR, writing=False) as context:
            view = await gather_view(context, AGREEMENT)
            head = view.heads[KOR]
            return cls(view, await context.ports.store.entries(head.origin, 0, head.size))

    def say(self, kind: str, body: Mapping[str, JsonValue], **changes: JsonValue) -> None:
        """Append a statement as it stands, with what is changed of its envelope."""
        self.at = Instant(self.at + 1)
        envelope: dict[str, JsonValue] = {
            "format": 1,
            "kind": kind,
            "agreement": {"id": AGREEMENT, "sha256": self.version},
            "by": KOR,
            "to": [JPN],
            "at": format_instant(self.at),
            "seen": {str(party): size for party, size in self.seen.items()},
            "nonce": secrets.token_hex(16),
            "body": dict(body),
        }
        self.entries.append(format_json(envelope | changes))

    async def bind(self, body: Body) -> None:
        """Append a statement with a true note of the authority keys."""
        agreement = AgreementRef(AGREEMENT, Digest(self.version))
        draft = draft_statement(body, agreement, by=KOR, to=(JPN,), nonce=secrets.token_hex(16))
        text = authority_text(draft_authority_digest(draft), Instant(self.at + _DAY_MS))
        async with at_node(KOR) as context:
            draft = with_authority(draft, await context.ports.keys.sign_authority(text))
        self.at = Instant(self.at + 1)
        self.entries.append(format_statement(draft, at=self.at, seen=tuple(self.seen.items())))

    async def checkpoint(self, size: int | None = None) -> str:
        """Sign the register as it would stand at a size."""
        leaves = [leaf_hash(each) for each in self.entries[:size]]
        edge = append_leaves(EMPTY_EDGE, leaves).edge
        async with at_node(KOR) as context:
            raw = await context.ports.keys.sign_checkpoint(
                Checkpoint(self.origin, edge.size, edge_root(edge)), self.card.version
            )
        return raw.decode()

    async def pack(self, *, clear: Iterable[bytes] = (), held: tuple[str, ...] = ()) -> None:
        """Write a bundle with all that was appended, and clear payloads beside it."""
        new = [entry_bytes(each) for each in self.entries[self.begin :]]
        segments = (
            Segment(self.origin, self.begin, len(new), len(b"".join(new)), await self.checkpoint()),
        )
        payloads = {digest_of(each): each for each in clear}
        parcels = tuple(
            CarriedParcel(digest, len(payloads[digest]), clear=True) for digest in sorted(payloads)
        )
        listing = Listing(segments=segments if new else (), parcels=parcels, held=held)
        body = [format_listing(listing), *(payloads[each.digest] for each in parcels), *new]
        seal_to(self.partner_card, b"".join(body), from_domain=self.card.domain)
