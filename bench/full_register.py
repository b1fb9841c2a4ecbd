# SPDX-License-Identifier: Apache-2.0
"""A million entries, made fast: half are releases, half their receipts, in a register each.

They are worded as the flows word them, signed and cosigned by the real keys, and the recipient has
each item's key in custody; only the payloads are nowhere. Judging happens as the nodes are served.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final
from unittest import mock

from bench.served_nodes import AGREEMENT, AT_HAND, JPN, KOR
from bench.wire_items import KINDS, Kind
from comity.adapters.clock_system import SystemClock
from comity.basis.errors import InvariantError
from comity.basis.ids import Digest, PartyId, Place
from comity.basis.instants import Instant, format_instant
from comity.decision.house import allow_house_act
from comity.flows.context import Context
from comity.flows.documents import PARCELS_DELIVERED, json_document
from comity.flows.naming import item_ref
from comity.flows.signing import checkpoint_of, sign_last
from comity.flows.speak import draft_for
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.marking.labels import Label
from comity.node import open_node
from comity.ports import Change, Cosignature, Entries, Judgement, SizedNote
from comity.statement.information import ItemReceipt, ItemRelease
from comity.statement.kinds import Body
from comity.statement.values import ParcelRef, SealedRef
from comity.tlog.checkpoints import parse_checkpoint
from comity.tlog.cosignatures import format_signature_lines

_BATCH: Final = 8_192
_HOUR_MS: Final = 3_600_000
_MINUTE_MS: Final = 60_000
_ALLOWED: Final = allow_house_act("bench.fill")
_HEAD, _SEALED = Digest("1" * 64), Digest("2" * 64)
_HEAD_BYTES, _SEALED_BYTES = 2_400, 1_100
_PLACE: Final = 7_777_777
_OURS: Final = {"SECRET": "군사II급비밀", "CONFIDENTIAL": "군사III급비밀"}


@contextmanager
def an_hour_ago() -> Iterator[None]:
    """Let it be an hour earlier: a register has one statement for each millisecond at most."""
    now = SystemClock.now

    def then(clock: SystemClock) -> Instant:
        return Instant(now(clock) - _HOUR_MS)

    with mock.patch.object(SystemClock, "now", then):
        yield


async def fill_register(folder: Path, size: int) -> None:
    """Bring both registers to `size` entries together, signed and cosigned."""
    async with AsyncExitStack() as held:
        contexts = {
            party: await held.enter_async_context(
                open_node(folder / party.lower(), AT_HAND, writing=True)
            )
            for party in (JPN, KOR)
        }
        views = {party: await read_view(contexts[party], AGREEMENT) for party in contexts}
        heads = views[JPN].heads
        count = (size - heads[JPN].size - heads[KOR].size) // 2
        words = _Words(contexts, views, count)
        for start in range(0, count, _BATCH):
            await _fill(contexts, views, words, range(start, min(start + _BATCH, count)))
        arrived = heads[JPN].size + count
        note = json_document(
            PARCELS_DELIVERED,
            f"{KOR}/{heads[JPN].origin}",
            {"large": arrived, "small": arrived},
        )
        await contexts[JPN].ports.store.commit(Change(allowed_by=_ALLOWED, documents=(note,)))
        for by, to in ((JPN, KOR), (KOR, JPN)):
            await _sign(contexts, views, by, to)


async def _fill(
    contexts: Mapping[PartyId, Context],
    views: Mapping[PartyId, View],
    words: _Words,
    numbers: range,
) -> None:
    heads = views[JPN].heads
    begins = heads[JPN].size
    refs = (
        item_ref(sealed_digest(number), AGREEMENT, Place(JPN, begins + number))
        for number in numbers
    )
    await contexts[KOR].ports.keys.keep_item_keys(tuple((each, bytes(32)) for each in refs))
    releases = _appending(
        heads[JPN].origin, heads[JPN].size + numbers.start, words.releases(numbers)
    )
    receipts = _appending(
        heads[KOR].origin, heads[KOR].size + numbers.start, words.receipts(numbers)
    )
    for context in contexts.values():
        await context.ports.store.commit(releases)
        await context.ports.store.commit(receipts)


def sealed_digest(number: int) -> Digest:
    """Give the digest by which an item's sealed payload would be named."""
    return Digest(sha256(b"sealed %d" % number).hexdigest())


