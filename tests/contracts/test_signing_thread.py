# SPDX-License-Identifier: Apache-2.0
"""Both hands that sign: at once, and on a thread beside the loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from comity.adapters import signing_thread
from comity.adapters.signing_thread import Hand, HandAtOnce, SigningThread
from comity.basis.errors import InvariantError, ProofError
from comity.keys.signing import generate_private
from comity.keys.suites import Algorithm, verify

PAIR = generate_private(Algorithm.ED25519), generate_private(Algorithm.MLDSA44)
SEALING = generate_private(Algorithm.XWING)
MESSAGES = b"first", b"second"


@pytest.fixture(params=["at once", "on a thread"])
def hand(request: pytest.FixtureRequest) -> Iterator[Hand]:
    if request.param == "at once":
        yield HandAtOnce()
        return
    thread = SigningThread()
    yield thread
    thread.close()


def test_each_message_is_signed_by_its_own_key(hand: Hand) -> None:
    first, second = asyncio.run(hand.sign_both(PAIR, MESSAGES))
    verify(Algorithm.ED25519, PAIR[0].public, MESSAGES[0], first)
    verify(Algorithm.MLDSA44, PAIR[1].public, MESSAGES[1], second)
    with pytest.raises(ProofError):
        verify(Algorithm.ED25519, PAIR[0].public, MESSAGES[1], first)


def test_what_cannot_sign_is_told_to_who_asked_and_the_next_is_signed(hand: Hand) -> None:
    async def story() -> None:
        with pytest.raises(InvariantError):
            await hand.sign_both((SEALING, PAIR[1]), MESSAGES)
        await hand.sign_both(PAIR, MESSAGES)

    asyncio.run(story())


def test_the_loop_goes_on_while_a_thread_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    began, may_end = threading.Event(), threading.Event()
    both = signing_thread._both

    def slowly(*words: object) -> object:
        began.set()
        assert may_end.wait(60)
        return both(*words)  # type: ignore[arg-type]

    async def story() -> None:
        thread = SigningThread()
        signing = asyncio.ensure_future(thread.sign_both(PAIR, MESSAGES))
        while not began.is_set():
            await asyncio.sleep(0)
        assert not signing.done()
        may_end.set()
        first, _ = await signing
        verify(Algorithm.ED25519, PAIR[0].public, MESSAGES[0], first)
        thread.close()

    monkeypatch.setattr(signing_thread, "_both", slowly)
    asyncio.run(story())


def test_who_is_cancelled_keeps_nobody_else_from_a_signature(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    may_end = threading.Event()
    both = signing_thread._both

    def slowly(*words: object) -> object:
        assert may_end.wait(60)
        return both(*words)  # type: ignore[arg-type]

    async def story() -> None:
        thread = SigningThread()
        given_up = asyncio.ensure_future(thread.sign_both(PAIR, MESSAGES))
        waiting = asyncio.ensure_future(thread.sign_both(PAIR, MESSAGES))
        await asyncio.sleep(0)
        given_up.cancel()
        may_end.set()
        await waiting
        assert given_up.cancelled()
        thread.close()

    monkeypatch.setattr(signing_thread, "_both", slowly)
    asyncio.run(story())


def test_a_loop_that_ended_meanwhile_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    may_end = threading.Event()
    both = signing_thread._both

    def slowly(*words: object) -> object:
        assert may_end.wait(60)
        return both(*words)  # type: ignore[arg-type]

    thread = SigningThread()

    async def leave() -> None:
        signing = asyncio.ensure_future(thread.sign_both(PAIR, MESSAGES))
        await asyncio.sleep(0)
        signing.cancel()

    monkeypatch.setattr(signing_thread, "_both", slowly)
    asyncio.run(leave())
    may_end.set()
    asyncio.run(thread.sign_both(PAIR, MESSAGES))
    thread.close()


def test_closing_ends_the_thread() -> None:
    def signing() -> list[str]:
        return [each.name for each in threading.enumerate() if each.name.startswith("signing")]

    SigningThread().close()  # none was begun
    thread = SigningThread()
    asyncio.run(thread.sign_both(PAIR, MESSAGES))
    assert len(signing()) == 1
    thread.close()
    assert signing() == []
