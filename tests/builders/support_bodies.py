# SPDX-License-Identifier: Apache-2.0
"""One body of every kind of mutual support, each field set."""

from datetime import date
from decimal import Decimal

from comity.basis.amounts import Money, Quantity
from comity.basis.ids import Digest, PartyId, PersonId, Place
from comity.statement.deliveries import (
    ClaimNotice,
    Condition,
    DeliveredLine,
    DeliveryBody,
    DeliveryMake,
    DeliveryReceipt,
    ReceivedLine,
)
from comity.statement.order_values import Officer
from comity.statement.orders import (
    AcceptanceHead,
    AcceptedLine,
    Method,
    Nature,
    OrderAccept,
    OrderBody,
    OrderCancel,
    OrderDecline,
    OrderDispute,
    OrderHead,
    OrderLine,
    OrderRequest,
    Tax,
)
from comity.statement.settlements import (
    BalanceAgree,
    BalanceRow,
    BalanceState,
    InvoiceIssue,
    LineRef,
    SettledLine,
    SettlementBody,
    SettlementDrop,
    SettlementRecord,
)
from comity.statement.values import ParcelRef, SealedRef

JPN, KOR = PartyId("JPN"), PartyId("KOR")
ORDER, DELIVERY, RECEIPT = Place(KOR, 4), Place(JPN, 9), Place(KOR, 6)
DAY, SHA = date(2013, 12, 23), Digest("ab" * 32)
PARCEL, SEALED = ParcelRef(SHA, 1400), SealedRef("xwing", 4096, SHA)
LOGISTICS = Officer(PersonId("kor-021"), "J4, Joint Chiefs")
SUPPLY = Officer(PersonId("jpn-044"), "統合幕僚監部 後方")

HEAD = OrderHead(
    number="KOR-2013-0021",
    provider=JPN,
    activity="peacekeeping",
    exercise="UNMISS",
    method=Method.REPLACEMENT_IN_KIND,
    charter=True,
    authority="UN SC resolution 1996",
    organisation="한빛부대",
    ordering=LOGISTICS,
    billed="Defense Agency",
    fund="2013-OM-7",
    at="Bor",
    by=DAY,
    asked_with=("UNMISS",),
    through="UNMISS",
    protected=("gsomia-jpn-kor/JPN/12",),
)
LINE = OrderLine(
    1,
    "ammunition",
    Nature.SUPPLY,
    "1305-01-155-5459",
    "5.56 mm ball",
    rounds := Quantity(Decimal(10000), "EA"),
    DAY,
)
ACCEPTANCE = AcceptanceHead(
    "JPN-2013-0107",
    SUPPLY,
    "Ministry of Defense",
    Officer(PersonId("jpn-050"), "Finance"),
    "JGSDF",
    Money(Decimal("1000.5"), "USD"),
    DAY,
    "Juba",
)
ACCEPTED = AcceptedLine(
    1,
    rounds.number,
    Decimal("0.505"),
    "USD",
    "own_stock",
    Method.REPLACEMENT_IN_KIND,
    (Tax(Decimal("1.25"), "not exempt there"),),
)


def sample_support_bodies() -> dict[str, OrderBody | DeliveryBody | SettlementBody]:
    """Give one body of every kind, each field set."""
    settled = SettledLine(1, Decimal(10000), Decimal("5050"), Decimal("0.505"))
    bodies: tuple[OrderBody | DeliveryBody | SettlementBody, ...] = (
        OrderRequest(HEAD, None, (LINE,), PARCEL, SEALED),
        OrderAccept(ORDER, ACCEPTANCE, (ACCEPTED,)),
        OrderDecline(ORDER, (1, 2)),
        OrderCancel(ORDER, (1,)),
        OrderDispute(ORDER, (1,), stands=True, parcel=PARCEL, sealed=SEALED),
        DeliveryMake(
            ORDER, "D-1", DAY, "Bor", SUPPLY, (DeliveredLine(1, rounds.number),), PARCEL, SEALED
        ),
        DeliveryReceipt(
            DELIVERY,
            DAY,
            LOGISTICS,
            (ReceivedLine(1, rounds.number, Condition.GOOD),),
            PARCEL,
            SEALED,
        ),
        ClaimNotice(RECEIPT, SUPPLY),
        InvoiceIssue("I-7", ORDER, (RECEIPT,), SUPPLY, Money(Decimal("5050"), "USD")),
        SettlementRecord(
            "S-1",
            ORDER,
            Method.REPLACEMENT_IN_KIND,
            DAY,
            LOGISTICS,
            "USD",
            (settled,),
            "consumed",
            ORDER,
            DELIVERY,
            PARCEL,
            SEALED,
        ),
        SettlementDrop(DELIVERY, LOGISTICS, PARCEL, SEALED),
        BalanceState(DAY, SHA, (BalanceRow(KOR, JPN, Money(Decimal("5050"), "USD")),)),
        BalanceAgree(DELIVERY, (LineRef(ORDER, 1),)),
    )
    return {body.KIND: body for body in bodies}
