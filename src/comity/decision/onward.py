# SPDX-License-Identifier: Apache-2.0
"""What is asked of an item that goes on to a third party, and whose "no" is whose.

Whoever passed it on holds it by two agreements: its level and its recall are those of both.
Source: Japan-ROK GSOMIA Art. 4(3), 6(a), 6(g); TISA 2014, paragraph 3
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from comity.agreement.acts import Action
from comity.agreement.model import Agreement
from comity.decision.deciding import Citation, Decision
from comity.decision.house import HOUSE
from comity.decision.stages import Refused, of_file
from comity.marking.labels import Label
from comity.marking.levels import Ladder

_CLAUSE: Final = "third_party_rule"
FOREIGN: Final = "it is originated from outside this agreement"
"""What a finding says first of an item that only passing on would bring with its proof."""


def refuse_lowered(act: str, level: str, given: str, ladder: Ladder) -> Refused | None:
    """Refuse a lower level than the item's under another agreement, or one not to be compared."""
    if ladder.knows(level) and ladder.rank(given) >= ladder.rank(level):
        return None
    why = f"the item has level {level}, and {given} there does not protect it as much"
    return Refused(act, (Citation(HOUSE, "level", why),))


def highest(own: str, there: Iterable[str], ladder: Ladder) -> str:
    """Give the level that holds of an item that was passed on, and is held by `there` besides.

    A level that is not on this agreement's ladder stands above all: nobody is cleared to it.

    Source: Japan-ROK GSOMIA Art. 6(g)
    """
    held = own
    for level in there:
        if not ladder.knows(level):
            return level
        if ladder.rank(level) > ladder.rank(held):
            held = level
    return held


def is_untold(own: str, there: str, then: str, ladder: Ladder) -> bool:
    """Answer whether originators have changed a level that is still to be said where it went.

    `then` is the level that they held it at when it was passed on. A release at a higher level was
    the forwarder's own choice, and is left as it is until they change theirs.

    Source: Japan-ROK GSOMIA Art. 6(g)
    """
    if not ladder.knows(there) or ladder.rank(there) > ladder.rank(own):
        return True
    return there not in (own, then)


def refuse_below(act: str, article: str, given: str, held: str, ladder: Ladder) -> Refused | None:
    """Refuse a level below that at which originators hold what this is, or is made from.

    Source: Japan-ROK GSOMIA Art. 4(3), 6(g)
    """
    if ladder.knows(held) and ladder.rank(given) >= ladder.rank(held):
        return None
    return Refused(act, (Citation(article, "level", f"its originators hold it at {held}"),))


def refuse_own_word(act: str, article: str, given: str, held: str) -> Refused | None:
    """Refuse a level that whoever passed an item on gives it of its own accord.

    It says under the second agreement what the originators said under the first, and no more.

    Source: Japan-ROK GSOMIA Art. 6(a), 6(g)
    """
    if given == held:
        return None
    why = f"it was passed on, and its originators hold it at {held}: none but they change that"
    return Refused(act, (Citation(article, "originator", why),))


def refuse_foreign(agreement: Agreement, label: Label) -> Refused | None:
    """Refuse to release what is also of an originator who is no party to the agreement.

    Whoever is no party sees nothing of it, and its recipients take it with proof of that party's
    consent only. What is passed on brings that proof; what is made from it here brings none.

    Source: Japan-ROK GSOMIA Art. 4(3), 6(a); DESIGN.md section 4
    """
    foreign = [each for each in label.originators if agreement.find_party(each) is None]
    if not foreign:
        return None
    why = f"{FOREIGN} by {', '.join(foreign)}, and comes without proof of that consent"
    return _by_third_party_rule(agreement, Action.RELEASE.value, why)


def refuse_unheld(agreement: Agreement, under: str, to: str) -> Refused:
    """Refuse to pass on what is marked to be shared under an arrangement that is not signed here.

    What the arrangement asks nobody can know here; `agreement` is that by which the item came.

    Source: TISA 2014, paragraph 4 (treaties.md T4b); Japan-ROK GSOMIA Art. 6(a)
    """
    why = f"it is marked to be shared with {to} under {under}, which is not signed here"
    return _by_third_party_rule(agreement, Action.THIRD_PARTY_RELEASE.value, why)


def _by_third_party_rule(agreement: Agreement, act: str, why: str) -> Refused:
    articles = sorted({each.article for each in agreement.clauses(_CLAUSE)})
    cited = articles or [agreement.rules.default_article]
    return of_file(agreement, Refused(act, tuple(Citation(each, _CLAUSE, why) for each in cited)))


def with_answers(refused: Refused, asked: Iterable[Decision]) -> Refused:
    """Give a refusal with what every agreement that had a word in it answered."""
    return replace(refused, asked=tuple(asked))


def name_agreement(refused: Refused) -> Refused:
    """Say with each finding of an agreement whose article it is, where several have a word."""
    if refused.decision is None:
        return refused
    where = refused.decision.agreement
    findings = tuple(replace(each, why=f"{each.why} ({where})") for each in refused.findings)
    return replace(refused, findings=findings)
