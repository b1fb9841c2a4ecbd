# SPDX-License-Identifier: Apache-2.0
"""Laws of decisions: knowing less never allows more, and neither does another clause."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from comity.agreement.acts import Action
from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.vocabulary import find_kind
from comity.basis.strict_json import format_json
from comity.decision.deciding import Decision, decide, decision_json
from comity.decision.request_reading import parse_request

HEAD = """format = 1
id = "laws"
version = 1
kind = "information-security"
title.en = "Laws"
[parties.JPN]
name.en = "Japan"
competent_authority = "A"
[parties.KOR]
name.en = "Korea"
competent_authority = "B"
[levels]
order = ["SECRET", "CONFIDENTIAL"]
[scope]
article = "2"
categories = ["warning", "air"]
activities = ["exercise", "relief"]
[lifecycle]
article = "21"
runs = "1 year"
[[article]]
number = "9"
title.en = "Clauses"
summary.en = "Clauses."
"""
CLAUSES = (
    "[[article.release]]\n",
    '[[article.release]]\ntop_level = "CONFIDENTIAL"\n',
    "[[article.access]]\n",
    '[[article.access]]\npeople = "officials_and_contractors"\n',
    "[[article.facility_register]]\n",
    "[[article.assurance]]\n",
    "[[article.third_party_rule]]\n",
    '[[article.third_party_rule]]\nfrom_level = "SECRET"\n',
    "[[article.purpose_limitation]]\n",
    '[[article.purpose_limitation]]\notherwise = "nothing"\n',
    "[[article.marking]]\n",
    '[[article.channel]]\nallowed = ["node", "fax"]\nencrypted_from = "SECRET"\n',
    '[[article.ending]]\nstops = ["release", "open"]\n',
    '[[article.ending]]\nstops = ["disclose", "use"]\nwhen = "notice"\n',
    "[[article.reclassification]]\n",
    "[[article.derived]]\n",
    '[[article.derived]]\ninherits = ["use_until"]\n',
    '[[article.hub]]\nparty = "KOR"\n',
    '[[article.hub]]\nparty = "JPN"\napproval = "mark"\n',
    '[[article.copies]]\nlimit = 2\ntwo_persons_from = "SECRET"\n',
    "[[article.translation]]\n",
    '[[article.contractor]]\nrights = "confirmed"\n',
    '[[article.contractor]]\nneeds = "nothing"\nconditions = { a = { en = "x" } }\n',
    '[[article.visit]]\nlead_time = "10 days"\n',
    '[[article.audience]]\n"SECRET" = "named_persons"\n"CONFIDENTIAL" = "organisation"\n',
    '[[article.forbidden]]\nacts = ["transfer_goods", "use"]\n',
    '[[article.suspension]]\nacts = ["open", "release"]\ncategories = ["air"]\n',
    "[[article.retention]]\n",
    '[[article.retention]]\nthen = ["return"]\n',
    "[[article.destruction]]\ntwo_persons = true\n",
    '[[article.channel]]\nallowed = ["node"]\naccredited_from = "CONFIDENTIAL"\n',
    '[[article.order]]\nallowed = [{ activities = ["exercise"] }]\nneeds = ["charter"]\n',
    '[[article.order]]\nallowed = [{ categories = ["air"], valid_from = 2016-12-16 }]\n',
    '[[article.order]]\nexcluded = [{ providers = ["KOR"], categories = ["air", "weapon"] }]\n',
    '[[article.order]]\nneeds = ["method", "elements"]\napart = false\n',
    "[[article.settlement]]\nin_order = true\n",
    '[[article.settlement]]\nservices = ["cash"]\noffset_after = "18 months"\n',
)
_AGREEMENTS: dict[str, Agreement] = {}


def agreement_of(clauses: list[str]) -> Agreement:
    # Tables of one kind must stand together: an array is one key of the article.
    text = HEAD + "".join(sorted(clauses))
    if text not in _AGREEMENTS:
        _AGREEMENTS[text] = read_agreement(text.encode())
    return _AGREEMENTS[text]


def some_of(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


PARTY = some_of("JPN", "KOR", "USA", None)
LEVEL = some_of("SECRET", "CONFIDENTIAL", "COSMIC", None)
TIME = some_of("2016-12-15", "2016-12-16", "2016-12-16T03:00:00Z", "2016-12-17T00:00:00Z", None)
PURPOSE = some_of("warning", "study", None)
LIST_OF_PARTIES = some_of([], ["JPN"], ["KOR"], ["JPN", "KOR"], ["USA"])
CONSENT = st.fixed_dictionaries(
    {},
    optional={
        "by": PARTY,
        "items": some_of([], ["JPN/12"], ["JPN/13"]),
        "category": some_of("warning", "air", None),
        "recipient": PARTY,
        "purpose": PURPOSE,
        "given_at": TIME,
        "until": TIME,
    },
)
ASSURANCE = st.fixed_dictionaries(
    {},
    optional={
        "by": PARTY,
        "level": LEVEL,
        "for": some_of("kor-017", None),
        "need": st.booleans(),
        "equivalent_protection": st.booleans(),
        "given_at": TIME,
        "until": TIME,
    },
)
ACTOR = {
    "party": PARTY,
    "id": some_of("kor-017", "kor-018"),
    "kind": some_of("official", "contractor", "client"),
    "clearance": LEVEL,
    "clearance_until": TIME,
    "need_to_know": some_of([], ["warning"], ["air", "warning"]),
    "registered": st.booleans(),
}
ITEM = {
    "id": some_of("JPN/12", "JPN/13"),
    "originators": LIST_OF_PARTIES,
    "level": LEVEL,
    "category": some_of("warning", "air", "sea"),
    "form": some_of("document"),
    "purposes": some_of([], ["warning"]),
    "for": some_of([], ["kor-017"]),
    "marked": some_of(["level"], ["level", "originator", "receiver_mark"]),
    "copies": some_of(0, 1, 2, None),
    "use_until": TIME,
    "rights": some_of([], ["patent"]),
}
DERIVED = st.fixed_dictionaries(
    {},
    optional={
        "level": LEVEL,
        "originators": LIST_OF_PARTIES,
        "purposes": some_of([], ["warning"], ["warning", "study"]),
        "use_until": TIME,
        "marked": some_of(["level"], ["level", "originator"]),
    },
)
VISIT = st.fixed_dictionaries(
    {},
    optional={
        "host": PARTY,
        "asked_by": PARTY,
        "asked_at": TIME,
        "granted_by": PARTY,
        "from": TIME,
        "until": TIME,
        "level": LEVEL,
        "clearance": LEVEL,
        "clearance_until": TIME,
    },
)
MET = st.fixed_dictionaries(
    {}, optional={"letter": some_of("a", "b", None), "given_at": TIME, "until": TIME}
)
FIRM = st.fixed_dictionaries(
    {},
    optional={
        "id": some_of("firm", None),
        "clearance": LEVEL,
        "clearance_until": TIME,
        "conditions": st.lists(MET, max_size=2),
    },
)
ORDER = st.fixed_dictionaries(
    {},
    optional={
        "requester": PARTY,
        "provider": PARTY,
        "activity": some_of("exercise", "relief", "parade", None),
        "categories": some_of([], ["air"], ["warning"], ["air", "warning"], ["weapon"]),
        "dated": TIME,
        "shows": some_of([], ["charter"], ["charter", "method", "elements"]),
        "acted": some_of([], ["jpn-003"], ["kor-017"]),
    },
)
SETTLEMENT = st.fixed_dictionaries(
    {},
    optional={
        "method": some_of("return", "cash", "equal_value", "offset", "converted", "gold", None),
        "natures": some_of([], ["supply"], ["service"], ["loan", "service"]),
        "reason": some_of("consumed", None),
        "delivered": some_of("2014-01-01", "2015-06-16", "2015-06-15", None),
        "approved_by": LIST_OF_PARTIES,
    },
)
REQUEST = {
    "at": some_of("2016-12-16T03:00:00Z"),
    "action": st.sampled_from([action.value for action in Action]),
    "agreement_state": some_of("signed", "in_force", "notice_given", "terminated"),
    "actor": st.fixed_dictionaries({}, optional=ACTOR),
    "item": st.fixed_dictionaries({}, optional=ITEM),
    "purpose": PURPOSE,
    "recipient": PARTY,
    "channel": some_of("node", "fax", "mail"),
    "consents": st.lists(CONSENT, max_size=3),
    "assurances": st.lists(ASSURANCE, max_size=3),
    "second_person": some_of(None, {}, {"id": "kor-017"}, {"id": "kor-018"}),
    "derived": st.none() | DERIVED,
    "translation": some_of(None, {}, {"language": "ko"}, {"language": "ko", "note": "en"}),
    "visit": st.none() | VISIT,
    "firms": st.lists(FIRM, max_size=2),
    "rights_confirmed": some_of(True, False, None),
    "means": some_of("burn", "crypto_erase", None),
    "sharing": some_of(None, {}, {"under": "laws", "with": ["USA"]}, {"under": "x", "with": []}),
    "suspended": some_of([], ["air"], ["warning"]),
    "order": st.none() | ORDER,
    "settlement": st.none() | SETTLEMENT,
}
# What may be asked, and under which clauses; much of it known, so that some is allowed.
GOOD: dict[str, Any] = {
    "at": "2016-12-16T03:00:00Z",
    "agreement_state": "in_force",
    "actor": {
        "party": "JPN",
        "id": "jpn-003",
        "kind": "official",
        "clearance": "SECRET",
        "clearance_until": None,
        "need_to_know": ["warning"],
        "registered": True,
    },
    "item": {
        "id": "JPN/12",
        "originators": ["JPN"],
        "level": "CONFIDENTIAL",
        "category": "warning",
        "form": "document",
        "purposes": ["warning"],
        "for": [],
        "marked": ["level", "originator", "receiver_mark"],
        "copies": 1,
        "use_until": None,
        "rights": [],
    },
    "second_person": {"id": "jpn-004", "kind": "official"},
    "derived": {
        "level": "SECRET",
        "originators": ["JPN", "KOR"],
        "purposes": ["warning"],
        "use_until": None,
        "marked": ["level", "originator"],
    },
    "translation": {"language": "ko", "note": "ko"},
    "visit": {
        "host": "KOR",
        "asked_by": "JPN",
        "asked_at": "2016-12-01",
        "granted_by": "KOR",
        "from": "2016-12-16",
        "until": "2016-12-18",
        "level": "CONFIDENTIAL",
        "clearance": "SECRET",
        "clearance_until": None,
    },
    "firms": [
        {
            "id": "firm",
            "clearance": "SECRET",
            "clearance_until": None,
            "conditions": [{"letter": "a", "given_at": "2016-12-01", "until": None}],
        }
    ],
    "rights_confirmed": True,
    "means": "burn",
    "sharing": {"under": "laws", "with": ["JPN", "KOR"]},
    "suspended": [],
    "order": {
        "requester": "JPN",
        "provider": "KOR",
        "activity": "exercise",
        "categories": ["warning"],
        "dated": "2016-12-16",
        "shows": ["charter", "method", "elements"],
        "acted": ["jpn-004"],
    },
    "settlement": {
        "method": "cash",
        "natures": ["supply"],
        "reason": "consumed",
        "delivered": "2014-01-01",
        "approved_by": ["JPN", "KOR"],
    },
    "purpose": "warning",
    "recipient": "KOR",
    "channel": "node",
    "consents": [
        {
            "by": "JPN",
            "items": ["JPN/12"],
            "category": None,
            "recipient": "KOR",
            "purpose": "warning",
            "given_at": "2016-12-15",
            "until": None,
        }
    ],
    "assurances": [
        {
            "by": "KOR",
            "level": "SECRET",
            "for": None,
            "need": True,
            "equivalent_protection": True,
            "given_at": "2016-12-15",
            "until": None,
        }
    ],
}


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a good request with some facts changed, so that both answers are common."""
    request = copy.deepcopy(GOOD)
    request["action"] = draw(REQUEST["action"])
    for key in draw(st.sets(st.sampled_from(sorted(REQUEST.keys() - {"action"})), max_size=3)):
        changed = draw(REQUEST[key])
        if isinstance(changed, dict) and draw(st.booleans()):
            changed = {**request[key], **changed}
        request[key] = changed
    return request


