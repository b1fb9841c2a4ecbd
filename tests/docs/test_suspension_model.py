# SPDX-License-Identifier: Apache-2.0
"""The small model of a `suspension` clause in docs/agreements/format.md does what the page says."""

from __future__ import annotations

from pathlib import Path

from comity.agreement.reading import read_agreement
from comity.agreement.templates import template, template_ids
from comity.agreement.vocabulary import CLAUSE_KINDS
from comity.statement.treaty import AgreementResumeCategory, AgreementSuspendCategory
from tests.support_state import JPN, KOR, NOTE, in_force, release

_PAGE = Path(__file__).parents[2] / "docs/agreements/format.md"


def model() -> bytes:
    """Give the file that the page makes of the one that ships: with the article on it."""
    part = _PAGE.read_text(encoding="utf-8").partition("## Suspending a category")[2]
    block = part.partition("```toml\n")[2].partition("```")[0]
    return template("gsomia-jpn-kor") + f"\n{block}".encode()


def test_no_file_that_ships_has_the_clause_and_its_page_says_that_no_text_has() -> None:
    assert [
        name for name in template_ids() if read_agreement(template(name)).clauses("suspension")
    ] == []
    (kind,) = (each for each in CLAUSE_KINDS if each.name == "suspension")
    assert "no treaty text that was read has such an article" in kind.source


def test_with_the_article_on_the_page_one_category_stops_and_goes_on() -> None:
    teller = in_force(agreement=read_agreement(model()))
    said = teller.say(KOR, AgreementSuspendCategory("missile-warning", None, None, NOTE))
    assert teller.why(teller.say(JPN, release())) == ("suspension.category-suspended", "22")
    assert teller.why(teller.say(JPN, release("other", category="nuclear-test"))) is None
    other = AgreementSuspendCategory("nuclear-test", None, None, NOTE)
    assert teller.why(teller.say(KOR, other)) == ("suspension.not-suspendable", "22")
    assert teller.why(teller.say(KOR, AgreementResumeCategory(said, None, NOTE))) is None
    assert teller.why(teller.say(JPN, release("again"))) is None
