# SPDX-License-Identifier: Apache-2.0
"""The circle of response teams on whole nodes: what team B was given, and who opens it there.

RED is for the persons named, AMBER+STRICT for those who need to know in the organisation that got
it, AMBER for such clients too. Every yes and every no cites the file's article.
Source: FIRST TLP 2.0, IEP 2.0
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from comity.agreement.templates import template
from comity.basis.errors import InputError, StateError
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.instants import DAY_MS, parse_date
from comity.config import TwoPersons
from comity.decision.people import Person, Role
from comity.decision.stages import Allowed, Refused
from comity.flows.drafts import ItemDraft, KeptDraft, draft_item, waiting_drafts
from comity.flows.duties.listing import list_duties
from comity.flows.exporting import Exported, ExportWish, Format, export_items
from comity.flows.keeping.making_from import derive_item
from comity.flows.people.register import change_person
from comity.flows.receipts import Opened, decide_on_item
from comity.flows.release import release_draft
from comity.flows.reviewing import review_item
from comity.flows.taking_stix import check_stix, draft_stix
from comity.formats import stix
from comity.sealing.payload import PayloadHeader
from comity.statement.information import ConsentGive
from comity.statement.treaty import AgreementSign
from tests.articles.keeping_worlds import engage
from tests.builders.foreign_formats import bundle, indicator
from tests.builders.pacts import pin_all
from tests.builders.world import (
    CLERK,
    DOMAINS,
    DRAFTER,
    MARKING,
    OFFICER,
    READER,
    REGISTRAR,
    TEXT,
    Node,
    World,
    config_of,
    entered,
    make_world,
    run,
)

CIRCLE = AgreementId("cert-circle")
A, B, BANK = (PartyId(each) for each in ("CERT-A", "CERT-B", "BANK-C"))
CLIENT, NEIGHBOUR = PersonId("client-of-b"), PersonId("community")
IDLE, IDLE_CLIENT = PersonId("idle"), PersonId("idle-client")
NEEDED = ("indicator",)
RED, STRICT, AMBER, GREEN = ("TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN")
EVERYBODY = {
    "named": READER,
    "colleague": CLERK,
    "without need": IDLE,
    "client": CLIENT,
    "client without need": IDLE_CLIENT,
    "community": NEIGHBOUR,
}
MAY_OPEN = {
    RED: {"named"},
    STRICT: {"named", "colleague"},
    AMBER: {"named", "colleague", "client"},
    GREEN: {
        "named",
        "colleague",
        "without need",
        "client",
        "client without need",
        "community",
    },
}


def _needing(person: Person) -> Person:
    return replace(person, need_to_know=NEEDED)


@pytest.fixture(scope="module")
def _circle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Let three teams sign the file that ships; team B has clients and a neighbour at its node."""
    with pytest.MonkeyPatch.context() as named:
        for party in (A, B, BANK):
            named.setitem(DOMAINS, party, f"{party.lower()}.example")
            named.setitem(MARKING, party, GREEN)
        with make_world(tmp_path_factory.mktemp("circle"), (A, B, BANK)) as world:
            for party, node in world.nodes.items():
                config = config_of(party, two_persons=TwoPersons())
                context = replace(node.context, config=config)
                world.nodes[party] = replace(node, context=context, agreement=CIRCLE)
            pin_all(world, CIRCLE, A, B, BANK)
            for node, person in itertools.product(world.nodes.values(), (READER, CLERK)):
                run(change_person(node.context, person, _needing, REGISTRAR))
            engage(world[B], IDLE, Role.READER)
            engage(world[B], CLIENT, Role.READER, kind="client", need_to_know=NEEDED)
            engage(world[B], IDLE_CLIENT, Role.READER, kind="client")
            engage(world[B], NEIGHBOUR, Role.READER, kind="community")
            world[A].propose(template(CIRCLE))
            world.settle(1)
            for node in world.nodes.values():
                node.declare(AgreementSign(""))
            world.settle()
            yield world


@pytest.fixture(scope="module")
def _shared(
    _circle: World, tmp_path_factory: pytest.TempPathFactory
) -> tuple[World, dict[str, Place]]:
    """Let team A give team B a note at each level; the RED one is for one reader alone."""
    world = _circle.copy(tmp_path_factory.mktemp("shared"))
    places = {
        level: world[A]
        .release(
            B,
            marking=level,
            category="indicator",
            purposes=("defence",),
            named_for=(READER,) if level == RED else (),
        )
        .place
        for level in MAY_OPEN
    }
    world.settle(3)
    return world, places


Shared = tuple[World, dict[str, Place]]


@pytest.fixture
def circle(_circle: World, tmp_path: Path) -> World:
    return _circle.copy(tmp_path / "world")


@pytest.fixture
def shared(_shared: Shared, tmp_path: Path) -> Shared:
    return _shared[0].copy(tmp_path / "world"), _shared[1]


def decided(node: Node, place: Place, person: PersonId) -> Allowed | Refused:
    return run(
        decide_on_item(node.context, CIRCLE, place, person, action="open", purpose="defence")
    )


