# SPDX-License-Identifier: Apache-2.0
"""Alerts that nobody acknowledged, their acknowledgement, and a digest of what else came.

By precedence, FLASH first; labels, places and times alone, never content.
"""

from __future__ import annotations

import json
from typing import Final

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId
from comity.basis.instants import HOUR_MS, Instant
from comity.console.errors import findings_of
from comity.console.names import Names, party_names
from comity.console.pages.items import marking_of_levels
from comity.console.places import item_path, named_item
from comity.console.routes import Route
from comity.console.visit import Elsewhere, Events, Outcome, Page, Visit, done
from comity.decision.stages import Refused
from comity.flows.alerting.answering import (
    ShownAlert,
    ShownHappening,
    acknowledge_alert,
    allow_acknowledging,
    count_since,
    list_alerts,
)
from comity.flows.alerting.shapes import happening_json
from comity.flows.turns import read_view
from comity.front.answers import not_there
from comity.front.streams import STREAM_S_MAX

HOURS: Final = (8, 24, 72, 168, 720)
PAGE: Final = 50
_USUAL: Final = 24


async def show_alerts(visit: Visit) -> Outcome:
    """List alerts, those that nobody acknowledged or all that are kept, and the digest."""
    context, query = visit.context, visit.query
    everything = query.text("all") == "yes"
    alerts = done(await list_alerts(context, visit.person, everything=everything))
    start = _start(query.text("from"))
    hours = _hours(query.text("hours"))
    since = Instant(context.ports.clock.now() - hours * HOUR_MS)
    counts = done(await count_since(context, visit.person, since))
    allowed = allow_acknowledging(visit.signed_in.person)
    names = {
        each: await party_names(visit, each)
        for each in sorted(
            {each.alert.agreement for each in alerts} | {each.agreement for each in counts}
        )
    }
    values = {
        "rows": [_row(each, names) for each in alerts[start : start + PAGE]],
        "next": start + PAGE if len(alerts) > start + PAGE else None,
        "everything": everything,
        "counts": [(each, names[each.agreement](each.by)) for each in counts],
        "hours": hours,
        "choices": HOURS,
        "person": visit.person,
        "closed": findings_of(allowed, visit) if isinstance(allowed, Refused) else (),
    }
    labels = await _labels(visit, alerts)
    return Page("alerts/list.html", visit.say("Alerts"), values, labels=labels)


async def acknowledge(visit: Visit) -> Outcome:
    """Note that whoever is signed in has seen an alert."""
    agreement, place, _ = await named_item(visit)
    if visit.is_kept:
        return await show_alerts(visit)
    done(await acknowledge_alert(visit.context, agreement, place, visit.person))
    return Elsewhere("/alerts")


async def stream(visit: Visit) -> Outcome:
    """Tell of alerts as they come; whoever comes without a position is told first what is open."""
    caller, feed = visit.signed_in, visit.feed
    if feed is None:
        raise not_there()
    told = done(await feed.find(caller, visit.position))
    open_ = b"" if visit.position else await _open_alerts(visit)
    return Events(feed.events(caller, told, STREAM_S_MAX, open_))


def encode_happening(shown: ShownHappening) -> bytes:
    """Write what happened for a page's script."""
    return json.dumps(happening_json(shown)).encode()


async def _open_alerts(visit: Visit) -> bytes:
    alerts = done(await list_alerts(visit.context, visit.person))
    rows = [
        {
            "agreement": each.alert.agreement,
            "place": str(each.alert.place),
            "category": each.category,
            "level": each.level,
            "late": each.alert.escalated_at is not None,
        }
        for each in alerts
    ]
    return b"event: open-alerts\ndata: " + json.dumps({"alerts": rows}).encode() + b"\n\n"


def _row(shown: ShownAlert, names: dict[AgreementId, Names]) -> tuple[ShownAlert, str, str]:
    alert = shown.alert
    name = names[alert.agreement](alert.place.party)
    return shown, item_path(alert.agreement, alert.place), name


async def _labels(visit: Visit, alerts: tuple[ShownAlert, ...]) -> str | None:
    """Give the highest marking of the alerts that are listed, under each agreement."""
    found: dict[str, None] = {}
    for agreement in sorted({each.alert.agreement for each in alerts}):
        view = await read_view(visit.context, agreement)
        levels = (each.level for each in alerts if each.alert.agreement == agreement)
        marking = marking_of_levels(view, visit, levels)
        found |= {} if marking is None else {marking: None}
    return " · ".join(found) or None


def _start(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _hours(text: str) -> int:
    if not text:
        return _USUAL
    if text not in map(str, HOURS):
        raise InputError(
            "console.no-hours",
            "it is not counted over so many hours",
            where="hours",
            expected=", ".join(map(str, HOURS)),
        )
    return int(text)


ALERTS: Final = (
    Route("GET", "/alerts", show_alerts),
    Route("GET", "/alerts/events", stream),
    Route("POST", "/alerts/{agreement}/{party}/{index}", acknowledge),
)
