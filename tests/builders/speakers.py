# SPDX-License-Identifier: Apache-2.0
"""Parties with real keys from fixed seeds, who speak, sign, cosign, and change their cards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from comity.basis.ids import AgreementId, Digest, Domain, PartyId, digest_of
from comity.basis.instants import Instant, parse_instant
from comity.keys.authority import authority_text
from comity.keys.cards import (
    Card,
    authority_keys,
    card_key,
    card_text,
    mirror_keys,
    read_card_unverified,
    root_keys,
    statement_keys,
)
from comity.keys.notes import Note, VerifierKey, format_note, note_signature
from comity.keys.signing import PrivateKey, sign
from comity.keys.suites import Algorithm, KeyUse
from comity.statement.authorised import draft_authority_digest, with_authority
from comity.statement.drafting import compose, draft_statement
from comity.statement.envelope import Seen, Statement, StatementDraft
from comity.statement.kinds import Body
from comity.statement.treaty import PartyCard
from comity.statement.values import AgreementRef, CardRef
from comity.tlog.checkpoints import (
    Checkpoint,
    SignedCheckpoint,
    log_messages,
    log_signatures,
    signed_checkpoint,
    with_cosignatures,
)
from comity.tlog.cosignatures import cosigner_messages, cosigner_signatures
from comity.tlog.tree import EMPTY_EDGE, append_leaves, edge_root, leaf_hash
from tests.builders.holders import seeded_key

NOON = parse_instant("2016-12-16T03:00:00Z")
ISSUED_AT = parse_instant("2016-11-01T00:00:00Z")
AGREEMENT = AgreementRef(AgreementId("gsomia-jpn-kor"), Digest("5e" * 32))
SIGNING = (Algorithm.ED25519, Algorithm.MLDSA44)
COSIGNED_AT_S = NOON // 1000
UNSERVED = PartyId("USA")
"""The party whose cards are of before nodes were served: they name no key of TLS."""


@dataclass(frozen=True)
class Speaker:
    """A party, its card and its private keys; `seed` changes with each set of keys.

    `root_seed` is for whoever poses as the party: without it the roots are the party's own.
    """

    party: PartyId
    domain: Domain
    card: Card
    seed: str
    root_seed: str = ""

    @property
    def origin(self) -> str:
        return f"{self.domain}/register/{AGREEMENT.id}"

    def say(
        self,
        body: Body,
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
        self, body: Body, *, to: tuple[str, ...] = ("KOR",), nonce: int = 1
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
        seed = (self.root_seed or self.party) if use is KeyUse.ROOT else self.seed
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
            addresses=(f"https://comity.{self.domain}:8443/wire",),
            version=1,
            issued_at=ISSUED_AT,
            keys=tuple(
                card_key(
                    use, algorithm, public=self.key(use, algorithm).public, valid_from=ISSUED_AT
                )
                for use, algorithm in pairs
            ),
            limits=(("push_bytes_max", 4_194_304),),
            tls_pins=() if self.party == UNSERVED else (digest_of(f"{self.seed}/tls".encode()),),
        )

    def sign_card(self, card: Card) -> Card:
        text = card_text(card)
        return read_card_unverified(self.sign_text(text, root_keys(card), KeyUse.ROOT))

    def card_body(self, **changes: object) -> PartyCard:
        """Give the body that enters this speaker's card."""
        ref = CardRef(digest_of(self.card.raw), len(self.card.raw), self.card.version)
        return PartyCard(structs.replace(ref, **changes))  # type: ignore[arg-type]

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

    def cosign(self, signed: SignedCheckpoint, time_s: int = COSIGNED_AT_S) -> SignedCheckpoint:
        """Add both cosignatures of this speaker's mirror keys."""
        keys = mirror_keys(self.card)
        messages = cosigner_messages(keys[0].name, signed.checkpoint, time_s)
        signatures = tuple(
            sign(self.key(KeyUse.MIRROR, algorithm), message)
            for algorithm, message in zip(SIGNING, messages, strict=True)
        )
        lines = cosigner_signatures(keys, (signatures[0], signatures[1]), time_s=time_s)
        return with_cosignatures(signed, lines)


def posing_as(party: str, speaker: Speaker, root_seed: str) -> Speaker:
    """Give a speaker who names itself another party, in a card by its own roots."""
    posing = replace(speaker, party=PartyId(party), root_seed=root_seed)
    return replace(posing, card=posing.sign_card(posing.unsigned_card()))


def at_minute(minute: int) -> Instant:
    return Instant(NOON + minute * 60_000)


def make_speaker(party: str) -> Speaker:
    blank = Speaker(PartyId(party), Domain(f"{party.lower()}.example"), None, party)  # type: ignore[arg-type]
    return replace(blank, card=blank.sign_card(blank.unsigned_card()))
