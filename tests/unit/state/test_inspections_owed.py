# SPDX-License-Identifier: Apache-2.0
"""Which word is the next inspection of a firm, where the file names the condition that it is."""

from __future__ import annotations

from datetime import date

import pytest

from comity.statement.cases import ContractorAssure
from tests.builders.dutiful import owed, states
from tests.support_state import KOR, in_force, instant


@pytest.mark.row("G16")
def test_where_the_paragraph_is_a_condition_only_that_condition_is_the_inspection() -> None:
    """Of the file that ships: another condition that is made sure of anew is no inspection."""
    teller = in_force()

    def assure(letter: str, on: str, *, met: bool = True) -> None:
        day = date.fromisoformat(on)
        body = ContractorAssure(
            "firm-a", "plant-1", None, (letter,), met, "SECRET", "doc-1", "dsa", day, None
        )
        assert teller.why(teller.say(KOR, body, at=f"{on}T12:00:00Z")) is None

    assure("a", "2017-01-05")
    assert owed(teller, article="16(g)") == ()
    assure("g", "2017-01-10")
    assure("a", "2017-12-01")
    assert states(teller, "2018-01-11", "16(g)") == ["late"]
    assure("g", "2018-01-12")
    assert states(teller, article="16(g)") == ["done_late", "open"]
    assure("g", "2018-02-01", met=False)
    assert states(teller, article="16(g)") == ["done_late", "done"]


@pytest.mark.row("G16")
@pytest.mark.parametrize(
    ("until", "term", "due"),
    [
        (None, "1 year", "2018-01-10T15:00:00Z"),
        (date(2017, 6, 30), "as said", "2017-06-30T15:00:00Z"),
        (date(2019, 6, 30), "1 year", "2018-01-10T15:00:00Z"),
    ],
    ids=["no end", "an end before the year", "an end after it"],
)
def test_a_duty_names_the_term_that_its_day_comes_from(
    until: date | None, term: str, due: str
) -> None:
    teller = in_force()
    day = date(2017, 1, 10)
    body = ContractorAssure(
        "firm-a", "plant-1", None, ("g",), True, "SECRET", "doc-1", "dsa", day, until
    )
    assert teller.why(teller.say(KOR, body, at="2017-01-10T12:00:00Z")) is None
    (duty,) = owed(teller, article="16(g)")
    assert (duty.term, duty.due) == (term, instant(due))
