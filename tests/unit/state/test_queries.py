# SPDX-License-Identifier: Apache-2.0
"""What flows ask of a state."""

from datetime import date

import pytest

from comity.basis.ids import AgreementId, Place
from comity.basis.instants import Instant
from comity.state.lifecycle import lifecycle_at
from comity.state.queries import (
    assurances_in_force,
    change_of,
    consents_for,
    current_version,
    effective_consents,
    held_marking,
    items_by,
    items_for,
    open_requests,
    originator_marking,
    receipt_of,
    standing_state,
)
from comity.state.records import Item
from comity.state.state import State
from comity.statement.information import (
    AssuranceGive,
    ConsentGive,
    ConsentWithdraw,
    ItemReclassify,
    RequestDecline,
    RequestMake,
)
from comity.statement.values import Until
from tests.support_state import JPN, KOR, NOTE, USA, Teller, instant, receipt, release

NEVER = Instant(2**50)


def item_of(teller: Teller, where: Place) -> Item:
    found = teller.state.items.get(where)
    assert found is not None
    return found


def give(*items: Place, category: str | None = None, until: Until = None) -> ConsentGive:
    return ConsentGive(None, items, category, USA, "warning", until, NOTE)


def assure(until: Until = None) -> AssuranceGive:
    return AssuranceGive("SECRET", None, need=True, equivalent_protection=True, until=until)


def test_lists_items_by_who_released_them_and_for_whom(teller: Teller) -> None:
    ours = teller.say(JPN, release())
    theirs = teller.say(KOR, release("k", marking="군사III급비밀", originators=(KOR,)))
    assert [item.place for item in items_for(teller.state, KOR)] == [ours]
    assert [item.place for item in items_by(teller.state, KOR)] == [theirs]
    assert items_for(teller.state, USA) == ()


def test_gives_the_current_version_and_receipts(teller: Teller) -> None:
    item = teller.say(JPN, release())
    assert current_version(teller.state) == teller.agreement.sha256
    assert current_version(State(AgreementId("x"))) is None
    assert receipt_of(teller.state, item, KOR) is None
    teller.say(KOR, receipt(item))
    held = receipt_of(teller.state, item, KOR)
    assert held is not None
    assert held.marking == "군사III급비밀"


def test_lists_consents_for_an_item_or_its_category(teller: Teller) -> None:
    first, second = teller.say(JPN, release("a")), teller.say(JPN, release("b", category="air"))
    named = teller.say(JPN, give(first))
    both = teller.say(JPN, give(first, second, category="missile-warning"))
    other = teller.say(JPN, give(category="air"))
    found = [c.place for c in consents_for(teller.state, item_of(teller, first), teller.now)]
    assert found == [named, both]
    found = [c.place for c in consents_for(teller.state, item_of(teller, second), teller.now)]
    assert found == [both, other]
    assert [c.place for c in effective_consents(teller.state, NEVER)] == [named, both, other]


def test_a_consent_counts_only_within_what_was_seen(teller: Teller) -> None:
    item = teller.say(JPN, release())
    given = teller.say(JPN, give(item))
    withdrawn = teller.say(JPN, ConsentWithdraw(given))
    held = item_of(teller, item)
    for size, seen in ((given.index, 0), (given.index + 1, 1), (withdrawn.index + 1, 0)):
        found = consents_for(teller.state, held, teller.now, seen={JPN: size})
        assert len(found) == seen
    assert effective_consents(teller.state, teller.now, seen={}) == ()
    assert effective_consents(teller.state, teller.now) == ()


@pytest.mark.parametrize(
    ("until", "last"),
    [
        (date(2016, 12, 31), "2016-12-31T14:59:59.999Z"),
        (instant("2016-12-31T15:00:00Z"), "2016-12-31T15:00:00.000Z"),
    ],
)
def test_consents_and_assurances_hold_to_the_end_of_their_day_or_instant(
    teller: Teller, until: Until, last: str
) -> None:
    item = teller.say(JPN, release())
    teller.say(JPN, give(item, until=until))
    teller.say(KOR, assure(until))
    for moment, count in ((instant(last), 1), (Instant(instant(last) + 1), 0)):
        assert len(consents_for(teller.state, item_of(teller, item), moment)) == count
        assert len(assurances_in_force(teller.state, KOR, moment)) == count


