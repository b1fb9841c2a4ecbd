# SPDX-License-Identifier: Apache-2.0
"""What is marked for a hub goes on by its arrangement, item by item, whoever leaves that out.

Japan consents for a whole category: leave under the agreement of 2007, no approval under 2014's.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from comity.agreement.model import Agreement
from comity.basis.errors import ProofError
from comity.basis.ids import AgreementId, PartyId, Place
from comity.decision.stages import Allowed, Refused
from comity.flows.drafts import ItemDraft, KeptDraft
from comity.flows.keeping.making_from import derive_item
from comity.flows.passing import deciding, onward
from comity.flows.passing.deciding import decide_act
from comity.flows.passing.listing import onward_releases
from comity.flows.passing.onward import PassedOn, pass_on
from comity.flows.passing.wishes import KeptPassing
from comity.flows.release import release_draft
from comity.flows.set_up import pin_agreement
from comity.flows.speak import Entered
from comity.sealing.payload import PayloadHeader
from comity.statement.information import ConsentGive, ConsentWithdraw
from tests.articles.outcomes import passed, why
from tests.builders.pacts import JPN_USA, KOR_USA, MARKS, TISA, Story, make_pacts, marked
from tests.builders.world import DRAFTER, JPN, KOR, OFFICER, TEXT, USA, entered, run

GER = PartyId("GER")
OF_CATEGORY: dict[str, Any] = {"category": "missile-warning"}
NOT_NAMED = f"no prior written consent of 'JPN' names this item ({TISA})"


def reasons(outcome: object) -> list[str]:
    assert isinstance(outcome, Refused)
    return [each.why for each in outcome.findings]


@pytest.mark.row("T4b", "T5")
def test_t4b_an_officer_who_leaves_the_arrangement_out_is_held_to_it_all_the_same(
    story: Story, item: Place
) -> None:
    story.consent(**OF_CATEGORY)
    refused = story.pass_on(item)
    assert (why(refused), reasons(refused)) == (["4"], [NOT_NAMED])
    answers = story.usa.journal()[-1]["details"]["decisions"]
    assert [(each["agreement"], each["decision"]) for each in answers] == [
        (JPN_USA, "allow"),
        (TISA, "deny"),
        (KOR_USA, "allow"),
    ]
    story.consent(item)
    gone = passed(story.pass_on(item))
    assert [each.agreement for each in gone.decisions] == [JPN_USA, TISA, KOR_USA]
    story.second.settle()
    assert isinstance(story.kor.receipt(gone.release), Entered)


@pytest.mark.row("T4", "T4b")
@pytest.mark.parametrize("mark", [None, marked(GER)], ids=["no mark", "for another"])
def test_t4b_what_is_not_marked_for_that_recipient_goes_by_two_agreements_alone(
    story: Story, mark: Any
) -> None:
    item = story.give(sharing=mark)
    story.consent(**OF_CATEGORY)
    gone = passed(story.pass_on(item))
    assert [each.agreement for each in gone.decisions] == [JPN_USA, KOR_USA]
    story.second.settle()
    assert isinstance(story.kor.receipt(gone.release), Entered)


@pytest.mark.row("T4b")
def test_t4b_a_second_person_lets_it_go_by_what_names_it_then(story: Story, item: Place) -> None:
    named = story.consent(item)
    story.consent(**OF_CATEGORY)
    kept = story.draft(item)
    assert isinstance(kept, KeptPassing)
    story.jpn.promise(ConsentWithdraw(named))
    story.first.settle()
    refused = run(pass_on(story.usa.context, OFFICER, kept.number))
    assert reasons(refused) == [NOT_NAMED]
    assert not story.usa.said("item.third_party_release")
    story.consent(item)
    assert isinstance(run(pass_on(story.usa.context, OFFICER, kept.number)), PassedOn)


@pytest.mark.row("T4b")
def test_t4b_whoever_only_asks_is_told_the_same(story: Story, item: Place, unmarked: Place) -> None:
    def may(place: Place, **more: Any) -> Allowed | Refused:
        asked = {"action": "third_party_release", "purpose": "warning", "recipient": KOR, **more}
        return run(decide_act(story.usa.context, AgreementId(JPN_USA), place, OFFICER, **asked))

    assert why(may(item)) == ["4", "6(a)"]
    story.consent(**OF_CATEGORY)
    assert reasons(may(item)) == [NOT_NAMED]
    for allowed in (may(unmarked), may(item, recipient=None, action="open")):
        assert isinstance(allowed, Allowed)
    assert why(may(item, recipient=GER)) == ["6(a)"]
    assert why(may(item, purpose=None)) == ["4", "6(a)", "6(c)"]
    story.consent(item)
    assert isinstance(may(item), Allowed)


@pytest.mark.row("T4b")
@pytest.mark.parametrize("pinned", [False, True], ids=["not pinned", "pinned, not signed"])
def test_t4b_what_is_marked_under_an_arrangement_that_nobody_here_signed_stays(
    story: Story, *, pinned: bool
) -> None:
    """What it asks is not known, and unknown means no: a consent that names the item too."""
    other = AgreementId("tisa-next")
    item = story.give(sharing=structs.replace(marked(KOR), under=other))
    if pinned:
        run(pin_agreement(story.usa.context, other, KOR))
    story.consent(item)
    refused = story.pass_on(item)
    assert why(refused) == ["6(a)"]
    assert reasons(refused) == [
        f"it is marked to be shared with KOR under {other}, which is not signed here ({JPN_USA})"
    ]


# Seoul asks for itself


async def unasked(*_: object) -> tuple[()]:
    """Ask nothing, as a hub that was tampered with."""
    return ()


def tampered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "ask_arrangements", unasked)
    monkeypatch.setattr(onward, "check_proof", unasked)


def refusals(story: Story) -> list[tuple[str, list[str]]]:
    story.second.settle()
    return [(each["code"], each["articles"]) for each in story.kor.said("item.refusal")]


@pytest.mark.row("T4b")
def test_t4b_a_hub_that_passes_it_on_by_a_consent_for_its_category_is_refused_in_seoul(
    story: Story, item: Place, unmarked: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = story.consent(**OF_CATEGORY)
    tampered(monkeypatch)
    gone = passed(story.pass_on(item))
    assert refusals(story) == [("passing.not-named", ["6(a)"])]
    with pytest.raises(AssertionError):
        story.kor.read(gone.release)
    story.first.settle()
    (row,) = story.jpn.view().fold.state.passed_on.values()
    assert (row.said.item, row.said.consents) == (item, (given,))
    fine = passed(story.pass_on(unmarked))
    story.first.settle()
    for node in (story.jpn, story.usa):
        said = run(onward_releases(node.context)).said
        assert [(each["item"], each["not_named"]) for each in said] == [
            (str(item), TISA),
            (str(unmarked), None),
        ]
    assert len(refusals(story)) == 1
    assert isinstance(story.kor.receipt(fine.release), Entered)


@pytest.mark.row("T4b")
def test_t4b_a_hub_that_does_not_ask_its_arrangement_stops_at_the_proof(
    story: Story, item: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.consent(**OF_CATEGORY)
    monkeypatch.setattr(deciding, "ask_arrangements", unasked)
    with pytest.raises(ProofError) as caught:
        story.pass_on(item)
    assert caught.value.code == "passing.not-named"
    assert not story.usa.said("item.third_party_release")


@pytest.mark.row("T4b")
def test_t4b_where_the_file_takes_the_mark_itself_a_consent_for_the_category_is_enough(
    tmp_path: Path,
) -> None:
    with make_pacts(tmp_path, approval="mark") as world:
        story = Story(world)
        item = story.give(sharing=marked(KOR))
        assert why(story.pass_on(item)) == ["6(a)"]
        story.consent(**OF_CATEGORY)
        gone = passed(story.pass_on(item))
        assert [each.agreement for each in gone.decisions] == [JPN_USA, TISA, KOR_USA]
        assert refusals(story) == []
        assert isinstance(story.kor.receipt(gone.release), Entered)
        signed = world.jpn.view(TISA).agreement()
        replace(world.jpn, agreement=TISA).propose(_asking_by_item(signed))
        world.carry(JPN, USA)
        other = story.give(sharing=marked(KOR))
        with pytest.raises(ProofError) as caught:
            story.pass_on(other)
        assert caught.value.code == "passing.not-named"


def _asking_by_item(signed: Agreement) -> bytes:
    """Write the next version, which takes no mark for approval."""
    named = f'version = 2\nsupersedes = "{signed.sha256}"'
    text = signed.raw.decode().replace("version = 1", named, 1)
    return text.replace('approval = "mark"', 'approval = "written_consent"').encode()


# What the hub makes of it


def summary(story: Story, *places: Place) -> Place:
    """Let Washington make something of Japan's items, which Japan has first."""
    wanted = ItemDraft(
        JPN_USA, (JPN,), MARKS[USA][1], "missile-warning", "document", (), derived_from=places
    )
    header = PayloadHeader("Summary", "text/plain")
    kept = run(derive_item(story.usa.context, DRAFTER, wanted, header, (TEXT,)))
    assert isinstance(kept, KeptDraft)
    made = entered(run(release_draft(story.usa.context, OFFICER, kept.number))).place
    story.first.settle()
    assert isinstance(story.jpn.receipt(made), Entered)
    story.usa.promise(ConsentGive(None, (made,), None, KOR, "warning", None, ""))
    story.consent(**OF_CATEGORY)
    return made


