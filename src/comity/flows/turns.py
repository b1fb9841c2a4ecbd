# SPDX-License-Identifier: Apache-2.0
"""Turns: whatever works on an agreement does so alone, one after the other, on one live view.

A turn is short and waits for no network. The view it gives is shared by all turns of this process:
it is gone on with from where the store stands, for another command may have written, and gathered
anew only where what was judged is no longer the beginning of the registers. Source: STYLE 2.6
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from comity.agreement.model import Agreement
from comity.basis.ids import AgreementId, Place
from comity.flows.admission import settle_history
from comity.flows.context import Context, held_here, live_of
from comity.flows.origins import look_behind
from comity.flows.set_up import pinned_agreements
from comity.flows.view import View, current_view
from comity.ports import BasisMoved
from comity.state.records import Item


async def glimpse(context: Context, agreement: AgreementId) -> View:
    """Give the live view as it stands, to prepare on what is decided again in a turn.

    It may show what is being said just now and is not committed: nothing may be shown of it.
    """
    known = at_hand(context, agreement)
    if known is not None:
        return known
    async with turn(context, agreement) as view:
        return view


def at_hand(context: Context, agreement: AgreementId) -> View | None:
    """Give the live view as it stands, if there is one: to look at, and to show nothing of it."""
    live = context.live.get(agreement)
    if live is None or not isinstance(live.view, View) or live.view.spent:
        return None
    return live.view


async def agreed_now(context: Context, agreement: AgreementId) -> Agreement | None:
    """Give the version that every party signed last, as the last turn left it; None before that.

    Only the first who asks waits for a turn: what is being committed is not seen here before.
    """
    live = context.live.get(agreement)
    if live is None or not live.is_told:
        async with turn(context, agreement) as view:
            return view.find_agreement()
    return live.agreed


@asynccontextmanager
async def turn(context: Context, agreement: AgreementId) -> AsyncIterator[View]:
    """Give the live view of an agreement to one task at a time, first come, first served.

    What is done to the view stays in it: only what is committed may be. Where a block raises, the
    view is gone on with, unless it is spent.

    Raises:
        StateError: the agreement id is not pinned with anyone.
        InvariantError: the task holds the turn of this agreement already, or of one after it.
    """
    live = live_of(context, agreement)
    async with live.turn():
        view = live.view = await current_view(context, agreement, live, settle_history)
        live.tell(view.find_agreement())
        try:
            yield view
        finally:
            if view.spent:
                live.view = None
            else:
                live.tell(view.find_agreement())
        if not view.spent:
            await settle_history(context, view)


@asynccontextmanager
async def turns(
    context: Context, agreements: Collection[AgreementId]
) -> AsyncIterator[Mapping[AgreementId, View]]:
    """Give the live views of several agreements at once, where one decision rests on them all.

    Turns are taken in the order of their ids, and none against it inside another's: so no two can
    wait for each other. What is committed on one of them rests on all.

    Raises:
        StateError: an agreement id is not pinned with anyone.
        InvariantError: the task holds the turn of one already, or of one after it.
    """
    async with AsyncExitStack() as stack:
        views = {
            each: await stack.enter_async_context(turn(context, each))
            for each in sorted(set(agreements))
        }
        lay_beside(context, views)
        try:
            yield views
        finally:
            for view in views.values():
                view.beside = {}


def lay_beside(context: Context, views: Mapping[AgreementId, View]) -> None:
    """Let each of these views know the others, as they stand now."""
    moments = {each: (view, view.moment(context)) for each, view in views.items()}
    for agreement, view in views.items():
        view.beside = {each: known for each, known in moments.items() if each != agreement}


async def read_view(context: Context, agreement: AgreementId) -> View:
    """Give a view to read from: it shares what it shows with the live one, and costs nothing.

    What is written on it is decided in a turn instead: a busy node moves on meanwhile.

    Raises:
        StateError: the agreement id is not pinned with anyone.
        BasisMoved: as `holding`.
    """
    async with holding(context, agreement) as view:
        return replace(view, heads=dict(view.heads), notes={}, given={}, along={})


@asynccontextmanager
async def holding(context: Context, agreement: AgreementId) -> AsyncIterator[View]:
    """Give the live view in a turn, or in the turn that this task holds already; to read.

    Inside turns nobody waits for another: whoever decides there takes the turns of all it rests on.

    Raises:
        StateError: the agreement id is not pinned with anyone.
        BasisMoved: this task holds turns, and not this one: gather which ones are needed again.
    """
    held = held_here(context)
    known = context.live[agreement].view if agreement in held else None
    if isinstance(known, View):
        yield known
        return
    if held and agreement not in held:
        raise BasisMoved(
            "flows.turn-unheld",
            "what is decided in turns rests on an agreement whose turn was not taken",
            expected=", ".join(sorted(held)),
            found=agreement,
        )
    async with turn(context, agreement) as view:
        yield view


async def read_about(context: Context, agreement: AgreementId, places: Collection[Place]) -> View:
    """Give a view to read from that knows where these items were passed on from.

    Raises:
        StateError: the agreement id is not pinned with anyone.
    """
    return (await _gather(context, agreement, places))[agreement]


@asynccontextmanager
async def turn_about(
    context: Context, agreement: AgreementId, places: Collection[Place]
) -> AsyncIterator[View]:
    """Give the live view of an agreement, in the turns of all that has a word about these items.

    Raises:
        StateError: the agreement id is not pinned with anyone.
    """
    named = await agreements_about(context, agreement, places)
    if len(named) == 1:
        async with turn(context, agreement) as view:
            yield view
        return
    async with turns(context, named) as views:
        yield views[agreement]


async def agreements_about(
    context: Context, agreement: AgreementId, places: Collection[Place]
) -> tuple[AgreementId, ...]:
    """List the agreements that have a word about items: theirs first, then where they came from."""
    return tuple(await _gather(context, agreement, places)) if places else (agreement,)


async def _gather(
    context: Context, agreement: AgreementId, places: Iterable[Place]
) -> dict[AgreementId, View]:
    """Give the views in which items stand, back to where each was released first, side by side."""
    views = {agreement: await read_view(context, agreement)}
    lay_beside(context, views)
    for place in places:
        item = views[agreement].fold.state.items.get(place)
        while item is not None and (named := await _unread_behind(context, views[agreement], item)):
            views |= {each: await read_view(context, each) for each in named}
            lay_beside(context, views)
    return views


async def _unread_behind(context: Context, view: View, item: Item) -> list[AgreementId]:
    """List the agreements behind an item that are pinned here and do not lie beside its view."""
    unread = {each for each, _ in look_behind(view, item, item.at).unread}
    return sorted(unread.intersection(await pinned_agreements(context))) if unread else []


@asynccontextmanager
async def holding_about(
    context: Context, agreement: AgreementId, places: Collection[Place]
) -> AsyncIterator[View]:
    """Give the live view as `turn_about`, or in the turns that this task holds already; to read.

    Raises:
        StateError: the agreement id is not pinned with anyone.
    """
    known = context.live.get(agreement)
    held = known is not None and known.is_ours
    around = holding(context, agreement) if held else turn_about(context, agreement, places)
    async with around as view:
        yield view
