# SPDX-License-Identifier: Apache-2.0
"""What partners are answered: C2SP's statuses, and errors as one short line of text.

Whatever is absent, hidden or not pinned gets the same answer. No error text of ours goes out but
its stable code: the rest is for our own people. Source: DESIGN 5; spec/wire.md
"""

from __future__ import annotations

from typing import Final

from comity.basis.errors import ComityError, EdgeError, InputError, ProofError, StateError
from comity.flows.channels import WAY_NOT_ALLOWED
from comity.flows.dates import TOO_MANY_AHEAD
from comity.flows.served import NOT_SERVED
from comity.flows.serving.callers import CLOCK, REPLAYED, TOO_MANY_REQUESTS
from comity.flows.serving.parcel_uploads import NOT_WANTED, SUPERSEDED, TOO_MANY_UPLOADS
from comity.ports import WireReply
from comity.wire.limits import TooMuch

TEXT: Final = "text/plain; charset=utf-8"
TOO_SLOW: Final = "wire.too-slow"
RETRY_AFTER_S: Final = 5

# A log signature is missing or does not hold: not an unfit tree, but nobody's word.
_UNSIGNED: Final = frozenset(
    {
        "keys.weak-key",
        "tlog.cosignature-times",
        "tlog.origin-mismatch",
        "tlog.signature",
        "tlog.signature-missing",
    }
)
# Bytes that read, and say a tree that cannot be.
_UNFIT: Final = frozenset({"tlog.checkpoint-root", "statement.segment-card"})
_STATES: Final = {
    NOT_SERVED: 404,
    CLOCK: 401,
    REPLAYED: 401,
    TOO_MANY_REQUESTS: 429,
    TOO_MANY_UPLOADS: 429,
    TOO_MANY_AHEAD: 429,
    NOT_WANTED: 410,
    WAY_NOT_ALLOWED: 403,
    SUPERSEDED: 409,
    "wire.nothing-pending": 422,
}
_TOO_LARGE: Final = frozenset({"tlog.push-too-large", "wire.too-large"})


def text_reply(status: int, text: str, *headers: tuple[str, str], type_: str = TEXT) -> WireReply:
    """Answer with a line of text."""
    return bytes_reply(status, f"{text}\n".encode(), type_, *headers)


def bytes_reply(status: int, body: bytes, type_: str, *headers: tuple[str, str]) -> WireReply:
    """Answer with bytes of a type."""
    return WireReply(status, (("content-type", type_), *headers), body)


def refusal_of(error: ComityError) -> WireReply:
    """Answer what a flow refused; what is a failure of ours may be tried again.

    Source: spec/wire.md; C2SP tlog-witness and tlog-mirror
    """
    status = status_of(error)
    if status == 404:
        return not_found()
    if isinstance(error, TooMuch):
        return text_reply(429, error.code, ("retry-after", str(error.retry_s)))
    if status in (429, 503):
        return text_reply(status, error.code, ("retry-after", str(RETRY_AFTER_S)))
    return text_reply(status, error.code)


def not_found() -> WireReply:
    """Answer that there is nothing, whether it is absent, hidden or not pinned."""
    return text_reply(404, "not found")


def status_of(error: ComityError) -> int:
    """Choose the status for an error that reached the edge."""
    match error:
        case InputError() if error.code in _TOO_LARGE:
            return 413
        case InputError():
            return 422 if error.code in _UNFIT else 400
        case ProofError():
            return 403 if error.code in _UNSIGNED else 422
        case EdgeError():
            return 408 if error.code == TOO_SLOW else 503
        case StateError():
            return _STATES.get(error.code, 503)
        case _:
            return 500
