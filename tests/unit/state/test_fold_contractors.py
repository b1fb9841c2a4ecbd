# SPDX-License-Identifier: Apache-2.0
"""Contractors as the fold counts what is assured of them, or says why not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from comity.basis.ids import Place, digest_of
from comity.basis.limits import FIRM_CHAIN_MAX
from comity.state.coming import coming_at
from comity.state.queries_cases import (
    contractor_letters,
    firm_chain,
    firm_lacks,
    missing_conditions,
)
from comity.statement.values import ParcelRef, SealedRef
from tests.builders.firms import assure
from tests.support_state import (
    JPN,
    KOR,
    Teller,
    gsomia,
)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"document": None}, "contractor.no-evidence"),
        ({"assured_on": date(2016, 12, 1)}, "contractor.dated-later"),
        ({"clearance": "COSMIC"}, "assurance.unknown-level"),
        ({"parent": "firm-7"}, "contractor.own-parent"),
    ],
)
def test_an_assurance_of_a_firm_has_evidence_a_past_day_and_a_known_level(
    teller: Teller, changes: dict[str, Any], code: str
) -> None:
    assert teller.why(teller.say(KOR, assure(**changes))) == (code, "16")


def test_what_is_taken_back_at_a_firm_needs_no_evidence_and_what_is_met_does(
    teller: Teller,
) -> None:
    key, letters = (KOR, "firm-7", "plant-2"), ("f",)
    teller.say(KOR, assure("f"))
    assert missing_conditions(teller.state, key, letters, teller.now) == ()
    teller.say(KOR, assure("f", met=False, document=None, until=None))
    assert missing_conditions(teller.state, key, letters, teller.now) == letters
    again = teller.say(KOR, assure("f", document=None))
    assert teller.why(again) == ("contractor.no-evidence", "16")
    assert missing_conditions(teller.state, key, letters, teller.now) == letters


def test_conditions_stand_until_they_end_or_are_taken_back(teller: Teller) -> None:
    teller.say(KOR, assure("a", "g", clearance="SECRET", until=date(2016, 12, 31)))
    parcel, sealed = (
        ParcelRef(digest_of(b"head"), 100),
        SealedRef("xwing", 100, digest_of(b"sealed")),
    )
    teller.say(KOR, assure("b", document=None, parcel=parcel, sealed=sealed))
    key, letters = (KOR, "firm-7", "plant-2"), ("a", "b", "g")
    assert missing_conditions(teller.state, key, letters, teller.now) == ()
    (row,) = teller.exported()["contractors"]
    assert [each["letter"] for each in row["conditions"]] == ["a", "b", "g"]
    assert (row["clearance"]["level"], row["clearance"]["current"]) == ("SECRET", True)
    teller.say(KOR, assure("b", met=False))
    assert missing_conditions(teller.state, key, letters, teller.now) == ("b",)
    (later,) = teller.exported("2017-01-05")["contractors"]
    assert [each["current"] for each in later["conditions"]] == [False, False, False]
    nobody = (JPN, "firm-7", "plant-2")
    assert missing_conditions(teller.state, nobody, letters, teller.now) == letters


def test_what_was_taken_back_at_a_firm_has_ended_then_until_it_is_made_sure_of(
    teller: Teller,
) -> None:
    def coming() -> list[tuple[str | None, Place | None]]:
        rows = coming_at(teller.state, KOR, teller.now)
        return [(each.article, each.about) for each in rows if each.has_passed(teller.now)]

    teller.say(KOR, assure("f"))
    assert coming() == []
    place = teller.say(KOR, assure("f", met=False))
    assert coming() == [("16(f)", place)]
    teller.say(KOR, assure("f"))
    assert coming() == []


def test_a_firm_stands_with_every_firm_above_it(teller: Teller) -> None:
    agreement, letters = gsomia(), contractor_letters(gsomia())
    assert letters == tuple("abcdefghijklmno")
    teller.say(KOR, assure(*letters, firm="shop", facility="shed", parent="firm-7"))
    key = (KOR, "shop", "shed")
    above = firm_chain(teller.state, key, letters, teller.now)
    assert above == (key, (KOR, "firm-7", ""))
    assert firm_lacks(teller.state, agreement, key, teller.now)[0] == ("firm-7", "a")
    teller.say(KOR, assure("a", facility="plant-1"))
    teller.say(KOR, assure(*letters))
    assert firm_lacks(teller.state, agreement, key, teller.now) == ()
    assert firm_chain(teller.state, key, letters, teller.now)[1] == (KOR, "firm-7", "plant-2")


def test_no_firm_stands_above_itself(teller: Teller) -> None:
    teller.say(KOR, assure(firm="c", parent="b"))
    teller.say(KOR, assure(firm="b", parent="a"))
    loop = teller.say(KOR, assure(firm="a", parent="c"))
    assert teller.why(loop) == ("contractor.own-parent", "16")
    assert teller.why(teller.say(JPN, assure(firm="a", parent="c"))) is None


def test_each_facility_works_for_the_firm_that_was_named_for_it(teller: Teller) -> None:
    teller.say(KOR, assure(firm="shop", facility="shed", parent="firm-7"))
    teller.say(KOR, assure(firm="shop", facility="yard", parent="firm-8"))
    teller.say(KOR, assure("b", firm="shop", facility="shed"))  # says nothing of whom it works for
    teller.say(KOR, assure(firm="shop", facility="attic"))
    above = {
        facility: firm_chain(teller.state, (KOR, "shop", facility), ("a",), teller.now)[1][1]
        for facility in ("shed", "yard", "attic", "nowhere")
    }
    assert above == {"shed": "firm-7", "yard": "firm-8", "attic": "firm-8", "nowhere": "firm-8"}
    rows = {row["facility"]: row["parent"] for row in teller.exported()["contractors"]}
    assert rows == {"shed": "firm-7", "yard": "firm-8", "attic": None}


def test_only_so_many_firms_stand_above_each_other(teller: Teller) -> None:
    for n in range(1, FIRM_CHAIN_MAX):
        said = teller.say(KOR, assure(firm=f"f{n}", parent=f"f{n - 1}"))
        assert teller.why(said) is None
    key = (KOR, f"f{FIRM_CHAIN_MAX - 1}", "plant-2")
    assert len(firm_chain(teller.state, key, ("a",), teller.now)) == FIRM_CHAIN_MAX
    assert firm_lacks(teller.state, gsomia(), key, teller.now)[-1][0] == "f0"
    low = teller.say(KOR, assure(firm="low", parent=f"f{FIRM_CHAIN_MAX - 1}"))
    assert teller.why(low) == ("contractor.own-parent", "16")
    teller.say(KOR, assure(firm="f0", parent="top"))
    chain = firm_chain(teller.state, key, ("a",), teller.now)
    assert (len(chain), chain[-1]) == (FIRM_CHAIN_MAX + 1, (KOR, "top", ""))
