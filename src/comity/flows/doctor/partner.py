# SPDX-License-Identifier: Apache-2.0
"""Trying the way to one partner, and its way back to us, each step by its name.

Addresses come from cards alone. What the partner says of itself is compared with what is held here.
Source: DESIGN 5; docs/formats/wire.md (echo)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import ComityError, EdgeError, InputError, InvariantError
from comity.basis.fields import Fields
from comity.basis.ids import AgreementId, PartyId, digest_of
from comity.basis.instants import Instant, parse_instant_canonical
from comity.basis.strict_json import parse_json
from comity.flows.context import Context
from comity.flows.doctor.own_node import CALL_BACK, Finding
from comity.flows.set_up import (
    agreement_pins,
    known_versions,
    pinned_agreements,
    the_card,
)
from comity.flows.turns import turn
from comity.keys.cards import Card, fingerprint, format_fingerprint
from comity.ports import WireReply, WireRequest

STEPS: Final = ("resolve", "connect", "tls", "pin", "send", "read")
"""The steps to a partner, in their order; the code of an error ends with the one that failed."""

ALL_STEPS: Final = (
    *("card", "agreements", "address", *STEPS, "echo", "way back", "clocks"),
    *("their card", "our card", "our register", "their register"),
)
NOT_TRIED: Final = "not tried"

TIMEOUT_S: Final = 30.0
_REPLY_BYTES_MAX: Final = 256 * 1024

_WELL: Final = {
    "resolve": "the address in the card leads to a machine",
    "connect": "it takes connections",
    "tls": "it speaks TLS",
    "pin": "by the key that the card pins",
    "send": "it took the request",
    "read": "it answered",
}
_HINTS: Final = {
    "resolve": "look for a slip in the address; ask the partner for a newer card if it moved",
    "connect": "the partner's node is not served, or a firewall stands between; telephone",
    "tls": "something else answers at that address; ask the partner what stands there",
    "pin": "it is not the partner, or its key is new: ask for a newer card; send nothing till then",
    "send": "the line breaks while something is sent; try again, then look at the network",
    "read": "the partner took it and does not answer in time; ask whether its node is busy",
}


@dataclass(frozen=True, slots=True)
class _Echo:
    """What a partner said in an echo, and when it came here."""

    party: str
    at: Instant
    body_sha256: str
    card_version: int
    your_card_version: int
    registers: dict[str, int]
    back: str
    took_ms: int


async def examine_partner(context: Context, party: PartyId) -> tuple[Finding, ...]:
    """Try the way to a partner and back, as far as it goes.

    1. its card, and what agreements there are with it;
    2. each step from the address in the card to an answer under both signatures;
    3. its way back to the address in our card;
    4. clocks, card versions, and where every register stands on both sides.

    What could not be tried, since it needs what failed, is named at the end.
    """
    found = await _examine(context, party)
    tried = {each.step for each in found}
    left = [each for each in ALL_STEPS if each not in tried]
    if left:
        hint = "they come after what failed; mend that first"
        found.append(Finding(NOT_TRIED, False, ", ".join(left), hint))
    return tuple(found)


async def _examine(context: Context, party: PartyId) -> list[Finding]:
    if not await known_versions(context, party):
        hint = f"take its card by hand: comity card pin FILE, with {party}'s fingerprint"
        return [Finding("card", False, f"no card of {party} is pinned", hint)]
    card = await the_card(context, party)
    shared = [
        each
        for each in await pinned_agreements(context)
        if party in await agreement_pins(context, each)
    ]
    found = list(_known(card, shared))  # 1
    if not all(each.good for each in found):
        return found
    echo = await _try(context, card, found)  # 2
    if echo is not None:
        found += [_back(echo), _clocks(context, echo)]  # 3
        found += _cards(echo, card, await the_card(context, context.config.party))
        for agreement in shared:
            found += await _registers(context, agreement, party, echo)  # 4
    return found


def _known(card: Card, shared: list[AgreementId]) -> Iterator[Finding]:
    yield Finding("card", True, f"version {card.version}, {format_fingerprint(fingerprint(card))}")
    yield Finding(
        "agreements",
        bool(shared),
        ", ".join(shared) or "none is pinned with this party",
        f"pin one: comity agreement pin ID --party {card.party}",
    )
    addresses = ", ".join(card.addresses)
    told = addresses or "the card names none"
    if addresses and not card.tls_pins:
        told = f"{addresses}; the card pins no TLS key"
    hint = "ask the partner for a newer card; until then go by courier"
    yield Finding("address", bool(card.addresses and card.tls_pins), told, hint)


async def _try(context: Context, card: Card, found: list[Finding]) -> _Echo | None:
    """Send one signed echo, and tell each step that it took."""
    request, began = WireRequest("POST", "/echo", (), CALL_BACK), context.ports.clock.now()
    partners = context.ports.partners
    try:
        reply = await partners.call(card, request, signed=True, timeout_s=TIMEOUT_S)
    except EdgeError as err:
        found += _failed(err)
        return None
    except InvariantError:
        raise
    except ComityError as err:
        found.append(Finding("sign", False, f"{err.what} [{err.code}]", err.hint))
        return None
    found += [Finding(step, True, _WELL[step]) for step in STEPS]
    if reply.status != 200:
        found.append(_refused(reply))
        return None
    try:
        echo = _read(reply.body, context.ports.clock.now() - began)
    except InputError as err:
        told = f"its echo does not read: {err.what}"
        found.append(Finding("echo", False, told, "ask the partner which version it runs"))
        return None
    is_ours = (echo.party, echo.body_sha256) == (card.party, digest_of(CALL_BACK))
    told = f"it knows us by our key, and got what we sent, in {echo.took_ms} ms"
    if not is_ours:
        told = f"it answers for {echo.party}, or of something else"
    found.append(Finding("echo", is_ours, told, "tell the partner: something changes what is sent"))
    return echo if is_ours else None


def _failed(err: EdgeError) -> Iterator[Finding]:
    step = err.code.rpartition(".")[2]
    for each in STEPS[: STEPS.index(step)] if step in STEPS else ():
        yield Finding(each, True, _WELL[each])
    told = f"{err.what}: {err.found}" if err.found else err.what
    yield Finding(step, False, f"{told} [{err.code}]", _HINTS.get(step, err.hint))


def _refused(reply: WireReply) -> Finding:
    code = reply.body[:100].decode("ascii", "replace").strip()
    hints = {
        401: "set both clocks by a good source; the signature came at another time",
        404: "the partner does not know our online key: let it take our newest card",
        429: "try again in a while",
        503: "the partner's node is busy, or read-only; try again in a while",
    }
    hint = hints.get(reply.status, "ask the partner what its diagnostics say")
    return Finding("echo", False, f"refused: status {reply.status}, {code}", hint)


def _read(raw: bytes, took_ms: int) -> _Echo:
    fields = Fields(parse_json(raw, bytes_max=_REPLY_BYTES_MAX, where="echo"), "echo")
    registers, back = fields.object("registers"), fields.object("back")
    return _Echo(
        party=fields.text("party"),
        at=parse_instant_canonical(fields.text("at"), fields.place("at")),
        body_sha256=fields.text("body_sha256"),
        card_version=fields.integer("card_version"),
        your_card_version=fields.integer("your_card_version"),
        registers={name: registers.integer(name) for name in registers.keys()},  # noqa: SIM118 (fields, not a dict)
        back=back.text("code", min_chars=0),
        took_ms=took_ms,
    )


def _back(echo: _Echo) -> Finding:
    if not echo.back:
        return Finding("way back", True, "the partner reaches us by the address in our card")
    hint = "is our node served, and does the card name where? comity card show; comity serve"
    return Finding("way back", False, f"the partner does not reach us [{echo.back}]", hint)


def _clocks(context: Context, echo: _Echo) -> Finding:
    """Compare the clocks, giving the request half of the time that all of it took."""
    ahead = echo.at - (context.ports.clock.now() - echo.took_ms // 2)
    told = f"the partner's is {ahead} ms ahead"
    if ahead < 0:
        told = f"the partner's is {-ahead} ms behind"
    limit = context.config.time_dispute_limit_s * 1000
    return Finding("clocks", abs(ahead) <= limit, told, "set both by a good source")


def _cards(echo: _Echo, theirs: Card, ours: Card) -> Iterator[Finding]:
    yield Finding(
        "their card",
        echo.card_version == theirs.version,
        f"version {echo.card_version}, here {theirs.version}",
        "it comes with the partner's register; see how far that is below",
    )
    yield Finding(
        "our card",
        echo.your_card_version == ours.version,
        f"version {ours.version}, there {echo.your_card_version}",
        "it goes with our register; see how far that is below",
    )


async def _registers(
    context: Context, agreement: AgreementId, party: PartyId, echo: _Echo
) -> list[Finding]:
    """Compare where both registers of an agreement stand, here and there, and their receipts."""
    async with turn(context, agreement) as view:
        ours, theirs = view.heads[view.own], view.heads[party]
    store, own = context.ports.store, context.config.party
    found: list[Finding] = []
    for step, head, by in (("our register", ours, party), ("their register", theirs, own)):
        there = echo.registers.get(head.origin)
        receipt = await store.latest_cosignature(head.origin, by)
        upto = 0 if receipt is None else receipt.size
        told = f"{agreement}: here {head.size}, there {there}, receipt up to {upto}"
        if there is None:
            told = f"{agreement}: here {head.size}, there not served, receipt up to {upto}"
        found.append(Finding(step, there == head.size, told, _catch_up(agreement, party, there)))
    return found


def _catch_up(agreement: AgreementId, party: PartyId, there: int | None) -> str:
    if there is None:
        return f"let {party} pin it: comity agreement pin {agreement} --party PARTY"
    return "it is delivered by itself while both are served; comity status shows what waits"
