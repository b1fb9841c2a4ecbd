# SPDX-License-Identifier: Apache-2.0
"""Discs that are broken, full, several, or say too much: nothing of it is taken for true."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from comity.basis.errors import EdgeError, InputError, ProofError, StateError
from comity.basis.limits import BUNDLES_STAGED_MAX, MIB
from comity.cli.next_steps import new_bundle
from comity.flows.courier.loads import Load
from comity.ports import BundleWriter
from comity.sealing.bundle import Listing, parse_header
from comity.statement.treaty import AgreementAnnouncement
from tests.builders.world import (
    A_YEAR,
    JPN,
    KOR,
    TEXT,
    Node,
    World,
    run,
)

ROMANISED = (
    "gokuhi",
    "himitsu",
    "gunsa",
    "bimil",
    "bi mil",
    "secret",
    "confiden",
    "level",
    "class",
)
MARKS = ("秘", "極秘", "군사", "SECRET", "CONFIDENTIAL", "Launch", "missile")


def announce(node: Node, subject: str = "news") -> None:
    node.declare(AgreementAnnouncement(subject, A_YEAR, ""))


def blobs(node: Node) -> int:
    return len(run(node.ports.blobs.digests()))


def staged(node: Node) -> list[Path]:
    folder = node.folder / "courier"
    return list(folder.iterdir()) if folder.is_dir() else []


# What is damaged or too much


@pytest.mark.parametrize("at", [0, 40, 1500, -1, -2000])
def test_a_flipped_byte_anywhere_is_noticed_and_nothing_is_taken(assured: World, at: int) -> None:
    world = assured
    announce(world.jpn)
    world.jpn.pack(KOR)
    disc = world.jpn.folder / "disc"
    raw = bytearray(disc.read_bytes())
    raw[at] ^= 1
    disc.write_bytes(raw)
    state = world.kor.export()
    with pytest.raises((InputError, ProofError, StateError)):
        world.kor.take(disc)
    assert world.kor.export() == state


def test_a_bundle_cut_short_or_gone_on_is_refused(assured: World) -> None:
    announce(assured.jpn)
    assured.jpn.pack(KOR)
    disc = assured.jpn.folder / "disc"
    raw = disc.read_bytes()
    for changed in (raw[:-1], raw[:200], b"", raw + b"x"):
        disc.write_bytes(changed)
        with pytest.raises((InputError, ProofError)):
            assured.kor.take(disc)
    disc.write_bytes(raw)
    assert assured.kor.take(disc).entries == 1
    assert staged(assured.kor) == []


def test_a_missing_disc_is_the_diskdrives_fault(assured: World) -> None:
    with pytest.raises(EdgeError):
        assured.kor.take(assured.jpn.folder / "nothing")


@pytest.mark.row("G12a")
def test_the_outside_shows_no_marking_title_or_level(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assured.jpn.release(KOR, content=(TEXT * 4000,))
    packed = assured.jpn.pack(KOR)
    raw = (assured.jpn.folder / "disc").read_bytes()
    header, begins = parse_header(raw[:MIB])
    outside = raw[:begins].decode("ascii").casefold()  # no word of another script stands there
    assert [each for each in ROMANISED if each in outside] == []
    assert (header.from_domain, header.to_domain) == ("mod.jpn.example", "mnd.kor.example")
    assert header.serial == packed.serial  # its registry number
    monkeypatch.chdir(assured.jpn.folder)
    assert new_bundle(JPN, KOR) == "jpn-to-kor-1"  # what it is called where nobody names it
    for mark in MARKS:
        assert mark.encode() not in raw
    assert TEXT not in raw


@pytest.mark.row("G12a")
@pytest.mark.parametrize(
    "name", ["極秘", "disc-秘", "군사 II급 비밀.1", "gunsa_ii-kup_bimil", "Secret"]
)
def test_g12a_a_disc_is_not_called_by_a_marking_in_any_script(assured: World, name: str) -> None:
    assured.jpn.release(KOR)
    before = assured.jpn.journal()
    with pytest.raises(InputError) as caught:
        assured.jpn.pack(KOR, name)
    assert caught.value.code == "bundle.name-shows-marking"
    assert assured.jpn.journal() == before
    assert not (assured.jpn.folder / name).exists()
    (
        assured.jpn.folder / "秘"
    ).mkdir()  # a folder on the way stays behind, as does a part of a word
    assert assured.jpn.pack(KOR, "秘/秘書-secretary").parcels == 2


def test_a_full_disc_leaves_no_bundle_and_the_next_one_serves(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = assured
    world.jpn.release(KOR)
    bundles = world.jpn.ports.bundles
    begin = bundles.begin

    async def full(name: str, part_bytes: int) -> BundleWriter:
        writer = await begin(name, part_bytes)

        async def write(sealed: bytes) -> None:
            raise EdgeError("disk.full", "no space left on disk")

        monkeypatch.setattr(writer, "write", write)
        return writer

    with monkeypatch.context() as patch:
        patch.setattr(bundles, "begin", full)
        with pytest.raises(EdgeError):
            world.jpn.pack(KOR)
    assert [each for each in world.jpn.folder.iterdir() if each.name != "courier"] == []
    assert world.carry(JPN, KOR).parcels == 2


def test_a_full_disc_under_the_receiver_is_gone_on_from(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = assured
    place = world.jpn.release(KOR).place
    world.jpn.pack(KOR)

    async def refuse(*_: object) -> None:
        raise EdgeError("disk.full", "no space left on disk")

    with monkeypatch.context() as patch:
        patch.setattr(world.kor.ports.blobs, "write", refuse)
        with pytest.raises(EdgeError):
            world.kor.take(world.jpn.folder / "disc")
    taken = world.kor.take(world.jpn.folder / "disc")
    assert taken.parcels == 2
    world.kor.receipt(place)
    assert world.kor.read(place) == TEXT


# Several discs


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> int:
    size = 16 * 1024
    monkeypatch.setattr("comity.flows.courier.packing.BUNDLE_PART_BYTES", size)
    return size


def test_a_bundle_on_several_discs_may_be_taken_in_any_order(
    assured: World, small_parts: int
) -> None:
    world = assured
    content = [os.urandom(40_000) for _ in range(4)]
    place = world.jpn.release(KOR, content=content).place
    packed = world.jpn.pack(KOR, volume_bytes=3 * small_parts)
    assert len(packed.names) > 2
    *others, last = reversed(packed.names)
    for name in others:
        taken = world.kor.take(name)
        assert taken.missing
        assert taken.entries == 0
    assert world.kor.take(others[0]).missing  # the same disc twice changes nothing
    assert world.kor.take(last).parcels == 2
    assert staged(world.kor) == []
    world.kor.receipt(place)
    assert world.kor.read(place) == b"".join(content)


def test_discs_of_two_bundles_do_not_mix(assured: World, small_parts: int) -> None:
    world = assured
    world.jpn.release(KOR, content=[os.urandom(60_000)])
    first = world.jpn.pack(KOR, "one", volume_bytes=2 * small_parts)
    second = world.jpn.pack(KOR, "two", volume_bytes=2 * small_parts)
    assert world.kor.take(first.names[0]).missing
    for name in second.names[1:]:
        assert world.kor.take(name).missing
    assert world.kor.take(second.names[0]).entries == 1


def test_a_broken_disc_is_copied_again_and_the_others_are_kept(
    assured: World, small_parts: int
) -> None:
    world = assured
    world.jpn.release(KOR, content=[os.urandom(60_000)])
    names = world.jpn.pack(KOR, volume_bytes=2 * small_parts).names
    broken = Path(names[0])
    raw = broken.read_bytes()
    broken.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    for name in names[1:]:
        world.kor.take(name)
    with pytest.raises(ProofError) as caught:
        world.kor.take(broken)
    assert caught.value.code == "bundle.part"
    broken.write_bytes(raw)
    assert world.kor.take(broken).entries == 1


def test_bundles_that_never_become_whole_do_not_pile_up(assured: World, small_parts: int) -> None:
    world = assured
    world.jpn.release(KOR, content=[os.urandom(40_000)])
    for number in range(BUNDLES_STAGED_MAX + 3):
        names = world.jpn.pack(KOR, f"disc-{number}", volume_bytes=small_parts).names
        assert world.kor.take(names[0]).missing
    assert len(staged(world.kor)) == BUNDLES_STAGED_MAX


def test_what_is_staged_and_was_altered_since_is_not_trusted_after_a_restart(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash came between staging and taking, and somebody was at the disk meanwhile."""
    world = assured
    world.jpn.release(KOR)
    world.jpn.pack(KOR)

    async def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("comity.flows.courier.taking._take_body", crash)
        with pytest.raises(KeyboardInterrupt):
            world.kor.take(world.jpn.folder / "disc")
    (part,) = [path for path in (world.kor.folder / "courier").rglob("*") if path.is_file()]
    raw = bytearray(part.read_bytes())
    raw[200] ^= 1
    part.write_bytes(raw)
    state = world.kor.export()
    with pytest.raises(ProofError) as caught:
        world.kor.take(world.jpn.folder / "disc")
    assert caught.value.code == "bundle.altered"
    assert world.kor.export() == state
    assert world.kor.take(world.jpn.folder / "disc").entries == 1  # staged anew from the disc


def test_sizes_that_a_bundle_claims_are_held_to_and_reserve_nothing(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = assured
    world.jpn.release(KOR)
    listing = Load.listing

    def swollen(self: Load) -> Listing:
        whole = listing(self)
        last = replace(whole.parcels[-1], size=2**35)
        return replace(whole, parcels=(*whole.parcels[:-1], last))

    with monkeypatch.context() as patch:
        patch.setattr(Load, "listing", swollen)
        world.jpn.pack(KOR)
    with pytest.raises(InputError) as caught:
        world.kor.take(world.jpn.folder / "disc")
    assert caught.value.code == "bundle.malformed"
    assert world.carry(JPN, KOR).parcels >= 1
