# SPDX-License-Identifier: Apache-2.0
"""What binds the state is said at the command line: here whoever may say it is told how.

The authority's key signs it, whose passphrase a person types there. Source: DESIGN 4, 6
"""

from __future__ import annotations

from typing import NoReturn

from comity.api.desk import Desk, done
from comity.api.replies import not_there
from comity.basis.errors import StateError
from comity.basis.ids import AgreementId
from comity.flows.set_up import pinned_agreements
from comity.flows.treaty.offices import ask_office


async def tell_command(desk: Desk, kind: str, agreement: AgreementId, command: str) -> NoReturn:
    """Answer by which command a statement of this kind is said.

    Raises:
        NotThere: the agreement is not served here.
        RefusedError: the person's office does not speak for the party.
        StateError: it does: what to type.
    """
    if agreement not in await pinned_agreements(desk.context):
        raise not_there()
    done(await ask_office(desk.context, kind, desk.person, agreement))
    raise StateError(
        "api.authority-needed",
        "this binds the state: the authority's key signs it at the node's command line",
        hint=f"comity {command} --node DIR --as {desk.person}",
    )
