# SPDX-License-Identifier: Apache-2.0
"""`comity report`: for a partner's inspector, and for the public."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from comity.basis.errors import InputError, ProofError
from comity.basis.ids import AgreementId, PartyId, digest_of, parse_party_id
from comity.basis.strict_json import JsonValue, format_json
from comity.cli.nouns import Noun
from comity.cli.options import (
    agreement_option,
    lang_option,
    node_lang_option,
    reading,
    refuse_own_party,
    the_agreement,
)
from comity.cli.outputs import refuse_taken, write_new_folder
from comity.cli.printing import json_option, print_json, print_lines, say, shown
from comity.cli.report_folder import Checked, check_report, reading_report
from comity.cli.report_public import CHECK, NOT_VERIFIED, Printing, check_public, read_public
from comity.cli.session import AsPerson, Desk, node_command
from comity.cli.verify import trusted_by
from comity.cli.worded import Words, shown_at
from comity.decision.stages import Refused
from comity.flows.reports.files import OPENINGS, published_files, report_files
from comity.flows.reports.inspector import inspect
from comity.flows.reports.public import public_report
from comity.foresight.words import say_article


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
@node_lang_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def inspector(
    desk: Desk, *, party: PartyId, agreement: AgreementId | None, out: str, lang: str | None
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
    words = Words(desk.language(lang))
    lines = inspector_lines(found.value, out, words)
    desk.show("comity/report-inspector/1", value, lines, lang=words.language)
    if not desk.as_json:
        if not all(row["proved"] for item in _items(found.value) for row in item["seen"]):
            anchoring = desk.next_command("register anchor")
            say(words.say("anchor next", command=anchoring))
            say(f"      {words.say('report anew')}")
        check = f"comity report check {shown(out)} --trust FINGERPRINT|FILE"
        say(words.say("check anywhere", command=check))
    return None


@report.command(
    epilog="Exit codes: 0 what is said to be verified is, 4 not, 2 not readable.\n\n"
    "A public report: --openings report-2017-kept/openings.json --node kor\n\n"
    "Example: comity report check for-tokyo --trust trust"
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--trust",
    multiple=True,
    metavar="FINGERPRINT|FILE",
    help="A root fingerprint that you compared by another way, or a file of them; once for each.",
)
@click.option(
    "--openings",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Of a public report: what opens its digests.",
)
@click.option(
    "--node",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Of a public report: the node that made it, to count again there.",
)
@lang_option
@json_option
def check(
    *,
    folder: Path,
    trust: tuple[str, ...],
    openings: Path | None,
    node: Path | None,
    lang: str,
    as_json: bool,
) -> int:
    """Check a report's FOLDER: an inspector's by evidence, a public one by its openings.

    Of an inspector's it says of how many lines a proof is there, and holds the register of copies
    to lines and statements. What is left to the holder's own word is named. With --json "verified"
    is true where a statement has evidence, and every statement, line and copy that is told is
    proved. Needs no node and no network.

    Of a public report it says whether each digest opens, and at the node that made it whether its
    registers are those and give these counts.
    """
    public = read_public(folder)
    if public is not None:
        return check_public(public, openings, node, Printing(Words(lang), as_json))
    if not trust:
        raise InputError(
            "report.no-trust",
            "no fingerprint was given to check the evidence by",
            where="--trust",
            hint="name a root fingerprint that you compared by another way: --trust",
        )
    trusted = frozenset[str]().union(*(trusted_by(each) for each in trust))
    words = Words(lang)
    try:
        found = check_report(folder, trusted)
        with reading_report():  # what no proof bears may be anything
            lines = [*_head(found, words), *inspector_lines(found.value, str(folder), words)]
    except ProofError as err:
        if as_json:
            error: dict[str, JsonValue] = {**err.as_json()}
            print_json(CHECK, {"holds": False, "verified": False, "error": error})
        else:
            print_lines([f"not verified: {err}"])
        return NOT_VERIFIED
    if as_json:
        counts: dict[str, JsonValue] = {
            "statements": found.statements,
            "lines_told": found.told,
            "lines_proved": found.proved,
            "copies_told": found.copies,
            "copies_proved": found.copies_proved,
            "copies_unread": found.unread,
        }
        verified = found.verified
        print_json(CHECK, {"holds": True, "verified": verified, **counts, "report": found.value})
    else:
        print_lines(lines)
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
    proof goes into a folder of its own, FOLDER-kept, for an auditor alone. A year is published
    once, when it is over: of two reports of one year the differences are what came between.
    """
    kept = f"{out.rstrip('/')}-kept"
    refuse_taken(out)
    refuse_taken(kept)
    found = await public_report(desk.context, year, desk.acting)
    if isinstance(found, Refused):
        return desk.refuse(found)
    sha256 = digest_of(found.raw)
    write_new_folder(kept, {OPENINGS: format_json(found.openings)})
    write_new_folder(out, published_files(found.value, desk.language(lang)))
    words = Words(desk.language(lang))
    named = {"year": year, "folder": shown(out), "sha256": sha256}
    until = shown_at(str(found.value["until"]))
    is_over = not found.value["so_far"]
    files = "report.json, report.html"
    lines = [
        words.say("year report" if is_over else "year so far", **named, until=until),
        words.fact("publish", files if is_over else words.say("publish once")),
        words.fact("keep", words.say("shows sizes", file=shown(f"{kept}/openings.json"))),
    ]
    value: dict[str, JsonValue] = {"folder": out, "sha256": sha256, "report": found.value}
    desk.show("comity/report-public/1", value, lines, lang=words.language)
    return None


