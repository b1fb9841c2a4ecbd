# SPDX-License-Identifier: Apache-2.0
"""Trust policies: grammar, groups, and our policy of evidence."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import InputError, InvariantError, ProofError
from comity.basis.ids import parse_party_id
from comity.basis.limits import POLICY_BYTES_MAX, POLICY_WITNESSES_MAX
from comity.keys.notes import SignatureType, format_vkey
from comity.tlog.checkpoints import SignedCheckpoint, signed_checkpoint, with_cosignatures
from comity.tlog.policy import (
    Policy,
    PolicyGroup,
    PolicyLog,
    PolicyWitness,
    Witnessed,
    evidence_policy,
    format_policy,
    parse_policy,
    verify_policy,
)

JPN, KOR, USA = (parse_party_id(party) for party in ("JPN", "KOR", "USA"))


def code_of(error: pytest.ExceptionInfo[Any]) -> str:
    return str(error.value.code)


@pytest.fixture(scope="module")
def evidence(jpn: Any, kor: Any) -> Policy:
    return evidence_policy((JPN, jpn.log_keys), ((KOR, kor.mirror_keys),))


@pytest.fixture(scope="module")
def cosigned(kor: Any, signed: SignedCheckpoint) -> SignedCheckpoint:
    return with_cosignatures(signed, kor.cosign(signed.checkpoint, 77))


@pytest.fixture(scope="module")
def words(jpn: Any, kor: Any, usa: Any) -> dict[str, str]:
    """The vkeys that the texts below name."""
    return {
        "J": format_vkey(jpn.log_keys[0]),
        "J6": format_vkey(jpn.log_keys[1]),
        "K": format_vkey(kor.mirror_keys[0]),
        "K6": format_vkey(kor.mirror_keys[1]),
        "U": format_vkey(usa.mirror_keys[0]),
        "U6": format_vkey(usa.mirror_keys[1]),
        "KAGAIN": format_vkey(
            kor.key("other.example", SignatureType.COSIGNATURE_ED25519, "mirror")
        ),
        "NOTE": format_vkey(kor.key("kor.example", SignatureType.OTHER, "mirror")),
    }


@pytest.fixture(scope="module")
def read(words: dict[str, str]) -> Callable[[str], Policy]:
    """Read a policy whose vkeys stand as <NAME>."""

    def fill(text: str) -> Policy:
        for name, vkey in words.items():
            text = text.replace(f"<{name}>", vkey)
        return parse_policy(text.encode())

    return fill


Read = Callable[[str], Policy]


def test_the_policy_of_evidence_is_the_one_of_the_design(
    evidence: Policy, words: dict[str, str]
) -> None:
    assert format_policy(evidence).decode() == (
        f"log {words['J']}\n"
        f"witness jpn-mldsa {words['J6']}\n"
        f"witness kor-ed {words['K']}\n"
        f"witness kor-mldsa {words['K6']}\n"
        "group all-of all jpn-mldsa kor-ed kor-mldsa\n"
        "quorum all-of\n"
    )


def test_the_order_in_which_cosigners_are_given_does_not_matter(
    jpn: Any, kor: Any, usa: Any
) -> None:
    pairs = ((KOR, kor.mirror_keys), (USA, usa.mirror_keys))
    policy = evidence_policy((JPN, jpn.log_keys), pairs)
    assert policy == evidence_policy((JPN, jpn.log_keys), pairs[::-1])
    assert policy.groups[0].members == ("jpn-mldsa", "kor-ed", "kor-mldsa", "usa-ed", "usa-mldsa")


def test_a_log_without_partners_is_still_asked_for_both_keys(jpn: Any) -> None:
    policy = evidence_policy((JPN, jpn.log_keys), ())
    assert format_policy(policy).endswith(b"group all-of all jpn-mldsa\nquorum all-of\n")


def test_a_party_counts_once(jpn: Any, kor: Any, usa: Any) -> None:
    with pytest.raises(InputError):
        evidence_policy((JPN, jpn.log_keys), ((KOR, kor.mirror_keys), (KOR, usa.mirror_keys)))
    with pytest.raises(InputError):
        evidence_policy((JPN, jpn.log_keys), ((KOR, kor.mirror_keys), (USA, kor.mirror_keys)))


def test_keys_of_the_wrong_kind_are_a_bug(jpn: Any, kor: Any) -> None:
    with pytest.raises(InvariantError):
        evidence_policy((JPN, jpn.mirror_keys), ())
    with pytest.raises(InvariantError):
        evidence_policy((JPN, jpn.log_keys), ((KOR, kor.log_keys),))


def test_a_checkpoint_signed_and_cosigned_by_both_algorithms_holds(
    evidence: Policy, jpn: Any, cosigned: SignedCheckpoint
) -> None:
    assert verify_policy(evidence, cosigned) == Witnessed(
        jpn.log_keys[0], (("jpn-mldsa", 1_481_857_200), ("kor-ed", 77), ("kor-mldsa", 77))
    )


@pytest.mark.parametrize("missing", range(4))
def test_refuses_a_checkpoint_that_lacks_any_one_signature(
    missing: int, evidence: Policy, cosigned: SignedCheckpoint
) -> None:
    lines = cosigned.note.signatures
    kept = (*lines[:missing], *lines[missing + 1 :])
    with pytest.raises(ProofError) as refusal:
        verify_policy(evidence, signed_checkpoint(cosigned.checkpoint, kept))
    assert code_of(refusal) == ("tlog.policy-quorum" if missing else "tlog.policy-log")


@pytest.mark.parametrize("failing", range(4))
def test_refuses_a_checkpoint_with_any_one_failing_signature(
    failing: int, evidence: Policy, cosigned: SignedCheckpoint
) -> None:
    lines = list(cosigned.note.signatures)
    raw = lines[failing].signature
    lines[failing] = replace(lines[failing], signature=raw[:-1] + bytes((raw[-1] ^ 1,)))
    with pytest.raises(ProofError) as refusal:
        verify_policy(evidence, signed_checkpoint(cosigned.checkpoint, tuple(lines)))
    assert code_of(refusal) == "tlog.signature"


def test_a_failing_line_refuses_where_the_quorum_would_do_without_it(
    read: Read, kor: Any, signed: SignedCheckpoint
) -> None:
    policy = read("log <J>\nwitness k <K>\nwitness k6 <K6>\ngroup g any k k6\nquorum g\n")
    good, other = kor.cosign(signed.checkpoint), kor.cosign(replace(signed.checkpoint, size=8))
    verify_policy(policy, with_cosignatures(signed, good[:1]))
    with pytest.raises(ProofError):
        verify_policy(policy, with_cosignatures(signed, (good[0], other[1])))


def test_refuses_a_log_key_of_another_origin(
    read: Read, jpn: Any, kor: Any, signed: SignedCheckpoint
) -> None:
    foreign = jpn.sign_log(replace(signed.checkpoint, origin=kor.origin))
    with pytest.raises(ProofError) as refusal:
        verify_policy(read("log <J>\nquorum none\n"), foreign)
    assert code_of(refusal) == "tlog.policy-log"


def test_a_policy_without_logs_holds_for_nothing(read: Read, signed: SignedCheckpoint) -> None:
    with pytest.raises(ProofError) as refusal:
        verify_policy(read("quorum none\n"), signed)
    assert code_of(refusal) == "tlog.policy-log"


@pytest.mark.parametrize("log", ["log <J>\n", "log <J6> https://log.example/\nlog <J>\n"])
def test_any_log_of_the_policy_will_do(log: str, read: Read, signed: SignedCheckpoint) -> None:
    assert verify_policy(read(f"{log}quorum none\n"), signed).witnesses == ()


def test_a_log_may_sign_with_mldsa44_alone(read: Read, jpn: Any, signed: SignedCheckpoint) -> None:
    alone = signed_checkpoint(signed.checkpoint, signed.note.signatures[1:])
    assert verify_policy(read("log <J6>\nquorum none\n"), alone).log == jpn.log_keys[1]


GROUPS = """
  # witnesses of two partners\t
