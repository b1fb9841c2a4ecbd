# SPDX-License-Identifier: Apache-2.0
"""Reading a file: every key of AGREEMENTS.md section 1, and a refusal for every wrong one."""

import hashlib
import re
from collections.abc import Callable
from datetime import date

import pytest

from comity.agreement.acts import Basis, EntryRule, Source
from comity.agreement.model import Agreement, BeforeSigning, LevelCitation
from comity.agreement.reading import UNCLASSIFIED, read_agreement
from comity.basis.errors import Problem, ProblemsError
from comity.basis.instants import UTC, Duration, DurationUnit, Zone
from comity.basis.limits import AGREEMENT_PROBLEMS_MAX

Read = Callable[[str], Agreement]
Problems = Callable[[str | bytes], tuple[Problem, ...]]


def test_a_sound_file_is_read_whole(sound: str, read: Read) -> None:
    agreement = read(sound)
    assert (agreement.format, agreement.id, agreement.version) == (1, "sample", 1)
    assert agreement.kind == "information-security"
    assert agreement.title.in_language("en") == "Sample"
    assert agreement.party_ids() == ("JPN", "KOR")
    assert agreement.levels.order == ("SECRET", "CONFIDENTIAL")
    assert agreement.scope.categories == ("missile-warning", "air")
    assert agreement.scope.forms == ("document", "electronic")
    assert [article.number for article in agreement.articles] == ["6"]
    assert agreement.sha256 == hashlib.sha256(sound.encode()).hexdigest()
    assert agreement.raw == sound.encode()


def test_what_a_file_may_leave_out_has_a_default(sound: str, read: Read) -> None:
    agreement = read(sound)
    assert agreement.binding is True
    assert agreement.prevailing_languages == ()
    assert agreement.text_sha256 is None
    assert agreement.supersedes is None
    assert agreement.levels_article is None
    assert agreement.parties[0].currency is None
    rules = agreement.lifecycle
    assert rules.entry is EntryRule.LATER_OF_NOTIFICATIONS
    assert (rules.runs, rules.renews, rules.notice) == (
        Duration(1, DurationUnit.YEARS),
        None,
        None,
    )
    assert rules.zone == UTC
    assert agreement.articles[0].source is Source.TEXT


def test_a_second_time_of_notice_is_kept_where_there_is_a_term_and_nowhere_else(
    sound: str, read: Read, problems: Problems
) -> None:
    second = 'runs = "1 year"\nwithdrawal = "12 months"'
    text = sound.replace('runs = "1 year"', second)
    assert read(text).lifecycle.withdrawal == Duration(12, DurationUnit.MONTHS)
    [problem] = problems(text.replace('"1 year"', '"no end"'))
    assert problem.code == "agreement.withdrawal-without-term"


def test_what_a_file_may_say_is_kept(sound: str, read: Read) -> None:
    digest = "0" * 64
    head = f'binding = false\nprevailing_languages = ["en"]\ntext_sha256 = "{digest}"\n'
    text = head + f'supersedes = "{"1" * 64}"\n' + sound
    text = text.replace("[levels]", '[levels]\narticle = "4(1)"')
    text = text.replace(
        'runs = "1 year"',
        'entry = "last_signature"\nruns = "no end"\nrenews = "12 months"\nnotice = "90 days"\n'
        'zone = "+09:00"',
    )
    law = 'before_signing = { article = "6(b)", notices = ["entering"], ahead = "30 days" }'
    text = text.replace('"Defence of Japan"', f'"Defence of Japan"\ncurrency = "JPY"\n{law}')
    text = text.replace('number = "6"', 'number = "6"\nsource = "model"\nbasis = "local"')
    agreement = read(text)
    assert agreement.binding is False
    assert agreement.prevailing_languages == ("en",)
    assert agreement.text_sha256 == digest
    assert agreement.supersedes == "1" * 64
    assert agreement.levels_article == "4(1)"
    assert agreement.parties[0].currency == "JPY"
    ahead = Duration(30, DurationUnit.DAYS)
    assert agreement.parties[0].before_signing == BeforeSigning("6(b)", ("entering",), ahead)
    assert agreement.parties[1].before_signing is None
    assert agreement.lifecycle.entry is EntryRule.LAST_SIGNATURE
    assert agreement.lifecycle.runs is None
    assert agreement.lifecycle.renews == Duration(12, DurationUnit.MONTHS)
    assert agreement.lifecycle.notice == Duration(90, DurationUnit.DAYS)
    assert agreement.lifecycle.zone == Zone(540)
    assert agreement.articles[0].source is Source.MODEL


