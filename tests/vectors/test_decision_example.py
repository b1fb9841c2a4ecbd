# SPDX-License-Identifier: Apache-2.0
"""The request of AGREEMENTS.md section 4 under the shipped Japan-Korea file, and its neighbours."""

from __future__ import annotations

import copy
import itertools
import json
from typing import Any

import pytest

from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.decision.deciding import decide, decision_json
from comity.decision.request_reading import parse_request

GSOMIA = read_agreement(template("gsomia-jpn-kor"))
REQUEST: dict[str, Any] = json.loads(
    """
{"at": "2016-12-16T03:00:00Z", "action": "open", "agreement_state": "in_force",
 "actor": {"party": "KOR", "id": "kor-017", "kind": "official", "clearance": "SECRET",
           "clearance_until": "2017-12-31", "need_to_know": ["missile-warning"],
           "facility": "seoul-1", "registered": true},
 "item": {"id": "JPN/12", "originators": ["JPN"], "level": "SECRET",
          "category": "missile-warning", "form": "document", "purposes": ["warning"], "for": [],
          "marked": ["level", "originator", "receiver_mark"], "copies": 1, "use_until": null},
 "purpose": "warning", "recipient": null, "channel": null, "consents": [], "assurances": [],
 "second_person": null}
"""
)


def decided(request: dict[str, Any]) -> dict[str, Any]:
    return dict(decision_json(decide(GSOMIA, parse_request(json.dumps(request).encode()))))


def changed(**facts: Any) -> dict[str, Any]:
    request = copy.deepcopy(REQUEST)
    for path, value in facts.items():
        outer, _, inner = path.partition("__")
        if inner:
            request[outer][inner] = value
        else:
            request[outer] = value
    return request


def test_the_request_of_the_specification_is_allowed() -> None:
    decision = decided(REQUEST)
    assert decision == {
        "decision": "allow",
        "agreement": "gsomia-jpn-kor",
        "version": GSOMIA.version,
        "sha256": GSOMIA.sha256,
        "action": "open",
        "at": "2016-12-16T03:00:00Z",
        "articles": [
            {
                "article": "7(2)",
                "clause": "access",
                "why": "cleared to the level, with need-to-know for the category",
            }
        ],
        "unmet": [],
        "unknown": [],
    }


def test_a_denial_has_the_shape_that_the_specification_shows() -> None:
    request = changed(purpose="study", actor__need_to_know=[])
    del request["actor"]["clearance_until"]
    decision = decided(request)
    alone, lacking = (
        {
            "article": article,
            "clause": "access",
            "why": "need-to-know 'missile-warning' is not held",
        }
        for article in ("7(1)", "7(2)")
    )
    assert decision["decision"] == "deny"
    assert decision["articles"] == [
        {
            "article": "6(c)",
            "clause": "purpose_limitation",
            "why": "purpose 'study' is not among the purposes of release: warning",
        },
        alone,
        lacking,
    ]
    assert decision["unmet"] == [lacking]
    assert decision["unknown"] == [
        {"article": "7(2)", "clause": "access", "fact": "actor.clearance_until"}
    ]


STATES = ("signed", "in_force", "notice_given", "terminated")
LEVELS = ("CONFIDENTIAL", "SECRET", "TOP SECRET")
CLEARANCES = (None, "CONFIDENTIAL", "SECRET")
NEEDS: tuple[list[str], ...] = ([], ["air"], ["missile-warning"])
PURPOSES = ("warning", "study")
REGISTERED = (True, False)


@pytest.mark.parametrize(("level", "clearance"), list(itertools.product(LEVELS, CLEARANCES)))
def test_art_6_and_7_allow_exactly_one_class_of_rows(level: str, clearance: str | None) -> None:
    """Vector 5 of treaties.md section 6: state, level, clearance, need, purpose, register."""
    reached = level == "CONFIDENTIAL" and clearance is not None
    reached = reached or (level, clearance) == ("SECRET", "SECRET")
    for state, need, purpose, registered in itertools.product(STATES, NEEDS, PURPOSES, REGISTERED):
        decision = decided(
            changed(
                agreement_state=state,
                item__level=level,
                actor__clearance=clearance,
                actor__need_to_know=need,
                purpose=purpose,
                actor__registered=registered,
            )
        )
        cited = {row["article"] for row in decision["articles"]}
        lacking = not reached or "missile-warning" not in need
        if lacking or purpose == "study" or not registered:
            assert decision["decision"] == "deny"
            assert ("7(1)" in cited) == ("missile-warning" not in need)
            assert ("7(2)" in cited) == lacking
            assert ("6(c)" in cited) == (purpose == "study")
            assert ("6(e)" in cited) == (not registered)
        else:
            assert decision["decision"] == "allow"


@pytest.mark.row("G7.2")
@pytest.mark.parametrize(("held", "needed"), list(itertools.product((True, False), (True, False))))
def test_art_7_2_only_clearance_and_need_together_allow(held: bool, needed: bool) -> None:
    decision = decided(
        changed(
            actor__clearance="SECRET" if held else None,
            actor__need_to_know=["missile-warning"] if needed else [],
        )
    )
    assert (decision["decision"] == "allow") == (held and needed)


@pytest.mark.row("G21.4")
def test_art_21_4_what_was_given_stays_protected_after_the_end() -> None:
    assert decided(changed(agreement_state="terminated"))["decision"] == "allow"
    release = changed(agreement_state="terminated", action="release", recipient="KOR")
    assert "21(3)" in {row["article"] for row in decided(release)["articles"]}
    third = changed(agreement_state="terminated", action="third_party_release", recipient="USA")
    assert [row["article"] for row in decided(third)["articles"]] == ["6(a)"]
