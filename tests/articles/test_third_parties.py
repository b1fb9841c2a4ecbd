# SPDX-License-Identifier: Apache-2.0
"""Nothing goes to a third party without its originators: asked, given, shown, withdrawn, exposed.

Japan gives an item to Washington, which may pass it on to Seoul: by its consent, item by item.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from comity.agreement.acts import Recalled
from comity.basis.errors import InputError, StateError
from comity.basis.ids import PartyId, Place
from comity.basis.instants import Instant, parse_date
from comity.decision.stages import Cleared, Refused
from comity.flows import foreign_items
from comity.flows.context import Context
from comity.flows.drafts import KeptDraft, find_label
from comity.flows.passing import deciding, onward
from comity.flows.passing.deciding import MayGo, clear_onward
from comity.flows.passing.linking import link_onward
from comity.flows.passing.onward import PassedOn, pass_on
from comity.flows.passing.wishes import KeptPassing, OnwardDraft, kept_passings
from comity.flows.release import release_draft
from comity.flows.speak import Entered
from comity.marking.labels import Labelled
from comity.sealing.proofs import seal_proof
from comity.sealing.stages import seal
from comity.statement.handling import ItemRecall
from comity.statement.information import ConsentAsk, ConsentGive, ConsentWithdraw
from comity.statement.passing import ItemThirdPartyRelease, Onward
from comity.statement.trust import StatementReject
from tests.articles.outcomes import exposed, passed, why
from tests.builders.pacts import (
    JPN_USA,
    KOR_USA,
    MARKS,
    Story,
)
from tests.builders.world import (
    A_YEAR,
    JPN,
    KOR,
    OFFICER,
    READER,
    TEXT,
    USA,
    compose_raw,
    enter_raw,
    run,
)

GER = PartyId("GER")
MINUTE = 60_000


@pytest.fixture
def item(unmarked: Place) -> Place:
    """Name the item that is no hub's: what is marked for one, its arrangement decides besides."""
    return unmarked


async def unasked(*_: object) -> None:
    """Check nothing, as a forwarder's own node that was tampered with."""


# G6a: third parties


@pytest.mark.row("G6a")
def test_g6a_with_its_originators_consent_an_item_goes_on_and_its_proof_with_it(
    story: Story, item: Place
) -> None:
    given = story.consent(item)
    gone = passed(story.pass_on(item))
    story.second.settle()
    story.kor.receipt(gone.release)
    assert story.kor.read(gone.release) == TEXT
    label = story.kor.view().item(gone.release).release.label
    assert label.originators == (JPN, USA)
    story.second.settle()
    story.first.settle()
    (row,) = story.jpn.view().fold.state.passed_on.values()
    assert (row.said.recipient, row.said.consents, row.release) == (KOR, (given,), gone.release)
    assert story.first.equal()
    assert story.second.equal()


@pytest.mark.row("G6a")
def test_g6a_without_consent_nothing_goes_on(story: Story, item: Place) -> None:
    assert why(story.pass_on(item)) == ["6(a)"]
    assert story.usa.acts()[-1] == ("third_party_release", "refused")
    assert run(kept_passings(story.usa.context)) == ()


@pytest.mark.row("G6a")
@pytest.mark.parametrize(
    "changes",
    [
        {"recipient": GER},
        {"purpose": "study"},
        {"items": (), "category": "nuclear-test"},
        {"until": parse_date("2016-11-22")},
    ],
    ids=["recipient", "purpose", "category", "expired"],
)
def test_g6a_a_consent_for_another_or_that_is_past_lets_nothing_go(
    story: Story, item: Place, changes: dict[str, object]
) -> None:
    items = changes.pop("items", (item,))
    assert isinstance(items, tuple)
    story.consent(*items, **changes)
    assert why(story.pass_on(item)) == ["6(a)"]


@pytest.mark.row("G6a")
def test_g6a_a_consent_for_the_category_lets_the_item_go(story: Story, item: Place) -> None:
    story.consent(category="missile-warning", until=A_YEAR)
    gone = passed(story.pass_on(item))
    story.second.settle()
    assert isinstance(story.kor.receipt(gone.release), Entered)


