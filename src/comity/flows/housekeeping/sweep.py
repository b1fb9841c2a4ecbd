# SPDX-License-Identifier: Apache-2.0
"""Sweeping away what no statement and no draft names: sealed payloads, parcel heads, item keys.

A crash leaves such things where the last step, which names them, was not reached; so does a draft
that is dropped. A served node waits until something has been left over for long: what is on its way
now is named before, and so is what a restored store gets back from partners. Source: DESIGN 6, 7
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from comity.basis.ids import Digest, Place, digest_of, parse_digest
from comity.basis.instants import Instant, format_instant, parse_instant_canonical
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.flows.checkpoints import is_restoring
from comity.flows.context import Context
from comity.flows.copies import private_texts
from comity.flows.documents import LEFT_OVER, json_document, read_json_document
from comity.flows.drafts import waiting_drafts
from comity.flows.journal import journal_entry
from comity.flows.naming import item_ref, readable
from comity.flows.parcels import payloads_of
from comity.flows.set_up import pinned_agreements
from comity.ports import Change

_KEY: Final = "sweep"
_PAGE: Final = 64
_REMEMBERED_MAX: Final = 4_096
_DIGEST_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Swept:
    """How much was erased."""

    keys: int
    blobs: int


async def sweep(context: Context) -> Swept:
    """Erase the keys, and then the blobs, that nothing names; for whoever holds the node alone.

    Keys go first: a payload whose key is gone is noise, whatever becomes of its bytes.
    """
    return await _erase(context, *await _left_over(context))


async def sweep_old(context: Context, older_than_ms: int) -> Swept:
    """Erase what has been left over for long, while others go on working.

    1. nothing while a restore is under way: what partners give back names more;
    2. what nothing names is noted with the time at which that was first seen, a bounded number;
    3. what was noted so long ago and still is not named is erased, and the journal says how much.
    """
    if await is_restoring(context):  # 1
        return Swept(0, 0)
    keys, blobs = await _left_over(context)
    before, now = await _noted(context), context.ports.clock.now()
    found = sorted({*map(_sealed_in, keys), *blobs})[:_REMEMBERED_MAX]
    noted = {each: before.get(each, now) for each in found}  # 2
    old = {each for each, since in noted.items() if now - since >= older_than_ms}
    old_keys = {each for each in keys if _sealed_in(each) in old}
    swept = await _erase(context, old_keys, blobs & old)  # 3
    left = {each: since for each, since in noted.items() if each not in old}
    if left != before:
        await _note(context, left, swept)
    return swept


async def _erase(context: Context, keys: Iterable[str], blobs: Iterable[Digest]) -> Swept:
    ports, gone = context.ports, [0, 0]
    for each in sorted(keys):
        await ports.keys.erase_item_key(each)
        gone[0] += 1
    for digest in sorted(blobs):
        await ports.blobs.delete(digest)
        gone[1] += 1
    return Swept(*gone)


async def _left_over(context: Context) -> tuple[frozenset[str], frozenset[Digest]]:
    """Find the keys and blobs that no entry of any register names, judged or not, and no draft.

    A key is named by the entry at its own place alone, or by a draft that has none yet. What is
    here is listed before what is named is read: what comes meanwhile is not left over.
    """
    store, ports = context.ports.store, context.ports
    refs = await ports.keys.custody_items()
    held = _Digests([*map(_told, refs), *await ports.blobs.digests()])
    for agreement in await pinned_agreements(context):
        for head in await store.registers(agreement):
            for start in range(0, head.size, _PAGE):
                end = min(start + _PAGE, head.size)
                raws = await store.entries(head.origin, start, end)
                for index, raw in enumerate(raws, start):
                    place = Place(head.party, index)
                    for part in (part for said in readable((raw,)) for part in payloads_of(said)):
                        held.name(part.digest)
                        held.name(_told(item_ref(part.digest, agreement, place)))
                await asyncio.sleep(0)
    drafted = tuple(draft.sealed for draft in await waiting_drafts(context))
    for digest in (*(each.sha256 for each in drafted), *await private_texts(context)):
        held.name(digest)
        held.name(_told(digest))
    left = frozenset(held.unnamed())
    keys = frozenset(each for each in refs if _told(each) in left)
    sizes = {each: await ports.blobs.size(each) for each in left}
    blobs = frozenset(each for each, size in sizes.items() if size is not None)
    return keys, blobs


def _told(ref: str) -> Digest:
    """Stand for a key in custody among digests."""
    return digest_of(ref.encode())


def _sealed_in(ref: str) -> Digest:
    """Give the sealed payload that a key in custody opens."""
    return Digest(ref.partition(" ")[0])


class _Digests:
    """Many digests in little room, of which those that are named are ticked off."""

    __slots__ = ("_packed", "_ticked")

    def __init__(self, digests: Iterable[str]) -> None:
        self._packed = b"".join(sorted({bytes.fromhex(each) for each in digests}))
        self._ticked = bytearray(len(self._packed) // _DIGEST_BYTES)

    def name(self, digest: Digest) -> None:
        """Tick a digest off, if it is one of these."""
        wanted, low, high = bytes.fromhex(digest), 0, len(self._ticked)
        while low < high:
            middle = (low + high) // 2
            if self._at(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        if low < len(self._ticked) and self._at(low) == wanted:
            self._ticked[low] = 1

    def unnamed(self) -> Iterator[Digest]:
        """Give those that were not ticked off."""
        for index, ticked in enumerate(self._ticked):
            if not ticked:
                yield Digest(self._at(index).hex())

    def _at(self, index: int) -> bytes:
        return self._packed[index * _DIGEST_BYTES : (index + 1) * _DIGEST_BYTES]


async def _noted(context: Context) -> dict[Digest, Instant]:
    raw = await context.ports.store.document(LEFT_OVER, _KEY)
    value = None if raw is None else read_json_document(raw)
    noted: dict[Digest, Instant] = {}
    for digest, since in (value if isinstance(value, dict) else {}).items():
        noted[parse_digest(digest, "left over")] = parse_instant_canonical(str(since))
    return noted


async def _note(context: Context, left: Mapping[Digest, Instant], swept: Swept) -> None:
    value: dict[str, JsonValue] = {each: format_instant(since) for each, since in left.items()}
    details: dict[str, JsonValue] = {"keys": swept.keys, "blobs": swept.blobs}
    said = (journal_entry(context, "store.sweep", None, details=details),)
    await context.ports.store.commit(
        Change(
            allowed_by=allow_house_act("store.sweep"),
            documents=(json_document(LEFT_OVER, _KEY, value),),
            journal=said if swept != Swept(0, 0) else (),
        )
    )
