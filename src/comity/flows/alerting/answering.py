# SPDX-License-Identifier: Apache-2.0
"""Listing and acknowledging alerts, as far as a person may know of them; never their content.

Whoever is named for escalations learns that an alert is open, and no more of it than the register
of persons lets that person know. Source: Japan-ROK GSOMIA Art. 7(1); issue text on alerts
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PersonId, Place
from comity.basis.instants import Instant
from comity.basis.strict_json import JsonValue
from comity.decision.house import CONTENT_ROLES, KEEPING_OFFICES, allow_house_act, allow_listing
from comity.decision.people import Person
from comity.decision.stages import Allowed, Refused
from comity.flows.alerting.board import Alert, Board, Happening, What, read_board
from comity.flows.alerting.watching import watch_alerts
from comity.flows.alerts import Precedence, precedence_of
from comity.flows.context import Context, decide_again
from comity.flows.documents import ALERTS
from comity.flows.drafts import keep_refusal
from comity.flows.facts import find_person
from comity.flows.journal import journal_entry
from comity.flows.listing import may_know
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.ports import Basis, Change
from comity.state.queries import item_level
from comity.state.records import Item

_SCANNED_MAX: Final = 20_000


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """An alert that a person may know of. `may_acknowledge`: this person has not, and may."""

    alert: Alert
    category: str
    level: str
    released_at: Instant
    may_acknowledge: bool


@dataclass(frozen=True, slots=True)
class ShownHappening:
    """What happened, to an alert that a person may know of.

    `item` None: the person is named for escalations, and may know no more than that there is one.
    """

    row: Happening
    category: str | None
    level: str | None
    released_at: Instant | None


@dataclass(frozen=True, slots=True)
class Counted:
    """How many items of one precedence, category and party came since; the last one's place."""

    agreement: AgreementId
    precedence: Precedence
    category: str
    by: str
    count: int
    last: Place


async def list_alerts(
    context: Context, person: PersonId, *, everything: bool = False
) -> tuple[ShownAlert, ...] | Refused:
    """List the alerts that nobody acknowledged, or all that are kept, the first raised first.

    Raises:
        StateError: the person is not on the register.
    """
    by = await find_person(context, person)
    allowed = allow_listing(by)
    if isinstance(allowed, Refused):
        return allowed
    board = await watch_alerts(context)
    found: list[ShownAlert] = []
    for alert in board.alerts:
        if alert.is_open or everything:
            found += await _shown(context, by, alert)
    return tuple(found)


async def _shown(context: Context, by: Person, alert: Alert) -> list[ShownAlert]:
    view = await read_view(context, alert.agreement)
    item = view.fold.state.items.get(alert.place)
    if item is None or not may_know(by, item):
        return []
    level = item_level(view.fold.state, item, view.moment(context))
    has = by.id in {person for person, _ in alert.acknowledged}
    may = not has and not isinstance(allow_acknowledging(by), Refused)
    return [ShownAlert(alert, item.release.label.category, level, item.at, may)]


