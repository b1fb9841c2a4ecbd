# SPDX-License-Identifier: Apache-2.0
"""Sweeping away what no statement and no draft names: sealed payloads, parcel heads, item keys.

A crash leaves such things where the last step, which names them, was not reached; so does a draft
that is dropped. Call it only from a command that holds the node for itself. Source: DESIGN 6, 7
"""

from __future__ import annotations

from dataclasses import dataclass

from comity.basis.ids import Digest
from comity.flows.context import Context
from comity.flows.drafts import waiting_drafts
from comity.flows.naming import readable
from comity.flows.parcels import payloads_of
from comity.flows.set_up import pinned_agreements


@dataclass(frozen=True, slots=True)
class Swept:
    """How much was erased."""

    keys: int
    blobs: int


async def sweep(context: Context) -> Swept:
    """Erase the keys, and then the blobs, that nothing names.

    Keys go first: a payload whose key is gone is noise, whatever becomes of its bytes.
    """
    named = await _named(context)
    ports = context.ports
    keys = [each for each in await ports.keys.custody_items() if each not in named]
    for item_ref in keys:
        await ports.keys.erase_item_key(item_ref)
    blobs = [each for each in await ports.blobs.digests() if each not in named]
    for digest in blobs:
        await ports.blobs.delete(digest)
    return Swept(len(keys), len(blobs))


async def _named(context: Context) -> frozenset[str]:
    """Give every digest that an entry of any register names, judged or not, and every draft's."""
    store = context.ports.store
    named: set[Digest] = {each.sealed.sha256 for each in await waiting_drafts(context)}
    for agreement in await pinned_agreements(context):
        for head in await store.registers(agreement):
            said = readable(await store.entries(head.origin, 0, head.size))
            named.update(part.digest for each in said for part in payloads_of(each))
    return frozenset(named)
