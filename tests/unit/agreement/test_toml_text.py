# SPDX-License-Identifier: Apache-2.0
"""Bytes that are no agreement file at all, and repeated keys beside other problems."""

from collections.abc import Callable

import pytest

from comity.agreement.reading import read_agreement
from comity.basis.errors import Problem
from comity.basis.limits import AGREEMENT_BYTES_MAX

Problems = Callable[[str | bytes], tuple[Problem, ...]]


@pytest.mark.parametrize(
    ("raw", "code", "where"),
    [
        (b"", "agreement.missing-key", "line 1"),
        (b"\xef\xbb\xbfformat = 1\n", "agreement.byte-order-mark", "line 1"),
        (b"format = 1\n\xff\n", "agreement.not-utf8", "line 2"),
        (b"#" * (AGREEMENT_BYTES_MAX + 1), "agreement.too-large", "line 1"),
        (b"format = 1\nid = \n", "agreement.not-toml", "line 2"),
        (b'format = 1\nid = "a\n', "agreement.not-toml", "line 2"),
        (b"format = 1\nid = '''a\n\n", "agreement.not-toml", "line 2"),
        (b'format = 1\nid = """a\\', "agreement.not-toml", "line 2"),
        (b"format = 1\n\n[a\n", "agreement.not-toml", "line 3"),
        (b"[[a]b]\n", "agreement.not-toml", "line 1"),
        (b"x = " + b"[" * 100_000, "agreement.too-deep", "line 1"),
        (b"x = " + b"[" * 20 + b"]" * 20, "agreement.too-deep", "line 1"),
        (b"x = 1\n" + b".".join([b"a"] * 500_000) + b" = 1\n", "agreement.too-deep", "line 2"),
        (b'\n"=".' + b".".join([b"a"] * 20) + b" = 1\n", "agreement.too-deep", "line 1"),
        (b"[" + b".".join([b"a"] * 500_000) + b"]\n", "agreement.too-deep", "line 1"),
        (b"x = {" + b".".join([b"a"] * 20) + b" = 1}\n", "agreement.too-deep", "line 1"),
        (b"x = {" + b".".join([b"a"] * 300_000) + b" = 1}\n", "agreement.too-deep", "line 1"),
        (b"x = " + b"9" * 5000, "agreement.not-toml", "line 1"),
        (b"\r", "agreement.not-toml", "line 1"),
    ],
)
def test_refuses_what_is_no_agreement_file(
    problems: Problems, raw: bytes, code: str, where: str
) -> None:
    assert (code, where) in {(problem.code, problem.where) for problem in problems(raw)}


@pytest.mark.parametrize("character", ["\u202e", "\u200b", "\u3164", "\u2066", "\x7f"])
def test_refuses_characters_that_nobody_sees_even_in_comments(
    sound: str, problems: Problems, character: str
) -> None:
    found = problems(sound + f"# a{character}b\n")
    expected = f"U+{ord(character):04X}"
    assert ("agreement.hidden-character", "line 40", expected) in {
        (problem.code, problem.where, problem.found) for problem in found
    }


def test_lists_a_bounded_number_of_hidden_characters(sound: str, problems: Problems) -> None:
    assert len(problems(sound + "# \u202e\n" * 100)) == 32


def test_lines_may_end_with_carriage_return_and_line_feed(sound: str) -> None:
    raw = sound.replace("\n", "\r\n").encode()
    assert read_agreement(raw).id == "sample"


def test_a_repeated_key_is_named_with_the_line_of_its_table(sound: str, problems: Problems) -> None:
    text = sound.replace('article = "2"\n', 'article = "2"\narticle = "3"\n')
    (problem,) = problems(text)
    assert (problem.code, problem.where) == ("agreement.repeated-key", "line 27")
    assert problem.found == 'line 29: article = "3"'


def test_a_repeated_key_hides_no_other_problem(sound: str, problems: Problems) -> None:
    text = 'format = 1\nkind = """\na"""\n' + sound + 'number = [\n  "7",\n]\nmark = 3\n'
    text += "[article.access]\nrank = 1\n[article.access]\n[parties.KOR]\n"
    assert [(problem.code, problem.where.partition(",")[0]) for problem in problems(text)] == [
        ("agreement.repeated-key", "line 1"),
        ("agreement.repeated-key", "line 1"),
        ("agreement.repeated-key", "line 39"),
        ("agreement.unknown-key", "line 39"),
        ("agreement.unknown-key", "line 47"),
        ("agreement.repeated-key", "line 49"),
        ("agreement.repeated-key", "line 50"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[article.access]\nlevels = { a = 1, a = 2 }\n",
        "[levels.order]\nx = 1\n",
        "[[scope]]\n",
        "[article.access]\na.b = 1\n[article.access.a]\n[article.access.a.b]\n",
    ],
)
def test_a_repeat_that_cannot_be_taken_out_ends_the_reading(
    sound: str, problems: Problems, text: str
) -> None:
    (problem,) = problems(sound + text)
    assert problem.code in {"agreement.repeated-key", "agreement.not-toml"}


def test_a_bounded_number_of_repeats_is_taken_out(problems: Problems) -> None:
    found = problems("a = 1\n" * 500)
    assert {problem.code for problem in found} == {"agreement.repeated-key"}
    assert len(found) == 64


def test_after_a_repair_no_syntax_error_is_invented(problems: Problems) -> None:
    found = problems("a = 1\na = 2\nb = \n")
    assert [problem.code for problem in found] == ["agreement.repeated-key"]
