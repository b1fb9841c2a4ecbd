# SPDX-License-Identifier: Apache-2.0
"""What every adapter of the keys port must do: its signatures and wraps hold elsewhere."""

from __future__ import annotations

import pytest

from comity.adapters.stored_keys import StoredKeys
from comity.basis.errors import ProofError, StateError
from comity.basis.ids import Digest, Domain, PartyId, digest_of
from comity.basis.instants import Instant
from comity.keys.authority import authority_text, verify_authority_note
from comity.keys.card_model import CardKey
from comity.keys.cards import (
    fingerprint,
    mirror_keys,
    statement_keys,
    verify_card,
)
from comity.keys.sealing_keys import courier_info, wrap_info, wrap_key
from comity.keys.suites import Algorithm, KeyUse, verify
from comity.ports import Recipient
from comity.sealing.parcels import Wrap
from comity.tlog.checkpoints import Checkpoint, parse_checkpoint, verify_log, with_cosignatures
from comity.tlog.cosignatures import verify_cosignatures
from tests.contracts.support_keys import JPN, JPN_DOMAIN, SEALING, card_of, fill, text_of
from tests.contracts.support_store import run

KOR_DOMAIN = Domain("kor.example")
CONTEXT = digest_of(b"statement")
CHECKPOINT = Checkpoint("jpn.example/register/gsomia-jpn-kor", 3, bytes(32))


def own_sealing_keys(keys: StoredKeys) -> tuple[CardKey, ...]:
    card = card_of(keys, run(keys.public_keys(1)))
    return card.keys_for(KeyUse.SEALING)


# TLS


def test_a_tls_key_is_made_once_and_then_the_one_that_takes_over(keys: StoredKeys) -> None:
    fill(keys)
    assert run(keys.tls_pins()) == ()
    assert not run(keys.take_next_tls_key())
    run(keys.new_tls_key())
    first = run(keys.tls_pins())
    run(keys.new_tls_key())
    run(keys.new_tls_key())
    both = run(keys.tls_pins())
    # Nobody connects to a node in memory: there the card pins nothing.
    assert (len(first), len(both)) in {(0, 0), (1, 2)}
    assert both[:1] == first
    assert run(keys.take_next_tls_key()) == (len(both) == 2)
    assert run(keys.tls_pins()) == both[1:]


# Making keys


def test_a_node_without_keys_names_none(keys: StoredKeys) -> None:
    assert run(keys.root_keys()) == ()
    assert run(keys.public_keys(1)) == ()
    assert run(keys.key_sets()) == ()
    assert run(keys.custody_items()) == ()


def test_a_first_card_has_every_key_that_cards_need(keys: StoredKeys) -> None:
    public = fill(keys)
    assert [(each.use, each.algorithm) for each in public] == [
        ("root", "ed25519"),
        ("root", "ml-dsa-44"),
        ("authority", "ed25519"),
        ("authority", "ml-dsa-44"),
        ("statement", "ed25519"),
        ("statement", "ml-dsa-44"),
        ("mirror", "ed25519"),
        ("mirror", "ml-dsa-44"),
        ("online", "ed25519"),
        ("sealing", "xwing"),
        ("sealing", "mlkem1024"),
    ]
    assert len({each.public for each in public}) == len(public)
    assert run(keys.key_sets()) == (1,)


def test_without_a_choice_the_sealing_key_is_an_xwing_key(keys: StoredKeys) -> None:
    public = run(keys.new_key_set(1))
    assert [each.algorithm for each in public if each.use is KeyUse.SEALING] == [Algorithm.XWING]


def test_keys_that_exist_are_never_made_again(keys: StoredKeys) -> None:
    public = fill(keys)
    for again in (keys.new_root(), keys.new_authority(1), keys.new_key_set(1)):
        with pytest.raises(StateError, match=r"keys\.exist"):
            run(again)
    assert (*run(keys.root_keys()), *run(keys.public_keys(1))) == public


def test_a_later_card_has_keys_of_its_own(keys: StoredKeys) -> None:
    fill(keys)
    run(keys.new_key_set(2, Algorithm.XWING))
    assert run(keys.key_sets()) == (1, 2)
    first, second = run(keys.public_keys(1)), run(keys.public_keys(2))
    assert not {each.public for each in first} & {each.public for each in second}


def test_dropped_keys_sign_and_open_nothing(keys: StoredKeys) -> None:
    fill(keys)
    sealing = own_sealing_keys(keys)[0]
    (wrap,) = run(keys.wrap_item_key(bytes(32), (Recipient(JPN, sealing),), context=CONTEXT))
    run(keys.new_key_set(2))
    run(keys.drop_sealing_keys(1))
    with pytest.raises(StateError, match=r"keys\.no-sealing-key"):
        run(keys.unwrap_item_key(wrap, context=CONTEXT))
    run(keys.sign_checkpoint(CHECKPOINT, 1))
    run(keys.drop_key_set(1))
    with pytest.raises(StateError, match=r"keys\.not-held"):
        run(keys.sign_checkpoint(CHECKPOINT, 1))
    assert run(keys.key_sets()) == (2,)
    run(keys.sign_checkpoint(CHECKPOINT, 2))


