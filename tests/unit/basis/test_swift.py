# SPDX-License-Identifier: Apache-2.0
"""Frozen dataclasses made fast are what they were: frozen, equal, hashed, replaced, shown."""

from __future__ import annotations

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from comity.basis.errors import InvariantError
from comity.basis.swift import swift


@dataclass(frozen=True, slots=True)
class Slow:
    one: int
    two: tuple[str, ...] = ()
    three: str | None = field(default=None, compare=False, repr=False)


@swift
@dataclass(frozen=True, slots=True)
class Fast:
    one: int
    two: tuple[str, ...] = ()
    three: str | None = field(default=None, compare=False, repr=False)


def test_it_is_made_as_ever_and_equals_its_like() -> None:
    made = Fast(1, ("a",), three="b")
    assert (made.one, made.two, made.three) == (1, ("a",), "b")
    assert type(made) is Fast
    assert made == Fast(1, ("a",))
    assert made != Fast(2, ("a",))
    assert hash(made) == hash(Slow(1, ("a",)))
    assert repr(made) == repr(Slow(1, ("a",))).replace("Slow", "Fast")
    assert replace(made, one=3) == Fast(3, ("a",))
    assert copy.copy(made) == made == pickle.loads(pickle.dumps(made))
    assert inspect.signature(Fast) == inspect.signature(Slow)


def test_a_class_beneath_it_stays_what_it_is() -> None:
    class Beneath(Fast):
        pass

    made = Beneath(1, ("a",))
    assert (type(made), made.one, made.two, made.three) == (Beneath, 1, ("a",), None)


def test_it_stays_frozen() -> None:
    made = Fast(1)
    with pytest.raises(FrozenInstanceError):
        made.one = 2  # type: ignore[misc]  # on purpose
    with pytest.raises(FrozenInstanceError):
        del made.one  # type: ignore[misc]  # on purpose
    assert not hasattr(made, "__dict__")


@pytest.mark.parametrize("asked", [(), (1, (), None, 4)])
def test_it_asks_for_the_same_fields(asked: tuple[object, ...]) -> None:
    for each in (Slow, Fast):
        with pytest.raises(TypeError):
            each(*asked)  # type: ignore[call-arg,arg-type]  # on purpose


def test_what_does_more_than_set_its_fields_is_not_made_so() -> None:
    @dataclass(frozen=True, slots=True)
    class Checks:
        one: int

        def __post_init__(self) -> None:
            """Check."""

    @dataclass(frozen=True, slots=True)
    class Makes:
        one: list[int] = field(default_factory=list)

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Named:
        one: int

    @dataclass(frozen=True)
    class Loose:
        one: int

    for each in (Checks, Makes, Named, Loose):
        with pytest.raises(InvariantError):
            swift(each)
