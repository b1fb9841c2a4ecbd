# SPDX-License-Identifier: Apache-2.0
"""`comity report`: for a partner's inspector, and for the public."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from comity.basis.errors import ProofError
from comity.basis.ids import AgreementId, PartyId, digest_of, parse_party_id
from comity.basis.instants import UTC, date_of
from comity.basis.strict_json import JsonValue, format_json
from comity.cli.nouns import Noun
from comity.cli.options import (
    agreement_option,
    node_lang_option,
    reading,
    refuse_own_party,
    the_agreement,
)
from comity.cli.outputs import refuse_taken, write_new_folder
from comity.cli.printing import json_option, labelled, print_json, print_lines, say, shown
from comity.cli.report_folder import Checked, check_report
from comity.cli.session import AsPerson, Desk, node_command
from comity.cli.verify import trusted_by
from comity.decision.stages import Refused
from comity.flows.reports.files import report_files
from comity.flows.reports.inspector import inspect
from comity.flows.reports.public import public_report
from comity.flows.reports.public_page import public_page

_NOT_VERIFIED = 4
_CHECK = "comity/report-check/1"


@click.group(cls=Noun)
def report() -> None:
    """Report to a partner's inspector about its own items, and to the public in counts.

    Both are made by an auditor out of registers and journal, and journalled.
    """


@report.command(
    epilog="Example: comity report inspector JPN --out for-tokyo --node kor --as auditor"
)
@click.argument("party", metavar="PARTY", callback=reading(parse_party_id))
@agreement_option
@click.option("--out", required=True, metavar="FOLDER", help="A new folder for the report.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def inspector(
    desk: Desk, *, party: PartyId, agreement: AgreementId | None, out: str
) -> int | None:
    """Write for PARTY's inspector who saw each of its items, and where their copies are.

    Only items that PARTY originated are in it. Statements come with evidence, lines of the journal
    with a proof that they stood in it when the partners cosigned its anchor; that there are no
    further lines is not shown.
    """
    refuse_taken(out)
    refuse_own_party(desk.context, party, "PARTY")
    named = await the_agreement(desk.context, agreement)
    found = await inspect(desk.context, named, party, desk.acting)
    if isinstance(found, Refused):
        return desk.refuse(found)
    files = report_files(found)
    write_new_folder(out, files)
    value: dict[str, JsonValue] = {"folder": out, "report": found.value}
    desk.show("comity/report-inspector/1", value, _inspector_lines(found.value, out))
    if not desk.as_json:
        say(f"check it anywhere: comity report check {shown(out)} --trust FINGERPRINT|FILE")
    return None


@report.command(
    epilog="Exit codes: 0 what is said to be verified is, 4 not, 2 not readable.\n\n"
    "Example: comity report check for-tokyo --trust trust"
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--trust",
    multiple=True,
    required=True,
    metavar="FINGERPRINT|FILE",
    help="A root fingerprint that you compared by another way, or a file of them; once for each.",
)
@json_option
def check(*, folder: Path, trust: tuple[str, ...], as_json: bool) -> int:
    """Check an inspector's FOLDER: evidence, lines of the journal, and what is told of them.

    Says of how many lines a proof is there; the others, and the register of copies, are the
    holder's own word. With --json "verified" is true where every line that is told is proved.
    Needs no node and no network.
    """
    trusted = frozenset[str]().union(*(trusted_by(each) for each in trust))
    try:
        found = check_report(folder, trusted)
    except ProofError as err:
        if as_json:
            error: dict[str, JsonValue] = {**err.as_json()}
            print_json(_CHECK, {"holds": False, "verified": False, "error": error})
        else:
            print_lines([f"not verified: {err}"])
        return _NOT_VERIFIED
    if as_json:
        counts: dict[str, JsonValue] = {
            "statements": found.statements,
            "lines_told": found.told,
            "lines_proved": found.proved,
            "copies_told": found.copies,
        }
        whole = found.proved == found.told
        print_json(_CHECK, {"holds": True, "verified": whole, **counts, "report": found.value})
    else:
        print_lines((*_head(found), *_inspector_lines(found.value, str(folder))))
    return 0


@report.command(
    epilog="Example: comity report public --year 2017 --out report-2017 --node kor --as auditor"
)
@click.option("--year", required=True, type=int, metavar="YEAR", help="The year, in UTC.")
@click.option("--out", required=True, metavar="FOLDER", help="A new folder for the report.")
@node_lang_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def public(desk: Desk, *, year: int, out: str, lang: str | None) -> int | None:
    """Write a year in counts, as JSON and as a page: by category and level, article and duty.

    No content, no names, no days; a count below five is hidden. What opens the digests of its
    proof is written beside it, to be kept and shown to an auditor alone.
    """
    refuse_taken(out)
    found = await public_report(desk.context, year, desk.acting)
    if isinstance(found, Refused):
        return desk.refuse(found)
    sha256 = digest_of(found.raw)
    files = {
        "report.json": found.raw,
        "report.html": public_page(found.value, sha256, desk.language(lang)),
        "kept/openings.json": format_json(found.openings),
    }
    write_new_folder(out, files)
    so_far = " so far" if year == date_of(desk.context.ports.clock.now(), UTC).year else ""
    lines = [
        f"report of {year}{so_far} written to {shown(out)}, SHA-256 {sha256}",
        labelled("publish", "report.json, report.html"),
        labelled("keep", "kept/openings.json: it shows the sizes of registers"),
    ]
    value: dict[str, JsonValue] = {"folder": out, "sha256": sha256, "report": found.value}
    desk.show("comity/report-public/1", value, lines)
    return None


def _head(found: Checked) -> Iterator[str]:
    """Say first what is proved, and beside it what is told by the holder alone."""
    lines = f"of {found.told} lines of the journal {found.proved} proved"
    open_lines = found.told - found.proved
    why = f", {open_lines} not (not under an anchor)" if open_lines else ""
    yield f"verified: {found.statements} statements; {lines}{why}"
    holder = shown(str(found.value["holder"]))
    own = [f"{open_lines} lines"] if open_lines else []
    own += [f"the register of copies ({found.copies})"] if found.copies else []
    if own:
        yield f"not verified, {holder}'s own word: {', '.join(own)}"


def _inspector_lines(value: dict[str, Any], out: str) -> Iterator[str]:
    head = f"{shown(str(value['holder']))} holds {len(value['items'])} items of "
    yield f"{head}{shown(str(value['for']))}: {shown(out)}"
    for item in value["items"]:
        marking, level = shown(item["label"]["marking"]), shown(item["level"])
        yield f"{shown(item['item'])}: {marking}, now {level}"
        if item["articles"]:
            yield labelled("articles", shown(", ".join(item["articles"])))
        for statement in item["statements"]:
            yield labelled("statement", f"{shown(statement['place'])} {shown(statement['kind'])}")
        for row in item["seen"]:
            purpose = f" for {shown(row['purpose'])}" if "purpose" in row else ""
            proof = "" if row["proved"] else " (not under an anchor yet)"
            said = f"{shown(row['at'])} {shown(row['act'])} by {shown(str(row['by']))}{purpose}"
            yield labelled(shown(row["outcome"]), f"{said}{proof}")
        for copy in item["copies"]:
            where = f"{shown(copy['holder'] or 'the node')} at {shown(copy['place'])}"
            ended = "" if copy["ended"] is None else f", {shown(copy['ended'])}"
            yield labelled(f"copy {copy['number']}", f"{where}{ended}")
    for place in value["not_acknowledged"]:
        yield labelled("no evidence yet", f"{shown(place)}: not every partner has acknowledged it")
