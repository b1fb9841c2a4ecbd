# SPDX-License-Identifier: Apache-2.0
"""`comity person password`: the way in by password, given by a registrar.

By default a one-time code, with which the person sets the password: nobody else then knows it.
"""

from __future__ import annotations

import sys
from typing import Final

import click

from comity.basis.errors import InputError
from comity.basis.ids import PersonId, parse_person_id
from comity.basis.instants import format_instant
from comity.cli.printing import labelled, say, shown_instant
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.stages import Refused
from comity.node import open_passwords
from comity.signin.passwords import (
    PASSWORD_CHARS_MAX,
    Code,
    check_password,
    give_code,
    remove_password,
    set_password,
)

_SCHEMA: Final = "comity/person-password/1"


@click.command("password", epilog="Example: comity person password kor-017 --node kor --as kor-002")
@click.argument("person_id", metavar="PERSON")
@click.option(
    "--set", "typed", is_flag=True, help="Set the password itself: typed, or standard input."
)
@click.option("--remove", is_flag=True, help="Take password and code away.")
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def password_command(desk: Desk, *, person_id: str, typed: bool, remove: bool) -> int | None:
    """Give PERSON a one-time code to set a password with; it holds for a day.

    Hand the code over by another way than the person's name. Setting or taking away a password
    ends the person's sessions.
    """
    person = parse_person_id(person_id, "PERSON")
    if typed and remove:
        raise InputError(
            "cli.set-or-remove",
            "a password is set or taken away, not both",
            expected="--set or --remove",
            hint="say the one that you mean",
        )
    if remove:
        return _done(
            desk, person, "removed", await remove_password(desk.context, person, desk.person)
        )
    if typed:
        password = _new_password(person)
        with open_passwords(desk.context.config) as passwords:
            refused = await set_password(desk.context, passwords, person, password, desk.person)
        return _done(desk, person, "set", refused)
    return _show_code(desk, await give_code(desk.context, person, desk.person))


def _show_code(desk: Desk, code: Code | Refused) -> int | None:
    if isinstance(code, Refused):
        return desk.refuse(code)
    lines = [
        f"{code.person}: a code to set a password with, shown this once",
        labelled("code", code.text),
        labelled("until", shown_instant(code.until)),
    ]
    value = {
        "person": code.person,
        "done": "code",
        "code": code.text,
        "until": format_instant(code.until),
    }
    desk.show(_SCHEMA, {**value}, lines)
    return None


def _done(desk: Desk, person: PersonId, done: str, refused: Refused | None) -> int | None:
    if refused is not None:
        return desk.refuse(refused)
    desk.show(_SCHEMA, {"person": person, "done": done}, [f"{person}: password {done}"])
    return None


def _new_password(person: PersonId) -> str:
    """Ask twice at a terminal; elsewhere take the first line of standard input."""
    if sys.stdin.isatty():
        text = click.prompt("new password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        say("the password is read from standard input")
        raw = sys.stdin.buffer.readline(4 * PASSWORD_CHARS_MAX + 2)
        try:
            text = raw.decode("utf-8").removesuffix("\n").removesuffix("\r")
        except UnicodeDecodeError:
            raise InputError(
                "cli.password-not-utf8", "the password is not UTF-8", where="standard input"
            ) from None
    return check_password(str(text), person)
