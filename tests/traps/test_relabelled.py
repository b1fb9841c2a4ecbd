# SPDX-License-Identifier: Apache-2.0
"""A party that sees a statement, and not its content, names the same payload in one of its own.

KOR does so under a lower label, so that JPN's less cleared reader would open it under that. What
JPN holds for one place opens nothing at another, and nobody learns by asking what JPN holds.
Source: spec/traps.md; DESIGN 5, 6
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import pytest
from msgspec import structs

from comity.basis.errors import StateError
from comity.basis.ids import PartyId, Place, digest_of
from comity.decision.stages import Refused
from comity.flows.arrivals import missing_payloads
from comity.flows.checkpoints import sign_register
from comity.flows.parcels import parcel_of, read_head
from comity.flows.people.register import change_person
from comity.flows.receipts import Opened
from comity.flows.release import recipient_by
from comity.flows.serving.taking import follow_up
from comity.flows.speak import Entered
from comity.flows.turns import turn
from comity.flows.upkeep import tend
from comity.keys.cards import find_sealing_key
from comity.keys.suites import Algorithm
from comity.sealing.parcels import ParcelHead, format_parcel_head, parse_parcel_head
from comity.statement.drafting import wrap_context
from comity.statement.envelope import StatementDraft, parse_statement
from comity.statement.information import ItemRelease
from comity.statement.values import ParcelRef, SealedRef
from tests.builders.pushes import push, push_from
from tests.builders.signed_requests import Partner
from tests.builders.world import (
    GSOMIA,
    JPN,
    KOR,
    MARKING,
    READER,
    REGISTRAR,
    USA,
    Node,
    World,
    compose_raw,
    enter_raw,
    make_world,
    run,
    trilateral,
)

SECRET_TEXT = b"SECRET and to JPN alone: "
SECRET_MARKING = {USA: "SECRET", JPN: "極秘"}
LARGE = SECRET_TEXT + bytes(100_000)


class Head(StrEnum):
    """What KOR puts before a payload that it does not have."""

    NAMES_NO_KEY = "a wrap that names a key which JPN does not have"
    OF_ANOTHER = "the wrap of another release to JPN"
    OF_ITS_OWN = "a wrap that JPN opens, of a key that KOR made up"
    FORWARDED = "a wrap of the payload's own key, which KOR was given with another release"


@dataclass(frozen=True, slots=True)
class Relabelled:
    """JPN's node holds `secret`; KOR's place `alias` names the same payload, CONFIDENTIAL."""

    world: World
    secret: Place
    alias: Place
    head: bytes
    sealed: SealedRef
    partner: Partner

    @property
    def jpn(self) -> Node:
        return self.world.jpn

    @property
    def path(self) -> str:
        return self.partner.parcel_path(self.world.kor, self.alias.index)

    @property
    def size(self) -> int:
        return len(self.head) + self.sealed.size

    def put(self, start: int | None, raw: bytes = b"") -> tuple[int, bytes]:
        """Bring a piece of the parcel of KOR's place, or only ask."""
        span = "*" if start is None else f"{start}-{start + len(raw) - 1}"
        head = ("content-range", f"bytes {span}/{self.size}")
        reply = self.partner.ask("PUT", self.path, head, body=raw)
        return reply.status, reply.body

    def gives_nothing_away(self) -> bool:
        """Answer whether JPN takes the alias for nothing that it has, and lets nobody open it."""
        with pytest.raises(StateError) as caught:
            self.jpn.receipt(self.alias)
        assert caught.value.code in ("item.payload-missing", "item.unreadable")
        return not isinstance(self.jpn.open(self.alias), Opened)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Three parties under one agreement; JPN's reader is cleared to CONFIDENTIAL."""
    monkeypatch.setitem(MARKING, USA, "SECRET")
    with make_world(tmp_path, (JPN, KOR, USA)) as made:
        made.sign(trilateral())
        for node in made.nodes.values():
            node.assure()
        made.settle()
        run(
            change_person(
                made.jpn.context, READER, lambda p: replace(p, clearance="CONFIDENTIAL"), REGISTRAR
            )
        )
        yield made


