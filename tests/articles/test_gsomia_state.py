# SPDX-License-Identifier: Apache-2.0
"""What the state shows of the Japan-ROK GSOMIA, row by row of `spec/treaties.md` 1.2.

Whether an act is allowed is decided elsewhere; here is what counts, and what a decision is given.
"""

from dataclasses import replace
from datetime import date

import pytest
from msgspec import structs

from comity.agreement.acts import DestructionMeans
from comity.basis.ids import AgreementId, Digest, Place
from comity.basis.instants import Instant
from comity.state.duties import duties_at
from comity.state.queries import assurances_in_force, assured, consents_for, item_level
from comity.state.records import Item
from comity.statement.handling import ItemDestroyed
from comity.statement.information import (
    AssuranceGive,
    ConsentGive,
    ItemReclassify,
    RequestDecline,
    RequestMake,
)
from comity.statement.passing import ItemThirdPartyRelease
from comity.statement.treaty import AgreementEndNotice, AgreementSign
from tests.support_state import (
    JPN,
    KOR,
    NOTE,
    USA,
    Teller,
    amend,
    gsomia,
    in_force,
    instant,
    receipt,
    release,
)

KOR_SECRET, KOR_CONFIDENTIAL = "군사II급비밀", "군사III급비밀"


FORMS = ("oral", "visual", "electronic", "magnetic", "document", "equipment", "technology")


@pytest.fixture
def teller() -> Teller:
    return in_force()


def item_of(teller: Teller, where: Place) -> Item:
    found = teller.state.items.get(where)
    assert found is not None
    return found


def consent(item: Place) -> ConsentGive:
    return ConsentGive(None, (item,), None, USA, "warning", None, NOTE)


@pytest.mark.row("G2a")
def test_g2a_art_2_an_oral_disclosure_is_registered_and_one_out_of_scope_is_not(
    teller: Teller,
) -> None:
    assert teller.why(teller.say(JPN, release(form="oral"))) is None
    refused = teller.say(JPN, release(category="fisheries"))
    assert teller.why(refused) == ("item.out-of-scope", "2")


@pytest.mark.row("G2a")
@pytest.mark.parametrize("form", [*FORMS, "rumour"])
def test_g2a_art_2_the_seven_forms_are_covered_and_no_other(teller: Teller, form: str) -> None:
    covered = form in FORMS
    why = teller.why(teller.say(JPN, release(form=form)))
    assert why == (None if covered else ("item.out-of-scope", "2"))


@pytest.mark.row("G2b")
def test_g2b_art_2_roles_are_those_of_each_item(teller: Teller) -> None:
    ours = teller.say(JPN, release())
    theirs = teller.say(KOR, release("k", marking=KOR_CONFIDENTIAL, originators=(KOR,)))
    change = ItemReclassify(theirs, "SECRET", "極秘", teller.now)
    assert teller.why(teller.say(JPN, change)) == ("item.not-originator", "6(g)")
    assert teller.why(teller.say(JPN, structs.replace(change, item=ours))) is None
    own = teller.say(JPN, receipt(ours, "極秘"))
    assert teller.why(own) == ("item.not-a-recipient", "12(a)")
    assert teller.why(teller.say(JPN, receipt(theirs, "秘", parcel="k"))) is None


@pytest.mark.row("G4.1")
@pytest.mark.parametrize(("marking", "level"), [("機密", "TOP SECRET"), ("극비", "SECRET")])
def test_g4_1_art_4_1_an_unknown_marking_and_one_above_level_2_do_not_count(
    teller: Teller, marking: str, level: str
) -> None:
    refused = teller.say(JPN, release(marking=marking, level=level))
    assert teller.why(refused) is not None
    assert teller.exported()["items"] == []


@pytest.mark.row("G4.2")
def test_g4_2_art_4_2_the_receivers_choice_of_marking_is_on_record(teller: Teller) -> None:
    item = teller.say(KOR, release(marking=KOR_SECRET, level="SECRET", originators=(KOR,)))
    held = receipt(item, "特定秘密")
    assert teller.why(teller.say(JPN, held)) is None
    shown = teller.exported()["items"][0]
    assert (shown["label"]["marking"], shown["receipts"][0]["marking"]) == (KOR_SECRET, "特定秘密")


def test_g6a_art_6_a_a_consent_counts_only_from_when_it_was_seen(teller: Teller) -> None:
    where = teller.say(JPN, release())
    before = {**teller.sizes}
    given = teller.say(JPN, consent(where))
    item = item_of(teller, where)
    assert consents_for(teller.state, item, teller.now, seen=before) == ()
    seen = {JPN: given.index + 1}
    assert [each.place for each in consents_for(teller.state, item, teller.now, seen=seen)] == [
        given
    ]


