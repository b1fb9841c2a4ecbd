# SPDX-License-Identifier: Apache-2.0
"""Copies and derived items for `decide_by_hand`, of the shipped Japan-Korea file.

Each function gives the reasons why it may not be, and the facts that are missing to say so.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from bench.promises_by_hand import LEVELS, RANK, passed, quoted
from comity.decision.request import MISSING, Derived, Request

_LIMIT: Final = 3
_CARRIES: Final = ("level", "originator")


def copied(request: Request) -> tuple[list[str], list[str]]:
    """Say why no further copy may be made: too many, or one person alone at the top level."""
    copies, level, second = request.item.copies, request.item.level, request.second_person
    reasons: list[str] = []
    missing: list[str] = []
    if copies is MISSING:
        missing.append("item.copies")
    elif copies is not None and copies >= _LIMIT:
        reasons.append(f"there are {copies} copies, and there may be {_LIMIT}")
    if level is MISSING:
        missing.append("item.level")
    elif level == "CONFIDENTIAL":
        pass
    elif second is MISSING:
        missing.append("second_person")
    elif second is None or second.id is None:
        reasons.append("a second person is needed")
    elif second.id is MISSING:
        missing.append("second_person.id")
    elif request.actor.id is MISSING:
        missing.append("actor.id")
    elif second.id == request.actor.id:
        reasons.append("the second person is the first")
    return reasons, missing


def derived(request: Request) -> tuple[list[str], list[str]]:
    """Say why what is made does not inherit what it should."""
    made = request.derived
    if made is MISSING:
        return [], ["derived"]
    if made is None:
        return ["the request names nothing that is made from the item"], []
    reasons: list[str] = []
    missing: list[str] = []
    _level(request, made, reasons, missing)
    _lists(request, made, reasons, missing)
    _until(request, made, reasons, missing)
    if made.marked is MISSING:
        missing.append("derived.marked")
    elif lacking := [mark for mark in _CARRIES if mark not in made.marked]:
        reasons.append(f"what is made does not show: {', '.join(lacking)}")
    return (["; ".join(reasons)] if reasons else []), list(dict.fromkeys(missing))


def _level(request: Request, made: Derived, reasons: list[str], missing: list[str]) -> None:
    level = request.item.level
    if made.level is MISSING or level is MISSING:
        missing += ["derived.level"] * (made.level is MISSING) + ["item.level"] * (level is MISSING)
    elif level not in LEVELS or RANK.get(made.level, -1) < RANK[level]:
        reasons.append(
            f"level {quoted(made.level)} is lower than that of the item: {quoted(level)}"
        )


def _lists(request: Request, made: Derived, reasons: list[str], missing: list[str]) -> None:
    item = request.item
    if made.originators is MISSING or item.originators is MISSING:
        missing += ["derived.originators"] * (made.originators is MISSING)
        missing += ["item.originators"] * (item.originators is MISSING)
    elif lacking := [party for party in item.originators if party not in made.originators]:
        reasons.append(f"what is made does not name: {', '.join(lacking)}")
    if made.purposes is MISSING or item.purposes is MISSING:
        missing += ["derived.purposes"] * (made.purposes is MISSING)
        missing += ["item.purposes"] * (item.purposes is MISSING)
    elif further := [purpose for purpose in made.purposes if purpose not in item.purposes]:
        reasons.append(f"purposes beyond those of the item: {', '.join(further)}")


def _until(request: Request, made: Derived, reasons: list[str], missing: list[str]) -> None:
    limit, until = request.item.use_until, made.use_until
    if limit is None:
        return
    if until is MISSING or limit is MISSING:
        missing += ["derived.use_until"] * (until is MISSING)
        missing += ["item.use_until"] * (limit is MISSING)
        return
    if until is None:
        later = True
    elif isinstance(until, date):
        later = not isinstance(limit, date) or until > limit
    else:
        later = passed(limit, until)
    if later:
        reasons.append("what is made may be used longer than the item")
