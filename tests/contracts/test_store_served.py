# SPDX-License-Identifier: Apache-2.0
"""The store of a served node: it writes alone, so it reads again only what it wrote itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.adapters.store_served import _KEPT_MAX, ServedStore
from comity.basis.ids import AgreementId, Domain
from comity.ports import Basis, BasisMoved, Document, Entries
from tests.contracts.support_store import (
    ALLOWED,
    GSOMIA,
    JOURNAL,
    JOURNAL_ROW,
    OWN,
    OWN_ROW,
    commit,
    open_own,
    run,
    some_entries,
)

Told = list[tuple[frozenset[AgreementId], frozenset[str]]]


@pytest.fixture
def told() -> Told:
    return []


@pytest.fixture
def store(tmp_path: Path, told: Told) -> Iterator[ServedStore]:
    def wrote(agreements: frozenset[AgreementId], kinds: frozenset[str]) -> None:
        told.append((agreements, kinds))

    path, domain = tmp_path / "store.sqlite", Domain("jpn.example")
    opened = ServedStore(path, domain, on_stop=lambda _: None, wrote=wrote)
    yield opened
    opened.close()


def test_what_is_committed_here_is_read_at_once(store: ServedStore, told: Told) -> None:
    assert run(store.registers(GSOMIA)) == ()
    assert run(store.register(OWN)) is None
    assert run(store.versions()) == ()
    open_own(store, 2)
    (head,) = run(store.registers(GSOMIA))
    assert (head, head.size) == (run(store.register(OWN)), 2)
    commit(store, entries=(Entries(OWN, 2, some_entries(1, 2)),))
    (head,) = run(store.registers(GSOMIA))
    assert (head, head.size) == (run(store.register(OWN)), 3)
    commit(store, documents=(Document("paper", "a", b"1"),))
    assert run(store.versions()) == (("paper", 1),)
    assert told[-1] == (frozenset(), frozenset({"paper"}))


def test_a_journal_that_grows_is_read_again(store: ServedStore) -> None:
    commit(store, registers=(JOURNAL_ROW,))
    before = run(store.register(JOURNAL))
    commit(store, journal=(b"entry",))
    after = run(store.register(JOURNAL))
    assert before is not None
    assert after is not None
    assert (before.size, after.size) == (0, 1)


def test_what_is_not_written_is_read_once(store: ServedStore) -> None:
    open_own(store, 1)
    heads, versions, head = (
        run(store.registers(GSOMIA)),
        run(store.versions()),
        run(store.register(OWN)),
    )
    assert run(store.registers(GSOMIA)) is heads
    assert run(store.versions()) is versions
    assert run(store.register(OWN)) is head


def test_a_change_that_does_not_fit_changes_nothing_that_is_read(store: ServedStore) -> None:
    open_own(store, 1)
    before = run(store.registers(GSOMIA))
    with pytest.raises(BasisMoved):
        commit(store, entries=(Entries(OWN, 5, some_entries(1, 5)),))
    assert run(store.registers(GSOMIA)) == before


def test_a_rebuild_is_read_at_once(store: ServedStore) -> None:
    commit(store, registers=(OWN_ROW,))
    assert run(store.versions()) == ()
    written = (Document("derived.rows", "a", b"1"),)
    run(store.replace_derived(ALLOWED, (), written, basis=Basis()))
    assert run(store.versions()) == (("derived.rows", 1),)


def test_so_many_as_are_asked_for_are_not_all_kept(store: ServedStore) -> None:
    for number in range(2 * _KEPT_MAX):
        assert run(store.register(f"{number}.example/register/x")) is None
        assert run(store.registers(AgreementId(f"a-{number}"))) == ()
        assert run(store.versions(f"kind-{number}")) == ()
    kept = len(store._heads) + len(store._versions)
    assert max(kept, len(store._by_origin)) <= _KEPT_MAX + 2
