# SPDX-License-Identifier: Apache-2.0
"""Who stands silent at the door is counted and cut, and keeps nobody out who is known."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from contextlib import suppress
from typing import Any

import pytest

from comity.serve import accepting
from comity.serve.doorway import NETWORKS_OF_ONE, Bounds, Doorway, Visit
from tests.serve.support_listener import GET, Ends, close, connect, hello, listening, run


def entered(doorway: Doorway, *addresses: str) -> list[Visit]:
    """Let all of them come to the door."""
    found = [doorway.enter(each) for each in addresses]
    assert None not in found
    return [each for each in found if each is not None]


def test_places_are_counted_all_together_and_one_that_is_left_is_free() -> None:
    doorway = Doorway(Bounds(3, 9))
    first, _, _ = entered(doorway, "10.0.0.1", "10.0.0.2", "10.0.0.3")
    assert doorway.enter("10.0.0.4") is None
    assert doorway.refused == 1
    first.leave()
    first.leave()
    assert doorway.connections == 2
    assert doorway.enter("10.0.0.4") is not None


def test_an_address_has_so_many_and_of_ipv6_a_network_is_one() -> None:
    doorway = Doorway(Bounds(99, 2))
    entered(doorway, "2001:db8::1", "2001:db8::2", "10.0.0.1", "::ffff:10.0.0.1")
    assert doorway.enter("2001:db8::3") is None
    assert doorway.enter("10.0.0.1") is None
    assert doorway.enter("2001:db8:0:1::3") is not None


def test_handshakes_have_bounds_of_their_own_until_tls_is_agreed() -> None:
    doorway = Doorway(Bounds(99, 99, 3, 2))
    first, _ = entered(doorway, "10.0.0.1", "10.0.0.1")
    assert doorway.enter("10.0.0.1") is None
    first.arrive()
    first.arrive()
    assert (doorway.connections, doorway.handshakes) == (2, 1)
    entered(doorway, "10.0.0.1", "10.0.0.2")
    assert doorway.enter("10.0.0.3") is None


def test_all_that_one_that_is_known_may_have_can_shake_hands_at_once() -> None:
    doorway = Doorway(Bounds(99, 6, 99, 2))
    doorway.vouch("192.0.2.7", "KOR")
    visits = [doorway.enter("192.0.2.7") for _ in range(6)]
    assert None not in visits
    assert doorway.enter("192.0.2.7") is None
    assert [doorway.enter("198.51.100.7") is None for _ in range(3)] == [False, False, True]


def test_a_quarter_of_all_places_is_for_those_that_are_known() -> None:
    doorway = Doorway(Bounds(99, 99, 8, 8))
    doorway.vouch("10.0.0.9", "kor")
    entered(doorway, *(f"10.0.1.{number}" for number in range(6)))
    assert doorway.enter("10.0.0.8") is None
    entered(doorway, "10.0.0.9", "10.0.0.9")
    assert doorway.enter("10.0.0.9") is None


def test_who_comes_from_everywhere_crowds_out_only_itself() -> None:
    doorway = Doorway(Bounds(99, 99, 4, 4))
    doorway.vouch("10.0.0.9", "kor")
    for number in range(NETWORKS_OF_ONE + 1):
        doorway.vouch(f"10.0.1.{number}", "usa")
        doorway.vouch("10.0.1.1", "usa")
    entered(doorway, "10.0.2.1", "10.0.2.2", "10.0.2.3")
    assert doorway.enter("10.0.1.0") is None  # the oldest of too many
    entered(doorway, "10.0.0.9")


async def silent(port: int, source: str) -> Ends:
    """Connect and say nothing."""
    return await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))


def test_silent_handshakes_from_everywhere_keep_no_known_partner_out_and_are_cut(
    tls: ssl.SSLContext, client_tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepting, "HANDSHAKE_TIMEOUT_S", 1.0)

    async def act() -> None:
        doorway = Doorway(Bounds(99, 99, 8, 3))
        doorway.vouch("127.0.0.1", "kor")
        async with listening(hello, tls, doorway=doorway) as listener:
            port = listener.endpoint.port
            held = [await silent(port, f"127.0.0.{2 + number % 4}") for number in range(20)]
            known = await connect(listener, client_tls)
            known[1].write(GET)
            assert (await known[0].readline()).startswith(b"HTTP/1.1 200")
            assert doorway.handshakes == 6
            with pytest.raises(OSError):  # noqa: PT011 (cut off, or reset)
                await asyncio.open_connection(
                    "127.0.0.1", port, ssl=client_tls, local_addr=("127.0.0.7", 0)
                )
            while doorway.handshakes:
                await asyncio.sleep(0.05)
            assert doorway.connections == 1
            stranger = await asyncio.open_connection(
                "127.0.0.1", port, ssl=client_tls, local_addr=("127.0.0.7", 0)
            )
            await close(known, stranger, *held)

    run(act)


def test_whoever_breaks_off_or_speaks_no_tls_leaves_no_trace(tls: ssl.SSLContext) -> None:
    async def act() -> None:
        doorway = Doorway(Bounds(99, 99))
        async with listening(hello, tls, doorway=doorway) as listener:
            port = listener.endpoint.port
            gone, other = await silent(port, "127.0.0.1"), await silent(port, "127.0.0.1")
            await close(gone)
            other[1].write(GET)
            with suppress(OSError):
                await other[0].read()
            await close(other)
            while doorway.connections:
                await asyncio.sleep(0)
            assert doorway.handshakes == 0

    run(act)


def test_a_stop_cuts_whoever_is_at_the_door(tls: ssl.SSLContext) -> None:
    async def act() -> None:
        doorway = Doorway(Bounds(99, 99))
        async with listening(hello, tls, doorway=doorway) as listener:
            ends = await silent(listener.endpoint.port, "127.0.0.1")
            while not doorway.handshakes:
                await asyncio.sleep(0)
            await asyncio.wait_for(listener.stop(), 5)
            assert doorway.connections == 0
            await close(ends)

    run(act)


class Full:
    """A socket on a machine that has no descriptor left, for a while."""

    def __init__(self, bound: socket.socket) -> None:
        self._bound = bound
        self.refusals = 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bound, name)

    def accept(self) -> tuple[socket.socket, Any]:
        if self.refusals:
            self.refusals -= 1
            raise OSError(errno.EMFILE, "too many open files")
        return self._bound.accept()


def test_a_process_without_room_waits_and_accepts_again(
    tls: ssl.SSLContext, client_tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepting, "ACCEPT_AGAIN_S", 0.05)

    async def act() -> None:
        async with listening(hello, tls) as listener:
            (entrance,) = listener._server.servers
            full = Full(entrance._bound)  # type: ignore[attr-defined]
            entrance._bound = full  # type: ignore[attr-defined]
            ends = await connect(listener, client_tls)
            assert full.refusals == 0
            await close(ends)

    run(act)
