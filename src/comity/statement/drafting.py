# SPDX-License-Identifier: Apache-2.0
"""From what a party means to say to the bytes that it enters, and what wraps bind on the way.

A draft has everything but `at` and `seen`: authority notes and key wraps are made over the
draft, before its place in the register is known. Source: DESIGN 4, 6
"""

from typing import Final, cast

from comity.basis.ids import Digest, PartyId, digest_of
from comity.basis.instants import Instant
from comity.basis.strict_json import JsonValue, format_json
from comity.statement.envelope import (
    Seen,
    Statement,
    StatementDraft,
    draft_json,
    parse_statement,
    read_plain,
    statement_json,
    write_statement,
)
from comity.statement.information import ItemRelease
from comity.statement.kinds import Body
from comity.statement.release_glance import bound_of
from comity.statement.values import AgreementRef

_NOT_BOUND: Final = ("at", "seen")
# Named once the wraps are there: the parcel, and the note of the authority, which covers it.
_LATER: Final = ("parcel", "authority")


def draft_statement(
    body: Body,
    agreement: AgreementRef,
    *,
    by: PartyId,
    to: tuple[PartyId, ...],
    nonce: str,
) -> StatementDraft:
    """Draft a statement to the parties in `to`, in any order; `nonce`: 16 fresh bytes in hex."""
    return StatementDraft(agreement, by, tuple(sorted(set(to))), nonce, body)


def compose(draft: StatementDraft, *, at: Instant, seen: Seen) -> Statement:
    """Write a draft as the statement that is entered, and read it back as partners will.

    What is made in a form was read back when that was made, in every part that is not checked.

    Raises:
        InputError: partners would refuse to read it.
    """
    composed = None if draft.form is None else draft.form.compose(draft, at=at, seen=seen)
    if composed is not None:
        return composed
    members, raw = write_statement(draft, at=at, seen=seen)
    return read_plain(members, raw) or parse_statement(raw)


def next_at(now: Instant, greatest_own: Instant | None, greatest_seen: Instant | None) -> Instant:
    """Give the `at` of the next statement.

    `greatest_own` is the greatest in the own register, `greatest_seen` the greatest among the
    admitted statements that `seen` covers; None where there is none.

    Source: DESIGN 4
    """
    later = (at + 1 for at in (greatest_own, greatest_seen) if at is not None)
    return Instant(max((now, *later)))


def draft_wrap_context(draft: StatementDraft) -> Digest:
    """Give the digest that the key wraps of a draft's parcel are bound to.

    Source: DESIGN 6 (the statement without parcel digest, `at` and `seen`)
    """
    return _wrap_context(draft_json(draft))


def wrap_context(statement: Statement) -> Digest:
    """Give the digest that the key wraps of a statement's parcel must be bound to."""
    if isinstance(statement.body, ItemRelease):
        return digest_of(bound_of(statement.raw))
    return _wrap_context(statement_json(statement))


def _wrap_context(members: dict[str, JsonValue]) -> Digest:
    bound = {key: value for key, value in members.items() if key not in _NOT_BOUND}
    body = cast("dict[str, JsonValue]", members["body"])  # an object in every statement
    bound["body"] = {key: value for key, value in body.items() if key not in _LATER}
    return digest_of(format_json(bound))
