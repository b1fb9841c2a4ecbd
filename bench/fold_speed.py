# SPDX-License-Identifier: Apache-2.0
"""The fold of statements already read: its rate, one more at the end, and a late one.

The traffic is releases by one party, each receipted by the other.
"""

from collections.abc import Iterator
from datetime import date

from bench.measuring import Limits, Row, measure, measure_beside
from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.ids import AgreementId, Digest, PartyId, Place, digest_of
from comity.basis.instants import Instant, parse_instant
from comity.marking.labels import Label
from comity.state.fold import Fold, Placed
from comity.statement.envelope import Statement
from comity.statement.information import ItemReceipt, ItemRelease
from comity.statement.kinds import SpokenBody
from comity.statement.treaty import AgreementEntryNotification, AgreementPropose, AgreementSign
from comity.statement.values import FileRef, ParcelRef, SealedRef

_JPN, _KOR = PartyId("JPN"), PartyId("KOR")
_AGREEMENT = AgreementId("gsomia-jpn-kor")
_BEGIN = parse_instant("2016-11-23T03:00:00Z")
_FOLDED = 50_000
_BEFORE_LATE = 20_000
_FOLLOWING = (100, 1_000, 10_000)
_SMALL = 1_000
_LARGE = 1_000_000
_BATCH = 1_000
_ROUNDS = 7
_PARCEL = digest_of(b"parcel")
_LABEL = Label("秘", "CONFIDENTIAL", "missile-warning", "document", ("warning",), (), (_JPN,))
_RELEASE = ItemRelease(_LABEL, ParcelRef(_PARCEL, 100), SealedRef("xwing", 100, _PARCEL))


def main() -> list[Row]:
    """Measure the rate, one more at the end, and a late one before more and more."""
    agreement = read_agreement(template("gsomia-jpn-kor"))
    late = [_late(agreement, following) for following in _FOLLOWING]
    return [_folding(agreement), _one_more(agreement), *late]


def _folding(agreement: Agreement) -> Row:
    said = list(traffic(agreement.sha256, 0, _FOLDED))

    def fold() -> None:
        started = opened(agreement)
        for place, statement in said:
            started.insert(place, statement)

    return Row(
        name="fold statements already read",
        taken=measure(fold),
        amount=_FOLDED,
        unit="statements",
        limits=Limits(per_second_min=50_000),
    )


def _one_more(agreement: Agreement) -> Row:
    small = [filled(agreement, _SMALL) for _ in range(_ROUNDS + 1)]
    large = filled(agreement, _LARGE)
    to_small = list(traffic(agreement.sha256, _SMALL, _BATCH))
    to_large = [
        list(traffic(agreement.sha256, _LARGE + number * _BATCH, _BATCH))
        for number in range(_ROUNDS + 1)
    ]

    def grow_large() -> None:
        batch = to_large.pop(0)
        for place, statement in batch:
            large.insert(place, statement)

    def grow_small() -> None:
        fold = small.pop()
        for place, statement in to_small:
            fold.insert(place, statement)

    taken, floor = measure_beside(grow_large, grow_small, rounds=_ROUNDS)
    return Row(
        name="one more at the end at 10⁶, beside one at 10³",
        taken=taken,
        floor=floor,
        amount=_BATCH,
        unit="statements",
        limits=Limits(ratio_max=1.2),
    )


def _late(agreement: Agreement, following: int) -> Row:
    """Let one arrive before the last `following`; the floor folds as many once more."""
    fold, growing = filled(agreement, _BEFORE_LATE), filled(agreement, _BEFORE_LATE)
    lates = iter(late_ones(agreement, _BEFORE_LATE - following, _ROUNDS + 1))
    batches = iter(
        [
            list(traffic(agreement.sha256, _BEFORE_LATE + number * following, following))
            for number in range(_ROUNDS + 1)
        ]
    )

    def insert_late() -> None:
        fold.insert(*next(lates))

    def fold_on() -> None:
        for place, statement in next(batches):
            growing.insert(place, statement)

    taken, floor = measure_beside(insert_late, fold_on, rounds=_ROUNDS)
    return Row(
        name=f"a late one before the last {following:,}, beside folding as many",
        taken=taken,
        floor=floor,
        amount=1,
        unit="statements",
        limits=Limits(ratio_max=2),
    )


def opened(agreement: Agreement) -> Fold:
    """Give a fold of an agreement in force."""
    fold = Fold(agreement.id, [agreement])
    file = FileRef(agreement.sha256, len(agreement.raw))
    delivered = AgreementEntryNotification(date(2016, 11, 23), "")
    said: list[tuple[PartyId, SpokenBody]] = [
        (_JPN, AgreementPropose(file, agreement.version, "")),
        (_JPN, AgreementSign("")),
        (_KOR, AgreementSign("")),
        (_JPN, delivered),
        (_KOR, delivered),
    ]
    for index, (party, body) in enumerate(said):
        at = Instant(_BEGIN + index)
        fold.insert(*_statement(agreement.sha256, Place(party, index), at, body))
    return fold


def filled(agreement: Agreement, count: int) -> Fold:
    """Give a fold of an agreement in force and so many statements after that."""
    fold = opened(agreement)
    fold.extend(traffic(agreement.sha256, 0, count))
    return fold


def late_ones(agreement: Agreement, before: int, count: int) -> list[Placed]:
    """Give releases that arrive late: all of the moment before statement number `before`."""
    at = Instant(next(traffic(agreement.sha256, before, 1))[1].at - 1)
    places = (Place(_JPN, 10 * _LARGE + number) for number in range(count))
    return [_statement(agreement.sha256, place, at, _RELEASE) for place in places]


def traffic(sha256: Digest, start: int, count: int) -> Iterator[Placed]:
    """Give statements number `start` and on, in their order."""
    for number in range(start, start + count):
        at = Instant(_BEGIN + 1_000 + number)
        if number % 2 == 0:
            yield _statement(sha256, Place(_JPN, 10 + number), at, _RELEASE)
        else:
            body = ItemReceipt(Place(_JPN, 9 + number), _PARCEL, "군사III급비밀")
            yield _statement(sha256, Place(_KOR, 10 + number), at, body)


def _statement(sha256: Digest, place: Place, at: Instant, body: SpokenBody) -> Placed:
    return place, Statement(
        format=1,
        kind=body.KIND,
        agreement_id=_AGREEMENT,
        agreement_sha256=sha256,
        by=place.party,
        to=(_KOR if place.party == _JPN else _JPN,),
        at=at,
        seen=(),
        nonce="",
        body=body,
        raw=b"",
    )
