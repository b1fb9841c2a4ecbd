# SPDX-License-Identifier: Apache-2.0
"""Saying on what was said of an item that we passed on, under the agreement at its other end.

A new level or a recall by its originators goes to whom we passed it on; a loss or compromise, and
an end of copies, that was told there goes to its originators. Each is said as any such statement
is, by a person's word. Source: Japan-ROK GSOMIA Art. 6(a), 6(g), 6(h), 13, 17
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace

from msgspec import structs

from comity.basis.errors import ComityError, StateError
from comity.basis.ids import AgreementId, PersonId, Place
from comity.basis.instants import Instant, date_of
from comity.decision.stages import Refused
from comity.flows.cases.incidents import Report, find_incident, report_incident
from comity.flows.context import Context
from comity.flows.enclosures import Text
from comity.flows.origins import Origin, back_from, origin_of, standing_level
from comity.flows.promises import reclassify, speak_in_role
from comity.flows.shapes import control_number
from comity.flows.speak import Entered
from comity.flows.turns import read_about, read_view, turn_about
from comity.flows.view import View
from comity.marking.equivalence import choose_marking
from comity.state.coming_onward import (
    RECALL,
    RECLASSIFY,
    There,
    ends_untold,
    onward_coming,
    untold_of,
)
from comity.state.onward import passed_on_of
from comity.state.queries import change_of, recalled_by
from comity.state.records import Item
from comity.state.records_cases import Incident
from comity.state.records_handling import Destruction, Recall, Return
from comity.state.tables import walk
from comity.statement.cases import Affected


async def read_onward(context: Context, agreement: AgreementId) -> View:
    """Give a view to read from that knows where all was passed on from that we released there.

    Raises:
        StateError: the agreement id is not pinned with anyone.
    """
    view = await read_about(context, agreement, ())
    ours = _ours(view)
    return await read_about(context, agreement, ours) if ours else view


@asynccontextmanager
async def turn_onward(context: Context, agreement: AgreementId) -> AsyncIterator[View]:
    """Give the live view, in the turns of all from which anything was passed on to there.

    What `read_onward` reads is held in them.

    Raises:
        StateError: the agreement id is not pinned with anyone.
    """
    ours = _ours(await read_view(context, agreement))
    async with turn_about(context, agreement, ours) as view:
        yield view


def gather_there(view: View, at: Instant) -> dict[Place, There]:
    """Give how each item that we passed on to this agreement stands where it came from."""
    found: dict[Place, There] = {}
    told: dict[AgreementId, dict[Place, tuple[Incident, ...]]] = {}
    for place in _ours(view):
        item = view.fold.state.items.get(place)
        origin = None if item is None else origin_of(view, item, at)
        if item is None or origin is None:
            continue
        under, recalled = origin.view.agreement_id, _recall_there(origin)
        if under not in told:
            told[under] = _told_there(origin.view)
        found[place] = There(
            level=origin.level,
            then=standing_level(origin.view, origin.item, item.at),
            changed=_changed_at(origin, item.at),
            recalled=None if recalled is None else recalled.at,
            incidents=told[under].get(origin.item.place, ()),
            ended=_ended_there(item, origin),
            clauses=_clauses_of(origin) if _links(origin, item) else (),
        )
    return found


async def tell_on(
    context: Context, agreement: AgreementId, item: Place, person: PersonId, *, marking: str | None
) -> tuple[Entered, ...] | Refused:
    """Say on what is to be said on of an item, by its number there or by that under which it came.

    To whom it was passed on goes what its originators said: a new level, a recall. To them goes
    which copies ended there. After a refusal nothing more is said, and it names what was.

    Raises:
        InputError: several markings of ours are of that level and none was chosen, or none is.
        StateError: nothing is to be said on of this item.
    """
    (await read_view(context, agreement)).item(item)
    said: list[Entered] = []
    for each in ((agreement, item), *await releases_of(context, agreement, item)):
        with _naming(said):
            refused = await _tell_one(context, each, person, marking, said)
        if refused is not None:
            return _after(refused, said)
    if said:
        return tuple(said)
    raise StateError(
        "passing.nothing-to-tell",
        "nothing is to be said on of this item",
        where=f"{agreement}/{item}",
        hint="see what is: comity duties; of an incident: comity incident tell-on INCIDENT",
    )


async def releases_of(
    context: Context, agreement: AgreementId, item: Place
) -> tuple[tuple[AgreementId, Place], ...]:
    """List where an item that came under an agreement was released to by us, under others."""
    view = await read_view(context, agreement)
    found = {
        (row.said.agreement, row.release)
        for row in passed_on_of(view.fold.state, item)
        if row.place.party == view.own and row.release is not None
    }
    return tuple(sorted(found))


async def _tell_one(
    context: Context,
    release: tuple[AgreementId, Place],
    person: PersonId,
    marking: str | None,
    said: list[Entered],
) -> Refused | None:
    """Say on what is to be said on of one release of ours to a third party, and add it to `said`.

    Gives what refuses one of these words; then nothing more of it is said.
    """
    agreement, item = release
    view = await read_onward(context, agreement)
    known, now = view.item(item), view.moment(context)
    there = {place: each for place, each in gather_there(view, now).items() if place == item}
    wanted = {each.what for each in onward_coming(view.fold.state, view.own, now, there)}
    origin = origin_of(view, known, now)
    if origin is None or not wanted:
        return None
    if RECLASSIFY in wanted:
        ours = _marking_of(view, origin, now, marking)
        level = await reclassify(context, agreement, item, ours, person)
        if isinstance(level, Refused):
            return level
        said.append(level)
    called = _recall_there(origin)
    if called is not None and RECALL in wanted:
        body = structs.replace(called.recall, items=(item,))
        recalled = await speak_in_role(context, agreement, body, person)
        if isinstance(recalled, Refused):
            return recalled
        said.append(recalled)
    for row in ends_untold(view.fold.state, known, there[item]):
        told = await _tell_end(context, origin, known, row, person)
        if isinstance(told, Refused):
            return told
        said.append(told)
    return None


@contextmanager
def _naming(said: Sequence[Entered]) -> Iterator[None]:
    """Have an error name what was said before it, as a refusal does."""
    try:
        yield
    except ComityError as err:
        if said:
            before = ", ".join(control_number(each) for each in said)
            err.hint = f"said before it, and not to be said again: {before}; {err.hint}"
        raise


def _after(refused: Refused, said: Sequence[Entered]) -> Refused:
    """Have a refusal name what was said before it, which stands and is not to be said again."""
    return replace(refused, said_before=tuple(control_number(each) for each in said))


async def _tell_end(
    context: Context, origin: Origin, item: Item, row: Return | Destruction, person: PersonId
) -> Entered | Refused:
    """Tell originators which copies ended where their item went; the text beside it stays here."""
    first, *_ = _links(origin, item)
    body = structs.replace(
        row.body, item=origin.item.place, parcel=None, sealed=None, follows=first
    )
    to = tuple(p for p in origin.view.partners if p in origin.item.release.label.originators)
    return await speak_in_role(context, origin.view.agreement_id, body, person, to=to or None)


def _marking_of(view: View, origin: Origin, now: Instant, choice: str | None) -> str:
    """Give our own marking for the level at which originators hold an item now."""
    file = view.agreement()
    on = date_of(now, file.lifecycle.zone)
    return choose_marking(file.table, view.own, origin.level, choice=choice, on=on)


async def tell_incident_on(
    context: Context,
    agreement: AgreementId,
    incident: Place,
    person: PersonId,
    *,
    text: Text | None = None,
) -> tuple[Entered, ...] | Refused:
    """Tell the originators of items that we passed on what befell them where they went.

    One report under each agreement that they came by, of the same harm, place and finding. After a
    refusal nothing more is told, and it names what was.

    Raises:
        NotCounted: it was found later, by a clock ahead of ours, than we could say it now.
        StateError: no such incident, or they were told of it.
    """
    begun = context.ports.clock.now()
    view = await read_onward(context, agreement)
    known, now = find_incident(view, incident), view.moment(context)
    origins: dict[AgreementId, set[Place]] = {}
    for place in untold_of(view.fold.state, known, gather_there(view, now)):
        origin = origin_of(view, view.item(place), now)
        if origin is not None:
            origins.setdefault(origin.view.agreement_id, set()).add(origin.item.place)
    if not origins:
        raise StateError(
            "passing.incident-told",
            "the originators were told of this, or it befell nothing that was passed on",
            where=f"{agreement}/{incident}",
            hint="see what is to be told: comity duties",
        )
    report, said = known.report, list[Entered]()
    for under, items in sorted(origins.items()):
        affected = tuple(Affected(each) for each in sorted(items))
        what = (report.harm, report.certainty)
        wanted = Report(affected, *what, begun, report.found_at, report.held_by)
        with _naming(said):
            entered = await report_incident(context, under, wanted, person=person, text=text)
        if isinstance(entered, Refused):
            return _after(entered, said)
        said.append(entered)
    return tuple(said)


def _ours(view: View) -> tuple[Place, ...]:
    """List the items that we released here and that came from another agreement."""
    rows = view.fold.state.came_from.items()
    return tuple(place for place, _ in rows if place.party == view.own)


def _told_there(there: View) -> dict[Place, tuple[Incident, ...]]:
    """Give what we reported there, by item."""
    found: dict[Place, tuple[Incident, ...]] = {}
    for incident in there.fold.state.incidents.values():
        for each in incident.report.affected if incident.place.party == there.own else ():
            found[each.item] = (*found.get(each.item, ()), incident)
    return found


def _links(origin: Origin, item: Item) -> tuple[Place, ...]:
    """Give by which word of ours there an item was passed on; none before where it went was said.

    A release that was made anew after its first was refused follows another word.
    """
    return tuple(
        row.place
        for row in passed_on_of(origin.view.fold.state, origin.item.place)
        if row.place.party == origin.view.own and row.release == item.place
    )


def _ended_there(item: Item, origin: Origin) -> tuple[Return | Destruction, ...]:
    """Give what we told there of the copies of whom an item was passed on to."""
    handled = origin.view.fold.state.handled
    links = _links(origin, item)
    return tuple(
        row for link in links for party in item.to for row in walk(handled.get((link, party)))
    )


def _clauses_of(origin: Origin) -> Collection[str]:
    return origin.view.fold.state.files[origin.item.version].articles.keys()


def _changed_at(origin: Origin, passed_at: Instant) -> Instant:
    """Give when its level was changed last: its own change, or else that it was passed on."""
    state, item = origin.view.fold.state, origin.item
    parties = item.release.label.originators
    changes = (change_of(state, item, party, origin.at) for party in parties)
    return max((each.at for each in changes if each is not None), default=passed_at)


def _recall_there(origin: Origin) -> Recall | None:
    """Give the newest recall where it came from, or else further back; None: nobody's."""
    for each in back_from(origin):
        state, item = each.view.fold.state, each.item
        rows = (state.recalls.get((item.place, party)) for party in recalled_by(state, item))
        newest = max((row for row in rows if row is not None), key=_said_at, default=None)
        if newest is not None:
            return newest
    return None


def _said_at(recall: Recall) -> Instant:
    return recall.at
