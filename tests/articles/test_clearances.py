# SPDX-License-Identifier: Apache-2.0
"""What a clearance rests on, row G7.3-4: a reference and an end, and nothing of it elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from comity.basis.errors import InputError, StateError
from comity.basis.ids import PartyId, Place, digest_of
from comity.basis.instants import parse_instant
from comity.cli.moments import expiry_words
from comity.decision.stages import Refused
from comity.flows.anchors import anchor_journal
from comity.flows.cases.incidents import Report, report_incident
from comity.flows.evidence import take_evidence
from comity.flows.people.clearances import list_renewals, remind_of_clearances
from comity.flows.people.register import change_person
from comity.flows.receipts import Opened
from comity.flows.reports.files import report_files
from comity.flows.reports.inspector import InspectorReport, inspect
from comity.flows.reports.public import PublicReport, public_report
from comity.flows.reports.public_page import public_page
from comity.flows.speak import Entered
from comity.statement.cases import Affected, Certainty, Harm
from tests.builders.world import (
    A_YEAR,
    AUDITOR,
    CLERK,
    DRAFTER,
    GSOMIA,
    JPN,
    MORNING,
    OFFICER,
    READER,
    REGISTRAR,
    Node,
    World,
    run,
)

pytestmark = pytest.mark.row("G7.3–4")
LAST_DAY = date(2016, 11, 30)
A_DAY_MS = 86_400_000


@pytest.fixture
def cleared(released: World, items: dict[PartyId, Place]) -> tuple[World, Place]:
    """Give a reader whose clearance ends on 30 November, and an item held there."""
    released.kor.receipt(items[JPN])
    changed = run(
        change_person(
            released.kor.context,
            READER,
            lambda record: replace(record, clearance_until=LAST_DAY),
            REGISTRAR,
        )
    )
    assert not isinstance(changed, Refused), changed
    return released, items[JPN]


def test_g7_3_4_a_clearance_opens_to_the_end_of_its_last_day_and_not_after(
    cleared: tuple[World, Place],
) -> None:
    world, item = cleared
    assert isinstance(world.kor.open(item), Opened)
    world.move(7 * A_DAY_MS)
    assert isinstance(world.kor.open(item), Opened)
    world.move(A_DAY_MS)
    refused = world.kor.open(item)
    assert isinstance(refused, Refused)
    assert {each.article for each in refused.findings} == {"7(2)"}
    assert "clearance" in refused.findings[0].why


def test_g7_3_4_one_is_reminded_to_renew_a_clearance_before_it_ends() -> None:
    told = {
        day: expiry_words(LAST_DAY, parse_instant(f"{day}T00:00:00Z"))
        for day in ("2016-09-01", "2016-10-15", "2016-11-20", "2016-11-30", "2016-12-01")
    }
    assert list(told.values()) == [
        "",
        "ends within 60 days",
        "ends within 30 days",
        "ENDS TODAY",
        "EXPIRED",
    ]


PRIVATE: dict[str, Any] = {
    "clearance_by": "Zelkova Vetting Office",
    "clearance_on": date(2013, 5, 9),
    "clearance_reference": "ZQX/2013-7781",
    "clearance_review": date(2016, 12, 24),
}
WORDS = ("Zelkova", "2013-05-09", "ZQX/2013-7781", "2016-12-24", LAST_DAY.isoformat())


def everything_kept(node: Node) -> bytes:
    """Give all that a node keeps: documents of every kind, registers, parcels beside them."""

    async def read() -> bytes:
        store, kept = node.ports.store, list[bytes | None]()
        for kind, _ in await store.versions():
            kept += [each.body for each in await store.documents(kind)]
        for head in await store.registers():
            kept += await store.entries(head.origin, 0, head.size)
            kept += [await store.parcel(head.origin, index) for index in range(head.size)]
            kept += [each.raw for each in await store.cosignatures(head.origin)]
        return b"\n".join(each for each in kept if each is not None)

    return run(read())


def words_in(raw: bytes) -> list[str]:
    return [each for each in WORDS if each.encode() in raw]


def test_g7_3_4_nothing_of_a_persons_clearance_leaves_the_node(
    cleared: tuple[World, Place],
) -> None:
    """All that left is searched: what the partner keeps, discs, evidence and both reports."""
    world, item = cleared
    kor, jpn = world.kor, world.jpn
    for person in (READER, OFFICER, DRAFTER):
        changed = run(
            change_person(
                kor.context,
                person,
                lambda record: replace(record, clearance_until=LAST_DAY, **PRIVATE),
                REGISTRAR,
            )
        )
        assert not isinstance(changed, Refused), changed
    kor.read(item)
    own = kor.release(JPN).place
    kor.assure()
    now = kor.clock.now()
    reported = Report((Affected(item),), Harm.LOSS, Certainty.POSSIBLE, now)
    assert isinstance(run(report_incident(kor.context, GSOMIA, reported, person=READER)), Entered)
    run(remind_of_clearances(kor.context))
    run(anchor_journal(kor.context))
    world.settle()
    jpn.receipt(own)
    world.settle()
    for_inspector = run(inspect(kor.context, GSOMIA, JPN, AUDITOR))
    assert isinstance(for_inspector, InspectorReport)
    for_public = run(public_report(kor.context, 2016, AUDITOR))
    assert isinstance(for_public, PublicReport)
    evidence = run(take_evidence(kor.context, GSOMIA, own))
    left = [
        everything_kept(jpn),
        *(each.read_bytes() for each in kor.folder.rglob("*") if each.is_file()),
        *report_files(for_inspector).values(),
        for_public.raw,
        public_page(for_public.value, digest_of(for_public.raw)),
        *evidence.values(),
    ]
    assert [words_in(each) for each in left] == [[]] * len(left)
    assert words_in(everything_kept(kor)) == list(WORDS)


def test_g7_3_4_what_a_clearance_rests_on_is_kept_by_reference_and_journalled(
    cleared: tuple[World, Place],
) -> None:
    node = cleared[0].kor

    def change(**basis: Any) -> None:
        outcome = run(
            change_person(node.context, READER, lambda record: replace(record, **basis), REGISTRAR)
        )
        assert not isinstance(outcome, Refused), outcome

    change(**PRIVATE)
    record = node.journal()[-1]["details"]["record"]
    assert record["clearance_reference"] == "ZQX/2013-7781"
    with pytest.raises(InputError, match=r"person\.reference"):
        change(clearance_reference="he is in debt")
    with pytest.raises(StateError, match=r"person\.clearance-to-come"):
        change(clearance_on=date(2016, 11, 25))
    change(clearance_on=date(2016, 11, 24))  # where it is tomorrow already


def test_g7_3_4_a_registrar_is_told_once_of_each_renewal_and_others_of_their_own(
    cleared: tuple[World, Place],
) -> None:
    world, _ = cleared
    node = world.kor
    changed = run(
        change_person(
            node.context,
            CLERK,
            lambda record: replace(record, clearance_until=date(2016, 12, 29)),
            REGISTRAR,
        )
    )
    assert not isinstance(changed, Refused)

    def told() -> list[str]:
        return [each.key.rpartition("/")[0] for each in run(remind_of_clearances(node.context))]

    last, other = f"clearance.end/{READER}/2016-11-30", f"clearance.end/{CLERK}/2016-12-29"
    assert told() == [last, other]
    assert told() == []
    world.move(5 * A_DAY_MS)
    assert told() == []
    world.move(A_DAY_MS)
    assert told() == [other]  # thirty days before
    world.move(2 * A_DAY_MS)
    assert told() == [last]  # it has passed
    noted = [each["details"]["key"] for each in node.journal() if each["act"] == "clearance.remind"]
    assert [each.rpartition("/")[0] for each in noted] == [last, other, other, last]
    seen = {
        person: [each.person for each in run(list_renewals(node.context, person))]
        for person in (None, REGISTRAR, AUDITOR, READER, OFFICER)
    }
    both = [READER, CLERK]
    assert seen == {None: both, REGISTRAR: both, AUDITOR: both, READER: [READER], OFFICER: []}
    assert [each.person for each in run(list_renewals(node.context, at=MORNING))] == both


def test_g7_3_4_what_is_renewed_is_not_told_of_again(cleared: tuple[World, Place]) -> None:
    node = cleared[0].kor
    assert len(run(remind_of_clearances(node.context))) == 1
    renewed = run(
        change_person(
            node.context, READER, lambda record: replace(record, clearance_until=A_YEAR), REGISTRAR
        )
    )
    assert not isinstance(renewed, Refused)
    cleared[0].move(8 * A_DAY_MS)
    assert run(remind_of_clearances(node.context)) == ()
    assert run(list_renewals(node.context)) == ()
