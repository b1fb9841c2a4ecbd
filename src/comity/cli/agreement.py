# SPDX-License-Identifier: Apache-2.0
"""`comity agreement`: the file itself (check, show, template) and which ids are served (pin).

What parties say about an agreement (propose, sign, give notice) is in `treaty.py`.
"""

from __future__ import annotations

import click

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.supplements import check_supplement
from comity.agreement.templates import template, template_ids
from comity.basis.errors import Problem, ProblemsError
from comity.basis.ids import AgreementId, parse_agreement_id, parse_party_id
from comity.basis.limits import AGREEMENT_BYTES_MAX
from comity.basis.strict_json import JsonValue
from comity.cli.agreement_foresight import add_foresight_commands
from comity.cli.files import STANDARD, read_input
from comity.cli.lifecycle import agreement_state
from comity.cli.next_steps import say_proposing
from comity.cli.nouns import Noun
from comity.cli.options import (
    agreement_argument,
    lang_option,
    node_lang_option,
    refuse_own_party,
)
from comity.cli.outputs import write_output
from comity.cli.printing import json_option, print_json, print_lines, say, shown
from comity.cli.session import AsPerson, Desk, node_command
from comity.cli.treaty import add_treaty_commands
from comity.flows.set_up import agreement_pins, pin_agreement
from comity.flows.treaty.tabled import the_tabled
from comity.flows.turns import read_view
from comity.foresight.gaps import check as find_gaps
from comity.foresight.plain_words import show_agreement

_SCHEMA = "comity/agreement-check/1"


@click.group(cls=Noun)
def agreement() -> None:
    """Check and show agreement files; pin, propose, sign and end agreements.

    An agreement is one file. The parties sign its exact bytes; the node reads it, and from it
    alone decides what may happen, citing the article.
    """


@agreement.command(
    epilog="Exit codes: 0 the file can be used, 2 it cannot.\n\n"
    "Example: comity agreement check draft.toml"
)
@click.argument("file")
@click.option(
    "--parent",
    default=None,
    metavar="FILE",
    help="The agreement above it: is this one nowhere weaker?",
)
@json_option
def check(*, file: str, parent: str | None, as_json: bool) -> int:
    """Check the agreement in FILE: every problem with its line, and the gaps it leaves.

    A problem keeps the file from being used. A gap does not: it is something that the file makes
    impossible or leaves open, to be known before anybody signs.
    """
    raw = read_input(file, bytes_max=AGREEMENT_BYTES_MAX)
    above = None if parent is None else read_input(parent, bytes_max=AGREEMENT_BYTES_MAX)
    try:
        found = read_agreement(raw)
        if parent is not None and above is not None:
            check_supplement(found, read_agreement(above, source_name=parent))
    except ProblemsError as err:
        return _refused(file, err, as_json=as_json)
    gaps = find_gaps(found)
    if as_json:
        print_json(_SCHEMA, {**_identity(file, found), "gaps": _problems_json(gaps)})
    else:
        print_lines(_sound_lines(file, found, gaps))
    return 0


@agreement.command(epilog="Example: comity agreement show draft.toml --lang ko")
@click.argument("file")
@lang_option
@json_option
def show(*, file: str, lang: str, as_json: bool) -> None:
    """Show the agreement in FILE in plain words, article by article.

    Each line says what the node enforces, records or reminds of, and where its numbers come from.
    This page is what people sign off before the parties sign the file.
    """
    found = read_agreement(read_input(file, bytes_max=AGREEMENT_BYTES_MAX))
    page = show_agreement(found, lang)
    if as_json:
        value: dict[str, JsonValue] = {**_identity(file, found), "language": lang, "page": page}
        print_json("comity/agreement-show/1", value)
    else:
        print_lines(page.splitlines())


@agreement.command(
    "text", epilog="Example: comity agreement text gsomia-jpn-kor --lang ko --node kor"
)
@agreement_argument
@click.option("--on-table", is_flag=True, help="The text on the table, not signed by all yet.")
@click.option("--out", metavar="FILE", help="Write the file itself to a new FILE instead.")
@node_lang_option
@node_command(writing=False)
async def text_in_force(
    desk: Desk, *, agreement: AgreementId, on_table: bool, out: str | None, lang: str | None
) -> None:
    """Show in plain words the text of the agreement ID that every party signed last.

    It is what this node decides by; comity agreement show does the same for a file. With both files
    written out, comity agreement compare shows what the one on the table would change.
    """
    view = await read_view(desk.context, agreement)
    found = the_tabled(view).text if on_table else view.agreement()
    if out is not None:
        write_output(out, found.raw)
        if out != STANDARD:
            line = f"{agreement} version {found.version}, SHA-256 {found.sha256}: {shown(out)}"
            written: dict[str, JsonValue] = {**_identity(out, found), "bytes": len(found.raw)}
            desk.show("comity/agreement-file/1", written, [line])
        return
    language = desk.language(lang)
    page = show_agreement(found, language)
    value: dict[str, JsonValue] = {**_identity(agreement, found), "language": language}
    lines = page.splitlines()
    desk.show("comity/agreement-text/1", {**value, "page": page}, lines, lang=language)


