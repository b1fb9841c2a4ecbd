# SPDX-License-Identifier: Apache-2.0
"""Own vectors of format 1: exact bytes of every kind, and bytes that no node may accept.

The format is a promise: these files are added to, never changed.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from comity.basis.errors import InputError
from comity.basis.ids import digest_of
from comity.statement.authorised import draft_authority_digest, is_authorised
from comity.statement.drafting import draft_statement, draft_wrap_context, wrap_context
from comity.statement.envelope import StatementDraft, format_statement, parse_statement
from comity.statement.kinds import SPOKEN_KINDS
from comity.statement.values import AgreementRef

FOLDER = Path(__file__).parent / "statements"


def vectors(name: str) -> list[Any]:
    found = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    assert isinstance(found, list)
    return found


def draft_again(raw: bytes) -> StatementDraft:
    statement = parse_statement(raw)
    return draft_statement(
        statement.body,
        AgreementRef(statement.agreement_id, statement.agreement_sha256),
        by=statement.by,
        to=statement.to,
        nonce=statement.nonce,
    )


def named(vector: dict[str, Any]) -> str:
    return f"{vector['kind']} {vector['sha256'][:4]}"


@pytest.mark.parametrize("vector", vectors("accepted.json"), ids=named)
def test_every_kind_keeps_its_bytes_and_digests(vector: dict[str, Any]) -> None:
    raw = vector["raw"].encode()
    statement, draft = parse_statement(raw), draft_again(raw)
    assert (statement.kind, digest_of(raw)) == (vector["kind"], vector["sha256"])
    assert format_statement(draft, at=statement.at, seen=statement.seen) == raw
    authority = draft_authority_digest(draft) if is_authorised(draft.body) else None
    assert authority == vector["authority_digest"]
    if vector["wrap_context"] is not None:
        assert wrap_context(statement) == draft_wrap_context(draft) == vector["wrap_context"]


@pytest.mark.parametrize("vector", vectors("refused.json"), ids=lambda vector: vector["name"])
def test_no_node_accepts(vector: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        parse_statement(vector["raw"].encode())
    assert caught.value.code == vector["code"]


def test_the_kinds_of_format_1_are_closed() -> None:
    assert sorted(SPOKEN_KINDS) == sorted({vector["kind"] for vector in vectors("accepted.json")})
