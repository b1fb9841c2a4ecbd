# SPDX-License-Identifier: Apache-2.0
"""A file that names an act to ask about first: whoever acts unasked is reminded, not stopped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.agreement.templates import template
from comity.basis.ids import Place
from comity.flows.cases.consultations import consult, consultations
from comity.flows.drafts import KeptDraft
from comity.flows.duties.listing import list_duties, list_urgent
from comity.flows.own_acts import last_act
from comity.flows.promises import promise
from comity.state.coming import ASK_FIRST
from comity.state.duties import duty_json
from comity.statement.information import ConsentRefuse
from tests.articles.outcomes import place_of
from tests.builders.world import (
    CLERK,
    GSOMIA,
    JPN,
    KOR,
    OFFICER,
    READER,
    Node,
    World,
    make_world,
    run,
)

pytestmark = pytest.mark.row("G20")
CLAUSE = 'between = "parties"\nmeanwhile = "protection"'
KEYS = 'before = ["release"]\nanswer_within = "10 days"'
CATEGORY = "missile-warning"


@pytest.fixture(scope="module")
def _asked_first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    raw = template("gsomia-jpn-kor").decode().replace(CLAUSE, f"{CLAUSE}\n{KEYS}").encode()
    with make_world(tmp_path_factory.mktemp("asked-first")) as world:
        world.sign(raw)
        world.settle()
        world.kor.assure()
        world.settle()
        yield world


@pytest.fixture
def asked_first(_asked_first: World, tmp_path: Path) -> World:
    return _asked_first.copy(tmp_path / "world")


def asks(node: Node, matter: str = "release") -> Place:
    return place_of(run(consult(node.context, GSOMIA, matter, about=CATEGORY, person=OFFICER)))


def reminded(node: Node) -> list[tuple[str | None, Place | None]]:
    owed = (run(list_duties(node.context, GSOMIA)), run(list_urgent(node.context, GSOMIA)))
    found = [[(e.article, e.about) for e in each.coming if e.what == ASK_FIRST] for each in owed]
    assert found[0] == found[1]
    return found[0]


def answers_owed(node: Node) -> list[dict[str, Any]]:
    duties = (duty_json(each) for each in run(list_duties(node.context, GSOMIA)).duties)
    return [each for each in duties if each["because"] == "consent.ask"]


def noted(node: Node, act: str) -> list[dict[str, Any]]:
    return [each for each in node.journal() if each["act"] == act]


def test_g20_whoever_drafts_and_releases_unasked_is_reminded_by_the_article_and_not_stopped(
    asked_first: World,
) -> None:
    jpn = asked_first.jpn
    kept = jpn.draft((KOR,))
    assert isinstance(kept, KeptDraft)
    assert kept.unasked == "20"
    assert reminded(jpn) == [("20", None)]
    item = jpn.release(KOR)
    assert item.unasked == "20"
    assert ("20", item.place) in reminded(jpn)
    (entry,) = noted(jpn, "consultation.remind")
    assert entry["details"] == {
        "article": "20",
        "before": "release",
        "statement": f"{GSOMIA}/{item.place}",
    }
    assert [each["details"].get("unasked") for each in noted(jpn, "item.draft")] == ["20", "20"]
    last = run(last_act(jpn.context, OFFICER))
    assert last is not None
    assert last.act == "item.release"  # what the node notes beside it is no act of the officer
    asked_first.settle()
    assert reminded(asked_first.kor) == []


def test_g20_whoever_asked_first_is_reminded_of_nothing_and_is_owed_an_answer(
    asked_first: World,
) -> None:
    jpn, kor = asked_first.jpn, asked_first.kor
    ask = asks(jpn)
    assert jpn.release(KOR).unasked is None
    assert reminded(jpn) == []
    assert noted(jpn, "consultation.remind") == []
    asked_first.settle()
    assert answers_owed(jpn) == answers_owed(kor)
    (owed,) = answers_owed(kor)
    assert (owed["article"], owed["owed_by"], owed["owed_to"]) == ("20", KOR, [JPN])
    assert (owed["state"], owed["term"]) == ("open", "10 days")
    place_of(run(promise(kor.context, GSOMIA, ConsentRefuse(ask), OFFICER)))
    asked_first.settle()
    assert answers_owed(jpn) == answers_owed(kor)
    assert answers_owed(jpn)[0]["state"] == "done"
    assert asked_first.equal()


def test_g20_what_is_owed_on_a_question_is_told_to_who_needs_to_know_of_its_category(
    asked_first: World,
) -> None:
    asks(asked_first.jpn)
    asked_first.settle()
    kor = asked_first.kor
    told = {
        person: [
            each.because for each in run(list_duties(kor.context, GSOMIA, person)).duties
        ].count("consent.ask")
        for person in (OFFICER, READER, CLERK)
    }
    assert told == {OFFICER: 1, READER: 1, CLERK: 0}


def test_g20_asking_since_ends_the_reminder(asked_first: World) -> None:
    jpn = asked_first.jpn
    jpn.release(KOR)
    assert reminded(jpn) != []
    asks(jpn)
    assert reminded(jpn) == []


def test_g20_a_question_cites_the_article_that_asks_for_it_and_another_cites_none(
    asked_first: World,
) -> None:
    jpn = asked_first.jpn
    asks(jpn)
    asks(jpn, "rescue-of-nationals")
    rows = run(consultations(jpn.context, GSOMIA))
    assert [(each.matter, each.article) for each in rows] == [
        ("release", "20"),
        ("rescue-of-nationals", None),
    ]
    details = [each["details"] for each in noted(jpn, "consent.ask")]
    assert [(each["before"], each.get("article")) for each in details] == [
        ("release", "20"),
        ("rescue-of-nationals", None),
    ]
    asked_first.settle()
    assert [each["trigger"] for each in answers_owed(asked_first.kor)] == [str(rows[0].place)]


def test_g20_a_file_that_names_no_act_reminds_nobody(assured: World) -> None:
    kept = assured.jpn.draft((KOR,))
    assert isinstance(kept, KeptDraft)
    assert kept.unasked is None
    assert assured.jpn.release(KOR).unasked is None
    assert reminded(assured.jpn) == []
