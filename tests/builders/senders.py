# SPDX-License-Identifier: Apache-2.0
"""A party that brings a large parcel of its own, piece by piece."""

from __future__ import annotations

from comity.basis.ids import Place
from comity.flows.documents import PARCEL_UPLOAD
from comity.flows.mirror import take_cosignature
from comity.flows.parcels import parcel_of, read_part
from comity.flows.turns import turn
from comity.flows.view import statement_at
from comity.ports import WireReply
from comity.wire.router import PartnerWire
from tests.builders.pushes import push, push_from
from tests.builders.signed_requests import Partner
from tests.builders.world import GSOMIA, JPN, KOR, Node, World, run

LARGE = bytes(range(256)) * 400


def parcel_bytes(node: Node, place: Place) -> bytes:
    """Give a parcel as it travels."""
    view = node.view()
    parcel = parcel_of(place, run(statement_at(node.context, view, place)))
    assert parcel is not None
    parts = [b"".join(run(read_part(node.context, view, parcel, each))) for each in parcel.parts]
    return b"".join(parts)


def acknowledge(world: World, start: int) -> None:
    """Let JPN cosign what KOR has said, and KOR take the reply."""
    pushed = push_from(world.kor, start)
    reply = push(world.jpn, pushed)
    assert reply.status == 200

    async def take() -> None:
        async with turn(world.kor.context, GSOMIA) as view:
            size = pushed.signed.checkpoint.size
            assert await take_cosignature(world.kor.context, view, JPN, size, reply.body)

    run(take())


class Sender(Partner):
    """KOR with a large parcel for JPN, which has cosigned its entry."""

    def __init__(self, world: World, content: bytes = LARGE) -> None:
        super().__init__(world.kor, world.jpn)
        self.world = world
        self.place = world.kor.release(JPN, content=(content,)).place
        start = world.jpn.sizes()[KOR]
        acknowledge(world, start)
        self.raw = parcel_bytes(world.kor, self.place)
        self.url = self.parcel_path(world.kor, self.place.index)

    def put(
        self, start: int | None, end: int = 0, *, raw: bytes | None = None, total: int | None = None
    ) -> WireReply:
        size = len(self.raw) if total is None else total
        span = "*" if start is None else f"{start}-{end - 1}"
        piece = self.raw[start:end] if raw is None and start is not None else raw or b""
        return self.ask("PUT", self.url, ("content-range", f"bytes {span}/{size}"), body=piece)

    def offset(self) -> tuple[int, bytes]:
        reply = self.put(None)
        return reply.status, reply.body

    def uploads(self) -> int:
        return len(run(self.receiver.ports.store.documents(PARCEL_UPLOAD)))

    def restart(self) -> None:
        run(self.wire.uploads.close())
        self.wire = PartnerWire(self.receiver.context)
