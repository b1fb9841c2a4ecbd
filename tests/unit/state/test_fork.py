# SPDX-License-Identifier: Apache-2.0
"""A fork of a fold: the same now, and apart from then on, late statements included."""

from dataclasses import replace

from comity.basis.ids import PartyId
from comity.state.fold import Fold, Placed
from comity.statement.kinds import Body
from tests.support_state import JPN, KOR, Teller, receipt, release


def next_said(teller: Teller, party: PartyId, body: Body, *, at: str | None = None) -> Placed:
    """Word what a party says next, and fold it nowhere that counts."""
    twin = replace(teller, told=list(teller.told), sizes=dict(teller.sizes))
    twin.say(party, body, at=at)
    return twin.told[-1]


def test_a_fork_exports_the_same_bytes_at_any_instant(teller: Teller) -> None:
    item = teller.say(JPN, release())
    teller.say(KOR, receipt(item))
    fork = teller.fold.fork()
    assert len(fork) == len(teller.fold)
    assert fork.export() == teller.fold.export()
    for _, statement in teller.told:
        assert fork.export(statement.at) == teller.fold.export(statement.at)


def test_what_a_fork_folds_does_not_touch_what_it_came_from(teller: Teller) -> None:
    item = teller.say(JPN, release())
    before = teller.fold.export()
    fork = teller.fold.fork()
    fork.insert(*next_said(teller, KOR, receipt(item)))
    assert teller.fold.export() == before
    assert fork.export() != before
    assert fork.state.receipts.get((item, KOR)) is not None
    assert teller.fold.state.receipts.get((item, KOR)) is None


def test_what_is_folded_later_does_not_reach_a_fork(teller: Teller) -> None:
    fork = teller.fold.fork()
    before = fork.export()
    teller.say(JPN, release())
    assert fork.export() == before


def test_a_fork_takes_a_late_statement_as_a_fresh_fold_does(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    teller.say(KOR, receipt(item), at="2016-12-18")
    fork = teller.fold.fork()
    late = next_said(teller, JPN, release(), at="2016-12-17")
    fork.insert(*late)
    fresh = Fold(teller.agreement.id, teller.files)
    fresh.extend((*teller.told, late))
    assert fork.export() == fresh.export()


def test_a_file_that_a_fork_comes_to_know_stays_with_it(teller: Teller) -> None:
    unknown = Fold(teller.agreement.id)
    unknown.extend(teller.told)
    fork = unknown.fork()
    fork.know(teller.agreement)
    assert teller.agreement.sha256 not in unknown.state.files
    assert fork.export() == teller.fold.export() != unknown.export()
