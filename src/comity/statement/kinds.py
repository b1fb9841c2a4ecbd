# SPDX-License-Identifier: Apache-2.0
"""The closed sets of kinds, format by format.

A kind outside its format's set is refused, on every node and in every version alike: the same
statement must not read differently after an upgrade (traps: version skew).
"""

from types import MappingProxyType
from typing import Final

from comity.statement.affairs import (
    AFFAIRS_KINDS,
    AffairsBody,
    DisputeOpen,
    DisputeSettle,
    PartyLawChange,
)
from comity.statement.cases import (
    CASES_KINDS,
    CasesBody,
    ContractorAssure,
    DisclosureRecord,
    IncidentFindings,
    IncidentReport,
    VisitRequest,
)
from comity.statement.custody import CUSTODY_KINDS, CustodyBody
from comity.statement.deliveries import (
    DELIVERY_KINDS,
    DeliveryBody,
    DeliveryMake,
    DeliveryReceipt,
)
from comity.statement.handling import HANDLING_KINDS, HandlingBody, ItemDestroyed, ItemReturn
from comity.statement.information import (
    INFORMATION_KINDS,
    InformationBody,
    ItemReceipt,
    ItemRelease,
    RequestMake,
)
from comity.statement.orders import ORDER_KINDS, OrderBody, OrderDispute, OrderRequest
from comity.statement.passing import PASSING_KINDS, PassingBody
from comity.statement.settlements import (
    SETTLEMENT_KINDS,
    SettlementBody,
    SettlementDrop,
    SettlementRecord,
)
from comity.statement.treaty import TREATY_KINDS, TreatyBody
from comity.statement.trust import TRUST_KINDS, TrustBody

GoodsBody = OrderBody | DeliveryBody | SettlementBody
"""What is said of goods and services."""

Body = (
    TreatyBody
    | AffairsBody
    | InformationBody
    | HandlingBody
    | PassingBody
    | CustodyBody
    | CasesBody
    | GoodsBody
    | TrustBody
)
"""What can be said."""

EnclosingBody = (
    ItemReturn
    | ItemDestroyed
    | IncidentReport
    | IncidentFindings
    | VisitRequest
    | DisclosureRecord
    | ContractorAssure
    | PartyLawChange
    | DisputeOpen
    | DisputeSettle
    | OrderRequest
    | OrderDispute
    | DeliveryMake
    | DeliveryReceipt
    | SettlementRecord
    | SettlementDrop
)
"""Bodies that may enclose a sealed text, beside items and requests: `parcel` and `sealed`."""

ParcelBody = ItemRelease | RequestMake | EnclosingBody
"""Bodies that name a parcel, or may."""


SPOKEN_KINDS: Final = MappingProxyType(
    {
        kind.KIND: kind
        for kind in (
            *TREATY_KINDS,
            *AFFAIRS_KINDS,
            *INFORMATION_KINDS,
            *HANDLING_KINDS,
            *PASSING_KINDS,
            *CUSTODY_KINDS,
            *CASES_KINDS,
            *ORDER_KINDS,
            *DELIVERY_KINDS,
            *SETTLEMENT_KINDS,
            *TRUST_KINDS,
        )
    }
)

PLAIN_BODIES: Final = MappingProxyType(
    {kind.KIND: kind.read_plain for kind in (ItemRelease, ItemReceipt)}
)
"""Bodies that are said by the thousand: each read at a glance, or None where that is not enough."""

FORMATS: Final = MappingProxyType({1: frozenset(SPOKEN_KINDS)})
"""The kinds of each format of agreement file."""