def relabel(world: World, secret: Place, head: Head) -> Relabelled:
    """Let KOR enter a release to JPN that names what another released, and JPN cosign it."""
    kor = world.kor
    sealed = world[secret.party].view().item(secret).release.sealed
    decoy = kor.release(JPN, content=(b"of KOR's own",))
    assert isinstance(decoy.statement.body, ItemRelease)
    label = decoy.statement.body.label
    unsized = kor.write(ItemRelease(label, ParcelRef(digest_of(b"x"), 1), sealed), to=[JPN])
    key = None
    if head is Head.FORWARDED:
        key = run(kor.ports.keys.custody_item_key(kor.view().item_ref(secret, sealed)))
    elif head is Head.OF_ITS_OWN:
        key = bytes(32)
    written = _head(world, decoy, unsized, sealed, key)
    if head is Head.NAMES_NO_KEY:
        written = _naming_no_key(world, written)
    ref = ParcelRef(digest_of(written), len(written))
    draft = replace(unsized, body=ItemRelease(label, ref, sealed))
    alias = enter_raw(kor, compose_raw(kor, draft))
    kor.context.live.clear()
    assert kor.view().item(alias).release.sealed == sealed  # it counts

    async def sign() -> None:
        async with turn(kor.context, GSOMIA) as view:
            await sign_register(kor.context, view.heads[KOR], view.keys(KOR))

    run(sign())
    assert push(world.jpn, push_from(kor, world.jpn.sizes()[KOR])).status == 200
    return Relabelled(world, secret, alias, written, sealed, Partner(kor, world.jpn))


def _head(
    world: World, like: Entered, draft: StatementDraft, sealed: SealedRef, key: bytes | None
) -> bytes:
    """Wrap a key for the draft, or else take the wrap of another release."""
    kor, parcel = world.kor, parcel_of(like.place, like.statement)
    assert parcel is not None
    (wrap,) = parse_parcel_head(run(read_head(kor.context, kor.view(), parcel))).wraps
    if key is not None:
        recipient = recipient_by(world.jpn.card, JPN, Algorithm(sealed.suite), kor.clock.now())
        context = wrap_context(parse_statement(compose_raw(kor, draft)))
        (wrap,) = run(kor.ports.keys.wrap_item_key(key, (recipient,), context=context))
    return format_parcel_head(ParcelHead(sealed, (wrap,)))


def _naming_no_key(world: World, raw: bytes) -> bytes:
    """Let the wrap of a head name a key that is not the recipient's."""
    head = parse_parcel_head(raw)
    at, suite = world.kor.clock.now(), Algorithm(head.sealed.suite)
    other = find_sealing_key(world[USA].card, suite, at)
    assert other is not None
    return format_parcel_head(
        structs.replace(
            head, wraps=tuple(structs.replace(each, key_id=other.key_id) for each in head.wraps)
        )
    )


def released(world: World, by: PartyId, content: bytes) -> Place:
    """Let a party release something SECRET that JPN holds afterwards; the reader is refused it."""
    to = KOR if by == JPN else JPN
    place = world[by].release(to, marking=SECRET_MARKING[by], content=(content,)).place
    world.settle()
    if by != JPN:
        world.jpn.receipt(place, "極秘")
    assert isinstance(world.jpn.open(place), Refused)
    return place


@pytest.mark.parametrize("content", [SECRET_TEXT, LARGE], ids=["small", "large"])
def test_what_is_held_for_one_place_is_not_opened_at_another_of_which_nothing_came(
    world: World, content: bytes
) -> None:
    secrets = [released(world, by, content) for by in (USA, JPN)]
    aliases = [relabel(world, each, Head.NAMES_NO_KEY) for each in secrets]
    for restarts in (False, True):
        if restarts:
            world.jpn.context.live.clear()
        run(follow_up(world.jpn.context, GSOMIA))
        assert all(each.gives_nothing_away() for each in aliases)
        assert world.jpn.view().open.parcels >= {each.alias for each in aliases}


