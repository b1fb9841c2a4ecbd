# SPDX-License-Identifier: Apache-2.0
"""What a command says is to be done next: a whole command, with a person who may do it.

Nothing is decided here: whether that person may is decided when the command is said.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import count
from typing import Final

from comity.agreement.templates import template_ids
from comity.basis.ids import AgreementId, PartyId, PersonId
from comity.cli.printing import say, shown
from comity.cli.session import Desk
from comity.decision.people import Person, Role
from comity.decision.registrars import is_present
from comity.flows.facts import list_persons

OFFICERS: Final = (Role.RELEASING_OFFICER,)
REGISTRARS: Final = (Role.REGISTRAR,)
SPEAKERS: Final = (Role.RELEASING_OFFICER, Role.REGISTRAR)
"""Who speaks for the party on cases and consents."""

READERS: Final = tuple(each for each in Role if each is not Role.ADMINISTRATOR)


async def say_next(
    desk: Desk,
    words: str,
    roles: Iterable[Role],
    *,
    besides: PersonId | None = None,
    category: str | None = None,
) -> None:
    """Say the command that comes next, by somebody who holds one of the roles."""
    by = await person_with(desk, roles, besides=besides, category=category)
    if by is None:
        wanted = " or ".join(each.value.replace("_", " ") for each in roles)
        say(f"next: find another {wanted}, nobody here is one: {desk.next_command('person list')}")
    else:
        say(f"next: {desk.next_command(words, person=by)}")


async def say_approval(desk: Desk, words: str, category: str) -> None:
    """Say by which command another officer lets go what was drafted just now."""
    if not desk.as_json:
        await say_next(desk, words, OFFICERS, besides=desk.acting, category=category)


async def person_with(
    desk: Desk,
    roles: Iterable[Role],
    *,
    besides: PersonId | None = None,
    category: str | None = None,
) -> PersonId | None:
    """Name somebody present who holds one of the roles: whoever acts now, if that one does.

    Those who need to know of the category go before others.
    """
    wanted, now = frozenset(roles), desk.context.ports.clock.now()
    found = [
        each
        for each in await list_persons(desk.context)
        if each.id != besides and wanted & set(each.roles) and is_present(each, now)
    ]

    def rank(person: Person) -> tuple[bool, bool, bool]:
        knows = category is None or category in person.need_to_know
        administers = Role.ADMINISTRATOR in person.roles
        return not knows, person.id != desk.person, administers

    return min(found, key=rank).id if found else None


def say_proposing(desk: Desk, agreement: AgreementId) -> None:
    """Say how a file gets on the table: one of comity's own models, or the party's."""
    file = f"{agreement}.toml"
    if agreement in template_ids():
        say(f"next: write our model out: comity agreement template {agreement} --out {file}")
        say(f"      and once it is corrected: {desk.next_command(f'agreement propose {file}')}")
    else:
        say("next: write the file, and propose it: comity agreement propose --help")


def new_bundle(own: PartyId, party: PartyId) -> str:
    """Name a bundle that is not here yet, whole or over several discs."""
    names = (f"{own}-to-{party}-{number}".lower() for number in count(1))
    return next(
        name for name in names if not os.path.lexists(name) and not os.path.lexists(f"{name}.1")
    )


def say_courier_take(party: PartyId, names: Iterable[str], *, reply: bool) -> None:
    """Say what the partner says at its own node, whose folder nobody here knows."""
    files = [shown(each) for each in names]
    answer = f" --reply {files[0]}.reply" if reply else ""
    say(f"next: carry it to {party}, who runs: comity courier take {' '.join(files)}{answer}")
