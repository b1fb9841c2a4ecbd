# SPDX-License-Identifier: Apache-2.0
"""A forwarder that kept a release back until its consent was withdrawn, and dates it before that.

What docs/decisions/0014 rests on: bytes cannot tell it from a slow courier, so it counts alike on
all nodes; but it stands on record against its speaker, and one word said since gives it away.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from comity.basis.errors import EquivocationError
from comity.basis.ids import AgreementId, Place
from comity.basis.instants import DAY_MS
from comity.flows.evidence import take_evidence
from comity.flows.foreign_items import pins_here
from comity.flows.passing.onward import PassedOn
from comity.statement.evidence import Testimony as Shown
from comity.statement.evidence import read_evidence, verify_evidence
from comity.statement.information import ConsentWithdraw
from comity.statement.passing import ItemThirdPartyRelease
from comity.statement.treaty import AgreementAnnouncement
from tests.articles.outcomes import exposed, passed
from tests.builders.pacts import KOR_USA, Story
from tests.builders.world import A_YEAR, JPN, KOR, USA, Node, compose_raw, enter_raw, run


class Withheld:
    """Discs of Washington's for Tokyo and Seoul, made while the consent stood and kept back."""

    def __init__(self, story: Story, item: Place, folder: Path) -> None:
        self.given = story.consent(item)
        apart = Story(story.world.copy(folder))
        self.gone: PassedOn = passed(apart.pass_on(item))
        self.to_tokyo = apart.usa.pack(JPN, "to-tokyo").names[-1]
        self.to_seoul = apart.usa.pack(KOR, "to-seoul").names[-1]


@pytest.fixture
def withheld(story: Story, item: Place, tmp_path: Path) -> Withheld:
    """Keep a release back, for a month, until Japan withdraws and Washington acknowledges that."""
    made = Withheld(story, item, tmp_path / "apart")
    story.world.move(30 * DAY_MS)
    story.jpn.promise(ConsentWithdraw(made.given))
    story.first.settle()
    story.world.move(DAY_MS)
    return made


def evidence_of(node: Node, agreement: AgreementId, place: Place) -> Shown:
    files = run(take_evidence(node.context, agreement, place))
    return verify_evidence(read_evidence(files), trusted=run(pins_here(node.context)))


def acknowledged(shown: Shown) -> int:
    (when,) = {each for row in shown.acknowledged for each in row.times_s}
    return when


@pytest.mark.row("G6a")
def test_g6a_what_was_withheld_in_silence_counts_alike_and_stands_on_record_against_its_speaker(
    story: Story, withheld: Withheld
) -> None:
    story.jpn.take(withheld.to_tokyo)
    story.kor.take(withheld.to_seoul)
    gone = withheld.gone
    (row,) = story.jpn.view().fold.state.passed_on.values()
    assert (row.place, row.said.consents) == (gone.said, (withheld.given,))
    assert exposed(story.jpn) == []
    assert gone.release in story.kor.view().fold.state.items
    story.kor.answer()
    assert story.kor.said("item.refusal") == []
    (withdrawal,) = story.jpn.view().fold.state.withdrawals.values()
    story.jpn.pack(USA, "answer")  # acknowledges what came
    late = evidence_of(story.jpn, story.jpn.agreement, gone.said)
    known = evidence_of(story.jpn, story.jpn.agreement, withdrawal)
    assert late.statement.at < known.statement.at
    assert dict(late.statement.seen)[JPN] <= withdrawal.index  # it says that it had not seen it
    assert acknowledged(known) < acknowledged(late)  # it had, before anybody met its word


@pytest.mark.row("G6a")
def test_g6a_one_word_said_since_the_withdrawal_shows_two_histories(
    story: Story, withheld: Withheld
) -> None:
    story.usa.declare(AgreementAnnouncement("on another matter", A_YEAR, ""))
    story.first.settle()
    with pytest.raises(EquivocationError):
        story.jpn.take(withheld.to_tokyo)
    assert list(story.jpn.view().fold.state.passed_on.values()) == []


@pytest.mark.row("G6a")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "passing.without-leave"),
        ({"at": "2016-11-23T00:00:00.000Z"}, "statement.at-not-later"),
        ({"seen": lambda seen: {**seen, JPN: seen[JPN] - 1}}, "statement.seen-decreased"),
    ],
    ids=["as it is", "at", "seen"],
)
def test_g6a_after_a_word_said_since_no_date_and_no_blindness_helps(
    story: Story, item: Place, withheld: Withheld, changes: dict[str, Any], code: str
) -> None:
    usa = story.usa
    usa.declare(AgreementAnnouncement("on another matter", A_YEAR, ""))
    body = ItemThirdPartyRelease(item, KOR, "warning", (withheld.given,), KOR_USA)
    place = enter_raw(usa, compose_raw(usa, usa.write(body), **changes))
    story.first.settle()
    said = [(each["index"], each["code"]) for each in story.jpn.said("statement.reject")]
    assert said == [(place.index, code)]
    assert list(story.jpn.view().fold.state.passed_on.values()) == []
