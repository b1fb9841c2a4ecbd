# SPDX-License-Identifier: Apache-2.0
"""Which parcels may go with their entries, before these are acknowledged; and what is an alert.

An agreement says it in its `channel` clauses, channel by channel: for every item, or for alerts
alone, which it names by their categories. Source: DESIGN 5 (FLASH); AGREEMENTS 3 (`channel`)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from comity.agreement.model import Agreement, Clause
from comity.basis.ids import Digest
from comity.flows.view import View
from comity.statement.envelope import Statement
from comity.statement.information import ItemRelease

NODE_CHANNEL: Final = "node"
COURIER_CHANNEL: Final = "courier"


@dataclass(frozen=True, slots=True)
class Early:
    """What may go with its entry by one channel: `always` everything, else these categories.

    `leaves_alerts`: there are alerts that may not, so that every moment counts once they may go.
    """

    always: bool
    categories: frozenset[str]
    leaves_alerts: bool = False

    def __bool__(self) -> bool:
        """Answer whether anything may."""
        return self.always or bool(self.categories)

    def lets(self, statement: Statement) -> bool:
        """Answer whether the parcel of a statement may go with it."""
        if self.always or not self.categories:
            return self.always
        body = statement.body
        return isinstance(body, ItemRelease) and body.label.category in self.categories


def early_by(view: View, version: Digest, channel: str) -> Early:
    """Say what may go with its entry by a channel, as a version says; nothing if it is not here.

    Every `channel` clause of the version must allow it: for every item, or for a category that the
    clause names itself. One clause's alerts are not another's.
    """
    file = view.files.get(version)
    clauses = () if file is None else tuple(file.clauses("channel"))
    if file is None or not clauses:
        return Early(always=False, categories=frozenset())
    always = all(channel in each.texts("parcel_before_acknowledgement") for each in clauses)
    alerts = alert_categories(file)
    let = alerts.intersection(*(_let_by(each, channel, alerts) for each in clauses))
    return Early(always, let, leaves_alerts=not always and let != alerts)


def _let_by(clause: Clause, channel: str, alerts: frozenset[str]) -> frozenset[str]:
    """Give those of these categories that one clause lets go with their entries by a channel."""
    if channel in clause.texts("parcel_before_acknowledgement"):
        return alerts
    if channel in clause.texts("alert_before_acknowledgement"):
        return frozenset(clause.texts("alerts"))
    return frozenset()


def alert_categories(file: Agreement) -> frozenset[str]:
    """Give the categories whose items are alerts: those that any `channel` clause names."""
    return frozenset(name for each in file.clauses("channel") for name in each.texts("alerts"))


class Precedence(StrEnum):
    """How urgent the categories of an agreement are; alerts are FLASH."""

    FLASH = "FLASH"
    IMMEDIATE = "IMMEDIATE"
    PRIORITY = "PRIORITY"
    ROUTINE = "ROUTINE"


_NAMED_BY: Final = (
    (Precedence.FLASH, "alerts"),
    (Precedence.IMMEDIATE, "immediate"),
    (Precedence.PRIORITY, "priority"),
)


def precedence_of(file: Agreement, category: str) -> Precedence:
    """Give the precedence of a category: the highest that any `channel` clause names it under."""
    for precedence, key in _NAMED_BY:
        if any(category in each.texts(key) for each in file.clauses("channel")):
            return precedence
    return Precedence.ROUTINE


def is_alert(view: View, version: Digest, statement: Statement) -> bool:
    """Answer whether a statement releases an alert, as the version says that it is made under."""
    file, body = view.files.get(version), statement.body
    if file is None or not isinstance(body, ItemRelease):
        return False
    return body.label.category in alert_categories(file)
