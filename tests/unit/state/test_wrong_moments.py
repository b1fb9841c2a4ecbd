# SPDX-License-Identifier: Apache-2.0
"""Every kind said at the wrong moment: before anything, of what is not there, after the end.

What does not count leaves no trace but its reason, with an article; whichever comes first, the
state is the same.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from comity.basis.ids import Place
from comity.state.fold import Fold
from comity.statement.kinds import SPOKEN_KINDS, Body
from comity.statement.treaty import AgreementEndNotice
from tests.builders.bodies import sample_bodies
from tests.support_state import JPN, KOR, NOTE, Teller, gsomia, in_force

KINDS = sorted(SPOKEN_KINDS)
BODIES = sample_bodies()


NEEDS_NOTHING = frozenset({"journal.anchor", "party.card", "statement.reject", "time.dispute"})
"""What says nothing of the agreement."""

NEEDS_A_TEXT = frozenset(
    {
        *("agreement.announcement", "agreement.end_notice", "agreement.postpone"),
        *("assurance.give", "contractor.assure", "party.authority"),
        *("dispute.open", "request.make", "balance.state"),
    }
)
"""What needs nothing but an agreement: a promise, a question, a word on the record."""


def unborn() -> Teller:
    return Teller(gsomia())


def ended() -> Teller:
    teller = in_force()
    teller.say(KOR, AgreementEndNotice(None, date(2017, 8, 1), None, NOTE), at="2017-08-01")
    return teller


MOMENTS = {
    "before anything": (unborn, "2016-11-01"),
    "of what is not there": (in_force, "2016-12-16"),
    "after the end": (ended, "2018-01-10"),
}


def rest(teller: Teller) -> dict[str, Any]:
    """Give the exported state, but for what does not count and when it was exported."""
    state = teller.exported("2018-02-01")
    return {key: value for key, value in state.items() if key not in ("not_counted", "at")}


def said(kind: str) -> Body:
    return BODIES[kind]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_count_leaves_no_trace_but_its_reason(kind: str, moment: str) -> None:
    make, at = MOMENTS[moment]
    teller = make()
    before = rest(teller)
    places = [teller.say(party, said(kind), at=at) for party in (JPN, KOR)]
    reasons = [teller.why(place) for place in places]
    for reason in reasons:
        # Of a text that is not here nobody can cite an article.
        assert reason is None or reason[1] or reason[0] == "agreement.unknown-version", reason
    if None not in reasons:
        assert rest(teller) == before
    may_count = NEEDS_NOTHING if moment == "before anything" else NEEDS_NOTHING | NEEDS_A_TEXT
    assert (None in reasons) is (kind in may_count)


@pytest.mark.parametrize("kind", KINDS)
def test_whichever_came_first_the_state_is_the_same(kind: str) -> None:
    teller = in_force()
    teller.say(JPN, said(kind), at="2016-12-16")
    teller.say(KOR, said(kind))
    backwards = Fold(teller.agreement.id, teller.files)
    for place, statement in reversed(teller.told):
        assert isinstance(place, Place)
        backwards.insert(place, statement)
    assert backwards.export() == teller.fold.export()
