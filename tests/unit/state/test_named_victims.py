# SPDX-License-Identifier: Apache-2.0
"""A victim that is named by an item: told to the originator in time, and looked into by nobody."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from msgspec import structs

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.ids import PartyId, Place
from comity.statement.cases import (
    Affected,
    Certainty,
    Harm,
    IncidentClose,
    IncidentFindings,
    IncidentReport,
    Outcome,
)
from comity.statement.custody import InventoryResult
from tests.builders.dutiful import lost, one, owed, states
from tests.support_state import JPN, KOR, USA, Teller, in_force, instant, release

_HEAD = """
[[article]]
number = "{number}"
source = "model"
title.en = "Victims"
title.ja = "被害者"
title.ko = "피해자"
summary.en = "A victim that is named is told."
summary.ja = "特定された被害者を知らせる。"
summary.ko = "특정된 피해자를 알린다."
"""
_NOTIFY = (
    '[article.notify]\nwhen = "victim_named"\nwho = "{who}"\nto = "{to}"\nwithin = "72 hours"\n'
)


@cache
def circle(who: str = "receiver", to: str = "originator", *, three: bool = False) -> Agreement:
    text = template("gsomia-jpn-kor").decode()
    text += _HEAD.format(number="22") + _NOTIFY.format(who=who, to=to)
    head = "[parties.KOR]\ncompetent_authority"
    assert head in text
    if three:
        usa = '[parties.USA]\ncompetent_authority = "Authority"\nname.en = "United States"\n'
        text = text.replace(head, f'{usa}name.ja = "米国"\nname.ko = "미국"\n{head}')
    return read_agreement(text.encode())


@pytest.fixture
def teller() -> Teller:
    return in_force(agreement=circle())


def named(item: Place, found: str, by: PartyId = KOR) -> IncidentReport:
    at = instant(found)
    return IncidentReport((Affected(item),), by, Harm.VICTIM_NAMED, Certainty.ACTUAL, at, at)


def test_a_named_victim_is_owed_to_the_originator_from_its_finding_on(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    told = teller.say(KOR, named(item, "2016-12-17"), at="2016-12-20T02:59:59.999Z")
    duty = one(teller, article="22")
    assert (duty.owed_by, duty.owed_to, duty.owes) == (KOR, (JPN,), "incident.report")
    assert (duty.since, duty.due) == (instant("2016-12-17"), instant("2016-12-20"))
    assert (duty.done_by, duty.state.value) == (told, "done")


def test_one_that_is_told_after_its_term_is_done_late(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    teller.say(KOR, named(item, "2016-12-17"), at="2016-12-20")
    assert states(teller, article="22") == ["done_late"]


def test_it_calls_for_no_findings_and_there_is_nothing_to_close(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    told = teller.say(KOR, named(item, "2016-12-16"))
    assert {duty.article for duty in owed(teller) if duty.trigger == told} == {"22"}
    found = IncidentFindings(told, Outcome.NEITHER, ("training",))
    assert teller.why(teller.say(KOR, found)) == ("incident.closed", "17")
    refused = teller.say(JPN, IncidentClose(told))
    assert teller.why(refused) == ("incident.not-the-closer", "17")
    (row,) = teller.exported()["incidents"]
    assert (row["harm"], row["closed"], row["to_close"]) == ("victim_named", True, [])


def test_a_loss_is_still_told_looked_into_and_no_named_victim(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    told = teller.say(KOR, lost(item, "2016-12-16"))
    assert "22" not in {duty.article for duty in owed(teller) if duty.trigger == told}
    assert {duty.article for duty in owed(teller) if duty.trigger == told} == {"17"}
    assert not teller.exported()["incidents"][0]["closed"]


def test_it_is_dated_told_and_said_by_a_holder_as_a_loss_is(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    early = teller.say(KOR, named(item, "2016-12-18"), at="2016-12-17")
    assert teller.why(early) == ("incident.dated-later", "17")
    nothing = teller.say(KOR, named(Place(JPN, 99), "2016-12-16"))
    assert teller.why(nothing) == ("item.unknown", "17")


def test_only_whoever_found_it_owes_it_and_only_if_it_is_meant() -> None:
    three = circle(three=True)
    teller = in_force(agreement=three, parties=(JPN, KOR, USA))
    item = teller.say(JPN, release(), at="2016-12-16", to=(KOR, USA))
    teller.say(KOR, named(item, "2016-12-16"), to=(JPN, USA))
    assert [(each.owed_by, each.owed_to) for each in owed(teller, article="22")] == [(KOR, (JPN,))]
    own = teller.say(JPN, named(item, "2016-12-16", by=JPN), to=(KOR, USA))
    assert teller.why(own) is None
    assert [each.owed_by for each in owed(teller, article="22")] == [KOR]


def test_an_originator_that_is_to_tell_owes_it_to_the_recipients() -> None:
    teller = in_force(agreement=circle("originator", "receiver"))
    item = teller.say(JPN, release(), at="2016-12-16")
    teller.say(KOR, named(item, "2016-12-16"))
    assert owed(teller, article="22") == ()
    teller.say(JPN, named(item, "2016-12-16", by=JPN))
    assert one(teller, article="22").owed_to == (KOR,)


def test_what_is_missing_is_reported_as_a_loss_and_never_as_a_named_victim(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    told = teller.say(KOR, named(item, "2016-12-16"))
    counted = InventoryResult(date(2016, 12, 16), 1, 1, (item,), told)
    assert teller.why(teller.say(KOR, counted)) == (
        "inventory.no-incident",
        teller.state.files[teller.agreement.sha256].article("inventory"),
    )
    reported = teller.say(KOR, lost(item, "2016-12-16"))
    assert teller.why(teller.say(KOR, structs.replace(counted, incident=reported))) is None


def test_where_no_clause_asks_for_victims_it_is_a_loss_or_compromise_that_is_reported() -> None:
    teller = in_force()
    item = teller.say(JPN, release(), at="2016-12-16")
    refused = teller.say(KOR, named(item, "2016-12-16"))
    assert teller.why(refused) == ("incident.no-victims", "17")
    assert teller.exported()["incidents"] == []
    reported = teller.say(KOR, lost(item, "2016-12-16"))
    assert teller.why(reported) is None
    assert {duty.article for duty in owed(teller) if duty.trigger == reported} == {"17"}
