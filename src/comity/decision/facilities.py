# SPDX-License-Identifier: Apache-2.0
"""What a facility must have before anything is delivered to it, or opened in it.

Source: Japan-ROK GSOMIA Art. 10, 16 (treaties.md G10, G16)
"""

from __future__ import annotations

from dataclasses import replace

from comity.agreement.acts import Action
from comity.agreement.model import Agreement
from comity.basis.instants import Instant
from comity.decision.deciding import Citation, decide
from comity.decision.people import Facility, Person, officer_in_office, unregistered_why
from comity.decision.request import Request
from comity.decision.stages import Allowed, Refused, allow, of_file, refuse

_CLAUSE = "facility_register"
_CONTRACTOR = "contractor"
_OFFICIAL = "official"


def refuse_unattended(
    agreement: Agreement, act: str, facility: Facility | None, at: Instant
) -> Refused | None:
    """Refuse a delivery to a facility without a control officer in office.

    None: it has one, or the agreement asks for none.

    Source: Japan-ROK GSOMIA Art. 10
    """
    clauses = agreement.clauses(_CLAUSE)
    if not clauses or facility is None or officer_in_office(facility, at) is not None:
        return None
    ended = "has no control officer" if facility.control_officer is None else "lost its officer"
    why = f"facility '{facility.id}' {ended}: nothing is delivered to it"
    cited = tuple(Citation(each.article, _CLAUSE, why) for each in clauses)
    return of_file(agreement, Refused(act, cited))


def say_unregistered(
    outcome: Allowed | Refused, person: Person, facility: Facility | None, at: Instant
) -> Allowed | Refused:
    """Say in a refusal for not being on a facility's register what lacks there; it stays the same.

    Source: Japan-ROK GSOMIA Art. 6(e), 10
    """
    if isinstance(outcome, Allowed) or not any(e.clause == _CLAUSE for e in outcome.findings):
        return outcome
    why = unregistered_why(person, facility, at)

    def said(cited: tuple[Citation, ...]) -> tuple[Citation, ...]:
        return tuple(replace(e, why=why) if e.clause == _CLAUSE else e for e in cited)

    decision = outcome.decision
    if decision is not None:
        decision = replace(decision, articles=said(decision.articles), unmet=said(decision.unmet))
    return replace(outcome, findings=said(outcome.findings), decision=decision)


def refuse_firm(agreement: Agreement, asked: Request) -> Refused | None:
    """Refuse an act at a firm to which the item might not be given now.

    `asked` is the act, with the firm and all above it as they stand. Of the decision those findings
    count that are about firms: what else hinders a release takes nothing away that was given. That
    private rights are respected was confirmed when it was.

    Source: Japan-ROK GSOMIA Art. 16(a) to (o)
    """
    release = Action.CONTRACTOR_RELEASE.value
    decision = decide(agreement, replace(asked, action=release, rights_confirmed=True))
    findings = refuse(decision).findings if not decision.allowed else ()
    stopping = tuple(each for each in findings if each.clause == _CONTRACTOR)
    return of_file(agreement, Refused(str(asked.action), stopping)) if stopping else None


def allow_at_firm(agreement: Agreement, asked: Request) -> Allowed | Refused:
    """Decide an act of somebody at a firm's facility, on an item.

    Of a firm's own people is asked what is asked of officials: clearance and need-to-know. For
    their kind stand the conditions on firms, which are cited; `refuse_firm` asks whether they are
    met. Where circles say who belongs to whom, or nothing goes to firms, a kind stays what it is.

    Source: Japan-ROK GSOMIA Art. 16(a), (c), (d), (h)
    """
    clauses = agreement.clauses(_CONTRACTOR)
    decided = allow(agreement, asked)
    if isinstance(decided, Allowed) or asked.actor.kind != _CONTRACTOR:
        return decided
    if not clauses or agreement.clauses("audience"):
        return decided
    as_official = replace(asked, actor=replace(asked.actor, kind=_OFFICIAL))
    decided = allow(agreement, as_official)
    if isinstance(decided, Refused):
        return decided
    why = "cleared people of a firm that meets the conditions have access as officials do"
    asking = [each for each in clauses if each.letters("conditions")] or clauses
    cited = (Citation(each.article, _CONTRACTOR, why) for each in asking)
    return replace(decided, articles=tuple(sorted({*decided.articles, *cited})))


def refuse_not_given(agreement: Agreement, act: str, article: str, firm: str) -> Refused:
    """Refuse access at a firm's facility to what was not given to it.

    Source: Japan-ROK GSOMIA Art. 16
    """
    why = f"the item was not released to firm '{firm}'"
    return of_file(agreement, Refused(act, (Citation(article, _CONTRACTOR, why),)))
