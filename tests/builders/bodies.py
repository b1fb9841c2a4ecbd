# SPDX-License-Identifier: Apache-2.0
"""One body of every kind of statement, each field set."""

from datetime import date

from comity.agreement.acts import DestructionMeans, PrivateRight, Recalled
from comity.basis.ids import AgreementId, Digest, PartyId, Place
from comity.marking.labels import Label
from comity.statement.affairs import (
    DisputeOpen,
    DisputeSettle,
    DutyExtend,
    DutyWaive,
    PartyAuthority,
    PartyLawChange,
)
from comity.statement.cases import (
    Affected,
    Certainty,
    ContractorAssure,
    DisclosureRecord,
    Harm,
    IncidentClose,
    IncidentFindings,
    IncidentReport,
    Outcome,
    VisitDecide,
    VisitKind,
    VisitRequest,
)
from comity.statement.custody import InventoryResult
from comity.statement.handling import ItemDestroyed, ItemRecall, ItemReturn
from comity.statement.information import (
    AssuranceGive,
    ConsentAsk,
    ConsentGive,
    ConsentRefuse,
    ConsentWithdraw,
    ItemReceipt,
    ItemReclassify,
    ItemRefusal,
    ItemRelease,
    RequestAnswer,
    RequestDecline,
    RequestMake,
    Subject,
)
from comity.statement.kinds import Body
from comity.statement.passing import ItemThirdPartyRelease, Onward, Sharing
from comity.statement.treaty import (
    AgreementAmend,
    AgreementAnnouncement,
    AgreementCounter,
    AgreementEndNotice,
    AgreementEntryNotification,
    AgreementInitial,
    AgreementInterpretation,
    AgreementPostpone,
    AgreementPropose,
    AgreementResumeCategory,
    AgreementSign,
    AgreementSuspendCategory,
    AgreementSuspendEndNotice,
    AgreementWithdrawEndNotice,
    PartyCard,
)
from comity.statement.trust import JournalAnchor, StatementReject, TimeDispute
from comity.statement.values import CardRef, FileRef, ParcelRef, SealedRef
from tests.builders.speakers import NOON
from tests.builders.support_bodies import sample_support_bodies

ITEM = Place(PartyId("JPN"), 12)
SHA = Digest("ab" * 32)
LINKS = frozenset({"derived_from", "passed_on", "sharing", "rights"})
"""What a release may say besides, and mostly does not."""
ONWARD = Onward(AgreementId("usa-x"), Place(PartyId("KOR"), 3), "군사II급비밀")
SHARING = Sharing(AgreementId("tisa-x"), (PartyId("USA"),), "missiles")
RIGHTS = (PrivateRight.PATENT, PrivateRight.TRADE_SECRET)
DUTY = "cd" * 16
KEYS = ("jpn.example/authority+0a1b2c3d", "jpn.example/authority+4e5f6a7b")


def _kept_bodies() -> tuple[Body, ...]:
    day, other = date(2016, 11, 23), Place(PartyId("KOR"), 3)
    parcel, sealed = ParcelRef(SHA, 1400), SealedRef("xwing", 4096, SHA)
    return (
        ItemRecall((ITEM,), Recalled.EITHER, "released-in-error", day),
        ItemReturn(ITEM, (1, 3), 2, day, parcel, sealed, other),
        ItemDestroyed(ITEM, (2, 4), 1, DestructionMeans.SHRED, day, 2, parcel, sealed, other),
        InventoryResult(day, 12, 17, (ITEM,), other),
    )


