# SPDX-License-Identifier: Apache-2.0
"""The fold of statements already read: its rate, one more at the end, and a late one.

Twice: releases by one party that the other receipts, and statements of every kind.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from typing import Final

from bench.every_kind import tell_every_kind, versions
from bench.measuring import Limits, Row, measure, measure_beside, set_aside
from bench.telling import BEGIN, JPN, KOR
from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.ids import Place, digest_of
from comity.basis.instants import Instant, parse_date
from comity.marking.labels import Label
from comity.state.fold import Fold, Placed
from comity.statement.envelope import Statement
from comity.statement.information import ItemReceipt, ItemRelease
from comity.statement.kinds import Body
from comity.statement.treaty import AgreementEntryNotification, AgreementPropose, AgreementSign
from comity.statement.values import FileRef, ParcelRef, SealedRef

_FOLDED: Final = 50_000
_BEFORE_LATE: Final = 20_000
_FOLLOWING: Final = (100, 1_000, 10_000)
_SMALL: Final = 1_000
_LARGE: Final = 1_000_000
_BATCH: Final = 1_000
_ROUNDS: Final = 7
_PARCEL: Final = digest_of(b"parcel")
_LABEL: Final = Label("秘", "CONFIDENTIAL", "missile-warning", "document", ("warning",), (), (JPN,))
_RELEASE: Final = ItemRelease(_LABEL, ParcelRef(_PARCEL, 100), SealedRef("xwing", 100, _PARCEL))
_DELIVERED: Final = parse_date("2016-11-23")


@dataclass(frozen=True, slots=True)
class Traffic:
    """What is said under an agreement, of which the first version is the one that is agreed.

    `tell` tells it without end from the first word on, as drawn by a seed.
    """

    words: str
    files: tuple[Agreement, ...]
    tell: Callable[[int], Iterator[Placed]]

    def fold(self) -> Fold:
        """Give a fold to which nothing was said."""
        return Fold(self.files[0].id, self.files)

    def filled(self, size: int, seed: int = 0) -> tuple[Fold, Iterator[Placed]]:
        """Give a fold of the first so many statements, and those that follow."""
        fold, told = self.fold(), self.tell(seed)
        fold.extend(islice(told, size))
        return fold, told


def main() -> list[Row]:
    """Measure the rate, one more at the end, and a late one before more and more."""
    return [row for traffic in (exchanges(), every_kind()) for row in _rows(traffic)]


def exchanges() -> Traffic:
    """Give releases and receipts alone."""
    agreement = read_agreement(template("gsomia-jpn-kor"))
    return Traffic("", (agreement,), lambda _: _tell_exchanges(agreement))


def every_kind() -> Traffic:
    """Give statements of every kind."""
    return Traffic(", every kind", versions(), tell_every_kind)


def _rows(traffic: Traffic) -> Iterator[Row]:
    yield _folding(traffic)
    yield _one_more(traffic)
    for following in _FOLLOWING:
        yield _late(traffic, following)


def _folding(traffic: Traffic) -> Row:
    said = list(islice(traffic.tell(0), _FOLDED))

    def fold() -> None:
        started = traffic.fold()
        for place, statement in said:
            started.insert(place, statement)

    return Row(
        name=f"fold statements already read{traffic.words}",
        taken=measure(fold),
        amount=_FOLDED,
        unit="statements",
        limits=Limits(per_second_min=50_000),
    )


def _one_more(traffic: Traffic) -> Row:
    """Let the same number follow in turn: on one long fold, and on short ones."""
    with set_aside():
        large, further = traffic.filled(_LARGE)
    to_large = [list(islice(further, _BATCH)) for _ in range(_ROUNDS + 1)]
    small = []
    for seed in range(_ROUNDS + 1):
        fold, further = traffic.filled(_SMALL, seed)
        small.append((fold, list(islice(further, _BATCH))))

    def grow_large() -> None:
        for place, statement in to_large.pop():
            large.insert(place, statement)

    def grow_small() -> None:
        fold, batch = small.pop()
        for place, statement in batch:
            fold.insert(place, statement)

    to_large.reverse()
    taken, floor = measure_beside(grow_large, grow_small, rounds=_ROUNDS)
    gc.unfreeze()
    return Row(
        name=f"one more at the end at 10⁶, beside one at 10³{traffic.words}",
        taken=taken,
        floor=floor,
        amount=_BATCH,
        unit="statements",
        limits=Limits(ratio_max=1.2),
    )


def _late(traffic: Traffic, following: int) -> Row:
    """Let one arrive before the last `following`; the floor folds as many once more."""
    fold, _ = traffic.filled(_BEFORE_LATE)
    growing, further = traffic.filled(_BEFORE_LATE)
    lates = iter(late_ones(traffic, _BEFORE_LATE - following, _ROUNDS + 1))
    batches = iter([list(islice(further, following)) for _ in range(_ROUNDS + 1)])

    def insert_late() -> None:
        fold.insert(*next(lates))

    def fold_on() -> None:
        for place, statement in next(batches):
            growing.insert(place, statement)

    taken, floor = measure_beside(insert_late, fold_on, rounds=_ROUNDS)
    return Row(
        name=f"a late one before the last {following:,}, beside folding as many{traffic.words}",
        taken=taken,
        floor=floor,
        amount=1,
        unit="statements",
        limits=Limits(ratio_max=2),
    )


def late_ones(traffic: Traffic, before: int, how_many: int) -> list[Placed]:
    """Give releases that arrive late: all of the moment before statement number `before`."""
    (_, following), *_ = islice(traffic.tell(0), before, before + 1)
    at, agreed = Instant(following.at - 1), traffic.files[0]
    places = (Place(JPN, 10 * _LARGE + number) for number in range(how_many))
    return [_statement(agreed, place, at, _RELEASE) for place in places]


def _tell_exchanges(agreement: Agreement) -> Iterator[Placed]:
    """Bring the agreement in force; then release and receipt without end."""
    file = FileRef(agreement.sha256, len(agreement.raw))
    opening: tuple[tuple[Place, Body], ...] = (
        (Place(JPN, 0), AgreementPropose(file, agreement.version, "")),
        (Place(JPN, 1), AgreementSign("")),
        (Place(KOR, 0), AgreementSign("")),
        (Place(JPN, 2), AgreementEntryNotification(_DELIVERED, "")),
        (Place(KOR, 1), AgreementEntryNotification(_DELIVERED, "")),
    )
    for number, (place, body) in enumerate(opening):
        yield _statement(agreement, place, Instant(BEGIN + number), body)
    for number in count(10, 2):
        item, at = Place(JPN, number), BEGIN + 1_000 + number
        yield _statement(agreement, item, Instant(at), _RELEASE)
        receipt = ItemReceipt(item, _PARCEL, "군사III급비밀")
        yield _statement(agreement, Place(KOR, number), Instant(at + 1), receipt)


def _statement(agreement: Agreement, place: Place, at: Instant, body: Body) -> Placed:
    return place, Statement(
        format=1,
        kind=body.KIND,
        agreement_id=agreement.id,
        agreement_sha256=agreement.sha256,
        by=place.party,
        to=(KOR if place.party == JPN else JPN,),
        at=at,
        seen=(),
        nonce="",
        body=body,
        raw=b"",
    )
