# SPDX-License-Identifier: Apache-2.0
"""Reminders: each is told once, journalled in the same commit, and not again after a restart."""

import json
from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import ComityError, StateError
from comity.basis.ids import AgreementId, PersonId
from comity.basis.instants import Instant, format_instant, parse_date, parse_instant
from comity.basis.strict_json import JsonValue, format_json, parse_json
from comity.decision.house import allow_house_act
from comity.flows.cases.incidents import Report, report_incident
from comity.flows.documents import REMINDED, json_document
from comity.flows.duties.listing import list_duties
from comity.flows.duties.reminder_rows import ALIKE_MAX, ROWS_MAX, Reminder, kept_beside, untold
from comity.flows.duties.reminders import remind, remind_all, reminders_since
from comity.flows.news import Told, gather_reminders, news_from_now
from comity.flows.speak import Entered
from comity.ports import Change, Entries
from comity.statement.cases import Affected, Certainty, ContractorAssure, Harm
from tests.builders.world import (
    CLERK,
    GSOMIA,
    JPN,
    KOR,
    READER,
    REGISTRAR,
    Node,
    World,
    compose_raw,
    run,
)

DAY_MS = 86_400_000


def restarted(node: Node) -> Node:
    return replace(node, context=replace(node.context, live={}))


def wait(world: World, days: int) -> None:
    for node in (world.jpn, world.kor):
        node.clock.instant = Instant(node.clock.instant + days * DAY_MS)


def journal(node: Node) -> list[dict[str, object]]:
    head = run(node.ports.store.journal())
    assert head is not None
    raws = run(node.ports.store.entries(head.origin, 0, head.size))
    return [entry for raw in raws if (entry := json.loads(raw))["act"] == "duty.remind"]


def test_a_late_receipt_is_told_once_on_both_sides(assured: World) -> None:
    world = assured
    item = world.jpn.release(KOR).place
    world.settle()
    assert run(remind(world.jpn.context, GSOMIA)) == ()
    wait(world, 6)
    for node in (world.jpn, world.kor):
        (told,) = run(remind(node.context, GSOMIA))
        assert (told.what, told.article, told.about) == ("item.receipt", "12(a)", str(item))
        assert run(remind(node.context, GSOMIA)) == ()
        assert run(remind_all(restarted(node).context)) == ()
        assert len(journal(node)) == 1


def test_a_receipt_that_came_is_not_told_of(assured: World) -> None:
    world = assured
    item = world.jpn.release(KOR).place
    world.settle()
    world.kor.receipt(item)
    wait(world, 6)
    assert run(remind(world.kor.context, GSOMIA)) == ()


@pytest.mark.row("G21.3")
def test_g21_3_one_is_reminded_120_100_and_91_days_before_the_end_of_a_term(
    assured: World,
) -> None:
    node = assured.jpn
    state = node.view().fold.state
    (reading, *_) = (reading for _, reading in state.life.readings)
    assert reading.in_force_at == parse_instant("2016-11-22T15:00:00Z")
    told = []
    for day in (
        "2017-07-24T14:59:00Z",  # the 121st day before 22 November, in Tokyo
        "2017-07-24T15:00:00Z",
        "2017-08-13T14:59:00Z",
        "2017-08-13T15:00:00Z",
        "2017-08-22T15:00:00Z",
        "2017-08-24T15:00:00Z",  # the last day of notice is over
    ):
        node.clock.instant = parse_instant(day)
        found = run(remind(node.context, GSOMIA))
        told.append(len([each for each in found if each.what == "agreement.notice"]))
    assert told == [0, 1, 0, 1, 1, 0]


def test_reminders_are_numbered_and_read_on_from_the_last_that_was_told(assured: World) -> None:
    world = assured
    for _ in range(2):
        world.jpn.release(KOR)
    world.settle()
    wait(world, 6)
    first, second = run(remind(world.jpn.context, GSOMIA))
    assert (first.number, second.number) == (1, 2)
    assert run(reminders_since(world.jpn.context, GSOMIA, 0)) == (first, second)
    assert run(reminders_since(world.jpn.context, GSOMIA, 1)) == (second,)
    assert run(reminders_since(world.jpn.context, GSOMIA, 2)) == ()


# What a partner says may make any number of things late.


def flood(world: World, count: int) -> None:
    """Let Korea say of so many firms that they were made sure of two years ago."""
    node = world.kor
    body = ContractorAssure(
        firm="f",
        facility="x",
        parent=None,
        conditions=("g",),
        met=True,
        clearance=None,
        document="d",
        assured_by="u",
        assured_on=parse_date("2014-11-20"),
        until=None,
    )
    said: Any = parse_json(compose_raw(node, node.write(body)), bytes_max=65_535)
    head, begun = node.view().heads[KOR], parse_instant(said["at"])
    raws = []
    for number in range(count):
        more = {"firm": f"f{number}"}
        at = format_instant(Instant(begun + number))
        nonce = f"{number:032x}"
        raws.append(format_json({**said, "at": at, "nonce": nonce, "body": said["body"] | more}))
    entries = Entries(head.origin, head.size, tuple(raws))
    change = Change(allowed_by=allow_house_act("hostile"), entries=(entries,))
    run(node.ports.store.commit(change))
    wait(world, 1)
    world.carry(KOR, JPN)


