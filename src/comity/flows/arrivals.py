# SPDX-License-Identifier: Apache-2.0
"""Payloads that arrive: cards and agreement files in the clear, and sealed parcels.

Nothing is kept that no statement names. An item key is taken into our own custody at once, so that
the sealing key that it came by can be destroyed. Source: DESIGN 4, 6
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.basis.errors import InputError, InvariantError, ProofError, StateError
from comity.basis.ids import Digest
from comity.decision.house import allow_house_act
from comity.decision.stages import Refused
from comity.flows.admission import admit_item
from comity.flows.context import Context
from comity.flows.documents import (
    AGREEMENT,
    CARD,
    CLEAR,
    agreement_document,
    card_document,
    clear_document,
)
from comity.flows.parcels import (
    Named,
    Parcel,
    is_held,
    parcel_of,
    payloads_of,
    read_head,
    read_sealed,
)
from comity.flows.view import View, commit_on, judgements_of
from comity.ports import Change, Document
from comity.sealing.parcels import find_wrap, verify_parcel_head
from comity.sealing.stream import Opener, open_chunks
from comity.statement.drafting import wrap_context
from comity.statement.envelope import Statement, parse_statement
from comity.statement.judgement import Judged


def counted_parcels(view: View) -> Iterator[Parcel]:
    """Give the parcels of items and requests that count, by place."""
    state = view.fold.state
    for place in sorted({*state.items.keys(), *state.requests.keys()}):
        parcel = parcel_of(place, view.statements[place])
        if parcel is not None:
            yield parcel


class Due:
    """Says of parcels whether we should hold them: to us, let in by the agreement, not refused.

    What is dated ahead of our clock is about to be rejected, so it is not due. Ask last: whether
    an item is let in is decided at its own place, which costs what came after it.
    """

    def __init__(self, context: Context, view: View) -> None:
        """Answer as the view stands now."""
        self._view = view
        self._ahead = view.ahead(context.ports.clock.now())

    def __contains__(self, parcel: Parcel) -> bool:
        """Answer whether a parcel that counts is due."""
        view, place = self._view, parcel.place
        state, key = view.fold.state, (place, view.own)
        if view.own not in parcel.statement.to or place in self._ahead:
            return False
        if key in state.receipts:
            return True
        if key in state.refusals or (view.own, place) in state.rejections:
            return False
        item = state.items.get(place)
        return item is None or not isinstance(admit_item(view, item), Refused)


async def missing_payloads(context: Context, view: View) -> tuple[Digest, ...]:
    """List what we lack and partners should send: parcels due, and clear payloads named."""
    due = Due(context, view)
    found: set[Digest] = set()
    for parcel in counted_parcels(view):
        missing = {each.digest for each in parcel.parts if not await is_held(context, view, each)}
        if missing and parcel in due:
            found |= missing
    return tuple(sorted(found | (await _named_in_registers(context, view) - view.known)))


async def _named_in_registers(context: Context, view: View) -> frozenset[Digest]:
    """Give the clear payloads that any entry held names, judged or not."""
    named = set(named_clear(view.statements.values()))
    for party, head in view.heads.items():
        judged = view.registers.judged_size(party)
        if judged < head.size:
            raws = await context.ports.store.entries(head.origin, judged, head.size)
            named |= named_clear(readable(raws))
    return frozenset(named)


def named_clear(statements: Iterable[Statement]) -> frozenset[Digest]:
    """Give the digests of the clear payloads that statements name."""
    return frozenset(
        named.digest for each in statements for named in payloads_of(each) if named.clear
    )


def readable(raws: Iterable[bytes]) -> Iterator[Statement]:
    """Read entries that are not judged yet, as far as they read."""
    for raw in raws:
        try:
            yield parse_statement(raw)
        except InputError:
            continue


async def absorb(context: Context, view: View, clear: Mapping[Digest, bytes]) -> None:
    """Keep clear payloads that entries held here name, and judge what waited for them.

    What a crash or a lost disc kept from us is completed so, whichever bundle brings it.
    """
    wanted = await _named_in_registers(context, view) if clear else frozenset()
    brought = {each: raw for each, raw in clear.items() if each in wanted - view.known}
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
    learn(view, documents)
    view.take_in(progress.judged)


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


def learn(view: View, documents: Iterable[Document]) -> None:
    """Let a view know the payloads that were just committed."""
    for each in documents:
        if each.body is None:
            continue
        if each.kind == AGREEMENT:
            agreement = read_agreement(each.body)
            view.files[agreement.sha256] = agreement
            view.fold.know(agreement)
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


async def take_custody(context: Context, view: View) -> tuple[tuple[Parcel, str], ...]:
    """Take the keys of every parcel that is whole into our custody, once its payload opens.

    Returns the parcels that are here and cannot be opened, each with the code of why.
    """
    held, due = frozenset(await context.ports.keys.custody_items()), Due(context, view)
    failed: list[tuple[Parcel, str]] = []
    for parcel in counted_parcels(view):
        if parcel.sealed.sha256 in held:
            continue
        whole = all([await is_held(context, view, each) for each in parcel.parts])
        if not whole or parcel not in due:
            continue
        try:
            await _take_key(context, view, parcel)
        except (InputError, ProofError) as err:
            failed.append((parcel, err.code))
    return tuple(failed)


async def _take_key(context: Context, view: View, parcel: Parcel) -> None:
    """Unwrap an item's key, read its payload to the end, and only then keep the key.

    Whoever gives a receipt for the payload must know that it is whole. No plaintext is kept.
    """
    ports = context.ports
    raw = await read_head(context, view, parcel)
    head = verify_parcel_head(raw, parcel.head, parcel.sealed, to=parcel.statement.to)
    try:
        wrap = find_wrap(head, view.own)
        key = await ports.keys.unwrap_item_key(wrap, context=wrap_context(parcel.statement))
    except StateError as err:
        raise ProofError("parcel.sealing-key-gone", err.what, hint=err.hint) from err
    sealed = await read_sealed(context, view, parcel.place, parcel.head, parcel.sealed)
    for _ in open_chunks(Opener(key), sealed):
        pass
    await ports.keys.keep_item_key(parcel.sealed.sha256, key)


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