@pytest.mark.parametrize("level", MAY_OPEN)
def test_each_person_at_the_recipients_node_opens_what_the_level_lets_and_no_more(
    shared: Shared, level: str
) -> None:
    world, places = shared
    node, place = world[B], places[level]
    for who, person in EVERYBODY.items():
        opened = node.open(place, person=person, purpose="defence")
        line = node.journal()[-1]
        if who in MAY_OPEN[level]:
            assert isinstance(opened, Opened), (level, who)
            assert b"".join(opened.content) == TEXT
            assert (line["act"], line["by"], line["outcome"]) == ("item.open", person, "done")
        else:
            assert isinstance(opened, Refused), (level, who)
            assert (line["by"], line["outcome"]) == (person, "refused")
        assert set(line["details"]["articles"]) == {"2"}
        cited = decided(node, place, person)
        rows = cited.articles if isinstance(cited, Allowed) else cited.findings
        assert {(row.article, row.clause) for row in rows} == {("2", "audience")}


def test_what_is_kept_inside_goes_to_no_other_member_of_the_circle(shared: Shared) -> None:
    """The bank hears that something was shared; it holds nothing, and is given nothing."""
    world, places = shared
    with pytest.raises(StateError):
        world[BANK].open(places[STRICT], purpose="defence")

    def may_pass(level: str) -> Allowed | Refused:
        return run(
            decide_on_item(
                world[B].context,
                CIRCLE,
                places[level],
                CLERK,
                action="third_party_release",
                purpose="defence",
                recipient=BANK,
                channel="courier",
            )
        )

    before = may_pass(STRICT)
    assert isinstance(before, Refused)
    assert {each.article for each in before.findings} == {"3"}
    given = ConsentGive(None, (places[STRICT],), None, BANK, "defence", None, "")
    world[A].promise(given)
    world.settle(1)
    after = may_pass(STRICT)
    assert isinstance(after, Allowed)
    assert {each.article for each in after.articles} == {"3"}
    assert isinstance(may_pass(AMBER), Refused)


def test_whom_a_red_note_names_is_known_by_id_alone(shared: Shared) -> None:
    """The client is let in by no role: neither drafting nor releasing shows what RED holds."""
    world, places = shared
    for person in (PersonId("officer"), PersonId("registrar"), PersonId("admin")):
        refused = world[B].open(places[RED], person=person, purpose="defence")
        assert isinstance(refused, Refused)
        assert "2" in {each.article for each in refused.findings}


def test_what_is_made_of_a_red_note_is_for_nobody_else(shared: Shared) -> None:
    """Whoever is named makes a note of it: for herself it may be, for a colleague or all never."""
    world, _ = shared
    node, purposes = world[B], ("defence",)
    note = (
        world[A]
        .release(
            B, marking=RED, category="indicator", purposes=purposes, named_for=(DRAFTER, READER)
        )
        .place
    )
    world.settle(2)
    node.receipt(note)

    def made(named: tuple[PersonId, ...]) -> KeptDraft | Refused:
        item = ItemDraft(
            CIRCLE,
            to=(A,),
            marking=RED,
            category="indicator",
            form="document",
            purposes=purposes,
            named_for=named,
            derived_from=(note,),
        )
        header = PayloadHeader("Summary", "text/plain")
        return run(derive_item(node.context, DRAFTER, item, header, [TEXT]))

    refused = made((CLERK,))
    assert isinstance(refused, Refused)
    assert [(each.article, "for others" in each.why) for each in refused.findings] == [("3", True)]
    for named in ((), (READER,), (DRAFTER, READER)):
        assert isinstance(made(named), KeptDraft)


def test_what_has_reached_its_end_of_use_is_to_be_destroyed_within_seven_days(
    shared: Shared,
) -> None:
    world, _ = shared
    wish = {"marking": GREEN, "category": "indicator", "purposes": ("defence",)}
    limited = world[A].release(B, **wish, use_until=parse_date("2016-12-31")).place
    endless = world[A].release(B, **wish).place
    world.settle(2)

    def owed(node: Node) -> list[tuple[str, str, str, Place | None]]:
        found = run(list_duties(node.context, CIRCLE, live=True)).duties
        ends = (each for each in found if each.owes == "item.destroyed")
        return [(each.article, each.owed_by, each.state.value, each.about) for each in ends]

    for days, state in ((0, "open"), (44, "open"), (2, "late")):
        world.move(days * DAY_MS)
        for party in (A, B):
            assert owed(world[party]) == [("6", B, state, limited)], (days, party, endless)


