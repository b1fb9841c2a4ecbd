# SPDX-License-Identifier: Apache-2.0
"""An inspector is told of all uses of its items: by another number, for drafts, and at firms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from comity.basis.errors import ProofError
from comity.basis.ids import PartyId, Place
from comity.basis.strict_json import format_json
from comity.cli.report_folder import check_report
from comity.decision.stages import Refused
from comity.flows.anchors import anchor_journal
from comity.flows.drafts import KeptDraft
from comity.flows.receipts import Opened
from comity.flows.reports.files import report_files
from comity.flows.reports.inspector import InspectorReport, inspect
from comity.keys.cards import fingerprint
from comity.statement.evidence import pin
from tests.articles.outcomes import passed
from tests.builders.pacts import JPN_USA, KOR_USA, Story
from tests.builders.world import AUDITOR, JPN, KOR, READER, USA, run


def made(story: Story) -> InspectorReport:
    found = run(inspect(story.usa.context, JPN_USA, JPN, AUDITOR))
    assert isinstance(found, InspectorReport)
    return found


def report(story: Story) -> Any:
    """Make the report, its value to be looked into as JSON."""
    return made(story)


@pytest.fixture
def onward(story: Story, item: Place) -> Place:
    """Washington passed Tokyo's item on to Seoul, reads it by that number, and anchors."""
    story.consent(item)
    gone = passed(story.pass_on(item))
    story.second.settle()
    story.kor.receipt(gone.release)
    story.second.settle()
    opened = story.second[USA].open(gone.release)
    assert isinstance(opened, Opened)
    run(anchor_journal(story.usa.context))
    story.second.settle()
    story.first.settle()
    return gone.release


@pytest.mark.row("G18")
def test_g18_a_reading_by_the_number_of_the_passing_on_is_told_to_the_originator(
    story: Story, item: Place, onward: Place
) -> None:
    (row,) = (e for e in report(story).value["items"] if e["item"] == f"{JPN_USA}/{item}")
    readings = [each for each in row["seen"] if each["act"] == "item.open"]
    assert [(e["item"], e["by"], e["outcome"]) for e in readings] == [
        (f"{KOR_USA}/{onward}", READER, "done")
    ]
    assert readings[0]["articles"]
    assert "item.release" in [each["act"] for each in row["seen"]]
    assert [(e["item"], e["to"], e["receipted_by"]) for e in row["passed_on"]] == [
        (f"{KOR_USA}/{onward}", [KOR], [KOR])
    ]


def written(found: InspectorReport, folder: Path) -> Path:
    for name, raw in report_files(found).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
    return folder


def trusted(story: Story) -> frozenset[str]:
    nodes = {PartyId("JPN"): story.jpn, PartyId("USA"): story.usa}
    return frozenset(pin(fingerprint(node.card), party) for party, node in nodes.items())


@pytest.mark.row("G18")
def test_g18_such_a_reading_is_proved_and_a_report_that_leaves_it_out_is_found(
    story: Story, onward: Place, tmp_path: Path
) -> None:
    found = report(story)
    folder = written(found, tmp_path / "report")
    checked = check_report(folder, trusted(story))
    assert checked.proved == checked.told
    for item in found.value["items"]:
        item["seen"] = [each for each in item["seen"] if each["act"] != "item.open"]
    (folder / "report.json").write_bytes(format_json(found.value))
    with pytest.raises(ProofError) as caught:
        check_report(folder, trusted(story))
    assert caught.value.code == "report.line-not-told"
    assert onward.party == USA


def row_of(found: Any, item: Place) -> Any:
    (row,) = (each for each in found.value["items"] if each["item"] == f"{JPN_USA}/{item}")
    return row


@pytest.mark.row("G18")
def test_g18_what_was_or_was_not_made_from_an_item_is_told(story: Story, item: Place) -> None:
    usa = story.usa
    made = usa.draft([JPN], derived_from=(item,), originators=(JPN, USA))
    low = usa.draft([JPN], derived_from=(item,), originators=(JPN, USA), purposes=("study",))
    assert isinstance(made, KeptDraft), made
    assert isinstance(low, Refused)
    row = row_of(report(story), item)
    drafts = [each for each in row["seen"] if each.get("made_from")]
    assert [each["outcome"] for each in drafts] == ["done", "refused"]
    assert all(each["articles"] for each in drafts)
    assert all("item" not in each for each in drafts)


@pytest.mark.row("G18")
def test_g18_a_rule_of_the_house_is_no_article(story: Story, item: Place) -> None:
    usa = story.usa
    assert isinstance(usa.open(item, person=AUDITOR), Refused)
    found = report(story)
    row = row_of(found, item)
    refused = [each for each in row["seen"] if each["outcome"] == "refused"]
    assert [each["house"] for each in refused] == [True]
    cited = [row["articles"], *(e.get("articles", []) for e in row["seen"])]
    assert "house" not in {each for articles in cited for each in articles}
