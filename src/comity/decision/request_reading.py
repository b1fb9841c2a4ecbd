# SPDX-License-Identifier: Apache-2.0
"""Reading a request from JSON: an absent key is an unknown fact, null is known to be none.

Only an unknown key or a wrong type is bad input. Source: AGREEMENTS.md section 4
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from comity.basis.errors import InputError
from comity.basis.fields import Fields, type_name
from comity.basis.instants import Instant, parse_date, parse_instant
from comity.basis.limits import REQUEST_BYTES_MAX
from comity.basis.strict_json import JsonValue, parse_json
from comity.decision.request import (
    MISSING,
    NO_ITEM,
    NOBODY,
    Absent,
    Actor,
    Assurance,
    Consent,
    Derived,
    Firm,
    FirmCondition,
    Flag,
    Item,
    Order,
    Request,
    SecondPerson,
    Settlement,
    Sharing,
    Text,
    Texts,
    Translation,
    Visit,
    When,
)

_T = TypeVar("_T")
_N = TypeVar("_N")
_DATE_CHARS = 10
_UTC = re.compile(r"([0-9-]{10})[Tt]([0-9:]{8})(?:\.([0-9]{1,3})0*)?(?:[Zz]|[+-]00:00)")


def parse_request(raw: bytes) -> Request:
    """Read a request from JSON.

    Raises:
        InputError: the bytes are no strict JSON, a key is unknown, a type is wrong.

    Source: AGREEMENTS.md section 4
    """
    fields = Fields(parse_json(raw, bytes_max=REQUEST_BYTES_MAX, where="request"), "request")
    action = _text(fields, "action")
    request = Request(
        at=_instant(fields, "at"),
        action=MISSING if action is None else action,
        agreement_state=_text(fields, "agreement_state"),
        actor=_object(fields, "actor", _read_actor, none=NOBODY),
        item=_object(fields, "item", _read_item, none=NO_ITEM),
        purpose=_text(fields, "purpose"),
        recipient=_text(fields, "recipient"),
        channel=_text(fields, "channel"),
        consents=_objects(fields, "consents", _read_consent),
        assurances=_objects(fields, "assurances", _read_assurance),
        second_person=_nullable(fields, "second_person", _read_second_person),
        derived=_nullable(fields, "derived", _read_derived),
        translation=_nullable(fields, "translation", _read_translation),
        visit=_nullable(fields, "visit", _read_visit),
        firms=_objects(fields, "firms", _read_firm),
        rights_confirmed=_flag(fields, "rights_confirmed"),
        means=_text(fields, "means"),
        sharing=_nullable(fields, "sharing", _read_sharing),
        suspended=_texts(fields, "suspended"),
        order=_nullable(fields, "order", _read_order),
        settlement=_nullable(fields, "settlement", _read_settlement),
    )
    fields.finish()
    return request


def _read_actor(fields: Fields) -> Actor:
    return Actor(
        party=_text(fields, "party"),
        id=_text(fields, "id"),
        kind=_text(fields, "kind"),
        clearance=_text(fields, "clearance"),
        clearance_until=_when(fields, "clearance_until"),
        need_to_know=_texts(fields, "need_to_know"),
        facility=_text(fields, "facility"),
        registered=_flag(fields, "registered"),
    )


def _read_item(fields: Fields) -> Item:
    return Item(
        id=_text(fields, "id"),
        originators=_texts(fields, "originators"),
        level=_text(fields, "level"),
        category=_text(fields, "category"),
        form=_text(fields, "form"),
        purposes=_texts(fields, "purposes"),
        named_for=_texts(fields, "for"),
        marked=_texts(fields, "marked"),
        copies=_count(fields, "copies"),
        use_until=_when(fields, "use_until"),
        rights=_texts(fields, "rights"),
    )


def _read_consent(fields: Fields) -> Consent:
    return Consent(
        by=_text(fields, "by"),
        items=_texts(fields, "items"),
        category=_text(fields, "category"),
        recipient=_text(fields, "recipient"),
        purpose=_text(fields, "purpose"),
        given_at=_when(fields, "given_at"),
        until=_when(fields, "until"),
    )


def _read_assurance(fields: Fields) -> Assurance:
    return Assurance(
        by=_text(fields, "by"),
        level=_text(fields, "level"),
        named_for=_text(fields, "for"),
        need=_flag(fields, "need"),
        equivalent_protection=_flag(fields, "equivalent_protection"),
        given_at=_when(fields, "given_at"),
        until=_when(fields, "until"),
    )


def _read_second_person(fields: Fields) -> SecondPerson:
    return SecondPerson(id=_text(fields, "id"), kind=_text(fields, "kind"))


def _read_derived(fields: Fields) -> Derived:
    return Derived(
        level=_text(fields, "level"),
        originators=_texts(fields, "originators"),
        purposes=_texts(fields, "purposes"),
        use_until=_when(fields, "use_until"),
        marked=_texts(fields, "marked"),
        named_for=_texts(fields, "for"),
    )


def _read_translation(fields: Fields) -> Translation:
    return Translation(language=_text(fields, "language"), note=_text(fields, "note"))


def _read_visit(fields: Fields) -> Visit:
    return Visit(
        host=_text(fields, "host"),
        asked_by=_text(fields, "asked_by"),
        asked_at=_when(fields, "asked_at"),
        granted_by=_text(fields, "granted_by"),
        begins=_when(fields, "from"),
        until=_when(fields, "until"),
        level=_text(fields, "level"),
        clearance=_text(fields, "clearance"),
        clearance_until=_when(fields, "clearance_until"),
    )


def _read_firm(fields: Fields) -> Firm:
    return Firm(
        id=_text(fields, "id"),
        clearance=_text(fields, "clearance"),
        clearance_until=_when(fields, "clearance_until"),
        conditions=_objects(fields, "conditions", _read_firm_condition),
    )


def _read_firm_condition(fields: Fields) -> FirmCondition:
    return FirmCondition(
        letter=_text(fields, "letter"),
        given_at=_when(fields, "given_at"),
        until=_when(fields, "until"),
    )


def _read_sharing(fields: Fields) -> Sharing:
    return Sharing(under=_text(fields, "under"), recipients=_texts(fields, "with"))


def _read_order(fields: Fields) -> Order:
    return Order(
        requester=_text(fields, "requester"),
        provider=_text(fields, "provider"),
        activity=_text(fields, "activity"),
        categories=_texts(fields, "categories"),
        dated=_when(fields, "dated"),
        shows=_texts(fields, "shows"),
        acted=_texts(fields, "acted"),
    )


def _read_settlement(fields: Fields) -> Settlement:
    return Settlement(
        method=_text(fields, "method"),
        natures=_texts(fields, "natures"),
        reason=_text(fields, "reason"),
        delivered=_when(fields, "delivered"),
        approved_by=_texts(fields, "approved_by"),
    )


def _nullable(fields: Fields, key: str, read: Callable[[Fields], _T]) -> _T | Absent | None:
    """Take an object that may be absent, or known to be none."""
    if not fields.has(key):
        return MISSING
    return _object(fields, key, read, none=None)


def _object(fields: Fields, key: str, read: Callable[[Fields], _T], *, none: _N) -> _T | _N:
    """Take an object: where it is absent every fact of it is missing, null is `none`."""
    if fields.has(key) and fields.value(key) is None:
        return none
    inner = fields.object(key) if fields.has(key) else Fields({}, fields.place(key))
    value = read(inner)
    inner.finish()
    return value


def _objects(fields: Fields, key: str, read: Callable[[Fields], _T]) -> tuple[_T, ...] | Absent:
    if not fields.has(key):
        return MISSING
    if fields.value(key) is None:
        return ()
    values = []
    for inner in fields.objects(key):
        values.append(read(inner))
        inner.finish()
    return tuple(values)


def _text(fields: Fields, key: str) -> Text:
    if not fields.has(key):
        return MISSING
    value = fields.value(key)
    if value is None or isinstance(value, str):
        return value
    raise _wrong_type(fields, key, "text or null", value)


def _texts(fields: Fields, key: str) -> Texts:
    if not fields.has(key):
        return MISSING
    value = fields.value(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise _wrong_type(fields, key, "an array of texts or null", value)
    return tuple(_element(fields, key, element) for element in value)


def _element(fields: Fields, key: str, element: JsonValue) -> str:
    if isinstance(element, str):
        return element
    raise _wrong_type(fields, key, "an array of texts", element)


def _flag(fields: Fields, key: str) -> Flag:
    if not fields.has(key):
        return MISSING
    return fields.nullable_boolean(key)


def _count(fields: Fields, key: str) -> int | Absent | None:
    if not fields.has(key):
        return MISSING
    return fields.nullable_integer(key)


def _when(fields: Fields, key: str) -> When:
    """Take an instant or a date."""
    text = _text(fields, key)
    if text is None or text is MISSING:
        return text
    if len(text) == _DATE_CHARS:
        return parse_date(text, fields.place(key))
    return _parse_time(text, fields.place(key))


def _instant(fields: Fields, key: str) -> Instant | Absent:
    text = _text(fields, key)
    if text is None or text is MISSING:
        return MISSING
    return _parse_time(text, fields.place(key))


def _parse_time(text: str, where: str) -> Instant:
    """Read an instant in any form of UTC that RFC 3339 has, if whole in milliseconds.

    Requests are written by other people's programs, some of which say `+00:00` and microseconds;
    statements and files know one form only.
    """
    match = _UTC.fullmatch(text)
    if match is None:
        return parse_instant(text, where)
    day, clock, fraction = match.groups(default="")
    return parse_instant(f"{day}T{clock}.{fraction.ljust(3, '0')}Z", where)


def _wrong_type(fields: Fields, key: str, expected: str, value: JsonValue) -> InputError:
    return InputError(
        "decision.wrong-type",
        "wrong type",
        where=fields.place(key),
        expected=expected,
        found=type_name(value),
        hint="an absent key is an unknown fact, null is known to be none",
    )