def test_markings_carry_their_days_and_levels_their_article(sound: str, read: Read) -> None:
    agreement = read(sound)
    dated = next(entry for entry in agreement.table.entries if entry.text == "特定秘密")
    assert dated.valid_from == date(2014, 12, 10)
    assert dated.romanised == "Tokutei Himitsu"
    assert len(agreement.table.entries) == 5
    assert agreement.equivalence == (LevelCitation("CONFIDENTIAL", "4(1)"),)


def test_a_date_may_be_written_as_text(sound: str, read: Read) -> None:
    text = sound.replace("2014-12-10", '"2014-12-10", valid_to = "2020-01-01"')
    entries = read(text).table.entries
    dated = next(entry for entry in entries if entry.text == "特定秘密")
    assert (dated.valid_from, dated.valid_to) == (date(2014, 12, 10), date(2020, 1, 1))


def test_without_equivalence_the_name_of_a_level_is_its_marking(sound: str, read: Read) -> None:
    head, _, rest = sound.partition("[[equivalence]]")
    text = head + "[scope]" + rest.partition("[scope]")[2]
    marks = {(entry.party, entry.text, entry.level) for entry in read(text).table.entries}
    assert ("KOR", "SECRET", "SECRET") in marks
    assert len(marks) == 4


def test_without_levels_there_is_one_that_is_not_classified(sound: str, read: Read) -> None:
    head, _, rest = sound.partition("[levels]")
    text = head + "[scope]" + rest.partition("[scope]")[2]
    assert read(text).levels == UNCLASSIFIED


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("format = 1", "format = 2", "agreement.unknown-format", 1),
        ("format = 1", 'format = "1"', "agreement.wrong-type", 1),
        ("format = 1", "format = true", "agreement.wrong-type", 1),
        ("format = 1\n", "", "agreement.missing-key", 1),
        ("version = 1", "version = 0", "agreement.out-of-range", 1),
        ("version = 1", "version = 99999999999999999999", "agreement.out-of-range", 1),
        ('id = "sample"', 'id = "Sample"', "basis.agreement-id", 1),
        ('id = "sample"', 'id = "s/1"', "basis.agreement-id", 1),
        ('id = "sample"', "id = 7", "agreement.wrong-type", 1),
        ('id = "sample"', "id = {}", "agreement.wrong-type", 1),
        ('id = "sample"', 'id = " "', "agreement.wrong-length", 1),
        ('"information-security"', '"No Kind"', "agreement.wrong-form", 1),
        ('title.en = "Sample"\n', "", "agreement.missing-key", 1),
        ('title.en = "Sample"', 'title = "Sample"', "agreement.wrong-type", 1),
        ('title.en = "Sample"', "title = {}", "agreement.missing-key", 1),
        ('title.en = "Sample"', 'title.EN = "Sample"', "agreement.language", 1),
        ('title.en = "Sample"', "title.en = 3", "agreement.wrong-type", 1),
        ('title.en = "Sample"', 'title.en = "a\\u202Eb"', "agreement.hidden-character", 1),
        ('title.en = "Sample"', 'title.en = "S"\nbinding = 1', "agreement.wrong-type", 1),
        ('title.en = "Sample"', 'title.en = "S"\nlicense = "x"', "agreement.unknown-key", 1),
        ('title.en = "Sample"', 'title.en = "S"\ntext_sha256 = "00"', "basis.digest", 1),
        (
            'title.en = "Sample"',
            'title.en = "S"\nprevailing_languages = ["english"]',
            "agreement.wrong-form",
            1,
        ),
        (
            'title.en = "Sample"',
            'title.en = "S"\nprevailing_languages = "en"',
            "agreement.wrong-type",
            1,
        ),
        ("[parties.JPN]", "[parties.jpn]", "basis.party-id", 7),
        ('competent_authority = "Defence of Japan"\n', "", "agreement.missing-key", 7),
        ('"Defence of Japan"', '"Defence"\ncurrency = "yen"', "agreement.wrong-form", 7),
        ('"Defence of Japan"', '"Defence"\ncolour = "red"', "agreement.unknown-key", 7),
        ('"Defence of Japan"', '"D"\nbefore_signing = "law"', "agreement.wrong-type", 7),
        (
            '"Defence of Japan"',
            '"D"\n[parties.JPN.before_signing]\narticle = "2"\nnotices = ["entering"]',
            "agreement.missing-key",
            10,
        ),
        (
            '"Defence of Japan"',
            '"D"\nbefore_signing = {article = "2", notices = [], ahead = "1 day"}',
            "agreement.empty-list",
            7,
        ),
        ('name.ja = "日本"', 'name = "日本"', "agreement.wrong-type", 7),
        ('order = ["SECRET", "CONFIDENTIAL"]', "order = []", "agreement.empty-list", 14),
        ('["SECRET", "CONFIDENTIAL"]', '["SECRET", "SECRET"]', "agreement.doubled-value", 14),
        ('["SECRET", "CONFIDENTIAL"]', '["SECRET", " CONFI"]', "agreement.wrong-form", 14),
        ('["SECRET", "CONFIDENTIAL"]', '["SECRET", 2]', "agreement.wrong-type", 14),
        ('level = "SECRET"', 'level = "SECRETS"', "marking.unknown-level", 17),
        ('JPN = ["秘"]', 'USA = ["SECRET"]', "agreement.unknown-party", 21),
        ('JPN = ["秘"]', 'notes = ["SECRET"]', "agreement.unknown-key", 21),
        ('JPN = ["秘"]', 'JPN = "秘"', "agreement.wrong-type", 21),
        ('JPN = ["秘"]', "JPN = []", "agreement.wrong-type", 21),
        ('JPN = ["秘"]', "JPN = [3]", "agreement.wrong-type", 21),
        ('JPN = ["秘"]', 'JPN = ["極秘"]', "marking.doubled", 21),
        ('JPN = ["秘"]', 'JPN = [{ mark = "秘" }]', "agreement.missing-key", 21),
        ("valid_from = 2014-12-10", "valid_from = 2014", "agreement.wrong-type", 17),
        (
            "valid_from = 2014-12-10",
            "valid_from = 2014-12-10T00:00:00",
            "agreement.wrong-type",
            17,
        ),
        ("valid_from = 2014-12-10", 'valid_from = "2014"', "basis.date", 17),
        (
            "valid_from = 2014-12-10",
            "valid_from = 2014-12-10, valid_to = 2014-12-09",
            "marking.empty-span",
            17,
        ),
        ('JPN = ["秘"]\nKOR = ["군사III급비밀"]\n', "", "agreement.missing-key", 21),
        ('article = "2"\n', "", "agreement.missing-key", 27),
        ('categories = ["missile-warning", "air"]\n', "", "agreement.missing-key", 27),
        ('"missile-warning"', '"missile\twarning"', "agreement.hidden-character", 27),
        ('["document", "electronic"]', "[]", "agreement.empty-list", 27),
        ('runs = "1 year"', "", "agreement.missing-key", 32),
        ('runs = "1 year"', 'runs = "one year"', "basis.duration", 32),
        ('runs = "1 year"', 'runs = "no end"\nrenews = "2 year"', "basis.duration", 32),
        ('runs = "1 year"', 'runs = "no end"\nzone = "JST"', "basis.zone", 32),
        ('runs = "1 year"', 'runs = "no end"\nentry = "soon"', "agreement.unknown-value", 32),
        ('number = "6"', "number = 6", "agreement.wrong-type", 36),
        ('number = "6"\n', "", "agreement.missing-key", 36),
        ('number = "6"', 'number = "6"\nsource = "rumour"', "agreement.unknown-value", 36),
        ('number = "6"', 'number = "6"\nbasis = "rumour"', "agreement.unknown-value", 36),
        ('summary.en = "What is protected, and how."', "", "agreement.missing-key", 36),
    ],
)
def test_refuses_a_wrong_file_with_the_line_of_the_table(
    sound: str, problems: Problems, old: str, new: str, code: str, line: int
) -> None:
    assert old in sound
    found = problems(sound.replace(old, new, 1))
    where = {problem.where.partition(",")[0] for problem in found if problem.code == code}
    assert where, [str(problem) for problem in found]
    assert where == {f"line {line}"}


