# SPDX-License-Identifier: Apache-2.0
"""What was looked up or worked out last, kept at hand within bounds."""

from __future__ import annotations

from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(dict[Key, Value]):
    """A dictionary that forgets what was kept first once it is full."""

    __slots__ = ("_most",)

    def __init__(self, most: int) -> None:
        """Begin empty, with room for `most`."""
        super().__init__()
        self._most = most

    def keep(self, key: Key, value: Value) -> None:
        """Keep a value as the newest."""
        self.pop(key, None)
        self[key] = value
        if len(self) > self._most:
            del self[next(iter(self))]

    def again(self) -> Recent[Key, Value]:
        """Give the same, to go on by itself."""
        other: Recent[Key, Value] = Recent(self._most)
        other.update(self)
        return other
