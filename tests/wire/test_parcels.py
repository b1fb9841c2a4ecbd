# SPDX-License-Identifier: Apache-2.0
"""Large parcels come in pieces, are checked as they stream, and go on where they were cut off."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from comity.basis.errors import EdgeError
from comity.basis.ids import PartyId
from comity.flows.parcels import parcel_of
from comity.flows.serving.parcel_places import find_parcel, is_for_reader
from comity.flows.serving.reads import Shown
from comity.flows.serving.taking import follow_up
from comity.flows.turns import turn
from comity.flows.view import statement_at
from comity.ports import WireRequest
from tests.builders.pushes import push, push_from
from tests.builders.senders import LARGE, Sender, acknowledge, parcel_bytes
from tests.builders.signed_requests import Partner
from tests.builders.world import GSOMIA, JPN, KOR, USA, World, run


def test_a_parcel_in_pieces_is_whole_at_last_and_can_be_opened(sender: Sender) -> None:
    size = len(sender.raw)
    assert sender.offset() == (202, b"0\n")
    for start in range(0, size, 30_000):
        end = min(size, start + 30_000)
        reply = sender.put(start, end)
        last = end == size
        assert reply.status == (200 if last else 202)
        assert reply.body == (b"whole\n" if last else f"{end}\n".encode())
    run(follow_up(sender.receiver.context, GSOMIA))
    sender.receiver.receipt(sender.place)
    assert sender.receiver.read(sender.place) == LARGE
    assert sender.uploads() == 0
    assert run(sender.receiver.ports.blobs.unfinished()) == ()


def test_a_parcel_goes_on_after_a_restart(on_disk: Sender) -> None:
    size = len(on_disk.raw)
    assert on_disk.put(0, 50_000).status == 202
    on_disk.restart()
    assert on_disk.offset() == (202, b"50000\n")
    assert on_disk.put(50_000, size).status == 200
    assert on_disk.put(None).status == 200
    assert on_disk.put(0, 10).status == 200


def test_a_piece_that_begins_elsewhere_is_told_where_to(sender: Sender) -> None:
    assert sender.put(0, 100).status == 202
    for start in (0, 50, 101):
        reply = sender.put(start, start + 10)
        assert (reply.status, reply.body) == (409, b"100\n")


def test_a_piece_that_is_cut_off_counts_as_far_as_it_came(sender: Sender) -> None:
    async def cut() -> AsyncIterator[bytes]:
        yield sender.raw[:70]
        yield sender.raw[70:90]
        raise EdgeError("wire.cut-off", "cut off")

    head = ("content-range", f"bytes 0-99/{len(sender.raw)}")
    signed = sender.sign(WireRequest("PUT", sender.url, (head,)))
    assert sender.send(replace(signed, body=cut())).status == 503
    assert sender.offset() == (202, b"90\n")


def test_bytes_that_are_not_the_parcels_are_dropped(sender: Sender) -> None:
    size = len(sender.raw)
    changed = bytes((sender.raw[0] ^ 1,)) + sender.raw[1:]
    assert sender.put(0, size, raw=changed).status == 422
    assert sender.offset() == (202, b"0\n")
    assert sender.uploads() == 0
    changed = sender.raw[:-1] + bytes((sender.raw[-1] ^ 1,))
    assert sender.put(0, size, raw=changed).status == 422
    status, offset = sender.offset()
    assert status == 202
    assert int(offset) < 4000  # the head is right and stays
    assert sender.put(int(offset), size).status == 200


@pytest.mark.parametrize(
    "text",
    ["", "bytes 0-9", "bytes 9-0/10", "bytes 0-10/10", "items 0-9/10", "bytes 00-9/10", "bytes */"],
)
def test_a_range_out_of_form_is_a_bad_request(sender: Sender, text: str) -> None:
    reply = sender.ask("PUT", sender.url, ("content-range", text), body=b"x")
    assert reply.status == 400


def test_more_or_another_length_than_was_said_is_a_bad_request(sender: Sender) -> None:
    assert sender.put(0, 10, total=len(sender.raw) + 1).status == 400
    assert sender.put(0, 10, raw=b"x" * 11).status == 400
    assert sender.ask("PUT", sender.url, body=b"x").status == 400


def test_only_the_entrys_own_party_brings_its_parcel(sender: Sender, assured: World) -> None:
    theirs = sender.parcel_path(assured.jpn, 0)
    head = ("content-range", "bytes 0-9/10")
    assert sender.ask("PUT", theirs, head, body=b"x" * 10).status == 404


def test_nothing_is_taken_of_an_entry_that_is_not_cosigned(sender: Sender) -> None:
    place = sender.caller.release(JPN, content=(LARGE,)).place
    url = sender.parcel_path(sender.caller, place.index)
    head = ("content-range", "bytes 0-9/10")
    assert sender.ask("PUT", url, head, body=b"x" * 10).status == 404
    for index in (0, 10**6):
        url = sender.parcel_path(sender.caller, index)
        assert sender.ask("PUT", url, head, body=b"x" * 10).status in (400, 404)


def test_a_parcel_that_is_not_wanted_is_gone(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = Sender(assured)

    async def nothing(*_: object) -> tuple[()]:
        return ()

    monkeypatch.setattr("comity.flows.serving.parcel_uploads.due_parcels", nothing)
    assert sender.put(None).status == 410


def test_a_clear_payload_may_come_in_pieces_too(pinned: World) -> None:
    pinned.kor.propose()
    assert push(pinned.jpn, push_from(pinned.kor, 0)).status == 200
    (file,) = pinned.kor.view().files.values()
    partner = Partner(pinned.kor, pinned.jpn)
    url, size = partner.parcel_path(pinned.kor, 0), len(file.raw)
    for start, end, status in ((0, 100, 202), (100, size, 200), (0, 5, 200)):
        head = ("content-range", f"bytes {start}-{end - 1}/{size}")
        assert partner.ask("PUT", url, head, body=file.raw[start:end]).status == status
    assert list(pinned.jpn.view().files) == [file.sha256]
    assert run(pinned.jpn.ports.blobs.digests()) == ()


def test_a_clear_payload_that_lay_here_as_something_else_is_brought_all_the_same_and_both_stay(
    pinned: World,
) -> None:
    """So it lies after a crash as well, or where a partner names another's sealed payload as it."""
    pinned.kor.propose()
    assert push(pinned.jpn, push_from(pinned.kor, 0)).status == 200
    (file,) = pinned.kor.view().files.values()
    stored = run(pinned.jpn.ports.blobs.write([file.raw]))
    partner = Partner(pinned.kor, pinned.jpn)
    url, size = partner.parcel_path(pinned.kor, 0), len(file.raw)
    reply = partner.ask("PUT", url, ("content-range", f"bytes */{size}"))
    assert (reply.status, reply.body) == (202, b"0\n")
    whole = ("content-range", f"bytes 0-{size - 1}/{size}")
    assert partner.ask("PUT", url, whole, body=file.raw).status == 200
    assert list(pinned.jpn.view().files) == [file.sha256]
    assert run(pinned.jpn.ports.blobs.digests()) == (stored.digest,)


