# SPDX-License-Identifier: Apache-2.0
"""The specification pages say what the reader does."""

from collections.abc import Callable

import pytest

from comity.agreement.condition_words import condition_text
from comity.agreement.kinds import ClauseKind
from comity.agreement.model import Agreement
from comity.agreement.rules import (
    Accredited,
    BelowLevel,
    Condition,
    FirmsAssured,
    NotedInLanguage,
    RightsConfirmed,
    ThroughHub,
    TwoPersons,
)
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


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (
            BelowLevel("item.level", "SECRET", ""),
            "`item.level` is a level of the ladder below `SECRET`",
        ),
        (
            Accredited("SECRET"),
            "`channel` is one of: `courier`; or `item.level` is below `SECRET`; or one of "
            "`assurances` is by `recipient`, for `system:` and the name of `channel`, was given, "
            "has not passed and reaches `item.level`",
        ),
        (RightsConfirmed(), "`item.rights` is empty, or `rights_confirmed` is true"),
        (
            FirmsAssured((), cleared=False),
            "for each of `firms`, of which there is at least one: any; and for each letter of "
            "none one of its `conditions` was given and has not passed",
        ),
        (
            NotedInLanguage(("ja", "ko")),
            "`translation.note` is `translation.language`, which is one of: `ja`, `ko`",
        ),
        (TwoPersons(None), "`second_person.id` is not `actor.id`"),
        (
            ThroughHub("USA", by_consent=False),
            "`recipient` is `USA`; or `actor.party` is `USA`, `sharing.under` is this agreement "
            "and `sharing.with` holds `recipient`",
        ),
    ],
)
def test_a_condition_that_no_example_compiles_to_is_said_too(
    condition: Condition, said: str
) -> None:
    assert condition_text(condition) == said
