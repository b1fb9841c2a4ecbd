# SPDX-License-Identifier: Apache-2.0
"""What was passed on and is erased is erased by every place that its key is kept by: row G13."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.agreement.acts import DestructionMeans
from comity.basis.errors import EdgeError, StateError
from comity.basis.ids import AgreementId, Place
from comity.decision.house import allow_house_act
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.flows.copies import copies_key
from comity.flows.documents import COPIES
from comity.flows.keeping.ending import Destroying, EndedHere, Returning, destroy, give_back
from comity.flows.keeping.erasing import erase_item
from comity.flows.keeping.handing import CopyAt
from comity.flows.keeping.making import CopyWish, Made, TranslationWish, make_copy, translate
from comity.flows.keeping.opening_keys import held_keys
from comity.flows.keeping.reading import OpenedCopy, open_copy
from comity.flows.passing import onward
from comity.flows.passing.onward import PassedOn, pass_on
from comity.flows.passing.wishes import KeptPassing
from comity.flows.recovery.lost import lost_items
from comity.flows.rotation import rotate_keys
from comity.ports import Change, Document
from comity.sealing.payload import PayloadHeader
from comity.state.closing import Keeping, keeping_of
from tests.articles.keeping_worlds import TRANSLATOR, engage
from tests.builders.pacts import JPN_USA, KOR_USA, Story, make_pacts
from tests.builders.world import OFFICER, REGISTRAR, USA, entered, run

_DESTRUCTION = """
[[article]]
number = "13"
source = "model"
title.en = "Destruction"
summary.en = "By means that leave nothing."
[article.destruction]
means = ["shred", "crypto_erase"]
[article.retention]
"""
ERASE = DestructionMeans.CRYPTO_ERASE


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """Give pacts under which things are destroyed."""
    with make_pacts(tmp_path, with_hub=False, more=_DESTRUCTION) as world:
        yield Story(world)


def given(story: Story) -> Place:
    item = story.give()
    story.consent(item)
    return item


def erase(story: Story, item: Place) -> None:
    outcome = run(erase_item(story.usa.context, JPN_USA, item, REGISTRAR, ERASE))
    assert not isinstance(outcome, Refused), outcome


def certified(story: Story, item: Place) -> object:
    how = Destroying(ERASE, backup_replaced=True)
    return run(destroy(story.usa.context, JPN_USA, item, REGISTRAR, how))


def without_sealing_key(story: Story) -> None:
    run(rotate_keys(story.usa.context))
    story.first.settle()
    run(story.usa.ports.keys.drop_sealing_keys(1))


def held_of(story: Story, item: Place) -> tuple[str, ...]:
    sealed = story.usa.view().item(item).release.sealed
    return run(held_keys(story.usa.context, sealed))


@pytest.mark.row("G13", "G6a")
def test_g13_what_was_passed_on_is_erased_by_its_onward_place_too(story: Story) -> None:
    item = given(story)
    gone = story.pass_on(item)
    assert isinstance(gone, PassedOn)
    story.first.settle()
    story.second.settle()
    washington = story.second[USA]
    assert washington.read(gone.release)
    assert len(held_of(story, item)) == 2
    erase(story, item)
    assert held_of(story, item) == ()
    with pytest.raises(StateError) as caught:
        washington.read(gone.release)
    assert caught.value.code == "custody.not-held"
    assert run(lost_items(story.usa.context)) == ()  # on purpose, by either place
    without_sealing_key(story)
    entered(certified(story, item))
    story.first.settle()
    state = story.jpn.view().fold.state
    known = state.items.get(item)
    assert known is not None
    assert keeping_of(state, known, USA) is Keeping.CLOSED
    with pytest.raises(StateError) as closed:
        story.draft(item)
    assert closed.value.code == "item.closed"


@pytest.mark.row("G13", "G6a")
def test_g13_what_the_originators_were_not_told_of_yet_is_erased_too(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = given(story)
    kept = story.draft(item)
    assert isinstance(kept, KeptPassing)

    async def fail(*_: object) -> None:
        raise EdgeError("store.full", "the disk is full")

    monkeypatch.setattr(onward, "link_onward", fail)
    with pytest.raises(EdgeError):
        run(pass_on(story.usa.context, OFFICER, kept.number))
    assert len(held_of(story, item)) == 2
    erase(story, item)
    assert held_of(story, item) == ()


@pytest.mark.row("G13", "G6a")
def test_g13_what_is_erased_on_its_way_goes_on_to_nobody(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = given(story)
    kept = story.draft(item)
    assert isinstance(kept, KeptPassing)
    say = onward._say_under_originating

    async def say_and_erase(*asked: Any) -> Any:
        said = await say(*asked)
        await erase_item(story.usa.context, JPN_USA, item, REGISTRAR, ERASE)
        return said

    monkeypatch.setattr(onward, "_say_under_originating", say_and_erase)
    with pytest.raises(StateError) as caught:
        run(pass_on(story.usa.context, OFFICER, kept.number))
    assert caught.value.code == "passing.erased"
    assert held_of(story, item) == ()


@pytest.mark.row("G13", "G6a")
def test_g13_nothing_is_certified_while_any_key_of_the_payload_is_held(story: Story) -> None:
    item = given(story)
    other = story.give()
    erase(story, item)
    without_sealing_key(story)
    sealed = story.usa.view().item(item).release.sealed
    keys = story.usa.ports.keys
    ref = f"{sealed.sha256} {KOR_USA}/USA/99"
    run(keys.keep_item_key(ref, bytes(32)))
    with pytest.raises(StateError) as caught:
        certified(story, item)
    assert caught.value.code == "item.not-erased"
    assert caught.value.found == f"{KOR_USA}/USA/99"
    run(keys.erase_item_key(ref))
    entered(certified(story, item))
    assert held_of(story, other)


# What was made of it under the number that it went on by


@pytest.fixture
def gone(story: Story) -> PassedOn:
    """Pass Japan's item on, and let a translator at Washington translate it by either number."""
    item = given(story)
    found = story.pass_on(item)
    assert isinstance(found, PassedOn)
    engage(story.usa, TRANSLATOR, Role.TRANSLATOR)
    for agreement, place in ((JPN_USA, item), (KOR_USA, found.release)):
        made = translated(story, agreement, place)
        assert isinstance(made, Made), made
        assert b"00:31" in read_copy(story, agreement, place)
    return found


