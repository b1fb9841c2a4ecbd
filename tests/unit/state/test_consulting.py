# SPDX-License-Identifier: Apache-2.0
"""Consultation before acting: whoever acts unasked is reminded by the article, never stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from comity.agreement.reading import read_agreement
from comity.agreement.vocabulary.consultation import BEFORE
from comity.basis.ids import PartyId, Place
from comity.basis.instants import Instant
from comity.state.affairs import Doing
from comity.state.coming import ASK_FIRST, coming_at
from comity.state.consulting import ACTIONS, unasked
from comity.state.tables import Table
from comity.statement.cases import DisclosureRecord, VisitKind, VisitRequest
from comity.statement.information import CONSULTATION, ConsentAsk, ItemReclassify
from tests.builders.world import trilateral
from tests.support_state import (
    JPN,
    KOR,
    MINUTE_MS,
    USA,
    Teller,
    in_force,
    instant,
    label,
    release,
    varied,
)

CLAUSE = 'between = "parties"\nmeanwhile = "protection"'
CATEGORY = "missile-warning"


def teller(*acts: str, more: str = "") -> Teller:
    named = ", ".join(f'"{act}"' for act in acts)
    return in_force(agreement=varied((CLAUSE, f"{CLAUSE}\nbefore = [{named}]\n{more}")))


def asks(told: Teller, act: str = "release", **more: Any) -> Place:
    usual: dict[str, Any] = {
        "items": (),
        "category": CATEGORY,
        "recipient": JPN,
        "purpose": f"{CONSULTATION}{act}",
        "until": None,
    }
    where = told.say(JPN, ConsentAsk(**{**usual, **more}))
    assert told.why(where) is None
    return where


def does(told: Teller, body: Any) -> Place:
    where = told.say(JPN, body)
    assert told.why(where) is None
    return where


def reminded(told: Teller, party: PartyId = JPN) -> list[tuple[str | None, Place | None]]:
    rows = coming_at(told.state, party, told.now)
    return [(row.article, row.about) for row in rows if row.what == ASK_FIRST]


def test_a_release_that_nobody_was_asked_about_counts_and_is_reminded_of_by_its_article() -> None:
    told = teller("release")
    item = does(told, release())
    assert reminded(told) == [("20", item)]
    assert reminded(told, KOR) == []


def test_whoever_asked_about_the_category_before_is_reminded_of_nothing() -> None:
    told = teller("release")
    asks(told)
    does(told, release())
    does(told, release("another"))
    assert reminded(told) == []


def test_a_file_that_names_no_act_reminds_of_none() -> None:
    told = in_force()
    does(told, release())
    assert reminded(told) == []
    assert len(told.state.unasked) == 0


@pytest.mark.parametrize(
    "other",
    [
        {"category": "air"},
        {"act": "return"},
        {"until": date(2016, 11, 22)},
        {"recipient": USA},
        {"purpose": "study"},
    ],
    ids=["another category", "another act", "time that has passed", "leave", "another purpose"],
)
def test_what_was_asked_about_something_else_is_no_question_about_this_act(
    other: dict[str, Any],
) -> None:
    told = teller("release", "return")
    asks(told, **other)
    item = does(told, release())
    assert reminded(told) == [("20", item)]


def test_each_release_is_told_apart_however_alike_they_are() -> None:
    told = teller("release")
    items = [does(told, release(str(number))) for number in range(3)]
    assert [about for _, about in reminded(told)] == items


def test_asking_since_ends_the_reminder_and_no_other() -> None:
    told = teller("release", "reclassify")
    first, other = does(told, release()), does(told, release("other", category="air"))
    changed = does(told, ItemReclassify(first, "SECRET", "極秘", told.now))
    assert [about for _, about in reminded(told)] == [first, other, changed]
    asks(told)
    assert [about for _, about in reminded(told)] == [other, changed]
    asks(told, "reclassify", items=(first,), category=None)
    assert [about for _, about in reminded(told)] == [other]


def test_what_was_told_counts_by_its_label_and_a_visit_by_its_act_alone() -> None:
    told = teller("disclose", "visit")
    visit = VisitRequest(
        host=KOR,
        facility="seoul-1",
        purpose=VisitKind.SECURITY,
        level="SECRET",
        first_day=date(2017, 3, 1),
        last_day=date(2017, 3, 2),
        visitors=2,
        clearance="SECRET",
        clearance_until=None,
    )
    first = does(told, visit)
    said = does(told, DisclosureRecord(None, label(form="oral"), told.now))
    assert [about for _, about in reminded(told)] == [first, said]
    asks(told, "visit")
    asks(told, "disclose")
    assert reminded(told) == []
    does(told, DisclosureRecord(None, label(form="oral"), told.now))
    assert reminded(told) == []


def test_every_act_of_the_clause_is_done_by_a_statement_and_every_such_act_may_be_named() -> None:
    assert set(ACTIONS.values()) == set(BEFORE)


def test_a_late_question_takes_the_reminder_back() -> None:
    """Registers arrive in any order: what counts is when it was said."""
    told = teller("release")
    item = does(told, release())
    assert reminded(told) == [("20", item)]
    told.say(JPN, ConsentAsk((), CATEGORY, JPN, f"{CONSULTATION}release", None), at="2016-11-30")
    assert reminded(told) == []


def test_of_an_act_that_is_only_planned_it_is_told_who_is_still_to_be_asked() -> None:
    told = teller("release")
    planned = Doing("release", JPN, (), frozenset({CATEGORY}))
    terms = next(iter(told.state.files.values()))
    assert unasked(told.state, terms, planned, told.now) == "20"
    assert unasked(told.state, terms, replace(planned, action="return"), told.now) is None
    asks(told)
    assert unasked(told.state, terms, planned, told.now) is None


@pytest.mark.parametrize(
    ("asked", "again"),
    [
        (None, date(2017, 1, 1)),
        (date(2017, 1, 1), None),
        (date(2017, 1, 1), date(2016, 12, 31)),
        (date(2016, 12, 31), date(2017, 1, 1)),
        (instant("2017-01-01"), instant("2016-12-31")),
        (instant("2016-12-31"), instant("2017-01-01")),
    ],
)
def test_of_whoever_is_asked_again_the_longest_time_alone_is_kept(asked: Any, again: Any) -> None:
    told = teller("release")
    asks(told, until=asked)
    kept = told.state.consulted.get((JPN, "release", CATEGORY))
    asks(told, until=again)
    ((party, until),) = told.state.consulted.get((JPN, "release", CATEGORY)) or ()
    lasts = [each for each in (asked, again) if each is None] or [max(asked or again, again)]
    assert (party, until) == (KOR, lasts[0])
    assert kept == ((KOR, asked),)


def test_a_day_and_an_instant_are_kept_beside_each_other_and_an_end_that_is_none_before_both() -> (
    None
):
    told = teller("release")
    asks(told, until=date(2017, 1, 1))
    asks(told, until=instant("2017-06-01"))
    assert len(told.state.consulted.get((JPN, "release", "")) or ()) == 2
    asks(told, until=None)
    assert told.state.consulted.get((JPN, "release", "")) == ((KOR, None),)


def test_what_was_done_about_two_things_is_asked_about_by_either() -> None:
    told = teller("reclassify")
    first = does(told, release())
    changed = does(told, ItemReclassify(first, "SECRET", "極秘", told.now))
    again = does(told, ItemReclassify(first, "CONFIDENTIAL", "秘", told.now))
    assert [about for _, about in reminded(told)] == [changed, again]
    asks(told, "reclassify", items=(first,), category=None)
    assert reminded(told) == []
    asks(told, "reclassify")
    assert not len(told.state.unasked_about)


def test_a_flood_of_questions_looks_at_no_act_that_they_do_not_concern(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As many acts as questions about something else, and as many whose time has passed."""
    told = teller("release")
    for number in range(50):
        does(told, release(str(number)))
    looked = looked_at(told, monkeypatch)
    for _ in range(50):
        asks(told, category="air")
        asks(told, until=date(2016, 11, 22))
    assert looked == []
    assert told.state.consulted.get((JPN, "release", "air")) == ((KOR, None),)
    asks(told)
    assert len(looked) == 50
    assert reminded(told) == []


