# SPDX-License-Identifier: Apache-2.0
"""What releases of one label to the same parties have in common, written and read back once.

Such a release differs from the next in its nonce, moment, digests and sizes alone; nothing that
may stand there can make partners refuse to read what they would have read otherwise.
Source: DESIGN 4, 6; RFC 8785 3.2
"""

from __future__ import annotations

from typing import Final, cast

from msgspec import Struct, structs

from comity.basis.errors import InvariantError
from comity.basis.ids import Digest, PartyId, digest_of
from comity.basis.instants import Instant, format_instant
from comity.basis.json_forms import Hole, JsonForm, Shape
from comity.basis.limits import JSON_INTEGER_MAX, PARCEL_HEAD_BYTES_MAX, STATEMENT_BYTES_MAX
from comity.basis.strict_json import format_json
from comity.statement.envelope import (
    FORMAT,
    Seen,
    Statement,
    StatementDraft,
    check_entry_size,
    draft_json,
    parse_statement,
)
from comity.statement.information import ItemRelease
from comity.statement.values import AgreementRef, ParcelRef, SealedRef

_ZEROS: Final = Digest("0" * 64)


class WordedRelease(Struct, frozen=True, gc=False):
    """A release that lacks its moment; `nonce`: 16 fresh bytes."""

    form: ReleaseForm
    nonce: bytes
    parcel: ParcelRef
    sealed: SealedRef


class ReleaseForm:
    """Releases of one label, in one suite and with the same links, to the same parties."""

    __slots__ = ("_agreement", "_alike", "_by", "_context", "_entry", "_is_plain", "_seen", "_to")

    def __init__(
        self, agreement: AgreementRef, *, by: PartyId, to: tuple[PartyId, ...], alike: ItemRelease
    ) -> None:
        """Write all that they have in common; of `alike` the parcel and the payload are not used.

        Raises:
            InputError: partners would refuse to read such a release.
        """
        self._agreement, self._by, self._to = agreement, by, to
        self._alike = alike
        self._is_plain = alike == ItemRelease(alike.label, alike.parcel, alike.sealed)
        self._seen: tuple[Seen, str] = ((), "{}")
        sample = self.draft(
            bytes(16), ParcelRef(_ZEROS, 1), SealedRef(alike.sealed.suite, 1, _ZEROS)
        )
        shape = cast("dict[str, Shape]", draft_json(sample)) | {"nonce": Hole("nonce")}
        body = cast("dict[str, Shape]", shape["body"])
        sealed = cast("dict[str, Shape]", body["sealed"])
        body["sealed"] = sealed | {"sha256": Hole("payload"), "size": Hole("bytes", bare=True)}
        unbound = {key: value for key, value in body.items() if key != "parcel"}
        self._context = JsonForm(shape | {"body": unbound}, "payload", "bytes", "nonce")
        body["parcel"] = {"sha256": Hole("parcel"), "size": Hole("size", bare=True)}
        shape |= {"at": Hole("at"), "seen": Hole("seen", bare=True)}
        self._entry = JsonForm(shape, "at", "parcel", "size", "payload", "bytes", "nonce", "seen")
        composed = self.compose(sample, at=Instant(0), seen=())
        if composed is None or parse_statement(composed.raw) != composed:
            raise InvariantError("statement.form", "a release is read otherwise than it is written")

    def draft(self, nonce: bytes, parcel: ParcelRef, sealed: SealedRef) -> StatementDraft:
        """Draft one of them; `nonce`: 16 fresh bytes."""
        alike = self._alike
        body = structs.replace(alike, parcel=parcel, sealed=sealed)
        return StatementDraft(self._agreement, self._by, self._to, nonce.hex(), body, self)

    def wrap_context(self, nonce: bytes, sealed: SealedRef) -> Digest:
        """Give the digest that the key wraps of one of them are bound to.

        Source: DESIGN 6 (the statement without parcel digest, `at` and `seen`)
        """
        return digest_of(self._context.fill(sealed.sha256, sealed.size, nonce.hex()))

    def compose(self, draft: StatementDraft, *, at: Instant, seen: Seen) -> Statement | None:
        """Write a draft as the statement that is entered; None: it is not one of these.

        Raises:
            InputError: it would be longer than an entry may be.
        """
        body, alike = draft.body, self._alike
        if not isinstance(body, ItemRelease) or not self._is_of(draft, body):
            return None
        parcel, sealed = body.parcel, body.sealed
        if not self._fits(parcel, sealed):
            return None
        raw = self._entry.fill(
            format_instant(at),
            parcel.sha256,
            parcel.size,
            sealed.sha256,
            sealed.size,
            draft.nonce,
            self._seen_text(seen),
        )
        check_entry_size(raw)
        agreement = draft.agreement
        return Statement(
            FORMAT,
            alike.KIND,
            agreement.id,
            agreement.sha256,
            draft.by,
            draft.to,
            at,
            seen,
            draft.nonce,
            body,
            raw,
        )

    def compose_at(
        self, worded: WordedRelease, at: Instant, *, moment: str, seen: Seen
    ) -> Statement | None:
        """Write one of them, without links, at `at`, which `moment` is as text.

        None: not sure, draft it.
        """
        alike, agreement = self._alike, self._agreement
        parcel, sealed = worded.parcel, worded.sealed
        if not (self._is_plain and self._fits(parcel, sealed)):
            return None
        text = worded.nonce.hex()
        raw = self._entry.fill(
            moment,
            parcel.sha256,
            parcel.size,
            sealed.sha256,
            sealed.size,
            text,
            self._seen_text(seen),
        )
        if len(raw) > STATEMENT_BYTES_MAX:
            return None
        return Statement(
            FORMAT,
            alike.KIND,
            agreement.id,
            agreement.sha256,
            self._by,
            self._to,
            at,
            seen,
            text,
            ItemRelease(alike.label, parcel, sealed),
            raw,
        )

    def _fits(self, parcel: ParcelRef, sealed: SealedRef) -> bool:
        """Answer whether partners would read these sizes and this suite."""
        return (
            1 <= parcel.size <= PARCEL_HEAD_BYTES_MAX
            and 1 <= sealed.size <= JSON_INTEGER_MAX
            and sealed.suite == self._alike.sealed.suite
        )

    def _seen_text(self, seen: Seen) -> str:
        """Write what is seen; it is the same for all that is said together."""
        if seen != self._seen[0]:
            self._seen = seen, format_json(dict(seen)).decode()
        return self._seen[1]

    def _is_of(self, draft: StatementDraft, body: ItemRelease) -> bool:
        """Answer whether a draft was made here, and not changed in what stands written."""
        alike = self._alike
        return (
            body.label is alike.label
            and body.supersedes is alike.supersedes
            and body.answers is alike.answers
            and body.derived_from is alike.derived_from
            and body.passed_on is alike.passed_on
            and body.sharing is alike.sharing
            and body.rights is alike.rights
            and body.sealed.suite == alike.sealed.suite
            and draft.agreement is self._agreement
            and draft.by is self._by
            and draft.to is self._to
        )
