# SPDX-License-Identifier: Apache-2.0
"""Stages carry their decision; nothing but the labelled draft can be cleared."""

from dataclasses import replace

import pytest

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.basis.ids import PartyId
from comity.basis.instants import Instant
from comity.decision.deciding import Citation
from comity.decision.house import allow_house_act
from comity.decision.people import Role
from comity.decision.request import (
    MISSING,
    Actor,
    Assurance,
    Consent,
    Item,
    Request,
    Sharing,
)
from comity.decision.stages import (
    Allowed,
    Cleared,
    Refused,
    allow,
    allow_cleared,
    clear,
    of_file,
    refuse,
    refused_json,
)
from comity.marking.labels import Labelled

_HUB = b"""
[[article]]
number = "H"
source = "model"
title = { en = "The hub", ja = "x", ko = "x" }
summary = { en = "Everything goes through one participant.", ja = "x", ko = "x" }
[article.hub]
party = "KOR"
"""


def test_a_draft_that_the_agreement_lets_out_is_cleared(
    gsomia: Agreement, labelled: Labelled, request_to_release: Request
) -> None:
    cleared = clear(labelled, gsomia, request_to_release)
    assert isinstance(cleared, Cleared)
    assert cleared.draft is labelled
    assert cleared.decision.action == "release"
    allowed = allow_cleared(cleared)
    assert allowed.act == "release"
    assert [row.article for row in allowed.articles] == ["2"]
    assert allowed.decision == cleared.decision


def test_each_recipient_needs_its_own_decision(
    gsomia: Agreement, labelled: Labelled, request_to_release: Request
) -> None:
    two = replace(labelled, to=(PartyId("KOR"), PartyId("USA")))
    refused = clear(two, gsomia, request_to_release)
    assert isinstance(refused, Refused)
    assert {row.article for row in refused.findings} == {"2", "7(5)"}
    alone = clear(replace(labelled, to=()), gsomia, request_to_release)
    assert isinstance(alone, Refused)


def test_facts_of_another_item_or_speaker_cannot_clear_a_draft(
    gsomia: Agreement, labelled: Labelled, request_to_release: Request
) -> None:
    label = replace(labelled.label, level="TOP SECRET")
    forged = replace(
        request_to_release,
        action="open",
        recipient="KOR",
        item=Item(level="CONFIDENTIAL", originators=("JPN",)),
    )
    refused = clear(replace(labelled, label=label), gsomia, forged)
    assert isinstance(refused, Refused)
    foreign = replace(labelled, by=PartyId("KOR"))
    actor = Actor(party="JPN")
    assert isinstance(clear(foreign, gsomia, replace(forged, actor=actor)), Refused)


def test_a_refusal_lists_prohibitions_unmet_permits_and_missing_facts(
    gsomia: Agreement, labelled: Labelled, request_to_release: Request
) -> None:
    request = replace(request_to_release, agreement_state="signed")
    refused = clear(labelled, gsomia, Request(at=request.at, agreement_state="signed"))
    assert isinstance(refused, Refused)
    assert {(row.article, row.why) for row in refused.findings} >= {
        ("7(5)", "fact assurances is unknown"),
        ("9", "fact channel is unknown"),
    }
    assert "2" in {row.article for row in refused.findings}
    document = refused_json(refused)
    assert document["act"] == "release"
    assert document["decision"] is not None
    assert refused_json(replace(refused, decision=None))["decision"] is None
    assert document["asked"] == []
    assert refused.decision is not None
    several = refused_json(replace(refused, asked=(refused.decision,)))
    assert several["asked"] == [document["decision"]]


@pytest.fixture(scope="module")
def by_hub(gsomia: Agreement) -> Agreement:
    """The same file, exchanged through Seoul, which is not asked for itself."""
    return read_agreement(gsomia.raw + _HUB)


def test_the_hub_approves_of_its_own_by_giving_it_and_others_are_asked_for_each_purpose(
    by_hub: Agreement, labelled: Labelled, request_to_release: Request, assurance: Assurance
) -> None:
    label = replace(labelled.label, originators=(PartyId("KOR"),), marking="군사II급비밀")
    own = replace(labelled, by=PartyId("KOR"), to=(PartyId("JPN"),), label=label)
    marked = replace(
        request_to_release,
        assurances=(replace(assurance, by="JPN"),),
        sharing=Sharing("gsomia-jpn-kor", ("JPN",)),
        item=replace(request_to_release.item, id=None),
    )
    assert isinstance(clear(own, by_hub, marked), Cleared)
    unmarked = clear(own, by_hub, replace(marked, sharing=None))
    assert isinstance(unmarked, Refused)
    label = replace(
        label, originators=(PartyId("JPN"), PartyId("KOR")), purposes=("study", "warning")
    )
    both = replace(own, label=label)
    study = Consent("JPN", (), "missile-warning", "JPN", "study", request_to_release.at, None)
    warning = replace(study, purpose="warning")
    for consents in ((), (study,), (warning,)):
        refused = clear(both, by_hub, replace(marked, consents=consents))
        assert isinstance(refused, Refused)
        assert {each.clause for each in refused.findings} == {"hub"}
    given = replace(marked, consents=(study, warning))
    assert isinstance(clear(both, by_hub, given), Cleared)
    numbered = replace(given, item=replace(given.item, id="KOR/4"))
    assert isinstance(clear(both, by_hub, numbered), Cleared)


def test_whether_others_consented_must_be_known(
    by_hub: Agreement, labelled: Labelled, request_to_release: Request
) -> None:
    own = replace(labelled, by=PartyId("KOR"), to=(PartyId("JPN"),))
    refused = clear(own, by_hub, replace(request_to_release, consents=MISSING))
    assert isinstance(refused, Refused)
    assert ("H", "fact consents is unknown") in {
        (each.article, each.why) for each in refused.findings
    }


def test_a_refusal_that_asked_no_clause_names_its_file_and_one_of_our_house_none(
    gsomia: Agreement,
) -> None:
    cited = (Citation("6(h)", "recall", "called back by JPN"),)
    named = of_file(gsomia, Refused("copy.make", cited))
    assert (named.act, named.findings, named.asked) == ("copy.make", cited, ())
    assert named.decision is not None
    assert refuse(named.decision).findings == cited
    file = (named.decision.agreement, named.decision.version, named.decision.sha256)
    assert file == (gsomia.id, gsomia.version, gsomia.sha256)
    assert of_file(gsomia, None) is None
    assert allow_house_act("copy.make", (), {Role.REGISTRAR}).decision is None


def test_another_act_is_allowed_or_refused_by_its_decision(gsomia: Agreement) -> None:
    request = Request(
        at=Instant(0),
        action="reclassify",
        actor=Actor(party="JPN"),
        item=Item(originators=("JPN",)),
    )
    allowed = allow(gsomia, request)
    assert isinstance(allowed, Allowed)
    assert (allowed.act, allowed.articles[0].article) == ("reclassify", "6(g)")
    refused = allow(gsomia, replace(request, actor=Actor(party="KOR")))
    assert isinstance(refused, Refused)
    assert refused.act == "reclassify"
