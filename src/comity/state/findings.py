# SPDX-License-Identifier: Apache-2.0
"""Why an admitted statement does not count: stable codes, each with the article that says so.

It stays listed, and may come to count, or cease to, when an earlier statement arrives late.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
