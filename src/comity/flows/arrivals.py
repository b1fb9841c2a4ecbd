# SPDX-License-Identifier: Apache-2.0
"""Payloads that arrive: cards and agreement files in the clear, and sealed parcels.

Nothing is kept that no statement names. An item key is taken into our own custody at once, so that
the sealing key that it came by can be destroyed. Source: DESIGN 4, 6
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from comity.agreement.reading import read_agreement
from comity.basis.errors import InputError, ProofError, StateError
from comity.basis.ids import Digest, PartyId, digest_of
from comity.basis.limits import PARCEL_HEAD_BYTES_MAX
from comity.decision.house import allow_house_act
from comity.flows.context import Context
from comity.flows.documents import agreement_document, card_document
from comity.flows.view import View
from comity.keys.cards import read_card_unverified
from comity.ports import Change
from comity.sealing.parcels import find_wrap, verify_parcel_head
from comity.statement.drafting import wrap_context
from comity.statement.envelope import Statement
from comity.statement.information import ItemRelease, RequestMake
from comity.statement.treaty import (
    AgreementAmend,
    AgreementCounter,
    AgreementPropose,
    PartyCard,
)


@dataclass(frozen=True, slots=True)
class Named:
    """A payload that a statement names: its digest, its size, and whether it is in the clear."""

    digest: Digest
    size: int
    clear: bool


def payloads_of(statement: Statement) -> tuple[Named, ...]:
    """List what a statement names: a file, a card, or a parcel's head and sealed payload."""
    match statement.body:
        case AgreementPropose() | AgreementCounter() | AgreementAmend() as body:
            return (Named(body.file.sha256, body.file.size, clear=True),)
        case PartyCard() as body:
            return (Named(body.card.sha256, body.card.size, clear=True),)
        case ItemRelease() as body:
            return _parcel(body)
        case RequestMake() as body if body.parcel is not None:
            return _parcel(body)
        case _:
            return ()


def _parcel(body: ItemRelease | RequestMake) -> tuple[Named, ...]:
    assert body.parcel is not None
    assert body.sealed is not None
    return (
        Named(body.parcel.sha256, body.parcel.size, clear=False),
        Named(body.sealed.sha256, body.sealed.size, clear=False),
    )


def addressed_payloads(view: View, by: PartyId, to: PartyId) -> dict[Digest, Named]:
    """List the payloads that `to` should hold of what `by` said; clear ones are for everybody."""
    named = (
        each
        for judged in view.judged
        if judged.place.party == by and judged.statement is not None
        for each in payloads_of(judged.statement)
        if each.clear or to in judged.statement.to
    )
    return {each.digest: each for each in named}


async def is_held(context: Context, view: View, named: Named) -> bool:
    """Answer whether a payload is here."""
    if named.clear:
        return named.digest in view.files or named.digest in view.cards
    return await context.ports.blobs.size(named.digest) is not None


async def keep_clear(context: Context, view: View, raw: bytes) -> None:
    """Keep an agreement file or a card that a statement names; anything else is dropped.

    Whether a card is the party's next one is judged with the statement that names it.
    """
    digest = digest_of(raw)
    try:
        agreement = read_agreement(raw)
    except InputError:
        agreement = None
    if agreement is not None and agreement.id == view.agreement_id:
        if digest not in view.files:
            await context.ports.store.commit(
                Change(
                    allowed_by=allow_house_act("agreement.keep"),
                    documents=(agreement_document(digest, raw),),
                )
            )
            view.files[digest] = agreement
            view.fold.know(agreement)
        return
    with suppress(InputError, ProofError):
        read_card_unverified(raw)
        view.cards.setdefault(digest, raw)


async def keep_admitted_cards(context: Context, view: View) -> None:
    """Keep the cards that admitted statements brought, so that they are there next time."""
    documents = tuple(
        card_document(judged.place.party, judged.card.version, judged.card.raw)
        for judged in view.judged
        if judged.card is not None
    )
    if documents:
        await context.ports.store.commit(
            Change(allowed_by=allow_house_act("card.follow"), documents=documents)
        )


async def keep_parcel(context: Context, named: Named, chunks: Iterator[bytes]) -> None:
    """Store a parcel's part under the digest that its statement names.

    Raises:
        ProofError: the bytes are not those; nothing is kept.
    """
    await context.ports.blobs.write(chunks, named.digest)


async def take_custody(context: Context, view: View) -> tuple[tuple[Statement, str], ...]:
    """Take the keys of every parcel that is whole into our custody.

    Returns the statements whose parcel is here and cannot be opened, each with the code of why.
    """
    held = frozenset(await context.ports.keys.custody_items())
    failed: list[tuple[Statement, str]] = []
    for judged in view.judged:
        statement = judged.statement
        if statement is None or not judged.admitted or view.own not in statement.to:
            continue
        body = statement.body
        if not isinstance(body, ItemRelease | RequestMake) or body.sealed is None:
            continue
        if body.sealed.sha256 in held or not await _is_whole(context, view, statement):
            continue
        try:
            await _take_key(context, view, statement, body)
        except (InputError, ProofError) as err:
            failed.append((statement, err.code))
    return tuple(failed)


async def _is_whole(context: Context, view: View, statement: Statement) -> bool:
    return all([await is_held(context, view, each) for each in payloads_of(statement)])


async def _take_key(
    context: Context, view: View, statement: Statement, body: ItemRelease | RequestMake
) -> None:
    assert body.parcel is not None
    assert body.sealed is not None
    raw = b"".join(await context.ports.blobs.read(body.parcel.sha256))[:PARCEL_HEAD_BYTES_MAX]
    head = verify_parcel_head(raw, body.parcel, body.sealed, to=statement.to)
    wrap = find_wrap(head, view.own)
    try:
        key = await context.ports.keys.unwrap_item_key(wrap, context=wrap_context(statement))
    except StateError as err:
        raise ProofError("parcel.sealing-key-gone", err.what, hint=err.hint) from err
    await context.ports.keys.keep_item_key(body.sealed.sha256, key)
