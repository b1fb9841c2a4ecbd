# SPDX-License-Identifier: Apache-2.0
"""One row of a treaty, and the rows of one instrument."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement: where it stands, what it asks in our words, and how sure it is.

    `cannot` says what no node can do about it; a row that no test shows must have it.
    """

    id: str
    article: str
    asks: str
    does: str
    read: str
    cannot: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one instrument."""

    title: str
    rows: tuple[Row, ...]
