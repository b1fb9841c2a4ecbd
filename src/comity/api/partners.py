# SPDX-License-Identifier: Apache-2.0
"""Partners: whose cards are pinned, and how delivery to each of them goes."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request

from comity.api.desk import desk_of
from comity.api.operations import get
from comity.api.shapes import PartnersReply, reply
from comity.basis.instants import format_instant
from comity.flows.delivery_line import LineStatus
from comity.flows.set_up import pinned_cards
from comity.keys.cards import fingerprint
from comity.signin.permissions import Permission


@get("/partners", summary="List the partners", tags=["partners"])
async def show_partners(request: Request[Any, Any, Any]) -> PartnersReply:
    """List the partners, and for each what is not acknowledged yet and what went wrong last."""
    desk = desk_of(request, Permission.AGREEMENTS_READ)
    lines = desk.node.lines()
    rows = [
        {
            "party": card.party,
            "domain": card.domain,
            "fingerprint": fingerprint(card),
            "card_version": card.version,
            "addresses": list(card.addresses),
            "lines": [_line(each) for each in lines if each.partner == card.party],
        }
        for card in await pinned_cards(desk.context)
    ]
    return reply(desk, PartnersReply, {"partners": rows})


def _line(status: LineStatus) -> dict[str, Any]:
    last, problem, since = status.last_success, status.problem, status.troubled_since
    return {
        "agreement": status.agreement,
        "register": status.register,
        "state": status.state.value,
        "size": status.size,
        "known": status.known,
        "acknowledged": status.acknowledged,
        "parcels_waiting": status.parcels_waiting,
        "parcels_refused": status.parcels_refused,
        "last_success": None if last is None else format_instant(last),
        "problem": None if problem is None else problem.as_json(),
        "troubled_since": None if since is None else format_instant(since),
        "retry_s": status.retry_s,
    }


PARTNERS: Final = (show_partners,)
