# SPDX-License-Identifier: Apache-2.0
"""What went to third parties, as our registers and mirrors show it, and what waits here.

Source: Japan-ROK GSOMIA Art. 6(a)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from comity.basis.ids import AgreementId, Place, parse_place
from comity.flows.context import Context
from comity.flows.passing.arrangements import marks_for
from comity.flows.passing.wishes import kept_passings, passing_json
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import read_view
from comity.flows.view import View, statement_at
from comity.state.export import state_json
from comity.statement.passing import ItemThirdPartyRelease


@dataclass(frozen=True, slots=True)
class OnwardReleases:
    """Onward releases on record, those that do not count, and those that wait at this node."""

    said: tuple[dict[str, Any], ...]
    without_leave: tuple[dict[str, Any], ...]
    waiting: tuple[dict[str, Any], ...]


async def onward_releases(context: Context, agreement: AgreementId | None = None) -> OnwardReleases:
    """List onward releases under one agreement, or under all."""
    said: list[dict[str, Any]] = []
    without: list[dict[str, Any]] = []
    for each in await pinned_agreements(context):
        if agreement not in (None, each):
            continue
        view = await read_view(context, each)
        rows: Any = state_json(view.fold.state, view.moment(context), ("passed_on",))["passed_on"]
        for row in rows:
            unnamed = {"not_named": _not_named(view, row)}
            said.append({**row, "onward": row["agreement"], "agreement": each, **unnamed})
        without += [row async for row in _without_leave(context, view)]
    waiting = tuple(
        passing_json(each)
        for each in await kept_passings(context)
        if agreement in (None, each.draft.agreement, each.draft.under)
    )
    return OnwardReleases(tuple(said), tuple(without), waiting)


def _not_named(view: View, row: dict[str, Any]) -> AgreementId | None:
    """Give the arrangement that an item was marked for, where not all who had to say so named it.

    Those are its originators, the forwarder aside. By the agreement itself it may have had leave
    all the same. Source: TISA 2014, paragraph 4 (treaties.md T4b)
    """
    state = view.fold.state
    item = state.items.get(parse_place(row["item"]))
    marks = () if item is None else marks_for(view, item, row["recipient"])
    if item is None or not marks:
        return None
    given = (state.consents.get(parse_place(each)) for each in row["consents"])
    named = {e.place.party for e in given if e is not None and item.place in e.consent.items}
    lacking = {*item.release.label.originators} - {*named, row["by"]}
    return marks[0].under if lacking else None


async def _without_leave(context: Context, view: View) -> Any:
    for place, uncounted in view.uncounted():
        statement = await statement_at(context, view, place)
        if isinstance(statement.body, ItemThirdPartyRelease):
            yield _exposed(view, place, statement.body, uncounted.finding.value, uncounted.article)


def _exposed(
    view: View, place: Place, body: ItemThirdPartyRelease, code: str, article: str | None
) -> dict[str, Any]:
    return {
        "agreement": view.agreement_id,
        "place": str(place),
        "by": place.party,
        "item": str(body.item),
        "recipient": body.recipient,
        "code": code,
        "article": article,
    }
