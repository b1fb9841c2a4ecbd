# SPDX-License-Identifier: Apache-2.0
"""Exercise nodes whose agreement is in force, made once and copied, each served by a process.

They are made by the real flows. Every test process has a loopback address of its own, so that a
port which a card names is nobody else's while a node is down.
"""

from __future__ import annotations

import asyncio
import os
import re
import resource
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate

from comity.adapters.keys_file import FileTlsStorage
from comity.adapters.tls_keys import TLS_CERTIFICATE_NAME, TLS_KEY_NAME, TlsKeys
from comity.adapters.tls_listening import listening_context
from comity.agreement.templates import template
from comity.basis.ids import AgreementId, Digest, Domain, PartyId, PersonId, digest_of
from comity.basis.instants import UTC, Instant, date_of, parse_date, parse_instant
from comity.config import ClockKind, Config, Serving, TwoPersons
from comity.decision.house import allow_house_act
from comity.decision.people import Facility, Person, Role, format_facility, format_person
from comity.flows import promises
from comity.flows.context import Context
from comity.flows.courier import packing as courier_pack
from comity.flows.courier import taking as courier_take
from comity.flows.documents import FACILITY, PERSON
from comity.flows.set_up import pin_agreement, pin_card
from comity.flows.treaty import acts as treaty
from comity.keys.cards import Card, fingerprint
from comity.node import EXERCISE_PASSPHRASES, AtHand, ask_nobody, ask_status, found, open_node
from comity.ports import Change, Document
from comity.signin.permissions import permissions_of
from comity.signin.tokens import NewToken, TokenWish, create_token
from comity.statement.information import AssuranceGive
from comity.statement.treaty import AgreementEntryNotification, AgreementSign
from tests.scenarios import story_nodes
from tests.system.served import Served, await_ready

AGREEMENT = AgreementId("gsomia-jpn-kor")
AT_HAND = AtHand("tester", ask_nobody)
JPN, KOR, USA = PartyId("JPN"), PartyId("KOR"), PartyId("USA")
STARTED = parse_instant("2016-12-16T03:00:00Z")
MARKING = {JPN: "秘", KOR: "군사III급비밀"}
OFFICER, REGISTRAR = PersonId("officer"), PersonId("registrar")
ROLES = {
    OFFICER: (Role.DRAFTER, Role.RELEASING_OFFICER, Role.READER),
    REGISTRAR: (Role.REGISTRAR,),
}
HOST = f"127.{64 + (os.getpid() >> 16 & 63)}.{os.getpid() >> 8 & 255}.{os.getpid() & 255}"
"""An address of the loopback network that no other test process uses."""

PROXY = "proxy"
PASSWORD = b"exercise"
QUIET_S = 180.0
STOP_S = 120.0