@pytest.mark.parametrize(
    ("header", "line"), [("[parties.JPN]", 1), ("[scope]", 1), ("[lifecycle]", 1)]
)
def test_refuses_a_file_without_one_of_its_tables(
    sound: str, problems: Problems, header: str, line: int
) -> None:
    head, _, rest = sound.partition(header)
    text = head + rest[rest.index("\n\n") :]
    assert f"line {line}" in {problem.where for problem in problems(text)}


def test_refuses_a_table_given_as_a_value(sound: str, problems: Problems) -> None:
    head, _, rest = sound.partition("[levels]")
    text = 'levels = "SECRET"\nequivalence = 3\n' + head + "[scope]" + rest.partition("[scope]")[2]
    assert [problem.code for problem in problems(text)] == ["agreement.wrong-type"] * 2


def test_refuses_an_agreement_of_one_party(sound: str, problems: Problems) -> None:
    text = sound.replace("[parties.KOR]", "[parties.JPN.old]")
    assert "agreement.too-few" in {problem.code for problem in problems(text)}


def test_refuses_more_parties_than_the_limit(sound: str, problems: Problems) -> None:
    many = "".join(f"parties.P{number}.currency = 1\n" for number in range(40))
    found = [problem.code for problem in problems(many + sound)]
    assert "agreement.too-many" in found
    assert len(found) < 80


