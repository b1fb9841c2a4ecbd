# SPDX-License-Identifier: Apache-2.0
"""What is made from an item where it went on to: who may have it, and what its originator is told.

Japan's item went on from Washington to Seoul. What Washington makes from it holds what is Japan's,
who is no party between the two: it goes to Seoul by the way that the item went itself.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from comity.basis.errors import ProofError
from comity.basis.ids import PersonId, Place
from comity.basis.strict_json import format_json
from comity.cli.report_folder import check_report
from comity.decision.onward import FOREIGN
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.flows import drafts
from comity.flows.anchors import anchor_journal
from comity.flows.drafts import ItemDraft, KeptDraft
from comity.flows.keeping.making import CopyWish, Made, TranslationWish, translate
from comity.flows.keeping.making_from import derive_item
from comity.flows.receipts import Opened
from comity.flows.release import release_draft
from comity.flows.reports.files import report_files
from comity.flows.reports.inspector import InspectorReport, inspect
from comity.flows.speak import Entered
from comity.keys.cards import fingerprint
from comity.sealing.payload import PayloadHeader
from comity.statement.evidence import pin
from comity.statement.information import ConsentGive
from tests.articles.keeping_worlds import engage
from tests.articles.outcomes import passed, why
from tests.builders.pacts import JPN_USA, KOR_USA, MARKS, Story
from tests.builders.world import AUDITOR, DRAFTER, JPN, KOR, OFFICER, USA, Node, entered, run

SUMMARY = (PayloadHeader("Summary", "text/plain"), [b"two launches"])


@pytest.fixture
def gone(story: Story, item: Place) -> Place:
    """Pass Japan's item on to Seoul, which takes it in."""
    story.consent(item)
    release = passed(story.pass_on(item)).release
    story.second.settle()
    story.kor.receipt(release)
    story.second.settle()
    story.first.settle()
    return release


@pytest.fixture
def unruled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a node release what it would refuse: registers may hold what an earlier one let go."""
    monkeypatch.setattr(drafts, "refuse_foreign", lambda *_: None)


def washington(story: Story) -> Node:
    """Give Washington's node as it speaks under the second agreement."""
    return story.second[USA]


def summary(node: Node, *places: Place, to: tuple[Any, ...]) -> KeptDraft | Refused:
    marking = MARKS[node.party][1]
    wanted = ItemDraft(node.agreement, to, marking, "missile-warning", "document", ())
    wanted = replace(wanted, derived_from=tuple(sorted(places)))
    return run(derive_item(node.context, DRAFTER, wanted, *SUMMARY))


def released(node: Node, kept: KeptDraft | Refused) -> Place:
    assert isinstance(kept, KeptDraft), kept
    return entered(run(release_draft(node.context, OFFICER, kept.number))).place


# Washington says before anything happens what Seoul would say after it


@pytest.mark.row("G4.3", "G6a")
def test_g4_3_what_is_made_from_what_was_passed_on_is_not_drafted_for_those_it_was_passed_on_to(
    story: Story, gone: Place
) -> None:
    refused = summary(washington(story), gone, to=(KOR,))
    assert isinstance(refused, Refused)
    assert [(each.article, each.clause) for each in refused.findings] == [
        ("6(a)", "third_party_rule")
    ]
    assert refused.findings[0].why.startswith(f"{FOREIGN} by JPN")
    assert story.usa.acts()[-1] == ("release", "refused")
    own = washington(story).release(KOR).place
    story.second.settle()
    assert isinstance(summary(washington(story), own, to=(KOR,)), KeptDraft)


@pytest.mark.row("G4.3", "G6a")
def test_g4_3_nor_does_seoul_give_back_what_it_makes_from_it(story: Story, gone: Place) -> None:
    assert why(summary(story.kor, gone, to=(USA,))) == ["6(a)"]


@pytest.mark.row("G4.3", "G6a")
def test_g4_3_a_draft_that_is_there_already_is_not_released(story: Story, gone: Place) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(drafts, "refuse_foreign", lambda *_: None)
        kept = summary(washington(story), gone, to=(KOR,))
    assert isinstance(kept, KeptDraft)
    assert why(run(release_draft(story.usa.context, OFFICER, kept.number))) == ["6(a)"]
    assert washington(story).said("item.release")[-1]["passed_on"] is not None


@pytest.mark.row("G4.3", "G6a", "G18")
def test_g4_3_made_under_the_originators_agreement_it_goes_on_with_both_consents(
    story: Story, item: Place
) -> None:
    """It is theirs together, so Tokyo has it first, and both let it go; the arrangement too."""
    made = released(story.usa, summary(story.usa, item, to=(JPN,)))
    story.first.settle()
    assert isinstance(story.jpn.receipt(made), Entered)
    story.first.settle()
    assert why(story.draft(made)) == ["4", "6(a)"]
    story.consent(made)
    assert why(story.draft(made)) == ["6(a)"]
    story.usa.promise(ConsentGive(None, (made,), None, KOR, "warning", None, ""))
    story.first.settle()
    gone = passed(story.pass_on(made))
    story.second.settle()
    assert isinstance(story.kor.receipt(gone.release), Entered)
    assert story.kor.read(gone.release) == b"two launches"
    rows = report(story).value["items"]
    (row,) = (each for each in rows if each["item"] == f"{JPN_USA}/{made}")
    assert row["made_from"] == [str(item)]
    assert [(each["item"], each["to"]) for each in row["passed_on"]] == [
        (f"{KOR_USA}/{gone.release}", [KOR])
    ]


