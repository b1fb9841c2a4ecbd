# SPDX-License-Identifier: Apache-2.0
"""What the house asks of an item that goes on, and whose "no" is whose."""

import pytest

from comity.basis.ids import AgreementId, Digest
from comity.decision.deciding import Citation, Decision
from comity.decision.onward import name_agreement, refuse_lowered
from comity.decision.stages import Refused
from comity.marking.levels import Ladder

LADDER = Ladder(("SECRET", "CONFIDENTIAL"))


@pytest.mark.parametrize(
    ("level", "given", "refused"),
    [
        ("SECRET", "SECRET", False),
        ("CONFIDENTIAL", "SECRET", False),
        ("SECRET", "CONFIDENTIAL", True),
        ("TOP SECRET", "SECRET", True),
    ],
)
def test_an_item_goes_on_at_no_lower_level_and_at_none_that_cannot_be_compared(
    level: str, given: str, *, refused: bool
) -> None:
    found = refuse_lowered("release", level, given, LADDER)
    assert (found is not None) == refused
    if found is not None:
        assert found.findings[0].clause == "level"


def test_a_finding_says_whose_article_it_is() -> None:
    decision = Decision(
        "deny", AgreementId("tisa"), 1, Digest("5e" * 32), "release", None, (), (), ()
    )
    finding = Citation("4", "hub", "it goes only through USA")
    named = name_agreement(Refused("release", (finding,), decision))
    assert named.findings[0].why == "it goes only through USA (tisa)"
    house = Refused("release", (finding,))
    assert name_agreement(house) is house
