# SPDX-License-Identifier: Apache-2.0
"""docs/articles.md is what the tests' marks say, and no row of the treaties is missing."""

from scripts.articles import PAGE, ROWS, Shown, collect, findings, page
from scripts.tidy.tree import ROOT, Source, read_sources

MARKED = """
@pytest.mark.row("G6a", "T5")
def test_one() -> None: ...

@pytest.mark.skip(reason="none")
@pytest.mark.row("G1")
def test_two() -> None: ...

@pytest.mark.row(OTHER)
def helper() -> None: ...

def test_unmarked() -> None: ...
"""


def test_the_page_is_what_the_tests_say_and_every_row_is_shown_or_says_why_not() -> None:
    shown = collect(read_sources(ROOT))
    assert findings(shown) == ()
    assert PAGE.read_text(encoding="utf-8") == page(shown), "out of date: `make golden` writes it"


def test_every_row_stands_on_the_page_by_its_own_id() -> None:
    written = {line.split(" | ")[0].removeprefix("| ") for line in page(()).splitlines()}
    assert {row.id for row in ROWS} <= written
    assert len({row.id for row in ROWS}) == len(ROWS)


def test_marks_are_read_and_what_is_wrong_with_them_is_said() -> None:
    one, two, three = collect([Source("tests/a.py", MARKED), Source("src/b.py", MARKED)])
    assert one == Shown("test_one", "tests/a.py", ("G6a", "T5"))
    assert two.findings == ("`make test` does not run it",)
    assert three.findings == ("a row of it is not written out", "it is no test")


def test_a_mark_of_a_whole_file_binds_each_of_its_tests() -> None:
    text = (
        'pytestmark = pytest.mark.row("G20")\n\ndef test_one() -> None: ...\n\ndef helper(): ...\n'
    )
    assert collect([Source("tests/a.py", text)]) == (Shown("test_one", "tests/a.py", ("G20",)),)
    listed = text.replace("pytest.mark.row", "[pytest.mark.slow, pytest.mark.row").replace(
        '("G20")', '("G20")]'
    )
    assert collect([Source("tests/a.py", listed)]) == (Shown("test_one", "tests/a.py", ("G20",)),)


def test_a_row_that_does_not_exist_and_one_that_nothing_shows_are_findings() -> None:
    found = findings([Shown("test_it", "tests/a.py", ("G99", "G1"))])
    assert "tests/a.py: test_it: there is no row 'G99'" in found
    assert "row G2a: no test shows it, and nothing says why a node cannot" in found
    assert not any(finding.startswith(("row G1:", "row T9:")) for finding in found)
