# SPDX-License-Identifier: Apache-2.0
"""The door of a node for its own people: who comes in by password, session or token.

Unknown, absent, without a password, or with a wrong one: the same answer after the same work.
The journal has every sign-in and sign-out, and failures by number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from comity.basis.errors import EdgeError, InputError, SignInError, StateError
from comity.basis.ids import PersonId, digest_of, parse_person_id
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.decision.people import Person
from comity.flows.context import Context
from comity.flows.journal import journal_entry
from comity.ports import Change, Passwords
from comity.signin.failures import Failures
from comity.signin.passwords import (
    PASSWORD,
    PASSWORD_CHARS_MAX,
    change_own,
    check_password,
    hash_of,
    normal_form,
    set_by_code,
)
from comity.signin.permissions import EVERY_PERMISSION, Permission, permissions_of
from comity.signin.registrars import find_present
from comity.signin.sessions import Session, Sessions, new_secret
from comity.signin.throttle import Throttle
from comity.signin.tokens import Token, find_named_token, find_token, note_use

_REFUSED: Final = "session.refused"
_COUNTING_MAX: Final = 64


class Way(StrEnum):
    """How somebody came in."""

    SESSION = "session"
    TOKEN = "token"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as the register of persons has them at this moment.

    `key` tells this session or token from others, and gives neither away.
    """

    person: Person
    permissions: frozenset[Permission]
    way: Way
    key: str

    @property
    def id(self) -> PersonId:
        """Give the person's id."""
        return self.person.id

    def may(self, permission: Permission) -> bool:
        """Answer whether a way in is good for something; the flows ask for the roles besides."""
        return permission in self.permissions


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that begins, and its secret for the one time that it is told."""

    caller: Caller
    secret: str


class Door:
    """One node's door; `seconds` counts and never goes back."""

    def __init__(
        self, context: Context, passwords: Passwords, *, seconds: Callable[[], float]
    ) -> None:
        """Begin with nobody signed in."""
        self._context = context
        self._passwords = passwords
        self._failures = Failures(context)
        self._counting: set[asyncio.Future[None]] = set()
        self.throttle = Throttle(seconds)
        self.sessions = Sessions(seconds)

    async def sign_in(self, name: str, password: str, address: str) -> SignedIn:
        """Begin a session for a person who knows the password.

        Raises:
            Throttled: too early after too many failures.
            SignInError: for whatever reason; all are told alike.
            EdgeError: too many are signing in at this moment.
        """
        with self._attempt(name, address):
            person, record = await self._check(name, password)
        secret = new_secret(self._context.ports.random.token)
        await self._journal("session.begin", person.id)
        session = self.sessions.begin(secret, person.id, person.roles, digest_of(record))
        return SignedIn(_caller(person, session), secret)

    async def sign_out(self, caller: Caller) -> None:
        """End the session that somebody came in by."""
        session = self.sessions.by_key(caller.key)
        if session is not None:
            self.sessions.end(session)
            await self._journal("session.end", caller.id)

    async def by_session(self, secret: str) -> Caller | None:
        """Find who comes in by a session; it ends here when what it rests on has changed."""
        return await self._of_session(self.sessions.find(secret))

    async def look_again(self, caller: Caller) -> Caller | None:
        """Find whether who came in is still welcome, and what for; looking is no use of it."""
        if caller.way is Way.SESSION:
            session = self.sessions.by_key(caller.key)
            over = session is None or self.sessions.is_over(session)
            return None if over else await self._of_session(session)
        return await self._of_token(await find_named_token(self._context, caller.key))

    async def _of_session(self, session: Session | None) -> Caller | None:
        if session is None:
            return None
        person = await find_present(self._context, session.person)
        record = await self._context.ports.store.document(PASSWORD, session.person)
        same = record is not None and digest_of(record) == session.password
        if person is None or not same or person.roles != session.roles:
            self.sessions.end(session)
            return None
        return _caller(person, session)

    async def by_token(self, secret: str) -> Caller | None:
        """Find who comes in by a token, worth what the person's roles are worth now."""
        token = await find_token(self._context, secret)
        caller = await self._of_token(token)
        if token is not None and caller is not None:
            await note_use(self._context, token)
        return caller

    async def _of_token(self, token: Token | None) -> Caller | None:
        person = None if token is None else await find_present(self._context, token.person)
        if token is None or person is None:
            return None
        permissions = token.permissions & permissions_of(person.roles)
        return Caller(person, permissions, Way.TOKEN, token.id)

    async def set_password_by_code(
        self, name: str, *, code: str, password: str, address: str
    ) -> None:
        """Set one's own password with a registrar's one-time code; sessions end.

        Raises:
            InputError: it may not be a password.
            Throttled: too early after too many failures.
            SignInError: the code is not good; all reasons are told alike.
        """
        person = _person_id(name)
        check_password(password, person or _NOBODY)
        try:
            with self._attempt(name, address):
                await set_by_code(
                    self._context, self._passwords, person or _NOBODY, code=code, password=password
                )
        except SignInError:
            self.count("password.refused", person)
            raise
        self.sessions.end_all_of(person or _NOBODY)

    async def change_password(self, caller: Caller, old: str, new: str, address: str) -> None:
        """Set another password for oneself; every session ends, this one too.

        Raises:
            InputError: it may not be a password.
            Throttled, SignInError: as for signing in, with the old one.
        """
        check_password(new, caller.id)
        with self._attempt(caller.id, address):
            person, record = await self._check(caller.id, old)
        await change_own(self._context, self._passwords, person.id, old=record, password=new)
        self.sessions.end_all_of(person.id)

    @contextmanager
    def _attempt(self, name: str, address: str) -> Iterator[None]:
        """Count an attempt as failed until it has succeeded.

        One that was neither right nor wrong counts as none: nobody waits for what we had no room to
        look at. What costs no hash to refuse is refused before this begins.
        """
        self.throttle.begin(name, address)
        try:
            yield
        except EdgeError:
            self.throttle.take_back(name, address)
            raise
        self.throttle.succeeded(name, address)

    async def _check(self, name: str, password: str) -> tuple[Person, bytes]:
        """Find the person of a name and password, and the record that it was held against.

        1. whatever there is of that name is read, and the password is hashed in any case;
        2. only then is it asked whether all of it was there.
        """
        asked = _person_id(name)
        person = None if asked is None else await find_present(self._context, asked)
        record = await self._context.ports.store.document(PASSWORD, asked or _NOBODY)
        known = None if record is None or person is None else hash_of(record)
        right = await self._passwords.verify(normal_form(password[:PASSWORD_CHARS_MAX]), known)  # 1
        if not right or person is None or record is None or len(password) > PASSWORD_CHARS_MAX:
            self.count(_REFUSED, asked)
            raise SignInError(
                "signin.refused",
                "no person of that name has that password here",
                hint="ask a registrar for a code to set it anew: comity person password",
            )  # 2
        return person, record

    async def settle(self) -> None:
        """Wait until every failure is counted."""
        while self._counting:
            await asyncio.gather(*self._counting)

    def count(self, act: str, person: PersonId | None) -> None:
        """Count a failure beside the answer: how long that takes tells nobody who is known here."""
        if len(self._counting) < _COUNTING_MAX:
            task = asyncio.ensure_future(self._journal_count(act, person))
            self._counting.add(task)
            task.add_done_callback(self._counting.discard)

    async def _journal_count(self, act: str, person: PersonId | None) -> None:
        known = None if person is None else await find_present(self._context, person)
        # A store that cannot be written says so to whoever signs in; here nobody listens.
        with suppress(EdgeError, StateError):
            await self._failures.note(act, None if known is None else known.id)

    async def _journal(self, act: str, person: PersonId) -> None:
        details: dict[str, JsonValue] = {}
        entry = journal_entry(self._context, act, person, details=details)
        await self._context.ports.store.commit(
            Change(allowed_by=allow_house_act(act), journal=(entry,))
        )


_NOBODY: Final = PersonId("")
"""An id that nobody can have: looked for where the name is none, so that it takes as long."""


def _person_id(name: str) -> PersonId | None:
    try:
        return parse_person_id(name)
    except InputError:
        return None


def _caller(person: Person, session: Session) -> Caller:
    return Caller(person, EVERY_PERMISSION, Way.SESSION, session.key)
