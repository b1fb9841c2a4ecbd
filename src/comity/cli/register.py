# SPDX-License-Identifier: Apache-2.0
"""`comity register`: registers and mirrors, whether they are whole, evidence, and the journal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from comity.basis.errors import Problem
from comity.basis.ids import AgreementId, PartyId, digest_of
from comity.basis.instants import parse_instant_canonical
from comity.basis.strict_json import JsonValue
from comity.cli.anchors import anchor, anchors
from comity.cli.nouns import Noun
from comity.cli.options import (
    Control,
    agreement_option,
    control_argument,
    party_option,
    the_agreement,
    the_place,
)
from comity.cli.outputs import write_new_folder
from comity.cli.printing import labelled, say, shown, shown_instant
from comity.cli.restore import lost, restore, restored
from comity.cli.session import AsPerson, Desk, node_command
from comity.cli.settle import settle
from comity.cli.stolen import regained, stolen
from comity.cli.verdicts import verdict_of, whys_of
from comity.decision.stages import Refused
from comity.flows.evidence import take_evidence
from comity.flows.listing import (
    JOURNAL_PAGE,
    RegisterRowNow,
    list_registers,
    read_journal,
    read_register,
)
from comity.flows.set_up import pinned_fingerprints
from comity.flows.shapes import (
    ENTRY_NAMES,
    PAGE_NAMES,
    journal_json,
    page_json,
    register_json,
)
from comity.keys.cards import format_fingerprint
from comity.node import ask_entries

NOT_VERIFIED = 4
_LIMIT = 200
_SERVED_MAX = 500
_RELIED_ON = ("assurances", "consents")
"""Details of a release that name entries of registers."""


@click.group(cls=Noun)
def register() -> None:
    """Show and check registers, take evidence from them, and read the journal.

    What a party says is an entry of its register; partners mirror it, and a cosignature is their
    receipt for every entry before it.
    """


for _each in (anchor, anchors, lost, regained, restore, restored, settle, stolen):
    register.add_command(_each)


@register.command(epilog="Example: comity register show --party KOR --node jpn")
@agreement_option
@party_option("--party", "party", help_text="Show this party's register, entry by entry.")
@click.option(
    "--start", type=click.IntRange(min=0), default=0, metavar="INDEX", help="From this entry on."
)
@click.option(
    "--limit",
    metavar="COUNT",
    type=click.IntRange(min=1),
    default=_LIMIT,
    show_default=True,
    help="At most so many entries.",
)
@node_command(writing=False)
async def show(
    desk: Desk, *, agreement: AgreementId | None, party: PartyId | None, start: int, limit: int
) -> None:
    """List the registers held with sizes and receipts, or one party's entries."""
    if party is None:
        rows = await list_registers(desk.context, agreement)
        value: dict[str, JsonValue] = {"registers": [register_json(row) for row in rows]}
        lines = [line for row in rows for line in _register_lines(row)]
        desk.show("comity/register-show/1", value, lines or ["no register is held"])
        return
    chosen = await the_agreement(desk.context, agreement)
    found, whys = await _read_page(desk, chosen, party, start, limit)
    entries: Any = found["entries"]
    waiting: Any = found["waiting"]
    lines = [line for each in entries for line in _entry_lines(each, whys)]
    lines += [f"{each}: waits to be judged{whys.get(each, '')}" for each in waiting]
    desk.show("comity/register-entries/1", found, lines or ["no entries"])
    judged: Any = found["judged_size"]
    rest = judged - start - limit
    if rest > 0 and not desk.as_json:
        say(f"{rest} more: comity register show --party {party} --start {start + limit}")


