# SPDX-License-Identifier: Apache-2.0
"""The story's people at the consoles: a password made for this run alone, told once.

It protects an EXERCISE; no node outside the demo ever gets a password in this way.
"""

from __future__ import annotations

import base64
from typing import Final

from comity.basis.ids import PartyId
from comity.cli.demo.cast import CITY, post
from comity.cli.demo.chapters.nodes import register_people
from comity.cli.demo.checks import unexpected
from comity.cli.demo.world import World
from comity.flows.facts import list_persons
from comity.node import open_passwords
from comity.signin.passwords import set_password

POSTS: Final = ("analyst", "drafter", "officer", "registrar", "auditor")
GOODS_POSTS: Final = ("logistics", "depot", "finance")
"""Who is told of; the others' ways in are given by the registrar, as anywhere."""

_REGISTRAR: Final = "registrar"
_BYTES: Final = 10
_GROUP_CHARS: Final = 4


async def let_people_in(world: World) -> str:
    """Give the people of every node that serves one password, and say it.

    A node that nobody was registered at in the story gets its people now.
    """
    password = ""
    for party in sorted(world.served):
        if party not in CITY:
            continue
        async with world.node(party) as context:
            nobody = not await list_persons(context)
            password = password or _words(context.ports.random.token(_BYTES))
        if nobody:
            await register_people(party)(world)
        await _set_all(world, party, password)
    return password


async def _set_all(world: World, party: PartyId, password: str) -> None:
    async with world.node(party) as context:
        with open_passwords(context.config) as passwords:
            for name in (*POSTS, *GOODS_POSTS):
                by = None if name == _REGISTRAR else post(party, _REGISTRAR)
                refused = await set_password(context, passwords, post(party, name), password, by)
                if refused is not None:
                    raise unexpected(refused)


def _words(raw: bytes) -> str:
    text = base64.b32encode(raw).decode().lower()
    return "-".join(text[at : at + _GROUP_CHARS] for at in range(0, len(text), _GROUP_CHARS))
