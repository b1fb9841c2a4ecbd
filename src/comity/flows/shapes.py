# SPDX-License-Identifier: Apache-2.0
"""What flows return, as JSON objects: one shape for the command line and for the API.

Labels, places, times and sizes alone, never content; an authority's note stays out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from comity.basis.encoding import encode_base64
from comity.basis.ids import AgreementId, PartyId
from comity.basis.instants import Instant, format_date, format_instant
from comity.basis.limits import STATEMENT_BYTES_MAX
from comity.basis.strict_json import JsonValue, parse_json
from comity.config import ClockKind
from comity.decision.people import Facility, Person, is_registered
from comity.flows.context import Context
from comity.flows.drafts import KeptDraft
from comity.flows.listing import ItemRow, RegisterPage, RegisterRowNow
from comity.flows.speak import Entered
from comity.keys.cards import Card, CardKey, fingerprint
from comity.marking.banners import Banner
from comity.marking.labels import format_label
from comity.sealing.payload import PayloadHeader
from comity.statement.information import ItemRelease
from comity.statement.judgement import Judged
from comity.statement.values import format_until

Shape = dict[str, JsonValue]

CLEARANCE_BASIS: Final = (
    "clearance_by",
    "clearance_on",
    "clearance_reference",
    "clearance_review",
)
"""What a clearance rests on, in a person's record; null where it is not recorded."""


def mark_json(context: Context) -> Shape:
    """Give what stands on everything a node says: whose it is, and whether it is an exercise.

    The time stands there only where it is not everybody's.
    """
    config = context.config
    mark: Shape = {"party": config.party, "exercise": config.exercise, "clock": config.clock.value}
    if config.clock is ClockKind.STORY:
        mark["now"] = format_instant(context.ports.clock.now())
    return mark


def item_json(agreement: str, row: ItemRow) -> Shape:
    """Give an item's label, and what became of it."""
    item, release = row.item, row.item.release
    return {
        "place": f"{agreement}/{item.place}",
        "by": item.place.party,
        "to": list(item.to),
        "at": format_instant(item.at),
        "version": item.version,
        "label": format_label(release.label),
        "given_as": given_json(release),
        "level": row.level,
        "sealed_bytes": release.sealed.size,
        "held": row.held,
        "readable": row.readable,
        "acknowledged": list(row.acknowledged),
        "disc_only": row.disc_only,
        "supersedes": None if release.supersedes is None else str(release.supersedes),
        "superseded_by": None if row.superseded_by is None else str(row.superseded_by),
        "answers": None if release.answers is None else str(release.answers),
        "rights": [each.value for each in release.rights],
        "recalled_by": list(row.recalled_by),
        "keeping": {party: each.value for party, each in row.keeping},
        "receipts": [
            {
                "by": party,
                "place": str(each.place),
                "at": format_instant(each.at),
                "marking": each.marking,
            }
            for party, each in row.receipts
        ],
        "refusals": [
            {
                "by": party,
                "place": str(each.place),
                "code": each.refusal.code,
                "articles": list(each.refusal.articles),
            }
            for party, each in row.refusals
        ],
    }


def given_json(release: ItemRelease) -> JsonValue:
    """Give who marked an item before it was passed on, and how; null where it was not."""
    came = release.passed_on
    if came is None or came.marking is None:
        return None
    return {"by": came.item.party, "marking": came.marking}


def draft_json(kept: KeptDraft) -> Shape:
    """Give a draft that waits for its releasing officer."""
    of = kept.item
    return {
        "number": kept.number,
        "agreement": of.agreement,
        "to": list(of.to),
        "marking": of.marking,
        "level": kept.level,
        "category": of.category,
        "form": of.form,
        "purposes": list(of.purposes),
        "for": list(of.named_for),
        "use_until": format_until(of.use_until),
        "supersedes": None if of.supersedes is None else str(of.supersedes),
        "answers": None if of.answers is None else str(of.answers),
        "derived_from": [str(each) for each in of.derived_from],
        "rights": [each.value for each in of.rights],
        "channel": of.channel,
        "sealed_bytes": kept.sealed.size,
        "drafted_by": kept.drafted_by,
    }


def control_number(entered: Entered) -> str:
    """Give the place of a statement with its agreement."""
    return f"{entered.statement.agreement_id}/{entered.place}"


def entered_json(entered: Entered) -> Shape:
    """Give what was entered in our register."""
    statement = entered.statement
    body = dict(statement.body.to_json())
    body.pop("authority", None)
    further: list[JsonValue] = [entered_json(each) for each in entered.further]
    return {
        "place": control_number(entered),
        "kind": statement.kind,
        "to": list(statement.to),
        "at": format_instant(statement.at),
        "body": body,
        "articles": [*entered.articles],
        **({} if entered.unasked is None else {"unasked": entered.unasked}),
        **({"further": further} if further else {}),
    }


