# SPDX-License-Identifier: Apache-2.0
"""What an operator does on real exercise nodes, so that it can be killed anywhere and done again.

Each scenario looks first at what stands already, as a person would after a crash, and says a line
for each thing only once it is acknowledged. A line also stands for each signature over a register:
it may be in somebody's hands from that moment on.
Run: python flow_child.py SCENARIO WORLD [early]
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from comity.adapters.stored_keys import StoredKeys
from comity.basis.ids import PartyId, Place
from comity.config import CONFIG_NAME, ClockKind, Config
from comity.flows import mirror
from comity.flows.courier import taking as courier_take
from comity.flows.drafts import ItemDraft, KeptDraft, draft_item, waiting_drafts
from comity.flows.housekeeping.rebuild import rebuild
from comity.flows.release import drop_draft, release_draft
from comity.flows.rotation import rotate_keys
from comity.flows.set_up import pin_agreement, pin_card, the_card
from comity.keys.cards import fingerprint, read_card_unverified
from comity.node import EXERCISE_PASSPHRASES, AtHand, ask_nobody, found, open_node
from comity.sealing.payload import PayloadHeader
from comity.statement.treaty import AgreementSign
from tests.builders.world import (
    DRAFTER,
    GSOMIA,
    JPN,
    KOR,
    MARKING,
    MORNING,
    OFFICER,
    TEXT,
    Node,
    SetClock,
    config_of,
    entered,
    run,
)

AT_HAND = AtHand("operator", ask_nobody)
DISC = "disc/bundle"
Say = Callable[..., None]


def exercise_config(party: PartyId) -> Config:
    return replace(config_of(party), clock=ClockKind.STORY, passphrases=EXERCISE_PASSPHRASES)


@contextmanager
def at_work(world: Path, party: PartyId) -> Iterator[Node]:
    """Open a node as a command does, and close it again."""
    folder = world / party
    opening = open_node(folder, AT_HAND, writing=True)
    with asyncio.Runner() as runner:
        context = runner.run(opening.__aenter__())
        try:
            clock = SetClock(context.ports.clock.now())
            yield Node(party, context, folder, clock, run(the_card(context, party)))
        finally:
            runner.run(opening.__aexit__(None, None, None))


def found_and_pin(world: Path, say: Say) -> None:
    if not (world / JPN / CONFIG_NAME).exists():
        card = run(found(world / JPN, exercise_config(JPN), AT_HAND, started=MORNING))
        say("card", fingerprint(card))
    with at_work(world, JPN) as node:
        raw = (world / "kor.card").read_bytes()
        run(pin_card(node.context, raw, compared=fingerprint(read_card_unverified(raw))))
        run(pin_agreement(node.context, GSOMIA, KOR))


def sign_and_rotate(world: Path, say: Say) -> None:
    with at_work(world, JPN) as node:
        if not node.said("agreement.sign"):
            say("entered", node.declare(AgreementSign("")).place)
        if not node.said("party.card"):
            say("rotated", run(rotate_keys(node.context))[0].version)


def draft_drop_and_release(world: Path, say: Say) -> None:
    """Draft twice: the officer's own draft is dropped again, the drafter's is released."""
    with at_work(world, JPN) as node:
        if ("item.drop", "done") not in node.acts():
            spare = _drafted_by(node, OFFICER) or _draft(node, OFFICER)
            run(drop_draft(node.context, OFFICER, spare.number))
            say("dropped", spare.number)
        if not node.said("item.release"):
            kept = _drafted_by(node, DRAFTER) or _draft(node, DRAFTER)
            say("kept", kept.number)
            released = entered(run(release_draft(node.context, OFFICER, kept.number)))
            say("entered", released.place)


def _drafted_by(node: Node, person: Any) -> KeptDraft | None:
    waiting = run(waiting_drafts(node.context))
    return next((each for each in waiting if each.drafted_by == person), None)


def _draft(node: Node, person: Any) -> KeptDraft:
    item = ItemDraft(
        GSOMIA, (KOR,), MARKING[JPN], "missile-warning", "document", ("warning",)
    )  # fmt: skip
    header = PayloadHeader("Launch", "text/plain")
    kept = run(draft_item(node.context, person, item, header, (TEXT,)))
    assert isinstance(kept, KeptDraft), kept
    return kept


def pack(world: Path, say: Say) -> None:
    with at_work(world, JPN) as node:
        say("serial", node_pack(node, world / DISC))


def node_pack(node: Node, disc: Path) -> int:
    disc.parent.mkdir(exist_ok=True)
    return node.pack(KOR if node.party == JPN else JPN, str(disc)).serial


def take(world: Path, say: Say) -> None:
    with at_work(world, KOR) as node:
        say("taken", node.take(world / DISC).serial)


def receipt_and_open(world: Path, say: Say) -> None:
    """Before that, all that is derived is made anew, as after a doubt about it."""
    with at_work(world, KOR) as node:
        assert run(rebuild(node.context)).different == 0
        (place,) = places(node)
        if (place, KOR) not in node.view().fold.state.receipts:
            say("entered", entered(node.receipt(place)).place)
        assert node.read(place) == TEXT
        say("read", place)


def places(node: Node) -> list[Place]:
    return [item.place for item in node.view().fold.state.items.values()]


SCENARIOS: dict[str, Callable[[Path, Say], None]] = {
    "found": found_and_pin,
    "treaty": sign_and_rotate,
    "release": draft_drop_and_release,
    "pack": pack,
    "take": take,
    "receipt": receipt_and_open,
}


ACTORS = {name: KOR if name in ("take", "receipt") else JPN for name in SCENARIOS}


def acknowledge(*words: object) -> None:
    print(*words, flush=True)


def tell_signatures() -> None:
    """Say what is signed as soon as the signature is made: before that, it must be durable."""
    cosign, sign = StoredKeys.cosign, StoredKeys.sign_checkpoint

    async def told_cosign(self: Any, checkpoint: Any, *args: Any, **more: Any) -> Any:
        lines = await cosign(self, checkpoint, *args, **more)
        acknowledge("signed", checkpoint.checkpoint.origin, checkpoint.checkpoint.size)
        return lines

    async def told_sign(self: Any, checkpoint: Any, *args: Any, **more: Any) -> Any:
        raw = await sign(self, checkpoint, *args, **more)
        acknowledge("signed", checkpoint.origin, checkpoint.size)
        return raw

    StoredKeys.cosign = told_cosign  # type: ignore[method-assign]
    StoredKeys.sign_checkpoint = told_sign  # type: ignore[method-assign]


def cosign_early() -> None:
    """Plant a bug: a segment is cosigned before its entries are committed."""
    right = mirror.take_segment

    async def wrong(context: Any, view: Any, party: Any, segment: Any, clear: Any) -> Any:
        head = view.heads[party]
        await context.ports.keys.cosign(
            segment.signed, view.keys(view.own).mirror_card(party, head.size).version, time_s=1
        )
        return await right(context, view, party, segment, clear)

    vars(courier_take)["take_segment"] = wrong


if __name__ == "__main__":
    tell_signatures()
    if "early" in sys.argv[3:]:
        cosign_early()
    SCENARIOS[sys.argv[1]](Path(sys.argv[2]), acknowledge)
    acknowledge("end")
