# SPDX-License-Identifier: Apache-2.0
"""The clause kinds held to AGREEMENTS.md section 3: what each speaks of, permits and asks."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

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
    OrderListed,
    OrderRow,
    OrderShows,
    PersonsApart,
    Rule,
    Term,
    UpToLevel,
)
from comity.agreement.vocabulary import CLAUSE_KINDS, find_kind, kind_names
from comity.agreement.vocabulary.settlement import DAY_OF_RETURN
from comity.basis.instants import Duration, DurationUnit, parse_duration

C = TypeVar("C")
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
    (
        "order",
        "P",
        {"order", "approve_order", "deliver"},
        {"order", "approve_order", "deliver"},
    ),
    ("ending", "P", set(), set()),
    ("suspension", "P D", set(), set()),
    ("reclassification", "P D", {"reclassify"}, {"reclassify"}),
    ("retention", "P D", {"return", "destroy"}, {"return", "destroy"}),
    ("destruction", "P D", {"destroy"}, {"destroy"}),
    ("settlement", "P D", {"settle"}, {"settle"}),
    ("receipt", "D", set(), set()),
    ("incident", "D", set(), set()),
    ("notify", "D", set(), set()),
    ("statement", "D", set(), set()),
    ("caps", "M", set(), set()),
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
    assert find_kind("purchase") is None


@pytest.mark.parametrize("kind", CLAUSE_KINDS, ids=kind_names())
def test_a_kind_means_two_sentences_and_its_keys_say_what_they_are(kind: ClauseKind) -> None:
    assert kind.meaning.count(". ") == 1
    assert kind.meaning.endswith(".")
    assert all(spec.meaning for spec in kind.keys)
    assert len({spec.name for spec in kind.keys}) == len(kind.keys)
    assert bool(kind.asks) == (kind.effect in (Effect.PERMIT, Effect.BOTH))


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


ORDERS = """[[article.order]]
allowed = [{ activities = ["exercise"] }]
[[article.order]]
excluded = [{ categories = ["weapon"] }]
needs = ["elements", "method"]
apart = false
"""
ORDER_ACTS = (Action.ORDER, Action.APPROVE_ORDER, Action.DELIVER)
ACTIVITIES = 'activities = ["exercise", "relief"]\n[lifecycle]'


def conditions_of(rules: tuple[Rule, ...], kind: type[C]) -> list[C]:
    return [each for rule in rules for each in rule.conditions if isinstance(each, kind)]


def test_an_order_is_forbidden_by_its_rows_as_written_and_permitted_within_the_scope(
    sound: str, read: Read
) -> None:
    text = sound.replace("[lifecycle]", ACTIVITIES) + ORDERS
    forbids, permits, excludes = read(text).rules.by_action[Action.ORDER]
    assert (forbids.permits, permits.speaks_of) == (frozenset(), frozenset())
    assert forbids.speaks_of == permits.permits == excludes.speaks_of == {Action.ORDER}
    assert excludes.permits == frozenset()
    assert conditions_of((forbids, permits), OrderListed) == [
        OrderListed((OrderRow(activities=("exercise",)),)),
        OrderListed((OrderRow((), ("missile-warning", "air"), ("exercise",)),)),
    ]
    assert PersonsApart() in forbids.conditions
    assert PersonsApart() not in excludes.conditions


def test_a_row_that_leaves_nothing_open_makes_one_rule(sound: str, read: Read) -> None:
    text = sound.replace("[lifecycle]", ACTIVITIES)
    text += '[article.order]\nallowed = [{ categories = ["air"], activities = ["relief"] }]\n'
    (rule,) = read(text).rules.by_action[Action.ORDER]
    assert rule.permits == rule.speaks_of == {Action.ORDER}


def test_what_an_order_needs_at_first_is_less_than_what_it_needs_to_be_accepted(
    sound: str, read: Read
) -> None:
    rules = read(sound.replace("[lifecycle]", ACTIVITIES) + ORDERS).rules.by_action
    needed = {act: conditions_of(rules[act], OrderShows) for act in ORDER_ACTS}
    assert needed[Action.ORDER] == [OrderShows(("method",))]
    assert needed[Action.APPROVE_ORDER] == [OrderShows(("method", "elements"))]
    assert needed[Action.DELIVER] == [OrderShows(("method", "elements"))]


def test_what_was_accepted_is_handed_over_after_the_end_and_nothing_new_is_ordered(
    sound: str, read: Read
) -> None:
    rules = read(sound.replace("[lifecycle]", ACTIVITIES) + ORDERS).rules.by_action
    late = {
        act: any("terminated" in each.values for each in conditions_of(rules[act], OneOf))
        for act in ORDER_ACTS
    }
    assert late == {Action.ORDER: False, Action.APPROVE_ORDER: False, Action.DELIVER: True}


def test_a_settlement_obliges_to_settle_and_where_it_says_so_to_bill_and_to_pay(
    sound: str, read: Read
) -> None:
    owed, lent = read(sound + "[article.settlement]\n").rules.duties
    assert (lent.trigger, lent.discharged_by, lent.since) == (
        "delivery.loan",
        "loan.return",
        "return_by",
    )
    assert (owed.trigger, owed.discharged_by, owed.within) == (
        "delivery.receipt",
        "delivery.settled",
        None,
    )
    text = '[article.settlement]\nat_most = "12 months"\nbill_within = "promptly"\n'
    duties = read(sound + text + 'pay_within = "30 days"\n').rules.duties
    assert {(each.trigger, each.who, each.discharged_by, str(each.within)) for each in duties} == {
        ("delivery.receipt", "debtor", "delivery.settled", str(term("12 months"))),
        ("delivery.loan", "debtor", "loan.return", str(DAY_OF_RETURN)),
        ("claim.notice", "creditor", "invoice.issue", str(Term("promptly", None))),
        ("invoice.issue", "debtor", "invoice.settled", str(term("30 days"))),
    }


def test_nobody_need_stand_apart_where_the_file_says_so(sound: str, read: Read) -> None:
    text = "[article.settlement]\n"
    usual = rule_of(read(sound + text), Action.SETTLE)
    assert PersonsApart() in usual.conditions
    either = rule_of(read(f"{sound}{text}apart = false\n"), Action.SETTLE)
    assert PersonsApart() not in either.conditions


def test_a_balance_is_stated_again_and_again_and_agreed_by_the_others(
    sound: str, read: Read
) -> None:
    text = '[article.statement]\nevery = "3 months"\nagree_within = "30 days"\n'
    duties = read(sound + text).rules.duties
    assert {(each.trigger, each.who, each.discharged_by, str(each.within)) for each in duties} == {
        ("agreement.in_force", "each_party", "balance.state", str(term("3 months"))),
        ("balance.state", "speaker", "balance.state", str(term("3 months"))),
        ("balance.state", "receiver", "balance.agree", str(term("30 days"))),
    }


def term(text: str) -> Term:
    return Term(text, parse_duration(text))


# What makes each kind oblige to something; each takes a local figure beside its term.
_OBLIGING = {
    "contractor": 'inspect_every = "12 months"',
    "suspension": 'acts = ["release"]\ntold = "5 days"',
    "reclassification": 'told = "5 days"',
    "retention": 'within = "5 days"',
    "destruction": 'certificate = true\nreport_within = "5 days"',
    "settlement": 'in_kind_within = "12 months"',
    "receipt": 'within = "5 days"',
    "incident": 'tell_within = "at once"',
    "notify": 'when = "law_changed"\nwho = "changer"\nto = "other_parties"\nwithin = "promptly"',
    "statement": 'every = "3 months"',
    "inventory": 'every = "12 months"',
    "consultation": 'answer_within = "5 days"',
}


_TAKING = [
    each.name for each in CLAUSE_KINDS if any(key.name == "remind_after" for key in each.keys)
]


@pytest.mark.parametrize("name", _TAKING)
def test_a_local_figure_reaches_what_a_clause_obliges_to(
    name: str, clause: Callable[[str], Clause]
) -> None:
    kind = find_kind(name)
    assert kind is not None
    text = f"[article.{name}]\n{_OBLIGING[name]}\n"
    without = kind.duties(clause(text))
    given = kind.duties(clause(text + 'remind_after = "9 days"\n'))
    nine = Duration(9, DurationUnit.DAYS)
    reminded = [each for each in given if each.remind_after == nine]
    assert reminded
    assert {each.remind_after for each in without} <= {None}
    assert [replace(each, remind_after=None) for each in given] == list(without)


def test_an_inspection_of_a_firm_is_owed_anew_by_the_same_firm_at_the_same_facility(
    clause: Callable[[str], Clause],
) -> None:
    kind = find_kind("contractor")
    assert kind is not None
    text = '[article.contractor]\n{para}inspect_every = "12 months"\n'
    (whole,) = kind.duties(clause(text.format(para="")))
    assert (whole.same, whole.since, whole.until, whole.how) == (
        *(("firm", "facility"), "assured_on"),
        *("until", "next"),
    )
    assert (whole.when, whole.needs) == ("met", None)
    assert (whole.who, whole.to) == ("speaker", "addressee")
    (lettered,) = kind.duties(clause(text.format(para='para = "(g)"\n')))
    assert (lettered.when, lettered.needs) == ("met_conditions:g", "conditions:g")
