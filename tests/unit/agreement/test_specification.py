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
    OffsetDue,
    OrderListed,
    OrderRow,
    OrderShows,
    RightsConfirmed,
    SettledBy,
    ThroughHub,
    TwoPersons,
)
from comity.agreement.specification import clause_page, clause_pages, example_text
from comity.agreement.vocabulary import CLAUSE_KINDS, kind_names
from comity.basis.instants import Date, Duration, DurationUnit


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
        (
            OrderListed((OrderRow(), OrderRow((), ("fuel",), (), Date(1996, 10, 22)))),
            "each of `order.categories` stands in one of the rows: any category by any party for "
            "any activity; `fuel` by any party for any activity from 1996-10-22",
        ),
        (
            OrderListed((OrderRow(until=Date(2004, 7, 28)),)),
            "each of `order.categories` stands in one of the rows: any category by any party for "
            "any activity until 2004-07-28",
        ),
        (OrderShows(("charter", "method")), "`order.shows` holds all of: `charter`, `method`"),
        (
            SettledBy(("return",), ("cash",), in_order=True),
            "`settlement.method` is one of `return` for supplies and loans, one of `cash` for "
            "services, or `offset` or `converted`; cash for supplies only with a "
            "`settlement.reason`",
        ),
        (
            OffsetDue(Duration(18, DurationUnit.MONTHS), approved=True),
            "for an `offset`: `at` is more than 18 months after `settlement.delivered`, and "
            "`settlement.approved_by` holds both parties of the order",
        ),
        (OffsetDue(None, approved=False), "for an `offset`: nothing more"),
    ],
)
def test_a_condition_that_no_example_compiles_to_is_said_too(
    condition: Condition, said: str
) -> None:
    assert condition_text(condition) == said
