# SPDX-License-Identifier: Apache-2.0
"""Reading clauses by the vocabulary: nothing unknown is ever skipped."""

from collections.abc import Callable

import pytest

from comity.agreement.model import Agreement, Checklist, Clause
from comity.agreement.reading import read_agreement
from comity.agreement.rules import OrderRow, Term
from comity.basis.errors import Problem
from comity.basis.instants import Date, Duration, DurationUnit

Read = Callable[[str], Agreement]
Problems = Callable[[str | bytes], tuple[Problem, ...]]

LINE = 40


def test_a_clause_is_cited_as_number_and_paragraph(clause: Callable[[str], Clause]) -> None:
    found = clause('[article.third_party_rule]\npara = "(a)"\n')
    assert (found.article, found.para) == ("6(a)", "(a)")
    assert clause("[article.third_party_rule]\n").article == "6"


def test_an_array_gives_one_clause_for_each_table(sound: str, read: Read) -> None:
    text = '[[article.channel]]\nallowed = ["node"]\n[[article.channel]]\nallowed = ["courier"]\n'
    assert [c.texts("allowed") for c in read(sound + text).clauses("channel")] == [
        ("node",),
        ("courier",),
    ]


def test_an_inline_table_is_a_clause_too(sound: str, read: Read) -> None:
    text = sound + "facility_register = {}\n"
    assert [c.kind for c in read(text).articles[0].clauses] == ["facility_register"]


def test_keys_left_out_have_the_default_of_the_vocabulary(clause: Callable[[str], Clause]) -> None:
    found = clause("[article.access]\n")
    assert dict(found.keys) == {
        "people": "officials",
        "clearance": "at_least_level",
        "need_to_know": "category",
    }


@pytest.mark.parametrize(
    ("within", "term"),
    [
        ("5 days", Term("5 days", Duration(5, DurationUnit.DAYS))),
        ("at once", Term("at once", None)),
        ("promptly", Term("promptly", None)),
    ],
)
def test_treaty_words_stay_words(clause: Callable[[str], Clause], within: str, term: Term) -> None:
    found = clause(f'[article.receipt]\nwithin = "{within}"\nremind_after = "48 hours"\n')
    assert found.find_term("within") == term
    assert found.find_duration("remind_after") == Duration(48, DurationUnit.HOURS)


def test_refuses_an_unknown_clause_kind_with_the_nearest(sound: str, problems: Problems) -> None:
    (problem,) = problems(sound + "[article.acess]\npeople = 3\n")
    assert problem.code == "agreement.unknown-clause"
    assert problem.where == f"line {LINE}, article[1].acess"
    assert problem.found == "acess"
    assert problem.hint == "did you mean access?"
    assert "facility_register" in problem.expected


@pytest.mark.parametrize("kind", ["arbitration", "purchase"])
def test_refuses_a_clause_that_this_version_does_not_enforce(
    sound: str, problems: Problems, kind: str
) -> None:
    (problem,) = problems(sound + f"[[article.{kind}]]\n")
    assert problem.code == "agreement.unknown-clause"
    assert problem.where == f"line {LINE}, article[1].{kind}[1]"


