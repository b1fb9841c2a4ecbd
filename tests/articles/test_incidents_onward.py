# SPDX-License-Identifier: Apache-2.0
"""A loss at a third party is told to the originators: on through whoever passed the item on.

Seoul holds by one agreement what Japan gave to Washington by another; Japan hears of its loss.
"""

from __future__ import annotations

from typing import Any

import pytest

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.flows.cases.incidents import Report, close_incident, give_findings, report_incident
from comity.flows.duties.listing import list_duties
from comity.flows.not_counted import NotCounted
from comity.flows.passing.telling import tell_incident_on
from comity.flows.speak import Entered
from comity.state.queries_cases import is_closed
from comity.statement.cases import Affected, Certainty, Harm, Outcome
from tests.articles.keeping_worlds import engage
from tests.articles.outcomes import passed
from tests.builders.pacts import JPN_USA, KOR_USA, Story
from tests.builders.world import CLERK, JPN, KOR, OFFICER, READER, USA, Node, run

OTHER = PersonId("other-desk")


@pytest.fixture
def gone(story: Story, item: Place) -> Place:
    """Give the item as it went on, which Seoul holds."""
    story.consent(item)
    release = passed(story.pass_on(item)).release
    story.second.settle()
    story.kor.receipt(release)
    story.second.settle()
    story.first.settle()
    return release


def report(node: Node, agreement: AgreementId, item: Place, **more: Any) -> Entered:
    usual: dict[str, Any] = {"harm": Harm.LOSS, "certainty": Certainty.ACTUAL, "held_by": None}
    wish = {**usual, "begun_at": node.clock.now(), **more}
    said = run(
        report_incident(node.context, agreement, Report((Affected(item),), **wish), person=CLERK)
    )
    assert isinstance(said, Entered), said
    return said


def entered_all(outcome: tuple[Entered, ...] | Refused) -> tuple[Entered, ...]:
    assert not isinstance(outcome, Refused), outcome
    return outcome


def waits(story: Story, person: PersonId = READER) -> list[tuple[str, str]]:
    owed = run(list_duties(story.usa.context, KOR_USA, person))
    return [(each.what, str(each.about)) for each in owed.coming if "onward" in each.what]


@pytest.mark.row("G17", "G6a")
def test_g17_a_loss_at_a_third_party_is_told_on_to_the_originator_who_closes_it(
    story: Story, item: Place, gone: Place
) -> None:
    engage(story.usa, OTHER, Role.READER, need_to_know=("nuclear-test",))
    lost = report(story.kor, KOR_USA, gone).place
    assert waits(story) == []
    story.second.settle()
    assert waits(story) == [("onward.incident", str(lost))]
    assert waits(story, OTHER) == []
    (said,) = entered_all(run(tell_incident_on(story.usa.context, KOR_USA, lost, CLERK)))
    told = said.place
    assert waits(story) == []
    with pytest.raises(StateError) as caught:
        run(tell_incident_on(story.usa.context, KOR_USA, lost, CLERK))
    assert caught.value.code == "passing.incident-told"
    story.first.settle()
    incident = story.jpn.view().fold.state.incidents.get(told)
    assert incident is not None
    assert (incident.report.held_by, incident.answers, incident.closers) == (KOR, USA, (JPN,))
    found = story.kor.view().fold.state.incidents.get(lost)
    assert found is not None
    assert incident.report.found_at == found.report.found_at
    owed = run(list_duties(story.jpn.context, JPN_USA)).duties
    assert not [each for each in owed if each.owed_by == KOR]
    outcome, measures = Outcome.LOSS, ("retrained",)
    run(
        give_findings(
            story.usa.context, JPN_USA, told, outcome=outcome, measures=measures, person=OFFICER
        )
    )
    story.first.settle()
    run(close_incident(story.jpn.context, JPN_USA, told, OFFICER))
    story.first.settle()
    for node in (story.jpn, story.usa):
        state = node.view().fold.state
        known = state.incidents.get(told)
        assert known is not None
        assert is_closed(state, known)
    assert story.first.equal()


@pytest.mark.row("G17", "G6a")
def test_g17_each_of_two_losses_is_told_on_by_itself(
    story: Story, item: Place, gone: Place
) -> None:
    first = report(story.kor, KOR_USA, gone).place
    story.second.move(60_000)
    second = report(story.kor, KOR_USA, gone, certainty=Certainty.POSSIBLE).place
    story.second.settle()
    assert len(waits(story)) == 2
    run(tell_incident_on(story.usa.context, KOR_USA, second, CLERK))
    assert waits(story) == [("onward.incident", str(first))]


@pytest.mark.row("G17", "G6a")
def test_g17_what_befell_it_with_whom_it_was_never_passed_on_to_is_not_taken(
    story: Story, item: Place
) -> None:
    """Washington has given nothing to Seoul; a third party that nobody knows is none either."""
    for party in (KOR, PartyId("GER")):
        with pytest.raises(NotCounted) as caught:
            report(story.usa, JPN_USA, item, held_by=party)
        assert caught.value.code == "incident.not-a-holder"


@pytest.mark.row("G17")
def test_g17_a_loss_of_what_is_washingtons_own_is_told_on_to_nobody(
    story: Story, gone: Place
) -> None:
    own = story.second[USA].release(KOR).place
    story.second.settle()
    story.kor.receipt(own)
    lost = report(story.kor, KOR_USA, own).place
    story.second.settle()
    assert waits(story) == []
    with pytest.raises(StateError):
        run(tell_incident_on(story.usa.context, KOR_USA, lost, CLERK))
