# SPDX-License-Identifier: Apache-2.0
"""The meters of yearly caps, as the file that is signed has them, on a day.

Source: 10 U.S.C. 2347
"""

from __future__ import annotations

from comity.basis.ids import AgreementId
from comity.basis.instants import Instant
from comity.basis.strict_json import JsonValue
from comity.flows.context import Context
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.goods_caps import meter_json, meters_at
from comity.state.queries import current_version
from comity.state.queries_goods import today_of
from comity.state.state import State

Row = dict[str, JsonValue]


def meters_of(view: View, state: State, end: Instant) -> tuple[Row, ...]:
    """Give the meters of a file as a state holds its orders at an instant; none: no caps."""
    version = current_version(state)
    if version is None:
        return ()
    found = meters_at(state, view.file(version), today_of(state, end))
    return tuple(meter_json(each) for each in found)


async def list_warnings(context: Context, agreement: AgreementId) -> tuple[Row, ...]:
    """List the caps that are nearly used up, or over, as of now."""
    view = await read_view(context, agreement)
    now = view.moment(context)
    with view.fold.standing_at(now) as state:
        found = meters_of(view, state, now)
    return tuple({"agreement": agreement, **row} for row in found if row["warns"])
