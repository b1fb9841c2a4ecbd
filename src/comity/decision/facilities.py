# SPDX-License-Identifier: Apache-2.0
"""What a facility must have before anything is delivered to it, or opened in it.

Source: Japan-ROK GSOMIA Art. 10, 16 (treaties.md G10, G16)
"""

from __future__ import annotations

from comity.agreement.model import Agreement
from comity.basis.instants import Instant
from comity.decision.deciding import Citation
from comity.decision.people import Facility, officer_in_office
from comity.decision.stages import Refused

_CLAUSE = "facility_register"
_CONTRACTOR = "contractor"


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
    return Refused(act, tuple(Citation(each.article, _CLAUSE, why) for each in clauses))


def refuse_firm(
    act: str, article: str, firm: str, lacks: tuple[tuple[str, str], ...], *, given: bool
) -> Refused | None:
    """Refuse access at a firm's facility: to what it was not given, or while a condition lacks.

    `article` is the one that asks the conditions; `lacks` are firms with the letters of those
    that do not stand now; `given` says whether the item was released to the firm.

    Source: Japan-ROK GSOMIA Art. 16(a) to (o)
    """
    findings = [
        Citation(f"{article}({letter})", _CONTRACTOR, f"firm '{name}' does not meet it now")
        for name, letter in lacks
    ]
    if not given:
        why = f"the item was not released to firm '{firm}'"
        findings.append(Citation(article, _CONTRACTOR, why))
    return Refused(act, tuple(sorted(findings))) if findings else None
