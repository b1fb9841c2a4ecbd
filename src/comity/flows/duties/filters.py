# SPDX-License-Identifier: Apache-2.0
"""What one may ask for among duties: articles and parties that an agreement has.

A slip would find nothing, and be read as word that nothing is owed.
"""

from __future__ import annotations

from collections.abc import Iterable

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, PartyId
from comity.flows.context import Context
from comity.flows.turns import read_view


async def refuse_unknown(
    context: Context,
    agreements: Iterable[AgreementId],
    article: str | None,
    parties: Iterable[tuple[str, PartyId | None]],
) -> None:
    """Refuse an article or a party, named by its option, that none of the agreements has.

    Raises:
        InputError: none has it. An article of a file that we do not have is not refused.
    """
    numbers: set[str] = set()
    named: set[PartyId] = set()
    for each in agreements:
        view = await read_view(context, each)
        named |= {view.own, *view.partners}
        files = (terms.agreement for terms in view.fold.state.files.values())
        numbers |= {row.number.partition("(")[0] for file in files for row in file.articles}
    if article is not None and numbers and article.partition("(")[0] not in numbers:
        raise InputError(
            "duties.unknown-article",
            "no such article",
            where="--article",
            expected=f"one of {', '.join(sorted(numbers, key=_rank))}",
            found=article,
            hint="comity agreement show says which article is about what",
        )
    for option, party in parties:
        if party is not None and party not in named:
            raise InputError(
                "duties.unknown-party",
                "no such party",
                where=option,
                expected=f"one of {', '.join(sorted(named))}",
                found=party,
                hint="comity card list shows the partners",
            )


def _rank(number: str) -> tuple[bool, int, str]:
    return not number.isdecimal(), len(number), number
