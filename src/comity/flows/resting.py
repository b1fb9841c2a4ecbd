# SPDX-License-Identifier: Apache-2.0
"""What a view rests on beside the registers: kinds of documents, clear payloads; and how verdicts
are written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.basis.ids import AgreementId, Digest, PartyId, digest_of
from comity.flows.context import Context
from comity.flows.documents import (
    AGREEMENT,
    AGREEMENT_PIN,
    CARD,
    CLEAR,
    ERASED,
    FACILITY,
    PERSON,
)
from comity.ports import Judgement, RegisterHead
from comity.statement.judgement import Judged
from comity.statement.register import AgreementRegisters

PAYLOADS: Final = (CARD, CLEAR, AGREEMENT)

# Decisions rest on who is cleared to what, verdicts on cards and files, and what is taken into
# custody on what was erased: these versions are read before anything else.
_RESTS_ON: Final = (PERSON, FACILITY, AGREEMENT_PIN, CARD, CLEAR, AGREEMENT, ERASED)

_FILES_KEPT: Final = 16
# Equal bytes read equal: a process reads an agreement file once, not with every act.
_read_file = lru_cache(maxsize=_FILES_KEPT)(read_agreement)


async def versions_now(context: Context) -> tuple[tuple[str, int], ...]:
    """Read the version of every kind that a view rests on."""
    known = dict(await context.ports.store.versions())
    return tuple((kind, known.get(kind, 0)) for kind in _RESTS_ON)


async def payloads_here(
    context: Context, agreement: AgreementId
) -> tuple[dict[Digest, bytes], dict[Digest, Agreement]]:
    """Return cards (and other clear payloads) and this agreement's files, by digest."""
    store = context.ports.store
    pinned = [each.body for each in await store.documents(CARD) if each.body is not None]
    clear = [each.body for each in await store.documents(CLEAR) if each.body is not None]
    files = [each.body for each in await store.documents(AGREEMENT) if each.body is not None]
    read = (_read_file(each) for each in files)
    return (
        {digest_of(each): each for each in (*pinned, *clear)},
        {each.sha256: each for each in read if each.id == agreement},
    )


def judgement_of(origin: str, judged: Judged) -> Judgement:
    """Write a verdict as the store keeps it."""
    rejected = judged.rejected
    if rejected is None:
        return Judgement(origin, judged.place.index, admitted=True)
    return Judgement(
        origin, judged.place.index, admitted=False, code=rejected.code, article=rejected.article
    )


async def unkept(
    context: Context, heads: Mapping[PartyId, RegisterHead], judged: Iterable[Judged]
) -> list[Judgement]:
    """Find verdicts that stand nowhere yet, as when a card was pinned by hand."""
    by_party: dict[PartyId, list[Judged]] = {}
    for each in judged:
        by_party.setdefault(each.place.party, []).append(each)
    found: list[Judgement] = []
    for party, said in by_party.items():
        indexes = [each.place.index for each in said]
        origin, end = heads[party].origin, max(indexes) + 1
        kept = await context.ports.store.judgements(origin, min(indexes), end)
        known = {each.index for each in kept}
        found += [judgement_of(origin, each) for each in said if each.place.index not in known]
    return found


def lagging_party(
    registers: AgreementRegisters,
    heads: Mapping[PartyId, RegisterHead],
    read: Mapping[PartyId, int],
) -> PartyId | None:
    """Choose the register to read on from: the one whose last judged entry is the oldest.

    One that waits for entries of another is not helped by more of its own. None: all are read.
    """

    def turn_of(party: PartyId) -> tuple[bool, int]:
        waits = registers.judged_size(party) < read[party]
        return waits, registers.position(party).greatest_at or 0

    unread = [party for party in read if read[party] < heads[party].size]
    return min(unread, key=turn_of, default=None)
