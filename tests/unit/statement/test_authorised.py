# SPDX-License-Identifier: Apache-2.0
"""Authority notes: which statements need one, and what one is good for."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from comity.basis.errors import ComityError
from comity.basis.ids import PartyId
from comity.basis.instants import Instant
from comity.statement.authorised import (
    draft_authority_digest,
    is_authorised,
    verify_authority,
    with_authority,
)
from comity.statement.drafting import compose
from comity.statement.information import ConsentGive
from comity.statement.kinds import Body
from comity.statement.treaty import AgreementInitial, AgreementSign

Speaker = Any


def refusal(statement: Any, speaker: Speaker) -> str:
    with pytest.raises(ComityError) as caught:
        verify_authority(statement, speaker.card)
    return caught.value.code


def test_every_treaty_statement_and_consent_needs_a_note_and_nothing_else_does(
    bodies: dict[str, Body],
) -> None:
    needed = {kind for kind, body in bodies.items() if is_authorised(body)}
    families = ("agreement", "dispute", "duty", "party")
    treaty = {kind for kind in bodies if kind.partition(".")[0] in families} - {"party.card"}
    assert needed == treaty | {"consent.give"}


def test_accepts_a_note_by_both_authority_keys_for_every_kind(
    jpn: Speaker, bodies: dict[str, Body]
) -> None:
    for body in bodies.values():
        verify_authority(jpn.say(body), jpn.card)


def test_a_note_fits_one_statement_only(jpn: Speaker, minute: Callable[[int], Instant]) -> None:
    signed = jpn.authorise(jpn.draft(AgreementSign("")))
    note = signed.body.authority
    for other in (
        replace(signed, body=AgreementInitial(note)),
        replace(signed, nonce="f" * 32),
        replace(signed, to=("KOR", "USA")),
        replace(signed, agreement=structs.replace(signed.agreement, sha256="00" * 32)),
        replace(signed, agreement=structs.replace(signed.agreement, id="acsa")),
    ):
        statement = compose(other, at=minute(0), seen=())
        assert refusal(statement, jpn) == "keys.authority-digest"
    verify_authority(compose(signed, at=minute(3), seen=((PartyId("KOR"), 4),)), jpn.card)


def test_a_note_for_other_words_of_the_same_kind_is_refused(
    jpn: Speaker, bodies: dict[str, Body], minute: Callable[[int], Instant]
) -> None:
    consent = bodies["consent.give"]
    assert isinstance(consent, ConsentGive)
    signed = jpn.authorise(jpn.draft(consent))
    widened = replace(signed, body=structs.replace(signed.body, purpose="study"))
    assert refusal(compose(widened, at=minute(0), seen=()), jpn) == "keys.authority-digest"


def test_a_note_holds_until_its_last_instant(
    jpn: Speaker, minute: Callable[[int], Instant]
) -> None:
    draft = jpn.authorise(jpn.draft(AgreementSign("")), enter_by=minute(5))
    verify_authority(compose(draft, at=minute(5), seen=()), jpn.card)
    late = compose(draft, at=Instant(minute(5) + 1), seen=())
    assert refusal(late, jpn) == "keys.authority-expired"


def test_a_note_by_another_party_or_by_older_keys_is_refused(
    jpn: Speaker, kor: Speaker, minute: Callable[[int], Instant]
) -> None:
    draft = jpn.draft(AgreementSign(""))
    for signer in (kor, jpn.next()):
        statement = compose(signer.authorise(draft), at=minute(0), seen=())
        assert refusal(statement, jpn).startswith("keys.")
    assert refusal(compose(with_authority(draft, "x"), at=minute(0), seen=()), jpn).startswith(
        "keys."
    )


def test_a_note_with_one_signature_missing_is_refused(
    jpn: Speaker, minute: Callable[[int], Instant]
) -> None:
    draft = jpn.authorise(jpn.draft(AgreementSign("")))
    note = draft.body.authority
    lines = note.rstrip("\n").split("\n")
    for dropped in (-1, -2):
        kept = [line for line in lines if line != lines[dropped]]
        half = with_authority(draft, "\n".join(kept) + "\n")
        assert refusal(compose(half, at=minute(0), seen=()), jpn).startswith("keys.")


def test_the_digest_does_not_cover_the_note_itself(jpn: Speaker) -> None:
    draft = jpn.draft(AgreementSign(""))
    assert draft_authority_digest(draft) == draft_authority_digest(with_authority(draft, "note"))


def test_a_draft_that_needs_no_note_stays_as_it_is(jpn: Speaker, bodies: dict[str, Body]) -> None:
    draft = jpn.draft(bodies["consent.ask"])
    assert with_authority(draft, "note") is draft
