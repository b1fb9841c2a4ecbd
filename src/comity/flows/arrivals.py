# SPDX-License-Identifier: Apache-2.0
"""Payloads that arrive: cards and agreement files in the clear, and sealed parcels.

Nothing is kept that no statement names. An item key is taken into our own custody at once, so that
the sealing key that it came by can be destroyed. Source: DESIGN 4, 6
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Final, TypeAlias

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.basis.errors import ComityError, InputError, InvariantError, ProofError, StateError
from comity.basis.ids import Digest, Place
from comity.decision.house import allow_house_act
from comity.flows.admission import decide_items
from comity.flows.commits import commit_on, judgements_of
from comity.flows.context import Context
from comity.flows.documents import (
    AGREEMENT,
    CARD,
    CLEAR,
    agreement_document,
    card_document,
    clear_document,
)
from comity.flows.erased import erased_among
from comity.flows.foreign_items import check_onward
from comity.flows.parcels import (
    Named,
    Parcel,
    is_held,
    parcel_of,
    read_head,
    read_sealed,
    read_small,
)
from comity.flows.view import View, begin_again, statement_at
from comity.ports import Change, Document
from comity.sealing.parcels import ParcelHead, Wrap, find_wrap, verify_parcel_head
from comity.sealing.stream import Opener, open_chunks, read_through
from comity.state.fold import BeyondHistory
from comity.statement.drafting import wrap_context
from comity.statement.judgement import Judged

BY_PLACE: Final = attrgetter("party", "index")
"""Sorts places as they compare, many times faster."""

_OPENED_AT_ONCE: Final = 16
_SEALING_KEY_GONE: Final = "parcel.sealing-key-gone"

_Here: TypeAlias = tuple[Parcel, bytes | None]
"""A parcel that is here; in one run where it is small."""


async def due_parcels(
    context: Context, view: View, places: Collection[Place] | None = None
) -> tuple[Parcel, ...]:
    """List the parcels (at these places) that we should hold and have no key of, by place.

    They are to us, let in by the agreement, and not refused. What is dated ahead of our clock is
    about to be rejected, so it is not due.
    """
    parcels = [
        parcel_of(place, view.recent.get(place) or await statement_at(context, view, place))
        for place in await due_places(context, view, places)
    ]
    return tuple(each for each in parcels if each is not None)


async def due_places(
    context: Context, view: View, places: Collection[Place] | None = None
) -> tuple[Place, ...]:
    """List the places (among these) of what `due_parcels` lists, sorted."""
    wanted = view.open.parcels if places is None else view.open.parcels.intersection(places)
    if not wanted:
        return ()
    await decide_items(context, view)
    ahead = view.ahead(context.ports.clock.now())
    due = wanted.difference(ahead, view.open.refused)
    due -= await erased_among(context, view, due)
    return tuple(sorted(due, key=BY_PLACE))


def may_yet_count(view: View, parcel: Parcel, ahead: Container[Place]) -> bool:
    """Answer whether a parcel is to us, of an entry that is not judged here to its end.

    It has seen more than is judged here, or is dated ahead of our clock and not rejected yet: that
    waits for the end of a restore, and clocks are set. Whether it is due shows then; its sender
    takes it for delivered by then. `ahead` is what is dated so: see `View.ahead`.
    """
    place = parcel.place
    if view.own not in parcel.statement.to:
        return False
    if place.index >= view.registers.judged_size(place.party):
        return True
    return place in ahead and place in view.open.parcels


async def missing_payloads(context: Context, view: View) -> tuple[Digest, ...]:
    """List what we lack and partners should send: parcels due, and clear payloads named."""
    found: set[Digest] = set()
    for parcel in await due_parcels(context, view):
        if is_too_large(context, parcel):
            continue
        for each in parcel.parts:
            if not await is_held(context, view, each):
                found.add(each.digest)
    return tuple(sorted(found | (view.open.named - view.known)))


def is_too_large(context: Context, parcel: Parcel) -> bool:
    """Answer whether a parcel is larger than this node takes, by whichever way it comes."""
    size = sum(part.size for part in parcel.parts)
    return size > context.config.limits.parcel_bytes_max


async def absorb(context: Context, view: View, clear: Mapping[Digest, bytes]) -> None:
    """Keep clear payloads that entries held here name, and judge what waited for them.

    What a crash or a lost disc kept from us is completed so, whichever bundle brings it.
    """
    brought = {each: raw for each, raw in clear.items() if each in view.open.named - view.known}
    if not brought and not view.waiting:
        return
    registers = view.registers.trial()
    progress = registers.judge_all({}, {**view.cards, **brought})
    documents = await clear_documents(context, view, progress.judged, brought)
    if not documents and not progress.judged:
        return
    await commit_on(
        context,
        view,
        Change(
            allowed_by=allow_house_act("payload.keep"),
            judgements=judgements_of(view, progress.judged),
            documents=documents,
        ),
    )
    registers.keep()
    view.registers, view.waiting = registers, progress.waiting
    await hear(context, view, documents, progress.judged)


async def clear_documents(
    context: Context, view: View, judged: Iterable[Judged], clear: Mapping[Digest, bytes]
) -> tuple[Document, ...]:
    """Write clear payloads as documents: readable files, and cards and whatever else came.

    A card that was not admitted is kept too: the verdict on it must be the same after a restart.
    An admitted one is besides the party's card of its version, unless there is one.
    """
    found: list[Document] = []
    for digest, raw in sorted(clear.items()):
        file = _find_file(view, raw)
        keep = clear_document if file is None else agreement_document
        found.append(keep(digest, raw))
    for each in judged:
        if each.card is not None:
            document = card_document(each.place.party, each.card.version, each.card.raw)
            if await context.ports.store.document(CARD, document.key) is None:
                found.append(document)
    return tuple(found)


async def hear(
    context: Context, view: View, documents: Iterable[Document], judged: Iterable[Judged]
) -> None:
    """Let a view know what was just committed, however late it came."""
    try:
        learn(view, documents)
        view.take_in(judged)
    except BeyondHistory:
        await begin_again(context, view)


def learn(view: View, documents: Iterable[Document]) -> None:
    """Let a view know the payloads that were just committed."""
    for each in documents:
        if each.body is None:
            continue
        if each.kind == AGREEMENT:
            view.know(read_agreement(each.body))
        elif each.kind == CLEAR:
            view.cards[Digest(each.key)] = each.body


def _find_file(view: View, raw: bytes) -> Agreement | None:
    try:
        agreement = read_agreement(raw)
    except InputError:
        return None
    return agreement if agreement.id == view.agreement_id else None


async def keep_parcel(context: Context, named: Named, chunks: Iterator[bytes]) -> None:
    """Store a parcel's part under the digest that its statement names.

    Raises:
        ProofError: the bytes are not those; nothing is kept.
    """
    await context.ports.blobs.write(chunks, named.digest)


async def take_custody(
    context: Context, view: View, places: Collection[Place] | None = None
) -> tuple[tuple[Parcel, str], ...]:
    """Take the keys of every parcel that is whole into our custody, once its payload opens.

    The keys are kept together, durable when this returns. Returns the parcels that are here and
    cannot be opened, each with the code of why.
    """
    failed: list[tuple[Parcel, str]] = []
    taken: dict[Place, tuple[str, bytes]] = {}
    due = await due_parcels(context, view, places)
    for start in range(0, len(due), _OPENED_AT_ONCE):
        if start:
            await asyncio.sleep(0)  # others are served meanwhile
        here: list[_Here] = []
        for parcel in due[start : start + _OPENED_AT_ONCE]:
            small = await read_small(context, view, parcel)
            if small is None and not await _is_in_blobs(context, parcel):
                view.open.here.discard(parcel.place)
            else:
                here.append((parcel, small))
        for (parcel, small), opened in zip(
            here, await _open_keys(context, view, here), strict=True
        ):
            if isinstance(opened, bytes):
                taken[parcel.place] = view.item_ref(parcel.place, parcel.sealed), opened
            elif small is None and not await _has_come(context, view, parcel):
                # Another entry's payload lies under that digest: nothing is said of it.
                view.open.here.discard(parcel.place)
            else:
                failed.append((parcel, opened.code))
    if taken:
        await context.ports.keys.keep_item_keys(tuple(taken.values()))
    for place in taken:
        view.open.in_custody(place)
    return await _not_in_custody(context, view, failed)


async def _not_in_custody(
    context: Context, view: View, failed: list[tuple[Parcel, str]]
) -> tuple[tuple[Parcel, str], ...]:
    """Leave out parcels whose keys we took long ago, from these very parcels.

    What is folded again, for the sake of something late, is noted as if it had just come; the
    sealing key that it came by may be destroyed by then.
    """
    gone = {
        each.place: view.item_ref(each.place, each.sealed)
        for each, code in failed
        if code == _SEALING_KEY_GONE
    }
    held = await context.ports.keys.held_item_keys(frozenset(gone.values()))
    known = {place for place, ref in gone.items() if ref in held}
    for place in known:
        view.open.in_custody(place)
    return tuple(each for each in failed if each[0].place not in known)


def arrived_lately(view: View) -> frozenset[Place]:
    """Give the places of parcels that have come since somebody looked, and are or may become due.

    What is refused, not to us, or does not count is forgotten.
    """
    judged_size, due = view.registers.judged_size, view.open.parcels
    view.open.here -= {
        place
        for place in view.open.here
        if place not in due and place.index < judged_size(place.party)
    }
    return frozenset(view.open.here)


async def _is_in_blobs(context: Context, parcel: Parcel) -> bool:
    for part in reversed(parcel.parts):
        if await context.ports.blobs.size(part.digest) is None:
            return False
    return True


async def _has_come(context: Context, view: View, parcel: Parcel) -> bool:
    return all([await is_held(context, view, each) for each in parcel.parts])


async def _open_keys(
    context: Context, view: View, here: Sequence[_Here]
) -> list[bytes | ComityError]:
    """Unwrap items' keys and read their payloads to the end; in place of one that fails, why."""
    read = [await _read_wrap(context, view, parcel, small) for parcel, small in here]
    asked = [
        (each[1], wrap_context(parcel.statement))
        for (parcel, _), each in zip(here, read, strict=True)
        if isinstance(each, tuple)
    ]
    keys = iter(await context.ports.keys.unwrap_item_keys(asked))
    opened: list[bytes | ComityError] = []
    for (parcel, small), each in zip(here, read, strict=True):
        if not isinstance(each, tuple):
            opened.append(each)
            continue
        key: bytes | ComityError = next(keys)
        if isinstance(key, bytes):
            try:
                await _read_to_end(context, view, parcel, small, opened=(each[0], key))
            except (InputError, ProofError) as err:
                key = err
        opened.append(_gone(key) if isinstance(key, StateError) else key)
    return opened


