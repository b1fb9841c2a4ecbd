# SPDX-License-Identifier: Apache-2.0
"""Releasing a small item at once, where one person suffices: no draft, no file, one commit.

What is released together is decided one after the other and entered together. Its parcel lies in
the store beside its entry; its key is in custody before that. Source: DESIGN 2, 5, 6
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.basis.errors import InputError, StateError
from comity.basis.ids import PersonId, digest_of
from comity.basis.limits import PARCEL_INLINE_BYTES_MAX
from comity.basis.strict_json import JsonValue
from comity.config import ALWAYS, NEVER
from comity.decision.house import allow_house_act, check_two_persons, join_refusals
from comity.decision.people import Role
from comity.decision.stages import Cleared, Refused, allow_cleared
from comity.flows.context import Context
from comity.flows.drafts import ItemDraft, clear_item, label_item
from comity.flows.facts import find_person
from comity.flows.journal import refusal_entry
from comity.flows.release import recipient_of, refuse_too_large
from comity.flows.speak import Act, Entered, Unsaid, Utterance
from comity.flows.speaker import say
from comity.flows.view import View
from comity.sealing import stages
from comity.sealing.payload import PayloadHeader
from comity.sealing.stream import cobblestone_encryptor, seal_chunks
from comity.statement.values import SealedRef

# What a parcel holds besides: its two headers at their largest, and for each recipient the largest
# wrap in base64.
_HEAD_BYTES: Final = 8 * 1024
_WRAP_BYTES: Final = 2560


class AnotherPerson(StateError):  # noqa: N818 (named for who is missing)
    """Whoever drafts this may not release it alone."""


@dataclass(frozen=True, slots=True)
class _Small:
    """A small item, sealed in memory."""

    item: ItemDraft
    sealed: bytes
    key: bytes


def may_go_now(context: Context, item: ItemDraft, content: bytes) -> bool:
    """Answer whether an item may perhaps be released at once.

    Its parcel is small enough to lie in the store, and not everything here needs two persons.
    """
    size = len(content) + _HEAD_BYTES + _WRAP_BYTES * len(item.to)
    alone = context.config.two_persons_from(item.agreement) != ALWAYS
    return alone and size <= PARCEL_INLINE_BYTES_MAX


async def release_now(
    context: Context, person: PersonId, item: ItemDraft, header: PayloadHeader, content: bytes
) -> Entered | Refused:
    """Release a small item as its drafter and releasing officer in one.

    1. the payload is sealed under a fresh key, and the key kept in custody;
    2. in the turn of all who speak now: the drafter may release alone, and the agreement allows;
    3. the key is wrapped to each recipient, and statement and parcel are entered;
    4. where nothing was entered the key is erased: the sealed bytes are nowhere.

    Raises:
        AnotherPerson: a second person must release it, or it is not this person's to release.
        InputError: the marking is on no list.
        StateError: no such person, or no agreement is signed.
    """
    key = await context.ports.keys.new_item_key()
    sealed = b"".join(seal_chunks(cobblestone_encryptor(key), header, [content]))
    small, name = _Small(item, sealed, key), digest_of(sealed)

    async def prepare(view: View) -> Utterance | Unsaid:
        return await _release(context, view, person, small)

    await context.ports.keys.keep_item_key(name, key)  # 1
    try:
        outcome = await say(context, item.agreement, prepare)  # 2, 3
    except (InputError, StateError):
        await context.ports.keys.erase_item_key(name)  # 4
        raise
    if isinstance(outcome, Refused):
        await context.ports.keys.erase_item_key(name)
    return outcome


async def _release(
    context: Context, view: View, person: PersonId, small: _Small
) -> Utterance | Unsaid:
    item, agreement = small.item, view.agreement()
    officer = await find_person(context, person)
    labelled = label_item(view, agreement, item, view.moment(context))
    label = labelled.label
    threshold = context.config.two_persons_from(view.agreement_id)
    house = join_refusals(
        allow_house_act("item.release", officer.roles, {Role.RELEASING_OFFICER}),
        check_two_persons(
            (officer.id, officer.id),
            label.level,
            from_level=None if threshold == NEVER else threshold,
            ladder=agreement.levels,
        ),
    )
    if house is not None:
        raise AnotherPerson(
            "item.another-person",
            "another person must release this",
            where=view.agreement_id,
            hint="draft it, and let a releasing officer approve: comity item approve",
        )
    details: dict[str, JsonValue] = {
        "agreement": item.agreement,
        "to": list(item.to),
        "level": label.level,
        "category": item.category,
        "drafted_by": person,
    }
    cleared = await clear_item(context, view, officer, labelled, item)
    if isinstance(cleared, Refused):
        return Unsaid(cleared, refusal_entry(context, cleared, person, details))
    sealed = await _seal(context, view, small, cleared)
    details["articles"] = [each.article for each in cleared.decision.articles]
    act = Act("item.release", allow_cleared(cleared), person, details)
    return Utterance(sealed.draft, act, sealed.head + small.sealed)


async def _seal(context: Context, view: View, small: _Small, cleared: Cleared) -> stages.Sealed:
    ports, suite, item = context.ports, view.agreement().sealing_suite(), small.item
    named = SealedRef(suite.value, len(small.sealed), digest_of(small.sealed))
    prepared = stages.prepare_release(
        cleared,
        named,
        utterance=stages.Utterance(view.under(), ports.random.token(16).hex()),
        supersedes=item.supersedes,
        answers=item.answers,
    )
    for party in cleared.draft.to:
        refuse_too_large(view, party, named.size)
    at = view.moment(context)
    recipients = tuple(recipient_of(view, party, suite, at) for party in cleared.draft.to)
    wraps = await ports.keys.wrap_item_key(small.key, recipients, context=prepared.context)
    return stages.seal(prepared, wraps)
