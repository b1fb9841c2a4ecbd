# SPDX-License-Identifier: Apache-2.0
"""Conditions on what is done with a held item: copies, derived items, translations, two persons.

Source: AGREEMENTS.md section 3 (derived, copies, translation, destruction)
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from comity.agreement.rules import (
    FewerCopies,
    Inherits,
    NotedInLanguage,
    RuleBook,
    TwoPersons,
)
from comity.basis.instants import Date, Instant
from comity.decision.kleene import HOLDS, Outcome, every, fails, unknown
from comity.decision.request import MISSING, Absent, Derived, Item, Request, missing_of
from comity.decision.times import has_passed
from comity.decision.wording import listed, quoted


def fewer_copies(condition: FewerCopies, request: Request, _book: RuleBook) -> Outcome:
    """Ask whether one more copy stays within the limit.

    Source: Japan-ROK GSOMIA Art. 14
    """
    copies = request.item.copies
    if copies is MISSING:
        return unknown("item.copies")
    if (copies or 0) < condition.limit:
        return HOLDS
    return fails(f"there are {copies} copies, and there may be {condition.limit}")


def two_persons(condition: TwoPersons, request: Request, book: RuleBook) -> Outcome:
    """Ask whether another person takes part, where the level asks for one."""
    if condition.from_level is not None:
        level, levels = request.item.level, book.levels
        if level is MISSING:
            return unknown("item.level")
        if level in levels[levels.index(condition.from_level) + 1 :]:
            return HOLDS
    second, first = request.second_person, request.actor.id
    if second is MISSING:
        return unknown("second_person")
    if second is None or second.id is None:
        return fails("a second person is needed")
    if second.id is MISSING:
        return unknown("second_person.id")
    if first is MISSING:
        return unknown("actor.id")
    return fails("the second person is the first") if second.id == first else HOLDS


def noted_in_language(condition: NotedInLanguage, request: Request, _book: RuleBook) -> Outcome:
    """Ask whether the translation bears a note in its own language.

    Source: Japan-ROK GSOMIA Art. 15
    """
    translation, languages = request.translation, condition.languages
    if translation is MISSING:
        return unknown("translation")
    if translation is None or translation.language is None:
        return fails("the request names no translation")
    language, note = translation.language, translation.note
    if language is MISSING:
        return unknown("translation.language")
    if languages and language not in languages:
        return fails(f"there is no note in {quoted(language)}: {listed(languages)}")
    if note is MISSING:
        return unknown("translation.note")
    if note == language:
        return HOLDS
    return fails(f"the translation is in {quoted(language)}, its note in {quoted(note)}")


def inherits(condition: Inherits, request: Request, book: RuleBook) -> Outcome:
    """Ask whether what is made bears at least what it is made of.

    Source: Japan-ROK GSOMIA Art. 4(3)
    """
    derived = request.derived
    if derived is MISSING:
        return unknown("derived")
    if derived is None:
        return fails("the request names nothing that is made from the item")
    return every(_inherited(condition, derived, request.item, book))


def _inherited(
    condition: Inherits, derived: Derived, item: Item, book: RuleBook
) -> Iterator[Outcome]:
    for limit in condition.limits:
        match limit:
            case "level":
                yield _level(derived, item, book)
            case "originators":
                yield _names_all(item.originators, derived.originators)
            case "purposes":
                yield _no_further(derived.purposes, item.purposes)
            case "for":
                yield _no_others(derived.named_for, item.named_for)
            case _:
                yield _no_later(derived, item, book)
    marked = derived.marked
    if marked is MISSING:
        yield unknown("derived.marked")
        return
    lacking = [mark for mark in condition.carries if mark not in marked]
    yield fails(f"what is made does not show: {listed(lacking)}") if lacking else HOLDS


def _level(derived: Derived, item: Item, book: RuleBook) -> Outcome:
    made, source, levels = derived.level, item.level, book.levels
    if made is MISSING or source is MISSING:
        return unknown(*missing_of(("derived.level", made), ("item.level", source)))
    if made in levels and source in levels and levels.index(made) <= levels.index(source):
        return HOLDS
    return fails(f"level {quoted(made)} is lower than that of the item: {quoted(source)}")


def _names_all(originators: tuple[str, ...] | Absent, named: tuple[str, ...] | Absent) -> Outcome:
    if originators is MISSING or named is MISSING:
        return unknown(
            *missing_of(("derived.originators", named), ("item.originators", originators))
        )
    lacking = [party for party in originators if party not in named]
    return fails(f"what is made does not name: {listed(lacking)}") if lacking else HOLDS


def _no_further(made: tuple[str, ...] | Absent, allowed: tuple[str, ...] | Absent) -> Outcome:
    if made is MISSING or allowed is MISSING:
        return unknown(*missing_of(("derived.purposes", made), ("item.purposes", allowed)))
    further = [purpose for purpose in made if purpose not in allowed]
    return fails(f"purposes beyond those of the item: {listed(further)}") if further else HOLDS


def _no_others(made: tuple[str, ...] | Absent, named: tuple[str, ...] | Absent) -> Outcome:
    """Ask whether it is for none but those whom the item names, where it names any."""
    if named == ():
        return HOLDS
    if made is MISSING or named is MISSING:
        return unknown(*missing_of(("derived.for", made), ("item.for", named)))
    if not made:
        return fails(f"what is made is for anybody, the item for: {listed(named)}")
    others = [person for person in made if person not in named]
    if others:
        return fails(f"what is made is for others than the item is: {listed(others)}")
    return HOLDS


def _no_later(derived: Derived, item: Item, book: RuleBook) -> Outcome:
    made, limit = derived.use_until, item.use_until
    if limit is None:
        return HOLDS
    if made is MISSING or limit is MISSING:
        return unknown(*missing_of(("derived.use_until", made), ("item.use_until", limit)))
    if made is None or _is_later(made, limit, book):
        return fails("what is made may be used longer than the item")
    return HOLDS


def _is_later(made: Instant | Date, limit: Instant | Date, book: RuleBook) -> bool:
    """Answer whether one end lies after the other; a date against an instant counts as later."""
    if isinstance(made, date):
        return made > limit if isinstance(limit, date) else True
    return has_passed(limit, made, book.zone)
