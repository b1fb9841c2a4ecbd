# SPDX-License-Identifier: Apache-2.0
"""`comity doctor [PARTNER]`: what is wrong here, or on the way to a partner, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import click

from comity.basis.ids import PartyId, parse_party_id, parse_person_id
from comity.basis.strict_json import JsonValue
from comity.cli.printing import json_option, shown
from comity.cli.session import Desk, as_option, node_option, run_at_node
from comity.flows.context import Context
from comity.flows.doctor.own_node import Finding, examine
from comity.flows.doctor.partner import examine_partner
from comity.node import look_at, on_the_wire

_WRONG_HERE: Final = 1
_WRONG_THERE: Final = 5
_STEP_CHARS: Final = 15


@click.command(
    epilog="Exit codes: 0 all is well, 1 something here is to be mended, 5 something on the way to "
    "the partner.\n\nExample: comity doctor KOR --node jpn"
)
@click.argument("partner", required=False)
@as_option()
@node_option
@json_option
def doctor(
    *, folder: Path, partner: str | None, as_json: bool, as_person: str | None
) -> int | None:
    """Try every part of this node, and with PARTNER each step of the way there and back.

    Each line says OK or !!, what was seen, and after !! what to do. Nothing is changed. The
    partner tries the way back to the address in our card and says how that went.
    """
    party = None if partner is None else parse_party_id(partner, "PARTNER")
    person = None if as_person is None else parse_person_id(as_person, "--as")

    async def at_node(context: Context) -> int:
        return await _examine(Desk(context, person, as_json), folder, party)

    return run_at_node(folder, at_node, writing=True)


async def _examine(desk: Desk, folder: Path, partner: PartyId | None) -> int:
    here = await examine(desk.context, look_at(folder))
    there: tuple[Finding, ...] = ()
    if partner is not None:
        async with on_the_wire(desk.context) as wired:
            there = await examine_partner(wired, partner)
    value: dict[str, JsonValue] = {
        "here": [_finding_json(each) for each in here],
        "partner": None if partner is None else [_finding_json(each) for each in there],
        "well": all(each.good for each in (*here, *there)),
    }
    lines = ["this node", *_lines(here)]
    if partner is not None:
        lines += [f"partner {partner}", *_lines(there)]
    desk.show("comity/doctor/1", value, lines)
    is_pinned = all(each.good for each in there[:1])
    if not (is_pinned and all(each.good for each in here)):
        return _WRONG_HERE
    return 0 if all(each.good for each in there) else _WRONG_THERE


def _lines(findings: Iterable[Finding]) -> Iterator[str]:
    for each in findings:
        mark = "OK" if each.good else "!!"
        yield f"  {mark} {each.step.ljust(_STEP_CHARS)} {shown(each.told)}"
        if not each.good and each.hint:
            yield f"     {'what to do'.ljust(_STEP_CHARS)} {shown(each.hint)}"


def _finding_json(each: Finding) -> JsonValue:
    return {
        "step": each.step,
        "good": each.good,
        "told": each.told,
        "hint": "" if each.good else each.hint,
    }
