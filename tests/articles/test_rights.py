# SPDX-License-Identifier: Apache-2.0
"""Private rights in an item are respected, row G6d: they are shown, inherited, and confirmed.

A firm gets an item with patents, copyrights or trade secrets in it only where somebody confirms
that they are respected; of an item without any nobody is asked.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.agreement.acts import PrivateRight
from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, PartyId, Place
from comity.flows.at_firms import Given
from comity.flows.drafts import ItemDraft, KeptDraft, draft_item
from comity.flows.facts import item_fact
from comity.flows.keeping.making_from import derive_item
from comity.flows.listing import ItemRow, show_item
from comity.flows.passing.onward import PassedOn
from comity.flows.previews import PreviewedDraft, preview_content
from comity.flows.receipts import Opened
from comity.flows.release import release_draft
from comity.flows.release_now import release_now
from comity.flows.shapes import item_json
from comity.flows.speak import Entered
from comity.sealing.payload import PayloadHeader
from tests.articles.test_contractors import FIRM, PLANT, assures, gives, whys
from tests.builders.pacts import KOR_USA, Story
from tests.builders.world import (
    DRAFTER,
    GSOMIA,
    JPN,
    KOR,
    OFFICER,
    READER,
    USA,
    Node,
    World,
    entered,
    run,
)

RIGHTS = (PrivateRight.PATENT, PrivateRight.TRADE_SECRET)
LINE = "PRIVATE RIGHTS: patent, trade secret"


@pytest.fixture
def flagged(released: World) -> tuple[World, Place]:
    """Give an item of Japan's with private rights in it, of which Korea has given its receipt."""
    place = released.jpn.release(KOR, rights=RIGHTS).place
    released.settle()
    assert isinstance(released.kor.receipt(place), Entered)
    released.settle(1)
    return released, place


def rights_of(node: Node, place: Place, agreement: AgreementId = GSOMIA) -> tuple[str, ...]:
    return node.view(agreement).item(place).release.rights


@pytest.mark.row("G6d")
def test_g6d_an_item_with_private_rights_goes_to_a_firm_only_with_their_respect_confirmed(
    flagged: tuple[World, Place],
) -> None:
    world, item = flagged
    assures(world.kor)
    refused = whys(gives(world.kor, item, rights_confirmed=False))
    assert refused.startswith("6(d): nobody has confirmed that these rights are respected")
    assert all(each in refused for each in RIGHTS)
    assert world.kor.acts()[-1] == ("contractor_release", "refused")
    given = gives(world.kor, item, rights_confirmed=True)
    assert given == Given(GSOMIA, item, FIRM, PLANT, ("16", "16(g)", "6(d)"))


@pytest.mark.row("G6d")
def test_g6d_an_item_without_private_rights_needs_no_confirmation(
    released: World, items: dict[PartyId, Place]
) -> None:
    node, item = released.kor, items[JPN]
    released.kor.receipt(item)
    assures(node)
    view = node.view()
    assert item_fact(view, view.item(item), view.moment(node.context)).rights == ()
    assert "rights" not in view.item(item).release.to_json()
    assert isinstance(gives(node, item, rights_confirmed=False), Given)


@pytest.mark.row("G6d")
def test_g6d_private_rights_are_shown_wherever_the_item_is(flagged: tuple[World, Place]) -> None:
    world, item = flagged
    opened = world.kor.open(item)
    assert isinstance(opened, Opened)
    assert LINE in opened.banner.head
    assert LINE in opened.banner.foot
    row = run(show_item(world.kor.context, GSOMIA, item, READER))
    assert isinstance(row, ItemRow)
    assert item_json(GSOMIA, row)["rights"] == ["patent", "trade_secret"]
    kept = world.jpn.draft([KOR], rights=RIGHTS)
    assert isinstance(kept, KeptDraft)
    previewed = run(preview_content(world.jpn.context, DRAFTER, kept.number))
    assert isinstance(previewed, PreviewedDraft)
    assert LINE in previewed.banner.head
    assert world.equal()


@pytest.mark.row("G6d")
def test_g6d_who_holds_the_rights_is_sealed_and_shown_to_who_opens_it(
    flagged: tuple[World, Place],
) -> None:
    world, _ = flagged
    header = PayloadHeader("Radar", "text/plain", rights_of="Radar Works, Ltd.")
    draft = ItemDraft(
        GSOMIA, (KOR,), "秘", "missile-warning", "document", ("warning",), rights=RIGHTS
    )
    kept = run(draft_item(world.jpn.context, DRAFTER, draft, header, [b"its range"]))
    assert isinstance(kept, KeptDraft), kept
    released = entered(run(release_draft(world.jpn.context, OFFICER, kept.number)))
    assert b"Radar" not in released.statement.raw
    world.settle()
    world.kor.receipt(released.place)
    opened = world.kor.open(released.place)
    assert isinstance(opened, Opened)
    b"".join(opened.content)
    assert opened.header == header
    lacking = replace(draft, rights=())
    with pytest.raises(InputError) as alone:
        run(draft_item(world.jpn.context, DRAFTER, lacking, header, [b"its range"]))
    assert alone.value.code == "item.holder-without-right"
    with pytest.raises(InputError) as at_once:
        run(release_now(world.jpn.context, OFFICER, lacking, header, b"its range"))
    assert at_once.value.code == "item.holder-without-right"


@pytest.mark.row("G6d", "G4.3")
def test_g6d_what_is_made_from_an_item_bears_its_private_rights_and_its_own(
    flagged: tuple[World, Place],
) -> None:
    world, item = flagged
    own = (PrivateRight.COPYRIGHT,)
    made = ItemDraft(
        GSOMIA, (JPN,), "", "missile-warning", "document", (), derived_from=(item,), rights=own
    )
    header = PayloadHeader("Summary", "text/plain")
    kept = run(derive_item(world.kor.context, DRAFTER, made, header, [b"two launches"]))
    assert isinstance(kept, KeptDraft), kept
    assert kept.item.rights == (*own, *RIGHTS)
    line = world.kor.journal()[-1]
    assert (line["act"], line["details"]["derived_from"]) == ("item.draft", [str(item)])


@pytest.mark.row("G6d")
def test_g6d_what_is_passed_on_bears_its_private_rights_there_too(story: Story) -> None:
    item = story.give(rights=RIGHTS)
    story.consent(item)
    passed = story.pass_on(item)
    assert isinstance(passed, PassedOn), passed
    assert passed.release.party == USA
    assert rights_of(story.usa, passed.release, KOR_USA) == RIGHTS
