# SPDX-License-Identifier: Apache-2.0
"""The nonces of one register, in little more memory than their own 16 bytes.

They lie one after the other in runs of a few hundred bytes, which C searches at once. One run is
parted after the other as they grow, so that nothing ever takes long. Where a nonce lies follows
from a hash that differs from process to process, so nobody can choose nonces that collide.
"""

from collections.abc import Iterable
from typing import Final

NONCE_BYTES: Final = 16
_MEAN: Final = 16
"""How many nonces a run holds on average before one more run is begun."""


class Nonces:
    """A set of nonces of 16 bytes each.

    Invariant: of `_doubled + _parted` runs the first `_parted` and the last `_parted` are chosen
    by one more bit of the hash than the others (Litwin's linear hashing).
    """

    __slots__ = ("_count", "_doubled", "_parted", "_runs")

    def __init__(self) -> None:
        """Begin with none."""
        self._runs: list[bytes] = [b""]
        self._doubled = 1
        self._parted = 0
        self._count = 0

    def __len__(self) -> int:
        """Count them."""
        return self._count

    def __contains__(self, nonce: bytes) -> bool:
        """Answer whether a nonce was added."""
        run = self._runs[self._find(nonce)]
        return nonce in run and _stands_in(run, nonce)

    def add(self, nonce: bytes) -> None:
        """Add a nonce; adding it twice is adding it once."""
        self.update((nonce,))

    def update(self, nonces: Iterable[bytes]) -> None:
        """Add many."""
        for nonce in nonces:
            at = self._find(nonce)
            run = self._runs[at]
            if nonce in run and _stands_in(run, nonce):
                continue
            self._runs[at] = run + nonce
            self._count += 1
            if self._count > _MEAN * len(self._runs):
                self._part()

    def copy(self) -> "Nonces":
        """Give the same set, to go on by itself."""
        other = Nonces()
        other._runs, other._count = list(self._runs), self._count
        other._doubled, other._parted = self._doubled, self._parted
        return other

    def _find(self, nonce: bytes) -> int:
        """Give the run that a nonce belongs to."""
        hashed = hash(nonce)
        at = hashed & (self._doubled - 1)
        return hashed & (2 * self._doubled - 1) if at < self._parted else at

    def _part(self) -> None:
        """Part the next run in two by one more bit of the hash."""
        run, bit = self._runs[self._parted], self._doubled
        each = [run[at : at + NONCE_BYTES] for at in range(0, len(run), NONCE_BYTES)]
        self._runs[self._parted] = b"".join([nonce for nonce in each if not hash(nonce) & bit])
        self._runs.append(b"".join([nonce for nonce in each if hash(nonce) & bit]))
        self._parted += 1
        if self._parted == self._doubled:
            self._doubled, self._parted = 2 * self._doubled, 0


def _stands_in(run: bytes, nonce: bytes) -> bool:
    """Answer whether a nonce is one of a run, and not made up of the end of one and the next."""
    at = run.find(nonce)
    while at >= 0 and at % NONCE_BYTES:
        at = run.find(nonce, at + 1)
    return at >= 0
