# SPDX-License-Identifier: Apache-2.0
"""Releasing items of one request or many: those that are alike are decided together.

Where one person suffices they are entered at once; any other is drafted, and waits if it must.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import msgspec

from comity.api.batches import BatchResult, by_itself, refused_by
from comity.api.desk import Desk, done
from comity.api.item_wishes import ItemWish, SmallItem, check_report, draft_of, header_of
from comity.api.limits import BATCH_CONTENT_BYTES_MAX
from comity.api.places import refuse_own_party
from comity.api.replies import RefusedError
from comity.api.shapes import (
    Anything,
    DraftReply,
    EnteredReply,
    EnteredStatement,
    Mark,
    entered_reply,
    reply,
)
from comity.basis.encoding import decode_base64
from comity.basis.ids import AgreementId
from comity.decision.stages import Refused
from comity.flows.drafts import ItemDraft, KeptDraft, draft_item
from comity.flows.release import release_draft, waits_for_officer
from comity.flows.release_now import (
    AnotherPerson,
    Wanted,
    may_go_now,
    release_all_now,
    release_now,
)
from comity.flows.sealed_content import Content
from comity.flows.shapes import draft_json, entered_json, mark_json
from comity.flows.speak import Entered, Outcome
from comity.sealing.payload import format_payload_header
from comity.signin.permissions import Permission

_Numbered: TypeAlias = tuple[int, Wanted]
_Shape: TypeAlias = tuple[object, ...]


@dataclass(slots=True)
class _Read:
    """The items of one request by what becomes of them: `now` may perhaps be entered at once."""

    results: dict[int, BatchResult]
    now: list[_Numbered]
    drafted: list[_Numbered]
    entered: list[Entered]


Released: TypeAlias = Entered | KeptDraft
"""An item that is entered, or a draft that waits for another person."""


async def release_item(
    desk: Desk, agreement: AgreementId, wish: ItemWish, content: Content
) -> Released:
    """Draft an item, and release it where one person suffices."""
    draft, header = draft_of(agreement, wish), header_of(wish)
    format_payload_header(header)
    refuse_own_party(desk, draft.to)
    kept = done(await draft_item(desk.context, desk.person, draft, header, content))
    waits = await waits_for_officer(desk.context, desk.person, kept)
    if waits is not None or not desk.caller.may(Permission.ITEMS_RELEASE):
        return kept
    return done(await release_draft(desk.context, desk.person, kept.number))


def released_reply(desk: Desk, released: Released) -> EnteredReply | DraftReply:
    """Tell what became of an item."""
    if isinstance(released, Entered):
        return entered_reply(desk, released)
    return reply(desk, DraftReply, {"draft": draft_json(released)})


async def release_as_it_comes(
    desk: Desk, agreement: AgreementId, wish: ItemWish, content: AsyncIterator[bytes]
) -> Released:
    """Release an item: at once, as those of a batch, where its payload proves to be small."""
    begun, is_whole = await _begin(content)
    if is_whole and desk.caller.may(Permission.ITEMS_RELEASE):
        draft, header, raw = draft_of(agreement, wish), header_of(wish), b"".join(begun)
        refuse_own_party(desk, draft.to)
        if may_go_now(desk.context, draft, raw):
            with suppress(AnotherPerson):
                return done(await release_now(desk.context, desk.person, draft, header, raw))
    return await release_item(desk, agreement, wish, _joined(begun, content))


async def _begin(content: AsyncIterator[bytes]) -> tuple[list[bytes], bool]:
    """Take chunks until they are all there, or more than a small item has."""
    begun: list[bytes] = []
    size = 0
    async for chunk in content:
        begun.append(chunk)
        size += len(chunk)
        if size > BATCH_CONTENT_BYTES_MAX:
            return begun, False
    return begun, True


async def _joined(begun: list[bytes], rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    for chunk in begun:
        yield chunk
    async for chunk in rest:
        yield chunk


async def release_small(
    desk: Desk, agreement: AgreementId, items: Sequence[SmallItem]
) -> tuple[list[BatchResult], list[Entered]]:
    """Release items, each by itself, and answer each as it would have been answered alone.

    Gives besides what was entered.
    """
    read = _read(desk, agreement, items)
    if read.now:
        outcomes = await _release_at_once(desk, agreement, [wanted for _, wanted in read.now])
        mark = msgspec.convert(mark_json(desk.context), Mark)
        for numbered, outcome in zip(read.now, outcomes, strict=True):
            if isinstance(outcome, AnotherPerson):
                read.drafted.append(numbered)
            else:
                read.results[numbered[0]] = _told(desk, mark, outcome)
                if isinstance(outcome, Entered):
                    read.entered.append(outcome)
    # Together, so that what each of them says is committed with what the others say.
    waiting = (
        by_itself(desk, _draft_one(desk, agreement, items[number], wanted.content, read.entered))
        for number, wanted in read.drafted
    )
    drafted = await asyncio.gather(*waiting)
    numbers = (number for number, _ in read.drafted)
    read.results.update(zip(numbers, drafted, strict=True))
    return [read.results[number] for number in range(len(items))], read.entered


def _read(desk: Desk, agreement: AgreementId, items: Iterable[SmallItem]) -> _Read:
    """Read what is wished; of items that are alike the label is read once."""
    read, drafts = _Read({}, [], [], []), dict[_Shape, ItemDraft]()
    may_release = desk.caller.may(Permission.ITEMS_RELEASE)
    for number, each in enumerate(items):
        try:
            content = decode_base64(
                each.content, bytes_max=BATCH_CONTENT_BYTES_MAX, where="content"
            )
            if each.schema is not None:
                check_report(content, each.schema)
            draft = _draft_like(desk, agreement, each, drafts)
        except Exception as error:
            read.results[number] = refused_by(desk, error)
            continue
        wanted = Wanted(draft, header_of(each), content)
        at_once = may_release and may_go_now(desk.context, draft, content)
        (read.now if at_once else read.drafted).append((number, wanted))
    return read


def _draft_like(
    desk: Desk, agreement: AgreementId, wish: ItemWish, drafts: dict[_Shape, ItemDraft]
) -> ItemDraft:
    shape = (
        *(wish.marking, wish.category, wish.form, wish.supersedes, wish.answers, wish.channel),
        wish.use_until,
        *(tuple(wish.to), tuple(wish.purposes), tuple(wish.named_for), tuple(wish.rights)),
        None if wish.sharing is None else repr(wish.sharing),
    )
    known = drafts.get(shape)
    if known is None:
        known = draft_of(agreement, wish)
        refuse_own_party(desk, known.to)
        drafts[shape] = known
    return known


async def _release_at_once(
    desk: Desk, agreement: AgreementId, wanted: list[Wanted]
) -> Sequence[Outcome | Exception]:
    try:
        return await release_all_now(desk.context, desk.person, agreement, wanted)
    except Exception as error:
        return [error] * len(wanted)


def _told(desk: Desk, mark: Mark, outcome: Outcome | Exception) -> BatchResult:
    match outcome:
        case Entered():
            # Its shape is the very one that is described.
            told = cast("dict[str, Any]", entered_json(outcome))
            entered = EnteredStatement(**told)
            answer = EnteredReply(node=mark, entered=entered)
            # It is written as the object that it describes.
            return BatchResult(201, cast("Anything", answer))
        case Refused():
            return refused_by(desk, RefusedError(outcome))
        case _:
            return refused_by(desk, outcome)


async def _draft_one(
    desk: Desk, agreement: AgreementId, item: SmallItem, content: bytes, entered: list[Entered]
) -> tuple[int, EnteredReply | DraftReply]:
    released = await release_item(desk, agreement, item, [content])
    if isinstance(released, Entered):
        entered.append(released)
    return 201 if isinstance(released, Entered) else 202, released_reply(desk, released)
