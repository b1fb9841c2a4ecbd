# SPDX-License-Identifier: Apache-2.0
"""Tables whose every change can be taken back, so that a late statement costs what follows it.

A table is a dictionary of immutable rows; each change leaves (table, key, row before) in one
log that all tables of a state share. `revert_to` takes changes back, the newest first. Changes
name their table by its number, so that log and tables of a fork are copied whole.
"""

from __future__ import annotations

from collections.abc import ItemsView, KeysView, ValuesView
from dataclasses import dataclass
from enum import Enum
from typing import Generic, Protocol, TypeVar, cast

Key = TypeVar("Key")
Row = TypeVar("Row")
Value_co = TypeVar("Value_co", covariant=True)


class _Absent(Enum):
    ABSENT = "absent"


ABSENT = _Absent.ABSENT


class _Logged(Protocol):
    def revert(self, key: object, before: object) -> None: ...

    def copy_rows(self, source: object) -> None: ...


class UndoLog:
    """The changes of all tables of one state, oldest first."""

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

    def copy_from(self, source: UndoLog) -> None:
        """Take all rows and changes of another log, whose tables were made in the same order."""
        for mine, theirs in zip(self._tables, source._tables, strict=True):
            mine.copy_rows(theirs)
        self._changes = list(source._changes)


class Table(Generic[Key, Row]):
    """Rows by key. Rows are immutable; only `put` and `drop` change a table."""

    __slots__ = ("_log", "_number", "_rows")

    def __init__(self, log: UndoLog) -> None:
        """Start empty, noting changes in `log`."""
        self._log = log
        self._rows: dict[Key, Row] = {}
        self._number = log.add_table(self)

    def get(self, key: Key) -> Row | None:
        """Find the row of `key`."""
        return self._rows.get(key)

    def put(self, key: Key, row: Row) -> None:
        """Set the row of `key`."""
        rows = self._rows
        self._log.note(self._number, key, rows.get(key, ABSENT))
        rows[key] = row

    def drop(self, key: Key) -> None:
        """Remove the row of `key`, if there is one."""
        before = self._rows.pop(key, ABSENT)
        if before is not ABSENT:
            self._log.note(self._number, key, before)

    def revert(self, key: object, before: object) -> None:
        """Put back what the undo log kept; for `UndoLog` alone."""
        known = cast("Key", key)  # the log holds only what `put` and `drop` of this table noted
        if before is ABSENT:
            del self._rows[known]
        else:
            self._rows[known] = cast("Row", before)  # as above

    def copy_rows(self, source: object) -> None:
        """Hold what `source` holds; for `UndoLog` alone."""
        self._rows = dict(cast("Table[Key, Row]", source)._rows)  # the same table of a fork

    def __contains__(self, key: Key) -> bool:
        """Say whether `key` has a row."""
        return key in self._rows

    def __len__(self) -> int:
        """Count the rows."""
        return len(self._rows)

    def keys(self) -> KeysView[Key]:
        """Give the keys, in no order that anybody may rely on."""
        return self._rows.keys()

    def values(self) -> ValuesView[Row]:
        """Give the rows, in no order that anybody may rely on."""
        return self._rows.values()

    def items(self) -> ItemsView[Key, Row]:
        """Give keys and rows, in no order that anybody may rely on."""
        return self._rows.items()


@dataclass(frozen=True, slots=True)
class Chain(Generic[Value_co]):
    """A list that grows by one without copying: the newest value, and what was before it."""

    newest: Value_co
    before: Chain[Value_co] | None


def walk(chain: Chain[Value_co] | None) -> tuple[Value_co, ...]:
    """Give the values of a chain, the oldest first."""
    values: list[Value_co] = []
    while chain is not None:
        values.append(chain.newest)
        chain = chain.before
    values.reverse()
    return tuple(values)