@agreement.command("template", epilog="Example: comity agreement template gsomia-jpn-kor > my.toml")
@click.argument("template_id", metavar="[ID]", required=False)
@click.option("--out", default="-", metavar="FILE", help="Write to a new FILE.")
@json_option
def show_template(*, template_id: str | None, out: str, as_json: bool) -> None:
    """List the agreement files that come with comity, or write one out to be corrected.

    They are models, not the legal text: each article says how far its author had read.
    """
    if template_id is not None:
        raw = template(template_id)
        if as_json and out == STANDARD:
            _print_template(template_id, {"text": raw.decode()})
            return
        write_output(out, raw)
        if as_json:
            _print_template(template_id, {"file": out, "bytes": len(raw)})
    elif as_json:
        print_json("comity/agreement-templates/1", {"templates": list(template_ids())})
    else:
        print_lines(template_ids())


@agreement.command(
    "pin", epilog="Example: comity agreement pin gsomia-jpn-kor --party KOR --node jpn"
)
@click.argument("agreement_id", metavar="ID")
@click.option(
    "--party", required=True, metavar="PARTY", help="The partner, whose card is pinned already."
)
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def pin(desk: Desk, *, agreement_id: str, party: str) -> None:
    """Open our register for the agreement ID, and serve the partner's.

    Both parties settle the id by hand first: it never serves twice between the same parties.
    Doing it again changes nothing.
    """
    pinned, partner = parse_agreement_id(agreement_id, "ID"), parse_party_id(party, "--party")
    refuse_own_party(desk.context, partner, "--party")
    await pin_agreement(desk.context, pinned, partner, desk.person)
    parties = sorted(await agreement_pins(desk.context, pinned))
    value: dict[str, JsonValue] = {"agreement": pinned, "parties": [*parties]}
    line = f"{pinned}: registers of {', '.join(parties)} are served here"
    desk.show("comity/agreement-pin/1", value, [line])
    if not desk.as_json:
        say(f"once every party of {pinned} is pinned, one of them proposes the file:")
        say_proposing(desk, pinned)


add_treaty_commands(agreement)
add_foresight_commands(agreement)
agreement.add_command(agreement_state)


def _print_template(template_id: str, more: dict[str, JsonValue]) -> None:
    print_json("comity/agreement-template/1", {"template": template_id, **more})


def _refused(file: str, err: ProblemsError, *, as_json: bool) -> int:
    if as_json:
        value: dict[str, JsonValue] = {"file": file, "ok": False}
        print_json(_SCHEMA, {**value, "problems": _problems_json(err.problems), "gaps": []})
        return err.exit_code
    count = len(err.problems)
    print_lines([f"{shown(file)}: refused, {count} problem{'s' if count > 1 else ''}"])
    print_lines(line for each in err.problems for line in _problem_lines(each))
    say("hint: correct the file and check it again; nothing unknown is ever skipped")
    return err.exit_code


def _sound_lines(file: str, found: Agreement, gaps: tuple[Problem, ...]) -> list[str]:
    articles = found.articles
    clauses = sum(len(each.clauses) for each in articles)
    silent = [
        f"{each.number} (closing words)" if each.number == "end" else each.number
        for each in articles
        if not each.clauses
    ]
    lines = [
        f"{shown(file)}: {found.id} version {found.version} can be used",
        f"  {len(found.parties)} parties, {len(articles)} articles, {clauses} clauses",
        f"  SHA-256 {found.sha256}",
    ]
    if silent:
        lines.append(f"  no clause of their own: Art. {shown(', '.join(silent))}")
        lines.append("    what a node does about them without one stands in docs/articles.md")
    if not gaps:
        return [*lines, "no gaps"]
    lines.append(f"{len(gaps)} gap{'s' if len(gaps) > 1 else ''}, to be known before signing:")
    return [*lines, *(line for each in gaps for line in _problem_lines(each, "Art. "))]


def _problem_lines(problem: Problem, kind_of_place: str = "") -> list[str]:
    """Say one problem over a few lines: where and what, then what was expected and found."""
    place = f"{kind_of_place}{shown(problem.where)}: " if problem.where else ""
    lines = [f"- {place}{problem.what} [{problem.code}]"]
    for name in ("expected", "found", "hint"):
        text = getattr(problem, name)
        if text:
            lines.append(f"    {name}: {shown(text)}")
    return lines


def _identity(file: str, found: Agreement) -> dict[str, JsonValue]:
    return {
        "file": file,
        "ok": True,
        "agreement": found.id,
        "version": found.version,
        "sha256": found.sha256,
        "parties": [each.id for each in found.parties],
        "problems": [],
    }


def _problems_json(problems: tuple[Problem, ...]) -> list[JsonValue]:
    return [{**each.as_json()} for each in problems]
