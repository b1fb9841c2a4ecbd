# SPDX-License-Identifier: Apache-2.0
"""What our own house refuses of held items and copies, by facts that no clause asks for."""

from __future__ import annotations

from comity.basis.ids import PartyId, PersonId
from comity.decision.deciding import Citation
from comity.decision.house import allow_house_act
from comity.decision.keeping import (
    for_another,
    name_asked,
    refuse_gap,
    refuse_recalled,
    refuse_stranger,
    refuse_unneeded,
)
from comity.decision.stages import Allowed, Refused
from tests.support_state import gsomia

ANN, BEN = PersonId("ann"), PersonId("ben")


def test_nothing_more_is_made_of_what_somebody_called_back() -> None:
    assert refuse_recalled(gsomia(), "copy.make", "6(h)", ()) is None
    refused = refuse_recalled(gsomia(), "copy.make", "6(h)", (PartyId("JPN"), PartyId("USA")))
    assert refused is not None
    why = "called back by JPN, USA: nothing more is made of it"
    assert (refused.act, refused.findings) == ("copy.make", (Citation("6(h)", "recall", why),))


def test_nothing_more_is_made_of_what_is_needed_no_longer() -> None:
    refused = refuse_unneeded(gsomia(), "copy.make", "6(h)")
    (finding,) = refused.findings
    assert (refused.act, finding.article, finding.clause) == ("copy.make", "6(h)", "need")


def test_leave_to_copy_names_the_limit_and_the_purpose_and_leave_to_open_no_limit() -> None:
    def named(act: str) -> list[str]:
        leave = name_asked(gsomia(), Allowed(act, (Citation("7", "access", "cleared"),)))
        return [each.article for each in leave.articles]

    assert named("reproduce") == ["14", "6(c)", "7"]
    assert named("translate") == ["6(c)", "7"]
    assert named("visit") == ["7"]


def test_only_its_holder_does_something_with_a_copy() -> None:
    assert refuse_stranger("copy.open", ANN, ANN) is None
    assert refuse_stranger("copy.open", None, BEN) is None
    refused = refuse_stranger("copy.open", ANN, BEN)
    assert refused is not None
    finding = Citation("house", "holder", "another person holds this copy")
    assert (refused.act, refused.findings) == ("copy.open", (finding,))


def test_a_gap_that_nobody_reports_is_refused_with_its_article() -> None:
    refused = refuse_gap(gsomia(), "copy.take-over", "6(f)")
    why = "the copy was not handed over to this person, and the gap is not reported"
    assert (refused.act, refused.findings) == ("copy.take-over", (Citation("6(f)", "chain", why),))


def test_what_hinders_another_names_it_and_the_act_that_it_stops() -> None:
    stranger = refuse_stranger("open", ANN, BEN)
    assert stranger is not None
    other = for_another("copy.make", ("the holder", BEN, ANN), stranger)
    own = for_another("copy.make", ("the holder", ANN, ANN), stranger)
    assert isinstance(other, Refused)
    assert isinstance(own, Refused)
    assert (other.act, own.act) == ("copy.make", "copy.make")
    assert [each.why for each in other.findings] == [
        "the holder ben: another person holds this copy"
    ]
    assert own.findings == stranger.findings
    allowed = allow_house_act("open")
    assert for_another("copy.make", ("the holder", BEN, ANN), allowed) is allowed
