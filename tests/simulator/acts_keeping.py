# SPDX-License-Identifier: Apache-2.0
"""What people do with held items, as the seed draws it: copies, ends, counts, derived items."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from comity.agreement.acts import DestructionMeans, Recalled
from comity.basis.ids import Place
from comity.flows.drafts import ItemDraft
from comity.flows.keeping.calling_back import recall, receipt_return
from comity.flows.keeping.counting import count
from comity.flows.keeping.ending import Destroying, Returning, destroy, give_back
from comity.flows.keeping.making import CopyWish, make_copy
from comity.flows.keeping.making_from import derive_item
from comity.sealing.payload import PayloadHeader
from comity.state.queries import item_level
from comity.statement.handling import ItemRecall
from tests.simulator.cast import DRAFTER, OFFICER, READER, REGISTRAR, marking_of

if TYPE_CHECKING:
    from tests.simulator.acts import Scene

_HEADER = PayloadHeader("Summary", "text/plain")


async def keep(scene: Scene) -> object:
    """Do something with an item that is held, or with one of ours that others hold."""
    acts: tuple[Callable[[Scene, Place], Awaitable[object]], ...] = (
        _copy,
        _copy,
        _end,
        _end,
        _derive,
        _call_back,
        _count,
    )
    view = await scene.view()
    returns = sorted(view.fold.state.returns.keys())
    if returns and scene.draws.random() < 0.3:
        return await _receipt(scene, scene.draws.choice(returns))
    places = sorted(view.fold.state.items.keys())
    if not places:
        return None
    return await scene.draws.choice(acts)(scene, scene.draws.choice(places))


async def _copy(scene: Scene, place: Place) -> object:
    second = scene.draws.choice((OFFICER, OFFICER, None))
    wish = CopyWish("warning", "the desk", READER, second)
    return await make_copy(scene.context, scene.pact.id, place, READER, wish)


async def _end(scene: Scene, place: Place) -> object:
    numbers = (scene.draws.randint(1, 3),)
    pact, context = scene.pact.id, scene.context
    if scene.draws.random() < 0.5:
        return await give_back(context, pact, place, REGISTRAR, Returning(numbers))
    how = Destroying(DestructionMeans.SHRED, numbers, second=scene.draws.choice((OFFICER, None)))
    return await destroy(context, pact, place, REGISTRAR, how)


async def _derive(scene: Scene, place: Place) -> object:
    view = await scene.view()
    item = view.item(place)
    level = item_level(view.fold.state, item, view.moment(scene.context))
    content = scene.content()
    scene.ledger.drafted.add(content)
    draft = ItemDraft(
        scene.pact.id,
        scene.recipients(),
        marking_of(scene.node.party, level),
        item.release.label.category,
        "document",
        ("warning",),
        derived_from=(place,),
    )
    return await derive_item(scene.context, DRAFTER, draft, _HEADER, [content])


async def _call_back(scene: Scene, place: Place) -> object:
    body = ItemRecall((place,), Recalled.EITHER, "error", None)
    return await recall(scene.context, scene.pact.id, body, OFFICER)


async def _count(scene: Scene, place: Place) -> object:
    found = ((place, 2),) if scene.draws.random() < 0.5 else ()
    return await count(scene.context, scene.pact.id, REGISTRAR, found)


async def _receipt(scene: Scene, returned: Place) -> object:
    view = await scene.view()
    row = view.fold.state.returns.get(returned)
    if row is None:
        return None
    item, now = view.item(row.body.item), view.moment(scene.context)
    marking = marking_of(scene.node.party, item_level(view.fold.state, item, now))
    return await receipt_return(scene.context, scene.pact.id, returned, REGISTRAR, marking=marking)
