# SPDX-License-Identifier: Apache-2.0
"""Which word a release relied on stays on record: its place, and the SHA-256 of its entry."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from comity.basis.ids import Place
from comity.basis.instants import Instant
from comity.statement.information import AssuranceGive
from tests.articles.outcomes import passed, why
from tests.builders.pacts import JPN_USA, KOR_USA, MARKS, Story
from tests.builders.world import A_YEAR, JPN, KOR, USA, Node, run


def recorded(node: Node, place: Place) -> dict[str, str]:
    """Word how the journal names an entry, from its bytes in the store."""
    origin = node.view().heads[place.party].origin
    (raw,) = run(node.ports.store.entries(origin, place.index, place.index + 1))
    sha256 = hashlib.sha256(raw).hexdigest()
    return {"place": f"{node.agreement}/{place}", "sha256": sha256}


def done(node: Node, act: str) -> list[dict[str, Any]]:
    """Give the details of all acts of that name, in order."""
    lines = [each for each in node.journal() if (each["act"], each["outcome"]) == (act, "done")]
    return [each["details"] for each in lines]


@pytest.mark.row("G6b")
@pytest.mark.row("G7.5")
def test_g7_5_a_release_records_the_hash_of_each_assurance_that_covers_it(
    unassured: Story,
) -> None:
    story, jpn = unassured, unassured.jpn
    assert why(jpn.draft([USA])) == ["7(5)"]
    low, high = (
        story.usa.promise(AssuranceGive(level, None, True, True, A_YEAR)).place
        for level in ("CONFIDENTIAL", "SECRET")
    )
    story.first.settle()
    jpn.release(USA)
    both = [recorded(jpn, low), recorded(jpn, high)]
    given = jpn.view().fold.state.assurances.get((USA, None))
    assert given is not None
    assert all(each.assurance.equivalent_protection for each in given.newest.lasting)
    assert done(jpn, "item.release")[-1]["assurances"] == both
    jpn.release(USA, marking=MARKS[JPN][0])
    assert done(jpn, "item.release")[-1]["assurances"] == both[1:]


@pytest.mark.row("G7.5")
def test_g7_5_an_assurance_that_has_ended_is_not_recorded_as_relied_on(unassured: Story) -> None:
    story, jpn = unassured, unassured.jpn
    soon = Instant(jpn.clock.now() + 60_000)
    short = AssuranceGive("CONFIDENTIAL", None, True, True, soon)
    long = AssuranceGive("SECRET", None, True, True, A_YEAR)
    first, second = (story.usa.promise(each).place for each in (short, long))
    story.first.settle()
    jpn.release(USA)
    found = done(jpn, "item.release")[-1]["assurances"]
    assert found == [recorded(jpn, first), recorded(jpn, second)]
    story.world.move(120_000)
    jpn.release(USA)
    assert done(jpn, "item.release")[-1]["assurances"] == [recorded(jpn, second)]


@pytest.mark.row("G6a", "G7.5")
def test_g6a_the_journal_holds_the_hash_of_the_consent_and_of_what_the_third_party_assured(
    story: Story, item: Place
) -> None:
    given = story.consent(item)
    passed(story.pass_on(item))
    consent = [recorded(story.usa, given)]
    said, linked = done(story.usa, "item.third_party_release")
    released = done(story.usa, "item.release")[-1]
    assert (said["consents"], released["consents"]) == (consent, consent)
    assert "consents" not in linked
    assert said["statement"].startswith(f"{JPN_USA}/")
    assert released["statement"].startswith(f"{KOR_USA}/")
    hub = story.second[USA]
    (assured,) = [
        Place(KOR, at)
        for at, each in enumerate(story.kor.own_entries())
        if each["kind"] == "assurance.give"
    ]
    assert released["assurances"] == [recorded(hub, assured)]
