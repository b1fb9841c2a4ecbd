# SPDX-License-Identifier: Apache-2.0
"""Purposes, assurances, ways; and the hub, by which alone Japan and Seoul give each other items.

Japan gives an item to Washington, which may pass it on to Seoul: by its consent, item by item.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from comity.agreement.model import Agreement
from comity.basis.ids import AgreementId, PartyId, Place
from comity.basis.instants import parse_date
from comity.decision import stages
from comity.decision.admission import Admitted
from comity.decision.deciding import Decision, decide
from comity.decision.request import Consent, Request
from comity.decision.stages import Cleared, Refused
from comity.flows.admission import admit_item
from comity.flows.draft_previews import preview_to_each
from comity.flows.drafts import ItemDraft, KeptDraft, preview_draft
from comity.flows.listing import show_item
from comity.flows.passing.linking import link_onward
from comity.flows.passing.onward import PassedOn
from comity.flows.passing.wishes import kept_passings
from comity.flows.release import release_draft
from comity.flows.release_now import release_now
from comity.flows.reports.public import public_report
from comity.flows.speak import Entered
from comity.sealing.payload import PayloadHeader
from comity.state.closing import Keeping
from comity.statement.information import AssuranceGive, ConsentGive, ConsentWithdraw
from tests.articles.outcomes import passed, why
from tests.builders.pacts import (
    JPN_USA,
    KOR_USA,
    MARKS,
    TISA,
    Story,
    marked,
)
from tests.builders.pushes import push, push_from
from tests.builders.signed_requests import Partner
from tests.builders.world import (
    A_YEAR,
    AUDITOR,
    JPN,
    KOR,
    MARKING,
    OFFICER,
    TEXT,
    USA,
    Node,
    run,
)

GER = PartyId("GER")


# G6c, G6b, G7.5, G9


@pytest.mark.row("G6c")
def test_g6c_another_purpose_needs_the_originators_consent_too(story: Story, item: Place) -> None:
    usa = story.usa
    denied = usa.open(item, purpose="study")
    assert why(denied) == ["6(c)"]
    story.jpn.promise(ConsentGive(None, (item,), None, USA, "study", None, ""))
    assert why(usa.open(item, purpose="study")) == ["6(c)"]
    story.first.settle()
    assert usa.read(item, purpose="study") == TEXT


@pytest.mark.row("G6b", "G7.5")
@pytest.mark.parametrize(
    "assurance",
    [
        AssuranceGive("CONFIDENTIAL", None, need=True, equivalent_protection=False, until=A_YEAR),
        AssuranceGive("CONFIDENTIAL", None, need=False, equivalent_protection=True, until=A_YEAR),
        AssuranceGive(
            "CONFIDENTIAL",
            None,
            need=True,
            equivalent_protection=True,
            until=parse_date("2016-11-22"),
        ),
        None,
    ],
    ids=["protection", "need", "expired", "none"],
)
def test_g7_5_nothing_is_sealed_before_the_recipient_has_assured_it(
    unassured: Story, assurance: AssuranceGive | None
) -> None:
    story = unassured
    if assurance is not None:
        story.usa.promise(assurance)
        story.first.settle()
    before = run(story.jpn.ports.blobs.digests())
    assert why(story.jpn.draft([USA])) == ["7(5)"]
    assert run(story.jpn.ports.blobs.digests()) == before


@pytest.mark.row("G7.5")
def test_g7_5_an_assurance_covers_up_to_its_level(unassured: Story) -> None:
    story = unassured
    story.usa.promise(
        AssuranceGive("CONFIDENTIAL", None, need=True, equivalent_protection=True, until=A_YEAR)
    )
    story.first.settle()
    assert why(story.jpn.draft([USA], marking=MARKS[JPN][0])) == ["7(5)"]
    assert isinstance(story.jpn.draft([USA]), KeptDraft)


@pytest.mark.row("G9")
def test_g9_it_travels_by_the_ways_that_the_file_names_and_from_nobody_unknown(
    story: Story, item: Place
) -> None:
    assert why(story.jpn.draft([USA], channel="private-mail")) == ["9"]
    stranger = Partner(story.kor, story.jpn)
    assert stranger.get(stranger.path(story.jpn, "checkpoint")).status == 404


def custody(node: Node, place: Place) -> Keeping:
    """Say how far an item's keeping by Washington is, as its row shows it at a node."""
    row = run(show_item(node.context, AgreementId(JPN_USA), place, OFFICER))
    assert not isinstance(row, Refused)
    return dict(row.keeping)[USA]