async def _read_wrap(
    context: Context, view: View, parcel: Parcel, small: bytes | None
) -> tuple[ParcelHead, Wrap] | ComityError:
    """Read a parcel's head, and in it the wrap for us; `small` is a parcel of one run."""
    try:
        raw = await read_head(context, view, parcel) if small is None else small[: parcel.head.size]
        head = verify_parcel_head(raw, parcel.head, parcel.sealed, to=parcel.statement.to)
        return head, find_wrap(head, view.own)
    except (InputError, ProofError) as err:
        return err
    except StateError as err:
        return _gone(err)


def _gone(err: StateError) -> ProofError:
    return ProofError(_SEALING_KEY_GONE, err.what, hint=err.hint)


async def _read_to_end(
    context: Context,
    view: View,
    parcel: Parcel,
    small: bytes | None,
    *,
    opened: tuple[ParcelHead, bytes],
) -> None:
    """Read a payload to its end by its head and key; no plaintext is kept.

    Whoever gives a receipt for the payload must know that it is whole, and that its originators
    let it come here.
    """
    head, key = opened
    await check_onward(context, view, parcel, head, key)
    if small is not None:
        read_through(key, small[parcel.head.size :])
        return
    sealed = await read_sealed(context, view, parcel.place, parcel.head, parcel.sealed)
    for _ in open_chunks(Opener(key), sealed):
        pass


def known_bytes(view: View, digest: Digest) -> bytes:
    """Give a clear payload that is held.

    Raises:
        InvariantError: it is not.
    """
    agreement = view.files.get(digest)
    raw = view.cards.get(digest) if agreement is None else agreement.raw
    if raw is None:
        raise InvariantError("flows.payload-missing", "a clear payload is not here", found=digest)
    return raw
