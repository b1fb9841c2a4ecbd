# SPDX-License-Identifier: Apache-2.0
"""What the node's own house asks of an item that goes on to a third party, and whose "no" is whose.

Source: Japan-ROK GSOMIA Art. 4(3), 6(a), 6(g); TISA 2014, paragraph 3
"""

from __future__ import annotations

from dataclasses import replace

from comity.decision.deciding import Citation
from comity.decision.house import HOUSE
from comity.decision.stages import Refused
from comity.marking.levels import Ladder


def refuse_lowered(act: str, level: str, given: str, ladder: Ladder) -> Refused | None:
    """Refuse a lower level than the item's under another agreement, or one not to be compared."""
    if ladder.knows(level) and ladder.rank(given) >= ladder.rank(level):
        return None
    why = f"the item has level {level}, and {given} there does not protect it as much"
    return Refused(act, (Citation(HOUSE, "level", why),))


def name_agreement(refused: Refused) -> Refused:
    """Say with each finding of an agreement whose article it is, where several have a word."""
    if refused.decision is None:
        return refused
    where = refused.decision.agreement
    findings = tuple(replace(each, why=f"{each.why} ({where})") for each in refused.findings)
    return replace(refused, findings=findings)
