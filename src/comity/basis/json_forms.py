# SPDX-License-Identifier: Apache-2.0
"""Canonical JSON with holes: what many values have in common is written once.

Filling the holes gives the very bytes that `format_json` gives the whole value, for as long as
texts that are filled in hold nothing that JSON escapes: digests, instants, places, nonces.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from comity.basis.errors import InvariantError
from comity.basis.strict_json import format_json


@dataclass(frozen=True, slots=True)
class Hole:
    """Where a text comes later, or with `bare` anything that is JSON already."""

    name: str
    bare: bool = False


Shape: TypeAlias = "bool | int | str | Hole | Sequence[Shape] | Mapping[str, Shape] | None"


class JsonForm:
    """A value whose holes, in the order in which they stand in the bytes, are filled later."""

    __slots__ = ("_template",)

    def __init__(self, shape: Shape, *holes: str) -> None:
        """Write all but the holes; `holes` names them in their order.

        Raises:
            InvariantError: the value has other holes, or in another order.
            InputError: something in it is not to be written as JSON.
        """
        found: list[str] = []
        self._template = _template(shape, found)
        if tuple(found) != holes:
            raise InvariantError(
                "basis.json-holes",
                "a form is filled in another order than its holes have",
                expected=", ".join(found),
                found=", ".join(holes),
            )

    def fill(self, *values: str | int) -> bytes:
        """Give the bytes with a value in each hole."""
        return (self._template % values).encode()

    def text(self, *values: str | int) -> str:
        """Give the same as text, to stand in another's hole."""
        return self._template % values


def _template(shape: Shape, found: list[str]) -> str:
    match shape:
        case Hole():
            found.append(shape.name)
            return "%s" if shape.bare else '"%s"'
        case Mapping():
            # RFC 8785 3.2.3: by UTF-16 units, not by code points.
            keys = sorted(shape, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
            members = (f"{_literal(key)}:{_template(shape[key], found)}" for key in keys)
            return f"{{{','.join(members)}}}"
        case list() | tuple():
            return f"[{','.join(_template(each, found) for each in shape)}]"
        case _:
            return _literal(shape)


def _literal(value: object) -> str:
    return format_json(value).decode().replace("%", "%%")  # type: ignore[arg-type]  # it refuses the rest
