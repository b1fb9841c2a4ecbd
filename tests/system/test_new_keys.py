# SPDX-License-Identifier: Apache-2.0
"""Keys renewed on a running pair, under load and with kills: nothing lost, nothing doubled.

A new TLS key is pinned beside the old one, takes over by itself, and is named alone by the card
after that. The nodes go by the machine's clock; hours of their schedule take half a second.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from comity.adapters.clock_system import SystemClock
from comity.adapters.partner_https import HttpsPartners
from comity.adapters.partner_signing import RequestSigner
from comity.adapters.stored_keys import StoredKeys
from comity.adapters.tls_keys import TLS_CERTIFICATE_NAME, TLS_KEY_NAME
from comity.adapters.tls_listening import listening_context
from comity.basis.ids import PartyId
from comity.basis.instants import parse_date
from comity.flows import promises
from comity.flows.set_up import the_card
from comity.keys.cards import Card
from comity.node import ask_status, open_node
from comity.ports import WireRequest
from comity.statement.information import AssuranceGive
from tests.system import hurried_child
from tests.system.driver import PARTNER, Driver, people_session, until
from tests.system.proxies import BytesProxy, Port, RequestProxy
from tests.system.served_pair import (
    AGREEMENT,
    AT_HAND,
    HOST,
    JPN,
    KOR,
    REGISTRAR,
    Made,
    ServedNodes,
    copied,
    make_token,
)
from tests.system.settled import PAIR, assert_whole, until_quiet
from tests.system.test_kills import Load
from tests.system.test_served_node import pin_at

pytestmark = [pytest.mark.slow]
PATIENCE_S = 180.0
TRIES_MAX = 8
LATEST_S = 0.6
ROUNDS_TORTURE = 40
IN_A_ROW = 5
ASSURED = AssuranceGive("SECRET", None, True, True, parse_date("2030-12-31"))


@contextmanager
def by_the_clock(made: Made, folder: Path) -> Iterator[ServedNodes]:
    """Copy nodes, and let them go by the machine's clock from now on."""
    with copied(made, folder) as nodes:
        nodes.program = (str(hurried_child.__file__),)
        for party in PAIR:
            path = nodes.node_folder(party) / "comity.toml"
            text = path.read_text(encoding="utf-8")
            assert 'clock = "story"' in text
            text = text.replace('clock = "story"', 'clock = "system"')
            path.write_text(text, encoding="utf-8")
        nodes.made = replace(made, tokens=asyncio.run(_assure_again(nodes)))
        yield nodes


async def _assure_again(nodes: ServedNodes) -> dict[PartyId, str]:
    """Promise for years to come, and let the drivers in: years of the story have passed."""
    tokens = {}
    for party in PAIR:
        async with open_node(nodes.node_folder(party), AT_HAND, writing=True) as context:
            await promises.promise(context, AGREEMENT, ASSURED, REGISTRAR)
            tokens[party] = await make_token(context)
    return tokens


