# SPDX-License-Identifier: Apache-2.0
"""Tokyo to Washington to Seoul and back, on three served nodes, by commands and over TLS alone.

Item by item, each by its originator's approval: three decisions under three agreements, and
receipts that are linked. The hub is killed once it has passed an item on, and goes on by itself.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from comity.basis.ids import PartyId
from tests.system.desk import REFUSED, Desk
from tests.system.served_pair import JPN, KOR, USA, ServedNodes, copied, make_hub

pytestmark = pytest.mark.slow
TISA = "tisa-2014"
PACT = {JPN: "jpn-usa-2007", KOR: "kor-usa-1987"}
PARTIES = {PACT[JPN]: (JPN, USA), PACT[KOR]: (KOR, USA), TISA: (JPN, KOR, USA)}
MARKED = {JPN: "秘", KOR: "군사III급비밀", USA: "CONFIDENTIAL"}
FOR = ("--purpose", "warning")


@dataclass(frozen=True)
class Hub:
    """Three served nodes, and a desk at each."""

    nodes: ServedNodes
    desks: dict[PartyId, Desk]
    text: str

    def says(self, party: PartyId, *arguments: str, by: str = "officer") -> str:
        """Say something; give its place with its agreement."""
        return str(self.desks[party](*arguments, by=by)["entered"]["place"])

    def knows(self, party: PartyId, place: str) -> None:
        """Wait until a node lists a consent, or a question for one, by its place."""
        agreement, _, short = place.partition("/")
        listed = ("consent", "list", "--agreement", agreement)
        self.desks[party].soon(lambda told: f"'{short}'" in str(told), *listed)

    def takes(self, party: PartyId, item: str) -> None:
        """Let a node give its receipt as soon as an item is there."""
        self.desks[party].soon(lambda told: told["item"]["held"], "item", "show", item)
        self.says(party, "item", "receipt", item, by="registrar")

    def give(self, by: PartyId, final: PartyId) -> str:
        """Give the hub an item, marked to be shared with the other party."""
        what = ("--marking", MARKED[by], "--category", "missile-warning", *FOR)
        shared = ("--share-under", TISA, "--share-with", final, "--share-as", "dprk_missile")
        to = ("--agreement", PACT[by], "--to", USA)
        item = self.says(by, "item", "release", self.text, *to, *what, *shared)
        self.takes(USA, item)
        return item

    def approve(self, by: PartyId, item: str, final: PartyId) -> str:
        """Let the hub ask for an item, and its originator consent, until the hub knows."""
        agreement, _, place = item.partition("/")
        what = ("--agreement", agreement, "--item", place, "--recipient", final)
        asked = self.says(USA, "consent", "ask", *what, *FOR)
        self.knows(by, asked)
        given = self.says(by, "consent", "give", asked)
        self.knows(USA, given)
        return given

    def pass_on(self, item: str, final: PartyId) -> tuple[int, Any]:
        """Let the hub pass an item on to the other party; what is kept meanwhile is gone on with.

        A served node writes its own cosignature down a moment after what it has taken in.
        """
        way = ("--to", final, "--under", PACT[final], "--through", TISA)
        mark = ("--marking", MARKED[USA])
        ended, told = self.desks[USA].code("third-party", "release", item, *way, *mark, *FOR)
        kept = re.search(r"comity (third-party approve [0-9]+)", str(told))
        while kept and "register.not-acknowledged" in told:
            ended, told = self.desks[USA].code(*kept[1].split())
        return ended, told

    def passed_on(self, item: str, final: PartyId) -> str:
        """The same, which is to succeed under three agreements; give the place of its release."""
        ended, told = self.pass_on(item, final)
        assert ended == 0, told
        assert [
            (each["agreement"], {row["article"] for row in each["articles"]})
            for each in told["decisions"]
        ] == [
            (item.partition("/")[0], {"6(a)"}),
            (TISA, {"1", "2", "4"}),
            (PACT[final], {"2"}),
        ]
        return str(told["release"])

    def is_refused(self, item: str, final: PartyId) -> None:
        """Find that the hub passes an item on to nobody: no consent of its originator."""
        ended, told = self.pass_on(item, final)
        assert ended == REFUSED, told
        assert '"article": "4"' in told
        assert '"article": "6(a)"' in told

    def link(self, party: PartyId, item: str, release: str) -> None:
        """Wait until a node lists the receipt of what an item went on as."""

        def is_linked(told: Any) -> bool:
            (row,) = (e for e in told["said"] if f"{e['agreement']}/{e['item']}" == item)
            return (row["release"], bool(row["receipt"])) == (release.partition("/")[2], True)

        self.desks[party].soon(is_linked, "third-party", "list")

    def is_one(self, agreement: str, parties: tuple[PartyId, ...]) -> None:
        """Wait until all parties have one state of an agreement, word for word."""
        whole = ("state", "export", "--agreement", agreement)
        first, *others = (self.desks[each] for each in parties)
        for each in others:
            each.soon(lambda told: told == first(*whole, by=None), *whole)


@pytest.fixture
def hub(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Hub]:
    text = tmp_path / "text.txt"
    text.write_text("観測\n", encoding="utf-8")
    made = asyncio.run(make_hub(tmp_path / "made"))
    with copied(made, tmp_path) as nodes:
        nodes.start(JPN, KOR, USA)
        desks = {each: Desk(each, nodes.node_folder(each), capfd) for each in (JPN, KOR, USA)}
        yield Hub(nodes, desks, str(text))
        assert nodes.stop(JPN, KOR, USA) == [0, 0, 0]


@pytest.mark.row("T3", "T4", "T4b", "T5")
def test_t4_items_go_through_a_served_hub_one_by_one_and_back_whatever_befalls_it(
    hub: Hub,
) -> None:
    straight = ("--agreement", TISA, "--to", KOR, "--category", "dprk_missile", *FOR)
    ended, why = hub.desks[JPN].code(
        "item", "release", hub.text, *straight, "--marking", MARKED[JPN]
    )
    assert (ended, '"article": "4"' in why) == (REFUSED, True)
    warning, other = hub.give(JPN, KOR), hub.give(JPN, KOR)
    hub.is_refused(warning, KOR)
    hub.approve(JPN, warning, KOR)
    hub.is_refused(other, KOR)  # item by item
    gone = hub.passed_on(warning, KOR)
    hub.nodes.kill(USA)
    hub.nodes.start(USA)
    hub.takes(KOR, gone)
    read = hub.desks[KOR].code("item", "open", gone, *FOR)
    assert read[0] == 0, read
    for party in (USA, JPN):
        hub.link(party, warning, gone)
    given = hub.approve(JPN, other, KOR)
    withdrawn = hub.says(JPN, "consent", "withdraw", given)
    hub.knows(USA, withdrawn)
    hub.is_refused(other, KOR)

    back = hub.give(KOR, JPN)
    hub.is_refused(back, JPN)
    hub.approve(KOR, back, JPN)
    came = hub.passed_on(back, JPN)
    hub.takes(JPN, came)
    hub.link(KOR, back, came)

    for agreement, parties in PARTIES.items():
        hub.is_one(agreement, parties)
