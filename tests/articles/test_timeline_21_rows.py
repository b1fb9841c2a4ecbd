# SPDX-License-Identifier: Apache-2.0
"""The real life of the Japan-ROK GSOMIA, 2011 to 2023, replayed row by row.

Source: `spec/timeline.md` section 1, its 21 rows and computed check values; Art. 21
"""

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Final

import pytest

from comity.agreement.acts import Action, EntryRule
from comity.agreement.model import Agreement
from comity.basis.ids import AgreementId, Digest, Place
from comity.basis.instants import Instant, format_instant
from comity.decision.deciding import decide
from comity.decision.request import NO_ITEM, Actor, Request
from comity.statement.information import ItemReclassify
from comity.statement.treaty import (
    AgreementAnnouncement,
    AgreementEndNotice,
    AgreementEntryNotification,
    AgreementInitial,
    AgreementInterpretation,
    AgreementPostpone,
    AgreementSign,
    AgreementSuspendEndNotice,
    AgreementWithdrawEndNotice,
)
from tests.support_state import (
    JPN,
    KOR,
    NOTE,
    USA,
    Teller,
    counter,
    draft_of_2012,
    gsomia,
    in_force,
    instant,
    propose,
    receipt,
    release,
)

END_2019: Final = "2019-11-22T15:00:00.000Z"  # 2019-11-23 00:00 KST, the end of 22 November
END_2020: Final = "2020-11-22T15:00:00.000Z"


def kst(text: str) -> str:
    """Write a time of Seoul and Tokyo as UTC: `2019-11-22 18:00`."""
    day, _, clock = text.partition(" ")
    hours, minutes = (int(part) for part in clock.split(":"))
    midnight = instant(f"{day}T00:00:00Z")
    return format_instant(Instant(midnight + ((hours - 9) * 60 + minutes) * 60_000))


def tisa() -> Agreement:
    """Stand in for the trilateral arrangement: three signatures, in force at the last."""
    text = gsomia()
    usa = replace(text.parties[0], id=USA)
    return replace(
        text,
        id=AgreementId("tisa"),
        parties=(*text.parties, usa),
        lifecycle=replace(text.lifecycle, entry=EntryRule.LAST_SIGNATURE),
        sha256=Digest("7" * 64),
    )


def test_the_21_rows_of_the_timeline_lead_to_the_states_they_name() -> None:
    teller = Teller(gsomia(), [draft_of_2012()])
    _rows_1_to_6_the_draft_of_2012(teller)
    _row_7_the_trilateral_arrangement()
    _rows_8_to_13_the_text_of_2016(teller)
    suspension = _rows_14_to_17_the_notice_and_its_suspension(teller)
    _rows_18_to_21_the_dispute_and_the_withdrawal(teller, suspension)
    assert teller.exported()["not_counted"] == []
    _releases_on_the_days_that_the_vectors_name(teller)


def _releases_on_the_days_that_the_vectors_name(teller: Teller) -> None:
    """Vector 3 of treaties.md section 6, in the very story that the rows tell."""
    said = {
        day: teller.say(JPN, release(day), at=day, version=gsomia().sha256)
        for day in ("2016-11-22", "2019-10-01", "2019-11-23", "2020-09-01")
    }
    assert {day: teller.why(place) for day, place in said.items()} == {
        "2016-11-22": ("lifecycle.not-in-force", "21"),
        "2019-10-01": None,
        "2019-11-23": None,
        "2020-09-01": None,
    }


