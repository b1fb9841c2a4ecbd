# SPDX-License-Identifier: Apache-2.0
"""Whole nodes in one process that exchange real bundles: real keys, a clock that tests set.

A world on memory is copied in a moment, so a story is told once and continued by many tests; one
on files shows that the real adapters do the same.
"""

from __future__ import annotations

import asyncio
import copy
import json
import shutil
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from comity.adapters.blobs_files import FileBlobs
from comity.adapters.blobs_memory import MemoryBlobs
from comity.adapters.key_envelope import COST_EXERCISE
from comity.adapters.key_vault import KeyFile
from comity.adapters.keys_file import open_file_keys
from comity.adapters.keys_memory import open_memory_keys
from comity.adapters.partner_courier import FileBundles
from comity.adapters.random_system import SystemRandom
from comity.adapters.store_memory import MemoryStore
from comity.adapters.store_sqlite import SqliteStore
from comity.agreement.templates import template
from comity.basis.ids import AgreementId, Digest, Domain, PartyId, PersonId, Place
from comity.basis.instants import Date, Instant, parse_date, parse_instant
from comity.basis.strict_json import format_json
from comity.config import Config, TwoPersons
from comity.decision.house import allow_house_act
from comity.decision.people import Facility, Person, Role
from comity.decision.stages import Refused
from comity.flows.answers import answer_partners
from comity.flows.context import Context
from comity.flows.courier.packing import Packed, pack_bundle
from comity.flows.courier.taking import Taken, take_bundle
from comity.flows.drafts import ItemDraft, KeptDraft, draft_item
from comity.flows.people.register import add_person, set_facility
from comity.flows.promises import promise, reclassify
from comity.flows.receipts import Opened, open_item, receipt_item
from comity.flows.release import release_draft
from comity.flows.set_up import CardWords, found_node, pin_agreement, pin_card
from comity.flows.speak import Entered, draft_for
from comity.flows.treaty.acts import declare, propose, version_in_question
from comity.flows.treaty.tabled import find_tabled
from comity.flows.turns import turn
from comity.flows.view import View, gather_view, judge_anew
from comity.keys.authority import authority_text
from comity.keys.cards import Card, fingerprint
from comity.ports import Change, Entries, Ports
from comity.sealing.payload import PayloadHeader
from comity.statement.authorised import draft_authority_digest, with_authority
from comity.statement.envelope import StatementDraft
from comity.statement.information import AssuranceGive
from comity.statement.judgement import Judged
from comity.statement.kinds import Body
from comity.statement.treaty import AgreementEntryNotification, AgreementInitial, AgreementSign

T = TypeVar("T")
JPN, KOR, USA = PartyId("JPN"), PartyId("KOR"), PartyId("USA")
DOMAINS = {JPN: "mod.jpn.example", KOR: "mnd.kor.example", USA: "dod.usa.example"}
GSOMIA = AgreementId("gsomia-jpn-kor")
MORNING = parse_instant("2016-11-23T01:00:00Z")
ENTRY = parse_date("2016-11-23")
A_YEAR: Date = parse_date("2017-12-31")
DRAFTER, OFFICER, REGISTRAR, READER, CLERK, AUDITOR, ADMIN = (
    PersonId(each)
    for each in ("drafter", "officer", "registrar", "reader", "clerk", "auditor", "admin")
)
PEOPLE = {
    REGISTRAR: (Role.REGISTRAR,),
    DRAFTER: (Role.DRAFTER,),
    OFFICER: (Role.RELEASING_OFFICER,),
    READER: (Role.READER,),
    CLERK: (Role.READER,),
    AUDITOR: (Role.AUDITOR,),
    ADMIN: (Role.ADMINISTRATOR,),
}
MARKING = {JPN: "秘", KOR: "군사III급비밀", USA: "CONFIDENTIAL"}
TEXT = b"launch seen at 00:31 UTC"


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(coroutine)


@dataclass
class SetClock:
    """Time stands still until a test moves it."""

    instant: Instant
    name: str = "story"

    def now(self) -> Instant:
        return self.instant


