# SPDX-License-Identifier: Apache-2.0
"""Consultation before an order: whoever orders unasked is reminded by the article."""

from __future__ import annotations

from comity.agreement.reading import read_agreement
from comity.statement.information import CONSULTATION, ConsentAsk
from tests.support_state import KOR, Teller, in_force
from tests.unit.state.test_fold_goods import PACT, asked

ARTICLE = b"""[[article]]
number = "7"
title.en = "Consultation"
summary.en = "Consultation."
[article.consultation]
between = "parties"
meanwhile = "protection"
before = ["order"]
"""


def teller() -> Teller:
    return in_force(agreement=read_agreement(PACT + ARTICLE))


def ask(told: Teller, category: str) -> None:
    said = ConsentAsk((), category, KOR, f"{CONSULTATION}order", None)
    assert told.why(told.say(KOR, said)) is None


def test_an_order_that_nobody_was_asked_about_is_noted() -> None:
    told = teller()
    order = asked(told)
    assert [row.place for row in told.state.unasked.values()] == [order]


def test_an_order_is_asked_about_by_the_category_of_its_lines() -> None:
    told = teller()
    ask(told, "fuel")
    order = asked(told)
    assert [row.place for row in told.state.unasked.values()] == [order]
    ask(told, "ammunition")
    assert not len(told.state.unasked)
    asked(told, number="K-2")
    assert not len(told.state.unasked)