@pytest.mark.row("G6a")
def test_g6a_art_6_a_only_the_originator_consents(teller: Teller) -> None:
    where = teller.say(JPN, release())
    assert teller.why(teller.say(KOR, consent(where))) == ("item.not-originator", "6(a)")
    assert consents_for(teller.state, item_of(teller, where), teller.now) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("SECRET", "極秘"), ("CONFIDENTIAL", "秘")),
        (("CONFIDENTIAL", "秘"), ("SECRET", "特定秘密")),
    ],
)
def test_g6g_art_6_g_a_change_by_the_originator_shows_on_every_node(
    teller: Teller, old: tuple[str, str], new: tuple[str, str]
) -> None:
    where = teller.say(JPN, release(level=old[0], marking=old[1]))
    change = ItemReclassify(where, new[0], new[1], Instant(teller.now + 1))
    unsaid = teller.say(KOR, structs.replace(change, marking=KOR_SECRET))
    assert teller.why(unsaid) == ("item.not-originator", "6(g)")
    teller.say(JPN, change)
    item = item_of(teller, where)
    assert item_level(teller.state, item, teller.now) == new[0]
    assert item_level(teller.state, item, item.at) == old[0]
    assert teller.exported()["items"][0]["level"] == new[0]


@pytest.mark.row("G7.5")
def test_g7_5_art_7_5_an_assurance_holds_from_when_it_was_seen_until_it_expires(
    teller: Teller,
) -> None:
    before = {**teller.sizes}
    given = AssuranceGive(
        "SECRET", "kor-017", need=True, equivalent_protection=True, until=date(2017, 12, 31)
    )
    teller.say(KOR, given)
    state, now, names = teller.state, teller.now, (None, "kor-017")
    for name in names:
        assert assured(state, KOR, (name,), now, seen=before) == ()
        assert assured(state, JPN, (name,), now, seen=teller.sizes) == ()
        (found,) = assured(state, KOR, (name,), now, seen=teller.sizes)
        assert found.assurance == given
    assert assured(state, KOR, ("kor-018",), now) == ()
    assert len(assurances_in_force(state, KOR, now, seen=teller.sizes)) == 1
    assert assurances_in_force(state, KOR, instant("2017-12-31T15:00:00Z")) == ()


@pytest.mark.row("G21.2")
def test_g21_2_art_21_2_a_one_sided_new_version_changes_nothing() -> None:
    later = replace(gsomia(), version=3, sha256=Digest("3" * 64))
    told = in_force(others=[later])
    told.say(KOR, amend(later))
    told.say(KOR, AgreementSign(NOTE), version=later.sha256)
    assert told.exported()["agreement"]["current"] == gsomia().sha256
    assert told.why(told.say(JPN, release())) is None
    early = told.say(KOR, release(), version=later.sha256)
    assert told.why(early) == ("lifecycle.not-in-force", "21")


@pytest.mark.row("G21.4")
def test_g21_4_art_21_4_after_termination_nothing_new_is_sent_and_protection_goes_on(
    teller: Teller,
) -> None:
    where = teller.say(JPN, release())
    teller.say(KOR, AgreementEndNotice(None, date(2019, 8, 23), None, NOTE), at="2019-08-23")
    late = teller.say(JPN, release("late"), at="2019-11-22T15:00:00Z")
    assert teller.why(late) == ("lifecycle.ended", "21(3)")
    assert teller.why(teller.say(KOR, receipt(where))) is None
    assert teller.why(teller.say(JPN, consent(where))) is None
    raised = ItemReclassify(where, "SECRET", "極秘", teller.now)
    assert teller.why(teller.say(JPN, raised)) is None
    assert [each["place"] for each in teller.exported()["items"]] == [str(where)]
    onward = ItemThirdPartyRelease(where, USA, "study", (), AgreementId("kor-usa"))
    assert teller.why(teller.say(KOR, onward)) == ("passing.without-leave", "6(a)")
    day = date(2019, 11, 25)
    shredded = ItemDestroyed(where, (1,), 0, DestructionMeans.SHRED, day, 2, None, None)
    assert teller.why(teller.say(KOR, shredded, at="2019-11-26")) is None


@pytest.mark.row("G-vol")
def test_g_vol_a_request_is_declined_without_a_reason_and_makes_no_deadline(
    teller: Teller,
) -> None:
    asked = teller.say(KOR, RequestMake("missile-warning", None, None))
    assert teller.exported("2026-01-01")["requests"][0]["open"] == ["JPN"]
    assert not [
        each for each in duties_at(teller.state, instant("2026-01-01")) if each.trigger == asked
    ]
    assert teller.why(teller.say(JPN, RequestDecline(asked))) is None
    assert teller.exported()["requests"][0]["open"] == []
