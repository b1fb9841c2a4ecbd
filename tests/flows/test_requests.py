# SPDX-License-Identifier: Apache-2.0
"""Requests: asked with a sealed question, answered by an item, or declined without a reason."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from comity.basis.errors import InputError, StateError
from comity.basis.ids import PersonId, Place
from comity.decision.stages import Refused
from comity.flows.affairs import Change as LawTold
from comity.flows.affairs import tell_law_change
from comity.flows.case_texts import open_affairs_text
from comity.flows.duties.listing import list_duties
from comity.flows.enclosures import OpenedText
from comity.flows.requests import answer, ask, decline, open_question
from comity.flows.speak import Entered
from comity.ports import Change, Committed
from comity.sealing.payload import PayloadHeader
from comity.statement.information import Subject
from tests.builders.world import (
    AUDITOR,
    CLERK,
    DRAFTER,
    GSOMIA,
    JPN,
    KOR,
    OFFICER,
    READER,
    Node,
    World,
    entered,
    run,
)

HEADER = PayloadHeader("Question", "text/plain")
WORDS = [b"what did ", b"you see?"]


def asks(node: Node, person: PersonId = DRAFTER, **more: Any) -> Entered | Refused:
    return run(ask(node.context, GSOMIA, (JPN,), category="missile-warning", person=person, **more))


def place_of(outcome: Entered | Refused) -> Place:
    assert isinstance(outcome, Entered), outcome
    return outcome.place


def test_a_sealed_question_is_read_by_those_whom_it_was_put_to(assured: World) -> None:
    world = assured
    place = place_of(asks(world.kor, question=(HEADER, WORDS)))
    assert world.carry(KOR, JPN).parcels == 2
    question = run(open_question(world.jpn.context, GSOMIA, place, READER))
    assert isinstance(question, OpenedText)
    assert b"".join(question.content) == b"".join(WORDS)
    assert question.header == HEADER
    assert world.jpn.acts()[-1] == ("request.open", "done")
    refused = run(open_question(world.jpn.context, GSOMIA, place, AUDITOR))
    assert isinstance(refused, Refused)
    assert world.jpn.acts()[-1] == ("request.open", "refused")


def test_a_question_is_answered_by_an_item_or_declined(assured: World) -> None:
    world = assured
    first, second = place_of(asks(world.kor)), place_of(asks(world.kor))
    world.settle()
    item = world.jpn.release(KOR).place
    place_of(run(answer(world.jpn.context, GSOMIA, first, item, OFFICER)))
    place_of(run(decline(world.jpn.context, GSOMIA, second, OFFICER)))
    with pytest.raises(StateError):
        run(decline(world.jpn.context, GSOMIA, second, OFFICER))
    world.settle()
    assert world.equal()


def test_whoever_may_not_ask_does_not_and_the_question_is_not_read(assured: World) -> None:
    words = iter(WORDS)
    outcome = asks(assured.kor, CLERK, question=(HEADER, words))
    assert isinstance(outcome, Refused)
    assert list(words) == WORDS
    assert run(assured.kor.ports.blobs.digests()) == ()


def test_there_is_nothing_to_open_where_a_category_was_asked_for_alone(assured: World) -> None:
    world = assured
    place = place_of(asks(world.kor))
    world.carry(KOR, JPN)
    for wanted in (place, Place(KOR, 0)):
        with pytest.raises(StateError) as caught:
            run(open_question(world.jpn.context, GSOMIA, wanted, READER))
        assert caught.value.code == "request.no-question"


def test_a_question_is_sealed_once_and_entered_on_what_stands_then(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another command speaks after the question was sealed: its words are not drawn again."""
    node = assured.kor
    store, commit, drawn = node.ports.store, node.ports.store.commit, []

    def words() -> Any:
        for word in WORDS:
            drawn.append(word)
            yield word

    async def interrupted(change: Change) -> Committed:
        monkeypatch.setattr(store, "commit", commit)
        elsewhere = replace(node.context, live={})
        other = ask(elsewhere, GSOMIA, (JPN,), category="missile-warning", person=OFFICER)
        assert isinstance(await other, Entered)
        return await commit(change)

    monkeypatch.setattr(store, "commit", interrupted)
    place = place_of(asks(node, question=(HEADER, words())))
    assert drawn == WORDS
    assert place.index == node.sizes()[KOR] - 1
    assert len(node.said("request.make")) == 2
    assured.settle()
    assert assured.equal()


@pytest.mark.row("G3")
def test_laws_are_asked_for_and_told_by_reference_and_the_answer_closes_the_task(
    assured: World,
) -> None:
    world = assured
    place = place_of(asks(world.kor, subject=Subject.LAW))
    world.settle()
    (duty,) = run(list_duties(world.jpn.context, GSOMIA, live=True)).duties
    assert (duty.owes, duty.trigger, duty.due) == ("party.law_change", place, None)
    told = LawTold("Act 108 of 2013", "protection", ("4(1)",), date(2014, 12, 10), place)
    text = (PayloadHeader("Act", "text/plain"), [b"Article 3"])
    said = entered(run(tell_law_change(world.jpn.context, GSOMIA, told, text=text)))
    world.settle()
    (word,) = world.jpn.said("party.law_change")
    fields = ("law", "effect", "articles", "effective", "answers")
    assert [word[each] for each in fields] == [
        "Act 108 of 2013",
        "protection",
        ["4(1)"],
        "2014-12-10",
        str(place),
    ]
    assert run(list_duties(world.jpn.context, GSOMIA, live=True)).duties == ()
    opened = run(open_affairs_text(world.kor.context, GSOMIA, said.place, OFFICER))
    assert not isinstance(opened, Refused)
    assert b"".join(opened.content) == b"Article 3"
    (row,) = [each for each in json.loads(world.kor.export())["requests"] if each["open"] == []]
    assert (row["place"], row["replies"][0]["declines"]) == (str(place), False)
    assert world.equal()


@pytest.mark.row("G3")
def test_g3_laws_are_asked_for_that_protect_a_category_of_the_agreement(assured: World) -> None:
    context, law = assured.kor.context, Subject.LAW
    with pytest.raises(InputError) as refused:
        run(ask(context, GSOMIA, (JPN,), category="weather", person=DRAFTER, subject=law))
    assert refused.value.code == "request.category"
    assert assured.kor.said("request.make") == []


@pytest.mark.row("G3", "G-vol")
def test_g3_a_plain_question_is_not_answered_by_a_law(assured: World) -> None:
    world = assured
    plain = place_of(asks(world.kor))
    law = place_of(asks(world.kor, subject=Subject.LAW))
    world.settle()
    told = LawTold("Act 108 of 2013", "protection", ("4(1)",), date(2014, 12, 10))
    elsewhere = Place(KOR, 99)
    for node, place in ((world.jpn, plain), (world.kor, law), (world.jpn, elsewhere)):
        with pytest.raises(StateError) as refused:
            run(tell_law_change(node.context, GSOMIA, replace(told, answers=place)))
        assert refused.value.code == "affairs.no-law-asked"
    assert world.jpn.said("party.law_change") == world.kor.said("party.law_change") == []
    assert isinstance(run(decline(world.jpn.context, GSOMIA, plain, OFFICER)), Entered)
