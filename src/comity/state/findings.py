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

    NOT_SUSPENDABLE = "suspension.not-suspendable"
    SUSPENDED_EARLIER = "suspension.dated-earlier"
    NEVER_SUSPENDED = "suspension.never-begins"
    SUSPENDED_UNTOLD = "suspension.not-told"
    ALREADY_SUSPENDED = "suspension.already-suspended"
    NOT_SUSPENDED = "suspension.not-suspended"
    RESUMED_NO_SOONER = "suspension.resumed-no-sooner"
    CATEGORY_SUSPENDED = "suspension.category-suspended"

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
    TOO_MANY_CHANGES = "item.too-many-changes"
    DERIVED_WIDER = "item.derived-wider"
    DERIVED_FROM_TOO_MUCH = "item.derived-from-too-much"
    DATED_LATER = "item.dated-later"
    COPY_GONE = "item.copy-gone"
    NOTHING_LEFT = "item.nothing-left"
    DESTRUCTION_NOT_PERMITTED = "item.destruction-not-permitted"
    MEANS = "item.means"
    TOO_FEW_PERSONS = "item.too-few-persons"
    RECALLED = "item.recalled"
    NO_INCIDENT = "inventory.no-incident"

    NO_THIRD_PARTY = "passing.no-third-party"
    WITHOUT_LEAVE = "passing.without-leave"
    NOTHING_PASSED_ON = "passing.nothing-passed-on"
    ALREADY_PASSED_ON = "passing.already-passed-on"

    INCIDENT_LATER = "incident.dated-later"
    NOT_A_HOLDER = "incident.not-a-holder"
    NOT_TOLD = "incident.not-told"
    NO_VICTIMS = "incident.no-victims"
    UNKNOWN_INCIDENT = "incident.unknown"
    NOT_THE_INVESTIGATOR = "incident.not-the-investigator"
    NOTHING_FOUND = "incident.nothing-found"
    NO_FINDINGS = "incident.no-findings"
    NOT_THE_CLOSER = "incident.not-the-closer"
    INCIDENT_CLOSED = "incident.closed"

    UNKNOWN_VISIT = "visit.unknown"
    NOT_THE_HOST = "visit.not-the-host"
    VISIT_LEVEL = "visit.level"
    VISIT_DAYS = "visit.days"
    ALREADY_DECIDED = "visit.already-decided"

    DISCLOSED_LATER = "disclosure.dated-later"
    DISCLOSED_FORM = "disclosure.form"
    NOT_GRANTED = "disclosure.not-granted"
    OUTSIDE_VISIT = "disclosure.outside-visit"
    ABOVE_VISIT = "disclosure.above-visit"
    WITHOUT_NOTE = "disclosure.without-note"

    NO_EVIDENCE = "contractor.no-evidence"
    ASSURED_LATER = "contractor.dated-later"
    OWN_PARENT = "contractor.own-parent"

    UNKNOWN_LEVEL = "assurance.unknown-level"

    NOTHING_NAMED = "consent.nothing-named"
    UNKNOWN_ASK = "consent.unknown-ask"
    TOO_MANY_CONSENTS = "consent.too-many"
    ALREADY_REFUSED = "consent.already-refused"
    UNKNOWN_CONSENT = "consent.unknown"
    ALREADY_WITHDRAWN = "consent.already-withdrawn"

    UNKNOWN_REQUEST = "request.unknown"
    ALREADY_DECLINED = "request.already-declined"

    UNKNOWN_ORDER = "order.unknown"
    UNKNOWN_LINE = "order.unknown-line"
    NOT_A_PROVIDER = "order.not-a-provider"
    NOT_THE_REQUESTER = "order.not-the-requester"
    NOT_THE_PROVIDER = "order.not-the-provider"
    NOT_OF_THE_ORDER = "order.not-of-the-order"
    ORDER_UNTOLD = "order.not-told"
    NUMBER_TWICE = "order.number-twice"
    LINE_TWICE = "order.line-twice"
    TOO_MANY_LINES = "order.too-many-lines"
    ORDER_ANSWERED = "order.answered"
    ORDER_NOT_PERMITTED = "order.not-permitted"
    ACCEPTANCE_NOT_PERMITTED = "order.acceptance-not-permitted"
    ACCEPTANCE_HEAD = "order.acceptance-head"
    ACCEPTED_BEYOND = "order.accepted-beyond"
    AMOUNT_TOO_LARGE = "order.amount-too-large"
    METHOD = "order.method"
    PRICE_BASIS = "order.price-basis"
    TAXED = "order.taxed"
    CURRENCY = "order.currency"
    MIXED_CURRENCIES = "order.mixed-currencies"
    NOTHING_OPEN = "order.nothing-open"
    ALREADY_DISPUTED = "order.already-disputed"
    NOT_DISPUTED = "order.not-disputed"

    UNKNOWN_DELIVERY = "delivery.unknown"
    DELIVERED_BEYOND = "delivery.beyond-acceptance"
    DELIVERY_NUMBER_TWICE = "delivery.number-twice"
    TOO_MANY_DELIVERIES = "delivery.too-many"
    DELIVERY_LATER = "delivery.dated-later"
    DELIVERY_NOT_PERMITTED = "delivery.not-permitted"
    RECEIVED_BEYOND = "delivery.beyond-delivery"
    GOODS_RECEIPTED = "delivery.already-receipted"
    UNKNOWN_GOODS_RECEIPT = "delivery.unknown-receipt"
    ALREADY_CLAIMED = "claim.already-noticed"
    OTHER_COLLECTOR = "claim.other-collector"
    ALREADY_INVOICED = "invoice.already-issued"
    OTHER_TOTAL = "invoice.other-total"
    SETTLEMENT_NOT_PERMITTED = "settlement.not-permitted"
    SETTLED_OTHERWISE = "settlement.other-method"
    SETTLED_BEYOND = "settlement.beyond-debt"
    SETTLED_LATER = "settlement.dated-later"
    SETTLED_FIGURES = "settlement.figures"
    UNKNOWN_SETTLEMENT = "settlement.unknown"
    OTHER_SETTLEMENT = "settlement.differs"
    ALREADY_COUNTED = "settlement.already-counted"
    NOT_CONVERTED = "settlement.not-converted"
    ALREADY_DROPPED = "settlement.already-dropped"
    SETTLED_BY_BOTH = "settlement.by-both"
    SETTLED_AND_BILLED = "settlement.billed-since"
    SETTLED_AND_AGREED = "settlement.agreed-since"
    LOAN_TOO_LONG = "order.loan-too-long"
    BEYOND_CAP = "order.beyond-cap"
    BALANCE_LATER = "balance.dated-later"
    UNKNOWN_BALANCE = "balance.unknown"
    ALREADY_ANSWERED = "balance.already-answered"

    OWN_STATEMENT = "statement.own"
    ALREADY_REPORTED = "statement.already-reported"

    CARD_VERSION = "card.version"

    AUTHORITY_NOT_NOTIFIED = "authority.not-notified"
    UNKNOWN_DISPUTE = "dispute.unknown"
    UNKNOWN_DUTY = "duty.unknown"
    NOT_THE_CREDITOR = "duty.not-the-creditor"
    DUTY_DONE = "duty.done"
    NOTHING_TO_EXTEND = "duty.nothing-to-extend"


