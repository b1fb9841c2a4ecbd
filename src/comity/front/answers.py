# SPDX-License-Identifier: Apache-2.0
"""An answer that says no, as it is sent; and what is told to pages and programs alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from comity.basis.errors import ComityError, StateError

Headers: TypeAlias = dict[str, str]

GONE: Final = 499
"""What is counted, and told to nobody, where whoever asked is gone."""


# Errors of flows that say that something is not there; they are all worded alike.
_ABSENT: Final = frozenset(
    {
        "agreement.not-pinned",
        "consent.no-such-ask",
        "facility.unknown-then",
        "item.no-draft",
        "item.not-for-us",
        "item.unknown",
        "passing.no-draft",
        "person.unknown",
        "register.no-such-checkpoint",
        "register.no-such-statement",
        "register.not-served",
        "request.no-question",
        "statement.no-text",
        "token.unknown",
    }
)


class NotThere(StateError):  # noqa: N818 (named for what is said, as `BasisMoved` is)
    """Nothing there, or nothing that this person may know of."""

    http_status = 404


class Gone(Exception):  # noqa: N818 (nobody is left to be told)
    """Whoever asked went away before the body was whole."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body of an answer; the body's type is among the headers."""

    status: int
    headers: Headers
    body: bytes


def not_there() -> NotThere:
    """Say the same whatever the reason."""
    return NotThere("api.not-there", "there is nothing here that you may know of")


def is_absent(error: ComityError) -> bool:
    """Answer whether an error says that something is not there, or not to be known of."""
    return isinstance(error, NotThere) or error.code in _ABSENT