@register.command(
    epilog="Exit codes: 0 whole, 4 damaged.\n\nExample: comity register check --node jpn"
)
@node_command(writing=False)
async def check(desk: Desk) -> int:
    """Read every entry back and hash it again, against tree and signed checkpoints."""
    report = await desk.context.ports.store.check()
    value: dict[str, JsonValue] = {
        "whole": not report.problems,
        "registers": report.registers,
        "entries": report.entries,
        "problems": [{**each.as_json()} for each in report.problems],
    }
    lines = [f"{report.registers} registers with {report.entries} entries read back"]
    if report.problems:
        lines += [line for each in report.problems for line in _problem_lines(each)]
    else:
        lines.append("whole: each entry leads to the roots that were signed")
    desk.show("comity/register-check/1", value, lines)
    if report.problems and not desk.as_json:
        say("hint: sign nothing here; a partner's mirror holds what is damaged")
    return NOT_VERIFIED if report.problems else 0


@register.command(epilog="Example: comity register evidence JPN/12 --node jpn --out evidence/12")
@control_argument("control", "ITEM")
@agreement_option
@click.option("--out", required=True, metavar="FOLDER", help="A new folder, or an empty one.")
@node_command(writing=True)
async def evidence(
    desk: Desk, *, control: Control, agreement: AgreementId | None, out: str
) -> None:
    """Write the evidence of one statement to FOLDER: for an outsider with no network.

    ITEM is the place of any statement, as comity register show lists them. The folder shows who
    said it and when, and that every partner acknowledged it; never the content.
    """
    chosen, place = await the_place(desk.context, control, agreement)
    files = await take_evidence(desk.context, chosen, place)
    write_new_folder(out, files)
    shown_cards = {name.partition("/")[2].partition(".")[0] for name in files}
    pinned = [each for each in await pinned_fingerprints(desk.context) if each[0] in shown_cards]
    value: dict[str, JsonValue] = {
        "statement": f"{chosen}/{place}",
        "folder": out,
        "files": [*sorted(files)],
        "fingerprints": {str(party): digits for party, digits in pinned},
    }
    lines = [
        f"evidence of {chosen}/{place} written to {shown(out)}",
        *(labelled("file", name) for name in sorted(files)),
        *(labelled(party, format_fingerprint(digits)) for party, digits in pinned),
    ]
    desk.show("comity/register-evidence/1", value, lines)
    if not desk.as_json:
        say(f"verify it anywhere: comity verify {shown(out)} --trust FINGERPRINT|FILE")
        say("give the fingerprints by another way than the folder")


@register.command(
    epilog="Example: comity register journal --node jpn --as jpn-009 --start 120 --json"
)
@click.option(
    "--start", type=click.IntRange(min=0), default=0, metavar="INDEX", help="From this entry on."
)
@click.option(
    "--limit",
    metavar="COUNT",
    type=click.IntRange(min=1, max=JOURNAL_PAGE),
    default=JOURNAL_PAGE,
    show_default=True,
    help="At most so many entries.",
)
@node_command(writing=True, person=AsPerson.REQUIRED)
async def journal(desk: Desk, *, start: int, limit: int) -> int | None:
    """Read the journal, as an auditor: who did what, and who was refused.

    That it was read is journalled too.
    """
    page = await read_journal(desk.context, desk.acting, start=start, limit=limit)
    if isinstance(page, Refused):
        return desk.refuse(page)
    entries = [journal_json(raw, page.start + at) for at, raw in enumerate(page.entries)]
    lines = [line for each in entries for line in _journal_lines(each)]
    value: dict[str, JsonValue] = {"size": page.size, "entries": [{**each} for each in entries]}
    desk.show("comity/register-journal/1", value, lines or ["no entries"])
    end = page.start + len(page.entries)
    if end < page.size and not desk.as_json:
        say(f"{page.size - end} more: comity register journal --start {end}")
    return None


def _register_lines(row: RegisterRowNow) -> Iterator[str]:
    head = row.head
    yield f"{head.party} ({head.holding.value}): {shown(head.origin)}"
    yield labelled("entries", str(head.size))
    yield labelled("root", head.root_hash.hex())
    yield labelled("signed", f"up to {row.signed}")
    for party, size in row.cosigned:
        missing = head.size - size
        rest = f", {missing} not yet" if missing else ""
        yield labelled("receipt", f"{party} up to {size}{rest}")
    if row.split_view is not None:
        yield labelled("DISPUTED", "its party signed two trees; nothing more of it is taken")
        yield labelled("evidence", f"SHA-256 {digest_of(row.split_view)}, whole with --json")