def _rows_1_to_6_the_draft_of_2012(teller: Teller) -> None:
    draft = draft_of_2012()
    # 1, January 2011: ministers talk; nothing is said under the agreement.
    assert teller.state_name("2011-01-10") is None
    # 2, April 2012: the text is initialled, its hash known.
    teller.say(JPN, propose(draft), at="2012-04-20", version=draft.sha256)
    assert teller.state_name() == "proposed"
    for party in (JPN, KOR):
        teller.say(party, AgreementInitial(NOTE), at="2012-04-23", version=draft.sha256)
        teller.now = Instant(teller.now + 1)
    assert teller.state_name() == "initialled"
    # 3, 26 June: one side's cabinet approves; no statement to the other.
    assert teller.state_name("2012-06-26") == "initialled"
    # 4, 29 June: called off less than an hour before: a record, and not signed.
    teller.say(
        KOR, AgreementPostpone(NOTE, "domestic"), at=kst("2012-06-29 15:20"), version=draft.sha256
    )
    assert teller.state_name(kst("2012-06-29 16:00")) == "initialled"
    # 5, 3 July: Seoul publishes the text, which says Bouei Himitsu.
    published = AgreementAnnouncement("text published", date(2012, 7, 3), NOTE)
    teller.say(KOR, published, at="2012-07-03", version=draft.sha256)
    state = teller.exported()
    assert state["lifecycle"]["state"] == "initialled"
    assert [record["kind"] for record in state["lifecycle"]["records"]] == [
        "agreement.postpone",
        "agreement.announcement",
    ]
    assert state["agreement"]["on_table"] == draft.sha256
    terms = teller.state.files[draft.sha256]
    assert terms.level_of(JPN, "防衛秘密", teller.now) == "SECRET"
    assert terms.level_of(JPN, "特定秘密", teller.now) is None
    # 6, May 2014: work on a trilateral arrangement begins; nothing is said under this one.
    assert teller.state_name("2014-05-31") == "initialled"


def _row_7_the_trilateral_arrangement() -> None:
    # 7, 29 December 2014 in Seoul, the 28th in Washington: in force at the last signature.
    teller = Teller(tisa(), parties=(USA, JPN, KOR))
    teller.say(USA, propose(tisa()), at="2014-12-28T22:00:00Z")
    for party in (USA, JPN):
        teller.say(party, AgreementSign(NOTE))
    assert teller.state_name() == "proposed"
    teller.say(KOR, AgreementSign(NOTE), at="2014-12-28T23:30:00Z")
    assert teller.state_name() == "in_force"
    assert teller.exported()["lifecycle"]["in_force_at"] == "2014-12-28T23:30:00.000Z"


def _rows_8_to_13_the_text_of_2016(teller: Teller) -> None:
    # 8, October 2016: talks restart.
    assert teller.state_name("2016-10-27") == "initialled"
    # 9, 14 November: another text takes the place of the draft and is initialled.
    teller.say(JPN, counter(gsomia()), at="2016-11-14")
    assert teller.state_name() == "proposed"
    teller.initial()
    state = teller.exported()
    assert state["lifecycle"]["state"] == "initialled"
    assert state["agreement"]["on_table"] == gsomia().sha256
    # 10, 23 November: signed, and in force the same day by two notifications.
    teller.say(JPN, AgreementSign(NOTE), at="2016-11-23T01:00:00Z")
    assert teller.state_name() == "initialled"
    teller.say(KOR, AgreementSign(NOTE))
    assert teller.state_name() == "signed"
    teller.say(JPN, AgreementEntryNotification(date(2016, 11, 23), NOTE))
    assert teller.state_name() == "signed"
    teller.say(KOR, AgreementEntryNotification(date(2016, 11, 23), NOTE))
    assert teller.state_name() == "in_force"
    # 11, 16 December: the first direct exchange.
    first = teller.say(JPN, release(), at="2016-12-16")
    teller.say(KOR, receipt(first))
    # 12: 22 items until the end of 2018.
    for number in range(21):
        day = f"{2017 + number // 11}-{number % 11 + 1:02}-15"
        teller.say(JPN, release(f"parcel {number}"), at=day)
    assert len(teller.exported("2018-12-31")["items"]) == 22
    # 13: renewed each year.
    for year in (2017, 2018):
        lifecycle = teller.exported(f"{year}-11-23")["lifecycle"]
        assert lifecycle["state"] == "in_force"
        assert lifecycle["term_ends_at"] == f"{year + 1}-11-22T15:00:00.000Z"


