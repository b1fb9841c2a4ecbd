# SPDX-License-Identifier: Apache-2.0
"""Sessions of people at a browser: random, kept as a digest, ended by rest, by age, and by change.

They are this process's own and go with it. What may change while they last (presence, roles, the
password) is compared with the store at each use; here is only what a session began with.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import EdgeError
from comity.basis.ids import Digest, PersonId, digest_of
from comity.decision.people import Role

IDLE_S: Final = 30 * 60.0
LONGEST_S: Final = 12 * 3600.0
SESSIONS_MAX: Final = 10_000
SESSIONS_OF_ONE_MAX: Final = 16
SECRET_BYTES: Final = 32


@dataclass(slots=True)
class Session:
    """A session and what it began with. `password` is the digest of the password's record."""

    key: Digest
    person: PersonId
    roles: tuple[Role, ...]
    password: Digest
    began: float
    used: float


class Sessions:
    """The sessions of this process; `now` counts seconds and never goes back."""

    def __init__(self, now: Callable[[], float], *, sessions_max: int = SESSIONS_MAX) -> None:
        """Begin with none."""
        self._now = now
        self._sessions_max = sessions_max
        self._by_key: OrderedDict[Digest, Session] = OrderedDict()

    def begin(
        self, secret: str, person: PersonId, roles: tuple[Role, ...], password: Digest
    ) -> Session:
        """Begin a session under a secret; a person's oldest makes room for more than a few.

        Raises:
            EdgeError: there are too many altogether.
        """
        self._sweep()
        own = [each for each in self._by_key.values() if each.person == person]
        for each in own[: max(0, len(own) - SESSIONS_OF_ONE_MAX + 1)]:
            self._by_key.pop(each.key)
        if len(self._by_key) >= self._sessions_max:
            raise EdgeError(
                "signin.too-many-sessions",
                "too many people are signed in",
                found=f"{len(self._by_key)} sessions",
                hint="sign out where you do not work any more",
            )
        now = self._now()
        session = Session(_key(secret), person, roles, password, now, now)
        self._by_key[session.key] = session
        return session

    def find(self, secret: str) -> Session | None:
        """Find the session of a secret, if it has neither rested nor lasted too long; use it."""
        session = self._by_key.get(_key(secret))
        if session is None:
            return None
        if self.is_over(session):
            self.end(session)
            return None
        session.used = self._now()
        return session

    def by_key(self, key: str) -> Session | None:
        """Find a session by the digest of its secret, without using it."""
        return self._by_key.get(Digest(key))

    def is_over(self, session: Session) -> bool:
        """Answer whether a session has rested or lasted too long, without using it."""
        now = self._now()
        return now - session.used >= IDLE_S or now - session.began >= LONGEST_S

    def end(self, session: Session) -> None:
        """End a session; ending it twice is once."""
        self._by_key.pop(session.key, None)

    def end_all_of(self, person: PersonId) -> None:
        """End every session of a person."""
        for each in [each for each in self._by_key.values() if each.person == person]:
            self.end(each)

    def __len__(self) -> int:
        """Say how many there are, those that are over and not swept yet included."""
        return len(self._by_key)

    def _sweep(self) -> None:
        for each in [each for each in self._by_key.values() if self.is_over(each)]:
            self.end(each)


def new_secret(random: Callable[[int], bytes]) -> str:
    """Draw a secret of 256 bits, in digits that a cookie may hold."""
    return random(SECRET_BYTES).hex()


def _key(secret: str) -> Digest:
    return digest_of(secret.encode("utf-8", "surrogatepass"))