# Signing


def test_a_card_signed_with_the_root_keys_verifies(keys: StoredKeys) -> None:
    card = card_of(keys, fill(keys))
    raw = run(keys.sign_card(text_of(card)))
    assert verify_card(raw, fingerprint=fingerprint(card)).keys == card.keys


def test_an_authority_note_verifies_with_the_newest_or_the_named_keys(keys: StoredKeys) -> None:
    card = card_of(keys, fill(keys))
    text = authority_text(CONTEXT, Instant(1000))
    run_note = run(keys.sign_authority(text))
    verify_authority_note(run_note, digest=CONTEXT, card=card, at=Instant(1000))
    run(keys.new_authority(2))
    named = run(keys.sign_authority(text, 1))
    verify_authority_note(named, digest=CONTEXT, card=card, at=Instant(1000))
    newest = run(keys.sign_authority(text))
    with pytest.raises(ProofError):
        verify_authority_note(newest, digest=CONTEXT, card=card, at=Instant(1000))


@pytest.mark.parametrize("time_s", [0, 1_481_857_200])
def test_a_checkpoint_is_signed_by_both_statement_keys(keys: StoredKeys, time_s: int) -> None:
    card = card_of(keys, fill(keys))
    signed = parse_checkpoint(run(keys.sign_checkpoint(CHECKPOINT, 1, time_s=time_s)))
    assert signed.checkpoint == CHECKPOINT
    assert len(signed.note.signatures) == 2
    verify_log(signed, statement_keys(card, CHECKPOINT.origin))


def test_a_request_is_signed_by_the_online_key_of_the_version(keys: StoredKeys) -> None:
    fill(keys)
    message = b'"@method": GET'
    signature = run(keys.sign_request(message, 1))
    (online,) = (each for each in run(keys.public_keys(1)) if each.use is KeyUse.ONLINE)
    verify(online.algorithm, online.public, message, signature)
    with pytest.raises(ProofError):
        verify(online.algorithm, online.public, message + b" ", signature)
    with pytest.raises(StateError):
        run(keys.sign_request(message, 2))


def test_a_checkpoint_is_cosigned_by_both_mirror_keys(keys: StoredKeys) -> None:
    card = card_of(keys, fill(keys))
    signed = parse_checkpoint(run(keys.sign_checkpoint(CHECKPOINT, 1)))
    lines = run(keys.cosign(signed, 1, time_s=1_481_857_200))
    cosigned = verify_cosignatures(with_cosignatures(signed, lines), mirror_keys(card))
    assert (cosigned.name, cosigned.time_s) == ("jpn.example/mirror", 1_481_857_200)


def test_nothing_is_signed_without_keys(keys: StoredKeys) -> None:
    for signing in (
        keys.sign_card("text\n"),
        keys.sign_authority("text\n"),
        keys.sign_checkpoint(CHECKPOINT, 1),
    ):
        with pytest.raises(StateError, match=r"keys\.no-file"):
            run(signing)
    fill(keys)
    with pytest.raises(StateError, match=r"keys\.not-held"):
        run(keys.sign_checkpoint(CHECKPOINT, 2))
    with pytest.raises(StateError, match=r"keys\.not-held"):
        run(keys.sign_authority("text\n", 2))


# Wrapping


@pytest.mark.parametrize("algorithm", SEALING)
def test_an_item_key_wrapped_to_us_opens(keys: StoredKeys, algorithm: Algorithm) -> None:
    fill(keys)
    sealing = [each for each in own_sealing_keys(keys) if each.algorithm is algorithm]
    item_key = run(keys.new_item_key())
    (wrap,) = run(keys.wrap_item_key(item_key, (Recipient(JPN, sealing[0]),), context=CONTEXT))
    assert (wrap.to, wrap.key_id, wrap.suite) == (JPN, sealing[0].key_id, algorithm)
    assert run(keys.unwrap_item_key(wrap, context=CONTEXT)) == item_key


def test_item_keys_differ(keys: StoredKeys) -> None:
    drawn = [run(keys.new_item_key()) for _ in range(8)]
    assert {len(each) for each in drawn} == {32}
    assert len(set(drawn)) == 8


def test_each_recipient_gets_a_wrap_of_its_own(keys: StoredKeys) -> None:
    fill(keys)
    to = tuple(Recipient(PartyId(p), own_sealing_keys(keys)[0]) for p in ("KOR", "USA"))
    wraps = run(keys.wrap_item_key(bytes(32), to, context=CONTEXT))
    assert [wrap.to for wrap in wraps] == ["KOR", "USA"]
    assert wraps[0].wrap != wraps[1].wrap


