# SPDX-License-Identifier: Apache-2.0
"""A public report, checked: by what opens its digests, and at the node that made it by counting."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from comity.basis.errors import InputError, ProofError, excerpt
from comity.basis.limits import REPORT_FOLDER_BYTES_MAX
from comity.basis.strict_json import JsonValue, parse_json
from comity.cli.evidence_folder import read_plain_file
from comity.cli.printing import print_json, print_lines, shown
from comity.cli.session import run_at_node
from comity.cli.worded import Words
from comity.flows.context import Context
from comity.flows.reports.files import REPORT
from comity.flows.reports.public import SCHEMA
from comity.flows.reports.public_check import hold_counts, open_digests
from comity.tlog.tree_head import Checkpoint

NOT_VERIFIED: Final = 4
CHECK: Final = "comity/report-check/1"


@dataclass(frozen=True, slots=True)
class Printing:
    """In which words, or whether as JSON, a command answers."""

    words: Words
    as_json: bool


def read_public(folder: Path) -> dict[str, Any] | None:
    """Read a public report out of its folder; None: there is another report, or none."""
    path = folder / REPORT
    if not path.exists():
        return None
    value = _object(path, REPORT)
    return value if value.get("schema") == SCHEMA else None


def check_public(
    value: dict[str, Any], openings: Path | None, node: Path | None, printing: Printing
) -> int:
    """Check a public report, and say what is verified and what is not.

    Raises:
        InputError: there is nothing to open its digests by, or a file does not read.
    """
    if openings is None:
        raise InputError(
            "report.no-openings",
            "this is a public report, whose digests show nothing to whom cannot open them",
            where="--openings",
            hint="name what was kept when it was written: --openings FOLDER-kept/openings.json",
        )
    kept = _object(openings, str(openings))

    async def counted(context: Context) -> None:
        await hold_counts(context, value, checkpoints)

    try:
        checkpoints: tuple[Checkpoint, ...] = open_digests(value["proof"], kept)
        if node is not None:
            run_at_node(node, counted, writing=False)
    except (KeyError, TypeError, AttributeError) as err:
        raise InputError(
            "report.unreadable", "the report lacks what a report has", found=excerpt(str(err))
        ) from err
    except ProofError as err:
        return _say_not(err, as_json=printing.as_json)
    _say_verified(value, checkpoints, printing, counted=node is not None)
    return 0


def _say_not(err: ProofError, *, as_json: bool) -> int:
    if as_json:
        error: dict[str, JsonValue] = {**err.as_json()}
        print_json(CHECK, {"holds": False, "verified": False, "error": error})
    else:
        print_lines([f"not verified: {err}"])
    return NOT_VERIFIED


def _say_verified(
    value: dict[str, Any], checkpoints: tuple[Checkpoint, ...], printing: Printing, *, counted: bool
) -> None:
    registers: list[JsonValue] = [
        {"origin": each.origin, "size": each.size, "root": each.root_hash.hex()}
        for each in checkpoints
    ]
    if printing.as_json:
        known: dict[str, JsonValue] = {"registers": registers, "counted": counted}
        print_json(CHECK, {"holds": True, "verified": counted, **known, "report": value})
        return
    words, party = printing.words, shown(str(value["party"]))
    told = "public counted" if counted else "public not counted"
    lines = [words.say("public opened", count=len(checkpoints)), words.say(told, party=party)]
    lines += [shown(f"  {each.origin}: {each.size}") for each in checkpoints]
    print_lines((*lines, words.say("public not signed")))


def _object(path: Path, name: str) -> dict[str, Any]:
    raw = read_plain_file(path, name, REPORT_FOLDER_BYTES_MAX)
    value = parse_json(raw, bytes_max=REPORT_FOLDER_BYTES_MAX, where=name)
    if not isinstance(value, dict):
        raise InputError("report.unreadable", "the report is no object", where=excerpt(name))
    return dict(value)
