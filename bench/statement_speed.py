# SPDX-License-Identifier: Apache-2.0
"""Reading statements from their bytes, and judging whole registers.

The floor reads the same JSON with the standard library, writes it again and compares the bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from bench.measuring import Row, measure_beside
from comity.basis.ids import AgreementId, Domain, PartyId, Place, digest_of
from comity.basis.instants import Instant, parse_instant
from comity.keys.cards import Card
from comity.marking.labels import Label
from comity.statement.envelope import StatementDraft, format_statement, parse_statement
from comity.statement.information import ItemReceipt, ItemRelease
from comity.statement.kinds import Body
from comity.statement.register import AgreementRegisters, Progress
from comity.statement.values import AgreementRef, ParcelRef, SealedRef

_EXCHANGES = 5_000
_JPN, _KOR = PartyId("JPN"), PartyId("KOR")
_AGREEMENT = AgreementId("gsomia-jpn-kor")
_BEGIN = parse_instant("2016-11-23T03:00:00Z")
_DIGEST = digest_of(b"something")
_LABEL = Label("秘", "CONFIDENTIAL", "missile-warning", "document", ("warning",), (), (_JPN,))
_RELEASE = ItemRelease(_LABEL, ParcelRef(_DIGEST, 1_900), SealedRef("xwing", 4_096, _DIGEST))


def main() -> list[Row]:
    """Measure reading alone, then reading and judging."""
    releases, receipts = registers(_EXCHANGES)
    entries = (*releases, *receipts)
    reading = measure_beside(lambda: read(entries), lambda: read_bare(entries), rounds=5)
    judging = measure_beside(
        lambda: judge(releases, receipts), lambda: read_bare(entries), rounds=5
    )
    return [
        Row(name=name, taken=taken, floor=floor, amount=len(entries), unit="statements")
        for name, (taken, floor) in (("read statements", reading), ("read and judge", judging))
    ]


def registers(exchanges: int) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Write two registers: one party releases, the other receipts each release as it comes."""
    releases, receipts = [], []
    for number in range(exchanges):
        at = Instant(_BEGIN + 2 * number)
        releases.append(_entry(_JPN, at, 2 * number, seen=number, body=_RELEASE))
        body = ItemReceipt(Place(_JPN, number), _DIGEST, "군사III급비밀")
        receipts.append(_entry(_KOR, Instant(at + 1), 2 * number + 1, seen=number + 1, body=body))
    return tuple(releases), tuple(receipts)


def read(entries: Iterable[bytes]) -> None:
    """Read every statement as the product does."""
    for entry in entries:
        parse_statement(entry)


def judge(releases: tuple[bytes, ...], receipts: tuple[bytes, ...]) -> Progress:
    """Judge both registers together, from nothing."""
    both = AgreementRegisters(_AGREEMENT, frozenset({_JPN, _KOR}))
    for party in (_JPN, _KOR):
        both.open(party, _card(party))
    return both.judge_all({_JPN: releases, _KOR: receipts})


def read_bare(entries: Iterable[bytes]) -> None:
    """Read JSON, write it sorted and without spaces, and hold the bytes against each other."""
    for entry in entries:
        value = json.loads(entry)
        written = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if written.encode() != entry:
            raise AssertionError(entry)


def _entry(by: PartyId, at: Instant, number: int, *, seen: int, body: Body) -> bytes:
    to = _KOR if by == _JPN else _JPN
    agreement = AgreementRef(_AGREEMENT, _DIGEST)
    draft = StatementDraft(agreement, by, (to,), f"{number:032x}", body)
    return format_statement(draft, at=at, seen=((to, seen),))


def _card(party: PartyId) -> Card:
    domain = Domain(f"{party.lower()}.example")
    return Card(party, domain, (), "", (), 1, _BEGIN, keys=())
