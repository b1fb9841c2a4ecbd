# SPDX-License-Identifier: Apache-2.0
"""What a hostile partner sends, made with its own keys: as it goes over the wire, in files.

`first` are sent once, in their order; `stalled` once each, and never finished; the others over and
over. Nothing in them needs more than a third party has: pinned keys, and what partners show.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from comity.adapters.partner_signing import RequestSigner
from comity.basis.encoding import encode_base64
from comity.basis.ids import AgreementId, digest_of
from comity.basis.instants import DAY_MS, Instant
from comity.basis.strict_json import format_json
from comity.decision.house import allow_house_act
from comity.flows.checkpoints import sign_sizes
from comity.flows.context import Context
from comity.flows.set_up import pin_agreement
from comity.flows.view import gather_view, own_register
from comity.keys.authority import authority_text
from comity.keys.card_model import key_id_of
from comity.keys.suites import Algorithm, KeyUse
from comity.node import open_node
from comity.ports import Change, Entries, WireRequest
from comity.statement.authorised import draft_authority_digest, with_authority
from comity.statement.drafting import draft_statement
from comity.statement.envelope import format_statement
from comity.statement.treaty import AgreementPropose, PartyCard
from comity.statement.values import AgreementRef, CardRef, FileRef
from comity.tlog.add_checkpoint import AddCheckpoint
from comity.tlog.add_entries import AddEntries, format_head
from comity.tlog.checkpoints import SignedCheckpoint, parse_checkpoint
from comity.tlog.origin import origin_hash
from comity.tlog.push import Push, PushedParcel, format_push
from comity.tlog.tree import EMPTY_EDGE, append_leaves, edge_root, leaf_hash
from comity.tlog.tree_head import Checkpoint
from tests.system.served_pair import AT_HAND, JPN, KOR, STARTED, USA, ServedNodes, agreement_between

FIRST, STALLED = "first", "stalled"
JUNK_ENTRIES = 64
STALLED_PUTS = 12
FORKED = AgreementId("fork-kor-usa")
GIANT = 65_535
WEAK, NAMING = JUNK_ENTRIES, JUNK_ENTRIES + 1
"""Where the card with a weak key is entered, and what names a file."""

POINT_OF_ORDER_1 = b"\x01" + bytes(31)
FILE_BYTES = 500_000

JUNK = (
    b"[" * GIANT,
    b'{"a":' * 13_000,
    b"[" * 30_000 + b"]" * 30_000,
    b"9" * GIANT,
    b'"' + b"\\u202e" * 10_000 + b'"',
    b"\xff" * GIANT,
    *(b"junk %d" % each for each in range(JUNK_ENTRIES - 6)),
)
"""Entries that are signed for, and that nobody can read: deep, giant, no text."""


def http(request: WireRequest, *, length: int | None = None) -> bytes:
    """Write a request as it goes over the wire; `length` is what it says of its body."""
    assert isinstance(request.body, bytes)
    said = len(request.body) if length is None else length
    headers = (("host", "x"), ("content-length", str(said)), *request.headers)
    lines = [f"{request.method} {request.path} HTTP/1.1", *(f"{a}: {b}" for a, b in headers)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + request.body


def post(path: str, body: bytes) -> bytes:
    return http(WireRequest("POST", path, (), body))


async def write_requests(nodes: ServedNodes, folder: Path) -> None:
    """Make everything with the keys of the third party, before its partner is served."""
    async with open_node(nodes.node_folder(KOR), AT_HAND, writing=True) as context:
        await pin_agreement(context, FORKED, USA)
    async with open_node(nodes.node_folder(USA), AT_HAND, writing=True) as context:
        found = await _requests(context, nodes)
    for name, raw in found.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)


async def _requests(context: Context, nodes: ServedNodes) -> dict[str, bytes]:
    version = nodes.made.cards[USA].version
    agreement = agreement_between(KOR, USA)
    head = own_register(await gather_view(context, agreement))
    allowed = allow_house_act("test")
    junk = Change(allowed_by=allowed, entries=(Entries(head.origin, head.size, JUNK),))
    await context.ports.store.commit(junk)
    pushed = await _signed(context, agreement, JUNK_ENTRIES)
    push = format_push(Push(AddCheckpoint(0, (), pushed), JUNK))
    card = await _with_a_weak_key(context, nodes.made.cards[USA].raw)
    entering, naming = _enters(card, agreement), await _names_a_file(context, agreement)
    enters = format_push(await _grown(context, agreement, entering))
    brings = (PushedParcel(0, WEAK, card),)
    weak = format_push(replace(await _grown(context, agreement), parcels=brings))
    names = format_push(await _grown(context, agreement, naming))
    one, other = await _fork(context, version)
    origin, others = context.config.domain.encode(), nodes.made.cards[JPN].domain.encode()
    echo = await _sign(context, nodes, WireRequest("POST", "/echo", (), b"x"))
    return {
        f"{FIRST}/1 junk": post("/push", push),
        f"{FIRST}/2 card": post("/push", enters),
        f"{FIRST}/3 weak key": post("/push", weak),
        f"{FIRST}/4 file": post("/push", names),
        f"{FIRST}/5 story": post("/push", one),
        **await _stalled(context, nodes, origin_hash(head.origin), FILE_BYTES),
        "replayed push": post("/push", push),
        "false entries": post("/push", push.replace(b"junk 7", b"junk X")),
        "another's origin": post("/push", push.replace(origin, others)),
        "weak keys": post("/push", weak),
        "another story": post("/push", other),
        "no push": post("/push", bytes(range(256)) * 64),
        "unsigned upload": post(
            "/add-entries", format_head(AddEntries(head.origin, 0, 5)) + bytes(9)
        ),
        "flood": http(WireRequest("GET", "/nothing/there", (), b"")),
        "replayed echo": http(echo),
        "false signature": http(_forged(echo)),
        "unsigned read": http(WireRequest("GET", f"/{'0' * 64}/checkpoint", (), b"")),
    }


async def _signed(context: Context, agreement: AgreementId, size: int) -> SignedCheckpoint:
    view = await gather_view(context, agreement)
    (note,) = await sign_sizes(context, own_register(view), view.keys(USA), (size,))
    return parse_checkpoint(note.raw)


async def _grown(context: Context, agreement: AgreementId, *entries: bytes) -> Push:
    """Enter more, whatever it is, and push that; or nothing, at the size of now."""
    head = own_register(await gather_view(context, agreement))
    if entries:
        told = (Entries(head.origin, head.size, entries),)
        await context.ports.store.commit(Change(allowed_by=allow_house_act("test"), entries=told))
    signed = await _signed(context, agreement, head.size + len(entries))
    return Push(AddCheckpoint(head.size, (), signed), entries)


async def _names_a_file(context: Context, agreement: AgreementId) -> bytes:
    """Say something that names a large clear payload, under a true note of the authority keys."""
    digest = digest_of(b"a file that never comes whole")
    body = AgreementPropose(FileRef(digest, FILE_BYTES), 1, "")
    under = AgreementRef(agreement, digest)
    draft = draft_statement(body, under, by=USA, to=(KOR,), nonce="0" * 32)
    until = Instant(STARTED + DAY_MS)
    text = authority_text(draft_authority_digest(draft), until)
    draft = with_authority(draft, await context.ports.keys.sign_authority(text))
    return format_statement(draft, at=STARTED, seen=((KOR, 0),))


async def _fork(context: Context, version: int) -> tuple[bytes, bytes]:
    """Sign two trees of one size: the push of the first, and the second shown after it."""
    origin, signed = f"{context.config.domain}/register/{FORKED}", list[SignedCheckpoint]()
    stories = ((b"one story",), (b"another",))
    for story in stories:
        root = edge_root(append_leaves(EMPTY_EDGE, [leaf_hash(each) for each in story]).edge)
        raw = await context.ports.keys.sign_checkpoint(Checkpoint(origin, 1, root), version)
        signed.append(parse_checkpoint(raw))
    first = format_push(Push(AddCheckpoint(0, (), signed[0]), stories[0]))
    return first, format_push(Push(AddCheckpoint(1, (), signed[1]), ()))


async def _stalled(
    context: Context, nodes: ServedNodes, register: str, size: int
) -> dict[str, bytes]:
    """Begin to bring the file, each time anew under a signature of its own."""
    found: dict[str, bytes] = {}
    piece = (("content-range", f"bytes 0-{size - 1}/{size}"),)
    for number in range(STALLED_PUTS):
        request = WireRequest("PUT", f"/parcel/{register}/{NAMING}", piece)
        signed = await _sign(context, nodes, request)
        found[f"{STALLED}/{number:02d}"] = http(replace(signed, body=b"x" * 9), length=size)
    return found


async def _sign(context: Context, nodes: ServedNodes, request: WireRequest) -> WireRequest:
    """Sign by the online key of the card that is pinned."""

    async def version(_: object) -> int:
        return nodes.made.cards[USA].version

    ports = context.ports
    signer = RequestSigner(ports.keys, ports.clock, ports.random, context.config.domain, version)
    return await signer.sign(nodes.made.cards[KOR], request)


async def _with_a_weak_key(context: Context, card: bytes) -> bytes:
    """Sign the next card, whole but for its online key: a point of order 1, under its right id."""
    header, line, *_ = card.decode().split("\n")
    value = json.loads(line)
    value["version"] += 1
    [online] = [each for each in value["keys"] if each["use"] == KeyUse.ONLINE]
    online["public"] = encode_base64(POINT_OF_ORDER_1)
    online["id"] = key_id_of(Algorithm.ED25519, POINT_OF_ORDER_1)
    return await context.ports.keys.sign_card(f"{header}\n{format_json(value).decode()}\n")


def _enters(card: bytes, agreement: AgreementId) -> bytes:
    """Say that this card is the next."""
    body = PartyCard(CardRef(digest_of(card), len(card), 2))
    under = AgreementRef(agreement, digest_of(b"a file that never comes whole"))
    draft = draft_statement(body, under, by=USA, to=(KOR,), nonce="1" * 32)
    return format_statement(draft, at=Instant(STARTED + 1), seen=((KOR, 0),))


def _forged(request: WireRequest) -> WireRequest:
    """Give a request another nonce than the one that was signed."""
    forged = tuple((name, value.replace('nonce="', 'nonce="A')) for name, value in request.headers)
    assert forged != request.headers
    return replace(request, headers=forged)
