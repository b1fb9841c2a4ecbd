# SPDX-License-Identifier: Apache-2.0
"""Values that hold keys, passwords or content and are never shown: in no error and in no log."""

from __future__ import annotations


class Unshown:
    """A value whose `repr` is its type's name alone; stands before `Struct` among the bases."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Name the type, and nothing that is in it."""
        return f"{type(self).__name__}(…)"
