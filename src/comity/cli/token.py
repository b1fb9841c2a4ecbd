# SPDX-License-Identifier: Apache-2.0
"""`comity token`: how programs come in for a person, for a while, and for some things only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import click

from comity.basis.ids import parse_person_id
from comity.basis.instants import Instant, format_date
from comity.basis.strict_json import JsonValue
from comity.cli.nouns import Noun
from comity.cli.printing import labelled, say, shown_instant
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.stages import Refused
from comity.signin.permissions import Permission
from comity.signin.tokens import (
    DAYS_MAX,
    NewToken,
    Token,
    TokenWish,
    create_token,
    list_tokens,
    parse_permissions,
    revoke_token,
    token_json,
)

_DAYS: Final = 90


@click.group(cls=Noun)
def token() -> None:
    """Tokens for programs: made by a registrar for a person, and revoked.

    A program may do what the token says and its person's roles allow; it is out at once when the
    person leaves. Each token ends within a year.
    """


@token.command(
    epilog=f"Permissions: {', '.join(Permission)}.\n\n"
    "Example: comity token create jpn-sensor --name exchange-1 --for items:draft --for items:read "
    "--node jpn --as jpn-001"
)
@click.argument("person_id", metavar="PERSON")
@click.option("--name", metavar="NAME", required=True, help="What the program is called here.")
@click.option(
    "--for",
    "permissions",
    required=True,
    multiple=True,
    metavar="PERMISSION",
    help="What it is good for; once for each.",
)
@click.option(
    "--days",
    metavar="DAYS",
    type=click.IntRange(min=1, max=DAYS_MAX),
    default=_DAYS,
    show_default=True,
    help="For how many days.",
)
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def create(
    desk: Desk, *, person_id: str, name: str, permissions: tuple[str, ...], days: int
) -> int | None:
    """Make a token for a program of PERSON, and show it this once."""
    person = parse_person_id(person_id, "PERSON")
    wish = TokenWish(person, name, parse_permissions(permissions, "--for"), days)
    made = await create_token(desk.context, wish, desk.person)
    if isinstance(made, Refused):
        return desk.refuse(made)
    now = desk.context.ports.clock.now()
    value: dict[str, JsonValue] = {"token": token_json(made.token, now), "secret": made.secret}
    desk.show("comity/token-create/1", value, _new_lines(made, now))
    if not desk.as_json:
        say("it is kept nowhere: put it where the program reads it, for its user alone")
    return None


@token.command("list", epilog="Example: comity token list --node jpn")
@click.argument("person_id", metavar="[PERSON]", required=False)
@click.option("--all", "everything", is_flag=True, help="Show those past or revoked, too.")
@node_command(writing=False)
async def list_command(desk: Desk, *, person_id: str | None, everything: bool) -> None:
    """List the tokens of PERSON or of everybody; never their secrets."""
    person = None if person_id is None else parse_person_id(person_id, "PERSON")
    now = desk.context.ports.clock.now()
    found = await list_tokens(desk.context, person)
    listed = [each for each in found if everything or each.is_good(now)]
    value: dict[str, JsonValue] = {"tokens": [token_json(each, now) for each in listed]}
    lines = [line for each in listed for line in _lines(each, now)]
    desk.show_list(
        "comity/token-list/1",
        value,
        lines,
        empty=("no token is good here", "make one: comity token create --help"),
    )


@token.command(epilog="Example: comity token revoke 5be2c1d09a774f10 --node jpn --as jpn-001")
@click.argument("token_id", metavar="TOKEN")
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def revoke(desk: Desk, *, token_id: str) -> int | None:
    """Revoke TOKEN, named as comity token list shows it: it is good for nothing from now on."""
    revoked = await revoke_token(desk.context, token_id, desk.person)
    if isinstance(revoked, Refused):
        return desk.refuse(revoked)
    now = desk.context.ports.clock.now()
    desk.show("comity/token-revoke/1", {"token": token_json(revoked, now)}, _lines(revoked, now))
    return None


def _new_lines(made: NewToken, now: Instant) -> Iterator[str]:
    yield from _lines(made.token, now)
    yield labelled("token", made.secret)


def _lines(found: Token, now: Instant) -> Iterator[str]:
    standing = "" if found.is_good(now) else ", REVOKED" if found.revoked_at else ", PAST"
    yield f"{found.id}: {found.name} of {found.person}{standing}"
    yield labelled("for", ", ".join(sorted(found.permissions)))
    yield labelled("until", shown_instant(found.expires_at))
    yield labelled("last used", "never" if found.used_on is None else format_date(found.used_on))
