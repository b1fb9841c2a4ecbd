# SPDX-License-Identifier: Apache-2.0
"""Items out in formats of others: decided, journalled, marked in every part; or refused whole."""

from __future__ import annotations

import csv
import io
import json

import pytest
from lxml import etree

from comity.basis.errors import InputError, StateError
from comity.basis.ids import PersonId, Place
from comity.decision.stages import Refused
from comity.flows.drafts import ItemDraft, KeptDraft, draft_item
from comity.flows.exporting import Exported, ExportWish, Format, export_items, export_list
from comity.flows.release import release_draft
from comity.formats.cap import NAMESPACE
from comity.picture.reports import Report, format_report
from comity.sealing.payload import PayloadHeader
from tests.builders.foreign_formats import assessment, launch, point
from tests.builders.world import (
    ADMIN,
    CLERK,
    DRAFTER,
    GSOMIA,
    JPN,
    KOR,
    MARKING,
    OFFICER,
    READER,
    REGISTRAR,
    Node,
    World,
    entered,
    run,
)

LAUNCH = launch(point("127.4817", "39.1677"))


def give(
    world: World,
    report: Report,
    schema: str,
    *,
    supersedes: Place | None = None,
    category: str = "missile-warning",
) -> Place:
    """Release a report from Japan to Korea, which gives its receipt."""
    item = ItemDraft(
        GSOMIA,
        (KOR,),
        MARKING[JPN],
        category,
        "document",
        ("warning",),
        supersedes=supersedes,
    )
    header = PayloadHeader("Launch", "application/json", None, schema)
    content = [format_report(report)]
    kept = run(draft_item(world.jpn.context, DRAFTER, item, header, content))
    assert isinstance(kept, KeptDraft), kept
    place = entered(run(release_draft(world.jpn.context, OFFICER, kept.number))).place
    world.settle()
    world.kor.receipt(place)
    return place


def export(
    node: Node,
    *places: Place,
    shape: Format = Format.GEOJSON,
    person: PersonId = READER,
    purpose: str = "warning",
) -> Exported | Refused:
    wish = ExportWish(shape, purpose)
    return run(export_items(node.context, GSOMIA, places, person, wish))


def exported(node: Node, *places: Place, **more: object) -> bytes:
    found = export(node, *places, **more)  # type: ignore[arg-type]  # as the caller has them
    assert isinstance(found, Exported), found
    return found.raw


def test_reports_go_out_as_one_collection_under_their_markings(assured: World) -> None:
    one = give(assured, LAUNCH, "launch_report/1")
    two = give(assured, assessment(("US", None, "4000")), "range_assessment/1")
    value = json.loads(exported(assured.kor, one, two, one))
    assert [each["properties"]["item"] for each in value["features"]] == [
        f"{GSOMIA}/{one}",
        f"{GSOMIA}/{two}",
    ]
    for each in value["features"]:
        assert MARKING[JPN] in each["properties"]["marking"]
        assert MARKING[KOR] in each["properties"]["marking"]


def test_the_journal_has_each_opening_and_the_export_itself(assured: World) -> None:
    place = give(assured, LAUNCH, "launch_report/1")
    before = len(assured.kor.journal())
    exported(assured.kor, place)
    acts = assured.kor.journal()[before:]
    assert [(each["act"], each["outcome"]) for each in acts] == [
        ("item.open", "done"),
        ("item.export", "done"),
    ]
    assert acts[1]["by"] == READER
    assert acts[1]["details"]["items"] == [f"{GSOMIA}/{place}"]
    assert acts[1]["details"]["format"] == "geojson"


@pytest.mark.parametrize(
    ("person", "purpose"), [(CLERK, "warning"), (ADMIN, "warning"), (READER, "trade")]
)
def test_what_may_not_be_opened_does_not_go_out(
    assured: World, person: PersonId, purpose: str
) -> None:
    place = give(assured, LAUNCH, "launch_report/1")
    found = export(assured.kor, place, person=person, purpose=purpose)
    assert isinstance(found, Refused)
    assert found.findings
    acts = assured.kor.acts()
    assert acts[-1] == ("open", "refused")
    assert ("item.export", "done") not in acts


