# SPDX-License-Identifier: Apache-2.0
"""The fold of what becomes of items: recalled, given back, destroyed, counted.

A copy is gone once. An item is closed for its holder by a certificate for what was left, or by
a return of what was left that its originator has receipted. Whoever passed it on says on what the
third party said of its copies. Source: Japan-ROK GSOMIA Art. 6(a), 6(f), 6(h), 13
"""

from __future__ import annotations

from typing import assert_never

from comity.agreement.acts import DestructionMeans
from comity.basis.ids import PartyId, Place
from comity.basis.instants import Date
from comity.state.findings import Finding, Uncounted
from comity.state.lifecycle_dates import day_of
from comity.state.protected import find_protected, is_sealed
from comity.state.queries import item_level
from comity.state.records import Item, Receipt, Said
from comity.state.records_handling import Count, Destruction, Enclosed, Recall, Return
from comity.state.state import State
from comity.state.tables import Chain
from comity.state.terms import Terms
from comity.statement.custody import CustodyBody, InventoryResult
from comity.statement.handling import HandlingBody, ItemDestroyed, ItemRecall, ItemReturn
from comity.statement.information import ItemReceipt
from comity.statement.values import ParcelRef, SealedRef

Holding = tuple[Place, PartyId]
"""Of what somebody has copies, and who: the item, or the word that it was passed on by."""

_FOR_EQUIPMENT = frozenset({DestructionMeans.EQUIPMENT_DESTROY, DestructionMeans.EQUIPMENT_MODIFY})


def enclose(state: State, said: Said, parcel: ParcelRef | None, sealed: SealedRef | None) -> None:
    """Keep the sealed text that a counted statement encloses, if it does."""
    if parcel is not None and sealed is not None:
        row = Enclosed(said.place, said.at, said.to, parcel, sealed)
        state.enclosed.put(said.place, row)


def apply_handling(state: State, said: Said, body: HandlingBody | CustodyBody) -> Uncounted | None:
    """Apply one statement of this family."""
    match body:
        case ItemRecall():
            return apply_recall(state, said, body)
        case ItemReturn():
            return apply_return(state, said, body)
        case ItemDestroyed():
            return apply_destroyed(state, said, body)
        case InventoryResult():
            return apply_inventory(state, said, body)
        case _:
            assert_never(body)


def apply_recall(state: State, said: Said, body: ItemRecall) -> Uncounted | None:
    """Count a recall by an originator of every item that it names; the last one stands."""
    article = state.files[said.version].article("retention")
    for place in body.items:
        item = find_protected(state, place)
        if item is None:
            return Uncounted(Finding.UNKNOWN_ITEM, article)
        if said.by not in item.release.label.originators:
            return Uncounted(Finding.NOT_ORIGINATOR, article)
    for place in body.items:
        known = state.recalls.get((place, said.by))
        since = said.place if known is None else known.since
        state.recalls.put((place, said.by), Recall(said.place, said.at, body, since))
    return None


def apply_return(state: State, said: Said, body: ItemReturn) -> Uncounted | None:
    """Count a return of copies that the speaker was given or made, and still has.

    Source: Japan-ROK GSOMIA Art. 6(h)
    """
    article = state.files[said.version].article("retention")
    held = _item_held(state, said, body, article)
    if isinstance(held, Uncounted):
        return held
    row = Return(said.place, said.at, body)
    _gone(state, held[1], row)
    state.returns.put(said.place, row)
    enclose(state, said, body.parcel, body.sealed)
    return None


def apply_return_receipt(state: State, said: Said, body: ItemReceipt) -> Uncounted | None:
    """Count an originator's receipt for what was given back: it names the return."""
    article = state.files[said.version].article("receipt")
    returned = state.returns.get(body.item)
    item = None if returned is None else find_protected(state, returned.body.item)
    if returned is None or item is None or returned.body.follows is not None:
        return Uncounted(Finding.UNKNOWN_ITEM, article)
    if said.by not in item.release.label.originators:
        return Uncounted(Finding.NOT_ORIGINATOR, article)
    if (body.item, said.by) in state.return_receipts:
        return Uncounted(Finding.ALREADY_RECEIPTED, article)
    if body.parcel_sha256 != item.release.parcel.sha256:
        return Uncounted(Finding.OTHER_PARCEL, article)
    terms = state.files[item.version]
    level = terms.level_of(said.by, body.marking, said.at)
    if level not in (item.release.label.level, item_level(state, item, said.at)):
        return Uncounted(Finding.MARKING, terms.article("marking"))
    state.return_receipts.put((body.item, said.by), Receipt(said.place, said.at, body.marking))
    return None


