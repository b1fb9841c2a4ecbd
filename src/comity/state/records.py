# SPDX-License-Identifier: Apache-2.0
"""The rows of the state: what each counted statement leaves behind.

Rows are immutable. Ids of statements are places; a row that answers another names its place.
"""

from __future__ import annotations

from msgspec import Struct

from comity.basis.ids import Digest, PartyId, Place
from comity.basis.instants import Instant
from comity.statement.envelope import Seen
from comity.statement.information import (
    AssuranceGive,
    ConsentAsk,
    ConsentGive,
    ItemReclassify,
    ItemRefusal,
    ItemRelease,
    RequestMake,
)
from comity.statement.kinds import Body
from comity.statement.passing import ItemThirdPartyRelease
from comity.statement.treaty import (
    AgreementAnnouncement,
    AgreementEndNotice,
    AgreementEntryNotification,
    AgreementInterpretation,
    AgreementPostpone,
    AgreementResumeCategory,
    AgreementSuspendCategory,
    AgreementSuspendEndNotice,
    AgreementWithdrawEndNotice,
    PartyCard,
)
from comity.statement.trust import JournalAnchor, StatementReject, TimeDispute

NoteBody = (
    AgreementEntryNotification
    | AgreementEndNotice
    | AgreementSuspendEndNotice
    | AgreementWithdrawEndNotice
)
RecordBody = AgreementPostpone | AgreementAnnouncement | AgreementInterpretation


class Said(Struct, frozen=True, gc=False):
    """A statement as the fold keeps it: without its bytes and nonce.

    `seen` is kept of those that count by what their speaker had seen.
    """

    place: Place
    at: Instant
    to: tuple[PartyId, ...]
    version: Digest
    body: Body
    seen: Seen = ()

    @property
    def by(self) -> PartyId:
        """Give the party that said it."""
        return self.place.party

    @property
    def order(self) -> tuple[int, str, int]:
        """Give its rank in the fold's order: causal, since `at` follows what was seen."""
        return self.at, self.place.party, self.place.index


class Text(Struct, frozen=True, gc=False):
    """A text that was put on the table. Initials and signatures are places, one for each party.

    `agreed_at` is set when the last party has signed.
    """

    version: int
    place: Place
    at: Instant
    initialled: tuple[Place, ...] = ()
    signed: tuple[Place, ...] = ()
    agreed_at: Instant | None = None


class Note(Struct, frozen=True, gc=False):
    """A written notification, which moves the lifecycle; and the note that withdrew it."""

    place: Place
    at: Instant
    body: NoteBody
    withdrawn_by: Place | None = None


class Record(Struct, frozen=True, gc=False):
    """A postponement, an announcement, a declared reading: on record, no transition."""

    place: Place
    at: Instant
    body: RecordBody


class Item(Struct, frozen=True, gc=False):
    """A released item, under the version that it was exchanged under."""

    place: Place
    at: Instant
    to: tuple[PartyId, ...]
    version: Digest
    release: ItemRelease


class Receipt(Struct, frozen=True, gc=False):
    """A recipient holds statement and payload, under its own marking."""

    place: Place
    at: Instant
    marking: str


class Refusal(Struct, frozen=True, gc=False):
    """A recipient does not take an item."""

    place: Place
    at: Instant
    refusal: ItemRefusal


class Reclassification(Struct, frozen=True, gc=False):
    """An originator changes an item's level."""

    place: Place
    at: Instant
    change: ItemReclassify


class Assurance(Struct, frozen=True, gc=False):
    """A party's written assurance."""

    place: Place
    at: Instant
    assurance: AssuranceGive


class Assured(Struct, frozen=True, gc=False):
    """An assurance, and those that count once it is given: no later one of the same covers them."""

    newest: Assurance
    lasting: tuple[Assurance, ...]


class Ask(Struct, frozen=True, gc=False):
    """A consent is asked of the parties in `to`."""

    place: Place
    at: Instant
    to: tuple[PartyId, ...]
    ask: ConsentAsk


class Consent(Struct, frozen=True, gc=False):
    """A consent, given."""

    place: Place
    at: Instant
    consent: ConsentGive


class PassedOn(Struct, frozen=True, gc=False):
    """An onward release: as it was said first, and where it stands under the other agreement."""

    place: Place
    at: Instant
    said: ItemThirdPartyRelease
    release: Place | None = None
    receipt: Place | None = None
    linked_by: Place | None = None


class Request(Struct, frozen=True, gc=False):
    """Information is asked of the parties in `to`."""

    place: Place
    at: Instant
    to: tuple[PartyId, ...]
    request: RequestMake


class Reply(Struct, frozen=True, gc=False):
    """An answer to a request by an item or by word of one's laws; a decline is neither."""

    place: Place
    at: Instant
    item: Place | None
    tells_law: bool = False

    @property
    def declines(self) -> bool:
        """Say whether it answers nothing."""
        return self.item is None and not self.tells_law


class Suspension(Struct, frozen=True, gc=False):
    """A party suspends a category from `starts` on; at `ends` it is over.

    What stops by it, and for whom, the clauses say of the version that an act is judged by.
    """

    place: Place
    at: Instant
    body: AgreementSuspendCategory
    article: str
    starts: Instant
    ends: Instant


class Resumption(Struct, frozen=True, gc=False):
    """A suspension is over from `starts` on, by word of the party that had said it."""

    place: Place
    at: Instant
    body: AgreementResumeCategory
    starts: Instant


class Rejection(Struct, frozen=True, gc=False):
    """A party says that it did not admit an entry; it counts for that party alone."""

    place: Place
    at: Instant
    reject: StatementReject


class DisputedTime(Struct, frozen=True, gc=False):
    """A party says that its clock disagreed with a statement's `at`."""

    place: Place
    at: Instant
    dispute: TimeDispute


class CardSaid(Struct, frozen=True, gc=False):
    """A party's next card."""

    place: Place
    at: Instant
    card: PartyCard


class Anchor(Struct, frozen=True, gc=False):
    """A party's latest anchor of its journal."""

    place: Place
    at: Instant
    anchor: JournalAnchor