@dataclass(frozen=True, slots=True)
class Uncounted:
    """A statement that does not count. `article` is None where no agreement is known to cite."""

    finding: Finding
    article: str | None


REASONS: Final[Mapping[Finding, str]] = MappingProxyType(
    {
        Finding.UNKNOWN_ORDER: "there is no such order",
        Finding.UNKNOWN_LINE: "the order has no such line",
        Finding.NOT_A_PROVIDER: "the provider is no other party",
        Finding.NOT_THE_REQUESTER: "the speaker did not ask for it",
        Finding.NOT_THE_PROVIDER: "the speaker does not provide it",
        Finding.NOT_OF_THE_ORDER: "the speaker is neither requester nor provider",
        Finding.ORDER_UNTOLD: "the order is not said to its provider",
        Finding.NUMBER_TWICE: "the speaker has given that number before",
        Finding.LINE_TWICE: "a line of that number or a later one is there already",
        Finding.TOO_MANY_LINES: "the order is continued too often",
        Finding.ORDER_ANSWERED: "the order was answered before",
        Finding.ORDER_NOT_PERMITTED: "the agreement does not let it be asked for",
        Finding.ACCEPTANCE_NOT_PERMITTED: "the agreement does not let it be accepted so",
        Finding.ACCEPTANCE_HEAD: "the first acceptance alone says who accepts and is paid",
        Finding.ACCEPTED_BEYOND: "more is accepted than is asked for and open",
        Finding.AMOUNT_TOO_LARGE: "the amount is too large to be counted",
        Finding.METHOD: "it is not settled by that method",
        Finding.PRICE_BASIS: "the price has another basis than the agreement knows",
        Finding.TAXED: "prices bear no tax",
        Finding.CURRENCY: "the price is in another currency than the provider's",
        Finding.MIXED_CURRENCIES: "an order is priced in one currency",
        Finding.NOTHING_OPEN: "nothing of it is open",
        Finding.ALREADY_DISPUTED: "the speaker disputes it already",
        Finding.NOT_DISPUTED: "the speaker does not dispute it",
        Finding.UNKNOWN_DELIVERY: "there is no such delivery",
        Finding.DELIVERED_BEYOND: "more is handed over than was accepted",
        Finding.DELIVERY_NUMBER_TWICE: (
            "another delivery of the order bears this `number`: each paper has its own"
        ),
        Finding.TOO_MANY_DELIVERIES: "the order is handed over in too many parts",
        Finding.DELIVERY_LATER: "it is dated later than it is said, or before what it follows",
        Finding.DELIVERY_NOT_PERMITTED: "the agreement does not let it be handed over so",
        Finding.RECEIVED_BEYOND: "more is receipted than was handed over",
        Finding.GOODS_RECEIPTED: "the delivery was receipted before",
        Finding.UNKNOWN_GOODS_RECEIPT: "there is no such receipt of goods",
        Finding.ALREADY_CLAIMED: "the claim was noticed before",
        Finding.OTHER_COLLECTOR: "the acceptance names another officer who collects",
        Finding.ALREADY_INVOICED: "a receipt of it was billed before",
        Finding.OTHER_TOTAL: "the total is not what the receipts amount to",
        Finding.SETTLEMENT_NOT_PERMITTED: "the agreement does not let it be settled so",
        Finding.SETTLED_OTHERWISE: "the line is owed in another way",
        Finding.SETTLED_BEYOND: "more is settled than is owed",
        Finding.SETTLED_LATER: "it is dated later than it is said, or before what it settles came",
        Finding.SETTLED_FIGURES: "the method asks for other figures",
        Finding.UNKNOWN_SETTLEMENT: "there is no such settlement",
        Finding.OTHER_SETTLEMENT: "what it confirms says something else",
        Finding.ALREADY_COUNTED: "that settlement counts already",
        Finding.NOT_CONVERTED: "nothing of it has become a debt in cash",
        Finding.ALREADY_DROPPED: "it was taken back or refused before",
        Finding.SETTLED_BY_BOTH: "it counts by the word of both sides: dispute its lines instead",
        Finding.SETTLED_AND_BILLED: "its lines were billed since: dispute them instead",
        Finding.SETTLED_AND_AGREED: "both sides agreed a balance since: dispute its lines instead",
        Finding.LOAN_TOO_LONG: "it would come back later than the file has all debts settled",
        Finding.BEYOND_CAP: "it goes beyond a yearly cap: comity balance show has the meters",
        Finding.BALANCE_LATER: "the day is not over",
        Finding.UNKNOWN_BALANCE: "there is no such balance of another party",
        Finding.ALREADY_ANSWERED: "the speaker has answered it before",
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
        Finding.NOT_SUSPENDABLE: "no clause lets this category be suspended",
        Finding.SUSPENDED_EARLIER: "nothing is suspended or resumed for a time before it is said",
        Finding.NEVER_SUSPENDED: "it would end before it begins",
        Finding.SUSPENDED_UNTOLD: "it is to be told to every other party",
        Finding.ALREADY_SUSPENDED: "the speaker has suspended this category already",
        Finding.NOT_SUSPENDED: "no such suspension by the speaker stands",
        Finding.RESUMED_NO_SOONER: "the speaker has said already that it ends by then",
        Finding.CATEGORY_SUSPENDED: "the category was suspended, as the speaker had seen",
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
        Finding.TOO_MANY_CHANGES: "too many changes of its level are still to come",
        Finding.DERIVED_WIDER: "it bears less than what it is made from, or widens its limits",
        Finding.DERIVED_FROM_TOO_MUCH: "it is made from more items than one may be made from",
        Finding.DATED_LATER: "it is dated later than it is said",
        Finding.COPY_GONE: "a copy of that number was destroyed or given back before",
        Finding.NOTHING_LEFT: "the speaker has said that no copy is left",
        Finding.DESTRUCTION_NOT_PERMITTED: "no clause of the agreement permits destruction",
        Finding.MEANS: "the agreement does not allow these means for it",
        Finding.TOO_FEW_PERSONS: "the agreement asks for more persons",
        Finding.RECALLED: "an originator had called the item back, as the speaker had seen",
        Finding.NO_INCIDENT: "a missing copy and a report of the speaker go together",
        Finding.NO_THIRD_PARTY: "who should get it holds the item already",
        Finding.WITHOUT_LEAVE: "no consent of every originator that the speaker had seen covers it",
        Finding.NOTHING_PASSED_ON: "the speaker has passed nothing on so",
        Finding.ALREADY_PASSED_ON: "where it went is on record already",
        Finding.INCIDENT_LATER: "what is reported cannot be found after it is entered",
        Finding.NOT_A_HOLDER: "speaker or holder has nothing to do with the item",
        Finding.NOT_TOLD: "an originator, or the party where it happened, is not told",
        Finding.NO_VICTIMS: "no clause asks for a named victim: report a loss or compromise",
        Finding.UNKNOWN_INCIDENT: "no such incident was reported",
        Finding.NOT_THE_INVESTIGATOR: "the party where it happened investigates",
        Finding.NOTHING_FOUND: "neither a result nor a measure is given",
        Finding.NO_FINDINGS: "result and measures must be given before it is closed",
        Finding.NOT_THE_CLOSER: "the originator's side takes it as closed",
        Finding.INCIDENT_CLOSED: "it is closed already",
        Finding.UNKNOWN_VISIT: "no such visit was asked for between these parties",
        Finding.NOT_THE_HOST: "the host alone is asked, and decides",
        Finding.VISIT_LEVEL: "the level is not on the ladder, or above what was asked for",
        Finding.VISIT_DAYS: "the days are in no order, past, or outside what was asked for",
        Finding.ALREADY_DECIDED: "the host has decided already",
        Finding.DISCLOSED_LATER: "nothing can be disclosed after it is entered",
        Finding.DISCLOSED_FORM: "only what is oral or visual is disclosed without a payload",
        Finding.NOT_GRANTED: "the visit was not granted then",
        Finding.OUTSIDE_VISIT: "it was disclosed on no day of the visit",
        Finding.ABOVE_VISIT: "the level is above the highest that may be shown on the visit",
        Finding.WITHOUT_NOTE: "it was told without a note, so nothing of it is kept",
        Finding.NO_EVIDENCE: "no evidence is named or enclosed",
        Finding.ASSURED_LATER: "a condition cannot be made sure of after it is entered",
        Finding.OWN_PARENT: "a firm would work for itself, or below too many",
        Finding.UNKNOWN_LEVEL: "the agreement has no such level",
        Finding.NOTHING_NAMED: "neither items nor a category are named",
        Finding.UNKNOWN_ASK: "no such consent was asked of the speaker",
        Finding.ALREADY_REFUSED: "this was refused before",
        Finding.TOO_MANY_CONSENTS: "the speaker has consented to the very same too often",
        Finding.UNKNOWN_CONSENT: "the speaker gave no such consent",
        Finding.ALREADY_WITHDRAWN: "this was withdrawn before",
        Finding.UNKNOWN_REQUEST: "no such request was made to the speaker",
        Finding.ALREADY_DECLINED: "this was declined before",
        Finding.OWN_STATEMENT: "a party says this of other parties' statements alone",
        Finding.ALREADY_REPORTED: "this was reported before",
        Finding.CARD_VERSION: "the card is not the party's next one",
        Finding.AUTHORITY_NOT_NOTIFIED: "the authority that signed was not notified",
        Finding.UNKNOWN_DISPUTE: "the speaker is in no such dispute",
        Finding.UNKNOWN_DUTY: "no such duty follows from that statement",
        Finding.NOT_THE_CREDITOR: "only those to whom it is owed may say so",
        Finding.DUTY_DONE: "the duty is done already",
        Finding.NOTHING_TO_EXTEND: "no number stands there, or it gives as much time already",
    }
)
"""Each finding in words, for people."""