async def rotate(nodes: ServedNodes, party: PartyId, *words: str) -> None:
    """Renew a node's keys by the command, again and again while its node falls."""
    for _ in range(TRIES_MAX):
        command = (*(sys.executable, "-m", "comity", "card", "rotate", *words), "--node")
        process = await asyncio.create_subprocess_exec(
            *(*command, str(nodes.node_folder(party))),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        _, told = await process.communicate()
        if process.returncode == 0:
            return
        # Where its node has fallen, a command says so; it never fails by itself.
        assert process.returncode in (1, 5), told.decode()
        assert b"Traceback" not in told, told.decode()
    raise AssertionError(told.decode())


async def card_of(nodes: ServedNodes, party: PartyId) -> Card:
    """Read a node's newest card, beside its served process."""
    async with open_node(nodes.node_folder(party), AT_HAND, writing=False) as context:
        return await the_card(context, party)


async def fall(nodes: ServedNodes, party: PartyId) -> None:
    nodes.kill(party)
    await asyncio.to_thread(nodes.start, party)


async def rotate_and_fall(
    nodes: ServedNodes, party: PartyId, draws: random.Random, *words: str
) -> None:
    """Kill the node at a drawn moment while its keys are renewed; the command is run again."""
    renewing = asyncio.create_task(rotate(nodes, party, *words))
    await asyncio.sleep(draws.random() * LATEST_S)
    await fall(nodes, party)
    await renewing


@asynccontextmanager
async def loaded(nodes: ServedNodes, draws: random.Random) -> AsyncIterator[list[Driver]]:
    """Let drivers exchange at both nodes meanwhile; in the end all is delivered."""
    await until_quiet(nodes)
    async with people_session() as session:
        drivers = [Driver(nodes, party, session) for party in PAIR]
        load = Load(nodes, drivers)
        running = asyncio.create_task(load.run(draws))
        await until(lambda: load.answered >= 10, PATIENCE_S, "items are answered")
        try:
            yield drivers
            enough = load.answered + 10
            await until(lambda: load.answered >= enough, PATIENCE_S, "exchange goes on")
        finally:
            load.end()
            await running
    await until_quiet(nodes)


def assert_well(nodes: ServedNodes, drivers: list[Driver]) -> None:
    """Nothing is lost or doubled, nothing was refused, and each follows the other's keys."""
    assert nodes.stop(*PAIR) == [0, 0]
    for each in drivers:
        assert each.known.refused == []
        assert each.known.acknowledged
    for party in PAIR:
        assert not {"request.fault", "loop.fault", "schedule.fault"} & set(nodes.events(party))
    print(assert_whole(nodes, *(each.known for each in drivers)))
    assert asyncio.run(_followed(nodes)) == [True, True]


async def _followed(nodes: ServedNodes) -> list[bool]:
    return [
        (await card_of(nodes, party)).raw == (await _known(nodes, PARTNER[party], party)).raw
        for party in PAIR
    ]


async def _known(nodes: ServedNodes, at: PartyId, of: PartyId) -> Card:
    async with open_node(nodes.node_folder(at), AT_HAND, writing=False) as context:
        return await the_card(context, of)


# What stands before Japan's node shows the key that was Japan's before


def behind(nodes: ServedNodes, party: PartyId) -> Port:
    def port() -> int | None:
        served = nodes.served.get(party)
        return served.partners if served is not None and served.told else None

    return port


async def old_key(nodes: ServedNodes, folder: Path) -> RequestProxy:
    """Keep Japan's TLS key of today, and make what shows it in times to come."""
    folder.mkdir(mode=0o700)
    for name in (TLS_KEY_NAME, TLS_CERTIFICATE_NAME):
        shutil.copy(nodes.node_folder(JPN) / "keys" / name, folder / name)
    async with open_node(nodes.node_folder(JPN), AT_HAND, writing=True) as context:
        password = cast("StoredKeys", context.ports.keys).tls_password()
    tls = listening_context(folder / TLS_CERTIFICATE_NAME, folder / TLS_KEY_NAME, password)
    return RequestProxy(tls, HOST, nodes.made.ports[JPN], behind(nodes, JPN))


async def problem_at(nodes: ServedNodes, party: PartyId) -> str | None:
    """Give the code of what keeps a node from reaching its partner, if anything does."""
    page = await ask_status(nodes.node_folder(party))
    assert isinstance(page, dict)
    lines = cast("list[dict[str, Any]]", page["lines"])
    problems = [each["problem"] for each in lines if each["agreement"] == AGREEMENT]
    return next((each["code"] for each in problems if each is not None), None)


async def renew_all(nodes: ServedNodes, folder: Path, draws: random.Random) -> list[Driver]:
    """Renew the keys of both, TLS keys too, while Korea meets Japan's old key all along.

    1. both pin a new key beside the old one; nodes fall; the new keys take over by themselves;
    2. exchange goes on, and Japan's old key is accepted still: its card names both;
    3. the next cards name the new keys alone: Japan's old key is refused, and nothing is sent to
       whoever shows it; at the new one exchange goes on. Nor is the online key of the first card
       good for anything any more.
    """
    first = {party: (await card_of(nodes, party)).tls_pins[0] for party in PAIR}
    thief = folder.with_name("thief")
    await asyncio.to_thread(shutil.copytree, nodes.node_folder(JPN), thief)
    async with AsyncExitStack() as held:
        old = await old_key(nodes, folder)
        line = await held.enter_async_context(AsyncExitStack())
        await line.enter_async_context(old)
        await asyncio.to_thread(nodes.start, *PAIR)
        async with loaded(nodes, draws) as drivers:
            await rotate(nodes, JPN, "--new-tls")  # 1
            await fall(nodes, KOR)
            await rotate_and_fall(nodes, KOR, draws, "--new-tls")
            for party in PAIR:
                await until_another(nodes, party, first[party])
            assert first[JPN] in (await card_of(nodes, JPN)).tls_pins
            await until_more(old)  # 2
            await rotate(nodes, JPN)  # 3
            await rotate_and_fall(nodes, KOR, draws)
            for party in PAIR:
                pins = (await card_of(nodes, party)).tls_pins
                assert first[party] not in pins
                assert await met_at(nodes, party) in pins
                page = await ask_status(nodes.node_folder(party))
                assert isinstance(page, dict)
                keys = cast("list[str]", page["tls_pins"])
                assert keys[0] == await met_at(nodes, party)
            await until_refused(nodes)
            assert await asks(nodes, thief, 1) == 404, "the old online key is nobody's"
            newest = (await _known(nodes, KOR, JPN)).version
            assert await asks(nodes, nodes.node_folder(JPN), newest) == 200
            with pytest.raises(AssertionError, match="still not"):
                await until_more(old, 1.0)
            await line.aclose()
            there = BytesProxy(HOST, nodes.made.ports[JPN], behind(nodes, JPN), 1)
            await held.enter_async_context(there)
    return drivers


async def asks(nodes: ServedNodes, thief: Path, version: int) -> int:
    """Ask Korea's node under Japan's online key of a card; give the status."""

    async def known(_: PartyId) -> int:
        return version

    async with open_node(thief, AT_HAND, writing=False) as context:
        ports = context.ports
        clock = SystemClock()
        signer = RequestSigner(ports.keys, clock, ports.random, context.config.domain, known)
        partners = HttpsPartners(signer)
        try:
            card, echo = await card_of(nodes, KOR), WireRequest("POST", "/echo")
            return (await partners.call(card, echo, signed=True, timeout_s=PATIENCE_S)).status
        finally:
            await partners.close()


async def met_at(nodes: ServedNodes, party: PartyId) -> str:
    return await asyncio.to_thread(
        pin_at, nodes.served[party].partners, "127.0.0.1" if party == JPN else HOST
    )


async def until_another(nodes: ServedNodes, party: PartyId, pin: str) -> None:
    """Wait until a node shows another key than this."""

    async def is_another() -> bool:
        return await met_at(nodes, party) != pin

    await until(is_another, PATIENCE_S, f"the new TLS key of {party} takes over")


async def until_more(proxy: RequestProxy, limit_s: float = PATIENCE_S) -> None:
    """Wait until something more is sent to whoever shows the old key."""
    asked = sum(proxy.replies.values())
    await until(lambda: sum(proxy.replies.values()) > asked, limit_s, "requests at the old key")


async def until_refused(nodes: ServedNodes) -> None:
    async def is_refused() -> bool:
        return await problem_at(nodes, KOR) == "partners.pin"

    await until(is_refused, PATIENCE_S, "the old key is refused")


def test_new_keys_on_a_running_pair_take_over_and_old_ones_are_refused_after_the_next_card(
    made: Made, tmp_path: Path
) -> None:
    with by_the_clock(made, tmp_path) as nodes:
        nodes.listen[JPN] = ("127.0.0.1", 0)
        drivers = asyncio.run(renew_all(nodes, tmp_path / "old", random.Random(1)))
        assert_well(nodes, drivers)


async def renew_often(nodes: ServedNodes, rounds: int, draws: random.Random) -> list[Driver]:
    await asyncio.to_thread(nodes.start, *PAIR)
    async with loaded(nodes, draws) as drivers:
        for number in range(rounds):
            words = draws.choice(((), ("--new-tls",)))
            party = draws.choice(PAIR)
            await rotate_and_fall(nodes, party, draws, *words)
            if draws.random() < 0.5:
                await fall(nodes, PARTNER[party])
            if number % IN_A_ROW == IN_A_ROW - 1:
                await until_acknowledged(drivers)
    return drivers


async def until_acknowledged(drivers: list[Driver]) -> None:
    """Wait until each partner has acknowledged more: both have learned each other's cards."""
    before = [len(each.known.acknowledged) for each in drivers]

    def is_more() -> bool:
        now = [len(each.known.acknowledged) for each in drivers]
        return all(one > other for one, other in zip(now, before, strict=True))

    await until(is_more, 2 * PATIENCE_S, "exchange goes on by the new keys")


@pytest.mark.torture
def test_keys_renewed_again_and_again_while_nodes_fall(made: Made, tmp_path: Path) -> None:
    with by_the_clock(made, tmp_path) as nodes:
        drivers = asyncio.run(renew_often(nodes, ROUNDS_TORTURE, random.Random(7)))
        assert_well(nodes, drivers)
        cards = [asyncio.run(card_of(nodes, party)).version for party in PAIR]
        print(f"cards {cards}")
        assert sum(cards) >= ROUNDS_TORTURE
