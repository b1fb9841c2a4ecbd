# SPDX-License-Identifier: Apache-2.0
"""Parcels as statements name them, and where they lie: small ones in the store beside their
entry, larger ones as two blobs, head and sealed payload, each under its digest.

Source: DESIGN 5, 6
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from comity.basis.errors import ProofError
from comity.basis.ids import Digest, Place, digest_of
from comity.flows.brought import has_come
from comity.flows.context import Context
from comity.flows.view import View
from comity.statement.envelope import Statement
from comity.statement.kinds import ParcelBody
from comity.statement.treaty import AgreementAmend, AgreementCounter, AgreementPropose, PartyCard
from comity.statement.values import ParcelRef, SealedRef


class Named(Struct, frozen=True, gc=False):
    """A payload that a statement names: its digest, its size, and whether it is in the clear.

    `place` is that of the statement, where it is known.
    """

    digest: Digest
    size: int
    clear: bool
    place: Place | None = None


class Parcel(Struct, frozen=True, gc=False):
    """A parcel that a statement names: its head with the key wraps, and the sealed payload."""

    place: Place
    statement: Statement
    head: ParcelRef
    sealed: SealedRef

    @property
    def parts(self) -> tuple[Named, Named]:
        """Give head and sealed payload as what travels."""
        return (
            Named(self.head.sha256, self.head.size, clear=False, place=self.place),
            Named(self.sealed.sha256, self.sealed.size, clear=False, place=self.place),
        )


def parcel_of(place: Place, statement: Statement) -> Parcel | None:
    """Give the parcel that a statement names, if it names one."""
    body = statement.body
    if not isinstance(body, ParcelBody):
        return None
    if body.parcel is None or body.sealed is None:
        return None
    return Parcel(place, statement, body.parcel, body.sealed)


def payloads_of(statement: Statement, place: Place | None = None) -> tuple[Named, ...]:
    """List what a statement names: a file, a card, or a parcel's head and sealed payload."""
    match statement.body:
        case AgreementPropose() | AgreementCounter() | AgreementAmend() as body:
            return (Named(body.file.sha256, body.file.size, clear=True, place=place),)
        case PartyCard() as body:
            return (Named(body.card.sha256, body.card.size, clear=True, place=place),)
        case _ as body:
            if not isinstance(body, ParcelBody) or body.parcel is None or body.sealed is None:
                return ()
            return (
                Named(body.parcel.sha256, body.parcel.size, clear=False, place=place),
                Named(body.sealed.sha256, body.sealed.size, clear=False, place=place),
            )


async def is_held(context: Context, view: View, named: Named) -> bool:
    """Answer whether a payload is here, and came for the very entry that names it."""
    if named.clear:
        return named.digest in view.files or named.digest in view.cards
    if named.place is not None and await _beside(context, view, named.place) is not None:
        return True
    if await context.ports.blobs.size(named.digest) is None:
        return False
    return named.place is None or await has_come(context, view, named.place, named.digest)


def small_parcel(parcel: Parcel, raw: bytes) -> tuple[bytes, bytes]:
    """Part a small parcel into its head and its sealed payload.

    Raises:
        ProofError: they are not those that the statement names.
    """
    head, sealed = raw[: parcel.head.size], raw[parcel.head.size :]
    expected = (parcel.head.sha256, parcel.sealed.sha256)
    if len(sealed) != parcel.sealed.size or (digest_of(head), digest_of(sealed)) != expected:
        raise ProofError(
            "parcel.digest",
            "the parcel is not the one that the statement names",
            where=str(parcel.place),
            expected=f"{parcel.head.size} and {parcel.sealed.size} bytes of the named digests",
            found=f"{len(raw)} bytes",
            hint="send the parcel of that statement",
        )
    return head, sealed


async def read_head(context: Context, view: View, parcel: Parcel) -> bytes:
    """Read a parcel's head from wherever it is.

    Raises:
        ProofError: it is not as long as was said.
        StateError: it is not here.
    """
    raw = await _beside(context, view, parcel.place)
    if raw is not None:
        return raw[: parcel.head.size]
    size = await context.ports.blobs.size(parcel.head.sha256)
    if size is not None and size != parcel.head.size:
        raise ProofError("parcel.head-size", "the parcel's head is not as long as was said")
    return b"".join(await context.ports.blobs.read(parcel.head.sha256))


async def read_sealed(
    context: Context, view: View, place: Place, head: ParcelRef, sealed: SealedRef
) -> Iterator[bytes]:
    """Read the sealed payload of the statement at `place` from wherever it is.

    Raises:
        StateError: it is not here.
    """
    raw = await _beside(context, view, place)
    if raw is None:
        return await context.ports.blobs.read(sealed.sha256)
    return iter((raw[head.size :],))


async def read_part(context: Context, view: View, parcel: Parcel, part: Named) -> Iterator[bytes]:
    """Read one of a parcel's two parts."""
    if part.digest == parcel.head.sha256:
        return iter((await read_head(context, view, parcel),))
    return await read_sealed(context, view, parcel.place, parcel.head, parcel.sealed)


async def read_small(context: Context, view: View, parcel: Parcel) -> bytes | None:
    """Read head and sealed payload in one run, as pushes carry small parcels; None: not small."""
    return await _beside(context, view, parcel.place)


async def _beside(context: Context, view: View, place: Place) -> bytes | None:
    known = view.parcels.get(place)
    if known is not None:
        return known
    head = view.heads.get(place.party)
    return None if head is None else await context.ports.store.parcel(head.origin, place.index)