def test_refuses_an_unknown_key_of_an_article(sound: str, problems: Problems) -> None:
    (problem,) = problems(sound + 'remark = ["none"]\n')
    assert (problem.code, problem.where) == ("agreement.unknown-key", "line 36, article[1]")
    assert "access" in problem.expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('[article.access]\npeople = "generals"\n', "agreement.unknown-value"),
        ("[article.access]\npeople = 3\n", "agreement.wrong-type"),
        ('[article.access]\nclearence = "at_least_level"\n', "agreement.unknown-key"),
        ("[article.access]\npara = 1\n", "agreement.wrong-type"),
        ('[article.access]\nbasis = "rumour"\n', "agreement.unknown-value"),
        ('[article.release]\ntop_level = "TOP SECRET"\n', "agreement.unknown-level"),
        ("[article.release]\ntop_level = 2\n", "agreement.wrong-type"),
        ('[article.release]\ncategories = ["sea"]\n', "agreement.unknown-value"),
        ('[article.release]\nforms = ["oral"]\n', "agreement.unknown-value"),
        ("[article.release]\nforms = []\n", "agreement.empty-list"),
        ('[article.marking]\ncarries = ["level", "colour"]\n', "agreement.unknown-value"),
        ('[article.marking]\ncarries = ["level", "level"]\n', "agreement.doubled-value"),
        ("[article.channel]\n", "agreement.missing-key"),
        ("[article.channel]\nallowed = []\n", "agreement.empty-list"),
        ('[article.channel]\nallowed = ["By Hand"]\n', "agreement.wrong-form"),
        (
            '[article.channel]\nallowed = ["node"]\nparcel_before_acknowledgement = ["courier"]\n',
            "agreement.unknown-value",
        ),
        ('[article.channel]\nallowed = ["node"]\nalerts = ["sea"]\n', "agreement.unknown-value"),
        ('[article.channel]\nallowed = ["node"]\nalerts = []\n', "agreement.empty-list"),
        ('[article.channel]\nallowed = ["node"]\nimmediate = ["sea"]\n', "agreement.unknown-value"),
        ('[article.channel]\nallowed = ["node"]\npriority = []\n', "agreement.empty-list"),
        (
            '[article.channel]\nallowed = ["node"]\nalert_before_acknowledgement = ["courier"]\n',
            "agreement.unknown-value",
        ),
        ('[article.receipt]\nwithin = "soon"\n', "basis.duration"),
        ("[article.receipt]\nwithin = 5\n", "agreement.wrong-type"),
        ("[article.receipt]\n", "agreement.missing-key"),
        (
            '[article.receipt]\nwithin = "promptly"\nremind_after = "at once"\n',
            "basis.duration",
        ),
        ('[article.ending]\nstops = ["fly"]\n', "agreement.unknown-value"),
        ("[article.ending]\nstops = []\n", "agreement.empty-list"),
        ('[article.ending]\nstops = ["release"]\nwhen = "later"\n', "agreement.unknown-value"),
        ('[article.suspension]\nacts = ["release", "visit"]\n', "agreement.unknown-value"),
        ('[article.suspension]\nacts = ["reclassify"]\n', "agreement.unknown-value"),
        ("[article.contractor]\nconditions = 3\n", "agreement.wrong-type"),
        ("[article.contractor]\nconditions = {}\n", "agreement.empty-list"),
        ('[article.contractor]\nconditions = { A = { en = "x" } }\n', "agreement.wrong-form"),
        ('[article.hub]\nparty = "USA"\n', "agreement.unknown-value"),
        ("[article.copies]\nlimit = 0\n", "agreement.out-of-range"),
        ("[article.destruction]\ntwo_persons = 1\n", "agreement.wrong-type"),
        ('[article.audience]\n"SECRET" = "anyone"\n', "agreement.missing-key"),
        ('[article.notify]\nwho = "changer"\nto = "originator"\n', "agreement.missing-key"),
        ("[article]\n", "agreement.repeated-key"),
    ],
)
def test_refuses_a_wrong_clause_with_its_line(
    sound: str, problems: Problems, text: str, code: str
) -> None:
    found = problems(sound + text)
    assert {problem.code for problem in found} == {code}
    assert {problem.where.partition(",")[0] for problem in found} == {f"line {LINE}"}


def test_refuses_an_array_of_clauses_that_holds_something_else(
    sound: str, problems: Problems
) -> None:
    for value in ("[]", "3", '["level"]', '[{}, "level"]'):
        found = problems(sound + f"marking = {value}\n")
        assert {problem.code for problem in found} == {"agreement.wrong-type"}


def test_a_clause_gives_what_its_keys_hold(clause: Callable[[str], Clause]) -> None:
    found = clause('[article.channel]\nallowed = ["node"]\nencrypted_from = "SECRET"\n')
    assert found.texts("allowed") == ("node",)
    assert found.texts("encrypted_from") == ()
    assert found.find_text("encrypted_from") == "SECRET"
    assert found.find_text("allowed") is None
    assert found.find_term("allowed") is None
    assert found.find_duration("allowed") is None
    assert found.find("nothing") is None


def test_a_level_that_has_the_name_of_a_key_has_no_circle(sound: str, problems: Problems) -> None:
    text = sound.replace('"CONFIDENTIAL"', '"basis"')
    found = problems(text + '[article.audience]\n"SECRET" = "anyone"\nbasis = "text"\n')
    assert "agreement.wrong-form" in {problem.code for problem in found}


def test_a_clause_gives_numbers_texts_and_letters(clause: Callable[[str], Clause]) -> None:
    found = clause(
        "[article.contractor]\n[article.contractor.conditions]\n"
        'a.en = "first"\na.ja = "一"\nb.en = "second"\n'
    )
    assert found.letters("conditions") == ("a", "b")
    assert found.letters("needs") == ()
    checklist = found.find("conditions")
    assert isinstance(checklist, Checklist)
    assert checklist.points[0][1].in_language("ja") == "一"
    found = clause("[article.copies]\nlimit = 3\n")
    assert (found.find_count("limit"), found.find_count("two_persons_from")) == (3, None)
    found = clause("[article.destruction]\ncertificate = true\n")
    assert (found.flag("certificate"), found.flag("two_persons"), found.flag("para")) == (
        True,
        False,
        False,
    )
    assert found.find_count("certificate") is None
    note = clause('[article.translation]\nnote.ko = "x"\n').find_words("note")
    assert note is not None
    assert note.languages() == ("ko",)
    assert clause("[article.translation]\n").find_words("note") is None


