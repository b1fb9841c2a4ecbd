# SPDX-License-Identifier: Apache-2.0
"""What a text leaves open, and what one would decide otherwise than another: worked out apart.

It takes seconds, so it runs in one thread beside the node's own work, one text after the other,
and is kept by the digests of what it follows from.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar

from comity.agreement.model import Agreement
from comity.basis.errors import Problem
from comity.basis.ids import Digest
from comity.flows.at_hand import Recent
from comity.foresight.clause_changes import ClauseChange, changed_clauses
from comity.foresight.comparing import OutcomeChange, Supersession, changed_outcomes, supersession
from comity.foresight.gaps import check

_Key = TypeVar("_Key")
_Found = TypeVar("_Found")

_KEPT_MAX: Final = 32
_APART: Final = ThreadPoolExecutor(1, thread_name_prefix="foresight")


@dataclass(frozen=True, slots=True)
class Compared:
    """What one version changes of another: its clauses, what it decides, whether it follows."""

    clauses: tuple[ClauseChange, ...]
    outcomes: tuple[OutcomeChange, ...]
    follows: Supersession


_GAPS: Final[Recent[Digest, tuple[Problem, ...]]] = Recent(_KEPT_MAX)
_COMPARED: Final[Recent[tuple[Digest, Digest], Compared]] = Recent(_KEPT_MAX)


async def gaps_of(file: Agreement) -> tuple[Problem, ...]:
    """List what a text leaves open."""
    return await _kept(_GAPS, file.sha256, lambda: check(file))


async def compare(old: Agreement, new: Agreement) -> Compared:
    """Compare two versions of one agreement.

    Raises:
        InputError: `foresight.too-many-ways`: not all was tried, and nothing was found.
    """
    return await _kept(_COMPARED, (old.sha256, new.sha256), lambda: _compared(old, new))


def _compared(old: Agreement, new: Agreement) -> Compared:
    return Compared(changed_clauses(old, new), changed_outcomes(old, new), supersession(old, new))


async def _kept(known: Recent[_Key, _Found], key: _Key, work: Callable[[], _Found]) -> _Found:
    found = known.get(key)
    if found is None:
        found = await asyncio.get_running_loop().run_in_executor(_APART, work)
        known.keep(key, found)
    return found
