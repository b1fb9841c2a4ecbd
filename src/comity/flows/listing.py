# SPDX-License-Identifier: Apache-2.0
"""What our own people may look at: items to us or by us, registers, states, and the journal.

Labels, places and times alone; never content. Nothing is written here but the journal's own note
of who read it. Source: Japan-ROK GSOMIA Art. 7(1); DESIGN 4 (the journal)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from msgspec import structs

from comity.basis.errors import InvariantError, StateError
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.instants import Instant
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act, allow_listing, allow_sight, knows_of
from comity.decision.people import Person, Role
from comity.decision.stages import Refused
from comity.flows.channels import waits_for_disc
from comity.flows.context import Context
from comity.flows.disputes import find_dispute
from comity.flows.drafts import keep_refusal
from comity.flows.facts import find_person
from comity.flows.journal import journal_entry
from comity.flows.naming import readable
from comity.flows.origins import standing_level, standing_recalls
from comity.flows.parcels import is_held, payloads_of
from comity.flows.set_up import agreement_pins, pinned_agreements
from comity.flows.turns import read_about, read_view
from comity.flows.view import View, judge_anew, statement_at
from comity.ports import Change, RegisterHead
from comity.state.closing import Keeping, custody_of
from comity.state.export import state_json
from comity.state.queries import items_by, items_for, receipt_of
from comity.state.queries_cases import involved_of
from comity.state.records import Item, Receipt, Refusal
from comity.state.state import State
from comity.statement.judgement import Judged, Rejected, Waiting

JOURNAL_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as it stands here now.

    `held`: its payload is here; `readable`: we hold its key. `acknowledged` lists the partners
    that cosigned our register beyond it. `disc_only` says by which ways alone its payload may
    travel, with the article, where the wire is none of them. `keeping` says how far each recipient
    has come to the end of keeping it.
    """

    item: Item
    level: str
    receipts: tuple[tuple[PartyId, Receipt], ...]
    refusals: tuple[tuple[PartyId, Refusal], ...]
    superseded_by: Place | None
    held: bool
    readable: bool
    acknowledged: tuple[PartyId, ...]
    disc_only: str | None = None
    recalled_by: tuple[PartyId, ...] = ()
    keeping: tuple[tuple[PartyId, Keeping], ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """The items that a person may know of, by place; `withheld` counts the others."""

    rows: tuple[ItemRow, ...]
    withheld: int


@dataclass(frozen=True, slots=True)
class RegisterRowNow:
    """A register, the size that its party signed last, and what each other party cosigned.

    `split_view` is what showed that its party signed two trees; None: nothing has.
    """

    head: RegisterHead
    signed: int
    cosigned: tuple[tuple[PartyId, int], ...]
    split_view: bytes | None


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Some entries of the journal from `start` on; it holds `size`."""

    start: int
    size: int
    entries: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """A page of one party's register as it is judged here; what counts besides the bytes' own word.

    `size` entries are here, of which `judged_size` are judged. `uncounted` gives the code and
    article of what is admitted and does not count.
    """

    size: int
    judged_size: int
    judged: tuple[Judged, ...]
    waiting: tuple[Waiting, ...]
    uncounted: dict[Place, tuple[str, str | None]]


async def list_items(
    context: Context, agreement: AgreementId, person: PersonId
) -> Listing | Refused:
    """List the items released to us or by us, as far as the person may know of them."""
    view = await read_view(context, agreement)
    by = await find_person(context, person)
    allowed = allow_listing(by)
    if isinstance(allowed, Refused):
        return allowed
    state = view.fold.state
    items = sorted((*items_for(state, view.own), *items_by(state, view.own)), key=_place)
    seen = [item for item in items if may_know(by, item)]
    refs = frozenset(view.item_ref(item.place, item.release.sealed) for item in seen)
    keys = await context.ports.keys.held_item_keys(refs)
    rows = [await item_row(context, view, by, item, keys) for item in seen]
    return Listing(tuple(rows), len(items) - len(rows))


async def show_item(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> ItemRow | Refused:
    """Show one item's label and what became of it.

    Raises:
        StateError: no such item, or it is neither to us nor by us.
    """
    view = await read_view(context, agreement)
    by = await find_person(context, person)
    item = view.item(place)
    if view.own not in (*item.to, item.place.party):
        raise StateError(
            "item.not-for-us",
            "this item was not released to us",
            where=f"{agreement}/{place}",
            expected=view.own,
            found=", ".join(item.to),
        )
    sight = allow_sight(by, item.release.label.category)
    if isinstance(sight, Refused):
        return sight
    ref = view.item_ref(place, item.release.sealed)
    keys = await context.ports.keys.held_item_keys(frozenset({ref}))
    return await item_row(context, view, by, item, keys)


def may_know(person: Person, item: Item) -> bool:
    """Answer whether a person may know that an item is there."""
    return knows_of(person, item.release.label.category)


async def view_of_lister(
    context: Context, agreement: AgreementId, person: PersonId
) -> tuple[View, Person] | Refused:
    """Give what whoever lists something looks at, and their record, if they may list at all."""
    view, by = await read_view(context, agreement), await find_person(context, person)
    allowed = allow_listing(by)
    return allowed if isinstance(allowed, Refused) else (view, by)


def may_know_all(state: State, person: Person, places: Iterable[Place]) -> bool:
    """Answer whether a person may know of every item, and of whatever was disclosed, at places."""
    found = (involved_of(state, each) for each in places)
    return all(each is None or knows_of(person, each.label.category) for each in found)


def as_known(state: State, person: Person, item: Item) -> Item:
    """Give an item without its links to what a person may not know of.

    Source: Japan-ROK GSOMIA Art. 7(1) (treaties.md G7.1)
    """
    release = item.release
    asked = None if release.answers is None else state.requests.get(release.answers)
    is_asked = asked is None or knows_of(person, asked.request.category)
    made_from = tuple(each for each in release.derived_from if may_know_all(state, person, (each,)))
    supersedes = _known_place(state, person, release.supersedes)
    links = (supersedes, release.answers if is_asked else None, made_from)
    if links == (release.supersedes, release.answers, release.derived_from):
        return item
    supersedes, answers, derived_from = links
    shown = structs.replace(
        release, supersedes=supersedes, answers=answers, derived_from=derived_from
    )
    return structs.replace(item, release=shown)


def _known_place(state: State, person: Person, place: Place | None) -> Place | None:
    return place if place is not None and may_know_all(state, person, (place,)) else None


async def item_row(
    context: Context, view: View, by: Person, item: Item, keys: Collection[str]
) -> ItemRow:
    """Give an item as it stands here now, with no word of what `by` may not know of.

    `keys` are those that we hold (`View.item_ref`).
    """
    state, ports = view.fold.state, context.ports
    about = await _about(context, view, item)
    statement = await statement_at(context, view, item.place)
    named = payloads_of(statement, item.place)
    receipts = ((party, receipt_of(state, item.place, party)) for party in item.to)
    refusals = ((party, state.refusals.get((item.place, party))) for party in item.to)
    head = view.heads[item.place.party]
    cosigned = [
        (party, await ports.store.latest_cosignature(head.origin, party)) for party in view.partners
    ]
    return ItemRow(
        item=as_known(state, by, item),
        level=standing_level(about, item, view.moment(context)),
        receipts=tuple((party, each) for party, each in receipts if each is not None),
        refusals=tuple((party, each) for party, each in refusals if each is not None),
        superseded_by=_known_place(state, by, state.superseded_by.get(item.place)),
        held=all([await is_held(context, view, each) for each in named]),
        readable=view.item_ref(item.place, item.release.sealed) in keys,
        acknowledged=tuple(
            party for party, each in cosigned if each is not None and each.size > item.place.index
        ),
        disc_only=waits_for_disc(view, statement),
        recalled_by=standing_recalls(about, item),
        keeping=tuple((party, custody_of(state, item, party)) for party in item.to),
    )


async def level_now(context: Context, view: View, item: Item) -> str:
    """Give the level that an item has now, as a row shows it."""
    return standing_level(await _about(context, view, item), item, view.moment(context))


async def _about(context: Context, view: View, item: Item) -> View:
    """Give a view that knows of all that has a word about an item."""
    is_plain = item.release.passed_on is None and not item.release.derived_from
    return view if is_plain else await read_about(context, view.agreement_id, (item.place,))


def _place(item: Item) -> Place:
    return item.place


async def read_state(
    context: Context,
    agreement: AgreementId,
    at: Instant | None = None,
    *,
    parts: Collection[str] | None = None,
) -> dict[str, JsonValue]:
    """Give an agreement's state at an instant, or as it stands now by our clock; some parts of it.

    Whoever serves others names the parts: the whole grows with all that was ever said.
    """
    view = await read_view(context, agreement)
    instant = view.moment(context) if at is None else at
    if not view.fold.reaches(instant):
        view = await judge_anew(context, agreement)
    with view.fold.standing_at(instant) as state:
        return state_json(state, instant, parts)


async def list_registers(
    context: Context, agreement: AgreementId | None = None
) -> tuple[RegisterRowNow, ...]:
    """List the registers held, ours and the mirrors, of one agreement or of all."""
    agreements = await pinned_agreements(context) if agreement is None else (agreement,)
    store = context.ports.store
    rows: list[RegisterRowNow] = []
    for each in agreements:
        if not await agreement_pins(context, each):
            await read_view(context, each)  # says what is wrong
        heads = await store.registers(each)
        for head in heads:
            signed = await store.checkpoint(head.origin)
            parties = sorted(other.party for other in heads if other.party != head.party)
            found = [(p, await store.latest_cosignature(head.origin, p)) for p in parties]
            cosigned = tuple((party, 0 if c is None else c.size) for party, c in found)
            size, dispute = 0 if signed is None else signed.size, find_dispute(context, head.origin)
            rows.append(RegisterRowNow(head, size, cosigned, await dispute))
    return tuple(rows)


async def read_register(
    context: Context, agreement: AgreementId, party: PartyId, *, start: int, limit: int
) -> RegisterPage:
    """Give some entries of one party's register, each judged anew: so it says why in words.

    Where a view is at hand `page_register` gives the same without judging the rest.

    Raises:
        StateError: that party's register is not served.
    """
    judged: list[Judged] = []

    def keep(each: Judged) -> None:
        if each.place.party == party and start <= each.place.index < start + limit:
            judged.append(each)

    view = await judge_anew(context, agreement, keep)
    _head_of(view, party)
    return _page(view, party, judged)


async def page_register(
    context: Context, agreement: AgreementId, party: PartyId, *, start: int, limit: int
) -> RegisterPage:
    """Give some entries of one party's register with their verdicts, as they are kept.

    What it costs depends on the page alone, not on what was ever said.

    Raises:
        StateError: that party's register is not served.
    """
    view = await read_view(context, agreement)
    head = _head_of(view, party)
    end = min(start + limit, view.registers.judged_size(party))
    store = context.ports.store
    raws = () if start >= end else await store.entries(head.origin, start, end)
    kept = () if start >= end else await store.judgements(head.origin, start, end)
    found = {each.index: each for each in kept}
    if len(found) < len(raws):
        unkept = (each for each in view.open.unkept if each.origin == head.origin)
        found = {**{each.index: each for each in unkept}, **found}
    judged: list[Judged] = []
    for index, raw in enumerate(raws, start):
        verdict = found.get(index)
        if verdict is None:
            raise InvariantError("flows.unjudged", "a judged entry has no verdict", where=party)
        statement = next(readable((raw,)), None)
        rejected = None if verdict.admitted else Rejected(verdict.code or "", "", verdict.article)
        judged.append(Judged(Place(party, index), statement, rejected))
    return _page(view, party, judged)


def _head_of(view: View, party: PartyId) -> RegisterHead:
    head = view.heads.get(party)
    if head is None:
        raise StateError(
            "register.not-served",
            "no register of this party is served for this agreement",
            where=view.agreement_id,
            expected=", ".join(sorted(view.heads)),
            found=party,
            hint=f"pin it: comity agreement pin {view.agreement_id} --party {party}",
        )
    return head


def _page(view: View, party: PartyId, judged: list[Judged]) -> RegisterPage:
    uncounted = {each.place: view.fold.state.uncounted.get(each.place) for each in judged}
    return RegisterPage(
        size=view.heads[party].size,
        judged_size=view.registers.judged_size(party),
        judged=tuple(judged),
        waiting=tuple(each for each in view.waiting if each.place.party == party),
        uncounted={
            place: (found.finding.value, found.article)
            for place, found in uncounted.items()
            if found is not None
        },
    )


async def read_journal(
    context: Context, person: PersonId, *, start: int = 0, limit: int = JOURNAL_PAGE
) -> JournalPage | Refused:
    """Read the journal as an auditor; that it was read is journalled too."""
    reader = await find_person(context, person)
    allowed = allow_house_act("journal.read", reader.roles, {Role.AUDITOR})
    details: dict[str, JsonValue] = {"start": start}
    if isinstance(allowed, Refused):
        await keep_refusal(context, allowed, person, details)
        return allowed
    store = context.ports.store
    head = await store.journal()
    size = 0 if head is None else head.size
    end = min(size, start + limit)
    entries = () if head is None else await store.entries(head.origin, start, end)
    noted = journal_entry(context, "journal.read", person, details={**details, "end": end})
    await store.commit(Change(allowed_by=allowed, journal=(noted,)))
    return JournalPage(start, size, entries)
