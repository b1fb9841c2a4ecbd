# SPDX-License-Identifier: Apache-2.0
import pytest

from comity.basis.errors import (
    ComityError,
    ConfigError,
    EdgeError,
    EquivocationError,
    InputError,
    InvariantError,
    Problem,
    ProblemsError,
    ProofError,
    SignInError,
    StateError,
    excerpt,
    problem_of,
)


@pytest.mark.parametrize(
    ("family", "exit_code", "http_status", "retry"),
    [
        (InputError, 2, 400, False),
        (ProofError, 4, 422, False),
        (EquivocationError, 4, 409, False),
        (StateError, 1, 409, False),
        (EdgeError, 5, 503, True),
        (ConfigError, 2, None, False),
        (SignInError, 6, 401, False),
        (InvariantError, 1, 500, False),
    ],
)
def test_every_family_has_its_exit_code_status_and_retry(family, exit_code, http_status, retry):
    assert issubclass(family, ComityError)
    assert (family.exit_code, family.http_status, family.retry) == (exit_code, http_status, retry)


def test_equivocation_is_a_failed_proof():
    assert issubclass(EquivocationError, ProofError)


def test_problems_are_bad_input():
    assert issubclass(ProblemsError, InputError)


def test_text_is_one_line_with_place_expected_found_hint_and_code():
    error = InputError(
        "tlog.tree-size",
        "wrong tree size",
        where="checkpoint",
        expected="12",
        found="9",
        hint="ask again",
    )
    assert str(error) == (
        "checkpoint: wrong tree size: 12 expected, 9 found; ask again [tlog.tree-size]"
    )


def test_text_leaves_out_what_is_empty():
    assert str(InputError("basis.word", "wrong")) == "wrong [basis.word]"
    assert str(InputError("basis.word", "wrong", found="x")) == "wrong: x found [basis.word]"


def test_json_holds_all_six_fields():
    error = InputError("a.b", "c", where="d", expected="e", found="f", hint="g")
    assert error.as_json() == {
        "code": "a.b",
        "what": "c",
        "where": "d",
        "expected": "e",
        "found": "f",
        "hint": "g",
    }


@pytest.mark.parametrize("character", ["\n", "\r", "\x1b", "\x00", "\u202e", "\u2028", "\u200b"])
def test_no_character_of_a_field_breaks_the_line_or_reorders_it(character):
    error = InputError("a.b", f"w{character}", where=character, found=character, hint=character)
    assert str(error).isprintable()
    assert all(text.isprintable() for text in error.as_json().values())


def test_evidence_of_equivocation_is_attached_and_never_shown():
    error = EquivocationError("tlog.two-roots", "two stories", evidence=b"both notes")
    assert error.evidence == b"both notes"
    assert "both notes" not in str(error) + repr(error) + str(error.as_json())


PROBLEMS = (
    Problem("a.b", "line 3", "unknown key", "level", "levle", "did you mean level?"),
    Problem("a.c", "line 9", "missing key"),
)


@pytest.mark.parametrize("family", [ProblemsError, ConfigError])
def test_several_problems_are_all_kept_and_the_text_shows_the_first_and_counts(family):
    error = family("agreement.refused", "agreement refused", PROBLEMS)
    assert error.problems == PROBLEMS
    assert str(error) == (
        "line 3: agreement refused: level expected, levle found; "
        "unknown key: did you mean level?; the first of 2 problems [agreement.refused]"
    )


@pytest.mark.parametrize("family", [ProblemsError, ConfigError])
def test_a_single_problem_is_shown_without_a_count(family):
    error = family("agreement.refused", "agreement refused", PROBLEMS[1:])
    assert str(error) == "line 9: agreement refused; missing key [agreement.refused]"


def test_a_configuration_error_may_come_without_problems():
    assert str(ConfigError("config.unsafe", "not safe")) == "not safe [config.unsafe]"


def test_a_problem_reads_like_an_error_and_goes_to_json():
    assert str(PROBLEMS[1]) == "line 9: missing key [a.c]"
    assert PROBLEMS[1].as_json() == {
        "code": "a.c",
        "where": "line 9",
        "what": "missing key",
        "expected": "",
        "found": "",
        "hint": "",
    }


@pytest.mark.parametrize(
    "hidden", ["\x1b", "\x9b", "\u202e", "\u200b", "\u3164", "\uffa0", "\u2800"]
)
def test_neither_errors_nor_problems_nor_excerpts_hold_what_nobody_sees(hidden):
    text = f"a{hidden}b"
    fields = {"where": text, "expected": text, "found": text, "hint": text}
    for each in (InputError("code", text, **fields), Problem("code", what=text, **fields)):
        assert hidden not in "".join(each.as_json().values())
    assert excerpt(text) == f"a\\u{{{ord(hidden):x}}}b"


def test_an_error_becomes_the_problem_with_the_same_fields():
    error = InputError("a.b", "c", where="d", expected="e", found="f", hint="g")
    assert problem_of(error).as_json() == error.as_json()


def test_an_excerpt_of_short_printable_text_is_the_text():
    assert excerpt("極秘") == "極秘"
    assert excerpt("x" * 80) == "x" * 80


@pytest.mark.parametrize("text", ["x" * 81, "\u202e" * 80, "x" * 1_000_000, "\n" * 30])
def test_an_excerpt_is_never_longer_than_80_printable_characters(text):
    assert len(excerpt(text)) <= 80
    assert excerpt(text).isprintable()


def test_a_cut_excerpt_says_that_it_is_cut():
    assert excerpt("x" * 81) == "x" * 79 + "…"
