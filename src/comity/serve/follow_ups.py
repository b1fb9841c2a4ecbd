# SPDX-License-Identifier: Apache-2.0
"""What is due once something of an agreement has come: custody and answers, then delivery.

It comes after the reply is on its way. However much arrives meanwhile, an agreement waits once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from comity.basis.errors import ComityError
from comity.basis.ids import AgreementId, PartyId
from comity.flows.context import Context
from comity.flows.set_up import pinned_agreements
from comity.flows.taking import follow_up, settle_down
from comity.serve.diagnostics import Log, problem_fields
from comity.wire.routes import nothing

SETTLE_S: Final = 1.0
"""After so long without anything new, signatures that wait for the next commit are kept."""

AGAIN_S: Final = 5.0
"""How long what failed waits before it is tried again, if nothing new comes before."""


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
        self._failed: dict[AgreementId, None] = {}
        self._has_looked = False
        self._wake = asyncio.Event()
        self._working = 0
        self._stopping = False

    def arrived(self, agreement: AgreementId, party: PartyId) -> None:
        """Say that something came from a party."""
        self._heard(agreement, party)
        self._due[agreement] = None
        self._wake.set()

    @property
    def waiting(self) -> int:
        """Count the agreements that wait, the one that is being followed up among them."""
        return len(self._due.keys() | self._failed.keys()) + self._working

    def stop(self) -> None:
        """Finish what is due, then end."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Follow up until stopped: what a crash may have left undone first, then what comes."""
        await self._find_left()
        while self._due or not self._stopping:
            await self._rest()
            self._wake.clear()
            while self._due:
                agreement = next(iter(self._due))
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
            return
        self._has_looked = True
        if self._due:
            self._wake.set()

    async def _follow(self, agreement: AgreementId) -> None:
        """Follow up one agreement. What fails is said, and tried again before long."""
        try:
            await follow_up(self._context, agreement)
        except ComityError as err:
            self._log.warning("follow-up.failed", **problem_fields(err))
            self._failed[agreement] = None
        self._unsettled[agreement] = None

    async def _rest(self) -> None:
        """Wait for something to come, and meanwhile settle down or try again what failed."""
        if self._unsettled and not await self._comes_within(SETTLE_S):
            await self._settle()
        while (self._failed or not self._has_looked) and not await self._comes_within(AGAIN_S):
            await self._again()
        await self._wake.wait()

    async def _comes_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return False
        return True

    async def _again(self) -> None:
        if not self._has_looked:
            await self._find_left()
        if self._failed:
            self._due.update(self._failed)
            self._wake.set()

    async def _settle(self) -> None:
        unsettled, self._unsettled = self._unsettled, {}
        for agreement in unsettled:
            try:
                await settle_down(self._context, agreement)
            except ComityError as err:
                self._log.warning("follow-up.failed", **problem_fields(err))
