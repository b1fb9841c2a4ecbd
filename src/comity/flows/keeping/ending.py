# SPDX-License-Identifier: Apache-2.0
"""The end of copies: destroyed with a certificate, or given back against a receipt.

An item is closed by nothing else. Source: Japan-ROK GSOMIA Art. 6(h), 13 (treaties.md G6h, G13)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from comity.agreement.acts import Action, DestructionMeans
from comity.basis.errors import InputError, StateError
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.instants import Date, date_of, format_instant
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act, join_refusals
from comity.decision.people import Role
from comity.decision.stages import Allowed, Refused, allow
from comity.flows.commits import commit_on
from comity.flows.context import Context, decide_again
from comity.flows.copies import Copies, Copy, CopyKind, Ended, Ending, copies_of
from comity.flows.documents import COPIES
from comity.flows.drafts import keep_refusal
from comity.flows.enclosures import SealedText, Text, enclose, seal_text
from comity.flows.erased import Erased, find_erased, is_sealing_key_held
from comity.flows.journal import cited_articles, done_entry, refusal_entry
from comity.flows.keeping.asking import Held, find_held, second_fact
from comity.flows.keeping.opening_keys import held_keys, left_onward
from comity.flows.rotation import sealing_key_waits
from comity.flows.speak import Act, Entered, Unsaid, Utterance
from comity.flows.speaker import say_about
from comity.flows.turns import turn, turn_about
from comity.flows.view import View
from comity.ports import Basis, Change
from comity.sealing.payload import PayloadHeader
from comity.statement.handling import ItemDestroyed, ItemReturn

ENDING = frozenset({Role.RELEASING_OFFICER, Role.REGISTRAR})
"""Who may end copies."""


@dataclass(frozen=True, slots=True)
class Destroying:
    """Which copies are destroyed (none named: all that are left), how, on which day, with whom.

    `note` describes other means, or whatever the certificate should say besides; it is payload.
    `backup_replaced` says that no old backup of the custody file is left (crypto-erase).
    """

    means: DestructionMeans
    numbers: tuple[int, ...] = ()
    second: PersonId | None = None
    on: Date | None = None
    note: str | None = None
    backup_replaced: bool = False


@dataclass(frozen=True, slots=True)
class Returning:
    """Which copies are given back (none named: all that are left), when; `note` is payload."""

    numbers: tuple[int, ...] = ()
    on: Date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class EndedHere:
    """Copies of our own item that were destroyed, by which articles: nobody else is told."""

    copies: Copies
    numbers: tuple[int, ...]
    articles: tuple[str, ...]


async def destroy(
    context: Context,
    agreement: AgreementId,
    place: Place,
    person: PersonId,
    how: Destroying,
) -> Entered | EndedHere | Refused:
    """Record that copies of an item were destroyed.

    1. gather the item and its copies; each named copy must be left;
    2. decide: the file's means and persons; what lies in the node must be erased first, and what
       was made under a number that it was passed on by must have ended;
    3. the certificate's words, with the persons' names, are sealed to the originators;
    4. certificate, copies and journal are committed together. Of our own item nobody is told.

    Raises:
        InputError: other means are named, and not described.
        StateError: a copy is not left, or lies in the node and is not erased; or copies are left
            under a number that it was passed on by.
    """
    if how.means is DestructionMeans.OTHER and not (how.note or "").strip():
        raise InputError(
            "item.means-not-described",
            "other means are named, and not described",
            where=f"{agreement}/{place}",
            expected="a note on what was done, so that nothing can be put together again",
            hint="describe it: --note TEXT",
        )

    async def decide(view: View, held: Held) -> Allowed | Refused:
        return await _decide_destroying(context, view, held, how)

    looked = await _look(
        context, (agreement, place), person, _Wish(how.numbers, how.on, how, decide)
    )
    if isinstance(looked, Refused):  # 1, 2
        return looked
    chosen, on = looked
    if place.party == context.config.party:
        return await _end_own(context, agreement, place, (person, how.numbers), decide)
    persons = (person,) if how.second is None else (person, how.second)
    sealed = await seal_text(context, agreement, _certificate(persons, chosen, on, how))  # 3

    def body(chosen: tuple[Copy, ...], left: int) -> ItemDestroyed:
        named = tuple(each.number for each in chosen)
        return ItemDestroyed(place, named, left, how.means, on, len(persons), None, None)

    ending = _Ending(Ending.DESTROYED, how.numbers, decide, body, sealed)
    return await _say_end(context, agreement, place, person, ending)  # 4


async def give_back(
    context: Context,
    agreement: AgreementId,
    place: Place,
    person: PersonId,
    how: Returning,
) -> Entered | Refused:
    """Give copies of an item back to its originators, who answer with a receipt.

    What lies in the node must be erased first: it would stay here else.

    Raises:
        StateError: a copy is not left, or lies in the node and is not erased.
    """

    async def decide(view: View, held: Held) -> Allowed | Refused:
        asked = replace(held.request, action=Action.RETURN.value)
        decided = allow(view.file(held.item.version), asked)
        house = allow_house_act("item.return", held.person.roles, ENDING)
        return join_refusals(house, decided) or decided

    wish = _Wish(how.numbers, how.on, None, decide)
    looked = await _look(context, (agreement, place), person, wish)
    if isinstance(looked, Refused):
        return looked
    _, on = looked
    text = None if how.note is None else (_header("Return of copies"), [how.note.encode()])
    sealed = await seal_text(context, agreement, text)

    def body(chosen: tuple[Copy, ...], left: int) -> ItemReturn:
        return ItemReturn(place, tuple(each.number for each in chosen), left, on, None, None)

    ending = _Ending(Ending.RETURNED, how.numbers, decide, body, sealed)
    return await _say_end(context, agreement, place, person, ending)


@dataclass(frozen=True, slots=True)
class _Wish:
    """Which copies are to end, on which day, destroyed how (None: given back); who decides."""

    numbers: tuple[int, ...]
    on: Date | None
    how: Destroying | None
    decide: Callable[[View, Held], Awaitable[Allowed | Refused]]


async def _look(
    context: Context, item: tuple[AgreementId, Place], person: PersonId, wish: _Wish
) -> tuple[tuple[Copy, ...], Date] | Refused:
    """Give the copies that end, and the day, where the file allows it and nothing opens them."""
    agreement, place = item
    async with turn_about(context, agreement, (place,)) as view:
        held = await find_held(context, view, view.protected(place), person)
        chosen = _chosen(held.copies, wish.numbers)
        first = await wish.decide(view, held)
        if isinstance(first, Refused):
            return await keep_refusal(context, first, person, held.details)
        erased = await _check_erased(context, view, held, chosen, wish.how)
        await _check_onward(context, view, held, chosen)
        on = _day(view, held, wish.on)
    if erased is not None:
        await _check_sealing_key(context, erased, f"{agreement}/{place}")
    return chosen, on


@dataclass(frozen=True, slots=True)
class _Ending:
    """What is said of copies that end; decided anew on the view that it is said on."""

    how: Ending
    numbers: tuple[int, ...]
    decide: Callable[[View, Held], Awaitable[Allowed | Refused]]
    body: Callable[[tuple[Copy, ...], int], ItemDestroyed | ItemReturn]
    sealed: SealedText | None


async def _say_end(
    context: Context, agreement: AgreementId, place: Place, person: PersonId, ending: _Ending
) -> Entered | Refused:
    async def prepare(view: View) -> Utterance | Unsaid:
        version = await context.ports.store.version(COPIES)
        held = await find_held(context, view, view.protected(place), person)
        chosen = _chosen(held.copies, ending.numbers)
        decided = await ending.decide(view, held)
        if isinstance(decided, Refused):
            return Unsaid(decided, refusal_entry(context, decided, person, held.details))
        said = Place(view.own, view.registers.judged_size(view.own))
        copies = _ended(held, chosen, Ended(ending.how, held.at, said))
        body = ending.body(chosen, len(copies.left))
        details: dict[str, JsonValue] = {
            **held.details,
            "copies": [each.number for each in chosen],
            "since": format_instant(held.at),
        }
        act = Act(
            body.KIND,
            decided,
            person,
            details,
            documents=(copies.document(),),
            rests_on=((COPIES, version),),
        )
        to = originators(view, held)
        return Utterance(await enclose(context, view, act, body, ending.sealed, to=to), act)

    outcome = await say_about(context, agreement, (place,), prepare)
    await _drop_texts(context, agreement, place)
    return outcome


async def _end_own(
    context: Context,
    agreement: AgreementId,
    place: Place,
    who: tuple[PersonId, tuple[int, ...]],
    decide: Callable[[View, Held], Awaitable[Allowed | Refused]],
) -> EndedHere | Refused:
    person, numbers = who

    async def attempt() -> EndedHere | Refused:
        async with turn_about(context, agreement, (place,)) as view:
            version = await context.ports.store.version(COPIES)
            held = await find_held(context, view, view.protected(place), person)
            chosen = _chosen(held.copies, numbers)
            decided = await decide(view, held)
            if isinstance(decided, Refused):
                return await keep_refusal(context, decided, person, held.details)
            copies = _ended(held, chosen, Ended(Ending.DESTROYED, held.at, None))
            named = tuple(each.number for each in chosen)
            details: dict[str, JsonValue] = {
                **held.details,
                "copies": [*named],
                "since": format_instant(held.at),
            }
            noted = done_entry(context, ItemDestroyed.KIND, person, decided, details)
            change = Change(
                allowed_by=decided,
                basis=Basis(versions=((COPIES, version),)),
                documents=(copies.document(),),
                journal=(noted,),
            )
            await commit_on(context, view, change)
            return EndedHere(copies, named, cited_articles(decided))

    outcome = await decide_again(attempt)
    await _drop_texts(context, agreement, place)
    return outcome


def _ended(held: Held, chosen: tuple[Copy, ...], ended: Ended) -> Copies:
    copies = held.copies
    for each in chosen:
        copies = copies.with_copy(replace(each, ended=ended, offer=None))
    return copies


def _chosen(copies: Copies, numbers: tuple[int, ...]) -> tuple[Copy, ...]:
    """Give the copies that are named, or all that should be here.

    Raises:
        StateError: one is not left, or all that are left are missing: nothing can end.
    """
    chosen = tuple(copies.found(each) for each in sorted(set(numbers))) or copies.here
    if chosen:
        return chosen
    raise StateError(
        "copy.none-here",
        "every copy that is left is missing, so none can end",
        where=f"{copies.agreement}/{copies.item}",
        found=", ".join(str(each.number) for each in copies.left),
        hint="take the copy that is found again over: comity copy take-over ITEM NUMBER",
    )


def originators(view: View, held: Held) -> tuple[PartyId, ...]:
    """List the originators of an item that are partners here: who is told of its end."""
    parties = held.item.release.label.originators
    return tuple(party for party in view.partners if party in parties) or view.partners


def _day(view: View, held: Held, on: Date | None) -> Date:
    zone = view.file(held.item.version).lifecycle.zone
    return date_of(held.at, zone) if on is None else on


async def _decide_destroying(
    context: Context, view: View, held: Held, how: Destroying
) -> Allowed | Refused:
    second = await second_fact(context, view, held, how.second, purpose=None)
    if isinstance(second, Refused):
        return second
    asked = replace(
        held.request, action=Action.DESTROY.value, means=how.means.value, second_person=second
    )
    decided = allow(view.file(held.item.version), asked)
    house = allow_house_act(ItemDestroyed.KIND, held.person.roles, ENDING)
    return join_refusals(house, decided) or decided


async def _check_erased(
    context: Context,
    view: View,
    held: Held,
    chosen: tuple[Copy, ...],
    how: Destroying | None,
) -> Erased | None:
    """Check that what lies in the node cannot be opened any more, as is about to be certified.

    Gives the note of its erasure, where it lay here.

    Raises:
        StateError: a key of it is still held, or may stand in an old backup; or what does not lie
            in the node is said to be erased with it.
    """
    where = f"{view.agreement_id}/{held.item.place}"
    by_key = how is not None and how.means is DestructionMeans.CRYPTO_ERASE
    for copy in chosen:
        if by_key and not copy.in_node and copy.sealed is None:
            raise StateError(
                "item.not-in-the-node",
                "this copy does not lie in the node: no key destroys it",
                where=where,
                found=str(copy.number),
                hint="name the means by which it was destroyed",
            )
    # The item itself is what its key opens, wherever the thing is that it came with.
    erased = None
    if any(copy.in_node or copy.kind is CopyKind.FIRST for copy in chosen):
        erased = await _check_payload_erased(context, view, held, where)
    texts = frozenset(copy.sealed.sha256 for copy in chosen if copy.sealed is not None)
    if by_key and await context.ports.keys.held_item_keys(texts):
        raise _not_erased(where, found="its translation")
    if by_key and not (how is not None and how.backup_replaced):
        raise StateError(
            "item.backup-not-replaced",
            "an old backup of the custody file may still hold the key",
            where=where,
            hint="replace that backup, then say so: --backup-replaced",
        )
    return erased


async def _check_onward(context: Context, view: View, held: Held, chosen: tuple[Copy, ...]) -> None:
    """Check that what closes an item leaves no copy of it under a number that it went on by.

    Raises:
        StateError: some are left there, which the registers of this item do not count.
    """
    if len(chosen) < len(held.copies.left):
        return
    found = await left_onward(context, view, held.item)
    if found:
        raise StateError(
            "item.copies-left-onward",
            "copies of it are left under a number that it was passed on by",
            where=f"{view.agreement_id}/{held.item.place}",
            found=", ".join(found),
            hint="end those first: comity item destroy AGREEMENT/ITEM --copy NUMBER",
        )


async def _check_payload_erased(context: Context, view: View, held: Held, where: str) -> Erased:
    """Check that no key of our custody opens the payload, and give the note of its erasure."""
    erased = await find_erased(context, view.agreement_id, held.item.place)
    keys = await held_keys(context, held.item.release.sealed)
    if erased is None or keys:
        raise _not_erased(where, found=", ".join(each.partition(" ")[2] for each in keys))
    return erased


async def _check_sealing_key(context: Context, erased: Erased, where: str) -> None:
    """Check that the sealing key that an item came by is gone: it would bring the item's key back.

    Raises:
        StateError: it is held; what it waits for is named.
    """
    key = erased.sealing_key
    if key is not None and await is_sealing_key_held(context, key):
        waits = await sealing_key_waits(context, key)
        raise StateError(
            "item.sealing-key-held",
            "the sealing key that the item came by is held still, and opens it",
            where=where,
            expected=", and ".join(waits) or "nothing more: it goes when such keys are looked at",
            hint="change keys: comity card rotate; the old one goes with the next disc that is "
            "taken (each hour, where served) after every partner has said something since",
        )


def _not_erased(where: str, *, found: str) -> StateError:
    return StateError(
        "item.not-erased",
        "the item can still be opened here",
        where=where,
        found=found,
        hint="erase its key first, by each place that is found: comity item erase ITEM",
    )


async def _drop_texts(context: Context, agreement: AgreementId, place: Place) -> None:
    """Erase the keys of translations that have ended; what a crash leaves the sweep finds."""
    async with turn(context, agreement) as view:
        copies = await copies_of(context, view, view.protected(place))
    for copy in copies.rows:
        if copy.sealed is not None and not copy.is_left:
            await context.ports.keys.erase_item_key(copy.sealed.sha256)


def _certificate(
    persons: tuple[PersonId, ...], chosen: tuple[Copy, ...], on: Date, how: Destroying
) -> Text:
    """Word a certificate: which copies, how, when, and by whom; to be sealed."""
    numbers = ", ".join(str(each.number) for each in chosen)
    lines = [
        f"copies: {numbers}",
        f"means: {how.means.value}",
        f"on: {on.isoformat()}",
        f"by: {', '.join(persons)}",
    ]
    lines += [] if how.note is None else [how.note]
    return _header("Certificate of destruction"), ["\n".join(lines).encode() + b"\n"]


def _header(title: str) -> PayloadHeader:
    return PayloadHeader(title, "text/plain")