def _rows_14_to_17_the_notice_and_its_suspension(teller: Teller) -> Place:
    # 14, 22 August 2019: a decision announced to the press is no notice.
    announced = AgreementAnnouncement("decision to end it", date(2019, 8, 22), NOTE)
    teller.say(KOR, announced, at="2019-08-22")
    assert teller.state_name() == "in_force"
    # 15, 23 August: the note is delivered.
    notice = teller.say(
        KOR,
        AgreementEndNotice(date(2019, 8, 22), date(2019, 8, 23), date(2019, 11, 22), NOTE),
        at="2019-08-23",
    )
    lifecycle = teller.exported()["lifecycle"]
    assert (lifecycle["state"], lifecycle["ends_at"]) == ("notice_given", END_2019)
    assert not lifecycle["interpretation_disputed"]
    said = lifecycle["notes"][-1]
    assert (said["announced"], said["delivered"], said["effective"], said["ends_at"]) == (
        "2019-08-22",
        "2019-08-23",
        "2019-11-22",
        END_2019,
    )
    # 16, 24 August: the last day of notice for that year.
    assert teller.exported("2019-08-24")["lifecycle"]["last_notice_day"] == "2019-08-24"
    # 17, 22 November 18:00: six hours before the end its effect is suspended.
    assert teller.state_name(kst("2019-11-22 17:59")) == "notice_given"
    suspension = teller.say(
        KOR,
        AgreementSuspendEndNotice(notice, date(2019, 11, 22), NOTE),
        at=kst("2019-11-22 18:00"),
    )
    assert teller.state_name() == "notice_suspended"
    assert teller.state_name(kst("2019-11-23 00:00")) == "notice_suspended"
    return suspension


def _rows_18_to_21_the_dispute_and_the_withdrawal(teller: Teller, suspension: Place) -> None:
    # 18, 24 August 2020: Seoul says it may end it on any day, Tokyo does not accept that.
    teller.say(KOR, AgreementInterpretation(suspension, "notice_suspended", NOTE), at="2020-08-24")
    assert not teller.view().interpretation_disputed
    teller.say(JPN, AgreementInterpretation(suspension, "in_force", NOTE))
    lifecycle = teller.exported()["lifecycle"]
    assert (lifecycle["state"], lifecycle["interpretation_disputed"]) == ("notice_suspended", True)
    assert [(reading["party"], reading["state"]) for reading in lifecycle["readings"]] == [
        ("JPN", "in_force"),
        ("KOR", "notice_suspended"),
    ]
    assert lifecycle["governed_by"] == "KOR"
    assert teller.why(teller.say(JPN, release("in dispute"))) is None
    # 19, 16 March 2023: "complete normalisation", declared orally.
    declared = AgreementAnnouncement("complete normalisation", date(2023, 3, 16), NOTE)
    teller.say(KOR, declared, at="2023-03-16")
    assert teller.state_name() == "notice_suspended"
    # 20, 17 March: one ministry asks another; no statement to the other party.
    assert teller.state_name("2023-03-17") == "notice_suspended"
    # 21, 21 March: both notes are withdrawn in writing, each linked to its withdrawal.
    notice = teller.state.notes.get(suspension)
    assert notice is not None
    assert isinstance(notice.body, AgreementSuspendEndNotice)
    withdrawal = teller.say(
        KOR,
        AgreementWithdrawEndNotice((notice.body.notice, suspension), date(2023, 3, 21), NOTE),
        at="2023-03-21",
    )
    lifecycle = teller.exported()["lifecycle"]
    assert (lifecycle["state"], lifecycle["interpretation_disputed"]) == ("in_force", False)
    withdrawn = {note["place"]: note["withdrawn_by"] for note in lifecycle["notes"]}
    assert [withdrawn[str(each)] for each in (notice.body.notice, suspension)] == [
        str(withdrawal),
        str(withdrawal),
    ]


@pytest.mark.row("G21.3")
@pytest.mark.parametrize(
    ("delivered", "ends_at"),
    [("2019-08-23", END_2019), ("2019-08-24", END_2019), ("2019-08-25", END_2020)],
)
def test_art_21_3_notice_until_24_august_ends_that_term_and_later_the_next(
    delivered: str, ends_at: str
) -> None:
    teller = in_force()
    teller.say(
        KOR, AgreementEndNotice(None, date.fromisoformat(delivered), None, NOTE), at=delivered
    )
    lifecycle = teller.exported()["lifecycle"]
    assert (lifecycle["state"], lifecycle["ends_at"]) == ("notice_given", ends_at)
    assert lifecycle["interpretation_disputed"] is False


@pytest.mark.parametrize("day", ["2019-10-01", "2019-11-23", "2020-09-01"])
def test_art_21_releases_go_on_while_a_notice_runs_and_while_it_is_suspended(day: str) -> None:
    teller = in_force()
    notice = teller.say(
        KOR, AgreementEndNotice(None, date(2019, 8, 23), None, NOTE), at="2019-08-23"
    )
    teller.say(
        KOR,
        AgreementSuspendEndNotice(notice, date(2019, 11, 22), NOTE),
        at=kst("2019-11-22 18:00"),
    )
    # Dated before what is known already on 1 October: a late one is folded in its place.
    item = teller.say(JPN, release(), at=day)
    assert teller.why(item) is None