@pytest.mark.row("G6a")
def test_g6a_a_consent_that_is_not_here_yet_is_none(story: Story, item: Place) -> None:
    """Dated before, and not within what we have seen: only what is seen counts."""
    story.jpn.promise(ConsentGive(None, (item,), None, KOR, "warning", None, ""))
    assert why(story.pass_on(item)) == ["6(a)"]


@pytest.mark.row("G6a")
def test_g6a_a_consent_that_is_withdrawn_lets_nothing_go(story: Story, item: Place) -> None:
    given = story.consent(item)
    story.jpn.promise(ConsentWithdraw(given))
    story.first.settle()
    assert why(story.pass_on(item)) == ["6(a)"]


@pytest.mark.row("G6a")
def test_g6a_a_consent_withdrawn_while_the_release_is_on_its_way_has_one_outcome(
    story: Story, item: Place
) -> None:
    given = story.consent(item)
    gone = passed(story.pass_on(item))
    story.jpn.promise(ConsentWithdraw(given))
    story.first.settle()
    story.second.settle()
    assert story.first.equal()
    assert exposed(story.jpn) == exposed(story.usa) == []
    assert isinstance(story.kor.receipt(gone.release), Entered)
    again = story.pass_on(item)
    assert why(again) == ["6(a)"]


@pytest.mark.row("G6a")
def test_g6a_a_forwarder_without_leave_stands_listed_with_the_article_on_both_nodes(
    story: Story, item: Place
) -> None:
    """It holds its own keys, claims a consent that it was not given, and says so."""
    usa = story.usa
    for consents in ((), (Place(JPN, 1),)):
        body = ItemThirdPartyRelease(item, KOR, "warning", consents, KOR_USA)
        enter_raw(usa, compose_raw(usa, usa.write(body)))
    story.first.settle()
    assert exposed(story.jpn) == [("passing.without-leave", "6(a)")] * 2
    assert exposed(story.usa) == exposed(story.jpn)
    rejected = [(each["code"], each["article"]) for each in story.jpn.said("statement.reject")]
    assert rejected == [("passing.without-leave", "6(a)")] * 2


@pytest.mark.row("G6a")
def test_g6a_a_consent_outside_what_the_forwarder_had_seen_covers_nothing(
    story: Story, item: Place
) -> None:
    """The statement is dated later than the consent, and says itself that it had not seen it."""
    usa = story.usa
    before = usa.sizes()[JPN]
    body = ItemThirdPartyRelease(item, KOR, "warning", (Place(JPN, before),), KOR_USA)
    raw = compose_raw(usa, usa.write(body))
    enter_raw(usa, raw)
    given = story.jpn.promise(ConsentGive(None, (item,), None, KOR, "warning", None, ""))
    assert given.place == Place(JPN, before)
    story.first.settle()
    assert exposed(story.jpn) == exposed(usa) == [("passing.without-leave", "6(a)")]


@pytest.mark.row("G6a")
def test_g6a_a_partner_asks_and_is_given_consent_for_what_it_asked(
    story: Story, item: Place
) -> None:
    asked = story.usa.promise(ConsentAsk((item,), None, KOR, "warning", A_YEAR)).place
    story.first.settle()
    given = story.jpn.promise(ConsentGive(asked, (item,), None, KOR, "warning", A_YEAR, "")).place
    story.first.settle()
    gone = passed(story.pass_on(item))
    (row,) = story.usa.view().fold.state.passed_on.values()
    assert row.said.consents == (given,)
    assert gone.said == row.place


@pytest.mark.row("G6a")
def test_g6a_two_persons_let_it_go_from_the_level_that_the_house_names(
    story: Story,
) -> None:
    high = story.give(marking=MARKS[JPN][0])
    story.consent(high)
    kept = story.draft(high, OFFICER, marking=MARKS[USA][0])
    assert isinstance(kept, KeptPassing)
    alone = run(pass_on(story.usa.context, OFFICER, kept.number))
    assert isinstance(alone, Refused)
    assert [each.clause for each in alone.findings] == ["two_persons"]
    assert why(run(pass_on(story.usa.context, READER, kept.number))) == ["house"]


def test_g6a_it_goes_on_at_no_lower_level(story: Story) -> None:
    high = story.give(marking=MARKS[JPN][0])
    story.consent(high)
    refused = story.pass_on(high, marking=MARKS[USA][1])
    assert isinstance(refused, Refused)
    assert [each.clause for each in refused.findings] == ["level"]


