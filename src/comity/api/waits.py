# SPDX-License-Identifier: Apache-2.0
"""Waiting for an item: until every recipient has cosigned its statement, or has answered for it.

A long poll, so that a program drives exchanges without asking over and over. Source: DESIGN 1
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from typing import Annotated, Any, Final, TypeAlias

from litestar import Request
from litestar.params import HeaderParameter, Parameter

from comity.api.desk import Desk, beside, desk_of
from comity.api.limits import WAIT_S_MAX
from comity.api.operations import get
from comity.api.places import (
    AgreementPath,
    IndexPath,
    PartyPath,
    agreement_of,
    known_item,
    place_of,
)
from comity.api.shapes import AcknowledgementReply, reply
from comity.basis.errors import EdgeError
from comity.basis.ids import AgreementId, PartyId, PersonId
from comity.flows.speak import Entered
from comity.flows.turns import glimpse, turn
from comity.signin.permissions import Permission
from comity.state.records import Item

PAUSE_S: Final = 0.25
"""What another process writes is looked for so often."""

APPLIED: Final = "Preference-Applied"
_WAIT: Final = re.compile(r"(?:^|[,;])\s*wait\s*=\s*\"?([0-9]{1,4})\"?\s*(?=[,;]|$)", re.IGNORECASE)


class Until(StrEnum):
    """What is waited for."""

    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"


class TooManyWaits(EdgeError):  # noqa: N818 (named for what is said)
    """More waits at once than are kept."""

    http_status = 429


class Waits:
    """How many wait at this moment, all together and of each person."""

    def __init__(self, most: int) -> None:
        """Begin with nobody; one person's programs leave a quarter of all places to others."""
        self._most = most
        self._most_of_person = most - most // _RESERVED
        self._of: Counter[PersonId] = Counter()

    @contextmanager
    def place(self, person: PersonId) -> Iterator[None]:
        """Hold a place while somebody waits.

        Raises:
            TooManyWaits: there is none left.
        """
        if self._of.total() >= self._most or self._of[person] >= self._most_of_person:
            raise TooManyWaits(
                "api.too-many-waits",
                "too many programs wait at this moment",
                hint="ask for several items by the list of items instead",
            )
        self._of[person] += 1
        try:
            yield
        finally:
            self._of[person] -= 1
            if not self._of[person]:
                del self._of[person]


WAITS: Final = "comity.waits"
_RESERVED: Final = 4


def _waits(request: Request[Any, Any, Any]) -> Waits:
    waits: Waits = beside(request, WAITS)
    return waits


@get(
    "/agreements/{agreement:str}/items/{party:str}/{index:int}/acknowledgement",
    summary="Wait until an item is acknowledged",
    tags=["items"],
)
async def wait(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    *,
    until: Annotated[
        Until,
        Parameter(description="Cosigned by every recipient, or receipted or refused by each."),
    ] = Until.ACKNOWLEDGED,
    timeout_s: Annotated[int, Parameter(ge=0, le=WAIT_S_MAX, description="Wait so long.")] = 30,
) -> AcknowledgementReply:
    """Answer as soon as it is so, or when the time is up: `complete` says which."""
    desk = desk_of(request, Permission.ITEMS_READ)
    named, place = agreement_of(agreement), place_of(party, index)
    item = await known_item(desk, named, place)
    with _waits(request).place(desk.person):
        return await _wait(desk, named, item, until=until, timeout_s=timeout_s)


async def _wait(
    desk: Desk, agreement: AgreementId, item: Item, *, until: Until, timeout_s: int
) -> AcknowledgementReply:
    """Look whenever something was written, and now and then; fold only where that is asked."""
    now, written = asyncio.get_running_loop().time, desk.context.written
    deadline = now() + timeout_s
    while True:
        since = written.told
        acknowledged = await _cosigned(desk, agreement, item)
        left_s = deadline - now()
        if until is Until.ANSWERED or len(acknowledged) == len(item.to) or left_s <= 0:
            receipted, refused = await _answers(desk, agreement, item)
            waited = {*receipted, *refused} if until is Until.ANSWERED else {*acknowledged}
            complete = waited >= {*item.to}
            if complete or left_s <= 0:
                break
        await written.wait(min(PAUSE_S, left_s), since)
    value = {
        "place": f"{agreement}/{item.place}",
        "acknowledged": acknowledged,
        "receipted": receipted,
        "refused": refused,
        "complete": complete,
    }
    return reply(desk, AcknowledgementReply, value)


Prefer: TypeAlias = Annotated[
    str | None,
    HeaderParameter(
        name="Prefer",
        description="`wait=SECONDS` (RFC 7240): the answer comes once every recipient has cosigned "
        "what was entered, and then says `Preference-Applied: wait`; or when the time is up.",
    ),
]


@contextmanager
def waiting_place(
    request: Request[Any, Any, Any], desk: Desk, prefer: str | None
) -> Iterator[float]:
    """Give how many seconds may be waited for what is about to be released; 0: not at all.

    A preference may always go without: where too many wait, or the token may not read items.
    """
    found = None if prefer is None else _WAIT.search(prefer)
    if found is None or not desk.caller.may(Permission.ITEMS_READ):
        yield 0.0
        return
    with ExitStack() as waiting:
        wait_s = float(min(int(found[1]), WAIT_S_MAX))
        try:
            waiting.enter_context(_waits(request).place(desk.person))
        except TooManyWaits:
            wait_s = 0.0
        yield wait_s


async def acknowledged_within(
    desk: Desk, agreement: AgreementId, entered: Sequence[Entered], wait_s: float
) -> dict[str, str]:
    """Wait until all that was entered is cosigned by each recipient; give the header that says so.

    Nothing is said where nothing was entered, or where the time was up before.
    """
    sizes: dict[PartyId, int] = {}
    for each in entered:
        size = each.place.index + 1
        sizes.update((party, size) for party in each.statement.to if sizes.get(party, 0) < size)
    now, written = asyncio.get_running_loop().time, desk.context.written
    deadline, store = now() + wait_s, desk.context.ports.store
    while sizes and (left_s := deadline - now()) > 0:
        since, view = written.told, await glimpse(desk.context, agreement)
        for party in tuple(sizes):
            found = await store.latest_cosignature(view.heads[view.own].origin, party)
            if found is not None and found.size >= sizes[party]:
                del sizes[party]
        if not sizes:
            return {APPLIED: "wait"}
        await written.wait(min(PAUSE_S, left_s), since)
    return {}


async def _cosigned(desk: Desk, agreement: AgreementId, item: Item) -> list[PartyId]:
    store, view = desk.context.ports.store, await glimpse(desk.context, agreement)
    origin = view.heads[item.place.party].origin
    acknowledged: list[PartyId] = []
    for party in item.to:
        found = await store.latest_cosignature(origin, party)
        if found is not None and found.size > item.place.index:
            acknowledged.append(party)
    return acknowledged


async def _answers(
    desk: Desk, agreement: AgreementId, item: Item
) -> tuple[list[PartyId], list[PartyId]]:
    async with turn(desk.context, agreement) as view:
        state = view.fold.state
        receipted = [party for party in item.to if (item.place, party) in state.receipts]
        refused = [party for party in item.to if (item.place, party) in state.refusals]
    return receipted, refused


WAITING: Final = (wait,)
