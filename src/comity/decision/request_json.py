# SPDX-License-Identifier: Apache-2.0
"""A request written as JSON, so that `parse_request` reads the same one. Source: AGREEMENTS.md 4"""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from comity.basis.errors import InvariantError
from comity.basis.instants import Date, Instant, format_date, format_instant
from comity.basis.strict_json import JsonValue
from comity.decision.request import (
    MISSING,
    Actor,
    Assurance,
    Consent,
    Derived,
    Firm,
    FirmCondition,
    Item,
    Order,
    Request,
    SecondPerson,
    Settlement,
    Sharing,
    Translation,
    Visit,
)

_OBJECTS: Final = (
    Actor,
    Assurance,
    Consent,
    Derived,
    Firm,
    FirmCondition,
    Item,
    Order,
    Request,
    SecondPerson,
    Settlement,
    Sharing,
    Translation,
    Visit,
)
_NAMES: Final = {"named_for": "for", "begins": "from", "recipients": "with"}
_COUNTS: Final = frozenset({"copies"})


def request_json(request: Request) -> dict[str, JsonValue]:
    """Give a request as one object; what is unknown is left out."""
    return _object(request)


def _object(value: object) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for field in fields(value):  # type: ignore[arg-type]  # every value here is a dataclass
        held: object = getattr(value, field.name)
        if held is not MISSING:
            found[_NAMES.get(field.name, field.name)] = _value(field.name, held)
    return found


def _value(name: str, held: object) -> JsonValue:
    match held:
        case None | bool() | str():
            return held
        case tuple():
            return [_value(name, each) for each in held]
        case Date():
            return format_date(held)
        case int():
            return held if name in _COUNTS else format_instant(Instant(held))
        case _ if isinstance(held, _OBJECTS):
            return _object(held)
        case _:
            raise InvariantError(
                "decision.request-value", "a request holds a value of no known type", where=name
            )
