# SPDX-License-Identifier: Apache-2.0
"""From a cleared draft to `Sealed`: what may be entered and handed over.

The order is: seal the payload (its bytes are stored and named), prepare the statement, wrap the
item key to its `context` behind the `Keys` port, seal. Only what was cleared or allowed gets
this far. Source: DESIGN 2, 6
"""

from dataclasses import replace
from typing import Final, NamedTuple

from msgspec import Struct, structs

from comity.agreement.acts import PrivateRight
from comity.basis.errors import InvariantError
from comity.basis.ids import Digest, PartyId, Place, digest_of
from comity.decision.stages import Allowed, Cleared
from comity.marking.labels import Label
from comity.sealing.head_form import HeadForm
from comity.sealing.parcels import ParcelHead, Wrap, check_wraps, format_parcel_head
from comity.statement.drafting import draft_statement, draft_wrap_context
from comity.statement.envelope import StatementDraft
from comity.statement.information import ItemRelease, RequestMake
from comity.statement.kinds import EnclosingBody, ParcelBody
from comity.statement.passing import Onward, Sharing
from comity.statement.release_form import ReleaseForm, WordedRelease
from comity.statement.values import AgreementRef, ParcelRef, SealedRef

# Stands until the parcel's head is known; no context or signature ever covers it.
_NO_PARCEL: Final = ParcelRef(Digest("0" * 64), 1)


class Utterance(Struct, frozen=True, gc=False):
    """Under which version a statement is made, and its nonce: 16 fresh bytes in hex."""

    agreement: AgreementRef
    nonce: str


class Links(Struct, frozen=True, gc=False):
    """What a release is said to have to do with other statements; see `ItemRelease`."""

    supersedes: Place | None = None
    answers: Place | None = None
    derived_from: tuple[Place, ...] = ()
    passed_on: Onward | None = None
    sharing: Sharing | None = None
    rights: tuple[PrivateRight, ...] = ()

    def release(self, label: Label, sealed: SealedRef) -> ItemRelease:
        """Word a release that still lacks its parcel."""
        return ItemRelease(
            label,
            _NO_PARCEL,
            sealed,
            self.supersedes,
            self.answers,
            self.derived_from,
            self.passed_on,
            self.sharing,
            self.rights,
        )


NO_LINKS: Final = Links()


class Prepared(Struct, frozen=True, gc=False):
    """A statement that lacks its parcel. `context` is what the key wraps are to be bound to."""

    allowed_by: Cleared | Allowed
    draft: StatementDraft
    body: ParcelBody
    sealed: SealedRef
    context: Digest


class Sealed(NamedTuple):
    """A statement to be entered, and its parcel's head, to be stored before that.

    Built by `seal` alone.
    """

    allowed_by: Cleared | Allowed
    draft: StatementDraft
    head: bytes


class SealedRelease(Struct, frozen=True, gc=False):
    """A release to be entered as `Sealed`, worded but for its moment. Built by a series alone."""

    allowed_by: Cleared
    worded: WordedRelease
    head: bytes

    @property
    def draft(self) -> StatementDraft:
        """Give it as any other draft."""
        worded = self.worded
        return worded.form.draft(worded.nonce, worded.parcel, worded.sealed)


def prepare_release(
    cleared: Cleared,
    sealed: SealedRef,
    *,
    utterance: Utterance,
    links: Links = NO_LINKS,
) -> Prepared:
    """Prepare the release of what was cleared: speaker, recipients and label are the cleared."""
    labelled = cleared.draft
    body = links.release(labelled.label, sealed)
    draft = draft_statement(
        body, utterance.agreement, by=labelled.by, to=labelled.to, nonce=utterance.nonce
    )
    return Prepared(cleared, draft, body, sealed, draft_wrap_context(draft))


class ReleaseSeries:
    """Releases of one cleared draft that differ in their payloads alone: decided and worded once.

    It takes the place of `prepare_release` for each of them, and gives what `seal` gives.
    """

    __slots__ = ("_cleared", "_form", "_head", "_suite")

    def __init__(
        self,
        cleared: Cleared,
        agreement: AgreementRef,
        suite: str,
        links: Links = NO_LINKS,
    ) -> None:
        """Begin with what was cleared: speaker, recipients and label are the cleared.

        Raises:
            InputError: partners would refuse to read such a release.
        """
        labelled = cleared.draft
        to = tuple(sorted(set(labelled.to)))
        sealed = SealedRef(suite, 1, _NO_PARCEL.sha256)
        alike = links.release(labelled.label, sealed)
        self._cleared, self._suite, self._head = cleared, suite, HeadForm(suite, to)
        self._form = ReleaseForm(agreement, by=labelled.by, to=to, alike=alike)

    def payload(self, size: int, sha256: Digest) -> SealedRef:
        """Name a sealed payload that is released in this series."""
        return SealedRef(self._suite, size, sha256)

    def context(self, nonce: bytes, sealed: SealedRef) -> Digest:
        """Give what the key wraps of one release are to be bound to; `nonce`: 16 fresh bytes."""
        return self._form.wrap_context(nonce, sealed)

    def seal(self, nonce: bytes, sealed: SealedRef, wraps: tuple[Wrap, ...]) -> SealedRelease:
        """Put the key wraps into the parcel's head and name it in the statement.

        Raises:
            ProofError: not one wrap of the named suite for each recipient.
        """
        head = self._head.format(sealed, wraps)
        parcel = ParcelRef(digest_of(head), len(head))
        worded = WordedRelease(self._form, nonce, parcel, sealed)
        return SealedRelease(self._cleared, worded, head)


def prepare_enclosing(
    allowed: Cleared | Allowed,
    body: EnclosingBody | RequestMake,
    *,
    between: tuple[PartyId, tuple[PartyId, ...]],
    utterance: Utterance,
) -> Prepared:
    """Prepare a statement that encloses the text that it names as sealed; `between`: who, to whom.

    Raises:
        InvariantError: it names none.
    """
    by, to = between
    sealed = body.sealed
    if sealed is None:
        raise InvariantError(
            "sealing.nothing-sealed", "a text is to be enclosed that is not sealed"
        )
    waiting = structs.replace(body, parcel=_NO_PARCEL)
    draft = draft_statement(waiting, utterance.agreement, by=by, to=to, nonce=utterance.nonce)
    return Prepared(allowed, draft, waiting, sealed, draft_wrap_context(draft))


def seal(prepared: Prepared, wraps: tuple[Wrap, ...], proof: bytes | None = None) -> Sealed:
    """Put the key wraps, and a sealed proof, into the parcel's head and name it in the statement.

    Raises:
        ProofError: not one wrap of the named suite for each recipient.
    """
    head = _head_of(prepared.sealed, wraps, prepared.draft.to, proof)
    body = structs.replace(prepared.body, parcel=ParcelRef(digest_of(head), len(head)))
    return Sealed(prepared.allowed_by, replace(prepared.draft, body=body), head)


def _head_of(
    sealed: SealedRef, wraps: tuple[Wrap, ...], to: tuple[PartyId, ...], proof: bytes | None = None
) -> bytes:
    ordered = tuple(sorted(wraps, key=lambda wrap: wrap.to))
    check_wraps(ordered, sealed, to)
    return format_parcel_head(ParcelHead(sealed, ordered, proof))
