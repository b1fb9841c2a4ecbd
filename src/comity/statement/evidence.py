# SPDX-License-Identifier: Apache-2.0
"""Evidence: a folder that shows one statement to an outsider, with no node and no network.

Trust comes from pinned fingerprints alone; the folder's own policy and cards are held against them
and never believed. Source: DESIGN section 6, Evidence; C2SP tlog-proof, tlog-policy
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from msgspec import Struct

from comity.basis.errors import InputError, ProofError, excerpt
from comity.basis.ids import PartyId, Place, digest_of, parse_party_id
from comity.basis.limits import CARD_VERSION_MAX, EVIDENCE_CARDS_MAX
from comity.keys.cards import (
    Card,
    fingerprint,
    format_fingerprint,
    mirror_keys,
    parse_fingerprint,
    read_card_unverified,
    statement_keys,
    verify_card,
    verify_succession,
)
from comity.statement.authorised import verify_authority
from comity.statement.envelope import Seen, Statement, parse_statement
from comity.statement.key_history import CardChange, KeyHistory
from comity.statement.treaty import PartyCard
from comity.statement.values import CardRef
from comity.tlog.checkpoints import KeyPair, SignedCheckpoint, verify_log
from comity.tlog.cosignatures import verify_cosignatures
from comity.tlog.evidence_proof import TlogProof, parse_proof, verify_entry
from comity.tlog.origin import register_origin
from comity.tlog.policy import evidence_policy, format_policy, verify_policy

STATEMENT_FILE: Final = "statement.json"
PROOF_FILE: Final = "statement.tlog-proof"
POLICY_FILE: Final = "policy"
_CARDS_KEPT: Final = 2 * EVIDENCE_CARDS_MAX

_CARD_FILE: Final = re.compile(
    r"cards/(?P<party>[A-Z][A-Z0-9-]{0,31})\.(?P<version>[1-9][0-9]{0,6})"
    r"\.(?P<part>card|json|tlog-proof)"
)


class EvidenceCard(Struct, frozen=True, gc=False):
    """One version of a party's card; a later one comes with the statement that entered it."""

    party: PartyId
    version: int
    card: bytes
    statement: bytes | None
    proof: bytes | None


class Evidence(Struct, frozen=True, gc=False):
    """An evidence folder's files, read but not verified; cards by party and version."""

    statement: bytes
    proof: bytes
    policy: bytes
    cards: tuple[EvidenceCard, ...]


class Acknowledgement(Struct, frozen=True, gc=False):
    """A partner that cosigned, and the POSIX second that each of its cosignatures names: one."""

    party: PartyId
    times_s: tuple[int, int]


class Testimony(Struct, frozen=True, gc=False):
    """What verified evidence shows: who said what, where it stands, who acknowledged it."""

    statement: Statement
    place: Place
    origin: str
    tree_size: int
    acknowledged: tuple[Acknowledgement, ...]
    fingerprints: tuple[tuple[PartyId, str], ...]


def card_file(party: PartyId, version: int, part: str) -> str:
    """Name a card's file; `part` is `card`, or `json` or `tlog-proof` of its statement."""
    return f"cards/{party}.{version}.{part}"


def read_evidence(files: Mapping[str, bytes]) -> Evidence:
    """Sort a folder's files, by their names within it.

    Raises:
        InputError: a file is missing, or one is there that evidence does not have.
    """
    versions: dict[tuple[PartyId, int], dict[str, bytes]] = {}
    for name in sorted(files.keys() - {STATEMENT_FILE, PROOF_FILE, POLICY_FILE}):
        match = _CARD_FILE.fullmatch(name)
        if match is None or int(match["version"]) > CARD_VERSION_MAX:
            raise _unreadable("not a file of evidence", name)
        key = (parse_party_id(match["party"]), int(match["version"]))
        versions.setdefault(key, {})[match["part"]] = files[name]
    if not 2 <= len(versions) <= EVIDENCE_CARDS_MAX:
        raise _unreadable("too few or too many cards", f"{len(versions)} cards")
    return Evidence(
        statement=_file(files, STATEMENT_FILE),
        proof=_file(files, PROOF_FILE),
        policy=_file(files, POLICY_FILE),
        cards=tuple(_card(*key, versions[key]) for key in sorted(versions)),
    )


