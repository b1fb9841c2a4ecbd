# SPDX-License-Identifier: Apache-2.0
"""Bugs planted one at a time, each a small change that a tired programmer might make.

A harness that finds none of them proves nothing. Each is named by what it does, and says which
invariant must notice it. None is in the product: functions are replaced inside a block.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

from msgspec import structs

from comity.adapters import store_tables
from comity.basis.errors import EdgeError
from comity.flows import (
    commits,
    delivery_line,
    delivery_load,
    delivery_receipts,
    drafts,
    facts,
    mirror,
    promises,
    requests,
    rotation,
)
from comity.flows.alerts import Early
from comity.ports import BasisMoved, Change, Committed
from comity.state.fold import Fold
from comity.statement import judgement
from comity.statement.mirrored import Mirrored
from comity.statement.register import AgreementRegisters
from tests.simulator import disk, disk_files
from tests.simulator.disk import DiskStore

Undo = list[Callable[[], None]]
Batch = list[disk.Write]
_LATE_S = 3.0


@dataclass(frozen=True, slots=True)
class Planted:
    """A bug: its name, what the invariants say that notice it, and how it gets in.

    It is looked for in worlds that `changes` make likely to meet it, by `seeds` in this order. One
    that `is_rare` takes longer, and is looked for in `make torture` alone.
    """

    name: str
    noticed: tuple[str, ...]
    plant: Callable[[], AbstractContextManager[object]]
    changes: Mapping[str, Any]
    seeds: tuple[int, ...] = tuple(range(8))
    is_rare: bool = False


def _swap(*swaps: tuple[Any, str, Any]) -> Callable[[], AbstractContextManager[object]]:
    @contextmanager
    def plant() -> Iterator[None]:
        with ExitStack() as stack:
            for where, name, new in swaps:
                stack.enter_context(mock.patch.object(where, name, new))
            yield

    return plant


# The disk


def _flush_later(store: DiskStore, undo: Undo, batch: Batch) -> None:
    """Let what was written and acknowledged be lost by a crash for a while."""
    del batch
    kept = store.disk.unsynced
    kept.extend(undo)
    count = len(undo)

    def sync() -> None:
        del kept[:count]

    asyncio.get_running_loop().call_later(_LATE_S, sync)


def _flush_mirrored_later(store: DiskStore, undo: Undo, batch: Batch) -> None:
    if any(each.change and isinstance(each.change.allowed_by, Mirrored) for each in batch):
        _flush_later(store, undo, batch)


async def _show_before_flush(
    store: DiskStore, apply: Any, change: Change | None
) -> Committed | None:
    """Let everybody read what is still being flushed."""
    store.program.check()
    (outcome,) = store.write_batch([disk.Write(apply, mock.Mock(), change, disk.act_now())])
    if isinstance(outcome, Exception):
        raise outcome
    kept, undo = store.disk.unsynced, list(store._tables.undo)
    kept.extend(undo)
    await asyncio.sleep(store.weather.flush_s() * 200)
    store.program.check()
    del kept[: len(undo)]
    return outcome


async def _name_and_flush_later(writer: Any, expected: Any = None) -> Any:
    """Give a file its name, and say that it is here, while half of it is not on the disk yet.

    To be named too early alone harms nothing: whatever rests on a file is committed after it.
    """
    stored = await _finish(writer, expected)
    kept, blobs = writer.disk.unsynced, writer.disk.blobs

    def halve() -> None:
        if stored.digest in blobs:
            blobs[stored.digest] = blobs[stored.digest][: stored.size // 2]

    def sync() -> None:
        if halve in kept:
            kept.remove(halve)

    kept.append(halve)
    asyncio.get_running_loop().call_later(_LATE_S, sync)
    return stored


_finish = disk_files.DiskWriter.finish


# Decisions


def _anybody_has_assured(view: Any, request: Any, parties: Any, named: Any, at: Any) -> Any:
    found: Any = _with_assurances(view, request, parties, named, at)
    return replace(
        found, assurances=tuple(replace(each, level="SECRET") for each in found.assurances)
    )


_with_assurances = facts.with_assurances


# Statements


def _seen_again(registers: AgreementRegisters, party: Any) -> Any:
    return tuple((other, max(0, size - 2)) for other, size in _seen_by(registers, party))


_seen_by = AgreementRegisters.seen_by


def _no_order(statement: Any, position: Any, is_used: Any) -> None:
    del statement, position, is_used


async def _again_when_late(attempt: Any) -> Any:
    """Take silence for a failure, and do an act again that may have been done."""
    for _ in range(8):
        with contextlib.suppress(BasisMoved, TimeoutError):
            return await asyncio.wait_for(attempt(), 0.02)
    raise EdgeError("store.disk", "the store's disk failed")


# Delivery and mirrors


async def _receipt_before_it_is_kept(
    context: Any, view: Any, route: Any, ledger: Any, *, load: Any, body: bytes
) -> None:
    delivery_receipts._move(ledger, load)
    ledger.queue.drop_small(load.parcels)
    with contextlib.suppress(EdgeError):
        await _take_receipt(context, view, route, ledger, load=load, body=body)


_take_receipt = delivery_receipts.take_receipt


async def _commit_later(context: Any, view: Any, change: Any) -> None:
    """Move on before what was taken is committed, and cosign it."""
    now = view.basis
    commits._rest_on(view, change)

    async def keep() -> None:
        await asyncio.sleep(1.0)
        with contextlib.suppress(EdgeError, BasisMoved):
            await context.ports.store.commit(structs.replace(change, basis=now))

    asyncio.get_running_loop().create_task(keep())


def _everything_is_for_all(to: Any, route: Any, hub: Any) -> bool:
    del to, route, hub
    return True


def _go_along(view: Any, version: Any, channel: str) -> Early:
    del view, version, channel
    return Early(always=True, categories=frozenset())


def _skip_one(ledger: Any, size: int) -> None:
    """Lose the entry between the page that was read and what is remembered."""
    _go_on_from(ledger, min(size + 1, ledger.size))


_go_on_from = delivery_load.Ledger.go_on_from


def _take_back_for_dates_alone(fold: Any, order: Any) -> Any:
    """Leave what follows a late statement as it was folded; a start anew heals it."""
    return [] if order[1] else _take_back(fold, order)


_take_back = Fold._take_back


def _done_with(*_given: object) -> bool:
    return True


# Much is done in a short while, and programs fall often, or hardly ever.
_SHORT: Mapping[str, Any] = {"act_s": 6.0, "lasts_s": 300.0}
_ROUGH: Mapping[str, Any] = {**_SHORT, "crash_s": 10.0, "disk_s": 60.0}
_CALM: Mapping[str, Any] = {**_SHORT, "crash_s": 400.0}
_RELEASES = ("release_alone", "release_new")

PLANTED: tuple[Planted, ...] = (
    Planted(
        "acknowledge before sync",
        ("lost", "written over"),
        _swap((DiskStore, "flushed", _flush_later)),
        _ROUGH,
    ),
    Planted(
        "cosign before the entries are flushed",
        ("lost",),
        _swap((DiskStore, "flushed", _flush_mirrored_later)),
        _ROUGH,
    ),
    Planted(
        "show an entry before it is flushed",
        (
            "lost",
            "a mirror holds what its owner never had on disk",
            "is said twice",
            "written over",
        ),
        _swap((DiskStore, "_write", _show_before_flush)),
        _ROUGH,
        seeds=(13, 4, 2, 11, 7, 0, 5, 6),
    ),
    Planted(
        "move on and cosign before the commit",
        ("a cosignature leaves for entries that are not durable",),
        _swap((mirror, "commit_on", _commit_later)),
        _CALM,
    ),
    Planted(
        "compare no basis",
        (
            "written over",
            "is said twice",
        ),
        _swap((store_tables, "compare_basis", lambda tables, basis: None)),
        {**_CALM, "more": ("draft", "release", "release_new")},
    ),
    Planted(
        "send a parcel before the cosignature",
        ("a parcel leaves before its entry is acknowledged",),
        _swap((delivery_load, "early_by", _go_along)),
        _CALM,
    ),
    Planted(
        "take any assurance for the highest",
        ("a release to a party that has not assured",),
        _swap((drafts, "with_assurances", _anybody_has_assured)),
        {**_CALM, "more": ("release_new", "assure")},
        seeds=(1, 8, 6, 3, 11, 13, 16, 18),
    ),
    Planted(
        "do it again when the reply is lost",
        ("one act is said twice",),
        _swap(
            (requests, "decide_again", _again_when_late),
            (promises, "decide_again", _again_when_late),
        ),
        {**_CALM, "disk_s": 20.0, "more": ("assure", "request", "consent", "change_level")},
    ),
    Planted(
        "let seen go backwards",
        ("seen goes backwards",),
        _swap(
            (AgreementRegisters, "seen_by", _seen_again),
            (judgement, "_check_succession", _no_order),
        ),
        _CALM,
    ),
    Planted(
        "move the edge before the receipt is kept",
        ("a parcel leaves before its entry is acknowledged",),
        _swap((delivery_line, "take_receipt", _receipt_before_it_is_kept)),
        {**_CALM, "crash_s": 100.0, "disk_s": 15.0, "more": _RELEASES},
    ),
    Planted(
        "lose an entry between the page and memory",
        ("a register did not arrive",),
        _swap((delivery_load.Ledger, "go_on_from", _skip_one)),
        {"act_s": 15.0, "crash_s": 25.0},
        is_rare=True,
    ),
    Planted(
        "trust a file that was never flushed",
        (
            "an honest parcel is refused",
            "an honest act fails otherwise",
            "something never came",
            "a register did not arrive",
        ),
        _swap((disk_files.DiskWriter, "finish", _name_and_flush_later)),
        {**_ROUGH, "large": 0.5, "more": ("release_new", "draft")},
        seeds=(7, 8, 4, 3, 2, 5, 6, 9),
    ),
    Planted(
        "fold what comes late at the end",
        ("states differ at equal positions",),
        _swap((Fold, "_take_back", _take_back_for_dates_alone)),
        _ROUGH,
        seeds=(7, 3, 4, 5, 0, 1),
    ),
    Planted(
        "send parcels to everybody",
        ("a parcel goes to another party",),
        _swap((delivery_load, "is_for", _everything_is_for_all)),
        {**_CALM, "more": _RELEASES},
        seeds=(0, 5, 2, 7, 4, 9, 10, 12),
    ),
    Planted(
        "destroy a sealing key that is still needed",
        ("an honest parcel is refused", "a register did not arrive"),
        _swap((rotation, "_is_done_with", _done_with)),
        {**_CALM, "crash_s": 100.0, "roads": 0.08, "more": ("rotate", "retire", "release_alone")},
    ),
)
