# SPDX-License-Identifier: Apache-2.0
"""What happens in the middle of an onward release: a crash, a second approval, a change of mind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.agreement.acts import Recalled
from comity.basis.errors import StateError
from comity.basis.ids import Place
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.courier.packing import pack_bundle
from comity.flows.courier.taking import take_bundle
from comity.flows.passing import onward
from comity.flows.passing.onward import PassedOn, drop_onward, pass_on
from comity.flows.passing.wishes import KeptPassing, OnwardDraft, find_passing, kept_passings
from comity.flows.reviewing import review_item
from comity.flows.speak import Entered
from comity.ports import Keys
from comity.statement.handling import ItemRecall
from comity.statement.information import ConsentWithdraw
from comity.statement.trust import StatementReject
from tests.articles.outcomes import passed, why
from tests.builders.pacts import (
    JPN_USA,
    KOR_USA,
    MARKS,
    Story,
)
from tests.builders.world import (
    JPN,
    OFFICER,
    USA,
    run,
)


@pytest.fixture
def item(unmarked: Place) -> Place:
    """Name the item that is no hub's: what is marked for one, its arrangement decides besides."""
    return unmarked


def fall_between(story: Story, kept: KeptPassing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the power fail once it is said under the originating agreement, before the release."""

    async def fall(*_: object) -> None:
        raise SystemError

    with monkeypatch.context() as falls:
        falls.setattr(onward, "_release", fall)
        with pytest.raises(SystemError):
            run(pass_on(story.usa.context, OFFICER, kept.number))


@pytest.mark.row("G6a")
def test_g6a_a_consent_withdrawn_between_the_two_agreements_stops_the_second(
    story: Story, item: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power fails between both; before it comes back Japan withdraws, and hears what is so."""
    given = story.consent(item)
    kept = story.draft(item)
    assert isinstance(kept, KeptPassing)
    fall_between(story, kept, monkeypatch)
    story.jpn.promise(ConsentWithdraw(given))
    story.first.settle()
    assert why(run(pass_on(story.usa.context, OFFICER, kept.number))) == ["6(a)"]
    assert story.usa.view(KOR_USA).fold.state.items.get(Place(USA, 4)) is None
    (row,) = story.jpn.view().fold.state.passed_on.values()
    assert row.release is None
    assert story.first.equal()


class Wrapping:
    """The keys, which let something happen while an item key is wrapped for the first time."""

    def __init__(self, keys: Keys, meanwhile: Callable[[], Awaitable[object]]) -> None:
        self._keys, self._meanwhile, self.times = keys, meanwhile, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._keys, name)

    async def wrap_item_key(self, *args: Any, **more: Any) -> Any:
        self.times += 1
        if self.times == 1:
            await self._meanwhile()
        return await self._keys.wrap_item_key(*args, **more)


def beside(story: Story, keys: Wrapping) -> Context:
    """Give Washington's node as another command has it: one store, and a memory of its own."""
    context = story.usa.context
    return Context(context.config, replace(context.ports, keys=keys), context.operator)


@pytest.mark.row("G6a")
def test_g6a_a_withdrawal_that_is_heard_while_the_release_is_made_stops_it(
    story: Story, item: Place
) -> None:
    """It comes after the decision and before the commit, and is said under the other agreement."""
    given = story.consent(item)
    kept = story.draft(item)
    assert isinstance(kept, KeptPassing)
    story.jpn.promise(ConsentWithdraw(given))

    async def hear() -> None:
        packed = await pack_bundle(story.jpn.context, USA, str(story.jpn.folder / "disc"))
        await take_bundle(story.usa.context, packed.names[0])

    keys = Wrapping(story.usa.context.ports.keys, hear)
    assert why(run(pass_on(beside(story, keys), OFFICER, kept.number))) == ["6(a)"]
    assert keys.times == 1
    assert story.usa.view(KOR_USA).fold.state.items.get(Place(USA, 4)) is None
    (row,) = story.usa.view().fold.state.passed_on.values()
    assert row.release is None


@pytest.mark.row("G6a")
def test_g6a_what_else_is_heard_while_the_release_is_made_does_not_stop_it(
    story: Story, item: Place
) -> None:
    story.consent(item)
    kept = story.draft(item)
    assert isinstance(kept, KeptPassing)
    story.jpn.release(USA)

    async def hear() -> None:
        packed = await pack_bundle(story.jpn.context, USA, str(story.jpn.folder / "disc"))
        await take_bundle(story.usa.context, packed.names[0])

    keys = Wrapping(story.usa.context.ports.keys, hear)
    passed(run(pass_on(beside(story, keys), OFFICER, kept.number)))
    assert keys.times == 2, "it was decided again"


