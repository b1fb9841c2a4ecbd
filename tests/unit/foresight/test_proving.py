# SPDX-License-Identifier: Apache-2.0
"""z3 proves the invariants of every template, breaks what is planted, and agrees with compare."""

from __future__ import annotations

import random
from dataclasses import replace
from types import MappingProxyType

import pytest
import z3  # type: ignore[import-untyped]  # z3 ships no types

from comity.agreement.acts import Action, AgreementState
from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.rules import (
    Accredited,
    Among,
    AnyOf,
    BelowLevel,
    Consented,
    NotedInLanguage,
    OffsetDue,
    OneOf,
    Rule,
    ThroughHub,
    TwoPersons,
    UpToLevel,
)
from comity.agreement.templates import template, template_ids
from comity.basis.errors import InvariantError
from comity.decision.conditions import open_conditions
from comity.decision.deciding import decide
from comity.foresight import proving
from comity.foresight.comparing import changed_outcomes
from comity.foresight.formulas import Formulas
from comity.foresight.proving import (
    Invariant,
    consent_from,
    differences,
    find_model,
    prove,
    top_level,
)
from comity.foresight.situations import request_of, world_of
from comity.foresight.worlds import OF_CATEGORY

RAW = template("gsomia-jpn-kor").decode()
SAMPLES = 6


def _agrees_with_the_evaluator(agreement, *more):
    world, chance = world_of(agreement), random.Random(11)
    formulas = Formulas(world, agreement)
    rules = {id(r): r for rules in agreement.rules.by_action.values() for r in rules}
    conditions = {c for rule in rules.values() for c in rule.conditions} | set(more)
    for condition in conditions:
        formula = formulas.holds(condition)
        for _ in range(SAMPLES):
            situation = {each.name: chance.choice(each.words) for each in world.variables}
            request = request_of(world, "", situation)
            holds = not open_conditions((condition,), request, agreement.rules)
            said = z3.simplify(z3.substitute(formula, *formulas.at(situation)))
            assert z3.is_true(said) is holds, (condition, situation)
            assert z3.is_false(said) is not holds


def test_a_formula_means_what_the_evaluator_does(every_clause, circle, goods):
    more = (Accredited("HIGH"), BelowLevel("item.level", "HIGH", ""), NotedInLanguage(()))
    more = (*more, ThroughHub("AAA", by_consent=False), TwoPersons(None))
    _agrees_with_the_evaluator(every_clause, *more)
    _agrees_with_the_evaluator(circle)
    _agrees_with_the_evaluator(goods, OffsetDue(None, approved=False))


@pytest.mark.parametrize("name", template_ids())
def test_the_invariants_of_each_template_are_proved(name):
    agreement = read_agreement(template(name))
    _agrees_with_the_evaluator(agreement)
    findings = prove(agreement)
    assert {each.invariant for each in findings} == set(Invariant)
    assert [each for each in findings if each.proved is not True] == []


def _with(agreement: Agreement, action: Action, change) -> Agreement:
    """Plant a fault in the compiled rules, which no file could say."""
    rules = dict(agreement.rules.by_action)
    rules[action] = change(rules[action])
    return replace(agreement, rules=replace(agreement.rules, by_action=MappingProxyType(rules)))


def _broken(agreement, invariant):
    return {
        each.action: each
        for each in prove(agreement)
        if each.proved is False and each.invariant is invariant
    }


def _without(rules, kind):
    return tuple(
        replace(r, conditions=tuple(c for c in r.conditions if not isinstance(c, kind)))
        for r in rules
    )


def test_a_release_to_a_third_party_without_consent_is_found(gsomia):
    planted = _with(gsomia, Action.THIRD_PARTY_RELEASE, lambda rules: _without(rules, Consented))
    found = _broken(planted, Invariant.CONSENT)
    assert found.keys() == {"third_party_release"}
    finding = found["third_party_release"]
    assert finding.request.recipient not in gsomia.party_ids()
    assert decide(planted, finding.request) == finding.decision
    assert finding.decision.allowed
    assert not decide(gsomia, finding.request).allowed