def test_one_that_is_refused_refuses_the_whole(assured: World) -> None:
    one = give(assured, LAUNCH, "launch_report/1")
    other = assured.jpn.release(KOR).place
    assured.settle()
    before = len(assured.kor.journal())
    assert isinstance(export(assured.kor, one, other), Refused)
    said = [(each["act"], each["outcome"]) for each in assured.kor.journal()[before:]]
    assert said == [("open", "refused")]  # and nothing was opened of the one that is allowed


def test_a_message_names_what_it_supersedes(assured: World) -> None:
    one = give(assured, LAUNCH, "launch_report/1")
    two = give(assured, LAUNCH, "launch_report/1", supersedes=one)
    root = etree.fromstring(exported(assured.kor, two, shape=Format.CAP))
    assert root.findtext(f"{{{NAMESPACE}}}status") == "Exercise"
    assert root.findtext(f"{{{NAMESPACE}}}msgType") == "Update"
    references = root.findtext(f"{{{NAMESPACE}}}references") or ""
    assert references.startswith(f"JPN,{GSOMIA}/{one},2016-11-23T")


def test_a_message_names_nothing_that_its_reader_may_not_know_of(assured: World) -> None:
    hidden = give(assured, LAUNCH, "launch_report/1", category="nuclear-test")
    shown = give(assured, LAUNCH, "launch_report/1", supersedes=hidden)
    root = etree.fromstring(exported(assured.kor, shown, shape=Format.CAP))
    assert root.find(f"{{{NAMESPACE}}}references") is None
    assert str(hidden) not in etree.tostring(root, encoding="unicode")


@pytest.mark.parametrize("shape", [Format.GEOJSON, Format.CAP])
def test_what_is_no_report_does_not_fit_and_nothing_is_said_to_have_gone_out(
    assured: World, shape: Format
) -> None:
    place = assured.jpn.release(KOR).place
    with pytest.raises(InputError) as caught:
        export(assured.jpn, place, shape=shape)
    assert caught.value.code == "export.unfit"
    assert ("item.export", "done") not in assured.jpn.acts()


def test_a_report_is_no_bundle(assured: World) -> None:
    place = give(assured, LAUNCH, "launch_report/1")
    with pytest.raises(InputError) as caught:
        export(assured.kor, place, shape=Format.STIX)
    assert caught.value.where.startswith("$")


@pytest.mark.parametrize(
    ("count", "shape"), [(0, "geojson"), (65, "geojson"), (2, "cap"), (0, "stix")]
)
def test_so_many_go_out_at_once(assured: World, count: int, shape: str) -> None:
    places = tuple(Place(JPN, each) for each in range(count))
    with pytest.raises(InputError) as caught:
        export(assured.jpn, *places, shape=Format(shape))
    assert caught.value.code == "export.items"


def test_what_is_not_there_is_said_so(assured: World) -> None:
    with pytest.raises(StateError):
        export(assured.jpn, Place(JPN, 4_000))


def test_the_list_is_a_table_of_what_one_may_know_of(released: World) -> None:
    found = run(export_list(released.kor.context, GSOMIA, REGISTRAR))
    assert isinstance(found, Exported)
    rows = list(csv.DictReader(io.StringIO(found.raw.decode(), newline="")))
    assert {each["released_by"] for each in rows} == {"JPN", "KOR"}
    assert {each["precedence"] for each in rows} == {"ROUTINE"}
    assert {each["marking"] for each in rows} == {MARKING[JPN], MARKING[KOR]}
    assert released.kor.journal()[-1]["details"] == {
        "agreement": GSOMIA,
        "format": "csv",
        "items": 2,
    }
    hidden = run(export_list(released.kor.context, GSOMIA, CLERK))
    assert isinstance(hidden, Exported)
    assert hidden.raw.count(b"\r\n") == 1


def test_whoever_may_list_nothing_gets_no_table(released: World) -> None:
    assert isinstance(run(export_list(released.kor.context, GSOMIA, ADMIN)), Refused)
