# SPDX-License-Identifier: Apache-2.0
"""Parcels: a head that holds the key wraps and names the sealed payload, then that payload.

The head is stored and named by its own SHA-256, which the statement holds, and so is the sealed
payload: 256 MiB are hashed once when they are sealed, and no copy is made when they are released.
On the way the two may follow each other as one run of bytes. Source: DESIGN 2, 6
"""

import re
from typing import Final

from msgspec import Struct

from comity.basis.encoding import decode_base64, encode_base64
from comity.basis.errors import InputError, ProofError, StateError, excerpt
from comity.basis.fields import Fields
from comity.basis.ids import PartyId, digest_of, parse_party_id
from comity.basis.json_forms import Hole, JsonForm
from comity.basis.limits import (
    KEY_ID_CHARS_MAX,
    PARCEL_HEAD_BYTES_MAX,
    STATEMENT_TO_MAX,
    WRAP_BYTES_MAX,
)
from comity.basis.strict_json import JsonValue, format_json, parse_canonical
from comity.keys.suites import SEALING_ALGORITHMS, Algorithm
from comity.statement.values import ParcelRef, SealedRef, format_sealed, parse_sealed

PARCEL_MAGIC: Final = b"comity/parcel/v1\n"
HEAD_PREFIX_BYTES: Final = len(PARCEL_MAGIC) + 4

_KEY_ID_CHARS: Final = 16
_KEY_ID: Final = re.compile(rf"[0-9a-f]{{{_KEY_ID_CHARS}}}")
_PLAIN: Final = re.compile(r"[A-Za-z0-9-]+")
_HEAD: Final = JsonForm(
    {
        "sealed": {"sha256": Hole("payload"), "size": Hole("size", bare=True), "suite": Hole("in")},
        "wraps": Hole("wraps", bare=True),
    },
    *("payload", "size", "in", "wraps"),
)
_WRAP: Final = JsonForm(
    {"key_id": Hole("key"), "suite": Hole("in"), "to": Hole("to"), "wrap": Hole("wrap")},
    *("key", "in", "to", "wrap"),
)

_PLAIN_SUITES: Final = {suite.value: suite for suite in SEALING_ALGORITHMS}
_PLAIN_END: Final = b'"}]}'


class Wrap(Struct, frozen=True, gc=False):
    """An item key wrapped to one recipient's sealing key."""

    to: PartyId
    key_id: str
    suite: Algorithm
    wrap: bytes


class ParcelHead(Struct, frozen=True, gc=False):
    """The sealed payload, and its key for each recipient, sorted by party.

    `proof` is what goes beside an item that is passed on, sealed under the item's key.
    """

    sealed: SealedRef
    wraps: tuple[Wrap, ...]
    proof: bytes | None = None


def format_parcel_head(head: ParcelHead) -> bytes:
    """Write a head: magic, four bytes of length, RFC 8785 JSON."""
    sealed = head.sealed
    texts = [sealed.suite, sealed.sha256]
    texts += (text for wrap in head.wraps for text in (wrap.to, wrap.key_id))
    if head.proof is None and all(map(_PLAIN.fullmatch, texts)):
        wraps = (
            _WRAP.text(each.key_id, each.suite.value, each.to, encode_base64(each.wrap))
            for each in head.wraps
        )
        raw = _HEAD.fill(sealed.sha256, sealed.size, sealed.suite, f"[{','.join(wraps)}]")
    else:
        raw = format_json(_head_json(head))
    return PARCEL_MAGIC + len(raw).to_bytes(4, "big") + raw


def _head_json(head: ParcelHead) -> dict[str, JsonValue]:
    return {
        "sealed": format_sealed(head.sealed),
        "wraps": [
            {
                "to": wrap.to,
                "key_id": wrap.key_id,
                "suite": wrap.suite.value,
                "wrap": encode_base64(wrap.wrap),
            }
            for wrap in head.wraps
        ],
        **({} if head.proof is None else {"proof": encode_base64(head.proof)}),
    }


def head_bytes(prefix: bytes) -> int:
    """Read from a parcel's first 21 bytes how long its head is, those included.

    Raises:
        InputError: it is not a parcel, or its head would be too long.
    """
    length = int.from_bytes(prefix[len(PARCEL_MAGIC) : HEAD_PREFIX_BYTES], "big")
    whole = HEAD_PREFIX_BYTES + length
    if len(prefix) < HEAD_PREFIX_BYTES or not prefix.startswith(PARCEL_MAGIC):
        raise InputError("sealing.not-a-parcel", "bytes do not begin as a parcel does")
    if whole > PARCEL_HEAD_BYTES_MAX:
        raise InputError(
            "sealing.parcel-head-length",
            "parcel head is too long",
            expected=f"at most {PARCEL_HEAD_BYTES_MAX} bytes",
            found=f"{whole} bytes",
        )
    return whole


def parse_parcel_head(raw: bytes) -> ParcelHead:
    """Read a head that is all of `raw`; nothing is checked against a statement.

    Raises:
        InputError: not the one form of a head.
    """
    if head_bytes(raw[:HEAD_PREFIX_BYTES]) != len(raw):
        raise InputError(
            "sealing.parcel-head-length",
            "parcel head has another length than it says",
            found=f"{len(raw)} bytes",
        )
    where = "parcel head"
    value = parse_canonical(raw[HEAD_PREFIX_BYTES:], bytes_max=PARCEL_HEAD_BYTES_MAX, where=where)
    fields = Fields(value, where)
    sealed = parse_sealed(fields.object("sealed"))
    entries = fields.objects("wraps", min_items=1, max_items=STATEMENT_TO_MAX)
    wraps = tuple(_parse_wrap(each) for each in entries)
    proof = _parse_proof(fields) if fields.has("proof") else None
    fields.finish()
    names = [wrap.to for wrap in wraps]
    if names != sorted(set(names)):
        raise InputError(
            "sealing.wraps-not-sorted",
            "wraps must be sorted by recipient, one for each",
            where=where,
            found=excerpt(", ".join(names)),
        )
    return ParcelHead(sealed, wraps, proof)


