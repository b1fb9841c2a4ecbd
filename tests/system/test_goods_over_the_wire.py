# SPDX-License-Identifier: Apache-2.0
"""An order under the Japan-US agreement of 2016 between two served nodes, by commands, over TLS."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from comity.agreement.templates import template
from comity.basis.ids import AgreementId, PersonId
from comity.basis.instants import UTC, date_of, parse_instant
from comity.decision.house import allow_house_act
from comity.decision.people import Person, Role, format_person
from comity.flows.courier import packing, taking
from comity.flows.documents import PERSON
from comity.flows.set_up import pin_agreement
from comity.flows.treaty import acts as treaty
from comity.node import open_node, set_story_clock
from comity.ports import Change, Document
from comity.statement.treaty import AgreementEntryNotification, AgreementSign
from tests.system.desk import REFUSED, Desk
from tests.system.served_pair import AT_HAND, JPN, STARTED, USA, copied, make_nodes

pytestmark = pytest.mark.slow
ACSA = AgreementId("acsa-jpn-usa-2016")
SPRING = parse_instant("2018-04-02T01:00:00Z")
OFFICES = {
    PersonId("logistics"): Role.LOGISTICS_OFFICER,
    PersonId("depot"): Role.LOGISTICS_OFFICER,
    PersonId("finance"): Role.FINANCE_OFFICER,
    PersonId("books"): Role.FINANCE_OFFICER,
}
PAPER: tuple[str, ...] = (
    "--activity",
    "exercise",
    "--charter",
    "--fund",
    "F-18",
    "--organisation",
    "Fleet",
)
PAPER += ("--office", "J4", "--billed", "DFAS")


async def _sign(folder: Path) -> None:
    """Let both pin the agreement of 2016, sign it and notify its entry; discs carry it."""
    for party, other in ((JPN, USA), (USA, JPN)):
        set_story_clock(folder / party.lower(), SPRING)
        async with open_node(folder / party.lower(), AT_HAND, writing=True) as context:
            people = [
                Document(PERSON, name, format_person(_officer(name, role)))
                for name, role in OFFICES.items()
            ]
            change = Change(allowed_by=allow_house_act("test"), documents=tuple(people))
            await context.ports.store.commit(change)
            await pin_agreement(context, ACSA, other)
    async with (
        open_node(folder / "jpn", AT_HAND, writing=True) as tokyo,
        open_node(folder / "usa", AT_HAND, writing=True) as washington,
    ):
        contexts = {JPN: tokyo, USA: washington}

        async def carry(by: Any, to: Any) -> None:
            packed = await packing.pack_bundle(contexts[by], to, str(folder / "disc"))
            for name in packed.names:
                await taking.take_bundle(contexts[to], name)
                Path(name).unlink()

        await treaty.propose(tokyo, template(ACSA))
        await carry(JPN, USA)
        for body in (AgreementSign(""), AgreementEntryNotification(date_of(SPRING, UTC), "")):
            for party, other in ((JPN, USA), (USA, JPN)):
                await treaty.declare(contexts[party], ACSA, body)
                await carry(party, other)


def _officer(name: PersonId, role: Role) -> Person:
    return Person(
        id=name,
        facility="hq",
        kind="official",
        posts=(),
        clearance=None,
        clearance_until=None,
        need_to_know=(),
        roles=(role,),
        registered_from=STARTED,
        registered_until=None,
    )


def place(told: Any, key: str = "entered") -> str:
    entered = told[key]
    row = entered[0] if isinstance(entered, list) else entered
    return str(row["place"]).rpartition(f"{ACSA}/")[2]


def test_an_order_is_asked_provided_billed_and_paid_between_two_served_nodes(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "made").mkdir()
    made = asyncio.run(make_nodes(tmp_path / "made", USA, signed=()))
    asyncio.run(_sign(made.folder))
    (tmp_path / "served").mkdir()
    under = ("--agreement", ACSA)
    with copied(made, tmp_path / "served") as nodes:
        nodes.start(JPN, USA)
        jpn, usa = (Desk(each, nodes.node_folder(each), capfd) for each in (JPN, USA))
        fuel = ("--line", "fuel supply 20000 LTR Jet fuel", "--place", "Yokosuka")
        law = ("--legal-basis", "10 USC 2342", "--provider", JPN, "--number", "O-1")
        order = place(usa("order", "ask", *law, *fuel, *PAPER, *under, by="logistics"))
        whole = f"{ACSA}/{order}"
        shown = ("order", "show", whole)
        jpn.soon(lambda told: told["order"], *shown)
        terms = ("--number", "P-1", "--line", "1 20000 95 JPY own_stock cash", "--office", "J4")
        payee = ("--payee", "Ministry", "--collector", "finance", "--collecting-office", "F")
        jpn("order", "accept", whole, *terms, *payee, "--organisation", "MSDF", by="logistics")
        paper = ("--number", "D-1", "--place", "Yokosuka", "--office", "Depot")
        jpn("delivery", "make", whole, *paper, by="depot")
        usa.soon(lambda told: told["order"]["deliveries"], *shown)
        usa("delivery", "receipt", whole, "--office", "Ship", by="depot")
        jpn.soon(lambda told: told["order"]["life"] == "receipted", *shown)
        jpn("settlement", "bill", whole, "--number", "I-1", "--office", "F", by="finance")
        cash = ("--method", "cash", "--reason", "billed", "--office", "F")
        paid = ("settlement", "record", whole, "--number", "S-1", *cash)
        assert jpn.code(*paid, by="finance")[0] == REFUSED  # who billed records no payment
        jpn(*paid, by="books")
        usa.soon(lambda told: told["order"]["life"] == "settled", *shown)
        balances = [desk("balance", "show", *under, by=None) for desk in (jpn, usa)]
        assert balances[0] == balances[1]
        assert balances[0]["owed"] == []
        assert nodes.stop(JPN, USA) == [0, 0]
