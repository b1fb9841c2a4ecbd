# SPDX-License-Identifier: Apache-2.0
"""How much a partner may bring at once, which request goes on, and what is left of an upload."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from comity.basis.ids import Place
from comity.basis.limits import PARCEL_UPLOADS_MAX, UPLOAD_STALLED_MS
from comity.flows.documents import PARCEL_UPLOAD
from comity.flows.serving.taking import follow_up
from comity.ports import Blobs, BlobWriter, Change, Store, WireRequest
from comity.wire.limits import WireLimits
from comity.wire.router import PartnerWire
from tests.builders.pushes import push, push_from, push_request
from tests.builders.senders import LARGE, Sender, parcel_bytes
from tests.builders.world import GSOMIA, JPN, run


def test_a_parcel_beyond_the_nodes_limit_is_too_large(sender: Sender) -> None:
    config = sender.receiver.context.config
    small = replace(config, limits=replace(config.limits, parcel_bytes_max=1000))
    sender.wire = PartnerWire(replace(sender.receiver.context, config=small))
    assert sender.put(0, 10).status == 413


def test_a_partner_has_a_quota_and_what_has_stalled_frees_it(sender: Sender) -> None:
    config = sender.receiver.context.config
    tight = replace(config, limits=replace(config.limits, parcel_bytes_max=len(sender.raw) + 99))
    sender.wire = PartnerWire(replace(sender.receiver.context, config=tight))
    assert sender.put(0, 10).status == 202
    place = sender.caller.release(JPN, content=(LARGE,)).place
    assert push(sender.receiver, push_from(sender.caller, place.index)).status == 200
    first, sender.url = sender.url, sender.parcel_path(sender.caller, place.index)
    sender.raw = parcel_bytes(sender.caller, place)
    reply = sender.put(0, 10)
    assert (reply.status, reply.header("retry-after")) == (429, "5")
    sender.world.move(UPLOAD_STALLED_MS + 1)
    assert sender.put(0, 10).status == 202
    sender.url = first
    assert sender.offset() == (202, b"0\n")
    assert PARCEL_UPLOADS_MAX == 16


def begin_another(sender: Sender) -> WireRequest:
    """Give the first piece of another parcel of the same party."""
    place = sender.caller.release(JPN, content=(LARGE,)).place
    assert push(sender.receiver, push_from(sender.caller, place.index)).status == 200
    size = len(parcel_bytes(sender.caller, place))
    piece = (("content-range", f"bytes 0-9/{size}"),)
    path = sender.parcel_path(sender.caller, place.index)
    return sender.sign(WireRequest("PUT", path, piece, bytes(10)))


def test_of_uploads_that_come_at_once_only_those_begin_that_fit_together(
    on_disk: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = on_disk.receiver.context.config
    tight = replace(config, limits=replace(config.limits, parcel_bytes_max=len(on_disk.raw) + 99))
    on_disk.wire = PartnerWire(replace(on_disk.receiver.context, config=tight))
    others = [begin_another(on_disk) for _ in range(4)]
    store = type(on_disk.receiver.ports.store)
    kept = store.documents

    async def slowly(self: Store, *what: str, **more: object) -> object:
        found = await kept(self, *what, **more)  # type: ignore[arg-type]
        await asyncio.sleep(0)  # whoever counts beside us counts the same
        return found

    monkeypatch.setattr(store, "documents", slowly)

    async def story() -> list[int]:
        asked = (on_disk.wire.answer(each) for each in others)
        return sorted([each.status for each in await asyncio.gather(*asked)])

    assert run(story()) == [202, 429, 429, 429]
    assert on_disk.uploads() == 1


def test_a_claim_that_another_process_makes_meanwhile_counts(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = sender.receiver.context.config
    tight = replace(config, limits=replace(config.limits, parcel_bytes_max=len(sender.raw) + 99))
    sender.wire = PartnerWire(replace(sender.receiver.context, config=tight))
    second = begin_another(sender)
    store = sender.receiver.ports.store
    kept, other = type(store).commit, PartnerWire(replace(sender.receiver.context, config=tight))
    races = [
        sender.sign(
            WireRequest(
                "PUT",
                sender.url,
                (("content-range", f"bytes 0-9/{len(sender.raw)}"),),
                sender.raw[:10],
            )
        )
    ]

    async def late(self: Store, change: Change) -> object:
        if races and any(each.kind == PARCEL_UPLOAD for each in change.documents):
            assert (await other.answer(races.pop())).status == 202
        return await kept(self, change)  # type: ignore[func-returns-value]

    monkeypatch.setattr(type(store), "commit", late)
    assert sender.send(second).status == 429
    assert sender.uploads() == 1


def test_large_parcels_have_a_lane_of_their_own(sender: Sender) -> None:
    """Uploads that hang hold up neither pushes nor, beyond their number, one another for ever."""
    limits = WireLimits(partner_running=1, partner_uploads=1, partner_waiting=1)
    wire = PartnerWire(sender.receiver.context, limits=limits)
    others = [begin_another(sender) for _ in range(3)]
    announced = sender.caller.release(JPN).place
    pushed = push_request(push_from(sender.caller, announced.index))
    goes_on = asyncio.Event()

    async def hanging() -> AsyncIterator[bytes]:
        yield bytes(5)
        await goes_on.wait()
        yield bytes(5)

    async def story() -> tuple[int, int, list[int]]:
        uploads = [
            asyncio.create_task(wire.answer(replace(each, body=hanging()))) for each in others
        ]
        while not any(each.done() for each in uploads):
            await asyncio.sleep(0)
        push_status = (await wire.answer(pushed)).status
        too_many = next(each.result().status for each in uploads if each.done())
        goes_on.set()
        return push_status, too_many, sorted([(await each).status for each in uploads])

    assert run(story()) == (200, 429, [202, 202, 429])


def test_what_nobody_goes_on_with_is_swept_away(on_disk: Sender) -> None:
    assert on_disk.put(0, 10).status == 202
    run(on_disk.wire.uploads.sweep())
    assert on_disk.offset() == (202, b"10\n")
    on_disk.world.move(UPLOAD_STALLED_MS + 1)
    run(on_disk.wire.uploads.sweep())
    assert run(on_disk.receiver.ports.blobs.unfinished()) == ()
    assert on_disk.offset() == (202, b"0\n")
    on_disk.restart()
    run(on_disk.wire.uploads.sweep())
    assert run(on_disk.receiver.ports.blobs.unfinished()) == ()


def test_a_newer_request_takes_over_from_one_that_hangs(sender: Sender) -> None:
    async def story() -> tuple[int, int]:
        goes_on = asyncio.Event()

        async def hanging() -> AsyncIterator[bytes]:
            yield sender.raw[:50]
            await goes_on.wait()
            yield sender.raw[50:100]

        old = asyncio.create_task(sender.wire.answer(replace(first, body=hanging())))
        await asyncio.sleep(0.01)
        new = await sender.wire.answer(second)
        goes_on.set()
        return new.status, (await old).status

    head = f"/{len(sender.raw)}"
    first = sender.sign(WireRequest("PUT", sender.url, (("content-range", f"bytes 0-99{head}"),)))
    second = sender.sign(
        WireRequest(
            "PUT", sender.url, (("content-range", f"bytes 50-79{head}"),), sender.raw[50:80]
        )
    )
    assert run(story()) == (202, 409)
    assert sender.offset() == (202, b"80\n")


def another_place(sender: Sender, size: int = 70_000) -> Place:
    """Give a further parcel of the same party, of which nothing has come."""
    place = sender.caller.release(JPN, content=(bytes(size),)).place
    assert push(sender.receiver, push_from(sender.caller, place.index)).status == 200
    return place


def turn_to(sender: Sender, place: Place) -> None:
    """Go on with another parcel."""
    sender.url = sender.parcel_path(sender.caller, place.index)
    sender.raw = parcel_bytes(sender.caller, place)


def test_many_uploads_at_once_keep_few_files_open(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comity.flows.serving.upload_writers.PARCEL_UPLOADS_MAX", 1)
    assert sender.put(0, 10).status == 202
    turn_to(sender, another_place(sender))
    assert sender.put(0, 20).status == 202
    turn_to(sender, sender.place)
    assert sender.offset() == (202, b"10\n")
    assert sender.put(10, 30).status == 202


def test_whoever_asks_or_begins_elsewhere_opens_no_file_and_counts_for_nothing(
    on_disk: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs, opened = on_disk.receiver.ports.blobs, list[str]()
    resume = type(blobs).resume

    async def told(self: Blobs, name: str) -> BlobWriter:
        opened.append(name)
        return await resume(self, name)  # type: ignore[arg-type]

    monkeypatch.setattr(type(blobs), "resume", told)
    assert on_disk.put(None).body == b"0\n"
    assert on_disk.put(7, 10).status == 409
    assert (opened, run(blobs.unfinished()), on_disk.uploads()) == ([], (), 0)
    assert on_disk.put(0, 10).status == 202
    assert (len(opened), len(run(blobs.unfinished())), on_disk.uploads()) == (1, 1, 1)


def test_a_request_that_asks_takes_nothing_over_from_one_that_goes_on(sender: Sender) -> None:
    first = sender.sign(
        WireRequest("PUT", sender.url, (("content-range", f"bytes 0-99/{len(sender.raw)}"),))
    )

    async def story() -> tuple[bytes, int]:
        goes_on = asyncio.Event()

        async def hanging() -> AsyncIterator[bytes]:
            yield sender.raw[:50]
            await goes_on.wait()
            yield sender.raw[50:100]

        old = asyncio.create_task(sender.wire.answer(replace(first, body=hanging())))
        await asyncio.sleep(0.01)
        asked = await sender.wire.answer(ask)
        goes_on.set()
        return asked.body, (await old).status

    span = (("content-range", f"bytes */{len(sender.raw)}"),)
    ask = sender.sign(WireRequest("PUT", sender.url, span))
    assert run(story()) == (b"50\n", 202)


def test_a_part_that_was_whole_when_the_node_fell_is_not_brought_again(
    on_disk: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The crash falls after its last byte, and before it is flushed and named."""
    size, blobs = len(on_disk.raw), on_disk.receiver.ports.blobs
    assert on_disk.put(0, size - 1).status == 202
    run(on_disk.wire.uploads.close())
    (name,) = run(blobs.unfinished())

    async def write_last() -> None:
        writer = await blobs.resume(name)
        await writer.write(on_disk.raw[-1:])
        await writer.pause()

    run(write_last())
    on_disk.restart()
    assert on_disk.offset() == (200, b"whole\n")
    run(follow_up(on_disk.receiver.context, GSOMIA))
    on_disk.receiver.receipt(on_disk.place)
    assert on_disk.receiver.read(on_disk.place) == LARGE


def test_a_whole_part_that_is_not_the_named_one_is_dropped_when_it_is_looked_at(
    on_disk: Sender,
) -> None:
    blobs = on_disk.receiver.ports.blobs
    assert on_disk.put(0, len(on_disk.raw) - 1).status == 202
    run(on_disk.wire.uploads.close())
    (name,) = run(blobs.unfinished())

    async def write_last() -> None:
        writer = await blobs.resume(name)
        await writer.write(bytes([on_disk.raw[-1] ^ 1]))
        await writer.pause()

    run(write_last())
    on_disk.restart()
    assert on_disk.offset()[0] == 422
    assert (run(blobs.unfinished()), on_disk.uploads()) == ((), 0)
