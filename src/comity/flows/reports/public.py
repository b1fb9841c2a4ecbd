# SPDX-License-Identifier: Apache-2.0
"""For the public: what a year amounted to in exchanges, refusals by article, and duties.

Counts alone: no content, names or days. One below five could point at one exchange and is "<5";
which sums and counts of duties are given beside it, `public_tables` says. Each register is fixed
by a blinded digest of its checkpoint: who is given the openings can count these entries again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from comity.basis.encoding import encode_base64
from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, PersonId, digest_of
from comity.basis.instants import (
    UTC,
    Date,
    Instant,
    date_of,
    format_instant,
    parse_instant,
    start_of_day,
)
from comity.basis.strict_json import JsonValue, format_json
from comity.decision.house import HOUSE
from comity.decision.stages import Refused
from comity.flows.checkpoints import held_root
from comity.flows.context import Context
from comity.flows.drafts import keep_refusal
from comity.flows.facts import find_person
from comity.flows.journal import journal_entry
from comity.flows.reports.auditors import may_report
from comity.flows.reports.journal_search import journal_lines, journals, refused_by
from comity.flows.reports.public_tables import (
    SHOWN_MIN,
    Counts,
    Triggers,
    agreement_tables,
    count_table,
    shown_count,
)
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import read_view
from comity.flows.view import View, judge_anew
from comity.ports import Change, RegisterHead
from comity.state.duties import duties_at
from comity.tlog.anchors import BLINDING_BYTES, anchor_digest
from comity.tlog.tree_head import Checkpoint, checkpoint_text

ACT: Final = "report.public"
SCHEMA: Final = "comity/public-report/1"
_YEARS: Final = (1970, 9998)


@dataclass(frozen=True, slots=True)
class PublicReport:
    """The report as it is published, and what opens its digests, which is not."""

    value: dict[str, JsonValue]
    openings: dict[str, JsonValue]

    @property
    def raw(self) -> bytes:
        """Give the bytes whose digest stands in the journal."""
        return format_json(self.value)


async def public_report(context: Context, year: int, person: PersonId) -> PublicReport | Refused:
    """Count a year of every agreement that is served here, as our auditor.

    1. items by direction, category and level; receipts, refusals, incidents, what was owed;
    2. refusals at this node by article, out of the journal;
    3. blinded digests of all that was counted;
    4. the digest of the report is journalled, and so comes under the next anchor.

    Raises:
        InputError: no year of the calendar, or one that has not begun.
    """
    auditor = await find_person(context, person)
    allowed = may_report(ACT, auditor.roles)
    if isinstance(allowed, Refused):
        return await keep_refusal(context, allowed, person, {"year": year})
    start, end = _bounds(year)
    now = context.ports.clock.now()
    if start > now:
        raise InputError(
            "report.year-to-come",
            "that year has not begun",
            expected=f"at most {date_of(now, UTC).year}",
            found=str(year),
            hint="name a year that is over, or the running one, which is told so far",
        )
    counted, heads, latest = await _counted(context, start, end)  # 1, 2
    proof, openings = await _fixed(context, heads)  # 3
    value: dict[str, JsonValue] = {
        "schema": SCHEMA,
        "year": year,
        "so_far": now < end,
        "until": format_instant(min(max(now, latest), end)),
        "party": context.config.party,
        "exercise": context.config.exercise,
        "made_at": format_instant(now),
        "hidden_below": SHOWN_MIN,
        **counted,
        "proof": proof,
    }
    report = PublicReport(value, openings)
    details: dict[str, JsonValue] = {"year": year, "sha256": digest_of(report.raw)}
    noted = journal_entry(context, ACT, person, details=details)
    await context.ports.store.commit(Change(allowed_by=allowed, journal=(noted,)))  # 4
    return report


async def recount(context: Context, value: Mapping[str, Any]) -> tuple[str, ...]:
    """Count a report's year again, as far as it counted; name what the registers say otherwise.

    What partners dated before that and said later is counted now, and was not then.
    """
    start, end = _bounds(value["year"])
    until = parse_instant(value["until"])
    counted, *_ = await _counted(context, start, min(end, Instant(until + 1)))
    there = {each["agreement"]: each for each in value["agreements"]}
    here = {str(each["agreement"]): each for each in cast("Any", counted["agreements"])}
    wrong = [each for each in sorted(there.keys() | here) if there.get(each) != here.get(each)]
    names = ("refusals_here", "refusals_by_house")
    return (*wrong, *(each for each in names if value[each] != counted[each]))


async def _counted(
    context: Context, start: Instant, end: Instant
) -> tuple[dict[str, JsonValue], list[tuple[str, RegisterHead]], Instant]:
    """Count every agreement and the journal; give the registers that this was counted from.

    And up to when: what was said last may be dated after our clock.
    """
    agreements: list[JsonValue] = []
    latest = start
    heads: list[tuple[str, RegisterHead]] = []
    for each in await pinned_agreements(context):
        view, to = await _view_at(context, each, end)
        if view.find_agreement():
            agreements.append(_agreement(view, start, to))
            latest = max(latest, Instant(to - 1))
            heads += [(str(each), head) for head in _heads(view)]
    heads += [("", head) for head in await journals(context)]
    counted = {"agreements": agreements, **await _refused_here(context, start, end)}
    return counted, heads, latest


def _bounds(year: int) -> tuple[Instant, Instant]:
    first, last = _YEARS
    if not first <= year <= last:
        raise InputError(
            "report.year", "no such year", expected=f"{first} to {last}", found=str(year)
        )
    return start_of_day(Date(year, 1, 1), UTC), start_of_day(Date(year + 1, 1, 1), UTC)


async def _view_at(context: Context, agreement: AgreementId, end: Instant) -> tuple[View, Instant]:
    """Give a view that can be shown as it stood at the end of the year, or stands now if earlier.

    Of a busy agreement the live view has settled that: all is judged anew then.
    """
    view = await read_view(context, agreement)
    to = min(end, Instant(view.moment(context) + 1))
    return (view if view.fold.reaches(to) else await judge_anew(context, agreement)), to


def _heads(view: View) -> list[RegisterHead]:
    return [head for _, head in sorted(view.heads.items())]


def _agreement(view: View, start: Instant, end: Instant) -> JsonValue:
    state, own = view.fold.state, view.own
    items: Counts = Counter()
    for item in state.items.values():
        if start <= item.at < end:
            label = item.release.label
            way = "released" if item.place.party == own else "received"
            items[way, label.category, label.level] += 1
    for told in state.disclosures.values():
        if start <= told.at < end:
            label = told.record.label
            way = "told" if told.place.party == own else "heard"
            items[way, label.category, label.level] += 1
    refusals: Counts = Counter()
    for row in state.refusals.values():
        if start <= row.at < end:
            for article in row.refusal.articles or ("",):
                refusals[(article,)] += 1
    incidents: Counts = Counter()
    for incident in state.incidents.values():
        if start <= incident.at < end and incident.report.is_harm:
            incidents[incident.report.harm.value, incident.report.certainty.value] += 1
    agreement = view.agreement()
    return {
        "agreement": agreement.id,
        "title": dict(agreement.title.texts),
        "parties": [*agreement.party_ids()],
        "binding": agreement.binding,
        **agreement_tables(items, refusals, incidents, _duties(view, start, end)),
    }


def _duties(view: View, start: Instant, end: Instant) -> tuple[Counts, Triggers]:
    """Count what came to be owed in the year, as it stood at its end; say what called for it."""
    counts: Counts = Counter()
    triggers: Triggers = {}
    with view.fold.standing_at(end) as state:
        for duty in duties_at(state, end):
            if start <= duty.since < end:
                owed = "by us" if duty.owed_by == view.own else "to us"
                row = (owed, duty.article, duty.state.value)
                counts[row] += 1
                triggers.setdefault(row, set()).add(duty.because)
    return counts, triggers


async def _refused_here(context: Context, start: Instant, end: Instant) -> dict[str, JsonValue]:
    """Count refusals by agreement and article, and apart from them those by our own house's rules.

    A refusal counts once for each article that it cites, and once for the house.
    """
    counts: Counts = Counter()
    house = 0
    first, last = format_instant(start), format_instant(end)
    async for line in journal_lines(context):
        if line.value.get("outcome") == "refused" and first <= str(line.value["at"]) < last:
            cited = refused_by(line)
            house += any(article == HOUSE for _, article in cited)
            counts.update(each for each in cited if each[1] != HOUSE)
    return {
        "refusals_here": count_table(("agreement", "article"), counts),
        "refusals_by_house": shown_count(house),
    }


async def _fixed(
    context: Context, heads: Iterable[tuple[str, RegisterHead]]
) -> tuple[list[JsonValue], dict[str, JsonValue]]:
    """Give a blinded digest of each register's checkpoint, and what opens them, by digest."""
    digests: list[JsonValue] = []
    openings: dict[str, JsonValue] = {}
    for agreement, head in heads:
        if not head.size:
            continue
        checkpoint = Checkpoint(head.origin, head.size, await held_root(context, head, head.size))
        blinding = context.ports.random.token(BLINDING_BYTES)
        digest = anchor_digest(checkpoint, blinding)
        register = f"{head.party} under {agreement}" if agreement else "journal"
        digests.append({"register": register, "sha256": digest})
        openings[digest] = {
            "blinding": encode_base64(blinding),
            "checkpoint": checkpoint_text(checkpoint),
        }
    return digests, openings