@pytest.mark.row("G4.1", "G6a")
def test_g4_1_nothing_goes_on_under_a_marking_that_is_not_listed_there(
    story: Story, item: Place
) -> None:
    story.consent(item)
    refused = story.draft(item, marking="機密")
    assert isinstance(refused, Refused)
    assert [(each.article, each.clause) for each in refused.findings] == [("4(1)", "equivalence")]
    assert refused.findings[0].why.endswith(f"({KOR_USA})")
    assert run(kept_passings(story.usa.context)) == ()
    line = story.usa.journal()[-1]
    assert (line["outcome"], line["details"]["articles"]) == ("refused", ["4(1)"])
    answers = [(e["agreement"], e["decision"]) for e in line["details"]["decisions"]]
    assert answers == [(JPN_USA, "allow"), (KOR_USA, "deny")]
    assert isinstance(story.draft(item), KeptPassing)


@pytest.mark.parametrize("marking", ["", "x" * 1000])
def test_what_could_be_no_marking_at_all_is_bad_input_of_an_onward_release_too(
    story: Story, item: Place, marking: str
) -> None:
    with pytest.raises(InputError):
        story.draft(item, marking=marking)


@pytest.mark.row("G4.1", "G6a")
def test_g4_1_an_unlisted_marking_hides_no_other_reason(story: Story, item: Place) -> None:
    assert why(story.draft(item, marking="機密")) == ["4(1)", "6(a)"]


# The third party


def refusals(story: Story) -> list[tuple[str, list[str]]]:
    story.second.settle()
    return [(each["code"], each["articles"]) for each in story.kor.said("item.refusal")]


