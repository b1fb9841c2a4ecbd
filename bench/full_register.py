# SPDX-License-Identifier: Apache-2.0
"""Registers of a million entries, made fast: signed and cosigned by the real keys, judged by none.

What is in them are journal anchors, which leave nothing in the state but the last one. Two nodes
that are served over them judge every entry as they start.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final
from unittest import mock

from bench.served_nodes import AGREEMENT, AT_HAND, JPN, KOR
from comity.adapters.clock_system import SystemClock
from comity.basis.errors import InvariantError
from comity.basis.ids import Digest
from comity.basis.instants import Instant, format_instant
from comity.decision.house import allow_house_act
from comity.flows.context import Context
from comity.flows.signing import checkpoint_of, sign_last
from comity.flows.speak import draft_for
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.node import open_node
from comity.ports import Change, Cosignature, Entries, Judgement, SizedNote
from comity.statement.trust import JournalAnchor
from comity.tlog.checkpoints import parse_checkpoint
from comity.tlog.cosignatures import format_signature_lines

_BATCH: Final = 8_192
_HOUR_MS: Final = 3_600_000
_ALLOWED: Final = allow_house_act("bench.fill")


@contextmanager
def an_hour_ago() -> Iterator[None]:
    """Let it be an hour earlier: a register has one statement for each millisecond at most."""
    now = SystemClock.now

    def then(clock: SystemClock) -> Instant:
        return Instant(now(clock) - _HOUR_MS)

    with mock.patch.object(SystemClock, "now", then):
        yield


async def fill_register(folder: Path, size: int) -> None:
    """Bring Japan's register to `size` entries, and Korea's mirror of it, signed and cosigned."""
    async with AsyncExitStack() as held:
        jpn, kor = [
            await held.enter_async_context(open_node(folder / party.lower(), AT_HAND, writing=True))
            for party in (JPN, KOR)
        ]
        view = await read_view(jpn, AGREEMENT)
        head = view.heads[JPN]
        left = _anchors(jpn, view, size - head.size)
        for start in range(head.size, size, _BATCH):
            raws = tuple(next(left) for _ in range(min(_BATCH, size - start)))
            change = _appending(head.origin, start, raws)
            for context in (jpn, kor):
                await context.ports.store.commit(change)
        await _sign(jpn, kor)


def _appending(origin: str, start: int, raws: tuple[bytes, ...]) -> Change:
    places = range(start, start + len(raws))
    return Change(
        allowed_by=_ALLOWED,
        entries=(Entries(origin, start, raws),),
        judgements=tuple(Judgement(origin, index, admitted=True) for index in places),
    )


def _anchors(context: Context, view: View, count: int) -> Iterator[bytes]:
    """Word so many statements: one as the flows word it, and others that differ where they must."""
    body = JournalAnchor(Digest("0" * 64), None)
    now = context.ports.clock.now()
    said = view.registers.speak(draft_for(context, view, body), Instant(now - count))
    if said.at > now - count:
        raise InvariantError("bench.too-soon", "the nodes were not made long enough ago")
    at, nonce = format_instant(said.at).encode(), said.nonce.encode()
    if said.raw.count(at) != 1 or said.raw.count(nonce) != 1:
        raise InvariantError("bench.ambiguous", "the statement says its moment or nonce twice")
    for number in range(count):
        other = sha256(b"%d" % number).hexdigest()[:32].encode()
        when = format_instant(Instant(said.at + number)).encode()
        yield said.raw.replace(at, when).replace(nonce, other)


async def _sign(jpn: Context, kor: Context) -> None:
    """Sign the whole register, let the partner cosign it, and keep both at both."""
    view = await read_view(jpn, AGREEMENT)
    head = view.heads[JPN]
    await sign_last(jpn, view)
    note = await checkpoint_of(jpn, view, head.size)
    if note is None:
        raise InvariantError("bench.unsigned", "the register was not signed")
    version = view.keys(KOR).mirror_card(JPN, head.size).version
    time_s = kor.ports.clock.now() // 1000
    lines = await kor.ports.keys.cosign(parse_checkpoint(note.raw), version, time_s=time_s)
    given = Cosignature(head.origin, head.size, KOR, format_signature_lines(lines))
    signed = SizedNote(head.origin, head.size, note.raw)
    for context, notes in ((jpn, ()), (kor, (signed,))):
        await context.ports.store.commit(
            Change(allowed_by=_ALLOWED, checkpoints=notes, cosignatures=(given,))
        )
