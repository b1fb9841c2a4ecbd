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
from comity.flows.drafts import keep_refusal
from comity.flows.evidence import take_evidence
from comity.flows.facts import find_person
from comity.flows.journal import journal_entry
from comity.flows.reports.auditors import may_report
from comity.flows.reports.journal_search import Line, about, journal_lines
from comity.flows.reports.seen import articles_of, seen_row
from comity.flows.reports.standing import Moment, Told, standing_of
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.ports import Change, RegisterHead
from comity.statement.information import ItemReceipt
from comity.tlog.journal_lines import JournalLine, JournalLines
from comity.tlog.proofs import prove_inclusion

ACT: Final = "report.inspector"


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
    stands = await standing_of(context, agreement, visitor)  # 1
    told = await _with_lines(context, agreement, stands)  # 2
    anchors = await _newest(context, view, stands.register.size)
    known = frozenset(name for each in stands.items for name in each.names)
    found = {(line.origin, line.index): line for each in told for line in each.lines}
    lines = [line for _, line in sorted(found.items()) if about(line) <= known]
    proofs = [await _prove(context, origin, lines, anchors) for origin in sorted(anchors)]
    named = [place for each in told for place, _ in each.statements]
    named += [each.place for each in anchors.values()]
    evidence, missing = await _evidence(context, agreement, dict.fromkeys(named))  # 3
    proved = frozenset(
        (each.lines.checkpoint.origin, line.index) for each in proofs for line in each.lines.lines
    )
    value: dict[str, JsonValue] = {
        "agreement": agreement,
        "version": stands.version,
        "holder": view.own,
        "for": visitor,
        "at": format_instant(stands.at),
        "items": [_row(each, proved) for each in told],
        "evidence": [format_place(place) for place, _ in evidence],
        "not_acknowledged": [format_place(place) for place in missing],
    }
    noted = journal_entry(context, ACT, person, details={**details, "items": len(told)})
    await context.ports.store.commit(Change(allowed_by=allowed, journal=(noted,)))  # 4
    shown = tuple(each for each in proofs if each.lines.lines)
    return InspectorReport(value, evidence, missing, shown)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a report tells of one item: how it stands, and the lines about it.

    `apart` are the lines about what is only counted; `statements` have those that lines name too.
    """

    item: Told
    lines: tuple[Line, ...]
    apart: tuple[Line, ...]
    statements: tuple[tuple[Place, str], ...]


async def _with_lines(context: Context, agreement: AgreementId, stands: Moment) -> list[_Told]:
    """Read the journal once for all items, by every name that their content has here."""
    names = [each.names for each in stands.items]
    apart = [each.apart for each in stands.items]
    lines, others = await _lines_about(context, stands.journals, names, apart)
    return [
        _Told(each, about_it, beside, _with_said_here(agreement, each, about_it))
        for each, about_it, beside in zip(stands.items, lines, others, strict=True)
    ]


def _with_said_here(
    agreement: AgreementId, item: Told, lines: Iterable[Line]
) -> tuple[tuple[Place, str], ...]:
    return tuple(sorted({*item.statements, *_said_here(agreement, lines)}))


async def _lines_about(
    context: Context, lengths: tuple[RegisterHead, ...], *names: list[tuple[str, ...]]
) -> list[list[tuple[Line, ...]]]:
    """Give the lines about whatever has one of some names, for each of several lists of them."""
    numbers: dict[str, list[tuple[int, int]]] = {}
    for which, each in enumerate(names):
        for number, named in enumerate(each):
            for name in named:
                numbers.setdefault(name, []).append((which, number))
    found: list[list[list[Line]]] = [[[] for _ in each] for each in names]
    async for line in journal_lines(context, lengths=lengths):
        for which, number in sorted({at for name in about(line) for at in numbers.get(name, ())}):
            found[which][number].append(line)
    return [[tuple(lines) for lines in each] for each in found]


async def _newest(context: Context, view: View, size: int) -> dict[str, SaidAnchor]:
    """Find the anchor of each journal that covers most of it, of those that have evidence.

    Of our register it looks at `size` entries: an anchor after these is later than the report.

    One that waits for a partner yet proves nothing, and the one before it still does.
    """
    agreement, signed = view.agreement_id, await _cosigned(context, view)
    signed = min(signed, size)
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


def _said_here(agreement: AgreementId, lines: Iterable[Line]) -> Iterator[tuple[Place, str]]:
    """Give our receipts that the journal names, those before a later one too."""
    for line in lines:
        number = str(line.details.get("statement", ""))
        if line.value.get("act") == ItemReceipt.KIND and number:
            yield (
                parse_place(number.removeprefix(f"{agreement}/"), number),
                ItemReceipt.KIND,
            )


def _row(told: _Told, proved: frozenset[tuple[str, int]]) -> JsonValue:
    articles = {named for each in told.lines for named in _articles(each)}
    statements: list[JsonValue] = [
        {"place": format_place(place), "kind": kind} for place, kind in told.statements
    ]
    apart = sorted({one for each in told.apart for one in _articles(each)})
    return {
        **told.item.row,
        "statements": statements,
        "articles": [*sorted(articles)],
        "seen": [_seen(each, proved=(each.origin, each.index) in proved) for each in told.lines],
        "made_with_others": {"count": len(told.item.apart), "articles": [*apart]},
    }


def _seen(line: Line, *, proved: bool) -> JsonValue:
    return {**seen_row(line.value), "journal": line.origin, "index": line.index, "proved": proved}


def _articles(line: Line) -> tuple[str, ...]:
    return articles_of(line.details.get("articles") or ())