class _Words:
    """Statements worded once by the flows for each kind, and again by what must differ."""

    def __init__(
        self, contexts: Mapping[PartyId, Context], views: Mapping[PartyId, View], count: int
    ) -> None:
        now = contexts[JPN].ports.clock.now()
        self._first_at = Instant(now - _MINUTE_MS - 2 * count)
        self._first = views[JPN].heads[JPN].size
        suite = views[JPN].suite()
        self._releases = [
            _template(contexts[JPN], views[JPN], _release(kind, suite), self._first_at)
            for kind in KINDS
        ]
        self._receipts = [
            _template(contexts[KOR], views[KOR], _receipt(kind), self._first_at) for kind in KINDS
        ]

    def releases(self, numbers: range) -> tuple[bytes, ...]:
        return tuple(self._word(self._releases, number, 0) for number in numbers)

    def receipts(self, numbers: range) -> tuple[bytes, ...]:
        return tuple(self._word(self._receipts, number, 1) for number in numbers)

    def _word(self, templates: list[bytes], number: int, late: int) -> bytes:
        index = self._first + number
        return templates[number % len(templates)] % {
            b"at": format_instant(Instant(self._first_at + 2 * number + late)).encode(),
            b"nonce": sha256(b"%d %d" % (number, late)).hexdigest()[:32].encode(),
            b"head": sha256(b"head %d" % number).hexdigest().encode(),
            b"sealed": sealed_digest(number).encode(),
            b"index": b"%d" % index,
            b"seen": b"%d" % (index + 1),
        }


def _release(kind: Kind, suite: str) -> ItemRelease:
    label = Label(kind.marking, kind.level, kind.category, "document", kind.purposes, (), (JPN,))
    return ItemRelease(
        label, ParcelRef(_HEAD, _HEAD_BYTES), SealedRef(suite, _SEALED_BYTES, _SEALED)
    )


def _receipt(kind: Kind) -> ItemReceipt:
    return ItemReceipt(Place(JPN, _PLACE), _HEAD, _OURS[kind.level])


def _template(context: Context, view: View, body: Body, at: Instant) -> bytes:
    """Word a statement as the flows word it, with gaps for what differs."""
    said = view.registers.speak(draft_for(context, view, body), at)
    if said.at > at:
        raise InvariantError("bench.too-soon", "the nodes were not made long enough ago")
    raw = said.raw.replace(b"%", b"%%")
    gaps = {
        format_instant(said.at).encode(): b"%(at)s",
        said.nonce.encode(): b"%(nonce)s",
        _HEAD.encode(): b"%(head)s",
        _SEALED.encode(): b"%(sealed)s",
        b"%d" % _PLACE: b"%(index)s",
    }
    for told, gap in gaps.items():
        if raw.count(told) > 1:
            raise InvariantError("bench.ambiguous", "the statement says something twice")
        raw = raw.replace(told, gap)
    if view.own == KOR:
        before = b'"seen":{"JPN":%d}' % view.heads[JPN].size
        if raw.count(before) != 1:
            raise InvariantError("bench.unseen", "the statement has not seen what it answers")
        raw = raw.replace(before, b'"seen":{"JPN":%(seen)s}')
    return raw


def _appending(origin: str, start: int, raws: tuple[bytes, ...]) -> Change:
    places = range(start, start + len(raws))
    return Change(
        allowed_by=_ALLOWED,
        entries=(Entries(origin, start, raws),),
        judgements=tuple(Judgement(origin, index, admitted=True) for index in places),
    )


async def _sign(
    contexts: Mapping[PartyId, Context], views: Mapping[PartyId, View], by: PartyId, to: PartyId
) -> None:
    """Sign one register whole, let the partner cosign it, and keep both at both."""
    speaker, partner = contexts[by], contexts[to]
    stored = await speaker.ports.store.registers(AGREEMENT)
    view = replace(views[by], heads={each.party: each for each in stored}, notes={}, given={})
    head = view.heads[by]
    await sign_last(speaker, view)
    note = await checkpoint_of(speaker, view, head.size)
    if note is None:
        raise InvariantError("bench.unsigned", "the register was not signed")
    version = view.keys(to).mirror_card(by, head.size).version
    time_s = partner.ports.clock.now() // 1000
    lines = await partner.ports.keys.cosign(parse_checkpoint(note.raw), version, time_s=time_s)
    given = Cosignature(head.origin, head.size, to, format_signature_lines(lines))
    signed = SizedNote(head.origin, head.size, note.raw)
    for context, notes in ((speaker, ()), (partner, (signed,))):
        await context.ports.store.commit(
            Change(allowed_by=_ALLOWED, checkpoints=notes, cosignatures=(given,))
        )
