# SPDX-License-Identifier: Apache-2.0
"""Keys of what we seal ourselves: in custody by digest until it is said, by its place from then on.

A payload is sealed before anybody knows where it will stand. Once it stands somewhere its key opens
that place alone: whoever else names its digest in our name, with a stolen key, names noise.
Source: DESIGN 6
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from comity.basis.errors import EdgeError, StateError
from comity.basis.ids import Digest
from comity.flows.context import Context
from comity.flows.view import View
from comity.statement.judgement import Judged
from comity.statement.kinds import ParcelBody


@dataclass(frozen=True, slots=True)
class PlacedKeys:
    """Keys that are kept for what is about to be said, and by which digests some were kept."""

    context: Context
    placed: tuple[str, ...] = ()
    drafted: tuple[Digest, ...] = ()

    async def are_said(self) -> None:
        """Erase what was kept by digest: the statements are entered."""
        await self._erase(self.drafted)

    async def are_not_said(self) -> None:
        """Erase what was kept by place: nothing was entered there."""
        await self._erase(self.placed)

    async def _erase(self, refs: Iterable[str]) -> None:
        """Erase together. What a full disk or a crash leaves, the next sweep finds."""
        keys = self.context.ports.keys
        with suppress(EdgeError):
            await asyncio.gather(*(keys.erase_item_key(each) for each in refs))


async def place_keys(
    context: Context, view: View, said: Iterable[tuple[Judged, tuple[Digest, bytes] | None]]
) -> PlacedKeys:
    """Keep the key of each sealed payload that is said by its place, in one flush.

    A key comes along, or was kept by its digest when the payload was sealed.
    """
    found: list[tuple[str, bytes]] = []
    drafted: list[Digest] = []
    for judged, item_key in said:
        body = None if judged.statement is None else judged.statement.body
        if not isinstance(body, ParcelBody) or body.parcel is None or body.sealed is None:
            continue
        ref = view.item_ref(judged.place, body.sealed)
        if item_key is not None:
            found.append((ref, item_key[1]))
            continue
        with suppress(StateError):  # no key, no custody: the statement says so by itself
            key = await context.ports.keys.custody_item_key(body.sealed.sha256)
            found.append((ref, key))
            drafted.append(body.sealed.sha256)
    if found:
        await context.ports.keys.keep_item_keys(tuple(found))
    return PlacedKeys(context, tuple(ref for ref, _ in found), tuple(drafted))
