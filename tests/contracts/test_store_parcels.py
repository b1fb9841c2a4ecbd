# SPDX-License-Identifier: Apache-2.0
"""What every store must do with small parcels, which stand beside their entries."""

from __future__ import annotations

import pytest

from comity.adapters.crash import set_crash_hook
from comity.basis.errors import InvariantError, StateError
from comity.basis.limits import PARCEL_INLINE_BYTES_MAX
from comity.ports import Entries, HeldParcel, Store
from tests.contracts.support_store import (
    MIRROR,
    MIRROR_ROW,
    OWN,
    OWN_ROW,
    commit,
    open_own,
    run,
    some_entries,
)


def test_a_parcel_is_found_by_the_place_of_its_entry(store: Store) -> None:
    open_own(store, 3)
    commit(store, parcels=(HeldParcel(OWN, 0, b"first"), HeldParcel(OWN, 2, b"third")))
    commit(store, registers=(MIRROR_ROW,), entries=(Entries(MIRROR, 0, some_entries(1)),))
    assert run(store.parcel(OWN, 0)) == b"first"
    assert run(store.parcel(OWN, 2)) == b"third"
    for origin, index in ((OWN, 1), (OWN, 3), (OWN, -1), (OWN, 2**62), (MIRROR, 0), ("no", 0)):
        assert run(store.parcel(origin, index)) is None
    assert run(store.check()).problems == ()


def test_a_parcel_may_come_in_the_commit_of_its_entry(store: Store) -> None:
    commit(
        store,
        registers=(OWN_ROW,),
        entries=(Entries(OWN, 0, some_entries(1)),),
        parcels=(HeldParcel(OWN, 0, b"parcel"),),
    )
    assert run(store.parcel(OWN, 0)) == b"parcel"


@pytest.mark.parametrize("index", [-1, 2, 3, 2**50])
def test_a_parcel_of_an_entry_that_is_not_held_is_refused(store: Store, index: int) -> None:
    open_own(store, 2)
    for raw in (b"parcel", None):
        with pytest.raises(InvariantError, match=r"store\.parcel-place"):
            commit(store, parcels=(HeldParcel(OWN, index, raw),))
    with pytest.raises(StateError, match=r"store\.unknown-register"):
        commit(store, parcels=(HeldParcel(MIRROR, 0, b"parcel"),))


def test_the_same_parcel_may_come_again_and_another_is_refused(store: Store) -> None:
    open_own(store, 1)
    for _ in range(2):
        commit(store, parcels=(HeldParcel(OWN, 0, b"parcel"), HeldParcel(OWN, 0, b"parcel")))
    for raw in (b"parcel!", b"", b"parce"):
        with pytest.raises(InvariantError, match=r"store\.parcel-differs"):
            commit(store, parcels=(HeldParcel(OWN, 0, raw),))
    assert run(store.parcel(OWN, 0)) == b"parcel"


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4, 5), (5, 3, 4, 1, 2, 0), (2, 4, 0, 5, 1, 3)])
def test_parcels_come_between_those_that_are_kept_in_any_order(
    store: Store, order: tuple[int, ...]
) -> None:
    open_own(store, 6)
    parcels = [HeldParcel(OWN, index, b"parcel %d" % index) for index in range(6)]
    commit(store, parcels=(parcels[1], parcels[4]))
    for kept in (1, 4):
        other = HeldParcel(OWN, kept, b"another")
        for begun in range(6):
            before = tuple(parcels[index] for index in order[:begun] if index != kept)
            with pytest.raises(InvariantError, match=r"store\.parcel-differs"):
                commit(store, parcels=(*before, other))
    commit(store, parcels=tuple(parcels[index] for index in order))
    for each in parcels:
        assert run(store.parcel(OWN, each.index)) == each.raw


def test_a_parcel_has_at_most_65536_bytes(store: Store) -> None:
    open_own(store, 2)
    commit(store, parcels=(HeldParcel(OWN, 0, bytes(65_536)),))
    assert run(store.parcel(OWN, 0)) == bytes(PARCEL_INLINE_BYTES_MAX)
    with pytest.raises(InvariantError, match=r"store\.parcel-size"):
        commit(store, parcels=(HeldParcel(OWN, 1, bytes(65_537)),))
    assert run(store.parcel(OWN, 1)) is None


def test_an_erased_parcel_is_gone_and_may_come_back(store: Store) -> None:
    open_own(store, 2)
    commit(store, parcels=(HeldParcel(OWN, 0, b"parcel"), HeldParcel(OWN, 1, b"other")))
    for _ in range(2):
        commit(store, parcels=(HeldParcel(OWN, 0, None),))
        assert run(store.parcel(OWN, 0)) is None
        assert run(store.parcel(OWN, 1)) == b"other"
    commit(store, parcels=(HeldParcel(OWN, 0, b"asked for again"),))
    assert run(store.parcel(OWN, 0)) == b"asked for again"


def test_parcels_of_a_change_that_fails_are_as_they_were(store: Store) -> None:
    open_own(store, 2)
    commit(store, parcels=(HeldParcel(OWN, 0, b"parcel"),))

    def fall(name: str) -> None:
        if name == "store.after-parcels":
            raise KeyError(name)

    set_crash_hook(fall)
    try:
        with pytest.raises(KeyError):
            commit(store, parcels=(HeldParcel(OWN, 0, None), HeldParcel(OWN, 1, b"new")))
    finally:
        set_crash_hook(None)
    assert run(store.parcel(OWN, 0)) == b"parcel"
    assert run(store.parcel(OWN, 1)) is None
