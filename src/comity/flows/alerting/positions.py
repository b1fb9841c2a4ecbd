# SPDX-License-Identifier: Apache-2.0
"""Where a reader stands in the stream of alerts, as an id that tells nobody anything but this node.

An id stands for the last happening that its reader was told, and is made for that reader: two of
them say neither how many alerts lie between, nor whether there are any that are hidden.
Source: Japan-ROK GSOMIA Art. 7(1) (treaties.md G7.1); the construction follows RFC 5297 (SIV)
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final

from comity.basis.errors import InputError, excerpt
from comity.basis.fields import Fields
from comity.basis.ids import PersonId
from comity.decision.house import allow_house_act
from comity.flows.context import Context, decide_again
from comity.flows.documents import ALERTS, json_document, read_json_document
from comity.ports import Basis, Change

POSITION_CHARS: Final = 48
_KEY: Final = "positions"
_TAG_BYTES: Final = 16
_NUMBER_BYTES: Final = 8
_LABEL: Final = b"comity/alert-position/v1\n"


async def position_secret(context: Context) -> bytes:
    """Give the secret that this node makes positions with; the first who asks has it made."""

    async def attempt() -> bytes:
        store = context.ports.store
        version = await store.version(ALERTS)
        known = await store.document(ALERTS, _KEY)
        if known is not None:
            return bytes.fromhex(Fields(read_json_document(known), "positions").text("secret"))
        secret = context.ports.random.token(sha256().digest_size)
        change = Change(
            allowed_by=allow_house_act("alert.watch"),
            basis=Basis(versions=((ALERTS, version),)),
            documents=(json_document(ALERTS, _KEY, {"secret": secret.hex()}),),
        )
        await store.commit(change)
        return secret

    return await decide_again(attempt)


def format_position(secret: bytes, person: PersonId, number: int) -> str:
    """Write a happening's number as a position of one reader's own."""
    plain = number.to_bytes(_NUMBER_BYTES, "big")
    tag = _mac(secret, b"tag", person, plain)[:_TAG_BYTES]
    return (tag + _mixed(plain, secret, person, tag)).hex()


def parse_position(secret: bytes, person: PersonId, text: str) -> int:
    """Read a position that was made for this reader.

    Raises:
        InputError: it is none, or another reader's.
    """
    raw = bytes.fromhex(text) if _is_hex(text) else b""
    tag = raw[:_TAG_BYTES]
    plain = _mixed(raw[_TAG_BYTES:], secret, person, tag)
    if not hmac.compare_digest(_mac(secret, b"tag", person, plain)[:_TAG_BYTES], tag):
        raise InputError(
            "alert.bad-position",
            "this is not the id of an event of alerts",
            where="Last-Event-ID",
            expected="the id of an event that came to you",
            found=excerpt(text),
            hint="begin without one: what is open is in the list of alerts",
        )
    return int.from_bytes(plain, "big")


def _is_hex(text: str) -> bool:
    return len(text) == POSITION_CHARS and not set(text) - set("0123456789abcdef")


def _mixed(part: bytes, secret: bytes, person: PersonId, tag: bytes) -> bytes:
    mask = _mac(secret, b"mask", person, tag)
    return bytes(a ^ b for a, b in zip(part, mask, strict=False))


def _mac(secret: bytes, use: bytes, person: PersonId, said: bytes) -> bytes:
    return hmac.new(secret, _LABEL + use + b"\n" + person.encode() + b"\n" + said, sha256).digest()
