# SPDX-License-Identifier: Apache-2.0
"""Two nodes with an agreement in force, each served by a process of its own, over TLS on loopback.

They are made by the real flows and go by the machine's clock. One person may release: then one
request holds a whole exchange.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.measuring import plain_environment
from bench.wire_items import ALERT, CATEGORIES
from comity.agreement.templates import template
from comity.basis.ids import AgreementId, Domain, PartyId, PersonId
from comity.basis.instants import UTC, Date, Instant, date_of
from comity.config import NEVER, Config, Endpoint, Serving, TwoPersons
from comity.decision.people import Facility, Person, Role
from comity.decision.stages import Refused
from comity.flows import promises, set_up
from comity.flows.context import Context
from comity.flows.courier import packing as courier_pack
from comity.flows.courier import taking as courier_take
from comity.flows.people import register as people
from comity.flows.treaty import acts as treaty
from comity.keys.cards import Card, fingerprint
from comity.node import EXERCISE_PASSPHRASES, AtHand, ask_nobody, found, open_node
from comity.signin.permissions import permissions_of
from comity.signin.tokens import NewToken, TokenWish, create_token
from comity.statement.information import AssuranceGive
from comity.statement.treaty import (
    AgreementEntryNotification,
    AgreementInitial,
    AgreementSign,
)

AGREEMENT: Final = AgreementId("gsomia-jpn-kor")
JPN, KOR = PartyId("JPN"), PartyId("KOR")
PROGRAMS: Final = 4
"""So many tokens each node gives: one has no more than 32 requests at once."""
Tokens = Mapping[PartyId, tuple[str, ...]]

_BOTH: Final = ((JPN, KOR), (KOR, JPN))
AT_HAND: Final = AtHand("bench", ask_nobody)
_OFFICER, _REGISTRAR = PersonId("officer"), PersonId("registrar")
_ROLES: Final = {
    _REGISTRAR: (Role.REGISTRAR,),
    _OFFICER: (Role.DRAFTER, Role.READER, Role.REGISTRAR, Role.RELEASING_OFFICER),
}
_HOST: Final = "127.0.0.1"
_STOP_S: Final = 60.0
_YEAR_MS: Final = 365 * 86_400_000
_TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Node:
    """A node that is served: where its people are answered, and a token for each program."""

    process: subprocess.Popen[str]
    people: str
    tokens: tuple[str, ...]

    def cpu_s(self) -> float:
        """Read the CPU time that its process has taken, user and system."""
        return cpu_seconds(self.process.pid)

    def resident_bytes(self) -> int:
        """Read how much memory its process holds."""
        path = Path(f"/proc/{self.process.pid}/status")
        found = re.search(r"^VmRSS:\s+([0-9]+) kB", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert found
        return int(found[1]) * 1024


def cpu_seconds(process: int) -> float:
    """Read the CPU time that a process has taken, user and system."""
    stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


async def make_nodes(folder: Path) -> Tokens:
    """Make both nodes in `folder` and bring the agreement in force; give tokens of each."""
    cards = {party: await _found(folder, party) for party, _ in _BOTH}
    async with AsyncExitStack() as held:
        contexts = {
            party: await held.enter_async_context(
                open_node(folder / party.lower(), AT_HAND, writing=True)
            )
            for party, _ in _BOTH
        }
        for party, other in _BOTH:
            await _prepare(contexts[party], cards[other])
        await _bring_in_force(contexts, folder / "disc")
        return {
            party: tuple([await _token(contexts[party]) for _ in range(PROGRAMS)])
            for party, _ in _BOTH
        }


@contextmanager
def served(folder: Path, tokens: Tokens) -> Iterator[Mapping[PartyId, Node]]:
    """Serve both nodes, and end them in order."""
    begun = {party: _begin(folder / party.lower()) for party, _ in _BOTH}
    try:
        yield {
            party: Node(process, _told(process)["people"], tokens[party])
            for party, process in begun.items()
        }
    finally:
        for process in begun.values():
            process.terminate()
        for process in begun.values():
            process.wait(_STOP_S)
            if process.stdout is not None:
                process.stdout.close()


def _begin(folder: Path) -> subprocess.Popen[str]:
    with (folder.parent / f"{folder.name}.diagnostics").open("a", encoding="utf-8") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", "comity", "serve", "--json", "--node", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=plain_environment(),
        )


def _told(process: subprocess.Popen[str]) -> dict[str, Any]:
    line = process.stdout.readline() if process.stdout is not None else ""
    if not line:
        raise RuntimeError(f"a node was not served: it ended with {process.wait(_STOP_S)}")
    told: dict[str, Any] = json.loads(line)
    return told


async def _found(folder: Path, party: PartyId) -> Card:
    port = free_port()
    config = Config(
        party=party,
        domain=Domain(f"mod.{party.lower()}.example"),
        names=(("en", party),),
        competent_authority="Ministry of Defense",
        addresses=(f"https://{_HOST}:{port}",),
        exercise=True,
        passphrases=EXERCISE_PASSPHRASES,
        two_persons=TwoPersons(agreements=((AGREEMENT, NEVER),)),
        serve=Serving(partners_listen=Endpoint(_HOST, port), people_listen=Endpoint(_HOST, 0)),
    )
    return await found(folder / party.lower(), config, AT_HAND)


def free_port() -> int:
    """Give a port of the loopback address that nobody listens on now."""
    with socket.socket() as bound:
        bound.bind((_HOST, 0))
        return int(bound.getsockname()[1])


async def _prepare(context: Context, partner: Card) -> None:
    await set_up.pin_card(context, partner.raw, compared=fingerprint(partner))
    await set_up.pin_agreement(context, AGREEMENT, partner.party)
    await people.set_facility(context, Facility("hq", None), None)
    now = context.ports.clock.now()
    for name, roles in _ROLES.items():
        person = Person(
            id=name,
            facility="hq",
            kind="official",
            posts=(),
            clearance="SECRET",
            clearance_until=_day(now, years=3),
            need_to_know=tuple(sorted({ALERT, *CATEGORIES})),
            roles=tuple(sorted(roles)),
            registered_from=now,
            registered_until=None,
        )
        by = None if name == _REGISTRAR else _REGISTRAR
        _done(await people.add_person(context, person, by))
    _done(await people.set_facility(context, Facility("hq", _OFFICER), _REGISTRAR))


def agreement_file() -> bytes:
    """Give the template, with alerts whose content need not wait for an acknowledgement."""
    allowed = b'allowed = ["node", "courier"]\n'
    alerts = f'alerts = ["{ALERT}"]\nalert_before_acknowledgement = ["node"]\n'.encode()
    return template(AGREEMENT).replace(allowed, allowed + alerts)


async def _bring_in_force(contexts: Mapping[PartyId, Context], disc: Path) -> None:
    async def carry(by: PartyId, to: PartyId) -> None:
        packed = await courier_pack.pack_bundle(contexts[by], to, str(disc))
        for name in packed.names:
            await courier_take.take_bundle(contexts[to], name)
            Path(name).unlink()

    now = contexts[JPN].ports.clock.now()
    await treaty.propose(contexts[JPN], agreement_file())
    await carry(JPN, KOR)
    for body in (
        AgreementInitial(""),
        AgreementSign(""),
        AgreementEntryNotification(_day(now), ""),
    ):
        for party, other in _BOTH:
            await treaty.declare(contexts[party], AGREEMENT, body)
            await carry(party, other)
    assured = AssuranceGive("SECRET", None, True, True, _day(now, years=1))
    _done(await promises.promise(contexts[KOR], AGREEMENT, assured, _REGISTRAR))
    for party, other in (*reversed(_BOTH), *_BOTH):
        await carry(party, other)


def _done(outcome: object) -> None:
    assert not isinstance(outcome, Refused), outcome


def _day(now: Instant, *, years: int = 0) -> Date:
    return date_of(Instant(now + years * _YEAR_MS), UTC)


async def _token(context: Context) -> str:
    wish = TokenWish(_OFFICER, "bench", permissions_of(_ROLES[_OFFICER]), 30)
    made = await create_token(context, wish, _REGISTRAR)
    assert isinstance(made, NewToken), made
    return made.secret
