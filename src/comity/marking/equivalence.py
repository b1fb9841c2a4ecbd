# SPDX-License-Identifier: Apache-2.0
"""Which marking of which party reads as which level, and on which days.

Reading a marking is a function; writing one on receipt may need a choice. The
originator's marking is kept as given and never converted back: no function here takes
a receiver's marking to an originator's. Source: AGREEMENTS.md section 1, rule 6;
treaties.md 1.1 (Art. 4).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from comity.basis.errors import InputError, Problem, ProblemsError, problem_of
from comity.basis.ids import PartyId
from comity.basis.instants import Date
from comity.basis.limits import MARKING_CHARS_MAX
from comity.marking.hidden import printable_text, refuse_hidden
from comity.marking.levels import Ladder

UNKNOWN_LEVEL = "marking.unknown-level"


@dataclass(frozen=True, slots=True)
class MarkEntry:
    """One marking that a party uses for a level, on the days from `valid_from` to `valid_to`.

    Both days belong to the span; `None` leaves that end open. `romanised` helps a reader
    and is never compared.
    """

    party: PartyId
    text: str
    level: str
    valid_from: Date | None = None
    valid_to: Date | None = None
    romanised: str | None = None

    def holds_on(self, on: Date) -> bool:
        """Answer whether the marking is in use on that day."""
        started = self.valid_from is None or self.valid_from <= on
        return started and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class MarkingTable:
    """The closed list of markings of every party.

    Invariant: on any day one text of one party reads as one level.
    """

    ladder: Ladder
    entries: tuple[MarkEntry, ...]

    def __post_init__(self) -> None:
        """Refuse a table in which a marking could be read in two ways."""
        problems = table_problems(self.ladder, self.entries)
        if problems:
            raise ProblemsError(problems[0].code, problems[0].what, problems)


def keep_marking(text: str, where: str = "") -> str:
    """Give the marking as it is stored: the same text in NFC, outer spaces removed.

    Raises:
        InputError: `marking.hidden-character`, `marking.empty`, `marking.too-long`.
    """
    normalise_marking(text, where)
    return unicodedata.normalize("NFC", text).strip()


def normalise_marking(text: str, where: str = "") -> str:
    """Give the form in which markings are compared: NFKC, without any space.

    Raises:
        InputError: `marking.hidden-character`, `marking.empty`, `marking.too-long`.

    Source: treaties.md 1.1, text traps (U+2161 against II, spaces, NFD)
    """
    if len(text) > MARKING_CHARS_MAX:
        raise InputError(
            "marking.too-long",
            "the marking is too long",
            where=where,
            expected=f"at most {MARKING_CHARS_MAX} characters",
            found=f"{len(text)} characters",
        )
    refuse_hidden(text, where)
    wide = unicodedata.normalize("NFKC", text)
    compared = "".join(c for c in wide if unicodedata.category(c) != "Zs")
    if not compared:
        raise InputError(
            "marking.empty",
            "the marking is empty",
            where=where,
            expected="a marking of the agreement",
            found="nothing but spaces",
        )
    return compared


def table_problems(
    ladder: Ladder, entries: Sequence[MarkEntry], places: Sequence[str] = ()
) -> tuple[Problem, ...]:
    """List everything that is wrong with a table, in the order of its entries.

    `places` says where each entry stands in its file; without it, places are empty.
    """
    problems: list[Problem] = []
    sound: list[tuple[str, MarkEntry]] = []
    for index, entry in enumerate(entries):
        where = places[index] if places else ""
        try:
            text = normalise_marking(entry.text, where)
        except InputError as err:
            problems.append(problem_of(err))
            continue
        problems.extend(_entry_problems(ladder, entry, where))
        for other_text, other in sound:
            if other.party == entry.party and other_text == text and _overlap(other, entry):
                problems.append(_doubled(other, entry, where))
        sound.append((text, entry))
    return tuple(problems)


def find_level(table: MarkingTable, party: PartyId, text: str, on: Date) -> str | None:
    """Read a marking of `party`; `None` if its list does not hold the text on that day.

    Raises:
        InputError: the text could be no marking at all (see `normalise_marking`).
    """
    compared = normalise_marking(text)
    for entry in _entries_of(table, party, on):
        if normalise_marking(entry.text) == compared:
            return entry.level
    return None


def read_marking(table: MarkingTable, party: PartyId, text: str, on: Date) -> str:
    """Read the level of a marking that `party` uses, as of one day.

    Raises:
        InputError: `marking.unknown`, with the closed list of that day.

    Source: Japan-ROK GSOMIA Art. 4(1); AGREEMENTS.md section 1, rule 6
    """
    level = find_level(table, party, text, on)
    if level is None:
        raise InputError(
            "marking.unknown",
            f"{party} has no such marking under this agreement on {on.isoformat()}",
            expected=_listed(entry.text for entry in _entries_of(table, party, on)),
            found=printable_text(text),
            hint="use one of the markings that the agreement lists for that day",
        )
    return level


def corresponding_markings(
    table: MarkingTable, party: PartyId, level: str, on: Date
) -> tuple[str, ...]:
    """List the markings that `party` writes for a level on one day, in the file's order."""
    return tuple(entry.text for entry in _entries_of(table, party, on) if entry.level == level)


