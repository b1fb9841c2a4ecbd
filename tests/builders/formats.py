# SPDX-License-Identifier: Apache-2.0
"""The worked examples of `docs/formats`: one exchange of two parties, format by format.

What is drawn at random (ML-DSA signatures, key wraps, salts) is drawn once and kept beside the
examples as their inputs; everything else is worked out from it by the code, each time.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from comity.basis.encoding import decode_base64, encode_base64
from comity.basis.ids import AgreementId, Digest, PartyId, digest_of
from comity.basis.instants import parse_instant
from comity.basis.limits import MIB
from comity.basis.strict_json import format_json
from comity.keys.authority import authority_text
from comity.keys.cards import (
    authority_keys,
    card_text,
    fingerprint,
    format_fingerprint,
    mirror_keys,
    read_card_unverified,
    root_keys,
    statement_keys,
)
from comity.keys.notes import NoteSignature, VerifierKey, format_vkey
from comity.keys.sealing_keys import courier_info, wrap_info, wrap_key
from comity.keys.signing import PrivateKey, sign
from comity.keys.suites import Algorithm, KeyUse
from comity.marking.labels import Label
from comity.sealing.bundle import (
    BundleHeader,
    CarriedCosignature,
    CarriedParcel,
    HeldSize,
    Listing,
    Part,
    Segment,
    entry_bytes,
    format_header,
    format_listing,
)
from comity.sealing.bundle_body import BodySealer
from comity.sealing.parcels import ParcelHead, Wrap, format_parcel_head
from comity.sealing.payload import PayloadHeader, format_payload_header
from comity.sealing.stream import Sealer, cobblestone_encryptor
from comity.statement.authorised import draft_authority_digest, with_authority
from comity.statement.drafting import compose, draft_statement, draft_wrap_context
from comity.statement.envelope import Statement, StatementDraft, draft_json
from comity.statement.evidence import POLICY_FILE, PROOF_FILE, STATEMENT_FILE, card_file
from comity.statement.information import ItemRelease
from comity.statement.treaty import AgreementSign
from comity.statement.values import AgreementRef, ParcelRef, SealedRef
from comity.tlog.checkpoints import (
    Checkpoint,
    SignedCheckpoint,
    checkpoint_text,
    format_checkpoint,
    log_messages,
    log_signatures,
    signed_checkpoint,
    with_cosignatures,
)
from comity.tlog.cosignatures import (
    cosigner_messages,
    cosigner_signatures,
    format_signature_lines,
)
from comity.tlog.evidence_proof import TlogProof, format_proof
from comity.tlog.origin import journal_origin, register_origin
from comity.tlog.policy import evidence_policy, format_policy
from comity.tlog.proofs import prove_inclusion
from comity.tlog.tree import EMPTY_EDGE, append_leaves, edge_root, leaf_hash, node_hash
from tests.builders.bodies import sample_bodies
from tests.builders.format_pages import decisions_example, journal_example
from tests.builders.holders import Holder, make_holder
from tests.builders.wire_formats import (
    http_signatures_example,
    push_example,
    wire_example,
)

Json = dict[str, Any]

JPN, KOR = PartyId("JPN"), PartyId("KOR")
FILE: Final = b"the agreement file, byte for byte as both parties signed it\n"
AGREEMENT: Final = AgreementRef(AgreementId("gsomia-jpn-kor"), digest_of(FILE))
SIGNED_AT: Final = parse_instant("2016-11-23T01:00:00Z")
ENTER_BY: Final = parse_instant("2016-11-23T15:00:00Z")
RELEASED_AT: Final = parse_instant("2016-12-16T03:00:00Z")
COSIGNED_AT_S: Final = 1_481_857_260
ITEM_KEY: Final = bytes(range(32))
BODY_KEY: Final = bytes(range(32, 64))
TLS_SCALAR: Final = 2016
CONTENT: Final = b"Three objects, one in orbit.\n"
PAYLOAD: Final = PayloadHeader("Launch of 7 February 2016", "text/plain", "launch.txt", None)
LABEL: Final = Label(
    marking="極秘",
    level="SECRET",
    category="missile-warning",
    form="document",
    purposes=("warning",),
    named_for=(),
    originators=(JPN,),
    use_until=date(2026, 12, 31),
)
SIGNING: Final = (Algorithm.ED25519, Algorithm.MLDSA44)


class Inputs:
    """What is random, by name: drawn when it is not there yet, then kept."""

    def __init__(self, kept: dict[str, str]) -> None:
        self.kept = kept

    def draw(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Give the bytes kept under a name."""
        if name not in self.kept:
            self.kept[name] = encode_base64(make())
        return decode_base64(self.kept[name], bytes_max=MIB)


