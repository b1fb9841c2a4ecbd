# SPDX-License-Identifier: Apache-2.0
"""Requests of many acts: each has the status and the answer that it would have got alone."""

from __future__ import annotations

from collections.abc import Awaitable

import msgspec
from msgspec import Struct

from comity.api.desk import Desk
from comity.api.replies import answer_of
from comity.api.shapes import Anything


class BatchResult(Struct):
    """What became of one act: the status and the answer that it would have got alone."""

    status: int
    answer: Anything


async def by_itself(desk: Desk, act: Awaitable[tuple[int, Struct]]) -> BatchResult:
    """Answer one act of many, whatever becomes of the others."""
    try:
        status, answer = await act
    except Exception as error:
        return refused_by(desk, error)
    return BatchResult(status, msgspec.to_builtins(answer))


def refused_by(desk: Desk, error: Exception) -> BatchResult:
    """Answer one act of many that failed; tell of what is the program's own fault."""
    refused = answer_of(error)
    if refused.status == 500:
        desk.node.fault(error)
    return BatchResult(refused.status, msgspec.json.decode(refused.body))
