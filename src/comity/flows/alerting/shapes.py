# SPDX-License-Identifier: Apache-2.0
"""Alerts as JSON objects: one shape for the command line and for the API; never content."""

from __future__ import annotations

from comity.basis.instants import format_instant
from comity.basis.strict_json import JsonValue
from comity.flows.alerting.answering import Counted, ShownAlert, ShownHappening
from comity.flows.alerting.board import Alert

Shape = dict[str, JsonValue]


def alert_json(shown: ShownAlert) -> Shape:
    """Give an alert, and what became of it here."""
    alert = shown.alert
    escalated = alert.escalated_at
    return {
        "agreement": alert.agreement,
        "place": str(alert.place),
        "precedence": "FLASH",
        "category": shown.category,
        "level": shown.level,
        "released_at": format_instant(shown.released_at),
        "raised_at": format_instant(alert.raised_at),
        "escalated_at": None if escalated is None else format_instant(escalated),
        "acknowledged": acknowledged_json(alert),
        "may_acknowledge": shown.may_acknowledge,
    }


def acknowledged_json(alert: Alert) -> list[JsonValue]:
    """Give who acknowledged an alert, and when."""
    return [{"by": person, "at": format_instant(at)} for person, at in alert.acknowledged]


def happening_json(shown: ShownHappening) -> Shape:
    """Give what happened to an alert; where it may not be known of, only that one waits.

    Its number is the node's own: it would tell how many there are.
    """
    row, released = shown.row, shown.released_at
    is_known = shown.category is not None
    return {
        "event": row.what.value,
        "agreement": row.agreement if is_known else None,
        "place": str(row.place) if is_known else None,
        "precedence": "FLASH",
        "category": shown.category,
        "level": shown.level,
        "released_at": None if released is None else format_instant(released),
        "at": format_instant(row.at),
        "by": row.by,
    }


def counted_json(counted: Counted) -> Shape:
    """Give one line of the digest."""
    return {
        "agreement": counted.agreement,
        "precedence": counted.precedence.value,
        "category": counted.category,
        "by": counted.by,
        "count": counted.count,
        "last": str(counted.last),
    }
