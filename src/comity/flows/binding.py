# SPDX-License-Identifier: Apache-2.0
"""Whether an agreement binds its parties by law: what does not is said to on every page.

Source: AGREEMENTS.md section 2 (`binding`); TISA 2014, paragraph 8 (treaties.md T6)
"""

from __future__ import annotations

from collections.abc import Iterable

from comity.basis.ids import AgreementId
from comity.flows.context import Context
from comity.flows.turns import read_view


async def is_binding(context: Context, agreement: AgreementId) -> bool | None:
    """Answer by the signed text, or else by the one on the table; None while there is neither."""
    view = await read_view(context, agreement)
    life, signed = view.fold.state.life, view.find_agreement()
    text = view.files.get(life.on_table) if signed is None and life.on_table else signed
    return None if text is None else text.binding


async def not_binding(
    context: Context, agreements: Iterable[AgreementId]
) -> tuple[AgreementId, ...]:
    """List of these agreements those that do not bind."""
    return tuple([each for each in agreements if await is_binding(context, each) is False])
