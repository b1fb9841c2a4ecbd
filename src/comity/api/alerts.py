# SPDX-License-Identifier: Apache-2.0
"""Alerts over HTTP: those that are open, their acknowledgement, a digest, and a stream of them.

The stream is of all agreements; by the id of an event, which tells its reader nothing else, whoever
comes back misses nothing and is told nothing twice.
Source: HTML Living Standard 9.2; DESIGN 5 (FLASH)
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Request
from litestar.params import HeaderParameter, Parameter
from litestar.response import Stream
from litestar.status_codes import HTTP_200_OK
from msgspec import Struct

from comity.api.desk import beside, desk_of, done
from comity.api.events import STREAMS, EventStream, StreamSeconds
from comity.api.operations import get, post
from comity.api.places import (
    AgreementPath,
    IndexPath,
    PartyPath,
    agreement_of,
    known_item,
    place_of,
)
from comity.api.shapes import PlaceText, Reply, reply
from comity.basis.instants import HOUR_MS, Instant
from comity.flows.alerting.answering import (
    ShownHappening,
    acknowledge_alert,
    count_since,
    list_alerts,
)
from comity.flows.alerting.positions import POSITION_CHARS
from comity.flows.alerting.shapes import (
    acknowledged_json,
    alert_json,
    counted_json,
    happening_json,
)
from comity.flows.shapes import mark_json
from comity.front.alert_feed import AlertFeed
from comity.front.node import FrontNode
from comity.front.streams import STREAM_S_MAX, Line
from comity.signin.permissions import Permission

FEED: Final = "comity.alert-feed"
_TAG: Final = ["alerts"]
_TYPE: Final = "text/event-stream"
_Precedence = Literal["FLASH", "IMMEDIATE", "PRIORITY", "ROUTINE"]

LastPosition = Annotated[
    str | None,
    HeaderParameter(
        name="Last-Event-ID",
        max_length=POSITION_CHARS,
        description="The id of the last event that came: what came since is told.",
    ),
]
Everything = Annotated[bool, Parameter(description="Those that are acknowledged too.")]
Hours = Annotated[int, Parameter(ge=1, le=24 * 366, description="How far back to count.")]


class AcknowledgedRow(Struct):
    """Who acknowledged an alert, and when."""

    by: str
    at: str


class AlertRow(Struct):
    """An alert, and what became of it at this node."""

    agreement: str
    place: PlaceText
    precedence: _Precedence
    category: str
    level: str
    released_at: str
    raised_at: str
    escalated_at: str | None
    acknowledged: list[AcknowledgedRow]
    may_acknowledge: bool


class AlertsReply(Reply, tag_field="schema", tag="comity/alert-list/1", kw_only=True):
    """Alerts, the first raised first."""

    alerts: list[AlertRow]


class AcknowledgedReply(Reply, tag_field="schema", tag="comity/alert-ack/1", kw_only=True):
    """Who acknowledged it, the caller among them."""

    item: str
    acknowledged: list[AcknowledgedRow]


class CountedRow(Struct):
    """How much came of one precedence and category from one party; the last one's place."""

    agreement: str
    precedence: _Precedence
    category: str
    by: str
    count: int
    last: PlaceText


class DigestReply(Reply, tag_field="schema", tag="comity/alert-digest/1", kw_only=True):
    """What came, counted; FLASH first."""

    counts: list[CountedRow]


class AlertEventReply(Reply, tag_field="schema", tag="comity/alert-event/1", kw_only=True):
    """The data of one event.

    To whoever is named for escalations and may not know of the alert, only that one waits.
    """

    event: Literal["raised", "acknowledged", "escalated"]
    agreement: str | None
    place: PlaceText | None
    precedence: _Precedence
    category: str | None
    level: str | None
    released_at: str | None
    at: str
    by: str | None


@get("/alerts", summary="List alerts", tags=_TAG)
async def list_open(
    request: Request[Any, Any, Any], *, everything: Everything = False
) -> AlertsReply:
    """List the alerts that nobody acknowledged, under every agreement; `everything`: all kept."""
    desk = desk_of(request, Permission.ITEMS_READ)
    found = done(await list_alerts(desk.context, desk.person, everything=everything))
    return reply(desk, AlertsReply, {"alerts": [alert_json(each) for each in found]})


@get("/alerts/digest", summary="Count what came", tags=_TAG)
async def count(request: Request[Any, Any, Any], *, hours: Hours = 24) -> DigestReply:
    """Count what was released to us by precedence and category, in place of a notice for each."""
    desk = desk_of(request, Permission.ITEMS_READ)
    since = Instant(desk.context.ports.clock.now() - hours * HOUR_MS)
    found = done(await count_since(desk.context, desk.person, since))
    return reply(desk, DigestReply, {"counts": [counted_json(each) for each in found]})


@post(
    "/agreements/{agreement:str}/items/{party:str}/{index:int}/alert-acknowledgement",
    summary="Acknowledge an alert",
    tags=_TAG,
    status_code=HTTP_200_OK,
)
async def acknowledge(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> AcknowledgedReply:
    """Note that the caller has seen an alert; nothing is opened by it, and no partner is told."""
    desk = desk_of(request, Permission.ITEMS_OPEN)
    named, place = agreement_of(agreement), place_of(party, index)
    await known_item(desk, named, place)
    alert = done(await acknowledge_alert(desk.context, named, place, desk.person))
    value = {"item": f"{named}/{place}", "acknowledged": acknowledged_json(alert)}
    return reply(desk, AcknowledgedReply, value)


@get("/alerts/events", summary="Tell of alerts, as they come", tags=_TAG, media_type=_TYPE)
async def stream_alerts(
    request: Request[Any, Any, Any],
    *,
    last_event_id: LastPosition = None,
    timeout_s: StreamSeconds = STREAM_S_MAX,
) -> Stream:
    """Tell of alerts under every agreement, of their acknowledgement, and of what nobody saw.

    Server-sent events; the data of each is one JSON object (`comity/alert-event/1`). Without an
    id, what happens from now on is told; what is open is in the list.
    """
    desk = desk_of(request, Permission.ITEMS_READ)
    streams, feed = beside(request, STREAMS), beside(request, FEED)
    told = done(await feed.begin(desk.caller, last_event_id))
    line = Line(lambda: streams.place(desk.caller.key, desk.caller.id), desk.node.patience.send_s)
    return EventStream(feed.events(desk.caller, told, timeout_s), line)


def alert_feed(node: FrontNode) -> AlertFeed:
    """Give the stream of a node's alerts as the API says it."""

    def encode(shown: ShownHappening) -> bytes:
        schema = AlertEventReply.__struct_config__.tag
        value = {"schema": schema, "node": mark_json(node.context), **happening_json(shown)}
        return msgspec.json.encode(msgspec.convert(value, AlertEventReply))

    return AlertFeed(node, encode)


ALERTS: Final = (list_open, count, acknowledge, stream_alerts)