@pytest.mark.row("G9")
def test_g9_custody_passes_with_the_receipt_and_not_with_the_sending(story: Story) -> None:
    place = story.jpn.release(USA).place
    story.first.settle()
    sent = story.usa.view().fold.state.items.get(place)
    assert sent is not None  # it was sent, and came
    for node in (story.jpn, story.usa):
        assert node.view().fold.state.receipts.get((place, USA)) is None
        assert custody(node, place) is Keeping.SENT
    with pytest.raises(AssertionError):
        story.usa.read(place)
    story.usa.receipt(place)
    assert story.usa.view().fold.state.receipts.get((place, USA)) is not None
    assert story.jpn.view().fold.state.receipts.get((place, USA)) is None  # not heard of yet
    assert [custody(each, place) for each in (story.usa, story.jpn)] == [Keeping.HELD, Keeping.SENT]
    story.first.settle()
    assert custody(story.jpn, place) is Keeping.HELD
    receipt = story.jpn.view().fold.state.receipts.get((place, USA))
    assert receipt is not None
    assert receipt.marking == MARKS[USA][1]


@pytest.mark.row("G9")
def test_g9_nothing_is_taken_from_an_end_that_no_card_names(story: Story) -> None:
    """Seoul is no party between Tokyo and Washington: nobody there reads what it brings."""
    jpn, usa = story.first.jpn, story.usa
    strange = push_from(story.kor, 0)
    heads = jpn.sizes()
    assert [push(jpn, strange, by=each).status for each in (None, story.kor)] == [404, 404]
    assert jpn.sizes() == heads
    usa.promise(
        AssuranceGive("CONFIDENTIAL", None, need=True, equivalent_protection=True, until=A_YEAR)
    )
    assert push(jpn, push_from(usa, heads[USA]), by=usa).status == 200
    assert jpn.sizes()[USA] > heads[USA]


# The hub


def through_tisa(story: Story, item: Place, **changes: object) -> PassedOn | Refused:
    return story.pass_on(item, arrangement=TISA, **changes)


@pytest.mark.row("T3", "T4", "T5")
def test_t5_one_consent_and_three_decisions_under_three_agreements(
    story: Story, item: Place
) -> None:
    given = story.consent(item)
    gone = passed(through_tisa(story, item))
    told = [(each.agreement, each.action, each.allowed) for each in gone.decisions]
    assert told == [
        (JPN_USA, "third_party_release", True),
        (TISA, "release", True),
        (KOR_USA, "release", True),
    ]
    cited = {each.agreement: {c.clause for c in each.articles} for each in gone.decisions}
    assert cited[JPN_USA] == {"third_party_rule"}
    (row,) = story.usa.view().fold.state.passed_on.values()
    assert row.said.consents == (given,)


def journalled(story: Story, outcome: str) -> list[tuple[str, list[tuple[object, ...]]]]:
    """List the lines that name what several agreements answered, each with these answers."""
    return [
        (
            line["act"],
            [
                (e["agreement"], e["decision"], e["articles"], e["version"], len(e["file"]))
                for e in line["details"]["decisions"]
            ],
        )
        for line in story.usa.journal()
        if line["outcome"] == outcome and "decisions" in line["details"]
    ]


@pytest.mark.row("T3", "T4", "T5")
def test_t3_the_journal_names_all_three_decisions_with_every_act_that_rests_on_them(
    story: Story, item: Place
) -> None:
    story.consent(item)
    gone = passed(through_tisa(story, item))
    three: list[tuple[object, ...]] = [
        (JPN_USA, "allow", ["6(a)"], 1, 64),
        (TISA, "allow", ["2"], 1, 64),
        (KOR_USA, "allow", ["2"], 1, 64),
    ]
    assert [each.agreement for each in gone.decisions] == [each for each, *_ in three]
    acts = ("item.draft", "item.third_party_release", "item.release")
    assert journalled(story, "done") == [(act, three) for act in acts]
    assert isinstance(story.pass_on(item, purpose="study"), Refused)
    assert journalled(story, "done") == [(act, three) for act in acts]


@pytest.mark.row("T3", "T4", "T5")
def test_t3_the_journal_names_of_a_refusal_who_refused_and_who_did_not(
    story: Story, item: Place
) -> None:
    refused = through_tisa(story, item)
    assert isinstance(refused, Refused)
    assert [(each.agreement, each.allowed) for each in refused.asked] == [
        (JPN_USA, False),
        (TISA, False),
        (KOR_USA, True),
    ]
    ((act, answers),) = journalled(story, "refused")
    assert act == "third_party_release"
    assert answers == [
        (JPN_USA, "deny", ["6(a)"], 1, 64),
        (TISA, "deny", ["4"], 1, 64),
        (KOR_USA, "allow", ["2"], 1, 64),
    ]
    assert journalled(story, "done") == []


