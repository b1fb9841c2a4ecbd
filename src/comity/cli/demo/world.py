# SPDX-License-Identifier: Apache-2.0
"""The folder that the story is told in: its nodes, their clock, their courier, their evidence.

Each step opens a node as a command does: through the process that serves it, or, while it is off
the line, by itself. Nothing is pretended.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from comity.basis.errors import EdgeError
from comity.basis.ids import PartyId, Place
from comity.basis.instants import Instant
from comity.cli.demo.cast import GSOMIA, Government, post
from comity.cli.demo.checks import expect
from comity.cli.demo.serving import (
    Met,
    ServedProcess,
    all_of,
    choose_endpoints,
    start_serving,
)
from comity.cli.demo.settling import settle, when_acknowledged
from comity.cli.evidence_folder import read_folder
from comity.cli.session import operator_name
from comity.config import Serving
from comity.flows.context import Context
from comity.flows.courier.packing import Packed, pack_bundle
from comity.flows.courier.taking import Taken, take_bundle
from comity.flows.evidence import take_evidence
from comity.flows.view import View, gather_view
from comity.keys.cards import Card, fingerprint
from comity.node import AtHand, ask_nobody, found, open_node, set_story_clock
from comity.state.lifecycle import LifecycleView, lifecycle_at
from comity.statement.evidence import (
    Testimony,
    read_evidence,
    trusted_fingerprints,
    verify_evidence,
)

COURIER: Final = "courier"
DIAGNOSTICS: Final = "diagnostics"
EVIDENCE: Final = "evidence"
TAMPERED: Final = "tampered"
TRUST: Final = "trust"


@dataclass(frozen=True, slots=True)
class Carried:
    """A bundle that a courier carried: the disc, what went in, and what came out."""

    disc: Path
    packed: Packed
    taken: Taken


@dataclass(slots=True)
class World:
    """The folder and how far the story has come.

    `places` are the statements that later steps refer to, by the story's names for them; `discs`
    the bundles that were carried, in order; `words` what a step leaves for a later one to compare;
    `met` says where a node is met, `served` which are; `copies` are the same parties' nodes in
    another folder, for what might have been.
    """

    folder: Path
    now: Instant
    cards: dict[PartyId, Card] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    discs: dict[str, Path] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    met: dict[PartyId, Met] = field(default_factory=dict)
    served: dict[PartyId, ServedProcess] = field(default_factory=dict)
    copies: World | None = None

    def node_folder(self, party: PartyId) -> Path:
        """Give the folder of a party's node."""
        return self.folder / party.lower()

    async def found(self, government: Government) -> Card:
        """Make a node, with its own keys, the story's clock, and a place to be met at."""
        party = government.party
        met = self.met[party] = choose_endpoints()
        config = replace(
            government.config,
            addresses=(f"https://{met.partners}",),
            serve=Serving(partners_listen=met.partners, people_listen=met.people),
        )
        card = await found(self.node_folder(party), config, _at_hand(), started=self.now)
        self.cards[party] = card
        return card

    async def serve(self, *parties: PartyId) -> None:
        """Serve nodes, each by a process of its own, until they are taken off the line."""
        folder = self.folder / DIAGNOSTICS
        with on_disk(folder):
            folder.mkdir(exist_ok=True)
            started = (
                start_serving(each, self.node_folder(each), folder / f"{each.lower()}.log")
                for each in parties
            )
            await all_of(started, self._is_served)

    async def take_off(self, *parties: PartyId) -> None:
        """Stop serving nodes, in order."""
        stopping = [self.served.pop(each) for each in parties if each in self.served]
        await all_of((each.stop() for each in stopping), lambda _: None)

    def _is_served(self, process: ServedProcess) -> None:
        self.served[process.party] = process

    @asynccontextmanager
    async def node(self, party: PartyId) -> AsyncIterator[Context]:
        """Open a party's node, as a command does, and close it again."""
        async with open_node(self.node_folder(party), _at_hand(), writing=True) as context:
            yield context

    async def view(self, party: PartyId) -> View:
        """Gather the agreement as a party's node knows it."""
        async with self.node(party) as context:
            return await gather_view(context, GSOMIA)

    async def standing(self, party: PartyId) -> LifecycleView:
        """Work out where the agreement stands now, as a party's node knows it."""
        async with self.node(party) as context:
            view = await gather_view(context, GSOMIA)
            return lifecycle_at(view.fold.state, view.moment(context))

    def reach(self, instant: Instant) -> None:
        """Let the story's clock reach an instant, on every node that there is."""
        self.now = instant
        for party in self.cards:
            set_story_clock(self.node_folder(party), instant)

    def copy(self, name: str, parties: tuple[PartyId, ...]) -> World:
        """Copy some nodes as they are, to see there what might have been."""
        folder = self.folder / name
        with on_disk(folder):
            folder.mkdir(mode=0o700)
        for party in parties:
            copy_folder(self.node_folder(party), folder / party.lower())
        cards = {party: self.cards[party] for party in parties}
        return World(folder, self.now, cards, dict(self.places))

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        with on_disk(self.folder):
            shutil.rmtree(self.folder)

    async def exchange(self, sender: PartyId, receiver: PartyId, *, name: str = "") -> None:
        """Bring what one side said to the other: by the wire, or else by a courier."""
        if {sender, receiver} <= self.served.keys():
            await settle(self.node_folder(sender), self.node_folder(receiver))
        else:
            await self.carry(sender, receiver, name=name)

    async def carry(self, sender: PartyId, receiver: PartyId, *, name: str = "") -> Carried:
        """Pack a bundle, carry the disc, take it; nothing in it is turned away."""
        number = len(self.discs) + 1
        disc = self.folder / COURIER / f"{number:02d}-{sender.lower()}-to-{receiver.lower()}.bundle"
        with on_disk(disc):
            disc.parent.mkdir(exist_ok=True)
        async with self.node(sender) as context:
            packed = await pack_bundle(
                context, receiver, str(disc), person=post(sender, "registrar")
            )
        async with self.node(receiver) as context:
            taken = await take_bundle(context, str(disc), post(receiver, "registrar"))
        self.discs[name or disc.name] = disc
        expect(not taken.answered, "nothing turned away", ", ".join(taken.answered))
        return Carried(disc, packed, taken)

    async def keep_evidence(self, name: str, party: PartyId, place: Place) -> Testimony:
        """Write an evidence folder from what a party holds, and verify it as an outsider."""
        async with self.node(party) as context:
            files = await when_acknowledged(lambda: take_evidence(context, GSOMIA, place))
        write_files(self.folder / EVIDENCE / name, files)
        return self.verify(self.folder / EVIDENCE / name)

    def pinned(self) -> frozenset[str]:
        """Read the pins that an auditor was given: the file `trust`."""
        with on_disk(self.folder / TRUST):
            return trusted_fingerprints((self.folder / TRUST).read_text(encoding="utf-8"))

    def verify(self, folder: Path) -> Testimony:
        """Verify an evidence folder by the pins alone: no node is opened."""
        return verify_evidence(read_evidence(read_folder(folder)), trusted=self.pinned())

    def write_trust(self) -> None:
        """Write every party's fingerprint down, as compared by hand."""
        lines = [
            "# EXERCISE: fingerprints of the root keys that this run of comity demo made.",
            "# Give this file to --trust.",
            *(f"{party} {fingerprint(card)}" for party, card in sorted(self.cards.items())),
        ]
        with on_disk(self.folder / TRUST):
            (self.folder / TRUST).write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a new folder, by their names within it."""
    with on_disk(folder):
        for name, raw in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(raw)


def copy_folder(origin: Path, copy: Path) -> None:
    """Copy a folder whole, rights included."""
    with on_disk(copy):
        shutil.copytree(origin, copy)


@contextmanager
def on_disk(path: Path) -> Iterator[None]:
    """Turn what a disk says into our own error.

    Raises:
        EdgeError: the disk refused.
    """
    try:
        yield
    except OSError as err:
        raise EdgeError(
            "demo.disk",
            "the demo's folder cannot be used",
            where=str(path),
            found=err.strerror or type(err).__name__,
            hint="name a folder where you may write: comity demo --dir DIR",
        ) from err


def _at_hand() -> AtHand:
    """Describe who runs the demo; its nodes' passphrases lie in their own folders."""
    return AtHand(operator_name(), ask_nobody)