def test_refuses_a_party_that_is_no_table(sound: str, problems: Problems) -> None:
    text = "parties.USA = 3\n" + sound
    assert "agreement.wrong-type" in {problem.code for problem in problems(text)}


def test_refuses_an_article_list_that_holds_a_text(sound: str, problems: Problems) -> None:
    text = 'article = ["6"]\n' + sound.partition("[[article]]")[0]
    assert [problem.code for problem in problems(text)] == ["agreement.wrong-type"]


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ("[scope]", "[scop]\nx = 1\n[scope]", "unknown-key", "line 27, scop"),
        ("[scope]", "[[marks]]\n[[marks]]\n[scope]", "unknown-key", "line 27, marks[1]"),
        ("[scope]", "[a.b.c]\n[scope]", "unknown-key", "line 27, a"),
        ("[scope]", "[scope.never]\n[scope]", "unknown-key", "line 27, scope.never"),
        ("[scope]", "[scope]\nnever = {}", "unknown-key", "line 27, scope.never"),
        ("[[article]]", "[article]", "wrong-type", "line 36, article"),
        ("[parties.KOR]", "[[parties.KOR]]", "wrong-type", "line 10, parties.KOR[1]"),
    ],
)
def test_a_table_that_should_not_be_there_is_found_where_it_begins(
    sound: str, problems: Problems, old: str, new: str, code: str, where: str
) -> None:
    found = problems(sound.replace(old, new))
    assert (f"agreement.{code}", where) in {(each.code, each.where) for each in found}


@pytest.mark.parametrize(
    ("old", "new", "expected", "found"),
    [
        ("version = 1", "version = 0", "1 to 9007199254740991", "0"),
        ('"missile-warning", "air"', '"air", "air"', "each value once", "air"),
    ],
)
def test_a_problem_says_what_was_expected_and_what_was_found(
    sound: str, problems: Problems, old: str, new: str, expected: str, found: str
) -> None:
    (problem,) = problems(sound.replace(old, new))
    assert (problem.expected, problem.found) == (expected, found)


@pytest.mark.parametrize(
    ("new", "code", "found"),
    [
        ('level = "SECRT"', "marking.unknown-level", "SECRT"),
        ("level = 2", "agreement.wrong-type", "the number 2"),
        ('article = "4"', "agreement.missing-key", ""),
    ],
)
def test_a_wrong_level_of_many_markings_is_said_once(
    sound: str, problems: Problems, new: str, code: str, found: str
) -> None:
    (problem,) = problems(sound.replace('level = "SECRET"', new))
    assert (problem.code, problem.found) == (code, found)


