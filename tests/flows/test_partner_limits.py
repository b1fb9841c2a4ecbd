# SPDX-License-Identifier: Apache-2.0
"""What a partner's card says that it takes is known before anything is sent."""

from dataclasses import replace

import pytest

from comity.basis.errors import StateError
from comity.basis.ids import PartyId
from comity.flows.drafts import KeptDraft
from comity.flows.release import release_draft
from comity.flows.set_up import the_card
from comity.flows.speak import Entered
from comity.flows.view import View
from comity.keys.cards import Card
from tests.builders.world import JPN, KOR, OFFICER, World, run


def test_cards_publish_what_their_node_takes(assured: World) -> None:
    for party in (JPN, KOR):
        node = assured[party]
        limits = node.context.config.limits
        assert dict(run(_own_card(assured, party)).limits) == {
            "parcel_bytes_max": limits.parcel_bytes_max,
            "push_bytes_max": limits.push_bytes_max,
        }


async def _own_card(world: World, party: PartyId) -> Card:
    return await the_card(world[party].context, party)


@pytest.mark.parametrize(("room", "fits"), [(-1, False), (0, True)])
def test_refuses_to_release_more_than_the_recipients_card_takes(
    assured: World, monkeypatch: pytest.MonkeyPatch, room: int, fits: bool
) -> None:
    node = assured[JPN]
    kept = node.draft([KOR])
    assert isinstance(kept, KeptDraft)
    known = View.card
    limits = (("parcel_bytes_max", kept.sealed.size + room),)
    monkeypatch.setattr(
        View, "card", lambda view, party: replace(known(view, party), limits=limits)
    )
    if fits:
        assert isinstance(run(release_draft(node.context, OFFICER, kept.number)), Entered)
        return
    with pytest.raises(StateError) as refused:
        run(release_draft(node.context, OFFICER, kept.number))
    assert refused.value.code == "item.too-large-for-partner"