def choose_marking(
    table: MarkingTable, party: PartyId, level: str, *, choice: str | None, on: Date
) -> str:
    """Give the marking that the receiver writes, by its officer's choice where several fit.

    `choice` may be left out only where one marking fits.

    Raises:
        InputError: `marking.choose` (the choices stand in `expected`),
            `marking.wrong-choice`, `marking.no-equivalent`.

    Source: Japan-ROK GSOMIA Art. 4(1), 4(2)
    """
    choices = corresponding_markings(table, party, level, on)
    if not choices:
        raise InputError(
            "marking.no-equivalent",
            f"{party} has no marking for this level on {on.isoformat()}",
            expected="a level with a corresponding marking",
            found=level,
        )
    if choice is None:
        if len(choices) > 1:
            raise InputError(
                "marking.choose",
                f"several markings of {party} correspond to {level}",
                expected=_listed(choices),
                found="no choice",
                hint="the receiving officer chooses one of them",
            )
        return choices[0]
    compared = normalise_marking(choice)
    for text in choices:
        if normalise_marking(text) == compared:
            return text
    raise InputError(
        "marking.wrong-choice",
        f"this marking of {party} does not correspond to {level}",
        expected=_listed(choices),
        found=printable_text(choice),
    )


def _entries_of(table: MarkingTable, party: PartyId, on: Date) -> tuple[MarkEntry, ...]:
    return tuple(e for e in table.entries if e.party == party and e.holds_on(on))


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(texts) or "none"


def _entry_problems(ladder: Ladder, entry: MarkEntry, where: str) -> tuple[Problem, ...]:
    problems = []
    if not ladder.knows(entry.level):
        problems.append(
            Problem(
                UNKNOWN_LEVEL,
                where,
                f"the marking {entry.text} of {entry.party} names a level outside the ladder",
                ", ".join(ladder.order),
                entry.level,
                "",
            )
        )
    if entry.valid_from and entry.valid_to and entry.valid_to < entry.valid_from:
        problems.append(
            Problem(
                "marking.empty-span",
                where,
                f"the marking {entry.text} of {entry.party} ends before it begins",
                f"valid_to on or after {entry.valid_from.isoformat()}",
                entry.valid_to.isoformat(),
                "",
            )
        )
    return tuple(problems)


def _overlap(one: MarkEntry, other: MarkEntry) -> bool:
    apart = (one.valid_to and other.valid_from and one.valid_to < other.valid_from) or (
        other.valid_to and one.valid_from and other.valid_to < one.valid_from
    )
    return not apart


def _doubled(first: MarkEntry, second: MarkEntry, where: str) -> Problem:
    return Problem(
        "marking.doubled",
        where,
        f"the marking {second.text} of {second.party} stands twice on the same days",
        "one level for one marking on any day",
        f"{first.level} and {second.level}",
        "end the first with valid_to before the second begins",
    )
