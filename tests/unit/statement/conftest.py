# SPDX-License-Identifier: Apache-2.0
"""Parties with real keys from fixed seeds, who speak, sign, and change their cards."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import pytest

from comity.basis.ids import AgreementId, Digest, Domain, PartyId, Place, digest_of
from comity.basis.instants import Instant, parse_instant
from comity.keys.authority import authority_text
from comity.keys.cards import (
    Card,
    authority_keys,
    card_key,
    card_text,
    read_card_unverified,
    root_keys,
    statement_keys,
)
from comity.keys.notes import Note, VerifierKey, format_note, note_signature
from comity.keys.signing import PrivateKey, sign
from comity.keys.suites import Algorithm, KeyUse
from comity.marking.labels import Label
from comity.statement.authorised import draft_authority_digest, with_authority
from comity.statement.drafting import compose, draft_statement
from comity.statement.envelope import Seen, Statement, StatementDraft
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
)
from comity.statement.kinds import SpokenBody
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
    AgreementSign,
    AgreementSuspendEndNotice,
    AgreementWithdrawEndNotice,
    PartyCard,
)
from comity.statement.trust import JournalAnchor, StatementReject, TimeDispute
from comity.statement.values import AgreementRef, CardRef, FileRef, ParcelRef, SealedRef
from comity.tlog.checkpoints import (
    Checkpoint,
    SignedCheckpoint,
    log_messages,
    log_signatures,
    signed_checkpoint,
)
from comity.tlog.tree import EMPTY_EDGE, append_leaves, edge_root, leaf_hash

NOON = parse_instant("2016-12-16T03:00:00Z")
ISSUED_AT = parse_instant("2016-11-01T00:00:00Z")
AGREEMENT = AgreementRef(AgreementId("gsomia-jpn-kor"), Digest("5e" * 32))
SIGNING = (Algorithm.ED25519, Algorithm.MLDSA44)


@cache
def seeded_key(seed: str, algorithm: Algorithm) -> PrivateKey:
    size = 96 if algorithm is Algorithm.XWING else 32
    return PrivateKey(algorithm, hashlib.shake_256(f"{seed}/{algorithm}".encode()).digest(size))


@dataclass(frozen=True)
class Speaker:
    """A party, its card and its private keys; `seed` changes with each set of keys."""

    party: PartyId
    domain: Domain
    card: Card
    seed: str

    @property
    def origin(self) -> str:
        return f"{self.domain}/register/{AGREEMENT.id}"

    def say(
        self,
        body: SpokenBody,
        minute: int = 0,
        *,
        to: tuple[str, ...] = ("KOR",),
        nonce: int = 0,
        seen: Seen = (),
    ) -> Statement:
        """Make a statement `minute` minutes after noon, with its authority note."""
        draft = self.draft(body, to=to, nonce=nonce or minute + 1)
        return compose(self.authorise(draft), at=at_minute(minute), seen=seen)

    def draft(
        self, body: SpokenBody, *, to: tuple[str, ...] = ("KOR",), nonce: int = 1
    ) -> StatementDraft:
        recipients = tuple(PartyId(party) for party in to if party != self.party)
        if not recipients:
            recipients = (PartyId("JPN"),)
        return draft_statement(body, AGREEMENT, by=self.party, to=recipients, nonce=f"{nonce:032x}")

    def authorise(self, draft: StatementDraft, enter_by: Instant | None = None) -> StatementDraft:
        last = at_minute(60 * 24) if enter_by is None else enter_by
        text = authority_text(draft_authority_digest(draft), last)
        note = self.sign_text(text, authority_keys(self.card), KeyUse.AUTHORITY)
        return with_authority(draft, note.decode())

    def sign_text(self, text: str, keys: tuple[VerifierKey, ...], use: KeyUse) -> bytes:
        signatures = tuple(
            note_signature(key, sign(self.key(use, algorithm), text.encode()))
            for key, algorithm in zip(keys, SIGNING, strict=True)
        )
        return format_note(Note(text, signatures))

    def key(self, use: KeyUse, algorithm: Algorithm) -> PrivateKey:
        seed = self.party if use is KeyUse.ROOT else self.seed
        return seeded_key(f"{seed}/{use}", algorithm)

    def next(self, **changes: object) -> "Speaker":
        """Give the speaker with its next card, all keys but the roots new."""
        version = self.card.version + 1
        renewed = replace(self, seed=f"{self.party}{version}")
        unsigned = replace(
            renewed.unsigned_card(),
            version=version,
            **changes,  # type: ignore[arg-type]
        )
        return replace(renewed, card=renewed.sign_card(unsigned))

    def unsigned_card(self) -> Card:
        uses = (KeyUse.ROOT, KeyUse.AUTHORITY, KeyUse.STATEMENT, KeyUse.MIRROR)
        pairs = [(use, algorithm) for use in uses for algorithm in SIGNING]
        pairs += [(KeyUse.ONLINE, Algorithm.ED25519), (KeyUse.SEALING, Algorithm.XWING)]
        return Card(
            party=self.party,
            domain=self.domain,
            names=(("en", self.party),),
            competent_authority="Ministry of Defense",
            addresses=(),
            version=1,
            issued_at=ISSUED_AT,
            keys=tuple(
                card_key(
                    use, algorithm, public=self.key(use, algorithm).public, valid_from=ISSUED_AT
                )
                for use, algorithm in pairs
            ),
        )

    def sign_card(self, card: Card) -> Card:
        text = card_text(card)
        return read_card_unverified(self.sign_text(text, root_keys(card), KeyUse.ROOT))

    def card_body(self, **changes: object) -> PartyCard:
        """Give the body that enters this speaker's card."""
        ref = CardRef(digest_of(self.card.raw), len(self.card.raw), self.card.version)
        return PartyCard(replace(ref, **changes))  # type: ignore[arg-type]

    def checkpoint(self, entries: Sequence[bytes], root: bytes | None = None) -> SignedCheckpoint:
        """Sign the register that holds exactly these entries."""
        edge = append_leaves(EMPTY_EDGE, [leaf_hash(entry) for entry in entries]).edge
        checkpoint = Checkpoint(self.origin, edge.size, root or edge_root(edge))
        messages = log_messages(checkpoint, 0)
        signatures = tuple(
            sign(self.key(KeyUse.STATEMENT, algorithm), message)
            for algorithm, message in zip(SIGNING, messages, strict=True)
        )
        keys = statement_keys(self.card, self.origin)
        lines = log_signatures(keys, (signatures[0], signatures[1]), time_s=0)
        return signed_checkpoint(checkpoint, lines)