@dataclass
class Node:
    """One party's node, and short words for what its people do."""

    party: PartyId
    context: Context
    folder: Path
    clock: SetClock
    card: Card
    agreement: AgreementId = GSOMIA

    @property
    def ports(self) -> Ports:
        return self.context.ports

    def view(self, agreement: AgreementId | None = None) -> View:
        return run(gather_view(self.context, agreement or self.agreement))

    def judged(self) -> list[Judged]:
        """Give every verdict, as a node comes to it that judges everything anew."""
        found: list[Judged] = []
        run(judge_anew(self.context, self.agreement, found.append))
        return found

    def export(self) -> bytes:
        return self.view().fold.export()

    def sizes(self) -> dict[PartyId, int]:
        return {party: head.size for party, head in self.view().heads.items()}

    def propose(self, raw: bytes | None = None) -> Entered:
        return entered(run(propose(self.context, template(GSOMIA) if raw is None else raw)))

    def declare(self, body: Body) -> Entered:
        """Say it; whatever the party's own law has it tell before, it told long ago."""
        return entered(run(declare(self.context, self.agreement, body, told=self._told(body))))

    def _told(self, body: Body) -> dict[str, Date]:
        tabled = find_tabled(self.view()) if isinstance(body, AgreementSign) else None
        party = None if tabled is None else tabled.text.find_party(self.party)
        rule = None if party is None else party.before_signing
        return {} if rule is None else dict.fromkeys(rule.notices, Date(2000, 1, 1))

    def promise(self, body: Any, person: PersonId = REGISTRAR, **more: Any) -> Entered:
        return entered(run(promise(self.context, self.agreement, body, person, **more)))

    def assure(self, level: str = "SECRET") -> Entered:
        return self.promise(AssuranceGive(level, None, True, True, A_YEAR))

    def draft(
        self, to: Sequence[PartyId], content: Sequence[bytes] = (TEXT,), **changes: Any
    ) -> KeptDraft | Refused:
        item = ItemDraft(
            self.agreement,
            tuple(to),
            MARKING[self.party],
            "missile-warning",
            "document",
            ("warning",),
        )
        header = PayloadHeader("Launch", "text/plain")
        return run(draft_item(self.context, DRAFTER, replace(item, **changes), header, content))

    def release(self, *to: PartyId, **changes: Any) -> Entered:
        kept = self.draft(to, **changes)
        assert isinstance(kept, KeptDraft), kept
        return entered(run(release_draft(self.context, OFFICER, kept.number)))

    def receipt(self, place: Place, marking: str | None = None) -> Entered | Refused:
        return run(receipt_item(self.context, self.agreement, place, REGISTRAR, marking=marking))

    def open(
        self, place: Place, person: PersonId = READER, purpose: str = "warning"
    ) -> Opened | Refused:
        return run(open_item(self.context, self.agreement, place, person, purpose=purpose))

    def read(self, place: Place, **more: Any) -> bytes:
        opened = self.open(place, **more)
        assert isinstance(opened, Opened), opened
        return b"".join(opened.content)

    def lose_key(self, place: Place) -> None:
        """Lose the key of an item from custody."""
        view = self.view()
        run(self.ports.keys.erase_item_key(view.item_ref(place, view.item(place).release.sealed)))

    def reclassify(self, place: Place, marking: str) -> Entered:
        return entered(run(reclassify(self.context, self.agreement, place, marking, REGISTRAR)))

    def answer(self) -> tuple[Entered, ...]:
        return run(self._answer())

    async def _answer(self) -> tuple[Entered, ...]:
        async with turn(self.context, self.agreement) as view:
            return await answer_partners(self.context, view)

    def pack(self, to: PartyId, name: str = "disc", **more: Any) -> Packed:
        return run(pack_bundle(self.context, to, str(self.folder / name), **more))

    def take(self, path: Path | str) -> Taken:
        return run(take_bundle(self.context, str(path)))

    def journal(self) -> list[dict[str, Any]]:
        store = self.ports.store
        head = run(store.journal())
        assert head is not None
        return [json.loads(each) for each in run(store.entries(head.origin, 0, head.size))]

    def acts(self) -> list[tuple[str, str]]:
        return [(each["act"], each["outcome"]) for each in self.journal()]

    def own_entries(self) -> list[dict[str, Any]]:
        """Give our own entries as JSON; what is none is left out."""
        head = self.view().heads[self.party]
        raws = run(self.ports.store.entries(head.origin, 0, 10**6))
        return [json.loads(each) for each in raws if each.startswith(b"{")]

    def said(self, kind: str) -> list[dict[str, Any]]:
        return [each["body"] for each in self.own_entries() if each["kind"] == kind]

    def write(self, body: Body, *, to: Sequence[PartyId] | None = None) -> StatementDraft:
        """Draft a statement with its authority note, as the node would; nothing is entered."""
        view = self.view()
        draft = draft_for(
            self.context,
            view,
            body,
            to=None if to is None else tuple(to),
            version=_version(view, body),
        )
        text = authority_text(draft_authority_digest(draft), Instant(self.clock.now() + 3_600_000))
        return with_authority(draft, run(self.ports.keys.sign_authority(text)))