@pytest.mark.row("T4b")
@pytest.mark.parametrize("again", [False, True], ids=["from it", "from what was made from it"])
def test_t4b_what_is_made_from_a_marked_item_goes_on_by_a_consent_that_names_it(
    story: Story, item: Place, unmarked: Place, *, again: bool
) -> None:
    made = summary(story, item, unmarked)
    if again:
        made = summary(story, made)
    assert why(story.pass_on(made)) == ["4"]
    story.consent(item)
    assert why(story.pass_on(made)) == ["4"]
    story.consent(made)
    gone = passed(story.pass_on(made))
    assert [each.agreement for each in gone.decisions] == [JPN_USA, TISA, KOR_USA]
    assert [each["not_named"] for each in run(onward_releases(story.usa.context)).said] == [None]
    assert refusals(story) == []
    assert isinstance(story.kor.receipt(gone.release), Entered)


@pytest.mark.row("T4b")
def test_t4b_what_is_made_from_unmarked_items_is_not_asked_for_by_number(
    story: Story, unmarked: Place
) -> None:
    gone = passed(story.pass_on(summary(story, unmarked)))
    assert [each.agreement for each in gone.decisions] == [JPN_USA, KOR_USA]


@pytest.mark.row("T4b")
def test_t4b_a_mark_under_an_agreement_to_which_the_recipient_is_no_party_lets_nothing_go(
    story: Story,
) -> None:
    item = story.give(sharing=structs.replace(marked(KOR), under=JPN_USA))
    story.consent(item)
    (first, *_) = reasons(story.pass_on(item))
    assert first == f"recipient 'KOR' is not a party: JPN, USA ({JPN_USA})"
