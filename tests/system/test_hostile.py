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
from dataclasses import dataclass
from pathlib import Path

import pytest

from comity.basis.ids import Place
from comity.flows.view import judge_anew
from comity.node import open_node
from comity.statement.judgement import Judged
from tests.system import hostile_child
from tests.system.driver import Driver, people_session
from tests.system.hostile_made import WEAK, write_requests
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
ANSWERS = {
    "1 junk": {"200"},
    "2 card": {"200"},
    "3 weak key": {"200"},
    "4 file": {"200"},
    "5 story": {"200"},
    "replayed push": {"409"},
    "false entries": {"409"},
    "another's origin": {"404"},
    "weak keys": {"409"},
    "another story": {"422"},
    "no push": {"400"},
    "unsigned upload": {"404"},
    "flood": {"404"},
    "replayed echo": {"200", "401"},
    "false signature": {"404"},
    "unsigned read": {"404"},
    "stalled": {"held", "401", "408", "409"},
}
"""What each kind of request is answered, besides that there are too many."""

SLACK_S = 0.05
"""The hostile one needs the same two cores."""


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
        out, _ = child.communicate("", timeout=300)
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
    await write_requests(nodes, requests)
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


async def verdict_on(nodes: ServedNodes, place: Place) -> str | None:
    """Give why Korea's node rejected what stands at a place of the hostile register."""
    found: list[Judged] = []
    async with open_node(nodes.node_folder(KOR), AT_HAND, writing=True) as context:
        await judge_anew(context, agreement_between(KOR, USA), found.append)
    [judged] = [each for each in found if each.place == place]
    return f"{judged.rejected.code}: {judged.rejected.what}" if judged.rejected else None


def hold(made: Made, folder: Path, count: int) -> Beside:
    with copied(made, folder) as nodes:
        found, driver = asyncio.run(beside_each_other(nodes, count))
        assert nodes.stop(*PAIR) == [0, 0]
        assert assert_whole(nodes, driver.known).items == 2 * count + 5
        weak = asyncio.run(verdict_on(nodes, Place(USA, WEAK)))
        assert weak is not None
        assert weak.startswith("statement.card: card.keys[8].public: public key is weak")
        events = nodes.events(KOR)
        assert not {each for each in events if each.endswith((".fault", ".cannot-go-on"))}
        assert events.count("register.disputed") == 1
    print(found)
    assert found.grown_kib <= GROWTH_KIB_MAX
    assert not any(name.endswith(": 500") for name in found.answers)
    return found


def test_an_honest_partner_goes_on_beside_a_hostile_one(made_three: Made, tmp_path: Path) -> None:
    found = hold(made_three, tmp_path, EXCHANGES)
    statuses: dict[str, set[str]] = {}
    for answer in found.answers:
        name, _, status = answer.partition(": ")
        if status.isdecimal() or status == "held":  # else the line was cut, by an answer before
            statuses.setdefault(name, set()).add(status)
    for name, expected in ANSWERS.items():
        assert statuses.get(name, set()) <= expected | {"429"}, name
        assert statuses.get(name, set()) & expected, name


@pytest.mark.torture
def test_an_honest_partner_waits_at_most_twice_as_long_beside_a_hostile_one(
    made_three: Made, tmp_path: Path
) -> None:
    found = hold(made_three, tmp_path, EXCHANGES_TORTURE)
    assert found.beside <= WORSE_MAX * found.alone + SLACK_S
