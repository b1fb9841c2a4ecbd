# SPDX-License-Identifier: Apache-2.0
"""Statements by their kinds, in words. Complete by test for every kind that is spoken."""

from __future__ import annotations

from typing import Final

from comity.console.languages import Tongue, phrase

KINDS: Final = {
    "agreement.propose": phrase("proposal of a text"),
    "agreement.counter": phrase("counter-proposal"),
    "agreement.initial": phrase("initialling"),
    "agreement.postpone": phrase("postponement of the signature"),
    "agreement.sign": phrase("signature"),
    "agreement.entry_notification": phrase("notification for entry into force"),
    "agreement.amend": phrase("amendment"),
    "agreement.end_notice": phrase("notice of termination"),
    "agreement.suspend_end_notice": phrase("suspension of the notice of termination"),
    "agreement.withdraw_end_notice": phrase("withdrawal of the notice of termination"),
    "agreement.suspend_category": phrase("suspension of a category"),
    "agreement.resume_category": phrase("resumption of a category"),
    "agreement.interpretation": phrase("interpretation"),
    "agreement.announcement": phrase("announcement"),
    "assurance.give": phrase("assurance in writing"),
    "balance.agree": phrase("answer to a balance"),
    "balance.state": phrase("statement of a balance"),
    "claim.notice": phrase("notice of a claim"),
    "consent.ask": phrase("question for consent"),
    "consent.give": phrase("consent"),
    "consent.refuse": phrase("refusal of consent"),
    "consent.withdraw": phrase("withdrawal of consent"),
    "contractor.assure": phrase("assurance about a firm"),
    "delivery.make": phrase("delivery"),
    "delivery.receipt": phrase("receipt of a delivery"),
    "disclosure.record": phrase("oral or visual disclosure"),
    "dispute.open": phrase("dispute"),
    "dispute.settle": phrase("settlement of a dispute"),
    "duty.extend": phrase("extension of a duty"),
    "duty.waive": phrase("waiver of a duty"),
    "incident.close": phrase("closing of an incident"),
    "incident.findings": phrase("findings after an incident"),
    "incident.report": phrase("report of an incident"),
    "inventory.result": phrase("result of an inventory"),
    "invoice.issue": phrase("bill"),
    "item.destroyed": phrase("certificate of destruction"),
    "item.recall": phrase("recall"),
    "item.receipt": phrase("receipt of an item"),
    "item.reclassify": phrase("change of level"),
    "item.refusal": phrase("refusal of an item"),
    "item.release": phrase("release"),
    "item.return": phrase("return of an item"),
    "item.third_party_release": phrase("release to a third party"),
    "journal.anchor": phrase("anchor of the journal"),
    "order.accept": phrase("acceptance of an order"),
    "order.cancel": phrase("cancellation of an order"),
    "order.decline": phrase("declining of an order"),
    "order.dispute": phrase("dispute of an order"),
    "order.request": phrase("order"),
    "party.authority": phrase("notice of the competent authority"),
    "party.card": phrase("new version of a card"),
    "party.law_change": phrase("notice of a change of law"),
    "request.answer": phrase("answer to a request"),
    "request.decline": phrase("declining of a request"),
    "request.make": phrase("request for information"),
    "settlement.drop": phrase("withdrawal of a settlement"),
    "settlement.record": phrase("settlement"),
    "statement.reject": phrase("rejection of a statement"),
    "time.dispute": phrase("dispute of a time"),
    "visit.decide": phrase("decision on a visit"),
    "visit.request": phrase("request for a visit"),
}


def say_kind(kind: str, tongue: Tongue) -> str:
    """Say what a statement is; one of a kind without words is called by its name."""
    words = KINDS.get(kind)
    return kind if words is None else tongue.say(words)
