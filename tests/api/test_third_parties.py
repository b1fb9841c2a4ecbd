# SPDX-License-Identifier: Apache-2.0
"""Onward releases over the API: drafted, let go, listed, given up; hidden is absent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from comity.basis.ids import Place
from comity.flows.cases.incidents import Report, report_incident
from comity.statement.cases import Affected, Certainty, Harm
from tests.api.support_api import BASE, Served, serve
from tests.articles.conftest import _given, _pacts, item, story
from tests.builders.pacts import JPN_USA, KOR_USA, MARKS, Story
from tests.builders.world import (
    AUDITOR,
    CLERK,
    DRAFTER,
    JPN,
    KOR,
    OFFICER,
    READER,
    REGISTRAR,
    USA,
    entered,
    run,
)

__all__ = ["_given", "_pacts", "item", "story"]

LIST = f"{BASE}/third-party-releases"
BODY = {"to": "KOR", "under": str(KOR_USA), "purpose": "warning", "marking": "CONFIDENTIAL"}


@pytest.fixture
def usa(story: Story) -> Iterator[Served]:
    api = serve(story.usa)
    yield api
    api.close()


def path(item: Place) -> str:
    return f"{BASE}/agreements/{JPN_USA}/items/{item}/third-party-releases"


def test_an_item_is_drafted_and_let_go_and_both_see_it(
    story: Story, usa: Served, item: Place
) -> None:
    given = story.consent(item)
    drafted = usa.post(path(item), DRAFTER, {**BODY, "through": "tisa-2014"})
    assert (drafted.status, drafted.json["waits"]["number"]) == (201, 1)
    gone = usa.post(f"{LIST}/1/approval", OFFICER)
    assert gone.status == 201
    agreements = [each["agreement"] for each in gone.json["decisions"]]
    assert agreements == ["jpn-usa-2007", "tisa-2014", "kor-usa-1987"]
    for person in (OFFICER, READER, AUDITOR):
        (row,) = usa.get(LIST, person).json["said"]
        assert (row["item"], row["consents"]) == (str(item), [str(given)])
        assert row["release"] == gone.json["release"].split("/", 1)[1]


def test_without_consent_it_is_refused_with_the_articles(usa: Served, item: Place) -> None:
    refused = usa.post(path(item), DRAFTER, BODY)
    assert refused.status == 403
    assert [each["article"] for each in refused.json["findings"]] == ["4", "6(a)"]


def test_what_is_marked_for_a_hub_is_decided_by_its_arrangement_unnamed(
    story: Story, usa: Served, item: Place
) -> None:
    story.consent(category="missile-warning")
    refused = usa.post(path(item), DRAFTER, BODY)
    assert [each["article"] for each in refused.json["findings"]] == ["4"]
    asked = {"action": "third_party_release", "purpose": "warning", "recipient": "KOR"}
    where = f"{BASE}/agreements/{JPN_USA}/items/{item}/decision"
    may = usa.post(where, OFFICER, asked).json
    assert (may["decision"], may["agreement"]) == ("deny", "tisa-2014")
    story.consent(item)
    assert usa.post(where, OFFICER, asked).json["decision"] == "allow"
    assert usa.post(path(item), DRAFTER, BODY).status == 201


def test_who_may_not_know_of_the_item_finds_nothing(story: Story, usa: Served, item: Place) -> None:
    story.consent(item)
    usa.post(path(item), DRAFTER, BODY)
    assert usa.get(LIST, CLERK).json["waiting"] == []
    assert usa.post(f"{LIST}/7/approval", OFFICER).status == 404
    assert len(usa.get(LIST, REGISTRAR).json["waiting"]) == 1


def test_only_a_releasing_officer_lets_it_go(story: Story, usa: Served, item: Place) -> None:
    story.consent(item)
    usa.post(path(item), DRAFTER, BODY)
    assert usa.post(f"{LIST}/1/approval", READER).status == 403
    assert usa.post(path(item), READER, BODY).status == 403
    assert usa.post(path(item), DRAFTER, {**BODY, "to": "USA"}).status == 400
    assert usa.post(path(item), DRAFTER, {**BODY, "more": 1}).status == 400


def test_it_is_given_up_until_it_is_made(story: Story, usa: Served, item: Place) -> None:
    story.consent(item)
    for number in (1, 2):
        assert usa.post(path(item), DRAFTER, BODY).json["waits"]["number"] == number
    dropped = usa.send("DELETE", f"{LIST}/1", DRAFTER)
    assert (dropped.status, dropped.json["dropped"]["number"]) == (200, 1)
    assert usa.send("DELETE", f"{LIST}/1", DRAFTER).status == 404
    assert usa.post(f"{LIST}/2/approval", OFFICER).status == 201
    assert usa.send("DELETE", f"{LIST}/2", OFFICER).status == 409


def test_what_originators_say_is_said_on_and_a_loss_is_told_back(
    story: Story, usa: Served, item: Place
) -> None:
    story.consent(item)
    usa.post(path(item), DRAFTER, BODY)
    gone = usa.post(f"{LIST}/1/approval", OFFICER).json["release"]
    there = f"{BASE}/agreements/{KOR_USA}"
    word = f"{there}/items/{gone.split('/', 1)[1]}/third-party-word"
    nothing = usa.post(word, OFFICER, {})
    assert (nothing.status, nothing.json["error"]["code"]) == (409, "passing.nothing-to-tell")
    story.jpn.reclassify(item, MARKS[JPN][0])
    story.first.settle()
    coming = usa.get(f"{BASE}/duties?agreement={KOR_USA}", READER).json["coming"]
    assert [each["what"] for each in coming if each["about"] == gone.split("/", 1)[1]] == [
        "onward.reclassify"
    ]
    assert usa.post(word, READER, {}).status == 403
    assert usa.post(word, CLERK, {}).status in (403, 404)
    told = usa.post(word, OFFICER, {})
    assert told.status == 201, told.body
    (said,) = told.json["entered"]
    assert said["kind"] == "item.reclassify"
    affected = (Affected(Place(USA, int(gone.rsplit("/", 1)[1]))),)
    story.second.settle()
    lost = Report(affected, Harm.LOSS, Certainty.ACTUAL, story.kor.clock.now())
    reported = entered(run(report_incident(story.kor.context, KOR_USA, lost, person=READER)))
    story.second.settle()
    back = f"{there}/incidents/{reported.place}/third-party-word"
    told = usa.post(back, READER, {"text": {"text": "lost at sea"}})
    assert told.status == 201, told.body
    assert told.json["entered"][0]["kind"] == "incident.report"
    assert usa.post(back, READER, {}).json["error"]["code"] == "passing.incident-told"
    assert usa.post(f"{there}/incidents/KOR/99/third-party-word", READER, {}).status == 404


def test_an_item_is_marked_to_be_shared_by_a_hub(story: Story) -> None:
    jpn = serve(story.jpn)
    try:
        wish = {
            "to": ["USA"],
            "marking": "秘",
            "category": "missile-warning",
            "purposes": ["warning"],
            "sharing": {"under": "tisa-2014", "with": ["KOR"], "category": "missile-warning"},
            "content": "AAAA",
        }
        answer = jpn.post(f"{BASE}/agreements/{JPN_USA}/items:batch", OFFICER, {"items": [wish]})
        assert answer.status == 200, answer.body
        (result,) = answer.json["results"]
        assert result["status"] == 201, result
        place = result["answer"]["entered"]["place"].rsplit("/", 2)
        marked = story.jpn.view().item(Place(story.jpn.party, int(place[2]))).release.sharing
        assert marked is not None
        assert (marked.under, marked.recipients) == ("tisa-2014", (KOR,))
    finally:
        jpn.close()
