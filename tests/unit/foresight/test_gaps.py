# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Callable

import pytest

from comity.agreement.acts import Action
from comity.agreement.model import Agreement
from comity.basis.errors import Problem
from comity.foresight.gaps import check

Pact = Callable[..., Agreement]


def never_allowed(problems: tuple[Problem, ...]) -> set[str]:
    return {
        problem.what.rpartition(": ")[2]
        for problem in problems
        if problem.code == "foresight.never-allowed"
    }


def test_the_template_leaves_nothing_open(gsomia: Agreement) -> None:
    assert check(gsomia) == ()


def test_an_act_that_is_forbidden_by_name_is_no_gap(pact: Pact) -> None:
    assert "visit" in never_allowed(check(pact(clauses="[article.forbidden]\nacts = ['use']")))
    assert "use" not in never_allowed(check(pact(clauses="[article.forbidden]\nacts = ['use']")))


def test_a_file_without_clauses_allows_nothing(pact: Pact) -> None:
    goods = {Action.ORDER, Action.APPROVE_ORDER, Action.DELIVER, Action.SETTLE}
    assert never_allowed(check(pact())) == {action.value for action in set(Action) - goods}


def test_a_file_about_goods_is_asked_about_goods_alone(pact: Pact) -> None:
    goods = {Action.ORDER, Action.APPROVE_ORDER, Action.DELIVER, Action.SETTLE}
    assert never_allowed(check(pact(clauses="[article.settlement]"))) == {
        action.value for action in {*goods, Action.TRANSFER_GOODS} - {Action.SETTLE}
    }
    both = never_allowed(check(pact(clauses="[article.settlement]\n[article.release]")))
    assert {"order", "open"} <= both


def test_an_act_is_allowed_by_a_clause_that_permits_it(pact: Pact) -> None:
    assert "open" not in never_allowed(check(pact(clauses="[article.access]")))


def test_a_gap_cites_the_clauses_that_speak_of_the_act(pact: Pact) -> None:
    problems = check(pact(clauses='[article.marking]\npara = "(2)"\n[article.facility_register]'))
    opening = next(problem for problem in problems if problem.what.endswith(": open"))
    assert opening.where == "1, 1(2)"


@pytest.mark.parametrize(
    ("first", "second", "possible"),
    [
        ("node", "node", True),
        ("node", "courier", False),
    ],
)
def test_channels_that_exclude_each_other_leave_no_way_to_release(
    pact: Pact, first: str, second: str, possible: bool
) -> None:
    clauses = (
        "[article.release]\n[[article.channel]]\n"
        f'allowed = ["{first}"]\n[[article.channel]]\nallowed = ["{second}"]'
    )
    assert ("release" not in never_allowed(check(pact(clauses=clauses)))) is possible


def test_releases_of_separate_categories_exclude_each_other(pact: Pact) -> None:
    clauses = '[[article.release]]\ncategories = ["open"]\n[[article.release]]\n'
    assert "release" in never_allowed(check(pact(clauses=clauses + 'categories = ["air"]')))
    assert "release" not in never_allowed(check(pact(clauses=clauses)))


def test_a_level_without_a_marking_of_every_party_is_a_gap(pact: Pact) -> None:
    row = '[[equivalence]]\nlevel = "{}"\n{}\nAAA = ["{}"]\nBBB = ["{}"]\n'
    half = row.format("HIGH", 'article = "1(4)"', "top", "haut").replace('BBB = ["haut"]', "")
    found = [p for p in check(pact(equivalence=half)) if p.code == "foresight.no-marking"]
    assert [(p.what, p.where) for p in found] == [
        ("BBB has no marking for HIGH", "1(4)"),
        ("AAA has no marking for LOW", ""),
        ("BBB has no marking for LOW", ""),
    ]
    both = row.format("HIGH", "", "top", "haut") + row.format("LOW", "", "low", "bas")
    assert not [p for p in check(pact(equivalence=both)) if p.code == "foresight.no-marking"]


def test_an_ending_that_stops_an_act_nothing_permits_is_a_gap(pact: Pact) -> None:
    clauses = '[article.release]\n[article.ending]\nstops = ["release", "visit"]'
    found = [
        problem
        for problem in check(pact(clauses=clauses))
        if problem.code == "foresight.ending-stops-nothing"
    ]
    assert [(problem.found, problem.where) for problem in found] == [("visit", "1")]


def test_a_suspension_of_an_act_nothing_permits_is_a_gap(pact: Pact) -> None:
    clauses = '[article.release]\n[article.suspension]\nacts = ["release", "open"]'
    found = [
        problem
        for problem in check(pact(clauses=clauses))
        if problem.code == "foresight.suspension-stops-nothing"
    ]
    assert [(problem.found, problem.where) for problem in found] == [("open", "1")]


def test_an_end_that_is_shut_by_another_clause_is_a_gap(pact: Pact) -> None:
    clauses = '[article.retention]\nthen = ["return"]\n[article.destruction]\n'
    assert "destroy" in never_allowed(check(pact(clauses=clauses)))
    assert "destroy" not in never_allowed(check(pact(clauses="[article.destruction]")))


def test_persons_of_two_kinds_at_once_are_a_gap(pact: Pact) -> None:
    clauses = '[[article.access]]\n[[article.access]]\npeople = "contractors"\n'
    assert "open" in never_allowed(check(pact(clauses=clauses)))


def test_a_circle_that_takes_no_person_of_the_kind_is_a_gap(pact: Pact) -> None:
    circle = '[article.audience]\nHIGH = "organisation"\nLOW = "{}"\n'
    contractors = '[article.access]\npeople = "contractors"\n'
    shut = pact(clauses=circle.format("community") + contractors)
    assert "open" in never_allowed(check(shut))
    assert "open" not in never_allowed(check(pact(clauses=circle.format("anyone") + contractors)))