@pytest.mark.parametrize("head", [Head.NAMES_NO_KEY, Head.OF_ANOTHER, Head.OF_ITS_OWN])
def test_nobody_learns_by_asking_or_by_a_head_alone_what_is_held_for_another_place(
    world: World, head: Head
) -> None:
    aliases = [relabel(world, released(world, by, LARGE), head) for by in (USA, JPN)]
    for alias in aliases:
        assert alias.put(None) == (202, b"0\n")
        assert alias.put(0, alias.head) == (202, f"{len(alias.head)}\n".encode())
        assert alias.put(None) == (202, f"{len(alias.head)}\n".encode())
        assert alias.partner.get(alias.path).status == 404  # though its own entry
    for restarts in (False, True):
        if restarts:
            world.jpn.context.live.clear()
        run(follow_up(world.jpn.context, GSOMIA))
        run(tend(world.jpn.context, GSOMIA))
        assert world.jpn.said("item.refusal") == []
        missing = run(missing_payloads(world.jpn.context, world.jpn.view()))
        assert {each.sealed.sha256 for each in aliases} <= set(missing)
        assert all(each.gives_nothing_away() for each in aliases)


def test_what_is_brought_for_a_second_place_is_whole_there_and_opens_under_its_own_wrap_alone(
    world: World,
) -> None:
    """KOR has the sealed bytes, as whoever carried them has; it still has no key of them."""
    alias = relabel(world, released(world, USA, LARGE), Head.OF_ITS_OWN)
    raw = b"".join(run(world.jpn.ports.blobs.read(alias.sealed.sha256)))
    assert alias.put(0, alias.head)[0] == 202
    assert alias.put(len(alias.head), raw) == (200, b"whole\n")
    assert alias.put(None) == (200, b"whole\n")
    run(follow_up(world.jpn.context, GSOMIA))
    (refused,) = world.jpn.said("item.refusal")
    assert refused["item"] == str(alias.alias)
    assert not isinstance(world.jpn.open(alias.alias), Opened)


def test_what_a_party_was_given_and_forwards_under_a_wrap_of_its_own_opens_at_both_places(
    world: World,
) -> None:
    secret = world[USA].release(JPN, KOR, marking="SECRET", content=(LARGE,)).place
    world.settle()
    world.jpn.receipt(secret, "極秘")
    alias = relabel(world, secret, Head.FORWARDED)
    raw = b"".join(run(world.kor.ports.blobs.read(alias.sealed.sha256)))
    assert alias.put(0, alias.head)[0] == 202
    assert alias.put(len(alias.head), raw) == (200, b"whole\n")
    run(follow_up(world.jpn.context, GSOMIA))
    world.jpn.receipt(alias.alias, "秘")
    assert world.jpn.read(alias.alias) == LARGE
    refs = [world.jpn.view().item_ref(each, alias.sealed) for each in (secret, alias.alias)]
    assert run(world.jpn.ports.keys.held_item_keys(frozenset(refs))) == set(refs)
    world.jpn.lose_key(alias.alias)
    assert run(world.jpn.ports.keys.held_item_keys(frozenset(refs))) == {refs[0]}


@pytest.mark.parametrize("content", [SECRET_TEXT, LARGE], ids=["small", "large"])
def test_what_a_thief_names_again_in_our_own_name_opens_at_its_first_place_alone(
    world: World, content: bytes
) -> None:
    """With a stolen key a release of ours is said anew, under a label that the reader may read."""
    jpn = world.jpn
    secret = released(world, JPN, content)
    decoy = jpn.release(KOR, marking="秘", content=(b"a decoy",))
    parcel = parcel_of(decoy.place, decoy.statement)
    assert parcel is not None
    assert isinstance(decoy.statement.body, ItemRelease)
    sealed = jpn.view().item(secret).release.sealed
    draft = jpn.write(ItemRelease(decoy.statement.body.label, parcel.head, sealed), to=[KOR])
    alias = enter_raw(jpn, compose_raw(jpn, draft))
    jpn.context.live.clear()
    assert jpn.view().item(alias).release.sealed == sealed  # it counts
    with pytest.raises(StateError, match=r"custody\.not-held"):
        jpn.open(alias)
    assert jpn.read(decoy.place) == b"a decoy"
    assert isinstance(jpn.open(secret), Refused)
