# SPDX-License-Identifier: Apache-2.0
"""Settling a split view, by officers: the evidence is named, the reason journalled."""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Request
from litestar.params import JSONBody
from msgspec import Meta, Struct

from comity.api.desk import desk_of, done
from comity.api.operations import post
from comity.api.places import AgreementPath, PartyPath, agreement_of, party_of
from comity.api.shapes import Digest, Reply, reply
from comity.flows.recovery.settle import REASON_CHARS_MAX, settle_dispute
from comity.signin.permissions import Permission


class SettlementBody(Struct, forbid_unknown_fields=True):
    """The evidence that was looked at, by its SHA-256, and why what is held here holds."""

    evidence: Digest
    reason: Annotated[str, Meta(min_length=1, max_length=REASON_CHARS_MAX)]


class SettlementReply(Reply, tag_field="schema", tag="comity/register-settle/1", kw_only=True):
    """Who has said so; `waits`: another officer has to say the same."""

    agreement: str
    party: str
    evidence: Digest
    by: list[str]
    waits: bool


@post(
    "/agreements/{agreement:str}/registers/{party:str}/settlement",
    summary="Settle a split view",
    tags=["registers"],
    status_code=200,
)
async def settle(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    data: JSONBody[SettlementBody],
) -> SettlementReply:
    """Go on with a register whose party signed two trees: what is held here holds.

    Where two persons are asked for, another officer sends the same evidence.
    """
    desk = desk_of(request, Permission.REGISTERS_SETTLE)
    named, whose = agreement_of(agreement), party_of(party)
    settled = done(
        await settle_dispute(
            desk.context,
            named,
            whose,
            desk.person,
            evidence=data.evidence,
            reason=data.reason,
        )
    )
    value = {
        "agreement": named,
        "party": whose,
        "evidence": settled.evidence,
        "by": list(settled.by),
        "waits": settled.waits,
    }
    return reply(desk, SettlementReply, value)


SETTLEMENT: Final = (settle,)
