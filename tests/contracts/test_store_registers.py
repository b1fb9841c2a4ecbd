# SPDX-License-Identifier: Apache-2.0
"""What every store must do, with registers: run against each."""

from __future__ import annotations

import pytest

from comity.adapters.crash import set_crash_hook
from comity.basis.errors import InvariantError, StateError
from comity.basis.ids import AgreementId, PartyId
from comity.ports import (
    Basis,
    BasisMoved,
    Change,
    Cosignature,
    Document,
    Entries,
    Holding,
    Judgement,
    Position,
    RegisterRow,
    SizedNote,
    Store,
)
from comity.tlog.proofs import (
    prove_consistency,
    prove_inclusion,
    root_at,
    verify_consistency,
    verify_inclusion,
)
from comity.tlog.tree import EMPTY_EDGE, EMPTY_ROOT, leaf_hash
from tests.contracts.support_store import (
    GSOMIA,
    JOURNAL,
    JOURNAL_ROW,
    JPN,
    KOR,
    MIRROR,
    MIRROR_ROW,
    OTHER,
    OWN,
    OWN_ROW,
    commit,
    note_of,
    open_own,
    run,
    some_entries,
    tree_of,
)

# Registers and entries


def test_an_empty_store_holds_nothing(store: Store) -> None:
    assert run(store.registers()) == ()
    assert run(store.register(OWN)) is None
    assert run(store.journal()) is None
    assert run(store.entries(OWN, 0, 10)) == ()
    assert run(store.parcel(OWN, 0)) is None
    assert run(store.checkpoint(OWN)) is None
    assert run(store.cosignature(OWN, 1, KOR)) is None
    assert run(store.latest_cosignature(OWN, KOR)) is None
    assert run(store.cosignatures(OWN)) == ()
    assert run(store.judgements(OWN, 0, 10)) == ()
    assert run(store.document("person", "a")) is None
    assert run(store.documents("person")) == ()
    assert run(store.version("person")) == 0
    assert run(store.versions()) == ()
    assert run(store.read_only()) is None
    assert run(store.check()).problems == ()


def test_a_register_opens_empty_and_keeps_whose_it_is(store: Store) -> None:
    assert commit(store, registers=(OWN_ROW,)) == ()
    head = run(store.register(OWN))
    assert head is not None
    assert (head.origin, head.holding, head.party, head.agreement) == (OWN, "own", JPN, GSOMIA)
    assert (head.size, head.root_hash, head.edge) == (0, EMPTY_ROOT, EMPTY_EDGE)


def test_registers_are_listed_by_origin_and_by_agreement(store: Store) -> None:
    other = RegisterRow(OTHER, Holding.OWN, JPN, AgreementId("other"))
    commit(store, registers=(MIRROR_ROW, OWN_ROW, other, JOURNAL_ROW))
    assert [head.origin for head in run(store.registers())] == [JOURNAL, OWN, OTHER, MIRROR]
    assert [head.origin for head in run(store.registers(GSOMIA))] == [OWN, MIRROR]
    assert run(store.registers(AgreementId("none"))) == ()


def test_a_register_is_opened_once(store: Store) -> None:
    commit(store, registers=(OWN_ROW,))
    with pytest.raises(BasisMoved, match=r"store.register-exists"):
        commit(store, registers=(OWN_ROW,))


@pytest.mark.parametrize(
    "row",
    [
        RegisterRow(JOURNAL, Holding.JOURNAL, JPN, GSOMIA),
        RegisterRow(OWN, Holding.OWN, JPN, None),
        RegisterRow(MIRROR, Holding.MIRROR, KOR, None),
    ],
)
def test_only_a_journal_has_no_agreement(store: Store, row: RegisterRow) -> None:
    with pytest.raises(InvariantError, match=r"store.register-agreement"):
        commit(store, registers=(row,))


def test_appended_entries_come_back_in_order_under_their_root(store: Store) -> None:
    entries = some_entries(7)
    assert commit(store, registers=(OWN_ROW,), entries=(Entries(OWN, 0, entries),)) == (
        Position(OWN, 0, 7),
    )
    assert run(store.entries(OWN, 0, 100)) == entries
    assert run(store.entries(OWN, 2, 4)) == entries[2:4]
    assert run(store.entries(OWN, 4, 2)) == ()
    assert run(store.entries(OWN, -3, 1)) == entries[:1]
    assert run(store.entries(OWN, 7, 2**62)) == ()
    head = run(store.register(OWN))
    assert head is not None
    assert (head.size, head.root_hash) == (7, tree_of(entries))


