# SPDX-License-Identifier: Apache-2.0
"""The floor of a decision gives the answer of the product, citations and unknown facts included."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from bench.decide_by_hand import WRITTEN_OUT, decide_by_hand
from bench.decide_speed import asked
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.decision.deciding import decide
from comity.decision.request_reading import parse_request

GSOMIA = read_agreement(template("gsomia-jpn-kor"))


def some_of(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def record(**facts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw a record that may lack any of its facts; `named_for` stands for the word `for`."""
    return st.fixed_dictionaries({}, optional={key.strip("_"): each for key, each in facts.items()})


LETTERS = "abcdefghijklmno"
PARTY = some_of("JPN", "KOR", "USA", None)
LEVEL = some_of("SECRET", "SECRET", "CONFIDENTIAL", "TOP", None)
CATEGORY = some_of("missile-warning", "missile-warning", "weather", None)
PURPOSE = some_of("warning", "warning", "study", None)
TIME = some_of("2016-12-15", "2016-12-16", "2016-12-16T03:00:00Z", "2016-12-16T03:00:00.001Z", None)
CONSENT = record(
    by=some_of("JPN", "KOR"),
    items=some_of([], ["JPN/12"], ["JPN/13"], None),
    category=CATEGORY,
    recipient=PARTY,
    purpose=PURPOSE,
    given_at=TIME,
    until=TIME,
)
ASSURANCE = record(
    by=some_of("KOR", "KOR", "USA", None),
    level=LEVEL,
    for_=some_of("j2", None),
    need=some_of(True, True, False, None),
    equivalent_protection=some_of(True, True, False),
    given_at=TIME,
    until=TIME,
)
LANGUAGE = some_of("ja", "ko", "fr", None)
EVERY_LETTER = [{"letter": each, "given_at": "2016-12-01", "until": None} for each in LETTERS]
MET = record(letter=some_of("a", "b", None), given_at=TIME, until=TIME)
FIRM = record(
    id=some_of("firm-1", None),
    clearance=LEVEL,
    clearance_until=TIME,
    conditions=st.just(EVERY_LETTER)
    | st.lists(MET, max_size=3).map(lambda more: [*more, *EVERY_LETTER[1:]])
    | st.lists(MET, max_size=3),
)
VISIT = record(
    host=PARTY,
    asked_by=PARTY,
    granted_by=PARTY,
    from_=TIME,
    until=TIME,
    level=LEVEL,
    clearance=LEVEL,
    clearance_until=TIME,
)
DERIVED = record(
    level=LEVEL,
    originators=some_of([], ["JPN"], ["JPN", "KOR"]),
    purposes=some_of([], ["warning"], ["warning", "study"]),
    use_until=TIME,
    marked=some_of([], ["level"], ["level", "originator"]),
)
REQUEST = record(
    at=some_of("2016-12-16T03:00:00Z"),
    agreement_state=some_of("signed", "in_force", "in_force", "terminated", None),
    actor=record(
        party=PARTY,
        id=some_of("kor-017"),
        kind=some_of("official", "official", "contractor", None),
        clearance=LEVEL,
        clearance_until=TIME,
        need_to_know=some_of([], ["missile-warning"], ["air", "missile-warning"]),
        registered=some_of(True, True, False, None),
    ),
    item=record(
        id=some_of("JPN/12", None),
        copies=some_of(0, 2, 3, None),
        use_until=TIME,
        rights=some_of([], ["patent"]),
        originators=some_of([], ["JPN"], ["JPN", "KOR"], ["USA"]),
        level=LEVEL,
        category=CATEGORY,
        form=some_of("document", "smoke", None),
        purposes=some_of([], ["warning"], ["warning", "study"]),
        for_=some_of([], [], ["j2"], ["j2", "j3"]),
        marked=some_of([], ["level"], ["level", "originator", "receiver_mark"]),
    ),
    purpose=PURPOSE,
    recipient=PARTY,
    channel=some_of("node", "courier", "fax", None),
    consents=st.lists(CONSENT, max_size=3),
    assurances=st.lists(ASSURANCE, max_size=3),
    second_person=some_of(None, {}, {"id": None}, {"id": "kor-017"}, {"id": "kor-018"}),
    derived=some_of(None) | DERIVED,
    translation=some_of(None) | record(language=LANGUAGE, note=LANGUAGE),
    visit=some_of(None) | VISIT,
    firms=st.lists(FIRM, max_size=2),
    rights_confirmed=some_of(True, False, None),
    means=some_of("burn", "crypto_erase", "bury", None),
)


@given(st.sampled_from(WRITTEN_OUT), REQUEST)
@example("open", {})
@example("disclose", {"recipient": "USA", "visit": {"host": "KOR", "asked_by": "JPN"}})
@example("disclose", {"recipient": "JPN", "visit": {"host": "KOR", "asked_by": "JPN"}})
@example("disclose", {"visit": {"host": "KOR", "asked_by": "JPN", "granted_by": "KOR"}})
@example("disclose", {"recipient": "JPN", "visit": {}})
def test_the_function_by_hand_answers_any_request_as_the_product_does(
    action: str, facts: dict[str, Any]
) -> None:
    request = parse_request(json.dumps({**facts, "action": action}).encode())
    assert decide_by_hand(GSOMIA, request) == decide(GSOMIA, request)


def test_the_requests_that_are_measured_are_allowed_and_denied_alike() -> None:
    for act in asked():
        decision = decide(GSOMIA, act.request)
        assert decide_by_hand(GSOMIA, act.request) == decision
        assert decision.allowed == act.allowed
    assert {act.allowed for act in asked()} == {True, False}
    assert {act.request.action for act in asked()} >= {"open", "release", "third_party_release"}