def looked_at(told: Teller, monkeypatch: pytest.MonkeyPatch) -> list[Place]:
    """Note each act that the fold looks at from now on, since somebody is asked."""
    looked: list[Place] = []
    whole, acts = Table.get, told.state.unasked

    def noting(table: Any, key: Any) -> Any:
        if table is acts:
            looked.append(key)
        return whole(table, key)

    monkeypatch.setattr(Table, "get", noting)
    return looked


def between_three() -> Teller:
    text = trilateral().replace(CLAUSE.encode(), f'{CLAUSE}\nbefore = ["release"]'.encode())
    return in_force(agreement=read_agreement(text), parties=(JPN, KOR, USA))


def test_in_turn_asked_in_vain_an_act_is_looked_at_once_for_each_who_was_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of three parties, questions that end at once, to one after the other: a flood of both."""
    told = between_three()
    for number in range(30):
        told.say(JPN, release(str(number)), to=(KOR,))
    looked = looked_at(told, monkeypatch)
    asked = (), CATEGORY, JPN, f"{CONSULTATION}release"
    for _ in range(30):
        told.say(JPN, ConsentAsk(*asked, Instant(told.now + 2 * MINUTE_MS)), to=(KOR,))
    assert len(looked) == 30
    assert len(reminded(told)) == 30
    for _ in range(30):
        for party in (USA, KOR):
            told.say(JPN, ConsentAsk(*asked, Instant(told.now + 2 * MINUTE_MS)), to=(party,))
    assert len(looked) == 60
    assert reminded(told) == []


def test_who_was_asked_since_need_not_be_asked_again_when_the_other_is() -> None:
    told = between_three()
    asked = (), CATEGORY, JPN, f"{CONSULTATION}release"
    item = told.say(JPN, release(), to=(KOR,))
    told.say(JPN, ConsentAsk(*asked, Instant(told.now + 2 * MINUTE_MS)), to=(KOR,))
    again = told.say(JPN, release("again"), to=(KOR,), at="2016-12-02")
    assert [about for _, about in reminded(told)] == [item, again]
    told.say(JPN, ConsentAsk(*asked, None), to=(USA,))
    assert [about for _, about in reminded(told)] == [again]
    told.say(JPN, ConsentAsk(*asked, None), to=(KOR,))
    assert reminded(told) == []


def test_whoever_was_not_asked_yet_still_is_to_be_and_time_that_passed_counts_no_more() -> None:
    told = between_three()
    item = told.say(JPN, release(), to=(KOR,))
    asked = (), CATEGORY, JPN, f"{CONSULTATION}release"
    assert told.why(told.say(JPN, ConsentAsk(*asked, None), to=(KOR,))) is None
    assert reminded(told) == [("20", item)]
    in_time = ConsentAsk(*asked, date(2016, 12, 1))
    assert told.why(told.say(JPN, in_time, to=(USA,))) is None
    assert reminded(told) == []
    later = told.say(JPN, release(), to=(KOR,), at="2016-12-02")
    assert reminded(told) == [("20", later)]


def test_what_was_asked_about_by_its_item_is_not_looked_at_by_its_category() -> None:
    told = teller("reclassify")
    first, other = does(told, release()), does(told, release("other"))
    for item in (first, other):
        does(told, ItemReclassify(item, "SECRET", "極秘", told.now))
    asks(told, "reclassify", items=(first,), category=None)
    assert len(reminded(told)) == 1
    asks(told, "reclassify")
    assert reminded(told) == []
