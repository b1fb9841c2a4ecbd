# SPDX-License-Identifier: Apache-2.0
"""Trust policies: their text, ours for evidence, and holding a checkpoint against one.

Reading drops comments and extra spaces: only the plain form comes back as written. Files must be
UTF-8; names are not normalised. Which policy is right is decided by comparing, not by reading.
Source: C2SP tlog-policy; DESIGN section 6
"""

import re
from dataclasses import dataclass, field

from comity.basis.errors import ProofError, excerpt
from comity.basis.ids import PartyId
from comity.basis.limits import POLICY_BYTES_MAX
from comity.keys.notes import (
    SignatureType,
    VerifierKey,
    find_signature,
    format_vkey,
    parse_vkey,
)
from comity.tlog.checkpoints import KeyPair, SignedCheckpoint, check_key_pair, require_signature
from comity.tlog.policy_terms import (
    NONE,
    Policy,
    PolicyGroup,
    PolicyLog,
    PolicyWitness,
    refused_policy,
)

__all__ = [
    "Policy",
    "PolicyGroup",
    "PolicyLog",
    "PolicyWitness",
    "Witnessed",
    "evidence_policy",
    "format_policy",
    "parse_policy",
    "verify_policy",
]

_EVIDENCE_QUORUM = "all-of"
_BLANKS = re.compile("[ \t]+")
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_THRESHOLD = re.compile("[1-9][0-9]{0,3}", re.ASCII)


@dataclass(slots=True)
class _Reading:
    """What the lines so far have defined."""

    logs: list[PolicyLog] = field(default_factory=list)
    witnesses: list[PolicyWitness] = field(default_factory=list)
    groups: list[PolicyGroup] = field(default_factory=list)
    quorum: str | None = None

    def defined(self) -> set[str]:
        """Name what a group or the quorum may refer to."""
        return {each.name for each in self.witnesses} | {each.name for each in self.groups}


@dataclass(frozen=True, slots=True)
class Witnessed:
    """Which log signed, and which witnesses at what second (0: none named)."""

    log: VerifierKey
    witnesses: tuple[tuple[str, int], ...]


def evidence_policy(
    log: tuple[PartyId, KeyPair], cosigners: tuple[tuple[PartyId, KeyPair], ...]
) -> Policy:
    """Build the policy of our evidence: both keys of the log, and both of every cosigner.

    The log's pair is of types 0x01 and 0x06, a cosigner's of 0x04 and 0x06. The log's second key
    stands among the witnesses, because any one of several `log` lines would do.

    Source: DESIGN section 6
    """
    party, (log_ed25519, log_mldsa44) = log
    check_key_pair(log[1], SignatureType.ED25519)
    witnesses = [PolicyWitness(f"{party.lower()}-mldsa", log_mldsa44)]
    for cosigner, keys in sorted(cosigners, key=lambda pair: pair[0]):
        check_key_pair(keys, SignatureType.COSIGNATURE_ED25519)
        witnesses.append(PolicyWitness(f"{cosigner.lower()}-ed", keys[0]))
        witnesses.append(PolicyWitness(f"{cosigner.lower()}-mldsa", keys[1]))
    names = tuple(witness.name for witness in witnesses)
    group = PolicyGroup(_EVIDENCE_QUORUM, len(names), names)
    return Policy((PolicyLog(log_ed25519),), tuple(witnesses), (group,), group.name)


def verify_policy(policy: Policy, signed: SignedCheckpoint) -> Witnessed:
    """Check that a log of the policy signed the checkpoint, and a quorum of witnesses.

    Every line by a key of the policy must hold, also where the quorum would do without it.

    Raises:
        ProofError: no log signed, the quorum is not reached, or a signature does not hold.

    Source: C2SP tlog-policy; C2SP signed-note, Signatures
    """
    origin = signed.checkpoint.origin
    signers = [log.key for log in policy.logs if _verified_time(signed, log.key) is not None]
    logs = [key for key in signers if key.name == origin]
    if not logs:
        raise ProofError(
            "tlog.policy-log",
            "no log of the policy has signed the checkpoint",
            where=excerpt(origin),
            expected=", ".join(log.key.name for log in policy.logs) or "a log in the policy",
        )
    times = [(each.name, _verified_time(signed, each.key)) for each in policy.witnesses]
    held = tuple((name, time_s) for name, time_s in times if time_s is not None)
    if policy.quorum not in _reached(policy, frozenset(name for name, _ in held)):
        raise ProofError(
            "tlog.policy-quorum",
            "the checkpoint lacks cosignatures that the policy asks for",
            expected=f"quorum {policy.quorum}",
            found=", ".join(name for name, _ in held) or NONE,
        )
    return Witnessed(logs[0], held)