class Example:
    """One exchange: JPN signs, releases an item to KOR, and a courier carries it."""

    def __init__(self, kept: dict[str, str]) -> None:
        self.inputs = Inputs(kept)
        self.jpn = self._holder("jpn", JPN)
        self.kor = self._holder("kor", KOR)
        self.origin = register_origin(self.jpn.card.domain, AGREEMENT.id)
        self.sealed = self.inputs.draw("sealed payload", _seal)
        self.sealed_ref = SealedRef(Algorithm.XWING.value, len(self.sealed), digest_of(self.sealed))
        self.sign_draft, self.note, signed = self._agreement_sign()
        self.release_draft, self.head, released = self._item_release()
        self.statements = (signed, released)
        self.entries = tuple(each.raw for each in self.statements)
        self.checkpoint = self._checkpoint()

    # parties

    def _holder(self, seed: str, party: PartyId) -> Holder:
        made = make_holder(seed, party, f"{seed}.example")
        raw = self.inputs.draw(f"card of {party}", lambda: made.card.raw)
        return Holder(made.private, read_card_unverified(raw))

    def _sign(self, name: str, key: PrivateKey, message: bytes) -> bytes:
        return self.inputs.draw(f"signature: {name}", lambda: sign(key, message))

    # statements

    def _agreement_sign(self) -> tuple[StatementDraft, str, Statement]:
        blank = draft_statement(AgreementSign(""), AGREEMENT, by=JPN, to=(KOR,), nonce=f"{1:032x}")
        digest = draft_authority_digest(blank)
        note = self.inputs.draw(
            "authority note", lambda: self.jpn.sign_authority(digest, ENTER_BY).encode()
        ).decode()
        statement = compose(with_authority(blank, note), at=SIGNED_AT, seen=((KOR, 0),))
        return blank, note, statement

    def _item_release(self) -> tuple[StatementDraft, bytes, Statement]:
        unsealed = ItemRelease(LABEL, ParcelRef(Digest("0" * 64), 1), self.sealed_ref)
        draft = draft_statement(unsealed, AGREEMENT, by=JPN, to=(KOR,), nonce=f"{2:032x}")
        key = self.sealing_key()
        info = wrap_info(KOR, key.key_id, draft_wrap_context(draft))
        wrap = self.inputs.draw(
            "item key wrap", lambda: wrap_key(key.algorithm, key.public, info, ITEM_KEY)
        )
        head = format_parcel_head(
            ParcelHead(self.sealed_ref, (Wrap(KOR, key.key_id, key.algorithm, wrap),))
        )
        body = ItemRelease(LABEL, ParcelRef(digest_of(head), len(head)), self.sealed_ref)
        said = draft_statement(body, AGREEMENT, by=JPN, to=(KOR,), nonce=f"{2:032x}")
        return draft, head, compose(said, at=RELEASED_AT, seen=((KOR, 0),))

    def sealing_key(self) -> Any:
        """Give KOR's X-Wing key."""
        keys = self.kor.card.keys_for(KeyUse.SEALING)
        return next(key for key in keys if key.algorithm is Algorithm.XWING)

    # register

    def _checkpoint(self) -> SignedCheckpoint:
        edge = append_leaves(EMPTY_EDGE, [leaf_hash(each) for each in self.entries]).edge
        checkpoint = Checkpoint(self.origin, edge.size, edge_root(edge))
        messages = log_messages(checkpoint, 0)
        made = [
            self._sign(
                f"checkpoint {algorithm}", self.key(self.jpn, KeyUse.STATEMENT, algorithm), m
            )
            for algorithm, m in zip(SIGNING, messages, strict=True)
        ]
        keys = statement_keys(self.jpn.card, self.origin)
        lines = log_signatures(keys, (made[0], made[1]), time_s=0)
        return signed_checkpoint(checkpoint, lines)

    def cosignature(self) -> tuple[NoteSignature, NoteSignature]:
        """Give KOR's two lines on the checkpoint."""
        keys = mirror_keys(self.kor.card)
        messages = cosigner_messages(keys[0].name, self.checkpoint.checkpoint, COSIGNED_AT_S)
        made = [
            self._sign(f"cosignature {each}", self.key(self.kor, KeyUse.MIRROR, each), message)
            for each, message in zip(SIGNING, messages, strict=True)
        ]
        return cosigner_signatures(keys, (made[0], made[1]), time_s=COSIGNED_AT_S)

    def key(self, holder: Holder, use: KeyUse, algorithm: Algorithm) -> PrivateKey:
        """Give a private key."""
        return holder.private[use, algorithm]


def _seal() -> bytes:
    sealer = Sealer(cobblestone_encryptor(ITEM_KEY), PAYLOAD)
    return sealer.update(CONTENT) + sealer.finish()