def now_told(world: World, who: PersonId) -> Told:
    told = run(news_from_now(world.jpn.context, GSOMIA, who))
    assert isinstance(told, Told)
    return told


def test_of_many_things_alike_some_are_told_one_by_one_and_the_rest_as_so_many_more(
    assured: World,
) -> None:
    flood(assured, 1_100)
    context = assured.jpn.context
    told = now_told(assured, READER)
    *single, rest = run(remind_all(context))
    assert len(single) == ALIKE_MAX
    assert {each.more for _, each in single} == {0}
    assert (rest[1].what, rest[1].about, rest[1].more) == (
        "contractor.assure",
        None,
        1_100 - ALIKE_MAX,
    )
    assert run(remind_all(context)) == ()
    given = run(gather_reminders(context, GSOMIA, READER, told))
    assert [each.more for each, _ in given] == [0] * ALIKE_MAX + [1_100 - ALIKE_MAX]
    assured.jpn.release(KOR)
    assured.settle()
    wait(assured, 6)
    (late,) = run(remind(context, GSOMIA))
    assert (late.what, late.more) == ("item.receipt", 0)


def test_few_things_alike_are_all_told_one_by_one(assured: World) -> None:
    flood(assured, ALIKE_MAX)
    told = run(remind(assured.jpn.context, GSOMIA))
    assert [each.more for each in told] == [0] * ALIKE_MAX


def test_a_node_with_more_rows_than_it_reads_goes_on_and_keeps_no_more_than_that(
    assured: World,
) -> None:
    node = assured.jpn
    row: dict[str, JsonValue] = {"what": "x", "article": None, "about": None, "due": None}
    told_at = "2016-12-01T00:00:00.000Z"
    rows: list[JsonValue] = [
        {**row, "number": n, "key": f"{n:032x}/late/0", "told_at": told_at} for n in range(1, 9_001)
    ]
    change = Change(
        allowed_by=allow_house_act("hostile"), documents=(json_document(REMINDED, GSOMIA, rows),)
    )
    run(node.ports.store.commit(change))
    node.release(KOR)
    assured.settle()
    wait(assured, 6)
    (told,) = run(remind(node.context, GSOMIA))
    assert told.number == 9_001
    assert len(run(reminders_since(node.context, GSOMIA, 0))) == ROWS_MAX
    assert now_told(assured, READER).reminded == 9_001


def test_what_was_counted_is_told_again_only_when_it_is_twice_as_much() -> None:
    def late(count: int) -> list[Reminder]:
        return [
            Reminder(0, f"{n:032x}/late/0", "x", "1", f"KOR/{n}", None, Instant(0))
            for n in range(count)
        ]

    single, (rest,) = untold(late(ALIKE_MAX + 10), ())
    known = (*single, rest)
    assert untold(late(ALIKE_MAX + 19), known) == ((), ())
    none, (again,) = untold(late(ALIKE_MAX + 20), known)
    assert (none, again.more, again.key) == ((), 20, rest.key)
    assert kept_beside(known, (again,), {each.key for each in single}) == (*single, again)


def test_what_goes_wrong_under_one_agreement_stops_no_other(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = assured.jpn
    node.release(KOR)
    assured.settle()
    wait(assured, 6)
    broken = AgreementId("a-broken-one")

    async def pinned(_: object) -> tuple[AgreementId, ...]:
        return (broken, GSOMIA)

    monkeypatch.setattr("comity.flows.duties.reminders.pinned_agreements", pinned)
    failed: list[tuple[AgreementId, ComityError]] = []
    told = run(remind_all(node.context, lambda *each: failed.append(each)))
    assert [agreement for agreement, _ in told] == [GSOMIA]
    assert [agreement for agreement, _ in failed] == [broken]
    with pytest.raises(StateError):
        run(remind_all(node.context))


def test_reminders_tell_nobody_of_what_the_list_of_duties_hides(assured: World) -> None:
    world = assured
    item = world.jpn.release(KOR).place
    world.settle()
    world.kor.receipt(item)
    world.settle()
    context, now = world.jpn.context, world.kor.clock.now()
    starts = {who: now_told(world, who) for who in (CLERK, READER)}
    report = Report((Affected(item, ()),), next(iter(Harm)), Certainty.POSSIBLE, now, now, KOR)
    case = run(report_incident(world.kor.context, GSOMIA, report, person=REGISTRAR, text=None))
    assert isinstance(case, Entered)
    world.settle()
    wait(world, 400)
    run(remind_all(context))
    for who, is_told in ((CLERK, False), (READER, True)):
        listed = [
            each for each in run(list_duties(context, GSOMIA, who)).duties if each.about is None
        ]
        given = [each for each, _ in run(gather_reminders(context, GSOMIA, who, starts[who]))]
        about = str(case.place)
        assert (about in {str(each.trigger) for each in listed}) is is_told
        assert (about in {each.about for each in given}) is is_told
        assert "inventory.result" in {each.what for each in given}
