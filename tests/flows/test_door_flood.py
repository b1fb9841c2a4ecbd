# SPDX-License-Identifier: Apache-2.0
"""Whoever asks for what costs no hash makes the door forget nobody who failed."""

from __future__ import annotations

import pytest

from comity.basis.errors import InputError, SignInError
from comity.flows.facts import find_person
from comity.signin.door import Caller, Door, Way
from comity.signin.throttle import ACCOUNT, Throttle, Throttled
from tests.builders.world import DRAFTER, World, run

KEPT = 20
HERE, THERE = "192.0.2.1", "198.51.100.1"


class Wrong:
    """Every password is wrong; hashes are counted."""

    hashed = 0

    async def hash(self, password: str) -> str:
        del password
        self.hashed += 1
        return "hash"

    async def verify(self, password: str, known: str | None) -> bool:
        del password, known
        self.hashed += 1
        return False


def _fail(door: Door) -> None:
    for _ in range(ACCOUNT.free):
        with pytest.raises(SignInError):
            run(door.sign_in(DRAFTER, "wrong password", HERE))


def _waits(door: Door) -> None:
    with pytest.raises(Throttled):
        run(door.sign_in(DRAFTER, "wrong password", HERE))


def test_unfit_passwords_for_names_of_nobody_do_not_push_out_an_accounts_failures(
    in_force: World,
) -> None:
    passwords = Wrong()
    door = Door(in_force.jpn.context, passwords, seconds=lambda: 0.0)
    door.throttle = Throttle(lambda: 0.0, kept_max=KEPT)
    _fail(door)
    paid = passwords.hashed
    for number in range(2 * KEPT):
        with pytest.raises(InputError):
            run(
                door.set_password_by_code(
                    f"nobody-{number}", code="x", password="short", address=THERE
                )
            )
    assert (passwords.hashed, len(door.throttle)) == (paid, 2)
    _waits(door)


def test_an_unfit_new_password_is_no_attempt_at_the_old_one(in_force: World) -> None:
    passwords = Wrong()
    door = Door(in_force.jpn.context, passwords, seconds=lambda: 0.0)
    person = run(find_person(in_force.jpn.context, DRAFTER))
    caller = Caller(person, frozenset(), Way.SESSION, "key")
    with pytest.raises(InputError):
        run(door.change_password(caller, "old", "short", HERE))
    assert (passwords.hashed, len(door.throttle)) == (0, 0)
    with pytest.raises(SignInError):
        run(door.change_password(caller, "old", "four words for nobody", HERE))
    assert (passwords.hashed, len(door.throttle)) == (1, 2)
