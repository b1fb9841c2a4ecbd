# SPDX-License-Identifier: Apache-2.0
"""Requests under a party's signature, as its node signs them, and with every part altered."""

from __future__ import annotations

from dataclasses import replace

from comity.adapters.partner_signing import RequestSigner
from comity.basis.ids import Domain
from comity.flows.set_up import the_card
from comity.ports import WireReply, WireRequest
from comity.tlog.origin import origin_hash
from comity.wire.router import PartnerWire
from tests.builders.world import Node, run


class Partner:
    """One party that asks another's wire, which remembers what it was asked."""

    def __init__(self, caller: Node, receiver: Node) -> None:
        self.caller = caller
        self.receiver = receiver
        self.wire = PartnerWire(receiver.context)

    def sign(self, request: WireRequest) -> WireRequest:
        ports = self.caller.ports

        async def version(*_: object) -> int:
            return (await the_card(self.caller.context, self.caller.party)).version

        domain = Domain(self.caller.context.config.domain)
        signer = RequestSigner(ports.keys, ports.clock, ports.random, domain, version)
        return run(signer.sign(self.receiver.card, request))

    def send(self, request: WireRequest) -> WireReply:
        return run(self.wire.answer(request))

    def ask(
        self, method: str, path: str, *headers: tuple[str, str], body: bytes = b""
    ) -> WireReply:
        return self.send(self.sign(WireRequest(method, path, headers, body)))

    def get(self, path: str, *headers: tuple[str, str]) -> WireReply:
        return self.ask("GET", path, *headers)

    def path(self, owner: Node, below: str) -> str:
        """Name what stands below a register of `owner`'s."""
        return f"/{origin_hash(owner.view().heads[owner.party].origin)}/{below}"

    def parcel_path(self, owner: Node, index: int) -> str:
        return f"/parcel/{origin_hash(owner.view().heads[owner.party].origin)}/{index}"


def with_header(request: WireRequest, name: str, value: str | None) -> WireRequest:
    """Put another value into a header, or take it away."""
    rest = tuple(each for each in request.headers if each[0] != name)
    return replace(request, headers=rest if value is None else (*rest, (name, value)))
