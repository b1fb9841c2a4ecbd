# SPDX-License-Identifier: Apache-2.0
"""Reading the articles and their clauses by the vocabulary.

Source: AGREEMENTS.md section 1, rules 1, 3, 4 and 5; section 3
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import assert_never

from comity.agreement.acts import Action, Basis, OtherAct, Source
from comity.agreement.kinds import ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Article, Checklist, Clause, KeyValue, Rows, Words
from comity.agreement.rules import OrderRow, Term
from comity.agreement.tables import Table, nearest_hint
from comity.agreement.toml_text import TomlValue
from comity.agreement.vocabulary import find_kind, kind_names
from comity.basis.errors import InputError, problem_of
from comity.basis.instants import Duration, format_date, parse_duration
from comity.basis.limits import PARTY_ID_CHARS_MAX

CITATION = re.compile(r"\S(?:.{0,30}\S)?")
_GOODS = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_PARTY_ID = re.compile(rf"[A-Z][A-Z0-9-]{{0,{PARTY_ID_CHARS_MAX - 1}}}")
_CHANNEL = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_TREATY_WORDS = ("at once", "promptly")
_ACTIONS = tuple(action.value for action in Action)
_ACTS = (*_ACTIONS, *(act.value for act in OtherAct))
_LETTER = re.compile(r"[a-z]{1,2}")
_COMMON = ("para", "basis")


@dataclass(frozen=True, slots=True)
class _Place:
    """The article that a clause stands in."""

    number: str
    basis: Basis


def read_article(table: Table, ground: Ground) -> Article:
    """Read one `[[article]]` with its clauses."""
    number = table.text("number", pattern=CITATION)
    title, summary = table.words("title"), table.words("summary")
    place = _Place(number, _read_basis(table, Basis.TEXT))
    sources = tuple(source.value for source in Source)
    source = table.word("source", sources, Source.TEXT)
    clauses: list[Clause] = []
    for name in table.left():
        kind = find_kind(name)
        if kind is not None:
            for row in table.one_or_more(name):
                clauses.append(_read_clause(row, kind, place=place, ground=ground))
            continue
        value = table.peek(name)
        if _is_clause(value):
            table.has(name)
            table.findings.note_at(
                "unknown-clause",
                table.path_of(name),
                f"article {number} has a clause of an unknown kind",
                expected=", ".join(kind_names()),
                found=name,
                hint=nearest_hint(name, kind_names()),
            )
    table.finish(kind_names())
    known_source = Source(source) if source in sources else Source.TEXT
    return Article(number, title, summary, known_source, tuple(clauses))


def _is_clause(value: TomlValue | None) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(element, dict) for element in value)
    )


def _read_clause(table: Table, kind: ClauseKind, *, place: _Place, ground: Ground) -> Clause:
    para = table.text("para", required=False, pattern=CITATION)
    basis = _read_basis(table, place.basis)
    keys: list[tuple[str, KeyValue]] = []
    for spec in kind.keys:
        value = _read_key(table, spec, ground)
        if value is None:
            value = spec.default
        if value is not None:
            keys.append((spec.name, value))
    keys.extend(_read_levels(table, kind, ground))
    table.finish()
    _check_subsets(table, kind, dict(keys))
    return Clause(kind.name, place.number + para, para or None, basis, tuple(keys))


def _read_basis(table: Table, default: Basis) -> Basis:
    words = tuple(basis.value for basis in Basis)
    word = table.word("basis", words, default)
    return Basis(word) if word in words else default


def _read_key(table: Table, spec: KeySpec, ground: Ground) -> KeyValue | None:
    """Read one key by its spec; None where it is left out or wrong."""
    required = spec.required
    if not required and not table.has(spec.name):
        return None
    match spec.type:
        case KeyType.WORD:
            word = table.word(spec.name, spec.words, None)
            return word if word in spec.words else spec.words[0]
        case KeyType.LEVEL:
            return _read_level(table, spec, ground)
        case KeyType.DURATION:
            return _read_duration(table, spec.name)
        case KeyType.TERM:
            return _read_term(table, spec.name)
        case KeyType.WORDS:
            return _read_list(table, spec, spec.words)
        case KeyType.ACTIONS:
            return _read_list(table, spec, spec.words or _ACTIONS)
        case KeyType.CATEGORIES:
            return _read_list(table, spec, ground.scope.categories)
        case KeyType.FORMS:
            return _read_list(table, spec, ground.scope.forms)
        case KeyType.ACTS:
            return _read_list(table, spec, _ACTS)
        case KeyType.PARTY:
            return _read_party(table, spec.name, ground)
        case KeyType.COUNT:
            return table.integer(spec.name, 1)
        case KeyType.FLAG:
            return table.flag(spec.name, default=False)
        case KeyType.TEXT:
            return table.words(spec.name)
        case KeyType.CHECKLIST:
            return _read_checklist(table, spec.name)
        case KeyType.ROWS | KeyType.ANY_ROWS:
            return _read_rows(table, spec, ground)
        case KeyType.DURATIONS:
            return _read_durations(table, spec.name)
        case KeyType.IDS:
            return table.texts(spec.name, required=False, pattern=_PARTY_ID, items_min=1)
        case KeyType.NAMES:
            least = 1 if required else 0
            return table.texts(spec.name, pattern=_CHANNEL, items_min=least)
        case _:
            assert_never(spec.type)


def _read_list(table: Table, spec: KeySpec, words: tuple[str, ...]) -> tuple[str, ...]:
    texts = table.texts(spec.name, items_min=1)
    table.check_words(spec.name, texts, words)
    return tuple(text for text in texts if text in words)


def _read_level(table: Table, spec: KeySpec, ground: Ground) -> str | None:
    text = table.text(spec.name)
    if text in ground.levels:
        return text
    if text:
        table.note(
            "unknown-level",
            f"{spec.name} names a level that is not on the ladder",
            expected=", ".join(ground.levels),
            found=text,
            hint=nearest_hint(text, ground.levels),
        )
    return None


def _read_rows(table: Table, spec: KeySpec, ground: Ground) -> Rows:
    """Read a table of orders; what is excluded may be of no category that the scope knows."""
    known = ground.scope.categories if spec.type is KeyType.ROWS else None
    return Rows(tuple(_read_row(row, ground, known) for row in table.one_or_more(spec.name)))


def _read_row(table: Table, ground: Ground, categories: tuple[str, ...] | None) -> OrderRow:
    row = OrderRow(
        _read_row_list(table, "providers", ground.parties),
        _read_row_list(table, "categories", categories),
        _read_row_list(table, "activities", ground.scope.activities),
        table.day("valid_from"),
        table.day("valid_to"),
    )
    if row.since is not None and row.until is not None and row.until < row.since:
        table.note(
            "empty-span",
            "the row ends before it begins",
            expected=f"valid_to on or after {format_date(row.since)}",
            found=format_date(row.until),
        )
    table.finish()
    return row


def _read_row_list(table: Table, key: str, words: tuple[str, ...] | None) -> tuple[str, ...]:
    if not table.has(key):
        return ()
    if words is None:
        return table.texts(key, items_min=1, pattern=_GOODS)
    texts = table.texts(key, items_min=1)
    table.check_words(key, texts, words)
    return texts


def _read_durations(table: Table, key: str) -> tuple[str, ...]:
    texts = table.texts(key, items_min=1)
    for text in texts:
        try:
            parse_duration(text)
        except InputError as err:
            table.findings.take(problem_of(err), table.path, what=f"{key}: {err.what}")
    return texts


def _read_party(table: Table, key: str, ground: Ground) -> str:
    text = table.text(key)
    table.check_words(key, (text,), ground.parties)
    return text


def _read_checklist(table: Table, key: str) -> Checklist:
    """Read conditions by letter; each is a text in one or more languages."""
    rows = table.table(key)
    points: list[tuple[str, Words]] = []
    if rows is None:
        return Checklist(())
    if not rows.left():
        rows.note("empty-list", f"{key} is empty", expected="at least 1")
    for letter in rows.left():
        if _LETTER.fullmatch(letter) is None:
            expected = _LETTER.pattern
            rows.note("wrong-form", f"{key} has a wrong letter", expected=expected, found=letter)
        points.append((letter, rows.words(letter)))
    return Checklist(tuple(points))


def _read_levels(table: Table, kind: ClauseKind, ground: Ground) -> list[tuple[str, KeyValue]]:
    """Read one word for each level of the ladder, for a kind whose keys are the levels."""
    found: list[tuple[str, KeyValue]] = []
    for level in ground.levels if kind.level_words else ():
        if level in _COMMON:
            table.note("wrong-form", "a level has the name of a key", found=level)
        word = table.word(level, kind.level_words, None)
        found.append((level, word if word in kind.level_words else kind.level_words[0]))
    return found


def _read_duration(table: Table, key: str) -> Duration | None:
    return table.parsed(key, parse_duration, None)


def _read_term(table: Table, key: str) -> Term | None:
    return table.parsed(key, _parse_term, None)


def _parse_term(text: str) -> Term:
    if text in _TREATY_WORDS:
        return Term(text, None)
    return Term(text, parse_duration(text))


def _check_subsets(table: Table, kind: ClauseKind, keys: dict[str, KeyValue]) -> None:
    for spec in kind.keys:
        inner, outer = keys.get(spec.name), keys.get(spec.among)
        if isinstance(inner, tuple) and isinstance(outer, tuple):
            table.check_words(spec.name, inner, outer)
