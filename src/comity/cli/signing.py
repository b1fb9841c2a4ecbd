# SPDX-License-Identifier: Apache-2.0
"""`comity agreement initial` and `sign`: the text on the table, named, and what changes by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import click

from comity.basis.errors import InputError, excerpt
from comity.basis.ids import AgreementId
from comity.basis.instants import Date, parse_date
from comity.cli.entering import show_entered
from comity.cli.options import agreement_argument
from comity.cli.printing import labelled
from comity.cli.session import AsPerson, Desk, node_command
from comity.flows.treaty import acts
from comity.flows.treaty.acts import NO_NOTE_YET
from comity.flows.treaty.tabled import Meant, Tabled, find_tabled
from comity.flows.turns import read_view
from comity.foresight.clause_changes import changed_clauses
from comity.statement.treaty import AgreementInitial, AgreementSign


def _meant_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command name the text that is meant, where there is more than one."""
    by_digest = click.option(
        "--sha256", metavar="DIGITS", help="The text whose SHA-256 begins so, instead."
    )
    by_version = click.option(
        "--version",
        type=click.IntRange(min=1),
        metavar="N",
        help="The version that is meant; it may be left out for the only text ever proposed.",
    )
    return by_version(by_digest(command))


@click.command(epilog="Example: comity agreement initial gsomia-jpn-kor --node jpn")
@agreement_argument
@_meant_options
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def initial(
    desk: Desk, *, agreement: AgreementId, version: int | None, sha256: str | None
) -> int | None:
    """Initial the text on the table of the agreement ID; by every party, it is frozen."""
    return await _sign(desk, agreement, AgreementInitial(NO_NOTE_YET), Meant(version, sha256))


@click.command(epilog="Example: comity agreement sign gsomia-jpn-kor --version 3 --node jpn")
@agreement_argument
@_meant_options
@click.option(
    "--told",
    multiple=True,
    metavar="NOTICE",
    help="When a notice was given that our law asks before: 'NOTICE DATE', once for each.",
)
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def sign(
    desk: Desk,
    *,
    agreement: AgreementId,
    version: int | None,
    sha256: str | None,
    told: tuple[str, ...],
) -> int | None:
    """Sign the text on the table of the agreement ID: its exact bytes.

    Read it first: comity agreement text ID --on-table. Where our own law has notices given so long
    before, the text says so, and --told tells when each was.
    """
    body, meant = AgreementSign(NO_NOTE_YET), Meant(version, sha256)
    return await _sign(desk, agreement, body, meant, _notices(told))


def _notices(told: tuple[str, ...]) -> dict[str, Date]:
    """Read notices with their days.

    Raises:
        InputError: one is not of the form, or is told twice.
    """
    found: dict[str, Date] = {}
    for each in told:
        notice, _, day = each.partition(" ")
        if not notice or not day or notice in found:
            raise InputError(
                "cli.notice",
                "a notice is told by its name and the day on which it was given, once",
                where="--told",
                expected="NOTICE DATE, as in 'entering 2016-10-24'",
                found=excerpt(each),
            )
        found[notice] = parse_date(day, "--told")
    return found


async def _sign(
    desk: Desk,
    agreement: AgreementId,
    body: AgreementInitial | AgreementSign,
    meant: Meant,
    told: Mapping[str, Date] | None = None,
) -> int | None:
    tabled = find_tabled(await read_view(desk.context, agreement))
    entered = await acts.declare(desk.context, agreement, body, desk.person, meant=meant, told=told)
    details = () if tabled is None else tuple(_said(agreement, tabled))
    return show_entered(desk, entered, details=details)


def _said(agreement: AgreementId, tabled: Tabled) -> Iterator[str]:
    """Say which text it was, and how much it changes of the signed one."""
    text, signed = tabled.text, tabled.signed
    yield labelled("version", str(text.version))
    yield labelled("SHA-256", text.sha256)
    if signed is None:
        return
    count = len(changed_clauses(signed, text))
    clauses = f"{count} clause{'' if count == 1 else 's'}"
    yield labelled("changes", f"{clauses} of version {signed.version}, which is signed")
    yield labelled("see them", f"comity agreement text {agreement} --out signed.toml")
    yield labelled("", f"comity agreement text {agreement} --on-table --out new.toml")
    yield labelled("", "comity agreement compare signed.toml new.toml")
