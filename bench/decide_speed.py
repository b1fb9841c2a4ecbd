# SPDX-License-Identifier: Apache-2.0
"""Decisions under the shipped file, beside a function written by hand for the same answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bench.decide_by_hand import decide_by_hand
from bench.measuring import Limits, Row, measure_beside
from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.instants import parse_date, parse_instant
from comity.decision.deciding import Decision, decide
from comity.decision.request import Actor, Assurance, Consent, Item, Request

_LIMITS = Limits(ratio_max=5)
_REPEATS = 1_000
_RECORDS = 64
_ADDED = range(101, 301)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, and whether it is allowed."""

    name: str
    request: Request
    allowed: bool


def main() -> list[Row]:
    """Measure each request apart, then one under a file that says much more of other acts."""
    agreement = read_agreement(template("gsomia-jpn-kor"))
    return [*(_row(agreement, each) for each in asked()), _flat(agreement)]


def asked() -> tuple[Asked, ...]:
    """Give the requests that are measured."""
    opening, release, forward = _opening(), _release(), _forward()
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
    )


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
    request = _opening()
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


def _asking(
    act: Callable[[Agreement, Request], Decision], agreement: Agreement, request: Request
) -> Callable[[], None]:
    def ask() -> None:
        for _ in range(_REPEATS):
            act(agreement, request)

    return ask


def _opening() -> Request:
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
    request = _opening()
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
    return replace(_opening(), action="third_party_release", recipient="USA", consents=(consent,))


def _many(release: Request) -> Request:
    """Let the assurance that covers the item be the last of many."""
    assert isinstance(release.assurances, tuple)
    passed = replace(release.assurances[0], until=parse_date("2016-12-02"))
    return replace(release, assurances=(*[passed] * (_RECORDS - 1), *release.assurances))
