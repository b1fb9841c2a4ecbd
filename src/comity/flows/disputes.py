# SPDX-License-Identifier: Apache-2.0
"""Disputed registers: of which two trees were signed. What first showed it is kept as evidence.

Nothing more is taken of them until people have settled it. Source: DESIGN 1, 5; C2SP tlog-mirror
"""

from __future__ import annotations

from comity.basis.errors import EquivocationError
from comity.basis.ids import digest_of
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.flows.context import Context
from comity.flows.documents import EQUIVOCATION
from comity.flows.journal import journal_entry
from comity.ports import Change, Document


async def find_dispute(context: Context, origin: str) -> bytes | None:
    """Give what showed that a register's party signed two trees; None: nothing has."""
    kept = await context.ports.store.documents(EQUIVOCATION, prefix=f"{origin}/", limit=1)
    return kept[0].body if kept else None


async def refuse_disputed(context: Context, origin: str) -> None:
    """Refuse whatever a party says in a register of which it signed two trees.

    Raises:
        EquivocationError: it did; what showed it is attached.
    """
    evidence = await find_dispute(context, origin)
    if evidence is not None:
        raise EquivocationError(
            "statement.split-view",
            "this party signed two trees before; nothing more is taken of this register",
            evidence=evidence,
            where=origin,
            hint="if what is held here is to hold, settle it: comity register settle; "
            "if the other tree is, only another agreement id can follow (docs/operations.md)",
        )


async def keep_dispute(context: Context, origin: str, evidence: bytes, size: int) -> None:
    """Keep what shows that a register's party signed two trees, and journal it.

    The first is enough: one that signs without end would fill our disk with its forks.
    """
    if await find_dispute(context, origin) is not None:
        return
    details: dict[str, JsonValue] = {"register": origin, "size": size}
    await context.ports.store.commit(
        Change(
            allowed_by=allow_house_act("register.keep-evidence"),
            documents=(Document(EQUIVOCATION, f"{origin}/{digest_of(evidence)}", evidence),),
            journal=(journal_entry(context, "register.equivocation", None, details=details),),
        )
    )
