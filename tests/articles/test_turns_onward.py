# SPDX-License-Identifier: Apache-2.0
"""What rests on several agreements takes their turns in one order: nobody waits for ever."""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from comity.basis.ids import AgreementId, Place
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.duties.reminders import remind
from comity.flows.passing.onward import PassedOn, draft_onward
from comity.flows.passing.wishes import KeptPassing, OnwardDraft
from comity.flows.receipts import Opened, open_item
from comity.flows.turns import read_view, turn
from tests.builders import pacts
from tests.builders.pacts import JPN_USA, KOR_USA, MARKS, TISA, Story, make_pacts
from tests.builders.world import CLERK, DRAFTER, KOR, USA, make_world

LONG_S = 60
"""What ends at all ends within a second or two."""


@contextmanager
def passed_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Story, Place]]:
    """Let Washington pass on to Seoul what Japan gave, with stores on disk, as they are served."""
    monkeypatch.setattr(pacts, "make_world", partial(make_world, memory=False))
    with make_pacts(folder) as world:
        story = Story(world)
        item = story.give()
        story.consent(item)
        passed = story.pass_on(item)
        assert isinstance(passed, PassedOn), passed
        story.second.settle()
        yield story, item


def further(story: Story) -> OnwardDraft:
    """Wish to send on what was released to Seoul: behind it lies what Japan gave."""
    (place,) = [
        each for each, _ in story.second[USA].view().fold.state.items.items() if each.party == USA
    ]
    return OnwardDraft(
        KOR_USA, place, TISA, KOR, "warning", MARKS[USA][1], "missile-warning", "document"
    )


async def at_once(*work: Awaitable[Any]) -> list[Any]:
    async with asyncio.timeout(LONG_S):
        return await asyncio.gather(*work)


async def is_free(context: Context, *agreements: AgreementId) -> None:
    async with asyncio.timeout(LONG_S):
        for each in agreements:
            await read_view(context, each)


def test_onward_drafts_that_begin_at_either_end_are_all_decided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with passed_on(tmp_path, monkeypatch) as (story, item):
        context, first, again = story.usa.context, story.wish(item), further(story)

        async def act() -> list[Any]:
            drafts = (first, first, again, again, first)
            found = await at_once(*(draft_onward(context, DRAFTER, each) for each in drafts))
            await is_free(context, JPN_USA, KOR_USA, TISA)
            return found

        found = asyncio.run(act())
        assert [isinstance(each, KeptPassing) for each in found] == [True, True, False, False, True]
        assert all(isinstance(each, Refused) for each in found[2:4])


def test_reminders_are_told_while_an_item_is_opened_and_another_draft_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with passed_on(tmp_path, monkeypatch) as (story, item):
        context, first = story.usa.context, story.wish(item)

        async def act() -> list[Any]:
            found = await at_once(
                open_item(context, JPN_USA, item, DRAFTER, purpose="warning"),
                draft_onward(context, DRAFTER, first),
                remind(context, KOR_USA),
            )
            await is_free(context, JPN_USA, KOR_USA)
            return found

        opened, kept, _ = asyncio.run(act())
        assert isinstance(opened, Opened)
        assert isinstance(kept, KeptPassing)


def test_without_the_office_no_agreement_is_asked_about_an_onward_draft(tmp_path: Path) -> None:
    with make_pacts(tmp_path) as world:
        story = Story(world)
        item = story.give()

        async def act() -> KeptPassing | Refused:
            # Whoever asked the originating agreement would wait for its turn.
            async with turn(story.usa.context, JPN_USA):
                drafting = draft_onward(story.usa.context, CLERK, story.wish(item))
                return (await at_once(asyncio.create_task(drafting)))[0]

        refused = asyncio.run(act())
        assert isinstance(refused, Refused)
        assert [each.clause for each in refused.findings] == ["roles"]
        asked = story.draft(item)
        assert isinstance(asked, Refused)
        assert "roles" not in {each.clause for each in asked.findings}
