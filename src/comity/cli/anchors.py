# SPDX-License-Identifier: Apache-2.0
"""`comity register anchor|anchors`: says an anchor of our journal; opens those that were said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import click

from comity.basis.encoding import encode_base64
from comity.basis.instants import format_instant
from comity.basis.strict_json import JsonValue
from comity.cli.entering import say_delivery
from comity.cli.printing import labelled, shown, shown_instant
from comity.cli.session import AsPerson, Desk, node_command
from comity.flows.anchors import SaidAnchor, Standing, anchor_journal, said_anchors
from comity.flows.shapes import control_number, entered_json
from comity.tlog.tree_head import checkpoint_text

_NOT_VERIFIED: Final = 4
_WORDS: Final = {
    Standing.FITS: "the journal still holds exactly these entries",
    Standing.SHORTER: "the journal holds fewer entries now: restored from a backup, or cut short",
    Standing.DIFFERS: "the journal holds other entries now",
    Standing.UNKNOWN: "what opens it is not kept here any more",
}


@click.command(
    epilog="Exit codes: 0 all fit, 4 an anchor does not fit the journal.\n\n"
    "Example: comity register anchors --node jpn --json"
)
@node_command(writing=False)
async def anchors(desk: Desk) -> int:
    """Open the anchors that we said of our journal, and hold each against the journal.

    An anchor is a digest that shows partners nothing; their receipts fix it in time. With --json
    each comes with what opens it, for an inspector; docs/formats/registers.md says how.
    """
    found = await said_anchors(desk.context)
    value: dict[str, JsonValue] = {"anchors": [_anchor_json(each) for each in found]}
    lines = [line for each in found for line in _anchor_lines(each)]
    desk.show_list(
        "comity/register-anchors/1",
        value,
        lines,
        empty=("no anchor was said", "anchor the journal: comity register anchor --help"),
    )
    fits = all(each.standing in (Standing.FITS, Standing.UNKNOWN) for each in found)
    return 0 if fits else _NOT_VERIFIED


@click.command(epilog="Example: comity register anchor --node kor")
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def anchor(desk: Desk) -> None:
    """Say an anchor of our journal now, wherever it holds more than the last one covers.

    A served node does so by itself. Lines are proved to others once partners acknowledged it.
    """
    entered = await anchor_journal(desk.context)
    rows: list[JsonValue] = [entered_json(each) for each in entered]
    lines = [f"entered {control_number(each)}: {each.statement.kind}" for each in entered]
    said = lines or ["nothing to anchor, or a register that waits for its partner"]
    desk.show("comity/register-anchor/1", {"entered": rows}, said)
    if not desk.as_json:
        say_delivery(desk, sorted({party for each in entered for party in each.statement.to}))


def _anchor_json(each: SaidAnchor) -> dict[str, JsonValue]:
    opening: JsonValue = None
    if each.opening is not None:
        opening = {
            "blinding": encode_base64(each.opening.blinding),
            "checkpoint": checkpoint_text(each.opening.checkpoint),
        }
    return {
        "statement": f"{each.agreement}/{each.place}",
        "at": format_instant(each.at),
        "digest": each.body.digest,
        "restored_from": each.body.restored_from,
        "standing": each.standing.value,
        "opening": opening,
    }


def _anchor_lines(each: SaidAnchor) -> Iterator[str]:
    yield f"{each.agreement}/{each.place}: {_WORDS[each.standing]}"
    yield labelled("said at", shown_instant(each.at))
    if each.opening is not None:
        shown_size = f"{each.opening.checkpoint.size} entries"
        yield labelled("journal", f"{shown(each.opening.checkpoint.origin)}, {shown_size}")
    if each.body.restored_from is not None:
        yield labelled("goes on from", shown(each.body.restored_from))