def test_refuses_a_missing_list_of_articles(sound: str, problems: Problems) -> None:
    found = problems(sound.partition("[[article]]")[0])
    assert [problem.expected for problem in found] == ["article"]


def test_refuses_an_article_number_used_twice(sound: str, problems: Problems) -> None:
    text = sound + '[[article]]\nnumber = "6"\ntitle.en = "Again"\nsummary.en = "Again."\n'
    (problem,) = problems(text)
    assert problem.code == "agreement.repeated-article"
    assert problem.where == "line 40, article[2]"


def test_refuses_more_markings_than_the_limit(sound: str, problems: Problems) -> None:
    many = ", ".join(f'"mark {number}"' for number in range(300))
    found = problems(sound.replace('JPN = ["秘"]', f"JPN = [{many}]"))
    assert [problem.code for problem in found] == ["agreement.too-many"]


def test_every_problem_of_the_file_is_listed_from_the_top_down(
    sound: str, problems: Problems
) -> None:
    text = sound.replace("format = 1", "format = 9").replace('runs = "1 year"', 'runs = "soon"')
    text = text.replace('article = "2"', 'articel = "2"')
    found = problems(text)
    assert [problem.code for problem in found] == [
        "agreement.unknown-format",
        "agreement.missing-key",
        "agreement.unknown-key",
        "basis.duration",
    ]
    assert found[2].hint == "did you mean article?"
    assert found[2].found == "articel"
    assert found[2].expected == "article, categories, forms, activities"


def test_the_name_of_the_file_stands_before_the_line(sound: str) -> None:
    with pytest.raises(ProblemsError) as refusal:
        read_agreement(sound.replace("format = 1", "format = 9").encode(), source_name="a.toml")
    assert refusal.value.problems[0].where == "a.toml line 1"
    with pytest.raises(ProblemsError) as refusal:
        read_agreement(b"\xff", source_name="a.toml")
    assert refusal.value.problems[0].where == "a.toml line 1"


def test_the_basis_of_a_clause_is_its_own_or_its_article_s(sound: str, read: Read) -> None:
    text = sound.replace('number = "6"', 'number = "6"\nbasis = "arrangement"')
    text += '[article.marking]\n[article.channel]\nallowed = ["node"]\nbasis = "local"\n'
    marking, channel = read(text).articles[0].clauses
    assert marking.basis is Basis.ARRANGEMENT
    assert channel.basis is Basis.LOCAL


def test_a_list_that_is_too_long_is_refused_and_not_read_to_its_end(
    sound: str, problems: Problems
) -> None:
    many = ", ".join(f'"c{number}"' for number in range(100_000))
    (found,) = problems(re.sub(r"categories = \[.*\]", f"categories = [{many}]", sound))
    assert (found.code, found.found) == ("agreement.too-many", "100000")


def test_a_file_full_of_problems_lists_so_many_and_says_that_there_are_more(
    sound: str, problems: Problems
) -> None:
    found = problems(sound + "".join(f"key{number} = 1\n" for number in range(3000)))
    assert len(found) == AGREEMENT_PROBLEMS_MAX + 1
    assert found[-1].code == "agreement.too-many"
    assert found[-1].hint == "correct these first"


def test_a_file_full_of_wrong_days_lists_so_many(sound: str, problems: Problems) -> None:
    many = ", ".join(f'{{ text = "m{n}", valid_from = "never" }}' for n in range(1010))
    found = problems(sound.replace('JPN = ["秘"]', f"JPN = [{many}]"))
    assert len(found) == AGREEMENT_PROBLEMS_MAX + 1
    assert found[0].code == "basis.date"


@pytest.mark.parametrize("number", ["0x" + "f" * 5000, "-0x1" + "0" * 5000])
@pytest.mark.parametrize("key", ["format", "version", "kind", "binding", "prevailing_languages"])
def test_a_number_too_long_to_be_written_is_a_problem_like_any_other(
    sound: str, problems: Problems, key: str, number: str
) -> None:
    text = re.sub(rf"(?m)^{key} = .*\n", "", sound)
    found = problems(f"{key} = {number}\n{text}")
    assert found
    assert all(len(problem.found) < 100 for problem in found)
