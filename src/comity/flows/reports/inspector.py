# SPDX-License-Identifier: Apache-2.0
"""For a partner's inspector: each item of its own that is here, who saw it, where its copies are.

Limited to what the visitor originated, under whichever agreement it lies here, and what was made
from it. What registers say comes with evidence, what our journal says with each line's path to a
cosigned root. That there is no further line cannot be shown without showing the others' items.
Source: Japan-ROK GSOMIA Art. 18 (treaties.md G18); DESIGN 4 (the journal)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PartyId, PersonId, Place, format_place, parse_place
from comity.basis.instants import format_instant
from comity.basis.strict_json import JsonValue
from comity.decision.stages import Refused
from comity.flows.anchors import Opening, SaidAnchor, Standing, said_anchors
from comity.flows.context import Context
from comity.flows.copies import Copy, copies_of
from comity.flows.drafts import keep_refusal
from comity.flows.evidence import take_evidence
from comity.flows.facts import find_person
from comity.flows.journal import journal_entry
from comity.flows.keeping.opening_keys import onward_places
from comity.flows.reports.auditors import may_report
from comity.flows.reports.journal_search import Line, about, journal_lines
from comity.flows.reports.made_onward import Elsewhere, MadeOnward, made_onward
from comity.flows.reports.seen import articles_of, seen_row
from comity.flows.shapes import given_json
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.marking.labels import format_label
from comity.ports import Change
from comity.state.protected import told_as_item
from comity.state.queries import item_level
from comity.state.records import Item
from comity.state.state import State
from comity.state.tables import walk
from comity.statement.cases import DisclosureRecord
from comity.statement.handling import ItemRecall
from comity.statement.information import (
    ConsentGive,
    ConsentWithdraw,
    ItemReceipt,
    ItemReclassify,
    ItemRefusal,
    ItemRelease,
)
from comity.tlog.journal_lines import JournalLine, JournalLines
from comity.tlog.proofs import prove_inclusion

ACT: Final = "report.inspector"
_ANSWERS: Final = (ItemReceipt.KIND, ItemRefusal.KIND)


@dataclass(frozen=True, slots=True)
class Anchored:
    """Lines of one journal under the newest anchor that covers them, and where that anchor is."""

    anchor: Place
    lines: JournalLines


@dataclass(frozen=True, slots=True)
class InspectorReport:
    """What an inspector is given.

    `evidence` holds the files of an evidence folder for each statement that is named, `missing`
    the statements that not every partner has acknowledged. `journals` are the lines with proof.
    """

    value: dict[str, JsonValue]
    evidence: tuple[tuple[Place, dict[str, bytes]], ...]
    missing: tuple[Place, ...]
    journals: tuple[Anchored, ...]


async def inspect(
    context: Context, agreement: AgreementId, visitor: PartyId, person: PersonId
) -> InspectorReport | Refused:
    """Make the report for a visiting party's inspector, as our auditor.

    1. the items that the visitor originated and that are here, and what it told or showed;
    2. the journal's lines about these items, and about nothing else beside them;
    3. evidence of every statement that is named, and of the anchors;
    4. that the report was made is journalled, with whom it is for.

    Raises:
        StateError: the visitor is no partner under this agreement.
    """
    view = await read_view(context, agreement)
    auditor = await find_person(context, person)
    allowed = may_report(ACT, auditor.roles)
    details: dict[str, JsonValue] = {"agreement": agreement, "for": visitor}
    if isinstance(allowed, Refused):
        return await keep_refusal(context, allowed, person, details)
    if visitor not in view.partners:
        raise StateError(
            "report.no-partner",
            "only a partner's own items are shown to its inspector",
            where=agreement,
            expected=", ".join(view.partners),
            found=visitor,
            hint="name the partner whose items they are, as expected: " + ", ".join(view.partners),
        )
    items = [each for each in _by_place(view) if _is_shown(view, each, visitor)]  # 1
    told = await _told(context, view, visitor, items)
    anchors = await _newest(context, view)  # 2
    known = frozenset(name for each in told for name in each.names)
    found = {(line.origin, line.index): line for each in told for line in each.lines}
    lines = [line for _, line in sorted(found.items()) if about(line) <= known]
    proofs = [await _prove(context, origin, lines, anchors) for origin in sorted(anchors)]
    named = [place for each in told for place, _ in each.statements]
    named += [each.place for each in anchors.values()]
    evidence, missing = await _evidence(context, agreement, dict.fromkeys(named))  # 3
    proved = frozenset(
        (each.lines.checkpoint.origin, line.index) for each in proofs for line in each.lines.lines
    )
    rows: list[JsonValue] = [await _row(context, view, each, proved) for each in told]
    value: dict[str, JsonValue] = {
        "agreement": agreement,
        "version": view.agreement().version,
        "holder": view.own,
        "for": visitor,
        "at": format_instant(view.moment(context)),
        "items": rows,
        "evidence": [format_place(place) for place, _ in evidence],
        "not_acknowledged": [format_place(place) for place in missing],
    }
    noted = journal_entry(context, ACT, person, details={**details, "items": len(items)})
    await context.ports.store.commit(Change(allowed_by=allowed, journal=(noted,)))  # 4
    shown = tuple(each for each in proofs if each.lines.lines)
    return InspectorReport(value, evidence, missing, shown)


@dataclass(frozen=True, slots=True)
class _Told:
    """An item, what our journal says of it, and the statements that do, each with its kind.

    `onward` is where we released the same content under other agreements, `made` what was made from
    it there, and `apart` are the lines about those of these that are only counted.
    """

    item: Item
    names: tuple[str, ...]
    onward: tuple[Elsewhere, ...]
    made: MadeOnward
    lines: tuple[Line, ...]
    apart: tuple[Line, ...]
    statements: tuple[tuple[Place, str], ...]


async def _told(context: Context, view: View, visitor: PartyId, items: list[Item]) -> list[_Told]:
    """Read the journal once for all items, by every name that their content has here."""
    onward = [await onward_places(context, view, each.place) for each in items]
    made = await made_onward(context, view, visitor, onward)
    names = [
        _names((view.agreement_id, each.place), *on, *more.shown)
        for each, on, more in zip(items, onward, made, strict=True)
    ]
    apart = [_names(*each.others) for each in made]
    lines, others = await _lines_about(context, names, apart)
    return [
        _Told(each, named, on, more, about_it, beside, _statements(view, each, about_it))
        for each, named, on, more, about_it, beside in zip(
            items, names, onward, made, lines, others, strict=True
        )
    ]


def _names(*places: Elsewhere) -> tuple[str, ...]:
    return tuple(f"{agreement}/{place}" for agreement, place in places)


async def _lines_about(
    context: Context, *names: list[tuple[str, ...]]
) -> list[list[tuple[Line, ...]]]:
    """Give the lines about whatever has one of some names, for each of several lists of them."""
    numbers: dict[str, list[tuple[int, int]]] = {}
    for which, each in enumerate(names):
        for number, named in enumerate(each):
            for name in named:
                numbers.setdefault(name, []).append((which, number))
    found: list[list[list[Line]]] = [[[] for _ in each] for each in names]
    async for line in journal_lines(context):
        for which, number in sorted({at for name in about(line) for at in numbers.get(name, ())}):
            found[which][number].append(line)
    return [[tuple(lines) for lines in each] for each in found]


def _by_place(view: View) -> list[Item]:
    """List what was released and what was told or shown."""
    state = view.fold.state
    told = map(told_as_item, state.disclosures.values())
    return sorted((*state.items.values(), *told), key=lambda item: item.place)


def _is_shown(view: View, item: Item, visitor: PartyId) -> bool:
    here = view.own in (item.place.party, *item.to)
    return here and visitor in item.release.label.originators


async def _newest(context: Context, view: View) -> dict[str, SaidAnchor]:
    """Find the anchor of each journal that covers most of it, of those that have evidence.

    One that waits for a partner yet proves nothing, and the one before it still does.
    """
    agreement, signed = view.agreement_id, await _cosigned(context, view)
    fitting = (each for each in await said_anchors(context) if each.standing is Standing.FITS)
    ours = (each for each in fitting if each.agreement == agreement and each.place.index < signed)
    found: dict[str, SaidAnchor] = {}
    for each in sorted(ours, key=lambda one: _opening(one).checkpoint.size, reverse=True):
        origin = _opening(each).checkpoint.origin
        if origin not in found and (await _evidence(context, agreement, (each.place,)))[0]:
            found[origin] = each
    return found


async def _cosigned(context: Context, view: View) -> int:
    """Give how much of our register every other party has cosigned some checkpoint of."""
    origin, others = view.heads[view.own].origin, view.heads.keys() - {view.own}
    latest = [await context.ports.store.latest_cosignature(origin, each) for each in others]
    return min((0 if each is None else each.size for each in latest), default=0)


def _opening(anchor: SaidAnchor) -> Opening:
    """Give what opens an anchor that fits: it was held against the journal by it."""
    if anchor.opening is None:
        raise StateError(
            "report.no-opening", "an anchor's opening is lost", found=str(anchor.place)
        )
    return anchor.opening


async def _prove(
    context: Context, origin: str, lines: Iterable[Line], anchors: dict[str, SaidAnchor]
) -> Anchored:
    anchor = anchors[origin]
    opening = _opening(anchor)
    size = opening.checkpoint.size
    read_node = await context.ports.store.node_reader(origin)
    proved = tuple(
        JournalLine(each.index, each.raw, prove_inclusion(each.index, size, read_node).path)
        for each in lines
        if each.origin == origin and each.index < size
    )
    return Anchored(anchor.place, JournalLines(opening.checkpoint, opening.blinding, proved))


async def _evidence(
    context: Context, agreement: AgreementId, places: Iterable[Place]
) -> tuple[tuple[tuple[Place, dict[str, bytes]], ...], tuple[Place, ...]]:
    found: list[tuple[Place, dict[str, bytes]]] = []
    missing: list[Place] = []
    for place in sorted(places):
        try:
            found.append((place, await take_evidence(context, agreement, place)))
        except StateError as err:
            if err.code != "register.not-acknowledged":
                raise
            missing.append(place)
    return tuple(found), tuple(missing)


def _statements(view: View, item: Item, lines: Iterable[Line]) -> tuple[tuple[Place, str], ...]:
    """Name the statements that say what became of an item, each with its kind."""
    state, own, place = view.fold.state, view.own, item.place
    found = [(place, DisclosureRecord.KIND if place in state.disclosures else ItemRelease.KIND)]
    receipt, refusal = state.receipts.get((place, own)), state.refusals.get((place, own))
    found += [] if receipt is None else [(receipt.place, ItemReceipt.KIND)]
    found += [] if refusal is None else [(refusal.place, ItemRefusal.KIND)]
    for party in item.release.label.originators:
        changes = walk(state.changes.get((place, party)))
        found += [(each.place, ItemReclassify.KIND) for each in changes]
        recall = state.recalls.get((place, party))
        found += [] if recall is None else [(recall.place, ItemRecall.KIND)]
    found += _acts_about(state, place, own)
    found += _consents_about(state, item)
    return tuple(sorted({*found, *_said_here(view, lines)}))


def _acts_about(state: State, item: Place, own: PartyId) -> Iterator[tuple[Place, str]]:
    """Give what names an item, and what names that: a return's receipt, an incident's findings.

    Of answers that a later one took the place of, only the holder's own.
    """
    for act in walk(state.acts_about.get(item)):
        if act.kind in _ANSWERS and act.place.party != own:
            continue
        yield act.place, act.kind
        yield from ((each.place, each.kind) for each in walk(state.acts_about.get(act.place)))
        answered = ((act.place, party) for party in act.to)
        receipts = (state.return_receipts.get(each) for each in answered)
        yield from ((each.place, ItemReceipt.KIND) for each in receipts if each is not None)


def _consents_about(state: State, item: Item) -> Iterator[tuple[Place, str]]:
    """Give the consents that name an item, and their withdrawals."""
    for consent in walk(state.consents_by_item.get(item.place)):
        yield consent.place, ConsentGive.KIND
        withdrawn = state.withdrawals.get(consent.place)
        if withdrawn is not None:
            yield withdrawn, ConsentWithdraw.KIND


def _said_here(view: View, lines: Iterable[Line]) -> Iterator[tuple[Place, str]]:
    """Give our receipts that the journal names, those before a later one too."""
    for line in lines:
        number = str(line.details.get("statement", ""))
        if line.value.get("act") == ItemReceipt.KIND and number:
            yield (
                parse_place(number.removeprefix(f"{view.agreement_id}/"), number),
                ItemReceipt.KIND,
            )


async def _row(
    context: Context, view: View, told: _Told, proved: frozenset[tuple[str, int]]
) -> JsonValue:
    item, state = told.item, view.fold.state
    copies = await copies_of(context, view, item)
    articles = {named for each in told.lines for named in _articles(each)}
    onward = [await _there(context, *each) for each in told.onward]
    made = [await _there(context, *each, made=True) for each in told.made.shown]
    own = [] if copies.unread else [_copy(each) for each in copies.rows]
    there = [copy for _, found in (*onward, *made) for copy in found]
    others: list[JsonValue] = [*sorted({one for each in told.apart for one in _articles(each)})]
    statements: list[JsonValue] = [
        {"place": format_place(place), "kind": kind} for place, kind in told.statements
    ]
    return {
        "item": f"{view.agreement_id}/{item.place}",
        "released_by": item.place.party,
        "released_at": format_instant(item.at),
        "under": item.version,
        "made_from": [format_place(each) for each in item.release.derived_from],
        "label": format_label(item.release.label),
        "given_as": given_json(item.release),
        "level": item_level(state, item, view.moment(context)),
        "statements": statements,
        "articles": [*sorted(articles)],
        "seen": [_seen(each, proved=(each.origin, each.index) in proved) for each in told.lines],
        "passed_on": [row for row, _ in onward],
        "made_onward": [row for row, _ in made],
        "made_with_others": {"count": len(told.made.others), "articles": others},
        "copies": [*own, *there],
        **({"copies_unread": True} if copies.unread else {}),
    }


async def _there(
    context: Context, agreement: AgreementId, place: Place, *, made: bool = False
) -> tuple[JsonValue, list[JsonValue]]:
    """Tell to whom an item went under another agreement, and which copies were made of it there.

    The node's own copy is none of these, unless it was `made` there: it has that name alone.
    """
    view = await read_view(context, agreement)
    item, name = view.item(place), f"{agreement}/{place}"
    state = view.fold.state
    row: dict[str, JsonValue] = {
        "item": name,
        "at": format_instant(item.at),
        "by": place.party,
        "to": [*item.to],
        "marking": item.release.label.marking,
        "receipted_by": [each for each in item.to if (place, each) in state.receipts],
        "refused_by": [each for each in item.to if (place, each) in state.refusals],
    }
    copies = await copies_of(context, view, item)
    if copies.unread:
        return {**row, "copies_unread": True}, []
    rows = (each for each in copies.rows if made or not each.in_node)
    return row, [{**_copy(each), "item": name} for each in rows]


def _seen(line: Line, *, proved: bool) -> JsonValue:
    return {**seen_row(line.value), "journal": line.origin, "index": line.index, "proved": proved}


def _articles(line: Line) -> tuple[str, ...]:
    return articles_of(line.details.get("articles") or ())


def _copy(copy: Copy) -> dict[str, JsonValue]:
    hand, ended = copy.hands[-1], copy.ended
    return {
        "number": copy.number,
        "kind": copy.kind.value,
        "holder": hand.holder,
        "place": hand.facility,
        "since": format_instant(hand.since),
        "language": copy.language,
        "ended": None if ended is None else ended.how.value,
        "ended_at": None if ended is None else format_instant(ended.at),
    }
