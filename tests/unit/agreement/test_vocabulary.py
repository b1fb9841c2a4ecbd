# SPDX-License-Identifier: Apache-2.0
"""The clause kinds held to AGREEMENTS.md section 3: what each speaks of, permits and asks."""

from collections.abc import Callable

import pytest

from comity.agreement.acts import Action, AgreementState, Effect
from comity.agreement.kinds import ClauseKind
from comity.agreement.model import Agreement, Clause
from comity.agreement.rules import (
    AnyOf,
    BelowLevel,
    Consented,
    DutyRule,
    HoldsAll,
    OneOf,
    Rule,
    Term,
    UpToLevel,
)
from comity.agreement.vocabulary import CLAUSE_KINDS, find_kind, kind_names
from comity.basis.instants import Duration, DurationUnit

Read = Callable[[str], Agreement]

HOLDING = {"open", "reproduce", "use", "derive"}

# AGREEMENTS.md section 3, word by word: kind, P or D, speaks of, permits.
TABLE = [
    ("release", "P", {"release", "transmit"}, {"release", "transmit", "disclose"}),
    ("access", "P", HOLDING, HOLDING),
    ("facility_register", "P", HOLDING | {"translate"}, set()),
    ("assurance", "P", {"release", "transmit"}, set()),
    (
        "third_party_rule",
        "P",
        {"third_party_release", "transfer_goods"},
        {"third_party_release", "transfer_goods"},
    ),
    (
        "purpose_limitation",
        "P",
        HOLDING | {"translate", "third_party_release", "contractor_release"},
        set(),
    ),
    ("marking", "P", HOLDING | {"translate"}, set()),
    ("derived", "P", {"derive"}, set()),
    ("channel", "P", {"release", "transmit"}, set()),
    ("hub", "P", {"release", "transmit"}, set()),
    ("copies", "P", {"reproduce"}, set()),
    ("translation", "P", {"translate"}, {"translate"}),
    ("contractor", "P D", {"contractor_release"}, {"contractor_release"}),
    ("visit", "P", {"visit", "disclose"}, {"visit", "disclose"}),
    ("audience", "P", HOLDING, HOLDING),
    ("forbidden", "P", set(), set()),
    ("ending", "P", set(), set()),
    ("suspension", "P D", set(), set()),
    ("reclassification", "P D", {"reclassify"}, {"reclassify"}),
    ("retention", "P D", {"return", "destroy"}, {"return", "destroy"}),
    ("destruction", "P D", {"destroy"}, {"destroy"}),
    ("receipt", "D", set(), set()),
    ("incident", "D", set(), set()),
    ("notify", "D", set(), set()),
    ("inventory", "D", set(), set()),
    ("consultation", "D", set(), set()),
]


@pytest.mark.parametrize(("name", "effect", "speaks_of", "permits"), TABLE)
def test_a_kind_speaks_of_and_permits_what_the_table_says(
    name: str, effect: str, speaks_of: set[str], permits: set[str]
) -> None:
    kind = find_kind(name)
    assert kind is not None
    assert kind.effect == effect
    assert set(kind.speaks_of) == speaks_of
    assert set(kind.permits) == permits


def test_the_list_of_kinds_is_closed() -> None:
    assert kind_names() == tuple(row[0] for row in TABLE)
    assert find_kind("order") is None


@pytest.mark.parametrize("kind", CLAUSE_KINDS, ids=kind_names())
def test_a_kind_means_two_sentences_and_its_keys_say_what_they_are(kind: ClauseKind) -> None:
    assert kind.meaning.count(". ") == 1
    assert kind.meaning.endswith(".")
    assert all(spec.meaning for spec in kind.keys)
    assert len({spec.name for spec in kind.keys}) == len(kind.keys)
    assert bool(kind.asks) == (kind.effect is not Effect.DUTY)


def rule_of(agreement: Agreement, action: Action) -> Rule:
    (rule,) = agreement.rules.by_action[action]
    return rule


def test_a_release_is_bounded_by_its_own_keys(sound: str, read: Read) -> None:
    text = '[article.release]\ntop_level = "CONFIDENTIAL"\ncategories = ["air"]\nforms = '
    rule = rule_of(read(sound + text + '["document"]\n'), Action.RELEASE)
    assert UpToLevel("item.level", "CONFIDENTIAL", rule.conditions[4].failing) in rule.conditions  # type: ignore[union-attr]  # the fifth condition is the level's
    values = [c.values for c in rule.conditions if isinstance(c, OneOf)]
    assert values[3:] == [("air",), ("document",)]


def test_a_release_asks_for_no_form_where_the_scope_names_none(sound: str, read: Read) -> None:
    text = sound.replace('forms = ["document", "electronic"]\n', "") + "[article.release]\n"
    rule = rule_of(read(text), Action.RELEASE)
    assert "item.form" not in {getattr(condition, "fact", "") for condition in rule.conditions}