def _version(view: View, body: Body) -> Digest:
    return version_in_question(view, body)


def entered(outcome: object) -> Entered:
    assert isinstance(outcome, Entered), outcome
    return outcome


@dataclass
class World:
    """Nodes that know each other's cards, and the discs that are carried between them."""

    folder: Path
    nodes: dict[PartyId, Node] = field(default_factory=dict)

    def __getitem__(self, party: PartyId) -> Node:
        return self.nodes[party]

    @property
    def jpn(self) -> Node:
        return self.nodes[JPN]

    @property
    def kor(self) -> Node:
        return self.nodes[KOR]

    def carry(self, sender: PartyId, receiver: PartyId, **more: Any) -> Taken:
        packed = self[sender].pack(receiver, **more)
        return [self[receiver].take(name) for name in packed.names][-1]

    def settle(self, rounds: int = 2) -> None:
        """Carry bundles both ways until nobody has anything to add."""
        for _ in range(rounds):
            for one in sorted(self.nodes):
                for other in sorted(self.nodes):
                    if one != other:
                        self.carry(one, other)

    def sign(self, raw: bytes | None = None, first: PartyId = JPN) -> None:
        """Propose, initial, sign and notify, until the agreement is in force."""
        self[first].propose(raw)
        self.settle(1)
        acts = (AgreementInitial(""), AgreementSign(""), AgreementEntryNotification(ENTRY, ""))
        for body in acts:
            for node in self.nodes.values():
                node.declare(body)
            self.settle(1)

    def move(self, milliseconds: int) -> None:
        for node in self.nodes.values():
            node.clock.instant = Instant(node.clock.instant + milliseconds)

    def equal(self) -> bool:
        return len({node.export() for node in self.nodes.values()}) == 1

    def copy(self, folder: Path) -> World:
        """Copy a world on memory."""
        other = World(folder)
        for party, node in self.nodes.items():
            clock = SetClock(node.clock.instant)
            ports = node.ports
            other.nodes[party] = replace(
                node,
                folder=folder / party,
                clock=clock,
                context=replace(
                    node.context,
                    live={},
                    ports=replace(
                        ports,
                        store=copy.deepcopy(ports.store),
                        blobs=copy.deepcopy(ports.blobs),
                        keys=copy.deepcopy(ports.keys),
                        clock=clock,
                        bundles=FileBundles(folder / party / "courier"),
                    ),
                ),
            )
            (folder / party).mkdir(parents=True)
            if (node.folder / "courier").is_dir():
                shutil.copytree(node.folder / "courier", folder / party / "courier")
        return other


def config_of(party: PartyId, **changes: Any) -> Config:
    config = Config(
        party=party,
        domain=Domain(DOMAINS[party]),
        names=(("en", party.title()),),
        competent_authority=f"Authority of {party}",
        exercise=True,
        two_persons=TwoPersons("SECRET"),
    )
    return replace(config, **changes)


