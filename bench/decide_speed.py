# SPDX-License-Identifier: Apache-2.0
"""Decisions under the shipped file, beside a function written by hand for the same answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bench.decide_by_hand import decide_by_hand
from bench.measuring import Limits, Row, Timing, measure_beside
from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.instants import parse_date, parse_instant
from comity.decision.deciding import Decision, decide
from comity.decision.request import (
    Actor,
    Assurance,
    Consent,
    Derived,
    Firm,
    FirmCondition,
    Item,
    Request,
    SecondPerson,
    Translation,
    Visit,
)

_LIMITS = Limits(ratio_max=5)
_REPEATS = 1_000
_RECORDS = 64
_ADDED = range(101, 301)
_AGREEMENTS = 1_000
_ID = 'id = "gsomia-jpn-kor"'


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, and whether it is allowed."""

    name: str
    request: Request
    allowed: bool


def main() -> list[Row]:
    """Measure each request apart, then one under a long file, and under many files."""
    agreement = read_agreement(template("gsomia-jpn-kor"))
    rows = [_row(agreement, each) for each in asked()]
    return [*rows, _flat(agreement), *_among_many(agreement)]


def asked() -> tuple[Asked, ...]:
    """Give the requests that are measured."""
    opening, release, forward = opening_request(), _release(), _forward()
    unfit = replace(opening.actor, clearance="CONFIDENTIAL", need_to_know=(), registered=False)
    return (
        Asked("open: allow", opening, True),
        Asked("open: deny, 4 findings", replace(opening, actor=unfit, purpose="study"), False),
        Asked("open: deny, nothing known", Request(at=opening.at, action="open"), False),
        Asked("release: allow", release, True),
        Asked(f"release: allow, {_RECORDS} assurances", _many(release), True),
        Asked(
            "release: deny, 4 findings",
            replace(release, agreement_state="terminated", channel="fax", assurances=()),
            False,
        ),
        Asked("third party: allow", forward, True),
        Asked("third party: deny", replace(forward, consents=()), False),
        Asked("reclassify: allow", replace(release, action="reclassify"), True),
        *_custody(),
    )


def _custody() -> tuple[Asked, ...]:
    """Give acts on a held item, on visits and on firms."""
    opening = replace(opening_request(), second_person=SecondPerson("kor-018", "official"))
    given = parse_instant("2016-12-01T00:00:00Z")
    met = tuple(FirmCondition(letter, given, None) for letter in "abcdefghijklmno")
    firm = Firm("firm-1", "SECRET", None, met)
    to_firm = replace(opening, action="contractor_release", firms=(firm,), rights_confirmed=True)
    lacking = replace(to_firm, firms=(replace(firm, conditions=met[:-1]),))
    visit = replace(opening, action="visit", visit=_visit())
    shown = replace(visit, action="disclose", item=replace(opening.item, originators=("KOR",)))
    too_high = (
        replace(visit.visit, level="CONFIDENTIAL") if isinstance(visit.visit, Visit) else None
    )
    burnt = replace(opening, action="destroy", means="burn")
    return (
        Asked("reproduce: allow", replace(opening, action="reproduce"), True),
        Asked("derive: allow", replace(opening, action="derive", derived=_derived()), True),
        Asked(
            "translate: allow",
            replace(opening, action="translate", translation=Translation("ko", "ko")),
            True,
        ),
        Asked("to a firm: allow, 15 conditions", to_firm, True),
        Asked("to a firm: deny, 14 of 15 conditions", lacking, False),
        Asked("visit: allow", visit, True),
        Asked("disclose: deny, above the visit's level", replace(shown, visit=too_high), False),
        Asked("return: allow", replace(opening, action="return"), True),
        Asked("destroy: allow", burnt, True),
        Asked("destroy: deny, one person", replace(burnt, second_person=None), False),
    )


def _visit() -> Visit:
    return Visit(
        host="KOR",
        asked_by="JPN",
        asked_at=parse_instant("2016-12-01T00:00:00Z"),
        granted_by="KOR",
        begins=parse_date("2016-12-16"),
        until=parse_date("2016-12-17"),
        level="SECRET",
        clearance="SECRET",
        clearance_until=parse_date("2017-12-31"),
    )


def _derived() -> Derived:
    return Derived("SECRET", ("JPN",), ("warning",), None, ("level", "originator"))


def many_agreements() -> dict[str, Agreement]:
    """Give a thousand agreements by their ids, each read from its own file."""
    text = template("gsomia-jpn-kor").decode()
    files = (text.replace(_ID, f'id = "pact-{number}"') for number in range(_AGREEMENTS))
    found = (read_agreement(file.encode()) for file in files)
    return {agreement.id: agreement for agreement in found}


