# SPDX-License-Identifier: Apache-2.0
"""A public report held against what opens its digests, and against the registers of its own node.

That the digests open shows which entries were counted. That these entries give these counts is
shown at a node that holds them, and nowhere else: sizes and roots give no counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from comity.basis.encoding import decode_base64
from comity.basis.errors import InputError, ProofError, excerpt
from comity.basis.ids import PartyId
from comity.basis.limits import REPORT_FOLDER_BYTES_MAX
from comity.basis.strict_json import parse_canonical
from comity.flows.checkpoints import held_root
from comity.flows.context import Context
from comity.flows.reports.public import SCHEMA, recount
from comity.tlog.anchors import BLINDING_BYTES, anchor_digest
from comity.tlog.tree_head import Checkpoint, parse_checkpoint_text


def read_published(report: bytes, openings: bytes, own: PartyId) -> tuple[dict[str, Any], bytes]:
    """Read a public report of ours as it was made, with what opens every digest of it.

    Raises:
        InputError: one of them does not read, or another party made it.
        ProofError: the openings are not those of this report.
    """
    value, kept = (
        parse_canonical(raw, bytes_max=REPORT_FOLDER_BYTES_MAX) for raw in (report, openings)
    )
    try:
        if not isinstance(value, dict) or not isinstance(kept, dict) or value["schema"] != SCHEMA:
            raise InputError("report.unreadable", "this is no public report with its openings")
        open_digests(value["proof"], kept)  # type: ignore[arg-type]  # what lacks is told below
        _refuse_other(value, own)
    except (KeyError, TypeError, AttributeError) as err:
        raise InputError(
            "report.unreadable", "the report lacks what a report has", found=excerpt(str(err))
        ) from err
    return dict(value), openings


def open_digests(
    proof: Iterable[Mapping[str, Any]], openings: Mapping[str, Any]
) -> tuple[Checkpoint, ...]:
    """Open every digest of a report; give the checkpoints of the registers that it counted.

    Raises:
        InputError: an opening does not read.
        ProofError: a digest has no opening, is not of its opening, or one opens none of them.
    """
    named = {str(each["sha256"]): str(each["register"]) for each in proof}
    if named.keys() != openings.keys():
        odd = min(named.keys() ^ openings.keys())
        raise ProofError(
            "report.openings-differ",
            "the openings are not those of this report",
            where=excerpt(named.get(odd, "openings")),
            found=excerpt(odd),
            hint="take FOLDER-kept/openings.json, written with this report.json",
        )
    return tuple(_opened(digest, named[digest], openings[digest]) for digest in sorted(named))


def _opened(digest: str, register: str, opening: Mapping[str, Any]) -> Checkpoint:
    checkpoint = parse_checkpoint_text(opening["checkpoint"])
    blinding = decode_base64(opening["blinding"], bytes_max=BLINDING_BYTES)
    if anchor_digest(checkpoint, blinding) != digest:
        raise ProofError(
            "report.opening-differs",
            "a digest of the report is not of the checkpoint that is to open it",
            where=excerpt(register),
            found=excerpt(digest),
        )
    return checkpoint


async def hold_counts(
    context: Context, value: Mapping[str, Any], checkpoints: Iterable[Checkpoint]
) -> None:
    """Hold a report against the registers of the node that made it: roots, then every count.

    Raises:
        InputError: another party made it.
        ProofError: a register is not the one that was counted, or gives other counts.
    """
    _refuse_other(value, context.config.party)
    for each in checkpoints:
        head = await context.ports.store.register(each.origin)
        held = head is not None and each.size <= head.size
        if head is None or not held or await held_root(context, head, each.size) != each.root_hash:
            raise ProofError(
                "report.other-register",
                "a register here is not the one that the report counted",
                where=excerpt(each.origin),
                expected=f"the root at {each.size} entries as in the openings",
            )
    differing = await recount(context, value)
    if differing:
        raise ProofError(
            "report.counts-differ",
            "the registers give other counts than the report",
            where=excerpt(", ".join(differing)),
            hint="what partners dated in that time and said later is counted now: make it anew",
        )


def _refuse_other(value: Mapping[str, Any], own: PartyId) -> None:
    if value["party"] != own:
        raise InputError(
            "report.other-node",
            "another party made this report",
            expected=excerpt(str(value["party"])),
            found=own,
            hint="name the node that made it: --node",
        )
