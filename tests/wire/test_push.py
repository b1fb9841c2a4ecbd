# SPDX-License-Identifier: Apache-2.0
"""A push is answered as its status table says: stored first, cosigned after, forks kept."""

from __future__ import annotations

from comity.flows.documents import EQUIVOCATION
from comity.flows.mirror import take_cosignature
from comity.statement.treaty import AgreementAnnouncement
from tests.builders.pushes import push, push_from
from tests.builders.world import A_YEAR, JPN, KOR, Node, World, run


def announce(node: Node, subject: str = "news") -> None:
    node.declare(AgreementAnnouncement(subject, A_YEAR, ""))


def evidence(node: Node) -> list[bytes]:
    found = run(node.ports.store.documents(EQUIVOCATION))
    return [each.body for each in found if each.body is not None]


def held_size(world: World) -> int:
    return world.jpn.sizes()[KOR]


def test_a_push_is_stored_and_answered_with_both_cosignature_lines(in_force: World) -> None:
    announce(in_force.kor)
    reply = push(in_force.jpn, push_from(in_force.kor, held_size(in_force)))
    assert reply.status == 200
    size = in_force.kor.sizes()[KOR]
    assert held_size(in_force) == size
    assert len(reply.body.splitlines()) == 2
    view = in_force.kor.view()
    assert run(take_cosignature(in_force.kor.context, view, JPN, size, reply.body))


def test_an_empty_push_fetches_a_lost_reply_of_the_same_bytes(in_force: World) -> None:
    announce(in_force.kor)
    first = push(in_force.jpn, push_from(in_force.kor, held_size(in_force)))
    in_force.move(60_000)
    again = push(in_force.jpn, push_from(in_force.kor, held_size(in_force)))
    assert (again.status, again.body) == (200, first.body)


def test_the_same_push_twice_is_answered_with_the_size(in_force: World) -> None:
    announce(in_force.kor)
    sent = push_from(in_force.kor, held_size(in_force))
    assert push(in_force.jpn, sent).status == 200
    reply = push(in_force.jpn, sent)
    assert reply.status == 409
    assert reply.header("content-type") == "text/x.tlog.size"
    assert reply.body == f"{held_size(in_force)}\n".encode()
