# SPDX-License-Identifier: Apache-2.0
"""Which reports a person has said to be of one event, and which not: the node's own record.

No statement says it and no partner hears of it. What was said before stays in the record; the last
word counts. Whoever may not know of both items finds no link. Source: issue text on the picture
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import InputError, StateError
from comity.basis.fields import Fields
from comity.basis.ids import AgreementId, PersonId, Place
from comity.basis.instants import Instant, format_instant, parse_instant_canonical
from comity.basis.limits import LINK_WORDS_MAX
from comity.basis.strict_json import JsonValue
from comity.decision.house import CONTENT_ROLES, allow_house_act
from comity.decision.stages import Refused
from comity.flows.context import Context, decide_again
from comity.flows.documents import PICTURE_LINK, json_document, read_json_document
from comity.flows.drafts import keep_refusal
from comity.flows.facts import find_person
from comity.flows.journal import journal_entry
from comity.flows.picture.gathering import ShownReport
from comity.flows.receipts import decide_on_item
from comity.picture.linking import Suggestion, suggest_links
from comity.picture.revisions import Kept, chains_of
from comity.ports import Basis, Change, Document

Named = tuple[AgreementId, Place]
"""An item by its agreement and place."""

ONE_EVENT: Final = "one-event"
NOT_ONE: Final = "not-one"
LINKS_OF_ONE_MAX: Final = 256


@dataclass(frozen=True, slots=True)
class Word:
    """What a person said of two items, and when."""

    one_event: bool
    by: PersonId
    at: Instant


@dataclass(frozen=True, slots=True)
class Link:
    """Two items in the order of their names, and all that was said of them, the last word last."""

    items: tuple[str, str]
    words: tuple[Word, ...]

    @property
    def stands(self) -> bool:
        """Answer whether they count as reports of one event."""
        return self.words[-1].one_event


async def say_of_one_event(
    context: Context,
    person: PersonId,
    items: tuple[Named, Named],
    *,
    purpose: str,
    one_event: bool,
) -> Link | Refused:
    """Record that two items report one event, or that they do not.

    1. two different items; 2. a role that leads to content, and both might be opened by the person
    for the purpose now; 3. the record and the journal's line are committed in one.

    Raises:
        InputError: it is one item.
        StateError: no such item, or too much was said of these two.
    """
    first, second = sorted(f"{agreement}/{place}" for agreement, place in items)
    if first == second:
        raise InputError("picture.one-item", "a report is linked with another", found=first)

    async def attempt() -> Link | Refused:
        reader = await find_person(context, person)
        details: dict[str, JsonValue] = {"items": [first, second], "purpose": purpose}
        allowed = allow_house_act("picture.link", reader.roles, CONTENT_ROLES)
        for agreement, place in items:
            if not isinstance(allowed, Refused):
                found = await decide_on_item(
                    context, agreement, place, person, action="open", purpose=purpose
                )
                allowed = found if isinstance(found, Refused) else allowed
        if isinstance(allowed, Refused):
            return await keep_refusal(context, allowed, person, details)
        store = context.ports.store
        version = await store.version(PICTURE_LINK)
        known = await store.document(PICTURE_LINK, f"{first}\n{second}")
        said = () if known is None else _read(known).words
        if len(said) >= LINK_WORDS_MAX:
            raise StateError("picture.link-full", "too much was said of these two", found=first)
        word = Word(one_event, person, context.ports.clock.now())
        link = Link((first, second), (*said, word))
        details["says"] = ONE_EVENT if one_event else NOT_ONE
        await store.commit(
            Change(
                allowed_by=allowed,
                basis=Basis(versions=((PICTURE_LINK, version),)),
                documents=(_document(link),),
                journal=(journal_entry(context, "picture.link", person, details=details),),
            )
        )
        return link

    return await decide_again(attempt)


async def links_among(context: Context, shown: Sequence[ShownReport]) -> tuple[Link, ...]:
    """List what was said of items that are both shown, whoever said it.

    Of each no more than `LINKS_OF_ONE_MAX`: what was said of others is not read.
    """
    names = {each.name for each in shown}
    links: list[Link] = []
    for name in sorted(names):
        found = await context.ports.store.documents(
            PICTURE_LINK, prefix=f"{name}\n", limit=LINKS_OF_ONE_MAX
        )
        links += [_read(each.body) for each in found if each.body is not None]
    return tuple(each for each in links if names.issuperset(each.items))


def suggest_among(
    shown: Sequence[ShownReport], links: Sequence[Link]
) -> tuple[Suggestion[str], ...]:
    """Suggest links among what stands; nothing that a person has said a word on, either way."""
    kept = [
        Kept(each.name, each.item.place.party, each.report)
        for each in shown
        if each.superseded_by is None
    ]
    newest = [chain.newest for chain in chains_of(kept)]
    said = {each.items for each in links}
    return tuple(
        each for each in suggest_links(newest) if tuple(sorted((each.one, each.other))) not in said
    )


def _document(link: Link) -> Document:
    words: list[JsonValue] = [
        {"at": format_instant(each.at), "by": each.by, "one_event": each.one_event}
        for each in link.words
    ]
    first, second = link.items
    value: dict[str, JsonValue] = {"items": [first, second], "words": words}
    return json_document(PICTURE_LINK, f"{first}\n{second}", value)


def _read(raw: bytes) -> Link:
    fields = Fields(read_json_document(raw), "link")
    first, second = fields.texts("items", min_items=2, max_items=2)
    words = tuple(
        Word(
            each.boolean("one_event"),
            PersonId(each.text("by")),
            parse_instant_canonical(each.text("at"), "link.at"),
        )
        for each in fields.objects("words", min_items=1, max_items=LINK_WORDS_MAX)
    )
    return Link((first, second), words)
