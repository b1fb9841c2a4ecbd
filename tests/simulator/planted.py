# SPDX-License-Identifier: Apache-2.0
"""Bugs planted one at a time, each a small change that a tired programmer might make.

A harness that finds none of them proves nothing. Each is named by what it does, and says which
invariant must notice it. None is in the product: functions are replaced inside a block.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

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

    `found_by` is the seed that is tried first: one that found it before.
    """

    name: str
    noticed: tuple[str, ...]
    plant: Callable[[], AbstractContextManager[object]]
    found_by: int = 0


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


def _name_before_flush(writer: Any, digest: Any) -> None:
    """Give a blob its name while only half of it is on the disk."""
    whole = writer._blobs[digest]
    writer._blobs[digest] = whole[: len(whole) // 2]


# Decisions


def _anybody_has_assured(view: Any, request: Any, parties: Any, at: Any) -> Any:
    found: Any = _with_assurances(view, request, parties, at)
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
            await context.ports.store.commit(replace(change, basis=now))

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


def _done_with(*_given: object) -> bool:
    return True


PLANTED: tuple[Planted, ...] = (
    Planted(
        "acknowledge before sync",
        ("lost", "written over"),
        _swap((DiskStore, "flushed", _flush_later)),
    ),
    Planted(
        "cosign before the entries are flushed",
        ("lost",),
        _swap((DiskStore, "flushed", _flush_mirrored_later)),
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
    ),
    Planted(
        "move on and cosign before the commit",
        ("a cosignature leaves for entries that are not durable",),
        _swap((mirror, "commit_on", _commit_later)),
    ),
    Planted(
        "compare no basis",
        (
            "written over",
            "is said twice",
        ),
        _swap((store_tables, "compare_basis", lambda tables, basis: None)),
        found_by=2,
    ),
    Planted(
        "send a parcel before the cosignature",
        ("a parcel leaves before its entry is acknowledged",),
        _swap((delivery_load, "early_by", _go_along)),
    ),
    Planted(
        "take any assurance for the highest",
        ("a release to a party that has not assured",),
        _swap((drafts, "with_assurances", _anybody_has_assured)),
        found_by=2,
    ),
    Planted(
        "do it again when the reply is lost",
        ("one act is said twice",),
        _swap(
            (requests, "decide_again", _again_when_late),
            (promises, "decide_again", _again_when_late),
        ),
        found_by=14,
    ),
    Planted(
        "let seen go backwards",
        ("seen goes backwards",),
        _swap(
            (AgreementRegisters, "seen_by", _seen_again),
            (judgement, "_check_succession", _no_order),
        ),
    ),
    Planted(
        "move the edge before the receipt is kept",
        ("a parcel leaves before its entry is acknowledged",),
        _swap((delivery_line, "take_receipt", _receipt_before_it_is_kept)),
        found_by=3,
    ),
    Planted(
        "lose an entry between the page and memory",
        ("a register did not arrive",),
        _swap((delivery_load.Ledger, "go_on_from", _skip_one)),
        found_by=15,
    ),
    Planted(
        "trust a file that was never checked",
        ("an honest parcel is refused",),
        _swap((disk_files.DiskWriter, "crashed", _name_before_flush)),
    ),
    Planted(
        "send parcels to everybody",
        ("a parcel goes to another party",),
        _swap((delivery_load, "is_for", _everything_is_for_all)),
        found_by=4,
    ),
    Planted(
        "destroy a sealing key that is still needed",
        ("an honest parcel is refused",),
        _swap((rotation, "_is_done_with", _done_with)),
    ),
)
