# SPDX-License-Identifier: Apache-2.0
"""The documents hold together: links lead somewhere, a word stands once, notes have a form."""

import re
from pathlib import Path

import pytest

from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.flows.reports.public_words import PAGE
from comity.foresight.matters import HEADS, MATTERS, STATES
from comity.foresight.plain_words import show_agreement
from comity.foresight.words import NAMES, WORDS
from scripts.tidy.tree import ROOT, tracked_paths

PAGES = [path for path in tracked_paths(ROOT) if path.endswith(".md") and (ROOT / path).is_file()]
NOTES = [path for path in PAGES if re.search(r"docs/decisions/\d{4}-", path)]


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", path):
            continue
        found = (ROOT / page).parent / path if path else ROOT / page
        assert found.exists(), f"{page} links to {target}"
        if anchor and found.suffix == ".md":
            assert anchor in _anchors(found.read_text(encoding="utf-8")), f"{page}: {target}"


def test_the_glossary_explains_each_word_once_and_names_its_source() -> None:
    words: list[str] = []
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    for line in text.partition("\n## In Japanese")[0].splitlines():
        if not line.startswith("| ") or line == "| word | means | from |":
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert len(cells) == 3, line
        assert all(cells), line
        words += [word.strip() for word in cells[0].split(",")]
    assert len(words) > 60
    assert len(words) == len(set(words))


def test_the_words_of_other_languages_are_those_that_pages_say() -> None:
    _, _, table = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").partition("\n## In Jap")
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| ")][1:]
    for column, (language, apart) in ((1, ("ja", "・")), (2, ("ko", ", "))):
        tables = (WORDS, NAMES, MATTERS, STATES, HEADS)
        said = [phrase[column] for each in tables for phrase in each.values()]
        said.append(show_agreement(read_agreement(template("gsomia-jpn-kor")), language))
        said += [phrase[column] for phrase in PAGE.values()]
        listed = [word.strip() for row in rows for word in row[column].split(apart)]
        assert [word for word in listed if not any(word in each for each in said)] == []


@pytest.mark.parametrize("note", NOTES)
def test_a_decision_note_has_its_four_headings_and_fits_a_page(note: str) -> None:
    text = (ROOT / note).read_text(encoding="utf-8")
    assert text.startswith(f"# {Path(note).name[:4]}: ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Question", "Options", "Choice", "Cost"]
    assert len(text.splitlines()) <= 80


def test_every_page_is_listed() -> None:
    listed = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert [page for page in sorted(pages) if f"({page})" not in listed] == []


def test_every_decision_note_is_listed() -> None:
    listed = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    assert [note for note in NOTES if f"({Path(note).name})" not in listed] == []
