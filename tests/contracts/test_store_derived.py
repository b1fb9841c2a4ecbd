# SPDX-License-Identifier: Apache-2.0
"""What every store must do, with what is derived, and documents."""

from __future__ import annotations

import pytest

from comity.adapters.crash import set_crash_hook
from comity.basis.errors import InvariantError
from comity.ports import (
    Basis,
    BasisMoved,
    Document,
    Judgement,
    Store,
)
from tests.contracts.support_store import (
    ALLOWED,
    OWN,
    commit,
    open_own,
    run,
)

# Judgements and documents


def test_judgements_are_listed_by_index(store: Store) -> None:
    open_own(store, 4)
    given = (
        Judgement(OWN, 0, admitted=True),
        Judgement(OWN, 1, admitted=False, code="item.replayed", article="4"),
        Judgement(OWN, 3, admitted=False, code="time.ahead"),
    )
    commit(store, judgements=given)
    assert run(store.judgements(OWN, 0, 99)) == given
    assert run(store.judgements(OWN, 1, 3)) == (given[1],)


def test_an_entry_is_judged_once_and_only_when_it_is_held(store: Store) -> None:
    open_own(store, 2)
    commit(store, judgements=(Judgement(OWN, 0, admitted=True),))
    for index in (0, 2, -1):
        with pytest.raises(InvariantError, match=r"store.judgement"):
            commit(store, judgements=(Judgement(OWN, index, admitted=False),))
    assert run(store.judgements(OWN, 0, 9)) == (Judgement(OWN, 0, admitted=True),)


def test_documents_are_put_replaced_deleted_and_counted(store: Store) -> None:
    commit(store, documents=(Document("person", "a", b"1"), Document("person", "b", b"")))
    commit(store, documents=(Document("person", "a", b"2"), Document("card", "JPN", b"c")))
    assert run(store.document("person", "a")) == b"2"
    assert run(store.document("person", "b")) == b""
    commit(store, documents=(Document("person", "a", None), Document("person", "zz", None)))
    assert run(store.document("person", "a")) is None
    assert run(store.version("person")) == 3
    assert run(store.versions()) == (("card", 1), ("person", 3))
    assert run(store.versions("per")) == (("person", 3),)


def test_documents_are_listed_in_code_point_order_page_by_page(store: Store) -> None:
    keys = ["a", "a/1", "a/2", "a/é", "a/한", "a/\U0001f600", "b", "é"]
    commit(store, documents=tuple(Document("k", key, key.encode()) for key in reversed(keys)))
    assert [each.key for each in run(store.documents("k"))] == sorted(keys) == keys
    assert [each.key for each in run(store.documents("k", prefix="a/"))] == keys[1:6]
    page = run(store.documents("k", prefix="a/", after="a/1", limit=2))
    assert [each.key for each in page] == ["a/2", "a/é"]
    assert run(store.documents("k", prefix="a/", after="b")) == ()
    assert [each.key for each in run(store.documents("k", prefix="b", after="a"))] == ["b"]
    assert run(store.documents("other")) == ()


def test_a_document_without_kind_or_key_is_refused(store: Store) -> None:
    for document in (Document("", "a", b""), Document("a", "", b"")):
        with pytest.raises(InvariantError, match=r"store.document-key"):
            commit(store, documents=(document,))


# What is derived


def test_a_rebuild_replaces_everything_derived_and_nothing_else(store: Store) -> None:
    open_own(store, 3)
    commit(
        store,
        judgements=(Judgement(OWN, 0, admitted=True), Judgement(OWN, 1, admitted=True)),
        documents=(
            Document("person", "a", b"kept"),
            Document("derived.items", "1", b"old"),
            Document("derived.items", "2", b"old"),
            Document("derived.gone", "1", b"old"),
        ),
    )
    run(
        store.replace_derived(
            ALLOWED,
            (Judgement(OWN, 0, admitted=False, code="x"),),
            (Document("derived.items", "1", b"new"),),
            basis=Basis(registers=((OWN, 3),)),
        )
    )
    assert run(store.judgements(OWN, 0, 9)) == (Judgement(OWN, 0, admitted=False, code="x"),)
    assert run(store.documents("derived.items")) == (Document("derived.items", "1", b"new"),)
    assert run(store.documents("derived.gone")) == ()
    assert run(store.document("person", "a")) == b"kept"
    assert run(store.versions()) == (("derived.gone", 2), ("derived.items", 2), ("person", 1))


def test_a_rebuild_on_an_old_basis_or_of_other_documents_changes_nothing(store: Store) -> None:
    open_own(store, 3)
    commit(store, documents=(Document("derived.items", "1", b"old"),))
    with pytest.raises(BasisMoved):
        run(store.replace_derived(ALLOWED, (), (), basis=Basis(registers=((OWN, 2),))))
    with pytest.raises(InvariantError, match=r"store.not-derived"):
        run(store.replace_derived(ALLOWED, (), (Document("person", "a", b""),), basis=Basis()))
    assert run(store.document("derived.items", "1")) == b"old"


def test_a_rebuild_that_fails_before_its_commit_leaves_what_was(store: Store) -> None:
    open_own(store, 3)
    old = Document("derived.items", "1", b"old")
    commit(store, judgements=(Judgement(OWN, 0, admitted=True),), documents=(old,))

    def fall(name: str) -> None:
        if name == "store.after-derived":
            raise KeyboardInterrupt

    set_crash_hook(fall)
    try:
        with pytest.raises(KeyboardInterrupt):
            run(store.replace_derived(ALLOWED, (), (), basis=Basis()))
    finally:
        set_crash_hook(None)
    assert run(store.judgements(OWN, 0, 9)) == (Judgement(OWN, 0, admitted=True),)
    assert run(store.documents("derived.items")) == (old,)
    assert run(store.versions()) == (("derived.items", 1),)