def verify_evidence(evidence: Evidence, *, trusted: frozenset[str]) -> Testimony:
    """Check evidence against the root fingerprints that the verifier has pinned.

    `trusted` holds pins as `pin` writes them: for one party, or for whichever names itself.

    1. the statement stands in the tree at its place: no changed byte of it is even read;
    2. the cards: each party's first one by its own roots, each later one as its successor,
       entered by the party itself in its register of this agreement;
    3. the statement reads, and speaks for the party and the register that the proof names;
    4. the policy is exactly the one that these cards give at this tree size;
    5. both signatures of the log hold, and both cosignatures of every partner, of one time;
    6. the authority keys of that place signed it, if it binds the state;
    7. every party's roots are pinned.

    Raises:
        InputError: a file does not read.
        ProofError: a step fails; `evidence.not-pinned` when only the last one does.

    Source: DESIGN section 6, Evidence
    """
    proof = parse_proof(evidence.proof)
    verify_entry(proof, evidence.statement)  # 1
    statement = parse_statement(evidence.statement, STATEMENT_FILE)
    histories = _verify_cards(evidence.cards, statement)  # 2
    origin = _check_speaker(statement, proof, histories)  # 3
    size = proof.checkpoint.checkpoint.size
    log = (statement.by, statement_keys(histories[statement.by].statement_card(size), origin))
    cosigners = tuple(
        (party, mirror_keys(history.mirror_card(statement.by, size)))
        for party, history in sorted(histories.items())
        if party != statement.by
    )
    expected = evidence_policy(log, cosigners)
    if evidence.policy != format_policy(expected):
        raise _unproven("policy", "the policy is not the one that the cards give at this size")  # 4
    verify_policy(expected, proof.checkpoint)  # 5
    acknowledged = tuple(_acknowledged(proof.checkpoint, *each) for each in cosigners)
    verify_authority(statement, histories[statement.by].card_at(proof.index))  # 6
    fingerprints = tuple((party, fingerprint(each.first)) for party, each in histories.items())
    _check_pinned(fingerprints, trusted)  # 7
    return Testimony(
        statement=statement,
        place=Place(statement.by, proof.index),
        origin=origin,
        tree_size=size,
        acknowledged=acknowledged,
        fingerprints=fingerprints,
    )


def _verify_cards(
    cards: tuple[EvidenceCard, ...], statement: Statement
) -> dict[PartyId, KeyHistory]:
    histories: dict[PartyId, KeyHistory] = {}
    for each in cards:
        known = histories.get(each.party)
        if known is None:
            histories[each.party] = KeyHistory(_first_card(each))
        else:
            histories[each.party] = known.with_card(_card_change(each, known, statement))
    return histories


def _first_card(each: EvidenceCard) -> Card:
    name = card_file(each.party, each.version, "card")
    if each.statement is not None or each.proof is not None:
        raise _unreadable("the first card of a party comes without a statement", name)
    card = _verified_card(each.card)
    _check_card_name(each, card, name)
    return card


@lru_cache(maxsize=_CARDS_KEPT)
def _verified_card(raw: bytes) -> Card:
    """Read a card that its own roots signed: the same few stand in every folder of a report."""
    return verify_card(raw, fingerprint=fingerprint(read_card_unverified(raw)))


def _card_change(each: EvidenceCard, known: KeyHistory, statement: Statement) -> CardChange:
    """Check a later card, by the statement that its party entered, signed by the keys before."""
    name = card_file(each.party, each.version, "card")
    if each.statement is None or each.proof is None:
        raise _unreadable("a later card comes with the statement that entered it", name)
    card = verify_succession(known.current, each.card)
    _check_card_name(each, card, name)
    entered = parse_statement(each.statement, card_file(each.party, each.version, "json"))
    proof = parse_proof(each.proof)
    origin = register_origin(card.domain, statement.agreement_id)
    _expect(name, f"{entered.agreement_id} {entered.by}", f"{statement.agreement_id} {each.party}")
    if not isinstance(entered.body, PartyCard) or entered.body.card != _card_ref(card):
        raise _unproven(name, "the statement enters another card")
    size = proof.checkpoint.checkpoint.size
    _expect(name, str(size), str(proof.index + 1))
    _check_follows(name, known, proof.index, entered.seen)
    verify_log(proof.checkpoint, statement_keys(known.current, origin))
    verify_entry(proof, each.statement)
    return CardChange(card, proof.index, entered.seen)


def _card_ref(card: Card) -> CardRef:
    return CardRef(digest_of(card.raw), len(card.raw), card.version)


