# SPDX-License-Identifier: Apache-2.0
"""Who may write in the register of persons: a registrar, and nobody in the own record.

Where no registrar could act, whoever runs the node may, so that a register can begin.
Source: Japan-ROK GSOMIA Art. 6(e), 10 (a register kept by a responsible person)
"""

from __future__ import annotations

from collections.abc import Iterable

from comity.basis.ids import PersonId
from comity.basis.instants import Instant
from comity.decision.deciding import Citation
from comity.decision.house import HOUSE, allow_house_act
from comity.decision.people import Person, Role
from comity.decision.stages import Allowed, Refused

_CLAUSE = "registrar"
_OWN = "nobody changes the own record: another registrar does"
_SOLE = f"{_OWN}, and while there is none, whoever runs the node, by the command without --as"


def is_present(person: Person, at: Instant) -> bool:
    """Answer whether a person has begun here and has not left."""
    ended = person.registered_until is not None and at >= person.registered_until
    return person.registered_from <= at and not ended


def allow_register_act(
    act: str,
    by: Person | None,
    subject: PersonId | None,
    *,
    persons: Iterable[Person],
    at: Instant,
) -> Allowed | Refused:
    """Decide whether `by` may change the record of `subject` (None: a facility's).

    `by` None is whoever runs the node; `persons` is the whole register.
    """
    if by is None:
        return _allow_operator(act, subject, persons, at)
    if not is_present(by, at):
        return _refuse(act, f"{by.id} is not on the register at this time")
    if by.id == subject:
        return _refuse(act, _OWN if _registrars(subject, persons, at) else _SOLE)
    return allow_house_act(act, by.roles, {Role.REGISTRAR})


def _allow_operator(
    act: str, subject: PersonId | None, persons: Iterable[Person], at: Instant
) -> Allowed | Refused:
    registrars = _registrars(subject, persons, at)
    if registrars:
        return _refuse(act, f"the register has a registrar: {', '.join(registrars)}")
    return allow_house_act(act)


def _registrars(subject: PersonId | None, persons: Iterable[Person], at: Instant) -> list[PersonId]:
    """List who could act on this record."""
    return sorted(
        each.id
        for each in persons
        if Role.REGISTRAR in each.roles and is_present(each, at) and each.id != subject
    )


def _refuse(act: str, why: str) -> Refused:
    return Refused(act, (Citation(HOUSE, _CLAUSE, why),))
