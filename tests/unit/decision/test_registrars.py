# SPDX-License-Identifier: Apache-2.0
"""Who may write in the register of persons, and who may not."""

from __future__ import annotations

import pytest

from comity.basis.ids import PersonId
from comity.basis.instants import Instant
from comity.decision.people import Person, Role
from comity.decision.registrars import allow_register_act, is_present
from comity.decision.stages import Allowed, Refused

NOW = Instant(1_000_000)
SUBJECT = PersonId("kor-017")


def person(
    name: str, *roles: Role, begins: int = 0, ends: int | None = None, facility: str = "seoul-1"
) -> Person:
    return Person(
        id=PersonId(name),
        facility=facility,
        kind="official",
        posts=(),
        clearance=None,
        clearance_until=None,
        need_to_know=(),
        roles=roles,
        registered_from=Instant(begins),
        registered_until=None if ends is None else Instant(ends),
    )


REGISTRAR = person("kor-001", Role.REGISTRAR)


def decide(by: Person | None, *persons: Person, subject: str | None = SUBJECT) -> Allowed | Refused:
    named = None if subject is None else PersonId(subject)
    return allow_register_act("person.change", by, named, persons=persons, at=NOW)


def reasons(outcome: Allowed | Refused) -> str:
    assert isinstance(outcome, Refused)
    return "; ".join(each.why for each in outcome.findings)


@pytest.mark.parametrize("subject", [SUBJECT, None])
def test_a_registrar_changes_the_records_of_others_and_of_facilities(subject) -> None:
    assert isinstance(decide(REGISTRAR, REGISTRAR, subject=subject), Allowed)


def test_nobody_changes_the_own_record() -> None:
    assert "own record" in reasons(decide(REGISTRAR, REGISTRAR, subject="kor-001"))


def test_the_only_registrar_is_told_who_changes_that_record() -> None:
    alone = reasons(decide(REGISTRAR, REGISTRAR, subject="kor-001"))
    assert "whoever runs the node, by the command without --as" in alone
    assert isinstance(decide(None, REGISTRAR, subject="kor-001"), Allowed)
    other = person("kor-002", Role.REGISTRAR)
    assert "--as" not in reasons(decide(REGISTRAR, REGISTRAR, other, subject="kor-001"))
    assert isinstance(decide(other, REGISTRAR, other, subject="kor-001"), Allowed)


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.REGISTRAR])
def test_no_other_role_keeps_the_register(role: Role) -> None:
    outcome = decide(person("kor-002", role), REGISTRAR)
    assert "person.change needs one of the roles: registrar" in reasons(outcome)


def test_a_registrar_who_is_also_administrator_keeps_the_register() -> None:
    both = person("kor-002", Role.ADMINISTRATOR, Role.REGISTRAR)
    assert isinstance(decide(both, both), Allowed)


@pytest.mark.parametrize(("begins", "ends"), [(0, NOW), (NOW + 1, None), (0, 1)])
def test_a_registrar_who_has_left_or_not_begun_keeps_no_register(begins, ends) -> None:
    gone = person("kor-002", Role.REGISTRAR, begins=begins, ends=ends)
    assert "kor-002 is not on the register" in reasons(decide(gone, gone))


@pytest.mark.parametrize(
    "others",
    [
        (),
        (person("kor-002", Role.READER),),
        (person("kor-002", Role.REGISTRAR, ends=NOW),),
        (person("kor-002", Role.REGISTRAR, begins=NOW + 1),),
        (person(SUBJECT, Role.REGISTRAR),),
    ],
)
def test_whoever_runs_the_node_acts_where_no_registrar_could(others) -> None:
    assert isinstance(decide(None, *others), Allowed)


def test_whoever_runs_the_node_does_not_act_beside_a_registrar() -> None:
    second = person("kor-009", Role.REGISTRAR)
    assert "the register has a registrar: kor-001, kor-009" in reasons(
        decide(None, second, REGISTRAR)
    )
    assert "a registrar: kor-001" in reasons(decide(None, REGISTRAR, subject=None))


@pytest.mark.parametrize(
    ("begins", "ends", "present"),
    [
        (NOW, None, True),
        (NOW, NOW + 1, True),
        (NOW, NOW, False),
        (NOW + 1, None, False),
        (0, NOW - 1, False),
    ],
)
def test_presence_runs_from_the_beginning_to_just_before_the_end(begins, ends, present) -> None:
    assert is_present(person("kor-001", begins=begins, ends=ends), NOW) is present