def test_clauses_that_differ_in_who_suspends_a_category_are_refused(
    sound: str, problems: Problems
) -> None:
    own = '[[article.suspension]]\nacts = ["release"]\nby = "originator"\n'
    every = '[[article.suspension]]\nacts = ["open"]\n'
    (problem,) = problems(sound + own + every)
    assert problem.code == "agreement.suspended-otherwise"
    assert (problem.expected, problem.found) == ("originator", "any_party")
    read_agreement((sound + own + every + 'by = "originator"\n').encode())


@pytest.mark.parametrize("act", ["visit", "reclassify", "return", "destroy", "order", "settle"])
def test_what_no_node_stops_for_a_category_is_no_act_of_a_suspension(
    sound: str, problems: Problems, act: str
) -> None:
    (problem,) = problems(sound + f'[article.suspension]\nacts = ["{act}"]\n')
    assert (problem.code, problem.found) == ("agreement.unknown-value", act)
    stopped = "release transmit disclose third_party_release contractor_release open reproduce"
    assert problem.expected.split(", ") == [*stopped.split(), "translate", "derive", "use"]
    for each in problem.expected.split(", "):
        read_agreement(f'{sound}[article.suspension]\nacts = ["{each}"]\n'.encode())


def test_a_table_of_orders_is_read_row_by_row(clause: Callable[[str], Clause]) -> None:
    found = clause(
        "[article.order]\nallowed = [\n"
        '  { providers = ["JPN"], categories = ["air"], valid_from = 1996-10-22 },\n'
        "  { valid_to = 2004-07-28 },\n  {},\n]\n"
    )
    assert found.rows("allowed") == (
        OrderRow(("JPN",), ("air",), (), Date(1996, 10, 22), None),
        OrderRow(until=Date(2004, 7, 28)),
        OrderRow(),
    )
    assert found.rows("excluded") == ()


def test_one_row_may_stand_as_a_table_of_its_own(clause: Callable[[str], Clause]) -> None:
    text = '[article.order]\n[[article.order.excluded]]\ncategories = ["weapon"]\n'
    wanted = (OrderRow(categories=("weapon",)),)
    assert clause(text).rows("excluded") == wanted
    assert clause(text.replace("[[", "[").replace("]]", "]")).rows("excluded") == wanted


@pytest.mark.parametrize(
    ("row", "code", "found"),
    [
        ('providers = ["USA"]', "unknown-value", "USA"),
        ('categories = ["weapon"]', "unknown-value", "weapon"),
        ('activities = ["parade"]', "unknown-value", "parade"),
        ("categories = []", "empty-list", ""),
        ("valid_from = 2004-07-29, valid_to = 2004-07-28", "empty-span", "2004-07-28"),
        ("valid_from = 2004", "wrong-type", "the number 2004"),
        ("until = 2004-07-29", "unknown-key", "until"),
    ],
)
def test_refuses_a_row_that_the_file_does_not_bear(
    sound: str, problems: Problems, row: str, code: str, found: str
) -> None:
    text = sound.replace("[lifecycle]", 'activities = ["exercise"]\n[lifecycle]')
    (problem,) = problems(f"{text}[article.order]\nallowed = [{{}}, {{ {row} }}]\n")
    assert (problem.code, problem.found) == (f"agreement.{code}", found)
    assert problem.where == f"line {LINE + 1}, article[1].order.allowed[2]"


def test_what_is_excluded_may_be_a_word_that_the_scope_does_not_know(
    sound: str, read: Read, problems: Problems
) -> None:
    text = f'{sound}[article.order]\nexcluded = [{{ categories = ["weapon"] }}]\n'
    assert read(text).clauses("order")[0].rows("excluded")[0].categories == ("weapon",)
    (problem,) = problems(text.replace('"weapon"', '"Weapon"'))
    assert (problem.code, problem.found) == ("agreement.wrong-form", "Weapon")


def test_a_list_of_durations_is_read_one_by_one(
    sound: str, clause: Callable[[str], Clause], problems: Problems
) -> None:
    text = '[article.settlement]\nremind = ["30 days", "6 months"]\n'
    assert clause(text).durations("remind") == (
        Duration(30, DurationUnit.DAYS),
        Duration(6, DurationUnit.MONTHS),
    )
    assert clause("[article.settlement]\n").durations("offset_after") == ()
    found = problems(sound + text.replace("30 days", "soon").replace("6 months", "0 days"))
    assert [problem.found for problem in found] == ["soon", "0 days"]
    assert all("remind" in problem.what for problem in found)