# What Tokyo's inspector is told of it


def report(story: Story) -> Any:
    """Make the report for Tokyo at Washington, its value to be looked into as JSON."""
    run(anchor_journal(story.usa.context))
    story.second.settle()
    story.first.settle()
    found = run(inspect(story.usa.context, JPN_USA, JPN, AUDITOR))
    assert isinstance(found, InspectorReport)
    return found


def told(story: Story, item: Place) -> dict[str, Any]:
    """Give what the report says of an item."""
    (row,) = (e for e in report(story).value["items"] if e["item"] == f"{JPN_USA}/{item}")
    found: dict[str, Any] = row
    return found


@pytest.mark.row("G15", "G18")
def test_g18_a_translation_under_the_number_of_the_passing_on_is_told(
    story: Story, item: Place, gone: Place
) -> None:
    translator = PersonId("translator")
    engage(story.usa, translator, Role.TRANSLATOR)
    wish = TranslationWish(CopyWish("warning", "the desk", translator), "ko", "ko", SUMMARY)
    made = run(translate(story.usa.context, KOR_USA, gone, translator, wish))
    assert isinstance(made, Made)
    (note,) = (line for line in made.banner.head if "번역" in line)
    # Washington's file with Seoul has no name for Tokyo, which is an originator all the same.
    assert "JPN (秘), United States of America의" in note
    row = told(story, item)
    copies = [(each["item"], each["language"]) for each in row["copies"] if "item" in each]
    assert copies == [(f"{KOR_USA}/{gone}", "ko")]
    acts = [(each["act"], each["item"]) for each in row["seen"]]
    assert ("item.translate", f"{KOR_USA}/{gone}") in acts
    assert row["made_onward"] == []
    assert row["made_with_others"] == {"count": 0, "articles": []}


@pytest.mark.row("G4.3", "G18")
@pytest.mark.usefixtures("unruled")
def test_g18_what_was_made_from_it_there_is_told_with_who_has_read_it_and_who_refused_it(
    story: Story, item: Place, gone: Place, tmp_path: Path
) -> None:
    hub = washington(story)
    made = released(hub, summary(hub, gone, to=(KOR,)))
    story.second.settle()
    assert isinstance(hub.open(made), Opened)
    found = report(story)
    (row,) = (e for e in found.value["items"] if e["item"] == f"{JPN_USA}/{item}")
    (there,) = row["made_onward"]
    assert (there["item"], there["by"], there["to"]) == (f"{KOR_USA}/{made}", USA, [KOR])
    assert (there["receipted_by"], there["refused_by"]) == ([], [KOR])
    assert ("item.open", f"{KOR_USA}/{made}") in [(e["act"], e.get("item")) for e in row["seen"]]
    assert f"{KOR_USA}/{made}" in [each.get("item") for each in row["copies"]]
    folder = written(found, tmp_path)
    checked = check_report(folder, trusted(story))
    assert checked.proved == checked.told
    for each in found.value["items"]:
        each["made_onward"] = []
    (folder / "report.json").write_bytes(format_json(found.value))
    with pytest.raises(ProofError):
        check_report(folder, trusted(story))


@pytest.mark.row("G4.3", "G18")
@pytest.mark.usefixtures("unruled")
def test_g18_what_is_anothers_too_is_counted_and_not_shown(
    story: Story, item: Place, gone: Place
) -> None:
    """It holds Seoul's information besides, and Seoul is no party between Tokyo and Washington."""
    own = story.kor.release(USA).place
    story.second.settle()
    washington(story).receipt(own)
    story.second.settle()
    hub = washington(story)
    made = released(hub, summary(hub, gone, own, to=(KOR,)))
    assert isinstance(hub.open(made), Opened)
    found = report(story)
    (row,) = (e for e in found.value["items"] if e["item"] == f"{JPN_USA}/{item}")
    assert row["made_onward"] == []
    assert row["made_with_others"] == {"count": 1, "articles": ["7"]}
    assert f"{KOR_USA}/{made}".encode() not in b"".join(report_files(found).values())
    assert f"{KOR_USA}/{own}".encode() not in b"".join(report_files(found).values())


def written(found: InspectorReport, folder: Path) -> Path:
    for name, raw in report_files(found).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
    return folder


def trusted(story: Story) -> frozenset[str]:
    nodes = {JPN: story.jpn, USA: story.usa}
    return frozenset(pin(fingerprint(node.card), party) for party, node in nodes.items())