def verify_parcel_head(
    raw: bytes, parcel: ParcelRef, sealed: SealedRef, *, to: tuple[PartyId, ...]
) -> ParcelHead:
    """Read a head and check that it is the one that a statement to `to` names.

    The sealed payload must still be stored under `sealed.sha256` to be what was released.

    Raises:
        InputError: not a head.
        ProofError: another head, another payload or suite, or not one wrap for each recipient.
    """
    if digest_of(raw) != parcel.sha256 or len(raw) != parcel.size:
        raise ProofError(
            "sealing.parcel-digest",
            "parcel head is not the one that the statement names",
            expected=f"{parcel.sha256}, {parcel.size} bytes",
            found=f"{digest_of(raw)}, {len(raw)} bytes",
        )
    plain = _read_plain(raw, sealed, to)
    if plain is not None:
        return plain
    head = parse_parcel_head(raw)
    if head.sealed != sealed:
        raise ProofError(
            "sealing.other-payload",
            "parcel names another sealed payload than the statement",
            expected=f"{sealed.sha256}, {sealed.size} bytes, {sealed.suite}",
            found=f"{head.sealed.sha256}, {head.sealed.size} bytes, {head.sealed.suite}",
        )
    check_wraps(head.wraps, sealed, to)
    return head


def _read_plain(raw: bytes, sealed: SealedRef, to: tuple[PartyId, ...]) -> ParcelHead | None:
    """Read a head that stands as the statement wants it, byte for byte, with one wrap.

    None: not sure.
    """
    known = _PLAIN_SUITES.get(sealed.suite)
    if len(to) != 1 or known is None or len(raw) > PARCEL_HEAD_BYTES_MAX:
        return None
    length = (len(raw) - HEAD_PREFIX_BYTES).to_bytes(4, "big", signed=True)
    stated = f'"sha256":"{sealed.sha256}","size":{sealed.size},"suite":"{sealed.suite}"'
    before = b'%b%b{"sealed":{%b},"wraps":[{"key_id":"' % (PARCEL_MAGIC, length, stated.encode())
    after = f'","suite":"{sealed.suite}","to":"{to[0]}","wrap":"'.encode()
    at = len(before) + _KEY_ID_CHARS
    key_id = raw[len(before) : at].decode("latin-1")
    stands = raw.startswith(before) and raw.startswith(after, at) and raw.endswith(_PLAIN_END)
    if not stands or _KEY_ID.fullmatch(key_id) is None:
        return None
    try:
        text = raw[at + len(after) : -len(_PLAIN_END)].decode("latin-1")
        wrap = decode_base64(text, bytes_max=WRAP_BYTES_MAX)
    except InputError:
        return None
    return ParcelHead(sealed, (Wrap(to[0], key_id, known, wrap),))


def check_wraps(wraps: tuple[Wrap, ...], sealed: SealedRef, to: tuple[PartyId, ...]) -> None:
    """Check that there is one wrap for each recipient, in the suite that is named.

    Raises:
        ProofError: a recipient without a wrap, a wrap without a recipient, or another suite.
    """
    found = tuple((wrap.to, wrap.suite.value) for wrap in wraps)
    expected = tuple((party, sealed.suite) for party in to)
    if found != expected:
        raise ProofError(
            "sealing.wraps",
            "parcel does not hold one wrap of the named suite for each recipient",
            expected=", ".join(f"{party} {suite}" for party, suite in expected),
            found=excerpt(", ".join(f"{party} {suite}" for party, suite in found)),
        )


def find_wrap(head: ParcelHead, party: PartyId) -> Wrap:
    """Give the wrap for `party`.

    Raises:
        StateError: the parcel is not for it.
    """
    for wrap in head.wraps:
        if wrap.to == party:
            return wrap
    raise StateError(
        "sealing.not-a-recipient",
        "parcel holds no key for this party",
        expected=", ".join(wrap.to for wrap in head.wraps),
        found=party,
    )


def _parse_wrap(fields: Fields) -> Wrap:
    wrap = Wrap(
        to=parse_party_id(fields.text("to"), fields.place("to")),
        key_id=fields.text("key_id", max_chars=KEY_ID_CHARS_MAX, pattern=_KEY_ID),
        suite=_parse_suite(fields),
        wrap=decode_base64(
            fields.text("wrap", max_chars=2 * WRAP_BYTES_MAX),
            bytes_max=WRAP_BYTES_MAX,
            where=fields.place("wrap"),
        ),
    )
    fields.finish()
    return wrap


def _parse_proof(fields: Fields) -> bytes:
    text = fields.text("proof", max_chars=PARCEL_HEAD_BYTES_MAX)
    return decode_base64(text, bytes_max=PARCEL_HEAD_BYTES_MAX, where=fields.place("proof"))


def _parse_suite(fields: Fields) -> Algorithm:
    text = fields.text("suite")
    for suite in SEALING_ALGORITHMS:
        if suite.value == text:
            return suite
    raise InputError(
        "sealing.unknown-suite",
        "suite is not known",
        where=fields.place("suite"),
        expected=", ".join(suite.value for suite in SEALING_ALGORITHMS),
        found=excerpt(text),
    )