def test_art_21_4_without_a_suspension_releases_stop_at_the_first_instant_of_23_november() -> None:
    teller = in_force()
    teller.say(KOR, AgreementEndNotice(None, date(2019, 8, 23), None, NOTE), at="2019-08-23")
    end = instant(END_2019)
    last = teller.say(JPN, release("last"), at=Instant(end - 1))
    late = teller.say(JPN, release("late"), at=end)
    assert teller.why(last) is None
    assert teller.why(late) == ("lifecycle.ended", "21(3)")
    assert teller.state_name(END_2019) == "terminated"


@pytest.mark.row("G21.4")
def test_art_21_4_in_that_counter_history_every_rule_of_protection_stays_as_it_was() -> None:
    """Vector 4 of treaties.md section 6: sending is refused, and nothing else is decided anew."""
    (ending,) = gsomia().clauses("ending")
    official = Actor("KOR", "kor-017", "official", "SECRET", None, ("missile-warning",), "s", True)
    item = replace(
        NO_ITEM,
        id="JPN/12",
        originators=("JPN",),
        level="SECRET",
        category="missile-warning",
        form="document",
        purposes=("warning",),
        named_for=(),
        marked=("level", "originator", "receiver_mark"),
        copies=1,
        use_until=None,
    )
    changed: set[str] = set()
    for action, purpose, person, recipient in product(
        Action, ("warning", "study"), (official, replace(official, clearance=None)), ("USA", "JPN")
    ):
        asked = Request(
            at=instant("2019-11-22T14:59:59Z"),
            action=action,
            actor=person,
            item=item,
            purpose=purpose,
            recipient=recipient,
            channel="node",
            consents=(),
            assurances=(),
            firms=(),
            means="shred",
            rights_confirmed=True,
        )
        before = decide(gsomia(), replace(asked, agreement_state="notice_given"))
        after = decide(gsomia(), replace(asked, agreement_state="terminated"))
        if (before.allowed, before.articles) != (after.allowed, after.articles):
            changed.add(action)
            assert "21(3)" in {row.article for row in after.articles}
            assert not after.allowed
    assert changed == set(ending.texts("stops"))
    assert {"release", "transmit"} <= changed
    assert not changed & {"open", "third_party_release", "use", "destroy", "return", "reclassify"}


def test_art_21_4_after_the_end_what_was_exchanged_is_still_receipted_and_reclassified() -> None:
    teller = in_force()
    item = teller.say(JPN, release(), at="2019-08-01")
    teller.say(KOR, AgreementEndNotice(None, date(2019, 8, 23), None, NOTE), at="2019-08-23")
    held = teller.say(KOR, receipt(item), at="2019-12-01")
    raised = teller.say(JPN, ItemReclassify(item, "SECRET", "極秘", teller.now))
    assert teller.state_name() == "terminated"
    assert (teller.why(held), teller.why(raised)) == (None, None)
    assert teller.exported()["items"][0]["level"] == "SECRET"


def test_art_21_1_nothing_is_released_on_the_day_before_entry_into_force() -> None:
    teller = Teller(gsomia())
    teller.say(JPN, propose(gsomia()), at="2016-11-14")
    teller.initial()
    refused = teller.say(JPN, release(), at="2016-11-22")
    assert teller.why(refused) == ("lifecycle.not-in-force", "21")


def test_art_21_1_one_notification_is_not_enough() -> None:
    teller = Teller(gsomia())
    teller.sign(at="2016-11-23")
    teller.say(JPN, AgreementEntryNotification(date(2016, 11, 23), NOTE))
    assert teller.why(teller.say(JPN, release())) == ("lifecycle.not-in-force", "21")
    teller.say(KOR, AgreementEntryNotification(date(2016, 11, 23), NOTE))
    assert teller.why(teller.say(JPN, release())) is None


def test_art_21_1_in_force_from_the_later_of_the_two_notifications() -> None:
    teller = Teller(gsomia())
    teller.sign(at="2016-11-20")
    teller.say(JPN, AgreementEntryNotification(date(2016, 11, 21), NOTE), at="2016-11-21")
    teller.say(KOR, AgreementEntryNotification(date(2016, 11, 23), NOTE), at="2016-11-23")
    assert teller.exported()["lifecycle"]["in_force_at"] == "2016-11-22T15:00:00.000Z"
