# SPDX-License-Identifier: Apache-2.0
"""Disputes, authorities, laws and duties between two nodes; tasks that only a notice closes."""

from collections.abc import Coroutine
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from icalendar import Calendar

from comity.basis.errors import InputError, StateError
from comity.basis.ids import Digest
from comity.basis.instants import Instant, date_of, format_zone
from comity.decision.people import Person
from comity.decision.stages import Refused
from comity.flows.affairs import (
    Change,
    change_authority,
    extend_duty,
    notify_authority,
    open_dispute,
    settle_dispute,
    tell_law_change,
    waive_duty,
)
from comity.flows.case_texts import open_affairs_text
from comity.flows.cases.contractors import open_evidence
from comity.flows.duties.calendar import BEGINNING, calendar_of
from comity.flows.duties.listing import find_one, list_duties
from comity.flows.not_counted import NotCounted
from comity.flows.people.register import change_person
from comity.flows.rotation import rotate_keys
from comity.flows.speak import Entered
from comity.flows.treaty.acts import declare, propose
from comity.flows.treaty.law_tasks import LawTask, close_task, list_tasks, open_task
from comity.keys.cards import authority_keys
from comity.sealing.payload import PayloadHeader
from comity.state.coming import Coming
from comity.state.duties import DutyState
from comity.statement.affairs import DisputeSettle
from comity.statement.treaty import AgreementSign
from tests.builders.dutiful import duties_bytes
from tests.builders.world import (
    GSOMIA,
    JPN,
    KOR,
    OFFICER,
    READER,
    REGISTRAR,
    Node,
    World,
    entered,
    run,
)

DAY_MS = 86_400_000
LAW = Change("Act 1", "marking", ("4(1)",), date(2016, 11, 20))


def alike(world: World) -> None:
    """Let both nodes hear everything, and hold their duties against each other."""
    world.settle()
    at = Instant(max(node.clock.instant for node in (world.jpn, world.kor)) + 90 * DAY_MS)
    here, there = (duties_bytes(node.view().fold.state, at) for node in (world.jpn, world.kor))
    assert here == there


def say(flow: Coroutine[Any, Any, object]) -> Entered:
    return entered(run(flow))


def receipt_id(node: Node) -> str:
    owed = run(list_duties(node.context, GSOMIA, live=True))
    return next(each.id for each in owed.duties if each.clause == "receipt")


@pytest.mark.row("G20")
def test_a_dispute_goes_over_with_its_position_sealed(assured: World) -> None:
    world = assured
    item = world.jpn.release(KOR).place
    world.settle()
    position = (PayloadHeader("position", "text/plain"), [b"the post was late"])
    kor, owed = world.kor.context, (receipt_id(world.kor)[:8],)
    opened = say(open_dispute(kor, GSOMIA, ("12(a)",), about=(item,), duties=owed, text=position))
    alike(world)
    text = run(open_affairs_text(world.jpn.context, GSOMIA, opened.place, OFFICER))
    assert not isinstance(text, Refused)
    assert b"".join(text.content) == b"the post was late"
    assert b"late" not in opened.statement.raw
    answer = (PayloadHeader("position", "text/plain"), [b"it came in time"])
    settled = say(settle_dispute(world.jpn.context, GSOMIA, opened.place, None, answer))
    alike(world)
    theirs = run(open_affairs_text(kor, GSOMIA, settled.place, OFFICER))
    assert not isinstance(theirs, Refused)
    assert b"".join(theirs.content) == b"it came in time"
    say(settle_dispute(kor, GSOMIA, opened.place))
    alike(world)
    row = world.jpn.view().fold.state.disputes.get(opened.place)
    assert row is not None
    assert (row.place.party, row.dispute.articles) == (KOR, ("12(a)",))
    assert row.settled_at is not None


def test_texts_about_an_item_are_there_for_who_may_know_of_it_alone(assured: World) -> None:
    """A law is about no item; a dispute and its settlement are hidden as the item is."""
    world = assured
    item = world.jpn.release(KOR).place
    world.settle()
    text = (PayloadHeader("words", "text/plain"), [b"the post was late"])
    kor, jpn = world.kor.context, world.jpn.context
    opened = say(open_dispute(kor, GSOMIA, ("12(a)",), about=(item,), text=text)).place
    world.settle()
    settled = say(settle_dispute(kor, GSOMIA, opened, None, text)).place
    told = say(tell_law_change(kor, GSOMIA, LAW, None, text)).place
    world.settle()
    for place in (opened, settled, told):
        assert not isinstance(run(open_affairs_text(jpn, GSOMIA, place, READER)), Refused)

    def needs_nothing(known: Person) -> Person:
        return replace(known, need_to_know=())

    assert not isinstance(run(change_person(jpn, READER, needs_nothing, REGISTRAR)), Refused)
    for place in (opened, settled):
        with pytest.raises(StateError, match=r"statement\.no-text"):
            run(open_affairs_text(jpn, GSOMIA, place, READER))
    assert not isinstance(run(open_affairs_text(jpn, GSOMIA, told, READER)), Refused)
    with pytest.raises(StateError, match=r"statement\.no-text"):
        run(open_evidence(jpn, GSOMIA, opened, OFFICER))


