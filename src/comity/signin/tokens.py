# SPDX-License-Identifier: Apache-2.0
"""Tokens: how a program comes in for its person, for a while, and for some things only.

256 random bits, shown once and kept as SHA-256. A token is worth what its person's roles are worth
at the moment of its use, and nothing once the person has left.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from comity.basis.errors import InputError, StateError, excerpt
from comity.basis.fields import Fields
from comity.basis.ids import Digest, PersonId, digest_of, parse_person_id
from comity.basis.instants import (
    DAY_MS,
    UTC,
    Date,
    Instant,
    date_of,
    format_date,
    format_instant,
    parse_date,
    parse_instant_canonical,
)
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.documents import json_document, read_json_document
from comity.flows.facts import find_record
from comity.ports import Basis, BasisMoved, Change, Document
from comity.signin.permissions import Permission, parse_permission, permissions_of
from comity.signin.registrars import RegistrarsAct, keep

TOKEN: Final = "token"
PREFIX: Final = "comity_"
DAYS_MAX: Final = 365
NAME_CHARS_MAX: Final = 64
ID_CHARS: Final = 16

_SECRET_BYTES: Final = 32
_TOKEN: Final = re.compile(r"comity_[0-9a-f]{64}")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_ID: Final = re.compile(r"[0-9a-f]{16}")
_PAGE: Final = 1000
_READ_MAX: Final = 256


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret. `used_on`: the day of its last use, None before the first."""

    digest: Digest
    person: PersonId
    name: str
    permissions: frozenset[Permission]
    created_at: Instant
    expires_at: Instant
    revoked_at: Instant | None = None
    used_on: Date | None = None

    @property
    def id(self) -> str:
        """Give the short name by which it is revoked."""
        return self.digest[:ID_CHARS]

    def is_good(self, now: Instant) -> bool:
        """Answer whether it is neither past nor revoked."""
        return self.revoked_at is None and self.created_at <= now < self.expires_at


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token and its secret, for the one time that it is shown."""

    token: Token
    secret: str


@dataclass(frozen=True, slots=True)
class TokenWish:
    """What a token is to be: whose, its name, what for and for how many days."""

    person: PersonId
    name: str
    permissions: frozenset[Permission]
    days: int


async def create_token(
    context: Context, wish: TokenWish, by: PersonId | None
) -> NewToken | Refused:
    """Make a token for a person's program, as a registrar.

    Raises:
        InputError: no such name or number of days, or more than the person's roles allow.
        StateError: no such person.
    """
    _check(wish)
    record = await find_record(context, wish.person)
    beyond = wish.permissions - permissions_of(record.roles)
    if beyond or not wish.permissions:
        raise InputError(
            "token.beyond-roles",
            "a token is good for something, and for nothing beyond its person's roles",
            where=f"person {wish.person}",
            expected=", ".join(sorted(permissions_of(record.roles))),
            found=", ".join(sorted(beyond)) or "nothing",
        )
    ports = context.ports
    secret = PREFIX + ports.random.token(_SECRET_BYTES).hex()
    now = ports.clock.now()
    token = Token(
        digest=digest_of(secret.encode()),
        person=wish.person,
        name=wish.name,
        permissions=wish.permissions,
        created_at=now,
        expires_at=Instant(now + wish.days * DAY_MS),
    )
    details: dict[str, JsonValue] = {
        "token": token.id,
        "name": token.name,
        "permissions": [*sorted(token.permissions)],
        "expires_at": format_instant(token.expires_at),
    }
    act = RegistrarsAct("token.create", wish.person, by, details)
    return await keep(context, act, (_document(token),)) or NewToken(token, secret)


async def revoke_token(context: Context, token_id: str, by: PersonId | None) -> Token | Refused:
    """Revoke a token, as a registrar: it is good for nothing from now on. Twice is once.

    Raises:
        StateError: no such token.
    """
    found = [each for each in await list_tokens(context) if each.id == token_id]
    if not found:
        raise StateError(
            "token.unknown",
            "no such token",
            found=excerpt(token_id),
            hint="list them: comity token list --all",
        )
    (token,) = found
    if token.revoked_at is not None:
        return token
    revoked = replace(token, revoked_at=context.ports.clock.now())
    act = RegistrarsAct("token.revoke", token.person, by, {"token": token.id})
    return await keep(context, act, (_document(revoked),)) or revoked


async def list_tokens(context: Context, person: PersonId | None = None) -> tuple[Token, ...]:
    """List the tokens of one person or of all, those that are past or revoked included."""
    tokens: list[Token] = []
    after = ""
    while True:
        page = await context.ports.store.documents(TOKEN, after=after, limit=_PAGE)
        tokens += [_read(Digest(each.key), each.body) for each in page if each.body is not None]
        if len(page) < _PAGE:
            break
        after = page[-1].key
    wanted = (each for each in tokens if person in (None, each.person))
    return tuple(sorted(wanted, key=lambda each: (each.person, each.created_at, each.digest)))


async def find_token(context: Context, secret: str) -> Token | None:
    """Find the token of a secret, if it is good now."""
    if _TOKEN.fullmatch(secret) is None:
        return None
    digest = digest_of(secret.encode())
    raw = await context.ports.store.document(TOKEN, digest)
    if raw is None:
        return None
    token = _read(digest, raw)
    return token if token.is_good(context.ports.clock.now()) else None


async def find_named_token(context: Context, token_id: str) -> Token | None:
    """Find a token by its short name, if it is good now."""
    page = await context.ports.store.documents(TOKEN, after=token_id, limit=1)
    if not page or page[0].body is None or not page[0].key.startswith(token_id):
        return None
    token = _read(Digest(page[0].key), page[0].body)
    return token if token.is_good(context.ports.clock.now()) else None


async def note_use(context: Context, token: Token) -> Token:
    """Keep the day on which a token was used last; one write a day.

    A token that was revoked meanwhile is not written over: the next use finds it so.
    """
    store = context.ports.store
    today = date_of(context.ports.clock.now(), UTC)
    if token.used_on == today:
        return token
    basis = Basis(versions=((TOKEN, await store.version(TOKEN)),))
    raw = await store.document(TOKEN, token.digest)
    if raw is None or _read(token.digest, raw) != token:
        return token
    used = replace(token, used_on=today)
    allowed = allow_house_act("token.use")
    with suppress(BasisMoved):
        await store.commit(Change(allowed, basis, documents=(_document(used),)))
    return used


def parse_permissions(words: Collection[str], where: str = "") -> frozenset[Permission]:
    """Read the names of permissions."""
    return frozenset(parse_permission(each, where) for each in words)


def token_json(found: Token, now: Instant) -> dict[str, JsonValue]:
    """Give a token without its secret, and whether it is good now."""
    revoked, used = found.revoked_at, found.used_on
    return {
        "id": found.id,
        "person": found.person,
        "name": found.name,
        "permissions": [*sorted(found.permissions)],
        "created_at": format_instant(found.created_at),
        "expires_at": format_instant(found.expires_at),
        "revoked_at": None if revoked is None else format_instant(revoked),
        "used_on": None if used is None else format_date(used),
        "good": found.is_good(now),
    }


def _check(wish: TokenWish) -> None:
    if _NAME.fullmatch(wish.name) is None:
        raise InputError(
            "token.name",
            "not the name of a token",
            expected="lower-case letters, digits, dots and hyphens, as exchange-1",
            found=excerpt(wish.name),
        )
    if not 1 <= wish.days <= DAYS_MAX:
        raise InputError(
            "token.days",
            "a token ends within a year",
            expected=f"1 to {DAYS_MAX} days",
            found=str(wish.days),
        )


def _document(token: Token) -> Document:
    revoked, used = token.revoked_at, token.used_on
    value: dict[str, JsonValue] = {
        "person": token.person,
        "name": token.name,
        "permissions": [*sorted(token.permissions)],
        "created_at": format_instant(token.created_at),
        "expires_at": format_instant(token.expires_at),
        "revoked_at": None if revoked is None else format_instant(revoked),
        "used_on": None if used is None else format_date(used),
    }
    return json_document(TOKEN, token.digest, value)


# It is looked up at each request, so that a revoked one is refused at once; equal bytes read equal.
@lru_cache(maxsize=_READ_MAX)
def _read(digest: Digest, raw: bytes) -> Token:
    fields = Fields(read_json_document(raw), "token")
    revoked, used = fields.nullable_text("revoked_at"), fields.nullable_text("used_on")
    token = Token(
        digest=digest,
        person=parse_person_id(fields.text("person")),
        name=fields.text("name", max_chars=NAME_CHARS_MAX),
        permissions=parse_permissions(fields.texts("permissions")),
        created_at=parse_instant_canonical(fields.text("created_at")),
        expires_at=parse_instant_canonical(fields.text("expires_at")),
        revoked_at=None if revoked is None else parse_instant_canonical(revoked),
        used_on=None if used is None else parse_date(used),
    )
    fields.finish()
    return token
