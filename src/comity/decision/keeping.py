# SPDX-License-Identifier: Apache-2.0
"""Refusals of what is done with held items and copies, by facts that no clause asks for.

They narrow what the agreement allows and never widen it. Source: Japan-ROK GSOMIA Art. 6(f), 6(h),
12(b), 14
"""

from __future__ import annotations

from dataclasses import replace

from comity.agreement.model import Agreement
from comity.basis.ids import PartyId, PersonId
from comity.decision.deciding import Citation
from comity.decision.house import HOUSE
from comity.decision.stages import Allowed, Refused, of_file

_RECALL = "recall"
_NEED = "need"
_ASKED_OF_COPIES = frozenset({"copies", "purpose_limitation"})
_CHAIN = "chain"


def refuse_recalled(
    agreement: Agreement, act: str, article: str, by: tuple[PartyId, ...]
) -> Refused | None:
    """Refuse to make more of an item that its originators have called back; None: none has."""
    if not by:
        return None
    why = f"called back by {', '.join(by)}: nothing more is made of it"
    return of_file(agreement, Refused(act, (Citation(article, _RECALL, why),)))


def refuse_unneeded(agreement: Agreement, act: str, article: str) -> Refused:
    """Refuse to make more of an item whose need has ended.

    Source: Japan-ROK GSOMIA Art. 6(h)
    """
    why = "its need has ended: nothing more is made of it until a review says it is needed again"
    return of_file(agreement, Refused(act, (Citation(article, _NEED, why),)))


def name_asked(agreement: Agreement, allowed: Allowed) -> Allowed:
    """Name in leave to make a copy what was asked of it beside access: its purpose, the limit.

    Each of them would have refused it. Source: Japan-ROK GSOMIA Art. 6(c), 14
    """
    asked = (
        Citation(rule.article, rule.clause, rule.holds)
        for rule in agreement.rules.by_action.get(allowed.act, ())
        if rule.clause in _ASKED_OF_COPIES and rule.conditions
    )
    return replace(allowed, articles=tuple(sorted({*allowed.articles, *asked})))


def refuse_stranger(act: str, holder: PersonId | None, person: PersonId) -> Refused | None:
    """Refuse to do with a copy what its holder alone does; what lies in the node has no holder."""
    if holder is None or holder == person:
        return None
    return Refused(act, (Citation(HOUSE, "holder", "another person holds this copy"),))


def refuse_gap(agreement: Agreement, act: str, article: str) -> Refused:
    """Refuse to take a copy over where a link of its chain is missing and nobody reports it.

    Source: Japan-ROK GSOMIA Art. 12(b) (treaties.md G12b)
    """
    why = "the copy was not handed over to this person, and the gap is not reported"
    return of_file(agreement, Refused(act, (Citation(article, _CHAIN, why),)))


def for_another(
    act: str, other: tuple[str, PersonId | None, PersonId], decided: Allowed | Refused
) -> Allowed | Refused:
    """Say in a refusal what act it stops, and whom it is about where that is not whoever acts.

    `other`: what that person is to be, its id, and the id of whoever acts.
    """
    if isinstance(decided, Allowed):
        return decided
    what, person, acting = other
    if person == acting:
        return replace(decided, act=act)
    named = (replace(each, why=f"{what} {person}: {each.why}") for each in decided.findings)
    return replace(decided, act=act, findings=tuple(sorted(named)))
