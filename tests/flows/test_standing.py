# SPDX-License-Identifier: Apache-2.0
"""What waits for whom, at a glance: receipts, duties, answers, drafts and discs.

Source: AGREEMENTS 5; DESIGN 5 (what travels by disc)
"""

from __future__ import annotations

import pytest

from comity.agreement.acts import Recalled
from comity.agreement.templates import template
from comity.basis.errors import StateError
from comity.basis.ids import PersonId
from comity.basis.instants import DAY_MS, parse_instant_canonical
from comity.cli.worded import shown_end
from comity.decision.house import (
    CONTENT_ROLES,
    GOODS_OFFICES,
    KEEPING_OFFICES,
    ORDERING_OFFICES,
    SETTLING_OFFICES,
)
from comity.decision.people import Role
from comity.flows.duties.calendar import calendar_of
from comity.flows.duties.listing import list_duties
from comity.flows.standing import done_by, matter_json, what_waits
from comity.statement.affairs import DutyExtend
from comity.statement.handling import ItemRecall
from tests.builders.world import GSOMIA, JPN, KOR, MARKING, Node, World, run

BY_COURIER = template(GSOMIA).replace(b'allowed = ["node", "courier"]', b'allowed = ["courier"]')


def waiting(node: Node, what: str) -> list[tuple[str, int, int]]:
    """Give who is waited for, how many, and how many of them are late."""
    found = run(what_waits(node.context))
    return [(each.by, each.count, each.late) for each in found if each.what == what]


def test_an_item_waits_for_its_receipt_on_both_nodes_until_it_is_given(assured: World) -> None:
    place = assured.jpn.release(KOR).place
    assured.jpn.release(KOR)
    assured.settle()
    for node in (assured.jpn, assured.kor):
        assert waiting(node, "item.receipt") == [(KOR, 2, 0)]
    assured.kor.receipt(place, MARKING[KOR])
    assured.settle()
    for node in (assured.jpn, assured.kor):
        assert waiting(node, "item.receipt") == [(KOR, 1, 0)]


def test_what_is_overdue_is_counted_and_comes_first(assured: World) -> None:
    assured.jpn.release(KOR)
    assured.settle()
    assured.move(10 * DAY_MS)
    first, *_ = run(what_waits(assured.kor.context))
    assert (first.what, first.by, first.late) == ("item.receipt", KOR, 1)
    assert matter_json(first)["late"] == 1


def test_an_item_that_only_a_disc_brings_waits_for_one_until_it_is_packed(pinned: World) -> None:
    pinned.sign(BY_COURIER)
    pinned.kor.assure()
    pinned.settle()
    assert waiting(pinned.jpn, "courier.item") == []
    place = pinned.jpn.release(KOR).place
    [waits] = [each for each in run(what_waits(pinned.jpn.context)) if each.what == "courier.item"]
    assert (waits.by, waits.partner, waits.first) == (JPN, KOR, place)
    pinned.settle()
    assert waiting(pinned.jpn, "courier.item") == []


def test_an_item_that_the_wire_brings_waits_for_no_disc(assured: World) -> None:
    assured.jpn.release(KOR)
    assert waiting(assured.jpn, "courier.item") == []


def test_a_statement_waits_until_the_partner_has_acknowledged_it(assured: World) -> None:
    assured.settle()
    assert waiting(assured.jpn, "courier.statement") == []
    assured.jpn.release(KOR)
    assert waiting(assured.jpn, "courier.statement") == [(JPN, 1, 0)]
    assured.settle()
    assert waiting(assured.jpn, "courier.statement") == []


def test_what_is_called_back_waits_at_once_on_both_nodes(assured: World) -> None:
    """Its sixty days are no reason to be silent; what else is due so late does not wait yet."""
    place, kept = assured.jpn.release(KOR).place, assured.jpn.release(KOR).place
    assured.settle()
    for each in (place, kept):
        assured.kor.receipt(each, MARKING[KOR])
    assured.settle()
    for node in (assured.jpn, assured.kor):
        assert [each for each in run(what_waits(node.context)) if each.first == place] == []
    assured.jpn.promise(ItemRecall((place,), Recalled.EITHER, "error", None))
    assured.settle()
    for node in (assured.jpn, assured.kor):
        (row,) = [each for each in run(what_waits(node.context)) if each.first == place]
        assert (row.by, row.count, row.late) == (KOR, 1, 0)
        assert row.due is not None
        assert row.due - node.clock.now() > 35 * DAY_MS


@pytest.mark.parametrize(
    ("what", "offices"),
    [
        ("order.accept", ORDERING_OFFICES),
        ("delivery.receipt", ORDERING_OFFICES),
        ("invoice.issue", SETTLING_OFFICES),
        ("settlement.confirm", SETTLING_OFFICES),
        ("delivery.settled", SETTLING_OFFICES),
        ("loan.return", GOODS_OFFICES),
        ("order.disputed", GOODS_OFFICES),
        ("order.overdue", ORDERING_OFFICES),
        ("order.short", ORDERING_OFFICES),
        ("need.ended", KEEPING_OFFICES),
        ("request.answer", KEEPING_OFFICES),
        ("alert.acknowledge", CONTENT_ROLES | KEEPING_OFFICES),
    ],
)
def test_what_waits_is_for_those_whom_the_house_lets_do_it(
    what: str, offices: frozenset[Role]
) -> None:
    assert frozenset(done_by(what)) == offices


def test_who_is_not_on_the_register_is_told_nothing(assured: World) -> None:
    with pytest.raises(StateError, match="person"):
        run(what_waits(assured.jpn.context, PersonId("nobody")))


def test_the_calendar_speaks_the_language_that_is_asked_for(assured: World) -> None:
    assured.jpn.release(KOR)
    assured.settle()
    owed = run(list_duties(assured.kor.context, GSOMIA))
    raw = calendar_of([owed], exercise=True, language="ja").decode().replace("\r\n ", "")
    assert "演習 gsomia-jpn-kor: KORの義務：情報の受領証" in raw
    assert "第12条(a)" in raw
    other = calendar_of([owed], exercise=True).decode().replace("\r\n ", "")
    assert "EXERCISE gsomia-jpn-kor: KOR owes: the receipt of an item" in other


def test_an_end_at_the_edge_of_the_calendar_stops_neither_list_nor_calendar(
    assured: World,
) -> None:
    """In Seoul that instant is no day of this calendar: a partner may say it all the same."""
    item = assured.jpn.release(KOR).place
    assured.settle()
    duty = next(each for each in run(list_duties(assured.kor.context, GSOMIA)).duties)
    end = parse_instant_canonical("9999-12-31T23:00:00.000Z")
    assured.jpn.declare(DutyExtend(item, duty.id, end, ""))
    assured.settle()
    owed = run(list_duties(assured.kor.context, GSOMIA))
    assert end in {each.due for each in owed.duties}
    assert b"9999" in calendar_of([owed], exercise=False)
    assert "9999-12-31" in shown_end(end, owed.zone, "en")