def at_minute(minute: int) -> Instant:
    return Instant(NOON + minute * 60_000)


def make_speaker(party: str) -> Speaker:
    blank = Speaker(PartyId(party), Domain(f"{party.lower()}.example"), None, party)  # type: ignore[arg-type]
    return replace(blank, card=blank.sign_card(blank.unsigned_card()))


@pytest.fixture(scope="session")
def jpn() -> Speaker:
    return make_speaker("JPN")


@pytest.fixture(scope="session")
def kor() -> Speaker:
    return make_speaker("KOR")


@pytest.fixture(scope="session")
def usa() -> Speaker:
    return make_speaker("USA")


@pytest.fixture(scope="session")
def minute() -> Callable[[int], Instant]:
    return at_minute


ITEM = Place(PartyId("JPN"), 12)
SHA = Digest("ab" * 32)


def sample_bodies() -> dict[str, SpokenBody]:
    """One body of every kind, each field set."""
    file, day, other = FileRef(SHA, 2048), date(2016, 11, 23), Place(PartyId("KOR"), 3)
    parcel, sealed = ParcelRef(SHA, 1400), SealedRef("xwing", 4096, SHA)
    jpn, usa = PartyId("JPN"), PartyId("USA")
    label = Label(
        "秘", "CONFIDENTIAL", "missile-warning", "document", ("warning",), (), (jpn,), day
    )
    note = "note of the authority"
    bodies: tuple[SpokenBody, ...] = (
        AgreementPropose(file, 1, note),
        AgreementCounter(file, 2, note, other),
        AgreementInitial(note),
        AgreementPostpone(note, "domestic-procedure"),
        AgreementSign(note),
        AgreementEntryNotification(day, note),
        AgreementAmend(file, 3, note),
        AgreementEndNotice(day, day, day, note),
        AgreementSuspendEndNotice(other, day, note),
        AgreementWithdrawEndNotice((ITEM, other), day, note),
        AgreementInterpretation(other, "notice_suspended", note),
        AgreementAnnouncement("Complete normalisation", day, note),
        PartyCard(CardRef(SHA, 9000, 2)),
        AssuranceGive("SECRET", "post-7", need=True, equivalent_protection=True, until=NOON),
        ItemRelease(label, parcel, sealed, ITEM, other),
        ItemReceipt(ITEM, SHA, "군사III급비밀"),
        ItemRefusal(ITEM, "marking.unknown", ("4(1)", "7")),
        ItemReclassify(ITEM, "SECRET", "極秘", NOON),
        ConsentAsk((ITEM,), "missile-warning", usa, "warning", day),
        ConsentGive(other, (ITEM,), "missile-warning", usa, "warning", NOON, note),
        ConsentRefuse(other),
        ConsentWithdraw(ITEM),
        RequestMake("nuclear-test", parcel, sealed),
        RequestAnswer(other, ITEM),
        RequestDecline(other),
        StatementReject(jpn, 12, "statement.authority", "7"),
        TimeDispute(jpn, 12, NOON, 600_000),
        JournalAnchor(SHA, "jpn.example/journal"),
    )
    return {body.KIND: body for body in bodies}


@pytest.fixture(scope="session")
def bodies() -> dict[str, SpokenBody]:
    return sample_bodies()


@pytest.fixture(scope="session")
def draft_of(jpn: Speaker) -> Callable[[SpokenBody], StatementDraft]:
    return jpn.draft