def apply_destroyed(state: State, said: Said, body: ItemDestroyed) -> Uncounted | None:
    """Count a certificate: by allowed means, by enough persons, for copies that were left.

    Source: Japan-ROK GSOMIA Art. 13
    """
    article = state.files[said.version].article("destruction")
    held = _item_held(state, said, body, article)
    if isinstance(held, Uncounted):
        return held
    item, holding = held
    # By which means a third party may, the agreement that it holds the item by says.
    stopped = _means_stop(state, item, said, body) if body.follows is None else None
    if stopped is not None:
        return stopped
    row = Destruction(said.place, said.at, body)
    _gone(state, holding, row)
    state.destructions.put(said.place, row)
    enclose(state, said, body.parcel, body.sealed)
    return None


def apply_inventory(state: State, said: Said, body: InventoryResult) -> Uncounted | None:
    """Count an inventory; where a copy is missing it names the incident that this led to.

    Source: Japan-ROK GSOMIA Art. 6(f), 17
    """
    terms = state.files[said.version]
    article = terms.article("inventory")
    for place in body.missing:
        item = find_protected(state, place)
        if item is None:
            return Uncounted(Finding.UNKNOWN_ITEM, article)
        if said.by not in (*item.to, item.place.party):
            return Uncounted(Finding.NOT_A_RECIPIENT, article)
    if not _is_reported(state, said, body):
        return Uncounted(Finding.NO_INCIDENT, article)
    if _is_later(terms, body.on, said):
        return Uncounted(Finding.DATED_LATER, article)
    state.inventories.put(said.place, Count(said.place, said.at, body))
    return None


def _is_reported(state: State, said: Said, body: InventoryResult) -> bool:
    """Say whether the speaker reported what is missing, and names a report for nothing else."""
    if body.incident is None:
        return not body.missing
    incident = state.incidents.get(body.incident)
    if incident is None or incident.place.party != said.by or incident.report.names_victim:
        return False
    return set(body.missing) <= {each.item for each in incident.report.affected} and bool(
        body.missing
    )


def _item_held(
    state: State, said: Said, body: ItemReturn | ItemDestroyed, article: str
) -> tuple[Item, Holding] | Uncounted:
    """Give the item of which its holder still has the copies that are named, or why it has not."""
    item = find_protected(state, body.item)
    if item is None:
        return Uncounted(Finding.UNKNOWN_ITEM, article)
    if body.follows is None and said.by not in item.to:
        return Uncounted(Finding.NOT_A_RECIPIENT, article)
    if not is_sealed(item):
        return Uncounted(Finding.WITHOUT_NOTE, article)
    if _is_later(state.files[said.version], body.on, said):
        return Uncounted(Finding.DATED_LATER, article)
    holding = _holding(state, said.by, body)
    if holding is None:
        return Uncounted(Finding.NOTHING_PASSED_ON, article)
    if any((*holding, number) in state.copies_gone for number in body.copies):
        return Uncounted(Finding.COPY_GONE, article)
    handled = state.handled.get(holding)
    if handled is not None and handled.newest.body.remaining == 0:
        return Uncounted(Finding.NOTHING_LEFT, article)
    return item, holding


def _holding(state: State, by: PartyId, body: ItemReturn | ItemDestroyed) -> Holding | None:
    """Give whose copies they are, and of what: the speaker's, or whom it passed the item on to.

    A third party numbers its copies of each thing that it was given: an item may go to it twice.
    """
    if body.follows is None:
        return body.item, by
    row = state.passed_on.get(body.follows)
    if row is None or row.place.party != by or row.said.item != body.item or row.release is None:
        return None
    return row.place, row.said.recipient


def _gone(state: State, holding: Holding, row: Return | Destruction) -> None:
    state.handled.put(holding, Chain(row, state.handled.get(holding)))
    for number in row.body.copies:
        state.copies_gone.put((*holding, number), row.place)


def _means_stop(state: State, item: Item, said: Said, body: ItemDestroyed) -> Uncounted | None:
    terms = state.files[said.version]
    level, rules = item_level(state, item, said.at), terms.destructions
    if not rules:
        return Uncounted(Finding.DESTRUCTION_NOT_PERMITTED, terms.article("destruction"))
    for rule in rules:
        if body.means.value not in rule.means or not _fits(body.means, item):
            return Uncounted(Finding.MEANS, rule.article)
        if level in rule.by_two and body.persons == 1:
            return Uncounted(Finding.TOO_FEW_PERSONS, rule.article)
    return None


def _fits(means: DestructionMeans, item: Item) -> bool:
    """Say whether what can be done to equipment is said of equipment alone."""
    return means not in _FOR_EQUIPMENT or item.release.label.form == "equipment"


def _is_later(terms: Terms, on: Date, said: Said) -> bool:
    return on > day_of(said.at, terms.agreement.lifecycle.zone)
