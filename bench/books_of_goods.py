# SPDX-License-Identifier: Apache-2.0
"""Two nodes' books of the same orders, each folded in a process of its own.

`tell ORDERS FILE` folds them as the partner does, who heard one price otherwise, and writes its
book line by line. `hold ORDERS FILE OUT` folds them too, holds both books against each other, and
writes what that took, with one more order and the balance beside those of 1,000 orders, as JSON.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from bench.measuring import Timing, measure_beside, set_aside
from bench.stories_of_goods import LINES, pact, tell_goods
from comity.basis.ids import Place
from comity.basis.instants import Instant
from comity.flows.admission import HISTORY_KEPT, HISTORY_SETTLED
from comity.state.fold import Fold, Placed
from comity.state.goods_balance import balance_json
from comity.state.queries_goods import book_of
from comity.statement.orders import Method, OrderAccept
from comity.support.accounts import LineAccount
from comity.support.matching import BookLine, Difference, differences

SMALL: Final = 1_000
_BATCH: Final = 600
_ROUNDS: Final = 5
_READS: Final = 100
_DAY_MS: Final = 86_400_000
_ENCODER: Final = msgspec.msgpack.Encoder()
_SHEET: Final = msgspec.msgpack.Decoder(tuple[tuple[Place, LineAccount], ...])
_Plain = list[tuple[object, ...]]


def filled(orders: int, told: Iterator[Placed]) -> Fold:
    """Fold until so many orders are asked for, and settle what is old as a node does."""
    fold, asked = Fold(pact().id, (pact(),)), 0
    while asked < orders:
        words = list(islice(told, HISTORY_SETTLED))
        fold.extend(words)
        asked += sum(each.kind == "order.request" for _, each in words)
        if fold.history >= HISTORY_KEPT + HISTORY_SETTLED:
            fold.settle(fold.history - HISTORY_KEPT, words[-1][1].at)
    return fold


def heard_otherwise(told: Iterator[Placed], after: int) -> Iterator[Placed]:
    """Give what is told, but for one price: of what is replaced in kind it changes nothing else."""
    left = after
    for place, statement in told:
        body = statement.body
        if left >= 0 and isinstance(body, OrderAccept):
            left -= body.lines[0].method is Method.REPLACEMENT_IN_KIND
            if left < 0:
                first, *others = body.lines
                lines = (msgspec.structs.replace(first, price=first.price + 1), *others)
                changed = msgspec.structs.replace(body, lines=lines)
                statement = msgspec.structs.replace(statement, body=changed)
        yield place, statement


def write_book(fold: Fold, file: Path) -> None:
    """Write a book in its order, ten lines to a row of the file."""
    with file.open("wb") as out:
        lines = book_of(fold.state)
        while some := tuple(islice(lines, LINES)):
            raw = _ENCODER.encode([(each.order, each.account) for each in some])
            out.write(len(raw).to_bytes(4, "big") + raw)


def read_book(file: Path) -> Iterator[BookLine]:
    """Read a book that was written, and hold one row of it at a time."""
    return (BookLine(*line) for raw in _rows(file) for line in _SHEET.decode(raw))


def compare_plainly(one: Path, other: Path) -> list[tuple[object, object]]:
    """Compare two books that have the same orders, with nothing around it: the floor."""
    return [
        (mine, their)
        for ours, theirs in zip(_rows(one), _rows(other), strict=True)
        for mine, their in zip(_plain(ours), _plain(theirs), strict=True)
        if mine != their
    ]


def _rows(file: Path) -> Iterator[bytes]:
    with file.open("rb") as rows:
        while size := rows.read(4):
            yield rows.read(int.from_bytes(size, "big"))


def _plain(raw: bytes) -> _Plain:
    found: _Plain = msgspec.msgpack.decode(raw)
    return found


def tell(orders: int, file: Path) -> None:
    """Fold as the partner does, and write its book."""
    write_book(filled(orders, heard_otherwise(tell_goods(0), orders // 4)), file)


def hold(orders: int, file: Path, out: Path) -> None:
    """Measure what this node takes for both books, one more order, and the balance."""
    told = tell_goods(0)
    with set_aside():
        fold = filled(orders, told)
    own = file.with_suffix(".own")
    found: list[Difference] = []

    def reconcile() -> None:
        found[:] = differences(book_of(fold.state), read_book(file))

    reconcile()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    write_book(fold, own)
    rows = {"reconcile": measure_beside(reconcile, lambda: compare_plainly(own, file), rounds=1)}
    rows["more"] = _one_more(fold, told)
    small = filled(SMALL, tell_goods(1))
    for name, days in (("balance", 0), ("late", 400)):
        rows[name] = measure_beside(
            lambda days=days: _balance(fold, days),  # type: ignore[misc]
            lambda days=days: _balance(small, days),  # type: ignore[misc]
            rounds=_ROUNDS,
            repeats=_READS,
        )
    measured = {name: [_both(taken), _both(floor)] for name, (taken, floor) in rows.items()}
    said = {
        "peak_bytes": peak,
        "lines": sum(1 for _ in book_of(fold.state)),
        "orders": len(fold.state.orders),
        "differ": [[str(each.order), each.line, list(each.figures)] for each in found],
        "open": len(fold.state.unsettled),
        "rows": measured,
    }
    out.write_text(json.dumps(said), encoding="utf-8")


def _one_more(fold: Fold, told: Iterator[Placed]) -> tuple[Timing, Timing | None]:
    """Let the same number of words follow in turn: on the long fold, and on short ones."""
    to_large = [list(islice(told, _BATCH)) for _ in range(_ROUNDS + 1)]
    small = []
    for seed in range(_ROUNDS + 1):
        further = tell_goods(seed)
        small.append((filled(SMALL, further), list(islice(further, _BATCH))))

    def grow(on: Fold, words: list[Placed]) -> None:
        for place, statement in words:
            on.insert(place, statement)

    return measure_beside(
        lambda: grow(fold, to_large.pop(0)), lambda: grow(*small.pop()), rounds=_ROUNDS
    )


def _balance(fold: Fold, days: int) -> None:
    """Read the balance so many days after the last word, as a node does."""
    at = Instant((fold.latest_at or 0) + days * _DAY_MS)
    with fold.standing_at(at) as state:
        assert balance_json(state, at)["owed"]


def _both(taken: Timing | None) -> list[float]:
    return [] if taken is None else [taken.cpu_s, taken.wall_s]


if __name__ == "__main__":
    if sys.argv[1] == "tell":
        tell(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        hold(int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]))