@pytest.mark.row("T3")
def test_t3_a_year_counts_a_refusal_under_the_agreement_whose_article_it_is(
    story: Story, item: Place
) -> None:
    for _ in range(5):
        assert isinstance(through_tisa(story, item), Refused)
    found: Any = run(public_report(story.usa.context, 2016, AUDITOR))
    rows = found.value["refusals_here"]["rows"]
    counted = [(each["agreement"], each["article"], each["count"]) for each in rows]
    assert counted == [(JPN_USA, "6(a)", 5), (TISA, "4", 5)]


@pytest.mark.row("T4")
def test_t4_two_receipts_are_linked_in_the_originators_registers(story: Story, item: Place) -> None:
    story.consent(item)
    gone = passed(through_tisa(story, item))
    story.second.settle()
    taken = story.kor.receipt(gone.release)
    assert isinstance(taken, Entered)
    story.second.settle()
    assert len(run(link_onward(story.usa.context))) <= 1
    assert run(link_onward(story.usa.context)) == ()
    story.first.settle()
    state = story.jpn.view().fold.state
    (row,) = state.passed_on.values()
    assert state.receipts.get((item, USA)) is not None
    assert (row.release, row.receipt) == (gone.release, taken.place)
    assert run(kept_passings(story.usa.context)) == ()


@pytest.mark.row("T4")
def test_t4_the_hub_passes_on_only_what_is_marked_for_that_recipient(
    story: Story,
) -> None:
    for mark in (None, structs.replace(marked(GER))):
        item = story.give(sharing=mark)
        story.consent(item)
        refused = through_tisa(story, item)
        assert why(refused) == ["4"]
        assert isinstance(story.pass_on(item), PassedOn)


@pytest.mark.row("T4b")
def test_t4b_the_hub_passes_nothing_on_without_the_originators_approval(
    story: Story, item: Place
) -> None:
    refused = through_tisa(story, item)
    assert sorted(set(why(refused))) == ["4", "6(a)"]
    other = story.give(sharing=marked(KOR))
    story.consent(other)
    assert sorted(set(why(through_tisa(story, item)))) == ["4", "6(a)"]
    assert isinstance(through_tisa(story, other), PassedOn)


@pytest.mark.row("T4b")
def test_t4b_a_consent_for_a_whole_category_is_leave_under_2007_and_no_approval_here(
    story: Story, item: Place
) -> None:
    body = ConsentGive(None, (), "missile-warning", KOR, "warning", None, "")
    story.jpn.promise(body)
    story.world.carry(JPN, USA)
    refused = through_tisa(story, item)
    assert isinstance(refused, Refused)
    assert why(refused) == ["4"]
    assert [each.why for each in refused.findings] == [
        "no prior written consent of 'JPN' names this item (tisa-2014)"
    ]
    story.consent(item)
    assert isinstance(through_tisa(story, item), PassedOn)


@pytest.mark.row("T4")
def test_t4_nothing_goes_straight_between_the_two_others(story: Story) -> None:
    world = story.world
    jpn, kor, usa = (replace(world[each], agreement=TISA) for each in (JPN, KOR, USA))
    refused = jpn.draft([KOR])
    assert "4" in why(refused)
    start = kor.sizes()[JPN]
    jpn.promise(AssuranceGive("SECRET", None, need=True, equivalent_protection=True, until=A_YEAR))
    pushed = push_from(jpn, start)
    assert push(kor, pushed).status == 404
    assert push(kor, pushed, by=jpn).status == 404
    assert kor.sizes()[JPN] == start
    asks = Partner(kor, jpn)
    assert asks.get(asks.path(jpn, "checkpoint")).status == 404
    world.carry(JPN, KOR)
    assert kor.sizes()[JPN] == start
    assert push(usa, pushed).status == 200
    assert push(kor, pushed, by=usa).status == 200
    assert kor.sizes()[JPN] == start + 1


# A pact under which the hub itself releases


def in_tisa(story: Story) -> tuple[Node, Node, Node]:
    jpn, kor, usa = (replace(story.world[each], agreement=TISA) for each in (JPN, KOR, USA))
    return jpn, kor, usa


def let_in(node: Node, place: Place) -> object:
    view = node.view()
    return run(admit_item(node.context, view, view.item(place)))


@pytest.mark.row("T4", "T4b")
def test_t4b_what_the_hub_itself_originates_it_approves_of_by_giving_it(story: Story) -> None:
    _, kor, usa = in_tisa(story)
    assert why(usa.draft([KOR])) == ["4"]
    assert why(usa.draft([KOR], sharing=marked(GER))) == ["4"]
    own = usa.release(KOR, sharing=marked(KOR)).place
    story.world.carry(USA, KOR)
    assert isinstance(let_in(kor, own), Admitted)


