# SPDX-License-Identifier: Apache-2.0
"""Items whose keys were erased here on purpose: a note for each, so that nothing takes them again.

Erasure destroys the re-wrap in our custody. The key wrap that came with the item opens too, as long
as the sealing key that it was made for is held: a certificate waits until that is destroyed, and
until the custody file's own backup was replaced. Source: DESIGN 6 (custody)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from comity.basis.fields import Fields
from comity.basis.ids import AgreementId, PersonId, Place, parse_person_id
from comity.basis.instants import Instant, format_instant, parse_instant_canonical
from comity.flows.context import Context
from comity.flows.documents import ERASED, json_document, read_json_document
from comity.flows.view import View
from comity.keys.suites import KeyUse
from comity.ports import Document


@dataclass(frozen=True, slots=True)
class Erased:
    """When an item's key was erased here and by whom, and which sealing key its wrap is for.

    `sealing_key` None: no wrap for us is here, as of what we released ourselves. The articles that
    allowed it are given where it is done, and stand in the journal.
    """

    at: Instant
    by: PersonId
    sealing_key: str | None
    articles: tuple[str, ...] = field(default=(), compare=False)


def erased_document(agreement: AgreementId, item: Place, erased: Erased) -> Document:
    """Keep that an item's key was erased."""
    return json_document(
        ERASED,
        f"{agreement}/{item}",
        {"at": format_instant(erased.at), "by": erased.by, "sealing_key": erased.sealing_key},
    )


async def find_erased(context: Context, agreement: AgreementId, item: Place) -> Erased | None:
    """Find the note of an erasure."""
    raw = await context.ports.store.document(ERASED, f"{agreement}/{item}")
    if raw is None:
        return None
    fields = Fields(read_json_document(raw), "erased")
    erased = Erased(
        parse_instant_canonical(fields.text("at"), "erased.at"),
        parse_person_id(fields.text("by")),
        fields.nullable_text("sealing_key"),
    )
    fields.finish()
    return erased


async def erased_among(context: Context, view: View, places: Iterable[Place]) -> frozenset[Place]:
    """Give those of some places whose keys were erased; nothing is read where none ever was."""
    if not dict(view.basis.versions).get(ERASED):
        return frozenset()
    store, agreement = context.ports.store, view.agreement_id
    return frozenset(
        [
            place
            for place in places
            if await store.document(ERASED, f"{agreement}/{place}") is not None
        ]
    )


async def is_sealing_key_held(context: Context, key_id: str | None) -> bool:
    """Answer whether we hold a sealing key, by its id on our card."""
    if key_id is None:
        return False
    keys = context.ports.keys
    for version in await keys.key_sets():
        for each in await keys.public_keys(version):
            if each.use is KeyUse.SEALING and each.key_id == key_id:
                return True
    return False
