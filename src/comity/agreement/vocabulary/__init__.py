# SPDX-License-Identifier: Apache-2.0
"""The closed list of clause kinds, one file each, in the order of AGREEMENTS.md section 3.

A new kind is a file here and its line below. A kind that is not listed is unknown, and a
file that holds it is refused.
"""

from __future__ import annotations

from comity.agreement.kinds import ClauseKind
from comity.agreement.vocabulary import (
    access,
    assurance,
    audience,
    caps,
    channel,
    consultation,
    contractor,
    copies,
    derived,
    destruction,
    ending,
    facility_register,
    forbidden,
    hub,
    incident,
    inventory,
    marking,
    notify,
    order,
    purpose_limitation,
    receipt,
    reclassification,
    release,
    retention,
    settlement,
    statement,
    suspension,
    third_party_rule,
    translation,
    visit,
)

CLAUSE_KINDS: tuple[ClauseKind, ...] = (
    release.KIND,
    access.KIND,
    facility_register.KIND,
    assurance.KIND,
    third_party_rule.KIND,
    purpose_limitation.KIND,
    marking.KIND,
    derived.KIND,
    channel.KIND,
    hub.KIND,
    copies.KIND,
    translation.KIND,
    contractor.KIND,
    visit.KIND,
    audience.KIND,
    forbidden.KIND,
    order.KIND,
    ending.KIND,
    suspension.KIND,
    reclassification.KIND,
    retention.KIND,
    destruction.KIND,
    settlement.KIND,
    receipt.KIND,
    incident.KIND,
    notify.KIND,
    statement.KIND,
    caps.KIND,
    inventory.KIND,
    consultation.KIND,
)

_BY_NAME = {kind.name: kind for kind in CLAUSE_KINDS}


def find_kind(name: str) -> ClauseKind | None:
    """Give the clause kind of that name, or None."""
    return _BY_NAME.get(name)


def kind_names() -> tuple[str, ...]:
    """List the names of all clause kinds, in the order of the specification."""
    return tuple(_BY_NAME)
