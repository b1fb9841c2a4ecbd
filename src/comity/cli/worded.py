# SPDX-License-Identifier: Apache-2.0
"""Lists in the language that was asked for, or else the node's own."""

from __future__ import annotations

from dataclasses import dataclass

from comity.basis.ids import AgreementId
from comity.basis.instants import (
    Instant,
    Zone,
    format_date,
    format_zone,
    parse_instant_canonical,
)
from comity.cli.printing import labelled, shown, shown_instant
from comity.foresight.listings import say_label, say_listing
from comity.foresight.phrases import NOT_BINDING
from comity.foresight.words import language_index
from comity.state.lifecycle_dates import day_of, day_start


@dataclass(frozen=True, slots=True)
class Words:
    """The words of lists in one language."""

    language: str

    def say(self, name: str, **values: object) -> str:
        """Say words of a list, filled; the caller has put foreign text through `shown`."""
        return say_listing(name, self.language, **values)

    def fact(self, name: str, text: str, **values: object) -> str:
        """Write one fact on a line, what it is first."""
        return labelled(say_label(name, self.language, **values), text)

    def sealed(self, row: dict[str, object]) -> str:
        """Say how much text lies sealed beside a statement."""
        return self.say("sealed", size=row["size"])


def shown_end(end: Instant, zone: Zone, language: str) -> str:
    """Write a bound that is not included, and which day it ends where it ends one in the zone."""
    utc = shown_instant(end)
    if not _begins_a_day(end, zone):
        return utc
    day = format_date(day_of(Instant(end - 1), zone))
    return say_listing("end of day", language, instant=utc, day=day, zone=format_zone(zone))


def shown_start(start: Instant, zone: Zone, language: str) -> str:
    """Write since when, and which day it begins where it begins one in the zone."""
    utc = shown_instant(start)
    if not _begins_a_day(start, zone):
        return utc
    day = format_date(day_of(start, zone))
    return say_listing("start of day", language, instant=utc, day=day, zone=format_zone(zone))


def _begins_a_day(instant: Instant, zone: Zone) -> bool:
    return day_start(day_of(instant, zone), zone) == instant


def shown_at(text: str) -> str:
    """Show an instant as registers and lists hold it."""
    return shown_instant(parse_instant_canonical(text))


def say_not_binding(agreement: AgreementId, lang: str) -> str:
    """Say of an agreement that it does not bind. Source: TISA 2014, paragraph 8 (T6)"""
    return f"{shown(agreement)}: {NOT_BINDING[language_index(lang)]}"