def test_what_is_owed_is_waived_or_put_off_by_the_creditor_alone(assured: World) -> None:
    world = assured
    for _ in range(2):
        world.jpn.release(KOR)
    world.settle()
    first = receipt_id(world.jpn)
    with pytest.raises(NotCounted, match=r"duty\.not-the-creditor"):
        say(waive_duty(world.kor.context, GSOMIA, first))
    say(waive_duty(world.jpn.context, GSOMIA, first))
    second = receipt_id(world.jpn)
    assert second != first
    due = run(find_one(world.jpn.context, GSOMIA, second)).due
    assert due is not None
    say(extend_duty(world.jpn.context, GSOMIA, second, Instant(due + DAY_MS)))
    alike(world)
    assert run(find_one(world.kor.context, GSOMIA, second)).due == due + DAY_MS
    assert run(find_one(world.kor.context, GSOMIA, first)).state == "waived"


def test_a_duty_is_found_by_the_beginning_of_its_id(assured: World) -> None:
    assured.jpn.release(KOR)
    context = assured.jpn.context
    id = receipt_id(assured.jpn)
    assert run(find_one(context, GSOMIA, id[:6])).id == id
    with pytest.raises(InputError, match=r"duty\.short-id"):
        run(find_one(context, GSOMIA, id[:5]))
    with pytest.raises(StateError, match=r"duty\.unknown-id"):
        run(find_one(context, GSOMIA, "f" * 32))


def test_a_calendar_holds_articles_and_places_and_the_same_uids_on_both_sides(
    assured: World,
) -> None:
    world = assured
    item = world.jpn.release(KOR).place
    world.settle()
    here, there = (
        calendar_of([run(list_duties(node.context, GSOMIA))], exercise=False).decode()
        for node in (world.jpn, world.kor)
    )

    def uids(text: str) -> list[str]:
        todos = text.split("BEGIN:VEVENT")[1:]
        blocks = (each.partition("END:VEVENT")[0].splitlines() for each in todos)
        lines = (line for each in blocks for line in each if line.startswith("UID"))
        # What comes up names the party that it comes up for.
        return [line for line in lines if not line.startswith("UID:agreement.notice-")]

    assert uids(here) == uids(there)
    assert str(item) in here
    assert "EXERCISE" not in here
    assert all(line.startswith(" ") or len(line.encode()) <= 75 for line in here.split("\r\n"))


def test_a_calendar_reads_back_and_reminds_at_instants(assured: World) -> None:
    owed = run(list_duties(assured.jpn.context, GSOMIA))
    moment = Instant(owed.at + 90 * DAY_MS)
    proposal = Coming("visit.propose", JPN, None, None, (moment,))
    raw = calendar_of([replace(owed, coming=(*owed.coming, proposal))], exercise=False)
    read: Any = Calendar.from_ical(raw)
    # Nothing names a day for it: the reminder does.
    (event,) = (each for each in read.walk("VEVENT") if each["uid"].startswith("visit.propose"))
    assert event["dtstart"].dt.timestamp() == moment // 1000
    alarms = [each["trigger"] for each in read.walk("VALARM")]
    assert len(alarms) > 1
    assert {each.params["VALUE"] for each in alarms} == {"DATE-TIME"}
    assert all(each.dt.tzinfo is not None for each in alarms)


def test_what_is_owed_by_the_end_of_a_day_stands_on_that_day(assured: World) -> None:
    assured.jpn.release(KOR)
    owed = run(list_duties(assured.jpn.context, GSOMIA))
    assert format_zone(owed.zone) == "+09:00"
    (receipt,) = (each for each in owed.duties if each.owes == "item.receipt")
    assert receipt.due is not None
    in_the_day = replace(receipt, due=Instant(receipt.due - 1000))
    days: Any = [
        Calendar.from_ical(
            calendar_of([replace(owed, duties=(each,), coming=())], exercise=False)
        ).walk("VEVENT")[0]["dtstart"]
        for each in (receipt, in_the_day)
    ]
    assert days[0].dt == date_of(Instant(receipt.due - 1), owed.zone)
    assert days[0].params["VALUE"] == "DATE"
    assert days[1].dt.timestamp() == receipt.due // 1000 - 1


