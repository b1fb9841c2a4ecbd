# SPDX-License-Identifier: Apache-2.0
"""Releases in one form: their bytes are those of the strict writer, and nothing else is taken."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from comity.basis.errors import InputError, InvariantError
from comity.basis.ids import Digest, PartyId, Place
from comity.basis.instants import Instant, format_instant
from comity.basis.limits import PARCEL_HEAD_BYTES_MAX
from comity.statement.drafting import compose, draft_wrap_context
from comity.statement.envelope import StatementDraft, format_statement, parse_statement
from comity.statement.information import ItemRelease
from comity.statement.kinds import Body
from comity.statement.release_form import ReleaseForm, WordedRelease
from comity.statement.values import AgreementRef, ParcelRef, SealedRef

KOR, USA = PartyId("KOR"), PartyId("USA")
NONCE = bytes(range(16))
SEEN = ((KOR, 4), (USA, 0))
Speaker = Any


@pytest.fixture
def release(jpn: Speaker, bodies: dict[str, Body]) -> StatementDraft:
    draft: StatementDraft = replace(jpn.draft(bodies["item.release"]), nonce=NONCE.hex())
    return draft


def form_of(draft: StatementDraft, **changes: Any) -> ReleaseForm:
    assert isinstance(draft.body, ItemRelease)
    alike = structs.replace(draft.body, **changes)
    return ReleaseForm(draft.agreement, by=draft.by, to=draft.to, alike=alike)


def formed(draft: StatementDraft, form: ReleaseForm) -> StatementDraft:
    assert isinstance(draft.body, ItemRelease)
    return form.draft(NONCE, draft.body.parcel, draft.body.sealed)


@pytest.mark.parametrize("supersedes", [None, Place(PartyId("JPN"), 3)])
@pytest.mark.parametrize("answers", [None, Place(KOR, 9)])
def test_a_release_in_a_form_is_the_release_itself(
    release: StatementDraft,
    minute: Callable[[int], Instant],
    supersedes: Place | None,
    answers: Place | None,
) -> None:
    assert isinstance(release.body, ItemRelease)
    plain = replace(
        release, body=structs.replace(release.body, supersedes=supersedes, answers=answers)
    )
    form = form_of(plain)
    draft = formed(plain, form)
    assert draft == plain
    assert form.wrap_context(NONCE, release.body.sealed) == draft_wrap_context(plain)
    for at, seen in ((minute(1), SEEN), (minute(2), SEEN), (minute(3), ())):
        statement = compose(draft, at=at, seen=seen)
        assert statement == compose(plain, at=at, seen=seen)
        assert statement == parse_statement(statement.raw)
        assert form.compose(draft, at=at, seen=seen) == statement


def test_what_was_changed_after_is_not_written_in_the_form(
    release: StatementDraft, bodies: dict[str, Body], minute: Callable[[int], Instant]
) -> None:
    form = form_of(release)
    draft = formed(release, form)
    body = draft.body
    assert isinstance(body, ItemRelease)
    place = Place(KOR, 1)
    changed: list[dict[str, Any]] = [
        {"agreement": AgreementRef(draft.agreement.id, Digest("7a" * 32))},
        {"by": KOR, "to": (USA,)},
        {"to": (KOR, USA)},
        {"body": bodies["assurance.give"]},
        {"body": structs.replace(body, label=replace(body.label, level="SECRET"))},
        {"body": structs.replace(body, supersedes=place)},
        {"body": structs.replace(body, answers=place)},
        {"body": structs.replace(body, rights=())},
        {"body": structs.replace(body, sealed=structs.replace(body.sealed, suite="mlkem1024"))},
    ]
    for changes in changed:
        other = replace(draft, **changes)
        assert form.compose(other, at=minute(1), seen=()) is None
        statement = compose(other, at=minute(1), seen=())
        assert statement.raw == format_statement(other, at=minute(1), seen=())
        assert statement.raw != compose(draft, at=minute(1), seen=()).raw


@pytest.mark.parametrize("size", [0, PARCEL_HEAD_BYTES_MAX + 1])
def test_what_partners_would_not_read_is_refused_as_ever(
    release: StatementDraft, minute: Callable[[int], Instant], size: int
) -> None:
    assert isinstance(release.body, ItemRelease)
    form = form_of(release)
    parcel = ParcelRef(Digest("5e" * 32), size)
    with pytest.raises(InputError):
        compose(form.draft(NONCE, parcel, release.body.sealed), at=minute(1), seen=())
    sealed = SealedRef(release.body.sealed.suite, size and 2**53, Digest("5e" * 32))
    with pytest.raises(InputError):
        compose(form.draft(NONCE, release.body.parcel, sealed), at=minute(1), seen=())


def test_no_form_is_made_of_what_partners_would_not_read(release: StatementDraft) -> None:
    assert isinstance(release.body, ItemRelease)
    label = release.body.label
    for worse in (replace(label, purposes=()), replace(label, marking="e\u0301")):
        with pytest.raises(InputError):
            form_of(release, label=worse)
    with pytest.raises(InvariantError, match="otherwise"):
        form_of(release, label=replace(label, purposes=["warning"]))  # type: ignore[arg-type]  # on purpose


def test_a_release_in_a_form_is_no_longer_than_an_entry(
    release: StatementDraft, minute: Callable[[int], Instant]
) -> None:
    seen = tuple((PartyId(f"P{number:030}"), 2**53 - 1) for number in range(1_500))
    with pytest.raises(InputError, match="too long"):
        compose(formed(release, form_of(release)), at=minute(1), seen=seen)


def test_a_release_is_written_at_its_moment_as_its_draft_is(
    release: StatementDraft, minute: Callable[[int], Instant]
) -> None:
    assert isinstance(release.body, ItemRelease)
    body = ItemRelease(release.body.label, release.body.parcel, release.body.sealed)
    plain = replace(release, body=body)
    form = form_of(plain)
    worded = WordedRelease(form, NONCE, body.parcel, body.sealed)
    at, text = minute(1), format_instant(minute(1))
    written = form.compose_at(worded, at, moment=text, seen=SEEN)
    assert written == compose(plain, at=at, seen=SEEN)
    many = tuple((PartyId(f"P{number:030}"), 2**53 - 1) for number in range(1_500))
    assert form.compose_at(worded, at, moment=text, seen=many) is None
    other = structs.replace(worded, sealed=structs.replace(body.sealed, suite="mlkem1024"))
    assert form.compose_at(other, at, moment=text, seen=SEEN) is None
