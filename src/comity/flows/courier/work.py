# SPDX-License-Identifier: Apache-2.0
"""One bundle while it is being taken: what it may bring, and what came of it so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from comity.basis.ids import AgreementId, Digest, PartyId


@dataclass(slots=True)
class Work:
    """One bundle being taken: from whom, under which agreements, and what came of it so far."""

    party: PartyId
    agreements: frozenset[AgreementId]
    clear: dict[Digest, bytes]
    entries: int = 0
    cosignatures: int = 0
    parcels: int = 0
    answered: list[str] = field(default_factory=list)
    gaps: set[str] = field(default_factory=set)
    unserved: set[str] = field(default_factory=set)
    too_large: set[str] = field(default_factory=set)
    not_by_courier: set[str] = field(default_factory=set)
    behind: bool = False
