# SPDX-License-Identifier: Apache-2.0
"""Stories of items: released, receipted, refused, made into others, asked for, lost, destroyed."""

from __future__ import annotations

from collections.abc import Generator
from functools import cache
from typing import Final

from bench.telling import BEGIN, JPN, KOR, Story, Telling, Word
from comity.agreement.acts import DestructionMeans, Recalled
from comity.basis.ids import AgreementId, PartyId, Place, digest_of
from comity.basis.instants import parse_date
from comity.keys.authority import authority_text
from comity.keys.notes import Note, NoteSignature, format_note
from comity.marking.labels import Label
from comity.statement.cases import (
    Affected,
    Certainty,
    DisclosureRecord,
    Harm,
    IncidentClose,
    IncidentFindings,
    IncidentReport,
    Outcome,
)
from comity.statement.custody import InventoryResult
from comity.statement.handling import ItemDestroyed, ItemRecall, ItemReturn
from comity.statement.information import (
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
)
from comity.statement.passing import ItemThirdPartyRelease
from comity.statement.trust import StatementReject, TimeDispute
from comity.statement.values import ParcelRef, SealedRef

Given = Generator[Word, Place, tuple[Place, Label]]

_USA: Final = PartyId("USA")
_ONWARD: Final = AgreementId("gsomia-kor-usa")
SHA: Final = digest_of(b"parcel")
TEXT: Final = (ParcelRef(SHA, 1_400), SealedRef("xwing", 4_096, SHA))
NEXT_YEAR: Final = parse_date("2017-11-01")
MARKINGS: Final = {
    (JPN, "SECRET"): "極秘",
    (JPN, "CONFIDENTIAL"): "秘",
    (KOR, "SECRET"): "군사II급비밀",
    (KOR, "CONFIDENTIAL"): "군사III급비밀",
}
_CATEGORIES: Final = ("missile-warning", "missile-activity", "air", "maritime")
_PURPOSES: Final = (("warning",), ("assessment", "warning"), ("planning",))


def given(tell: Telling, by: PartyId, to: PartyId) -> Given:
    """Release an item and receipt it."""
    label = label_of(tell, by)
    item = yield Word(by, release(label))
    yield Word(to, receipt(to, item, label.level))
    return item, label


def label_of(tell: Telling, by: PartyId, form: str = "document") -> Label:
    """Draw how an item of a party is marked."""
    level = tell.draws.choice(("SECRET", "CONFIDENTIAL"))
    category, purposes = tell.draws.choice(_CATEGORIES), tell.draws.choice(_PURPOSES)
    return Label(MARKINGS[by, level], level, category, form, purposes, (), (by,))


def release(label: Label) -> ItemRelease:
    """Release an item without links."""
    return ItemRelease(label, *TEXT)


def receipt(by: PartyId, item: Place, level: str) -> ItemReceipt:
    """Receipt an item, or what was given back, under the party's own marking."""
    return ItemReceipt(item, SHA, MARKINGS[by, level])


@cache
def note(by: PartyId) -> str:
    """Give a note of the size of real ones, by the same two keys each time; nobody verifies it."""
    name = f"{by.lower()}.example/authority"
    lines = (
        NoteSignature(name, bytes(4), bytes(64)),
        NoteSignature(name, bytes(3) + b"1", bytes(2_420)),
    )
    return format_note(Note(authority_text(SHA, BEGIN), lines)).decode()


def _exchanged(tell: Telling) -> Story:
    yield from given(tell, *tell.pair())


def _refused(tell: Telling) -> Story:
    by, to = tell.pair()
    item = yield Word(by, release(label_of(tell, by)))
    yield Word(to, ItemRefusal(item, "marking.unknown", ("4(1)",)))


def _superseded(tell: Telling) -> Story:
    by, to = tell.pair()
    item, label = yield from given(tell, by, to)
    newer = yield Word(by, ItemRelease(label, *TEXT, supersedes=item))
    yield Word(to, receipt(to, newer, label.level))


def _derived(tell: Telling) -> Story:
    by, to = tell.pair()
    item, label = yield from given(tell, by, to)
    theirs = Label(
        MARKINGS[to, label.level],
        label.level,
        label.category,
        "document",
        label.purposes,
        (),
        (JPN, KOR),
    )
    made = yield Word(to, ItemRelease(theirs, *TEXT, derived_from=(item,)))
    yield Word(by, receipt(by, made, label.level))


def _asked(tell: Telling) -> Story:
    by, to = tell.pair()
    request = yield Word(to, RequestMake(_CATEGORIES[0], *TEXT))
    label = label_of(tell, by)
    item = yield Word(by, ItemRelease(label, *TEXT, answers=request))
    yield Word(to, receipt(to, item, label.level))


def _answered(tell: Telling) -> Story:
    by, to = tell.pair()
    request = yield Word(to, RequestMake(_CATEGORIES[0], *TEXT))
    item, _ = yield from given(tell, by, to)
    yield Word(by, RequestAnswer(request, item))


