# SPDX-License-Identifier: Apache-2.0
"""One of several partners dates its word ahead of our clock: so much is held open, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.basis.instants import MINUTE_MS, Instant
from comity.flows import dates
from comity.ports import WireReply
from comity.statement.treaty import AgreementAnnouncement
from tests.builders.pushes import head_of, push, push_from
from tests.builders.uploads import add_checkpoint, add_entries, checkpoint_body, upload_body
from tests.builders.world import A_YEAR, JPN, KOR, USA, Node, World, make_world, trilateral

MOST = 4


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dates, "STATEMENTS_AHEAD_MAX", MOST)


@pytest.fixture
def three(tmp_path: Path) -> Iterator[World]:
    with make_world(tmp_path, (JPN, KOR, USA)) as world:
        world.sign(trilateral())
        world.settle()
        world.move(MINUTE_MS)  # past what was said so far
        yield world


def talk(node: Node, count: int, *, ahead: int = 0) -> None:
    """Say something, by a clock that is so many minutes ahead of everybody else's."""
    now = node.clock.instant
    node.clock.instant = Instant(now + ahead * MINUTE_MS)
    for number in range(count):
        node.declare(AgreementAnnouncement(f"news {number}", A_YEAR, ""))
    node.clock.instant = now


def push_on(by: Node, to: Node) -> WireReply:
    return push(to, push_from(by, head_of(to, by.party).size), by=by)


def is_put_off(reply: WireReply) -> bool:
    asked = reply.header("retry-after") is not None
    return (reply.status, reply.body, asked) == (429, b"register.too-many-ahead\n", True)


def test_what_goes_on_from_too_much_ahead_is_put_off_and_taken_when_the_clock_has_come(
    three: World,
) -> None:
    talk(three.jpn, MOST, ahead=9)
    assert push_on(three.jpn, three[USA]).status == 200
    held = head_of(three[USA], JPN).size
    talk(three.jpn, 1)
    assert is_put_off(push_on(three.jpn, three[USA]))
    assert head_of(three[USA], JPN).size == held
    three.move(9 * MINUTE_MS - 1)
    assert is_put_off(push_on(three.jpn, three[USA]))
    three.move(1)  # the first of them is no longer ahead
    assert push_on(three.jpn, three[USA]).status == 200
    assert head_of(three[USA], JPN).size == held + 1


def test_so_is_what_is_uploaded(three: World) -> None:
    talk(three.jpn, MOST, ahead=9)
    assert push_on(three.jpn, three[USA]).status == 200
    held = head_of(three[USA], JPN).size
    talk(three.jpn, 1)
    assert add_checkpoint(three[USA], checkpoint_body(three.jpn, held, held + 1)).status == 200
    body = upload_body(three.jpn, held, held + 1)
    assert is_put_off(add_entries(three[USA], body))
    assert head_of(three[USA], JPN).size == held
    three.move(10 * MINUTE_MS)
    assert add_entries(three[USA], body).status == 200


def test_it_keeps_nobody_else_waiting_and_its_receipt_is_given(three: World) -> None:
    talk(three.jpn, MOST, ahead=9)
    push_on(three.jpn, three[USA])
    assert push_on(three.jpn, three[USA]).status == 200  # without entries: the receipt alone
    talk(three.kor, 2)
    assert push_on(three.kor, three[USA]).status == 200


def test_of_fewer_and_of_what_is_rejected_for_its_date_nothing_is_put_off(three: World) -> None:
    for count, ahead in ((MOST - 1, 9), (MOST, 11)):
        talk(three.jpn, count, ahead=ahead)
        assert push_on(three.jpn, three[USA]).status == 200
        talk(three.jpn, 1, ahead=ahead)
        assert push_on(three.jpn, three[USA]).status == 200
        three.move(10 * MINUTE_MS)


def test_a_single_partner_holds_up_nobody_and_is_never_put_off(in_force: World) -> None:
    for _ in range(2):
        talk(in_force.jpn, MOST, ahead=9)
        assert push_on(in_force.jpn, in_force.kor).status == 200
