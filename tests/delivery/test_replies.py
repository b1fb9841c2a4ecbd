# SPDX-License-Identifier: Apache-2.0
"""What a line makes of a partner's replies: other sizes, limits, patience, refusals, disputes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from comity.adapters.partners_memory import Answer
from comity.basis.errors import InvariantError
from comity.basis.limits import PUSH_BYTES_MAX
from comity.flows.documents import BEHIND, EQUIVOCATION
from comity.flows.rotation import rotate_keys
from comity.ports import WireReply, WireRequest
from comity.tlog.push import parse_push
from tests.builders.pushes import push, push_from
from tests.builders.world import JPN, KOR, World, run
from tests.delivery.wires import Wires, say, say_at_once, simulate, size_of, wire_up

Script = Callable[[WireRequest], WireReply | None]


@dataclass
class Between:
    """Stands before a node and answers in its place what the script says; None: let it through."""

    wires: Wires
    script: Script
    statuses: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def stand(self) -> None:
        answers = self.wires.network.answers
        domain = self.wires[KOR].node.context.config.domain
        answers[domain] = self._answer(answers[domain])

    def _answer(self, inner: Answer) -> Answer:
        async def answer(request: WireRequest) -> WireReply:
            self.times.append(asyncio.get_running_loop().time())
            self.sizes.append(len(request.body) if isinstance(request.body, bytes) else -1)
            reply = self.script(request) or await inner(request)
            self.statuses.append(reply.status)
            return reply

        return answer


def times(count: int, status: int, **headers: str) -> Script:
    """Refuse the first pushes."""
    left = count

    def script(request: WireRequest) -> WireReply | None:
        nonlocal left
        if request.path != "/push" or not left:
            return None
        left -= 1
        named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        return WireReply(status, named, b"no\n")

    return script


def always(status: int, body: bytes = b"no\n") -> Script:
    return lambda request: WireReply(status, (), body) if request.path == "/push" else None


async def begin(world: World, script: Script) -> tuple[Wires, Between]:
    """Let JPN deliver to KOR, with somebody between them."""
    wires = wire_up(world)
    wires[JPN].listen()
    await wires[KOR].start()
    await wires.settle()
    between = Between(wires, script)
    between.stand()
    await wires[JPN].deliver()
    return wires, between


@pytest.mark.parametrize("status", [429, 503])
def test_comes_back_as_late_as_the_partner_asks(assured: World, status: int) -> None:
    async def story() -> None:
        wires, between = await begin(assured, times(2, status, retry_after="40"))
        await asyncio.sleep(1)
        line = wires[JPN].line(KOR)
        assert line.state == "retrying"
        assert line.problem is not None
        assert line.problem.code == "delivery.refused"
        assert line.retry_s is not None
        assert 39 <= line.retry_s <= 50
        # Neither a new act nor word from the partner brings it forward.
        wires[JPN].kick()
        wires[JPN].running.heard(assured.jpn.agreement, KOR)
        await wires.settle()
        gaps = [after - before for before, after in pairwise(between.times)]
        assert all(40 <= gap <= 51 for gap in gaps[:2])
        assert wires[JPN].line(KOR).problem is None

    simulate(story)


def test_backs_off_where_the_partner_names_no_time_or_none_that_reads(assured: World) -> None:
    async def story() -> None:
        wires, _ = await begin(assured, times(2, 503, retry_after="Wed, 21 Oct 2015 07:28:00 GMT"))
        assert await wires.settle() < 2

    simulate(story)


def test_a_time_out_of_reason_is_cut_to_what_lines_wait_at_most(assured: World) -> None:
    async def story() -> None:
        wires, _ = await begin(assured, times(1, 429, retry_after="999999999"))
        assert 300 <= await wires.settle() <= 376

    simulate(story)


@pytest.mark.parametrize("status", [500, 502])
def test_backs_off_from_a_partner_that_fails(assured: World, status: int) -> None:
    async def story() -> None:
        wires, between = await begin(assured, times(3, status))
        assert await wires.settle() < 5
        assert between.statuses[:3] == [status] * 3

    simulate(story)


@pytest.mark.parametrize("status", [204, 307, 400, 403, 404, 418])
def test_stops_where_the_partner_refuses_and_tries_when_something_happens(
    assured: World, status: int
) -> None:
    async def story() -> None:
        wires, between = await begin(assured, times(1, status))
        await asyncio.sleep(60)
        line = wires[JPN].line(KOR)
        assert (line.state, between.statuses) == ("stopped", [status])
        assert line.problem is not None
        assert line.problem.code == "delivery.refused"
        assert str(status) in line.problem.found
        await say(assured.jpn)
        wires[JPN].kick()
        assert await wires.settle() < 2

    simulate(story)


def test_a_stopped_line_goes_on_at_once_when_the_partner_is_heard_of(assured: World) -> None:
    async def story() -> None:
        wires, _ = await begin(assured, times(1, 404))
        await asyncio.sleep(0.1)
        await say(assured.kor)
        wires[KOR].kick()
        assert await wires.settle() < 1

    simulate(story)


def test_a_stopped_line_is_tried_again_after_a_long_while(assured: World) -> None:
    async def story() -> None:
        wires, _ = await begin(assured, times(1, 404))
        assert 450 <= await wires.settle() <= 900

    simulate(story)


def test_many_acts_do_not_hammer_a_partner_that_refuses(assured: World) -> None:
    async def story() -> None:
        wires, between = await begin(assured, always(403))
        for _ in range(50):
            await say(assured.jpn)
            wires[JPN].kick()
            await asyncio.sleep(0.1)
        assert len(between.statuses) <= 3

    simulate(story)


def test_sends_less_at_a_time_to_a_partner_that_takes_less(assured: World) -> None:
    def script(request: WireRequest) -> WireReply | None:
        assert isinstance(request.body, bytes)
        return WireReply(413) if len(request.body) > 200_000 else None

    async def story() -> None:
        wires, between = await begin(assured, script)
        await say_at_once(assured.jpn, 900)
        wires[JPN].kick()
        await wires.settle()
        assert 413 in between.statuses
        assert max(between.sizes[-2:]) < 200_000
        assert await size_of(assured.kor, JPN) == await size_of(assured.jpn, JPN)

    simulate(story)


def test_stops_at_a_partner_that_takes_nothing_at_all(assured: World) -> None:
    async def story() -> None:
        wires, _ = await begin(assured, always(413))
        await asyncio.sleep(5)
        line = wires[JPN].line(KOR)
        assert line.state == "stopped"
        assert line.problem is not None
        assert line.problem.code == "delivery.too-large"

    simulate(story)


def test_never_sends_more_than_the_card_says(assured: World) -> None:
    assert dict(assured.kor.card.limits)["push_bytes_max"] <= PUSH_BYTES_MAX


def test_refills_a_partner_that_was_restored_from_an_older_backup(
    assured: World, tmp_path: Path
) -> None:
    older = assured.copy(tmp_path / "older")
    wires = wire_up(assured)

    async def before() -> None:
        await wires.start()
        await say(assured.jpn, 3)
        wires[JPN].kick()
        await wires.settle()
        await wires.stop()

    simulate(before)
    assured.nodes[KOR] = older.kor
    again = wire_up(assured)

    async def after() -> None:
        await again.start()
        await again.settle()
        assert 409 in again[KOR].statuses()
        assert await size_of(assured.kor, JPN) == await size_of(assured.jpn, JPN)

    simulate(after)


@pytest.mark.parametrize("rotations", [1, 2])
def test_refills_a_partner_that_was_restored_to_before_our_new_keys(
    assured: World, tmp_path: Path, rotations: int
) -> None:
    older = assured.copy(tmp_path / "older")
    wires = wire_up(assured)

    async def before() -> None:
        await wires.start()
        for _ in range(rotations):
            await rotate_keys(wires[JPN].node.context)
            await say(assured.jpn, 2)
            wires[JPN].kick()
            await wires.settle()
        await wires.stop()

    simulate(before)
    assured.nodes[KOR] = older.kor
    again = wire_up(assured)

    async def after() -> None:
        await again.start()
        took_s = await again.settle()
        assert again[KOR].statuses().count(404) == rotations
        assert await size_of(assured.kor, JPN) == await size_of(assured.jpn, JPN)
        assert took_s < 60

    simulate(after)
    assert assured.equal()


def test_refills_a_partner_that_was_restored_to_before_it_took_our_new_card(
    assured: World, tmp_path: Path
) -> None:
    """It holds the entry that names the card, and knows none of the keys that sign what follows."""
    run(rotate_keys(assured.jpn.context))
    size = assured.kor.sizes()[JPN]
    assert push(assured.kor, push_from(assured.jpn, size)).status == 200
    older = assured.copy(tmp_path / "older")

    async def talk(wires: Wires) -> None:
        await wires.start()
        await say(assured.jpn, 2)
        wires[JPN].kick()
        assert await wires.settle() < 60
        await wires.stop()

    simulate(lambda: talk(wire_up(assured)))
    assured.nodes[KOR] = older.kor
    again = wire_up(assured)
    simulate(lambda: talk(again))
    assert 404 in again[KOR].statuses()
    assert assured.equal()


def test_a_partner_that_takes_our_card_and_cannot_judge_it_yet_is_not_asked_without_end(
    assured: World,
) -> None:
    """What it was restored to has not seen what the card has seen: that may take until it asks."""
    _, (said,) = run(rotate_keys(assured.jpn.context))
    wires = wire_up(assured)

    async def story() -> None:
        domain = wires[KOR].node.context.config.domain
        wires[KOR].listen()
        answer = wires.network.answers[domain]

        async def by_old_keys(request: WireRequest) -> WireReply:
            is_beyond = (
                request.path == "/push"
                and isinstance(request.body, bytes)
                and parse_push(request.body).end > said.place.index + 1
            )
            if not is_beyond:
                return await answer(request)
            asked.append(1)
            return WireReply(404)

        wires.network.answers[domain] = by_old_keys
        await wires[JPN].start()
        await say(assured.jpn, 2)
        wires[JPN].kick()
        await asyncio.sleep(60)
        await wires[JPN].stop()

    asked: list[int] = []
    simulate(story)
    assert 2 <= len(asked) < 10


def test_a_node_that_was_restored_finds_its_own_word_at_the_partner_and_says_nothing(
    assured: World, tmp_path: Path
) -> None:
    older = assured.copy(tmp_path / "older")
    wires = wire_up(assured)

    async def before() -> None:
        await wires.start()
        await say(assured.jpn, 3)
        wires[JPN].kick()
        await wires.settle()
        await wires.stop()

    simulate(before)
    assured.nodes[JPN] = older.jpn
    again = wire_up(assured)

    async def after() -> None:
        await again[KOR].start()
        await say(assured.jpn, 1)
        await again[JPN].start()
        await asyncio.sleep(1)
        line = again[JPN].line(KOR)
        assert line.state == "stopped"
        assert line.problem is not None
        assert line.problem.code == "register.behind"
        assert await assured.jpn.ports.store.documents(BEHIND)
        # What was said after the restore has not left the node.
        assert [len(each.entries) for each in again[KOR].pushes()] == [0]

    simulate(after)


def test_a_partner_that_only_says_it_holds_more_stops_its_line(assured: World) -> None:
    async def story() -> None:
        wires, _ = await begin(assured, always(409, b"1000000\n"))
        await asyncio.sleep(1)
        line = wires[JPN].line(KOR)
        assert line.state == "stopped"
        assert line.problem is not None
        assert line.problem.code == "delivery.partner-ahead"
        assert not await assured.jpn.ports.store.documents(BEHIND)

    simulate(story)


@pytest.mark.parametrize("said", [b"0\n", b"1\n"])
def test_a_partner_that_sends_us_round_in_circles_is_left_for_a_while(
    assured: World, said: bytes
) -> None:
    async def story() -> None:
        wires, between = await begin(assured, always(409, said))
        await asyncio.sleep(10)
        line = wires[JPN].line(KOR)
        assert line.state == "retrying"
        assert line.problem is not None
        assert line.problem.code == "delivery.no-progress"
        assert len(between.statuses) < 25

    simulate(story)


@pytest.mark.parametrize("body", [b"", b"x\n", b"-1\n", b"05\n"])
def test_a_size_that_does_not_read_stops_the_line(assured: World, body: bytes) -> None:
    async def story() -> None:
        wires, _ = await begin(assured, always(409, body))
        await asyncio.sleep(1)
        assert wires[JPN].line(KOR).state == "stopped"

    simulate(story)


def test_two_trees_at_the_partner_are_kept_as_evidence(assured: World, tmp_path: Path) -> None:
    """Our own keys signed another story: a thief with them, or a restore that went wrong."""
    other = assured.copy(tmp_path / "other")
    forked = wire_up(other)

    async def elsewhere() -> None:
        await forked.start()
        await say(other.jpn, 2)
        forked[JPN].kick()
        await forked.settle()
        await forked.stop()

    simulate(elsewhere)
    assured.nodes[KOR] = other.kor
    wires = wire_up(assured)

    async def story() -> None:
        await wires[KOR].start()
        await say(assured.jpn, 2)
        await wires[JPN].start()
        await asyncio.sleep(1)
        line = wires[JPN].line(KOR)
        assert line.state == "stopped"
        assert line.problem is not None
        assert line.problem.code == "statement.split-view"
        kept = await assured.jpn.ports.store.documents(EQUIVOCATION)
        assert kept

    simulate(story)


@pytest.mark.parametrize("body", [b"", b"nonsense\n"])
def test_a_push_that_is_taken_and_not_cosigned_stops_the_line(assured: World, body: bytes) -> None:
    async def story() -> None:
        wires, _ = await begin(assured, always(200, body))
        await say(assured.jpn)
        wires[JPN].kick()
        await asyncio.sleep(6)
        line = wires[JPN].line(KOR)
        assert line.state == "stopped"
        assert line.acknowledged < line.size

    simulate(story)


def test_a_fault_of_the_program_ends_delivery_and_is_heard_of(assured: World) -> None:
    def script(request: WireRequest) -> WireReply | None:
        raise InvariantError("test.fault", "a rule is broken")

    async def story() -> None:
        wires, _ = await begin(assured, script)
        with pytest.raises(InvariantError):
            await wires[JPN].running.failure()

    simulate(story)
