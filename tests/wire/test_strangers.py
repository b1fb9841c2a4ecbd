# SPDX-License-Identifier: Apache-2.0
"""Whoever has nothing to do with a register hears the same whether it is here or not.

Source: docs/formats/wire.md (what is not there); docs/decisions/0010
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from comity.flows.documents import EQUIVOCATION
from comity.keys.notes import NoteSignature
from comity.ports import WireRequest
from comity.tlog.add_checkpoint import AddCheckpoint, format_add_checkpoint
from comity.tlog.add_entries import AddEntries, EntryPackage, format_head, format_package
from comity.tlog.checkpoints import signed_checkpoint
from comity.tlog.push import Push, format_push
from comity.wire.asgi import PartnersApp
from comity.wire.limits import WireLimits
from comity.wire.router import PartnerWire
from tests.builders.pushes import push, push_from
from tests.builders.signed_requests import Partner
from tests.builders.uploads import (
    add_checkpoint,
    add_entries,
    checkpoint_body,
    fill,
    held,
    packages,
    signed_at,
    upload_body,
)
from tests.builders.world import GSOMIA, KOR, World, run
from tests.wire.test_asgi import http
from tests.wire.test_push import announce

ABSENT = "absent"
"""An agreement's id as long as the real one's, of which there is no register here."""

Made = Callable[[World], tuple[str, bytes]]


def unsigned(push: Push) -> Push:
    """Put signatures of the right keys' names in the place of those that hold."""
    lines = tuple(
        NoteSignature(line.name, line.key_id, bytes(len(line.signature)))
        for line in push.signed.note.signatures
    )
    signed = signed_checkpoint(push.signed.checkpoint, lines)
    return replace(push, checkpoint=replace(push.checkpoint, signed=signed))


def a_push(world: World, start: int) -> tuple[str, bytes]:
    return "/push", format_push(unsigned(push_from(world.kor, start)))


def a_checkpoint(world: World, old: int) -> tuple[str, bytes]:
    signed = unsigned(push_from(world.kor, 0)).signed
    return "/add-checkpoint", format_add_checkpoint(AddCheckpoint(old, (), signed))


def an_upload(world: World, start: int, end: int, *, whole: int = 1) -> tuple[str, bytes]:
    """Give an upload whose entries are nobody's."""
    head = AddEntries(signed_at(world.kor, 1).checkpoint.origin, start, end)
    made = [
        EntryPackage(each.range, tuple(b"guess" for _ in each.entries), each.path)
        for each in packages(world.kor, start, end)
    ]
    return "/add-entries", format_head(head) + b"".join(map(format_package, made[:whole]))


GUESSES: dict[str, Made] = {
    "push from our size": lambda world: a_push(world, held(world)),
    "push from another size": lambda world: a_push(world, 1),
    "push of nothing": lambda world: a_push(world, world.kor.sizes()[KOR]),
    "checkpoint from our size": lambda world: a_checkpoint(world, held(world)),
    "checkpoint from another size": lambda world: a_checkpoint(world, 0),
    "upload from our size": lambda world: an_upload(world, held(world), world.kor.sizes()[KOR]),
    "upload from another size": lambda world: an_upload(world, 1, world.kor.sizes()[KOR]),
    "upload to another size": lambda world: an_upload(world, 1, held(world)),
    "upload without a package": lambda world: an_upload(world, 1, 5, whole=0),
    "upload of nothing": lambda world: an_upload(world, held(world), held(world)),
    "upload of nothing from afar": lambda world: an_upload(world, 1, 1),
}


def over_http(world: World, path: str, raw: bytes, *, gzipped: bool = False) -> object:
    """Send what a stranger sends, in two pieces; give everything of the answer."""
    raw = gzip.compress(raw, mtime=0) if gzipped else raw
    coding = (("content-encoding", "gzip"),) if gzipped else ()
    app = PartnersApp(PartnerWire(world.jpn.context))
    return run(http(app, "POST", path, [raw[:200], raw[200:]], headers=coding)())


def assert_alike(world: World, path: str, raw: bytes) -> None:
    """Hold the answer about the register against that about one that is not here."""
    hidden = GSOMIA.encode()
    absent = raw.replace(hidden, ABSENT.encode().ljust(len(hidden), b"x"))
    assert absent != raw
    for gzipped in (False, True) if path == "/add-entries" else (False,):
        told = over_http(world, path, raw, gzipped=gzipped)
        assert told == over_http(world, path, absent, gzipped=gzipped)
        assert (told.status, told.body) == (404, b"not found\n")  # type: ignore[attr-defined]


@pytest.mark.parametrize("guess", GUESSES)
def test_a_stranger_hears_the_same_of_a_register_that_is_here_and_of_one_that_is_not(
    announced: tuple[World, int, int], guess: str
) -> None:
    world, _, _ = announced
    assert_alike(world, *GUESSES[guess](world))


