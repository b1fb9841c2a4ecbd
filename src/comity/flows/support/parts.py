# SPDX-License-Identifier: Apache-2.0
"""What one statement does not hold goes in several, said in one commit by one command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from comity.basis.errors import ComityError, StateError
from comity.basis.ids import AgreementId
from comity.basis.limits import ORDER_LINES_MAX
from comity.decision.stages import Refused
from comity.flows.cases.speaking import Saying, preparing, refuse_role
from comity.flows.context import Context
from comity.flows.enclosures import seal_text
from comity.flows.speak import Entered, Prepare
from comity.flows.speaker import say_all
from comity.statement.kinds import GoodsBody

_Line = TypeVar("_Line")
_Body = TypeVar("_Body", bound=GoodsBody)


def sheets_of(lines: Sequence[_Line]) -> tuple[tuple[_Line, ...], ...]:
    """Share lines out to statements, as many as each holds; none: one statement without any."""
    starts = range(0, max(len(lines), 1), ORDER_LINES_MAX)
    return tuple(tuple(lines[start : start + ORDER_LINES_MAX]) for start in starts)


async def say_parts(
    context: Context, agreement: AgreementId, sayings: Sequence[Saying[_Body]]
) -> Entered | Refused:
    """Say the parts of one act by one person, in one commit; a text goes beside the first.

    1. the role: a refusal is journalled, and nothing is sealed;
    2. the text is sealed;
    3. the file decides on each part as those before it leave things.

    Raises:
        NotCounted: the first would not count, so it was not said.
        StateError: some were entered, and a later one was not.
    """
    first, *rest = sayings
    refused = await refuse_role(context, agreement, first)  # 1
    if refused is not None:
        return refused
    sealed = await seal_text(context, agreement, first.text)  # 2
    parts: list[Prepare] = [preparing(context, agreement, first, sealed)]
    parts += [preparing(context, agreement, each, None) for each in rest]
    return together(agreement, await say_all(context, agreement, parts))  # 3


def together(
    agreement: AgreementId, outcomes: Sequence[Entered | Refused | ComityError]
) -> Entered | Refused:
    """Give what was entered as one: the first, with those that continue it.

    Raises:
        ComityError: the first was not entered.
        StateError: some were entered, and a later one was not.
    """
    first, *rest = outcomes
    if isinstance(first, ComityError):
        raise first
    if isinstance(first, Refused):
        return first
    further = tuple(each for each in rest if isinstance(each, Entered))
    failed = [each for each in rest if not isinstance(each, Entered)]
    if failed:
        why = failed[0]
        raise StateError(
            "order.said-in-part",
            "some of it was said, and the rest was not",
            where=f"{agreement}/{first.place}",
            expected=f"{len(outcomes)} statements",
            found=f"{len(further) + 1}",
            hint=f"say the rest again: {why if isinstance(why, ComityError) else 'it was refused'}",
        )
    return first._replace(further=further)
