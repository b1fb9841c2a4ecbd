# SPDX-License-Identifier: Apache-2.0
"""Anchors of the journal: due on a cadence, blinded, opened later, and worth a receipt."""

from __future__ import annotations

import pytest

from comity.decision.house import allow_house_act
from comity.flows.anchors import SaidAnchor, Standing, anchor_journal, due_anchors, said_anchors
from comity.flows.documents import JOURNAL_ANCHOR
from comity.flows.evidence import take_evidence
from comity.flows.journal import journal_entry
from comity.flows.speak import Entered
from comity.ports import Change, Document, Holding, RegisterRow
from comity.statement.trust import JournalAnchor
from comity.tlog.origin import journal_origin
from tests.builders.world import DRAFTER, GSOMIA, JPN, Node, World, run

HOUR_MS = 3_600_000


def anchor(node: Node, every_hours: int = 24) -> tuple[Entered, ...]:
    return run(anchor_journal(node.context, every_hours))


def said(node: Node) -> tuple[SaidAnchor, ...]:
    return run(said_anchors(node.context))


def act(node: Node, name: str = "item.open") -> None:
    """Let somebody do something that only the journal hears of."""
    entry = journal_entry(node.context, name, DRAFTER)
    change = Change(allowed_by=allow_house_act(name), journal=(entry,))
    run(node.ports.store.commit(change))


def later(world: World, hours: float) -> None:
    for node in world.nodes.values():
        node.clock.instant += int(hours * HOUR_MS)  # type: ignore[assignment]


def body(entered: Entered) -> JournalAnchor:
    assert isinstance(entered.statement.body, JournalAnchor)
    return entered.statement.body


def test_an_anchor_opens_to_the_journal_as_it_was(in_force: World) -> None:
    jpn = in_force.jpn
    size = len(jpn.journal())
    (entered,) = anchor(jpn)
    (found,) = said(jpn)
    assert found.place == entered.place
    assert found.standing is Standing.FITS
    assert found.opening is not None
    assert found.opening.checkpoint.size == size
    assert found.opening.checkpoint.origin == journal_origin(jpn.context.config.domain)
    assert found.opening.digest == body(entered).digest == found.body.digest
    assert body(entered).restored_from is None
    assert ("journal.anchor", "done") in jpn.acts()


def test_two_anchors_of_one_journal_show_nothing_in_common(in_force: World) -> None:
    jpn = in_force.jpn
    (first,) = anchor(jpn)
    act(jpn)
    later(in_force, 25)
    (second,) = anchor(jpn)
    assert body(first).digest != body(second).digest
    blindings = {each.opening.blinding for each in said(jpn) if each.opening}
    assert len(blindings) == 2


def test_a_partner_counts_it_and_its_receipt_fixes_it_in_time(in_force: World) -> None:
    (entered,) = anchor(in_force.jpn)
    in_force.settle()
    assert in_force.equal()
    kept = in_force.kor.view().fold.state.anchors.get(JPN)
    assert kept is not None
    assert kept.place == entered.place
    assert not in_force.kor.view().uncounted()
    files = run(take_evidence(in_force.jpn.context, GSOMIA, entered.place))
    assert b"journal.anchor" in files["statement.json"]


def test_none_is_due_before_the_cadence_has_passed(in_force: World) -> None:
    jpn = in_force.jpn
    assert len(anchor(jpn)) == 1
    act(jpn)
    later(in_force, 23.9)
    assert anchor(jpn) == ()
    later(in_force, 0.2)
    assert run(due_anchors(jpn.context, 24)) == (GSOMIA,)
    assert len(anchor(jpn)) == 1


def test_none_is_due_while_nothing_but_anchors_has_happened(in_force: World) -> None:
    jpn = in_force.jpn
    assert len(anchor(jpn)) == 1
    later(in_force, 48)
    assert anchor(jpn) == ()
    act(jpn)
    assert len(anchor(jpn)) == 1


