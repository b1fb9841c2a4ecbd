# SPDX-License-Identifier: Apache-2.0
"""A circle of response teams under the same format: TLP 2.0 by levels, IEP 2.0 by clauses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.instants import parse_instant
from comity.decision.deciding import decide
from comity.decision.request import MISSING, Actor, Consent, Item, Request

CIRCLE = read_agreement(template("cert-circle"))
AT = parse_instant("2026-03-01T00:00:00Z")
RED, STRICT, AMBER, GREEN, CLEAR = CIRCLE.levels.order
NEEDED = ("indicator",)
NAMED = Actor(party="CERT-B", id="ana", kind="official", need_to_know=NEEDED)
COLLEAGUE = Actor(party="CERT-B", id="bo", kind="official", need_to_know=NEEDED)
IDLE = Actor(party="CERT-B", id="eve", kind="official", need_to_know=("vulnerability",))
CLIENT = Actor(party="CERT-B", id="carl", kind="client", need_to_know=NEEDED)
IDLE_CLIENT = Actor(party="CERT-B", id="fay", kind="client", need_to_know=())
COMMUNITY = Actor(party="BANK-C", id="dora", kind="community", need_to_know=())
STRANGER = Actor(party=None, id=None, kind=None)
ITEM = Item(
    id="CERT-A/4",
    originators=("CERT-A",),
    category="indicator",
    form="electronic",
    purposes=("defence",),
    named_for=("ana",),
    marked=("level", "originator"),
    use_until=None,
)
MAY_OPEN = {
    RED: [NAMED],
    STRICT: [NAMED, COLLEAGUE],
    AMBER: [NAMED, COLLEAGUE, CLIENT],
    GREEN: [NAMED, COLLEAGUE, IDLE, CLIENT, IDLE_CLIENT, COMMUNITY],
    CLEAR: [NAMED, COLLEAGUE, IDLE, CLIENT, IDLE_CLIENT, COMMUNITY, STRANGER],
}


def opening(level: str, actor: Actor) -> Request:
    return Request(at=AT, action="open", actor=actor, item=replace(ITEM, level=level))


@pytest.mark.parametrize("level", CIRCLE.levels.order)
def test_each_level_is_seen_by_its_circle_alone(level: str) -> None:
    for actor in MAY_OPEN[CLEAR]:
        decision = decide(CIRCLE, opening(level, actor))
        assert decision.allowed is (actor in MAY_OPEN[level]), (level, actor)
        assert {row.article for row in decision.articles} == {"2"}


@pytest.mark.parametrize("level", [STRICT, AMBER])
def test_amber_is_for_those_who_need_to_know_and_unknown_means_no(level: str) -> None:
    (refusal,) = decide(CIRCLE, opening(level, IDLE)).articles
    assert (refusal.article, refusal.why) == ("2", "need-to-know 'indicator' is not held")
    unknown = decide(CIRCLE, opening(level, replace(COLLEAGUE, need_to_know=MISSING)))
    assert not unknown.allowed
    assert [row.fact for row in unknown.unknown] == ["actor.need_to_know"]
    asked = opening(level, COLLEAGUE)
    nameless = decide(CIRCLE, replace(asked, item=replace(asked.item, category=MISSING)))
    assert [row.fact for row in nameless.unknown] == ["item.category"]


def test_a_passed_end_of_use_makes_a_duty_and_does_not_refuse_to_open() -> None:
    over = replace(ITEM, use_until=parse_instant("2026-02-01T00:00:00Z"))
    asked = opening(RED, NAMED)
    assert decide(CIRCLE, replace(asked, item=replace(over, level=RED))).allowed
    ends = [rule for rule in CIRCLE.rules.duties if rule.clause == "retention"]
    assert {rule.when for rule in ends} == {None, "label.use_until"}


def onward(level: str, *consents: Consent) -> Request:
    return Request(
        at=AT,
        action="third_party_release",
        actor=COLLEAGUE,
        item=replace(ITEM, level=level),
        purpose="defence",
        recipient="VENDOR",
        consents=consents,
    )


@pytest.mark.parametrize("level", CIRCLE.levels.order)
def test_it_is_passed_on_only_by_consent_but_when_clear(level: str) -> None:
    consent = Consent("CERT-A", ("CERT-A/4",), None, "VENDOR", "defence", AT, None)
    assert decide(CIRCLE, onward(level)).allowed is (level == CLEAR)
    assert decide(CIRCLE, onward(level, consent)).allowed


@pytest.mark.parametrize("act", ["attribute", "resell", "transfer_goods"])
def test_the_source_is_never_named_and_nothing_is_sold(act: str) -> None:
    decision = decide(CIRCLE, replace(opening(CLEAR, NAMED), action=act))
    assert not decision.allowed
    assert {row.article for row in decision.articles} >= {"4"}


def test_what_is_sent_from_green_up_is_encrypted() -> None:
    release = Request(
        at=AT,
        action="release",
        agreement_state="in_force",
        actor=Actor(party="CERT-A"),
        recipient="CERT-B",
        channel="node",
    )
    for level in CIRCLE.levels.order:
        sent = replace(release, item=replace(ITEM, level=level))
        assert decide(CIRCLE, sent).allowed
        assert not decide(CIRCLE, replace(sent, channel="mail")).allowed


def test_what_is_made_of_it_stays_at_its_level() -> None:
    decision = decide(CIRCLE, replace(opening(STRICT, COLLEAGUE), action="derive", derived=None))
    assert {row.article for row in decision.articles} == {"3"}
