# SPDX-License-Identifier: Apache-2.0
"""Consents and assurances: does one of those on record cover this request?

Each is read by three values: an absent key of it is an unknown fact of it, and one that
fails by another key is passed over. Source: AGREEMENTS.md section 3 (conditions), section 4
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from comity.agreement.rules import RuleBook
from comity.decision.kleene import HOLDS, Outcome, every, fails, some, unknown
from comity.decision.request import (
    MISSING,
    Absent,
    Assurance,
    Consent,
    Flag,
    Request,
    Text,
    When,
    missing_of,
)
from comity.decision.times import has_come, has_passed
from comity.decision.wording import listed, quoted

Named = Literal["recipient", "holder"]

SYSTEM = "system:"
_PASSED_OVER = fails("")


@dataclass(frozen=True, slots=True)
class _Record:
    """One consent or assurance on record, by its place in the request.

    `by_item`: a consent has to name the item; MISSING: whether it has to is not known.
    """

    within: str
    index: int
    request: Request
    book: RuleBook
    by_item: Flag = False

    def lacks(self, key: str) -> Outcome:
        return unknown(f"{self.within}[{self.index}].{key}")


def is_consented(request: Request, to: Named, book: RuleBook, *, by_item: Flag = False) -> Outcome:
    """Ask whether every originator has consented beforehand; the recipient is not excepted.

    `by_item`: only consents that name the item count, and none for its category.
    Source: Japan-ROK GSOMIA Art. 6(a), 6(c); TISA 2014, paragraph 4
    """
    consents, originators = request.consents, request.item.originators
    asked = missing_of(("consents", consents), ("item.originators", originators))
    if to == "recipient":
        named = (("purpose", request.purpose), ("recipient", request.recipient))
        asked = (*asked, *missing_of(*named))
    if consents is MISSING:
        return unknown(*asked)
    if not consents and (to == "holder" or not asked):
        return fails("no consent is on record")
    parties = (MISSING,) if originators is MISSING else originators
    if not parties and not asked:
        return fails("the item names no originator")
    records = tuple(
        (each, _Record("consents", index, request, book, by_item))
        for index, each in enumerate(consents)
    )
    return _asking_for(asked, every(_consent_of(party, records, to=to) for party in parties))


def is_assured(request: Request, book: RuleBook) -> Outcome:
    """Ask whether the recipient has assured this item, for each name or for any person.

    Source: Japan-ROK GSOMIA Art. 7(5)
    """
    item, recipient, assurances = request.item, request.recipient, request.assurances
    named, level = item.named_for, item.level
    asked: tuple[str, ...] = ()
    if named is MISSING or level is MISSING or recipient is MISSING or assurances is MISSING:
        asked = missing_of(
            ("assurances", assurances),
            ("item.for", named),
            ("item.level", level),
            ("recipient", recipient),
        )
    elif level not in book.levels:
        return fails(f"level {quoted(level)} is not on the ladder: {listed(book.levels)}")
    if assurances is MISSING:
        return unknown(*asked)
    names = (None,) if named is MISSING else named or (None,)
    return _asking_for(
        asked, every(_assurance_for(name, assurances, request, book=book) for name in names)
    )


def is_system(name: str | None) -> bool:
    """Answer whether an assurance is for a channel's system, and so for no person or post."""
    return name is not None and name.startswith(SYSTEM)


def is_accredited(request: Request, book: RuleBook) -> Outcome:
    """Ask whether the recipient assures that its system for the channel is accredited now.

    Such an assurance names the system, as `system:node` does for the channel `node`.

    Source: Japan-ROK GSOMIA Art. 12(c)
    """
    assurances, channel = request.assurances, request.channel
    asked = missing_of(
        ("assurances", assurances), ("channel", channel), ("recipient", request.recipient)
    )
    if assurances is MISSING or channel is MISSING or asked:
        return unknown(*asked)
    system = SYSTEM + (channel or "")
    found = some(
        _whole(_accreditation(assurance, system, _Record("assurances", index, request, book)))
        for index, assurance in enumerate(assurances)
    )
    if found.truth is False:
        return fails(f"the recipient assures no accreditation of {quoted(system)} for this level")
    return found


def _asking_for(asked: tuple[str, ...], found: Outcome) -> Outcome:
    """Add what the records on hand ask for to what is missing anyway, so that all of it is said."""
    return unknown(*dict.fromkeys((*asked, *found.missing))) if asked else found


def _consent_of(
    party: str | Absent, records: tuple[tuple[Consent, _Record], ...], *, to: Named
) -> Outcome:
    found = some(_whole(_consent_covers(each, party, record, to=to)) for each, record in records)
    if found.truth is False and party is not MISSING:
        if any(record.by_item is True for _, record in records):
            return fails(f"no prior written consent of {quoted(party)} names this item")
        return fails(f"no prior written consent of {quoted(party)} covers this")
    return found


def _consent_covers(
    consent: Consent, party: str | Absent, record: _Record, *, to: Named
) -> Iterator[Outcome]:
    by = consent.by
    yield record.lacks("by") if by is MISSING else _by(by, party, "item.originators")
    yield _covers_item(consent, record)
    yield _names_recipient(consent, record, to=to)
    yield _same_purpose(consent, record)
    yield from _in_time(consent, record)


