# SPDX-License-Identifier: Apache-2.0
"""Speaking together: what is said about one agreement in one turn of the event loop is one commit.

Each statement is decided on a view that shows those before it, and fails alone. The checkpoint over
all of them is signed while they are being committed, and shown to nobody before that.
Source: DESIGN 1, 7; spec/wire.md
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice

from comity.basis.errors import ComityError, InvariantError
from comity.basis.ids import AgreementId, Place
from comity.decision.stages import Refused
from comity.flows.context import TOGETHER_MAX, Context, Live, decide_again, held_here
from comity.flows.signing import sign_ahead
from comity.flows.speak import Entered, Outcome, Prepare, enter_all, reject_ahead, standing_version
from comity.flows.turns import agreements_about, turn, turn_about
from comity.flows.view import View


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Somebody who has something to say, and waits to hear what came of each."""

    preparing: Sequence[Prepare]
    outcomes: asyncio.Future[list[Outcome]]


async def say(context: Context, agreement: AgreementId, prepare: Prepare) -> Entered | Refused:
    """Say one statement, together with what others say now; returns once it is committed.

    `prepare` is called inside a turn, perhaps again where what it rested on has moved, and must
    wait for no network. What binds the state is not said here: its keys may ask for a passphrase.

    Raises:
        NotCounted: it would not count, so it was not said.
        StateError: our register cannot grow now.
        ComityError: whatever `prepare` raised.
    """
    outcome = (await say_all(context, agreement, (prepare,)))[0]
    if isinstance(outcome, ComityError):
        raise outcome
    return outcome


async def say_alone(
    context: Context, agreement: AgreementId, prepare: Prepare, *, about: Collection[Place] = ()
) -> Entered | Refused:
    """Say one statement as `say` does, in a commit of its own.

    For what is decided on documents: those of others in one commit are not written yet, and two
    that rest on one version would both be said. What it is about is asked wherever it came from.
    """

    async def attempt() -> Outcome:
        async with turn_about(context, agreement, about) as view:
            return (await say_together(context, view, [prepare]))[0]

    outcome = await decide_again(attempt)
    if isinstance(outcome, ComityError):
        raise outcome
    return outcome


async def say_about(
    context: Context, agreement: AgreementId, places: Collection[Place], prepare: Prepare
) -> Entered | Refused:
    """Say one statement about items, which rests on all agreements that have a word about them.

    Where that is this one alone it is said as by `say`, else in a commit of its own.
    """
    if len(await agreements_about(context, agreement, places)) == 1:
        return await say(context, agreement, prepare)
    return await say_alone(context, agreement, prepare, about=places)


async def say_all(
    context: Context, agreement: AgreementId, preparing: Sequence[Prepare]
) -> list[Outcome]:
    """Say many statements as `say` does, each by itself; give what came of each."""
    live = context.live.setdefault(agreement, Live(agreement))
    if not isinstance(live.speaker, Speaker):
        live.speaker = Speaker(context, agreement)
    return await live.speaker.say_all(preparing)


class Speaker:
    """What is said about one agreement in one event loop."""

    def __init__(self, context: Context, agreement: AgreementId) -> None:
        """Begin with nobody waiting."""
        self._context = context
        self._agreement = agreement
        self._queue: deque[_Waiting] = deque()
        self._task: asyncio.Task[None] | None = None

    async def say_all(self, preparing: Sequence[Prepare]) -> list[Outcome]:
        """Say statements as `say_all` does: those that one commit holds, together."""
        if held_here(self._context):
            raise InvariantError("flows.turn-in-turn", "something is said while deciding to say it")
        loop = asyncio.get_running_loop()
        said = [
            _Waiting(preparing[start : start + TOGETHER_MAX], loop.create_future())
            for start in range(0, len(preparing), TOGETHER_MAX)
        ]
        self._queue.extend(said)
        if self._task is None or self._task.done() or self._task.get_loop() is not loop:
            # The task begins at the end of this turn of the loop, with whoever came until then.
            self._task = loop.create_task(self._speak(), name=f"speaker {self._agreement}")
        return [outcome for each in said for outcome in await each.outcomes]

    async def _speak(self) -> None:
        while self._queue:
            await self._say_some([])

    async def _say_some(self, batch: list[_Waiting]) -> None:
        try:
            outcomes = await decide_again(lambda: self._attempt(batch))
        except ComityError as err:
            if not batch:
                # The turn itself was refused: whoever waits would wait for ever.
                batch.extend(self._queue)
                self._queue.clear()
            outcomes = [err for each in batch for _ in each.preparing]
        except BaseException as err:
            # Nobody may wait for ever for a task that ends.
            for waiting in (*batch, *self._queue):
                if not waiting.outcomes.done():
                    waiting.outcomes.set_exception(err)
            raise
        told = iter(outcomes)
        for waiting in batch:
            its = list(islice(told, len(waiting.preparing)))
            if not waiting.outcomes.done():
                waiting.outcomes.set_result(its)

    async def _attempt(self, batch: list[_Waiting]) -> list[Outcome]:
        """Decide and enter one batch; whoever comes while the turn is awaited still belongs to it.

        Those who gave up waiting before anything was decided are left out.
        """
        async with turn(self._context, self._agreement) as view:
            room = TOGETHER_MAX - sum(len(each.preparing) for each in batch)
            while self._queue and len(self._queue[0].preparing) <= room:
                waiting = self._queue.popleft()
                if not waiting.outcomes.done():
                    batch.append(waiting)
                    room -= len(waiting.preparing)
            preparing = [each for waiting in batch for each in waiting.preparing]
            return await say_together(self._context, view, preparing)


async def say_together(context: Context, view: View, preparing: list[Prepare]) -> list[Outcome]:
    """Enter statements inside a turn, in one commit with its checkpoint signed meanwhile.

    1. what partners dated ahead of our clock is rejected first, for we shall have seen it;
    2. the statements are entered; the checkpoint is signed while the disk flushes;
    3. what was entered is read back from disk before the signature counts.

    Raises:
        StateError: our register cannot grow now.
        BasisMoved: something that this rested on has changed: gather and decide again.
    """
    version = standing_version(view)
    if version is not None:
        await reject_ahead(context, view, version)  # 1
    return await enter_all(context, view, preparing, sign_ahead)  # 2, 3
