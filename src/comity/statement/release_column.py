# SPDX-License-Identifier: Apache-2.0
"""Releases that follow each other in one register, worded and judged as one column.

Each step gives what it gives for one after the other, or None: something is unusual, so take them
one by one. Nothing is refused here, and nothing is asked of one that is not asked of all.
Source: DESIGN 4
"""

from collections.abc import Sequence
from operator import lt

from comity.basis.ids import Place
from comity.basis.instants import Instant, format_instants
from comity.statement.envelope import Seen, Statement
from comity.statement.information import ItemRelease
from comity.statement.judgement import Judged, RegisterPosition, Surroundings
from comity.statement.release_form import WordedRelease


def compose_releases(
    worded: Sequence[WordedRelease], *, first: Instant, seen: Seen
) -> tuple[Statement, ...] | None:
    """Write releases as the statements that are entered, each a millisecond after the other."""
    found: list[Statement] = []
    moments = format_instants(first, len(worded))
    for index, (each, moment) in enumerate(zip(worded, moments, strict=True)):
        statement = each.form.compose_at(each, Instant(first + index), moment=moment, seen=seen)
        if statement is None:
            return None
        found.append(statement)
    return tuple(found)


def judge_releases(
    statements: Sequence[Statement], position: RegisterPosition, around: Surroundings
) -> tuple[Judged, ...] | None:
    """Judge statements that follow `position`, if all of them are releases and are admitted.

    1. they are this party's, in this register, to other parties, and have seen the same;
    2. their nonces are new here and differ; each is later than the one before, and the first than
       all that was admitted; they have seen no less, and nothing that rejects one of them;
    3. what they have seen is judged here, and they are later than it.

    No authority signs a release, and it brings no card.

    Source: `judge_statement`
    """
    seen = statements[0].seen
    if not (_are_alike(statements, position) and _follow(statements, position, around)):
        return None
    registers = around.registers
    for party, size in seen:
        if registers.refutes(party) or size > registers.judged_size(party):
            return None
        seen_at = registers.greatest_at(party, size, around.is_excused)
        if seen_at is not None and statements[0].at <= seen_at:
            return None
    party, start = position.party, position.size
    return tuple(
        [Judged(Place(party, index), each) for index, each in enumerate(statements, start)]
    )


def _are_alike(statements: Sequence[Statement], position: RegisterPosition) -> bool:
    """Answer whether all are releases of this register that name its parties alone."""
    seen, others = statements[0].seen, position.others
    return (
        {type(each.body) for each in statements} == {ItemRelease}
        and {each.agreement_id for each in statements} == {position.agreement}
        and {each.by for each in statements} == {position.party}
        and {each.seen for each in statements} == {seen}
        and all(others.issuperset(to) for to in {each.to for each in statements})
        and others.issuperset(dict(seen))
    )


def _follow(
    statements: Sequence[Statement], position: RegisterPosition, around: Surroundings
) -> bool:
    """Answer whether nonces are new, and neither time nor what is seen goes back."""
    nonces = [each.nonce for each in statements]
    times = [each.at for each in statements]
    before, seen = position.greatest_at, dict(statements[0].seen)
    return (
        len(set(nonces)) == len(nonces)
        and (before is None or times[0] > before)
        and all(map(lt, times, times[1:]))
        and all(seen.get(party, 0) >= size for party, size in position.seen)
        and not any(map(around.is_used, nonces))
    )
