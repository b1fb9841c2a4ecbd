# SPDX-License-Identifier: Apache-2.0
"""An item that was passed on bears its originator's own marking beside that of whoever did.

Japan gave it to Washington as 極秘; Washington passed it on to Seoul as SECRET.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from comity.basis.ids import Place
from comity.cli.report import inspector_lines
from comity.cli.worded import Words
from comity.decision.stages import Refused
from comity.flows.keeping.making import CopyWish, Made, make_copy
from comity.flows.labels import check_item_labels, item_labels
from comity.flows.listing import show_item
from comity.flows.passing.telling import tell_on
from comity.flows.receipts import Opened
from comity.flows.reports.inspector import InspectorReport, inspect
from comity.flows.shapes import item_json
from comity.marking.confidentiality import LabelSet
from tests.articles.outcomes import passed
from tests.builders.pacts import JPN_USA, KOR_USA, MARKS, Story
from tests.builders.world import A_YEAR, AUDITOR, JPN, KOR, OFFICER, READER, USA, Node, run

SECRET = {party: marks[0] for party, marks in MARKS.items()}


@pytest.fixture
def gone(story: Story) -> Place:
    """Let Seoul take in, as SECRET of Washington's, what Japan gave as 極秘."""
    item = story.give(marking=SECRET[JPN])
    story.consent(item)
    release = passed(story.pass_on(item, marking=SECRET[USA])).release
    story.second.settle()
    story.kor.receipt(release)
    story.second.settle()
    return release


def labels_of(node: Node, place: Place) -> LabelSet:
    found = run(item_labels(node.context, KOR_USA, place, READER, review=A_YEAR))
    assert isinstance(found, LabelSet)
    return found


def classified(labels: LabelSet) -> dict[str, str]:
    return {each.policy: each.classification for each in (labels.label, *labels.alternatives)}


@pytest.mark.row("G4.2", "G6a")
def test_g4_2_a_passed_on_item_is_opened_under_its_originators_own_marking_too(
    story: Story, gone: Place
) -> None:
    opened = story.kor.open(gone)
    assert isinstance(opened, Opened)
    lines = (JPN, SECRET[JPN], SECRET[USA], SECRET[KOR])
    assert tuple(each for each in opened.banner.head if each in lines) == lines
    assert tuple(each for each in opened.banner.foot if each in lines) == lines[::-1]
    wish = CopyWish("warning", "the desk", READER)
    copy = run(make_copy(story.kor.context, KOR_USA, gone, READER, wish))
    assert isinstance(copy, Made)
    assert SECRET[JPN] in copy.banner.head


@pytest.mark.row("G4.2")
def test_g4_2_what_is_washingtons_own_bears_no_other_marking(story: Story) -> None:
    own = story.second[USA].release(KOR, marking=SECRET[USA]).place
    story.second.settle()
    story.kor.receipt(own)
    opened = story.kor.open(own)
    assert isinstance(opened, Opened)
    assert SECRET[JPN] not in opened.banner.head
    assert JPN not in classified(labels_of(story.kor, own))
    row = run(show_item(story.kor.context, KOR_USA, own, READER))
    assert not isinstance(row, Refused)
    assert item_json(KOR_USA, row)["given_as"] is None


@pytest.mark.row("G4.2")
def test_g4_2_its_label_and_what_is_shown_of_it_name_the_marking_that_it_was_given_with(
    story: Story, gone: Place
) -> None:
    row = run(show_item(story.kor.context, KOR_USA, gone, READER))
    assert not isinstance(row, Refused)
    assert item_json(KOR_USA, row)["given_as"] == {"by": JPN, "marking": SECRET[JPN]}
    labels = labels_of(story.kor, gone)
    assert classified(labels) == {
        USA: "SECRET",
        KOR_USA: "SECRET",
        JPN: SECRET[JPN],
        KOR: SECRET[KOR],
    }

    def problems(found: LabelSet) -> list[Any]:
        known = run(check_item_labels(story.kor.context, KOR_USA, gone, READER, found))
        assert not isinstance(known, Refused)
        return [(each.where, each.expected, each.found) for each in known]

    assert problems(labels) == []
    others = {each.policy: each for each in labels.alternatives}
    lowered = replace(others[JPN], classification="秘")
    for given, found in (((lowered,), "秘"), ((), "none")):
        kept = tuple(each for policy, each in others.items() if policy != JPN)
        altered = replace(labels, alternatives=(*kept, *given))
        assert problems(altered) == [(f"alternative {JPN}", SECRET[JPN], found)]


@pytest.mark.row("G4.2", "G18")
def test_g4_2_inspectors_of_both_sides_read_both_markings(story: Story, gone: Place) -> None:
    """Seoul's report tells Washington the first marking, Washington's tells Tokyo the second."""
    here = run(inspect(story.kor.context, KOR_USA, USA, AUDITOR))
    there = run(inspect(story.usa.context, JPN_USA, JPN, AUDITOR))
    assert isinstance(here, InspectorReport)
    assert isinstance(there, InspectorReport)
    held: Any = here.value["items"]
    assert [(each["item"], each["given_as"]) for each in held] == [
        (f"{KOR_USA}/{gone}", {"by": JPN, "marking": SECRET[JPN]})
    ]
    lines = "\n".join(inspector_lines(here.value, "out", Words("en")))
    assert f"{SECRET[JPN]}, {JPN}" in lines
    told: Any = there.value["items"]
    went = [each for row in told for each in row["passed_on"]]
    assert [(each["item"], each["marking"]) for each in went] == [
        (f"{KOR_USA}/{gone}", SECRET[USA])
    ]


@pytest.mark.row("G4.2", "G6g")
def test_g4_2_once_its_level_is_another_the_first_marking_stands_no_more_and_is_told_still(
    story: Story, gone: Place
) -> None:
    """It would say a level that does not hold."""
    (row,) = story.usa.view().fold.state.passed_on.values()
    story.jpn.reclassify(row.said.item, MARKS[JPN][1])
    story.first.settle()
    told = run(tell_on(story.usa.context, KOR_USA, gone, OFFICER, marking=None))
    assert not isinstance(told, Refused)
    story.second.settle()
    opened = story.kor.open(gone)
    assert isinstance(opened, Opened)
    assert MARKS[USA][1] in opened.banner.head
    assert not {*MARKS[JPN]} & {*opened.banner.head}
    assert JPN not in classified(labels_of(story.kor, gone))
    shown = run(show_item(story.kor.context, KOR_USA, gone, READER))
    assert not isinstance(shown, Refused)
    assert item_json(KOR_USA, shown)["given_as"] == {"by": JPN, "marking": SECRET[JPN]}
