# SPDX-License-Identifier: Apache-2.0
"""Signatures are made while the disk flushes, and nobody sees them before it has."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from comity.basis.errors import EdgeError
from comity.flows.drafts import ItemDraft
from comity.flows.release_now import release_now
from comity.flows.serving.taking import settle_down
from comity.flows.speak import Entered
from comity.flows.treaty.acts import declare
from comity.ports import Change, WireReply, WireRequest
from comity.sealing.payload import PayloadHeader
from comity.statement.treaty import AgreementAnnouncement
from comity.tlog.checkpoints import parse_checkpoint
from comity.wire.router import PartnerWire
from tests.builders.pushes import push_from, push_request
from tests.builders.signed_requests import Partner
from tests.builders.world import A_YEAR, GSOMIA, JPN, KOR, MARKING, OFFICER, TEXT, Node, World, run

MEANWHILE = ("signing begins", "flush begins", "signed")
TURNS = 50
"""Turns of the loop in which whatever does not wait for the disk gets done."""


@dataclass
class Held:
    """A node whose next commit of entries waits while the loop turns; `acts` tells what began."""

    node: Node
    seen: Callable[[], Awaitable[Any]]
    fails: bool = False
    acts: list[str] = field(default_factory=list)
    meanwhile: list[Any] = field(default_factory=list)
    later: list[asyncio.Future[Any]] = field(default_factory=list)

    async def _begun(self) -> None:
        """Take a few turns over a signature, as a thread does that makes it beside the loop."""
        self.acts.append("signing begins")
        for _ in range(3):
            await asyncio.sleep(0)

    def patch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        store, keys = self.node.ports.store, self.node.ports.keys
        commit, sign, cosign = store.commit, keys.sign_checkpoint, keys.cosign

        async def slow_commit(change: Change) -> Any:
            if not change.entries:
                return await commit(change)
            self.acts.append("flush begins")
            asked = asyncio.ensure_future(self.seen())
            for _ in range(TURNS):
                await asyncio.sleep(0)
            # Whoever has to wait for the flush sees nothing either.
            self.meanwhile.append(asked.result() if asked.done() else None)
            self.later.append(asked)
            if self.fails:
                raise EdgeError("store.disk", "the store's disk failed")
            committed = await commit(change)
            self.acts.append("flush ends")
            return committed

        async def told_sign(*words: Any, **more: Any) -> Any:
            await self._begun()
            signed = await sign(*words, **more)
            self.acts.append("signed")
            return signed

        async def told_cosign(*words: Any, **more: Any) -> Any:
            await self._begun()
            signed = await cosign(*words, **more)
            self.acts.append("signed")
            return signed

        monkeypatch.setattr(store, "commit", slow_commit)
        monkeypatch.setattr(keys, "sign_checkpoint", told_sign)
        monkeypatch.setattr(keys, "cosign", told_cosign)


def reading(asks: Node, of: Node, register: Node, times: int) -> Callable[[], Awaitable[int]]:
    """Give what reads the size of the checkpoint that a node shows of a register."""
    partner = Partner(asks, of)
    path = partner.path(register, "checkpoint")
    signed = [partner.sign(WireRequest("GET", path)) for _ in range(times)]

    async def read() -> int:
        reply = await PartnerWire(of.context).answer(signed.pop())
        return parse_checkpoint(reply.body).checkpoint.size

    return read


async def say(node: Node) -> None:
    body = AgreementAnnouncement("news", A_YEAR, "")
    await declare(node.context, node.agreement, body)


async def release(node: Node) -> None:
    to = (KOR,) if node.party == JPN else (JPN,)
    item = ItemDraft(GSOMIA, to, MARKING[node.party], "missile-warning", "document", ("warning",))
    entered = await release_now(node.context, OFFICER, item, PayloadHeader("x", "text/plain"), TEXT)
    assert isinstance(entered, Entered)


def test_our_checkpoint_is_signed_while_the_disk_flushes_and_shown_after(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    jpn = assured.jpn
    size = jpn.sizes()[JPN]
    read = reading(assured.kor, jpn, jpn, 3)
    held = Held(jpn, read)
    held.patch(monkeypatch)

    async def story() -> int:
        assert await read() == size
        await release(jpn)
        await settle_down(jpn.context, GSOMIA)
        return await read()

    assert run(story()) == size + 1
    assert held.acts == [*MEANWHILE, "flush ends"]
    assert held.meanwhile == [size]


def test_a_cosignature_is_made_while_the_disk_flushes_and_shown_after(
    in_force: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    jpn, kor = in_force.jpn, in_force.kor
    size = jpn.sizes()[KOR]
    run(say(kor))
    pushed = push_request(push_from(kor, size))
    read = reading(kor, jpn, kor, 2)
    held = Held(jpn, read)
    held.patch(monkeypatch)

    async def story() -> tuple[WireReply, list[int]]:
        reply = await PartnerWire(jpn.context).answer(pushed)
        return reply, await asyncio.gather(read(), *held.later)

    reply, shown = run(story())
    assert (reply.status, shown) == (200, [size + 1] * 2)
    assert reply.body.startswith("— ".encode())
    assert held.acts == [*MEANWHILE, "flush ends"]
    assert held.meanwhile == [None], "whoever reads a mirror waits for what is written there"


def test_what_was_signed_ahead_of_a_flush_that_failed_is_never_seen(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    jpn, kor = assured.jpn, assured.kor
    own, theirs = jpn.sizes()[JPN], jpn.sizes()[KOR]
    run(say(kor))
    pushed = push_request(push_from(kor, theirs))
    read_own, read_theirs = reading(kor, jpn, jpn, 3), reading(kor, jpn, kor, 3)

    async def sizes() -> tuple[int, int]:
        return await read_own(), await read_theirs()

    held = Held(jpn, sizes, fails=True)
    held.patch(monkeypatch)

    async def story() -> tuple[WireReply, list[tuple[int, int]]]:
        with pytest.raises(EdgeError, match=r"store\.disk"):
            await release(jpn)
        reply = await PartnerWire(jpn.context).answer(pushed)
        return reply, await asyncio.gather(sizes(), *held.later)

    reply, shown = run(story())
    assert reply.status == 503
    assert reply.body == b"store.disk\n"
    assert shown == [(own, theirs)] * 3
    assert held.acts == [*MEANWHILE] * 2
    origin = jpn.view().heads[KOR].origin
    given = run(jpn.ports.store.latest_cosignature(origin, JPN))
    assert given is not None
    assert given.size == theirs