@pytest.mark.row("G6a")
def test_g6a_what_a_crash_cut_short_is_gone_on_with_and_said_once(
    story: Story, item: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.consent(item)
    kept = story.draft(item)
    assert isinstance(kept, KeptPassing)
    fall_between(story, kept, monkeypatch)
    assert run(find_passing(story.usa.context, kept.number)).said is not None
    gone = passed(run(pass_on(story.usa.context, OFFICER, kept.number)))
    assert len(story.usa.said("item.third_party_release")) == 2
    with pytest.raises(StateError) as caught:
        run(pass_on(story.usa.context, OFFICER, kept.number))
    assert caught.value.code == "passing.released"
    story.second.settle()
    assert isinstance(story.kor.receipt(gone.release), Entered)


@pytest.mark.row("G6a")
@pytest.mark.parametrize("is_said", [False, True], ids=["nothing said", "said, not released"])
def test_g6a_two_approvals_at_once_let_it_go_once(
    story: Story, item: Place, monkeypatch: pytest.MonkeyPatch, *, is_said: bool
) -> None:
    story.consent(item)
    kept = story.draft(item)
    assert isinstance(kept, KeptPassing)
    if is_said:
        fall_between(story, kept, monkeypatch)

    async def twice() -> list[object]:
        both = [pass_on(story.usa.context, OFFICER, kept.number) for _ in range(2)]
        return list(await asyncio.gather(*both, return_exceptions=True))

    outcomes = run(twice())
    (gone,) = (each for each in outcomes if isinstance(each, PassedOn))
    (moved,) = (each for each in outcomes if each is not gone)
    assert isinstance(moved, StateError)
    assert moved.code in {"passing.moved", "passing.no-draft"}
    state = story.usa.view(KOR_USA).fold.state
    assert [each.place for each in state.items.values() if each.place.party == USA] == [
        gone.release
    ]
    (row,) = story.usa.view().fold.state.passed_on.values()
    assert (row.place, row.release) == (gone.said, gone.release)


@pytest.mark.row("G6a")
@pytest.mark.parametrize("step", ["_say_under_originating", "_release"])
def test_g6a_what_is_given_up_meanwhile_does_not_go_on(
    story: Story, item: Place, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    story.consent(item)
    kept = story.draft(item)
    assert isinstance(kept, KeptPassing)
    goes_on = getattr(onward, step)

    async def give_up_first(*asked: Any) -> Any:
        await drop_onward(story.usa.context, OFFICER, kept.number)
        return await goes_on(*asked)

    monkeypatch.setattr(onward, step, give_up_first)
    with pytest.raises(StateError) as caught:
        run(pass_on(story.usa.context, OFFICER, kept.number))
    assert caught.value.code == "passing.no-draft"
    assert run(kept_passings(story.usa.context)) == ()
    state = story.usa.view(KOR_USA).fold.state
    assert [each for each in state.items.values() if each.place.party == USA] == []


@pytest.mark.row("G6a", "G6g")
@pytest.mark.parametrize("change", ["raised", "called back", "rejected here", "not needed"])
def test_g6a_what_changes_while_it_is_being_passed_on_stops_it_before_it_is_said(
    story: Story, item: Place, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """Somebody speaks after every agreement has allowed it, and before it is said."""
    story.consent(item)
    kept = story.draft(item)
    assert isinstance(kept, KeptPassing)
    take = onward._take_payload

    async def hear_first(context: Context, draft: OnwardDraft) -> bytes:
        await asyncio.to_thread(speak)
        return await take(context, draft)

    def speak() -> None:
        if change == "raised":
            story.jpn.reclassify(item, MARKS[JPN][0])
        elif change == "rejected here":
            reject = StatementReject(item.party, item.index, "item.unwanted", None)
            story.usa.declare(reject)
        elif change == "not needed":
            run(review_item(story.usa.context, JPN_USA, item, OFFICER, None))
        else:
            story.jpn.promise(ItemRecall((item,), Recalled.EITHER, "error", None))
        story.first.settle()

    monkeypatch.setattr(onward, "_take_payload", hear_first)
    refused = run(pass_on(story.usa.context, OFFICER, kept.number))
    assert isinstance(refused, Refused)
    clauses = {"raised": "level", "called back": "recall", "rejected here": "rejected"}
    assert [each.clause for each in refused.findings] == [clauses.get(change, "need")]
    assert not story.usa.said("item.third_party_release")
    assert story.usa.acts()[-1][1] == "refused"
