# SPDX-License-Identifier: Apache-2.0
"""A supplementary arrangement is put on the table and signed only where its parent bears it.

Source: Japan-ROK GSOMIA Art. 5 (treaties.md G5)
"""

from __future__ import annotations

from comity.agreement.model import Agreement
from comity.agreement.supplements import check_supplement
from comity.flows.context import Context
from comity.flows.turns import read_view


async def refuse_weaker(context: Context, agreement: Agreement) -> None:
    """Refuse a file that names a parent and is weaker than that one's signed version.

    Raises:
        ProblemsError: `agreement.weaker-than-parent`, with every place where it is.
        StateError: the parent is not served here, or no version of it is signed.

    Source: Japan-ROK GSOMIA Art. 5
    """
    if agreement.parent is not None:
        parent = await read_view(context, agreement.parent)
        check_supplement(agreement, parent.agreement())
