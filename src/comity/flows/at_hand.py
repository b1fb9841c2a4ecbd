# SPDX-License-Identifier: Apache-2.0
"""What was looked up or worked out last, kept at hand within bounds."""

from __future__ import annotations

from itertools import islice
from typing import Final, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


_SPARE: Final = 32
"""One in so many is kept besides: what is first in a dictionary is searched for from where its
beginning once was, so it is searched for seldom."""


class Recent(dict[Key, Value]):
    """A dictionary that forgets what was kept first once it is full."""

    __slots__ = ("_most", "_spare")

    def __init__(self, most: int) -> None:
        """Begin empty, with room for `most`, and for a few more that are forgotten together."""
        super().__init__()
        self._most = most
        self._spare = most // _SPARE

    def keep(self, key: Key, value: Value) -> None:
        """Keep a value as the newest."""
        self.pop(key, None)
        self[key] = value
        if len(self) > self._most + self._spare:
            for first in tuple(islice(self, self._spare + 1)):
                del self[first]

    def again(self) -> Recent[Key, Value]:
        """Give the same, to go on by itself."""
        other: Recent[Key, Value] = Recent(self._most)
        other.update(self)
        return other