def test_assurances_are_those_of_one_party_within_what_was_seen(teller: Teller) -> None:
    first, second = teller.say(KOR, assure()), teller.say(KOR, assure())
    state = teller.state
    assert [a.place for a in assurances_in_force(state, KOR, NEVER)] == [first, second]
    assert assurances_in_force(state, JPN, NEVER) == ()
    seen = {KOR: first.index + 1}
    assert [a.place for a in assurances_in_force(state, KOR, NEVER, seen=seen)] == [first]


def test_in_an_empty_state_nothing_holds() -> None:
    assert effective_consents(State(AgreementId("x")), NEVER) == ()


def test_requests_stay_open_for_who_has_not_replied(teller: Teller) -> None:
    asked = teller.say(KOR, RequestMake("air", None, None))
    assert [each.place for each in open_requests(teller.state, JPN)] == [asked]
    assert open_requests(teller.state, KOR) == ()
    teller.say(JPN, RequestDecline(asked))
    assert open_requests(teller.state, JPN) == ()


def test_gives_the_change_that_has_effect(teller: Teller) -> None:
    where = teller.say(JPN, release())
    item = item_of(teller, where)
    assert change_of(teller.state, item, JPN, teller.now) is None
    now = teller.now
    first = teller.say(JPN, ItemReclassify(where, "SECRET", "極秘", now))
    teller.say(JPN, ItemReclassify(where, "CONFIDENTIAL", "秘", Instant(now + 10_000_000)))
    found = change_of(teller.state, item, JPN, teller.now)
    assert found is not None
    assert found.place == first


def test_art_6_g_an_item_carries_the_marking_of_the_level_that_holds(teller: Teller) -> None:
    where = teller.say(JPN, release(marking="極秘", level="SECRET"))
    item = item_of(teller, where)
    assert originator_marking(teller.state, item, teller.now) == "極秘"
    teller.say(JPN, ItemReclassify(where, "CONFIDENTIAL", "秘", teller.now))
    assert originator_marking(teller.state, item, teller.now) == "秘"


def test_art_6_g_while_two_originators_differ_the_higher_marking_stays(teller: Teller) -> None:
    where = teller.say(JPN, release(marking="極秘", level="SECRET", originators=(JPN, KOR)))
    teller.say(JPN, ItemReclassify(where, "CONFIDENTIAL", "秘", teller.now))
    assert originator_marking(teller.state, item_of(teller, where), teller.now) == "極秘"


def test_art_4_2_a_held_item_shows_our_marking_only_once_receipted(teller: Teller) -> None:
    where = teller.say(JPN, release())
    item = item_of(teller, where)
    assert held_marking(teller.state, item, KOR, teller.now) is None
    teller.say(KOR, receipt(where))
    assert held_marking(teller.state, item, KOR, teller.now) == "군사III급비밀"


def test_art_6_g_a_lowered_item_takes_the_one_marking_that_corresponds(teller: Teller) -> None:
    where = teller.say(JPN, release(marking="極秘", level="SECRET"))
    teller.say(KOR, receipt(where, "군사II급비밀"))
    teller.say(JPN, ItemReclassify(where, "CONFIDENTIAL", "秘", teller.now))
    assert held_marking(teller.state, item_of(teller, where), KOR, teller.now) == "군사III급비밀"


def test_art_6_g_where_several_correspond_the_officer_marks_anew(teller: Teller) -> None:
    where = teller.say(KOR, release("k", marking="군사III급비밀", originators=(KOR,)))
    item = item_of(teller, where)
    teller.say(JPN, receipt(where, "秘", "k"))
    teller.say(KOR, ItemReclassify(where, "SECRET", "군사II급비밀", teller.now))
    assert held_marking(teller.state, item, JPN, teller.now) is None
    again = teller.say(JPN, receipt(where, "特定秘密", "k"))
    assert teller.why(again) is None
    assert held_marking(teller.state, item, JPN, teller.now) == "特定秘密"
    third = teller.say(JPN, receipt(where, "特定秘密", "k"))
    assert teller.why(third) == ("item.already-receipted", "12(a)")


def test_gives_the_state_that_governs_as_decisions_ask_for_it(teller: Teller) -> None:
    at = teller.told[-1][1].at
    state = teller.fold.state
    assert standing_state(state, at) == lifecycle_at(state, at).agreement_state == "in_force"
    assert standing_state(State(AgreementId("x")), at) is None
