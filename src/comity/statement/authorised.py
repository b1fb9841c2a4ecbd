# SPDX-License-Identifier: Apache-2.0
"""Which statements bind a state, and what their authority note is bound to.

The online key alone cannot bind a state: these carry a note by the party's authority key over
everything that they say but `at` and `seen`. Source: DESIGN 4, 6
"""

from dataclasses import replace
from typing import Final, TypeGuard, cast, get_args

from msgspec import structs

from comity.basis.ids import Digest
from comity.basis.strict_json import JsonValue
from comity.keys.authority import authority_digest, verify_authority_note
from comity.keys.cards import Card
from comity.statement.affairs import (
    DisputeOpen,
    DisputeSettle,
    DutyExtend,
    DutyWaive,
    PartyAuthority,
    PartyLawChange,
)
from comity.statement.envelope import (
    FORMAT,
    Statement,
    StatementDraft,
    statement_json,
)
from comity.statement.information import ConsentGive
from comity.statement.kinds import Body
from comity.statement.treaty import (
    AgreementAmend,
    AgreementAnnouncement,
    AgreementCounter,
    AgreementEndNotice,
    AgreementEntryNotification,
    AgreementInitial,
    AgreementInterpretation,
    AgreementPostpone,
    AgreementPropose,
    AgreementResumeCategory,
    AgreementSign,
    AgreementSuspendCategory,
    AgreementSuspendEndNotice,
    AgreementWithdrawEndNotice,
)

AuthorisedBody = (
    AgreementPropose
    | AgreementCounter
    | AgreementInitial
    | AgreementPostpone
    | AgreementSign
    | AgreementEntryNotification
    | AgreementAmend
    | AgreementEndNotice
    | AgreementSuspendEndNotice
    | AgreementWithdrawEndNotice
    | AgreementSuspendCategory
    | AgreementResumeCategory
    | AgreementInterpretation
    | AgreementAnnouncement
    | PartyAuthority
    | PartyLawChange
    | DisputeOpen
    | DisputeSettle
    | DutyWaive
    | DutyExtend
    | ConsentGive
)
"""Bodies that hold an `authority` note. `party.card` is signed by the root keys instead."""

AUTHORISED_KINDS: Final = frozenset(body.KIND for body in get_args(AuthorisedBody))
"""Their kinds."""


def is_authorised(body: Body) -> TypeGuard[AuthorisedBody]:
    """Say whether a body holds an authority note."""
    return isinstance(body, AuthorisedBody)


def with_authority(draft: StatementDraft, note: str) -> StatementDraft:
    """Put the signed note into a draft that was made with an empty one.

    A draft of a kind that needs none is given back as it is.
    """
    if not is_authorised(draft.body):
        return draft
    return replace(draft, body=structs.replace(draft.body, authority=note))


def draft_authority_digest(draft: StatementDraft) -> Digest:
    """Give the digest that the authority keys sign for a draft; its own note does not count."""
    return authority_digest(
        format=FORMAT,
        kind=draft.body.KIND,
        agreement=(draft.agreement.id, draft.agreement.sha256),
        by=draft.by,
        to=draft.to,
        nonce=draft.nonce,
        body=draft.body.to_json(),
    )


def verify_authority(statement: Statement, card: Card) -> None:
    """Check the note of a statement that needs one, by the authority keys of `card`.

    The digest is taken from the entry's own bytes, not from what was read out of them.

    Raises:
        InputError, ProofError: not a note for this statement, expired, or not by both keys.

    Source: DESIGN 4
    """
    if not is_authorised(statement.body):
        return
    digest = authority_digest(
        format=statement.format,
        kind=statement.kind,
        agreement=(statement.agreement_id, statement.agreement_sha256),
        by=statement.by,
        to=statement.to,
        nonce=statement.nonce,
        body=cast("dict[str, JsonValue]", statement_json(statement)["body"]),  # read as one before
    )
    verify_authority_note(statement.body.authority, digest=digest, card=card, at=statement.at)
