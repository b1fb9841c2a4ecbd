# SPDX-License-Identifier: Apache-2.0
"""STIX 2.1 bundles, in and out, every object under its TLP 2.0 marking.

Exactly one TLP marking stands on each object, statements may stand beside it, and none of them is
lost or lowered. What is not known here is refused with its path. Source: STIX 2.1 7.2, 8; TLP 2.0
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, cast

from comity.basis.errors import InputError, excerpt
from comity.basis.fields import Fields
from comity.basis.limits import STIX_BYTES_MAX, STIX_DEPTH_MAX, STIX_LIST_MAX, STIX_OBJECTS_MAX
from comity.basis.strict_json import JsonValue, format_json, parse_canonical, parse_json
from comity.formats.stix_objects import (
    MARKING,
    check_object,
    take_id,
    take_line,
    take_text,
    take_time,
)
from comity.formats.tlp import (
    MARKING_IDS,
    MARKINGS,
    STRICTEST_FIRST,
    definition_of,
    strictest,
)

MEDIA_TYPE: Final = "application/stix+json"
_STATEMENT: Final = "statement"
_MARKED_BY: Final = "object_marking_refs"
_WRITTEN_MOST: Final = 2 * STIX_BYTES_MAX


@dataclass(frozen=True, slots=True)
class Marked:
    """One object: its id, its TLP marking, and the exact bytes of its one form (RFC 8785)."""

    id: str
    tlp: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Bundle:
    """Objects that came together, with the statements that stand on some of them as markings."""

    id: str
    statements: tuple[Marked, ...]
    objects: tuple[Marked, ...]

    @property
    def tlp(self) -> str:
        """Give the strictest marking of any object, which is that of the whole."""
        return strictest(each.tlp for each in self.objects)


def parse_stix(raw: bytes, where: str = "$") -> Bundle:
    """Read a bundle.

    Raises:
        InputError: larger or deeper than a bundle may be, a kind, key or marking that is not known
            here, an object without a TLP marking or with two, an id twice.
    """
    value = parse_json(raw, bytes_max=STIX_BYTES_MAX, depth_max=STIX_DEPTH_MAX, where=where)
    fields = Fields(value, where)
    kind = fields.text("type")
    if kind != "bundle":
        raise InputError(
            "formats.stix-no-bundle",
            "the file is no bundle",
            where=fields.place("type"),
            expected="bundle",
            found=excerpt(kind),
        )
    bundle_id = take_id(fields, "id", "bundle")
    inner = fields.objects("objects", min_items=1, max_items=STIX_OBJECTS_MAX)
    values = cast("list[JsonValue]", fields.value("objects"))  # it was just read as an array
    fields.finish()
    return _bundle(bundle_id, tuple(zip(inner, values, strict=True)))


def _bundle(bundle_id: str, given: Iterable[tuple[Fields, JsonValue]]) -> Bundle:
    statements: list[Marked] = []
    seen: set[str] = set()
    objects: list[tuple[str, Fields, JsonValue]] = []
    for fields, value in given:
        kind = fields.text("type")
        one = take_id(fields, "id", kind)
        if one in seen:
            raise InputError(
                "formats.stix-doubled",
                "two objects have one id",
                where=fields.place("id"),
                expected="each id once",
                found=excerpt(one),
                hint="send the latest version of an object alone",
            )
        seen.add(one)
        if kind != MARKING:
            objects.append((one, fields, value))
        elif one in MARKINGS:
            _check_tlp(fields, value, MARKINGS[one])
        else:
            _check_statement(fields)
            statements.append(Marked(one, "", format_json(value)))
    known = {each.id for each in statements}
    read = tuple(_read(one, fields, value, known) for one, fields, value in objects)
    if not read:
        raise InputError(
            "formats.stix-nothing",
            "the bundle holds markings alone",
            expected="at least one object under a marking",
        )
    return Bundle(bundle_id, tuple(statements), read)


def _read(one: str, fields: Fields, value: JsonValue, statements: set[str]) -> Marked:
    check_object(fields, fields.text("type"))
    refs = fields.texts(_MARKED_BY, max_items=STIX_LIST_MAX)
    named = [MARKINGS[each] for each in refs if each in MARKINGS]
    unknown = [each for each in refs if each not in MARKINGS and each not in statements]
    if unknown or len(refs) != len(set(refs)):
        raise InputError(
            "formats.stix-marking",
            "a marking that is not known, or that stands twice",
            where=fields.place(_MARKED_BY),
            expected="markings of TLP 2.0, and statements that are in the bundle",
            found=excerpt(unknown[0] if unknown else "one of them twice"),
            hint="markings of TLP 1.0 have other ids: mark it anew by TLP 2.0",
        )
    if len(named) != 1:
        raise InputError(
            "formats.stix-tlp",
            "an object stands under exactly one TLP marking",
            where=fields.place(_MARKED_BY),
            expected="one of TLP 2.0",
            found=", ".join(named) or "none",
        )
    return Marked(one, named[0], format_json(value))


def _check_tlp(fields: Fields, value: JsonValue, name: str) -> None:
    """Hold a well-known marking's definition to what it is: an altered one is no marking."""
    known = definition_of(name)
    is_when_published = take_time(fields, "created") == take_time(Fields(known), "created")
    given = {**_members(value), "created": known["created"]}
    if given != known or not is_when_published:
        raise InputError(
            "formats.stix-tlp-altered",
            "the definition of a TLP marking is not the published one",
            where=fields.where,
            expected=f"the definition of {name}, or none: its id says it",
        )