def test_a_stranger_does_not_hear_that_a_register_is_disputed(
    in_force: World, tmp_path: Path
) -> None:
    twin = in_force.copy(tmp_path / "twin").kor
    announce(in_force.kor, "one story")
    announce(twin, "another")
    start = held(in_force)
    assert push(in_force.jpn, push_from(in_force.kor, start)).status == 200
    assert push(in_force.jpn, push_from(twin, held(in_force))).status == 422
    assert run(in_force.jpn.ports.store.documents(EQUIVOCATION))
    for guess in ("push from our size", "checkpoint from our size"):
        assert_alike(in_force, *GUESSES[guess](in_force))


def test_a_stranger_does_not_hear_that_a_partner_asks_too_much(in_force: World) -> None:
    """Nothing that a stranger sends counts against the partner whose register it names."""
    announce(in_force.kor)
    raw = format_push(push_from(in_force.kor, held(in_force)))
    slow = WireLimits(partner_rate=0.001, partner_burst=2)
    wire = PartnerWire(in_force.jpn.context, limits=slow)
    garbage = [GUESSES[guess](in_force) for guess in GUESSES if "nothing" not in guess]
    for path, body in garbage:
        assert run(wire.answer(WireRequest("POST", path, (), body))).status == 404
    assert run(wire.answer(WireRequest("POST", "/push", (), raw))).status == 200
    again = [run(wire.answer(WireRequest("POST", "/push", (), raw))).status for _ in range(3)]
    assert again == [409, 409, 429]  # what anybody may repeat waits apart from what is new
    for status in (200, 429):
        announce(in_force.kor)
        new = format_push(push_from(in_force.kor, held(in_force)))
        assert run(wire.answer(WireRequest("POST", "/push", (), new))).status == status
    for path, body in garbage:
        assert run(wire.answer(WireRequest("POST", path, (), body))).status == 404


def test_a_flood_of_garbage_in_a_partners_name_holds_none_of_its_places(in_force: World) -> None:
    """Garbage waits for no turn of the agreement, however long that is held."""
    announce(in_force.kor)
    path, body = GUESSES["push from our size"](in_force)
    wire = PartnerWire(in_force.jpn.context, limits=WireLimits(partner_running=1))

    async def story() -> list[int]:
        async with in_force.jpn.context.live[GSOMIA].turn():
            asked = [wire.answer(WireRequest("POST", path, (), body)) for _ in range(9)]
            return [(await each).status for each in asked]

    in_force.jpn.view()
    assert run(story()) == [404] * 9


def test_a_party_that_signs_its_request_is_told_what_c2sp_says(
    announced: tuple[World, int, int],
) -> None:
    world, start, end = announced
    by = world.kor
    _, raw = GUESSES["push from our size"](world)
    assert push(world.jpn, raw, by=by).status == 403
    _, raw = GUESSES["checkpoint from our size"](world)
    assert add_checkpoint(world.jpn, raw, by=by).status == 403
    raw = upload_body(world.kor, end, end)
    assert add_entries(world.jpn, raw, by=by).status == 409
    raw = upload_body(world.kor, start, end - 1, count=0)
    assert add_entries(world.jpn, raw, by=by).status == 409
    assert add_entries(world.jpn, raw, by=by).body.startswith(b"%d\n%d\n" % (end, start))


def test_a_signature_on_a_request_is_good_once_and_for_parties_alone(in_force: World) -> None:
    raw = format_push(push_from(in_force.kor, held(in_force)))
    partner = Partner(in_force.kor, in_force.jpn)
    request = partner.sign(WireRequest("POST", "/push", (), raw))
    assert partner.send(request).status == 200
    assert partner.send(request).status == 401
    forged = tuple((a, b.replace('nonce="', 'nonce="A')) for a, b in request.headers)
    assert partner.send(replace(request, headers=forged)).status == 404
    _, absent = GUESSES["push from our size"](in_force)
    absent = absent.replace(GSOMIA.encode(), ABSENT.encode().ljust(len(GSOMIA), b"x"))
    assert push(in_force.jpn, absent, by=in_force.kor).status == 404


def test_whoever_has_the_entries_is_told_where_to_go_on_without_signing(
    long: tuple[World, int, int],
) -> None:
    """An upload proves itself by its first package, as C2SP's mirrors know no other way."""
    world, start, _ = long
    end = fill(world.kor, 1000)
    assert add_checkpoint(world.jpn, checkpoint_body(world.kor, start, end)).status == 200
    known = upload_body(world.kor, start - 2, end, count=1)
    assert add_entries(world.jpn, known).status == 202
    superseded = upload_body(world.kor, 0, end - 1, count=1)
    assert add_entries(world.jpn, superseded).status == 409