@contextmanager
def make_world(
    folder: Path, parties: Sequence[PartyId] = (JPN, KOR), *, memory: bool = True
) -> Iterator[World]:
    """Found the nodes, pin every card and the agreement id, and put people on the registers."""
    world = World(folder)
    closing: list[Any] = []
    for party in parties:
        ports, clock, opened = _ports(folder / party, party, memory=memory)
        closing += opened
        context = Context(config_of(party), ports, f"{party.lower()}-operator")
        card = run(found_node(context, CardWords((("en", party),), f"Authority of {party}")))
        world.nodes[party] = Node(party, context, folder / party, clock, card)
    for node in world.nodes.values():
        for other in world.nodes.values():
            if other is not node:
                run(pin_card(node.context, other.card.raw, compared=fingerprint(other.card)))
                run(pin_agreement(node.context, GSOMIA, other.party))
        register_people(node)
    try:
        yield world
    finally:
        for each in closing:
            each.close()


def _ports(folder: Path, party: PartyId, *, memory: bool) -> tuple[Ports, SetClock, list[Any]]:
    folder.mkdir(parents=True, exist_ok=True)
    clock, bundles = SetClock(MORNING), FileBundles(folder / "courier")
    domain = Domain(DOMAINS[party])
    if memory:
        keys = open_memory_keys(party=party, domain=domain)
        store = MemoryStore()
        return (
            Ports(store, MemoryBlobs(), keys, clock, SystemRandom(), bundles),
            clock,
            [keys],
        )
    stored = open_file_keys(
        folder / "keys",
        party=party,
        domain=domain,
        passphrases={file: lambda _file, _new: "exercise" for file in KeyFile},
        cost=COST_EXERCISE,
        exercise=True,
    )
    sqlite = SqliteStore(folder / "store.sqlite")
    ports = Ports(sqlite, FileBlobs(folder / "blobs"), stored, clock, SystemRandom(), bundles)
    return ports, clock, [sqlite, stored]


def register_people(node: Node) -> None:
    """Put one person of each role on the register, all at one facility."""
    run(set_facility(node.context, Facility("hq", None), None))
    for person, roles in PEOPLE.items():
        by = None if person == REGISTRAR else REGISTRAR
        cleared = Person(
            id=person,
            facility="hq",
            kind="official",
            posts=(),
            clearance="SECRET",
            clearance_until=A_YEAR,
            need_to_know=() if person == CLERK else ("missile-warning",),
            roles=roles,
            registered_from=MORNING,
            registered_until=None,
        )
        outcome = run(add_person(node.context, cleared, by))
        assert not isinstance(outcome, Refused), outcome
    facility = run(set_facility(node.context, Facility("hq", AUDITOR), REGISTRAR))
    assert not isinstance(facility, Refused), facility


def enter_raw(node: Node, raw: bytes) -> Place:
    """Enter bytes in a node's own register, as a hostile party does that holds its own keys."""
    head = node.view().heads[node.party]
    run(
        node.ports.store.commit(
            Change(
                allowed_by=allow_house_act("hostile"),
                entries=(Entries(head.origin, head.size, (raw,)),),
            )
        )
    )
    return Place(node.party, head.size)


def compose_raw(node: Node, draft: StatementDraft, **changes: Any) -> bytes:
    """Write a draft as it would be entered now, with some members of the JSON replaced."""
    statement = node.view().registers.speak(draft, node.clock.now())
    value = json.loads(statement.raw)
    for name, new in changes.items():
        value[name] = new(value[name]) if callable(new) else new
    return format_json(value)


def trilateral() -> bytes:
    """Give the template with a third party, to try what two parties do not show."""
    party = b"""[parties.USA]
competent_authority = "Department of Defense"
[parties.USA.name]
en = "Government of the United States of America"
ja = "x"
ko = "x"

[levels]"""
    rows = template(GSOMIA).replace(b"[levels]", party, 1).split(b"[[equivalence]]")
    for index, mark in enumerate((b"SECRET", b"CONFIDENTIAL"), 1):
        rows[index] = rows[index].replace(
            b"KOR = [", b'USA = [{ text = "' + mark + b'" }]\nKOR = [', 1
        )
    return b"[[equivalence]]".join(rows)