async def _read_page(
    desk: Desk, agreement: AgreementId, party: PartyId, start: int, limit: int
) -> tuple[dict[str, JsonValue], dict[str, str]]:
    """Give some entries, and why some are not admitted or wait, by place.

    A served node has judged them already, and keeps codes and no words: where there is something
    to put in words, and alone, a command judges the register from its bytes.
    """
    served: Any = None
    if desk.folder is not None and limit <= _SERVED_MAX:
        served = await ask_entries(desk.folder, agreement, party, start, limit)
    if served is not None and (desk.as_json or not _needs_words(served)):
        return _in_order(served), {}
    page = await read_register(desk.context, agreement, party, start=start, limit=limit)
    found = page_json(agreement, party, page) if served is None else _in_order(served)
    return found, whys_of(page)


def _needs_words(served: dict[str, Any]) -> bool:
    return bool(served["waiting"]) or not all(each["admitted"] for each in served["entries"])


def _in_order(served: dict[str, Any]) -> dict[str, JsonValue]:
    """Put what came in canonical order into the order in which it is printed."""
    entries: list[JsonValue] = [
        {name: each[name] for name in ENTRY_NAMES} for each in served["entries"]
    ]
    return {name: entries if name == "entries" else served[name] for name in PAGE_NAMES}


def _entry_lines(entry: dict[str, Any], whys: dict[str, str]) -> Iterator[str]:
    verdict = verdict_of(entry, whys)
    kind = shown(entry["kind"] or "unreadable")
    yield f"{entry['place']}: {kind}{'' if verdict is None else f', {verdict}'}"
    if entry["at"] is not None:
        yield labelled("said at", shown_instant(parse_instant_canonical(entry["at"])))
        yield labelled("to", ", ".join(entry["to"]))


def _problem_lines(problem: Problem) -> Iterator[str]:
    place = f"{shown(problem.where)}: " if problem.where else ""
    yield f"- {place}{problem.what} [{problem.code}]"
    for name in ("expected", "found", "hint"):
        if getattr(problem, name):
            yield f"    {name}: {shown(getattr(problem, name))}"


def _journal_lines(entry: dict[str, Any]) -> Iterator[str]:
    who = entry.get("by") or "the operator"
    when = shown_instant(parse_instant_canonical(entry["at"]))
    outcome = "" if entry["outcome"] == "done" else f", {str(entry['outcome']).upper()}"
    yield f"{entry['index']}: {shown(entry['act'])} by {shown(who)}{outcome}"
    yield labelled("at", f"{when}, operating-system user {shown(entry['operator'])}")
    # What is none was not there: no second person, no facility of its own.
    for name, value in sorted(entry["details"].items()):
        if name == "decisions":
            yield from (labelled("decided", _decision(each)) for each in value)
        elif name in _RELIED_ON:
            yield from (labelled(name, _entry(each)) for each in value)
        elif value is not None:
            yield labelled(shown(name), _detail(value))


def _decision(row: dict[str, Any]) -> str:
    """Say what one of several agreements answered."""
    answer = f"Art. {', '.join(row['articles'])}: {row['decision']}"
    return shown(f"{row['agreement']} version {row['version']}, {answer}")


def _entry(row: dict[str, Any]) -> str:
    """Say of an entry that an act relied on where it stands, and its hash."""
    return shown(f"{row['place']}, SHA-256 {row['sha256']}")


def _detail(value: Any) -> str:
    if isinstance(value, list):
        return shown(", ".join(str(each) for each in value))
    if isinstance(value, dict):
        return "; ".join(
            f"{shown(name)} {_detail(inner)}" for name, inner in value.items() if inner is not None
        )
    return shown(str(value))
