# SPDX-License-Identifier: Apache-2.0
from msgspec import Struct

from comity.basis.unshown import Unshown


class Kept(Unshown, Struct):
    """A value with a secret in it."""

    password: str


def test_a_value_shows_its_type_and_nothing_that_is_in_it() -> None:
    kept = Kept("correct horse")
    assert kept.password == "correct horse"
    assert {repr(kept), str(kept), f"{kept}"} == {"Kept(…)"}