def test_a_release_above_the_top_level_is_found(gsomia):
    agreement = _with(gsomia, Action.DISCLOSE, lambda rules: _without(rules, UpToLevel))
    finding = _broken(agreement, Invariant.TOP_LEVEL)["disclose"]
    assert finding.request.item.level not in gsomia.levels.order
    assert decide(agreement, finding.request).allowed


def test_an_item_above_the_top_level_that_goes_on_to_a_third_party_is_found(gsomia):
    """A file with a lower top level, and an item that was raised above it after its release."""
    low = read_agreement(
        RAW.replace('top_level = "SECRET"', 'top_level = "CONFIDENTIAL"', 1).encode()
    )
    finding = _broken(low, Invariant.TOP_LEVEL)["third_party_release"]
    assert finding.request.item.level == "SECRET"
    assert finding.request.consents
    assert decide(low, finding.request) == finding.decision
    assert finding.decision.allowed

    def up_to_the_top(rules):
        below = UpToLevel("item.level", "CONFIDENTIAL", "{value} {known}")
        return tuple(replace(each, conditions=(*each.conditions, below)) for each in rules)

    capped = _with(low, Action.THIRD_PARTY_RELEASE, up_to_the_top)
    assert "third_party_release" not in _broken(capped, Invariant.TOP_LEVEL)
    proved = {each.action for each in prove(gsomia) if each.invariant is Invariant.TOP_LEVEL}
    assert "third_party_release" in proved
    assert not _broken(gsomia, Invariant.TOP_LEVEL)


def test_an_end_that_opens_something_is_found_with_the_decision_before_it(gsomia):
    opened = Rule(
        "99",
        "ending",
        frozenset(),
        frozenset({Action.RECLASSIFY}),
        (OneOf("agreement_state", (AgreementState.TERMINATED.value,), "{value} {known}"),),
        "anybody may once it has ended",
    )

    def permits(rules):
        return (*(replace(r, speaks_of=frozenset()) for r in rules), opened)

    agreement = _with(gsomia, Action.RECLASSIFY, permits)
    finding = _broken(agreement, Invariant.TERMINATION)["reclassify"]
    assert finding.request.agreement_state == "terminated"
    assert finding.decision.allowed
    assert not finding.before.allowed


def _freed():
    raw = RAW.replace('from = "originator"', 'from = "originator"\nfrom_level = "SECRET"')
    return read_agreement(raw.encode())


def test_below_the_level_from_which_the_file_asks_for_consent_nothing_is_proved(gsomia, pact):
    findings = [each for each in prove(_freed()) if each.invariant is Invariant.CONSENT]
    assert {(each.proved, each.but_below) for each in findings} == {(True, "SECRET")}
    assert {each.but_below for each in prove(gsomia)} == {None}
    both = '[[article.third_party_rule]]\nfrom_level = "{}"\n[[article.third_party_rule]]\n{}\n'
    assert consent_from(pact(clauses=both.format("HIGH", ""))) is None
    assert consent_from(pact(clauses=both.format("HIGH", 'from_level = "LOW"'))) == "LOW"


