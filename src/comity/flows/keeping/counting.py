# SPDX-License-Identifier: Apache-2.0
"""An inventory: every copy that should be here is found, or is reported as missing.

What lies in the node is looked at by the node itself. A missing copy opens an incident, and the
partners are told the result as far as the file asks. Source: Japan-ROK GSOMIA Art. 6(f), 17
(treaties.md G6f, G17)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from comity.basis.errors import InputError, StateError, excerpt
from comity.basis.ids import AgreementId, PersonId, Place, parse_place
from comity.basis.instants import Instant, date_of
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.decision.people import Role
from comity.decision.stages import Allowed, Refused
from comity.flows.cases.incidents import Report, report_incident
from comity.flows.commits import commit_on
from comity.flows.context import Context, decide_again
from comity.flows.copies import NODE, Copies, Copy, Ended, Ending, copies_of
from comity.flows.documents import COPIES
from comity.flows.drafts import keep_refusal
from comity.flows.erased import erased_among
from comity.flows.facts import find_facility, find_person
from comity.flows.journal import journal_entry, refusal_entry
from comity.flows.parcels import Named, is_held
from comity.flows.speak import Act, Entered, Unsaid, Utterance, draft_for
from comity.flows.speaker import say
from comity.flows.turns import read_view, turn
from comity.flows.view import View
from comity.ports import Basis, Change, Document
from comity.state.protected import told_as_item
from comity.state.queries import items_by, items_for
from comity.state.queries_cases import is_closed
from comity.state.records import Item
from comity.state.records_cases import Incident
from comity.statement.cases import Affected, Certainty, Harm
from comity.statement.custody import InventoryResult

_ACT = "inventory.count"
_DIGITS_MAX = 7
COUNTING = frozenset({Role.REGISTRAR})
"""Who counts."""

CopyName = tuple[Place, int]
"""An item and the number of its copy."""


@dataclass(frozen=True, slots=True)
class Row:
    """A copy that should be found, and whether it was."""

    item: Place
    copy: Copy
    found: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """What an inventory found; the report of what is missing, and the result that was told."""

    rows: tuple[Row, ...]
    incident: Place | None
    told: Entered | None

    @property
    def missing(self) -> tuple[Row, ...]:
        """List what was not found."""
        return tuple(row for row in self.rows if not row.found)


def parse_copy_name(text: str, where: str) -> CopyName:
    """Read an item and the number of its copy, as `JPN/12:2`.

    Raises:
        InputError: it is none.
    """
    item, colon, number = text.rpartition(":")
    if not colon or not number.isascii() or not number.isdecimal() or len(number) > _DIGITS_MAX:
        raise InputError(
            "inventory.copy-name",
            "not a copy of an item",
            where=where,
            expected="an item and a number, as JPN/12:2",
            found=excerpt(text),
        )
    return parse_place(item, where), int(number)


def all_but(
    agreement: AgreementId, rows: tuple[Row, ...], missing: Iterable[CopyName]
) -> tuple[CopyName, ...]:
    """Give what was seen, by what was not; what the node has, it has looked at itself.

    Raises:
        InputError: no such copy should be found.
    """
    known = {(row.item, row.copy.number): row for row in rows}
    left_out = frozenset(missing)
    strange = sorted(left_out - known.keys())
    if strange:
        place, number = strange[0]
        raise InputError(
            "inventory.copy-name",
            "no such copy should be found",
            where=f"{agreement}/{place}",
            found=str(number),
            hint="list what should be: comity inventory expected",
        )
    in_node = {name for name, row in known.items() if row.copy.in_node}
    return tuple(sorted(known.keys() - left_out - in_node))


async def expected_copies(
    context: Context, agreement: AgreementId, person: PersonId, *, facility: str | None = None
) -> tuple[Row, ...] | Refused:
    """List what should be found, at one facility or everywhere; found is what the node has.

    Raises:
        StateError: no such facility is on the register.
    """
    counter = await find_person(context, person)
    allowed = allow_house_act(_ACT, counter.roles, COUNTING | {Role.AUDITOR})
    if isinstance(allowed, Refused):
        return allowed
    await _refuse_unknown_facility(context, facility)
    async with turn(context, agreement) as view:
        return await _expected(context, view, facility)


async def count(
    context: Context,
    agreement: AgreementId,
    person: PersonId,
    found: Collection[CopyName],
    *,
    facility: str | None = None,
) -> Counted | Refused:
    """Count the copies at one facility or everywhere; `found` are those that were seen.

    1. the role; what should be there is held against what was found;
    2. missing copies of what we were given are reported at once: before anything else is written;
    3. they are put down as missing; where everything was counted and the file asks for
       inventories, the partners are told how it came out.

    What lies in the node is looked at anew each time, and so never put down: it is here again as
    soon as its key and payload are. It is not reported again while a report of it is open.
    An item of whose copies the record does not read is missing until somebody has seen it.
    Safe to run again: what was reported and not put down yet is gone on with.

    Raises:
        StateError: a copy is said to be found that is not on the register; or no such facility is.
    """
    counter = await find_person(context, person)
    allowed = allow_house_act(_ACT, counter.roles, COUNTING)
    details: dict[str, JsonValue] = {"agreement": agreement, "facility": facility}
    if isinstance(allowed, Refused):
        return await keep_refusal(context, allowed, person, details)
    await _refuse_unknown_facility(context, facility)
    async with turn(context, agreement) as view:
        rows = _compared(agreement, await _expected(context, view, facility), frozenset(found))
        asked = bool(view.agreement().clauses("inventory")) and facility is None
    incident = await _report(context, agreement, person, rows)  # 2
    if isinstance(incident, Refused):
        return incident
    if asked:  # 3
        told = await _tell(context, agreement, person, (rows, incident))
        return told if isinstance(told, Refused) else Counted(rows, incident, told)
    await _put_down(context, agreement, (person, allowed), rows, incident)
    return Counted(rows, incident, None)


async def _refuse_unknown_facility(context: Context, facility: str | None) -> None:
    """Refuse a place that is none: nothing would be expected there, and so nothing missed."""
    if facility is None or facility == NODE:
        return
    if await find_facility(context, facility) is None:
        raise StateError(
            "facility.unknown",
            "no such facility on this node's register",
            where="facility",
            found=excerpt(facility),
            hint=f"list them: comity facility list; what lies in the node itself is at {NODE}",
        )


async def _expected(context: Context, view: View, facility: str | None) -> tuple[Row, ...]:
    state, rows = view.fold.state, []
    told = (told_as_item(each) for each in state.disclosures.values())
    notes = (each for each in told if view.own in (each.place.party, *each.to))
    items = sorted(
        (*items_for(state, view.own), *items_by(state, view.own), *notes),
        key=lambda item: item.place,
    )
    erased = await erased_among(context, view, (item.place for item in items))
    for item in items:
        copies = await copies_of(context, view, item)
        for copy in copies.here:
            if facility not in (None, copy.hand.facility):
                continue
            if copy.in_node and item.place in erased:
                continue
            seen = copy.in_node and not copies.unread and await _is_here(context, view, item)
            rows.append(Row(item.place, copy, seen))
    return tuple(rows)


async def _is_here(context: Context, view: View, item: Item) -> bool:
    """Answer whether the node can still open an item that lies in it."""
    sealed = item.release.sealed
    ref = view.item_ref(item.place, sealed)
    if not await context.ports.keys.held_item_keys(frozenset({ref})):
        return False
    named = Named(sealed.sha256, sealed.size, clear=False, place=item.place)
    return await is_held(context, view, named)


def _compared(
    agreement: AgreementId, rows: tuple[Row, ...], found: frozenset[CopyName]
) -> tuple[Row, ...]:
    known = {(row.item, row.copy.number) for row in rows}
    strange = sorted(found - known)
    if strange:
        place, number = strange[0]
        raise StateError(
            "inventory.not-expected",
            "a copy was found that should not be there",
            where=f"{agreement}/{place}",
            found=str(number),
            hint="look at its record first: comity copy list ITEM",
        )
    return tuple(
        replace(row, found=row.found or (row.item, row.copy.number) in found) for row in rows
    )


async def _report(
    context: Context, agreement: AgreementId, person: PersonId, rows: tuple[Row, ...]
) -> Place | Refused | None:
    own = context.config.party
    lost = tuple(row for row in rows if not row.found and row.item.party != own)
    if not lost:
        return None
    told = _open_losses(await read_view(context, agreement))
    new = tuple(row for row in lost if not (row.copy.in_node and _naming(told, row)))
    known = _just(told, lost) or _just(told, new)
    if known is None and not new:
        known = max((each for row in lost for each in _naming(told, row)), key=_at)
    if known is not None:
        return known.place
    now = context.ports.clock.now()
    report = Report(_affected(new), Harm.LOSS, Certainty.POSSIBLE, begun_at=now)
    said = await report_incident(context, agreement, report, person=person)
    return said if isinstance(said, Refused) else said.place


def _affected(rows: tuple[Row, ...]) -> tuple[Affected, ...]:
    missing: dict[Place, list[int]] = {}
    for row in rows:
        missing.setdefault(row.item, []).append(row.copy.number)
    return tuple(Affected(item, tuple(sorted(missing[item]))) for item in sorted(missing))


def _open_losses(view: View) -> tuple[Incident, ...]:
    """List our reports of a loss that are not closed."""
    state = view.fold.state
    return tuple(
        each
        for each in state.incidents.values()
        if each.place.party == view.own
        and each.report.harm is Harm.LOSS
        and not is_closed(state, each)
    )


def _just(told: tuple[Incident, ...], lost: tuple[Row, ...]) -> Incident | None:
    """Find the report of just this loss, where what should have followed it did not.

    Its copies still count as here, in the hands that they were in before: so it was not put down.
    A report is not found again for a copy that somebody took over since.
    """
    since = max((row.copy.hand.since for row in lost), default=None)
    if since is None:
        return None
    affected = _affected(lost)
    for each in told:
        if each.at > since and tuple(sorted(each.report.affected, key=_item)) == affected:
            return each
    return None


def _naming(told: tuple[Incident, ...], row: Row) -> list[Incident]:
    """List the reports that name a copy as it is now, by its number or as part of the whole."""
    return [
        each
        for each in told
        if each.at > row.copy.hand.since
        and any(
            one.item == row.item and (not one.copies or row.copy.number in one.copies)
            for one in each.report.affected
        )
    ]


def _item(affected: Affected) -> Place:
    return affected.item


def _at(incident: Incident) -> tuple[Instant, Place]:
    return incident.at, incident.place


async def _tell(
    context: Context,
    agreement: AgreementId,
    person: PersonId,
    result: tuple[tuple[Row, ...], Place | None],
) -> Entered | Refused:
    rows, incident = result
    given = [row for row in rows if row.item.party != context.config.party]

    async def prepare(view: View) -> Utterance | Unsaid:
        version = await context.ports.store.version(COPIES)
        allowed = allow_house_act(_ACT, (await find_person(context, person)).roles, COUNTING)
        if isinstance(allowed, Refused):
            details: dict[str, JsonValue] = {"agreement": agreement}
            return Unsaid(allowed, refusal_entry(context, allowed, person, details))
        zone = view.agreement().lifecycle.zone
        body = InventoryResult(
            on=date_of(view.moment(context), zone),
            items=len({row.item for row in given}),
            copies=len(given),
            missing=tuple(sorted({row.item for row in given if not row.found})),
            incident=incident,
        )
        act = Act(
            body.KIND,
            allowed,
            person,
            {"missing": sum(1 for row in rows if not row.found)},
            documents=await _missing_documents(context, view, rows, incident),
            rests_on=((COPIES, version),),
        )
        return Utterance(draft_for(context, view, body), act)

    return await say(context, agreement, prepare)


async def _put_down(
    context: Context,
    agreement: AgreementId,
    by: tuple[PersonId, Allowed],
    rows: tuple[Row, ...],
    incident: Place | None,
) -> None:
    person, allowed = by

    async def attempt() -> None:
        async with turn(context, agreement) as view:
            version = await context.ports.store.version(COPIES)
            missing: list[JsonValue] = [
                f"{row.item} {row.copy.number}" for row in rows if not row.found
            ]
            details: dict[str, JsonValue] = {"copies": len(rows), "missing": missing}
            change = Change(
                allowed_by=allowed,
                basis=Basis(versions=((COPIES, version),)),
                documents=await _missing_documents(context, view, rows, incident),
                journal=(journal_entry(context, _ACT, person, details=details),),
            )
            await commit_on(context, view, change)

    await decide_again(attempt)


async def _missing_documents(
    context: Context, view: View, rows: tuple[Row, ...], said: Place | None
) -> tuple[Document, ...]:
    ended = Ended(Ending.MISSING, view.moment(context), said)
    changed: dict[Place, Copies] = {}
    for row in rows:
        if row.found or row.copy.in_node:
            continue
        copies = changed.get(row.item)
        if copies is None:
            copies = await copies_of(context, view, view.protected(row.item))
        copy = copies.copy(row.copy.number)
        if copy.ended is None and not copies.unread:
            changed[row.item] = copies.with_copy(replace(copy, ended=ended, offer=None))
    return tuple(changed[place].document() for place in sorted(changed))
