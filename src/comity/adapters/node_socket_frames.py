# SPDX-License-Identifier: Apache-2.0
"""What a command and a served node say to each other over the local socket, byte for byte.

A frame is a length of four bytes and one MessagePack object of a closed list of types; anything
else ends the connection. Both ends are this program, run by the same user.
"""

from __future__ import annotations

import struct
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct

from comity.basis.errors import (
    ComityError,
    ConfigError,
    EdgeError,
    InputError,
    InvariantError,
    ProofError,
    StateError,
)
from comity.basis.ids import Digest, Domain, PartyId
from comity.basis.limits import NODE_FRAME_BYTES_MAX
from comity.basis.unshown import Unshown
from comity.decision.stages import Allowed
from comity.keys.notes import NoteSignature
from comity.keys.suites import Algorithm
from comity.ports import (
    Basis,
    BasisMoved,
    Change,
    Committed,
    Cosignature,
    Document,
    Entries,
    HeldParcel,
    Judgement,
    PublicKey,
    RegisterRow,
    SizedNote,
)
from comity.sealing.parcels import Wrap
from comity.statement.mirrored import Mirrored
from comity.tlog.checkpoints import Checkpoint

SOCKET_VERSION: Final = 1
LENGTH: Final = struct.Struct(">I")


class Hello(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """The first frame, from the node: which version of this it speaks, and who it is."""

    version: int
    party: PartyId


class Commit(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """A `Change` that the command decided; `act` names what allowed it."""

    act: str
    basis: Basis
    registers: tuple[RegisterRow, ...]
    entries: tuple[Entries, ...]
    checkpoints: tuple[SizedNote, ...]
    cosignatures: tuple[Cosignature, ...]
    judgements: tuple[Judgement, ...]
    documents: tuple[Document, ...]
    journal: tuple[bytes, ...]
    parcels: tuple[HeldParcel, ...]


class ReplaceDerived(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """What `rebuild` puts in place of everything derived."""

    act: str
    judgements: tuple[Judgement, ...]
    documents: tuple[Document, ...]
    basis: Basis


class ReadOnly(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Why does the store take no writes?"""


class NewKeySet(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Make the keys that a version of our card will name."""

    card_version: int
    sealing: tuple[Algorithm, ...]


class DropKeySet(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Destroy the keys of a version, or its sealing keys alone."""

    card_version: int
    sealing_only: bool


class SignCheckpoint(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Sign our own register's checkpoint."""

    checkpoint: Checkpoint
    card_version: int
    time_s: int


class Cosign(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Cosign a partner's checkpoint, given as its note."""

    signed: bytes
    card_version: int
    time_s: int


class SignRequest(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Sign what stands for a request to a partner."""

    message: bytes
    card_version: int


class UnwrapItemKey(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Open a wrap of an item key."""

    wrap: Wrap
    context: Digest


class UnwrapFromCourier(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Open the wrap of a bundle's key."""

    wrap: bytes
    key_id: str
    from_domain: Domain


class KeepItemKeys(Unshown, Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Take item keys into custody."""

    item_keys: tuple[tuple[str, bytes], ...]


class CustodyItemKey(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Give an item key out of custody."""

    item_ref: str


class EraseItemKey(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Destroy an item key in custody."""

    item_ref: str


class HeldItemKeys(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Which of these are in custody?"""

    item_refs: frozenset[str]


class CustodyItems(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """What is in custody?"""


class NewTlsKey(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Make the next TLS key."""


class TakeNextTlsKey(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Let the next TLS key take over."""


class AskStatus(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """How is the node served?"""


class AskEntries(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Which entries of a party's register are here, and how are they judged?"""

    agreement: str
    party: str
    start: int
    limit: int


class Failed(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """It was not done: an error of ours, field by field."""

    family: str
    code: str
    what: str
    where: str
    expected: str
    found: str
    hint: str


class Done(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """It was done. `value` is read again by the type that the request calls for."""

    value: msgspec.Raw


Request = (
    Commit
    | ReplaceDerived
    | ReadOnly
    | NewKeySet
    | DropKeySet
    | SignCheckpoint
    | Cosign
    | SignRequest
    | UnwrapItemKey
    | UnwrapFromCourier
    | KeepItemKeys
    | CustodyItemKey
    | EraseItemKey
    | HeldItemKeys
    | CustodyItems
    | NewTlsKey
    | TakeNextTlsKey
    | AskStatus
    | AskEntries
)

ANSWERS: Final[dict[type, Any]] = {
    Commit: Committed,
    ReplaceDerived: None,
    ReadOnly: str | None,
    NewKeySet: tuple[PublicKey, ...],
    DropKeySet: None,
    SignCheckpoint: bytes,
    Cosign: tuple[NoteSignature, NoteSignature],
    SignRequest: bytes,
    UnwrapItemKey: bytes,
    UnwrapFromCourier: bytes,
    KeepItemKeys: None,
    CustodyItemKey: bytes,
    EraseItemKey: None,
    HeldItemKeys: frozenset[str],
    CustodyItems: tuple[str, ...],
    NewTlsKey: None,
    TakeNextTlsKey: bool,
    AskStatus: bytes,
    AskEntries: bytes,
}
"""What a request is answered by when it was done."""

_FAMILIES: Final = (
    BasisMoved,
    StateError,
    ProofError,
    EdgeError,
    ConfigError,
    InvariantError,
    InputError,
)

_T = TypeVar("_T")
_encode = msgspec.msgpack.Encoder().encode
_requests: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_replies: msgspec.msgpack.Decoder[Done | Failed] = msgspec.msgpack.Decoder(Done | Failed)
_hello = msgspec.msgpack.Decoder(Hello)


def commit_of(change: Change) -> Commit:
    """Write down a change; whatever it was decided by, its acts are named."""
    match change.allowed_by:
        case Mirrored():
            acts = ["register.mirror"]
        case Allowed(act=act):
            acts = [act]
        case several:
            acts = sorted({each.act for each in several})
    return Commit(
        ", ".join(acts),
        change.basis,
        change.registers,
        change.entries,
        change.checkpoints,
        change.cosignatures,
        change.judgements,
        change.documents,
        change.journal,
        change.parcels,
    )


def frame_of(value: Struct) -> bytes:
    """Write a frame.

    Raises:
        InputError: it is larger than a frame may be.
    """
    body = _encode(value)
    if len(body) > NODE_FRAME_BYTES_MAX:
        raise InputError(
            "socket.too-large",
            "this is more than a served node takes from a command at once",
            expected=f"at most {NODE_FRAME_BYTES_MAX} bytes",
            found=f"{len(body)} bytes",
            hint="stop the served node, run the command, and serve it again",
        )
    return LENGTH.pack(len(body)) + body


def length_of(header: bytes) -> int:
    """Read how long a frame is.

    Raises:
        InputError: longer than one may be.
    """
    (length,) = LENGTH.unpack(header)
    if not 0 < length <= NODE_FRAME_BYTES_MAX:
        raise _malformed(f"{length} bytes")
    return int(length)


def parse_request(body: bytes) -> Request:
    """Read what a command asks.

    Raises:
        InputError: not one of the requests.
    """
    return _parsed(_requests, body)


def parse_hello(body: bytes) -> Hello:
    """Read how a node greets.

    Raises:
        InputError: it does not.
    """
    return _parsed(_hello, body)


def done(value: object) -> Done:
    """Say that it was done."""
    return Done(msgspec.Raw(_encode(value)))


def failed(err: ComityError) -> Failed:
    """Say that it was not done, by the nearest family that both ends know."""
    family = next((each for each in _FAMILIES if isinstance(err, each)), InvariantError)
    return Failed(family.__name__, err.code, err.what, err.where, err.expected, err.found, err.hint)


def parse_reply(body: bytes, answers: type[_T] | Any) -> Any:
    """Read the answer to a request.

    Raises:
        ComityError: the node's own, if it was not done.
        InputError: it does not read.
    """
    reply = _parsed(_replies, body)
    if isinstance(reply, Failed):
        raise _error_of(reply)
    try:
        return msgspec.msgpack.decode(reply.value, type=answers)
    except (msgspec.MsgspecError, ComityError) as err:
        raise _malformed(type(err).__name__) from err


def _error_of(reply: Failed) -> ComityError:
    family = next((each for each in _FAMILIES if each.__name__ == reply.family), InvariantError)
    made: ComityError = family(reply.code, reply.what)
    made.where, made.expected, made.found, made.hint = (
        reply.where,
        reply.expected,
        reply.found,
        reply.hint,
    )
    return made


def _parsed(decoder: msgspec.msgpack.Decoder[_T], body: bytes) -> _T:
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, ComityError, ValueError, RecursionError) as err:
        raise _malformed(type(err).__name__) from err


def _malformed(found: str) -> InputError:
    return InputError(
        "socket.malformed",
        "what came over the local socket is not what was agreed",
        found=found,
        hint="the served node and this command may be of different versions: serve it again",
    )
