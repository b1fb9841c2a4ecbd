# SPDX-License-Identifier: Apache-2.0
"""Three parties with two pacts between two of them each, and an arrangement of all through a hub.

Small files of our own, so that tests of what goes from one pact to another rest on nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from msgspec import structs

from comity.agreement.model import Agreement
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.decision.stages import Refused
from comity.flows.passing.onward import PassedOn, draft_onward, pass_on
from comity.flows.passing.wishes import KeptPassing, OnwardDraft
from comity.flows.set_up import pin_agreement
from comity.flows.speak import Entered
from comity.statement.information import ConsentGive
from comity.statement.passing import Sharing
from comity.statement.treaty import AgreementInitial, AgreementSign
from tests.builders.world import (
    DRAFTER,
    JPN,
    KOR,
    MARKING,
    OFFICER,
    USA,
    Node,
    World,
    make_world,
    run,
)

JPN_USA, KOR_USA, TISA = (
    AgreementId(each) for each in ("jpn-usa-2007", "kor-usa-1987", "tisa-2014")
)
MARKS = {
    JPN: ("極秘", "秘"),
    KOR: ("군사II급비밀", "군사III급비밀"),
    USA: ("SECRET", "CONFIDENTIAL"),
}
NAMES = {JPN: "Japan", KOR: "Republic of Korea", USA: "United States of America"}
NOTE = ""

_PROTECTION = """
[[article]]
number = "6"
source = "model"
title.en = "Protection"
summary.en = "Nothing goes on without leave."
[article.third_party_rule]
para = "(a)"
[article.purpose_limitation]
para = "(c)"
[[article]]
number = "7"
source = "model"
title.en = "Access"
summary.en = "Cleared persons who need to know, after an assurance."
[article.access]
people = "officials"
clearance = "at_least_level"
need_to_know = "category"
[article.translation]
people = "officials"
[article.assurance]
para = "(5)"
[[article]]
number = "8"
source = "model"
title.en = "Marking"
summary.en = "Marked by both."
[article.marking]
carries = ["level", "originator", "receiver_mark"]
[article.reclassification]
[article.receipt]
who = "receiver"
within = "at once"
"""

ENDS = """
[article.retention]
para = "(h)"
[[article]]
number = "13"
source = "model"
title.en = "Destruction"
summary.en = "By means that leave nothing."
[article.destruction]
means = ["burn", "shred"]
certificate = true
[[article]]
number = "14"
source = "model"
title.en = "Reproduction"
summary.en = "Copies are numbered."
[article.copies]
"""

_HUB = """
[[article]]
number = "4"
source = "text"
title.en = "The hub"
summary.en = "Everything goes through one participant, item by item."
[article.hub]
party = "USA"
approval = "{approval}"
"""


def pact(
    agreement: AgreementId,
    parties: Sequence[PartyId],
    more: str = _PROTECTION,
    *,
    binding: bool = True,
) -> bytes:
    """Write the file of a pact between some parties."""
    text = [
        "format = 1",
        f'id = "{agreement}"',
        "version = 1",
        'kind = "information-security"',
        f"binding = {str(binding).lower()}",
        'prevailing_languages = ["en"]',
        "[title]",
        f'en = "Pact {agreement}"',
    ]
    for party in parties:
        text += [
            f"[parties.{party}]",
            f'competent_authority = "Authority of {party}"',
            f"[parties.{party}.name]",
            f'en = "{NAMES[party]}"',
        ]
    text += ["[levels]", 'article = "4(1)"', 'order = ["SECRET", "CONFIDENTIAL"]']
    for index, level in enumerate(("SECRET", "CONFIDENTIAL")):
        text += ["[[equivalence]]", 'article = "4(1)"', f'level = "{level}"']
        text += [f'{party} = [{{ text = "{MARKS[party][index]}" }}]' for party in parties]
    text += [
        "[scope]",
        'article = "1"',
        'categories = ["missile-warning", "nuclear-test"]',
        'forms = ["oral", "visual", "electronic", "magnetic", "document"]',
        "[lifecycle]",
        'article = "21"',
        'entry = "later_of_notifications"',
        'runs = "1 year"',
        'renews = "1 year"',
        'notice = "90 days"',
        'zone = "+00:00"',
        "[[article]]",
        'number = "2"',
        'source = "model"',
        'title.en = "Releases"',
        'summary.en = "What may be released."',
        "[article.release]",
        'top_level = "SECRET"',
        "[[article]]",
        'number = "9"',
        'source = "model"',
        'title.en = "Ways"',
        'summary.en = "By which ways it travels."',
        "[article.channel]",
        'allowed = ["node", "courier"]',
        'parcel_before_acknowledgement = ["courier"]',
    ]
    return ("\n".join(text) + "\n" + more).encode()


def arrangement(approval: str = "written_consent") -> bytes:
    """Write the file of the arrangement that goes through the hub, which binds nobody."""
    raw = pact(TISA, (JPN, KOR, USA), _HUB.format(approval=approval), binding=False)
    return raw.replace(b"later_of_notifications", b"last_signature")


def with_hub(agreement: Agreement) -> bytes:
    """Write the next version of an agreement, exchanged through USA; a mark is approval enough."""
    lines = agreement.raw.decode().splitlines()
    written = "\n".join(
        f'version = {agreement.version + 1}\nsupersedes = "{agreement.sha256}"'
        if line.startswith("version = ")
        else line
        for line in lines
    )
    return f"{written}\n{_HUB.format(approval='mark').replace('4', 'H', 1)}".encode()


def under(world: World, agreement: AgreementId, *parties: PartyId) -> World:
    """Give those of a world's nodes that are parties to one agreement, and speak under it."""
    nodes = {each: replace(world[each], agreement=agreement) for each in parties}
    return World(world.folder, nodes)


