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

    def sign(self, request: WireRequest, *, known_to: Node | None = None) -> WireRequest:
        """Sign by the newest card that somebody knows, or else by the caller's newest."""
        ports, knows = self.caller.ports, known_to or self.caller

        async def version(*_: object) -> int:
            return (await the_card(knows.context, self.caller.party)).version

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


def ask_by(caller: Node | None, receiver: Node, request: WireRequest) -> WireReply:
    """Let a node answer a request, under a party's signature or under nobody's."""
    if caller is None:
        return run(PartnerWire(receiver.context).answer(request))
    partner = Partner(caller, receiver)
    return partner.send(partner.sign(request, known_to=receiver))


def with_header(request: WireRequest, name: str, value: str | None) -> WireRequest:
    """Put another value into a header, or take it away."""
    rest = tuple(each for each in request.headers if each[0] != name)
    return replace(request, headers=rest if value is None else (*rest, (name, value)))
