# SPDX-License-Identifier: Apache-2.0
"""What the journal tells of the statements that an act relied on: where each stands, and its hash.

Source: Japan-ROK GSOMIA Art. 6(a), 7(5) (treaties.md G6a, G7.5: the record holds the hash)
"""

from __future__ import annotations

from collections.abc import Iterable

from comity.basis.ids import Place, digest_of
from comity.basis.instants import Instant
from comity.basis.strict_json import JsonValue
from comity.flows.context import Context
from comity.flows.facts import names_assured
from comity.flows.view import View, statement_at
from comity.marking.labels import Labelled
from comity.state.lifecycle_dates import until_passed
from comity.state.queries import assured


async def name_assurances(
    context: Context, view: View, released: Labelled, at: Instant
) -> dict[str, JsonValue]:
    """Give the journal's member on what recipients assured for a release; none where none did.

    Of what was laid before the decision (for any name, for those whom the item is for, and for the
    systems of the channel) it is what holds now and covers the level.
    """
    file, label = view.agreement(), released.label
    names, zone = names_assured(file, label.named_for), file.lifecycle.zone
    high_enough = file.levels.order[: file.levels.order.index(label.level) + 1]
    places = [
        each.place
        for party in released.to
        for each in assured(view.fold.state, party, names, at)
        if until_passed(each.assurance.until, zone) > at and each.assurance.level in high_enough
    ]
    return {"assurances": await name_entries(context, view, places)} if places else {}


async def name_entries(context: Context, view: View, places: Iterable[Place]) -> list[JsonValue]:
    """Name statements of an agreement by their control numbers and the SHA-256 of their entries.

    Raises:
        InvariantError: nothing stands at one of these places.
    """
    named: list[JsonValue] = []
    for each in places:
        said = await statement_at(context, view, each)
        named.append({"place": f"{view.agreement_id}/{each}", "sha256": digest_of(said.raw)})
    return named