def sample_bodies() -> dict[str, Body]:
    """One body of every kind, each field set."""
    file, day, other = FileRef(SHA, 2048), date(2016, 11, 23), Place(PartyId("KOR"), 3)
    parcel, sealed = ParcelRef(SHA, 1400), SealedRef("xwing", 4096, SHA)
    jpn, usa = PartyId("JPN"), PartyId("USA")
    label = Label(
        "秘", "CONFIDENTIAL", "missile-warning", "document", ("warning",), ("post-7",), (jpn,), day
    )
    note = "note of the authority"
    bodies: tuple[Body, ...] = (
        AgreementPropose(file, 1, note, other),
        AgreementCounter(file, 2, note, other),
        AgreementInitial(note),
        AgreementPostpone(note, "domestic-procedure"),
        AgreementSign(note),
        AgreementEntryNotification(day, note),
        AgreementAmend(file, 3, note),
        AgreementEndNotice(day, day, day, note),
        AgreementSuspendEndNotice(other, day, note),
        AgreementWithdrawEndNotice((ITEM, other), day, note),
        AgreementSuspendCategory("missile-warning", NOON, day, note, "talks-on-protection"),
        AgreementResumeCategory(other, NOON, note),
        AgreementInterpretation(other, "notice_suspended", note),
        AgreementAnnouncement("Complete normalisation", day, note),
        PartyCard(CardRef(SHA, 9000, 2)),
        PartyAuthority("Ministry of Defence", KEYS, NOON, day, note),
        PartyLawChange("Act 108 of 2013", "marking", ("4(1)",), day, other, parcel, sealed, note),
        DisputeOpen(("12(a)", "17"), (ITEM, other), (DUTY,), parcel, sealed, note),
        DisputeSettle(other, parcel, sealed, note),
        DutyWaive(ITEM, DUTY, note),
        DutyExtend(ITEM, DUTY, NOON, note),
        AssuranceGive("SECRET", "post-7", need=True, equivalent_protection=True, until=NOON),
        ItemRelease(label, parcel, sealed, ITEM, other, (ITEM, other), ONWARD, SHARING, RIGHTS),
        ItemReceipt(ITEM, SHA, "군사III급비밀"),
        ItemRefusal(ITEM, "marking.unknown", ("4(1)", "7")),
        ItemReclassify(ITEM, "SECRET", "極秘", NOON),
        ConsentAsk((ITEM,), "missile-warning", usa, "warning", day),
        ConsentGive(other, (ITEM,), "missile-warning", usa, "warning", NOON, note),
        ConsentRefuse(other),
        ConsentWithdraw(ITEM),
        ItemThirdPartyRelease(
            ITEM, usa, "warning", (ITEM, other), AgreementId("usa-x"), ITEM, other, ITEM
        ),
        RequestMake("nuclear-test", parcel, sealed, Subject.LAW),
        RequestAnswer(other, ITEM),
        RequestDecline(other),
        *_kept_bodies(),
        *_case_bodies(),
        *sample_support_bodies().values(),
        StatementReject(jpn, 12, "statement.authority", "7", SHA),
        TimeDispute(jpn, 12, NOON, 600_000),
        JournalAnchor(SHA, "jpn.example/journal"),
    )
    return {body.KIND: body for body in bodies}


def _case_bodies() -> tuple[Body, ...]:
    day, other, jpn = date(2016, 11, 23), Place(PartyId("KOR"), 3), PartyId("JPN")
    parcel, sealed = ParcelRef(SHA, 1400), SealedRef("xwing", 4096, SHA)
    label = Label(
        "秘", "CONFIDENTIAL", "missile-warning", "oral", ("warning",), ("post-7",), (jpn,), day
    )
    return (
        IncidentReport(
            (Affected(ITEM, (1, 3)), Affected(other)),
            jpn,
            Harm.COMPROMISE,
            Certainty.POSSIBLE,
            NOON,
            NOON,
            parcel,
            sealed,
        ),
        IncidentFindings(other, Outcome.NEITHER, ("new-lock", "training"), parcel, sealed),
        IncidentClose(other),
        VisitRequest(
            jpn, "fuchu-1", VisitKind.SECURITY, "SECRET", day, day, 4, "SECRET", day, parcel, sealed
        ),
        VisitDecide(other, "CONFIDENTIAL", day, day),
        DisclosureRecord(other, label, NOON, parcel, sealed),
        ContractorAssure(
            "firm-7",
            "plant-2",
            "firm-1",
            ("g", "j"),
            met=True,
            clearance="SECRET",
            document="inspection 2016/33",
            assured_by="security inspector",
            assured_on=day,
            until=day,
            parcel=parcel,
            sealed=sealed,
        ),
    )