@contextmanager
def make_pacts(
    folder: Path,
    *,
    with_hub: bool = True,
    assured: bool = True,
    more: str = "",
    approval: str = "written_consent",
) -> Iterator[World]:
    """Let three parties sign their pacts, with `more` clauses, and assure protection under them.

    `approval` is what the arrangement takes for it.
    """
    MARKING[USA] = MARKS[USA][1]
    with make_world(folder, (JPN, KOR, USA)) as world:
        signed: list[tuple[AgreementId, tuple[PartyId, ...]]] = [
            (JPN_USA, (JPN, USA)),
            (KOR_USA, (KOR, USA)),
        ]
        if with_hub:
            signed.append((TISA, (JPN, KOR, USA)))
        for agreement, parties in signed:
            pin_all(world, agreement, *parties)
            some = under(world, agreement, *parties)
            if agreement == TISA:
                sign_only(some, arrangement(approval))
                continue
            some.sign(pact(agreement, parties, _PROTECTION + more), first=parties[0])
            for node in some.nodes.values() if assured else ():
                node.assure()
            some.settle()
        yield world


def sign_only(world: World, raw: bytes) -> None:
    """Sign what is in force at the last signature; from then on its hub alone is spoken to."""
    world.jpn.propose(raw)
    world.settle(1)
    for body in (AgreementInitial(""), AgreementSign("")):
        for node in world.nodes.values():
            node.declare(body)
        world.settle(1)


def pin_all(world: World, agreement: AgreementId, *parties: PartyId) -> None:
    """Pin an agreement id with everybody who is to sign it."""
    for one in parties:
        for other in parties:
            if one != other:
                run(pin_agreement(world[one].context, agreement, other))


class Story:
    """Japan gives something to Washington, which may go on to Seoul."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.first = under(world, JPN_USA, JPN, USA)
        self.second = under(world, KOR_USA, KOR, USA)

    @property
    def jpn(self) -> Node:
        return self.first[JPN]

    @property
    def usa(self) -> Node:
        return self.first[USA]

    @property
    def kor(self) -> Node:
        return self.second[KOR]

    def give(self, **changes: Any) -> Place:
        """Let Japan release an item to Washington, which takes it in."""
        place = self.jpn.release(USA, **changes).place
        self.first.settle()
        taken = self.usa.receipt(place, None)
        assert isinstance(taken, Entered), taken
        self.first.settle()
        return place

    def consent(self, *items: Place, **changes: Any) -> Place:
        """Let Japan consent, and Washington hear of it."""
        body = ConsentGive(None, items, None, KOR, "warning", None, NOTE)
        place = self.jpn.promise(structs.replace(body, **changes)).place
        self.first.settle()
        return place

    def wish(self, item: Place, **changes: Any) -> OnwardDraft:
        wished = OnwardDraft(
            JPN_USA, item, KOR_USA, KOR, "warning", MARKS[USA][1], "missile-warning", "document"
        )
        return replace(wished, **changes)

    def draft(
        self, item: Place, person: PersonId = DRAFTER, **changes: Any
    ) -> KeptPassing | Refused:
        return run(draft_onward(self.usa.context, person, self.wish(item, **changes)))

    def pass_on(self, item: Place, **changes: Any) -> PassedOn | Refused:
        """Let Washington pass the item on, drafted by one person and let go by another."""
        kept = self.draft(item, **changes)
        if isinstance(kept, Refused):
            return kept
        return run(pass_on(self.usa.context, OFFICER, kept.number))


def marked(*parties: PartyId) -> Sharing:
    """Mark an item to be shared under the arrangement."""
    return Sharing(TISA, parties, "missile-warning")
