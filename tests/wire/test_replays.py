# SPDX-License-Identifier: Apache-2.0
"""What a log signed long ago, brought by whoever was handed it, makes nobody known."""

from __future__ import annotations

import asyncio

from comity.basis.ids import Place
from comity.flows.evidence import take_evidence
from comity.serve.apps import partners_side
from comity.statement.evidence import PROOF_FILE
from comity.tlog.add_checkpoint import AddCheckpoint, format_add_checkpoint
from comity.tlog.checkpoints import parse_checkpoint
from comity.wire.asgi import ignore_answer, ignore_fault
from comity.wire.routes import nothing
from tests.builders.pushes import push_from, push_request
from tests.builders.world import GSOMIA, KOR, World, run
from tests.serve.test_vouching import Told, ask
from tests.wire.test_push import announce


def test_an_old_checkpoint_from_an_evidence_folder_makes_nobody_known(in_force: World) -> None:
    """It is let in, for the log has signed it, and so is a push that came before."""
    told: Told = []
    side = partners_side(
        in_force.jpn.context,
        nothing,
        fault=ignore_fault,
        answered=ignore_answer,
        vouch=lambda address, name: told.append((address, name)),
    )
    folder = run(take_evidence(in_force.jpn.context, GSOMIA, Place(KOR, 0)))
    signed = parse_checkpoint(folder[PROOF_FILE].split(b"\n\n", 1)[1])
    old = format_add_checkpoint(AddCheckpoint(0, (), signed))
    announce(in_force.kor)
    push = push_request(push_from(in_force.kor, in_force.jpn.sizes()[KOR])).body
    assert isinstance(push, bytes)

    async def story() -> list[int]:
        asked = [("/add-checkpoint", old, "192.0.2.66"), ("/push", push, "192.0.2.7")]
        asked += [("/push", push, "192.0.2.66")]
        return [await ask(side.app, *each) for each in asked]

    assert asyncio.run(story()) == [409, 200, 409]
    assert told == [("192.0.2.7", KOR)]
