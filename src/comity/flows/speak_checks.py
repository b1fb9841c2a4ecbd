# SPDX-License-Identifier: Apache-2.0
"""What is asked before something is said: is our register judged to its end, do the keys sign."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from comity.basis.errors import StateError
from comity.basis.instants import Instant
from comity.flows.context import Context
from comity.flows.view import View
from comity.keys.authority import authority_text
from comity.state.findings import Finding
from comity.statement.authorised import draft_authority_digest, is_authorised, with_authority
from comity.statement.envelope import StatementDraft

AUTHORITY_HOURS: Final = 24
_LISTED: Final = frozenset(
    {
        "assurance",
        "balance",
        "consent",
        "contractor",
        "delivery",
        "disclosure",
        "incident",
        "item",
        "order",
        "request",
        "settlement",
        "visit",
    }
)
_LISTED_WITH: Final = MappingProxyType({"claim": "delivery", "invoice": "settlement"})
_HOUR_MS: Final = 3_600_000


async def authorise(context: Context, draft: StatementDraft, now: Instant) -> StatementDraft:
    """Let the authority keys sign a draft that binds the state."""
    if not is_authorised(draft.body):
        return draft
    enter_by = Instant(now + AUTHORITY_HOURS * _HOUR_MS)
    text = authority_text(draft_authority_digest(draft), enter_by)
    return with_authority(draft, await context.ports.keys.sign_authority(text))


def refuse_waiting(view: View, size: int) -> None:
    """Refuse to go on in our register while entries of it wait for a partner's.

    Raises:
        StateError: they do.
    """
    judged = view.registers.judged_size(view.own)
    if judged != size:
        raise StateError(
            "register.waits",
            "our own register has seen more of a partner's than is held here",
            where=view.agreement_id,
            expected=f"{size} entries judged",
            found=str(judged),
            hint="take the partners' bundles first: comity courier take",
        )


def where_to_look(finding: Finding) -> str:
    """Name the command that shows why something would not count."""
    first = finding.value.partition(".")[0]
    subject = _LISTED_WITH.get(first, first)
    command = f"{subject} list" if subject in _LISTED else "agreement state"
    return f"what stands: comity {command}"