def test_what_is_needed_no_longer_is_to_be_destroyed_where_the_file_lets_nothing_else(
    shared: Shared,
) -> None:
    """The end of use is a duty here already, and comes up no second time as a review."""
    world, _ = shared
    wish = {"marking": GREEN, "category": "indicator", "purposes": ("defence",)}
    limited = world[A].release(B, **wish, use_until=parse_date("2016-12-31")).place
    endless = world[A].release(B, **wish).place
    world.settle(2)
    for place in (limited, endless):
        assert not isinstance(world[B].receipt(place), Refused)

    def coming() -> list[tuple[str, Place | None]]:
        found = run(list_duties(world[B].context, CIRCLE, live=True)).coming
        return [(each.what, each.about) for each in found if each.about in (limited, endless)]

    world.move(30 * DAY_MS)
    assert coming() == []
    ended = run(review_item(world[B].context, CIRCLE, endless, REGISTRAR, None))
    assert not isinstance(ended, Refused)
    assert coming() == [("need.destroy", endless)]


def give_bundle(world: World, marking: str, *marked: str) -> Place:
    """Let team A give team B a bundle whose objects are marked so, as an item of a marking."""
    raw = bundle(*(indicator(at, each) for at, each in enumerate(marked)))
    item = ItemDraft(CIRCLE, (B,), marking, "indicator", "document", ("defence",))
    header = PayloadHeader("Indicators", stix.MEDIA_TYPE)
    kept = run(draft_item(world[A].context, DRAFTER, item, header, [raw]))
    assert isinstance(kept, KeptDraft), kept
    place = entered(run(release_draft(world[A].context, OFFICER, kept.number))).place
    world.settle(3)
    return place


@pytest.mark.parametrize(
    ("marking", "marked", "out"),
    [
        (AMBER, (GREEN, AMBER), (GREEN, AMBER)),
        (STRICT, (GREEN, AMBER), (STRICT, STRICT)),
        (GREEN, (AMBER, GREEN), (AMBER, GREEN)),
    ],
)
def test_a_bundle_goes_out_marked_no_lower_than_its_item(
    circle: World, marking: str, marked: tuple[str, ...], out: tuple[str, ...]
) -> None:
    place = give_bundle(circle, marking, *marked)
    wish = ExportWish(Format.STIX, "defence")
    found = run(export_items(circle[B].context, CIRCLE, (place,), READER, wish))
    assert isinstance(found, Exported), found
    assert tuple(each.tlp for each in stix.parse_stix(found.raw).objects) == out


def test_a_bundle_goes_out_to_nobody_who_may_not_open_it(circle: World) -> None:
    place = give_bundle(circle, STRICT, STRICT)
    wish = ExportWish(Format.STIX, "defence")
    found = run(export_items(circle[B].context, CIRCLE, (place,), CLIENT, wish))
    assert isinstance(found, Refused)
    assert {each.article for each in found.findings} == {"2"}


def take_in(node: Node, raw: bytes, *named: PersonId) -> KeptDraft | Refused:
    item = ItemDraft(CIRCLE, (B,), "", "indicator", "document", ("defence",), named)
    return run(draft_stix(node.context, DRAFTER, item, raw, title="Indicators"))


@pytest.mark.parametrize(
    ("marked", "whole"), [((GREEN, AMBER), AMBER), ((STRICT, AMBER), STRICT), ((GREEN,), GREEN)]
)
def test_a_bundle_that_is_taken_in_waits_under_its_strictest_marking_and_says_nothing(
    circle: World, marked: tuple[str, ...], whole: str
) -> None:
    before = circle[A].sizes()
    raw = bundle(*(indicator(at, each) for at, each in enumerate(marked)))
    kept = take_in(circle[A], raw)
    assert isinstance(kept, KeptDraft)
    assert (kept.item.marking, kept.level, kept.drafted_by) == (whole, whole, DRAFTER)
    assert circle[A].sizes() == before, "nothing is released by taking it in"
    place = entered(run(release_draft(circle[A].context, OFFICER, kept.number))).place
    circle.settle(3)
    opened = circle[B].open(place, person=READER, purpose="defence")
    assert isinstance(opened, Opened)
    assert b"".join(opened.content) == raw, "it is sealed as it came"


def test_a_bundle_for_named_persons_names_them_or_stays_out(circle: World) -> None:
    raw = bundle(indicator(1, RED), indicator(2, GREEN))
    kept = take_in(circle[A], raw, READER)
    assert isinstance(kept, KeptDraft)
    assert kept.level == RED


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (bundle(indicator(1, GREEN))[:-3], "basis.json-syntax"),
        (bundle(indicator(1, GREEN, AMBER)), "formats.stix-tlp"),
        (b"{}", "basis.missing-field"),
    ],
)
def test_what_is_no_bundle_is_not_taken_in(circle: World, raw: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        take_in(circle[A], raw)
    assert caught.value.code == code
    assert not run(waiting_drafts(circle[A].context))


@pytest.mark.parametrize("marking", MAY_OPEN)
def test_a_bundle_that_a_person_marks_is_marked_as_its_strictest_object(marking: str) -> None:
    raw = bundle(indicator(1, GREEN), indicator(2, AMBER))
    if marking == AMBER:
        check_stix(raw, marking)
        return
    with pytest.raises(InputError) as caught:
        check_stix(raw, marking)
    assert (caught.value.code, caught.value.expected) == ("item.other-tlp", AMBER)
