# SPDX-License-Identifier: Apache-2.0
"""Figures with their authors: who says so, when, on what basis, in which revision.

Several agencies' figures of one event stand side by side. A revision supersedes an earlier
one of its own series, which stays in the report. Source: timeline.md sections 4 and 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeVar

from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.basis.limits import (
    REPORT_ASSUMPTIONS_MAX,
    REPORT_FIGURES_MAX,
    REPORT_LINE_CHARS_MAX,
    REPORT_REVISION_MAX,
)
from comity.basis.strict_json import JsonValue
from comity.picture.decimals import (
    EVERY_AMOUNT,
    MAGNITUDES,
    Bounds,
    Span,
    format_decimal,
    format_span,
    nullable_span,
    parse_decimal,
    parse_span,
)
from comity.picture.moments import Moment, format_moment, parse_moment

_Word = TypeVar("_Word", bound=StrEnum)
_Given = TypeVar("_Given", bound="Credited")


class Confidence(StrEnum):
    """How sure the author is; `unknown` where the author did not say."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    UNKNOWN = "unknown"


class Basis(StrEnum):
    """Whether a figure was measured in the event or worked out from something else."""

    OBSERVED = "observed"
    INFERRED = "inferred"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Credit:
    """Who says so, when, and as which revision of its own series; revisions count from 1."""

    agency: str
    issued_at: Moment
    revision: int
    supersedes: int | None


class Credited(Protocol):
    """Anything that an agency said and may revise."""

    @property
    def credit(self) -> Credit:
        """Who said it."""

    @property
    def series(self) -> str:
        """Which of its author's several series it belongs to."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """What a figure or a report takes for granted: a name, a number where there is one."""

    name: str
    value: Span | None
    unit: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One agency's number, in the unit that the report's key names."""

    value: Span
    basis: Basis
    assumptions: tuple[Assumption, ...]
    credit: Credit

    @property
    def series(self) -> str:
        """All figures of one agency under one key are one series."""
        return ""


@dataclass(frozen=True, slots=True)
class Magnitude:
    """One agency's magnitude on one scale."""

    value: Decimal
    scale: str
    credit: Credit

    @property
    def series(self) -> str:
        """An agency revises each scale by itself."""
        return self.scale


def parse_word(fields: Fields, key: str, words: type[_Word]) -> _Word:
    """Read one word of a closed list."""
    text = fields.text(key, max_chars=REPORT_LINE_CHARS_MAX)
    for word in words:
        if word.value == text:
            return word
    raise InputError(
        "picture.unknown-word",
        "the schema has no such word",
        where=fields.place(key),
        expected=", ".join(words),
        found=f"another, of {len(text)} characters",
    )


def parse_line(fields: Fields, key: str) -> str:
    """Read one line of text."""
    return fields.text(key, max_chars=REPORT_LINE_CHARS_MAX)


def nullable_line(fields: Fields, key: str) -> str | None:
    """Read one line of text, or null."""
    return fields.nullable_text(key, max_chars=REPORT_LINE_CHARS_MAX)


def parse_credit(fields: Fields) -> Credit:
    """Read the four fields that name an author; they stand beside the figure itself."""
    revision, supersedes = parse_revision(fields)
    return Credit(
        parse_line(fields, "agency"), parse_moment(fields, "issued_at"), revision, supersedes
    )


def parse_revision(fields: Fields) -> tuple[int, int | None]:
    """Read a revision, and the earlier one that it supersedes, if any."""
    revision = fields.integer("revision", 1, REPORT_REVISION_MAX)
    supersedes = fields.nullable_integer("supersedes", 1, REPORT_REVISION_MAX)
    if supersedes is not None and supersedes >= revision:
        raise InputError(
            "picture.supersedes-later",
            "a revision supersedes an earlier one",
            where=fields.place("supersedes"),
            expected=f"less than {revision}",
            found=str(supersedes),
        )
    return revision, supersedes


def format_credit(credit: Credit) -> dict[str, JsonValue]:
    """Write the four fields that name an author."""
    return {
        "agency": credit.agency,
        "issued_at": format_moment(credit.issued_at),
        "revision": credit.revision,
        "supersedes": credit.supersedes,
    }


def parse_figures(fields: Fields, key: str, bounds: Bounds) -> tuple[Figure, ...]:
    """Read all agencies' figures under one key, none of them lost to a revision."""
    figures = tuple(
        _parse_figure(inner, bounds) for inner in fields.objects(key, max_items=REPORT_FIGURES_MAX)
    )
    check_series(figures, fields.place(key))
    return figures


