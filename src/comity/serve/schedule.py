# SPDX-License-Identifier: Apache-2.0
"""What a served node does by itself, by the hour: anchors, keys that grow old, reading back.

Each duty is tried again at its next turn, whatever became of the last one. What goes by the clock
is not done on a story's: its time is set by hand, and jumps. Source: DESIGN 4, 6, 7
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import ComityError, InvariantError
from comity.basis.ids import AgreementId
from comity.basis.instants import DAY_MS, format_instant
from comity.config import ClockKind, SourceKind
from comity.flows.alerting.watching import watch_alerts
from comity.flows.anchors import anchor_journal
from comity.flows.context import Context
from comity.flows.duties.reminders import remind_all
from comity.flows.housekeeping.idle import Standing, let_go
from comity.flows.housekeeping.scrubbing import scrub_blobs
from comity.flows.housekeeping.sweep import sweep_old
from comity.flows.people.clearances import remind_of_clearances
from comity.flows.people.officers import remind_of_officers
from comity.flows.recovery.restore import restore, tend_all
from comity.flows.restoring import Restoring, Why, why_silent
from comity.flows.rotation import (
    change_tls_key,
    enter_owed_card,
    retire_sealing_keys,
    rotate_keys,
)
from comity.flows.set_up import the_card
from comity.ports import CheckReport
from comity.serve.collector import give_back
from comity.serve.diagnostics import Log, fault_of, problem_fields

HOUR_S: Final = 3600.0
DAY_S: Final = 24 * HOUR_S
FIRST_TURN_S: Final = 60.0
"""A node that has just begun delivers before it does anything else."""

RESTORE_FIRST_S: Final = 1.0
RESTORE_S: Final = 5.0
"""How often a node that was restored asks the partners that have not answered."""

CARD_S: Final = 60.0
"""How often a card is looked for that a rotation has left to be entered."""

MEMORY_S: Final = 20.0
ALERTS_S: Final = 15.0
"""How often memory is given back that was needed for a while; it takes a millisecond or two."""

_PROBLEMS_SAID_MAX: Final = 10

_SILENT: Final = {
    Why.SHOWN: "silent: a partner shows more of our register than we hold, signed by our keys; an "
    "officer says whether this node was restored, or its key is stolen",
    Why.SAID: "restoring: not every partner has answered what it holds of our registers",
    Why.STOLEN: "silent: our keys are stolen; partners are asked what was said with them, and then "
    "our card is to be rotated",
}
"""Why a node may not speak, as readiness and `comity status` say it."""

_HINTS: Final = {
    Why.SHOWN: "comity register restored, if the store was put back; otherwise comity register "
    "stolen: docs/operations.md",
    Why.SAID: "comity register restore says who is to answer",
    Why.STOLEN: "comity register restore says who is to answer; then comity card rotate",
}


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to be done again and again."""

    name: str
    every_s: float
    act: Callable[[], Awaitable[None]]
    first_s: float = FIRST_TURN_S


async def sweep_nothing() -> None:
    """Stand in where nothing is left over."""


