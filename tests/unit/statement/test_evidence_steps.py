# SPDX-License-Identifier: Apache-2.0
"""The steps of verifying evidence, each refused alone: policy, signatures, speaker, cards."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import ProofError
from comity.basis.ids import AgreementId, Digest, PartyId, Place
from comity.keys.notes import Note, NoteSignature
from comity.statement.drafting import compose, draft_statement
from comity.statement.envelope import Statement
from comity.statement.evidence import POLICY_FILE, PROOF_FILE
from comity.statement.information import RequestDecline
from comity.statement.key_history import CardChange
from comity.statement.values import AgreementRef
from comity.tlog.checkpoints import SignedCheckpoint
from comity.tlog.evidence_proof import TlogProof, format_proof, parse_proof
from tests.builders.evidence import (
    ANNOUNCEMENT,
    Exchange,
    Files,
    Registers,
    refusal,
    registers_of,
    trust,
    trust_all,
    verified,
)
from tests.builders.speakers import COSIGNED_AT_S, Speaker, at_minute, posing_as

JPN, KOR = PartyId("JPN"), PartyId("KOR")


# The policy


def _lines(policy: bytes) -> list[bytes]:
    return policy.splitlines(keepends=True)


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [lines[0], lines[1], lines[3], lines[2], *lines[4:]],
        lambda lines: [*lines[:3], *lines[4:]],
        lambda lines: [b"# ours\n", *lines],
        lambda lines: [*lines[:-1], b"quorum none\n"],
        lambda lines: [*lines[:-2], lines[-2].replace(b" all ", b" any "), lines[-1]],
        lambda lines: [lines[0].replace(b"log ", b"log  "), *lines[1:]],
        lambda lines: [lines[0].replace(b"\n", b" https://log.example/\n"), *lines[1:]],
        lambda lines: [],
    ],
    ids=[
        "witnesses in another order", "a witness less", "a comment", "no quorum", "any instead",
        "another spelling", "a url", "empty",
    ],
)  # fmt: skip
def test_refuses_a_policy_that_differs_at_all(
    exchange: Exchange, files: Files, change: Callable[[list[bytes]], list[bytes]]
) -> None:
    policy = b"".join(change(_lines(files[POLICY_FILE])))
    assert policy != files[POLICY_FILE]
    assert refusal({**files, POLICY_FILE: policy}, exchange.trusted) == "evidence.mismatch"


def test_refuses_the_policy_of_another_size_of_the_same_register(exchange: Exchange) -> None:
    registers = exchange.registers
    old, new = registers.evidence("JPN", 0, 4), registers.evidence("JPN", 0, 5)
    assert old[POLICY_FILE] != new[POLICY_FILE]
    assert refusal({**old, POLICY_FILE: new[POLICY_FILE]}, exchange.trusted) == "evidence.mismatch"


# Signatures


def _with_signatures(
    files: Files, change: Callable[[tuple[NoteSignature, ...]], tuple[NoteSignature, ...]]
) -> Files:
    proof = parse_proof(files[PROOF_FILE])
    note = proof.checkpoint.note
    signed = SignedCheckpoint(proof.checkpoint.checkpoint, Note(note.text, change(note.signatures)))
    return {**files, PROOF_FILE: format_proof(TlogProof(proof.index, proof.path, signed))}


@pytest.mark.parametrize("missing", [0, 1, 2, 3])
def test_refuses_a_checkpoint_that_lacks_one_of_the_four_signatures(
    exchange: Exchange, files: Files, missing: int
) -> None:
    assert len(parse_proof(files[PROOF_FILE]).checkpoint.note.signatures) == 4
    less = _with_signatures(files, lambda lines: lines[:missing] + lines[missing + 1 :])
    assert refusal(less, exchange.trusted) in {"tlog.policy-log", "tlog.policy-quorum"}


def test_refuses_a_partner_that_has_not_cosigned(fresh: Registers) -> None:
    files = fresh.evidence("JPN", 0)
    files[PROOF_FILE] = fresh.prove("JPN", 0, fresh.checkpoint("JPN", 1))
    assert refusal(files, trust_all(fresh)) == "tlog.policy-quorum"


def test_refuses_three_parties_of_whom_one_has_not_cosigned(
    jpn: Speaker, kor: Speaker, usa: Speaker
) -> None:
    registers = registers_of(jpn, kor, usa)
    registers.say("JPN")
    files = registers.evidence("JPN", 0)
    files[PROOF_FILE] = registers.prove("JPN", 0, registers.cosigned("JPN", 1, ["KOR"]))
    assert refusal(files, trust_all(registers)) == "tlog.policy-quorum"


@pytest.mark.parametrize("version", [2, 3])
def test_refuses_cosignatures_by_keys_that_count_from_a_larger_size(
    exchange: Exchange, version: int
) -> None:
    registers = exchange.registers
    files = registers.evidence("JPN", 0, 5)
    signed = registers.checkpoint("JPN", 5)
    ours, newer = (registers.speakers[KOR][each].cosign(signed) for each in (1, version))
    files[PROOF_FILE] = registers.prove("JPN", 0, newer)
    assert refusal(files, exchange.trusted) == "tlog.policy-quorum"
    files[PROOF_FILE] = registers.prove("JPN", 0, ours)
    assert verified(files, exchange.trusted).tree_size == 5


def test_refuses_cosignatures_of_two_times_and_of_none(fresh: Registers) -> None:
    files = fresh.evidence("JPN", 0)
    early, late = (
        fresh.cosigned("JPN", 1, ["KOR"], time_s).note.signatures
        for time_s in (COSIGNED_AT_S, COSIGNED_AT_S + 1)
    )
    mixed = _with_signatures(files, lambda _: (*early[:3], late[3]))
    assert refusal(mixed, trust_all(fresh)) == "tlog.cosignature-times"
    files[PROOF_FILE] = fresh.prove("JPN", 0, fresh.cosigned("JPN", 1, ["KOR"], 0))
    assert refusal(files, trust_all(fresh)) == "tlog.cosignature-times"


def test_ignores_signatures_by_keys_of_nobody(
    exchange: Exchange, files: Files, usa: Speaker
) -> None:
    proof = parse_proof(files[PROOF_FILE])
    more = usa.cosign(proof.checkpoint).note.signatures[-2:]
    assert verified(_with_signatures(files, lambda lines: (*lines, *more)), exchange.trusted)


# Speaker, register, place


def test_refuses_a_statement_to_a_party_whose_card_is_missing(
    jpn: Speaker, kor: Speaker, usa: Speaker
) -> None:
    registers = registers_of(jpn, kor)
    registers.say("JPN", to=("KOR", "USA"))
    with pytest.raises(ProofError) as caught:
        verified(registers.evidence("JPN", 0), trust(jpn.card, kor.card, usa.card))
    assert caught.value.what == "no card of USA"


def test_refuses_two_parties_under_one_domain(jpn: Speaker, kor: Speaker) -> None:
    twin = posing_as("KOR", replace(kor, domain=jpn.domain), "KOR")
    registers = registers_of(jpn, twin)
    registers.say("JPN")
    with pytest.raises(ProofError) as caught:
        verified(registers.evidence("JPN", 0), trust(jpn.card, twin.card))
    assert caught.value.what == "two parties claim one domain"


def test_refuses_a_statement_of_one_party_in_the_register_of_another(fresh: Registers) -> None:
    stray = fresh.newest("KOR").say(ANNOUNCEMENT, 30, to=("JPN",))
    fresh.entries[JPN].append(stray.raw)
    with pytest.raises(ProofError) as caught:
        verified(fresh.evidence("JPN", 1), trust_all(fresh))
    assert caught.value.code == "evidence.mismatch"
    assert caught.value.expected == "kor.example/register/gsomia-jpn-kor"


def _under(speaker: Speaker, statement: Statement, agreement: str) -> Statement:
    """Say the same under another agreement."""
    ref = AgreementRef(AgreementId(agreement), Digest("5e" * 32))
    body: Any = statement.body
    draft = draft_statement(body, ref, by=statement.by, to=statement.to, nonce=statement.nonce)
    return compose(speaker.authorise(draft), at=statement.at, seen=statement.seen)


def test_refuses_a_statement_under_another_agreement(fresh: Registers) -> None:
    stray = _under(fresh.newest("JPN"), fresh.say("JPN"), "tisa")
    fresh.entries[JPN][-1] = stray.raw
    assert refusal(fresh.evidence("JPN", 1), trust_all(fresh)) == "evidence.mismatch"


def test_refuses_a_proof_of_another_place(exchange: Exchange, files: Files) -> None:
    proof = parse_proof(files[PROOF_FILE])
    for index in (3, 5, 8):
        moved = format_proof(TlogProof(index, proof.path, proof.checkpoint))
        assert refusal({**files, PROOF_FILE: moved}, exchange.trusted).startswith("tlog.")


# Authority


def test_refuses_a_treaty_statement_that_the_authority_keys_did_not_sign(
    fresh: Registers, jpn: Speaker
) -> None:
    # Whoever stole the online keys can enter it and gets it acknowledged; it binds nobody.
    thief = replace(jpn, seed="thief")
    draft = jpn.draft(ANNOUNCEMENT, nonce=9)
    note = thief.authorise(draft)
    fresh.entries[JPN].append(compose(note, at=at_minute(9), seen=()).raw)
    assert refusal(fresh.evidence("JPN", 1), trust_all(fresh)).startswith("keys.")


def test_refuses_a_treaty_statement_entered_after_its_note_expired(
    fresh: Registers, jpn: Speaker
) -> None:
    draft = jpn.draft(ANNOUNCEMENT, nonce=9)
    late = compose(jpn.authorise(draft, at_minute(8)), at=at_minute(9), seen=())
    fresh.entries[JPN].append(late.raw)
    assert refusal(fresh.evidence("JPN", 1), trust_all(fresh)) == "keys.authority-expired"


def test_the_authority_keys_are_those_of_the_statement_s_own_place(fresh: Registers) -> None:
    old = fresh.newest("JPN")
    fresh.renew("JPN")
    draft = old.draft(ANNOUNCEMENT, nonce=9)
    fresh.entries[JPN].append(compose(old.authorise(draft), at=at_minute(9), seen=()).raw)
    fresh.say("JPN")
    assert refusal(fresh.evidence("JPN", 2), trust_all(fresh)).startswith("keys.")
    assert verified(fresh.evidence("JPN", 0), trust_all(fresh)).place == Place(JPN, 0)
    assert verified(fresh.evidence("JPN", 3), trust_all(fresh)).place == Place(JPN, 3)


# Later cards


def test_refuses_a_first_card_with_a_statement(exchange: Exchange, files: Files) -> None:
    more = {**files, "cards/KOR.1.json": files["cards/KOR.2.json"]}
    assert refusal(more, exchange.trusted) == "evidence.unreadable"
    more = {**files, "cards/KOR.1.tlog-proof": files["cards/KOR.2.tlog-proof"]}
    assert refusal(more, exchange.trusted) == "evidence.unreadable"


@pytest.mark.parametrize("part", ["json", "tlog-proof"])
def test_refuses_a_later_card_without_its_statement(
    exchange: Exchange, files: Files, part: str
) -> None:
    less = {name: raw for name, raw in files.items() if name != f"cards/JPN.2.{part}"}
    assert refusal(less, exchange.trusted) == "evidence.unreadable"


def test_refuses_a_card_under_the_name_of_another_party(
    jpn: Speaker, kor: Speaker, exchange: Exchange, files: Files
) -> None:
    renamed = {name.replace("cards/KOR.", "cards/USA."): raw for name, raw in files.items()}
    assert refusal(renamed, exchange.trusted) == "evidence.mismatch"


@pytest.mark.parametrize(("version", "other"), [(1, 9), (3, 4), (3, 10)])
def test_refuses_a_card_under_the_name_of_another_version(
    exchange: Exchange, files: Files, version: int, other: int
) -> None:
    renamed = {
        each.replace(f"KOR.{version}.", f"KOR.{other}."): raw
        for each, raw in files.items()
        if version > 1 or not each.startswith(("cards/KOR.2", "cards/KOR.3"))
    }
    with pytest.raises(ProofError) as caught:
        verified(renamed, exchange.trusted)
    assert caught.value.where == f"cards/KOR.{other}.card"
    assert caught.value.expected == f"KOR {other}"


def test_refuses_a_version_that_is_left_out(exchange: Exchange, files: Files) -> None:
    less = {name: raw for name, raw in files.items() if not name.startswith("cards/JPN.2.")}
    assert refusal(less, exchange.trusted) == "keys.card-succession"


def test_refuses_keys_older_than_the_cards_say(exchange: Exchange, files: Files) -> None:
    # Whoever leaves the newest card out gets the older keys, and the policy does not fit them.
    less = {name: raw for name, raw in files.items() if not name.startswith("cards/JPN.3.")}
    assert refusal(less, exchange.trusted) == "evidence.mismatch"


def test_refuses_a_card_that_the_partner_s_register_entered(fresh: Registers) -> None:
    renewed = fresh.newest("KOR").next()
    index = len(fresh.entries[JPN])
    fresh.entries[JPN].append(fresh.newest("JPN").say(renewed.card_body(), 20).raw)
    entered = _with_entered(fresh, "KOR", renewed, index, register="JPN")
    assert entered == MISMATCH_2


def test_refuses_a_card_that_its_party_said_in_another_s_register(fresh: Registers) -> None:
    speaker = fresh.newest("KOR")
    renewed = speaker.next()
    fresh.entries[JPN].append(speaker.say(renewed.card_body(), 20, to=("JPN",)).raw)
    code, _ = _with_entered(fresh, "KOR", renewed, 1, register="JPN")
    assert code == "tlog.origin-mismatch"


def _with_entered(
    registers: Registers, party: str, renewed: Speaker, index: int, *, register: str = ""
) -> tuple[str, str]:
    """Give code and place of refusing evidence in which a register entered `renewed` at `index`."""
    where, name = register or party, f"cards/{party}.{renewed.card.version}"
    files = registers.evidence("JPN", 0, 1) | {
        f"{name}.card": renewed.card.raw,
        f"{name}.json": registers.entries[PartyId(where)][index],
        f"{name}.tlog-proof": registers.prove(where, index, registers.checkpoint(where, index + 1)),
    }
    with pytest.raises(ProofError) as caught:
        verified(files, trust_all(registers))
    return caught.value.code, caught.value.where


MISMATCH_2 = ("evidence.mismatch", "cards/KOR.2.card")
MISMATCH_3 = ("evidence.mismatch", "cards/KOR.3.card")


def test_refuses_a_card_entered_by_a_statement_of_another_kind(fresh: Registers) -> None:
    fresh.say("KOR", RequestDecline(Place(JPN, 0)))
    renewed = fresh.newest("KOR").next()
    assert _with_entered(fresh, "KOR", renewed, 1) == MISMATCH_2


@pytest.mark.parametrize("change", [{"sha256": "ab" * 32}, {"size": 1}, {"version": 3}])
def test_refuses_a_card_that_its_statement_does_not_name_exactly(
    fresh: Registers, change: dict[str, object]
) -> None:
    renewed = fresh.newest("KOR").next()
    fresh.say("KOR", renewed.card_body(**change))
    assert _with_entered(fresh, "KOR", renewed, 1) == MISMATCH_2


def test_refuses_a_card_entered_under_another_agreement(fresh: Registers) -> None:
    speaker = fresh.newest("KOR")
    renewed = speaker.next()
    said = fresh.say("KOR", renewed.card_body())
    fresh.entries[KOR][-1] = _under(speaker, said, "tisa").raw
    assert _with_entered(fresh, "KOR", renewed, 1) == MISMATCH_2


def test_refuses_a_card_said_by_another_party_in_this_register(fresh: Registers) -> None:
    renewed = fresh.newest("KOR").next()
    fresh.entries[KOR].append(fresh.newest("JPN").say(renewed.card_body(), 20).raw)
    assert _with_entered(fresh, "KOR", renewed, 1) == MISMATCH_2


def test_refuses_a_card_whose_checkpoint_covers_more(exchange: Exchange, files: Files) -> None:
    registers = exchange.registers
    larger = registers.prove("JPN", 3, registers.checkpoint("JPN", 5))
    assert refusal({**files, "cards/JPN.2.tlog-proof": larger}, exchange.trusted) == (
        "evidence.mismatch"
    )


def test_refuses_a_card_whose_checkpoint_the_new_keys_signed(
    exchange: Exchange, files: Files
) -> None:
    registers = exchange.registers
    signed = registers.speakers[JPN][2].checkpoint(registers.entries[JPN][:4])
    early = registers.prove("JPN", 3, signed)
    assert refusal({**files, "cards/JPN.2.tlog-proof": early}, exchange.trusted) == (
        "tlog.signature-missing"
    )


def test_refuses_a_card_entered_in_a_tree_that_lacks_it(exchange: Exchange, files: Files) -> None:
    registers = exchange.registers
    other = registers_of(*(registers.speakers[each][1] for each in (JPN, KOR)))
    for _ in range(4):
        other.say("JPN")
    proof = other.prove("JPN", 3, other.checkpoint("JPN", 4))
    assert refusal({**files, "cards/JPN.2.tlog-proof": proof}, exchange.trusted).startswith("tlog.")


def test_refuses_a_card_entered_before_the_one_that_it_follows(fresh: Registers) -> None:
    second = fresh.newest("KOR").next()
    third = second.next()
    speaker = fresh.newest("KOR")
    fresh.entries[KOR].append(speaker.say(third.card_body(), 20, to=("JPN",)).raw)
    fresh.entries[KOR].append(speaker.say(second.card_body(), 21, to=("JPN",)).raw)
    fresh.histories[KOR] = fresh.histories[KOR].with_card(CardChange(second.card, 2, ((JPN, 9),)))
    fresh.speakers[KOR][2] = second
    assert _with_entered(fresh, "KOR", third, 1) == MISMATCH_3


def test_refuses_two_cards_entered_at_one_place(fresh: Registers) -> None:
    # Only a party that signs two trees of one size can show this.
    first = fresh.newest("KOR")
    second = first.next()
    third = second.next()
    fresh.renew("KOR")
    forked = registers_of(fresh.newest("JPN"), first)
    forked.entries[KOR] = [
        fresh.entries[KOR][0],
        second.say(third.card_body(), 20, to=("JPN",), seen=((JPN, 1),)).raw,
    ]
    signed = second.checkpoint(forked.entries[KOR])
    files = fresh.evidence("JPN", 0, 1) | {
        "cards/KOR.2.card": fresh.newest("KOR").card.raw,
        "cards/KOR.3.card": third.card.raw,
        "cards/KOR.3.json": forked.entries[KOR][1],
        "cards/KOR.3.tlog-proof": forked.prove("KOR", 1, signed),
    }
    with pytest.raises(ProofError) as caught:
        verified(files, trust_all(fresh))
    assert (caught.value.code, caught.value.where) == MISMATCH_3


def test_refuses_a_card_entered_by_a_statement_that_has_seen_less(fresh: Registers) -> None:
    # Were it admitted, older keys would count again for sizes that newer ones had signed.
    fresh.renew("KOR", {"JPN": 1})
    renewed = fresh.newest("KOR").next()
    fresh.say("KOR", renewed.card_body(), seen={})
    assert _with_entered(fresh, "KOR", renewed, 2) == MISMATCH_3


def test_takes_a_card_entered_by_a_statement_that_has_seen_as_much(fresh: Registers) -> None:
    fresh.renew("KOR", {"JPN": 1})
    fresh.renew("KOR", {"JPN": 1})
    assert verified(fresh.evidence("JPN", 0), trust_all(fresh)).place == Place(JPN, 0)


def test_an_unreadable_statement_that_the_tree_holds_is_refused_as_unreadable(
    fresh: Registers,
) -> None:
    fresh.entries[JPN].append(b"{}")
    assert refusal(fresh.evidence("JPN", 1), trust_all(fresh)) == "basis.missing-field"
