# SPDX-License-Identifier: Apache-2.0
"""Releases that come together are folded as they are one by one, and taken back as they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from comity.agreement.acts import PrivateRight
from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.errors import InvariantError
from comity.basis.ids import Digest, PartyId, Place
from comity.basis.instants import Instant, date_of
from comity.state.fold import Fold, Placed
from comity.state.tables import Table
from comity.statement.treaty import (
    AgreementEndNotice,
    AgreementEntryNotification,
    AgreementSign,
    AgreementSuspendCategory,
)
from tests.support_state import (
    JPN,
    KOR,
    MINUTE_MS,
    NOTE,
    Teller,
    draft_of_2012,
    gsomia,
    in_force,
    instant,
    propose,
    receipt,
    release,
)

_CLAUSE = """
[[article]]
number = "22"
source = "model"
title.en = "Suspension"
title.ja = "停止"
title.ko = "정지"
summary.en = "A category may be suspended."
summary.ja = "種別を停止できる。"
summary.ko = "종류를 정지할 수 있다."
[article.suspension]
acts = ["release"]
told = "2 hours"
"""
USUAL = {"marking": "秘", "level": "CONFIDENTIAL"}
UNKNOWN = Digest("d" * 64)
LABELS: dict[str, dict[str, Any]] = {
    "plain": {},
    "other": {"category": "air"},
    "wrong": {"category": "no-such-category"},
    "level": {"level": "SECRET"},
    "marking": {"marking": "機密"},
    "until": {"use_until": instant("2030-01-01")},
}
LINKS: dict[str, dict[str, Any]] = {
    "supersedes": {"supersedes": Place(JPN, 4)},
    "answers": {"answers": Place(KOR, 1)},
    "derived": {"derived_from": (Place(JPN, 4),)},
    "rights": {"rights": (PrivateRight.PATENT,)},
}
YEARS_MS = 400 * 86_400_000


@dataclass(frozen=True)
class One:
    """What is said next: a kind of release or something else, by whom, and how much later."""

    kind: str
    by: PartyId = JPN
    gap_ms: int = 1
    version: int = 0
    sees: bool = True


BOTH_SIGN = One("sign"), One("sign", KOR)


@cache
def suspendable() -> Agreement:
    return read_agreement(f"{template('gsomia-jpn-kor').decode()}{_CLAUSE}".encode())


kinds = st.one_of(
    st.sampled_from(("plain", "plain", "plain", "other", "wrong")),
    st.sampled_from((*LABELS, *LINKS, "receipt", "notice", "suspend", "propose", "sign", "enter")),
)
gaps = st.sampled_from((1, 1, 1, 1, 7, MINUTE_MS // 3, MINUTE_MS, YEARS_MS))
said = st.builds(
    One,
    kinds,
    st.sampled_from((JPN, JPN, JPN, KOR)),
    gaps,
    st.sampled_from((0, 0, 0, 0, 1, 2)),
    st.booleans(),
)


def told(history: list[One], agreement: Agreement, *, enters: bool) -> Teller:
    """Say it statement by statement; the labels of a kind are the same object, as when read."""
    if enters:
        teller = in_force(agreement=agreement, others=(draft_of_2012(),))
    else:
        teller = Teller(agreement, (draft_of_2012(),))
    bodies = {kind: release(**{**USUAL, **changes}) for kind, changes in LABELS.items()}
    bodies |= {kind: structs.replace(bodies["plain"], **changes) for kind, changes in LINKS.items()}
    versions = (agreement.sha256, draft_of_2012().sha256, UNKNOWN)
    for one in history:
        at = Instant(teller.now + one.gap_ms)
        match one.kind:
            case "receipt":
                body: Any = receipt(Place(JPN, 4), "군사III급비밀")
            case "notice":
                body = AgreementEndNotice(None, date_of(at, agreement.lifecycle.zone), None, NOTE)
            case "suspend":
                body = AgreementSuspendCategory("air", None, None, NOTE, "talks")
            case "propose":
                body = propose(agreement)
            case "enter":
                body = AgreementEntryNotification(date_of(at, agreement.lifecycle.zone), NOTE)
            case "sign":
                body = AgreementSign(NOTE)
            case kind:
                body = bodies[kind]
        seen: dict[PartyId, int] | None = None if one.sees else {}
        teller.say(one.by, body, at=at, version=versions[one.version], seen=seen)
    return teller


def rows(fold: Fold) -> dict[str, dict[Any, Any]]:
    """Give every table of a state."""
    tables = {name: value for name, value in vars(fold.state).items() if isinstance(value, Table)}
    return {name: dict(value.items()) for name, value in tables.items()}


def in_pages(placed: list[Placed], fold: Fold, page: int) -> Fold:
    """Fold the same, so many at once."""
    for start in range(0, len(placed), page):
        fold.extend(placed[start : start + page])
    return fold


@settings(max_examples=120)
@given(
    st.lists(said, max_size=14), st.integers(1, 20), st.booleans(), st.booleans(), st.integers(0, 9)
)
@example([One("plain")] * 4 + [One("wrong")] * 3, 20, False, True, 3)
@example([One("plain", gap_ms=MINUTE_MS // 2)] * 5, 20, False, True, 2)
@example([*[One("plain")] * 2, One("derived"), *[One("supersedes")] * 2], 20, False, True, 0)
@example([One("until")] * 3, 20, False, True, 1)
@example([One("notice"), One("plain"), One("plain", gap_ms=YEARS_MS)], 20, False, True, 0)
@example([One("suspend", KOR), One("other", sees=False), One("other")], 20, True, True, 0)
@example(
    [One("plain"), One("propose"), *BOTH_SIGN, One("enter"), One("enter", KOR), One("plain")],
    20,
    False,
    False,
    0,
)
def test_what_comes_together_is_folded_as_it_is_one_by_one(
    history: list[One], page: int, suspends: bool, enters: bool, back: int
) -> None:
    agreement = suspendable() if suspends else gsomia()
    teller = told(history, agreement, enters=enters)
    together = in_pages(teller.told, Fold(agreement.id, teller.files), page)
    assert rows(together) == rows(teller.fold)
    assert together.export() == teller.fold.export()
    assert len(together) == len(teller.fold)
    for _, statement in teller.told[-len(history) :]:
        at = Instant(statement.at - 1)
        assert together.export(at) == teller.fold.export(at)
    newest = sorted(teller.fold._said, key=lambda each: each.order)[-back:] if back else []
    together.retract(newest)
    teller.fold.retract(newest)
    assert rows(together) == rows(teller.fold)
    if newest:
        again = [each for each in teller.told if each[0] in {said.place for said in newest}]
        in_pages(again, together, page)
        assert rows(together) == rows(in_pages(again, teller.fold, 1))


def test_one_that_is_folded_twice_among_others_is_refused_as_ever() -> None:
    teller = told([One("plain")] * 3, gsomia(), enters=True)
    again = Fold(gsomia().id, teller.files)
    again.extend(teller.told)
    for page in (teller.told[-2:], [*teller.told[-1:], *teller.told[-1:]]):
        with pytest.raises(InvariantError):
            again.extend(page)


def test_more_labels_than_are_known_at_once_are_folded_as_ever() -> None:
    teller = in_force()
    for number in range(70):
        label = release(**USUAL, purposes=("warning", f"p{number}"))
        teller.say(JPN, label, at=Instant(teller.now + 1))
        teller.say(JPN, label, at=Instant(teller.now + 1))
    together = in_pages(teller.told, Fold(gsomia().id, teller.files), 200)
    assert rows(together) == rows(teller.fold)