class Schedule:
    """The duties of one served node."""

    def __init__(
        self,
        context: Context,
        new_key_is_met: Callable[[], None],
        log: Log,
        *,
        sweep: Callable[[], Awaitable[None]] = sweep_nothing,
    ) -> None:
        """Do nothing yet.

        `new_key_is_met` is called when another TLS key is in use; `sweep` drops uploads that have
        stalled.
        """
        self._context = context
        self._new_key_is_met = new_key_is_met
        self._standing: Standing = {}
        self._log = log
        self.damaged = False
        self._escalated = 0
        self._told: Why | None = None
        settings = context.config.schedule
        self._always = (
            Duty("restore", RESTORE_S, self._restore, first_s=RESTORE_FIRST_S),
            Duty("card", CARD_S, self._enter_card),
            Duty("uploads", HOUR_S, sweep),
            Duty("memory", MEMORY_S, self._give_back),
            Duty("alerts", ALERTS_S, self._watch),
        )
        self._by_the_clock = (
            Duty("journal anchors", HOUR_S, self._anchor),
            Duty("sealing keys", HOUR_S, self._renew_keys),
            Duty("old keys", HOUR_S, self._retire_keys),
            Duty("tls key", CARD_S, self._change_tls_key),
            Duty("scrub", settings.scrub_hours * HOUR_S, self._scrub),
            Duty("blobs", settings.blobs_scrub_hours * HOUR_S, self._scrub_blobs, first_s=HOUR_S),
            Duty("left over", DAY_S, self._sweep_old, first_s=HOUR_S),
            Duty("reminders", HOUR_S, self._remind),
        )

    @property
    def duties(self) -> tuple[Duty, ...]:
        """List what is done by itself here."""
        story = self._context.config.clock is ClockKind.STORY
        return self._always if story else (*self._always, *self._by_the_clock)

    async def run(self) -> None:
        """Do every duty at its time, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for each in self.duties:
                group.create_task(self._repeat(each), name=f"schedule {each.name}")

    async def _repeat(self, duty: Duty) -> None:
        await asyncio.sleep(min(duty.first_s, duty.every_s))
        while True:
            await self.do(duty)
            await asyncio.sleep(duty.every_s)

    async def do(self, duty: Duty) -> None:
        """Do a duty once. What fails is said, and tried again next time."""
        try:
            await duty.act()
        except InvariantError:
            raise
        except ComityError as err:
            self._log.warning("schedule.failed", duty=duty.name, **problem_fields(err))
        except Exception as err:
            self._log.error("schedule.fault", duty=duty.name, **fault_of(err))

    async def reason(self) -> str | None:
        """Say why the node may not speak, as far as the schedule knows; None: it may."""
        if self.damaged:
            return "the store does not read back as it was written"
        why = await why_silent(self._context)
        return None if why is None else _SILENT[why]

    async def _give_back(self) -> None:
        self._standing = let_go(self._context, self._standing)
        give_back()

    async def _restore(self) -> None:
        """Ask the partners of a node that was restored, until its registers are whole.

        Why it is silent is said once for each reason; before an officer has said whether it was
        restored, nobody is asked.
        """
        why = await why_silent(self._context)
        if why is None:
            if self._told is not None:
                await tend_all(self._context)
                self._end_silence()
            return
        left = await restore(self._context)
        if why is not self._told:
            self._told = why
            self._log.warning(
                "register.silent", why=why.value, registers=_sizes(left), hint=_HINTS[why]
            )
        for each in () if why is Why.SHOWN else left:
            self._log.warning(
                "schedule.restoring",
                register=each.origin,
                asked=list(each.asked),
                shown=each.shown,
                size=each.size,
                codes=[problem.code for problem in each.problems],
            )
        if not left:
            self._end_silence()

    def _end_silence(self) -> None:
        self._told = None
        self._log.info("schedule.restored")

    async def _enter_card(self) -> None:
        entered = await enter_owed_card(self._context)
        if entered:
            self._log.info("schedule.card-entered", registers=len(entered))

    async def _anchor(self) -> None:
        hours = self._context.config.schedule.journal_anchor_hours
        said = await anchor_journal(self._context, hours)
        if said:
            self._log.info("schedule.anchored", registers=len(said))

    async def _renew_keys(self) -> None:
        """Make new sealing keys when ours are old, if nobody has to type for it.

        After a theft our new card is made when an officer has looked, and not before.
        """
        if await why_silent(self._context) is not None:
            return
        config, clock = self._context.config, self._context.ports.clock
        card = await the_card(self._context, config.party)
        age = clock.now() - card.issued_at
        if age < config.schedule.sealing_keys_days * DAY_MS:
            return
        if config.passphrases.root.kind is SourceKind.PROMPT:
            self._log.warning("schedule.rotation-due", card=card.version, days=age // DAY_MS)
            return
        renewed, entered = await rotate_keys(self._context)
        self._log.info("schedule.rotated", card=renewed.version, registers=len(entered))

    async def _retire_keys(self) -> None:
        """Destroy sealing keys that nobody needs."""
        retired = await retire_sealing_keys(self._context)
        if retired:
            self._log.info("schedule.retired", cards=list(retired))

    async def _change_tls_key(self) -> None:
        """Let a new TLS key take over that every partner knows."""
        if await change_tls_key(self._context):
            self._new_key_is_met()
            self._log.info("schedule.tls-key-changed")

    async def _scrub(self) -> None:
        """Read everything back, beside the loop: the store gives each reading its own state."""
        report = await asyncio.to_thread(asyncio.run, self._check())
        give_back()  # what the pages that were read lay in
        self.damaged = bool(report.problems)
        for each in report.problems[:_PROBLEMS_SAID_MAX]:
            self._log.error("store.damaged", code=each.code, where=each.where, found=each.found)
        self._log.info(
            "schedule.scrubbed",
            registers=report.registers,
            entries=report.entries,
            problems=len(report.problems),
        )

    async def _scrub_blobs(self) -> None:
        checked = await scrub_blobs(self._context)
        for each in checked.damaged[:_PROBLEMS_SAID_MAX]:
            self._log.error("blob.damaged", sha256=each)
        self._log.info(
            "schedule.blobs-scrubbed",
            blobs=checked.blobs,
            bytes=checked.size,
            damaged=len(checked.damaged),
        )

    async def _watch(self) -> None:
        """Raise alerts that came, and say again what nobody acknowledged in time."""
        board = await watch_alerts(self._context)
        late = [each for each in board.alerts if each.is_open and each.escalated_at is not None]
        if late and board.next != self._escalated:
            self._escalated = board.next
            self._log.warning("schedule.alerts", unacknowledged=len(late))

    async def _sweep_old(self) -> None:
        days = self._context.config.schedule.left_over_days
        swept = await sweep_old(self._context, days * DAY_MS)
        if swept.keys or swept.blobs:
            self._log.info("schedule.swept", keys=swept.keys, blobs=swept.blobs)

    async def _remind(self) -> None:
        """Tell our own people, once, of each duty and day whose moment has come."""
        for agreement, each in await remind_all(self._context, self._say_unreminded):
            self._log.info(
                "schedule.reminder",
                agreement=agreement,
                what=each.what,
                article=each.article,
                about=each.about,
                due=None if each.due is None else format_instant(each.due),
                more=each.more,
            )
        ours = await remind_of_clearances(self._context)
        for each in (*ours, *await remind_of_officers(self._context)):
            # Whose it is stands in the journal and on the register; diagnostics may be carried off.
            self._log.info("schedule.reminder", what=each.what, more=each.more)

    def _say_unreminded(self, agreement: AgreementId, error: ComityError) -> None:
        fields = problem_fields(error)
        self._log.warning("schedule.failed", duty="reminders", agreement=agreement, **fields)

    async def _check(self) -> CheckReport:
        return await self._context.ports.store.check()


def _sizes(left: tuple[Restoring, ...]) -> dict[str, list[int]]:
    """Give what we hold of each register, and what our keys are known to have signed."""
    return {each.origin: [each.size, each.shown] for each in left}
