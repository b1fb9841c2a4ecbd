# SPDX-License-Identifier: Apache-2.0
"""Reads are for parties that sign: nobody else sees even that there is something."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from comity.basis.errors import EdgeError
from comity.basis.ids import AgreementId
from comity.flows.doctor.own_node import CALL_BACK
from comity.flows.rotation import rotate_keys
from comity.flows.serving.callers import NONCES_MAX, Callers
from comity.flows.serving.taking import settle_down
from comity.flows.set_up import pin_agreement
from comity.keys.cards import Card, mirror_keys
from comity.ports import WireReply, WireRequest
from comity.statement.treaty import AgreementAnnouncement
from comity.tlog.checkpoints import parse_checkpoint
from comity.tlog.cosignatures import verify_cosignatures
from comity.tlog.tiles import parse_bundle, parse_hash_tile
from comity.tlog.tree import leaf_hash
from comity.wire.router import PartnerWire
from tests.builders.pushes import ask, push, push_from
from tests.builders.signed_requests import Partner, with_header
from tests.builders.uploads import add_checkpoint, add_entries, checkpoint_body, fill, upload_body
from tests.builders.world import A_YEAR, GSOMIA, JPN, KOR, USA, Node, World, make_world, run


@pytest.fixture
def kor_asks_jpn(in_force: World) -> Partner:
    return Partner(in_force.kor, in_force.jpn)


def nothing_here(reply: WireReply) -> bool:
    return (reply.status, reply.body) == (404, b"not found\n")


# Checkpoints and tiles


def test_a_party_reads_its_mirror_with_our_cosignature(kor_asks_jpn: Partner) -> None:
    kor, jpn = kor_asks_jpn.caller, kor_asks_jpn.receiver
    reply = kor_asks_jpn.get(kor_asks_jpn.path(kor, "checkpoint"))
    assert reply.status == 200
    assert reply.header("cache-control") == "private, no-cache"
    signed = parse_checkpoint(reply.body)
    assert signed.checkpoint.size == jpn.sizes()[KOR]
    verify_cosignatures(signed, mirror_keys(jpn.card))
    assert len(signed.note.signatures) == 4


def test_a_party_reads_our_own_register(kor_asks_jpn: Partner) -> None:
    jpn = kor_asks_jpn.receiver
    reply = kor_asks_jpn.get(kor_asks_jpn.path(jpn, "checkpoint"))
    assert reply.status == 200
    assert parse_checkpoint(reply.body).checkpoint.origin == jpn.view().heads[JPN].origin


def test_entries_and_hashes_are_read_as_tiles_of_the_checkpoint(in_force: World) -> None:
    kor = in_force.kor
    size = fill(kor, 300)
    add_checkpoint(in_force.jpn, checkpoint_body(kor, in_force.jpn.sizes()[KOR], size))
    start = in_force.jpn.sizes()[KOR]
    assert add_entries(in_force.jpn, upload_body(kor, start, size)).status == 200
    entries = run(kor.ports.store.entries(kor.view().heads[KOR].origin, 0, size))
    partner = Partner(kor, in_force.jpn)

    full = partner.get(partner.path(kor, "tile/entries/000"))
    assert parse_bundle(full.body, 256) == entries[:256]
    assert full.header("cache-control") == "private, max-age=31536000, immutable"
    rest = size - 256
    partial = partner.get(partner.path(kor, f"tile/entries/001.p/{rest}"))
    assert parse_bundle(partial.body, rest) == entries[256:]
    narrower = partner.get(partner.path(kor, "tile/entries/000.p/7"))
    assert parse_bundle(narrower.body, 7) == entries[:7]
    hashes = partner.get(partner.path(kor, f"tile/0/001.p/{rest}"))
    assert parse_hash_tile(hashes.body, rest) == tuple(map(leaf_hash, entries[256:]))
    above = partner.get(partner.path(kor, "tile/1/000.p/1"))
    assert len(parse_hash_tile(above.body, 1)) == 1
    for beyond in ("tile/entries/001", f"tile/0/001.p/{rest + 1}", "tile/1/000", "tile/0/002.p/1"):
        assert nothing_here(partner.get(partner.path(kor, beyond)))


def test_entries_beyond_the_checkpoint_are_not_shown(in_force: World) -> None:
    partner = Partner(in_force.kor, in_force.jpn)
    held = in_force.jpn.sizes()[JPN]
    fill(in_force.jpn, 3)
    path = partner.path(in_force.jpn, f"tile/entries/000.p/{held + 1}")
    assert nothing_here(partner.get(path))
    path = partner.path(in_force.jpn, f"tile/entries/000.p/{held}")
    assert partner.get(path).status == 200


@pytest.mark.parametrize(
    "below",
    ["", "checkpoint/", "tile/0/1", "tile/0/000.p/0", "tile/0/000.p/256", "tile/64/000", "tile/x"],
)
def test_paths_that_are_none_are_not_found(kor_asks_jpn: Partner, below: str) -> None:
    assert nothing_here(kor_asks_jpn.get(kor_asks_jpn.path(kor_asks_jpn.caller, below)))


def test_nothing_is_shown_before_there_is_a_checkpoint(pinned: World) -> None:
    partner = Partner(pinned.kor, pinned.jpn)
    for owner in (pinned.kor, pinned.jpn):
        assert nothing_here(partner.get(partner.path(owner, "checkpoint")))
        assert nothing_here(partner.get(partner.path(owner, "tile/0/000.p/1")))


# Who may


def test_whoever_does_not_sign_sees_nothing(kor_asks_jpn: Partner) -> None:
    path = kor_asks_jpn.path(kor_asks_jpn.caller, "checkpoint")
    assert nothing_here(ask(kor_asks_jpn.receiver, WireRequest("GET", path)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("comity-to", None),
        ("comity-to", "mnd.kor.example/echo"),
        ("signature", None),
        ("signature", "comity=:AAAA:"),
        ("signature-input", None),
        ("signature-input", "comity=()"),
        ("content-range", "bytes 0-1/2"),
        ("content-digest", "sha-256=:AAAA:"),
    ],
)
def test_a_signature_with_a_part_altered_is_nobodys(
    kor_asks_jpn: Partner, name: str, value: str | None
) -> None:
    path = kor_asks_jpn.path(kor_asks_jpn.caller, "checkpoint")
    signed = kor_asks_jpn.sign(WireRequest("GET", path))
    assert nothing_here(kor_asks_jpn.send(with_header(signed, name, value)))
    assert kor_asks_jpn.send(signed).status == 200


def test_a_signature_is_good_for_one_path_and_method(kor_asks_jpn: Partner) -> None:
    kor, jpn = kor_asks_jpn.caller, kor_asks_jpn.receiver
    signed = kor_asks_jpn.sign(WireRequest("GET", kor_asks_jpn.path(kor, "checkpoint")))
    other = replace(signed, path=kor_asks_jpn.path(jpn, "checkpoint"))
    assert nothing_here(kor_asks_jpn.send(other))
    parcel = kor_asks_jpn.sign(WireRequest("GET", kor_asks_jpn.parcel_path(kor, 0)))
    assert nothing_here(kor_asks_jpn.send(replace(parcel, method="PUT")))


def test_a_signature_is_good_for_one_receiver(in_force: World) -> None:
    partner = Partner(in_force.kor, in_force.jpn)
    signed = partner.sign(WireRequest("POST", "/echo"))
    twin = Partner(in_force.kor, in_force.kor)
    assert nothing_here(twin.send(signed))


def test_the_same_request_twice_is_refused(kor_asks_jpn: Partner) -> None:
    path = kor_asks_jpn.path(kor_asks_jpn.caller, "checkpoint")
    signed = kor_asks_jpn.sign(WireRequest("GET", path))
    assert kor_asks_jpn.send(signed).status == 200
    again = kor_asks_jpn.send(signed)
    assert (again.status, again.body) == (401, b"wire.replayed\n")


def test_a_clock_that_is_off_by_more_than_a_minute_is_told(in_force: World) -> None:
    partner = Partner(in_force.kor, in_force.jpn)
    path = partner.path(in_force.kor, "checkpoint")
    now = in_force.jpn.clock.instant
    for seconds, status in ((-120, 200), (-121, 401), (60, 200), (61, 401)):
        in_force.kor.clock.instant = type(now)(now + seconds * 1000)
        reply = partner.get(path)
        assert reply.status == status, seconds
        if status == 401:
            assert reply.body == b"wire.clock\n"


def test_nonces_are_forgotten_after_they_can_do_no_harm(in_force: World) -> None:
    partner = Partner(in_force.kor, in_force.jpn)
    callers = Callers(in_force.jpn.context)
    for _ in range(3):
        run(callers.caller(partner.sign(WireRequest("POST", "/echo"))))
        in_force.move(200_000)
    assert [len(seen) for seen in callers._nonces.values()] == [1]


def test_a_partner_that_asks_without_end_is_asked_to_come_later(
    in_force: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comity.flows.serving.callers.NONCES_MAX", 3)
    assert NONCES_MAX > 3
    partner = Partner(in_force.kor, in_force.jpn)
    path = partner.path(in_force.kor, "checkpoint")
    assert [partner.get(path).status for _ in range(4)] == [200, 200, 200, 429]
    assert partner.get(path).header("retry-after") == "5"


def test_a_party_to_another_agreement_sees_nothing_of_this_one(tmp_path: Path) -> None:
    with make_world(tmp_path, (JPN, KOR, USA)) as world:
        bilateral = AgreementId("bilateral")
        for one, other in ((JPN, KOR), (KOR, JPN)):
            run(pin_agreement(world[one].context, bilateral, other))
        jpn = world[JPN]
        jpn.agreement = bilateral
        fill(jpn, 3)
        assert add_checkpoint(world[KOR], checkpoint_body(jpn, 0, 3)).status == 200
        assert add_entries(world[KOR], upload_body(jpn, 0, 3)).status == 200
        party, outsider = Partner(world[JPN], world[KOR]), Partner(world[USA], world[KOR])
        path = party.path(jpn, "checkpoint")
        assert party.get(path).status == 200
        assert nothing_here(outsider.get(path))


def test_after_a_rotation_the_newest_card_that_is_known_counts_and_the_old_key_is_nobodys(
    in_force: World, tmp_path: Path
) -> None:
    kor, jpn = in_force.kor, in_force.jpn
    thief = Partner(in_force.copy(tmp_path / "before").kor, jpn)
    partner = Partner(kor, jpn)
    path = partner.path(kor, "checkpoint")
    before = partner.sign(WireRequest("GET", path))
    run(rotate_keys(kor.context))
    assert nothing_here(partner.get(path))
    assert partner.send(before).status == 200
    assert thief.get(path).status == 200  # this is all that JPN knows so far
    left = thief.sign(WireRequest("GET", path))
    in_force.settle()
    assert partner.get(path).status == 200
    assert nothing_here(thief.get(path))
    assert nothing_here(partner.send(left))  # signed before, and sent after
    assert nothing_here(thief.ask("POST", "/echo"))


# Echo


def test_an_echo_says_what_came_when_and_where_registers_stand(kor_asks_jpn: Partner) -> None:
    jpn = kor_asks_jpn.receiver
    reply = kor_asks_jpn.ask("POST", "/echo", body=b"hello")
    assert reply.status == 200
    said = json.loads(reply.body)
    assert said["party"] == "JPN"
    assert (said["card_version"], said["your_card_version"]) == (1, 1)
    assert said["at"] == "2016-11-23T01:00:00.000Z"
    assert said["body_sha256"].startswith("2cf24dba5fb0a30e26e83b2ac5b9e29e")
    heads = jpn.view().heads
    assert said["registers"] == {head.origin: head.size for head in heads.values()}
    assert kor_asks_jpn.ask("POST", "/echo").status == 200


def test_an_echo_of_another_body_than_was_signed_is_refused(kor_asks_jpn: Partner) -> None:
    signed = kor_asks_jpn.sign(WireRequest("POST", "/echo", (), b"hello"))
    assert kor_asks_jpn.send(replace(signed, body=b"other")).status == 400
    unsigned = kor_asks_jpn.sign(WireRequest("POST", "/echo"))
    assert kor_asks_jpn.send(replace(unsigned, body=b"other")).status == 400
    long = kor_asks_jpn.ask("POST", "/echo", body=b"x" * 1025)
    assert long.status == 413


class Called:
    """Stands for the network: notes whom this node calls, and says what it found there."""

    def __init__(self, node: Node) -> None:
        self.cards: list[Card] = []
        self.requests: list[WireRequest] = []
        self.goes_on = asyncio.Event()
        self.context = replace(node.context, ports=replace(node.ports, partners=self))

    async def call(
        self, card: Card, request: WireRequest, *, signed: bool, timeout_s: float
    ) -> WireReply:
        self.cards.append(card)
        self.requests.append(request)
        await self.goes_on.wait()
        found = "connection to 10.0.0.7:22 refused by SSH-2.0"
        raise EdgeError("partners.tls", "no TLS is spoken there", where=card.party, found=found)


def test_the_way_back_goes_to_the_pinned_card_and_tells_nothing_of_what_was_found(
    in_force: World,
) -> None:
    network = Called(in_force.jpn)
    network.goes_on.set()
    partner = Partner(in_force.kor, in_force.jpn)
    partner.wire = PartnerWire(network.context)
    elsewhere = b'{"call_back":"https://10.0.0.7:22"}'
    headers = (("host", "10.0.0.7"), ("x-forwarded-for", "10.0.0.7"), ("referer", "https://x"))
    for body in (elsewhere, b'{"call_back":true,"to":"https://10.0.0.7"}', b""):
        said = json.loads(partner.ask("POST", "/echo", *headers, body=body).body)
        assert "back" not in said
    assert network.requests == []
    reply = partner.ask("POST", "/echo", *headers, body=CALL_BACK)
    assert json.loads(reply.body)["back"] == {"code": "partners.tls"}
    assert b"SSH" not in reply.body
    assert [each.raw for each in network.cards] == [in_force.kor.card.raw]
    assert network.requests == [WireRequest("POST", "/echo")]


def test_a_party_is_called_back_once_at_a_time(in_force: World) -> None:
    network = Called(in_force.jpn)
    partner = Partner(in_force.kor, in_force.jpn)
    wire = PartnerWire(network.context)

    async def story() -> list[int]:
        signed = [partner_signs() for _ in range(4)]
        asked = [asyncio.create_task(wire.answer(each)) for each in signed]
        while not network.requests:
            await asyncio.sleep(0)
        for _ in range(20):
            await asyncio.sleep(0)
        network.goes_on.set()
        return sorted([(await each).status for each in asked])

    requests = [partner.sign(WireRequest("POST", "/echo", (), CALL_BACK)) for _ in range(4)]
    partner_signs = requests.pop
    assert run(story()) == [200, 429, 429, 429]
    assert len(network.requests) == 1


def test_an_announcement_does_not_change_what_was_read(kor_asks_jpn: Partner) -> None:
    jpn = kor_asks_jpn.receiver
    path = kor_asks_jpn.path(jpn, "tile/entries/000.p/3")
    before = kor_asks_jpn.get(path)
    jpn.declare(AgreementAnnouncement("news", A_YEAR, ""))
    assert kor_asks_jpn.get(path).body == before.body


def test_a_mirror_is_shown_as_far_as_our_cosignature_is_kept(in_force: World) -> None:
    partner = Partner(in_force.kor, in_force.jpn)
    path = partner.path(in_force.kor, "checkpoint")
    before = partner.get(path).body
    in_force.kor.declare(AgreementAnnouncement("news", A_YEAR, ""))
    assert push(in_force.jpn, push_from(in_force.kor, in_force.jpn.sizes()[KOR])).status == 200
    shown = partner.get(path).body
    verify_cosignatures(parse_checkpoint(shown), mirror_keys(in_force.jpn.card))
    run(settle_down(in_force.jpn.context, GSOMIA))
    kept = partner.get(path).body
    assert parse_checkpoint(kept).checkpoint.size == in_force.kor.sizes()[KOR]
    assert shown in (before, kept)
