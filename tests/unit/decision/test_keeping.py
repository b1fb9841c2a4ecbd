# SPDX-License-Identifier: Apache-2.0
"""What our own house refuses of held items and copies, by facts that no clause asks for."""

from __future__ import annotations

from comity.basis.ids import PartyId, PersonId
from comity.decision.keeping import refuse_gap, refuse_recalled, refuse_stranger

ANN, BEN = PersonId("ann"), PersonId("ben")


def test_nothing_more_is_made_of_what_somebody_called_back() -> None:
    assert refuse_recalled("copy.make", "6(h)", ()) is None
    refused = refuse_recalled("copy.make", "6(h)", (PartyId("JPN"), PartyId("USA")))
    assert refused is not None
    (finding,) = refused.findings
    assert (refused.act, finding.article) == ("copy.make", "6(h)")
    assert finding.why == "called back by JPN, USA: nothing more is made of it"


def test_only_its_holder_does_something_with_a_copy() -> None:
    assert refuse_stranger("copy.open", ANN, ANN) is None
    assert refuse_stranger("copy.open", None, BEN) is None
    refused = refuse_stranger("copy.open", ANN, BEN)
    assert refused is not None
    assert [(each.article, each.clause) for each in refused.findings] == [("house", "holder")]


def test_a_gap_that_nobody_reports_is_refused_with_its_article() -> None:
    refused = refuse_gap("copy.take-over", "6(f)")
    assert [each.article for each in refused.findings] == ["6(f)"]
    assert refused.decision is None
