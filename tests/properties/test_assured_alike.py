# SPDX-License-Identifier: Apache-2.0
"""Laws of assurances: what outlasts the others decides as all of them would, and is few."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.basis.ids import Place
from comity.basis.instants import DAY_MS, Instant, date_of
from comity.decision.deciding import decide
from comity.decision.request import NO_ITEM, Actor, Request
from comity.flows.facts import assurance_fact, names_assured
from comity.state.queries import assured, given_by, standing_state
from comity.state.records import Assurance
from comity.statement.information import AssuranceGive
from comity.statement.values import Until
from tests.support_state import JPN, KOR, Teller, in_force, varied

ENCRYPTED = 'encrypted_from = "CONFIDENTIAL"'
ACCREDITED = varied((ENCRYPTED, f'{ENCRYPTED}\naccredited_from = "CONFIDENTIAL"'))
NAMES = (None, "desk-1", "desk-2", "system:node", "system:courier")
gaps = st.sampled_from((0, 1, 60_000, DAY_MS))
flags = st.sampled_from((True, True, False))


@st.composite
def untils(draw: st.DrawFn, at: Instant) -> Until:
    """Draw a day, an instant, or no end, near to one another."""
    days, kind = draw(st.integers(0, 3)), draw(st.sampled_from(("day", "instant", "none")))
    if kind == "none":
        return None
    if kind == "day":
        return date_of(at, ACCREDITED.lifecycle.zone) + timedelta(days=days)
    return Instant(at + days * DAY_MS + draw(gaps))


@st.composite
def told(draw: st.DrawFn) -> Teller:
    """Tell of assurances of one party, minutes or a day apart."""
    teller = in_force(agreement=ACCREDITED)
    for _ in range(draw(st.integers(0, 12))):
        at = Instant(teller.now + 1 + draw(gaps))
        level = draw(st.sampled_from(("SECRET", "CONFIDENTIAL")))
        name, until = draw(st.sampled_from(NAMES)), draw(untils(at))
        teller.say(KOR, AssuranceGive(level, name, draw(flags), draw(flags), until), at=at)
    return teller


@st.composite
def requests(draw: st.DrawFn, teller: Teller) -> Request:
    """Ask for a release to whoever assured."""
    at = Instant(teller.now + draw(st.sampled_from((-DAY_MS, -1, 0, 1, DAY_MS, 3 * DAY_MS))))
    named = st.sampled_from(((), ("desk-1",), ("desk-1", "desk-2")))
    item = replace(
        NO_ITEM,
        originators=(JPN,),
        level=draw(st.sampled_from(("SECRET", "CONFIDENTIAL"))),
        category="missile-warning",
        form="document",
        named_for=draw(named),
    )
    return Request(
        action="release",
        at=at,
        agreement_state=standing_state(teller.state, at),
        actor=Actor(party=JPN),
        item=item,
        recipient=KOR,
        channel=draw(st.sampled_from(("node", "courier"))),
        suspended=(),
    )


@settings(max_examples=150)
@given(st.data())
def test_what_outlasts_the_other_assurances_decides_as_all_of_them(data: st.DataObject) -> None:
    teller = data.draw(told())
    request = data.draw(requests(teller))
    size = data.draw(st.integers(0, teller.sizes[KOR]))
    given = [each for each in given_by(teller.state, KOR) if each.place.index < size]
    assert isinstance(request.at, int)
    assert isinstance(request.item.named_for, tuple)
    names = names_assured(ACCREDITED, request.item.named_for)
    lasting = assured(teller.state, KOR, names, Instant(request.at), seen={KOR: size})
    assert _answer(request, given) == _answer(request, lasting)
    assert {each.place for each in lasting} <= {each.place for each in given}


def _answer(request: Request, known: list[Assurance] | tuple[Assurance, ...]) -> object:
    facts = tuple(assurance_fact(each) for each in known)
    decision = decide(ACCREDITED, replace(request, assurances=facts))
    return decision.decision, decision.articles, decision.unmet, decision.unknown


def test_few_assurances_are_held_however_many_are_given_and_for_whomever() -> None:
    teller = in_force(agreement=ACCREDITED)
    last: Place | None = None
    for number in range(200):
        until = Instant(teller.now + DAY_MS * (1 + number % 7))
        last = teller.say(KOR, AssuranceGive("SECRET", f"desk-{number}", True, True, until))
        teller.say(KOR, AssuranceGive("SECRET", "desk-0", True, True, until))
    names = names_assured(ACCREDITED, ("desk-0", "desk-199"))
    found = assured(teller.state, KOR, names, teller.now)
    assert last in {each.place for each in found}
    assert len(found) == 3
    assert len(given_by(teller.state, KOR)) == 400
    assert assured(teller.state, JPN, names, teller.now) == ()
