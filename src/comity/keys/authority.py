# SPDX-License-Identifier: Apache-2.0
"""Authority notes: what a party's authority keys sign before a statement may bind its state.

The online keys alone cannot bind a state. A note is good for one statement (the digest covers
its nonce) and until one instant; that a nonce serves once is checked where registers are read.

Source: DESIGN 4, authority key
"""

from collections.abc import Mapping

from comity.basis.errors import InputError, ProofError, excerpt
from comity.basis.ids import AgreementId, Digest, PartyId, digest_of
from comity.basis.instants import Instant, format_instant, parse_instant_canonical
from comity.basis.limits import AUTHORITY_NOTE_CHARS_MAX
from comity.basis.strict_json import JsonValue, format_json
from comity.keys.card_model import Card
from comity.keys.cards import authority_keys
from comity.keys.notes import parse_note, verify_exact_note
from comity.keys.suites import KeyUse

AUTHORITY_HEADER = "comity/authority/v1"


def authority_digest(
    *,
    format: int,
    kind: str,
    agreement: tuple[AgreementId, Digest],
    by: PartyId,
    to: tuple[PartyId, ...],
    nonce: str,
    body: Mapping[str, JsonValue],
) -> Digest:
    """Give the SHA-256 of what a statement says, without its place in time and this note.

    `agreement`: id and SHA-256 of the version. `body` may hold `authority`; it does not count.
    """
    agreement_id, agreement_sha256 = agreement
    return digest_of(
        format_json(
            {
                "agreement": {"id": agreement_id, "sha256": agreement_sha256},
                "body": {key: value for key, value in body.items() if key != "authority"},
                "by": by,
                "format": format,
                "kind": kind,
                "nonce": nonce,
                "to": list(to),
            }
        )
    )


def authority_text(digest: Digest, enter_by: Instant) -> str:
    """Write the text that the authority keys sign."""
    return f"{AUTHORITY_HEADER}\n{digest}\n{format_instant(enter_by)}\n"


def verify_authority_note(raw: str, *, digest: Digest, card: Card, at: Instant) -> None:
    """Check that both authority keys of `card` allowed this statement to be entered at `at`.

    Raises:
        InputError: not a signed note, or not an authority note.
        ProofError: another statement, too late, a key not valid at `at`, or not exactly the
            signatures of both keys.

    Source: DESIGN 4, authority key
    """
    note = parse_note(raw.encode("utf-8", "surrogatepass"), bytes_max=AUTHORITY_NOTE_CHARS_MAX)
    enter_by = _read_text(note.text, digest)
    if at > enter_by:
        raise ProofError(
            "keys.authority-expired",
            "authority note has expired",
            expected=f"entered by {format_instant(enter_by)}",
            found=format_instant(at),
            hint="ask the competent authority to sign again",
        )
    for key in card.keys_for(KeyUse.AUTHORITY):
        if not key.is_valid_at(at):
            raise ProofError(
                "keys.key-not-valid",
                "authority key is not valid at that time",
                where=f"key {key.key_id}",
                found=format_instant(at),
            )
    verify_exact_note(note, authority_keys(card))


def _read_text(text: str, digest: Digest) -> Instant:
    lines = text.split("\n")
    if len(lines) != 4 or lines[0] != AUTHORITY_HEADER:
        raise InputError(
            "keys.malformed-authority-note",
            "not an authority note",
            where="authority note",
            expected=f"{AUTHORITY_HEADER}, a digest and an instant, each on a line",
            found=excerpt(lines[0]),
        )
    enter_by = parse_instant_canonical(lines[2], "authority note")
    if lines[1] != digest:
        raise ProofError(
            "keys.authority-digest",
            "authority note is for another statement",
            where="authority note",
            expected=digest,
            found=excerpt(lines[1]),
        )
    return enter_by
