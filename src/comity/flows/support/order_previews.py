# SPDX-License-Identifier: Apache-2.0
"""What would become of an order or of an acceptance, before it is said; nothing is journalled."""

from __future__ import annotations

from comity.basis.ids import AgreementId, PersonId
from comity.decision.house import ORDERING_OFFICES, allow_house_act, join_refusals
from comity.decision.stages import Allowed, Refused
from comity.flows.context import Context
from comity.flows.facts import find_person
from comity.flows.support.orders import Asking, decide_acceptance, decide_asking
from comity.flows.turns import read_view
from comity.statement.orders import OrderAccept, OrderRequest


async def preview_asking(
    context: Context, agreement: AgreementId, asking: Asking
) -> Allowed | Refused:
    """Decide what is asked for, as it stands now.

    Raises:
        StateError: no version of the agreement is signed.
    """
    view = await read_view(context, agreement)
    body = OrderRequest(asking.head, None, asking.lines)
    decided = decide_asking(context, view, asking.head, body)
    return await _joined(context, body.KIND, asking.head.ordering.person, decided)


async def preview_acceptance(
    context: Context, agreement: AgreementId, body: OrderAccept, person: PersonId
) -> Allowed | Refused:
    """Decide what is accepted, as it stands now.

    Raises:
        StateError: no such order, or nothing has accepted it before and there is no head.
    """
    view = await read_view(context, agreement)
    return await _joined(context, body.KIND, person, decide_acceptance(context, view, body, person))


async def _joined(
    context: Context, kind: str, person: PersonId, decided: Allowed | Refused
) -> Allowed | Refused:
    roles = (await find_person(context, person)).roles
    allowed = allow_house_act(kind, roles, ORDERING_OFFICES)
    return join_refusals(allowed, decided) or decided
