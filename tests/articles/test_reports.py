# SPDX-License-Identifier: Apache-2.0
"""What a visiting inspector is given about its own items, and what becomes of a doctored folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from comity.basis.errors import InputError, ProofError, StateError
from comity.basis.ids import PartyId
from comity.basis.instants import HOUR_MS
from comity.basis.strict_json import format_json
from comity.cli.report_folder import check_report
from comity.decision.stages import Refused
from comity.flows.anchors import anchor_journal
from comity.flows.cases.incidents import Report, report_incident
from comity.flows.reports.files import report_files
from comity.flows.reports.inspector import InspectorReport, inspect
from comity.keys.cards import fingerprint
from comity.statement.cases import Affected, Certainty, Harm
from comity.statement.evidence import pin
from comity.statement.information import ConsentGive
from tests.articles.keeping_worlds import (
    _held,
    _inspected,
    burnt,
    copies,
    held,
    items_of,
)
from tests.builders.world import (
    AUDITOR,
    CLERK,
    GSOMIA,
    JPN,
    KOR,
    READER,
    REGISTRAR,
    World,
    run,
)

__all__ = ["_held", "_inspected", "held"]


def report(world: World) -> InspectorReport:
    found = run(inspect(world.kor.context, GSOMIA, JPN, AUDITOR))
    assert isinstance(found, InspectorReport)
    return found


def trusted(world: World) -> frozenset[str]:
    return frozenset(pin(fingerprint(node.card), party) for party, node in world.nodes.items())


def written(found: InspectorReport, folder: Path) -> Path:
    for name, raw in report_files(found).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
    return folder


@pytest.mark.row("G18")
def test_g18_an_inspector_is_shown_who_saw_each_item_and_where_its_copies_are(inspected):
    first, second = items_of(inspected)
    rows = {each["item"]: each for each in report(inspected).value["items"]}
    assert rows.keys() == {f"{GSOMIA}/{first}", f"{GSOMIA}/{second}"}
    seen = rows[f"{GSOMIA}/{first}"]["seen"]
    told = [(each["act"], each["by"], each["outcome"], each.get("purpose")) for each in seen]
    assert ("item.open", READER, "done", "warning") in told
    assert ("open", READER, "refused", "study") in told
    (opened,) = [each for each in seen if each["act"] == "item.open"]
    (stopped,) = [each for each in seen if each["act"] == "open"]
    assert stopped["file"] == opened["file"] == inspected.kor.view().agreement().sha256
    assert stopped["version"] == opened["version"] == inspected.kor.view().agreement().version
    assert {"7(2)", "6(c)"} <= set(rows[f"{GSOMIA}/{first}"]["articles"])
    where = [(each["number"], each["holder"]) for each in rows[f"{GSOMIA}/{first}"]["copies"]]
    assert where == [(each.number, each.hand.holder) for each in copies(inspected.kor, first).rows]
    assert len(where) == 2
    kinds = [each["kind"] for each in rows[f"{GSOMIA}/{first}"]["statements"]]
    assert kinds == ["item.release", "item.receipt"]


@pytest.mark.row("G18")
def test_g18_an_inspector_sees_nothing_of_items_that_its_party_did_not_originate(inspected):
    kor_item = next(
        each.place
        for each in inspected.kor.view().fold.state.items.values()
        if each.place.party == KOR
    )
    known = json.dumps(inspected.kor.journal())
    assert f"{GSOMIA}/{kor_item}" in known  # there is something to leave out
    found = report(inspected)
    everything = b"".join(report_files(found).values()).decode("utf-8", "replace")
    assert f"{GSOMIA}/{kor_item}" not in everything
    for each in found.journals:
        for line in each.lines.lines:
            assert json.loads(line.entry)["details"]["item"].startswith(f"{GSOMIA}/JPN/")


@pytest.mark.row("G18")
def test_g18_the_report_verifies_by_fingerprints_alone(inspected, tmp_path):
    folder = written(report(inspected), tmp_path / "report")
    found = check_report(folder, trusted(inspected))
    assert found.value["for"] == "JPN"
    assert found.statements >= 5
    assert found.told == found.proved >= 3
    assert found.copies >= 2
    with pytest.raises(ProofError):
        check_report(folder, frozenset())


@pytest.mark.row("G18")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"purpose":"warning"', b'"purpose":"reading"'),
        (b'"by":"reader"', b'"by":"nobody"'),
        (b'"outcome":"refused"', b'"outcome":"done"'),
    ],
)
def test_g18_a_report_that_tells_otherwise_than_the_journal_is_found(old, new, inspected, tmp_path):
    folder = written(report(inspected), tmp_path / "report")
    raw = (folder / "report.json").read_bytes()
    assert old in raw
    (folder / "report.json").write_bytes(raw.replace(old, new, 1))
    with pytest.raises(ProofError) as caught:
        check_report(folder, trusted(inspected))
    assert caught.value.code == "report.line-differs"


def test_a_label_that_was_not_released_is_found(inspected, tmp_path):
    folder = written(report(inspected), tmp_path / "report")
    raw = (folder / "report.json").read_bytes()
    (folder / "report.json").write_bytes(raw.replace("秘".encode(), "極秘".encode(), 1))
    with pytest.raises(ProofError) as caught:
        check_report(folder, trusted(inspected))
    assert caught.value.code == "report.label-differs"


def without_evidence(value):
    place = value["items"][0]["item"].partition("/")[2]
    value["evidence"].remove(place)


def without_release(value):
    without_evidence(value)
    rows = value["items"][0]["statements"]
    rows[:] = [each for each in rows if each["kind"] != "item.release"]


def of_another_kind(value):
    value["items"][0]["statements"][1]["kind"] = "item.destroyed"


def at_a_lower_level(value):
    [row] = [each for each in value["items"] if each["level"] == "SECRET"]
    row["level"] = "CONFIDENTIAL"


def without_an_opening(value):
    rows = value["items"][0]["seen"]
    rows[:] = [each for each in rows if each["act"] != "item.open"]


def of_another_agreement(value):
    value["agreement"] = "other"


def of_other_items(value):
    value["items"][0].update(item="other/" + value["items"][0]["item"], seen=[])


def without_an_item(value):
    """Leave out the item whose lines no anchor covers: nothing but its evidence shows it."""
    value["items"].pop()


def without_an_item_that_is_a_statement_of_another(value):
    gone = value["items"].pop()
    value["items"][0]["statements"] += gone["statements"]


def without_an_answer(value):
    value["items"][0]["statements"].pop()


def as_if_not_acknowledged(value):
    place = value["items"][0]["statements"][0]["place"]
    value["evidence"].remove(place)
    value["not_acknowledged"].append(place)


@pytest.mark.row("G18")
@pytest.mark.parametrize(
    "doctor",
    [
        without_an_item,
        without_an_item_that_is_a_statement_of_another,
        without_an_answer,
        as_if_not_acknowledged,
    ],
)
def test_g18_evidence_of_which_the_report_does_not_tell_is_found(doctor, held, tmp_path):
    held.kor.read(items_of(held)[0])
    found = report(held)
    folder = written(found, tmp_path / "report")
    told = check_report(folder, trusted(held))
    assert (told.told > 0, told.proved) == (True, 0)
    value = json.loads((folder / "report.json").read_bytes())
    assert len(value["items"]) == 2
    doctor(value)
    (folder / "report.json").write_bytes(format_json(value))
    with pytest.raises(ProofError) as caught:
        check_report(folder, trusted(held))
    assert caught.value.code == "report.not-told"


@pytest.mark.row("G18")
def test_g18_a_folder_that_the_report_does_not_name_is_found(inspected, tmp_path):
    folder = written(report(inspected), tmp_path / "report")
    for name in ("evidence", "journal"):
        check_report(folder, trusted(inspected))
        (folder / name / "JPN-99").mkdir()
        with pytest.raises(ProofError) as caught:
            check_report(folder, trusted(inspected))
        assert caught.value.code == "report.not-told"
        (folder / name / "JPN-99").rmdir()


@pytest.mark.row("G18")
@pytest.mark.parametrize(
    ("doctor", "code"),
    [
        (without_evidence, "report.not-shown"),
        (without_release, "report.not-shown"),
        (of_another_kind, "report.kind-differs"),
        (at_a_lower_level, "report.label-differs"),
        (without_an_opening, "report.line-not-told"),
        (of_another_agreement, "report.other-agreement"),
        (of_other_items, "report.line-not-told"),
    ],
)
def test_g18_a_doctored_report_is_found(doctor, code, inspected, tmp_path):
    folder = written(report(inspected), tmp_path / "report")
    value = json.loads((folder / "report.json").read_bytes())
    check_report(folder, trusted(inspected))
    doctor(value)
    (folder / "report.json").write_bytes(format_json(value))
    with pytest.raises(ProofError) as caught:
        check_report(folder, trusted(inspected))
    assert caught.value.code == code


def test_a_level_that_the_item_was_reclassified_to_stands_as_does_what_is_not_acknowledged(
    inspected, tmp_path
):
    _, second = items_of(inspected)
    inspected.jpn.reclassify(second, "秘")
    inspected.settle()
    found = report(inspected)
    assert {each["level"] for each in found.value["items"]} == {"CONFIDENTIAL"}
    folder = written(found, tmp_path / "report")
    value = check_report(folder, trusted(inspected)).value
    unshown = value["items"][0]["statements"][1]["place"]
    shutil.rmtree(folder / "evidence" / unshown.replace("/", "-"))
    value["evidence"].remove(unshown)
    value["not_acknowledged"].append(unshown)
    (folder / "report.json").write_bytes(format_json(value))
    check_report(folder, trusted(inspected))


def test_a_line_that_was_put_into_the_journal_of_the_folder_is_found(inspected, tmp_path):
    folder = written(report(inspected), tmp_path / "report")
    [path] = (folder / "journal").iterdir()
    path.write_bytes(path.read_bytes().replace(b"reader", b"banker"))
    with pytest.raises(ProofError):
        check_report(folder, trusted(inspected))


@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"evidence":[],"items":[{}]}'])
def test_what_is_no_report_is_not_read(content, inspected, tmp_path):
    folder = written(report(inspected), tmp_path / "report")
    (folder / "report.json").write_bytes(content)
    with pytest.raises(InputError):
        check_report(folder, trusted(inspected))


@pytest.mark.parametrize("name", ["report.json", "journal", "evidence"])
def test_a_link_in_the_folder_leads_nowhere(name, inspected, tmp_path):
    folder = written(report(inspected), tmp_path / "report")
    (folder / name).rename(tmp_path / "elsewhere")
    (folder / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError):
        check_report(folder, trusted(inspected))


def test_what_became_of_an_item_is_named_with_its_statements(inspected):
    first, second = items_of(inspected)
    burnt(inspected.kor, first, 2)
    inspected.jpn.reclassify(second, "秘")
    inspected.settle()
    rows = {each["item"]: each for each in report(inspected).value["items"]}
    kinds = [
        {e["kind"] for e in rows[f"{GSOMIA}/{each}"]["statements"]} for each in (first, second)
    ]
    assert kinds[0] >= {"item.release", "item.receipt", "item.destroyed"}
    assert kinds[1] == {"item.release", "item.receipt", "item.reclassify"}


def test_every_statement_about_an_item_is_named_earlier_receipts_and_answers_too(
    inspected, tmp_path
):
    first, second = items_of(inspected)
    consent = ConsentGive(None, (first,), None, PartyId("USA"), "warning", None, "")
    inspected.jpn.promise(consent)
    inspected.jpn.reclassify(second, "秘")
    inspected.settle()
    inspected.kor.receipt(second)
    inspected.settle()
    report_of = Report((Affected(first),), Harm.LOSS, Certainty.POSSIBLE, inspected.kor.clock.now())
    told = run(report_incident(inspected.kor.context, GSOMIA, report_of, person=REGISTRAR))
    inspected.settle()
    found = report(inspected)
    rows = {each["item"]: each for each in found.value["items"]}
    kinds = [
        sorted(e["kind"] for e in rows[f"{GSOMIA}/{each}"]["statements"])
        for each in (first, second)
    ]
    assert told is not None
    assert kinds[0] == ["consent.give", "incident.report", "item.receipt", "item.release"]
    assert kinds[1] == ["item.receipt", "item.receipt", "item.reclassify", "item.release"]
    check_report(written(found, tmp_path / "report"), trusted(inspected))


def test_evidence_of_another_statement_is_found(inspected, tmp_path):
    folder = written(report(inspected), tmp_path / "report")
    first, second, *_ = sorted((folder / "evidence").iterdir())
    for name in ("statement.json", "statement.tlog-proof", "policy"):
        (first / name).write_bytes((second / name).read_bytes())
    with pytest.raises(ProofError):
        check_report(folder, trusted(inspected))


@pytest.mark.row("G18")
def test_g18_an_anchor_that_waits_for_a_partner_proves_nothing_and_the_one_before_still_does(
    inspected, tmp_path
):
    kor, (first, _) = inspected.kor, items_of(inspected)
    before = report(inspected)
    kor.read(first)
    kor.clock.instant += HOUR_MS
    (entered,) = run(anchor_journal(kor.context))
    found = report(inspected)
    assert [each.anchor for each in found.journals] == [each.anchor for each in before.journals]
    assert found.missing == ()
    checked = check_report(written(found, tmp_path / "waits"), trusted(inspected))
    assert checked.proved == checked.told - 1
    inspected.settle()
    after = report(inspected)
    assert [each.anchor for each in after.journals] == [entered.place]
    checked = check_report(written(after, tmp_path / "after"), trusted(inspected))
    assert checked.proved == checked.told


@pytest.mark.row("G18")
def test_g18_a_line_under_an_anchor_is_not_told_otherwise_as_if_none_covered_it(
    inspected, tmp_path
):
    """Its proof is taken out of the folder, and the line is told on the holder's word."""
    folder = written(report(inspected), tmp_path / "report")
    value = json.loads((folder / "report.json").read_bytes())
    (row,) = (e for e in value["items"][0]["seen"] if e["act"] == "item.open")
    (path,) = (folder / "journal").iterdir()
    journal = json.loads(path.read_bytes())
    journal["lines"] = [each for each in journal["lines"] if each["index"] != row["index"]]
    path.write_bytes(format_json(journal))
    row.update(by="nobody", proved=False)
    (folder / "report.json").write_bytes(format_json(value))
    with pytest.raises(ProofError) as caught:
        check_report(folder, trusted(inspected))
    assert caught.value.code == "report.line-differs"
    row["index"] = 10**6
    (folder / "report.json").write_bytes(format_json(value))
    found = check_report(folder, trusted(inspected))
    assert found.proved == found.told - 1


def test_what_no_partner_has_acknowledged_is_told_without_evidence(held):
    first, _ = items_of(held)
    held.kor.read(first)
    found = report(held)
    assert found.journals == ()
    held.jpn.release(KOR)
    held.carry(JPN, KOR)
    assert all(not each["proved"] for row in found.value["items"] for each in row["seen"])


def test_only_an_auditor_makes_it_and_it_is_journalled(inspected):
    assert isinstance(run(inspect(inspected.kor.context, GSOMIA, JPN, CLERK)), Refused)
    assert ("report.inspector", "refused") in inspected.kor.acts()
    report(inspected)
    assert inspected.kor.acts()[-1] == ("report.inspector", "done")


def test_it_is_made_for_a_partner_alone(inspected):
    for party in (KOR, PartyId("USA")):
        with pytest.raises(StateError) as caught:
            run(inspect(inspected.kor.context, GSOMIA, party, AUDITOR))
        assert caught.value.code == "report.no-partner"
