# SPDX-License-Identifier: Apache-2.0
"""May a partner's release be held here? Decided at its own place, by what it had seen.

Source: DESIGN 2 (admit), 4
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack

from comity.basis.errors import InvariantError
from comity.basis.ids import Place
from comity.decision.admission import Admitted, MirroredRelease, admit_release, refuse_as_said
from comity.decision.stages import Refused
from comity.flows.facts import assurance_fact, consent_fact
from comity.flows.view import View
from comity.state.lifecycle import lifecycle_at
from comity.state.queries import assurances_in_force, consents_for
from comity.state.records import Item

COURIER = "courier"


def admit_item(view: View, item: Item, *, channel: str = COURIER) -> Admitted | Refused:
    """Decide whether a partner's release may be held here, by what stood at its own place.

    Our assurances count only if the release's speaker had seen them (DESIGN 4). What we rejected
    as dated ahead is not admitted, whatever the agreement would say.
    """
    agreement, statement = view.file(item.version), view.statements.get(item.place)
    if statement is None:
        raise InvariantError("flows.item-unsaid", "an item counts that nobody said")
    seen = {**dict(statement.seen), item.place.party: item.place.index}
    with view.fold.standing_at(item.at) as state:
        standing = lifecycle_at(state, item.at)
        assurances = assurances_in_force(state, view.own, item.at, seen=seen)
        consents = consents_for(state, item, item.at, seen=seen)
    release = MirroredRelease(
        item_id=str(item.place),
        by=item.place.party,
        receiver=view.own,
        at=item.at,
        label=item.release.label,
        channel=channel,
        agreement_state=standing.agreement_state or "",
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


def admit_items(view: View, items: Iterable[Item]) -> dict[Place, Admitted | Refused]:
    """Decide many releases, the latest first, so that what followed them is taken back once.

    What we rejected by our own statement is not looked at here: leave it out.
    """
    found: dict[Place, Admitted | Refused] = {}
    with ExitStack() as earlier:
        for item in sorted(items, key=lambda each: each.at, reverse=True):
            earlier.enter_context(view.fold.standing_at(item.at))
            found[item.place] = admit_item(view, item)
    return found
