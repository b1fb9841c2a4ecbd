# SPDX-License-Identifier: Apache-2.0
"""What flows ask of the outside: store, blobs, keys, partners, clock and random bytes.

Only protocols and the frozen types that cross them live here; every technology is one file of
`adapters/`.
"""

from __future__ import annotations

from dataclasses import dataclass

from comity.ports.blobs import Blobs, BlobWriter, Stored
from comity.ports.bundles import Bundles, BundleWriter, Volume
from comity.ports.keys import Keys, PublicKey, Recipient
from comity.ports.moments import Clock, Random
from comity.ports.partners import NO_WIRE, NODE_DELIVERS, Partners, WireReply, WireRequest
from comity.ports.passwords import Passwords
from comity.ports.store import (
    DERIVED_PREFIX,
    Basis,
    BasisMoved,
    Change,
    CheckReport,
    Committed,
    Cosignature,
    Document,
    Entries,
    HeldParcel,
    Holding,
    Judgement,
    Position,
    RegisterHead,
    RegisterRow,
    SizedNote,
    Store,
)

__all__ = [
    "DERIVED_PREFIX",
    "NODE_DELIVERS",
    "NO_WIRE",
    "Basis",
    "BasisMoved",
    "BlobWriter",
    "Blobs",
    "BundleWriter",
    "Bundles",
    "Change",
    "CheckReport",
    "Clock",
    "Committed",
    "Cosignature",
    "Document",
    "Entries",
    "HeldParcel",
    "Holding",
    "Judgement",
    "Keys",
    "Partners",
    "Passwords",
    "Ports",
    "Position",
    "PublicKey",
    "Random",
    "Recipient",
    "RegisterHead",
    "RegisterRow",
    "SizedNote",
    "Store",
    "Stored",
    "Volume",
    "WireReply",
    "WireRequest",
]


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything that a flow may reach."""

    store: Store
    blobs: Blobs
    keys: Keys
    clock: Clock
    random: Random
    bundles: Bundles
    partners: Partners = NO_WIRE
