# SPDX-License-Identifier: Apache-2.0
"""One condition asks at least what another asks: a stricter value does, a looser one does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.agreement.circles import WORDS
from comity.agreement.implying import implies
from comity.agreement.reading import read_agreement
from comity.agreement.rules import (
    Accredited,
    Among,
    AnyOf,
    Assured,
    BelowLevel,
    ByChannel,
    Condition,
    Consented,
    FewerCopies,
    FirmsAssured,
    HoldsAll,
    InCircle,
    Inherits,
    Never,
    NotedInLanguage,
    NotSuspended,
    OffsetDue,
    OneOf,
    OrderBetween,
    OrderListed,
    OrderNotExcluded,
    OrderRow,
    OrderShows,
    PersonsApart,
    RightsConfirmed,
    SettledBy,
    ThroughHub,
    TwoPersons,
    UpToLevel,
    VisitGranted,
    WithinVisit,
)
from comity.agreement.templates import template
from comity.basis.instants import Date, Duration, DurationUnit
from comity.decision.circles import in_circle
from comity.decision.kleene import HOLDS
from comity.decision.request import Actor, Item, Request

BOOK = read_agreement(template("cert-circle")).rules
LEVELS = ("HIGH", "MID", "LOW")
MONTH = Duration(1, DurationUnit.MONTHS)
DAYS_10, DAYS_20 = Duration(10, DurationUnit.DAYS), Duration(20, DurationUnit.DAYS)
PARTY = OneOf("actor.party", ("A", "B"), "")
CHANNEL = ByChannel(("node", "fax"), ("node",), "MID")
CIRCLE = InCircle((("HIGH", "organisation"), ("LOW", "community")), ("A", "B"))
VISIT = VisitGranted(("A", "B"), DAYS_10)
SHOWS = OrderShows(("charter", "method"))
ROW = OrderRow(("A",), ("fuel", "food"), ("exercise",), Date(2004, 1, 1), Date(2016, 1, 1))
NARROW = replace(ROW, categories=("fuel",), since=Date(2005, 1, 1), until=Date(2006, 1, 1))
WIDE = (
    replace(ROW, providers=()),
    replace(ROW, categories=("fuel", "water")),
    replace(ROW, activities=()),
    replace(ROW, since=Date(2003, 12, 31)),
    replace(ROW, since=None),
    replace(ROW, until=Date(2016, 1, 2)),
    replace(ROW, until=None),
)

# What is loose, what is stricter than it, what is not.
CASES: list[tuple[Condition, list[Condition], list[Condition]]] = [
    (
        OrderBetween(("A", "B"), ("requester", "provider")),
        [OrderBetween(("A", "B"), ("provider",))],
        [OrderBetween(("A", "B", "C"), ("provider",)), PersonsApart()],
    ),
    (
        OrderListed((ROW,)),
        [OrderListed((NARROW,)), OrderListed((NARROW, ROW)), OrderListed(())],
        [OrderListed((NARROW, OrderRow())), *(OrderListed((row,)) for row in WIDE)],
    ),
    (OrderListed((OrderRow(), ROW)), [OrderListed((each,)) for each in WIDE], [SHOWS]),
    (
        OrderNotExcluded((ROW,)),
        [
            OrderNotExcluded((OrderRow(),)),
            *(OrderNotExcluded((row,)) for row in WIDE if row != WIDE[1]),
        ],
        [OrderNotExcluded((NARROW,)), OrderNotExcluded(()), OrderListed((ROW,))],
    ),
    (SHOWS, [OrderShows(("charter", "method", "elements"))], [OrderShows(("charter",))]),
    (
        SettledBy(("return", "cash"), ("cash",), in_order=False),
        [SettledBy(("cash",), ("cash",), in_order=True)],
        [
            SettledBy(("return", "equal_value"), ("cash",), in_order=True),
            SettledBy(("return",), ("cash", "equal_value"), in_order=True),
        ],
    ),
    (
        SettledBy(("cash",), ("cash",), in_order=True),
        [],
        [SettledBy(("cash",), ("cash",), in_order=False)],
    ),
    (
        OffsetDue(DAYS_10, approved=False),
        [OffsetDue(DAYS_20, approved=False), OffsetDue(DAYS_10, approved=True)],
        [OffsetDue(None, approved=True), OffsetDue(MONTH, approved=True)],
    ),
    (
        OffsetDue(None, approved=True),
        [OffsetDue(MONTH, approved=True)],
        [OffsetDue(MONTH, approved=False)],
    ),
    (
        PARTY,
        [OneOf("actor.party", ("A",), ""), Never("")],
        [OneOf("actor.party", ("A", "C"), ""), OneOf("recipient", ("A",), ""), Assured()],
    ),
    (
        HoldsAll("item.marked", ("level",), ""),
        [HoldsAll("item.marked", ("level", "originator"), "")],
        [HoldsAll("item.marked", ("originator",), ""), HoldsAll("item.for", ("level",), "")],
    ),
    (
        UpToLevel("item.level", "MID", ""),
        [UpToLevel("item.level", "LOW", "")],
        [UpToLevel("item.level", "HIGH", ""), UpToLevel("actor.clearance", "LOW", "")],
    ),
    (
        BelowLevel("item.level", "MID", ""),
        [BelowLevel("item.level", "LOW", "")],
        [
            BelowLevel("item.level", "HIGH", ""),
            BelowLevel("item.level", "OTHER", ""),
            BelowLevel("actor.clearance", "LOW", ""),
        ],
    ),
    (
        CHANNEL,
        [replace(CHANNEL, allowed=("node",)), replace(CHANNEL, encrypted_from="LOW")],
        [
            replace(CHANNEL, allowed=("node", "mail")),
            replace(CHANNEL, encrypted=("node", "fax")),
            replace(CHANNEL, encrypted_from="HIGH"),
            replace(CHANNEL, encrypted_from=None),
        ],
    ),
    (replace(CHANNEL, encrypted_from=None), [CHANNEL], []),
    (NotSuspended(("x",)), [NotSuspended(("x", "y"))], [NotSuspended(("y",))]),
    (
        ThroughHub("C", by_consent=False),
        [ThroughHub("C", by_consent=True)],
        [ThroughHub("D", by_consent=True)],
    ),
    (ThroughHub("C", by_consent=True), [], [ThroughHub("C", by_consent=False)]),
    (
        Accredited("MID"),
        [Accredited("LOW"), Accredited("MID", ())],
        [Accredited("HIGH"), Accredited("LOW", ("courier", "fax"))],
    ),
    (
        Inherits(("level",), ("level",)),
        [Inherits(("level", "purposes"), ("level", "originator"))],
        [Inherits(("purposes",), ("level",)), Inherits(("level",), ())],
    ),
    (FewerCopies(3), [FewerCopies(2)], [FewerCopies(4)]),
    (TwoPersons("MID"), [TwoPersons(None), TwoPersons("LOW")], [TwoPersons("HIGH")]),
    (TwoPersons(None), [], [TwoPersons("LOW")]),
    (NotedInLanguage(()), [NotedInLanguage(("ja",))], []),
    (
        NotedInLanguage(("ja", "ko")),
        [NotedInLanguage(("ko",))],
        [NotedInLanguage(()), NotedInLanguage(("ko", "fr"))],
    ),
    (
        FirmsAssured(("a",), cleared=False),
        [FirmsAssured(("a", "b"), cleared=True)],
        [FirmsAssured(("b",), cleared=True)],
    ),
    (FirmsAssured(("a",), cleared=True), [], [FirmsAssured(("a",), cleared=False)]),
    (
        VISIT,
        [replace(VISIT, lead_time=DAYS_20), replace(VISIT, parties=("A",))],
        [
            replace(VISIT, lead_time=None),
            replace(VISIT, lead_time=MONTH),
            replace(VISIT, parties=("A", "C")),
        ],
    ),
    (replace(VISIT, lead_time=DAYS_20), [], [VISIT]),
    (replace(VISIT, lead_time=None), [VISIT], []),
    (
        CIRCLE,
        [
            replace(CIRCLE, circles=(("HIGH", "organisation"), ("LOW", "organisation"))),
            replace(CIRCLE, parties=("A",)),
        ],
        [
            replace(CIRCLE, circles=(("HIGH", "community"),)),
            replace(CIRCLE, circles=(("MID", "organisation"),)),
            replace(CIRCLE, parties=("A", "C")),
        ],
    ),
    (
        AnyOf((PARTY, Assured())),
        [Assured(), OneOf("actor.party", ("B",), ""), AnyOf((Assured(), Never("")))],
        [Consented("holder"), AnyOf((Assured(), Consented("holder")))],
    ),
    (Consented("recipient"), [], [Consented("holder"), RightsConfirmed()]),
    (WithinVisit(required=True), [], [WithinVisit(required=False)]),
    (
        Among("actor.party", "item.originators", "x"),
        [Among("actor.party", "item.originators", "x")],
        [Among("recipient", "item.originators", "x")],
    ),
]


@pytest.mark.parametrize(("loose", "stricter", "other"), CASES)
def test_what_is_stricter_implies_and_what_is_not_does_not(
    loose: Condition, stricter: list[Condition], other: list[Condition]
) -> None:
    assert implies(loose, loose, LEVELS)
    assert [each for each in stricter if not implies(each, loose, LEVELS)] == []
    assert [each for each in other if implies(each, loose, LEVELS)] == []


@pytest.mark.parametrize("strict", WORDS)
@pytest.mark.parametrize("loose", WORDS)
def test_one_circle_asks_what_another_asks_where_all_of_its_persons_are_in_it(
    strict: str, loose: str
) -> None:
    inner, outer = (InCircle((("HIGH", word),), ("A",)) for word in (strict, loose))
    kinds = ("official", "client", "community", "contractor")
    who = [
        Request(
            actor=Actor(party="A", id=person, kind=kind, need_to_know=needed),
            item=Item(level="HIGH", category="x", named_for=("ana",)),
        )
        for person in ("ana", "bo")
        for kind in kinds
        for needed in ((), ("x",))
    ]
    inside = [each for each in who if in_circle(inner, each, BOOK) == HOLDS]
    within = all(in_circle(outer, each, BOOK) == HOLDS for each in inside)
    assert implies(inner, outer, LEVELS) is within
