# SPDX-License-Identifier: Apache-2.0
"""What a node's configuration says: only types, and the values of what is not said.

What is not said takes the stricter value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from comity.basis.ids import AgreementId, Digest, Domain, PartyId, PersonId
from comity.basis.limits import PARCEL_BYTES_MAX, PUSH_BYTES_MAX

CONFIG_NAME: Final = "comity.toml"
CONFIG_BYTES_MAX: Final = 256 * 1024
ALWAYS: Final = "always"
NEVER: Final = "never"
LANGUAGES: Final = ("en", "ja", "ko")
TIME_DISPUTE_LIMIT_S: Final = 120
TIME_DISPUTE_LIMIT_S_MAX: Final = 600

PARTNERS_PORT: Final = 8443
PEOPLE_PORT: Final = 8444
GRACEFUL_STOP_S: Final = 20
GRACEFUL_STOP_S_MAX: Final = 600
OWN_TLS_PINS_MAX: Final = 2
"""Besides our own key and the one that takes over from it: a card names four at most."""
JOURNAL_ANCHOR_HOURS: Final = 24
JOURNAL_ANCHOR_HOURS_MAX: Final = 24 * 31
SEALING_KEYS_DAYS: Final = 90
SEALING_KEYS_DAYS_MAX: Final = 366
SCRUB_HOURS: Final = 24
SCRUB_HOURS_MAX: Final = 24 * 31
BLOBS_SCRUB_HOURS: Final = 24 * 7
BLOBS_SCRUB_HOURS_MAX: Final = 24 * 366
LEFT_OVER_DAYS: Final = 30
LEFT_OVER_DAYS_MAX: Final = 366
SECURITY_VISIT_MONTHS: Final = 12
SECURITY_VISIT_MONTHS_MAX: Final = 120
ACKNOWLEDGE_MINUTES: Final = 5
ACKNOWLEDGE_MINUTES_MAX: Final = 24 * 60

_LOOPBACK: Final = "127.0.0.1"


class ClockKind(StrEnum):
    """Which clock decides: the machine's, or an exercise's."""

    SYSTEM = "system"
    STORY = "story"


class SourceKind(StrEnum):
    """Where a passphrase comes from."""

    PROMPT = "prompt"
    FILE = "file"
    COMMAND = "command"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class PassphraseSetting:
    """How a key file is unlocked. `value`: file name, command line, or variable."""

    kind: SourceKind = SourceKind.PROMPT
    value: str = ""

    def __str__(self) -> str:
        """Write it as the file has it."""
        return f"{self.kind}:{self.value}" if self.value else self.kind.value


@dataclass(frozen=True, slots=True)
class Passphrases:
    """One source for each key file."""

    root: PassphraseSetting = PassphraseSetting()
    authority: PassphraseSetting = PassphraseSetting()
    node: PassphraseSetting = PassphraseSetting()


@dataclass(frozen=True, slots=True)
class Limits:
    """What this node accepts, within the limits of the formats. Published in the card."""

    parcel_bytes_max: int = PARCEL_BYTES_MAX
    push_bytes_max: int = PUSH_BYTES_MAX


@dataclass(frozen=True, slots=True)
class TwoPersons:
    """From which level a release needs a second person: a level, `always` or `never`."""

    default: str = ALWAYS
    agreements: tuple[tuple[AgreementId, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a listener binds: an IP address and a port; port 0 leaves the choice to the system."""

    host: str
    port: int

    def __str__(self) -> str:
        """Write it as the file has it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Serving:
    """Where a served node listens, and how it stops.

    People meet the node's own TLS key unless two files of PEM are named, beside this one or by
    their whole path. `tls_pins` are the keys of proxies of ours that partners meet instead.
    """

    partners_listen: Endpoint = Endpoint(_LOOPBACK, PARTNERS_PORT)
    people_listen: Endpoint = Endpoint(_LOOPBACK, PEOPLE_PORT)
    people_certificate: str | None = None
    people_key: str | None = None
    tls_pins: tuple[Digest, ...] = ()
    graceful_stop_s: int = GRACEFUL_STOP_S


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a served node does by itself, and how often; and of what it reminds."""

    journal_anchor_hours: int = JOURNAL_ANCHOR_HOURS
    sealing_keys_days: int = SEALING_KEYS_DAYS
    scrub_hours: int = SCRUB_HOURS
    blobs_scrub_hours: int = BLOBS_SCRUB_HOURS
    left_over_days: int = LEFT_OVER_DAYS
    security_visit_months: int = SECURITY_VISIT_MONTHS


@dataclass(frozen=True, slots=True)
class Alerting:
    """How long an alert may wait until somebody acknowledges it, and who is told then besides."""

    acknowledge_minutes: int = ACKNOWLEDGE_MINUTES
    escalate_to: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """All that the node's own file says. Pairs are sorted by their first member."""

    party: PartyId
    domain: Domain
    names: tuple[tuple[str, str], ...]
    competent_authority: str
    addresses: tuple[str, ...] = ()
    exercise: bool = False
    clock: ClockKind = ClockKind.SYSTEM
    default_language: str = "en"
    time_dispute_limit_s: int = TIME_DISPUTE_LIMIT_S
    two_persons: TwoPersons = TwoPersons()
    limits: Limits = Limits()
    serve: Serving = Serving()
    schedule: Schedule = Schedule()
    alerts: Alerting = Alerting()
    passphrases: Passphrases = field(default=Passphrases(), repr=False)

    def two_persons_from(self, agreement: AgreementId) -> str:
        """Say from which level of an agreement a release needs a second person."""
        return dict(self.two_persons.agreements).get(agreement, self.two_persons.default)
