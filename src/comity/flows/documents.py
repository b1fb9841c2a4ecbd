# SPDX-License-Identifier: Apache-2.0
"""The kinds of documents that flows keep in the store, and how their keys are made.

A document is a small value by kind and key; its version counts in the basis of decisions.
"""

from __future__ import annotations

from typing import Final

from comity.basis.ids import AgreementId, Digest, PartyId
from comity.basis.strict_json import JsonValue, format_json, parse_canonical
from comity.ports import Document

CARD: Final = "card"
PIN: Final = "pin"
AGREEMENT: Final = "agreement"
AGREEMENT_PIN: Final = "agreement-pin"
PERSON: Final = "person"
FACILITY: Final = "facility"
DRAFT: Final = "draft"
PASSING: Final = "passing"
CLEAR: Final = "clear-payload"
PARCEL_SENT: Final = "parcel-sent"
PARCELS_DELIVERED: Final = "parcels-delivered"
PARCELS_AGAIN: Final = "parcels-again"
COURIER_SENT: Final = "courier-sent"
COURIER_TAKEN: Final = "courier-taken"
PARTNER_SIZE: Final = "partner-size"
PARTNER_LOST: Final = "partner-lost"
WANTED: Final = "wanted"
EQUIVOCATION: Final = "equivocation"
BEHIND: Final = "register-behind"
PENDING: Final = "pending-checkpoint"
JOURNAL_ANCHOR: Final = "journal-anchor"
RESTORE_OVERRIDE: Final = "restore-override"
TAKEN_BACK: Final = "taken-back"
PARTNER_BEHIND: Final = "partner-behind"
PARCEL_UPLOAD: Final = "parcel-upload"
PARCEL_BROUGHT: Final = "parcel-brought"
LEFT_OVER: Final = "left-over"
SETTLING: Final = "equivocation-settling"
SETTLED: Final = "equivocation-settled"
COPIES: Final = "copies"
ERASED: Final = "erased"
CONTRACTOR_ITEM: Final = "contractor-item"
REVIEWED: Final = "reviewed"
REMINDED: Final = "reminded"
LAW_TASK: Final = "law-task"
PICTURE_LINK: Final = "picture-link"
PICTURE_POINTS: Final = "picture-points"
ALERTS: Final = "alerts"

_DOCUMENT_BYTES_MAX: Final = 1024 * 1024


def card_document(party: PartyId, version: int, raw: bytes) -> Document:
    """Keep one version of a party's card."""
    return Document(CARD, f"{party}/{version:07d}", raw)


def clear_document(sha256: Digest, raw: bytes) -> Document:
    """Keep a clear payload's exact bytes: a card that a statement names, or an unreadable file."""
    return Document(CLEAR, sha256, raw)


def agreement_document(sha256: Digest, raw: bytes) -> Document:
    """Keep an agreement file's exact bytes."""
    return Document(AGREEMENT, sha256, raw)


def agreement_pin_document(agreement: AgreementId, party: PartyId, card_version: int) -> Document:
    """Keep that a party's register for an agreement is served, and the card it opens with."""
    return json_document(AGREEMENT_PIN, f"{agreement}/{party}", {"card_version": card_version})


def json_document(kind: str, key: str, value: JsonValue) -> Document:
    """Keep a small value as canonical JSON."""
    return Document(kind, key, format_json(value))


def read_json_document(raw: bytes) -> JsonValue:
    """Read what `json_document` wrote."""
    return parse_canonical(raw, bytes_max=_DOCUMENT_BYTES_MAX, where="document")
