# SPDX-License-Identifier: Apache-2.0
"""Refilling our own register from a partner's mirror of it, after a restore from a backup.

Every byte is held against our own signature by our own cards: a partner can give us back nothing
that we did not say. Source: DESIGN 7; C2SP tlog-tiles
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Final

from comity.basis.errors import EdgeError, InputError, ProofError, StateError
from comity.basis.ids import AgreementId, PartyId, digest_of
from comity.basis.limits import TILE_WIDTH
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.flows.checkpoints import held_root, refuse_gap
from comity.flows.context import Context, decide_again
from comity.flows.documents import PASSING, TAKEN_BACK, card_document, json_document
from comity.flows.drafts import KeptDraft, removed_draft, waiting_drafts
from comity.flows.journal import journal_entry
from comity.flows.naming import readable
from comity.flows.passing.refilled import passings_said
from comity.flows.passing.wishes import passing_document
from comity.flows.recovery.tried_keys import known_as, versions_to_try
from comity.flows.set_up import known_versions
from comity.flows.turns import turn
from comity.keys.cards import Card, log_key_pair, statement_keys, verify_succession
from comity.keys.suites import KeyUse
from comity.ports import Basis, Change, Document, Entries, RegisterHead, SizedNote, WireRequest
from comity.statement.information import ItemRelease
from comity.statement.mirrored import Segment
from comity.statement.treaty import PartyCard
from comity.tlog.checkpoints import (
    KeyPair,
    SignedCheckpoint,
    format_checkpoint,
    parse_checkpoint,
    verify_log,
)
from comity.tlog.origin import origin_hash
from comity.tlog.tiles import Tile, parse_bundle, tile_path
from comity.tlog.tree import append_leaves, edge_root, leaf_hash

TIMEOUT_S: Final = 60.0
"""For a request, and for all that is read before a key of ours is known to have signed it."""

BUNDLE_S: Final = 5.0
"""What a bundle of entries may take on average: a partner that is slower is asked again later."""

UNSIGNED_ENTRIES_MAX: Final = 65_536
"""How many entries are read for a checkpoint that no key of ours is known yet to have signed.

