# SPDX-License-Identifier: Apache-2.0
"""What two versions decide otherwise: found whole, told once, shown by a request."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from comity.agreement.reading import read_agreement
from comity.basis.errors import InputError, InvariantError
from comity.decision.deciding import decide
from comity.foresight import comparing
from comity.foresight.clause_changes import Change, changed_clauses, key_json
from comity.foresight.comparing import Demand, changed_outcomes, supersession
from comity.foresight.constraints import Constraint, boxes
from comity.foresight.situations import request_of, world_of
from tests.builders.versions import RAW, changed


def told(old, new):
    return {
        (each.action, each.allowed, each.article, boxes(each.scope, each.rows))
        for each in changed_outcomes(old, new)
    }


def test_two_equal_versions_differ_in_nothing(gsomia):
    assert changed_outcomes(gsomia, gsomia) == ()
    assert changed_clauses(gsomia, gsomia) == ()


def test_a_kind_of_person_that_may_now_open_is_told_with_its_article(gsomia):
    new = changed(('people = "officials"\nclearance', 'people = "contractors"\nclearance'))
    found = told(gsomia, new)
    assert ("open", True, "7(1)", ((("contractor",),),)) in found
    assert ("open", False, "7(1)", ((("official",),),)) in found
    assert {action for action, *_ in found} == {"open", "reproduce", "use", "derive"}


def test_every_example_is_decided_as_it_is_told(gsomia, every_clause):
    other = changed(('"cyber",', ""), ('top_level = "SECRET"', 'top_level = "CONFIDENTIAL"'))
    for each in changed_outcomes(gsomia, other):
        assert decide(gsomia, each.request).allowed is not each.allowed
        assert decide(other, each.request).allowed is each.allowed
        assert (each.old.allowed, each.new.allowed) == (not each.allowed, each.allowed)


def test_an_act_that_no_clause_permits_any_more_is_told_without_a_case(gsomia):
    start = RAW.index("[article.third_party_rule]")
    end = RAW.index("[article.purpose_limitation]")
    without = read_agreement((RAW[:start] + RAW[end:]).encode())
    assert ("third_party_release", False, "2", ((),)) in told(gsomia, without)
    assert ("third_party_release", True, "2", ((),)) in told(without, gsomia)


def test_a_level_that_joins_the_ladder_is_told_once_for_each_reason(gsomia):
    new = changed(
        ('order = ["SECRET", "CONFIDENTIAL"]', 'order = ["TOP SECRET", "SECRET", "CONFIDENTIAL"]'),
        ('top_level = "SECRET"', 'top_level = "TOP SECRET"'),
    )
    found = [each for each in changed_outcomes(gsomia, new) if each.action == "transmit"]
    assert (found[0].article, found[0].clause) == ("2", "release")
    assert all(each.allowed for each in found)
    assert boxes(found[0].scope, found[0].rows) == ((("TOP SECRET",),),)


def _every_difference_is_covered(old, new, action, names):
    """Try every situation over some variables, and ask whether one change covers it."""
    world = world_of(old, new)
    changes = [each for each in changed_outcomes(old, new) if each.action == action]
    found = 0
    for words in itertools.product(*(world.words(name) for name in names)):
        situation = dict(zip(names, words, strict=True))
        request = request_of(world, action, situation)
        before, after = decide(old, request).allowed, decide(new, request).allowed
        whole = {each.name: each.words[0] for each in world.variables} | situation
        covering = [
            each
            for each in changes
            if each.allowed is after and tuple(whole[n] for n in each.scope) in each.rows
        ]
        assert bool(covering) >= (before is not after)
        found += before is not after
    assert found


def test_nothing_that_changed_is_left_out(gsomia):
    new = changed(
        ('people = "officials"\nclearance', 'people = "officials_and_contractors"\nclearance'),
        ('carries = ["level", "originator", "receiver_mark"]', 'carries = ["level"]'),
        ('"cyber",', ""),
        ('otherwise = "written_consent"', 'otherwise = "nothing"'),
    )
    names = ("actor.kind", "item.category", "marks", "purpose", "consent", "need_to_know")
    _every_difference_is_covered(gsomia, new, "open", names)


def test_nothing_is_left_out_where_several_clauses_permit(every_clause, pact):
    from tests.unit.foresight.conftest import EVERY_CLAUSE

    forms = 'forms = ["oral", "document"]'
    clauses = EVERY_CLAUSE.replace('top_level = "HIGH"', 'top_level = "LOW"')
    new = pact(clauses=clauses, forms=forms)
    names = ("visit", "visit.level", "item.level", "recipient", "item.originators")
    _every_difference_is_covered(every_clause, new, "disclose", names)


def test_versions_of_two_agreements_are_not_compared(gsomia, pact):
    with pytest.raises(InputError) as caught:
        changed_outcomes(gsomia, pact())
    assert caught.value.code == "foresight.other-agreement"


def test_a_version_says_whether_it_follows_the_other(gsomia):
    following = replace(gsomia, version=3, supersedes=gsomia.sha256)
    assert supersession(gsomia, following) == comparing.Supersession(True, True)
    assert supersession(gsomia, gsomia) == comparing.Supersession(False, False)


def test_what_the_decision_does_not_confirm_is_a_fault_of_the_program(gsomia, monkeypatch):
    new = changed(('people = "officials"\nclearance', 'people = "contractors"\nclearance'))
    monkeypatch.setattr(comparing, "decide", lambda agreement, request: decide(gsomia, request))
    with pytest.raises(InvariantError):
        changed_outcomes(gsomia, new)


def test_a_search_that_is_too_wide_says_that_it_is_not_whole(gsomia, monkeypatch):
    monkeypatch.setattr(comparing, "FORESIGHT_ROWS_MAX", 1)
    new = changed(('from = "originator"', 'from = "originator"\nfrom_level = "SECRET"'))
    assert not all(each.whole for each in changed_outcomes(gsomia, new))


def many_releases(pact, count, levels):
    """Give a pact in which several clauses permit a release, each of other categories."""
    clauses = "".join(
        f'[[article]]\nnumber = "{20 + i}"\nsource = "model"\ntitle.en = "R"\nsummary.en = "r"\n'
        f'[article.release]\ntop_level = "{levels[i % 2]}"\n'
        f'categories = ["{("open", "air")[i % 2]}"]\n'
        f'forms = ["{"oral" if i % 3 else "document"}"]\n'
        for i in range(count)
    )
    return pact(
        clauses='[article.release]\ntop_level = "LOW"\ncategories = ["open"]\n' + clauses,
        forms='forms = ["oral", "document"]',
    )


def _demand(world, *permits):
    rule = template_rule()
    made = {
        name: Constraint((name,), frozenset({(world.words(name)[0],)}), rule)
        for name in {name for permit in permits for name in permit}
    }
    return Demand((), tuple(tuple(made[name] for name in permit) for permit in permits))


def template_rule():
    return next(iter(read_agreement(RAW.encode()).rules.by_action["open"]))


def test_what_fails_of_two_clauses_at_once_is_asked_once(gsomia):
    world = world_of(gsomia, gsomia)
    demand = _demand(world, ("purpose", "channel"), ("channel", "item.form"), ("channel",))
    reasons, whole = comparing._reasons(world, demand)
    assert whole
    assert [tuple(part.scope[0] for part in parts) for parts in reasons] == [
        ("purpose", "channel"),
        ("purpose", "item.form", "channel"),
        ("channel",),
    ]


def test_a_clause_that_permits_always_leaves_nothing_to_fail(gsomia):
    world = world_of(gsomia, gsomia)
    demand = _demand(world, ("purpose", "channel"), ())
    assert comparing._reasons(world, demand) == ((), True)


@pytest.mark.parametrize("limit", ["FORESIGHT_REASONS_MAX", "FORESIGHT_JOINED_ROWS_MAX"])
def test_ways_beyond_a_limit_are_not_tried_and_that_is_said(gsomia, monkeypatch, limit):
    monkeypatch.setattr(comparing, limit, 2)
    world = world_of(gsomia, gsomia)
    demand = _demand(world, ("purpose", "channel"), ("item.form", "item.level"))
    reasons, whole = comparing._reasons(world, demand)
    assert not whole
    assert len(reasons) <= 2


def test_more_clauses_than_ways_are_not_even_begun(gsomia, monkeypatch):
    monkeypatch.setattr(comparing, "FORESIGHT_REASONS_MAX", 1)
    world = world_of(gsomia, gsomia)
    assert comparing._reasons(world, _demand(world, ("purpose",), ("item.form",))) == ((), False)


def test_changes_found_within_the_limit_are_told_as_not_whole(pact, monkeypatch):
    old, new = (many_releases(pact, 2, levels) for levels in (("HIGH", "LOW"), ("LOW", "LOW")))
    assert all(each.whole for each in changed_outcomes(old, new))
    monkeypatch.setattr(comparing, "FORESIGHT_REASONS_MAX", 20)
    assert not all(each.whole for each in changed_outcomes(old, new))


def test_where_none_is_found_within_the_limit_nothing_is_claimed(pact, monkeypatch):
    old, new = (many_releases(pact, 2, levels) for levels in (("HIGH", "LOW"), ("LOW", "LOW")))
    monkeypatch.setattr(comparing, "FORESIGHT_REASONS_MAX", 0)
    with pytest.raises(InputError) as caught:
        changed_outcomes(old, new)
    assert caught.value.code == "foresight.too-many-ways"


def test_the_same_clause_many_times_is_looked_at_as_often_as_once(gsomia, monkeypatch):
    """Whoever proposes a text chooses how long it is: each clause asked all the others anew."""
    built = []

    class Counted(comparing.Way):
        def __init__(self, *of):
            built.append(1)
            super().__init__(*of)

    monkeypatch.setattr(comparing, "Way", Counted)

    def looked_at(copies):
        built.clear()
        raw = RAW + "".join(
            f"""
