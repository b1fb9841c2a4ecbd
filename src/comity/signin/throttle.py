# SPDX-License-Identifier: Apache-2.0
"""How long somebody waits after failing to sign in: longer each time, by account and by address.

Known and unknown names are treated alike. What is remembered is bounded: who floods it to be
forgotten spends more time on that, at the speed of the password hash, than waiting would take.
"""

from __future__ import annotations

import hashlib
import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import EdgeError
from comity.basis.networks import network_of

KEPT_MAX: Final = 16_384
_SWEPT_EVERY_S: Final = 1.0
_NOTHING: Final = 1e-6
FORGOTTEN_AFTER_S: Final = 3600.0


class Throttled(EdgeError):  # noqa: N818 (named for what happened, as `BasisMoved` is)
    """Too early after too many failures; `retry_after_s` says when not any more."""

    http_status = 429

    def __init__(
        self, code: str, what: str, *, retry_after_s: int, expected: str, hint: str
    ) -> None:
        """Say how long to wait, and nothing about whether the account exists."""
        super().__init__(code, what, expected=expected, hint=hint)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Patience:
    """`free` failures cost nothing; each further one doubles the wait, up to `most_s`.

    One failure is forgotten every so many seconds: an account's count until it succeeds, but from
    one address a whole house may come, whose slips would add up and never be done with.
    """

    free: int
    most_s: float
    forgets_one_s: float = math.inf


ACCOUNT: Final = Patience(free=5, most_s=60.0)
ADDRESS: Final = Patience(free=20, most_s=15.0, forgets_one_s=15.0)


@dataclass(slots=True)
class _Failures:
    """How many had failed, less what was forgotten, when the last attempt began."""

    count: float
    last: float
    patience: Patience

    def left(self, now: float) -> float:
        """Say how many of them are not forgotten by now."""
        passed_s = now - self.last
        if passed_s > FORGOTTEN_AFTER_S:
            return 0.0
        return max(0.0, self.count - passed_s / self.patience.forgets_one_s)


class Throttle:
    """What failed lately, by account and by address; `now` counts seconds and never goes back."""

    def __init__(self, now: Callable[[], float], *, kept_max: int = KEPT_MAX) -> None:
        """Begin with no failure."""
        self._now = now
        self._kept_max = kept_max
        self._failed: OrderedDict[bytes, _Failures] = OrderedDict()
        self._swept_at = -math.inf

    def begin(self, account: str, address: str) -> None:
        """Let an attempt begin, and count it as failed until it has succeeded.

        Counted first, so that many at once are no way around the wait.

        Raises:
            Throttled: it comes before its time, whatever it holds.
        """
        both = (_key("account", account), ACCOUNT), (_key("address", network_of(address)), ADDRESS)
        wait = max(self._wait(key, patience) for key, patience in both)
        if wait > 0:
            seconds = int(wait) + 1
            raise Throttled(
                "signin.throttled",
                "too many attempts failed",
                retry_after_s=seconds,
                expected=f"the next one after {seconds} seconds",
                hint="wait that long; a registrar can give a new code: comity person password",
            )
        for key, patience in both:
            self._failed[key] = _Failures(1 + self._left(key), self._now(), patience)
            self._failed.move_to_end(key)
        self._forget()

    def succeeded(self, account: str, address: str) -> None:
        """Forget an account's failures, and this attempt of the address."""
        self._failed.pop(_key("account", account), None)
        self._take_back(_key("address", network_of(address)))

    def take_back(self, account: str, address: str) -> None:
        """Count an attempt as none: it was neither right nor wrong. What failed before stays.

        What counted nothing before is remembered no more: nobody is forgotten for it.
        """
        self._take_back(_key("account", account))
        self._take_back(_key("address", network_of(address)))

    def __len__(self) -> int:
        """Say how many accounts and addresses are remembered."""
        return len(self._failed)

    def _take_back(self, key: bytes) -> None:
        known = self._failed.get(key)
        if known is None:
            return
        known.count -= 1
        if known.count < _NOTHING:
            del self._failed[key]

    def _forget(self) -> None:
        """Hold what is remembered within its bound: first goes what counts nothing any more."""
        now = self._now()
        if len(self._failed) > self._kept_max and now - self._swept_at >= _SWEPT_EVERY_S:
            self._swept_at = now
            for key in [key for key, each in self._failed.items() if not each.left(now)]:
                del self._failed[key]
        while len(self._failed) > self._kept_max:
            self._failed.popitem(last=False)

    def _left(self, key: bytes) -> float:
        known = self._failed.get(key)
        return 0.0 if known is None else known.left(self._now())

    def _wait(self, key: bytes, patience: Patience) -> float:
        known = self._recent(key)
        if known is None or known.count < patience.free:
            return 0.0
        doubled = math.exp2(min(known.count - patience.free, 32))
        return known.last + min(doubled, patience.most_s) - self._now()

    def _recent(self, key: bytes) -> _Failures | None:
        known = self._failed.get(key)
        if known is None or self._now() - known.last > FORGOTTEN_AFTER_S:
            return None
        return known


def _key(kind: str, name: str) -> bytes:
    """Take the same room for every name, however long."""
    return hashlib.sha256(f"{kind}\n{name}".encode("utf-8", "surrogatepass")).digest()
