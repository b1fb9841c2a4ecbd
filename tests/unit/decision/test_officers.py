# SPDX-License-Identifier: Apache-2.0
"""A facility that has nobody in office, or soon will, comes up; one that is looked after does not.

Source: Japan-ROK GSOMIA Art. 10 (treaties.md G10)
"""

from __future__ import annotations

import pytest

from comity.basis.ids import PersonId
from comity.basis.instants import Date, Instant, parse_instant
from comity.decision.officers import END, NONE, vacancies_at, vacancy_json
from comity.decision.people import Facility

OFFICER = PersonId("kor-001")
ENDING = Facility("hq", OFFICER, Date(2016, 12, 31))
VACANT = Facility("annex", None)
WITHOUT_END = Facility("plant", OFFICER, None, "firm-7")


def at(text: str) -> Instant:
    return parse_instant(f"{text}T00:00:00Z")


@pytest.mark.row("G10")
def test_g10_a_term_comes_up_sixty_days_before_it_ends_and_stays_until_another_is_named() -> None:
    def up(day: str, *facilities: Facility) -> list[tuple[str, str]]:
        return [(each.what, each.facility) for each in vacancies_at(facilities, at(day))]

    assert up("2016-10-31", ENDING, WITHOUT_END) == []
    assert up("2016-11-01", ENDING, WITHOUT_END) == [(END, "hq")]
    assert up("2030-01-01", ENDING) == [(END, "hq")]
    assert up("2016-01-01", ENDING, VACANT) == [(NONE, "annex")]
    assert up("2017-01-01", ENDING, VACANT) == [(NONE, "annex"), (END, "hq")]


def test_one_is_reminded_by_each_moment_once_and_of_an_unnamed_officer_once() -> None:
    days = ("2016-11-01", "2016-11-30", "2016-12-01", "2016-12-24", "2017-01-01", "2018-01-01")
    keys = [each.reminder_key(at(day)) for day in days for each in vacancies_at([ENDING], at(day))]
    assert [int(each.rpartition("/")[2]) for each in keys] == [
        at(day)
        for day in (
            "2016-11-01",
            "2016-11-01",
            "2016-12-01",
            "2016-12-24",
            "2017-01-01",
            "2017-01-01",
        )
    ]
    assert {each.rpartition("/")[0] for each in keys} == {"officer.end/hq/2016-12-31"}
    (vacant,) = vacancies_at([VACANT], at("2016-11-01"))
    assert vacant.reminder_key(at("2016-11-01")) == "officer.none/annex"


def test_a_vacancy_is_written_with_whose_term_it_was() -> None:
    (last,) = vacancies_at([ENDING], at("2016-12-31"))
    assert vacancy_json(last, at("2016-12-31")) == {
        "what": END,
        "facility": "hq",
        "person": OFFICER,
        "day": "2016-12-31",
        "passed": False,
    }
    assert vacancy_json(last, at("2017-01-01"))["passed"] is True
    (vacant,) = vacancies_at([VACANT], at("2016-12-31"))
    assert vacancy_json(vacant, at("2016-12-31")) == {
        "what": NONE,
        "facility": "annex",
        "person": None,
        "day": None,
        "passed": True,
    }
