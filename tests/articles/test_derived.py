# SPDX-License-Identifier: Apache-2.0
"""Items made from others, and levels that change: rows G4.3 and G6g."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from comity.agreement.acts import Recalled
from comity.basis.errors import InputError, StateError
from comity.basis.ids import PartyId, PersonId, Place
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.flows.courier.taking import take_bundle
from comity.flows.drafts import ItemDraft, KeptDraft, waiting_drafts
from comity.flows.keeping.handing import CopyAt
from comity.flows.keeping.making_from import derive_item
from comity.flows.keeping.marks import copy_banner
from comity.flows.keeping.reading import OpenedCopy, open_copy
from comity.flows.not_counted import NotCounted
from comity.flows.previews import PreviewedDraft, preview_content
from comity.flows.promises import reclassify
from comity.flows.receipts import Opened
from comity.flows.release import release_draft
from comity.flows.speak import Entered
from comity.sealing.payload import PayloadHeader
from comity.state.derivation import ancestors_of
from comity.state.queries import item_level
from comity.statement.handling import ItemRecall
from comity.statement.information import ConsentGive
from tests.articles.keeping_worlds import (
    LOW,
    SECOND,
    _held,
    copies,
    copy,
    engage,
    held,
    items_of,
    made,
)
from tests.articles.outcomes import articles
from tests.builders.world import (
    CLERK,
    DRAFTER,
    GSOMIA,
    JPN,
    KOR,
    OFFICER,
    USA,
    Node,
    World,
    entered,
    run,
)

__all__ = ["_held", "held"]

LOW_DRAFTER, HIGH_DRAFTER = PersonId("low-drafter"), PersonId("high-drafter")


def derived(node: Node, *parents: Place, **changes: Any) -> Any:
    """Draft an item made from others."""
    usual: dict[str, Any] = {
        "to": (JPN,),
        "marking": "",
        "category": "missile-warning",
        "form": "document",
        "purposes": (),
        "derived_from": tuple(sorted(parents)),
    }
    person = changes.pop("person", DRAFTER)
    item = ItemDraft(GSOMIA, **{**usual, **changes})
    header = PayloadHeader("Summary", "text/plain")
    return run(derive_item(node.context, person, item, header, [b"two launches"]))


def released(node: Node, *parents: Place, **changes: Any) -> Place:
    kept = derived(node, *parents, **changes)
    assert isinstance(kept, KeptDraft), kept
    return entered(run(release_draft(node.context, OFFICER, kept.number))).place


def level(node: Node, place: Place) -> str:
    view = node.view()
    return item_level(view.fold.state, view.item(place), view.moment(node.context))


@pytest.mark.row("G4.3")
def test_g4_3_what_is_made_from_two_bears_the_higher_level_and_every_originator(
    held: World,
) -> None:
    place = released(held.kor, *items_of(held))
    held.settle()
    label = held.jpn.view().item(place).release.label
    assert (label.level, label.marking) == ("SECRET", "군사II급비밀")
    assert label.originators == (JPN, KOR)
    assert label.purposes == ("warning",)
    state = held.jpn.view().fold.state
    assert ancestors_of(state, held.jpn.view().item(place).release) == set(items_of(held))
    assert held.equal()


@pytest.mark.row("G4.3")
def test_g4_3_nothing_that_is_made_bears_less_than_what_it_is_made_of(held: World) -> None:
    low, high = items_of(held)
    assert articles(derived(held.kor, low, high, marking="군사III급비밀")) == {"4(3)"}
    assert {"4(3)", "6(c)"} <= articles(derived(held.kor, low, purposes=("study",)))
    uncleared = articles(derived(held.kor, low, person=CLERK))
    assert "house" in uncleared
    assert uncleared >= {"7(1)", "7(2)"}
    assert held.kor.said("item.release") == []
    with pytest.raises(InputError):
        derived(held.kor)
    with pytest.raises(StateError) as caught:
        derived(held.kor, held.jpn.release(KOR).place)
    assert caught.value.code == "item.unknown"


@pytest.mark.row("G4.3", "G6a")
def test_g4_3_it_goes_on_with_the_consent_of_every_originator_alone(three: World) -> None:
    first, second = three.jpn.release(KOR).place, three[USA].release(KOR).place
    three.settle()
    for item in (first, second):
        assert not isinstance(three.kor.receipt(item), Refused)
    three.settle()
    kept = derived(three.kor, first, second, to=(JPN, USA))
    assert isinstance(kept, KeptDraft), kept

    def attempt() -> Entered:
        return entered(run(release_draft(three.kor.context, OFFICER, kept.number)))

    def consent(party: PartyId, item: Place, to: PartyId) -> None:
        three[party].promise(ConsentGive(None, (item,), None, to, "warning", None, ""))
        three.settle()

    with pytest.raises(NotCounted) as caught:
        attempt()
    assert caught.value.code == "passing.without-leave"
    assert "6(a)" in caught.value.where
    consent(JPN, first, USA)
    with pytest.raises(NotCounted):
        attempt()
    consent(USA, second, JPN)
    attempt()
    three.settle()
    assert three.equal()


@pytest.mark.row("G6g")
def test_g6g_only_its_originator_changes_an_items_level(held: World) -> None:
    item, _ = items_of(held)
    outcome = run(reclassify(held.kor.context, GSOMIA, item, "군사II급비밀", OFFICER))
    assert articles(outcome) == {"6(g)"}
    assert held.kor.said("item.reclassify") == []
    assert level(held.kor, item) == "CONFIDENTIAL"


@pytest.mark.row("G6g")
def test_g6g_an_upgrade_takes_access_away_at_once_from_copies_and_what_was_made(
    held: World,
) -> None:
    item, _ = items_of(held)
    engage(held.jpn, LOW, Role.READER, clearance="CONFIDENTIAL")
    number = made(copy(held.kor, item, LOW)).copy.number
    made_from = released(held.kor, item)
    held.settle()
    held.jpn.receipt(made_from, "秘")
    assert level(held.jpn, made_from) == "CONFIDENTIAL"

    def readings() -> list[object]:
        copied = CopyAt(GSOMIA, item, number)
        return [
            held.kor.open(item, person=LOW),
            run(open_copy(held.kor.context, copied, LOW, purpose="warning")),
            held.kor.open(made_from, person=LOW),
            held.jpn.open(made_from, person=LOW),
        ]

    assert [isinstance(each, Opened | OpenedCopy) for each in readings()] == [True] * 4
    held.jpn.reclassify(item, "極秘")
    held.settle()
    assert [articles(each) & {"7(2)"} for each in readings()] == [{"7(2)"}] * 4
    held.kor.read(item)  # Korea has one marking for that level: nothing to choose
    held.kor.read(made_from)
    for node in (held.jpn, held.kor):
        assert level(node, item) == "SECRET"
        assert level(node, made_from) == "SECRET"
    assert held.equal()


@pytest.mark.row("G6g", "G6h")
def test_g6g_a_draft_follows_what_it_is_made_from_and_is_closed_once_that_is_called_back(
    held: World,
) -> None:
    item, _ = items_of(held)
    kor = held.kor
    for person, clearance in ((LOW_DRAFTER, "CONFIDENTIAL"), (HIGH_DRAFTER, "SECRET")):
        engage(kor, person, Role.READER, Role.DRAFTER, clearance=clearance)
    kept = derived(kor, item, person=LOW_DRAFTER)
    assert isinstance(kept, KeptDraft)

    def preview(person: PersonId) -> object:
        return run(preview_content(kor.context, person, kept.number))

    assert isinstance(preview(LOW_DRAFTER), PreviewedDraft)
    held.jpn.reclassify(item, "極秘")
    held.settle()
    assert articles(preview(LOW_DRAFTER)) == {"7(2)"}
    shown = preview(HIGH_DRAFTER)
    assert isinstance(shown, PreviewedDraft)
    assert b"".join(shown.content) == b"two launches"
    assert "4(3)" in articles(run(release_draft(kor.context, OFFICER, kept.number)))
    held.jpn.promise(ItemRecall((item,), Recalled.EITHER, "error", None))
    held.settle()
    assert articles(preview(HIGH_DRAFTER)) == {"6(h)"}


@pytest.mark.row("G6g")
def test_g6g_a_notice_re_marks_every_copy_and_is_acknowledged(held: World) -> None:
    _, item = items_of(held)
    made(copy(held.kor, item, second=SECOND))
    held.jpn.reclassify(item, "秘")
    held.settle()
    held.kor.receipt(item)
    held.settle()
    view = held.kor.view()
    for each in copies(held.kor, item).here:
        banner = copy_banner(held.kor.context, view, view.item(item), each)
        assert {"秘", "군사III급비밀"} <= set(banner.head)
        assert "極秘" not in banner.head
    receipts = held.jpn.view().fold.state.receipts
    known = receipts.get((item, KOR))
    assert known is not None
    assert known.marking == "군사III급비밀"


@pytest.mark.row("G6g")
def test_g6g_where_several_markings_correspond_the_holder_chooses_anew(held: World) -> None:
    item = held.kor.release(JPN).place
    held.settle()
    assert not isinstance(held.jpn.receipt(item), Refused)
    held.kor.reclassify(item, "군사II급비밀")
    held.settle()
    assert "4(2)" in articles(held.jpn.open(item))
    with pytest.raises(InputError):
        held.jpn.receipt(item)
    assert not isinstance(held.jpn.receipt(item, "特定秘密"), Refused)
    held.jpn.read(item)
    held.settle()
    assert held.equal()


@pytest.mark.row("G4.3", "G6h")
def test_g6h_what_was_drafted_before_a_recall_is_not_released_after_it(held: World) -> None:
    item, _ = items_of(held)
    kept = derived(held.kor, item)
    assert isinstance(kept, KeptDraft)
    held.jpn.promise(ItemRecall((item,), Recalled.EITHER, "error", None))
    held.settle()
    outcome = run(release_draft(held.kor.context, OFFICER, kept.number))
    assert articles(outcome) == {"6(h)"}


@pytest.mark.row("G6h")
def test_g6h_a_recall_that_is_heard_while_the_text_is_drawn_leaves_no_draft(held: World) -> None:
    """The draft was begun before it, and is decided again once its payload is sealed."""
    item, _ = items_of(held)
    held.jpn.promise(ItemRecall((item,), Recalled.EITHER, "error", None))
    disc = held.jpn.pack(KOR).names[0]

    async def text() -> AsyncIterator[bytes]:
        yield b"two "
        await take_bundle(held.kor.context, disc)
        yield b"launches"

    header = PayloadHeader("Summary", "text/plain")
    draft = ItemDraft(GSOMIA, (JPN,), "", "missile-warning", "document", (), derived_from=(item,))
    outcome = run(derive_item(held.kor.context, DRAFTER, draft, header, text()))
    assert articles(outcome) == {"6(h)"}
    assert run(waiting_drafts(held.kor.context)) == ()
