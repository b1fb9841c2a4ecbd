# SPDX-License-Identifier: Apache-2.0
"""An item's label for other programs, and whether a label that came back is still the item's.

Written from what the registers say now: the originator's marking first, each recipient's own
beside it once it is receipted. Nothing is changed here by what a label says.
Source: Japan-ROK GSOMIA Art. 4(1), 4(2); STANAG 4774
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from comity.agreement.model import Agreement
from comity.basis.errors import InputError, Problem, problem_of
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.instants import Date, Instant, date_of, end_of_day, format_instant
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.listing import show_item
from comity.flows.receipts import given_marking, marking_and_level
from comity.flows.reviewing import review_of
from comity.flows.turns import read_about
from comity.flows.view import View
from comity.marking.confidentiality import LabelFacts, LabelSet, level_of_labels, write_labels
from comity.marking.equivalence import corresponding_markings
from comity.marking.labels import Until
from comity.state.queries import change_of, held_marking
from comity.state.records import Item


async def item_labels(
    context: Context,
    agreement: AgreementId,
    place: Place,
    person: PersonId,
    *,
    review: Until = None,
) -> LabelSet | Refused:
    """Write an item's labels as they stand now.

    `review` is when the label is to be looked at again; without it, when the item is, by its
    retention or its end of use.

    Raises:
        StateError: no such item, or it is neither to us nor by us.
        InputError: `label.no-review`: neither says when.
    """
    row = await show_item(context, agreement, place, person)
    if isinstance(row, Refused):
        return row
    view = await read_about(context, agreement, (place,))
    due = (await review_of(context, view, row.item)).due if review is None else review
    return _labels_of(view, row.item, view.moment(context), due)


async def check_item_labels(
    context: Context, agreement: AgreementId, place: Place, person: PersonId, labels: LabelSet
) -> tuple[Problem, ...] | Refused:
    """Hold a set of labels against the item that it is said to be of: what differs, if anything.

    Raises:
        StateError: no such item, or it is neither to us nor by us.
    """
    row = await show_item(context, agreement, place, person)
    if isinstance(row, Refused):
        return row
    view = await read_about(context, agreement, (place,))
    expected = _labels_of(view, row.item, view.moment(context), labels.label.review)
    return tuple(_differences(view, row.item, labels, expected))


def _labels_of(view: View, item: Item, now: Instant, review: Until) -> LabelSet:
    state, own = view.fold.state, item.release.label
    marking, level = marking_and_level(view, item, now)
    label = replace(own, marking=marking, level=level)
    changes = (change_of(state, item, party, now) for party in own.originators)
    marks = [(party, held_marking(state, item, party, now)) for party in item.to]
    given = given_marking(item, level)
    if given is not None and _is_read_so(view, item, given, level, now):
        marks.insert(0, given)
    facts = LabelFacts(
        policy=view.agreement_id,
        item=f"{view.agreement_id}/{item.place}",
        to=item.to,
        by=item.place.party,
        domain=view.card(item.place.party).domain,
        created=max((item.at, *(each.change.effective for each in changes if each is not None))),
        review=_review(view, item, review or label.use_until),
        marks=tuple((party, mark) for party, mark in marks if mark is not None),
    )
    return write_labels(label, facts)


def _is_read_so(
    view: View, item: Item, given: tuple[PartyId, str], level: str, now: Instant
) -> bool:
    """Say whether an originator's own marking means the level here, if it is a party at all."""
    file, (party, marking) = view.file(item.version), given
    if file.find_party(party) is None:
        return party in item.release.label.originators
    on = date_of(now, file.lifecycle.zone)
    return marking in corresponding_markings(file.table, party, level, on)


def _review(view: View, item: Item, until: Until) -> Instant:
    match until:
        case None:
            raise InputError(
                "label.no-review",
                "a label says when it is to be reviewed, and nothing here does",
                where=f"{view.agreement_id}/{item.place}",
                expected="an instant of review",
                hint="say when: --review DATE",
            )
        case Date():
            return end_of_day(until, view.file(item.version).lifecycle.zone)
        case _:
            return until


def _differences(view: View, item: Item, found: LabelSet, expected: LabelSet) -> Iterator[Problem]:
    agreement = view.file(item.version)
    try:
        level_of_labels(
            found, agreement.table, policy=view.agreement_id, zone=agreement.lifecycle.zone
        )
    except InputError as err:
        yield problem_of(err)
    if found.item not in ("", expected.item):
        yield _differs("item", expected.item, found.item)
    yield from _given_otherwise(agreement, found, expected)
    own, ours = found.label, expected.label
    for what, said, known in (
        ("PolicyIdentifier", own.policy, ours.policy),
        ("Classification", own.classification, ours.classification),
        ("CreationDateTime", format_instant(own.created), format_instant(ours.created)),
    ):
        if said != known:
            yield _differs(what, known, said)
    said_of = {each.tag: each for each in own.categories}
    for category in ours.categories:
        if said_of.pop(category.tag, None) != category:
            yield _differs(f"Category {category.tag}", ", ".join(category.values), "another")
    for tag in sorted(said_of):
        yield _differs(f"Category {tag}", "none", ", ".join(said_of[tag].values))


def _given_otherwise(
    agreement: Agreement, found: LabelSet, expected: LabelSet
) -> Iterator[Problem]:
    """Hold the markings of originators who are no parties to theirs: no table here reads them."""
    here = {agreement.id, *agreement.party_ids()}
    ours, said = (
        {each.policy: each.classification for each in one.alternatives if each.policy not in here}
        for one in (expected, found)
    )
    for policy in sorted(ours.keys() | said.keys()):
        known, told = ours.get(policy, "none"), said.get(policy, "none")
        if known != told:
            yield _differs(f"alternative {policy}", known, told)


def _differs(what: str, expected: str, found: str) -> Problem:
    return Problem(
        "label.differs",
        what,
        "the label says another thing than the register",
        expected,
        found,
        "the register holds: take the item's label from it again",
    )
