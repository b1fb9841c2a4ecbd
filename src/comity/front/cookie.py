# SPDX-License-Identifier: Apache-2.0
"""The session's cookie, whose pages a request comes from, and how many of one caller run at once.

A cookie counts only for what the party's own pages ask: a browser says where a request comes from.
Source: OWASP Cross-Site Request Forgery Prevention (Fetch Metadata)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

from comity.basis.errors import EdgeError, SignInError
from comity.front.asgi import Scope
from comity.signin.door import Caller

COOKIE: Final = "__Host-comity"
CALLER: Final = "comity.caller"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

_SAME_SITE: Final = frozenset({b"same-origin", b"none"})


class Forged(SignInError):  # noqa: N818 (named for what it may be)
    """A request by cookie that may come from another site."""

    http_status = 403


class TooMany(EdgeError):  # noqa: N818 (named for what is said)
    """More requests of one session or token at once than are answered."""

    http_status = 429


class AtOnce:
    """Counts the requests of each caller that are being answered."""

    def __init__(self, most: int) -> None:
        """Begin with none; let `most` of one caller run."""
        self._most = most
        self._running: Counter[str] = Counter()

    @contextmanager
    def one_of_few(self, caller: Caller) -> Iterator[None]:
        """Answer one more request of a caller.

        Raises:
            TooMany: as many run as may.
        """
        if self._running[caller.key] >= self._most:
            raise TooMany(
                "api.too-many-at-once",
                "too many requests of one session or token at once",
                expected=f"at most {self._most}",
                hint="wait for some of them to end",
            )
        self._running[caller.key] += 1
        try:
            yield
        finally:
            self._running[caller.key] -= 1
            if not self._running[caller.key]:
                del self._running[caller.key]


def session_secrets(headers: Iterable[str]) -> list[str]:
    """Read the session's cookie out of cookie headers, as often as it stands there."""
    return cookies(headers, COOKIE)


def cookies(headers: Iterable[str], wanted: str) -> list[str]:
    """Read a cookie out of cookie headers, as often as it stands there."""
    pairs = (pair.strip().partition("=") for header in headers for pair in header.split(";"))
    return [value for name, _, value in pairs if name == wanted]


def is_foreign(scope: Scope) -> bool:
    """Answer whether a browser says that another site's page sends this."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
    host = headers.get(b"host", b"").decode("latin-1")
    if site is not None and site not in _SAME_SITE:
        return True
    return origin is not None and urlsplit(origin.decode("latin-1")).netloc != host
