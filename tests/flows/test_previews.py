# SPDX-License-Identifier: Apache-2.0
"""A draft is read before it is released, by those who may, and the journal knows."""

from comity.decision.stages import Refused
from comity.flows.drafts import KeptDraft
from comity.flows.previews import PreviewedDraft, preview_content
from tests.builders.world import CLERK, DRAFTER, JPN, KOR, OFFICER, REGISTRAR, Node, World, run


def drafted(world: World) -> tuple[Node, KeptDraft]:
    node = world[JPN]
    kept = node.draft([KOR])
    assert isinstance(kept, KeptDraft)
    return node, kept


def test_drafter_and_releasing_officer_read_a_draft_under_its_banner(assured: World) -> None:
    node, kept = drafted(assured)
    for person in (DRAFTER, OFFICER):
        read = run(preview_content(node.context, person, kept.number))
        assert isinstance(read, PreviewedDraft), read
        assert kept.item.marking in read.banner.head
        assert b"".join(read.content)
        assert read.header is not None


def test_nobody_without_such_a_role_reads_a_draft(assured: World) -> None:
    node, kept = drafted(assured)
    for person in (REGISTRAR, CLERK):
        refused = run(preview_content(node.context, person, kept.number))
        assert isinstance(refused, Refused)
        assert refused.findings