def test_a_release_without_consent_is_found_from_the_level_on(gsomia):
    planted = _with(_freed(), Action.THIRD_PARTY_RELEASE, lambda rules: _without(rules, AnyOf))
    finding = _broken(planted, Invariant.CONSENT)["third_party_release"]
    assert finding.request.item.level != "CONFIDENTIAL"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('people = "officials"\nclearance', 'people = "contractors"\nclearance'),
        ('from = "originator"', 'from = "originator"\nfrom_level = "SECRET"'),
        ('carries = ["level", "originator", "receiver_mark"]', 'carries = ["level"]'),
        ('when = "end"', 'when = "notice"'),
        ('"cyber",', ""),
        ('top_level = "SECRET"', 'top_level = "CONFIDENTIAL"'),
    ],
)
def test_the_differences_of_two_versions_are_those_that_compare_tells(gsomia, old, new):
    assert old in RAW
    changed = read_agreement(RAW.replace(old, new).encode())
    told = changed_outcomes(gsomia, changed)
    proved = {(each.action, each.allowed) for each in differences(gsomia, changed)}
    assert proved == {(each.action, each.allowed) for each in told}
    world = world_of(gsomia, changed)
    before, after = Formulas(world, gsomia), Formulas(world, changed)
    for action, allowed in proved:
        was, now = before.allowed(action), after.allowed(action)
        differs = z3.And(now, z3.Not(was)) if allowed else z3.And(was, z3.Not(now))
        covered = [
            after.within(each.scope, each.rows)
            for each in told
            if (each.action, each.allowed) == (action, allowed)
        ]
        assert find_model(after, z3.And(differs, z3.Not(z3.Or(*covered)))) is True


def _by_category_too(rules):
    """Let the hub pass on by a consent of either kind, as by a third party rule."""
    told = []
    for rule in rules:
        kept = tuple(c for c in rule.conditions if not isinstance(c, ThroughHub))
        if kept != rule.conditions:
            to_hub = OneOf("recipient", ("USA",), "{value} {known}")
            by_any = AnyOf((to_hub, Consented("recipient")))
            kept = (*kept, ThroughHub("USA", by_consent=False), by_any)
        told.append(replace(rule, conditions=kept))
    return tuple(told)


def test_a_hub_that_takes_consents_for_a_category_is_told_from_one_that_asks_item_by_item():
    by_item = read_agreement(template("tisa-2014"))
    looser = _with(by_item, Action.RELEASE, _by_category_too)
    _agrees_with_the_evaluator(looser)
    for old, new, allowed in ((by_item, looser, True), (looser, by_item, False)):
        (proved,) = differences(old, new)
        told = changed_outcomes(old, new)
        assert {(each.action, each.allowed) for each in told} == {("release", allowed)}
        assert (proved.action, proved.allowed) == ("release", allowed)
        for request in (proved.request, *(each.request for each in told)):
            assert request.consents
            assert all(c.category and not c.items for c in request.consents)
            assert (request.actor.party, request.recipient != "USA") == ("USA", True)
        for each in told:
            assert {row[each.scope.index("consent.of")] for row in each.rows} == {OF_CATEGORY}
    by_mark = read_agreement(
        template("tisa-2014").replace(b'approval = "written_consent"', b'approval = "mark"')
    )
    told = changed_outcomes(by_item, by_mark)
    assert [name for name in ("consent", "consent.of") for each in told if name in each.scope] == [
        *("consent", "consent"),
        *("consent.of", "consent.of"),
    ]
    assert {(each.action, each.allowed) for each in told} == {("release", True), ("transmit", True)}


def test_what_the_decision_does_not_confirm_is_a_fault_of_the_program(gsomia, monkeypatch):
    planted = _with(gsomia, Action.THIRD_PARTY_RELEASE, lambda rules: _without(rules, Consented))
    monkeypatch.setattr(proving, "decide", lambda _, request: decide(gsomia, request))
    with pytest.raises(InvariantError):
        prove(planted)


def test_what_is_not_decided_in_time_is_neither_proved_nor_broken(gsomia, monkeypatch):
    monkeypatch.setattr(z3.Solver, "check", lambda self: z3.unknown)
    assert {each.proved for each in prove(gsomia)} == {None}


def test_a_condition_without_a_formula_is_a_fault_of_the_program(gsomia):
    formulas = Formulas(world_of(gsomia), gsomia)
    with pytest.raises(InvariantError):
        formulas.holds(Among("purpose", "item.marked", ""))


def test_the_top_level_is_the_highest_that_a_release_names(gsomia, pact):
    assert top_level(gsomia) == "SECRET"
    low = pact(clauses='[article.release]\ntop_level = "LOW"\n')
    assert top_level(low) == "LOW"
    assert top_level(pact()) == "HIGH"