CLAUSE_LISTS = st.lists(st.sampled_from(CLAUSES), max_size=6)


def decided(clauses: list[str], request: dict[str, Any]) -> Decision:
    return decide(agreement_of(clauses), parse_request(json.dumps(request).encode()))


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = []
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in members:
        if isinstance(value, dict):
            found.append((*path, key))
        if isinstance(inner, dict) or (inner and isinstance(inner, list)):
            found += paths(inner, (*path, key)) if not _plain(inner) else []
    return found


def _plain(value: Any) -> bool:
    return isinstance(value, list) and not isinstance(value[0], dict)


def without(request: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    smaller = copy.deepcopy(request)
    inner: Any = smaller
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return smaller


@given(CLAUSE_LISTS, requests(), st.data())
def test_removing_a_fact_never_turns_a_denial_into_leave(
    clauses: list[str], request: dict[str, Any], data: st.DataObject
) -> None:
    # A request that does not speak of a visit names none: that is no fact that is missing.
    taken = [path for path in paths(request) if path != ("visit",)]
    smaller = without(request, data.draw(st.sampled_from(taken)))
    if decided(clauses, smaller).allowed:
        assert decided(clauses, request).allowed


GIVEN = (
    ("item", "purposes"),
    ("item", "marked"),
    ("actor", "need_to_know"),
    ("consents",),
    ("assurances",),
    ("derived", "marked"),
    ("order", "shows"),
    ("settlement", "approved_by"),
)


@given(CLAUSE_LISTS, requests(), st.sampled_from(GIVEN), st.integers(min_value=0))
def test_narrowing_what_was_given_never_adds_a_permit(
    clauses: list[str], request: dict[str, Any], path: tuple[str, ...], index: int
) -> None:
    narrowed = copy.deepcopy(request)
    rows: Any = narrowed
    for key in path:
        rows = rows.get(key) if rows else None
    if rows:
        del rows[index % len(rows)]
    if decided(clauses, narrowed).allowed:
        assert decided(clauses, request).allowed


@given(CLAUSE_LISTS, requests(), st.sampled_from(CLAUSES))
def test_another_clause_never_widens_what_it_does_not_permit(
    clauses: list[str], request: dict[str, Any], added: str
) -> None:
    kind = find_kind(added.partition("]]")[0].removeprefix("[[article."))
    assert kind is not None
    after = decided([*clauses, added], request)
    if after.allowed and request["action"] not in kind.permits:
        assert decided(clauses, request).allowed


@given(CLAUSE_LISTS, requests())
def test_every_denial_cites_and_every_leave_rests_on_a_permit(
    clauses: list[str], request: dict[str, Any]
) -> None:
    decision = decided(clauses, request)
    permits = {
        rule.clause
        for rule in agreement_of(clauses).rules.by_action[request["action"]]
        if request["action"] in rule.permits
    }
    if decision.allowed:
        assert {row.clause for row in decision.articles} <= permits
        assert decision.articles
        assert (decision.unmet, decision.unknown) == ((), ())
    else:
        assert decision.articles or decision.unmet or decision.unknown
        assert all(row.why for row in (*decision.articles, *decision.unmet))
        assert decision.unmet or permits


@given(CLAUSE_LISTS, requests(), st.randoms(use_true_random=False))
def test_the_order_of_clauses_and_consents_changes_no_answer(
    clauses: list[str], request: dict[str, Any], random: Any
) -> None:
    shuffled = copy.deepcopy(request)
    random.shuffle(shuffled["consents"])
    random.shuffle(shuffled["assurances"])
    decision = decided(clauses, request)
    assert decided(clauses, shuffled).decision == decision.decision
    raw = format_json(decision_json(decision))
    assert format_json(decision_json(decided(clauses, request))) == raw


@given(requests())
def test_termination_never_widens_anything(request: dict[str, Any]) -> None:
    clauses = [clause for clause in CLAUSES if "when" not in clause and "top" not in clause]
    before = decided(clauses, {**request, "agreement_state": "in_force"})
    after = decided(clauses, {**request, "agreement_state": "terminated"})
    assert before.allowed or not after.allowed
