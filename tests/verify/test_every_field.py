# SPDX-License-Identifier: Apache-2.0
"""The second reader knows every field that the product writes, and which of them may be absent.

Each field of each kind of statement and of a card is set, taken away, made null and made twice
as deep; both readers must take or refuse every form alike.
"""

import dataclasses
import importlib.util
import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from msgspec import Struct

from comity.basis.errors import ComityError
from comity.keys.card_reading import parse_card
from comity.keys.cards import root_keys
from comity.keys.suites import KeyUse
from comity.statement.envelope import parse_statement
from comity.statement.kinds import SPOKEN_KINDS
from scripts.tidy.tree import ROOT
from tests.builders.bodies import sample_bodies
from tests.builders.broken_texts import ordered
from tests.builders.speakers import Speaker, make_speaker

HEADER = "comity/card/v1\n"
ODD: tuple[Any, ...] = (None, "", [], {}, 0, True)


@pytest.fixture(scope="module")
def second() -> ModuleType:
    spec = importlib.util.spec_from_file_location("second", ROOT / "verify" / "evidence.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def speaker() -> Speaker:
    """A party whose card has everything that a card may have."""
    return make_speaker("JPN")


def written(value: Any) -> bytes:
    return json.dumps(ordered(value), ensure_ascii=False, separators=(",", ":")).encode()


def altered(value: Any) -> Iterator[tuple[str, Any]]:
    """Give a value with each of its members, however deep, taken away or made something odd."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in [*members]:
        rest = {**value} if isinstance(value, dict) else [*value]
        del rest[key]
        yield f"{key} away", rest
        for odd in ODD:
            yield f"{key} {odd!r}", _with(value, key, odd)
        if isinstance(member, dict | list):
            for path, inner in altered(member):
                yield f"{key}.{path}", _with(value, key, inner)
    if isinstance(value, dict):
        yield "one more", {**value, "zz_more": 1}


def _with(value: Any, key: Any, member: Any) -> Any:
    copy = value.copy()
    copy[key] = member
    return copy


def reads(work: Any) -> bool:
    try:
        work()
    except (ComityError, ValueError, TypeError):
        return False
    return True


def names_of(value: Any) -> tuple[str, ...]:
    """Name the fields of a record; what is none has none."""
    if isinstance(value, Struct):
        return value.__struct_fields__
    if not dataclasses.is_dataclass(value):
        return ()
    return tuple(each.name for each in dataclasses.fields(value))


def unset(value: Any, path: str = "") -> list[str]:
    """Name the fields of a record, and of those in it, that hold nothing."""
    found = []
    for name in names_of(value):
        member = getattr(value, name)
        if member is None or member == () or member == "":
            found.append(f"{path}{name}")
        elif names_of(member):
            found += unset(member, f"{path}{name}.")
    return found


def test_the_samples_set_every_field_of_every_kind(speaker: Speaker) -> None:
    bodies = sample_bodies()
    assert bodies.keys() == SPOKEN_KINDS.keys()
    found = [each for kind, body in bodies.items() for each in unset(body, f"{kind}.")]
    assert found == ["order.request.continues"]  # a head, or what it continues
    assert unset(speaker.card) == []


@pytest.mark.parametrize("kind", sorted(SPOKEN_KINDS))
def test_both_take_and_refuse_each_field_of_a_statement_alike(
    second: ModuleType, speaker: Speaker, kind: str
) -> None:
    value = json.loads(speaker.say(sample_bodies()[kind], seen=(("KOR", 3),)).raw)  # type: ignore[arg-type]
    assert set(value["body"]) == _keys(second, kind)
    for path, each in (("whole", value), *altered(value)):
        raw = written(each)
        ours = reads(lambda raw=raw: parse_statement(raw))
        assert ours is reads(lambda raw=raw: second._statement(raw)), (kind, path)
        assert ours or path != "whole"


def test_both_take_and_refuse_each_field_of_a_card_alike(
    second: ModuleType, speaker: Speaker
) -> None:
    value = json.loads(speaker.card.raw.decode().split("\n")[1])
    assert set(value) == _keys(second, ".whole")
    taken = []
    for path, each in (("whole", value), *altered(value)):
        text = f"{HEADER}{written(each).decode()}\n"
        raw = speaker.sign_text(text, root_keys(speaker.card), KeyUse.ROOT)
        ours = reads(lambda raw=raw: parse_card(raw))
        theirs = second.judge(lambda raw=raw: str(second._card(raw)))[0]
        assert ours is (theirs == 0), path
        taken += [path] * ours
    assert {"whole", "tls_pins away", "addresses.0 away", "limits.push_bytes_max away"} <= {*taken}
    assert not {"tls_pins None", "tls_pins []", "keys away", "one more"} & {*taken}


def test_both_know_the_same_kinds(second: ModuleType) -> None:
    read = {each for each in second.SHAPES if each[0] != "."}
    assert read == SPOKEN_KINDS.keys()


@pytest.mark.parametrize("kind", ["order.unheard", ".label", "label"])
def test_both_refuse_kinds_that_nobody_speaks(
    second: ModuleType, speaker: Speaker, kind: str
) -> None:
    value = json.loads(speaker.say(sample_bodies()["consent.refuse"]).raw)
    assert second._statement(written(value))
    raw = written({**value, "kind": kind})
    assert not reads(lambda: parse_statement(raw))
    assert second.judge(lambda: str(second._statement(raw)))[0] == 2


def _keys(second: ModuleType, shape: str) -> set[str]:
    return set(second.SHAPES[shape])
