# SPDX-License-Identifier: Apache-2.0
"""Receiving and opening items: receipt with our own marking, then opening for a purpose.

The journal entry comes before the first plaintext byte. Source: Japan-ROK GSOMIA Art. 4(2), 6(c),
7, 12; DESIGN 2
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from comity.agreement.model import Agreement
from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.instants import Date, Instant, date_of
from comity.basis.strict_json import JsonValue
from comity.decision.facilities import refuse_unattended
from comity.decision.house import CONTENT_ROLES, allow_house_act, join_refusals
from comity.decision.people import Person, Role
from comity.decision.request import Request
from comity.decision.stages import Allowed, Refused
from comity.flows.admission import refusal_of
from comity.flows.arrivals import take_custody
from comity.flows.at_firms import allow_by_person
from comity.flows.commits import commit_on
from comity.flows.context import Context, decide_again
from comity.flows.copies import Copies, copies_of
from comity.flows.drafts import keep_refusal
from comity.flows.facts import (
    find_facility,
    find_person,
    person_request,
    with_assurances,
    with_item,
)
from comity.flows.journal import done_entry, refusal_entry
from comity.flows.origins import standing_level
from comity.flows.parcels import read_sealed
from comity.flows.speak import Act, Entered, Unsaid, Utterance, draft_for
from comity.flows.speaker import say
from comity.flows.turns import read_about, turn_about
from comity.flows.view import View
from comity.marking.banners import Banner, OriginatorName, banner
from comity.marking.equivalence import choose_marking, corresponding_markings
from comity.ports import Change
from comity.sealing.payload import PayloadHeader
from comity.sealing.stream import Opener, open_chunks
from comity.state.queries import held_marking, item_level, originator_marking
from comity.state.records import Item
from comity.statement.information import ItemReceipt


async def receipt_item(
    context: Context,
    agreement: AgreementId,
    place: Place,
    person: PersonId,
    *,
    marking: str | None = None,
) -> Entered | Refused:
    """Give the receipt for statement and payload, under our own corresponding marking.

    1. the item is for us, is let in by the agreement, and its payload is here and opens;
    2. the registrar's role;
    3. the marking: where several correspond, the receiving officer chooses;
    4. the receipt is entered.

    Raises:
        InputError: several markings correspond and none was chosen, or another was.
        StateError: no such item, not for us, receipted before, or its payload is not here.
    """

    async def prepare(view: View) -> Utterance | Unsaid:
        return await _receipt(context, view, place, person, marking)

    return await say(context, agreement, prepare)


async def _receipt(
    context: Context, view: View, place: Place, person: PersonId, marking: str | None
) -> Utterance | Unsaid:
    item = view.item(place)
    _check_ours(view, item)
    allowed = await _may_receipt(context, view, item, person)  # 2
    details: dict[str, JsonValue] = {"item": f"{view.agreement_id}/{place}"}
    if isinstance(allowed, Refused):
        return Unsaid(allowed, refusal_entry(context, allowed, person, details))
    await _check_whole(context, view, item)  # 1
    level, on = _level_and_day(view, item, view.moment(context))
    table = view.file(item.version).table
    chosen = choose_marking(table, view.own, level, choice=marking, on=on)  # 3
    body = ItemReceipt(place, item.release.parcel.sha256, chosen)
    act = Act("item.receipt", allowed, person, {**details, "marking": chosen})
    return Utterance(draft_for(context, view, body), act)  # 4


async def _may_receipt(
    context: Context, view: View, item: Item, person: PersonId
) -> Allowed | Refused:
    """Decide whether a person may give our receipt now: by the house, the file and the facility."""
    officer = await find_person(context, person)
    refusal = await refusal_of(context, view, item)
    allowed = allow_house_act("item.receipt", officer.roles, {Role.REGISTRAR})
    if isinstance(allowed, Refused):
        return join_refusals(allowed, refusal) or allowed
    facility, file = await find_facility(context, officer.facility), view.file(item.version)
    unattended = refuse_unattended(file, "item.receipt", facility, view.moment(context))
    return join_refusals(refusal, unattended) or allowed


def _level_and_day(view: View, item: Item, now: Instant) -> tuple[str, Date]:
    """Give what a marking must correspond to: the item's level, and the day by the file's zone."""
    on = date_of(now, view.file(item.version).lifecycle.zone)
    return item_level(view.fold.state, item, now), on


@dataclass(frozen=True, slots=True)
class ReceiptChoice:
    """The markings of ours under which an item may be receipted, and whether a person may.

    `articles` have these markings correspond to the item's level.
    """

    markings: tuple[str, ...]
    articles: tuple[str, ...]
    outcome: Allowed | Refused


async def may_receipt(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> ReceiptChoice:
    """Decide whether a person may give our receipt for an item now; nothing is written.

    Raises:
        StateError: no such item, or it is not for us.

    Source: Japan-ROK GSOMIA Art. 4(1), 4(2)
    """
    view = await read_about(context, agreement, (place,))
    item = view.item(place)
    _check_ours(view, item)
    level, on = _level_and_day(view, item, view.moment(context))
    file = view.file(item.version)
    markings = corresponding_markings(file.table, view.own, level, on)
    articles = tuple(each.article for each in file.equivalence if each.level == level)
    return ReceiptChoice(markings, articles, await _may_receipt(context, view, item, person))


def _check_ours(view: View, item: Item) -> None:
    if view.own not in item.to:
        raise StateError(
            "item.not-for-us",
            "this item was not released to us",
            where=f"{view.agreement_id}/{item.place}",
            expected=view.own,
            found=", ".join(item.to),
        )


async def _check_whole(context: Context, view: View, item: Item) -> None:
    """Check that the payload is here and opens; what a crash left to be taken is taken now."""
    place, where = item.place, f"{view.agreement_id}/{item.place}"
    if place not in view.open.parcels:
        try:
            ref = view.item_ref(place, item.release.sealed)
            await context.ports.keys.custody_item_key(ref)
        except StateError:
            view.open.parcels.add(place)  # lost since: it is asked for again
    unreadable = await take_custody(context, view, (place,))
    for parcel, code in unreadable:
        if parcel.place == place:
            raise StateError(
                "item.unreadable",
                "the payload is here and cannot be opened",
                where=where,
                found=code,
                hint="refuse it by the next bundle, so that the originator releases it anew",
            )
    if place in view.open.parcels:
        raise StateError(
            "item.payload-missing",
            "the payload has not come yet",
            where=where,
            hint="take the bundle that carries it, or ask for it in the reply",
        )


@dataclass(frozen=True, slots=True)
class Opened:
    """An item being read: its level and banner, and its plaintext as it is authenticated.

    Built by `open_items` alone, after the journal entry is committed.
    """

    item: Item
    level: str
    banner: Banner
    opener: Opener
    content: Iterator[bytes]

    @property
    def header(self) -> PayloadHeader | None:
        """The payload's own description; None until the first content has been drawn."""
        return self.opener.header


