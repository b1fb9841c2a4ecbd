# SPDX-License-Identifier: Apache-2.0
"""A stolen TLS key, replaced at once on a running pair: whoever holds the old one is met by nobody.

This is the procedure of docs/operations.md, step by step.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest

from comity.adapters.stored_keys import StoredKeys
from comity.adapters.tls_keys import TLS_CERTIFICATE_NAME, TLS_KEY_NAME
from comity.adapters.tls_listening import listening_context
from comity.node import open_node
from tests.system.driver import Driver, people_session, until
from tests.system.served_pair import AT_HAND, HOST, JPN, KOR, Made, ServedNodes, copied
from tests.system.settled import until_quiet
from tests.system.test_new_keys import card_of, rotate
from tests.system.test_served_node import pin_at

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("served-pair")]
PATIENCE_S = 180.0


def test_a_stolen_tls_key_is_met_by_nobody_once_it_is_replaced(made: Made, tmp_path: Path) -> None:
    stolen = tmp_path / "stolen"
    stolen.mkdir()

    async def story(nodes: ServedNodes) -> None:
        port = made.ports[JPN]
        async with people_session() as session:
            at_kor = Driver(nodes, KOR, session)
            assert await at_kor.exchange(at_kor.texts(1))
            old = await asyncio.to_thread(pin_at, port, HOST)
            await rotate(nodes, JPN, "--new-tls", "--at-once")
            new = await asyncio.to_thread(pin_at, port, HOST)
            assert new != old
            await until_quiet(nodes)
            pins = (await card_of(nodes, JPN)).tls_pins
            assert new in pins
            assert old not in pins
            assert await at_kor.exchange(at_kor.texts(1)), "KOR follows the card that JPN brought"
            await asyncio.to_thread(nodes.stop, JPN)
            tls = listening_context(stolen / TLS_CERTIFICATE_NAME, stolen / TLS_KEY_NAME, password)
            heard = await impersonate(nodes, tls, at_kor)
            assert heard == b""
            await asyncio.to_thread(nodes.start, JPN)
            await until_quiet(nodes)
            assert await asyncio.to_thread(pin_at, port, HOST) == new

    with copied(made, tmp_path) as nodes:
        password = asyncio.run(steal(nodes, stolen))
        nodes.start(JPN, KOR)
        asyncio.run(story(nodes))


async def steal(nodes: ServedNodes, stolen: Path) -> bytes:
    """Copy the TLS key of JPN's node, and give what opens it."""
    for name in (TLS_KEY_NAME, TLS_CERTIFICATE_NAME):
        shutil.copy(nodes.node_folder(JPN) / "keys" / name, stolen / name)
    async with open_node(nodes.node_folder(JPN), AT_HAND, writing=True) as context:
        return cast("StoredKeys", context.ports.keys).tls_password()


async def impersonate(nodes: ServedNodes, tls: ssl.SSLContext, at_kor: Driver) -> bytes:
    """Listen in JPN's place with a stolen key; give what KOR said there."""
    done = threading.Event()
    with socket.create_server((HOST, nodes.made.ports[JPN])) as listening:
        heard = asyncio.create_task(asyncio.to_thread(hear, listening, tls, done))
        try:
            await at_kor.release(at_kor.texts(1))

            def is_turned_away() -> bool:
                [line] = nodes.status(KOR)["lines"]
                problem = line["problem"]
                return problem is not None and problem["code"] == "partners.pin"

            turned = "KOR turns the stolen key away"
            await until(lambda: asyncio.to_thread(is_turned_away), PATIENCE_S, turned)
        finally:
            done.set()
            said = await heard
    return said


def hear(listening: socket.socket, tls: ssl.SSLContext, done: threading.Event) -> bytes:
    """Take one connection after the other, each closed, and give what was said on them."""
    heard = b""
    listening.settimeout(0.2)
    while not done.is_set():
        with suppress(TimeoutError):
            line, _ = listening.accept()
            with line:
                line.settimeout(5)
                with suppress(OSError), tls.wrap_socket(line, server_side=True) as met:
                    heard += met.recv(1)
    return heard
