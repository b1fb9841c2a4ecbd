# SPDX-License-Identifier: Apache-2.0
"""Firms as they stand now, page by page: each condition with its evidence and end, and what lacks.

What was given to a firm is known to whoever may know of the item.
Source: Japan-ROK GSOMIA Art. 7(1), 16
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import Final

from comity.agreement.model import Agreement, Checklist, Words
from comity.basis.ids import AgreementId, PersonId
from comity.basis.instants import DAY_MS, Instant, Zone
from comity.decision.facilities import refuse_firm
from comity.decision.house import allow_listing
from comity.decision.request import NO_ITEM
from comity.decision.stages import Allowed, Refused
from comity.flows.at_firms import Given, firm_facts, read_given
from comity.flows.context import Context
from comity.flows.documents import CONTRACTOR_ITEM
from comity.flows.facts import find_person, person_request
from comity.flows.listing import may_know, view_of_lister
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.lifecycle_dates import day_end
from comity.state.queries import zone_of
from comity.state.queries_cases import contractor_letters, firm_chain, holds, missing_conditions
from comity.state.records_cases import Condition, Firm, FirmKey

SOON_MS: Final = 60 * DAY_MS
"""A condition that ends within this is said to end soon."""

GIVEN_LOOKS: Final = 5_000
GIVEN_MAX: Final = 100
"""Items given to firms that are looked at for one of them, and that are shown."""

BELOW_MAX: Final = 50
"""Subcontractors of a firm that are named."""


class Met(StrEnum):
    """How a condition stands at a firm's facility."""

    STANDS = "stands"
    ENDS_SOON = "ends_soon"
    EXPIRED = "expired"
    NOT_MET = "not_met"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Point:
    """One condition: its letter, the file's words for it, and what was assured of it last."""

    letter: str
    words: Words | None
    standing: Met
    assured: Condition | None


@dataclass(frozen=True, slots=True)
class FirmRow:
    """A firm's facility, of the party that answers for it, and the letters that lack there.

    `above` are the firms that it works for, the nearest first, each with the letters that it
    lacks: what lacks there stops it too.
    """

    key: FirmKey
    firm: Firm
    points: tuple[Point, ...]
    lacking: tuple[str, ...]
    above: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def may_be_given(self) -> bool:
        """Answer whether every condition stands, at the firm and at all above it."""
        return not self.lacking and not any(letters for _, letters in self.above)


@dataclass(frozen=True, slots=True)
class FirmPage:
    """A firm's facility, what was given to it here, and who works for it.

    `is_cut`: not everything that was ever given to firms was looked at.
    """

    row: FirmRow
    given: tuple[Given, ...]
    is_cut: bool
    below: tuple[FirmKey, ...]


async def page_firms(
    context: Context,
    agreement: AgreementId,
    person: PersonId,
    after: FirmKey | None,
    *,
    limit: int,
    lacking_only: bool = False,
) -> tuple[tuple[FirmRow, ...], FirmKey | None] | Refused:
    """List firms by party, name and facility; and the last key, where there are more."""
    lister = await view_of_lister(context, agreement, person)
    if isinstance(lister, Refused):
        return lister
    view, _ = lister
    left = (key for key, _ in view.fold.state.firms.items() if after is None or key > after)
    if lacking_only:
        left = (key for key in left if not _row(context, view, key).may_be_given)
    found = heapq.nsmallest(limit + 1, left)
    rows = tuple(_row(context, view, key) for key in found[:limit])
    return rows, rows[-1].key if len(found) > limit else None


async def find_firm(
    context: Context, agreement: AgreementId, key: FirmKey, person: PersonId
) -> FirmPage | None:
    """Give one firm's facility; None: there is none, or the person lists nothing."""
    view, by = await read_view(context, agreement), await find_person(context, person)
    state = view.fold.state
    if state.firms.get(key) is None or not isinstance(allow_listing(by), Allowed):
        return None
    given: list[Given] = []
    is_cut = False
    if key[0] == view.own:
        kept = await context.ports.store.documents(
            CONTRACTOR_ITEM, prefix=f"{agreement}/", limit=GIVEN_LOOKS
        )
        is_cut = len(kept) == GIVEN_LOOKS
        for each in (read_given(one.key) for one in kept):
            item = state.items.get(each.item)
            at_this = (each.firm, each.facility) == key[1:]
            if at_this and item is not None and may_know(by, item):
                given.append(each)
    works_for = (other for other, firm in state.firms.items() if (other[0], firm.parent) == key[:2])
    below = tuple(sorted(islice(works_for, BELOW_MAX)))
    return FirmPage(_row(context, view, key), tuple(given[:GIVEN_MAX]), is_cut, below)


async def giving_refused(
    context: Context, agreement: AgreementId, firm: tuple[str, str], person: PersonId
) -> Refused | None:
    """Say which conditions on firms stop whatever would be given to one now; None: none does.

    Nothing is kept of it: it is shown beside the act before anybody does it.

    Raises:
        StateError: no version is signed.

    Source: Japan-ROK GSOMIA Art. 16(a) to (o)
    """
    view = await read_view(context, agreement)
    by, now, file = await find_person(context, person), view.moment(context), view.agreement()
    firms = firm_facts(view.fold.state, (view.own, *firm), contractor_letters(file), now)
    lowest = replace(NO_ITEM, level=file.levels.order[-1])
    asked = await person_request(context, view, by, now)
    asked = replace(asked, action="contractor_release", item=lowest, firms=firms)
    return refuse_firm(file, asked)


def points_asked(file: Agreement | None) -> dict[str, Words]:
    """Give the conditions that a file asks of firms, by letter, in its own words."""
    clauses = () if file is None else file.clauses("contractor")
    lists = (each.find("conditions") for each in clauses)
    points = [point for each in lists if isinstance(each, Checklist) for point in each.points]
    return dict(sorted(points, key=lambda point: point[0]))


def _row(context: Context, view: View, key: FirmKey) -> FirmRow:
    state, now, words = view.fold.state, view.moment(context), points_asked(view.find_agreement())
    letters = tuple(words)
    firm = state.firms.get(key) or Firm(None, (), None)
    said = {each.letter: each for each in firm.conditions}
    zone = zone_of(state)
    points = tuple(
        _point(letter, words.get(letter), said.get(letter), now, zone)
        for letter in sorted({*letters, *said})
    )
    chain = firm_chain(state, key, letters, now)[1:]
    above = tuple((each[1], missing_conditions(state, each, letters, now)) for each in chain)
    return FirmRow(key, firm, points, missing_conditions(state, key, letters, now), above)


def _point(
    letter: str, words: Words | None, assured: Condition | None, now: Instant, zone: Zone
) -> Point:
    if assured is None:
        return Point(letter, words, Met.NEVER, None)
    standing = Met.STANDS
    if not assured.assure.met:
        standing = Met.NOT_MET
    elif not holds(assured, now, zone):
        standing = Met.EXPIRED
    elif assured.until is not None and day_end(assured.until, zone) - now <= SOON_MS:
        standing = Met.ENDS_SOON
    return Point(letter, words, standing, assured)
