# SPDX-License-Identifier: Apache-2.0
"""The texts beside statements about goods: names, titles, signatures, special needs."""

from __future__ import annotations

from typing import Final

from comity.basis.ids import AgreementId, PersonId, Place
from comity.decision.house import GOODS_OFFICES
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.enclosures import OpenedText, open_text
from comity.statement.deliveries import DeliveryMake, DeliveryReceipt
from comity.statement.orders import OrderDispute, OrderRequest
from comity.statement.settlements import SettlementDrop, SettlementRecord

_KINDS: Final = (
    OrderRequest,
    OrderDispute,
    DeliveryMake,
    DeliveryReceipt,
    SettlementRecord,
    SettlementDrop,
)


async def open_goods_text(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> OpenedText | Refused:
    """Open the text beside an order, a delivery or a settlement; journalled first.

    Raises:
        StateError: no such text, or its key is not here.
    """
    return await open_text(
        context, agreement, place, person, act="order.open", roles=GOODS_OFFICES, kinds=_KINDS
    )