def _declined(tell: Telling) -> Story:
    by, to = tell.pair()
    request = yield Word(to, RequestMake(_CATEGORIES[0], *TEXT))
    yield Word(by, RequestDecline(request))


def _passed_on(tell: Telling) -> Story:
    by, to = tell.pair()
    item, label = yield from given(tell, by, to)
    purpose = label.purposes[0]
    ask = yield Word(to, ConsentAsk((item,), None, _USA, purpose, NEXT_YEAR))
    consent = yield Word(by, _consent(by, ask, item, purpose))
    wish = (item, _USA, purpose)
    passed = yield Word(to, ItemThirdPartyRelease(*wish, (consent,), _ONWARD))
    number = tell.count("onward")
    there, receipt = Place(to, number), Place(_USA, number)
    yield Word(to, ItemThirdPartyRelease(*wish, (), _ONWARD, there, None, passed))
    yield Word(to, ItemThirdPartyRelease(*wish, (), _ONWARD, there, receipt, passed))


def _not_consented(tell: Telling) -> Story:
    by, to = tell.pair()
    item, label = yield from given(tell, by, to)
    ask = yield Word(to, ConsentAsk((item,), None, _USA, label.purposes[0], None))
    yield Word(by, ConsentRefuse(ask))


def _consent_withdrawn(tell: Telling) -> Story:
    by, to = tell.pair()
    item, label = yield from given(tell, by, to)
    consent = yield Word(by, _consent(by, None, item, label.purposes[0]))
    yield Word(by, ConsentWithdraw(consent))


def _reclassified(tell: Telling) -> Story:
    by, to = tell.pair()
    item, label = yield from given(tell, by, to)
    level = "SECRET" if label.level == "CONFIDENTIAL" else "CONFIDENTIAL"
    yield Word(by, ItemReclassify(item, level, MARKINGS[by, level], tell.at))
    yield Word(to, receipt(to, item, level))


def _destroyed(tell: Telling) -> Story:
    by, to = tell.pair()
    item, _ = yield from given(tell, by, to)
    yield Word(to, ItemDestroyed(item, (1,), 0, DestructionMeans.SHRED, tell.today, 2, *TEXT))


def _returned(tell: Telling) -> Story:
    by, to = tell.pair()
    item, label = yield from given(tell, by, to)
    yield Word(by, ItemRecall((item,), Recalled.EITHER, "released-in-error", NEXT_YEAR))
    back = yield Word(to, ItemReturn(item, (1,), 0, tell.today, *TEXT))
    yield Word(by, receipt(by, back, label.level))


def _counted(tell: Telling) -> Story:
    by, _ = tell.pair()
    yield Word(by, InventoryResult(tell.today, 1_200, 1_300, (), None))


def _lost(tell: Telling) -> Story:
    by, to = tell.pair()
    item, _ = yield from given(tell, by, to)
    affected, at = (Affected(item, (1,)),), tell.at
    report = yield Word(
        to, IncidentReport(affected, to, Harm.LOSS, Certainty.POSSIBLE, at, at, *TEXT)
    )
    yield Word(to, InventoryResult(tell.today, 1_200, 1_299, (item,), report))
    yield Word(to, IncidentFindings(report, Outcome.LOSS, ("new-lock", "training"), *TEXT))
    yield Word(by, IncidentClose(report))


def _told_by_word(tell: Telling) -> Story:
    by, _ = tell.pair()
    yield Word(by, DisclosureRecord(None, label_of(tell, by, "oral"), tell.at, *TEXT))


def _rejected(tell: Telling) -> Story:
    by, to = tell.pair()
    item = yield Word(by, release(label_of(tell, by)))
    yield Word(to, StatementReject(by, item.index, "item.not-assured", "7(5)", SHA))


def _clock_disputed(tell: Telling) -> Story:
    by, to = tell.pair()
    item, _ = yield from given(tell, by, to)
    yield Word(to, TimeDispute(by, item.index, tell.at, 600_000))


def _consent(by: PartyId, ask: Place | None, item: Place, purpose: str) -> ConsentGive:
    return ConsentGive(ask, (item,), None, _USA, purpose, NEXT_YEAR, note(by))


ITEM_STORIES: Final = (
    (_exchanged, 320),
    (_refused, 12),
    (_superseded, 10),
    (_derived, 20),
    (_asked, 12),
    (_answered, 4),
    (_declined, 6),
    (_passed_on, 8),
    (_not_consented, 3),
    (_consent_withdrawn, 4),
    (_reclassified, 12),
    (_destroyed, 40),
    (_returned, 8),
    (_counted, 4),
    (_lost, 4),
    (_told_by_word, 8),
    (_rejected, 2),
    (_clock_disputed, 2),
)
"""Each story and its share of all that are told."""
