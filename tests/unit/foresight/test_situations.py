# SPDX-License-Identifier: Apache-2.0
"""The finite world: its tables say what the evaluator says of any situation, whole or in part."""

from __future__ import annotations

import itertools
import random

import pytest

from comity.agreement.reading import read_agreement
from comity.agreement.rules import Accredited, BelowLevel
from comity.agreement.templates import template, template_ids
from comity.basis.errors import InvariantError
from comity.decision.conditions import KNOWN_CONDITIONS, open_conditions
from comity.foresight import constraints
from comity.foresight.constraints import Asked, Constraint, Way, constrain
from comity.foresight.situations import request_of, world_of

SAMPLES = 25


def _conditions(agreement):
    rules = {id(r): r for rules in agreement.rules.by_action.values() for r in rules}
    return [(rule, condition) for rule in rules.values() for condition in rule.conditions]


def _tables_hold(agreement, *more):
    world, chance = world_of(agreement), random.Random(7)
    samples = [
        {each.name: chance.choice(each.words) for each in world.variables} for _ in range(SAMPLES)
    ]
    seen, asked = set(), Asked(world)
    found = _conditions(agreement)
    for rule, condition in (*found, *((found[0][0], each) for each in more)):
        parts = constrain(asked, agreement, rule, condition)
        for situation in samples:
            request = request_of(world, "", situation)
            outcomes = open_conditions((condition,), request, agreement.rules)
            met = all(each.meets(situation) for each in parts)
            assert met is (not outcomes), (condition, situation)
            assert not any(each.missing for each in outcomes)
        seen.add(type(condition))
    return seen


def test_a_condition_depends_on_the_variables_of_its_scope_and_on_nothing_else(
    every_clause, circle, goods
):
    more = (Accredited("HIGH"), BelowLevel("item.level", "HIGH", ""))
    seen = _tables_hold(every_clause, *more) | _tables_hold(circle) | _tables_hold(goods)
    assert seen == KNOWN_CONDITIONS


@pytest.mark.parametrize("name", template_ids())
def test_the_tables_of_each_template_say_what_the_evaluator_says(name):
    _tables_hold(read_agreement(template(name)))


def test_requests_are_made_once_for_the_same_variables_and_kept_only_where_they_are_few(
    gsomia, monkeypatch
):
    asked = Asked(world_of(gsomia))
    few = [request for _, request in asked.of(("purpose", "channel"))]
    again = [request for _, request in asked.of(("purpose", "channel"))]
    assert all(one is other for one, other in zip(few, again, strict=True))
    monkeypatch.setattr(constraints, "FORESIGHT_ASKED_ROWS_MAX", 1)
    many = [[*asked.of(("purpose", "note"))] for _ in range(2)]
    assert many[0] == many[1]
    assert many[0][0][1] is not many[1][0][1]


def test_what_is_demanded_many_times_over_is_searched_for_once(gsomia, monkeypatch):
    """Whoever proposes a text chooses how often it repeats itself."""
    world, asked = world_of(gsomia), Asked(world_of(gsomia))
    demanded = [
        part for each in _conditions(gsomia)[:6] for part in constrain(asked, gsomia, *each)
    ]
    looked_at = []
    narrow = constraints._narrow

    def counted(domains, found):
        looked_at.append(len(found))
        return narrow(domains, found)

    monkeypatch.setattr(constraints, "_narrow", counted)
    once = Way(world, demanded).first, [*looked_at]
    looked_at.clear()
    assert (Way(world, demanded * 50).first, looked_at) == once


def test_a_situation_leaves_no_fact_unknown(every_clause):
    world = world_of(every_clause)
    request = request_of(world, "open", {})
    assert request.item.level == "LOW"
    assert request.actor.party == "AAA"


def test_the_outsider_and_the_level_above_are_of_no_file(pact):
    file = pact(top="")
    renamed = pact(levels='article = "1"')
    assert world_of(file, renamed).outsider == "ZZZ"
    assert world_of(file).above not in file.levels.order


def test_the_outsider_is_another_than_a_party_of_that_name(pact):
    named = pact().raw.replace(b"parties.AAA", b"parties.ZZZ")
    assert world_of(read_agreement(named)).outsider == "ZZZX"


def _constraint(agreement, scope, rows):
    rule = agreement.rules.by_action["open"][0]
    return Constraint(scope, frozenset(rows), rule)


def test_constraints_that_only_together_leave_nothing_have_no_way(gsomia):
    names = ("need_to_know", "actor.registered", "actor.named")
    apart = [("yes", "no"), ("no", "yes")]
    every = [_constraint(gsomia, pair, apart) for pair in itertools.combinations(names, 2)]
    world = world_of(gsomia)
    assert Way(world, every).first is None
    assert Way(world, every).with_words(("need_to_know",), ("yes",)) is None
    two = Way(world, every[:2])
    assert [two.first[name] for name in names] == ["no", "yes", "yes"]
    assert two.with_words(("actor.named",), ("no",))["need_to_know"] == "yes"
    assert two.with_words(("actor.named", "actor.registered"), ("yes", "no")) is None


def test_a_demand_on_nothing_is_met_always_or_never(gsomia):
    world = world_of(gsomia)
    assert Way(world, [_constraint(gsomia, (), [()])]).first is not None
    assert Way(world, [_constraint(gsomia, (), [])]).first is None


def test_ladders_are_joined_in_their_order(pact, gsomia):
    other = pact()
    assert world_of(gsomia, other).levels == ("HIGH", "LOW", "SECRET", "CONFIDENTIAL")
    assert world_of(gsomia, gsomia).levels == ("SECRET", "CONFIDENTIAL")


def test_a_world_knows_its_own_variables_alone(gsomia):
    with pytest.raises(InvariantError):
        world_of(gsomia).words("colour")