async def acknowledge_alert(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> Alert | Refused:
    """Note that a person has seen an alert; the journal has who and when. Twice changes nothing.

    Raises:
        StateError: there is no such alert that this person may know of.
    """
    await watch_alerts(context)

    async def attempt() -> Alert | Refused:
        by = await find_person(context, person)
        version = await context.ports.store.version(ALERTS)
        board = await read_board(context)
        alert = _find(board, agreement, place)
        if alert is None or not await _shown(context, by, alert):
            raise StateError(
                "alert.unknown",
                "no such alert",
                where=f"{agreement}/{place}",
                hint="list them: comity alert list",
            )
        details: dict[str, JsonValue] = {"item": f"{agreement}/{place}"}
        allowed = allow_acknowledging(by)
        if isinstance(allowed, Refused):
            return await keep_refusal(context, allowed, person, details)
        if person in {each for each, _ in alert.acknowledged}:
            return alert
        now = context.ports.clock.now()
        row = Happening(0, What.ACKNOWLEDGED, agreement, place, now, person)
        grown = board.with_rows((row,))
        change = Change(
            allowed_by=allowed,
            basis=Basis(versions=((ALERTS, version),)),
            documents=(grown.document(),),
            journal=(journal_entry(context, "alert.acknowledge", person, details=details),),
        )
        await context.ports.store.commit(change)
        context.written.tell()
        return _find(grown, agreement, place) or alert

    return await decide_again(attempt)


def allow_acknowledging(by: Person) -> Allowed | Refused:
    """Allow a person to acknowledge alerts: whoever reads content, or keeps the party's word."""
    return allow_house_act("alert.acknowledge", by.roles, CONTENT_ROLES | KEEPING_OFFICES)


def _find(board: Board, agreement: AgreementId, place: Place) -> Alert | None:
    named = (each for each in board.alerts if (each.agreement, each.place) == (agreement, place))
    return next(named, None)


async def last_shown(context: Context, person: PersonId, board: Board) -> int:
    """Give the number of the last happening that a person may know of, 0 where there is none.

    From there on one is told what comes; what is hidden moves it by nothing.
    """
    by, views = await find_person(context, person), dict[AgreementId, View]()
    for row in reversed(board.rows):
        if await _told(context, by, row, views):
            return row.number
    return 0


async def happenings_since(
    context: Context, person: PersonId, number: int, board: Board | None = None
) -> tuple[ShownHappening, ...] | Refused:
    """List what happened to alerts after a number, as far as a person may know of it.

    `board` is what a `Watch` gave; without one it is looked for.

    Raises:
        StateError: the person is not on the register.
    """
    by = await find_person(context, person)
    allowed = allow_listing(by)
    if isinstance(allowed, Refused):
        return allowed
    if board is None:
        board = await watch_alerts(context)
    found: list[ShownHappening] = []
    views: dict[AgreementId, View] = {}
    for row in board.since(number):
        found += await _told(context, by, row, views)
    return tuple(found)


async def _told(
    context: Context, by: Person, row: Happening, views: dict[AgreementId, View]
) -> list[ShownHappening]:
    """Say what happened as far as a person may know; `views` are those that were read so far."""
    view = views.get(row.agreement)
    if view is None:
        view = views[row.agreement] = await read_view(context, row.agreement)
    item = view.fold.state.items.get(row.place)
    if item is not None and may_know(by, item):
        level = item_level(view.fold.state, item, view.moment(context))
        return [ShownHappening(row, item.release.label.category, level, item.at)]
    is_named = by.id in context.config.alerts.escalate_to
    if row.what is What.ESCALATED and is_named:
        return [ShownHappening(row, None, None, None)]
    return []


async def count_since(
    context: Context, person: PersonId, since: Instant
) -> tuple[Counted, ...] | Refused:
    """Count what was released to us since an instant by precedence, category and party.

    The digest in place of a flood: what is below FLASH is told so. Registers are looked at from
    their ends, where the newest stands.

    Raises:
        StateError: the person is not on the register.
    """
    by = await find_person(context, person)
    allowed = allow_listing(by)
    if isinstance(allowed, Refused):
        return allowed
    found: list[Counted] = []
    for agreement in await pinned_agreements(context):
        found += _counted(await read_view(context, agreement), by, since)
    return tuple(sorted(found, key=_rank))


def _counted(view: View, by: Person, since: Instant) -> Iterable[Counted]:
    counts: Counter[tuple[Precedence, str, str]] = Counter()
    last: dict[tuple[Precedence, str, str], Place] = {}
    for item in _newest(view, since):
        if may_know(by, item):
            category = item.release.label.category
            name = precedence_of(view.file(item.version), category), category, item.place.party
            counts[name] += 1
            last.setdefault(name, item.place)
    return [Counted(view.agreement_id, *name, count, last[name]) for name, count in counts.items()]


def _newest(view: View, since: Instant) -> Iterable[Item]:
    items = view.fold.state.items
    for party in view.partners:
        size = view.registers.judged_size(party)
        for index in range(size - 1, max(-1, size - 1 - _SCANNED_MAX), -1):
            item = items.get(Place(party, index))
            if item is None or view.own not in item.to:
                continue
            if item.at < since:
                break
            yield item


def _rank(counted: Counted) -> tuple[int, str, str, str]:
    order = tuple(Precedence).index(counted.precedence)
    return order, counted.agreement, counted.category, counted.by
