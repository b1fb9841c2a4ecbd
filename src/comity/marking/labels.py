# SPDX-License-Identifier: Apache-2.0
"""The label of an item, and the step from a draft to a labelled draft.

A label is data; a marking is what is printed. The level is always read from the
originator's marking by the agreement's table, never typed. Whether the release may go
is decided elsewhere. Source: Japan-ROK GSOMIA Art. 2(a), 2(b), 4(1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from comity.basis.errors import InputError, excerpt
from comity.basis.fields import Fields
from comity.basis.ids import PartyId, parse_party_id
from comity.basis.instants import (
    Date,
    Instant,
    format_date,
    format_instant,
    parse_date,
    parse_instant_canonical,
)
from comity.basis.limits import LABEL_WORD_CHARS_MAX, LABEL_WORDS_MAX, MARKING_CHARS_MAX
from comity.basis.strict_json import JsonValue
from comity.marking.equivalence import MarkingTable, keep_marking, read_marking

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:/+-]*")
_UNTIL_CHARS_MAX = 24
_DATE_CHARS = 10

Until = Date | Instant | None


@dataclass(frozen=True, slots=True)
class Label:
    """The handling facts of one item.

    `purposes` are what it was provided for; `named_for` the persons or posts it is meant
    for (none: any of the recipient's people); `use_until` the last instant, or last whole
    day, of use. `marking` is the originator's own, in NFC.
    """

    marking: str
    level: str
    category: str
    form: str
    purposes: tuple[str, ...]
    named_for: tuple[str, ...]
    originators: tuple[PartyId, ...]
    use_until: Until = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a drafter says of an item before it has a label; the text itself stays outside."""

    by: PartyId
    to: tuple[PartyId, ...]
    marking: str
    category: str
    form: str
    purposes: tuple[str, ...]
    named_for: tuple[str, ...] = ()
    originators: tuple[PartyId, ...] = ()
    use_until: Until = None


@dataclass(frozen=True, slots=True)
class Labelled:
    """A draft whose label has been read from its marking. Built by `label_draft` alone."""

    by: PartyId
    to: tuple[PartyId, ...]
    label: Label


def label_draft(draft: Draft, table: MarkingTable, on: Date) -> Labelled:
    """Read the draft's marking by the originator's closed list and give it its label.

    Without named originators the speaker is the originator.

    Raises:
        InputError: `marking.unknown` and the other refusals of `read_marking`;
            `marking.no-purpose`, since an item without a purpose could never be used.

    Source: Japan-ROK GSOMIA Art. 4(1), 6(c)
    """
    level = read_marking(table, draft.by, draft.marking, on)
    if not draft.purposes:
        raise InputError(
            "marking.no-purpose",
            "an item is provided for a purpose",
            expected="at least one purpose",
            found="none",
            hint="name what the recipient may use it for",
        )
    label = Label(
        marking=keep_marking(draft.marking),
        level=level,
        category=draft.category,
        form=draft.form,
        purposes=_sorted_once(draft.purposes),
        named_for=_sorted_once(draft.named_for),
        originators=tuple(sorted(set(draft.originators or (draft.by,)))),
        use_until=draft.use_until,
    )
    return Labelled(draft.by, tuple(sorted(set(draft.to))), label)


def parse_label(fields: Fields) -> Label:
    """Read a label from the `label` object of a statement; every key must be there.

    Lists must be sorted and hold nothing twice, so that one label has one form. The
    marking may arrive in any composition of its script and is kept in NFC.
    """
    label = Label(
        marking=keep_marking(
            fields.text("marking", max_chars=MARKING_CHARS_MAX), fields.place("marking")
        ),
        level=fields.text("level", max_chars=LABEL_WORD_CHARS_MAX, pattern=_WORD),
        category=fields.text("category", max_chars=LABEL_WORD_CHARS_MAX, pattern=_WORD),
        form=fields.text("form", max_chars=LABEL_WORD_CHARS_MAX, pattern=_WORD),
        purposes=_words(fields, "purposes", min_items=1),
        named_for=_words(fields, "for"),
        originators=tuple(
            parse_party_id(text, fields.place("originators"))
            for text in _words(fields, "originators", min_items=1)
        ),
        use_until=_parse_until(fields),
    )
    fields.finish()
    return label


def format_label(label: Label) -> dict[str, JsonValue]:
    """Write a label as the `label` object of a statement."""
    return {
        "marking": label.marking,
        "level": label.level,
        "category": label.category,
        "form": label.form,
        "purposes": list(label.purposes),
        "for": list(label.named_for),
        "originators": list(label.originators),
        "use_until": _format_until(label.use_until),
    }


def _sorted_once(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(words)))


def _words(fields: Fields, key: str, *, min_items: int = 0) -> tuple[str, ...]:
    words = fields.texts(
        key,
        min_items=min_items,
        max_items=LABEL_WORDS_MAX,
        max_chars=LABEL_WORD_CHARS_MAX,
        pattern=_WORD,
    )
    if words != _sorted_once(words):
        raise InputError(
            "marking.list-order",
            "a list of words is not in its one form",
            where=fields.place(key),
            expected="each word once, in order",
            found=excerpt(", ".join(words)),
        )
    return words


def _parse_until(fields: Fields) -> Until:
    text = fields.nullable_text("use_until", max_chars=_UNTIL_CHARS_MAX)
    if text is None:
        return None
    where = fields.place("use_until")
    if len(text) == _DATE_CHARS:
        return parse_date(text, where)
    return parse_instant_canonical(text, where)


def _format_until(until: Until) -> str | None:
    match until:
        case None:
            return None
        case Date():
            return format_date(until)
        case _:
            return format_instant(until)
