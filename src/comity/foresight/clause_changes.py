# SPDX-License-Identifier: Apache-2.0
"""Which clauses differ between two versions of an agreement, and in which keys.

What stands around the articles (parties, levels, markings, scope, life) is compared as clauses too,
by the name of its table. Titles and summaries decide nothing and are left out.
Source: AGREEMENTS.md section 6
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from comity.agreement.model import Agreement, Checklist, KeyValue, Rows, Words
from comity.agreement.rules import OrderRow, Term
from comity.basis.instants import Duration, format_date, format_zone
from comity.basis.strict_json import JsonValue
from comity.marking.equivalence import MarkEntry


class Change(StrEnum):
    """What became of a clause."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """A clause that differs: its article and kind, and its keys before and after.

    None stands for a key that is not there.
    """

    article: str
    clause: str
    change: Change
    keys: tuple[tuple[str, KeyValue | None, KeyValue | None], ...]


_Place = tuple[str, str, int]
_Keys = Mapping[str, KeyValue]


def changed_clauses(old: Agreement, new: Agreement) -> tuple[ClauseChange, ...]:
    """List the clauses that differ: what stands around the articles first, then by file order.

    A clause is the same one if article, paragraph and kind are, by its place among those alike.
    """
    before, after = dict(_clauses(old)), dict(_clauses(new))
    return tuple(
        change
        for place in dict.fromkeys((*before, *after))
        if (change := _change(place, before.get(place), after.get(place))) is not None
    )


def key_json(value: KeyValue | None) -> JsonValue:
    """Give a key's value as it stands in the file."""
    match value:
        case Duration():
            return str(value)
        case Term():
            return value.text
        case Words():
            return dict(value.texts)
        case Checklist():
            return {letter: dict(words.texts) for letter, words in value.points}
        case Rows():
            return [_row_json(row) for row in value.rows]
        case tuple():
            return list(value)
        case _:
            return value


def _row_json(row: OrderRow) -> JsonValue:
    """Give a row of a table of orders; what it leaves out is left out."""
    lists: dict[str, tuple[str, ...]] = {
        "providers": row.providers,
        "categories": row.categories,
        "activities": row.activities,
    }
    days = {"valid_from": row.since, "valid_to": row.until}
    return {
        **{key: list(words) for key, words in lists.items() if words},
        **{key: format_date(day) for key, day in days.items() if day is not None},
    }


def _change(place: _Place, before: _Keys | None, after: _Keys | None) -> ClauseChange | None:
    change = Change.ADDED if before is None else Change.REMOVED if after is None else Change.CHANGED
    before, after = before or {}, after or {}
    keys = tuple(
        (name, before.get(name), after.get(name))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    )
    if change is Change.CHANGED and not keys:
        return None
    return ClauseChange(place[0], place[1], change, keys)


def _clauses(agreement: Agreement) -> Iterator[tuple[_Place, _Keys]]:
    yield from _around(agreement)
    counts: dict[tuple[str, str], int] = {}
    for article in agreement.articles:
        for clause in article.clauses:
            count = counts.get((clause.article, clause.kind), 0)
            counts[clause.article, clause.kind] = count + 1
            keys = {**dict(clause.keys), "basis": clause.basis.value}
            yield (clause.article, clause.kind, count), keys


def _around(agreement: Agreement) -> Iterator[tuple[_Place, _Keys]]:
    head: dict[str, KeyValue] = {
        "kind": agreement.kind,
        "binding": agreement.binding,
        "prevailing_languages": agreement.prevailing_languages,
    }
    if agreement.text_sha256 is not None:
        head["text_sha256"] = agreement.text_sha256
    yield ("", "agreement", 0), head
    for party in agreement.parties:
        keys: dict[str, KeyValue] = {"competent_authority": party.competent_authority}
        if party.currency is not None:
            keys["currency"] = party.currency
        yield ("", f"parties.{party.id}", 0), keys
        rule = party.before_signing
        if rule is not None:
            asked: dict[str, KeyValue] = {"notices": rule.notices, "ahead": rule.ahead}
            yield (rule.article, f"parties.{party.id}.before_signing", 0), asked
    cited = agreement.levels_article or ""
    yield (cited, "levels", 0), {"order": agreement.levels.order}
    for party in agreement.parties:
        marks = {
            level: tuple(
                _mark(entry)
                for entry in agreement.table.entries
                if (entry.party, entry.level) == (party.id, level)
            )
            for level in agreement.levels.order
        }
        yield (cited, f"equivalence.{party.id}", 0), {k: v for k, v in marks.items() if v}
    scope = agreement.scope
    lists: dict[str, KeyValue] = {"categories": scope.categories, "forms": scope.forms}
    if scope.activities:
        lists["activities"] = scope.activities
    yield (scope.article, "scope", 0), lists
    yield (agreement.lifecycle.article, "lifecycle", 0), _life(agreement)


def _life(agreement: Agreement) -> _Keys:
    rules = agreement.lifecycle
    keys: dict[str, KeyValue] = {"entry": rules.entry.value, "zone": format_zone(rules.zone)}
    for name, duration in (
        ("runs", rules.runs),
        ("renews", rules.renews),
        ("notice", rules.notice),
        ("withdrawal", rules.withdrawal),
    ):
        if duration is not None:
            keys[name] = duration
    return keys


def _mark(entry: MarkEntry) -> str:
    days = [None if day is None else format_date(day) for day in (entry.valid_from, entry.valid_to)]
    if days == [None, None]:
        return entry.text
    return f"{entry.text} ({days[0] or ''}..{days[1] or ''})"