def translated(story: Story, agreement: AgreementId, place: Place) -> Made | Refused:
    text = (PayloadHeader("번역", "text/plain"), ["발사 00:31 UTC".encode()])
    wish = TranslationWish(CopyWish("warning", "the desk", TRANSLATOR), "ko", "ko", text)
    return run(translate(story.usa.context, agreement, place, TRANSLATOR, wish))


def read_copy(story: Story, agreement: AgreementId, place: Place) -> bytes:
    which = CopyAt(agreement, place, 2)
    opened = run(open_copy(story.usa.context, which, TRANSLATOR, purpose="warning"))
    assert isinstance(opened, OpenedCopy), opened
    return b"".join(opened.content)


def first_item(story: Story) -> Place:
    (item,) = story.jpn.view().fold.state.items.values()
    return item.place


@pytest.mark.row("G13", "G15", "G6a")
def test_g13_a_translation_under_the_number_that_it_went_on_by_is_erased_too(
    story: Story, gone: PassedOn
) -> None:
    item = first_item(story)
    erase(story, item)
    for agreement, place in ((JPN_USA, item), (KOR_USA, gone.release)):
        with pytest.raises(StateError) as caught:
            read_copy(story, agreement, place)
        assert caught.value.code == "custody.not-held"
    assert run(story.usa.ports.keys.custody_items()) == ()


@pytest.mark.row("G13", "G6h", "G6a")
def test_g13_an_item_is_closed_once_no_copy_is_left_by_the_number_that_it_went_on_by(
    story: Story, gone: PassedOn
) -> None:
    item = first_item(story)
    erase(story, item)
    without_sealing_key(story)
    context = story.usa.context
    for end in (
        lambda: certified(story, item),
        lambda: run(give_back(context, JPN_USA, item, REGISTRAR, Returning())),
    ):
        with pytest.raises(StateError) as caught:
            end()
        assert caught.value.code == "item.copies-left-onward"
        assert caught.value.found == f"{KOR_USA}/{gone.release} No. 2"
    how = Destroying(ERASE, (2,), backup_replaced=True)
    entered(run(destroy(context, JPN_USA, item, REGISTRAR, how)))  # one of two closes nothing
    ended = run(destroy(context, KOR_USA, gone.release, REGISTRAR, how))
    assert isinstance(ended, EndedHere), ended
    entered(certified(story, item))
    story.first.settle()
    state = story.jpn.view().fold.state
    known = state.items.get(item)
    assert known is not None
    assert keeping_of(state, known, USA) is Keeping.CLOSED


@pytest.mark.row("G13", "G6a")
def test_g13_a_record_of_copies_there_that_does_not_read_stops_the_erasure(
    story: Story, gone: PassedOn
) -> None:
    item = first_item(story)
    garbled = Document(COPIES, copies_key(KOR_USA, gone.release), b"[7]")
    change = Change(allowed_by=allow_house_act("inventory.count"), documents=(garbled,))
    run(story.usa.ports.store.commit(change))
    with pytest.raises(StateError) as caught:
        erase(story, item)
    assert caught.value.code == "copy.record-unreadable"
    assert len(held_of(story, item)) == 2


@pytest.mark.row("G13", "G14", "G15")
def test_g13_nothing_more_is_made_of_what_was_erased_by_either_number(
    story: Story, gone: PassedOn
) -> None:
    item = first_item(story)
    erase(story, item)
    wish = CopyWish("warning", "the desk", TRANSLATOR)
    for agreement, place in ((JPN_USA, item), (KOR_USA, gone.release)):
        with pytest.raises(StateError) as said:
            translated(story, agreement, place)
        with pytest.raises(StateError) as copied:
            run(make_copy(story.usa.context, agreement, place, TRANSLATOR, wish))
        assert {said.value.code, copied.value.code} == {"item.erased"}
    assert run(story.usa.ports.keys.custody_items()) == ()
