# SPDX-License-Identifier: Apache-2.0
"""Duties worked out of what was said: triggered, late, discharged, waived, extended, disputed."""

from datetime import date

import pytest
from msgspec import structs

from comity.agreement.acts import DestructionMeans, Recalled
from comity.agreement.reading import read_agreement
from comity.basis.ids import Place
from comity.basis.instants import (
    INSTANT_MAX,
    UTC,
    Duration,
    DurationUnit,
    Instant,
    parse_instant,
    parse_zone,
)
from comity.state.duties import Claim, DutyState, duties_at, duty_json, find_claim
from comity.state.duty_times import due_after, due_before
from comity.statement.affairs import DisputeSettle, DutyExtend, DutyWaive
from comity.statement.cases import ContractorAssure, IncidentFindings, Outcome
from comity.statement.custody import InventoryResult
from comity.statement.handling import ItemDestroyed, ItemRecall, ItemReturn
from comity.statement.information import ItemReclassify, ItemRefusal
from comity.statement.treaty import AgreementSign
from tests.builders.dutiful import (
    authority,
    dispute,
    duties_bytes,
    dutiful,
    dutiful_teller,
    law,
    lost,
    next_version,
    one,
    owed,
    states,
)
from tests.support_state import JPN, KOR, NOTE, Teller, amend, in_force, instant, receipt, release

DAY = Duration(1, DurationUnit.DAYS)
OUTCOME_OF_INCIDENT = ("incident.findings", "outcome")


@pytest.fixture
def teller() -> Teller:
    return dutiful_teller()


def count(on: str) -> InventoryResult:
    return InventoryResult(date.fromisoformat(on), 1, 1, (), None)


def destroyed(item: Place, on: str, remaining: int = 0) -> ItemDestroyed:
    day = date.fromisoformat(on)
    return ItemDestroyed(item, (1,), remaining, DestructionMeans.SHRED, day, 2, None, None)


# Terms: the calendar of the file's zone, whole days to 24:00.


@pytest.mark.parametrize(
    ("start", "term", "due"),
    [
        ("2016-12-16T03:00:00Z", Duration(5, DurationUnit.DAYS), "2016-12-22T00:00:00Z"),
        ("2016-12-16T23:59:59.999Z", Duration(5, DurationUnit.DAYS), "2016-12-22T00:00:00Z"),
        ("2017-01-31T00:00:00Z", Duration(1, DurationUnit.MONTHS), "2017-03-01T00:00:00Z"),
        ("2016-02-29T12:00:00Z", Duration(1, DurationUnit.YEARS), "2017-03-01T00:00:00Z"),
        ("2016-12-16T03:00:00Z", Duration(24, DurationUnit.HOURS), "2016-12-17T03:00:00Z"),
        ("2016-12-16T03:00:00Z", Duration(90, DurationUnit.MINUTES), "2016-12-16T04:30:00Z"),
    ],
)
def test_days_and_longer_end_at_24_and_hours_to_the_millisecond(
    start: str, term: Duration, due: str
) -> None:
    assert due_after(parse_instant(start), term, UTC) == parse_instant(due)


def test_days_end_in_the_zone_of_the_file() -> None:
    start = parse_instant("2016-12-16T20:00:00Z")  # the 17th in Seoul
    assert due_after(start, DAY, parse_zone("+09:00")) == parse_instant("2016-12-18T15:00:00Z")


def test_what_is_owed_so_long_before_ends_with_that_day() -> None:
    start = parse_instant("2016-12-16T00:00:00Z")
    assert due_before(start, DAY, UTC) == parse_instant("2016-12-16T00:00:00Z")
    hours = Duration(2, DurationUnit.HOURS)
    assert due_before(start, hours, UTC) == parse_instant("2016-12-15T22:00:00Z")


def test_beyond_the_calendar_a_duty_is_never_late() -> None:
    long = Duration(9999, DurationUnit.YEARS)
    assert due_after(instant("2016-12-16"), long, UTC) == INSTANT_MAX
    assert due_before(instant("2016-12-16"), long, UTC) == Instant(0)


