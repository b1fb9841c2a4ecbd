# SPDX-License-Identifier: Apache-2.0
"""docs/errors.md lists every code of the source, and the collector sees the forms they come in."""

import difflib

import pytest

from scripts import error_codes
from scripts.tidy.tree import ROOT, Source, read_sources

FILE = "src/comity/state/items.py"


def _collect(text: str) -> error_codes.Catalogue:
    return error_codes.collect([Source(FILE, text)])


@pytest.fixture(scope="module")
def catalogue() -> error_codes.Catalogue:
    return error_codes.collect(read_sources(ROOT))


def test_the_page_is_what_the_source_says(catalogue: error_codes.Catalogue) -> None:
    written = error_codes.PAGE.read_text(encoding="utf-8").splitlines()
    said = error_codes.page(catalogue).splitlines()
    changed = list(difflib.unified_diff(written, said, "written", "said", n=0, lineterm=""))
    if changed:
        shown = "\n".join(changed[:20])
        pytest.fail(f"docs/errors.md: `make golden` writes it again\n{shown}", pytrace=False)


def test_every_code_is_a_literal_of_the_right_form(catalogue: error_codes.Catalogue) -> None:
    findings = [str(finding) for finding in catalogue.findings]
    if findings:
        pytest.fail("\n".join(findings), pytrace=False)


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ('raise InputError("state.late", "x")', "InputError"),
        ('raise InputError(code="state.late", what="x")', "InputError"),
        ('class Moved(StateError): ...\nraise Moved("state.late", "x")', "StateError"),
        (
            "class Moved(EdgeError):\n"
            "    def __init__(self) -> None:\n"
            '        super().__init__("state.late", "x")',
            "EdgeError",
        ),
        (
            "def _no(code: str) -> ProofError:\n"
            '    return ProofError(code, "x")\n'
            'raise _no("state.late")',
            "ProofError",
        ),
        ('_LATE = "state.late"\nraise ConfigError(_LATE, "x")', "ConfigError"),
        ('raise InputError("state.late" if x else "state.late", "x")', "InputError"),
        (
            'def f():\n    code = "state.late"\n    raise StateError(code, "x")',
            "StateError",
        ),
        (
            "def _no(kind: str) -> InputError:\n"
            '    return InputError(f"state.{kind}", "x")\n'
            'raise _no("late")',
            "InputError",
        ),
        (
            "def _no(code: str) -> InputError:\n"
            '    return InputError(f"state.{code}", "x")\n'
            "def _never(when: str) -> InputError:\n"
            "    return _no(when)\n"
            'raise _never(when="late")',
            "InputError",
        ),
        (
            "class Notes:\n"
            "    def note(self, at: int, code: str) -> None:\n"
            '        self.kept.append(InputError(code, "x"))\n'
            "class Table:\n"
            "    def note(self, code: str) -> None:\n"
            '        self.notes.note(1, f"state.{code}")\n'
            "    def text(self) -> None:\n"
            '        self.note("late")',
            "InputError",
        ),
        (
            '_CODES = {"a": "state.late"}\n'
            'raise InputError(_CODES.get(err.code, "state.late"), "x")',
            "InputError",
        ),
        (
            'for code in ("state.late", "state.late"):\n    raise InputError(code, "x")',
            "InputError",
        ),
        ('class Finding(StrEnum):\n    LATE = "state.late"', "a finding"),
        ('class Problem:\n    code: str\nProblem("state.late")', "a finding"),
        (
            'class Verdict:\n    at: int\n    code: str\nVerdict(1, "state.late")',
            "said in a statement",
        ),
    ],
)
def test_sees_a_code(text: str, family: str) -> None:
    catalogue = _collect(text)
    assert {(use.code, use.family) for use in catalogue.uses} == {("state.late", family)}
    assert not catalogue.findings
    assert "`state.late`" in error_codes.page(catalogue)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('raise InputError(f"state.{kind}", "x")', "not a literal"),
        ('def f():\n    code = g()\n    raise InputError(code, "x")', "not a literal"),
        (
            'def f(err):\n    code = err.code.partition(".")[2]\n'
            '    raise InputError(f"state.{code}", "x")',
            "not a literal",
        ),
        ('raise InputError("late", "x")', "malformed"),
        ('raise InputError("state.too_late", "x")', "malformed"),
        ('raise InputError("State.late", "x")', "malformed"),
    ],
)
def test_refuses_a_code_that_cannot_be_listed(text: str, said: str) -> None:
    catalogue = _collect(text)
    assert [said in finding.what for finding in catalogue.findings] == [True]


def test_passes_on_the_code_of_another_error() -> None:
    catalogue = _collect('def f(err):\n    raise InputError(err.code, "x")')
    assert not catalogue.uses
    assert not catalogue.findings


def test_leaves_other_calls_alone() -> None:
    assert not _collect('class Kind(StrEnum):\n    A = "item.release"\n    B = "x.a_b"').uses
    assert not _collect('f("state.late")\nraise StopIteration("state.late")').uses


def test_a_finding_is_explained_by_the_words_beside_it_and_without_them_by_its_name() -> None:
    found = _collect(
        'class Found(StrEnum):\n    NOT_SO = "state.not-so"\n    TOO_LATE = "state.too-late"\n'
        'REASONS = {Found.TOO_LATE: "it is past its day", Other.NOT_SO: "of another"}\n'
    )
    said = {each.code: each.what for each in found.uses}
    assert said == {"state.not-so": "not so", "state.too-late": "it is past its day"}
