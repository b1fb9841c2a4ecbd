# SPDX-License-Identifier: Apache-2.0
"""Consultation before acting: whoever acts unasked is reminded by the article, never stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from comity.agreement.vocabulary.consultation import BEFORE
from comity.basis.ids import PartyId, Place
from comity.state.affairs import Doing
from comity.state.coming import ASK_FIRST, coming_at
from comity.state.consulting import ACTIONS, unasked
from comity.statement.cases import DisclosureRecord, VisitKind, VisitRequest
from comity.statement.information import CONSULTATION, ConsentAsk, ItemReclassify
from tests.support_state import JPN, KOR, USA, Teller, in_force, label, release, varied

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
