# SPDX-License-Identifier: Apache-2.0
"""What a token may be good for: named permissions, each within the roles of its person.

A permission never widens what a role allows: the flows decide by the roles, each time.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from comity.basis.errors import InputError, excerpt
from comity.decision.house import (
    CONTENT_ROLES,
    GOODS_OFFICES,
    KEEPING_OFFICES,
    REGISTER_READERS,
)
from comity.decision.people import Role


class Permission(StrEnum):
    """One kind of thing that a program may do for its person."""

    ITEMS_READ = "items:read"
    ITEMS_OPEN = "items:open"
    ITEMS_DRAFT = "items:draft"
    ITEMS_RELEASE = "items:release"
    ITEMS_RECEIPT = "items:receipt"
    ITEMS_END = "items:end"
    COPIES_READ = "copies:read"
    COPIES_WRITE = "copies:write"
    AGREEMENTS_READ = "agreements:read"
    REQUESTS_READ = "requests:read"
    REQUESTS_WRITE = "requests:write"
    CONSENTS_READ = "consents:read"
    CONSENTS_WRITE = "consents:write"
    ASSURANCES_READ = "assurances:read"
    ASSURANCES_WRITE = "assurances:write"
    REGISTERS_READ = "registers:read"
    REGISTERS_SETTLE = "registers:settle"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    GOODS_READ = "goods:read"
    GOODS_WRITE = "goods:write"
    INCIDENTS_REPORT = "incidents:report"
    JOURNAL_READ = "journal:read"
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"


EVERY_PERMISSION: Final = frozenset(Permission)

_EVERYBODY: Final = frozenset(Role)
_OFFICES: Final = frozenset(Role) - {Role.ADMINISTRATOR}

_HELD_BY: Final = {
    Permission.ITEMS_READ: _OFFICES,
    Permission.ITEMS_OPEN: CONTENT_ROLES,
    Permission.ITEMS_DRAFT: frozenset({Role.DRAFTER, Role.RELEASING_OFFICER}),
    Permission.ITEMS_RELEASE: KEEPING_OFFICES,
    Permission.ITEMS_RECEIPT: KEEPING_OFFICES,
    Permission.ITEMS_END: KEEPING_OFFICES,
    Permission.COPIES_READ: _OFFICES,
    Permission.COPIES_WRITE: CONTENT_ROLES | {Role.REGISTRAR},
    Permission.AGREEMENTS_READ: _EVERYBODY,
    Permission.REQUESTS_READ: _OFFICES,
    Permission.REQUESTS_WRITE: KEEPING_OFFICES | {Role.DRAFTER},
    Permission.CONSENTS_READ: _OFFICES,
    Permission.CONSENTS_WRITE: KEEPING_OFFICES,
    Permission.ASSURANCES_READ: _OFFICES,
    Permission.ASSURANCES_WRITE: KEEPING_OFFICES,
    Permission.REGISTERS_READ: REGISTER_READERS,
    Permission.REGISTERS_SETTLE: KEEPING_OFFICES,
    Permission.CASES_READ: _OFFICES,
    Permission.CASES_WRITE: KEEPING_OFFICES,
    Permission.GOODS_READ: _OFFICES,
    Permission.GOODS_WRITE: GOODS_OFFICES,
    Permission.INCIDENTS_REPORT: _EVERYBODY,
    Permission.JOURNAL_READ: frozenset({Role.AUDITOR}),
    Permission.PEOPLE_READ: frozenset({Role.REGISTRAR, Role.AUDITOR, Role.ADMINISTRATOR}),
    Permission.PEOPLE_WRITE: frozenset({Role.REGISTRAR}),
}


def permissions_of(roles: Collection[Role]) -> frozenset[Permission]:
    """Give all that a person of these roles can hand to a program."""
    held = frozenset(roles)
    return frozenset(each for each, needed in _HELD_BY.items() if held & needed)


def parse_permission(text: str, where: str = "") -> Permission:
    """Read a permission's name."""
    try:
        return Permission(text)
    except ValueError:
        raise InputError(
            "token.permission",
            "no such permission",
            where=where,
            expected=", ".join(sorted(Permission)),
            found=excerpt(text),
        ) from None
