# SPDX-License-Identifier: Apache-2.0
"""Firms, visits, translations and destruction for `decide_by_hand`, of the shipped file.

Each function gives the reasons why it may not be, and the facts that are missing to say so.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from bench.promises_by_hand import LEVELS, RANK, begun, given_before, passed, quoted
from comity.basis.instants import Date, Instant, format_instant
from comity.decision.request import MISSING, Firm, FirmCondition, Request, Visit

_LETTERS: Final = tuple("abcdefghijklmno")
_PARTIES: Final = ("JPN", "KOR")
_LANGUAGES: Final = ("en", "ja", "ko")
_MEANS: Final = (
    "burn",
    "shred",
    "pulp",
    "other",
    "equipment_destroy",
    "equipment_modify",
    "crypto_erase",
)

Said = tuple[list[str], list[str]]


def translated(request: Request) -> Said:
    """Say why the translation bears no note in its own language."""
    made = request.translation
    if made is MISSING:
        return [], ["translation"]
    if made is None or made.language is None:
        return ["the request names no translation"], []
    if made.language is MISSING:
        return [], ["translation.language"]
    if made.language not in _LANGUAGES:
        known = ", ".join(_LANGUAGES)
        return [f"there is no note in {quoted(made.language)}: {known}"], []
    if made.note is MISSING:
        return [], ["translation.note"]
    if made.note != made.language:
        why = f"the translation is in {quoted(made.language)}, its note in {quoted(made.note)}"
        return [why], []
    return [], []


def destroyed(request: Request) -> Said:
    """Say why it may not be destroyed so: another means, or one person alone."""
    reasons: list[str] = []
    missing: list[str] = []
    second = request.second_person
    if request.means is MISSING:
        missing.append("means")
    elif request.means not in _MEANS:
        known = ", ".join(_MEANS)
        reasons.append(f"the means {quoted(request.means)} is not among those allowed: {known}")
    if second is MISSING:
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


def rights(request: Request) -> Said:
    """Say why private rights are not known to be respected."""
    named, confirmed = request.item.rights, request.rights_confirmed
    if named == () or confirmed is True:
        return [], []
    if named is MISSING or confirmed is MISSING:
        return [], ["item.rights"] * (named is MISSING) + ["rights_confirmed"] * (
            confirmed is MISSING
        )
    known = ", ".join(named)
    return [f"nobody has confirmed that these rights are respected: {known}"], []


def firms(request: Request) -> Said:
    """Say what a firm, or one that it works for, does not meet now."""
    if request.firms is MISSING:
        return [], ["firms"]
    if not request.firms:
        return ["the request names no firm"], []
    reasons: list[str] = []
    missing: list[str] = []
    for index, firm in enumerate(request.firms):
        _firm(request, firm, f"firms[{index}]", reasons, missing)
    return (["; ".join(reasons)] if reasons else []), list(dict.fromkeys(missing))


def _firm(request: Request, firm: Firm, place: str, reasons: list[str], missing: list[str]) -> None:
    name = "a firm" if firm.id is MISSING or firm.id is None else f"firm '{firm.id}'"
    level, cleared, until = request.item.level, firm.clearance, firm.clearance_until
    if cleared is MISSING or level is MISSING:
        missing += [f"{place}.clearance"] * (cleared is MISSING)
        missing += ["item.level"] * (level is MISSING)
    elif RANK.get(cleared, -1) < RANK.get(level, 2):
        held, needed = quoted(cleared), quoted(level)
        reasons.append(f"the facility of {name} is cleared to {held}, not to {needed}")
    if until is MISSING:
        missing.append(f"{place}.clearance_until")
    elif until is not None:
        if request.at is MISSING:
            missing.append("at")
        elif passed(until, request.at):
            shown = _shown(until)
            reasons.append(f"the clearance of the facility of {name} expired on {shown}")
    if firm.conditions is MISSING:
        missing.append(f"{place}.conditions")
        return
    lacking: list[str] = []
    for letter in _LETTERS:
        asked = _met(request, firm.conditions, letter, place)
        if asked is None:
            lacking.append(f"({letter})")
        else:
            missing += asked
    if lacking:
        reasons.append(f"{name} does not meet: {', '.join(lacking)}")


def _met(
    request: Request, conditions: tuple[FirmCondition, ...], letter: str, place: str
) -> list[str] | None:
    """Give the facts that are missing to see a condition met; None: no evidence shows it."""
    asked: list[str] = []
    for index, each in enumerate(conditions):
        where, lacks = f"{place}.conditions[{index}]", []
        given, until = each.given_at, each.until
        if each.letter is MISSING:
            lacks.append(f"{where}.letter")
        elif each.letter != letter:
            continue
        if given is None:
            continue
        if given is MISSING:
            lacks.append(f"{where}.given_at")
        elif request.at is MISSING:
            lacks.append("at")
        elif not given_before(given, request.at):
            continue
        if until is MISSING:
            lacks.append(f"{where}.until")
        elif until is not None:
            if request.at is MISSING:
                lacks.append("at")
            elif passed(until, request.at):
                continue
        if not lacks:
            return []
        asked += lacks
    return asked or None


def visited(request: Request) -> Said:
    """Say why the visit is not granted as it should be."""
    visit = request.visit
    if visit is MISSING:
        return [], ["visit"]
    if visit is None:
        return ["the request names no visit"], []
    reasons: list[str] = []
    missing: list[str] = []
    _asked(visit, reasons, missing)
    _granted(visit, reasons, missing)
    if visit.level is MISSING:
        missing.append("visit.level")
    elif visit.level not in LEVELS:
        known = ", ".join(LEVELS)
        reasons.append(f"level {quoted(visit.level)} is not on the ladder: {known}")
    if visit.clearance is MISSING:
        missing.append("visit.clearance")
    elif (
        visit.level is not MISSING
        and visit.level in LEVELS
        and RANK.get(visit.clearance, -1) < RANK[visit.level]
    ):
        held, needed = quoted(visit.clearance), quoted(visit.level)
        reasons.append(f"the visitors' clearance {held} does not reach level {needed}")
    for fact, until in (
        ("visit.clearance_until", visit.clearance_until),
        ("visit.until", visit.until),
    ):
        if until is MISSING:
            missing.append(fact)
        elif until is not None:
            if request.at is MISSING:
                missing.append("at")
            elif passed(until, request.at):
                reasons.append(f"{fact} is past: {_shown(until)}")
    return (["; ".join(reasons)] if reasons else []), list(dict.fromkeys(missing))


def disclosed(request: Request) -> Said:
    """Say why a disclosure goes beyond the visit that the request names."""
    visit = request.visit
    if visit is MISSING or visit is None:
        return ["the request names no visit"], []
    reasons: list[str] = []
    missing: list[str] = []
    level, at = request.item.level, request.at
    _granted(visit, reasons, missing)
    _between(request, visit, reasons, missing)
    if visit.level is MISSING or level is MISSING:
        missing += ["visit.level"] * (visit.level is MISSING) + ["item.level"] * (level is MISSING)
    elif level not in LEVELS or RANK.get(visit.level, -1) < RANK[level]:
        shown, allowed = quoted(level), quoted(visit.level)
        reasons.append(f"level {shown} is above what may be shown on this visit: {allowed}")
    if visit.begins is MISSING:
        missing.append("visit.from")
    elif visit.begins is None:
        reasons.append("the visit has no beginning")
    elif at is MISSING:
        missing.append("at")
    elif not begun(visit.begins, at):
        reasons.append(f"the visit begins on {_shown(visit.begins)}")
    if visit.until is MISSING:
        missing.append("visit.until")
    elif visit.until is not None:
        if at is MISSING:
            missing.append("at")
        elif passed(visit.until, at):
            reasons.append(f"visit.until is past: {_shown(visit.until)}")
    return (["; ".join(reasons)] if reasons else []), list(dict.fromkeys(missing))


def _asked(visit: Visit, reasons: list[str], missing: list[str]) -> None:
    asked_by, host = visit.asked_by, visit.host
    if asked_by is MISSING or host is MISSING:
        missing += ["visit.asked_by"] * (asked_by is MISSING) + ["visit.host"] * (host is MISSING)
    elif asked_by not in _PARTIES or host not in _PARTIES:
        known = ", ".join(_PARTIES)
        reasons.append(
            f"the visit is asked by {quoted(asked_by)} of {quoted(host)}, the parties are: {known}"
        )
    elif asked_by == host:
        reasons.append(f"{quoted(host)} asks for a visit to itself")


def _between(request: Request, visit: Visit, reasons: list[str], missing: list[str]) -> None:
    to, host, asked_by = request.recipient, visit.host, visit.asked_by
    if to is None:
        return
    if to is MISSING or host is MISSING or asked_by is MISSING:
        missing += ["recipient"] * (to is MISSING) + ["visit.host"] * (host is MISSING)
        missing += ["visit.asked_by"] * (asked_by is MISSING)
    elif to not in (host, asked_by):
        sides = f"{quoted(asked_by)} to {quoted(host)}"
        reasons.append(f"on a visit of {sides} nothing is disclosed to {quoted(to)}")


def _granted(visit: Visit, reasons: list[str], missing: list[str]) -> None:
    granted_by, host = visit.granted_by, visit.host
    if granted_by is MISSING or host is MISSING:
        missing += ["visit.granted_by"] * (granted_by is MISSING)
        missing += ["visit.host"] * (host is MISSING)
    elif granted_by is None:
        reasons.append("the visit is not granted")
    elif granted_by != host:
        reasons.append(f"the visit is granted by {quoted(granted_by)}, the host is {quoted(host)}")


def _shown(time: Instant | Date) -> str:
    if isinstance(time, date):
        return time.isoformat()
    return format_instant(time).replace(".000Z", "Z")
