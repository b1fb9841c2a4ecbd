# SPDX-License-Identifier: Apache-2.0
"""Drafts: their moment, and what key wraps bind."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from comity.basis.ids import Digest, PartyId
from comity.basis.instants import Instant
from comity.statement.drafting import (
    compose,
    draft_statement,
    draft_wrap_context,
    next_at,
    wrap_context,
)
from comity.statement.information import ItemRelease
from comity.statement.kinds import Body
from comity.statement.values import ParcelRef

Speaker = Any
KOR, USA = PartyId("KOR"), PartyId("USA")


@pytest.mark.parametrize(
    ("now", "own", "seen", "expected"),
    [
        (100, None, None, 100),
        (100, 99, None, 100),
        (100, 100, None, 101),
        (100, 50, 100, 101),
        (100, 200, 150, 201),
        (100, 150, 200, 201),
        (100, None, 99, 100),
    ],
)
def test_the_moment_is_the_later_of_the_clock_and_a_millisecond_after_all_that_is_known(
    now: int, own: int | None, seen: int | None, expected: int
) -> None:
    assert next_at(now, own, seen) == expected  # type: ignore[arg-type]


def test_recipients_are_sorted_and_stand_once(jpn: Speaker, bodies: dict[str, Body]) -> None:
    agreement = jpn.draft(bodies["consent.ask"]).agreement
    draft = draft_statement(
        bodies["consent.ask"], agreement, by=jpn.party, to=(USA, KOR, USA), nonce="0" * 32
    )
    assert draft.to == (KOR, USA)


def test_wraps_are_bound_to_everything_but_the_parcel_and_the_moment(
    jpn: Speaker, bodies: dict[str, Body], minute: Callable[[int], Instant]
) -> None:
    draft = jpn.draft(bodies["item.release"])
    context = draft_wrap_context(draft)
    body = draft.body
    assert isinstance(body, ItemRelease)
    repacked = replace(draft, body=structs.replace(body, parcel=ParcelRef(Digest("cd" * 32), 7)))
    for statement in (
        compose(draft, at=minute(0), seen=()),
        compose(repacked, at=minute(9), seen=((KOR, 4),)),
    ):
        assert wrap_context(statement) == context
    sealed = structs.replace(body.sealed, sha256=Digest("cd" * 32))
    for other in (
        replace(draft, nonce="f" * 32),
        replace(draft, to=(USA,)),
        replace(draft, body=structs.replace(body, sealed=sealed)),
        replace(draft, body=structs.replace(body, label=replace(body.label, level="SECRET"))),
    ):
        assert draft_wrap_context(other) != context