def statements_example(example: Example) -> Json:
    """Entries with their digests, and one body of every kind."""
    return {
        "entries": [
            {
                "entry": each.raw.decode(),
                "bytes": len(each.raw),
                "sha256": digest_of(each.raw),
                "leaf_hash": leaf_hash(each.raw).hex(),
            }
            for each in example.statements
        ],
        "bodies": {kind: body.to_json() for kind, body in sorted(sample_bodies().items())},
    }


def registers_example(example: Example) -> Json:
    """Origins, a tree of two entries, its checkpoint and cosignatures, and what keys sign."""
    checkpoint = example.checkpoint.checkpoint
    log, mirror = statement_keys(example.jpn.card, example.origin), mirror_keys(example.kor.card)
    left, right = (leaf_hash(each) for each in example.entries)
    return {
        "origin": example.origin,
        "journal_origin": journal_origin(example.jpn.card.domain),
        "journal_origin_after_two_restores": journal_origin(example.jpn.card.domain, 2),
        "leaf_hashes": [left.hex(), right.hex()],
        "root_hash": node_hash(left, right).hex(),
        "checkpoint": checkpoint_text(checkpoint),
        "log_keys": [_key_json(key) for key in log],
        "log_messages": [each.hex() for each in log_messages(checkpoint, 0)],
        "cosigner_keys": [_key_json(key) for key in mirror],
        "cosigned_at_s": COSIGNED_AT_S,
        "cosigner_messages": [
            each.hex() for each in cosigner_messages(mirror[0].name, checkpoint, COSIGNED_AT_S)
        ],
        "signed_checkpoint": format_checkpoint(example.checkpoint).decode(),
        "cosignature_lines": format_signature_lines(example.cosignature()).decode(),
    }


def cards_example(example: Example) -> Json:
    """Each party's keys, card and fingerprint."""
    return {
        "JPN": _card_json(example.jpn),
        "KOR": _card_json(example.kor),
        "KOR version 2": _pinning_card_json(example),
    }


def _card_json(holder: Holder) -> Json:
    card = holder.card
    return {
        "secrets": {
            f"{use}/{algorithm}": key.secret.hex()
            for (use, algorithm), key in sorted(holder.private.items())
        },
        "key_ids": {f"{key.use}/{key.algorithm}": key.key_id for key in card.keys},
        "text": card_text(card),
        "root_keys": [_key_json(key) for key in root_keys(card)],
        "authority_keys": [_key_json(key) for key in authority_keys(card)],
        "fingerprint": fingerprint(card),
        "fingerprint_as_printed": format_fingerprint(fingerprint(card)),
        "note": card.raw.decode(),
        "sha256": digest_of(card.raw),
        "size": len(card.raw),
    }


def _pinning_card_json(example: Example) -> Json:
    """KOR's next card: the same keys, and the digest of the key that its TLS listener shows."""
    spki = tls_public_key(TLS_SCALAR)
    first = example.kor.card
    unsigned = replace(first, version=2, tls_pins=(digest_of(spki),), raw=b"")
    raw = example.inputs.draw("card of KOR version 2", lambda: example.kor.sign_card(unsigned))
    return {
        "tls_secret_scalar": TLS_SCALAR,
        "tls_public_key_info": spki.hex(),
        "tls_pins": list(unsigned.tls_pins),
        "text": card_text(unsigned),
        "fingerprint": fingerprint(unsigned),
        "note": raw.decode(),
        "sha256": digest_of(raw),
        "size": len(raw),
    }


def tls_public_key(scalar: int) -> bytes:
    """Give a P-256 public key as the DER of a SubjectPublicKeyInfo."""
    public = derive_private_key(scalar, SECP256R1()).public_key()
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _key_json(key: VerifierKey) -> Json:
    return {
        "name": key.name,
        "type": f"0x{key.type:02x}",
        "key_id": key.key_id.hex(),
        "vkey": format_vkey(key),
    }


def authority_notes_example(example: Example) -> Json:
    """A statement that binds its state, what is hashed of it, and the note."""
    draft = example.sign_draft
    members = draft_json(draft)
    digest = draft_authority_digest(draft)
    return {
        "hashed": format_json({**members, "body": {}}).decode(),
        "digest": digest,
        "enter_by": "2016-11-23T15:00:00.000Z",
        "text": authority_text(digest, ENTER_BY),
        "note": example.note,
        "entry": example.entries[0].decode(),
    }


