# SPDX-License-Identifier: Apache-2.0
"""Who makes reports: our auditor alone. Source: Japan-ROK GSOMIA Art. 18 (treaties.md G18)"""

from __future__ import annotations

from collections.abc import Collection

from comity.decision.house import allow_house_act
from comity.decision.people import Role
from comity.decision.stages import Allowed, Refused


def may_report(act: str, roles: Collection[Role]) -> Allowed | Refused:
    """Decide whether a person of these roles makes a report."""
    return allow_house_act(act, roles, {Role.AUDITOR})
