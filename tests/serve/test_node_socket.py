# SPDX-License-Identifier: Apache-2.0
"""The local socket: who gets in, what is refused, and what a request is worth once it was read."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.adapters import node_socket_frames as frames
from comity.adapters.node_socket_client import find_node
from comity.adapters.socket_path import SOCKET_NAME, reachable
from comity.basis.errors import (
    ComityError,
    ConfigError,
    EdgeError,
    EquivocationError,
    InputError,
    InvariantError,
    ProofError,
    StateError,
)
from comity.basis.limits import NODE_CLIENTS_MAX
from comity.ports import (
    BasisMoved,
)
from tests.contracts.support_keys import JPN
from tests.serve.support_listener import read_to_end
from tests.serve.support_socket import (
    KOR,
    faults,
    knock,
    link_to,
    node,
    run,
)

# Who gets in


def test_the_socket_is_its_owners_alone_and_gone_in_the_end(tmp_path: Path) -> None:
    async def act() -> None:
        async with node(tmp_path):
            assert (tmp_path / SOCKET_NAME).stat().st_mode & 0o777 == 0o600
            link = await link_to(tmp_path)
            await link.close()
        assert not (tmp_path / SOCKET_NAME).exists()
        assert await find_node(tmp_path, JPN) is None

    run(act)


def test_a_socket_that_a_killed_node_left_is_no_node_and_gives_way(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / SOCKET_NAME))

    async def act() -> None:
        assert await find_node(tmp_path, JPN) is None
        async with node(tmp_path):
            await (await link_to(tmp_path)).close()

    run(act)


def test_another_user_is_turned_away_before_anything_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act() -> None:
        async with node(tmp_path):
            monkeypatch.setattr("comity.adapters.node_socket_server.os.geteuid", lambda: 4_000_000)
            with reachable(tmp_path / SOCKET_NAME) as path:
                ends = await asyncio.open_unix_connection(path)
            assert await read_to_end(ends) == b""
            ends[1].close()

    run(act)


def test_a_folder_deeper_than_the_kernel_takes_is_reached_all_the_same(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    assert len(os.fsencode(deep / SOCKET_NAME)) > 107

    async def act() -> None:
        async with node(deep):
            await (await link_to(deep)).close()

    run(act)


def test_only_so_many_commands_get_in_at_once(tmp_path: Path) -> None:
    async def act() -> None:
        async with node(tmp_path):
            links = [await link_to(tmp_path) for _ in range(NODE_CLIENTS_MAX)]
            with pytest.raises(EdgeError, match=r"socket\.gone"):
                await find_node(tmp_path, JPN)
            for each in links:
                await each.close()

    run(act)


def test_another_version_or_party_is_not_talked_to(tmp_path: Path) -> None:
    async def act() -> None:
        async with node(tmp_path):
            with pytest.raises(StateError, match=r"socket\.other-version"):
                await find_node(tmp_path, KOR)

    run(act)


def test_a_node_that_hangs_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comity.adapters.node_socket_client.GREETING_TIMEOUT_S", 0.05)

    async def act() -> None:
        with socket.socket(socket.AF_UNIX) as hanging:
            hanging.bind(str(tmp_path / SOCKET_NAME))
            hanging.listen()
            with pytest.raises(EdgeError, match=r"socket\.gone"):
                await find_node(tmp_path, JPN)

    run(act)


# What is refused


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\x00\x00\x00",
        b"\xff\xff\xff\xff",
        struct.pack(">I", 1) + b"\xc1",
        struct.pack(">I", 3) + b"abc",
        frames.LENGTH.pack(9) + msgspec.msgpack.encode({"type": "Exit"})[:9],
        frames.LENGTH.pack(len(msgspec.msgpack.encode([[]] * 9)))
        + msgspec.msgpack.encode([[]] * 9),
    ],
    ids=["empty", "longest", "reserved", "text", "cut", "list"],
)
def test_a_frame_that_is_none_ends_its_connection_alone(raw: bytes, tmp_path: Path) -> None:
    async def act() -> None:
        async with node(tmp_path):
            other = await link_to(tmp_path)
            reader, writer = await knock(tmp_path)
            writer.write(raw)
            answer = await reader.read()
            assert b"socket.malformed" in answer
            writer.close()
            assert await other.ask(frames.ReadOnly()) is None
            await other.close()

    run(act)


@given(st.binary(max_size=200))
def test_no_bytes_make_a_request_by_accident_or_raise_anything_else(raw: bytes) -> None:
    for parse in (frames.parse_request, frames.parse_hello):
        with suppress(InputError):
            parse(raw)
    with pytest.raises(InputError):
        frames.parse_reply(raw, bytes)


def test_an_unknown_message_and_an_unknown_field_are_refused() -> None:
    known = msgspec.msgpack.encode(frames.EraseItemKey("x"))
    assert frames.parse_request(known) == frames.EraseItemKey("x")
    for wrong in (
        {"type": "EraseEverything"},
        {"type": "EraseItemKey"},
        {"type": "EraseItemKey", "item_ref": 1},
        {"type": "EraseItemKey", "item_ref": "x", "more": 1},
        {"type": "Hello", "version": 1, "party": "JPN"},
    ):
        with pytest.raises(InputError):
            frames.parse_request(msgspec.msgpack.encode(wrong))


def test_a_frame_that_is_never_finished_is_given_up(tmp_path: Path) -> None:
    async def act() -> None:
        async with node(tmp_path, timeout_s=0.05):
            ends = await knock(tmp_path)
            ends[1].write(frames.LENGTH.pack(1000) + b"x")
            assert await read_to_end(ends) == b""
            ends[1].close()

    run(act)


def test_an_idle_command_may_think_as_long_as_it_likes(tmp_path: Path) -> None:
    """Somebody may be typing a passphrase."""

    async def act() -> None:
        async with node(tmp_path, timeout_s=0.02):
            link = await link_to(tmp_path)
            await asyncio.sleep(0.1)
            assert await link.ask(frames.ReadOnly()) is None
            await link.close()

    run(act)


def test_a_frame_larger_than_the_limit_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "NODE_FRAME_BYTES_MAX", 100)
    with pytest.raises(InputError, match=r"socket\.too-large"):
        frames.frame_of(frames.SignRequest(bytes(100), 1))


# What a request is worth


def test_a_request_is_done_whole_though_its_command_is_gone(tmp_path: Path) -> None:
    async def act() -> None:
        begun, go_on, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def answer(request: frames.Request) -> object:
            begun.set()
            await go_on.wait()
            done.set()
            return None

        async with node(tmp_path, answer):
            _, writer = await knock(tmp_path)
            writer.write(frames.frame_of(frames.ReadOnly()))
            await begun.wait()
            writer.close()
            await asyncio.sleep(0)
            go_on.set()
            await done.wait()

    run(act)


def test_a_stop_finishes_what_was_asked(tmp_path: Path) -> None:
    async def act() -> None:
        begun, done = asyncio.Event(), asyncio.Event()

        async def answer(request: frames.Request) -> object:
            begun.set()
            await asyncio.sleep(0.05)
            done.set()
            return None

        async with node(tmp_path, answer):
            _, writer = await knock(tmp_path)
            writer.write(frames.frame_of(frames.ReadOnly()))
            await begun.wait()
        assert done.is_set()
        writer.close()

    run(act)


def test_one_slow_command_keeps_nobody_waiting(tmp_path: Path) -> None:
    async def act() -> None:
        go_on = asyncio.Event()

        async def answer(request: frames.Request) -> object:
            if isinstance(request, frames.CustodyItems):
                await go_on.wait()
                return ()
            return None

        async with node(tmp_path, answer):
            slow, quick = await link_to(tmp_path), await link_to(tmp_path)
            waiting = asyncio.create_task(slow.ask(frames.CustodyItems()))
            assert await quick.ask(frames.ReadOnly()) is None
            go_on.set()
            assert await waiting == ()
            await slow.close()
            await quick.close()

    run(act)


def test_a_node_that_is_gone_is_told_from_one_that_refuses(tmp_path: Path) -> None:
    async def act() -> None:
        async with node(tmp_path):
            link = await link_to(tmp_path)
        with pytest.raises(EdgeError, match=r"socket\.gone"):
            await link.ask(frames.ReadOnly())
        await link.close()

    run(act)


@pytest.mark.parametrize(
    ("raised", "family"),
    [
        (BasisMoved("store.basis-moved", "moved", hint="again"), BasisMoved),
        (StateError("keys.exist", "there", where="x", expected="1", found="2"), StateError),
        (EdgeError("store.stopped", "stopped"), EdgeError),
        (ProofError("custody.damaged", "damaged"), ProofError),
        (InputError("x.y", "wrong"), InputError),
        (ConfigError("x.z", "wrong"), ConfigError),
        (InvariantError("x.v", "bug"), InvariantError),
        (EquivocationError("x.w", "two stories", evidence=b"both"), ProofError),
        (ComityError("x.u", "whatever"), InvariantError),
    ],
)
def test_an_error_of_the_node_is_raised_in_the_command(
    raised: ComityError, family: type[ComityError], tmp_path: Path
) -> None:
    async def answer(request: frames.Request) -> object:
        raise raised

    async def act() -> None:
        async with node(tmp_path, answer):
            link = await link_to(tmp_path)
            with pytest.raises(family) as caught:
                await link.ask(frames.ReadOnly())
            assert type(caught.value) is family
            assert caught.value.as_json() == raised.as_json()
            await link.close()

    run(act)


def test_a_fault_of_the_node_is_told_to_its_diagnostics_and_not_to_the_command(
    tmp_path: Path,
) -> None:
    faults.clear()

    async def answer(request: frames.Request) -> object:
        raise ValueError("a secret")

    async def act() -> None:
        async with node(tmp_path, answer):
            link = await link_to(tmp_path)
            with pytest.raises(InvariantError, match=r"socket\.fault") as caught:
                await link.ask(frames.ReadOnly())
            assert "secret" not in str(caught.value)
            await link.close()

    run(act)
    assert [type(each) for each in faults] == [ValueError]
