# SPDX-License-Identifier: Apache-2.0
"""Who binds the state by the authority's key, and is named for it in the journal.

The key's holder types its passphrase, so nobody of the register need be named. Whoever is named
must hold an office that speaks for the party. Source: Japan-ROK GSOMIA Art. 2(d), 7(1)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from comity.basis.ids import AgreementId, PersonId
from comity.basis.strict_json import JsonValue
from comity.decision.house import KEEPING_OFFICES, allow_house_act
from comity.decision.stages import Allowed, Refused
from comity.flows.context import Context
from comity.flows.drafts import keep_refusal
from comity.flows.facts import find_person
from comity.flows.speak import Act


@dataclass(frozen=True, slots=True)
class Office:
    """Leave to say something for the party. Built by `ask_office` alone."""

    allowed_by: Allowed
    person: PersonId | None

    def act(self, kind: str, details: Mapping[str, JsonValue] | None = None) -> Act:
        """Describe the saying of a statement of this kind."""
        return Act(kind, self.allowed_by, self.person, details)


async def ask_office(
    context: Context, kind: str, person: PersonId | None, agreement: AgreementId | None = None
) -> Office | Refused:
    """Ask whether a person speaks for the party, before anything else is; journal a refusal.

    Raises:
        StateError: there is no such person.
    """
    if person is None:
        return Office(allow_house_act(kind), None)
    allowed = allow_house_act(kind, (await find_person(context, person)).roles, KEEPING_OFFICES)
    if isinstance(allowed, Refused):
        details: dict[str, JsonValue] = {} if agreement is None else {"agreement": agreement}
        return await keep_refusal(context, allowed, person, details)
    return Office(allowed, person)