def parcels_example(example: Example) -> Json:
    """A payload, its seal, its key's wrap, and the head that holds both."""
    key = example.sealing_key()
    context = draft_wrap_context(example.release_draft)
    members = draft_json(example.release_draft)
    body: Any = members["body"]
    bound = {**members, "body": {name: each for name, each in body.items() if name != "parcel"}}
    return {
        "item_key": ITEM_KEY.hex(),
        "payload_header": format_payload_header(PAYLOAD).hex(),
        "content": CONTENT.decode(),
        "sealed": encode_base64(example.sealed),
        "sealed_size": len(example.sealed),
        "sealed_sha256": digest_of(example.sealed),
        "wrap_context_of": format_json(bound).decode(),
        "wrap_context": context,
        "wrap_info": wrap_info(KOR, key.key_id, context).decode(),
        "recipient_secret": example.key(example.kor, KeyUse.SEALING, Algorithm.XWING).secret.hex(),
        "head": encode_base64(example.head),
        "head_size": len(example.head),
        "head_sha256": digest_of(example.head),
    }


def evidence_example(example: Example) -> Json:
    """The folder that shows the release, its pins, and what it proves."""
    nodes = {
        (level, index): digest
        for level, index, digest in append_leaves(
            EMPTY_EDGE, [leaf_hash(each) for each in example.entries]
        ).nodes
    }
    proof = prove_inclusion(1, 2, lambda level, index: nodes[level, index])
    policy = evidence_policy(
        (JPN, statement_keys(example.jpn.card, example.origin)),
        ((KOR, mirror_keys(example.kor.card)),),
    )
    files = {
        STATEMENT_FILE: example.entries[1],
        PROOF_FILE: format_proof(
            TlogProof(1, proof.path, with_cosignatures(example.checkpoint, example.cosignature()))
        ),
        POLICY_FILE: format_policy(policy),
        card_file(JPN, 1, "card"): example.jpn.card.raw,
        card_file(KOR, 1, "card"): example.kor.card.raw,
    }
    cards = (example.jpn.card, example.kor.card)
    return {
        "files": {name: raw.decode() for name, raw in files.items()},
        "trust": "".join(f"{card.party} {fingerprint(card)}\n" for card in cards),
        "shows": {
            "place": "JPN/1",
            "origin": example.origin,
            "tree_size": 2,
            "acknowledged": {"KOR": COSIGNED_AT_S},
        },
    }


def courier_example(example: Example) -> Json:
    """A bundle in one volume that carries both entries and the parcel."""
    entries = b"".join(entry_bytes(each) for each in example.entries)
    parcels = ((digest_of(example.head), example.head), (example.sealed_ref.sha256, example.sealed))
    listing = Listing(
        segments=(
            Segment(
                example.origin,
                0,
                len(example.entries),
                len(entries),
                format_checkpoint(example.checkpoint).decode(),
            ),
        ),
        cosignatures=(),
        held=(),
        sizes=(HeldSize(register_origin(example.kor.card.domain, AGREEMENT.id), 0),),
        parcels=tuple(
            CarriedParcel(digest, len(raw), clear=False) for digest, raw in sorted(parcels)
        ),
        wanted=(),
    )
    body = format_listing(listing) + entries + b"".join(raw for _, raw in sorted(parcels))
    sealed = example.inputs.draw("sealed body", lambda: _seal_body(body))
    key, info = (
        example.sealing_key(),
        courier_info(example.jpn.card.domain, example.kor.card.domain),
    )
    wrap = example.inputs.draw(
        "body key wrap", lambda: wrap_key(key.algorithm, key.public, info, BODY_KEY)
    )
    header = BundleHeader(
        example.jpn.card.domain,
        example.kor.card.domain,
        1,
        key.key_id,
        wrap,
        (Part(len(sealed), digest_of(sealed)),),
        0,
        0,
    )
    return {
        "body_key": BODY_KEY.hex(),
        "wrap_info": info.decode(),
        "header": format_header(header).decode(),
        "listing": format_listing(listing)[4:].decode(),
        "body_size": len(body),
        "body_sha256": digest_of(body),
        "volume": encode_base64(format_header(header) + sealed),
        "cosignature_for_the_way_back": _receipt_json(example),
    }


def _receipt_json(example: Example) -> Json:
    carried = CarriedCosignature(
        example.origin, 2, format_signature_lines(example.cosignature()).decode()
    )
    listing = Listing(cosignatures=(carried,))
    shown: Json = json.loads(format_listing(listing)[4:])
    receipt: Json = shown["cosignatures"][0]
    return receipt


def _seal_body(body: bytes) -> bytes:
    sealer = BodySealer(BODY_KEY)
    return sealer.update(body) + sealer.finish()


EXAMPLES: Final = {
    "statements": statements_example,
    "registers": registers_example,
    "journal": journal_example,
    "cards": cards_example,
    "authority-notes": authority_notes_example,
    "parcels": parcels_example,
    "evidence": evidence_example,
    "courier": courier_example,
    "decisions": decisions_example,
    "wire": wire_example,
    "push": push_example,
    "http-signatures": http_signatures_example,
}
"""The examples by the name of their page and of their file in `tests/vectors/formats`."""
