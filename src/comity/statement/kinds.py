# SPDX-License-Identifier: Apache-2.0
"""The closed sets of kinds, format by format: those read here, and those that stay inert.

A kind outside its format's set is refused, on every node and in every version alike: the same
statement must not read differently after an upgrade (traps: version skew).
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final, Protocol, Self

from comity.basis.fields import Fields
from comity.basis.strict_json import JsonValue
from comity.statement.information import (
    INFORMATION_KINDS,
    InformationBody,
    ItemReceipt,
    ItemRelease,
)
from comity.statement.treaty import TREATY_KINDS, TreatyBody
from comity.statement.trust import TRUST_KINDS, TrustBody


@dataclass(frozen=True, slots=True)
class InertBody:
    """The body of a known kind that this version does not read: never counted, kept in `raw`."""

    kind: str


SpokenBody = TreatyBody | InformationBody | TrustBody
"""What this version can say."""

Body = SpokenBody | InertBody
"""What this version can meet."""


class BodyKind(Protocol):
    """How a kind's body is read and written."""

    KIND: ClassVar[str]

    @classmethod
    def parse(cls, fields: Fields) -> Self:
        """Read the body; `finish` is the caller's."""

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""


INERT_KINDS: Final = frozenset(
    {
        "party.authority",
        "party.law_change",
        "dispute.open",
        "dispute.settle",
        "duty.waive",
        "duty.extend",
        "item.recall",
        "item.return",
        "item.destroyed",
        "item.third_party_release",
        "disclosure.record",
        "incident.report",
        "incident.findings",
        "incident.close",
        "visit.request",
        "visit.decide",
        "contractor.assure",
        "inventory.result",
        "order.request",
        "order.accept",
        "order.decline",
        "order.cancel",
        "order.dispute",
        "delivery.make",
        "delivery.receipt",
        "claim.notice",
        "invoice.issue",
        "settlement.record",
        "balance.state",
        "balance.agree",
    }
)
"""Kinds of format 1 that a later version reads; here an envelope with a closed body."""

SPOKEN_KINDS: Final = MappingProxyType(
    {kind.KIND: kind for kind in (*TREATY_KINDS, *INFORMATION_KINDS, *TRUST_KINDS)}
)

PLAIN_BODIES: Final = MappingProxyType(
    {kind.KIND: kind.read_plain for kind in (ItemRelease, ItemReceipt)}
)
"""Bodies that are said by the thousand: each read at a glance, or None where that is not enough."""

FORMATS: Final = MappingProxyType({1: frozenset(SPOKEN_KINDS) | INERT_KINDS})
"""The kinds of each format of agreement file."""