Where our keys were lost with the store, a card of ours among the entries may show that we did.
"""

_PAGE: Final = 1024
_NOT_KNOWN: Final = "restore.not-known"


async def refill_from(context: Context, agreement: AgreementId, party: PartyId) -> int:
    """Ask a partner for its mirror of our register, and take what it holds more; give its size.

    1. its newest checkpoint of our register, which we must have signed: so its size is true;
    2. the entries after ours, hashed as they come: they must lead to the signed root;
    3. the cards of ours that they bring, each signed by our root keys;
    4. once the whole is verified, the entries again, page by page, and the checkpoint at the end.

    Raises:
        EdgeError: the partner cannot be reached, answers something else, or takes too long.
        ProofError: we never signed that, or the entries do not lead there.
        StateError: it is not what we hold: two stories of ours are told.
    """
    async with turn(context, agreement) as view:
        head, card = view.heads[view.own], view.card(party)
    source = _Source(context, card, head.origin)
    try:
        async with asyncio.timeout(TIMEOUT_S) as limit:
            return await _refill_as_known(context, head, source, limit)
    except TimeoutError as err:
        raise EdgeError(
            "restore.too-slow",
            "a partner takes too long to give our register back",
            where=f"partner {party}",
            hint="it is asked again; ask the partner what holds it up",
        ) from err


async def _refill_as_known(
    context: Context, head: RegisterHead, source: _Source, limit: asyncio.Timeout
) -> int:
    """Ask by the keys of our newest card, and of those before it, until the partner knows us."""
    *newer, oldest = await versions_to_try(context)
    for version in newer:
        try:
            with known_as(version):
                return await _refill(context, head, source, limit)
        except StateError as err:
            if err.code != _NOT_KNOWN:
                raise
    with known_as(oldest):
        return await _refill(context, head, source, limit)


async def _refill(
    context: Context, head: RegisterHead, source: _Source, limit: asyncio.Timeout
) -> int:
    raw = await source.find("checkpoint")
    if raw is None:
        await source.refuse_unknown()
        return 0
    signed = parse_checkpoint(raw)  # 1
    size = signed.checkpoint.size
    if size <= head.size:
        await _meet_own(context, head, signed)
        return size
    edge, bundles, cards = head.edge, list[str](), await known_versions(context, head.party)
    is_ours = await _is_ours(context, head, signed, cards)
    if is_ours:
        _extend(limit, size - head.size)
    async for index, entries in source.entries(head.size, size):  # 2
        if not is_ours and index - head.size >= UNSIGNED_ENTRIES_MAX:
            raise _not_ours(head, size, "no key of ours is known to have signed this checkpoint")
        leaves = [leaf_hash(each) for each in entries]
        edge = append_leaves(edge, leaves).edge
        bundles.append(digest_of(b"".join(leaves)))
        for at, named in _named_cards(index, entries):
            if all(digest_of(each.raw) != named.card.sha256 for each in cards):
                cards = _follow(cards, await source.find(f"parcel/{at}"))  # 3
                if not is_ours and _holds(signed, statement_keys(cards[-1], head.origin)):
                    is_ours = True
                    _extend(limit, size - head.size)
    if edge_root(edge) != signed.checkpoint.root_hash:
        raise _not_ours(head, size, "the entries do not lead to the root that we signed")
    _verify_own(head, signed, cards)
    verified = iter(bundles)
    async for index, entries in source.entries(head.size, size):  # 4
        if digest_of(b"".join(leaf_hash(each) for each in entries)) != next(verified):
            raise _not_ours(head, size, "the partner gave other entries the second time")
        at_end = (signed,) if index + len(entries) == size else ()
        await _keep(context, head.origin, (index, entries), at_end=at_end, cards=cards)
    return size


def _extend(limit: asyncio.Timeout, count: int) -> None:
    """Give the time that so many entries of ours take, read twice."""
    bundles = 2 * (count // TILE_WIDTH + 2)
    limit.reschedule(asyncio.get_running_loop().time() + TIMEOUT_S + BUNDLE_S * bundles)


async def refill_by_segment(
    context: Context, agreement: AgreementId, segment: Segment, clear: Iterable[bytes] = ()
) -> int:
    """Take a stretch of our own register that a bundle brings back; give how much was new.

    Raises:
        StateError: entries are missing before these, or they are not those that we hold.
        ProofError: we never signed that, or the entries do not lead there.
    """

    async def attempt() -> int:
        async with turn(context, agreement) as view:
            head = view.heads[view.own]
        size = segment.signed.checkpoint.size
        if size <= head.size:
            await _meet_own(context, head, segment.signed)
            return 0
        refuse_gap(head, segment.start)
        entries = segment.entries[head.size - segment.start :]
        edge = append_leaves(head.edge, [leaf_hash(each) for each in entries]).edge
        if edge.size != size or edge_root(edge) != segment.signed.checkpoint.root_hash:
            raise _not_ours(head, size, "the entries do not lead to the root that we signed")
        cards = _follow_all(await known_versions(context, head.party), clear)
        _verify_own(head, segment.signed, cards)
        await _keep(
            context, head.origin, (head.size, entries), at_end=(segment.signed,), cards=cards
        )
        return len(entries)

    return await decide_again(attempt)


class _Source:
    """A partner's mirror of our register, read over the wire."""

    def __init__(self, context: Context, card: Card, origin: str) -> None:
        self._context = context
        self._card = card
        self._hash = origin_hash(origin)

    async def find(self, what: str) -> bytes | None:
        """Read the checkpoint, a tile, or a parcel of one entry; None where it has none."""
        kind, slash, index = what.partition("/")
        path = f"/{self._hash}/{what}"
        if (kind, slash) == ("parcel", "/"):
            path = f"/parcel/{self._hash}/{index}"
        request = WireRequest("GET", path)
        partners = self._context.ports.partners
        reply = await partners.call(self._card, request, signed=True, timeout_s=TIMEOUT_S)
        if reply.status == 404:
            return None
        if reply.status != 200:
            raise StateError(
                "restore.refused",
                "a partner does not show its mirror of our register",
                where=f"partner {self._card.party}",
                expected="status 200",
                found=f"status {reply.status}",
                hint="ask the partner; comity doctor PARTNER tries each step",
            )
        return reply.body

    async def refuse_unknown(self) -> None:
        """Make sure that the partner knows who asks: whoever it does not know finds nothing there.

        Raises:
            StateError: it does not.
        """
        request = WireRequest("POST", "/echo")
        partners = self._context.ports.partners
        reply = await partners.call(self._card, request, signed=True, timeout_s=TIMEOUT_S)
        if reply.status != 200:
            raise StateError(
                "restore.not-known",
                "a partner does not know us by our online key",
                where=f"partner {self._card.party}",
                found=f"status {reply.status}",
                hint="it may hold a newer card of ours than we do: let it send a disc, which "
                "brings the card back",
            )

    async def entries(self, start: int, end: int) -> AsyncIterator[tuple[int, tuple[bytes, ...]]]:
        """Read the entries `[start, end)`, bundle by bundle; each comes with its first index."""
        for number in range(start // TILE_WIDTH, (end + TILE_WIDTH - 1) // TILE_WIDTH):
            first = number * TILE_WIDTH
            width = min(TILE_WIDTH, end - first)
            raw = await self.find(tile_path(Tile("entries", number, width)))
            if raw is None:
                raise InputError(
                    "restore.entries-missing",
                    "a partner does not give entries that its checkpoint counts",
                    where=f"partner {self._card.party}",
                    expected=f"entries from {first} to {first + width}",
                )
            index = max(start, first)
            yield index, parse_bundle(raw, width)[index - first :]


async def _meet_own(context: Context, head: RegisterHead, signed: SignedCheckpoint) -> None:
    """Hold a checkpoint of ours that is not beyond what we hold against it.

    One that a backup lacks, from between an entry and its signature, is kept: nothing new may be
    signed yet, and by it partners know how our register stands.
    """
    shown, cards = signed.checkpoint, await known_versions(context, head.party)
    if await held_root(context, head, shown.size) != shown.root_hash:
        _verify_own(head, signed, cards)
        raise StateError(
            "restore.two-stories",
            "our register here is not the one that we signed before",
            where=f"{head.origin} size {shown.size}",
            hint="something was said after the restore; say no more, and settle it with partners",
        )
    kept = await context.ports.store.checkpoint(head.origin, shown.size)
    if kept is None and await _is_ours(context, head, signed, cards):
        note = SizedNote(head.origin, shown.size, format_checkpoint(signed))
        allowed = allow_house_act("register.refill")
        await context.ports.store.commit(Change(allowed_by=allowed, checkpoints=(note,)))


async def _is_ours(
    context: Context, head: RegisterHead, signed: SignedCheckpoint, cards: Sequence[Card]
) -> bool:
    """Say whether we signed a checkpoint, by a card of ours or by keys whose card is lost.

    Keys stand apart from the store, and so do their backups.
    """
    pairs = [statement_keys(each, head.origin) for each in cards]
    keys = context.ports.keys
    for version in await keys.key_sets():
        named = {
            each.algorithm: each.public
            for each in await keys.public_keys(version)
            if each.use is KeyUse.STATEMENT
        }
        pairs.append(log_key_pair(head.origin, named))
    return any(_holds(signed, pair) for pair in reversed(pairs))


def _holds(signed: SignedCheckpoint, keys: KeyPair) -> bool:
    try:
        verify_log(signed, keys)
    except ProofError:
        return False
    return True


def _verify_own(head: RegisterHead, signed: SignedCheckpoint, cards: Sequence[Card]) -> None:
    """Check that we signed a checkpoint, by any of our cards: nobody else has had those keys."""
    if any(_holds(signed, statement_keys(card, head.origin)) for card in reversed(cards)):
        return
    raise _not_ours(head, signed.checkpoint.size, "we never signed this checkpoint")


def _named_cards(first: int, entries: Sequence[bytes]) -> Iterable[tuple[int, PartyCard]]:
    for at, raw in enumerate(entries):
        for statement in readable((raw,)):
            if isinstance(statement.body, PartyCard):
                yield first + at, statement.body


def _follow(cards: Sequence[Card], raw: bytes | None) -> tuple[Card, ...]:
    """Follow the next card of ours, which our root keys have signed."""
    if raw is None:
        raise InputError("restore.card-missing", "a partner does not give back a card of ours")
    return (*cards, verify_succession(cards[-1], raw))


def _follow_all(cards: Sequence[Card], clear: Iterable[bytes]) -> tuple[Card, ...]:
    """Follow every card of ours that came in the clear, in whatever order they lie."""
    left, followed = list(clear), tuple(cards)
    while True:
        for raw in left:
            try:
                followed = _follow(followed, raw)
            except (InputError, ProofError):
                continue
            left.remove(raw)
            break
        else:
            return followed


async def _keep(
    context: Context,
    origin: str,
    new: tuple[int, Sequence[bytes]],
    *,
    at_end: Sequence[SignedCheckpoint],
    cards: Sequence[Card],
) -> None:
    """Keep what came back, and that it did; take away the drafts that it shows were released.

    An onward release that it shows was said, or made, is noted as far as it had come.

    This node does not remember having said it: people look whether they do.
    """
    start, entries = new
    known = {each.version for each in await known_versions(context, context.config.party)}
    released = await _released_drafts(context, entries)
    version = await context.ports.store.version(PASSING)
    passed_on = await passings_said(context, start, entries)
    documents: tuple[Document, ...] = (
        *(
            card_document(each.party, each.version, each.raw)
            for each in cards
            if each.version not in known
        ),
        *(removed_draft(each) for each in released),
        *(passing_document(each) for each in passed_on),
        json_document(TAKEN_BACK, f"{origin}/{start:019d}", start + len(entries)),
    )
    details: dict[str, JsonValue] = {
        "drafts": [each.number for each in released],
        "from": start,
        "onward": [each.number for each in passed_on],
        "register": origin,
        "to": start + len(entries),
    }
    rests_on = ((PASSING, version),) if passed_on else ()
    await context.ports.store.commit(
        Change(
            allowed_by=allow_house_act("register.refill"),
            basis=Basis(registers=((origin, start),), versions=rests_on),
            entries=(Entries(origin, start, tuple(entries)),),
            checkpoints=tuple(
                SizedNote(origin, each.checkpoint.size, format_checkpoint(each)) for each in at_end
            ),
            documents=documents,
            journal=(journal_entry(context, "register.refill", None, details=details),),
        )
    )


async def _released_drafts(context: Context, entries: Sequence[bytes]) -> tuple[KeptDraft, ...]:
    """Find the drafts that a backup brought back and that these entries release.

    A payload is sealed once: a draft and what became of it name the same sealed bytes.
    """
    released = {
        each.body.sealed.sha256 for each in readable(entries) if isinstance(each.body, ItemRelease)
    }
    waiting = await waiting_drafts(context) if released else ()
    return tuple(each for each in waiting if each.sealed.sha256 in released)


def _not_ours(head: RegisterHead, size: int, what: str) -> ProofError:
    return ProofError(
        "restore.not-ours",
        what,
        where=f"{head.origin} size {size}",
        hint="do not take it; ask another partner for its mirror of our register",
    )
