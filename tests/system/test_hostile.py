# SPDX-License-Identifier: Apache-2.0
"""A hostile partner beside an honest one: the honest exchange goes on, and memory stays flat.

The hostile one has keys that are pinned, and an address of its own on this machine.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from comity.adapters.partner_signing import RequestSigner
from comity.decision.house import allow_house_act
from comity.flows.checkpoints import sign_sizes
from comity.flows.view import gather_view, own_register
from comity.node import open_node
from comity.ports import Change, Entries, WireRequest
from comity.tlog.add_checkpoint import AddCheckpoint
from comity.tlog.checkpoints import parse_checkpoint
from comity.tlog.push import Push, format_push
from tests.system import hostile_child
from tests.system.driver import Driver, people_session
from tests.system.served_pair import (
    AT_HAND,
    HOST,
    JPN,
    KOR,
    USA,
    Made,
    ServedNodes,
    agreement_between,
    copied,
)
from tests.system.settled import PAIR, assert_whole, until_quiet

pytestmark = [pytest.mark.slow]
EXCHANGES = 25
EXCHANGES_TORTURE = 200
GROWTH_KIB_MAX = 64 * 1024
WORSE_MAX = 2.0
SLACK_S = 0.05
"""The hostile one needs the same two cores."""

JUNK_ENTRIES = 64


def http(request: WireRequest) -> bytes:
    """Write a request as it goes over the wire."""
    assert isinstance(request.body, bytes)
    headers = (("host", "x"), ("content-length", str(len(request.body))), *request.headers)
    lines = [f"{request.method} {request.path} HTTP/1.1", *(f"{a}: {b}" for a, b in headers)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + request.body


async def hostile_requests(nodes: ServedNodes) -> dict[str, bytes]:
    """Make requests with the keys of a third party: true ones to be repeated, and broken ones."""
    agreement = agreement_between(KOR, USA)
    async with open_node(nodes.node_folder(USA), AT_HAND, writing=True) as context:
        view = await gather_view(context, agreement)
        head = own_register(view)
        junk = tuple(b"junk %d" % each for each in range(JUNK_ENTRIES))
        await context.ports.store.commit(
            Change(
                allowed_by=allow_house_act("test"),
                registers=(),
                entries=(Entries(head.origin, head.size, junk),),
            )
        )
        view = await gather_view(context, agreement)
        notes = await sign_sizes(context, own_register(view), view.keys(USA), (JUNK_ENTRIES,))
        signed = parse_checkpoint(notes[0].raw)
        push = format_push(Push(AddCheckpoint(0, (), signed), junk))

        async def version(_: object) -> int:
            return nodes.made.cards[USA].version

        ports, domain = context.ports, context.config.domain
        signer = RequestSigner(ports.keys, ports.clock, ports.random, domain, version)
        echo = await signer.sign(nodes.made.cards[KOR], WireRequest("POST", "/echo", (), b"x"))
    other = nodes.made.cards[JPN].domain.encode()
    return {
        "replayed push": http(WireRequest("POST", "/push", (), push)),
        "false entries": http(WireRequest("POST", "/push", (), push.replace(b"junk 7", b"junk X"))),
        "another's origin": http(
            WireRequest("POST", "/push", (), push.replace(context.config.domain.encode(), other))
        ),
        "no push": http(WireRequest("POST", "/push", (), bytes(range(256)) * 64)),
        "flood": http(WireRequest("GET", "/nothing/there", (), b"")),
        "replayed echo": http(echo),
        "false signature": http(_forged(echo)),
        "unsigned read": http(WireRequest("GET", f"/{'0' * 64}/checkpoint", (), b"")),
    }


def _forged(request: WireRequest) -> WireRequest:
    """Give a request another nonce than the one that was signed."""
    forged = tuple((name, value.replace('nonce="', 'nonce="A')) for name, value in request.headers)
    assert forged != request.headers
    return replace(request, headers=forged)


@contextmanager
def hostile(folder: Path, port: int, told: list[dict[str, int]]) -> Iterator[None]:
    """Let the hostile partner at a listener."""
    child = subprocess.Popen(
        [sys.executable, hostile_child.__file__, HOST, str(port), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield
        out, _ = child.communicate("", timeout=30)
        told.append(json.loads(out))
    finally:
        child.kill()
        child.communicate()


@dataclass(frozen=True, slots=True)
class Beside:
    """Seconds of the honest exchanges, alone and beside the hostile partner."""

    alone: float
    beside: float
    grown_kib: int
    answers: dict[str, int]


def p95(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.95)]


async def honest_exchanges(driver: Driver, count: int) -> float:
    driver.known.seconds.clear()
    for _ in range(count):
        assert await driver.exchange(driver.texts(1, size=1_024)), driver.known.refused
    return p95(driver.known.seconds)


async def beside_each_other(nodes: ServedNodes, count: int) -> tuple[Beside, Driver]:
    requests = nodes.folder / "requests"
    requests.mkdir()
    for name, raw in (await hostile_requests(nodes)).items():
        (requests / name).write_bytes(raw)
    await asyncio.to_thread(nodes.start, *PAIR)
    told: list[dict[str, int]] = []
    async with people_session() as session:
        driver = Driver(nodes, JPN, session)
        await honest_exchanges(driver, 5)
        alone = await honest_exchanges(driver, count)
        nodes.forget_peak(KOR)
        before = nodes.memory_kib(KOR)
        with hostile(requests, nodes.made.ports[KOR], told):
            beside = await honest_exchanges(driver, count)
        grown = nodes.memory_kib(KOR, peak=True) - before
        await until_quiet(nodes)
    return Beside(alone, beside, grown, told[0]), driver


def hold(made: Made, folder: Path, count: int) -> Beside:
    with copied(made, folder) as nodes:
        found, driver = asyncio.run(beside_each_other(nodes, count))
        assert nodes.stop(*PAIR) == [0, 0]
        assert assert_whole(nodes, driver.known).items == 2 * count + 5
        assert not {"request.fault", "loop.fault", "serve.fault"} & set(nodes.events(KOR))
    print(found)
    assert found.grown_kib <= GROWTH_KIB_MAX
    assert not any(name.endswith(": 500") for name in found.answers)
    return found


def test_an_honest_partner_goes_on_beside_a_hostile_one(made_three: Made, tmp_path: Path) -> None:
    found = hold(made_three, tmp_path, EXCHANGES)
    assert "false signature: 200" not in found.answers
    assert found.answers.keys() >= {"no push: 400", "flood: 404"}


@pytest.mark.torture
def test_an_honest_partner_waits_at_most_twice_as_long_beside_a_hostile_one(
    made_three: Made, tmp_path: Path
) -> None:
    found = hold(made_three, tmp_path, EXCHANGES_TORTURE)
    assert found.beside <= WORSE_MAX * found.alone + SLACK_S
