# SPDX-License-Identifier: Apache-2.0
"""The app: routes, and around them the doorkeeper and the guard. `serve` mounts it.

`/openapi.json` describes every operation; what is not described is not there.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, cast

import msgspec
from litestar import Litestar, Request, Response, Router, get
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import ControllerRouterHandler

from comity.api.affairs import AFFAIRS
from comity.api.agreements import AGREEMENTS
from comity.api.alerts import ALERTS, FEED, alert_feed
from comity.api.balances import BALANCES
from comity.api.bodies import StrictRequest
from comity.api.cases import CASES
from comity.api.consultations import CONSULTATIONS
from comity.api.copies import COPIES
from comity.api.desk import NODE, node_of
from comity.api.doorkeeper import Doorkeeper
from comity.api.drafts import DRAFTS
from comity.api.events import STREAMS, stream_events
from comity.api.exports import EXPORTS
from comity.api.goods import GOODS
from comity.api.health import READINESS, Readiness, healthz, metrics, readyz
from comity.api.item_ends import ENDS
from comity.api.item_payloads import PAYLOADS
from comity.api.items import ITEMS
from comity.api.labels import LABELS
from comity.api.limits import JSON_BYTES_MAX
from comity.api.parcels import PARCELS
from comity.api.partners import PARTNERS
from comity.api.people import PEOPLE
from comity.api.promises import PROMISES
from comity.api.receipts import RECEIPTS
from comity.api.registers import REGISTERS
from comity.api.replies import JSON_TYPE, answer_of
from comity.api.reports import REPORTS
from comity.api.sealed_texts import SEALED_TEXTS
from comity.api.session import SESSION
from comity.api.settlement import SETTLEMENT
from comity.api.third_parties import THIRD_PARTIES
from comity.api.waits import WAITING, WAITS, Waits
from comity.front.asgi import App, Receive, Scope, Send
from comity.front.cookie import COOKIE
from comity.front.guard import Guard, Manner
from comity.front.node import FrontNode
from comity.front.streams import Streams

VERSION: Final = "1"
BASE: Final = "/api/v1"

OF_PROGRAMS: Final = frozenset({BASE, "/openapi.json", "/healthz", "/readyz", "/metrics"})
"""Paths that are the API's beside those under its base; every other is the console's."""

_MANNER: Final = Manner(answer_of, b"default-src 'none'; frame-ancestors 'none'")

_OPERATIONS: Final[tuple[ControllerRouterHandler, ...]] = (
    *SESSION,
    *AGREEMENTS,
    *AFFAIRS,
    *ITEMS,
    *PAYLOADS,
    *EXPORTS,
    *RECEIPTS,
    *PARCELS,
    *LABELS,
    *COPIES,
    *ENDS,
    *WAITING,
    stream_events,
    *ALERTS,
    *DRAFTS,
    *PROMISES,
    *CONSULTATIONS,
    *THIRD_PARTIES,
    *CASES,
    *GOODS,
    *BALANCES,
    *SEALED_TEXTS,
    *REGISTERS,
    *REPORTS,
    *SETTLEMENT,
    *PEOPLE,
    *PARTNERS,
)


def create_app(node: FrontNode) -> App:
    """Make the ASGI app that serves a node to its own people and programs."""
    patience, routes = node.patience, cast("App", _routes())
    beside = {
        NODE: node,
        FEED: alert_feed(node),
        READINESS: Readiness(node),
        WAITS: Waits(patience.waits_at_once),
        STREAMS: Streams(most=patience.streams_at_once, most_of_one=patience.streams_of_one),
    }

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        scope.update(beside)
        await routes(scope, receive, send)

    doorkeeper = Doorkeeper(serve, door=node.door, patience=patience)
    return Guard(
        doorkeeper, manner=_MANNER, metrics=node.metrics, patience=patience, fault=node.fault
    )


def describe() -> dict[str, Any]:
    """Give the description of the whole API, for which no node is needed."""
    return _routes().openapi_schema.to_schema()


@cache
def _routes() -> Litestar:
    """Put the routes together, which takes a while: they are every node's, and know none."""
    return Litestar(
        route_handlers=[
            healthz,
            readyz,
            metrics,
            show_openapi,
            Router(BASE, route_handlers=list(_OPERATIONS)),
        ],
        request_class=StrictRequest,
        request_max_body_size=JSON_BYTES_MAX,
        exception_handlers={Exception: _answer},
        openapi_config=OpenAPIConfig(
            title="comity",
            version=VERSION,
            description="One party's node, for its own people and programs.",
            path="/schema",
            components=_components(),
            use_handler_docstrings=True,
        ),
        logging_config=None,
        pdb_on_exception=False,
        debug=False,
    )


def _components() -> Components:
    return Components(
        security_schemes={
            "token": SecurityScheme(type="http", scheme="bearer", description="of a program"),
            "session": SecurityScheme(
                type="apiKey", security_scheme_in="cookie", name=COOKIE, description="of a person"
            ),
        }
    )


@get("/openapi.json", include_in_schema=False)
async def show_openapi(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Describe the whole API, as OpenAPI 3.1."""
    schema = request.app.openapi_schema.to_schema()
    return Response(msgspec.json.encode(schema), media_type=JSON_TYPE)


def _answer(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Word every exception in the one way, and tell of faults of the program."""
    found = answer_of(error)
    if found.status == 500:
        node_of(request).fault(error)
    return Response(
        found.body, status_code=found.status, headers=found.headers, media_type=JSON_TYPE
    )
