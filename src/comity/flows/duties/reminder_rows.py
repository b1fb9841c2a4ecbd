# SPDX-License-Identifier: Apache-2.0
"""What reminders were told under an agreement: one document, bounded as it is written and read.

What a partner says may make any number of things late. So of things alike only some are told one
by one, and the rest by one row that counts them. Source: AGREEMENTS 5
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from comity.basis.fields import Fields
from comity.basis.ids import parse_place
from comity.basis.instants import Instant, format_instant, parse_instant_canonical
from comity.basis.limits import JSON_ITEMS_MAX
from comity.basis.strict_json import JsonValue, parse_canonical
from comity.flows.context import Context
from comity.flows.documents import REMINDED
from comity.statement.order_values import Officer, format_officer, read_officer

ROWS_MAX: Final = JSON_ITEMS_MAX
"""Reminders that are remembered; of those beyond, what is no longer owed is forgotten first."""

LIVE_MAX: Final = ROWS_MAX // 2
"""Of them, those of what is still owed that are told one by one."""

ALIKE_MAX: Final = 32
"""Of those again, how many are alike: the same is owed by the same article, from one register."""

Alike: TypeAlias = tuple[str, str | None, str]


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder: its number under the agreement, what it is about, and by which article.

    `key` names the duty or the event and the moment, so that it is told once. `due` None: no day.
    With `more` it stands for so many alike that are not told one by one. `collects`: the creditor's
    officer who collects what is owed for goods. Source: treaties.md A12, 4.5
    """

    number: int
    key: str
    what: str
    article: str | None
    about: str | None
    due: Instant | None
    told_at: Instant
    more: int = 0
    collects: Officer | None = None

    @property
    def alike(self) -> Alike:
        """Give what it has in common with those that it is counted with."""
        if self.more:
            return self.what, self.article, self.key.rpartition("/")[2]
        party = "" if self.about is None else parse_place(self.about).party
        return self.what, self.article, party

    @property
    def is_of_duty(self) -> bool:
        """Say whether it is about a duty, not about something that comes up."""
        return self.key.split("/")[1] in ("remind", "late")


async def known_reminders(context: Context, under: str) -> tuple[Reminder, ...]:
    """Read what was told, the newest as far as there is room; more than that stands nowhere.

    `under` is the agreement's id, or the name of what else is told of.
    """
    raw = await context.ports.store.document(REMINDED, under)
    if raw is None:
        return ()
    found = parse_canonical(raw, bytes_max=len(raw), where="reminders")
    rows = found[-ROWS_MAX:] if isinstance(found, list) else found
    return tuple(_read(each) for each in Fields({"rows": rows}, "reminders").objects("rows"))


def untold(
    moments: Iterable[Reminder], known: Iterable[Reminder]
) -> tuple[tuple[Reminder, ...], tuple[Reminder, ...]]:
    """Give what is to be told one by one, and one for all the others that are alike.

    Those that were counted are told of anew when there are twice as many.
    """
    here = {each.key: each for each in moments}
    told = {each.key for each in known}
    live = Counter(each.alike for each in known if each.key in here)
    single: list[Reminder] = []
    rest: list[Reminder] = []
    for each in (each for key, each in here.items() if key not in told):
        if live[each.alike] < ALIKE_MAX and live.total() < LIVE_MAX:
            live[each.alike] += 1
            single.append(each)
        else:
            rest.append(each)
    counted = {each.alike: each.more for each in known if each.more}
    totals = Counter(each.alike for each in rest)
    first = {each.alike: each for each in reversed(rest)}
    more = (
        _counting(first[alike], count)
        for alike, count in totals.items()
        if count >= 2 * counted.get(alike, 0)
    )
    return tuple(single), tuple(more)


def kept_beside(
    known: Collection[Reminder], fresh: Collection[Reminder], live: Collection[str]
) -> tuple[Reminder, ...]:
    """Give what is remembered with what is told now; the oldest that is not owed goes first."""
    counted = {each.alike for each in fresh if each.more}
    kept = [each for each in known if not each.more or each.alike not in counted]
    over = max(0, len(kept) + len(fresh) - ROWS_MAX)
    owed = sorted(kept, key=lambda each: (each.more > 0 or each.key in live, each.number))
    return tuple(sorted((*owed[over:], *fresh), key=lambda each: each.number))[-ROWS_MAX:]


def numbered(
    found: Iterable[Reminder], known: Iterable[Reminder], at: Instant
) -> tuple[Reminder, ...]:
    """Number what is told now, after all that was told."""
    last = max((each.number for each in known), default=0)
    return tuple(replace(each, number=last + n, told_at=at) for n, each in enumerate(found, 1))


def reminder_row(reminder: Reminder) -> dict[str, JsonValue]:
    """Write a reminder."""
    more: dict[str, JsonValue] = {"more": reminder.more} if reminder.more else {}
    if reminder.collects is not None:
        more["collects"] = format_officer(reminder.collects)
    return {
        "number": reminder.number,
        "key": reminder.key,
        "what": reminder.what,
        "article": reminder.article,
        "about": reminder.about,
        "due": None if reminder.due is None else format_instant(reminder.due),
        "told_at": format_instant(reminder.told_at),
        **more,
    }


def _counting(first: Reminder, count: int) -> Reminder:
    """Give the one that stands for the others that are alike: it names no place."""
    party = first.alike[2]
    key = f"more/{first.what}/{first.article}/{party}"
    return replace(first, key=key, about=None, due=None, more=count, collects=None)


def _read(fields: Fields) -> Reminder:
    due = fields.nullable_text("due")
    return Reminder(
        fields.integer("number"),
        fields.text("key"),
        fields.text("what"),
        fields.nullable_text("article"),
        fields.nullable_text("about"),
        None if due is None else parse_instant_canonical(due),
        parse_instant_canonical(fields.text("told_at")),
        fields.optional_integer("more") or 0,
        read_officer(fields, "collects") if fields.has("collects") else None,
    )
