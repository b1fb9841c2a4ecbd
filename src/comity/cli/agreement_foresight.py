# SPDX-License-Identifier: Apache-2.0
"""`comity agreement compare`, `rehearse` and `prove`: what a file would do, before it is signed."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import click

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.basis.errors import InputError, excerpt
from comity.basis.limits import (
    AGREEMENT_BYTES_MAX,
    REHEARSED_REQUESTS_MAX,
    REQUEST_BYTES_MAX,
)
from comity.basis.strict_json import JsonValue
from comity.cli.files import read_input
from comity.cli.options import lang_option
from comity.cli.printing import json_option, json_text, print_json, print_lines, shown
from comity.cli.refusals import REFUSED
from comity.decision.deciding import decision_json
from comity.decision.request_json import request_json
from comity.foresight import change_words
from comity.foresight.change_words import cite, group_outcomes, say_clause, say_outcomes
from comity.foresight.clause_changes import ClauseChange, changed_clauses, key_json
from comity.foresight.comparing import OutcomeChange, changed_outcomes, supersession
from comity.foresight.rehearsing import Rehearsal, Rehearsed, rehearse
from comity.foresight.words import language_index, say

if TYPE_CHECKING:
    from comity.foresight.proving import Finding

_UNREAD = 2
_BROKEN = 1


def add_foresight_commands(group: click.Group) -> None:
    """Add the commands to `comity agreement`."""
    group.add_command(compare)
    group.add_command(rehearse_command)
    group.add_command(prove_command)


@click.command("compare", epilog="Example: comity agreement compare signed.toml draft.toml")
@click.argument("old_file", metavar="OLD")
@click.argument("new_file", metavar="NEW")
@lang_option
@json_option
def compare(*, old_file: str, new_file: str, lang: str, as_json: bool) -> None:
    """Compare two versions of an agreement: changed clauses, and changed outcomes.

    Every request that one version allows and the other refuses falls under one of the changes, each
    with an example that both were asked; the facts that a request can hold are taken from the words
    of the two files. What is not told here is decided as before.
    """
    old, new = _read(old_file), _read(new_file)
    outcomes, clauses = changed_outcomes(old, new), changed_clauses(old, new)
    follows = supersession(old, new)
    if as_json:
        value: dict[str, JsonValue] = {
            "agreement": old.id,
            "old": {"version": old.version, "sha256": old.sha256},
            "new": {"version": new.version, "sha256": new.sha256},
            "next_version": follows.next_version,
            "supersedes": follows.names_old,
            "clauses": [_clause_json(each) for each in clauses],
            "outcomes": [_outcome_json(each, lang) for each in outcomes],
        }
        print_json("comity/agreement-compare/1", value)
        return
    print_lines(_compared(old, new, clauses, outcomes, language_index(lang)))


@click.command(
    "rehearse",
    epilog="Exit codes: 0 all would be allowed, 3 some would be refused, 2 some do not read.\n\n"
    "Example: comity agreement rehearse draft.toml --requests planned/",
)
@click.argument("file")
@click.option(
    "--requests",
    "folder",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="A folder of planned exchanges, each a request as JSON in a file *.json.",
)
@lang_option
@json_option
def rehearse_command(*, file: str, folder: Path, lang: str, as_json: bool) -> int:
    """Run a folder of planned exchanges through the agreement in FILE, as if it were signed.

    Lists what would be refused, under which articles and why, and which facts a plan leaves open.
    """
    agreement = _read(file)
    found = rehearse(agreement, _requests_in(folder))
    index = language_index(lang)
    if as_json:
        value: dict[str, JsonValue] = {
            "agreement": agreement.id,
            "version": agreement.version,
            "sha256": agreement.sha256,
            "refused": len(found.refused),
            "unread": found.unread,
            "articles": dict(found.by_article()),
            "exchanges": [_rehearsed_json(each) for each in found.exchanges],
        }
        print_json("comity/agreement-rehearse/1", value)
    else:
        print_lines(_rehearsal_lines(found, index))
    return _UNREAD if found.unread else REFUSED if found.refused else 0


@click.command(
    "prove",
    epilog="Exit codes: 0 all is proved, 1 something is not.\n\n"
    "Example: comity agreement prove draft.toml",
)
@click.argument("file")
@click.option(
    "--against", metavar="OLD", help="Also find what is decided otherwise than under OLD."
)
@json_option
def prove_command(*, file: str, against: str | None, as_json: bool) -> int:
    """Prove three things of the agreement in FILE with z3, or break them by a request.

    Nothing leaves to a third party without the consent of every originator; nothing above the top
    level is released, sent or disclosed; what is allowed after the end was allowed before. A
    request that breaks one is asked of the decision itself before it is told. Needs the extra
    comity[check].
    """
    agreement, old = _read(file), None if against is None else _read(against)
    proving = _prover()
    findings = proving.prove(agreement)
    found = () if old is None else proving.differences(old, agreement)
    if as_json:
        value: dict[str, JsonValue] = {
            "agreement": agreement.id,
            "version": agreement.version,
            "sha256": agreement.sha256,
            "findings": [_finding_json(each) for each in findings],
            "differences": [
                {
                    "action": each.action,
                    "allowed": each.allowed,
                    "request": request_json(each.request),
                }
                for each in found
            ],
        }
        print_json("comity/agreement-prove/1", value)
    else:
        print_lines(_proof_lines(findings))
        print_lines(
            f"{each.action}: {'now allowed' if each.allowed else 'now refused'}, for example "
            f"{json_text(request_json(each.request))}"
            for each in found
        )
    return 0 if all(each.proved for each in findings) else _BROKEN


def _prover() -> ModuleType:
    """Load what needs z3, which no other command does.

    Raises:
        InputError: `cli.no-prover`: the extra is not installed.
    """
    try:
        return importlib.import_module("comity.foresight.proving")
    except ModuleNotFoundError as err:
        if err.name != "z3":
            raise
        raise InputError(
            "cli.no-prover",
            "z3 is not installed, which proves what is asked",
            expected="the extra comity[check]",
            found="comity alone",
            hint="install it: pip install 'comity[check]'; comity agreement compare needs none",
        ) from err


def _finding_json(each: Finding) -> dict[str, JsonValue]:
    return {
        "invariant": each.invariant.value,
        "action": each.action,
        "proved": each.proved,
        "but_below": each.but_below,
        "request": None if each.request is None else request_json(each.request),
        "decision": None if each.decision is None else decision_json(each.decision),
        "before": None if each.before is None else decision_json(each.before),
    }


def _proof_lines(findings: tuple[Finding, ...]) -> Iterator[str]:
    for invariant in dict.fromkeys(each.invariant for each in findings):
        of = [each for each in findings if each.invariant is invariant]
        open_ = [each for each in of if each.proved is not True]
        if not open_:
            level = next((each.but_below for each in of if each.but_below is not None), None)
            from_level = "" if level is None else f", from {shown(level)} on"
            actions = ", ".join(each.action for each in of)
            yield f"{invariant.value}: proved for {actions}{from_level}"
            if level is not None:
                yield (
                    f"  WARNING: below {shown(level)} the file asks for no consent: there nothing "
                    "is proved, and an item goes on without any originator's leave"
                )
        for each in open_:
            if each.request is None or each.decision is None:
                yield f"{invariant.value}: {each.action}: not decided in the time that there is"
                continue
            yield f"{invariant.value}: broken by {each.action}, which the file allows:"
            yield f"  {json_text(request_json(each.request))}"
            for citation in each.decision.articles:
                yield f"  Art. {shown(citation.article)} {citation.clause}: {shown(citation.why)}"


def _read(file: str) -> Agreement:
    return read_agreement(read_input(file, bytes_max=AGREEMENT_BYTES_MAX), source_name=file)


def _requests_in(folder: Path) -> list[tuple[str, bytes]]:
    paths = sorted(folder.glob("*.json"))
    if not paths or len(paths) > REHEARSED_REQUESTS_MAX:
        raise InputError(
            "cli.no-requests",
            "the folder holds no planned exchange, or too many",
            where=excerpt(str(folder)),
            expected=f"1 to {REHEARSED_REQUESTS_MAX} files *.json",
            found=str(len(paths)),
            hint="write each planned exchange as comity decide takes it",
        )
    return [(each.name, read_input(str(each), bytes_max=REQUEST_BYTES_MAX)) for each in paths]


def _compared(
    old: Agreement,
    new: Agreement,
    clauses: tuple[ClauseChange, ...],
    outcomes: tuple[OutcomeChange, ...],
    index: int,
) -> Iterator[str]:
    follows = supersession(old, new)
    head = change_words.VERSIONS[index]
    yield head.format(id=old.id, old=old.version, new=new.version)
    if not follows.next_version:
        yield f"  {change_words.NOT_NEXT[index].format(next=old.version + 1)}"
    if not follows.names_old:
        yield f"  {change_words.NOT_NAMED[index].format(sha256=old.sha256)}"
    yield change_words.CLAUSES[index].format(count=len(clauses))
    for clause in clauses:
        first, *rest = say_clause(clause, index)
        yield f"- {first}"
        yield from (f"  {line}" for line in rest)
    groups = group_outcomes(outcomes)
    if not groups:
        yield change_words.AS_BEFORE[index]
        return
    yield change_words.OUTCOMES[index].format(count=len(groups))
    for group in groups:
        first, *rest = say_outcomes(group, index)
        yield f"- {first}"
        yield from (f"    {line}" for line in rest)


def _clause_json(change: ClauseChange) -> dict[str, JsonValue]:
    return {
        "article": change.article,
        "clause": change.clause,
        "change": change.change.value,
        "keys": [
            {"key": name, "old": key_json(before), "new": key_json(after)}
            for name, before, after in change.keys
        ],
    }


def _outcome_json(change: OutcomeChange, lang: str) -> dict[str, JsonValue]:
    rows: list[JsonValue] = [dict(zip(change.scope, row, strict=True)) for row in change.rows]
    return {
        "action": change.action,
        "allowed": change.allowed,
        "article": change.article,
        "clause": change.clause,
        "where": rows,
        "whole": change.whole,
        "words": list(say_outcomes((change,), language_index(lang))),
        "example": {
            "request": request_json(change.request),
            "old": decision_json(change.old),
            "new": decision_json(change.new),
        },
    }


def _rehearsed_json(each: Rehearsed) -> dict[str, JsonValue]:
    return {
        "name": each.name,
        "decision": None if each.decision is None else decision_json(each.decision),
        "problem": None if each.problem is None else {**each.problem.as_json()},
    }


def _rehearsal_lines(found: Rehearsal, index: int) -> Iterator[str]:
    for each in found.exchanges:
        name = shown(each.name)
        if each.problem is not None:
            yield f"{name}: does not read: {each.problem}"
        elif each.decision is not None and each.decision.allowed:
            yield f"{name}: {say(each.decision.action or '', index)}: allowed"
        elif each.decision is not None:
            yield f"{name}: {say(each.decision.action or '', index)}: refused"
            reasons = each.decision.articles or each.decision.unmet
            for reason in reasons:
                yield f"  {cite(reason.article, index)} {reason.clause}: {shown(reason.why)}"
            for unknown in each.decision.unknown:
                said = f"{cite(unknown.article, index)} {unknown.clause}: {shown(unknown.fact)}"
                yield f"  {said} is not known"
    count = len(found.refused)
    yield f"{len(found.exchanges)} planned, {count} refused, {found.unread} do not read"
    for article, times in found.by_article():
        yield f"  {cite(article, index)}: {times}"