def _check_follows(name: str, known: KeyHistory, index: int, seen: Seen) -> None:
    """Refuse what no judging of a register admits: it decides which keys count for which size."""
    if not known.changes:
        return
    before = known.changes[-1]
    if index <= before.index:
        raise _unproven(name, "the card was entered before the one that it follows")
    if any(dict(seen).get(party, 0) < size for party, size in before.seen):
        raise _unproven(name, "the statement has seen less than the one before")


def _check_card_name(each: EvidenceCard, card: Card, name: str) -> None:
    _expect(name, f"{card.party} {card.version}", f"{each.party} {each.version}")


def _check_speaker(
    statement: Statement, proof: TlogProof, histories: Mapping[PartyId, KeyHistory]
) -> str:
    missing = {statement.by, *statement.to} - histories.keys()
    if missing:
        raise _unproven("cards", f"no card of {', '.join(sorted(missing))}")
    domains = {history.first.domain for history in histories.values()}
    if len(domains) < len(histories):
        raise _unproven("cards", "two parties claim one domain")
    origin = register_origin(histories[statement.by].first.domain, statement.agreement_id)
    _expect(PROOF_FILE, proof.checkpoint.checkpoint.origin, origin)
    return origin


def _check_pinned(fingerprints: tuple[tuple[PartyId, str], ...], trusted: frozenset[str]) -> None:
    unpinned = [
        (party, digits)
        for party, digits in fingerprints
        if trusted.isdisjoint({pin(digits), pin(digits, party)})
    ]
    if unpinned:
        party, digits = unpinned[0]
        raise ProofError(
            "evidence.not-pinned",
            "not verified: consistent, but by keys you have not pinned",
            where=f"card of {party}",
            found=format_fingerprint(digits),
            hint="compare this fingerprint with the party by another way, then give it to --trust",
        )


def _acknowledged(signed: SignedCheckpoint, party: PartyId, keys: KeyPair) -> Acknowledgement:
    time_s = verify_cosignatures(signed, keys).time_s
    return Acknowledgement(party, (time_s, time_s))


def _card(party: PartyId, version: int, parts: Mapping[str, bytes]) -> EvidenceCard:
    if "card" not in parts:
        raise _unreadable("a card is missing", card_file(party, version, "card"))
    return EvidenceCard(party, version, parts["card"], parts.get("json"), parts.get("tlog-proof"))


def _file(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise _unreadable("a file of the evidence is missing", name)
    return files[name]


def _expect(where: str, found: str, expected: str) -> None:
    if found != expected:
        raise ProofError(
            "evidence.mismatch",
            "evidence does not belong together",
            where=where,
            expected=excerpt(expected),
            found=excerpt(found),
            hint="do not rely on it; ask the party for new evidence",
        )


def _unproven(where: str, what: str) -> ProofError:
    return ProofError(
        "evidence.mismatch",
        what,
        where=where,
        hint="do not rely on it; ask the party for new evidence",
    )


def _unreadable(what: str, found: str) -> InputError:
    return InputError(
        "evidence.unreadable",
        what,
        found=excerpt(found),
        expected=f"{STATEMENT_FILE}, {PROOF_FILE}, {POLICY_FILE} and cards/PARTY.VERSION.card",
        hint="take the folder whole, as `comity register evidence` wrote it",
    )


def pin(digits: str, party: PartyId | None = None) -> str:
    """Write a pin: a fingerprint for one party alone, or for whichever its card names.

    A party may sign a card that names another one, so several bare pins let each of them pass
    for the other. A fingerprint fixes the domain in any case.
    """
    return digits if party is None else f"{party} {digits}"


def trusted_fingerprints(text: str) -> frozenset[str]:
    """Read pins: a fingerprint a line, after its party's id or alone; `#` begins a comment.

    Raises:
        InputError: a line is neither, with its number.
    """
    found: set[str] = set()
    for number, line in enumerate(text.split("\n"), 1):
        told = line.partition("#")[0].strip()
        if told:
            found.add(_parse_pin(told, f"line {number}"))
    return frozenset(found)


def _parse_pin(told: str, where: str) -> str:
    """Read one pin. A party's id may be four hexadecimal digits: what follows it tells."""
    first, *rest = told.split(maxsplit=1)
    if rest and re.fullmatch(r"(?:[ \t]*[0-9A-Fa-f]){64}", rest[0]):
        return pin(parse_fingerprint(rest[0], where), parse_party_id(first, where))
    return pin(parse_fingerprint(told, where))
