# SPDX-License-Identifier: Apache-2.0
"""Every statement that a person brings about has a command and a route, or a reason for none.

Held to the real tree of commands and to the real description of the interface, so that whatever is
said by one way alone is found here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import click
import pytest

from comity.api.affairs import Affair
from comity.api.agreements import LifecycleAct
from comity.api.app import describe
from comity.cli import main
from comity.statement.kinds import SPOKEN_KINDS

AGREEMENT: Final = "/api/v1/agreements/{agreement}"
AT: Final = "{party}/{index}"
KEYS: Final = "no route: the node's own keys are at its command line alone"
CHECKPOINT: Final = "no route: whoever carries the anchor of the journal is at the command line"
WITH_RECEIPT: Final = "by itself: the node says it in one commit with the receipt of goods"
ITSELF: Final = "by itself: the node rejects and disputes as its clock and the files say"

WAYS: Final[dict[str, tuple[str, str]]] = {
    "agreement.amend": ("agreement propose", "lifecycle=propose"),
    "agreement.announcement": ("agreement announce", "lifecycle=announce"),
    "agreement.counter": ("agreement counter", "lifecycle=counter"),
    "agreement.end_notice": ("agreement give-notice", "lifecycle=give-notice"),
    "agreement.entry_notification": ("agreement notify-entry", "lifecycle=notify-entry"),
    "agreement.initial": ("agreement initial", "lifecycle=initial"),
    "agreement.interpretation": ("agreement interpret", "lifecycle=interpret"),
    "agreement.postpone": ("agreement postpone", "lifecycle=postpone"),
    "agreement.propose": ("agreement propose", "lifecycle=propose"),
    "agreement.resume_category": ("agreement resume", "lifecycle=resume"),
    "agreement.sign": ("agreement sign", "lifecycle=sign"),
    "agreement.suspend_category": ("agreement suspend", "lifecycle=suspend"),
    "agreement.suspend_end_notice": ("agreement suspend-notice", "lifecycle=suspend-notice"),
    "agreement.withdraw_end_notice": ("agreement withdraw-notice", "lifecycle=withdraw-notice"),
    "balance.agree": ("balance agree", f"{AGREEMENT}/balances/{AT}/answer"),
    "balance.state": ("balance state", f"{AGREEMENT}/balances"),
    "claim.notice": (WITH_RECEIPT, WITH_RECEIPT),
    "delivery.make": ("delivery make", f"{AGREEMENT}/orders/{AT}/deliveries"),
    "delivery.receipt": ("delivery receipt", f"{AGREEMENT}/deliveries/{AT}/receipt"),
    "invoice.issue": ("settlement bill", f"{AGREEMENT}/orders/{AT}/bills"),
    "order.accept": ("order accept", f"{AGREEMENT}/orders/{AT}/acceptance"),
    "order.cancel": ("order cancel", f"{AGREEMENT}/orders/{AT}/cancellation"),
    "order.decline": ("order decline", f"{AGREEMENT}/orders/{AT}/refusal"),
    "order.dispute": ("order dispute", f"{AGREEMENT}/orders/{AT}/dispute"),
    "order.request": ("order ask", f"{AGREEMENT}/orders"),
    "settlement.drop": ("settlement refuse", f"{AGREEMENT}/settlements/{AT}/refusal"),
    "settlement.record": ("settlement record", f"{AGREEMENT}/orders/{AT}/settlements"),
    "assurance.give": ("assurance give", f"{AGREEMENT}/assurances"),
    "consent.ask": ("consent ask", f"{AGREEMENT}/consents"),
    "consent.give": ("consent give", f"{AGREEMENT}/consents/{AT}/grant"),
    "consent.refuse": ("consent refuse", f"{AGREEMENT}/consents/{AT}/refusal"),
    "consent.withdraw": ("consent withdraw", f"{AGREEMENT}/consents/{AT}/withdrawal"),
    "contractor.assure": ("contractor assure", f"{AGREEMENT}/contractors"),
    "disclosure.record": ("disclosure record", f"{AGREEMENT}/disclosures"),
    "dispute.open": ("dispute open", "affairs=open-dispute"),
    "dispute.settle": ("dispute settle", "affairs=settle-dispute"),
    "duty.extend": ("duty extend", "affairs=extend-duty"),
    "duty.waive": ("duty waive", "affairs=waive-duty"),
    "incident.close": ("incident close", f"{AGREEMENT}/incidents/{AT}/close"),
    "incident.findings": ("incident findings", f"{AGREEMENT}/incidents/{AT}/findings"),
    "incident.report": ("incident report", f"{AGREEMENT}/incidents"),
    "inventory.result": ("inventory count", f"{AGREEMENT}/inventory"),
    "item.destroyed": ("item destroy", f"{AGREEMENT}/items/{AT}/destruction"),
    "item.recall": ("item recall", f"{AGREEMENT}/items/{AT}/recall"),
    "item.receipt": ("item receipt", f"{AGREEMENT}/items/{AT}/receipt"),
    "item.reclassify": ("item reclassify", f"{AGREEMENT}/items/{AT}/reclassification"),
    "item.refusal": ("item refuse", f"{AGREEMENT}/items/{AT}/refusal"),
    "item.release": ("item release", f"{AGREEMENT}/items"),
    "item.return": ("item return", f"{AGREEMENT}/items/{AT}/return"),
    "item.third_party_release": (
        "third-party release",
        f"{AGREEMENT}/items/{AT}/third-party-releases",
    ),
    "journal.anchor": ("register anchor", CHECKPOINT),
    "party.authority": ("authority notify", "affairs=notify-authority"),
    "party.card": ("card rotate", KEYS),
    "party.law_change": ("law tell", "affairs=tell-law"),
    "request.answer": ("request answer", f"{AGREEMENT}/requests/{AT}/answer"),
    "request.decline": ("request decline", f"{AGREEMENT}/requests/{AT}/decline"),
    "request.make": ("request make", f"{AGREEMENT}/requests"),
    "statement.reject": (ITSELF, ITSELF),
    "time.dispute": (ITSELF, ITSELF),
    "visit.decide": ("visit grant", f"{AGREEMENT}/visits/{AT}/grant"),
    "visit.request": ("visit ask", f"{AGREEMENT}/visits"),
}
BOTH_WAYS: Final = {
    "consultation ask": f"{AGREEMENT}/consultations",
    "consent refuse": f"{AGREEMENT}/consultations/{AT}/refusal",
    "consent withdraw": f"{AGREEMENT}/consultations/{AT}/withdrawal",
    "visit refuse": f"{AGREEMENT}/visits/{AT}/refusal",
    "settlement confirm": f"{AGREEMENT}/settlements/{AT}/confirmation",
    "third-party tell": f"{AGREEMENT}/items/{AT}/third-party-word",
    "incident tell-on": f"{AGREEMENT}/incidents/{AT}/third-party-word",
}
"""What is said by statements of the kinds above, but with words of its own."""


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[str]:
    if not isinstance(command, click.Group):
        yield " ".join(path)
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from commands(found, (*path, name))


@pytest.fixture(scope="module")
def tree() -> frozenset[str]:
    (root,) = {each for each in vars(main).values() if isinstance(each, click.Group)}
    return frozenset(commands(root))


@pytest.fixture(scope="module")
def routes() -> frozenset[str]:
    """Give the paths that are written to; one with an act in it once for each act."""
    paths = {path for path, ways in describe()["paths"].items() if {"post", "put"} & ways.keys()}
    assert {f"{AGREEMENT}/lifecycle/{{act}}", f"{AGREEMENT}/affairs/{{act}}"} <= paths
    acts = {f"lifecycle={each}" for each in LifecycleAct} | {f"affairs={each}" for each in Affair}
    return frozenset(paths | acts)


def test_every_kind_of_statement_stands_in_the_table() -> None:
    assert sorted(WAYS) == sorted(SPOKEN_KINDS)


@pytest.mark.parametrize("kind", WAYS)
def test_what_a_person_says_has_a_command_and_a_route_or_a_reason(
    kind: str, tree: frozenset[str], routes: frozenset[str]
) -> None:
    command, route = WAYS[kind]
    assert command in tree or command in (ITSELF, WITH_RECEIPT)
    assert route in routes or route.startswith("no route: ") or route in (ITSELF, WITH_RECEIPT)


@pytest.mark.parametrize("command", BOTH_WAYS)
def test_what_is_said_in_other_words_is_said_both_ways(
    command: str, tree: frozenset[str], routes: frozenset[str]
) -> None:
    assert command in tree
    assert BOTH_WAYS[command] in routes


def test_no_act_of_a_lifecycle_or_an_affair_lacks_its_command() -> None:
    named = {route for _, route in WAYS.values()}
    assert {f"lifecycle={each}" for each in LifecycleAct} <= named
    assert {f"affairs={each}" for each in Affair} <= named
