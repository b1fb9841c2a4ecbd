# SPDX-License-Identifier: Apache-2.0
"""Consents and assurances for `decide_by_hand`: does one of those on record cover the act?

Each function gives the reasons why none does, and the facts that are missing to say so.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from comity.basis.instants import Date, Instant
from comity.decision.request import MISSING, Assurance, Consent, Request

LEVELS: Final = ("SECRET", "CONFIDENTIAL")
RANK: Final[dict[object, int]] = {"SECRET": 1, "CONFIDENTIAL": 0}
CATEGORIES: Final = (
    "missile-warning",
    "missile-activity",
    "nuclear-test",
    "assessment",
    "air",
    "maritime",
    "cyber",
)
_DAY_MS: Final = 86_400_000
_ZONE_MS: Final = 9 * 3_600_000
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()


def consented(request: Request, *, to_recipient: bool) -> tuple[list[str], list[str]]:
    """Say why the originators have not consented, to the recipient or to the holder."""
    consents, originators = request.consents, request.item.originators
    if consents is MISSING:
        return [], ["consents"] + ["item.originators"] * (originators is MISSING)
    if not consents:
        return ["no consent is on record"], []
    if originators is MISSING:
        lacks = ["item.originators"]
        for index, consent in enumerate(consents):
            lacks += _consent_lacks(consent, index, None, request, to_recipient=to_recipient) or []
        return [], list(dict.fromkeys(lacks))
    if not originators:
        return ["the item names no originator"], []
    reasons: list[str] = []
    missing: list[str] = []
    for party in originators:
        asked: list[str] = []
        for index, consent in enumerate(consents):
            lacking = _consent_lacks(consent, index, party, request, to_recipient=to_recipient)
            if lacking is None:
                continue
            if not lacking:
                break
            asked += lacking
        else:
            if not asked:
                reasons.append(f"no prior written consent of {quoted(party)} covers this")
            missing += asked
    return reasons, list(dict.fromkeys(missing))


def _consent_lacks(
    consent: Consent, index: int, party: str | None, request: Request, *, to_recipient: bool
) -> list[str] | None:
    """Give the facts that are missing for this consent to cover the act; None: it does not."""
    place, lacking = f"consents[{index}]", []
    if consent.by is MISSING:
        lacking.append(f"{place}.by")
    elif party is None:
        lacking.append("item.originators")
    elif consent.by != party:
        return None
    about = _about_item(consent, place, request)
    named = _names_recipient(consent, place, request, to_recipient=to_recipient)
    if about is None or named is None:
        return None
    lacking += about + named
    if consent.purpose is MISSING:
        lacking.append(f"{place}.purpose")
    elif request.purpose is MISSING:
        lacking.append("purpose")
    elif request.purpose is None or request.purpose != consent.purpose:
        return None
    in_time = _in_time(consent, place, request)
    return None if in_time is None else lacking + in_time


def _about_item(consent: Consent, place: str, request: Request) -> list[str] | None:
    items, category, item = consent.items, consent.category, request.item
    lacking: list[str] = []
    if items is MISSING:
        lacking.append(f"{place}.items")
    elif items and item.id is MISSING:
        lacking.append("item.id")
    elif items and item.id in items:
        return []
    if category is MISSING:
        lacking.append(f"{place}.category")
    elif category in CATEGORIES:
        if item.category is MISSING:
            lacking.append("item.category")
        elif item.category == category:
            return []
    return lacking or None


def _names_recipient(
    consent: Consent, place: str, request: Request, *, to_recipient: bool
) -> list[str] | None:
    recipient, named = request.recipient, consent.recipient
    if named is MISSING:
        return [f"{place}.recipient"]
    fact, value = "recipient", recipient
    if not to_recipient:
        if named is None:
            return []
        if recipient is None:
            fact, value = "actor.party", request.actor.party
    if value is MISSING:
        return [fact]
    return [] if value is not None and value == named else None


def assured(request: Request, level: object) -> tuple[list[str], list[str]]:
    """Say why the recipient has assured nothing that covers the item."""
    named, recipient = request.item.named_for, request.recipient
    assurances = request.assurances
    if named is MISSING or level is MISSING or recipient is MISSING or assurances is MISSING:
        asked = (
            ("assurances", assurances),
            ("item.for", named),
            ("item.level", level),
            ("recipient", recipient),
        )
        lacks = [fact for fact, value in asked if value is MISSING]
        names: tuple[str | None, ...] = (None,) if named is MISSING else named or (None,)
        if assurances is not MISSING:
            for name in names:
                lacks += _assured_for(name, assurances, request)[1]
        return [], list(dict.fromkeys(lacks))
    if level not in LEVELS:
        shown = "none" if level is None else f"'{level}'"
        return [f"level {shown} is not on the ladder: {', '.join(LEVELS)}"], []
    reasons: list[str] = []
    missing: list[str] = []
    for name in named or (None,):
        why, asked_for = _assured_for(name, assurances, request)
        reasons += why
        missing += asked_for
    return reasons, list(dict.fromkeys(missing))


def _assured_for(
    name: str | None, assurances: tuple[Assurance, ...], request: Request
) -> tuple[list[str], list[str]]:
    asked_for: list[str] = []
    for index, assurance in enumerate(assurances):
        lacking = _assurance_lacks(assurance, index, name, request)
        if lacking is None:
            continue
        if not lacking:
            return [], []
        asked_for += lacking
    if asked_for:
        return [], asked_for
    whom = "" if name is None else f" for {quoted(name)}"
    return [f"the recipient has given no assurance that covers this item{whom}"], []


def _assurance_lacks(
    assurance: Assurance, index: int, name: str | None, request: Request
) -> list[str] | None:
    """Give the facts that are missing for this assurance to cover the item; None: it does not."""
    place, lacking = f"assurances[{index}]", []
    if assurance.by is MISSING:
        lacking.append(f"{place}.by")
    elif request.recipient is MISSING:
        lacking.append("recipient")
    elif assurance.by is None or assurance.by != request.recipient:
        return None
    if assurance.level is MISSING:
        lacking.append(f"{place}.level")
    elif request.item.level is MISSING:
        lacking.append("item.level")
    elif RANK.get(assurance.level, -1) < RANK.get(request.item.level, 2):
        return None
    for fact, flag in (
        ("need", assurance.need),
        ("equivalent_protection", assurance.equivalent_protection),
    ):
        if flag is MISSING:
            lacking.append(f"{place}.{fact}")
        elif flag is not True:
            return None
    in_time = _in_time(assurance, place, request)
    if in_time is None:
        return None
    lacking += in_time
    if name is not None:
        if assurance.named_for is MISSING:
            lacking.append(f"{place}.for")
        elif assurance.named_for != name:
            return None
    return lacking


def _in_time(promise: Consent | Assurance, place: str, request: Request) -> list[str] | None:
    given, until, at = promise.given_at, promise.until, request.at
    lacking: list[str] = []
    if given is MISSING:
        lacking.append(f"{place}.given_at")
    elif given is None:
        return None
    elif at is MISSING:
        lacking.append("at")
    elif isinstance(given, date):
        if _day_of(at) <= given.toordinal():
            return None
    elif at < given:
        return None
    if until is MISSING:
        lacking.append(f"{place}.until")
    elif until is not None:
        if at is MISSING:
            lacking.append("at")
        elif passed(until, at):
            return None
    return lacking


def passed(until: Instant | Date, at: Instant) -> bool:
    """Say whether a day, or an instant, lies before `at`."""
    if isinstance(until, date):
        return _day_of(at) > until.toordinal()
    return at > until


def begun(begins: Instant | Date, at: Instant) -> bool:
    """Say whether what begins on a day, or at an instant, has begun."""
    if isinstance(begins, date):
        return _day_of(at) >= begins.toordinal()
    return at >= begins


def given_before(given: Instant | Date, at: Instant) -> bool:
    """Say whether what was given on a day, which counts from its end, or at an instant is prior."""
    if isinstance(given, date):
        return _day_of(at) > given.toordinal()
    return at >= given


def _day_of(at: Instant) -> int:
    return (at + _ZONE_MS) // _DAY_MS + _EPOCH_DAY


def not_in_scope(category: object) -> str:
    """Say that a category is none of the file."""
    return f"category {quoted(category)} is not in scope: {', '.join(CATEGORIES)}"


def quoted(value: object) -> str:
    """Show one word of the request, or that there is none."""
    return "none" if value is None else f"'{value}'"