def format_figures(figures: tuple[Figure, ...]) -> JsonValue:
    """Write figures in their order."""
    return [
        {
            "value": format_span(figure.value),
            "basis": figure.basis.value,
            "assumptions": format_assumptions(figure.assumptions),
            **format_credit(figure.credit),
        }
        for figure in figures
    ]


def parse_magnitudes(fields: Fields, key: str) -> tuple[Magnitude, ...]:
    """Read all agencies' magnitudes, none of them lost to a revision."""
    magnitudes = tuple(
        _parse_magnitude(inner) for inner in fields.objects(key, max_items=REPORT_FIGURES_MAX)
    )
    check_series(magnitudes, fields.place(key))
    return magnitudes


def format_magnitudes(magnitudes: tuple[Magnitude, ...]) -> JsonValue:
    """Write magnitudes in their order."""
    return [
        {
            "value": format_decimal(magnitude.value),
            "scale": magnitude.scale,
            **format_credit(magnitude.credit),
        }
        for magnitude in magnitudes
    ]


def parse_assumptions(fields: Fields, key: str) -> tuple[Assumption, ...]:
    """Read assumptions; a number has a unit and a unit has a number."""
    return tuple(
        _parse_assumption(inner) for inner in fields.objects(key, max_items=REPORT_ASSUMPTIONS_MAX)
    )


def format_assumptions(assumptions: tuple[Assumption, ...]) -> JsonValue:
    """Write assumptions in their order."""
    return [
        {
            "name": assumption.name,
            "value": format_span(assumption.value),
            "unit": assumption.unit,
            "text": assumption.text,
        }
        for assumption in assumptions
    ]


def check_series(given: Sequence[Credited], where: str) -> None:
    """Check that no revision stands twice and that what is superseded is still there.

    Raises:
        InputError: `picture.doubled-revision`, `picture.lost-revision`.
    """
    known: set[tuple[str, str, int]] = set()
    for each in given:
        name = _name(each, each.credit.revision)
        if name in known:
            raise _series_error("doubled-revision", "a revision stands twice", where, name)
        known.add(name)
    for each in given:
        replaced = each.credit.supersedes
        if replaced is not None and _name(each, replaced) not in known:
            name = _name(each, replaced)
            raise _series_error("lost-revision", "what is superseded stays", where, name)


def current(given: tuple[_Given, ...]) -> tuple[_Given, ...]:
    """List what no later revision has superseded, in the order of the report."""
    replaced = {
        _name(each, each.credit.supersedes) for each in given if each.credit.supersedes is not None
    }
    return tuple(each for each in given if _name(each, each.credit.revision) not in replaced)


def _name(each: Credited, revision: int) -> tuple[str, str, int]:
    return each.credit.agency, each.series, revision


def _series_error(code: str, what: str, where: str, name: tuple[str, str, int]) -> InputError:
    # Neither the agency nor the figure is shown: a report's content stays out of errors.
    return InputError(
        f"picture.{code}",
        what,
        where=where,
        expected="every revision of an agency's series, once",
        found=f"revision {name[2]}",
    )


def _parse_figure(fields: Fields, bounds: Bounds) -> Figure:
    figure = Figure(
        parse_span(fields.object("value"), bounds),
        parse_word(fields, "basis", Basis),
        parse_assumptions(fields, "assumptions"),
        parse_credit(fields),
    )
    fields.finish()
    return figure


def _parse_magnitude(fields: Fields) -> Magnitude:
    magnitude = Magnitude(
        parse_decimal(fields, "value", MAGNITUDES),
        parse_line(fields, "scale"),
        parse_credit(fields),
    )
    fields.finish()
    return magnitude


def _parse_assumption(fields: Fields) -> Assumption:
    assumption = Assumption(
        parse_line(fields, "name"),
        nullable_span(fields, "value", EVERY_AMOUNT),
        nullable_line(fields, "unit"),
        parse_line(fields, "text"),
    )
    fields.finish()
    if (assumption.value is None) != (assumption.unit is None):
        raise InputError(
            "picture.unit",
            "a number has a unit, and a unit a number",
            where=fields.where,
            expected="both or neither",
            found="unit alone" if assumption.value is None else "number alone",
        )
    return assumption
