# SPDX-License-Identifier: Apache-2.0
"""What is to be said on of items that were passed on, and who speaks for their originators."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from comity.agreement.acts import DestructionMeans, Recalled
from comity.basis.ids import AgreementId, Place
from comity.basis.instants import Instant
from comity.state.coming_onward import There, onward_coming, untold_of
from comity.state.queries import item_level
from comity.state.records_cases import Incident
from comity.state.tables import walk
from comity.statement.cases import Affected, Certainty, Harm, IncidentReport
from comity.statement.handling import ItemDestroyed, ItemRecall, ItemReturn
from comity.statement.information import ItemReclassify
from comity.statement.passing import Onward
from tests.support_state import JPN, KOR, USA, Teller, in_force, label, place, release

ELSEWHERE = Onward(AgreementId("jpn-usa-2007"), place("USA/3"))
THEN, NOW = "CONFIDENTIAL", "SECRET"


@pytest.fixture
def teller() -> Teller:
    return in_force()


@pytest.fixture
def item(teller: Teller) -> Place:
    """Give an item of Washington's that Tokyo passed on to Seoul."""
    return teller.say(JPN, release(originators=(JPN, USA), passed_on=ELSEWHERE))


def there(**changes: Any) -> There:
    usual: dict[str, Any] = {
        "level": THEN,
        "then": THEN,
        "changed": Instant(1),
        "recalled": None,
        "incidents": (),
    }
    return There(**{**usual, **changes})


def comes(
    teller: Teller, item: Place, **changes: Any
) -> list[tuple[str, str | None, Place | None]]:
    known = {item: there(**changes)}
    return [
        (each.what, each.article, each.about)
        for each in onward_coming(teller.state, JPN, teller.now, known)
    ]


def lost(teller: Teller, item: Place, **changes: Any) -> IncidentReport:
    usual: dict[str, Any] = {
        "affected": (Affected(item),),
        "held_by": KOR,
        "harm": Harm.LOSS,
        "certainty": Certainty.ACTUAL,
        "found_at": teller.now,
        "begun_at": teller.now,
    }
    return IncidentReport(**{**usual, **changes})


def test_what_came_from_another_agreement_is_known_by_where_it_stood(
    teller: Teller, item: Place
) -> None:
    teller.say(JPN, release())
    assert list(teller.state.came_from.items()) == [(item, ELSEWHERE)]


def test_where_nothing_changed_there_nothing_is_to_be_said(teller: Teller, item: Place) -> None:
    assert comes(teller, item) == []
    assert comes(teller, place("JPN/99"), level=NOW) == []


def test_a_new_level_there_is_to_be_said_until_it_is(teller: Teller, item: Place) -> None:
    assert comes(teller, item, level=NOW) == [("onward.reclassify", "6(g)", item)]
    teller.say(JPN, ItemReclassify(item, NOW, "極秘", teller.now))
    assert comes(teller, item, level=NOW) == []
    assert comes(teller, item, then=NOW) == [("onward.reclassify", "6(g)", item)]


def test_a_level_that_was_said_on_and_is_taken_back_there_is_to_be_said_again(
    teller: Teller, item: Place
) -> None:
    """It is the level that it was passed on at; but another was said here since."""
    teller.say(JPN, ItemReclassify(item, NOW, "極秘", teller.now))
    assert comes(teller, item) == [("onward.reclassify", "6(g)", item)]
    teller.say(JPN, ItemReclassify(item, THEN, "秘", teller.now))
    assert comes(teller, item) == []


def test_a_recall_there_is_to_be_said_until_it_is(teller: Teller, item: Place) -> None:
    assert comes(teller, item, recalled=Instant(2)) == [("onward.recall", "6(h)", item)]
    teller.say(JPN, ItemRecall((item,), Recalled.EITHER, "error", None))
    assert comes(teller, item, recalled=Instant(2)) == []


def test_a_loss_here_of_it_or_of_what_was_made_from_it_is_to_be_told_there(
    teller: Teller, item: Place
) -> None:
    other = teller.say(JPN, release())
    made = teller.say(JPN, release(originators=(JPN, USA), derived_from=(item,)))
    assert teller.why(made) is None
    for each in (item, made):
        said = teller.say(KOR, lost(teller, each))
        assert comes(teller, item)[-1] == ("onward.incident", "17", said)
    teller.say(KOR, lost(teller, other))
    assert len(comes(teller, item)) == 2


def test_one_report_there_is_of_one_loss_here(teller: Teller, item: Place) -> None:
    first = teller.say(KOR, lost(teller, item))
    second = teller.say(KOR, lost(teller, item))
    told = teller.state.incidents.get(first)
    assert told is not None
    assert comes(teller, item, incidents=(told,)) == [("onward.incident", "17", second)]
    assert untold_of(teller.state, told, {item: there()}) == (item,)
    assert untold_of(teller.state, told, {item: there(incidents=(told,))}) == ()


def test_an_end_of_copies_there_is_to_be_told_where_the_file_they_came_by_would_tell_it(
    teller: Teller, item: Place
) -> None:
    day = date(2016, 11, 1)
    shred = DestructionMeans.SHRED
    gone = teller.say(KOR, ItemDestroyed(item, (2,), 1, shred, day, 2, None, None))
    back = teller.say(KOR, ItemReturn(item, (1,), 0, day, None, None))
    assert (teller.why(gone), teller.why(back)) == (None, None)
    assert comes(teller, item) == []
    ends = ("onward.ended", "13", item), ("onward.ended", "6(h)", item)
    assert comes(teller, item, clauses=("destruction",)) == [ends[0]]
    assert comes(teller, item, clauses=("retention",)) == [ends[1]]
    both = ("destruction", "retention")
    assert comes(teller, item, clauses=both) == [*ends]
    first, second = walk(teller.state.handled.get((item, KOR)))
    assert comes(teller, item, clauses=both, ended=(first,)) == [ends[1]]
    assert comes(teller, item, clauses=both, ended=(first, second)) == []


def test_of_what_is_no_item_here_nothing_is_told_on(teller: Teller, item: Place) -> None:
    nothing = lost(teller, place("JPN/77"))
    shown = Incident(place("KOR/9"), teller.now, (JPN,), teller.agreement.sha256, nothing, (), KOR)
    assert untold_of(teller.state, shown, {item: there()}) == ()


def test_whoever_passed_it_on_speaks_for_originators_that_are_no_parties(
    teller: Teller, item: Place
) -> None:
    """Its word lowers what came at a higher level, and what was made from it."""
    high = label(level=NOW, marking="極秘", originators=(JPN, USA))
    given: dict[str, Any] = {"level": NOW, "marking": "極秘", "originators": high.originators}
    raised = teller.say(JPN, release(passed_on=ELSEWHERE, **given))
    made = teller.say(JPN, release(derived_from=(raised,), **given))
    own = teller.say(JPN, release(**given))
    for each in (raised, own):
        teller.say(JPN, ItemReclassify(each, THEN, "秘", teller.now))
    levels = []
    for each in (raised, made, own):
        known = teller.state.items.get(each)
        assert known is not None
        levels.append(item_level(teller.state, known, teller.now))
    assert levels == [THEN, THEN, NOW]