# Reading parcels


def test_a_recipient_that_lost_a_parcel_gets_it_again(sender: Sender) -> None:
    recipient = Partner(sender.receiver, sender.caller)
    reply = recipient.get(sender.url)
    assert (reply.status, reply.body) == (200, sender.raw)
    for start, end in ((0, 100), (100, len(sender.raw)), (len(sender.raw) - 1, 10**9)):
        reply = recipient.get(sender.url, ("range", f"bytes={start}-{end - 1}"))
        assert (reply.status, reply.body) == (206, sender.raw[start:end])
        last = min(end, len(sender.raw)) - 1
        assert reply.header("content-range") == f"bytes {start}-{last}/{len(sender.raw)}"


@pytest.mark.parametrize("text", ["bytes=5-4", "bytes=-5", "bytes=0-", "bytes=999999999-", "x"])
def test_a_range_that_is_not_there_is_told(sender: Sender, text: str) -> None:
    recipient = Partner(sender.receiver, sender.caller)
    reply = recipient.get(sender.url, ("range", text))
    assert reply.status == 416
    assert reply.header("content-range") == f"bytes */{len(sender.raw)}"


def test_what_is_too_large_for_one_reply_is_asked_for_in_ranges(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comity.wire.reading.PARCEL_PIECE_BYTES_MAX", 1000)
    recipient = Partner(sender.receiver, sender.caller)
    assert recipient.get(sender.url).status == 416
    assert recipient.get(sender.url, ("range", "bytes=0-1000")).status == 416
    assert recipient.get(sender.url, ("range", "bytes=0-999")).status == 206


def test_a_small_parcel_is_read_like_a_large_one(assured: World) -> None:
    place = assured.kor.release(JPN).place
    acknowledge(assured, assured.jpn.sizes()[KOR])
    recipient = Partner(assured.jpn, assured.kor)
    reply = recipient.get(recipient.parcel_path(assured.kor, place.index))
    assert (reply.status, reply.body) == (200, parcel_bytes(assured.kor, place))
    piece = recipient.get(recipient.parcel_path(assured.kor, place.index), ("range", "bytes=1-9"))
    assert piece.body == parcel_bytes(assured.kor, place)[1:10]


@pytest.mark.parametrize("content", [b"small", LARGE])
def test_nobody_fetches_a_parcel_whose_entry_it_has_not_cosigned(
    assured: World, content: bytes
) -> None:
    place = assured.kor.release(JPN, content=(content,)).place
    start = assured.jpn.sizes()[KOR]
    recipient = Partner(assured.jpn, assured.kor)
    path = recipient.parcel_path(assured.kor, place.index)
    assert recipient.get(path).status == 404
    assert push(assured.jpn, push_from(assured.kor, start)).status == 200  # and keeps the receipt
    assert recipient.get(path).status == 404


def test_the_sender_fetches_its_own_parcel_back(sender: Sender) -> None:
    assert sender.put(0, len(sender.raw)).status == 200
    assert sender.get(sender.url).body == sender.raw


def test_a_parcel_goes_to_its_recipients_its_own_party_and_nobody_else(sender: Sender) -> None:
    async def readers() -> list[PartyId]:
        context = sender.caller.context
        async with turn(context, GSOMIA) as view:
            shown = Shown(view.heads[KOR].origin, GSOMIA, KOR)
            placed = await find_parcel(context, view, shown, sender.place.index)
            return [each for each in (JPN, KOR, USA) if is_for_reader(view, placed, each)]

    assert run(readers()) == [JPN, KOR]


def test_a_clear_payload_is_read_by_every_party(in_force: World) -> None:
    recipient = Partner(in_force.kor, in_force.jpn)
    reply = recipient.get(recipient.parcel_path(in_force.jpn, 0))
    assert reply.status == 200
    (file,) = in_force.jpn.view().files.values()
    assert reply.body == file.raw


def test_an_entry_without_a_parcel_or_one_that_is_gone_is_not_found(sender: Sender) -> None:
    recipient = Partner(sender.receiver, sender.caller)
    for index in (1, 10**9):
        assert recipient.get(sender.parcel_path(sender.caller, index)).status == 404
    view = sender.caller.view()
    parcel = parcel_of(sender.place, run(statement_at(sender.caller.context, view, sender.place)))
    assert parcel is not None
    run(sender.caller.ports.blobs.delete(parcel.sealed.sha256))
    assert recipient.get(sender.url).status == 404
