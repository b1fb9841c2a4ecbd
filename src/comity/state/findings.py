# SPDX-License-Identifier: Apache-2.0
"""Why an admitted statement does not count: stable codes, each with the article that says so.

It stays listed, and may come to count, or cease to, when an earlier statement arrives late.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Finding(StrEnum):
    """The closed list of reasons. Codes are a format: they appear in `state export`."""

    UNKNOWN_VERSION = "agreement.unknown-version"
    NOT_A_PARTY = "agreement.not-a-party"
    SUPERSEDED_VERSION = "agreement.superseded-version"
    FILE_MISMATCH = "agreement.file-mismatch"
    NOT_A_SUCCESSOR = "agreement.not-a-successor"

    NOTHING_PROPOSED = "lifecycle.nothing-proposed"
    ALREADY_PROPOSED = "lifecycle.already-proposed"
    ALREADY_AGREED = "lifecycle.already-agreed"
    OTHER_TEXT = "lifecycle.other-text"
    ALREADY_SAID = "lifecycle.already-said"
    NOT_SIGNED = "lifecycle.not-signed"
    NO_NOTIFICATION = "lifecycle.no-notification"
    DELIVERED_LATER = "lifecycle.delivered-later"
    NOT_IN_FORCE = "lifecycle.not-in-force"
    ENDED = "lifecycle.ended"
    NOTICE_GIVEN = "lifecycle.notice-given"
    UNKNOWN_NOTE = "lifecycle.unknown-note"
    UNKNOWN_READING = "lifecycle.unknown-reading"

    RELEASE_NOT_PERMITTED = "item.release-not-permitted"
    NOT_ORIGINATOR = "item.not-originator"
    ABOVE_TOP_LEVEL = "item.above-top-level"
    OUT_OF_SCOPE = "item.out-of-scope"
    RECIPIENT_NOT_A_PARTY = "item.recipient-not-a-party"
    MARKING = "item.marking"
    UNKNOWN_ITEM = "item.unknown"
    NOT_A_RECIPIENT = "item.not-a-recipient"
    OTHER_PARCEL = "item.other-parcel"
    ALREADY_RECEIPTED = "item.already-receipted"

    UNKNOWN_LEVEL = "assurance.unknown-level"

    NOTHING_NAMED = "consent.nothing-named"
    UNKNOWN_ASK = "consent.unknown-ask"
    ALREADY_REFUSED = "consent.already-refused"
    UNKNOWN_CONSENT = "consent.unknown"
    ALREADY_WITHDRAWN = "consent.already-withdrawn"

    UNKNOWN_REQUEST = "request.unknown"
    ALREADY_DECLINED = "request.already-declined"

    OWN_STATEMENT = "statement.own"
    ALREADY_REPORTED = "statement.already-reported"

    CARD_VERSION = "card.version"


@dataclass(frozen=True, slots=True)
class Uncounted:
    """A statement that does not count. `article` is None where no agreement is known to cite."""

    finding: Finding
    article: str | None


REASONS: Final[Mapping[Finding, str]] = MappingProxyType(
    {
        Finding.UNKNOWN_VERSION: "the file of that version is not held here",
        Finding.NOT_A_PARTY: "the speaker is no party to that version",
        Finding.SUPERSEDED_VERSION: "a newer version has been signed by all",
        Finding.FILE_MISMATCH: "the file is not the one that the statement describes",
        Finding.NOT_A_SUCCESSOR: "the new version does not follow the one that is signed",
        Finding.NOTHING_PROPOSED: "no text is on the table",
        Finding.ALREADY_PROPOSED: "this text is on the table already",
        Finding.ALREADY_AGREED: "a text is signed by all: a new one amends it",
        Finding.OTHER_TEXT: "another text is on the table",
        Finding.ALREADY_SAID: "this was said before",
        Finding.NOT_SIGNED: "no text is signed by all parties",
        Finding.NO_NOTIFICATION: "no notification of entry is called for now",
        Finding.DELIVERED_LATER: "a note cannot be delivered after it is entered",
        Finding.NOT_IN_FORCE: "the agreement is not in force",
        Finding.ENDED: "the agreement has ended",
        Finding.NOTICE_GIVEN: "notice of termination has been given",
        Finding.UNKNOWN_NOTE: "no such note of the speaker stands",
        Finding.UNKNOWN_READING: "no state of an agreement has that name",
        Finding.RELEASE_NOT_PERMITTED: "the agreement permits no release now",
        Finding.NOT_ORIGINATOR: "only the item's originator may say so",
        Finding.ABOVE_TOP_LEVEL: "the level is above the agreement's top level",
        Finding.OUT_OF_SCOPE: "category or form is outside the agreement's scope",
        Finding.RECIPIENT_NOT_A_PARTY: "a recipient is no party to the agreement",
        Finding.MARKING: "the marking does not stand for that level on that day",
        Finding.UNKNOWN_ITEM: "no such item was released",
        Finding.NOT_A_RECIPIENT: "the item was not released to the speaker",
        Finding.OTHER_PARCEL: "the receipt names another parcel",
        Finding.ALREADY_RECEIPTED: "the item was receipted before",
        Finding.UNKNOWN_LEVEL: "the agreement has no such level",
        Finding.NOTHING_NAMED: "neither items nor a category are named",
        Finding.UNKNOWN_ASK: "no such consent was asked of the speaker",
        Finding.ALREADY_REFUSED: "this was refused before",
        Finding.UNKNOWN_CONSENT: "the speaker gave no such consent",
        Finding.ALREADY_WITHDRAWN: "this was withdrawn before",
        Finding.UNKNOWN_REQUEST: "no such request was made to the speaker",
        Finding.ALREADY_DECLINED: "this was declined before",
        Finding.OWN_STATEMENT: "a party says this of other parties' statements alone",
        Finding.ALREADY_REPORTED: "this was reported before",
        Finding.CARD_VERSION: "the card is not the party's next one",
    }
)
"""Each finding in words, for people."""