def test_a_wrap_for_another_party_context_or_key_does_not_open(keys: StoredKeys) -> None:
    fill(keys)
    xwing, mlkem = own_sealing_keys(keys)
    (good,) = run(keys.wrap_item_key(bytes(32), (Recipient(JPN, xwing),), context=CONTEXT))
    (other,) = run(
        keys.wrap_item_key(bytes(32), (Recipient(PartyId("KOR"), xwing),), context=CONTEXT)
    )
    broken = Wrap(JPN, xwing.key_id, xwing.algorithm, good.wrap[:-1] + bytes([good.wrap[-1] ^ 1]))
    moved = Wrap(JPN, mlkem.key_id, mlkem.algorithm, good.wrap)
    renamed = Wrap(JPN, other.key_id, other.suite, other.wrap)
    for wrap in (broken, moved, renamed):
        with pytest.raises(ProofError, match=r"keys\.unwrap"):
            run(keys.unwrap_item_key(wrap, context=CONTEXT))
    with pytest.raises(ProofError, match=r"keys\.unwrap"):
        run(keys.unwrap_item_key(good, context=Digest("0" * 64)))


def test_the_algorithm_is_our_keys_and_not_the_wraps(keys: StoredKeys) -> None:
    fill(keys)
    xwing, _ = own_sealing_keys(keys)
    info = wrap_info(JPN, xwing.key_id, CONTEXT)
    raw = wrap_key(xwing.algorithm, xwing.public, info, bytes(32))
    lying = Wrap(JPN, xwing.key_id, Algorithm.MLKEM1024, raw)
    assert run(keys.unwrap_item_key(lying, context=CONTEXT)) == bytes(32)


def test_a_wrap_to_a_key_that_we_never_had_does_not_open(keys: StoredKeys) -> None:
    fill(keys)
    wrap = Wrap(JPN, "0" * 16, Algorithm.XWING, bytes(1168))
    with pytest.raises(StateError, match=r"keys\.no-sealing-key"):
        run(keys.unwrap_item_key(wrap, context=CONTEXT))


def test_a_courier_key_opens_for_these_domains_only(keys: StoredKeys) -> None:
    fill(keys)
    sealing = own_sealing_keys(keys)[0]
    info = courier_info(KOR_DOMAIN, JPN_DOMAIN)
    wrap = wrap_key(sealing.algorithm, sealing.public, info, b"k" * 32)
    key_id = sealing.key_id
    assert run(keys.unwrap_from_courier(wrap, key_id=key_id, from_domain=KOR_DOMAIN)) == b"k" * 32
    with pytest.raises(ProofError, match=r"keys\.unwrap"):
        run(keys.unwrap_from_courier(wrap, key_id=key_id, from_domain=JPN_DOMAIN))
    own = run(keys.wrap_for_courier(b"k" * 32, sealing, to_domain=JPN_DOMAIN))
    assert run(keys.unwrap_from_courier(own, key_id=key_id, from_domain=JPN_DOMAIN)) == b"k" * 32


# Custody


def test_a_kept_item_key_comes_back_until_it_is_erased(keys: StoredKeys) -> None:
    fill(keys)
    refs = ("gsomia-jpn-kor/JPN/12", "gsomia-jpn-kor/KOR/3")
    for ref in refs:
        run(keys.keep_item_key(ref, ref.encode().ljust(32)))
    assert run(keys.custody_items()) == refs
    assert run(keys.custody_item_key(refs[0])) == refs[0].encode().ljust(32)
    run(keys.erase_item_key(refs[0]))
    run(keys.erase_item_key(refs[0]))
    with pytest.raises(StateError, match=r"custody\.not-held"):
        run(keys.custody_item_key(refs[0]))
    assert run(keys.custody_items()) == refs[1:]
    assert run(keys.custody_item_key(refs[1])) == refs[1].encode().ljust(32)


def test_many_item_keys_are_kept_at_once_and_it_is_said_which_are_held(keys: StoredKeys) -> None:
    fill(keys)
    item_keys = tuple((f"{index:064x}", bytes([index]) * 32) for index in range(70))
    run(keys.keep_item_keys(item_keys))
    run(keys.keep_item_keys(()))
    for ref, key in item_keys:
        assert run(keys.custody_item_key(ref)) == key
    asked = frozenset({item_keys[3][0], item_keys[69][0], "f" * 64})
    assert run(keys.held_item_keys(asked)) == asked - {"f" * 64}
    assert run(keys.custody_items()) == tuple(ref for ref, _ in item_keys)


def test_keeping_again_replaces_the_key(keys: StoredKeys) -> None:
    fill(keys)
    run(keys.keep_item_key("a", b"1" * 32))
    run(keys.keep_item_key("a", b"2" * 32))
    assert run(keys.custody_item_key("a")) == b"2" * 32


def test_custody_outlives_the_sealing_keys(keys: StoredKeys) -> None:
    fill(keys)
    run(keys.keep_item_key("a", b"1" * 32))
    run(keys.new_key_set(2))
    run(keys.drop_key_set(1))
    assert run(keys.custody_item_key("a")) == b"1" * 32
