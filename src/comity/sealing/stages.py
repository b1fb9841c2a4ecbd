# SPDX-License-Identifier: Apache-2.0
"""From a cleared draft to `Sealed`: what may be entered and handed over.

The order is: seal the payload (its bytes are stored and named), prepare the statement, wrap the
item key to its `context` behind the `Keys` port, seal. Only what was cleared or allowed gets
this far. Source: DESIGN 2, 6
"""

from dataclasses import dataclass, replace
from typing import Final

from comity.basis.ids import Digest, PartyId, Place, digest_of
from comity.decision.stages import Allowed, Cleared
from comity.sealing.parcels import ParcelHead, Wrap, check_wraps, format_parcel_head
from comity.statement.drafting import draft_statement, draft_wrap_context
from comity.statement.envelope import StatementDraft
from comity.statement.information import ItemRelease, RequestMake
from comity.statement.release_form import ReleaseForm
from comity.statement.values import AgreementRef, ParcelRef, SealedRef

# Stands until the parcel's head is known; no context or signature ever covers it.
_NO_PARCEL: Final = ParcelRef(Digest("0" * 64), 1)


@dataclass(frozen=True, slots=True)
class Utterance:
    """Under which version a statement is made, and its nonce: 16 fresh bytes in hex."""

    agreement: AgreementRef
    nonce: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement that lacks its parcel. `context` is what the key wraps are to be bound to."""

    allowed_by: Cleared | Allowed
    draft: StatementDraft
    body: ItemRelease | RequestMake
    sealed: SealedRef
    context: Digest


@dataclass(frozen=True, slots=True)
class Sealed:
    """A statement to be entered, and its parcel's head, to be stored before that.

    Built by `seal` alone.
    """

    allowed_by: Cleared | Allowed
    draft: StatementDraft
    head: bytes


def prepare_release(
    cleared: Cleared,
    sealed: SealedRef,
    *,
    utterance: Utterance,
    supersedes: Place | None = None,
    answers: Place | None = None,
) -> Prepared:
    """Prepare the release of what was cleared: speaker, recipients and label are the cleared."""
    labelled = cleared.draft
    body = ItemRelease(labelled.label, _NO_PARCEL, sealed, supersedes, answers)
    draft = draft_statement(
        body, utterance.agreement, by=labelled.by, to=labelled.to, nonce=utterance.nonce
    )
    return Prepared(cleared, draft, body, sealed, draft_wrap_context(draft))


class ReleaseSeries:
    """Releases of one cleared draft that differ in their payloads alone: decided and worded once.

    It takes the place of `prepare_release` for each of them, and gives what `seal` gives.
    """

    __slots__ = ("_cleared", "_form", "_suite", "_to")

    def __init__(
        self,
        cleared: Cleared,
        agreement: AgreementRef,
        suite: str,
        *,
        supersedes: Place | None = None,
        answers: Place | None = None,
    ) -> None:
        """Begin with what was cleared: speaker, recipients and label are the cleared.

        Raises:
            InputError: partners would refuse to read such a release.
        """
        labelled = cleared.draft
        to = tuple(sorted(set(labelled.to)))
        sealed = SealedRef(suite, 1, _NO_PARCEL.sha256)
        alike = ItemRelease(labelled.label, _NO_PARCEL, sealed, supersedes, answers)
        self._cleared, self._suite, self._to = cleared, suite, to
        self._form = ReleaseForm(agreement, by=labelled.by, to=to, alike=alike)

    def payload(self, size: int, sha256: Digest) -> SealedRef:
        """Name a sealed payload that is released in this series."""
        return SealedRef(self._suite, size, sha256)

    def context(self, nonce: bytes, sealed: SealedRef) -> Digest:
        """Give what the key wraps of one release are to be bound to; `nonce`: 16 fresh bytes."""
        return self._form.wrap_context(nonce, sealed)

    def seal(self, nonce: bytes, sealed: SealedRef, wraps: tuple[Wrap, ...]) -> Sealed:
        """Put the key wraps into the parcel's head and name it in the statement.

        Raises:
            ProofError: not one wrap of the named suite for each recipient.
        """
        head = _head_of(sealed, wraps, self._to)
        parcel = ParcelRef(digest_of(head), len(head))
        return Sealed(self._cleared, self._form.draft(nonce, parcel, sealed), head)


def prepare_request(
    allowed: Allowed,
    sealed: SealedRef,
    *,
    category: str,
    between: tuple[PartyId, tuple[PartyId, ...]],
    utterance: Utterance,
) -> Prepared:
    """Prepare a request whose question is sealed; `between`: who asks, and whom."""
    by, to = between
    body = RequestMake(category, _NO_PARCEL, sealed)
    draft = draft_statement(body, utterance.agreement, by=by, to=to, nonce=utterance.nonce)
    return Prepared(allowed, draft, body, sealed, draft_wrap_context(draft))


def seal(prepared: Prepared, wraps: tuple[Wrap, ...]) -> Sealed:
    """Put the key wraps into the parcel's head and name it in the statement.

    Raises:
        ProofError: not one wrap of the named suite for each recipient.
    """
    head = _head_of(prepared.sealed, wraps, prepared.draft.to)
    body = replace(prepared.body, parcel=ParcelRef(digest_of(head), len(head)))
    return Sealed(prepared.allowed_by, replace(prepared.draft, body=body), head)


def _head_of(sealed: SealedRef, wraps: tuple[Wrap, ...], to: tuple[PartyId, ...]) -> bytes:
    ordered = tuple(sorted(wraps, key=lambda wrap: wrap.to))
    check_wraps(ordered, sealed, to)
    return format_parcel_head(ParcelHead(sealed, ordered))
