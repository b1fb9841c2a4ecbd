# SPDX-License-Identifier: Apache-2.0
"""What these flows return, as JSON objects: one shape for the command line and for the API."""

from __future__ import annotations

from comity.basis.instants import format_date, format_instant
from comity.basis.strict_json import JsonValue
from comity.flows.copies import Copies, Copy, ended_json, hand_json
from comity.flows.erased import Erased
from comity.flows.keeping.counting import Counted, Row
from comity.flows.keeping.making import Made
from comity.flows.reviewing import Review
from comity.flows.shapes import Shape, banner_json, control_number


def copy_json(copy: Copy) -> Shape:
    """Give a copy: what it is, who has it where, through whose hands it went, how it ended."""
    offer = copy.offer
    return {
        "number": copy.number,
        "kind": copy.kind.value,
        "holder": copy.hand.holder,
        "facility": copy.hand.facility,
        "made_by": copy.made_by,
        "second": copy.second,
        "reason": copy.reason,
        "language": copy.language,
        "hands": [hand_json(each) for each in copy.hands],
        "offered_to": None if offer is None else offer.to,
        "ended": None if copy.ended is None else ended_json(copy.ended),
    }


def copies_json(copies: Copies) -> Shape:
    """Give the copies of an item."""
    return {
        "item": f"{copies.agreement}/{copies.item}",
        "copies": [copy_json(each) for each in copies.rows],
        "left": len(copies.left),
    }


def made_json(agreement: str, made: Made) -> Shape:
    """Give a copy that was made, and what it must bear."""
    return {
        "item": f"{agreement}/{made.item}",
        "copy": copy_json(made.copy),
        "banner": banner_json(made.banner),
        "articles": [*made.articles],
    }


def row_json(agreement: str, row: Row) -> Shape:
    """Give a copy that an inventory looks for."""
    return {
        "item": f"{agreement}/{row.item}",
        "number": row.copy.number,
        "holder": row.copy.hand.holder,
        "facility": row.copy.hand.facility,
        "found": row.found,
    }


def counted_json(agreement: str, counted: Counted) -> Shape:
    """Give what an inventory found, and what was said of it."""
    incident, told = counted.incident, counted.told
    missing: list[JsonValue] = [row_json(agreement, row) for row in counted.missing]
    return {
        "counted": len(counted.rows),
        "missing": missing,
        "incident": None if incident is None else f"{agreement}/{incident}",
        "told": None if told is None else control_number(told),
    }


def review_json(agreement: str, review: Review) -> Shape:
    """Give until when an item is kept, and where it stands."""
    reviewed = review.reviewed
    return {
        "item": f"{agreement}/{review.item.place}",
        "due": None if review.due is None else format_date(review.due),
        "overdue": review.overdue,
        "ended": review.has_ended,
        "keeping": review.keeping.value,
        "reviewed_at": None if reviewed is None else format_instant(reviewed.at),
        "reviewed_by": None if reviewed is None else reviewed.by,
    }


def erased_json(item: str, erased: Erased) -> Shape:
    """Give that an item's key was erased."""
    return {
        "item": item,
        "erased_at": format_instant(erased.at),
        "by": erased.by,
        "articles": [*erased.articles],
    }
