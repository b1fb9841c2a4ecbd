# SPDX-License-Identifier: Apache-2.0
"""May a partner's release be held here? Decided at its own place, by what it had seen.

Source: DESIGN 2 (admit), 4
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack

from comity.basis.ids import Place
from comity.decision.admission import Admitted, MirroredRelease, admit_release, refuse_as_said
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.facts import assurance_fact, consent_fact
from comity.flows.view import View, statement_at
from comity.state.queries import assurances_in_force, consents_for, standing_state
from comity.state.records import Item
from comity.statement.envelope import Statement

COURIER = "courier"


async def admit_item(
    context: Context, view: View, item: Item, *, channel: str = COURIER
) -> Admitted | Refused:
    """Decide whether a partner's release may be held here, by what stood at its own place.

    Our assurances count only if the release's speaker had seen them (DESIGN 4). What we rejected
    as dated ahead is not admitted, whatever the agreement would say.
    """
    statement = await statement_at(context, view, item.place)
    return _admit(view, item, statement, channel)


def _admit(view: View, item: Item, statement: Statement, channel: str) -> Admitted | Refused:
    agreement = view.file(item.version)
    seen = {**dict(statement.seen), item.place.party: item.place.index}
    with view.fold.standing_at(item.at) as state:
        standing = standing_state(state, item.at)
        assurances = assurances_in_force(state, view.own, item.at, seen=seen)
        consents = consents_for(state, item, item.at, seen=seen)
    release = MirroredRelease(
        item_id=str(item.place),
        by=item.place.party,
        receiver=view.own,
        at=item.at,
        label=item.release.label,
        channel=channel,
        agreement_state=standing or "",
        suite=item.release.sealed.suite,
        assurances=tuple(assurance_fact(each) for each in assurances),
        consents=tuple(consent_fact(each) for each in consents),
    )
    admitted = admit_release(agreement, release)
    rejection = view.fold.state.rejections.get((view.own, item.place))
    if rejection is None or isinstance(admitted, Refused):
        return admitted
    said = rejection.reject
    why = f"rejected by {rejection.place} with {said.code}"
    return refuse_as_said(admitted, said.article or agreement.scope.article, why)


async def decide_items(context: Context, view: View) -> None:
    """Hold what came since the last time against the agreement; `view.open` keeps the answers."""
    state = view.fold.state
    items = [state.items.get(place) for place in view.open.undecided]
    told = [
        (item, await statement_at(context, view, item.place)) for item in items if item is not None
    ]
    for place, outcome in _admit_all(view, told).items():
        view.open.decided(place, _articles(outcome) if isinstance(outcome, Refused) else None)


def _admit_all(
    view: View, items: Iterable[tuple[Item, Statement]]
) -> dict[Place, Admitted | Refused]:
    """Decide many releases, the latest first, so that what followed them is taken back once."""
    found: dict[Place, Admitted | Refused] = {}
    with ExitStack() as earlier:
        for item, statement in sorted(items, key=lambda each: each[0].at, reverse=True):
            earlier.enter_context(view.fold.standing_at(item.at))
            found[item.place] = _admit(view, item, statement, COURIER)
    return found


def _articles(refused: Refused) -> tuple[str, ...]:
    return tuple(sorted({each.article for each in refused.findings}))
