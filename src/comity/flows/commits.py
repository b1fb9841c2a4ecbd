# SPDX-License-Identifier: Apache-2.0
"""Committing what rests on a view, and letting the view rest on what is committed.

What is signed and not kept yet goes along with whatever is committed next. Source: DESIGN 7
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import structs

from comity.basis.ids import Place
from comity.basis.limits import KIB
from comity.flows.context import Context
from comity.flows.resting import judgement_of
from comity.flows.view import View, refuse_spent
from comity.ports import Basis, Change, Entries, Judgement, RegisterHead
from comity.statement.judgement import Judged
from comity.statement.mirrored import Mirrored
from comity.tlog.tree import Edge, append_leaves, edge_root, leaf_hash

GROWN: Final = "grown"
"""Names in a view's memo the edge before entries that are being signed, these, and that after."""

AT_HAND_BYTES_MAX: Final = 8 * KIB
"""How large a parcel may be that is kept at hand; larger ones are read from the store again."""


async def commit_on(context: Context, view: View, change: Change) -> None:
    """Commit a change that rests on a view, and let the view rest on what is now committed.

    What is signed and not kept yet goes along; the change may rest on more than the view, and rests
    on the registers of what lies beside it: see `turns`. Basis and
    heads are worked out from the change itself: had another command written meanwhile, reading them
    back would hide that.

    Raises:
        BasisMoved: something that the view rests on has changed; gather it again.
        InvariantError: a commit on this view has failed before.
    """
    refuse_spent(view)
    view.spent = True
    versions = (*view.basis.versions, *change.basis.versions)
    beside = [size for other, _ in view.beside.values() for size in other.basis.registers]
    basis = Basis((*view.basis.registers, *change.basis.registers, *beside), versions)
    await commit_along(context, view, structs.replace(change, basis=basis))
    _rest_on(view, change)
    view.spent = False


async def commit_along(context: Context, view: View, change: Change) -> None:
    """Commit a change that moves nothing that views rest on, and what is signed along with it."""
    notes, given = dict(view.notes), dict(view.given)
    written = {(each.kind, each.key): each for each in change.documents}
    along = {key: each for key, each in view.along.items() if key not in written}
    await context.ports.store.commit(
        structs.replace(
            change,
            checkpoints=(*change.checkpoints, *notes.values()),
            cosignatures=(*change.cosignatures, *given.values()),
            documents=(*change.documents, *along.values()),
        )
    )
    parties = {head.origin: head.party for head in view.heads.values()}
    for each in change.parcels:
        place = Place(parties[each.origin], each.index)
        if each.raw is None or len(each.raw) > AT_HAND_BYTES_MAX:
            view.parcels.pop(place, None)
        else:
            view.parcels.keep(place, each.raw)
        if each.raw is not None and place.party != view.own:
            view.open.here.add(place)
    for key, document in (along | written).items():
        if key in written or view.along.get(key) is document:
            view.along.pop(key, None)
    for size in notes:
        view.notes.pop(size, None)
    for party, cosigned in given.items():
        if view.given.get(party) is cosigned:
            del view.given[party]
    context.written.tell()


def _rest_on(view: View, change: Change) -> None:
    """Let heads and basis be those after a change that is committed."""
    versions = dict(view.basis.versions)
    for kind in {each.kind for each in change.documents} & versions.keys():
        versions[kind] += 1
    by_origin = {head.origin: head for head in view.heads.values()}
    for new in change.entries:
        head = by_origin[new.origin]
        edge = _grown(view, change, head, new)
        view.heads[head.party] = structs.replace(
            head, size=edge.size, root_hash=edge_root(edge), edge=edge
        )
    sizes = tuple((head.origin, head.size) for head in view.heads.values())
    view.basis = Basis(sizes, tuple(versions.items()))


def _grown(view: View, change: Change, head: RegisterHead, new: Entries) -> Edge:
    """Give a register's edge after entries; what mirrored or signed them has it already."""
    match view.memo.get(GROWN):
        case (before, entries, Edge() as grown) if before is head.edge and entries is new.entries:
            return grown
    known = change.allowed_by
    if (
        isinstance(known, Mirrored)
        and (known.origin, known.start) == (head.origin, head.size)
        and known.entries is new.entries
    ):
        return known.edge
    return append_leaves(head.edge, [leaf_hash(each) for each in new.entries]).edge


def judgements_of(view: View, judged: Iterable[Judged]) -> tuple[Judgement, ...]:
    """Write verdicts as the store keeps them; some may be on other registers that had waited."""
    return tuple(judgement_of(view.heads[each.place.party].origin, each) for each in judged)
