# SPDX-License-Identifier: Apache-2.0
"""A marking that is on nobody's list: refused by the article of the file's levels.

A text that could be no marking at all is bad input, and not asked about here.
Source: Japan-ROK GSOMIA Art. 4(1) (treaties.md G4.1)
"""

from __future__ import annotations

from typing import Final

from comity.agreement.model import Agreement
from comity.basis.errors import InputError
from comity.decision.deciding import Citation
from comity.decision.stages import Refused, of_file

_UNLISTED: Final = "marking.unknown"
_CLAUSE: Final = "equivalence"


def refuse_unlisted(act: str, agreement: Agreement, err: InputError) -> Refused:
    """Refuse an act for a marking that the list of that day does not hold; raise what else it is.

    Source: Japan-ROK GSOMIA Art. 4(1)
    """
    if err.code != _UNLISTED:
        raise err
    why = f"{err.what}: {err.expected} expected, {err.found} found"
    known = agreement.levels_article or agreement.scope.article
    article = next((row.article for row in agreement.equivalence), known)
    cited = (Citation(article, _CLAUSE, why),)
    return of_file(agreement, Refused(act, cited))
