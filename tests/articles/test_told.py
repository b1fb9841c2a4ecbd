# SPDX-License-Identifier: Apache-2.0
"""What was told or shown has the life of an item, rows G2a, G4.3, G6a, G6g, G6h and G13."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from comity.agreement.acts import DestructionMeans, Recalled
from comity.basis.errors import ProofError, StateError
from comity.basis.ids import PartyId, Place
from comity.basis.instants import parse_date
from comity.cli.report_folder import check_report
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.flows.anchors import anchor_journal
from comity.flows.case_texts import open_certificate
from comity.flows.drafts import ItemDraft, KeptDraft
from comity.flows.duties.listing import list_duties
from comity.flows.enclosures import OpenedText
from comity.flows.keeping.calling_back import recall
from comity.flows.keeping.counting import expected_copies
from comity.flows.keeping.looking import list_copies
from comity.flows.keeping.making_from import derive_item
from comity.flows.listing import show_item
from comity.flows.not_counted import NotCounted
from comity.flows.promises import reclassify
from comity.flows.receipts import receipt_item
from comity.flows.release import release_draft
from comity.flows.reports.inspector import InspectorReport, inspect
from comity.flows.reports.public import PublicReport, public_report
from comity.flows.speak import Entered
from comity.sealing.payload import PayloadHeader
from comity.state.queries import consents_for, item_level
from comity.statement.handling import ItemDestroyed, ItemRecall
from comity.statement.information import ConsentGive
from tests.articles.keeping_worlds import SECOND, burnt, engage, erased, given_back
from tests.articles.outcomes import articles
from tests.articles.test_case_texts import disclosed, reads
from tests.articles.test_ends import without_sealing_key
from tests.articles.test_reports import trusted, written
from tests.articles.test_visits import discloses
from tests.builders.world import (
    AUDITOR,
    DRAFTER,
    GSOMIA,
    JPN,
    KOR,
    OFFICER,
    READER,
    REGISTRAR,
    USA,
    Node,
    World,
    entered,
    run,
)

MINUTE = PayloadHeader("Minute", "text/plain")
ERASE = DestructionMeans.CRYPTO_ERASE


def told_without_note(world: World) -> Place:
    place = entered(discloses(world.jpn)).place
    world.settle(1)
    return place


def level(node: Node, place: Place) -> str:
    view = node.view()
    return item_level(view.fold.state, view.protected(place), view.moment(node.context))


def raises(node: Node, place: Place, marking: str = "極秘") -> Entered | Refused:
    return run(reclassify(node.context, GSOMIA, place, marking, OFFICER))


def calls_back(node: Node, place: Place) -> Entered | Refused:
    body = ItemRecall((place,), Recalled.DESTROY, "told-in-error", None)
    return run(recall(node.context, GSOMIA, body, OFFICER))


def numbers(node: Node, place: Place) -> list[int]:
    found = run(list_copies(node.context, GSOMIA, place, READER))
    assert not isinstance(found, Refused)
    return [each.number for each in found.here]


def owed_about(node: Node, place: Place) -> list[PartyId]:
    owed = run(list_duties(node.context, GSOMIA))
    return [each.owed_by for each in owed.duties if each.about == place]


def minutes(node: Node, place: Place, marking: str = "") -> KeptDraft | Refused:
    wanted = ItemDraft(
        agreement=GSOMIA,
        to=(JPN,),
        marking=marking,
        category="missile-warning",
        form="document",
        purposes=(),
        derived_from=(place,),
    )
    return run(derive_item(node.context, DRAFTER, wanted, MINUTE, [b"said at noon"]))


@pytest.mark.row("G6g")
def test_g6g_a_note_on_what_was_told_closes_at_once_to_whom_its_new_level_is_too_high(
    in_force: World,
) -> None:
    world, place = in_force, disclosed(in_force, "秘")
    engage(world.kor, SECOND, Role.READER, clearance="CONFIDENTIAL")
    assert isinstance(reads(world.kor, place, SECOND), OpenedText)
    assert articles(raises(world.kor, place, "군사II급비밀")) == {"6(g)"}
    assert isinstance(raises(world.jpn, place), Entered)
    world.settle(1)
    assert {level(node, place) for node in (world.jpn, world.kor)} == {"SECRET"}
    assert articles(reads(world.kor, place, SECOND)) == {"7(2)"}
    opened = reads(world.kor, place, READER)
    assert isinstance(opened, OpenedText)
    assert {"極秘", "군사II급비밀"} <= set(opened.banner.head)
    assert world.equal()


@pytest.mark.row("G6g", "G2a")
def test_g2a_a_word_without_a_note_has_a_level_and_nothing_to_open_or_erase(
    in_force: World,
) -> None:
    world, place = in_force, told_without_note(in_force)
    assert isinstance(raises(world.jpn, place), Entered)
    assert isinstance(calls_back(world.jpn, place), Entered)
    world.settle(1)
    assert level(world.kor, place) == "SECRET"
    for end in (erased, burnt, given_back):
        with pytest.raises(StateError) as nothing:
            end(world.kor, place)
        assert nothing.value.code == "disclosure.no-note"
    assert numbers(world.kor, place) == []
    for act in (show_item, receipt_item):
        with pytest.raises(StateError) as told:
            run(act(world.kor.context, GSOMIA, place, REGISTRAR))
        assert told.value.code == "item.told"
    body = ItemDestroyed(
        place, (1,), 0, DestructionMeans.SHRED, parse_date("2016-11-23"), 2, None, None
    )
    with pytest.raises(NotCounted) as untrue:
        world.kor.promise(body)
    assert untrue.value.code == "disclosure.without-note"
    with pytest.raises(StateError) as unknown:
        raises(world.jpn, Place(JPN, 99))
    assert unknown.value.code == "item.unknown"
    assert owed_about(world.kor, place) == []
    assert world.equal()


@pytest.mark.row("G4.3", "G6a")
def test_g4_3_a_minute_of_what_was_said_inherits_its_level_and_originators(
    in_force: World,
) -> None:
    world, place = in_force, told_without_note(in_force)
    world.jpn.assure()
    world.settle(1)
    kept = minutes(world.kor, place)
    assert isinstance(kept, KeptDraft), kept
    minute = entered(run(release_draft(world.kor.context, OFFICER, kept.number))).place
    world.settle(1)
    label = world.jpn.view().item(minute).release.label
    assert (label.level, label.originators) == ("CONFIDENTIAL", (JPN, KOR))
    assert isinstance(raises(world.jpn, place), Entered)
    world.settle(1)
    assert {level(node, minute) for node in (world.jpn, world.kor)} == {"SECRET"}
    assert articles(minutes(world.kor, place, marking="군사III급비밀")) == {"4(3)"}
    assert isinstance(calls_back(world.jpn, place), Entered)
    world.settle(1)
    assert articles(minutes(world.kor, place)) == {"6(h)"}
    assert world.equal()


@pytest.mark.row("G6a")
def test_g6a_a_consent_is_given_for_what_was_told_by_its_originator_alone(
    in_force: World,
) -> None:
    world, place = in_force, told_without_note(in_force)
    consent = ConsentGive(None, (place,), None, USA, "warning", None, "")
    with pytest.raises(NotCounted) as foreign:
        world.kor.promise(consent)
    assert foreign.value.code == "item.not-originator"
    world.jpn.promise(consent)
    world.settle(1)
    view = world.kor.view()
    given = consents_for(view.fold.state, view.protected(place), view.moment(world.kor.context))
    assert [each.consent.recipient for each in given] == [USA]
    assert world.equal()


@pytest.mark.row("G13", "G6h")
def test_g13_a_note_on_what_was_told_is_erased_and_certified(in_force: World) -> None:
    world, place = in_force, disclosed(in_force)
    engage(world.kor, SECOND, Role.READER)
    assert isinstance(calls_back(world.jpn, place), Entered)
    world.settle(1)
    assert owed_about(world.kor, place) == [KOR]
    assert numbers(world.kor, place) == [1]
    with pytest.raises(StateError) as readable:
        burnt(world.kor, place, means=ERASE, backup_replaced=True)
    assert readable.value.code == "item.not-erased"
    erased(world.kor, place)
    with pytest.raises(StateError):
        reads(world.kor, place, READER)
    without_sealing_key(world)
    certificate = entered(burnt(world.kor, place, means=ERASE, backup_replaced=True)).place
    world.settle(1)
    known = world.jpn.view().fold.state.destructions.get(certificate)
    assert known is not None
    assert (known.body.item, known.body.remaining) == (place, 0)
    text = run(open_certificate(world.jpn.context, GSOMIA, certificate, REGISTRAR))
    assert isinstance(text, OpenedText)
    with pytest.raises(StateError) as closed:
        burnt(world.kor, place, means=ERASE, backup_replaced=True)
    assert closed.value.code == "item.closed"
    assert isinstance(reads(world.jpn, place, READER), OpenedText)
    assert world.equal()


@pytest.mark.row("G18")
def test_g18_an_inspector_is_shown_who_read_the_note_on_what_its_party_told(
    in_force: World, tmp_path: Path
) -> None:
    world, place = in_force, disclosed(in_force)
    word = told_without_note(world)
    assert isinstance(raises(world.jpn, word), Entered)
    world.settle(1)
    assert isinstance(reads(world.kor, place, READER), OpenedText)
    run(anchor_journal(world.kor.context))
    world.settle()
    found = run(inspect(world.kor.context, GSOMIA, JPN, AUDITOR))
    assert isinstance(found, InspectorReport)
    value: Any = found.value
    rows = {each["item"]: each for each in value["items"]}
    noted, spoken = rows[f"{GSOMIA}/{place}"], rows[f"{GSOMIA}/{word}"]
    assert [(each["act"], each["by"], each["proved"]) for each in noted["seen"]] == [
        ("disclosure.open", READER, True)
    ]
    assert [each["number"] for each in noted["copies"]] == [1]
    assert (spoken["level"], spoken["copies"]) == ("SECRET", [])
    kinds = [each["kind"] for each in spoken["statements"]]
    assert kinds == ["disclosure.record", "item.reclassify"]
    folder = written(found, tmp_path / "report")
    assert check_report(folder, trusted(world)).proved == 1
    raw = (folder / "report.json").read_bytes()
    (folder / "report.json").write_bytes(
        raw.replace(b'"level":"SECRET"', b'"level":"CONFIDENTIAL"')
    )
    with pytest.raises(ProofError):
        check_report(folder, trusted(world))


@pytest.mark.row("G2a")
def test_g2a_what_was_told_is_counted_for_the_public_by_level(in_force: World) -> None:
    world = in_force
    for _ in range(5):
        told_without_note(world)
    for node, way in ((world.jpn, "told"), (world.kor, "heard")):
        found = run(public_report(node.context, 2016, AUDITOR))
        assert isinstance(found, PublicReport)
        value: Any = found.value
        (row,) = value["agreements"][0]["items"]["rows"]
        assert row == {
            "way": way,
            "category": "missile-warning",
            "level": "CONFIDENTIAL",
            "count": 5,
        }


@pytest.mark.row("G6f")
def test_g6f_an_inventory_counts_the_note_on_what_was_told_until_it_is_erased(
    in_force: World,
) -> None:
    world, place = in_force, disclosed(in_force)
    engage(world.kor, SECOND, Role.READER)
    told_without_note(world)

    def expected() -> list[tuple[Place, bool]]:
        rows = run(expected_copies(world.kor.context, GSOMIA, REGISTRAR))
        assert not isinstance(rows, Refused)
        return [(each.item, each.found) for each in rows]

    assert expected() == [(place, True)]
    erased(world.kor, place)
    assert expected() == []