async def decide_on_item(
    context: Context,
    agreement: AgreementId,
    place: Place,
    person: PersonId,
    *,
    action: str,
    purpose: str | None = None,
    recipient: PartyId | None = None,
    channel: str | None = None,
) -> Allowed | Refused:
    """Decide any act on an item by one of our people, as it stands now; nothing is written."""
    view = await read_about(context, agreement, (place,))
    item = view.item(place)
    copies = await copies_of(context, view, item)
    asking = await ask_as(context, view, person)
    request = _item_request(view, item, asking, copies)
    wanted = replace(request, action=action, purpose=purpose, recipient=recipient, channel=channel)
    return await allow_by_person(context, view, item, asking.by, wanted)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks about items of one view at one moment; gathered once, however many they are.

    `request` says nothing of an item. `assured` keeps what was assured for each list of names.
    """

    by: Person
    at: Instant
    request: Request
    assured: dict[tuple[str, ...], Request] = field(default_factory=dict)


async def ask_as(context: Context, view: View, person: PersonId) -> Asking:
    """Gather who asks, now; for whoever decides at once, in the turns that the view rests on."""
    now = view.moment(context)
    by = await find_person(context, person)
    return Asking(by, now, await person_request(context, view, by, now))


def _item_request(view: View, item: Item, asking: Asking, copies: Copies) -> Request:
    named = item.release.label.named_for
    known = asking.assured.get(named)
    if known is None:
        parties = (*view.partners, view.own)
        known = with_assurances(view, asking.request, parties, named, asking.at)
        asking.assured[named] = known
    request = with_item(view, known, item, asking.at)
    return replace(request, item=replace(request.item, copies=len(copies.here)))


async def open_item(
    context: Context, agreement: AgreementId, place: Place, person: PersonId, *, purpose: str
) -> Opened | Refused:
    """Open an item for a person and a purpose: as `open_items`."""
    found = await open_items(context, agreement, (place,), person, purpose=purpose)
    return found if isinstance(found, Refused) else found[0]


async def open_items(
    context: Context,
    agreement: AgreementId,
    places: Sequence[Place],
    person: PersonId,
    *,
    purpose: str,
) -> tuple[Opened, ...] | Refused:
    """Open items for a person and a purpose, all at one moment; one that is refused refuses all.

    1. gather the items, the person and the agreement's standing;
    2. decide each: clearance, need-to-know, purpose, register, marking; no role opens by itself;
    3. the journal's entries are committed, or that of the refusal, before any content is drawn;
    4. open.

    Raises:
        StateError: no such item, or its payload or key is not here, or no copy of it is left.
        ProofError: while content is drawn, when it is altered or truncated.
    """

    async def attempt() -> tuple[Opened, ...] | Refused:
        async with turn_about(context, agreement, places) as view:
            return await _open(context, view, places, person, purpose)

    return await decide_again(attempt)


async def _open(
    context: Context, view: View, places: Sequence[Place], person: PersonId, purpose: str
) -> tuple[Opened, ...] | Refused:
    decided: list[tuple[Item, Allowed]] = []
    items = [view.item(each) for each in places]
    asking = await ask_as(context, view, person)  # 1
    for item in items:
        allowed = await decide_opening(context, view, item, asking, purpose)  # 2
        if isinstance(allowed, Refused):
            return await keep_refusal(context, allowed, person, _opening(view, item, purpose))
        decided.append((item, allowed))
    opened = [await _opened(context, view, item) for item, _ in decided]
    await note_openings(context, view, person, purpose, decided)  # 3
    return tuple(opened)


async def _opened(context: Context, view: View, item: Item) -> Opened:
    """Make an item ready to be read; nothing of it is drawn."""
    sealed = item.release.sealed
    key = await context.ports.keys.custody_item_key(view.item_ref(item.place, sealed))
    chunks = await read_sealed(context, view, item.place, item.release.parcel, sealed)
    level = marking_and_level(view, item, view.moment(context))[1]
    head = item_banner(context, view, item, view.file(item.version))
    opener = Opener(key)
    return Opened(item, level, head, opener, open_chunks(opener, chunks))


async def note_openings(
    context: Context,
    view: View,
    person: PersonId,
    purpose: str,
    opened: Sequence[tuple[Item, Allowed]],
) -> None:
    """Commit a line of the journal for each item that is opened, in one commit.

    Each has its own: an inspector is shown the lines of what their party originated, no others.
    Source: Japan-ROK GSOMIA Art. 18 (treaties.md G18)
    """
    lines = tuple(
        done_entry(context, "item.open", person, allowed, _opening(view, item, purpose))
        for item, allowed in opened
    )
    allowed_by = tuple(allowed for _, allowed in opened)
    await commit_on(context, view, Change(allowed_by=allowed_by, journal=lines))


def _opening(view: View, item: Item, purpose: str) -> dict[str, JsonValue]:
    return {"item": f"{view.agreement_id}/{item.place}", "purpose": purpose}


async def decide_opening(
    context: Context, view: View, item: Item, asking: Asking, purpose: str
) -> Allowed | Refused:
    """Decide whether a person may open an item then: by the agreement, the house and its copies.

    For whoever holds the turns of all that has a word about it; nothing is written.

    Raises:
        StateError: no copy of it is left.
    """
    copies = await copies_of(context, view, item)
    copies.check_open()
    request = _item_request(view, item, asking, copies)
    asked = replace(request, action="open", purpose=purpose)
    allowed = await allow_by_person(context, view, item, asking.by, asked)
    house = join_refusals(
        allow_house_act("open", asking.by.roles, CONTENT_ROLES),
        None if item.place.party == view.own else await refusal_of(context, view, item),
    )
    return join_refusals(house, allowed) or allowed


def item_banner(context: Context, view: View, item: Item, agreement: Agreement) -> Banner:
    """Write an item's banner: both markings, the originators in their own words, private rights.

    Source: Japan-ROK GSOMIA Art. 4(2), 6(d), 6(g)
    """
    state, now, label = view.fold.state, view.moment(context), item.release.label
    marking, level = marking_and_level(view, item, now)
    names = named_originators(agreement, item, level)
    return banner(
        replace(label, marking=marking, level=level),
        names,
        receiver_marking=held_marking(state, item, view.own, now),
        exercise=context.config.exercise,
        rights=item.release.rights,
    )


def marking_and_level(view: View, item: Item, now: Instant) -> tuple[str, str]:
    """Give the marking that an item bears now, and its level: of both agreements it came by."""
    state, level = view.fold.state, standing_level(view, item, now)
    if level == item_level(state, item, now):
        return originator_marking(state, item, now), level
    file = view.file(item.version)
    on = date_of(now, file.lifecycle.zone)
    fitting = corresponding_markings(file.table, item.place.party, level, on)
    return (fitting or (originator_marking(state, item, now),))[0], level


def given_marking(item: Item, level: str) -> tuple[PartyId, str] | None:
    """Give who marked an item that was passed on, and how, as long as it has that `level` still.

    Source: Japan-ROK GSOMIA Art. 4(2)
    """
    came, label = item.release.passed_on, item.release.label
    if came is None or came.marking is None or level != label.level:
        return None
    return came.item.party, came.marking


def named_originators(agreement: Agreement, item: Item, level: str) -> tuple[OriginatorName, ...]:
    """Name an item's originators; beside the one that marked it before it was passed on, how."""
    by, marking = given_marking(item, level) or (None, None)
    return tuple(
        replace(originator_name(agreement, party), marking=marking if party == by else None)
        for party in item.release.label.originators
    )


def originator_name(agreement: Agreement, party: PartyId) -> OriginatorName:
    """Give a party's name in its own language and in English, as the agreement has them."""
    known = agreement.find_party(party)
    if known is None:
        return OriginatorName(party, party)
    own_language = known.names.languages()[0]  # the file puts the party's own language first
    return OriginatorName(known.names.in_language(own_language), known.names.in_language("en"))