@pytest.mark.parametrize("batches", [(1,) * 5, (255, 1, 1), (256, 256), (300, 700), (1, 511, 3)])
def test_batches_of_any_size_make_the_one_tree(store: Store, batches: tuple[int, ...]) -> None:
    commit(store, registers=(OWN_ROW, MIRROR_ROW))
    size = 0
    for count in batches:
        new = some_entries(count, size)
        commit(store, entries=(Entries(OWN, size, new), Entries(MIRROR, size, new)))
        size += count
    entries = some_entries(size)
    for origin in (OWN, MIRROR):
        head = run(store.register(origin))
        assert head is not None
        assert (head.size, head.root_hash) == (size, tree_of(entries))
        read_node = run(store.node_reader(origin))
        assert root_at(size, read_node) == head.root_hash
        for index in {0, size // 2, size - 1}:
            proof = prove_inclusion(index, size, read_node)
            verify_inclusion(leaf_hash(entries[index]), proof, head.root_hash)
        middle = size // 2
        verify_consistency(
            prove_consistency(middle, size, read_node), tree_of(entries[:middle]), head.root_hash
        )
    report = run(store.check())
    assert (report.registers, report.entries, report.problems) == (2, 2 * size, ())


def test_a_node_reader_follows_the_register_as_it_grows(store: Store) -> None:
    open_own(store, 3)
    read_node = run(store.node_reader(OWN))
    assert read_node(0, 2) == leaf_hash(b"entry 2")
    with pytest.raises(StateError, match=r"store.no-node"):
        read_node(1, 1)
    commit(store, entries=(Entries(OWN, 3, some_entries(1, 3)),))
    assert read_node(1, 1) == tree_of(some_entries(2, 2))


def test_an_unknown_register_has_no_nodes(store: Store) -> None:
    read_node = run(store.node_reader(OWN))
    with pytest.raises(StateError, match=r"store.no-node"):
        read_node(0, 0)


@pytest.mark.parametrize("start", [0, 4, 6])
def test_entries_go_only_to_the_end(store: Store, start: int) -> None:
    open_own(store, 5)
    with pytest.raises(BasisMoved, match=r"5 found"):
        commit(store, entries=(Entries(OWN, start, (b"x",)),))
    assert run(store.entries(OWN, 0, 100)) == some_entries(5)


def test_entries_for_a_register_not_held_are_refused(store: Store) -> None:
    with pytest.raises(StateError, match=r"store.unknown-register"):
        commit(store, entries=(Entries(OWN, 0, (b"x",)),))


def test_an_entry_of_65535_bytes_is_kept_and_one_more_is_refused(store: Store) -> None:
    commit(store, registers=(OWN_ROW,), entries=(Entries(OWN, 0, (b"x" * 65_535, b"")),))
    assert run(store.entries(OWN, 0, 2)) == (b"x" * 65_535, b"")
    with pytest.raises(InvariantError, match=r"store.entry-size"):
        commit(store, entries=(Entries(OWN, 2, (b"x" * 65_536,)),))


# The journal


def test_journal_entries_go_to_the_journal_opened_last(store: Store) -> None:
    second = RegisterRow(JOURNAL + "/1", Holding.JOURNAL, JPN, None)
    commit(store, registers=(JOURNAL_ROW,), journal=(b"first",))
    assert commit(store, registers=(OWN_ROW, second), journal=(b"a", b"b")) == (
        Position(JOURNAL + "/1", 0, 2),
    )
    assert run(store.entries(JOURNAL, 0, 9)) == (b"first",)
    assert run(store.entries(JOURNAL + "/1", 0, 9)) == (b"a", b"b")
    head = run(store.journal())
    assert head is not None
    assert (head.origin, head.size) == (JOURNAL + "/1", 2)


def test_nothing_is_written_when_there_is_no_journal_for_it(store: Store) -> None:
    with pytest.raises(StateError, match=r"store.no-journal"):
        commit(store, registers=(OWN_ROW,), journal=(b"a",))
    assert run(store.registers()) == ()


# The decision


def test_nothing_is_written_without_a_decision(store: Store) -> None:
    with pytest.raises(InvariantError, match=r"store.no-decision"):
        run(store.commit(Change(allowed_by=None, registers=(OWN_ROW,))))  # type: ignore[arg-type] # the test's point
    with pytest.raises(InvariantError, match=r"store.no-decision"):
        run(store.replace_derived("yes", (), (), basis=Basis()))  # type: ignore[arg-type] # the test's point
    assert run(store.registers()) == ()


def test_a_basis_that_still_holds_lets_the_change_through(store: Store) -> None:
    open_own(store, 2)
    commit(store, documents=(Document("person", "a", b"1"),))
    basis = Basis(registers=((OWN, 2), (MIRROR, 0)), versions=(("person", 1), ("never", 0)))
    commit(store, basis=basis, documents=(Document("person", "a", b"2"),))
    assert run(store.document("person", "a")) == b"2"


@pytest.mark.parametrize(
    "basis",
    [
        Basis(registers=((OWN, 1),)),
        Basis(registers=((OWN, 3),)),
        Basis(registers=((MIRROR, 1),)),
        Basis(versions=(("person", 0),)),
        Basis(versions=(("person", 2),)),
        Basis(registers=((OWN, 2),), versions=(("person", 1), ("agreement", 1))),
    ],
)
def test_a_basis_that_moved_refuses_the_whole_change(store: Store, basis: Basis) -> None:
    open_own(store, 2)
    commit(store, documents=(Document("person", "a", b"1"),))
    with pytest.raises(BasisMoved, match=r"store.basis-moved") as caught:
        commit(
            store,
            basis=basis,
            entries=(Entries(OWN, 2, (b"x",)),),
            documents=(Document("person", "a", b"2"),),
        )
    assert caught.value.exit_code == 1
    assert run(store.entries(OWN, 0, 9)) == some_entries(2)
    assert run(store.document("person", "a")) == b"1"


# All or nothing


@pytest.mark.parametrize(
    "point",
    [
        "store.before-begin",
        "store.after-begin",
        "store.after-entries",
        "store.after-parcels",
        "store.after-documents",
        "store.after-journal",
        "store.before-commit",
    ],
)
def test_a_failure_at_any_point_before_the_commit_leaves_everything_as_it_was(
    store: Store, point: str
) -> None:
    commit(store, registers=(OWN_ROW, JOURNAL_ROW), documents=(Document("person", "a", b"1"),))
    commit(store, entries=(Entries(OWN, 0, some_entries(3)),), journal=(b"j",))

    class FallError(Exception):
        pass

    def fall(name: str) -> None:
        if name == point:
            raise FallError

    set_crash_hook(fall)
    try:
        with pytest.raises(FallError):
            commit(
                store,
                registers=(MIRROR_ROW,),
                entries=(
                    Entries(OWN, 3, some_entries(300, 3)),
                    Entries(MIRROR, 0, some_entries(3)),
                ),
                checkpoints=(note_of(OWN, 3, tree_of(some_entries(3))),),
                cosignatures=(Cosignature(OWN, 3, KOR, b"lines"),),
                judgements=(Judgement(OWN, 0, admitted=True),),
                documents=(
                    Document("person", "a", None),
                    Document("person", "b", b"2"),
                    Document("derived.x", "b", b"2"),
                ),
                journal=(b"k",),
            )
    finally:
        set_crash_hook(None)
    assert [head.origin for head in run(store.registers())] == [JOURNAL, OWN]
    head = run(store.register(OWN))
    assert head is not None
    assert (head.size, head.root_hash) == (3, tree_of(some_entries(3)))
    assert run(store.entries(OWN, 0, 999)) == some_entries(3)
    assert run(store.entries(JOURNAL, 0, 9)) == (b"j",)
    assert run(store.checkpoint(OWN)) is None
    assert run(store.cosignatures(OWN)) == ()
    assert run(store.judgements(OWN, 0, 9)) == ()
    assert run(store.documents("person")) == (Document("person", "a", b"1"),)
    assert run(store.versions()) == (("person", 1),)
    assert run(store.check()).problems == ()
    commit(store, entries=(Entries(OWN, 3, some_entries(300, 3)),), journal=(b"k",))
    assert run(store.check()).problems == ()


# Checkpoints and cosignatures


def test_checkpoints_are_found_by_size_and_the_largest_by_default(store: Store) -> None:
    open_own(store, 5)
    notes = [note_of(OWN, size, tree_of(some_entries(size))) for size in (5, 3)]
    commit(store, checkpoints=tuple(notes))
    assert run(store.checkpoint(OWN)) == notes[0]
    assert run(store.checkpoint(OWN, 3)) == notes[1]
    assert run(store.checkpoint(OWN, 4)) is None
    assert run(store.check()).problems == ()


def test_a_checkpoint_may_come_in_the_commit_that_it_covers(store: Store) -> None:
    new = some_entries(2)
    note = note_of(OWN, 2, tree_of(new))
    commit(store, registers=(OWN_ROW,), entries=(Entries(OWN, 0, new),), checkpoints=(note,))
    assert run(store.checkpoint(OWN)) == note


def test_a_pending_checkpoint_ahead_of_the_entries_is_kept(store: Store) -> None:
    commit(store, registers=(MIRROR_ROW,))
    note = note_of(MIRROR, 9, bytes(32))
    commit(store, checkpoints=(note,))
    assert run(store.checkpoint(MIRROR)) == note
    assert run(store.check()).problems == ()


def test_the_first_checkpoint_of_a_size_stays(store: Store) -> None:
    open_own(store, 2)
    first, second = (note_of(OWN, 2, tree_of(some_entries(2)), mark) for mark in (1, 2))
    commit(store, checkpoints=(first,))
    commit(store, checkpoints=(second,))
    assert run(store.checkpoint(OWN, 2)) == first


def test_another_root_for_a_size_on_record_is_refused(store: Store) -> None:
    commit(store, registers=(MIRROR_ROW,), checkpoints=(note_of(MIRROR, 9, bytes(32)),))
    with pytest.raises(InvariantError, match=r"store.checkpoint-forked"):
        commit(store, checkpoints=(note_of(MIRROR, 9, b"\x01" * 32),))


@pytest.mark.parametrize("size", [1, 2])
def test_a_checkpoint_that_does_not_fit_the_entries_is_refused(store: Store, size: int) -> None:
    open_own(store, 2)
    with pytest.raises(InvariantError, match=r"store.checkpoint-root"):
        commit(store, checkpoints=(note_of(OWN, size, bytes(32)),))
    assert run(store.checkpoint(OWN)) is None


def test_a_checkpoint_of_another_register_or_size_is_refused(store: Store) -> None:
    open_own(store, 2)
    other = note_of(MIRROR, 2, bytes(32)).raw
    for note in (SizedNote(OWN, 2, other), SizedNote(MIRROR, 3, other)):
        commit_rows = () if note.origin == OWN else (MIRROR_ROW,)
        with pytest.raises(InvariantError, match=r"store.checkpoint-name"):
            commit(store, registers=commit_rows, checkpoints=(note,))


def test_notes_for_a_register_not_held_are_refused(store: Store) -> None:
    with pytest.raises(StateError, match=r"store.unknown-register"):
        commit(store, checkpoints=(note_of(OWN, 9, bytes(32)),))
    with pytest.raises(StateError, match=r"store.unknown-register"):
        commit(store, cosignatures=(Cosignature(OWN, 3, KOR, b"x"),))
    with pytest.raises(StateError, match=r"store.unknown-register"):
        commit(store, judgements=(Judgement(OWN, 0, admitted=True),))


def test_cosignatures_are_found_by_party_and_size(store: Store) -> None:
    open_own(store, 5)
    usa = PartyId("USA")
    given = [
        Cosignature(OWN, 3, KOR, b"kor 3"),
        Cosignature(OWN, 3, usa, b"usa 3"),
        Cosignature(OWN, 5, KOR, b"kor 5"),
    ]
    commit(store, cosignatures=tuple(reversed(given)))
    assert run(store.cosignature(OWN, 3, KOR)) == given[0]
    assert run(store.cosignature(OWN, 5, usa)) is None
    assert run(store.cosignature(OWN, 4, KOR)) is None
    assert run(store.latest_cosignature(OWN, KOR)) == given[2]
    assert run(store.latest_cosignature(OWN, usa)) == given[1]
    assert run(store.cosignatures(OWN)) == tuple(given)
    assert run(store.cosignatures(OWN, start=4)) == (given[2],)
    assert run(store.cosignatures(OWN, limit=2)) == tuple(given[:2])


def test_the_first_cosignature_stays_so_that_asking_again_gives_the_same_bytes(
    store: Store,
) -> None:
    open_own(store, 5)
    commit(store, cosignatures=(Cosignature(OWN, 3, KOR, b"first"),))
    commit(store, cosignatures=(Cosignature(OWN, 3, KOR, b"second"),))
    assert run(store.cosignature(OWN, 3, KOR)) == Cosignature(OWN, 3, KOR, b"first")
