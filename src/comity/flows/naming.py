# SPDX-License-Identifier: Apache-2.0
"""What a statement's body names: clear payloads by digest, sealed ones by place. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, Digest, Place
from comity.statement.envelope import Statement, parse_statement
from comity.statement.kinds import Body
from comity.statement.treaty import AgreementAmend, AgreementCounter, AgreementPropose, PartyCard


def clear_digests(body: Body) -> tuple[Digest, ...]:
    """Give the digests of the agreement file or card that a body names."""
    match body:
        case AgreementPropose() | AgreementCounter() | AgreementAmend():
            return (body.file.sha256,)
        case PartyCard():
            return (body.card.sha256,)
        case _:
            return ()


def named_clear(statements: Iterable[Statement]) -> frozenset[Digest]:
    """Give the digests of the clear payloads that statements name."""
    return frozenset(digest for each in statements for digest in clear_digests(each.body))


def readable(raws: Iterable[bytes]) -> Iterator[Statement]:
    """Read entries that are not judged yet, as far as they read."""
    for raw in raws:
        try:
            yield parse_statement(raw)
        except InputError:
            continue


def item_ref(sealed: Digest, agreement: AgreementId, place: Place) -> str:
    """Name in our custody the key of a sealed payload that is named at a place."""
    return f"{sealed} {agreement}/{place}"
