# SPDX-License-Identifier: Apache-2.0
"""From a cleared draft to a statement with its parcel."""

from dataclasses import replace

import pytest
from msgspec import structs

from comity.basis.errors import InputError, InvariantError, ProofError
from comity.basis.ids import AgreementId, Digest, PartyId, Place, digest_of
from comity.basis.instants import parse_instant
from comity.decision.deciding import Decision
from comity.decision.stages import Allowed, Cleared
from comity.keys.suites import Algorithm
from comity.marking.labels import Label, Labelled
from comity.sealing.parcels import Wrap, parse_parcel_head, verify_parcel_head
from comity.sealing.stages import (
    Links,
    Prepared,
    ReleaseSeries,
    Utterance,
    prepare_enclosing,
    prepare_release,
    seal,
)
from comity.statement.drafting import compose, draft_wrap_context, wrap_context
from comity.statement.information import ItemRelease, RequestMake
from comity.statement.values import AgreementRef, SealedRef

JPN, KOR, USA = PartyId("JPN"), PartyId("KOR"), PartyId("USA")
SEALED = SealedRef("xwing", 4096, Digest("ab" * 32))
NOON = parse_instant("2016-12-16T03:00:00Z")
UTTERANCE = Utterance(AgreementRef(AgreementId("tisa"), Digest("5e" * 32)), "0" * 32)
LABEL = Label("秘", "CONFIDENTIAL", "missile-warning", "document", ("warning",), (), (JPN,))
DECISION = Decision(
    decision="allow",
    agreement=AgreementId("tisa"),
    version=1,
    sha256=Digest("5e" * 32),
    action="release",
    at=NOON,
    articles=(),
    unmet=(),
    unknown=(),
)
CLEARED = Cleared(Labelled(JPN, (KOR, USA), LABEL), (DECISION, DECISION))


def wraps_for(prepared: Prepared) -> tuple[Wrap, ...]:
    return tuple(
        Wrap(party, "0123456789abcdef", Algorithm.XWING, bytes(1168)) for party in prepared.draft.to
    )


@pytest.fixture
def prepared() -> Prepared:
    return prepare_release(
        CLEARED, SEALED, utterance=UTTERANCE, links=Links(Place(JPN, 3), Place(KOR, 4))
    )


def test_speaker_recipients_and_label_are_those_that_were_cleared(prepared: Prepared) -> None:
    sealed = seal(prepared, wraps_for(prepared))
    body = sealed.draft.body
    assert isinstance(body, ItemRelease)
    assert sealed.allowed_by is CLEARED
    assert (sealed.draft.by, sealed.draft.to) == (JPN, (KOR, USA))
    assert (body.label, body.sealed) == (LABEL, SEALED)
    assert (body.supersedes, body.answers) == (Place(JPN, 3), Place(KOR, 4))


def test_the_statement_names_the_head_and_the_head_names_the_payload(prepared: Prepared) -> None:
    sealed = seal(prepared, wraps_for(prepared))
    body = sealed.draft.body
    assert isinstance(body, ItemRelease)
    assert body.parcel.sha256 == digest_of(sealed.head)
    head = verify_parcel_head(sealed.head, body.parcel, body.sealed, to=sealed.draft.to)
    assert head.wraps == wraps_for(prepared)


def test_the_recipient_finds_the_context_that_the_wraps_were_made_for(prepared: Prepared) -> None:
    sealed = seal(prepared, wraps_for(prepared))
    statement = compose(sealed.draft, at=NOON, seen=((KOR, 4),))
    assert wrap_context(statement) == prepared.context == draft_wrap_context(sealed.draft)


def test_wraps_may_come_in_any_order(prepared: Prepared) -> None:
    wraps = wraps_for(prepared)
    assert seal(prepared, wraps[::-1]) == seal(prepared, wraps)


def test_refuses_to_seal_for_fewer_others_or_by_another_suite(prepared: Prepared) -> None:
    first, second = wraps_for(prepared)
    for wraps in (
        (),
        (first,),
        (first, second, second),
        (first, structs.replace(second, to=PartyId("PRK"))),
        (first, structs.replace(second, suite=Algorithm.MLKEM1024)),
    ):
        with pytest.raises(ProofError):
            seal(prepared, wraps)


def test_a_request_is_sealed_like_a_release() -> None:
    allowed = Allowed("request", ())
    request = RequestMake("nuclear-test", None, SEALED)
    prepared = prepare_enclosing(allowed, request, between=(JPN, (KOR,)), utterance=UTTERANCE)
    sealed = seal(prepared, wraps_for(prepared))
    body = sealed.draft.body
    assert isinstance(body, RequestMake)
    assert body.parcel is not None
    assert body.parcel.sha256 == digest_of(sealed.head)
    assert parse_parcel_head(sealed.head).sealed == SEALED
    assert wrap_context(compose(sealed.draft, at=NOON, seen=())) == prepared.context
    assert (sealed.allowed_by, sealed.draft.to) == (allowed, (KOR,))


def test_nothing_is_enclosed_that_is_not_sealed() -> None:
    request = RequestMake("nuclear-test", None, None)
    with pytest.raises(InvariantError):
        prepare_enclosing(
            Allowed("request", ()), request, between=(JPN, (KOR,)), utterance=UTTERANCE
        )


@pytest.mark.parametrize("to", [(KOR,), (KOR, USA)], ids=len)
def test_a_series_gives_each_release_what_it_would_get_alone(to: tuple[PartyId, ...]) -> None:
    links = Links(Place(JPN, 3), Place(KOR, 4))
    cleared = replace(CLEARED, draft=Labelled(JPN, to, LABEL))
    series = ReleaseSeries(cleared, UTTERANCE.agreement, "xwing", links)
    for number in range(3):
        nonce, digest = bytes([number]) * 16, digest_of(bytes([number]))
        payload = series.payload(4096 + number, digest)
        alone = prepare_release(
            cleared, payload, utterance=structs.replace(UTTERANCE, nonce=nonce.hex()), links=links
        )
        assert series.context(nonce, payload) == alone.context
        wraps = wraps_for(alone)
        one, other_way = series.seal(nonce, payload, wraps[::-1]), seal(alone, wraps)
        assert (one.allowed_by, one.draft, one.head) == other_way
        for other in (
            wraps[1:],
            (*wraps, wraps[0]),
            (structs.replace(wraps[0], to=JPN), *wraps[1:]),
        ):
            with pytest.raises(ProofError):
                series.seal(nonce, payload, other)


def test_a_series_that_partners_would_not_read_is_none() -> None:
    label = replace(LABEL, purposes=())
    with pytest.raises(InputError):
        ReleaseSeries(replace(CLEARED, draft=Labelled(JPN, (KOR,), label)), UTTERANCE.agreement, "")
