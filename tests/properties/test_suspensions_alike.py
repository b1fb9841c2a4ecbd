# SPDX-License-Identifier: Apache-2.0
"""Laws of suspensions: one outcome in whatever order it is heard, and by what was seen alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.basis.ids import PartyId, Place
from comity.basis.instants import DAY_MS, Instant, date_of, parse_instant
from comity.state.fold import Fold
from comity.state.tables import walk
from comity.statement.kinds import Body
from comity.statement.treaty import AgreementResumeCategory, AgreementSuspendCategory
from tests.support_state import JPN, KOR, NOTE, Teller, in_force, release
from tests.unit.state.test_suspensions import CATEGORY, suspendable

MARKINGS = {JPN: "秘", KOR: "군사III급비밀"}
gaps = st.sampled_from((1, 60_000, DAY_MS, 3 * DAY_MS))
days = st.sampled_from((None, 0, 1, 2, 5))


@st.composite
def stories(draw: st.DrawFn) -> Teller:
    """Tell of suspensions, resumptions and releases, some by who has not heard it all."""
    teller = in_force(agreement=suspendable())
    for _ in range(draw(st.integers(1, 12))):
        party = draw(st.sampled_from((JPN, KOR)))
        other = KOR if party == JPN else JPN
        at = Instant(teller.now + draw(gaps))
        lag = draw(st.sampled_from((0, 0, 1, 2)))
        seen = {other: max(4, teller.sizes[other] - lag)}
        teller.say(party, _body(draw, teller, party, at), at=at, seen=seen)
    return teller


def _body(draw: st.DrawFn, teller: Teller, party: PartyId, at: Instant) -> Body:
    today = date_of(at, suspendable().lifecycle.zone)

    def day() -> Any:
        chosen = draw(days)
        return None if chosen is None else today + timedelta(days=chosen)

    kind = AgreementSuspendCategory.KIND
    said = [where for where, each in teller.told if each.kind == kind and where.party == party]
    match draw(st.sampled_from(("suspend", "resume", "release", "release"))):
        case "suspend":
            return AgreementSuspendCategory(CATEGORY, day(), day(), NOTE)
        case "resume" if said:
            return AgreementResumeCategory(draw(st.sampled_from(said)), day(), NOTE)
        case _:
            number = str(len(teller.told))
            return release(number, originators=(party,), marking=MARKINGS[party])


def _is_suspended(
    rows: list[dict[str, Any]], place: Place, at: Instant, seen: dict[str, int]
) -> bool:
    """Answer by every suspension that counts, not only by the newest of each party."""

    def within(text: str) -> bool:
        party, _, index = text.partition("/")
        return int(index) < (place.index if party == place.party else seen.get(party, 0))

    for row in rows:
        ends = min([row["ends"], *(at for text, at in row["resumed"] if within(text))])
        if within(row["place"]) and parse_instant(row["starts"]) <= at < ends:
            return True
    return False


@settings(deadline=None, max_examples=80)
@given(stories(), st.randoms(use_true_random=False))
def test_it_is_one_state_in_whatever_order_it_is_heard(teller: Teller, shuffle: Any) -> None:
    told = list(teller.told)
    shuffle.shuffle(told)
    other = Fold(teller.agreement.id, teller.files)
    for place, statement in told:
        other.insert(place, statement)
    assert other.export() == teller.fold.export()


@settings(deadline=None, max_examples=80)
@given(stories())
def test_a_release_counts_unless_its_speaker_had_seen_what_suspends_it(teller: Teller) -> None:
    rows = teller.exported()["suspensions"]
    for row in rows:
        known = teller.state.suspended_by.get(Place(PartyId(row["by"]), _index(row["place"])))
        assert known is not None
        row["ends"] = known.ends
        resumed = walk(teller.state.resumptions.get(known.place))
        row["resumed"] = [(str(each.place), each.starts) for each in resumed]
    for place, statement in teller.told:
        if statement.kind == "item.release":
            why = teller.why(place)
            stopped = _is_suspended(rows, place, statement.at, dict(statement.seen))
            assert (why == ("suspension.category-suspended", "22")) is stopped
            assert (place in teller.state.items) is not stopped


def _index(text: str) -> int:
    return int(text.partition("/")[2])