def test_a_duty_without_a_day_is_a_to_do_and_one_with_a_day_an_event(assured: World) -> None:
    assured.jpn.release(KOR)
    owed = run(list_duties(assured.jpn.context, GSOMIA))
    (receipt,) = (each for each in owed.duties if each.owes == "item.receipt")
    kinds = {
        (due, state): [
            (each.name, str(each["uid"]), str(each["status"]))
            for each in Calendar.from_ical(
                calendar_of(
                    [replace(owed, duties=(replace(receipt, due=due, state=state),), coming=())],
                    exercise=False,
                )
            ).subcomponents
        ]
        for due in (receipt.due, None)
        for state in (DutyState.OPEN, DutyState.DONE, DutyState.WAIVED)
    }
    alone = replace(owed, duties=(replace(receipt, remind_at=None),), coming=())
    read: Any = Calendar.from_ical(calendar_of([alone], exercise=False))
    (alarm,) = read.walk("VALARM")
    assert receipt.due is not None
    assert alarm["trigger"].dt.timestamp() * 1000 == receipt.due - DAY_MS
    uid = f"{receipt.id}@{GSOMIA}.comity"
    assert kinds == {
        (receipt.due, DutyState.OPEN): [("VEVENT", uid, "CONFIRMED")],
        (receipt.due, DutyState.DONE): [("VEVENT", uid, "CONFIRMED")],
        (receipt.due, DutyState.WAIVED): [("VEVENT", uid, "CANCELLED")],
        (None, DutyState.OPEN): [("VTODO", uid, "NEEDS-ACTION")],
        (None, DutyState.DONE): [("VTODO", uid, "COMPLETED")],
        (None, DutyState.WAIVED): [("VTODO", uid, "CANCELLED")],
    }


def test_a_calendar_begins_as_ours_are_known_by(assured: World) -> None:
    owed = run(list_duties(assured.jpn.context, GSOMIA))
    for each in ([], [owed]):
        assert calendar_of(each, exercise=True).startswith(BEGINNING)


@pytest.mark.row("G2d")
def test_g2d_a_notified_authority_stands_on_both_sides_with_its_keys(assured: World) -> None:
    world = assured
    notified = say(notify_authority(world.jpn.context, GSOMIA, "Ministry of Defense"))
    alike(world)
    chain = world.kor.view().fold.state.authorities.get(JPN)
    assert chain is not None
    assert chain.newest.place == notified.place
    known = world.kor.view().fold.state.authority_keys.get(JPN)
    assert known is not None
    assert known.newest.keys == tuple(sorted(chain.newest.authority.keys))
    say(tell_law_change(world.jpn.context, GSOMIA, LAW))  # by the same keys: it counts


@pytest.mark.row("G2d")
def test_g2d_new_authority_keys_bind_nobody_before_their_notification(assured: World) -> None:
    world = assured
    node = world.jpn
    run(rotate_keys(node.context, new_authority=True))
    world.settle()
    with pytest.raises(NotCounted, match=r"authority\.not-notified"):
        say(tell_law_change(node.context, GSOMIA, LAW))
    say(notify_authority(node.context, GSOMIA, "Ministry of State"))
    said = say(tell_law_change(node.context, GSOMIA, LAW)).place
    alike(world)
    assert world.kor.view().fold.state.law_changes.get(said) is not None
    card = world.kor.view().card(JPN)
    assert card.version == 2
    run(rotate_keys(node.context))  # the next card keeps the new authority keys
    world.settle()
    say(tell_law_change(node.context, GSOMIA, LAW))
    alike(world)
    assert authority_keys(world.kor.view().card(JPN)) == authority_keys(card)


@pytest.mark.row("G2d")
def test_g2d_another_authority_takes_over_by_card_and_notification_in_one_command(
    assured: World,
) -> None:
    world = assured
    changed = run(change_authority(world.jpn.context, "Ministry of State"))
    assert not isinstance(changed, Refused)
    assert [each.statement.kind for each in changed] == ["party.card", "party.authority"]
    again = run(change_authority(world.jpn.context, "Ministry of State"))
    assert not isinstance(again, Refused)
    assert "party.authority" in {each.statement.kind for each in again}
    alike(world)
    say(tell_law_change(world.jpn.context, GSOMIA, LAW))
    alike(world)


