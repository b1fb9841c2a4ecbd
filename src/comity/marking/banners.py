# SPDX-License-Identifier: Apache-2.0
"""What stands at the head and foot of every page of a protected item.

A banner is plain lines in the scripts of both parties; colours and pages are the
printers' matter. Source: Japan-ROK GSOMIA Art. 4(2); treaties.md 1.1.
"""

from __future__ import annotations

from dataclasses import dataclass

from comity.basis.errors import InputError
from comity.marking.hidden import printable_text
from comity.marking.labels import Label

EXERCISE_LINE = "EXERCISE EXERCISE EXERCISE"
RIGHTS_LINE = "PRIVATE RIGHTS"


@dataclass(frozen=True, slots=True)
class OriginatorName:
    """The name of an originating party in its own language and in English.

    `marking` is its own on an item that was passed on, as it gave it, beside that of whoever did.
    """

    own: str
    english: str
    marking: str | None = None


@dataclass(frozen=True, slots=True)
class Banner:
    """Head lines from the top down and foot lines from the top down."""

    head: tuple[str, ...]
    foot: tuple[str, ...]


def banner(
    label: Label,
    originators: tuple[OriginatorName, ...],
    *,
    receiver_marking: str | None,
    exercise: bool,
    rights: tuple[str, ...] = (),
) -> Banner:
    """Write the head and the foot of an item under its label.

    `originators` are the names of `label.originators`, in that order. `receiver_marking`
    is the receiver's corresponding marking; `None` only where the reader is an originator.
    `rights` are words for the private rights in it. The foot mirrors the head, so the marking is
    nearest to the text on both sides.

    Raises:
        InputError: `marking.nameless-originator` if a name is missing.

    Source: Japan-ROK GSOMIA Art. 4(2), 6(d)
    """
    if len(originators) != len(label.originators):
        raise InputError(
            "marking.nameless-originator",
            "a banner names every originator",
            expected=f"{len(label.originators)} names",
            found=f"{len(originators)} names",
        )
    lines = [EXERCISE_LINE] if exercise else []
    for name in originators:
        lines.append(_name_line(name))
        lines.extend([] if name.marking is None else [printable_text(name.marking)])
    if rights:
        words = ", ".join(each.replace("_", " ") for each in rights)
        lines.append(f"{RIGHTS_LINE}: {words}")
    lines.append(printable_text(label.marking))
    if receiver_marking is not None:
        lines.append(printable_text(receiver_marking))
    return Banner(tuple(lines), tuple(reversed(lines)))


def _name_line(name: OriginatorName) -> str:
    own, english = printable_text(name.own), printable_text(name.english)
    return own if own == english else f"{own} · {english}"