def long_agreement() -> Agreement:
    """Give the shipped file with many more articles, none of which speaks of opening."""
    return read_agreement(template("gsomia-jpn-kor") + "".join(map(_article, _ADDED)).encode())


def _article(number: int) -> str:
    return f"""
[[article]]
number = "{number}"
title.en = "Added"
summary.en = "Added."
[article.reclassification]
by = "originator"
told = "promptly"
"""


def _row(agreement: Agreement, case: Asked) -> Row:
    taken, floor = measure_beside(
        _asking(decide, agreement, case.request), _asking(decide_by_hand, agreement, case.request)
    )
    return Row(
        name=f"decide {case.name}",
        taken=taken,
        floor=floor,
        amount=_REPEATS,
        unit="decisions",
        limits=_LIMITS,
    )


def _flat(agreement: Agreement) -> Row:
    request = opening_request()
    taken, floor = measure_beside(
        _asking(decide, long_agreement(), request), _asking(decide, agreement, request)
    )
    return Row(
        name=f"decide open: allow, {len(_ADDED)} more articles, beside the shipped file",
        taken=taken,
        floor=floor,
        amount=_REPEATS,
        unit="decisions",
        limits=Limits(ratio_max=1.2),
    )


def _among_many(agreement: Agreement) -> tuple[Row, Row]:
    """Ask under one of a thousand agreements, found by its id; then under each of them in turn.

    What is asked in turn is cold in the processor's caches each time, so it stands beside the
    function by hand, and what is asked under one of them beside the one alone.
    """
    request, every = opening_request(), many_agreements()
    ids = sorted(every)

    def ask_each() -> None:
        for id in ids:
            decide(every[id], request)

    def ask_one() -> None:
        for _ in ids:
            decide(every[ids[-1]], request)

    assert len(ids) == _REPEATS
    one = measure_beside(ask_one, _asking(decide, agreement, request))
    each = measure_beside(ask_each, _asking(decide_by_hand, agreement, request))
    name = f"decide open: allow, under one of {_AGREEMENTS:,} agreements, beside one alone"
    return (
        _many_row(name, one, Limits(ratio_max=1.2)),
        _many_row(f"decide open: allow, under each of {_AGREEMENTS:,} agreements", each, _LIMITS),
    )


def _many_row(name: str, measured: tuple[Timing, Timing | None], limits: Limits) -> Row:
    taken, floor = measured
    return Row(
        name=name, taken=taken, floor=floor, amount=_REPEATS, unit="decisions", limits=limits
    )


def _asking(
    act: Callable[[Agreement, Request], Decision], agreement: Agreement, request: Request
) -> Callable[[], None]:
    def ask() -> None:
        for _ in range(_REPEATS):
            act(agreement, request)

    return ask


def opening_request() -> Request:
    """Ask to open a held item, with every fact that an opening needs."""
    return Request(
        at=parse_instant("2016-12-16T03:00:00Z"),
        action="open",
        agreement_state="in_force",
        actor=Actor(
            party="KOR",
            id="kor-017",
            kind="official",
            clearance="SECRET",
            clearance_until=parse_date("2017-12-31"),
            need_to_know=("missile-warning",),
            facility="seoul-1",
            registered=True,
        ),
        item=Item(
            id="JPN/12",
            originators=("JPN",),
            level="SECRET",
            category="missile-warning",
            form="document",
            purposes=("warning",),
            named_for=(),
            marked=("level", "originator", "receiver_mark"),
            copies=1,
            use_until=None,
        ),
        purpose="warning",
        recipient=None,
        channel=None,
        consents=(),
        assurances=(),
        second_person=None,
    )


def _release() -> Request:
    given, until = parse_instant("2016-12-01T00:00:00Z"), parse_date("2017-12-31")
    request = opening_request()
    return replace(
        request,
        action="release",
        actor=replace(request.actor, party="JPN", id="jpn-003"),
        recipient="KOR",
        channel="courier",
        assurances=(Assurance("KOR", "SECRET", None, True, True, given, until),),
    )


def _forward() -> Request:
    given, until = parse_instant("2016-12-01T00:00:00Z"), parse_date("2017-12-31")
    consent = Consent("JPN", ("JPN/12",), None, "USA", "warning", given, until)
    return replace(
        opening_request(), action="third_party_release", recipient="USA", consents=(consent,)
    )


def _many(release: Request) -> Request:
    """Let the assurance that covers the item be the last of many."""
    assert isinstance(release.assurances, tuple)
    passed = replace(release.assurances[0], until=parse_date("2016-12-02"))
    return replace(release, assurances=(*[passed] * (_RECORDS - 1), *release.assurances))