def banner_json(banner: Banner) -> Shape:
    """Give what stands at the head and foot of content."""
    return {"head": list(banner.head), "foot": list(banner.foot)}


def header_json(header: PayloadHeader | None) -> JsonValue:
    """Give a payload's own description; it is as protected as the payload."""
    if header is None:
        return None
    return {
        "title": header.title,
        "media_type": header.media_type,
        "file_name": header.file_name,
        "schema": header.schema,
        **({} if header.rights_of is None else {"rights_of": header.rights_of}),
    }


def register_json(row: RegisterRowNow) -> Shape:
    """Give where a register stands, and who cosigned how much of it."""
    head, split = row.head, row.split_view
    return {
        "origin": head.origin,
        "agreement": head.agreement,
        "party": head.party,
        "holding": head.holding.value,
        "size": head.size,
        "root_hash": head.root_hash.hex(),
        "signed": row.signed,
        "cosigned": {str(party): size for party, size in row.cosigned},
        "split_view": None if split is None else encode_base64(split),
    }


PAGE_NAMES: Final = ("agreement", "party", "size", "judged_size", "entries", "waiting")
ENTRY_NAMES: Final = ("place", "kind", "at", "to", "admitted", "counted", "code", "article")
"""The members of a page and of its entries, in the order in which they are written."""


def entry_json(judged: Judged, page: RegisterPage) -> Shape:
    """Give one entry as it is judged here, without its body."""
    statement, rejected = judged.statement, judged.rejected
    code, article = page.uncounted.get(judged.place, (None, None))
    if rejected is not None:
        code, article = rejected.code, rejected.article
    return {
        "place": str(judged.place),
        "kind": None if statement is None else statement.kind,
        "at": None if statement is None else format_instant(statement.at),
        "to": [] if statement is None else list(statement.to),
        "admitted": judged.admitted,
        "counted": code is None,
        "code": code,
        "article": article,
    }


def page_json(agreement: AgreementId, party: PartyId, page: RegisterPage) -> Shape:
    """Give a page of a register, and what of it waits to be judged."""
    return {
        "agreement": agreement,
        "party": party,
        "size": page.size,
        "judged_size": page.judged_size,
        "entries": [entry_json(each, page) for each in page.judged],
        "waiting": [str(each.place) for each in page.waiting],
    }


def journal_json(raw: bytes, index: int) -> dict[str, Any]:
    """Give one entry of the journal, with its place in it."""
    entry: Any = parse_json(raw, bytes_max=STATEMENT_BYTES_MAX, where=f"journal {index}")
    return {"index": index, **entry}


def person_json(record: Person, place: Facility | None, now: Instant) -> Shape:
    """Give a person's record, and whether the person counts as registered now."""
    until, ended = record.clearance_until, record.registered_until
    return {
        "id": record.id,
        "facility": record.facility,
        "kind": record.kind,
        "roles": [each.value for each in record.roles],
        "posts": list(record.posts),
        "clearance": record.clearance,
        "clearance_until": None if until is None else format_date(until),
        **{key: record.clearance_basis.get(key) for key in CLEARANCE_BASIS},
        "need_to_know": list(record.need_to_know),
        "registered_from": format_instant(record.registered_from),
        "registered_until": None if ended is None else format_instant(ended),
        "registered": is_registered(record, place, now),
    }


def facility_json(found: Facility) -> Shape:
    """Give a facility and who answers for it."""
    until = found.officer_until
    return {
        "id": found.id,
        "control_officer": found.control_officer,
        "officer_until": None if until is None else format_date(until),
        "firm": found.firm,
    }


def card_json(card: Card) -> Shape:
    """Give a card, with its fingerprint as 64 digits."""
    names: Shape = dict(card.names)
    return {
        "party": card.party,
        "domain": card.domain,
        "names": names,
        "competent_authority": card.competent_authority,
        "addresses": list(card.addresses),
        "tls_pins": list(card.tls_pins),
        "version": card.version,
        "issued_at": format_instant(card.issued_at),
        "fingerprint": fingerprint(card),
        "keys": list(_keys_json(card.keys)),
    }


def _keys_json(keys: Iterable[CardKey]) -> Iterator[JsonValue]:
    for key in keys:
        until = key.valid_until
        yield {
            "use": key.use.value,
            "algorithm": key.algorithm.value,
            "id": key.key_id,
            "valid_from": format_instant(key.valid_from),
            "valid_until": None if until is None else format_instant(until),
        }
