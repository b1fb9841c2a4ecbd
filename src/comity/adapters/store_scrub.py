# SPDX-License-Identifier: Apache-2.0
"""Reading everything back: every entry hashed again, against nodes, edge and checkpoints.

This is what `register check` and the daily scrub run. It finds flipped bits, lost entries and
checkpoints that do not fit; it repairs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from comity.adapters.store_tables import Tables
from comity.basis.errors import ComityError, Problem, problem_of
from comity.ports import CheckReport, RegisterHead
from comity.tlog.checkpoints import Checkpoint, parse_checkpoint
from comity.tlog.proofs import NodeReader
from comity.tlog.tree import EMPTY_EDGE, Edge, append_leaves, edge_root, leaf_hash

_PAGE = 1024
_PROBLEMS_MAX = 100


def scrub(tables: Tables) -> CheckReport:
    """Check every register; stop listing a register's problems at its first damaged page."""
    heads, problems, entries = 0, list[Problem](), 0
    for head in tables.heads():
        heads += 1
        entries += head.size
        if len(problems) < _PROBLEMS_MAX:
            problems.extend(_check_register(tables, head))
    problems.extend(
        Problem("store.parcel-beyond", f"{origin} {index}", "a parcel lies beside no entry")
        for origin, index in tables.stray_parcels(_PROBLEMS_MAX)
    )
    return CheckReport(heads, entries, tuple(problems[:_PROBLEMS_MAX]))


def _check_register(tables: Tables, head: RegisterHead) -> Iterator[Problem]:
    try:
        yield from _replay(tables, head)
    except ComityError as error:
        yield problem_of(error)


def _replay(tables: Tables, head: RegisterHead) -> Iterator[Problem]:
    """Grow the tree again from nothing, halting at each checkpoint's size to compare roots."""
    sizes = frozenset(tables.checkpoint_sizes(head.origin))
    read_node = tables.node_reader(head.origin)
    edge = EMPTY_EDGE
    for stop in sorted({*(size for size in sizes if size <= head.size), head.size}):
        while edge.size < stop:
            end = min(stop, edge.size + _PAGE)
            entries = tables.entries(head.origin, edge.size, end)
            if len(entries) != end - edge.size:
                missing = edge.size + len(entries)
                yield _problem("store.entry-missing", head, missing, "an entry is missing")
                return
            appended = append_leaves(edge, [leaf_hash(entry) for entry in entries])
            wrong = _find_wrong_node(appended.nodes, read_node)
            if wrong is not None:
                place = max(wrong[1] << wrong[0], edge.size)
                yield _problem("store.hash-differs", head, place, "stored bytes were altered")
                return
            edge = appended.edge
        if stop in sizes:
            yield from _check_checkpoint(tables, head, edge)
    if edge != head.edge:
        yield _problem("store.edge-differs", head, head.size, "the edge does not fit the entries")
    if tables.entries(head.origin, head.size, head.size + 1):
        yield _problem("store.entry-beyond", head, head.size, "an entry lies beyond the end")


def _find_wrong_node(
    nodes: tuple[tuple[int, int, bytes], ...], read_node: NodeReader
) -> tuple[int, int] | None:
    for level, index, node in nodes:
        if read_node(level, index) != node:
            return level, index
    return None


def _check_checkpoint(tables: Tables, head: RegisterHead, edge: Edge) -> Iterator[Problem]:
    note = tables.checkpoint(head.origin, edge.size)
    checkpoint = parse_checkpoint(note.raw).checkpoint if note else None
    if checkpoint != Checkpoint(head.origin, edge.size, edge_root(edge)):
        yield _problem(
            "store.checkpoint-differs", head, edge.size, "a checkpoint does not fit the entries"
        )


def _problem(code: str, head: RegisterHead, index: int, what: str) -> Problem:
    return Problem(
        code,
        f"{head.origin} {index}",
        what,
        hint="refill the register from a partner's mirror",
    )
