# SPDX-License-Identifier: Apache-2.0
"""What is to be said on of items that we passed on: a level, a recall, an end of copies, a loss.

It is owed to nobody by a clause, since no agreement binds whoever is no party to it: it comes up
until it is said. What stands under the other agreement is gathered beforehand.
Source: Japan-ROK GSOMIA Art. 6(a), 6(g), 6(h), 13, 17
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from comity.basis.ids import PartyId, Place
from comity.basis.instants import Instant
from comity.decision.onward import is_untold
from comity.state.coming import Coming
from comity.state.derivation import ancestors_of
from comity.state.queries import change_of, item_level, recalled_by
from comity.state.records import Item
from comity.state.records_cases import Incident
from comity.state.records_handling import Destruction, Return
from comity.state.state import State
from comity.state.tables import walk
from comity.statement.cases import Harm

RECLASSIFY, RECALL, INCIDENT = "onward.reclassify", "onward.recall", "onward.incident"
ENDED = "onward.ended"

_CLAUSES: Final = {"item.destroyed": "destruction", "item.return": "retention"}
"""The clauses of a file by which its originators are told of an end of copies, by its kind."""


@dataclass(frozen=True, slots=True)
class There:
    """An item as it stands under the agreement that we passed it on from.

    `level` is its level now and `then` that when it was passed on; `changed` and `recalled` are
    when that was said, `incidents` and `ended` what we told of it there. `clauses` are those of the
    file that it came under.
    """

    level: str
    then: str
    changed: Instant
    recalled: Instant | None
    incidents: tuple[Incident, ...]
    ended: tuple[Return | Destruction, ...] = ()
    clauses: Collection[str] = ()


def onward_coming(
    state: State, own: PartyId, at: Instant, there: Mapping[Place, There]
) -> Iterator[Coming]:
    """List what is to be said on of our items that `there` tells of, by their places here.

    One is reminded from when it was said there, which may be later than the latest said here. What
    we said of a level last is what they held it at then: taken back, it is to be said again.
    """
    for place, known in sorted(there.items()):
        item = state.items.get(place)
        if item is None:
            continue
        terms, level = state.files[item.version], item_level(state, item, at)
        then = known.then if change_of(state, item, own, at) is None else level
        if is_untold(level, known.level, then, terms.agreement.levels):
            since, article = min(known.changed, at), terms.article("reclassification")
            yield Coming(RECLASSIFY, own, article, None, (since,), place)
        if known.recalled is not None and own not in recalled_by(state, item):
            since, article = min(known.recalled, at), terms.article("retention")
            yield Coming(RECALL, own, article, None, (since,), place)
        for row in ends_untold(state, item, known):
            article = terms.article(_CLAUSES[row.body.KIND])
            yield Coming(ENDED, own, article, None, (row.at,), place)
    for incident in state.incidents.values() if there else ():
        if untold_of(state, incident, there):
            article = state.files[incident.version].article("incident")
            yield Coming(INCIDENT, own, article, None, (incident.at,), incident.place)


def ends_untold(state: State, item: Item, there: There) -> Iterator[Return | Destruction]:
    """List the ends of copies where an item went that its originators were not told of.

    They are told of what a file would have told them of a recipient's own copies.

    Source: Japan-ROK GSOMIA Art. 6(h), 13
    """
    told = {_copies_ended(each) for each in there.ended}
    for holder in item.to:
        for row in walk(state.handled.get((item.place, holder))):
            is_asked = _CLAUSES[row.body.KIND] in there.clauses
            if is_asked and _copies_ended(row) not in told:
                yield row


def _copies_ended(row: Return | Destruction) -> tuple[str, tuple[int, ...]]:
    """Give what tells one end of copies from every other: a copy ends once."""
    return row.body.KIND, row.body.copies


def untold_of(state: State, incident: Incident, there: Mapping[Place, There]) -> tuple[Place, ...]:
    """List the items that we passed on, and whose originators were not told of an incident here."""
    affected = (state.items.get(each.item) for each in incident.report.affected)
    behind = {place for item in affected if item is not None for place in _behind(state, item)}
    return tuple(
        place
        for place in sorted(behind & there.keys())
        if not is_told(incident, there[place].incidents)
    )


def is_told(incident: Incident, told: Iterable[Incident]) -> bool:
    """Answer whether one of the reports to the originators is of this incident."""
    return _what_happened(incident) in map(_what_happened, told)


def _what_happened(incident: Incident) -> tuple[Harm, PartyId, Instant]:
    report = incident.report
    return report.harm, report.held_by, report.found_at


def _behind(state: State, item: Item) -> Iterator[Place]:
    yield item.place
    yield from ancestors_of(state, item.release)
