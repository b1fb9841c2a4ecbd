# SPDX-License-Identifier: Apache-2.0
"""The main job, whole, on memory and on the real adapters: signed, assured, released, read."""

from comity.basis.ids import Place
from comity.decision.stages import Refused
from comity.flows.receipts import Opened
from comity.flows.speak import Entered
from tests.builders.world import JPN, KOR, TEXT, World


def test_an_item_is_released_carried_receipted_opened_and_acknowledged(two_nodes: World) -> None:
    world = two_nodes
    world.sign()
    world.kor.assure()
    world.carry(KOR, JPN)
    place = world.jpn.release(KOR).place
    taken = world.carry(JPN, KOR)
    assert (taken.entries, taken.parcels, taken.answered) == (1, 2, ())
    assert isinstance(world.kor.receipt(place), Entered)
    opened = world.kor.open(place)
    assert isinstance(opened, Opened)
    assert b"".join(opened.content) == TEXT
    assert opened.header is not None
    assert opened.header.title == "Launch"
    assert opened.banner.head[2:] == ("秘", "군사III급비밀")
    world.settle()
    assert world.equal()
    assert world.jpn.sizes() == world.kor.sizes()
    assert (place, KOR) in world.jpn.view().fold.state.receipts


def test_the_originator_reads_its_own_item_too(assured: World) -> None:
    place = assured.jpn.release(KOR).place
    assert assured.jpn.read(place) == TEXT


def test_nothing_is_released_before_the_recipient_has_assured(in_force: World) -> None:
    outcome = in_force.jpn.draft([KOR])
    assert isinstance(outcome, Refused)
    assert {each.article for each in outcome.findings} == {"7(5)"}
    assert in_force.jpn.acts()[-1] == ("release", "refused")
    assert Place(JPN, in_force.jpn.sizes()[JPN]) not in in_force.jpn.view().fold.state.items
