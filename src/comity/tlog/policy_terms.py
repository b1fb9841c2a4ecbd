# SPDX-License-Identifier: Apache-2.0
"""What a trust policy consists of: logs, witnesses, groups and a quorum, as values that are sound.

Source: C2SP tlog-policy
"""

import re
from dataclasses import dataclass

from comity.basis.errors import InputError, excerpt
from comity.basis.limits import POLICY_GROUPS_MAX, POLICY_LOGS_MAX, POLICY_WITNESSES_MAX
from comity.keys.notes import SignatureType, VerifierKey, format_vkey

NONE = "none"
_LOG_TYPES = (SignatureType.ED25519, SignatureType.COSIGNATURE_MLDSA44)
_WITNESS_TYPES = (SignatureType.COSIGNATURE_ED25519, SignatureType.COSIGNATURE_MLDSA44)
# No space, no control character, and nothing that UTF-8 cannot write.
_WORD = re.compile("[^\x00-\x20\x7f\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class PolicyLog:
    """A log by its key, whose name is the log's origin."""

    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyWitness:
    """A witness by its key; the name counts within the policy only."""

    name: str
    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyGroup:
    """Witnesses and earlier groups, of which at least `threshold` must have witnessed."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Logs, any of which may have signed, and the quorum of witnesses.

    Invariant: names are unique, keys are unique, every group's members are defined before it and
    are members of no other group, and the quorum is a name defined here, or `none`.
    """

    logs: tuple[PolicyLog, ...]
    witnesses: tuple[PolicyWitness, ...]
    groups: tuple[PolicyGroup, ...]
    quorum: str

    def __post_init__(self) -> None:
        """Refuse what the grammar cannot say or the specification forbids."""
        _check_counts(self)
        _check_words(self)
        _check_keys(self)
        known = {witness.name for witness in self.witnesses}
        _check_distinct(
            "name",
            (NONE, *(witness.name for witness in self.witnesses), *(g.name for g in self.groups)),
        )
        for group in self.groups:
            _check_group(group, known)
            known.add(group.name)
        _check_distinct("group member", tuple(m for group in self.groups for m in group.members))
        if self.quorum not in known | {NONE}:
            raise refused_policy("quorum", "a name defined before, or none", self.quorum)


def _check_counts(policy: Policy) -> None:
    for kind, items, limit in (
        ("log", policy.logs, POLICY_LOGS_MAX),
        ("witness", policy.witnesses, POLICY_WITNESSES_MAX),
        ("group", policy.groups, POLICY_GROUPS_MAX),
    ):
        if len(items) > limit:
            raise refused_policy(kind, f"at most {limit}", str(len(items)))


def _check_words(policy: Policy) -> None:
    """Refuse what would not stand as one word in a policy's text."""
    places: tuple[PolicyLog | PolicyWitness, ...] = (*policy.logs, *policy.witnesses)
    words = (
        *(witness.name for witness in policy.witnesses),
        *(group.name for group in policy.groups),
        *(format_vkey(place.key) for place in places),
        *(place.url for place in places if place.url is not None),
    )
    for word in words:
        if not _WORD.fullmatch(word):
            raise refused_policy("name, key or url", "a word without spaces", word)


def _check_keys(policy: Policy) -> None:
    for kind, keys, types in (
        ("log", [log.key for log in policy.logs], _LOG_TYPES),
        ("witness", [witness.key for witness in policy.witnesses], _WITNESS_TYPES),
    ):
        for key in keys:
            if key.type not in types:
                expected = " or ".join(f"0x{each:02x}" for each in types)
                raise refused_policy(kind, f"a key of type {expected}", f"0x{key.type:02x}")
    # The same public key under two names would count twice.
    keys = [log.key for log in policy.logs] + [each.key for each in policy.witnesses]
    _check_distinct("public key", tuple(key.public.hex() for key in keys))


def _check_distinct(kind: str, values: tuple[str, ...]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise refused_policy(kind, "each only once", value)
        seen.add(value)


def _check_group(group: PolicyGroup, known: set[str]) -> None:
    for member in group.members:
        if member not in known:
            raise refused_policy(f"group {group.name}", "members defined on lines before", member)
    if not 1 <= group.threshold <= len(group.members):
        expected = f"a threshold from 1 to {len(group.members)}"
        raise refused_policy(f"group {group.name}", expected, str(group.threshold))


def refused_policy(where: str, expected: str, found: str) -> InputError:
    """Say what is wrong with a policy."""
    return InputError(
        "tlog.policy",
        "not a sound policy",
        where=f"policy {excerpt(where)}",
        expected=expected,
        found=excerpt(found),
    )