@pytest.mark.row("G3")
def test_g3_a_change_of_our_own_opens_a_task_that_only_a_notice_or_a_reason_closes(
    assured: World,
) -> None:
    world = assured
    context = world.jpn.context
    early = say(tell_law_change(context, GSOMIA, LAW)).place
    world.jpn.clock.instant = Instant(world.jpn.clock.instant + DAY_MS)
    refused = run(open_task(context, GSOMIA, "Act 1 amended", READER))
    assert isinstance(refused, Refused)
    task = run(open_task(context, GSOMIA, "Act 1 amended", REGISTRAR))
    assert isinstance(task, LawTask)
    for given in ({}, {"reason": "  "}, {"notice": early}):
        with pytest.raises(StateError, match=r"law\.notice-owed") as owed:
            run(close_task(context, GSOMIA, task.number, REGISTRAR, **given))
        assert "Art. 3" in str(owed.value.where)
        assert owed.value.hint.startswith("tell them: comity law tell, and then comity law close ")
    notice = say(tell_law_change(context, GSOMIA, LAW)).place
    with pytest.raises(StateError, match=r"law\.notice-owed") as owed:
        run(close_task(context, GSOMIA, task.number, REGISTRAR))
    assert owed.value.hint.startswith(f"comity law close {task.number} --notice {notice};")
    closed = run(close_task(context, GSOMIA, task.number, REGISTRAR, notice=notice))
    assert isinstance(closed, LawTask)
    assert (closed.notice, run(list_tasks(context, GSOMIA))) == (notice, (closed,))
    with pytest.raises(StateError, match=r"law\.no-task"):
        run(close_task(context, GSOMIA, task.number, REGISTRAR, notice=notice))
    second = run(open_task(context, GSOMIA, "a rule of the house", OFFICER))
    assert isinstance(second, LawTask)
    by_reason = run(close_task(context, GSOMIA, second.number, OFFICER, reason="no effect"))
    assert isinstance(by_reason, LawTask)
    assert by_reason.reason == "no effect"
    with pytest.raises(InputError, match=r"law\.cause"):
        run(open_task(context, GSOMIA, "", OFFICER))


@pytest.mark.row("G3")
@pytest.mark.row("G21.2")
def test_g3_a_new_version_with_other_markings_of_ours_opens_the_task_by_itself(
    assured: World,
) -> None:
    world = assured
    file = world.jpn.view().agreement()
    text = file.raw.decode().replace(f"version = {file.version} ", f"version = {file.version + 1} ")
    changed = text.replace('text = "極秘"', 'text = "防衛秘密"').encode()
    amended = say(propose(world.jpn.context, changed))
    world.settle()
    assert [each.cause for each in run(list_tasks(world.jpn.context, GSOMIA))] == ["markings"]
    assert run(list_tasks(world.kor.context, GSOMIA)) == ()
    body = AgreementSign("")
    run(declare(world.jpn.context, GSOMIA, body))
    world.settle()
    assert world.kor.view().agreement().sha256 == file.sha256  # one signature changes nothing
    run(declare(world.kor.context, GSOMIA, body))
    alike(world)
    assert world.jpn.view().agreement().sha256 == Digest(amended.statement.agreement_sha256)
    owed = run(list_duties(world.kor.context, GSOMIA, live=True)).duties
    assert [(d.owed_by, d.because) for d in owed if d.article == "3"] == [(JPN, "agreement.table")]


def test_nobody_settles_a_dispute_that_is_not_there(assured: World) -> None:
    place = assured.jpn.release(KOR).place
    with pytest.raises(NotCounted, match=r"dispute\.unknown"):
        say(settle_dispute(assured.kor.context, GSOMIA, place))
    assert DisputeSettle.KIND == "dispute.settle"


def test_nobody_cites_an_article_that_the_agreement_does_not_have(assured: World) -> None:
    context = assured.jpn.context
    before = assured.jpn.view().heads[JPN].size
    for articles in (("99",), ("12(a)", "99(1)")):
        with pytest.raises(InputError, match=r"affairs\.unknown-article") as told:
            say(tell_law_change(context, GSOMIA, replace(LAW, articles=articles)))
        assert "12" in told.value.expected
        with pytest.raises(InputError, match=r"affairs\.unknown-article"):
            say(open_dispute(context, GSOMIA, articles))
    assert assured.jpn.view().heads[JPN].size == before


def test_an_article_is_cited_by_any_of_its_paragraphs(assured: World) -> None:
    context = assured.jpn.context
    say(tell_law_change(context, GSOMIA, replace(LAW, articles=("4(1)", "12"))))
    said = say(open_dispute(context, GSOMIA, ("12(a)",)))
    assert said.statement.kind == "dispute.open"