log \t<J>   https://log.example/é

witness k <K> https://k.example/
witness k6 <K6>
\twitness u <U>\t
witness u6 <U6>
group kor all k k6
group usa any u u6
group both {} kor usa
quorum both
"""


@pytest.mark.parametrize(
    ("threshold", "cosigners", "holds"),
    [
        ("all", "k k6 u", True),
        ("all", "k k6", False),
        ("all", "k u u6", False),
        ("2", "k k6 u6", True),
        ("2", "k u", False),
        ("any", "u", True),
        ("1", "k k6", True),
        ("any", "k", False),
        ("any", "", False),
    ],
)
def test_groups_of_groups_count_their_members(
    threshold: str, cosigners: str, holds: bool, read: Read, kor: Any, usa: Any, signed: Any
) -> None:
    policy = read(GROUPS.format(threshold))
    lines = dict(
        zip(
            ("k", "k6", "u", "u6"),
            (*kor.cosign(signed.checkpoint), *usa.cosign(signed.checkpoint)),
            strict=True,
        )
    )
    given = with_cosignatures(signed, tuple(lines[name] for name in cosigners.split()))
    if holds:
        assert [name for name, _ in verify_policy(policy, given).witnesses] == cosigners.split()
        return
    with pytest.raises(ProofError) as refusal:
        verify_policy(policy, given)
    assert code_of(refusal) == "tlog.policy-quorum"


@pytest.mark.parametrize("threshold", ["all", "any", "1", "2"])
def test_the_plain_form_comes_back_as_written(threshold: str, read: Read) -> None:
    policy = read(GROUPS.format(threshold))
    plain = format_policy(policy)
    assert parse_policy(plain) == policy
    assert format_policy(parse_policy(plain)) == plain


def test_thresholds_between_any_and_all_stay_numbers(read: Read) -> None:
    policy = read("witness a <K>\nwitness b <U>\nwitness c <J6>\ngroup g 2 a b c\nquorum g\n")
    assert b"group g 2 a b c\n" in format_policy(policy)


def test_our_own_policy_comes_back_as_written(evidence: Policy) -> None:
    assert parse_policy(format_policy(evidence)) == evidence


def test_the_quorum_may_be_one_witness(read: Read, kor: Any, signed: SignedCheckpoint) -> None:
    policy = read("log <J>\nwitness é <K>\nquorum é\n")
    assert verify_policy(policy, with_cosignatures(signed, kor.cosign(signed.checkpoint, 5)))
    with pytest.raises(ProofError):
        verify_policy(policy, signed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "log <J>\n",
        "quorum none",
        "quorum none\r\n",
        "quorum none\x0b\n",
        "quorum none\x7f\n",
        "quorum\n",
        "quorum none none\n",
        "quorum none\nquorum none\n",
        "quorum None\n",
        "Quorum none\n",
        "quorum none # comment\n",
        "quorum\u00a0none\n",
        "quorum w\n",
        "quorum w\nwitness w <K>\n",
        "witness w <K>\nquorum W\n",
        "witness\nquorum none\n",
        "witness w\nquorum none\n",
        "witness w <K> url more\nquorum none\n",
        "witness w nonsense\nquorum none\n",
        "witness none <K>\nquorum none\n",
        "witness w <J>\nquorum none\n",
        "witness w <NOTE>\nquorum none\n",
        "witness w <K>\nwitness w <U>\nquorum none\n",
        "witness w <K>\nwitness v <K>\nquorum none\n",
        "witness w <K>\nwitness v <KAGAIN>\nquorum none\n",
        "log <J>\nlog <J>\nquorum none\n",
        "log <J6>\nwitness w <J6>\nquorum none\n",
        "log <K>\nquorum none\n",
        "log <NOTE>\nquorum none\n",
        "log\nquorum none\n",
        "log <J> url more\nquorum none\n",
        "group\nquorum none\n",
        "group g\nquorum none\n",
        "group g all\nquorum none\n",
        "group g any\nquorum none\n",
        "group g all w\nwitness w <K>\nquorum none\n",
        "group g all g\nquorum none\n",
        "witness w <K>\ngroup w all w\nquorum none\n",
        "witness w <K>\ngroup none all w\nquorum none\n",
        "witness w <K>\ngroup g all none\nquorum none\n",
        "witness w <K>\ngroup g all w w\nquorum g\n",
        "witness w <K>\ngroup g all w\ngroup h all w\nquorum g\n",
        "witness w <K>\ngroup g 0 w\nquorum g\n",
        "witness w <K>\ngroup g 2 w\nquorum g\n",
        "witness w <K>\ngroup g 01 w\nquorum g\n",
        "witness w <K>\ngroup g -1 w\nquorum g\n",
        "witness w <K>\ngroup g \u0661 w\nquorum g\n",
        "witness w <K>\ngroup g 99999 w\nquorum g\n",
        "witness w <K>\ngroup g some w\nquorum g\n",
        "witness w <K>\ngroup g ALL w\nquorum g\n",
        "bystander w <K>\nquorum none\n",
    ],
)
def test_refuses_what_the_grammar_does_not_say(text: str, read: Read) -> None:
    with pytest.raises(InputError):
        read(text)


def test_refuses_bytes_that_are_not_utf8_or_too_many() -> None:
    for raw in (b"# \xff\nquorum none\n", b"#" * POLICY_BYTES_MAX + b"\nquorum none\n"):
        with pytest.raises(InputError) as refusal:
            parse_policy(raw)
        assert code_of(refusal) == "tlog.policy"


def test_refuses_too_many_witnesses_before_reading_them_all(kor: Any) -> None:
    key = kor.mirror_keys[0]
    witness = PolicyWitness("w", key)
    with pytest.raises(InputError) as refusal:
        Policy((), (witness,) * (POLICY_WITNESSES_MAX + 1), (), "none")
    assert refusal.value.expected == f"at most {POLICY_WITNESSES_MAX}"


@pytest.mark.parametrize("word", ["", "two words", "tab\t", "line\n", "\x7f", "\ud800"])
def test_refuses_names_and_addresses_that_are_not_one_word(word: str, kor: Any, jpn: Any) -> None:
    key = kor.mirror_keys[0]
    for build in (
        lambda: Policy((), (PolicyWitness(word, key),), (), "none"),
        lambda: Policy((), (PolicyWitness("w", key, word),), (), "none"),
        lambda: Policy((PolicyLog(jpn.log_keys[0], word),), (), (), "none"),
        lambda: Policy((), (PolicyWitness("w", key),), (PolicyGroup(word, 1, ("w",)),), "none"),
    ):
        with pytest.raises(InputError) as refusal:
            build()
        assert code_of(refusal) == "tlog.policy"


def test_refuses_a_quorum_that_is_not_defined() -> None:
    with pytest.raises(InputError):
        Policy((), (), (), "nobody")