# Receipts, and the states that every duty goes through.


def test_a_release_obliges_each_recipient_to_a_receipt(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    duty = one(teller, article="12(a)")
    assert (duty.owed_by, duty.owed_to, duty.about) == (KOR, (JPN,), item)
    assert (duty.owes, duty.term, duty.state) == ("item.receipt", "5 days", DutyState.OPEN)
    assert duty.due == parse_instant("2016-12-21T15:00:00Z")  # 24:00 in Seoul and Tokyo
    assert duty.live


def test_it_is_late_from_the_millisecond_at_which_it_is_due(teller: Teller) -> None:
    teller.say(JPN, release(), at="2016-12-16")
    due = one(teller, article="12(a)").due
    assert due is not None
    assert states(teller, Instant(due - 1), "12(a)") == ["open"]
    assert states(teller, due, "12(a)") == ["late"]


def test_a_receipt_in_time_is_done_and_a_later_one_is_done_late(teller: Teller) -> None:
    items = [teller.say(JPN, release(str(n)), at=f"2016-12-1{n}") for n in (6, 7)]
    late_at = one(teller, "2016-12-16", "12(a)").due
    assert late_at is not None
    given = teller.say(KOR, receipt(items[0], parcel="6"), at=Instant(late_at - 1))
    assert states(teller, article="12(a)") == ["done", "open"]
    first = owed(teller, article="12(a)")[0]
    assert (first.done_by, first.done_at) == (given, late_at - 1)
    teller.say(KOR, receipt(items[1], parcel="7"), at="2017-01-16")
    assert states(teller, article="12(a)") == ["done", "done_late"]
    assert not owed(teller, article="12(a)")[1].live


def test_a_refusal_discharges_it_too(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    teller.say(KOR, ItemRefusal(item, "marking.unknown", ()))
    assert states(teller, article="12(a)") == ["done"]


def test_what_was_answered_in_time_stays_done_when_it_is_answered_anew(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    given = teller.say(KOR, receipt(item), at="2016-12-17")
    higher = ItemReclassify(item, "SECRET", "極秘", instant("2017-06-01"))
    teller.say(JPN, higher, at="2017-06-01")
    teller.say(KOR, receipt(item, "군사II급비밀"), at="2017-06-16")
    duty = one(teller, article="12(a)")
    assert (duty.state, duty.done_by) == (DutyState.DONE, given)
    again = teller.say(JPN, higher, at="2017-07-01")
    assert teller.why(again) is None
    back = ItemReclassify(item, "CONFIDENTIAL", "秘", instant("2017-08-01"))
    teller.say(JPN, back, at="2017-08-01")
    teller.say(KOR, receipt(item), at="2017-08-02")
    assert one(teller, article="12(a)").done_by == given
    with teller.fold.standing_at(instant("2017-06-10")) as state:
        assert state.acts_about.get(item) is not None
        newest = state.acts_about.get(item).newest  # type: ignore[union-attr]  # just asked
        assert newest.kind == "item.reclassify"


def test_a_refusal_in_time_stays_one_when_it_is_said_anew(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    first = teller.say(KOR, ItemRefusal(item, "marking.unknown", ()), at="2016-12-17")
    teller.say(KOR, ItemRefusal(item, "not-for-us", ()), at="2017-06-16")
    assert one(teller, article="12(a)").done_by == first


def test_earlier_it_stood_as_it_stood(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    teller.say(KOR, receipt(item), at="2016-12-18")
    assert states(teller, "2016-12-17", "12(a)") == ["open"]
    assert states(teller, "2016-12-15", "12(a)") == []


def test_only_named_items_are_looked_at_where_that_is_asked(teller: Teller) -> None:
    first = teller.say(JPN, release("1"), at="2016-12-16")
    teller.say(JPN, release("2"))
    found = duties_at(teller.state, teller.now, (first,))
    assert [duty.about for duty in found if duty.clause == "receipt"] == [first]


# Words of the creditors.


def test_a_creditor_waives_and_nobody_else(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    duty = one(teller, article="12(a)")
    own = teller.say(KOR, DutyWaive(item, duty.id, NOTE))
    assert teller.why(own) == ("duty.not-the-creditor", "12(a)")
    assert states(teller, article="12(a)") == ["open"]
    assert teller.why(teller.say(JPN, DutyWaive(item, duty.id, NOTE))) is None
    assert states(teller, article="12(a)") == ["waived"]
    again = teller.say(JPN, DutyWaive(item, duty.id, NOTE))
    assert teller.why(again) == ("lifecycle.already-said", "12(a)")


def test_more_time_moves_the_due_day_and_only_outwards(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    duty = one(teller, article="12(a)")
    until = instant("2017-01-31")
    assert teller.why(teller.say(JPN, DutyExtend(item, duty.id, until, NOTE))) is None
    extended = one(teller, article="12(a)")
    assert (extended.due, extended.term_due) == (until, duty.due)
    assert extended.state is DutyState.EXTENDED
    assert states(teller, "2017-01-30", "12(a)") == ["extended"]
    assert states(teller, "2017-01-31", "12(a)") == ["late"]
    sooner = teller.say(JPN, DutyExtend(item, duty.id, instant("2016-12-20"), NOTE))
    assert teller.why(sooner) == ("duty.nothing-to-extend", "12(a)")
    less = teller.say(JPN, DutyExtend(item, duty.id, instant("2017-01-15"), NOTE))
    assert teller.why(less) == ("duty.nothing-to-extend", "12(a)")


def test_a_duty_without_a_number_cannot_be_extended(teller: Teller) -> None:
    opened = teller.say(KOR, dispute(), at="2016-12-16")
    duty = one(teller, article="D-consultation")
    assert (duty.due, duty.owed_by) == (None, JPN)
    said = teller.say(KOR, DutyExtend(opened, duty.id, instant("2017-01-31"), NOTE))
    assert teller.why(said) == ("duty.nothing-to-extend", "D-consultation")


def test_what_is_done_is_neither_waived_nor_extended(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    duty = one(teller, article="12(a)")
    teller.say(KOR, receipt(item))
    assert teller.why(teller.say(JPN, DutyWaive(item, duty.id, NOTE))) == ("duty.done", "12(a)")
    later = DutyExtend(item, duty.id, instant("2017-01-31"), NOTE)
    assert teller.why(teller.say(JPN, later)) == ("duty.done", "12(a)")


def test_a_duty_that_does_not_follow_from_that_statement_is_unknown(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    duty = one(teller, article="12(a)")
    for where, id in ((item, "0" * 32), (Place(JPN, 99), duty.id)):
        assert teller.why(teller.say(JPN, DutyWaive(where, id, NOTE))) == ("duty.unknown", "2")


def test_a_disputed_duty_says_so_until_all_in_the_dispute_have_settled(teller: Teller) -> None:
    teller.say(JPN, release(), at="2016-12-16")
    duty = one(teller, article="12(a)")
    opened = teller.say(KOR, dispute(duty.id))
    assert one(teller, "2017-02-01", "12(a)").state is DutyState.DISPUTED
    assert one(teller, article="12(a)").disputed_by == opened
    teller.say(KOR, DisputeSettle(opened, None, None, NOTE))
    assert states(teller, article="12(a)") == ["disputed"]
    teller.say(JPN, DisputeSettle(opened, None, None, NOTE))
    assert states(teller, article="12(a)") == ["open"]


# Each rule: its trigger, when it is late, what discharges it.


def test_findings_and_measures_are_each_owed_from_the_report_on(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    case = teller.say(KOR, lost(item, "2016-12-17"), at="2016-12-18")
    told, *parts = sorted(owed(teller, article="D-incident"), key=lambda d: d.owes != d.because)
    assert (told.owes, told.state, told.term) == ("incident.report", DutyState.DONE, "at once")
    assert told.since == instant("2016-12-17")
    assert [(d.owed_by, d.owed_to, d.owes) for d in parts] == [
        (KOR, (JPN,), "incident.findings")
    ] * 2
    assert {d.remind_at for d in parts} == {parse_instant("2017-01-07T15:00:00Z")}
    teller.say(KOR, IncidentFindings(case, Outcome.LOSS, ()), at="2016-12-20")
    later = sorted(states(teller, "2017-02-01", "D-incident"))
    assert later == ["done", "done", "late"]
    teller.say(KOR, IncidentFindings(case, None, ("locks",)), at="2017-02-02")
    assert sorted(states(teller, article="D-incident")) == ["done", "done", "done_late"]


def test_a_holder_counts_every_year_and_who_holds_nothing_need_not(teller: Teller) -> None:
    assert states(teller, article="D-inventory") == []
    teller.say(JPN, release(), at="2016-12-16")
    first = one(teller, article="D-inventory")
    assert (first.owed_by, first.owed_to, first.because) == (KOR, (JPN,), "agreement.in_force")
    assert states(teller, "2017-11-23", "D-inventory") == ["open"]
    assert states(teller, "2017-11-24", "D-inventory") == ["late"]
    teller.say(KOR, count("2017-11-24"), at="2017-11-24")
    second = owed(teller, article="D-inventory")[1]
    assert states(teller, article="D-inventory") == ["done_late", "open"]
    assert second.due == parse_instant("2018-11-24T15:00:00Z")
    teller.say(KOR, count("2018-06-01"), at="2018-06-01")
    assert states(teller, article="D-inventory") == ["done_late", "done", "open"]


def test_what_may_not_be_used_any_longer_is_given_back_or_destroyed(teller: Teller) -> None:
    unlimited = teller.say(JPN, release("0"), at="2016-12-16")
    item = teller.say(JPN, release(use_until=date(2017, 3, 31)), at="2016-12-16T04:00:00Z")
    duty = one(teller, article="D-retention")
    assert (duty.about, duty.owed_by, duty.owed_to) == (item, KOR, (JPN,))
    assert duty.due == parse_instant("2017-06-30T15:00:00Z")  # to the end of the last day, +09:00
    assert unlimited != item
    assert states(teller, "2017-07-03", "D-retention") == ["late"]
    teller.say(KOR, receipt(item))
    teller.say(KOR, destroyed(item, "2017-04-01", remaining=1), at="2017-04-01")
    assert states(teller, article="D-retention") == ["open"]
    gone = structs.replace(destroyed(item, "2017-04-02"), copies=(2,))
    teller.say(KOR, gone, at="2017-04-02")
    assert states(teller, article="D-retention") == ["done"]


def test_each_item_that_is_called_back_is_a_duty_of_its_own(teller: Teller) -> None:
    first = teller.say(JPN, release("1"), at="2016-12-16")
    second = teller.say(JPN, release("2"))
    teller.say(JPN, ItemRecall((first, second), Recalled.EITHER, "in-error", None))
    duties = owed(teller, article="D-retention")
    assert {duty.about for duty in duties} == {first, second}
    teller.say(KOR, receipt(first, parcel="1"))
    teller.say(KOR, ItemReturn(first, (1,), 0, date(2016, 12, 16), None, None))
    done = {d.about: d.state for d in owed(teller, article="D-retention")}
    assert done == {first: DutyState.DONE, second: DutyState.OPEN}


def test_what_is_called_back_after_nothing_was_left_is_owed_by_nobody(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    recall = ItemRecall((item,), Recalled.EITHER, "in-error", None)
    teller.say(JPN, recall)
    teller.say(KOR, receipt(item))
    teller.say(KOR, destroyed(item, "2016-12-16", remaining=1))
    assert states(teller, article="D-retention") == ["open"]
    last = teller.say(KOR, structs.replace(destroyed(item, "2016-12-16"), copies=(2,)))
    teller.say(JPN, recall, at="2017-06-16")
    found = owed(teller, article="D-retention")
    assert [(duty.state, duty.done_by) for duty in found] == [(DutyState.DONE, last)] * 2


def test_a_certificate_that_comes_late_is_done_late(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    teller.say(KOR, receipt(item))
    teller.say(KOR, destroyed(item, "2016-12-17", remaining=1), at="2016-12-22")
    second = structs.replace(destroyed(item, "2016-12-17"), copies=(2,))
    teller.say(KOR, second, at="2016-12-23")
    assert states(teller, article="D-destruction") == ["done", "done_late"]


def test_a_change_of_level_is_told_in_time_or_late(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    teller.say(JPN, ItemReclassify(item, "SECRET", "極秘", instant("2016-12-20")), at="2016-12-18")
    soon = one(teller, article="D-reclassification")
    assert (soon.state, soon.owed_to) == (DutyState.DONE, (KOR,))
    past = ItemReclassify(item, "CONFIDENTIAL", "秘", instant("2016-12-18"))
    teller.say(JPN, past, at="2016-12-21")
    assert states(teller, article="D-reclassification") == ["done_late", "done"]


def test_a_firm_is_inspected_again_and_each_firm_by_itself(teller: Teller) -> None:
    def assure(firm: str, on: str, *, met: bool = True) -> None:
        day = date.fromisoformat(on)
        body = ContractorAssure(
            firm, "plant-1", None, (), met, "SECRET", "doc-1", "dsa", day, None, None, None
        )
        assert teller.why(teller.say(KOR, body, at=f"{on}T12:00:00Z")) is None

    assure("firm-a", "2017-01-10")
    duty = one(teller, article="D-contractor")
    assert (duty.owed_by, duty.owed_to) == (KOR, (JPN,))
    assure("firm-b", "2017-02-10")
    assert states(teller, "2017-08-01", "D-contractor") == ["late", "open"]
    assure("firm-a", "2017-08-02")
    assert states(teller, article="D-contractor") == ["done_late", "open", "open"]
    assure("firm-b", "2017-08-03", met=False)
    assert len(owed(teller, article="D-contractor")) == 3


def test_a_law_is_told_of_and_a_changed_table_waits_for_a_notice(teller: Teller) -> None:
    teller.say(JPN, law("2016-12-01"), at="2016-12-16")
    (told,) = owed(teller, article="3")
    assert (told.because, told.state, told.owed_to) == ("party.law_change", DutyState.DONE, (KOR,))
    teller.say(JPN, law("2016-10-01"), at="2016-12-17")
    assert sorted(states(teller, article="3")) == ["done", "done_late"]


def test_a_new_table_obliges_the_party_whose_markings_changed() -> None:
    old = dutiful()
    new = next_version(old, ('"極秘"', '"防衛秘密"'))
    teller = Teller(old, (new,))
    teller.sign(at="2016-11-23")
    teller.enter(delivered="2016-11-23")
    teller.say(JPN, amend(new), at="2017-01-10")
    for party in (JPN, KOR):
        teller.say(party, AgreementSign(NOTE), version=new.sha256)
    duty = one(teller, article="3")
    assert (duty.because, duty.owed_by, duty.owed_to) == ("agreement.table", JPN, (KOR,))
    claim = Claim("3", (KOR,), duty.term_due, None)
    assert find_claim(teller.state, duty.trigger, duty.id, teller.now) == claim
    assert find_claim(teller.state, duty.trigger, "0" * 32, teller.now) is None
    assert states(teller, "2017-03-01", "3") == ["late"]
    teller.say(JPN, law("2017-01-10"), at="2017-01-20", version=new.sha256)
    assert [d.state for d in owed(teller, article="3") if d.because == "agreement.table"] == [
        DutyState.DONE
    ]


def test_an_authority_is_notified_in_time_or_late(teller: Teller) -> None:
    soon = authority("a+00000001", "a+00000002", since="2016-12-20", delivered="2016-12-10")
    teller.say(JPN, soon, at="2016-12-16")
    late = authority("a+00000003", "a+00000004", since="2016-12-01", delivered="2016-12-10")
    teller.say(JPN, late, at="2016-12-17")
    assert sorted(states(teller, article="D-notify")) == ["done", "done_late"]


def test_nobody_owes_anything_to_itself(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    own = structs.replace(lost(item, "2016-12-16"), held_by=JPN)
    assert teller.why(teller.say(JPN, own)) is None
    assert owed(teller, article="D-incident") == ()


def test_a_text_without_receipts_obliges_to_none_and_cites_its_scope() -> None:
    teller = in_force(agreement=dutiful(kinds=("release", "ending")))
    teller.say(JPN, release(), at="2016-12-16")
    assert owed(teller) == ()
    terms = teller.state.files[teller.agreement.sha256]
    assert terms.owed_article("item.receipt") == teller.agreement.rules.default_article


# The list as a whole.


@pytest.mark.row("T6")
def test_in_a_pact_that_does_not_bind_what_is_late_is_a_concern() -> None:
    for binding, word in ((True, "breach"), (False, "concern")):
        teller = dutiful_teller(binding=binding)
        teller.say(JPN, release(), at="2016-12-16")
        assert duty_json(one(teller, article="12(a)"))["may_be_called"] is None
        late = one(teller, "2017-01-16", "12(a)")
        assert duty_json(late)["may_be_called"] == word
    assert b"breach" not in duties_bytes(teller.state, instant("2017-01-16"))


def test_the_list_stands_earliest_first_and_what_has_no_day_last(teller: Teller) -> None:
    teller.say(KOR, dispute(), at="2016-12-15")
    for name in ("1", "2"):
        teller.say(JPN, release(name))
    found = duties_at(teller.state, teller.now)
    assert [d.due for d in found] == sorted((d.due for d in found), key=lambda t: (t is None, t))
    assert found[-1].due is None
    assert len({duty.id for duty in found}) == len(found)


def test_before_it_is_in_force_no_count_is_owed() -> None:
    teller = Teller(dutiful())
    teller.sign(at="2016-11-20")
    assert owed(teller) == ()


def test_before_any_text_is_signed_nothing_is_owed() -> None:
    teller = Teller(dutiful())
    assert duties_at(teller.state, teller.now) == ()


# Ids.


def doubled(second: str) -> Teller:
    """Tell of an agreement with two clauses on incidents in one article."""
    text = dutiful().raw.decode()
    start = text.index("[article.incident]")
    end = text.index("[[article]]", start)
    first = text[start:end].replace("[article.incident]", "[[article.incident]]")
    both = first + first.replace('"30 days"', second)
    return in_force(agreement=read_agreement((text[:start] + both + text[end:]).encode()))


def told_of_a_loss(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    teller.say(KOR, lost(item, "2016-12-17"), at="2016-12-18")


@pytest.mark.parametrize("second", ['"300 days"', '"30 days"'])
def test_two_clauses_of_one_article_oblige_under_ids_of_their_own(second: str) -> None:
    teller = doubled(second)
    told_of_a_loss(teller)
    found = [
        d for d in owed(teller, article="D-incident") if (d.owes, d.needs) == OUTCOME_OF_INCIDENT
    ]
    assert len({duty.id for duty in found}) == 2
    first, other = found
    teller.say(JPN, DutyWaive(first.trigger, first.id, NOTE))
    left = {duty.id: duty.state for duty in owed(teller, article="D-incident")}
    assert (left[first.id], left[other.id]) == (DutyState.WAIVED, DutyState.OPEN)


def test_the_first_of_two_clauses_has_the_id_that_it_has_alone() -> None:
    ids = []
    for teller in (doubled('"300 days"'), dutiful_teller()):
        told_of_a_loss(teller)
        ids.append({duty.id for duty in owed(teller, article="D-incident")})
    assert ids[1] < ids[0]


def test_duties_that_one_kind_discharges_say_what_each_of_them_needs(teller: Teller) -> None:
    told_of_a_loss(teller)
    found = [duty_json(duty) for duty in owed(teller, article="D-incident")]
    assert sorted(str(row["needs"]) for row in found) == ["None", "measures", "outcome"]