[[article]]
number = "X{index}"
source = "model"
title = {{ en = "t", ja = "t", ko = "t" }}
summary = {{ en = "s", ja = "s", ko = "s" }}
[article.access]
people = "officials"
clearance = "at_least_level"
need_to_know = "category"
"""
            for index in range(copies)
        )
        changes = changed_outcomes(gsomia, read_agreement(raw.encode()))
        return len(built), changes

    assert looked_at(1) == looked_at(40)


def test_a_comparison_that_would_look_at_too_much_gives_up_and_claims_nothing(pact, monkeypatch):
    old, new = (many_releases(pact, 2, levels) for levels in (("HIGH", "LOW"), ("LOW", "LOW")))
    monkeypatch.setattr(comparing, "FORESIGHT_WORK_MAX", 0)
    with pytest.raises(InputError) as caught:
        changed_outcomes(old, new)
    assert caught.value.code == "foresight.too-many-ways"


def test_clauses_are_told_with_their_keys_before_and_after(gsomia):
    new = changed(
        ('within = "5 days"', 'within = "3 days"'),
        ('notice = "90 days"', 'notice = "60 days"\nwithdrawal = "12 months"'),
        ('{ text = "秘", romanised = "Hi" }', '{ text = "秘密", valid_from = 2026-01-01 }'),
    )
    found = {(each.article, each.clause): each for each in changed_clauses(gsomia, new)}
    [(key, before, after)] = found["12(a)", "receipt"].keys
    assert (key, key_json(before), key_json(after)) == ("within", "5 days", "3 days")
    assert [
        (key, key_json(before), key_json(after))
        for key, before, after in found["21", "lifecycle"].keys
    ] == [("notice", "90 days", "60 days"), ("withdrawal", None, "12 months")]
    [(key, before, after)] = found["4(1)", "equivalence.JPN"].keys
    assert (key_json(before), key_json(after)) == (["秘"], ["秘密 (2026-01-01..)"])


def test_a_clause_that_comes_or_goes_is_told_as_such(gsomia, every_clause, pact):
    start = RAW.index("[article.third_party_rule]")
    end = RAW.index("[article.purpose_limitation]")
    without = read_agreement((RAW[:start] + RAW[end:]).encode())
    [gone] = changed_clauses(gsomia, without)
    [came] = changed_clauses(without, gsomia)
    assert (gone.change, gone.clause) == (Change.REMOVED, "third_party_rule")
    assert (came.change, came.clause) == (Change.ADDED, "third_party_rule")
    found = changed_clauses(pact(top='text_sha256 = "' + "ab" * 32 + '"'), every_clause)
    assert all(
        key_json(after) is not None
        for each in found
        for _, before, after in each.keys
        if before is None
    )


def test_a_table_of_orders_is_told_row_by_row(goods, pact):
    found = changed_clauses(pact(), goods)
    rows = [key_json(after) for each in found for key, _, after in each.keys if key == "allowed"]
    assert rows == [
        [
            {
                "providers": ["AAA"],
                "categories": ["air"],
                "activities": ["exercise"],
                "valid_to": "2020-06-15",
            },
            {"categories": ["open"], "valid_from": "2019-01-01"},
        ]
    ]
    [activities] = [after for each in found for key, _, after in each.keys if key == "activities"]
    assert activities == ("exercise", "relief")


def test_one_clause_after_another_of_its_kind_is_told_apart(pact):
    one = '[[article.channel]]\nallowed = ["node"]\n'
    two = one + '[[article.channel]]\nallowed = ["courier"]\n'
    [came] = changed_clauses(pact(clauses=one), pact(clauses=two))
    assert (came.change, {key: after for key, _, after in came.keys}["allowed"]) == (
        Change.ADDED,
        ("courier",),
    )


def test_what_a_party_tells_before_it_signs_is_part_of_what_is_compared(gsomia):
    table = """[parties.KOR.before_signing]
article = "21"
notices = ["entering"]
ahead = "30 days"

[levels]"""
    asked = changed(("[levels]", table))
    [came] = changed_clauses(gsomia, asked)
    assert (came.article, came.clause) == ("21", "parties.KOR.before_signing")
    assert came.change is Change.ADDED
    assert [(key, key_json(after)) for key, _, after in came.keys] == [
        ("notices", ["entering"]),
        ("ahead", "30 days"),
    ]
    sooner = changed(("[levels]", table.replace("30 days", "29 days")))
    [less] = changed_clauses(asked, sooner)
    assert [(key, key_json(after)) for key, _, after in less.keys] == [("ahead", "29 days")]
    [gone] = changed_clauses(asked, gsomia)
    assert gone.change is Change.REMOVED


def test_a_currency_is_part_of_what_is_compared(pact):
    [changed_party] = changed_clauses(pact(), pact(currency='currency = "JPY"'))
    assert (changed_party.clause, changed_party.keys) == (
        "parties.AAA",
        (("currency", None, "JPY"),),
    )
