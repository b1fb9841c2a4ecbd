# SPDX-License-Identifier: Apache-2.0
"""Who may be named as the one who binds the state by the authority's key.

The key's holder types its passphrase, so nobody of the register need be named. Whoever is named
must hold an office that speaks for the party. Source: Japan-ROK GSOMIA Art. 2(d), 7(1)
"""

from __future__ import annotations

from comity.basis.ids import AgreementId, PersonId
from comity.basis.strict_json import JsonValue
from comity.decision.house import KEEPING_OFFICES, allow_house_act
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.drafts import keep_refusal
from comity.flows.facts import find_person


async def refuse_without_office(
    context: Context, act: str, person: PersonId | None, agreement: AgreementId | None = None
) -> Refused | None:
    """Refuse an act that binds the state to a person without an office for it, and journal that.

    Raises:
        StateError: there is no such person.
    """
    if person is None:
        return None
    allowed = allow_house_act(act, (await find_person(context, person)).roles, KEEPING_OFFICES)
    if not isinstance(allowed, Refused):
        return None
    details: dict[str, JsonValue] = {} if agreement is None else {"agreement": agreement}
    return await keep_refusal(context, allowed, person, details)