@pytest.mark.row("G6a")
def test_g6a_an_item_of_a_foreign_originator_without_proof_is_refused(
    story: Story, item: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.consent(item)
    monkeypatch.setattr(onward, "seal", lambda prepared, wraps, _proof: seal(prepared, wraps))
    gone = passed(story.pass_on(item))
    assert refusals(story) == [("passing.no-proof", ["6(a)"])]
    with pytest.raises(StateError):
        story.kor.receipt(gone.release)
    run(link_onward(story.usa.context))
    assert run(kept_passings(story.usa.context)) == ()


@pytest.mark.row("G6a")
def test_g6a_what_was_passed_on_in_time_is_taken_from_a_late_courier(
    story: Story, item: Place
) -> None:
    """The consent ended on the way: by its `seen` the release was before that, not by our clock."""
    story.consent(item, until=Instant(story.usa.clock.instant + 60 * MINUTE))
    gone = story.pass_on(item)
    assert isinstance(gone, PassedOn)
    story.kor.clock.instant = Instant(story.kor.clock.instant + 90 * 24 * 60 * MINUTE)
    story.second.settle()
    assert refusals(story) == []
    story.kor.receipt(gone.release)
    assert story.kor.read(gone.release) == TEXT
    story.first.settle()
    assert story.jpn.view().fold.state.passed_on.get(gone.said) is not None


@pytest.mark.row("G6a")
@pytest.mark.parametrize("changed", ["item", "agreement", "purpose", "payload", "altered"])
def test_g6a_a_proof_of_something_else_is_refused(
    story: Story, item: Place, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    """The forwarder's own node would not let it go: its checks are taken out here."""
    other = story.give()
    story.consent(item)
    story.consent(other)
    monkeypatch.setattr(onward, "check_proof", unasked)
    links = onward._links
    match changed:
        case "item":
            named = Onward(JPN_USA, other)
            monkeypatch.setattr(
                onward, "_links", lambda *of: structs.replace(links(*of), passed_on=named)
            )
        case "agreement":
            named = Onward(KOR_USA, item)
            monkeypatch.setattr(
                onward, "_links", lambda *of: structs.replace(links(*of), passed_on=named)
            )
        case "purpose":

            async def widened(*args: Any) -> Cleared:
                cleared = await clear_onward(*args)
                assert isinstance(cleared, Cleared)
                label = replace(cleared.draft.label, purposes=("study", "warning"))
                return replace(cleared, draft=replace(cleared.draft, label=label))

            monkeypatch.setattr(deciding, "clear_onward", widened)
        case "payload":
            prove = onward._prove

            async def another(context: Context, draft: OnwardDraft, may: MayGo) -> bytes:
                return await prove(context, replace(draft, item=other), may)

            monkeypatch.setattr(onward, "_prove", another)
        case _:
            monkeypatch.setattr(
                onward, "seal_proof", lambda key, raw: seal_proof(key, raw[:-1] + b"?")
            )
    passed(story.pass_on(item))
    code = "passing.unreadable" if changed == "altered" else "passing.not-covered"
    assert refusals(story) == [(code, ["6(a)"])]


@pytest.mark.row("G6a")
def test_g6a_a_proof_by_keys_that_are_not_pinned_is_refused_with_a_hint(
    story: Story, item: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.consent(item)
    gone = passed(story.pass_on(item))
    pins = run(foreign_items.pins_here(story.kor.context))

    async def without_japan(_: object) -> frozenset[str]:
        return frozenset(each for each in pins if not each.startswith("JPN"))

    monkeypatch.setattr(foreign_items, "pins_here", without_japan)
    assert refusals(story) == [("passing.not-pinned", ["6(a)"])]
    assert gone.release.party == USA


@pytest.mark.row("G6a")
def test_g6a_a_foreign_originators_name_on_an_own_item_asks_for_its_proof(story: Story) -> None:
    """Washington names Japan on what it says is its own: its node refuses, and Seoul's without."""
    usa = story.second[USA]
    kept = usa.draft([KOR])
    assert isinstance(kept, KeptDraft)
    assert why(usa.draft([KOR], originators=(JPN, USA))) == ["6(a)"]

    def also_japans(*args: Any) -> Labelled:
        labelled = find_label(*args)
        assert isinstance(labelled, Labelled)
        return replace(labelled, label=replace(labelled.label, originators=(JPN, USA)))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("comity.flows.release.find_label", also_japans)
        assert why(run(release_draft(usa.context, OFFICER, kept.number))) == ["6(a)"]
        assert refusals(story) == []
        patched.setattr("comity.flows.drafts.refuse_foreign", lambda *_: None)
        run(release_draft(usa.context, OFFICER, kept.number))
    assert refusals(story) == [("passing.no-proof", ["6(a)"])]


@pytest.mark.row("G6a", "G6h")
def test_g6a_what_was_called_back_goes_to_nobody_else_even_with_leave(
    story: Story, item: Place
) -> None:
    story.consent(item)
    kept = story.draft(item)
    assert isinstance(kept, KeptPassing)
    story.jpn.promise(ItemRecall((item,), Recalled.EITHER, "error", None))
    story.first.settle()
    refused = run(pass_on(story.usa.context, OFFICER, kept.number))
    assert isinstance(refused, Refused)
    assert [each.clause for each in refused.findings] == ["recall"]
    assert story.usa.acts()[-1] == ("third_party_release", "refused")
    answers = story.usa.journal()[-1]["details"]["decisions"]
    told = [(each["agreement"], each["decision"], each["articles"]) for each in answers]
    assert told == [
        (JPN_USA, "deny", [refused.findings[0].article]),
        (KOR_USA, "allow", ["2"]),
    ]
    assert answers[0]["file"] == story.usa.view(JPN_USA).agreement().sha256


@pytest.mark.row("G6a")
def test_g6a_what_was_rejected_here_goes_to_nobody_even_with_leave(
    story: Story, item: Place
) -> None:
    story.consent(item)
    story.usa.declare(StatementReject(item.party, item.index, "item.unwanted", None))
    outcome = story.draft(item)
    assert isinstance(outcome, Refused)
    assert [each.clause for each in outcome.findings] == ["rejected"]


@pytest.mark.row("G6a")
def test_g6a_the_journal_has_the_articles_of_both_agreements(story: Story, item: Place) -> None:
    story.consent(item)
    passed(story.pass_on(item))
    cited = [
        (line["act"], line["details"]["articles"] != [])
        for line in story.usa.journal()
        if line["outcome"] == "done" and "articles" in line["details"]
    ]
    assert cited[-2:] == [("item.third_party_release", True), ("item.release", True)]