def _covers_item(consent: Consent, record: _Record) -> Outcome:
    item = record.request.item
    by_item = HOLDS
    if consent.items is MISSING:
        by_item = record.lacks("items")
    elif not consent.items:
        by_item = _PASSED_OVER
    elif item.id is MISSING:
        by_item = unknown("item.id")
    elif item.id not in consent.items:
        by_item = _PASSED_OVER
    if by_item.truth is True:
        return HOLDS
    return some((by_item, _covers_category(consent, record)))


def _covers_category(consent: Consent, record: _Record) -> Outcome:
    """Ask whether it is a consent for the item's category, where one of that kind may count."""
    if record.by_item is True:
        return _PASSED_OVER
    covered = _PASSED_OVER
    if consent.category is MISSING:
        covered = record.lacks("category")
    elif consent.category in record.book.categories:
        covered = _same(record.request.item.category, consent.category, "item.category")
    if covered.truth is False or record.by_item is False:
        return covered
    return unknown(*dict.fromkeys((*covered.missing, "item.id")))


def _names_recipient(consent: Consent, record: _Record, *, to: Named) -> Outcome:
    request = record.request
    if consent.recipient is MISSING:
        return record.lacks("recipient")
    if to == "recipient":
        return _same(request.recipient, consent.recipient, "recipient")
    if consent.recipient is None:
        return HOLDS
    if request.recipient is None:
        return _same(request.actor.party, consent.recipient, "actor.party")
    return _same(request.recipient, consent.recipient, "recipient")


def _same_purpose(consent: Consent, record: _Record) -> Outcome:
    if consent.purpose is MISSING:
        return record.lacks("purpose")
    return _same(record.request.purpose, consent.purpose, "purpose")


def _assurance_for(
    name: str | None, assurances: tuple[Assurance, ...], request: Request, *, book: RuleBook
) -> Outcome:
    found = some(
        _whole(_assurance_covers(assurance, name, _Record("assurances", index, request, book)))
        for index, assurance in enumerate(assurances)
    )
    if found.truth is False:
        whom = "" if name is None else f" for {quoted(name)}"
        return fails(f"the recipient has given no assurance that covers this item{whom}")
    return found


def _assurance_covers(assurance: Assurance, name: str | None, record: _Record) -> Iterator[Outcome]:
    by, named = assurance.by, assurance.named_for
    yield record.lacks("by") if by is MISSING else _by(by, record.request.recipient, "recipient")
    yield _reaches(assurance.level, record)
    yield _true(assurance.need, record, "need")
    yield _true(assurance.equivalent_protection, record, "equivalent_protection")
    yield from _in_time(assurance, record)
    if name is not None:
        yield record.lacks("for") if named is MISSING else _equal(named, name)


def _accreditation(assurance: Assurance, system: str, record: _Record) -> Iterator[Outcome]:
    by, named = assurance.by, assurance.named_for
    yield record.lacks("for") if named is MISSING else _equal(named, system)
    yield record.lacks("by") if by is MISSING else _by(by, record.request.recipient, "recipient")
    yield _reaches(assurance.level, record)
    yield from _in_time(assurance, record)


def _reaches(level: Text, record: _Record) -> Outcome:
    levels, needed = record.book.levels, record.request.item.level
    if level is MISSING:
        return record.lacks("level")
    if needed is MISSING:
        return unknown("item.level")
    if level not in levels or needed not in levels:
        return _PASSED_OVER
    return HOLDS if levels.index(level) <= levels.index(needed) else _PASSED_OVER


def _true(flag: Flag, record: _Record, key: str) -> Outcome:
    if flag is MISSING:
        return record.lacks(key)
    return HOLDS if flag is True else _PASSED_OVER


def _by(party: str | None, wanted: Text, fact: str) -> Outcome:
    """Compare who made the record with whom it is asked of, which may be a missing fact."""
    return unknown(fact) if wanted is MISSING else _equal(party, wanted)


def _same(value: Text, wanted: str | None, fact: str) -> Outcome:
    """Compare a fact of the request, which may be missing, with a word of the record."""
    return unknown(fact) if value is MISSING else _equal(value, wanted)


def _equal(value: str | None, wanted: str | None) -> Outcome:
    """Compare two words; none is never the same as anything."""
    return HOLDS if value is not None and value == wanted else _PASSED_OVER


def _in_time(promise: Consent | Assurance, record: _Record) -> Iterator[Outcome]:
    """Ask whether it was given before, and has not passed; known to have no end means none."""
    yield _given(promise.given_at, record)
    yield _still_holds(promise.until, record)


def _given(given_at: When, record: _Record) -> Outcome:
    at = record.request.at
    if given_at is MISSING:
        return record.lacks("given_at")
    if given_at is None:
        return _PASSED_OVER
    if at is MISSING:
        return unknown("at")
    return HOLDS if has_come(given_at, at, record.book.zone) else _PASSED_OVER


def _still_holds(until: When, record: _Record) -> Outcome:
    at = record.request.at
    if until is MISSING:
        return record.lacks("until")
    if until is None:
        return HOLDS
    if at is MISSING:
        return unknown("at")
    return _PASSED_OVER if has_passed(until, at, record.book.zone) else HOLDS


def _whole(parts: Iterable[Outcome]) -> Outcome:
    """Join the keys of one record; of a record that is passed over nothing more is asked."""
    missing: list[str] = []
    for part in parts:
        if part.truth is False:
            return _PASSED_OVER
        missing.extend(part.missing)
    return unknown(*dict.fromkeys(missing)) if missing else HOLDS
