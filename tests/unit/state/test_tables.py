# SPDX-License-Identifier: Apache-2.0
"""Tables take back changes, the newest first, and leave no trace."""

from comity.state.tables import Chain, Table, UndoLog, walk


def test_takes_back_a_new_row_a_changed_row_and_a_dropped_row() -> None:
    log = UndoLog()
    table: Table[str, int] = Table(log)
    table.put("kept", 1)
    table.put("dropped", 2)
    before = dict(table.items())
    mark = len(log)
    table.put("new", 3)
    table.put("kept", 4)
    table.drop("dropped")
    assert dict(table.items()) == {"new": 3, "kept": 4}
    log.revert_to(mark)
    assert dict(table.items()) == before
    assert len(log) == mark


def test_dropping_what_is_not_there_changes_nothing() -> None:
    log = UndoLog()
    table: Table[str, int] = Table(log)
    table.drop("absent")
    assert len(log) == 0


def test_one_log_takes_back_several_tables_in_order() -> None:
    log = UndoLog()
    first: Table[str, int] = Table(log)
    second: Table[int, str] = Table(log)
    first.put("a", 1)
    second.put(1, "x")
    first.put("a", 2)
    log.revert_to(1)
    assert (first.get("a"), second.get(1), len(second)) == (1, None, 0)


def test_a_row_may_be_none_and_still_be_there() -> None:
    log = UndoLog()
    table: Table[str, None] = Table(log)
    table.put("a", None)
    mark = len(log)
    table.put("a", None)
    log.revert_to(mark)
    assert "a" in table
    assert list(table.keys()) == ["a"]
    assert list(table.values()) == [None]


def test_a_chain_gives_its_values_oldest_first() -> None:
    assert walk(Chain(2, Chain(1, None))) == (1, 2)
    assert walk(None) == ()