def _check_statement(fields: Fields) -> None:
    kind = fields.text("definition_type")
    if kind != _STATEMENT:
        raise InputError(
            "formats.stix-definition",
            "no marking of this type is known here",
            where=fields.place("definition_type"),
            expected=f"TLP 2.0 by its well-known ids, or {_STATEMENT}",
            found=excerpt(kind),
        )
    fields.text("spec_version")
    take_time(fields, "created")
    if fields.has("name"):
        take_line(fields, "name")
    if fields.has("created_by_ref"):
        take_id(fields, "created_by_ref", "identity")
    inner = fields.object("definition")
    take_text(inner, _STATEMENT)
    inner.finish()
    fields.finish()


def format_stix(bundle: Bundle) -> bytes:
    """Write a bundle: the TLP markings that stand in it, the statements, then the objects."""
    used = {each.tlp for each in bundle.objects}
    objects: list[JsonValue] = [definition_of(each) for each in STRICTEST_FIRST if each in used]
    objects += [_value(each) for each in (*bundle.statements, *bundle.objects)]
    return format_json({"type": "bundle", "id": bundle.id, "objects": objects})


def mark_at_least(bundle: Bundle, tlp: str) -> Bundle:
    """Put a stricter marking on every object that bears a less strict one; none is lowered."""
    raised = (
        each if strictest((each.tlp, tlp)) == each.tlp else _marked(each, tlp)
        for each in bundle.objects
    )
    return replace(bundle, objects=tuple(raised))


def _marked(one: Marked, tlp: str) -> Marked:
    value = _value(one)
    refs = Fields(value).texts(_MARKED_BY, max_items=STIX_LIST_MAX)
    own = MARKING_IDS[one.tlp]
    changed: list[JsonValue] = [MARKING_IDS[tlp] if each == own else each for each in refs]
    return Marked(one.id, tlp, format_json({**_members(value), _MARKED_BY: changed}))


def _members(value: JsonValue) -> dict[str, JsonValue]:
    return cast("dict[str, JsonValue]", value)  # whoever asks has read it as an object


def _value(one: Marked) -> JsonValue:
    return parse_canonical(one.raw, bytes_max=_WRITTEN_MOST)