def _verified_time(signed: SignedCheckpoint, key: VerifierKey) -> int | None:
    """Verify the key's line if there is one; a line that does not hold refuses everything."""
    return require_signature(signed, key) if find_signature(signed.note, key) else None


def _reached(policy: Policy, witnesses: frozenset[str]) -> frozenset[str]:
    """Name everything that has witnessed: witnesses, groups in their order, and `none` always."""
    reached = set(witnesses) | {NONE}
    for group in policy.groups:
        if len(reached.intersection(group.members)) >= group.threshold:
            reached.add(group.name)
    return frozenset(reached)


def format_policy(policy: Policy) -> bytes:
    """Write a policy in its plain form: logs, witnesses, groups, quorum.

    Source: C2SP tlog-policy, Policy file syntax and structure
    """
    lines = [("log", format_vkey(log.key), log.url) for log in policy.logs]
    lines += [
        ("witness", f"{each.name} {format_vkey(each.key)}", each.url) for each in policy.witnesses
    ]
    for group in policy.groups:
        members = " ".join(group.members)
        lines.append(("group", f"{group.name} {_threshold_word(group)} {members}", None))
    lines.append(("quorum", policy.quorum, None))
    text = "".join(f"{kind} {rest}{f' {url}' if url else ''}\n" for kind, rest, url in lines)
    return text.encode("utf-8")


def parse_policy(raw: bytes) -> Policy:
    """Read a policy in the general grammar.

    Raises:
        InputError: a line is none of the grammar's, a key or name comes twice, a name is used
            before its line, or there is not exactly one quorum.
        ProofError: a public key is weak.

    Source: C2SP tlog-policy
    """
    reading = _Reading()
    for number, line in enumerate(_split_lines(raw), 1):
        words = [word for word in _BLANKS.split(line) if word]
        if words and not words[0].startswith("#"):
            _read_line(reading, words, f"line {number}")
            # Checked line by line, so that a long file cannot make us check keys without end.
            _sound(reading, NONE)
    if reading.quorum is None:
        raise refused_policy("quorum", "exactly one quorum line", "no such line")
    return _sound(reading, reading.quorum)


def _sound(reading: _Reading, quorum: str) -> Policy:
    return Policy(tuple(reading.logs), tuple(reading.witnesses), tuple(reading.groups), quorum)


def _split_lines(raw: bytes) -> list[str]:
    if len(raw) > POLICY_BYTES_MAX:
        raise refused_policy("size", f"at most {POLICY_BYTES_MAX} bytes", f"{len(raw)} bytes")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as err:
        raise refused_policy("encoding", "UTF-8", f"byte {err.start}") from None
    if _FORBIDDEN.search(text) or not text.endswith("\n"):
        raise refused_policy(
            "text", "lines that end in a newline, tabs and no other control characters", ""
        )
    return text[:-1].split("\n")


def _read_line(reading: _Reading, words: list[str], where: str) -> None:
    match words:
        case ["log", vkey, *url] if len(url) <= 1:
            reading.logs.append(PolicyLog(parse_vkey(vkey, where), *url))
        case ["witness", name, vkey, *url] if len(url) <= 1:
            reading.witnesses.append(PolicyWitness(name, parse_vkey(vkey, where), *url))
        case ["group", name, threshold, *members]:
            reading.groups.append(
                PolicyGroup(name, _parse_threshold(threshold, len(members), where), tuple(members))
            )
        case ["quorum", name] if reading.quorum is None:
            if name not in reading.defined() | {NONE}:
                raise refused_policy(where, "a name defined before, or none", name)
            reading.quorum = name
        case _:
            raise refused_policy(
                where, "a log, witness or group line, or one quorum line", words[0]
            )


def _parse_threshold(word: str, members: int, where: str) -> int:
    if word in ("all", "any"):
        return members if word == "all" else 1
    if not _THRESHOLD.fullmatch(word):
        raise refused_policy(where, "all, any, or a number without leading zeroes", word)
    return int(word)


def _threshold_word(group: PolicyGroup) -> str:
    words = {1: "any", len(group.members): "all"}
    return words.get(group.threshold, str(group.threshold))
