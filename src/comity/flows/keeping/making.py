# SPDX-License-Identifier: Apache-2.0
"""Copies and translations: each numbered, for a holder at a place, within what the file allows.

Source: Japan-ROK GSOMIA Art. 14, 15 (treaties.md G14, G15)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PersonId, Place
from comity.basis.instants import format_instant
from comity.basis.strict_json import JsonValue
from comity.decision.house import CONTENT_ROLES, allow_house_act, join_refusals
from comity.decision.keeping import for_another, name_asked
from comity.decision.people import Role
from comity.decision.request import Translation
from comity.decision.stages import Allowed, Refused
from comity.flows.at_firms import allow_by_person
from comity.flows.commits import commit_on
from comity.flows.context import Context, decide_again
from comity.flows.copies import Copies, Copy, CopyKind, Hand
from comity.flows.documents import COPIES
from comity.flows.drafts import keep_refusal
from comity.flows.enclosures import SealedText, Text, seal_text
from comity.flows.erased import find_erased
from comity.flows.facts import find_person
from comity.flows.journal import cited_articles, done_entry
from comity.flows.keeping.asking import Held, find_held, may_open, second_fact
from comity.flows.keeping.marks import copy_banner, note_language
from comity.flows.recalls import refuse_more
from comity.flows.turns import turn_about
from comity.flows.view import View
from comity.marking.banners import Banner
from comity.ports import Basis, Change
from comity.statement.values import SealedRef

_ACTS: Final = {CopyKind.COPY: "copy.make", CopyKind.TRANSLATION: "item.translate"}
"""What is journalled, done or refused."""


@dataclass(frozen=True, slots=True)
class CopyWish:
    """What a copy is wanted for: its use, why there must be one more, and who is to hold it.

    `second` is the other of two persons, where the file asks for two.
    """

    purpose: str
    reason: str
    holder: PersonId
    second: PersonId | None = None


@dataclass(frozen=True, slots=True)
class TranslationWish:
    """A translation: what for, its language, that of its note (None: none), and its text."""

    copy: CopyWish
    language: str
    note: str | None
    text: Text


@dataclass(frozen=True, slots=True)
class Made:
    """A copy that is on the register now, what it must bear, and the articles that allowed it."""

    item: Place
    copy: Copy
    banner: Banner
    articles: tuple[str, ...]


async def make_copy(
    context: Context, agreement: AgreementId, place: Place, person: PersonId, wish: CopyWish
) -> Made | Refused:
    """Put one more copy of a held item on the register.

    1. gather the item, its copies, and the persons;
    2. decide: `reproduce` for whoever copies, `open` for whoever is to hold it and for the second
       person; nothing more is made of what was called back;
    3. the copy gets the next number, and stands on the register with its holder and place.

    Raises:
        StateError: the item is not held, or was erased; or no such person.
    """

    async def attempt() -> Made | Refused:
        async with turn_about(context, agreement, (place,)) as view:
            version = await context.ports.store.version(COPIES)
            held = await _find_readable(context, view, place, person)  # 1
            decided = await _decide_copy(context, view, held, wish)
            if isinstance(decided, Refused):
                return await _keep_refusal(context, held, wish, decided)
            copy = await _new_copy(context, held, CopyKind.COPY, wish)
            return await _keep(context, view, held, (copy, version), decided)  # 3

    return await decide_again(attempt)


async def _find_readable(context: Context, view: View, place: Place, person: PersonId) -> Held:
    """Find an item that is held and was not erased: no more is made of what ends here.

    It is so by the number that it was passed on by too, whose copies no certificate names.

    Raises:
        StateError: it is not held, or was erased; or no such person.
    """
    held = await find_held(context, view, view.item(place), person)
    if await find_erased(context, view.agreement_id, place) is not None:
        raise StateError(
            "item.erased",
            "this item was erased here, so nothing more is made of it",
            where=f"{view.agreement_id}/{place}",
            hint="ask whoever released it to release it again, if it is needed",
        )
    return held


async def _decide_copy(
    context: Context, view: View, held: Held, wish: CopyWish
) -> Allowed | Refused:
    """Decide a reproduction."""  # 2
    act, roles = CopyKind.COPY, CONTENT_ROLES
    second = await second_fact(context, view, held, wish.second, purpose=wish.purpose)
    if isinstance(second, Refused):
        return for_another(_ACTS[act], ("the second person", wish.second, held.person.id), second)
    asked = replace(held.request, action="reproduce", purpose=wish.purpose, second_person=second)
    decided = await allow_by_person(context, view, held.item, held.person, asked)
    return await _with_house(context, view, held, (act, roles, wish), decided)


async def translate(
    context: Context,
    agreement: AgreementId,
    place: Place,
    person: PersonId,
    wish: TranslationWish,
) -> Made | Refused:
    """Put a translation of a held item on the register, sealed here under a key of its own.

    1. decided before anything is sealed, so that a refusal leaves nothing;
    2. the text is sealed, and its key kept in custody;
    3. decided again as it stands after that, it gets the next number.

    Raises:
        StateError: the item is not held, or was erased; or no such person.
    """

    async def decide(view: View) -> tuple[Held, Allowed | Refused]:
        held = await _find_readable(context, view, place, person)
        return held, await _decide_translation(context, view, held, wish)

    async with turn_about(context, agreement, (place,)) as view:
        held, first = await decide(view)
        if isinstance(first, Refused):  # 1
            return await _keep_refusal(context, held, wish.copy, first)
    sealed = await seal_text(context, agreement, wish.text)  # 2

    async def attempt() -> Made | Refused:
        async with turn_about(context, agreement, (place,)) as view:
            version = await context.ports.store.version(COPIES)
            held, decided = await decide(view)
            if isinstance(decided, Refused):
                return await _keep_refusal(context, held, wish.copy, decided)
            made = await _new_copy(context, held, CopyKind.TRANSLATION, wish.copy)
            ref = _sealed_ref(view, sealed)
            copy = replace(made, language=wish.language, sealed=ref)
            return await _keep(context, view, held, (copy, version), decided)  # 3

    return await decide_again(attempt)


def _sealed_ref(view: View, text: SealedText | None) -> SealedRef | None:
    if text is None:
        return None
    suite = view.agreement().sealing_suite()
    return SealedRef(suite.value, text.sealed.size, text.sealed.digest)


async def _decide_translation(
    context: Context, view: View, held: Held, wish: TranslationWish
) -> Allowed | Refused:
    file = view.file(held.item.version)
    fact = Translation(wish.language, note_language(file, wish.note))
    asked = replace(held.request, action="translate", purpose=wish.copy.purpose, translation=fact)
    decided = await allow_by_person(context, view, held.item, held.person, asked)
    role = frozenset({Role.TRANSLATOR})
    house = (CopyKind.TRANSLATION, role, wish.copy)
    return await _with_house(context, view, held, house, decided)


async def _with_house(
    context: Context,
    view: View,
    held: Held,
    house: tuple[CopyKind, frozenset[Role], CopyWish],
    decided: Allowed | Refused,
) -> Allowed | Refused:
    """Add what our own house asks: a role, a holder who may see it, and no recall."""
    kind, roles, wish = house
    act = _ACTS[kind]
    holder = await find_person(context, wish.holder)
    sees = await may_open(context, view, held, holder, wish.purpose)
    refused = join_refusals(
        allow_house_act(act, held.person.roles, roles),
        decided,
        for_another(act, ("the holder", holder.id, held.person.id), sees),
        await refuse_more(context, view, act, held.item),
    )
    if refused is not None:
        return replace(refused, act=act)
    file = view.file(held.item.version)
    return name_asked(file, decided) if isinstance(decided, Allowed) else decided


async def _keep_refusal(context: Context, held: Held, wish: CopyWish, refused: Refused) -> Refused:
    """Journal that no copy was made, for whom and for what: whoever asked opened nothing."""
    details: dict[str, JsonValue] = {
        **held.details,
        "purpose": wish.purpose,
        "holder": wish.holder,
        "second": wish.second,
    }
    return await keep_refusal(context, refused, held.person.id, details)


async def _new_copy(context: Context, held: Held, kind: CopyKind, wish: CopyWish) -> Copy:
    holder = await find_person(context, wish.holder)
    return Copy(
        number=held.copies.next_number,
        kind=kind,
        hands=(Hand(holder.id, holder.facility, held.at, held.person.id),),
        made_by=held.person.id,
        second=wish.second,
        reason=wish.reason,
    )


async def _keep(
    context: Context, view: View, held: Held, row: tuple[Copy, int], decided: Allowed | Refused
) -> Made | Refused:
    if isinstance(decided, Refused):
        return decided
    copy, version = row
    details: dict[str, JsonValue] = {
        **held.details,
        "copy": copy.number,
        "holder": copy.hand.holder,
        "facility": copy.hand.facility,
        "since": format_instant(copy.hand.since),
        "second": copy.second,
        **({} if copy.language is None else {"language": copy.language}),
    }
    copies: Copies = held.copies.with_copy(copy)
    await commit_on(
        context,
        view,
        Change(
            allowed_by=decided,
            basis=Basis(versions=((COPIES, version),)),
            documents=(copies.grown(),),
            journal=(done_entry(context, _ACTS[copy.kind], held.person.id, decided, details),),
        ),
    )
    return Made(
        held.item.place, copy, copy_banner(context, view, held.item, copy), cited_articles(decided)
    )