@pytest.mark.row("T4b")
def test_t4b_what_is_anothers_too_goes_with_its_consent_for_every_purpose(story: Story) -> None:
    jpn, kor, usa = in_tisa(story)
    both: dict[str, Any] = {"sharing": marked(KOR), "originators": (JPN, USA)}
    both["purposes"] = ("warning", "study")

    def consent(purpose: str) -> Place:
        body = ConsentGive(None, (), "missile-warning", KOR, purpose, None, "")
        place = jpn.promise(body).place
        story.world.carry(JPN, USA)
        return place

    assert why(usa.draft([KOR], **both)) == ["4"]
    consent("warning")
    assert why(usa.draft([KOR], **both)) == ["4"]
    last = consent("study")
    kept, item = usa.draft([KOR], **both), usa.release(KOR, **both).place
    assert isinstance(kept, KeptDraft)
    jpn.promise(ConsentWithdraw(last))
    story.world.carry(JPN, USA)
    assert why(run(release_draft(usa.context, OFFICER, kept.number))) == ["4"]
    assert push(kor, push_from(jpn, kor.sizes()[JPN]), by=usa).status == 200
    story.world.carry(USA, KOR)
    assert isinstance(let_in(kor, item), Admitted)  # it had not seen the withdrawal


def without_the_clause(agreement: Agreement, _label: object, request: Request) -> Decision:
    """Decide as if nobody had to be asked: what the request lacks is made up."""
    asked = tuple(
        Consent(each, (), request.item.category, request.recipient, "warning", request.at, None)
        for each in (JPN, USA)
    )
    return decide(agreement, replace(request, purpose="warning", consents=asked))


@pytest.mark.row("T4b")
def test_t4b_a_hub_that_asks_nobody_is_refused_where_it_brings_it(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, kor, usa = in_tisa(story)
    both: dict[str, Any] = {"sharing": marked(KOR), "originators": (JPN, USA)}
    with monkeypatch.context() as unasked:
        unasked.setattr(stages, "decide_release", without_the_clause)
        item = usa.release(KOR, **both).place
    story.world.carry(USA, KOR)
    assert why(let_in(kor, item)) == ["4"]


@pytest.mark.row("T1")
def test_t1_what_is_marked_as_another_subject_is_not_given_to_the_hub(story: Story) -> None:
    """It may go to Washington all the same, for itself and without the mark."""
    jpn = story.jpn
    before = run(jpn.ports.blobs.digests())
    refused = jpn.draft([USA], sharing=structs.replace(marked(KOR), category="dprk_cyber"))
    assert isinstance(refused, Refused)
    assert refused.decision is not None
    assert refused.decision.agreement == TISA
    assert "'dprk_cyber' is not in scope" in refused.findings[0].why
    line = jpn.journal()[-1]
    assert (line["outcome"], line["details"]["agreement"]) == ("refused", TISA)
    assert run(jpn.ports.blobs.digests()) == before
    assert isinstance(jpn.draft([USA]), KeptDraft)
    assert isinstance(jpn.draft([USA], sharing=marked(KOR)), KeptDraft)


@pytest.mark.row("T1")
def test_t1_previews_and_a_release_at_once_ask_the_arrangement_too(story: Story) -> None:
    jpn = story.jpn
    context, header = jpn.context, PayloadHeader("Launch", "text/plain")
    item = ItemDraft(
        jpn.agreement, (USA,), MARKING[JPN], "missile-warning", "document", ("warning",)
    )
    covered = replace(item, sharing=marked(KOR))
    other = replace(item, sharing=structs.replace(marked(KOR), category="dprk_cyber"))
    before = jpn.journal()
    for asked, is_cleared in ((item, True), (covered, True), (other, False)):
        alone = run(preview_draft(context, OFFICER, asked))
        (_, outcome), *_ = run(preview_to_each(context, OFFICER, asked, (USA,))).outcomes
        assert [isinstance(each, Cleared) for each in (alone, outcome)] == [is_cleared] * 2
    assert why(alone) == why(outcome) == ["2"]
    assert jpn.journal() == before
    said = len(jpn.said("item.release"))
    refused = run(release_now(context, OFFICER, other, header, TEXT))
    assert isinstance(refused, Refused)
    assert refused.decision is not None
    assert (refused.decision.agreement, why(refused)) == (TISA, ["2"])
    line = jpn.journal()[-1]
    assert (line["outcome"], line["details"]["agreement"]) == ("refused", TISA)
    assert len(jpn.said("item.release")) == said
    assert isinstance(run(release_now(context, OFFICER, covered, header, TEXT)), Entered)
