# SPDX-License-Identifier: Apache-2.0
"""Tables whose changes can be taken back, so that a late statement costs what follows it.

A table is a dictionary of immutable rows; each change leaves (table, key, row before) in one
log that all tables of a state share. `revert_to` takes changes back, the newest first. Changes
name their table by its number, so that log and tables of a fork are copied whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Generic, Protocol, Self, TypeVar, cast

Key = TypeVar("Key")
Row = TypeVar("Row")
Value_co = TypeVar("Value_co", covariant=True)


class _Absent(Enum):
    ABSENT = "absent"


ABSENT = _Absent.ABSENT


class _Logged(Protocol):
    def revert(self, key: object, before: object) -> None: ...

    def settle(self, key: object) -> None: ...

    def copy_rows(self, source: object) -> None: ...


class Packing(Protocol[Key, Row]):
    """Keeps rows that will not be undone in fewer bytes."""

    def keep(self, key: Key, row: Row) -> bool:
        """Keep a row, or say that it is not of the shape that can be."""

    def find(self, key: Key) -> Row | None:
        """Give a row that was kept."""

    def keys(self) -> Iterator[Key]:
        """Give the keys that were kept."""

    def copy(self) -> Self:
        """Give the same rows, to go on by themselves."""


class UndoLog:
    """The changes of all tables of one state, oldest first, as far back as they may be undone."""

    __slots__ = ("_changes", "_tables")

    def __init__(self) -> None:
        """Start with no table and no change."""
        self._tables: list[_Logged] = []
        self._changes: list[tuple[int, object, object]] = []

    def __len__(self) -> int:
        """Count the changes, a mark to come back to."""
        return len(self._changes)

    def add_table(self, table: _Logged) -> int:
        """Give a table the number that its changes are noted under."""
        self._tables.append(table)
        return len(self._tables) - 1

    def note(self, table: int, key: object, before: object) -> None:
        """Keep what `table` held under `key` before a change; `ABSENT` for nothing."""
        self._changes.append((table, key, before))

    def revert_to(self, mark: int) -> None:
        """Take back every change after the first `mark`, the newest first."""
        changes = self._changes
        while len(changes) > mark:
            table, key, before = changes.pop()
            self._tables[table].revert(key, before)

    def settle(self, mark: int) -> None:
        """Forget the first `mark` changes: they stand. Marks from here on are less by as many."""
        settled = self._changes[:mark]
        del self._changes[:mark]
        # Of rows that were new then, those that changed since are changes of what was there.
        is_plain = all(before is ABSENT for _, _, before in settled)
        later = {
            (table, key)
            for table, key, before in self._changes
            if not (is_plain and before is ABSENT)
        }
        tables = self._tables
        for table, key, _ in settled:
            if (table, key) not in later:
                tables[table].settle(key)

    def copy_from(self, source: UndoLog) -> None:
        """Take all rows and changes of another log, whose tables were made in the same order."""
        for mine, theirs in zip(self._tables, source._tables, strict=True):
            mine.copy_rows(theirs)
        self._changes = list(source._changes)


class Table(Generic[Key, Row]):
    """Rows by key. Rows are immutable; only `put` and `drop` change a table.

    With a packing, rows that are settled lie there, unless they are put anew or dropped since.
    """

    __slots__ = ("_dropped", "_log", "_number", "_packing", "_rows")

    def __init__(self, log: UndoLog, packing: Packing[Key, Row] | None = None) -> None:
        """Start empty, noting changes in `log`."""
        self._log = log
        self._rows: dict[Key, Row] = {}
        self._packing = packing
        # Keys of packed rows that were dropped since.
        self._dropped: set[Key] = set()
        self._number = log.add_table(self)

    def get(self, key: Key) -> Row | None:
        """Find the row of `key`."""
        row = self._rows.get(key)
        return self._find_packed(key) if row is None and self._packing is not None else row

    def put(self, key: Key, row: Row) -> None:
        """Set the row of `key`."""
        self._log.note(self._number, key, self._find(key))
        self._set(key, row)

    def drop(self, key: Key) -> None:
        """Remove the row of `key`, if there is one."""
        before = self._find(key)
        if before is not ABSENT:
            self._log.note(self._number, key, before)
            self._unset(key)

    def revert(self, key: object, before: object) -> None:
        """Put back what the undo log kept; for `UndoLog` alone."""
        known = cast("Key", key)  # the log holds only what `put` and `drop` of this table noted
        if before is ABSENT:
            self._unset(known)
        else:
            self._set(known, cast("Row", before))  # as above

    def settle(self, key: object) -> None:
        """Pack a row that will not be undone; for `UndoLog` alone."""
        known = cast("Key", key)  # as above
        row, packing = self._rows.get(known), self._packing
        if row is not None and packing is not None and packing.keep(known, row):
            del self._rows[known]

    def copy_rows(self, source: object) -> None:
        """Hold what `source` holds; for `UndoLog` alone."""
        theirs = cast("Table[Key, Row]", source)  # the same table of a fork
        self._rows, self._dropped = dict(theirs._rows), set(theirs._dropped)
        self._packing = None if theirs._packing is None else theirs._packing.copy()

    def __contains__(self, key: Key) -> bool:
        """Say whether `key` has a row."""
        return self._find(key) is not ABSENT

    def __len__(self) -> int:
        """Count the rows."""
        return sum(1 for _ in self.keys())

    def keys(self) -> Iterator[Key]:
        """Give the keys, in no order that anybody may rely on."""
        yield from tuple(self._rows)
        packed = () if self._packing is None else self._packing.keys()
        yield from (key for key in packed if key not in self._rows and key not in self._dropped)

    def values(self) -> Iterator[Row]:
        """Give the rows, in no order that anybody may rely on."""
        return (row for _, row in self.items())

    def items(self) -> Iterator[tuple[Key, Row]]:
        """Give keys and rows, in no order that anybody may rely on."""
        for key in self.keys():
            yield key, cast("Row", self._find(key))  # it is there: `keys` has just said so

    def _find(self, key: Key) -> Row | _Absent:
        row = self._rows.get(key, ABSENT)
        if row is not ABSENT or self._packing is None:
            return row
        packed = self._find_packed(key)
        return ABSENT if packed is None else packed

    def _find_packed(self, key: Key) -> Row | None:
        if self._packing is None or key in self._dropped:
            return None
        return self._packing.find(key)

    def _set(self, key: Key, row: Row) -> None:
        self._dropped.discard(key)
        self._rows[key] = row

    def _unset(self, key: Key) -> None:
        self._rows.pop(key, None)
        if self._packing is not None and self._packing.find(key) is not None:
            self._dropped.add(key)


@dataclass(frozen=True, slots=True)
class Chain(Generic[Value_co]):
    """A list that grows by one without copying: the newest value, and what was before it."""

    newest: Value_co
    before: Chain[Value_co] | None


def walk(chain: Chain[Value_co] | None) -> tuple[Value_co, ...]:
    """Give the values of a chain, the oldest first."""
    return tuple(newest_first(chain))[::-1]


def newest_first(chain: Chain[Value_co] | None) -> Iterator[Value_co]:
    """Give the values of a chain, the newest first: whoever wants a few goes no further."""
    while chain is not None:
        yield chain.newest
        chain = chain.before
