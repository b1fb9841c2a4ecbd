# SPDX-License-Identifier: Apache-2.0
"""`comity agreement initial` and `sign`: the text on the table, named, and what changes by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import click

from comity.basis.ids import AgreementId
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
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def sign(
    desk: Desk, *, agreement: AgreementId, version: int | None, sha256: str | None
) -> int | None:
    """Sign the text on the table of the agreement ID: its exact bytes.

    Read it first: comity agreement text ID --on-table.
    """
    return await _sign(desk, agreement, AgreementSign(NO_NOTE_YET), Meant(version, sha256))


async def _sign(
    desk: Desk, agreement: AgreementId, body: AgreementInitial | AgreementSign, meant: Meant
) -> int | None:
    tabled = find_tabled(await read_view(desk.context, agreement))
    entered = await acts.declare(desk.context, agreement, body, desk.person, meant=meant)
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
