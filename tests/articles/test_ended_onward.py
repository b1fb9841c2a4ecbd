# SPDX-License-Identifier: Apache-2.0
"""What a third party destroys or gives back is told to the originators, by whoever passed it on.

Seoul holds by one agreement what Japan gave to Washington by another: Japan is told which copies
ended there, where the file that it gave it by asks that of Washington's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from comity.agreement.acts import DestructionMeans
from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PersonId, Place
from comity.basis.instants import Instant
from comity.decision.people import Person, Role
from comity.decision.stages import Refused
from comity.flows.duties.listing import list_duties
from comity.flows.duties.reminders import remind
from comity.flows.keeping.calling_back import receipt_return
from comity.flows.keeping.ending import Destroying, Returning, destroy, give_back
from comity.flows.keeping.making import CopyWish, Made, make_copy
from comity.flows.passing import telling
from comity.flows.passing.linking import link_onward
from comity.flows.passing.listing import onward_releases
from comity.flows.passing.telling import tell_on
from comity.flows.people.register import change_person
from comity.flows.promises import speak_in_role
from comity.flows.speak import Entered
from tests.articles.keeping_worlds import engage
from tests.articles.outcomes import articles, passed
from tests.builders.pacts import ENDS, JPN_USA, KOR_USA, Story, make_pacts
from tests.builders.world import (
    JPN,
    KOR,
    OFFICER,
    READER,
    REGISTRAR,
    USA,
    World,
    entered,
    run,
)

OTHER = PersonId("other-desk")


@pytest.fixture(scope="module")
def _ending(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Place, Place]]:
    """Let Seoul hold three copies of what Japan gave to Washington."""
    with make_pacts(tmp_path_factory.mktemp("ending"), with_hub=False, more=ENDS) as world:
        story = Story(world)
        item = story.give()
        yield world, item, pass_on(story, item)


def pass_on(story: Story, item: Place) -> Place:
    story.consent(item)
    release = passed(story.pass_on(item)).release
    story.second.settle()
    story.kor.receipt(release)
    for _ in range(2):
        wish = CopyWish("warning", "the desk", READER)
        assert isinstance(run(make_copy(story.kor.context, KOR_USA, release, READER, wish)), Made)
    story.second.settle()
    run(link_onward(story.usa.context))
    story.first.settle()
    return release


@pytest.fixture
def story(_ending: tuple[World, Place, Place], tmp_path: Path) -> Story:
    return Story(_ending[0].copy(tmp_path / "world"))


@pytest.fixture
def item(_ending: tuple[World, Place, Place]) -> Place:
    return _ending[1]


@pytest.fixture
def gone(_ending: tuple[World, Place, Place]) -> Place:
    """Give the item as it went on, which Seoul holds."""
    return _ending[2]


def shred(story: Story, gone: Place, *numbers: int) -> Place:
    how = Destroying(DestructionMeans.SHRED, numbers)
    said = run(destroy(story.kor.context, KOR_USA, gone, REGISTRAR, how))
    assert isinstance(said, Entered), said
    story.second.settle()
    return said.place


def hand_back(story: Story, gone: Place, *numbers: int) -> Place:
    said = entered(run(give_back(story.kor.context, KOR_USA, gone, REGISTRAR, Returning(numbers))))
    story.second.settle()
    return said.place


def waits(story: Story, person: PersonId | None = READER) -> list[tuple[str, str | None, str]]:
    owed = run(list_duties(story.usa.context, KOR_USA, person))
    return [
        (each.what, each.article, str(each.about)) for each in owed.coming if "onward" in each.what
    ]


def tell(
    story: Story, agreement: AgreementId, item: Place, person: PersonId = OFFICER
) -> tuple[Entered, ...]:
    told = run(tell_on(story.usa.context, agreement, item, person, marking=None))
    assert not isinstance(told, Refused), told
    return told


@pytest.mark.row("G13", "G6a")
def test_g13_a_certificate_of_a_third_party_is_told_on_to_the_originator(
    story: Story, item: Place, gone: Place
) -> None:
    engage(story.usa, OTHER, Role.READER, need_to_know=("nuclear-test",))
    assert waits(story) == []
    shred(story, gone, 2)
    assert waits(story) == [("onward.ended", "13", str(gone))]
    assert waits(story, OTHER) == []
    assert "onward.ended" in [each.what for each in run(remind(story.usa.context, KOR_USA))]
    refused = run(tell_on(story.usa.context, KOR_USA, gone, READER, marking=None))
    assert articles(refused) == {"house"}
    (said,) = tell(story, KOR_USA, gone)
    assert (said.statement.kind, said.statement.to) == ("item.destroyed", (JPN,))
    assert waits(story) == []
    with pytest.raises(StateError) as caught:
        tell(story, KOR_USA, gone)
    assert caught.value.code == "passing.nothing-to-tell"
    story.first.settle()
    (body,) = story.usa.said("item.destroyed")
    assert (body["item"], body["copies"], body["remaining"], body["means"], body["persons"]) == (
        str(item),
        [2],
        2,
        "shred",
        1,
    )
    (row,) = run(onward_releases(story.jpn.context, JPN_USA)).said
    assert (row["place"], row["ended"]) == (body["follows"], [str(said.place)])
    assert story.first.equal()


@pytest.mark.row("G13", "G6h")
def test_g6h_a_return_to_whoever_passed_it_on_is_told_on_and_receipted_there_alone(
    story: Story, item: Place, gone: Place
) -> None:
    returned = hand_back(story, gone, 3)
    assert waits(story) == [("onward.ended", "8(h)", str(gone))]
    (said,) = tell(story, KOR_USA, gone)
    story.first.settle()
    assert (said.statement.kind, waits(story)) == ("item.return", [])
    with pytest.raises(StateError) as caught:
        run(receipt_return(story.jpn.context, JPN_USA, said.place, REGISTRAR))
    assert caught.value.code == "item.no-return"
    hub = story.second[USA]
    assert isinstance(run(receipt_return(hub.context, KOR_USA, returned, REGISTRAR)), Entered)


@pytest.mark.row("G13")
def test_g13_all_is_told_on_by_the_items_own_number_and_each_once(
    story: Story, item: Place, gone: Place
) -> None:
    with pytest.raises(StateError) as caught:
        tell(story, JPN_USA, item)
    assert caught.value.code == "passing.nothing-to-tell"
    shred(story, gone, 2)
    hand_back(story, gone, 3)
    story.jpn.reclassify(item, "極秘")
    story.first.settle()
    said = tell(story, JPN_USA, item)
    assert [each.statement.kind for each in said] == [
        "item.reclassify",
        "item.destroyed",
        "item.return",
    ]
    assert waits(story, None) == []
    assert [each.statement.agreement_id for each in said] == [KOR_USA, JPN_USA, JPN_USA]


def _may_only_read(person: Person, at: Instant) -> Person:
    del at
    return replace(person, roles=(Role.READER,))


def _gone(person: Person, at: Instant) -> Person:
    return replace(person, registered_until=at)


@pytest.mark.parametrize("becomes", [_may_only_read, _gone])
@pytest.mark.row("G13", "G6a")
def test_g13_what_is_refused_in_between_names_what_was_said_before_and_the_rest_is_still_owed(
    story: Story,
    item: Place,
    gone: Place,
    monkeypatch: pytest.MonkeyPatch,
    becomes: Callable[[Person, Instant], Person],
) -> None:
    """Whoever tells on may not any more, once the level is told on and before the certificate."""
    shred(story, gone, 2)
    story.jpn.reclassify(item, "極秘")
    story.first.settle()

    async def leave_and_speak(*args: Any, **options: Any) -> object:
        at = story.usa.context.ports.clock.now()
        await change_person(
            story.usa.context, OFFICER, lambda person: becomes(person, at), REGISTRAR
        )
        return await speak_in_role(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(telling, "speak_in_role", leave_and_speak)
        telling_on = tell_on(story.usa.context, JPN_USA, item, OFFICER, marking=None)
        if becomes is _gone:
            with pytest.raises(StateError, match=rf"said before it.*: {KOR_USA}/USA/\d+; a regist"):
                run(telling_on)
        else:
            refused = run(telling_on)
            assert isinstance(refused, Refused)
            (level,) = refused.said_before
            assert level.startswith(f"{KOR_USA}/USA/")
    (body,) = [
        each for each in story.second[USA].said("item.reclassify") if each["item"] == str(gone)
    ]
    assert body["level"] == "SECRET"
    assert waits(story, None) == [("onward.ended", "13", str(gone))]
    (said,) = tell(story, JPN_USA, item, REGISTRAR)
    assert said.statement.kind == "item.destroyed"
    assert waits(story, None) == []


@pytest.mark.row("G13")
def test_g13_washingtons_own_certificate_is_another_and_its_duty_stays(
    story: Story, item: Place, gone: Place
) -> None:
    """The word that Seoul's copies are gone ends none of Washington's."""
    wish = CopyWish("warning", "the desk", READER)
    assert isinstance(run(make_copy(story.usa.context, JPN_USA, item, READER, wish)), Made)
    shred(story, gone, 2)
    tell(story, KOR_USA, gone)
    how = Destroying(DestructionMeans.SHRED, (2,))
    own = run(destroy(story.usa.context, JPN_USA, item, REGISTRAR, how))
    assert isinstance(own, Entered)
    story.first.settle()
    follows = [each.get("follows") is not None for each in story.usa.said("item.destroyed")]
    assert follows == [True, False]
    (row,) = run(onward_releases(story.jpn.context, JPN_USA)).said
    assert len(row["ended"]) == 1


@pytest.mark.row("G13")
def test_g13_what_seoul_destroys_of_washingtons_own_is_told_on_to_nobody(
    story: Story, gone: Place
) -> None:
    own = story.second[USA].release(KOR).place
    story.second.settle()
    story.kor.receipt(own)
    wish = CopyWish("warning", "the desk", READER)
    assert isinstance(run(make_copy(story.kor.context, KOR_USA, own, READER, wish)), Made)
    shred(story, own, 2)
    assert waits(story) == []
    with pytest.raises(StateError):
        tell(story, KOR_USA, own)
