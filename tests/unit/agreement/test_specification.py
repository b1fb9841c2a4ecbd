# SPDX-License-Identifier: Apache-2.0
"""The specification pages say what the reader does."""

from collections.abc import Callable

import pytest

from comity.agreement.condition_words import condition_text
from comity.agreement.kinds import ClauseKind
from comity.agreement.model import Agreement
from comity.agreement.rules import BelowLevel
from comity.agreement.specification import clause_page, clause_pages, example_text
from comity.agreement.vocabulary import CLAUSE_KINDS, kind_names


@pytest.mark.parametrize("kind", CLAUSE_KINDS, ids=kind_names())
def test_the_example_of_each_page_is_read_back_as_it_is_shown(
    kind: ClauseKind, sound: str, read: Callable[[str], Agreement]
) -> None:
    (clause,) = read(sound + example_text(kind)).articles[0].clauses
    assert clause.kind == kind.name
    keys = dict(clause.keys)
    for spec in kind.keys:
        shown = spec.example if spec.default is None else spec.default
        assert keys.get(spec.name) == shown


@pytest.mark.parametrize("kind", CLAUSE_KINDS, ids=kind_names())
def test_a_page_names_every_key_and_every_action(kind: ClauseKind) -> None:
    page = clause_page(kind)
    assert page in clause_pages()
    for spec in kind.keys:
        assert f"| `{spec.name}` |" in page
    for word in (*kind.speaks_of, *kind.permits, *kind.asks):
        assert f"`{word}`" in page


def test_a_condition_of_a_level_is_said_too() -> None:
    assert condition_text(BelowLevel("item.level", "SECRET", "")) == (
        "`item.level` is a level of the ladder below `SECRET`"
    )