def test_access_is_for_the_people_named(sound: str, read: Read) -> None:
    text = sound + '[article.access]\npeople = "officials_and_contractors"\n'
    first = rule_of(read(text), Action.OPEN).conditions[0]
    assert isinstance(first, OneOf)
    assert first.values == ("official", "contractor")


def test_third_party_consent_may_begin_at_a_level(sound: str, read: Read) -> None:
    plain = read(sound + "[article.third_party_rule]\n")
    assert rule_of(plain, Action.THIRD_PARTY_RELEASE).conditions == (Consented("recipient"),)
    from_level = read(sound + '[article.third_party_rule]\nfrom_level = "SECRET"\n')
    (condition,) = rule_of(from_level, Action.THIRD_PARTY_RELEASE).conditions
    assert isinstance(condition, AnyOf)
    consented, below = condition.conditions
    assert consented == Consented("recipient")
    assert isinstance(below, BelowLevel)
    assert below.limit == "SECRET"


def test_another_purpose_needs_consent_or_is_not_to_be_had(sound: str, read: Read) -> None:
    text = "[article.purpose_limitation]\n"
    (condition,) = rule_of(read(sound + text), Action.TRANSLATE).conditions
    assert isinstance(condition, AnyOf)
    assert condition.conditions[1] == Consented("holder")
    text += 'otherwise = "nothing"\n'
    (condition,) = rule_of(read(sound + text), Action.TRANSLATE).conditions
    assert not isinstance(condition, AnyOf)


def test_marking_asks_for_what_the_clause_carries(sound: str, read: Read) -> None:
    rule = rule_of(read(sound + '[article.marking]\ncarries = ["level"]\n'), Action.OPEN)
    (condition,) = rule.conditions
    assert isinstance(condition, HoldsAll)
    assert condition.values == ("level",)


@pytest.mark.parametrize(
    ("when", "stopped"),
    [
        ("end", {AgreementState.TERMINATED}),
        ("notice", {AgreementState.TERMINATED, AgreementState.NOTICE_GIVEN}),
    ],
)
def test_ending_stops_the_acts_that_it_names(
    sound: str, read: Read, when: str, stopped: set[AgreementState]
) -> None:
    text = f'[article.ending]\nstops = ["release", "visit"]\nwhen = "{when}"\n'
    agreement = read(sound + text)
    rule = rule_of(agreement, Action.VISIT)
    assert rule.speaks_of == {"release", "visit"}
    assert rule.permits == frozenset()
    (condition,) = rule.conditions
    assert isinstance(condition, OneOf)
    assert set(condition.values) == set(AgreementState) - stopped
    assert agreement.rules.by_action[Action.OPEN] == ()


def test_duties_say_who_owes_whom_what_by_when(clause: Callable[[str], Clause]) -> None:
    def duties(kind: str, text: str) -> tuple[DutyRule, ...]:
        found = find_kind(kind)
        assert found is not None
        return found.duties(clause(f"[article.{kind}]\n{text}"))

    five = Term("5 days", Duration(5, DurationUnit.DAYS))
    assert duties("receipt", 'within = "5 days"\n') == (
        DutyRule(
            "6",
            "receipt",
            "item.release",
            "receiver",
            "originator",
            five,
            "item.receipt",
            or_by=("item.refusal",),
        ),
    )
    text = 'when = "law_changed"\nwho = "changer"\nto = "other_parties"\nwithin = "promptly"\n'
    table, told, asked = duties("notify", text + 'remind_after = "30 days"\n')
    assert (table.trigger, table.discharged_by) == ("agreement.table", "party.law_change")
    assert (told.trigger, told.how, told.since) == ("party.law_change", "itself", "effective")
    for duty in (table, told):
        assert duty.within == Term("promptly", None)
        assert duty.remind_after == Duration(30, DurationUnit.DAYS)
    assert (asked.trigger, asked.who, asked.within) == ("request.make", "addressee", None)
    (duty,) = duties("reclassification", "")
    assert (duty.who, duty.to, duty.within) == ("speaker", "receiver", Term("promptly", None))
    assert duties("access", "") == ()


def test_rules_are_indexed_by_action_and_sorted_by_citation(sound: str, read: Read) -> None:
    text = '[article.marking]\npara = "(2)"\n[article.access]\n[article.receipt]\n'
    book = read(sound + text + 'within = "1 year"\n').rules
    cited = [(rule.article, rule.clause) for rule in book.by_action["open"]]
    assert cited == [("6", "access"), ("6(2)", "marking")]
    assert book.by_action["settle"] == ()
    assert [duty.clause for duty in book.duties] == ["receipt"]
    assert (book.levels, book.default_article) == (("SECRET", "CONFIDENTIAL"), "2")
