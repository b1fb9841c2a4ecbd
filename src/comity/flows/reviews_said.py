# SPDX-License-Identifier: Apache-2.0
"""What reviews said of items: the last word on each counts.

Source: Japan-ROK GSOMIA Art. 6(h) (treaties.md G6h)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from comity.basis.fields import Fields
from comity.basis.ids import AgreementId, PersonId, Place, parse_person_id, parse_place
from comity.basis.instants import Date, Instant, parse_date, parse_instant_canonical
from comity.flows.context import Context
from comity.flows.documents import REVIEWED, read_json_document
from comity.flows.view import View


@dataclass(frozen=True, slots=True)
class Reviewed:
    """When an item's need was looked at last, by whom, and until when it is kept.

    `until` None: its need has ended.
    """

    at: Instant
    by: PersonId
    until: Date | None


async def reviewed_last(context: Context, agreement: AgreementId, item: Place) -> Reviewed | None:
    """Give the last review of an item; None: none yet."""
    raw = await context.ports.store.document(REVIEWED, f"{agreement}/{item}")
    return None if raw is None else _read(raw)


async def all_reviewed(context: Context, view: View) -> Mapping[Place, Reviewed]:
    """Give the latest review of each item that was reviewed; read anew when there is a new one."""
    key = (REVIEWED, await context.ports.store.version(REVIEWED))
    match view.memo.get(key):
        case dict() as known:
            return known
    start = f"{view.agreement_id}/"
    found = {
        parse_place(each.key.removeprefix(start)): _read(each.body)
        for each in await context.ports.store.documents(REVIEWED, prefix=start)
        if each.body is not None
    }
    view.memo.keep(key, found)
    return found


def _read(raw: bytes) -> Reviewed:
    fields = Fields(read_json_document(raw), "reviewed")
    until = fields.nullable_text("until")
    reviewed = Reviewed(
        parse_instant_canonical(fields.text("at"), "reviewed.at"),
        parse_person_id(fields.text("by")),
        None if until is None else parse_date(until, "reviewed.until"),
    )
    fields.finish()
    return reviewed