def test_a_long_journal_is_looked_through_page_by_page(
    in_force: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comity.flows.anchors._PAGE", 2)
    jpn = in_force.jpn
    assert len(anchor(jpn)) == 1
    for _ in range(4):
        act(jpn, "journal.anchor")
    later(in_force, 25)
    assert anchor(jpn) == ()
    act(jpn)
    assert len(anchor(jpn)) == 1


def test_none_is_said_while_nothing_would_count(pinned: World) -> None:
    assert run(due_anchors(pinned.jpn.context, 24)) == ()
    assert anchor(pinned.jpn) == ()
    pinned.jpn.propose()
    assert len(anchor(pinned.jpn)) == 1


def test_a_register_that_cannot_grow_now_is_left_for_later(
    in_force: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        from comity.basis.errors import StateError

        raise StateError("register.behind", "restored")

    monkeypatch.setattr("comity.flows.speak.refuse_behind", refuse)
    assert anchor(in_force.jpn) == ()


def test_what_was_due_when_looked_at_may_be_said_by_another_meanwhile(
    in_force: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    jpn = in_force.jpn
    assert len(anchor(jpn)) == 1

    async def always(*_: object) -> tuple[object, ...]:
        return (GSOMIA,)

    monkeypatch.setattr("comity.flows.anchors.due_anchors", always)
    assert anchor(jpn) == ()


def test_a_journal_that_goes_on_after_a_restore_names_the_one_before(in_force: World) -> None:
    jpn = in_force.jpn
    assert len(anchor(jpn)) == 1
    domain = jpn.context.config.domain
    row = RegisterRow(journal_origin(domain, 1), Holding.JOURNAL, JPN, None)
    run(
        jpn.ports.store.commit(
            Change(allowed_by=allow_house_act("register.restored"), registers=(row,))
        )
    )
    assert anchor(jpn) == ()
    act(jpn)
    (first,) = anchor(jpn)
    assert body(first).restored_from == journal_origin(domain)
    act(jpn)
    later(in_force, 25)
    (second,) = anchor(jpn)
    assert body(second).restored_from is None
    assert [each.standing for each in said(jpn)] == [Standing.FITS] * 3


def test_what_opens_an_anchor_may_be_lost(in_force: World) -> None:
    jpn = in_force.jpn
    (entered,) = anchor(jpn)
    gone = Document(JOURNAL_ANCHOR, f"{GSOMIA}/{body(entered).digest}", None)
    run(jpn.ports.store.commit(Change(allowed_by=allow_house_act("test"), documents=(gone,))))
    (found,) = said(jpn)
    assert (found.opening, found.standing) == (None, Standing.UNKNOWN)
    assert len(anchor(jpn)) == 1


@pytest.mark.parametrize(
    ("size", "root", "standing"),
    [("1", None, Standing.DIFFERS), ("99999", None, Standing.SHORTER)],
)
def test_a_journal_that_is_not_the_anchored_one_is_told(
    in_force: World, size: str, root: None, standing: Standing
) -> None:
    jpn = in_force.jpn
    (entered,) = anchor(jpn)
    key = f"{GSOMIA}/{body(entered).digest}"
    raw = run(jpn.ports.store.document(JOURNAL_ANCHOR, key))
    assert raw is not None
    found = said(jpn)[0].opening
    assert found is not None
    other = raw.replace(f"\\n{found.checkpoint.size}\\n".encode(), f"\\n{size}\\n".encode())
    assert other != raw
    changed = Document(JOURNAL_ANCHOR, key, other)
    run(jpn.ports.store.commit(Change(allowed_by=allow_house_act("test"), documents=(changed,))))
    assert said(jpn)[0].standing is standing


def test_a_partners_anchors_are_not_ours_to_open(in_force: World) -> None:
    anchor(in_force.jpn)
    in_force.settle()
    assert said(in_force.kor) == ()