def free_port() -> int:
    """Choose a port at this process's own address."""
    with socket.socket() as bound:
        bound.bind((HOST, 0))
        return int(bound.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Made:
    """Nodes in a folder that nobody serves: copy it. Ports are those that the cards name."""

    folder: Path
    ports: Mapping[PartyId, int]
    tokens: Mapping[PartyId, str]
    cards: Mapping[PartyId, Card]

    def proxy_tls(self) -> ssl.SSLContext:
        """Give what a proxy listens by, whose key every card pins beside the node's own."""
        return listening_context(
            self.folder / PROXY / TLS_CERTIFICATE_NAME, self.folder / PROXY / TLS_KEY_NAME, PASSWORD
        )


async def make_nodes(folder: Path, *more: PartyId, signed: tuple[PartyId, ...] = (KOR,)) -> Made:
    """Make Japan with its agreements in force, Korea, and others that only are pinned."""
    parties = (JPN, KOR, *more)
    ports = {party: free_port() for party in parties}
    pin = _make_proxy_key(folder / PROXY)
    cards = {party: await _found(folder, party, ports[party], pin) for party in parties}
    async with AsyncExitStack() as held:
        contexts = {
            party: await held.enter_async_context(
                open_node(folder / party.lower(), AT_HAND, writing=True)
            )
            for party in parties
        }
        for party in parties:
            await _furnish(contexts[party], cards)
        for each in signed:
            await _bring_in_force(contexts, folder / "disc", each)
        tokens = {party: await make_token(contexts[party]) for party in parties}
    return Made(folder, ports, tokens, cards)


async def make_hub(folder: Path) -> Made:
    """Make Japan, Korea and the United States under the pacts of 2007, 1987 and 2014."""
    folder.mkdir()
    made = await make_nodes(folder, USA, signed=())
    for party in made.cards:
        async with open_node(folder / party.lower(), AT_HAND, writing=True) as context:
            for agreement, parties in story_nodes.PACTS.items():
                for other in set(parties) - {party} if party in parties else ():
                    await pin_agreement(context, agreement, other)
    await story_nodes.sign_pacts(folder)
    return made


def _make_proxy_key(folder: Path) -> Digest:
    folder.mkdir(mode=0o700)
    keys = TlsKeys(FileTlsStorage(folder), Domain("proxy.example"))
    keys.make(PASSWORD)
    certificate = load_pem_x509_certificate((folder / TLS_CERTIFICATE_NAME).read_bytes())
    return digest_of(
        certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )


async def _found(folder: Path, party: PartyId, port: int, proxy: Digest) -> Card:
    config = Config(
        party=party,
        domain=Domain(f"mod.{party.lower()}.example"),
        names=(("en", party),),
        competent_authority="Ministry of Defense",
        addresses=(f"https://{HOST}:{port}",),
        exercise=True,
        clock=ClockKind.STORY,
        passphrases=EXERCISE_PASSPHRASES,
        serve=Serving(tls_pins=(proxy,)),
        two_persons=TwoPersons("SECRET"),
    )
    return await found(folder / party.lower(), config, AT_HAND, started=STARTED)


def agreement_between(one: PartyId, other: PartyId) -> AgreementId:
    """Name the agreement of two parties, be it signed or not."""
    return AgreementId(f"gsomia-{'-'.join(sorted((one.lower(), other.lower())))}")


async def _furnish(context: Context, cards: Mapping[PartyId, Card]) -> None:
    documents = [Document(FACILITY, "hq", format_facility(Facility("hq", REGISTRAR)))]
    for name, roles in ROLES.items():
        person = Person(
            id=name,
            facility="hq",
            kind="official",
            posts=(),
            clearance="SECRET",
            clearance_until=parse_date("2030-12-31"),
            need_to_know=("missile-warning",),
            roles=tuple(sorted(roles)),
            registered_from=STARTED,
            registered_until=None,
        )
        documents.append(Document(PERSON, name, format_person(person)))
    change = Change(allowed_by=allow_house_act("test"), documents=tuple(documents))
    await context.ports.store.commit(change)
    own = context.config.party
    for other, card in cards.items():
        if other != own:
            await pin_card(context, card.raw, compared=fingerprint(card))
            await pin_agreement(context, agreement_between(own, other), other)


async def _bring_in_force(
    contexts: Mapping[PartyId, Context], disc: Path, partner: PartyId
) -> None:
    async def carry(by: PartyId, to: PartyId) -> None:
        packed = await courier_pack.pack_bundle(contexts[by], to, str(disc))
        for name in packed.names:
            await courier_take.take_bundle(contexts[to], name)
            Path(name).unlink()

    agreement, both = agreement_between(JPN, partner), ((JPN, partner), (partner, JPN))
    await treaty.propose(contexts[JPN], _text_between(agreement, partner))
    await carry(JPN, partner)
    for body in (AgreementSign(""), AgreementEntryNotification(date_of(STARTED, UTC), "")):
        for party, other in both:
            await treaty.declare(contexts[party], agreement, body)
            await carry(party, other)
    assured = AssuranceGive("SECRET", None, True, True, parse_date("2017-12-31"))
    for party, other in (*both, *both):
        await promises.promise(contexts[party], agreement, assured, REGISTRAR)
        await carry(party, other)


def _text_between(agreement: AgreementId, partner: PartyId) -> bytes:
    """Write the same words for Japan and another: whoever it is, it marks as Korea does."""
    text = template(AGREEMENT).replace(AGREEMENT.encode(), agreement.encode())
    return text.replace(KOR.encode(), partner.encode())


async def make_token(context: Context) -> str:
    """Let the driver in at a node, for thirty days."""
    wish = TokenWish(OFFICER, "driver", permissions_of(ROLES[OFFICER]), 30)
    made = await create_token(context, wish, REGISTRAR)
    assert isinstance(made, NewToken), made
    return made.secret


# Serving


@dataclass
class ServedNodes:
    """Copies of nodes, of which some are served."""

    folder: Path
    made: Made
    listen: dict[PartyId, tuple[str, int]]
    served: dict[PartyId, Served] = field(default_factory=dict)
    program: tuple[str, ...] = ("-m", "comity")

    def node_folder(self, party: PartyId) -> Path:
        """Give the folder of a party's node."""
        return self.folder / party.lower()

    def start(self, *parties: PartyId, **limits: int) -> None:
        """Serve nodes at once, and wait until each is; `limits` are those of `resource`."""
        for party in parties:
            self.served[party] = self._begin(party, limits)
        for party in parties:
            await_ready(self.served[party])

    def kill(self, party: PartyId) -> None:
        """End a node as a power cut does, and collect it."""
        node = self.served.pop(party)
        node.process.kill()
        node.process.wait()
        _close(node)

    def collect(self, party: PartyId) -> int:
        """Wait until a node has ended by itself, and collect it; give its exit code."""
        node = self.served.pop(party)
        try:
            return node.process.wait(STOP_S)
        finally:
            node.process.kill()
            node.process.wait()
            _close(node)

    def stop(self, *parties: PartyId) -> list[int]:
        """End nodes in order; give their exit codes."""
        ending = [self.served.pop(party) for party in parties]
        for node in ending:
            node.process.terminate()
        codes = [node.process.wait(STOP_S) for node in ending]
        for node in ending:
            _close(node)
        return codes

    def status(self, party: PartyId) -> dict[str, Any]:
        """Ask a served node how it stands, by its local socket."""
        page = asyncio.run(ask_status(self.node_folder(party)))
        assert isinstance(page, dict)
        return page

    def memory_kib(self, party: PartyId, *, peak: bool = False) -> int:
        """Read how much memory a node's process holds, or has held at most."""
        text = Path(f"/proc/{self.served[party].process.pid}/status").read_text(encoding="utf-8")
        found = re.search(rf"^{'VmHWM' if peak else 'VmRSS'}:\s+([0-9]+) kB", text, re.MULTILINE)
        assert found
        return int(found[1])

    def forget_peak(self, party: PartyId) -> None:
        """Count the peak of memory from now on."""
        path = Path(f"/proc/{self.served[party].process.pid}/clear_refs")
        path.write_text("5", encoding="ascii")

    def events(self, party: PartyId) -> list[str]:
        """List what a node said in its diagnostics, all its processes together."""
        node = Served(self.node_folder(party), cast("Any", None), self._diagnostics(party))
        return [each["event"] for each in node.said()] if node.diagnostics.exists() else []

    def close(self) -> None:
        """End what still runs."""
        for node in self.served.values():
            if node.process.poll() is None:
                node.process.terminate()
        for node in self.served.values():
            try:
                node.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                node.process.kill()
                node.process.wait()
            _close(node)

    def _diagnostics(self, party: PartyId) -> Path:
        return self.folder / f"{party.lower()}.diagnostics"

    def _begin(self, party: PartyId, limits: Mapping[str, int]) -> Served:
        folder = self.node_folder(party)
        _listen_at(folder, *self.listen[party])

        def limit() -> None:
            for name, most in limits.items():
                resource.setrlimit(getattr(resource, name), (most, most))

        with self._diagnostics(party).open("a", encoding="utf-8") as errors:
            process = subprocess.Popen(
                [
                    *(sys.executable, *self.program, "serve", "--json", "--until-eof"),
                    *("--node", str(folder)),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                preexec_fn=limit if limits else None,
            )
        return Served(folder, process, self._diagnostics(party))


def _listen_at(folder: Path, host: str, port: int) -> None:
    """Let partners be listened to where the card says, or behind it; people anywhere."""
    path = folder / "comity.toml"
    text = path.read_text(encoding="utf-8")
    text = re.sub(r'partners_listen = ".*"', f'partners_listen = "{host}:{port}"', text)
    text = re.sub(r'people_listen = ".*"', 'people_listen = "127.0.0.1:0"', text)
    path.write_text(text, encoding="utf-8")


def _close(node: Served) -> None:
    for stream in (node.process.stdin, node.process.stdout):
        if stream is not None:
            stream.close()


@contextmanager
def copied(made: Made, folder: Path, *, behind: bool = False) -> Iterator[ServedNodes]:
    """Copy nodes; what is served in the end is stopped. `behind`: something else is met first."""
    parties = tuple(made.ports)
    for party in parties:
        name = party.lower()
        shutil.copytree(made.folder / name, folder / name)
    listen = {each: ("127.0.0.1", 0) if behind else (HOST, made.ports[each]) for each in parties}
    nodes = ServedNodes(folder, made, listen)
    try:
        yield nodes
    finally:
        nodes.close()


def at(folder: Path, instant: Instant) -> None:
    """Set the story's clock of a node, served or not."""
    from comity.node import set_story_clock

    set_story_clock(folder, instant)