def _items(value: dict[str, Any]) -> list[dict[str, Any]]:
    return [*value["items"]]


def _head(found: Checked, words: Words) -> Iterator[str]:
    """Say first what is proved, and beside it what is told by the holder alone."""
    unproved = found.told - found.proved
    rest = words.say("unproved", count=unproved) if unproved else ""
    counts = {"statements": found.statements, "told": found.told, "proved": found.proved}
    first = "verified" if found.statements else "nothing verified"
    yield words.say(first, **counts, rest=rest)
    if found.copies:
        named = {"count": found.copies, "proved": found.copies_proved}
        yield words.say("copies agree", **named)
    alone = found.copies - found.copies_proved
    elsewhere = any(item["passed_on"] or item["made_onward"] for item in _items(found.value))
    others = any(item["made_with_others"]["count"] for item in _items(found.value))
    own = [words.say("own lines", count=unproved)] if unproved else []
    waiting = len(found.value["not_acknowledged"])
    own += [words.say("own statements", count=waiting)] if waiting else []
    own += [words.say("own copies", count=alone)] if alone else []
    own += [words.say("own unread", count=found.unread)] if found.unread else []
    own += [words.say("own onward")] if elsewhere or others else []
    own += [words.say("own rest")]
    holder = shown(str(found.value["holder"]))
    yield words.say("own word", holder=holder, what="; ".join(own))


def inspector_lines(value: dict[str, Any], out: str, words: Words) -> Iterator[str]:
    """Say an inspector's report in lines, ready to be printed."""
    items, owner = value["items"], shown(str(value["for"]))
    count = words.say("one item" if len(items) == 1 else "many items", count=len(items))
    where = {"folder": shown(out), "at": shown(str(value["at"]))}
    yield words.say("holds", holder=shown(str(value["holder"])), count=count, owner=owner, **where)
    if not items:
        yield words.say("nothing held", owner=owner)
    for item in items:
        named = {"item": shown(item["item"]), "level": shown(item["level"])}
        yield words.say("item now", **named, marking=shown(item["label"]["marking"]))
        if (given := item["given_as"]) is not None:
            yield words.fact("given as", shown(f"{given['marking']}, {given['by']}"))
        cited = [shown(say_article(each, words.language)) for each in item["articles"]]
        cited += [words.say("house")] if any(row.get("house") for row in item["seen"]) else []
        if cited:
            yield words.fact("articles", ", ".join(cited))
        for statement in item["statements"]:
            yield words.fact("statement", shown(f"{statement['place']} {statement['kind']}"))
        yield from (_seen_line(row, item["item"], words) for row in item["seen"])
        yield from (_there_line(row, "passed on", words) for row in item["passed_on"])
        yield from (_there_line(row, "made there", words) for row in item["made_onward"])
        yield from _others_line(item["made_with_others"], words)
        yield from (_copy_line(copy, words) for copy in item["copies"])
        if item.get("copies_unread"):
            yield words.fact("copies", words.say("unread"))
    for place in value["not_acknowledged"]:
        yield words.fact("no evidence yet", words.say("not all acknowledged", place=shown(place)))


def _there_line(row: dict[str, Any], fact: str, words: Words) -> str:
    """Say where it went on to, by which number there, and who has given the receipt or refused."""
    named = {"item": shown(row["item"]), "marking": shown(row["marking"])}
    said = words.say("went on", to=shown(", ".join(row["to"])), **named)
    for answer, parties in (("given", row["receipted_by"]), ("refused", row["refused_by"])):
        if parties:
            said += words.say(f"receipt {answer}", by=shown(", ".join(parties)))
    return words.fact(fact, said)


def _others_line(others: dict[str, Any], words: Words) -> Iterator[str]:
    """Say how many things were made from it that are others' too, and by which articles."""
    if others["count"]:
        cited = ", ".join(shown(say_article(each, words.language)) for each in others["articles"])
        articles = words.say("under articles", articles=cited) if cited else ""
        said = words.say("made with others", count=others["count"], articles=articles)
        yield words.fact("made there", said)


def _seen_line(row: dict[str, Any], item: str, words: Words) -> str:
    purpose = words.say("for purpose", purpose=shown(row["purpose"])) if "purpose" in row else ""
    holder = row.get("holder") or row.get("to")
    if isinstance(holder, str):
        purpose += words.say("for holder", holder=shown(holder))
    if "firm" in row:
        place = shown(str(row["facility"]))
        purpose += words.say("to firm", firm=shown(str(row["firm"])), place=place)
    if row.get("made_from"):
        purpose += words.say("made from it")
    elif row["item"] != item:
        purpose += words.say("known as", item=shown(row["item"]))
    proof = "" if row["proved"] else words.say("no anchor")
    named = {"at": shown(row["at"]), "act": shown(row["act"]), "by": shown(str(row["by"]))}
    outcome = row["outcome"] if row["outcome"] == "refused" else "done"
    return words.fact(outcome, f"{words.say('seen', **named, purpose=purpose)}{proof}")


def _copy_line(copy: dict[str, Any], words: Words) -> str:
    where = words.say("in the node")
    if copy["holder"] is not None:
        where = words.say("copy at", holder=shown(copy["holder"]), place=shown(copy["place"]))
    ended = "" if copy["ended"] is None else f", {words.say(copy['ended'])}"
    return words.fact("copy", f"{where}{ended}", number=copy["number"])
