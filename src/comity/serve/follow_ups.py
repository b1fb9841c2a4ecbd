# SPDX-License-Identifier: Apache-2.0
"""What is due once something of an agreement has come: custody and answers, then delivery.

It comes after the reply is on its way. However much arrives meanwhile, an agreement waits once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from comity.basis.errors import ComityError, InvariantError
from comity.basis.ids import AgreementId, PartyId
from comity.flows.context import Context
from comity.flows.serving.taking import few_came, follow_up, settle_down
from comity.flows.set_up import pinned_agreements
from comity.serve.diagnostics import Log, fault_of, problem_fields
from comity.wire.routes import nothing

SETTLE_S: Final = 1.0
"""After so long without anything new, signatures that wait for the next commit are kept."""

PACE_S: Final = 0.25
"""So often one agreement is followed up while it is busy: what comes meanwhile goes along, and keys
that are taken into custody together take one flush. A few parcels, as of an alert, do not wait.
"""

AT_ONCE_MAX: Final = 4
"""So many follow-ups come one right after the other once an agreement has rested."""

AGAIN_S: Final = 5.0
"""How long what failed waits before it is tried again, if nothing new comes before."""

FAULT_AGAIN_S_MAX: Final = 300.0
"""Where the program is at fault the wait doubles, up to this, whatever comes meanwhile."""


# A timer may ring a moment before its time.
_SOON_S: Final = 0.01


class FollowUps:
    """One task that follows up what arrived, agreement by agreement."""

    def __init__(
        self,
        context: Context,
        log: Log,
        *,
        heard: Callable[[AgreementId, PartyId], None] = nothing,
    ) -> None:
        """Begin with nothing due; `heard` is told at once of every party from which came something.

        Delivery hears of what we say in answer as of everything that we say: by the store.
        """
        self._context = context
        self._log = log
        self._heard = heard
        self._due: dict[AgreementId, None] = {}
        self._unsettled: dict[AgreementId, None] = {}
        self._failed: dict[AgreementId, float] = {}
        self._faults: dict[AgreementId, int] = {}
        self._looked: set[AgreementId] = set()
        self._paced_to: dict[AgreementId, float] = {}
        self._has_looked = False
        self._look_at = 0.0
        self._wake = asyncio.Event()
        self._working = 0
        self._stopping = False

    def arrived(self, agreement: AgreementId, party: PartyId) -> None:
        """Say that something came from a party."""
        self._heard(agreement, party)
        if agreement not in self._faults:
            self._due[agreement] = None
            self._wake.set()

    @property
    def waiting(self) -> int:
        """Count the agreements that wait, the one that is being followed up among them."""
        return len(self._due.keys() | self._failed.keys()) + self._working

    def reason(self) -> str | None:
        """Say why the node is not fit to serve, as far as what comes shows; None: it is."""
        if self._faults:
            return "a fault of the program keeps what came from being followed up: see diagnostics"
        return None

    def stop(self) -> None:
        """Finish what is due, then end."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Follow up until stopped: what a crash may have left undone first, then what comes."""
        await self._find_left()
        while self._due or not self._stopping:
            await self._rest()
            # Whatever else comes all the time, what failed has its turn.
            await self._again()
            self._wake.clear()
            while self._due:
                agreement = min(self._due, key=self._due_at)
                if await self._is_paced(agreement):
                    continue
                del self._due[agreement]
                self._failed.pop(agreement, None)
                self._working = 1
                await self._follow(agreement)
                self._working = 0
            if self._stopping:
                self._wake.set()
        await self._settle()

    async def _find_left(self) -> None:
        """Hold every agreement to be due: who kept something may have fallen before the rest."""
        try:
            self._due.update((each, None) for each in await pinned_agreements(self._context))
        except ComityError as err:
            self._log.warning("follow-up.failed", **problem_fields(err))
            self._look_at = asyncio.get_running_loop().time() + AGAIN_S
            return
        self._has_looked = True
        if self._due:
            self._wake.set()

    def _due_at(self, agreement: AgreementId) -> float:
        return self._paced_to.get(agreement, 0.0) - (AT_ONCE_MAX - 1) * PACE_S

    async def _is_paced(self, agreement: AgreementId) -> bool:
        """Wait where an agreement was followed up often; another may become due meanwhile."""
        wait_s = self._due_at(agreement) - asyncio.get_running_loop().time()
        if wait_s <= 0 or self._stopping or few_came(self._context, agreement):
            return False
        pause_s = self._pause_s()
        await self._comes_within(wait_s if pause_s is None else min(wait_s, pause_s))
        await self._again()
        self._wake.clear()
        return True

    async def _follow(self, agreement: AgreementId) -> None:
        """Follow up one agreement. What fails is said, and tried again before long.

        Parcels that came in other ways are looked for after a rest, or where something failed.
        A mistake in the program about one agreement is not to keep the others waiting.
        """
        now = asyncio.get_running_loop().time()
        is_small = few_came(self._context, agreement)
        try:
            await follow_up(self._context, agreement, lately=agreement in self._looked)
        except Exception as err:
            self._looked.discard(agreement)
            count = 0
            if self._say(err):
                count = self._faults[agreement] = self._faults.get(agreement, 0) + 1
            self._failed[agreement] = now + min(FAULT_AGAIN_S_MAX, AGAIN_S * 2 ** max(0, count - 1))
        else:
            self._looked.add(agreement)
            self._faults.pop(agreement, None)
        if not is_small:
            self._paced_to[agreement] = max(now, self._paced_to.get(agreement, 0.0)) + PACE_S
        self._unsettled[agreement] = None

    def _say(self, err: Exception) -> bool:
        """Say what failed; answer whether it is a mistake in the program."""
        if isinstance(err, ComityError) and not isinstance(err, InvariantError):
            self._log.warning("follow-up.failed", **problem_fields(err))
            return False
        self._log.error("follow-up.fault", **fault_of(err))
        return True

    async def _rest(self) -> None:
        """Wait for something to come, and meanwhile settle down or try again what failed."""
        if self._unsettled and not await self._comes_within(SETTLE_S):
            await self._settle()
        while (pause_s := self._pause_s()) is not None and not await self._comes_within(pause_s):
            await self._again()
        await self._wake.wait()

    def _pause_s(self) -> float | None:
        """Say after how many seconds something is to be tried again."""
        times = [*self._failed.values(), *([] if self._has_looked else [self._look_at])]
        now = asyncio.get_running_loop().time()
        return max(_SOON_S, min(times) - now) if times else None

    async def _comes_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return False
        return True

    async def _again(self) -> None:
        now = asyncio.get_running_loop().time() + _SOON_S
        if not self._has_looked and self._look_at <= now:
            await self._find_left()
        due = [agreement for agreement, at in self._failed.items() if at <= now]
        self._due.update(dict.fromkeys(due))
        if due:
            self._wake.set()

    async def _settle(self) -> None:
        unsettled, self._unsettled = self._unsettled, {}
        self._looked.clear()
        for agreement in unsettled:
            try:
                await settle_down(self._context, agreement)
            except Exception as err:
                self._say(err)
