# SPDX-License-Identifier: Apache-2.0
"""Verdicts on entries: one yes, and every no and not-yet with its code."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.basis.ids import Digest, PartyId, Place, digest_of
from comity.basis.instants import Instant
from comity.statement.information import ConsentRefuse
from comity.statement.judgement import (
    IsExcused,
    Judged,
    RegisterPosition,
    Surroundings,
    Waiting,
    WaitingForCard,
    WaitingForEntries,
    judge_entry,
    reject_date,
    said_ahead,
)
from comity.statement.key_history import KeyHistory
from comity.statement.kinds import Body
from comity.statement.treaty import AgreementSign
from comity.statement.trust import StatementReject

Speaker = Any
JPN, KOR, USA = PartyId("JPN"), PartyId("KOR"), PartyId("USA")
ASK = ConsentRefuse(Place(KOR, 3))
Minute = Callable[[int], Instant]


class Registers:
    """Partners' registers of ten entries; KOR's are admitted at the minutes 0 to 9."""

    def __init__(self, minute: Minute, refuted: tuple[Digest, ...] = ()) -> None:
        self.minute = minute
        self.refuted = refuted

    def judged_size(self, party: PartyId) -> int:
        return 10

    def greatest_at(
        self, party: PartyId, size: int, is_excused: IsExcused | None = None
    ) -> Instant | None:
        return self.minute(size - 1) if party == KOR and size else None

    def refutes(self, party: PartyId) -> bool:
        del party
        return False

    def refutations(self, party: PartyId, place: Place) -> dict[Digest, int]:
        return {digest: 7 for digest in self.refuted if (party, place) == (KOR, Place(JPN, 3))}


Judge = Callable[..., Judged | Waiting]


@pytest.fixture
def judge(jpn: Speaker, minute: Minute) -> Judge:
    def give(
        raw: bytes, *, cards: Any = None, used: str = "", refuted: Any = (), **position: object
    ) -> Any:
        start = RegisterPosition(
            jpn.draft(ASK).agreement.id, JPN, frozenset({KOR, USA}), KeyHistory(jpn.card)
        )
        around = Surroundings(lambda nonce: nonce == used, Registers(minute, refuted), cards or {})
        return judge_entry(raw, start._replace(**position), around)  # type: ignore[arg-type]

    return give


def code_of(verdict: Judged | Waiting) -> str:
    assert isinstance(verdict, Judged)
    assert not verdict.admitted
    assert verdict.rejected is not None
    assert verdict.rejected.article is None
    return verdict.rejected.code


def test_admits_every_kind_that_its_party_may_say(
    jpn: Speaker, bodies: dict[str, Body], judge: Judge
) -> None:
    for kind, body in bodies.items():
        statement = jpn.say(body)
        if kind != "party.card":
            assert judge(statement.raw, size=7) == Judged(Place(JPN, 7), statement)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "statement.malformed"),
        (b"\xff", "statement.malformed"),
        (b'{"a":1,"a":1}', "statement.malformed"),
        (b"1e3", "statement.malformed"),
        (b"[" * 5000, "statement.malformed"),
        (b'{ "format":1}', "statement.not-canonical"),
        (b"x" * 65_536, "statement.oversize"),
        (b'{"format":1}', "statement.malformed"),
    ],
)
def test_rejects_what_cannot_be_read(raw: bytes, code: str, judge: Judge) -> None:
    verdict = judge(raw)
    assert code_of(verdict) == code
    assert isinstance(verdict, Judged)
    assert verdict.statement is None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'"format":1', b'"format":9', "statement.unknown-format"),
        (b"consent.refuse", b"consent.offer", "statement.unknown-kind"),
        (b'"to":["KOR"]', b'"to":["KOR","JPN"]', "statement.to"),
        (b'"to":["KOR"]', b'"to":["PRK"]', "statement.unknown-party"),
        (b'"seen":{}', b'"seen":{"PRK":1}', "statement.unknown-party"),
        (b"gsomia-jpn-kor", b"gsomia-jpn-usa", "statement.other-agreement"),
        (b'"by":"JPN"', b'"by":"USA"', "statement.other-party"),
    ],
)
def test_rejects_a_statement_that_does_not_belong_here(
    jpn: Speaker, judge: Judge, old: bytes, new: bytes, code: str
) -> None:
    raw = jpn.say(ASK).raw
    assert old in raw
    assert code_of(judge(raw.replace(old, new))) == code


def test_rejects_a_nonce_that_was_used_before(jpn: Speaker, judge: Judge) -> None:
    statement = jpn.say(ASK)
    assert code_of(judge(statement.raw, used=statement.nonce)) == "statement.nonce-repeated"


def test_rejects_a_statement_that_is_not_later_than_the_one_before(
    jpn: Speaker, judge: Judge, minute: Minute
) -> None:
    raw = jpn.say(ASK, 5).raw
    for before in (minute(5), Instant(minute(5) + 1), minute(6)):
        assert code_of(judge(raw, greatest_at=before)) == "statement.at-not-later"
    assert judge(raw, greatest_at=Instant(minute(5) - 1)).admitted  # type: ignore[union-attr]


def test_rejects_a_speaker_who_has_seen_less_than_before(jpn: Speaker, judge: Judge) -> None:
    raw = jpn.say(ASK, 30, seen=((KOR, 4),)).raw
    assert code_of(judge(raw, seen=((KOR, 5),))) == "statement.seen-decreased"
    assert code_of(judge(raw, seen=((KOR, 4), (USA, 1)))) == "statement.seen-decreased"
    assert judge(raw, seen=((KOR, 4),)).admitted  # type: ignore[union-attr]
    assert judge(raw, seen=((KOR, 3), (USA, 0))).admitted  # type: ignore[union-attr]


def test_waits_for_entries_that_the_speaker_has_seen_and_we_have_not(
    jpn: Speaker, judge: Judge
) -> None:
    raw = jpn.say(ASK, 30, seen=((KOR, 4), (USA, 11))).raw
    assert judge(raw, size=3) == WaitingForEntries(Place(JPN, 3), USA, 11)
    assert judge(jpn.say(ASK, 30, seen=((KOR, 10), (USA, 10))).raw).admitted  # type: ignore[union-attr]


def test_rejects_a_speaker_who_claims_to_have_seen_what_rejects_this_very_entry(
    jpn: Speaker, judge: Judge
) -> None:
    for size, seen in ((8, ((KOR, 8),)), (99, ((KOR, 99), (USA, 11)))):
        raw = jpn.say(ASK, 30, seen=seen).raw
        refuted = (digest_of(b"another"), digest_of(raw))
        assert code_of(judge(raw, size=3, refuted=refuted)) == "statement.seen-refuted", size
        assert judge(raw, size=3, refuted=refuted[:1]) != judge(raw, size=3, refuted=refuted)
    before = jpn.say(ASK, 30, seen=((KOR, 7),)).raw
    assert judge(before, size=3, refuted=(digest_of(before),)).admitted  # type: ignore[union-attr]
    other = jpn.say(ASK, 30, seen=((KOR, 8),)).raw
    assert judge(other, size=4, refuted=(digest_of(other),)).admitted  # type: ignore[union-attr]


def test_a_statement_that_is_wrong_in_itself_is_not_waited_for(jpn: Speaker, judge: Judge) -> None:
    statement = jpn.say(ASK, 30, seen=((USA, 11),))
    assert code_of(judge(statement.raw, used=statement.nonce)) == "statement.nonce-repeated"


def test_rejects_a_statement_dated_before_what_it_has_seen(jpn: Speaker, judge: Judge) -> None:
    for minute in (0, 3):
        raw = jpn.say(ASK, minute, seen=((KOR, 4),)).raw
        assert code_of(judge(raw)) == "statement.at-before-seen"
    assert judge(jpn.say(ASK, 4, seen=((KOR, 4),)).raw).admitted  # type: ignore[union-attr]
    assert judge(jpn.say(ASK, 0, seen=((KOR, 0), (USA, 9))).raw).admitted  # type: ignore[union-attr]


def test_rejects_a_binding_statement_without_its_authority(
    jpn: Speaker, kor: Speaker, judge: Judge, minute: Minute
) -> None:
    right = jpn.say(AgreementSign(""))
    assert judge(right.raw).admitted  # type: ignore[union-attr]
    other_nonce = right.raw.replace(right.nonce.encode(), b"f" * 32)
    assert code_of(judge(other_nonce)) == "statement.authority"
    by_kor = replace(kor, party=JPN).say(AgreementSign(""))
    assert code_of(judge(by_kor.raw)) == "statement.authority"
    keys = KeyHistory(jpn.next().card)
    assert code_of(judge(right.raw, keys=keys)) == "statement.authority"


def test_rejects_a_binding_statement_entered_after_its_authority_expired(
    jpn: Speaker, judge: Judge
) -> None:
    body = AgreementSign("")
    assert judge(jpn.say(body, 60 * 24).raw).admitted  # type: ignore[union-attr]
    assert code_of(judge(jpn.say(body, 60 * 24 + 1).raw)) == "statement.authority-expired"


def test_admits_the_next_card_and_gives_it(jpn: Speaker, judge: Judge) -> None:
    second = jpn.next()
    body = second.card_body()
    verdict = judge(jpn.say(body).raw, cards={body.card.sha256: second.card.raw})
    assert isinstance(verdict, Judged)
    assert verdict.admitted
    assert verdict.card == second.card


def test_waits_for_a_card_that_is_not_here_or_is_another(jpn: Speaker, judge: Judge) -> None:
    second = jpn.next()
    body = second.card_body()
    raw = jpn.say(body).raw
    assert judge(raw, size=2) == WaitingForCard(Place(JPN, 2), body.card)
    other = {body.card.sha256: jpn.card.raw}
    assert judge(raw, size=2, cards=other) == WaitingForCard(Place(JPN, 2), body.card)


@pytest.mark.parametrize("version", [1, 3])
def test_rejects_a_card_out_of_order_without_waiting_for_it(
    jpn: Speaker, judge: Judge, version: int
) -> None:
    body = jpn.next().card_body(version=version)
    assert code_of(judge(jpn.say(body).raw)) == "statement.card-version"


def test_rejects_a_card_of_another_size_version_party_or_signer(
    jpn: Speaker, kor: Speaker, judge: Judge
) -> None:
    second, other = jpn.next(), kor.next()
    cases = [
        (second, second.card_body(size=7), "statement.card-size"),
        (jpn, jpn.card_body(version=2), "statement.card"),
        (other, other.card_body(), "statement.card"),
    ]
    for holder, body, code in cases:
        cards = {body.card.sha256: holder.card.raw}
        assert code_of(judge(jpn.say(body).raw, cards=cards)) == code


def test_only_a_rejection_for_its_date_says_that_an_entry_is_dated_ahead() -> None:
    reject = reject_date(Place(KOR, 7))
    assert (reject.code, reject.article) == ("time.ahead", None)
    assert said_ahead(reject) == Place(KOR, 7)
    assert said_ahead(StatementReject(KOR, 7, "statement.malformed", None)) is None
    assert said_ahead(ASK) is None
