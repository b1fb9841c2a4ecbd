# SPDX-License-Identifier: Apache-2.0
"""Registers of several parties that grow statement by statement, and evidence taken from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import pytest

from comity.basis.errors import InputError, ProofError
from comity.basis.ids import PartyId
from comity.keys.cards import Card, fingerprint, mirror_keys, statement_keys
from comity.statement import evidence
from comity.statement.envelope import Statement
from comity.statement.evidence import (
    POLICY_FILE,
    PROOF_FILE,
    STATEMENT_FILE,
    card_file,
    pin,
    read_evidence,
    verify_evidence,
)
from comity.statement.key_history import CardChange, KeyHistory
from comity.statement.kinds import Body
from comity.statement.treaty import AgreementAnnouncement
from comity.tlog.checkpoints import SignedCheckpoint
from comity.tlog.evidence_proof import TlogProof, format_proof
from comity.tlog.policy import evidence_policy, format_policy
from comity.tlog.proofs import prove_inclusion
from comity.tlog.tree import EMPTY_EDGE, append_leaves, leaf_hash
from tests.builders.speakers import COSIGNED_AT_S, Speaker

Files = dict[str, bytes]
ANNOUNCEMENT = AgreementAnnouncement("signed in Seoul", date(2016, 11, 23), "")


@dataclass
class Registers:
    """Entries of each party, and its speakers: one for each version of its card."""

    speakers: dict[PartyId, dict[int, Speaker]]
    histories: dict[PartyId, KeyHistory]
    entries: dict[PartyId, list[bytes]]
    minute: int = field(default=0)

    def say(
        self,
        party: str,
        body: Body = ANNOUNCEMENT,
        *,
        to: tuple[str, ...] = (),
        seen: Mapping[str, int] | None = None,
    ) -> Statement:
        """Let a party say something to all the others, having seen everything; minutes go by."""
        self.minute += 1
        others = [each for each in self.speakers if each != party]
        sizes = {each: len(self.entries[each]) for each in others} if seen is None else seen
        statement = self.newest(party).say(
            body,
            self.minute,
            to=to or tuple(others),
            seen=tuple((PartyId(each), size) for each, size in sorted(sizes.items())),
        )
        self.entries[PartyId(party)].append(statement.raw)
        return statement

    def renew(self, party: str, seen: Mapping[str, int] | None = None) -> Statement:
        """Let a party enter its next card."""
        renewed = self.newest(party).next()
        statement = self.say(party, renewed.card_body(), seen=seen)
        own = PartyId(party)
        change = CardChange(renewed.card, len(self.entries[own]) - 1, statement.seen)
        self.histories[own] = self.histories[own].with_card(change)
        self.speakers[own][renewed.card.version] = renewed
        return statement

    def newest(self, party: str) -> Speaker:
        """Give the speaker with the newest keys."""
        return self._speaker(self.histories[PartyId(party)].current)

    def checkpoint(self, party: str, size: int) -> SignedCheckpoint:
        """Sign a register at a size by the keys that hold there."""
        own = PartyId(party)
        speaker = self._speaker(self.histories[own].statement_card(size))
        return speaker.checkpoint(self.entries[own][:size])

    def cosigned(
        self, party: str, size: int, cosigners: Iterable[str], time_s: int = COSIGNED_AT_S
    ) -> SignedCheckpoint:
        """Sign a register at a size, and let others cosign it."""
        signed = self.checkpoint(party, size)
        for each in cosigners:
            card = self.histories[PartyId(each)].mirror_card(PartyId(party), size)
            signed = self._speaker(card).cosign(signed, time_s)
        return signed

    def prove(self, party: str, index: int, signed: SignedCheckpoint) -> bytes:
        """Write the proof of one entry in the tree of a checkpoint."""
        size = signed.checkpoint.size
        leaves = [leaf_hash(entry) for entry in self.entries[PartyId(party)][:size]]
        nodes = {
            (level, position): digest
            for level, position, digest in append_leaves(EMPTY_EDGE, leaves).nodes
        }
        proof = prove_inclusion(index, size, lambda level, position: nodes[level, position])
        return format_proof(TlogProof(index, proof.path, signed))

    def evidence(self, party: str, index: int, size: int | None = None) -> Files:
        """Give the files that show one statement, acknowledged by everybody."""
        own = PartyId(party)
        covering = len(self.entries[own]) if size is None else size
        others = [each for each in self.speakers if each != own]
        origin = self.newest(party).origin
        log = (own, statement_keys(self.histories[own].statement_card(covering), origin))
        cosigners = tuple(
            (each, mirror_keys(self.histories[each].mirror_card(own, covering))) for each in others
        )
        files = {
            STATEMENT_FILE: self.entries[own][index],
            PROOF_FILE: self.prove(party, index, self.cosigned(party, covering, others)),
            POLICY_FILE: format_policy(evidence_policy(log, cosigners)),
        }
        for each in self.speakers:
            files |= self.card_files(each)
        return files

    def card_files(self, party: str) -> Files:
        """Give a party's cards, the later ones with what entered them."""
        own = PartyId(party)
        history = self.histories[own]
        files = {card_file(own, history.first.version, "card"): history.first.raw}
        for change in history.changes:
            version, size = change.card.version, change.index + 1
            files |= {
                card_file(own, version, "card"): change.card.raw,
                card_file(own, version, "json"): self.entries[own][change.index],
                card_file(own, version, "tlog-proof"): self.prove(
                    party, change.index, self.checkpoint(party, size)
                ),
            }
        return files

    def _speaker(self, card: Card) -> Speaker:
        return self.speakers[card.party][card.version]


def registers_of(*speakers: Speaker) -> Registers:
    """Begin with nothing said."""
    return Registers(
        {each.party: {each.card.version: each} for each in speakers},
        {each.party: KeyHistory(each.card) for each in speakers},
        {each.party: [] for each in speakers},
    )


def tell(registers: Registers) -> None:
    """Let both parties speak and change their cards.

    JPN: 0 1 2, card 2 at 3, 4 5, card 3 at 6, 7. KOR: 0, card 2 at 1 (JPN 5 seen), 2, card 3 at 3.
    """
    for _ in range(3):
        registers.say("JPN")
    registers.say("KOR")
    registers.renew("JPN")
    registers.say("JPN")
    registers.renew("KOR")
    registers.say("JPN")
    registers.say("KOR")
    registers.renew("JPN")
    registers.renew("KOR")
    registers.say("JPN")


@dataclass(frozen=True)
class Exchange:
    """What `tell` tells, and what a verifier has pinned of it."""

    registers: Registers
    trusted: frozenset[str]


def trust(*cards: Card) -> frozenset[str]:
    """Pin cards, each for its party."""
    return frozenset(pin(fingerprint(card), card.party) for card in cards)


def trust_all(registers: Registers) -> frozenset[str]:
    """Pin every party of some registers."""
    return trust(*(history.first for history in registers.histories.values()))


def verified(files: Files, trusted: frozenset[str]) -> evidence.Testimony:
    """Verify a folder's files."""
    return verify_evidence(read_evidence(files), trusted=trusted)


def refusal(files: Files, trusted: frozenset[str]) -> str:
    """Give the code by which a folder's files are refused."""
    with pytest.raises((InputError, ProofError)) as caught:
        verified(files, trusted)
    return caught.value.code
