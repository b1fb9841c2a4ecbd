# SPDX-License-Identifier: Apache-2.0
"""Bad input, one table over every kind of every family: what a partner may say wrongly.

Fields missing, doubled, oversized; said under another agreement, said again, out of order, dated
wrongly: each is stored, rejected by one code, and the register goes on. What the words of a body
mean is the fold's affair.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from comity.basis.ids import AgreementId, PartyId, Place
from comity.basis.instants import Instant, format_instant
from comity.basis.limits import STATEMENT_BYTES_MAX
from comity.basis.strict_json import format_json
from comity.statement.affairs import AFFAIRS_KINDS
from comity.statement.cases import CASES_KINDS
from comity.statement.custody import CUSTODY_KINDS
from comity.statement.deliveries import DELIVERY_KINDS
from comity.statement.handling import HANDLING_KINDS
from comity.statement.information import INFORMATION_KINDS, ConsentRefuse
from comity.statement.judgement import Judged
from comity.statement.kinds import SPOKEN_KINDS, Body
from comity.statement.orders import ORDER_KINDS
from comity.statement.passing import PASSING_KINDS
from comity.statement.register import AgreementRegisters
from comity.statement.settlements import SETTLEMENT_KINDS
from comity.statement.treaty import TREATY_KINDS, PartyCard
from comity.statement.trust import TRUST_KINDS
from tests.unit.statement.test_bodies import OPTIONAL

Speaker = Any
JPN, KOR, USA = PartyId("JPN"), PartyId("KOR"), PartyId("USA")
FAMILIES = {
    "treaty": (*TREATY_KINDS, *AFFAIRS_KINDS),
    "information": (*INFORMATION_KINDS, *HANDLING_KINDS, *PASSING_KINDS),
    "custody": (*CUSTODY_KINDS, *CASES_KINDS),
    "support": (*ORDER_KINDS, *DELIVERY_KINDS, *SETTLEMENT_KINDS),
    "trust": TRUST_KINDS,
}
KINDS = sorted(kind.KIND for kinds in FAMILIES.values() for kind in kinds)
SAID_AT = 5
"""The minute at which each kind is said."""

BEYOND = {
    *("statement.malformed", "statement.unknown-format", "statement.unknown-kind"),
    *("statement.oversize", "statement.authority"),
}
"""How a field beyond its bounds is rejected; a note too long for one is no authority."""

Minute = Callable[[int], Instant]
Members = dict[str, Any]


@pytest.fixture(scope="module")
def renewed(jpn: Speaker) -> Speaker:
    """Give Japan with its next card."""
    return jpn.next()


@pytest.fixture(scope="module")
def said(jpn: Speaker, renewed: Speaker, bodies: dict[str, Body]) -> dict[str, bytes]:
    """Give one good statement of each kind by Japan, with its authority where it needs one."""
    whole = {**bodies, PartyCard.KIND: renewed.card_body()}
    return {kind: jpn.say(body, SAID_AT, nonce=77).raw for kind, body in whole.items()}


@pytest.fixture(scope="module")
def around(jpn: Speaker, kor: Speaker) -> dict[str, bytes]:
    """Give what else is said, by Japan before it, and by Korea."""
    refusal = ConsentRefuse(Place(KOR, 3))
    return {
        "at the same time": jpn.say(refusal, SAID_AT, nonce=1).raw,
        "later": jpn.say(refusal, SAID_AT + 1, nonce=1).raw,
        "by Korea": kor.say(refusal, 1, to=("JPN",)).raw,
        "having heard Korea": jpn.say(refusal, 2, nonce=1, seen=((KOR, 1),)).raw,
        "by Korea, a minute before": kor.say(refusal, SAID_AT - 1, to=("JPN",)).raw,
    }


@pytest.fixture(scope="module")
def registers(jpn: Speaker, kor: Speaker) -> AgreementRegisters:
    both = AgreementRegisters(AgreementId("gsomia-jpn-kor"), frozenset({JPN, KOR, USA}))
    both.open(JPN, jpn.card)
    both.open(KOR, kor.card)
    return both


@pytest.fixture(scope="module")
def judge(renewed: Speaker, registers: AgreementRegisters) -> Callable[..., list[str | None]]:
    """Judge entries of Japan's one after the other, after some of Korea's: None is admitted."""
    cards = {renewed.card_body().card.sha256: renewed.card.raw}

    def give(*raws: bytes, kor: tuple[bytes, ...] = ()) -> list[str | None]:
        trial = registers.trial()
        for raw in kor:
            assert isinstance(trial.judge(KOR, raw), Judged)
        return [code(trial.judge(JPN, raw, cards)) for raw in raws]

    return give


Judge = Callable[..., list[str | None]]


def code(verdict: object) -> str | None:
    assert isinstance(verdict, Judged), verdict
    assert verdict.admitted is (verdict.rejected is None)
    return None if verdict.rejected is None else verdict.rejected.code


def changed(raw: bytes, **changes: Any) -> bytes:
    return format_json({**json.loads(raw), **changes})


def paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Name every member of every object, however deep."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*above, key)
            yield from paths(inner, (*above, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths(inner, (*above, index))


def without(raw: bytes, path: tuple[Any, ...]) -> bytes:
    members: Any = json.loads(raw)
    holder = members
    for key in path[:-1]:
        holder = holder[key]
    del holder[path[-1]]
    return format_json(members)


def doubled(value: Any, path: tuple[Any, ...]) -> str:
    """Write a value as canonical JSON, but for one member that stands twice."""
    if isinstance(value, list):
        inner = (
            doubled(each, path[1:] if path[:1] == (n,) else ()) for n, each in enumerate(value)
        )
        return f"[{','.join(inner)}]"
    if not isinstance(value, dict):
        return format_json(value).decode()
    written: list[str] = []
    for key in sorted(value):
        deeper = path[1:] if path[:1] == (key,) else ()
        member = f"{format_json(key).decode()}:{doubled(value[key], deeper)}"
        written += [member] * (2 if path == (key,) else 1)
    return "{" + ",".join(written) + "}"


def test_the_table_goes_over_every_kind_of_every_family() -> None:
    assert sorted(SPOKEN_KINDS) == KINDS
    assert len(KINDS) == len(set(KINDS))


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_statement_of_each_kind_is_admitted(
    kind: str, said: dict[str, bytes], judge: Judge
) -> None:
    assert json.loads(said[kind])["kind"] == kind
    assert judge(said[kind]) == [None]


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_missing_rejects_it(kind: str, said: dict[str, bytes], judge: Judge) -> None:
    for path in paths(json.loads(said[kind])):
        (found,) = judge(without(said[kind], path))
        named = ".".join(str(each) for each in path[1:])
        if path[0] == "body" and (kind, named) in OPTIONAL:
            assert found in (None, "statement.authority"), path
        else:
            assert found == "statement.malformed", path


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_doubled_rejects_it(kind: str, said: dict[str, bytes], judge: Judge) -> None:
    members = json.loads(said[kind])
    assert doubled(members, ()).encode() == said[kind]
    for path in paths(members):
        raw = doubled(members, path).encode()
        assert len(raw) > len(said[kind])
        assert judge(raw) == ["statement.malformed"], path


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_beyond_its_bounds_rejects_it_and_a_whole_beyond_them_is_oversized(
    kind: str, said: dict[str, bytes], judge: Judge
) -> None:
    members = json.loads(said[kind])
    for path in paths(members):
        copy: Any = json.loads(said[kind])
        holder = copy
        for key in path[:-1]:
            holder = holder[key]
        value = holder[path[-1]]
        match value:
            case str():
                holder[path[-1]] = "7" * 20_000
            case list():
                holder[path[-1]] = [*value, *(value or ["x"])] * 600
            case bool() | None | dict():
                continue
            case _:
                holder[path[-1]] = -1
        assert judge(format_json(copy))[0] in BEYOND, path
    padded = changed(said[kind], body={**members["body"], "zzz": "x" * STATEMENT_BYTES_MAX})
    assert judge(padded) == ["statement.oversize"]


@pytest.mark.parametrize("kind", KINDS)
def test_said_under_another_agreement_or_by_another_party_it_is_rejected(
    kind: str, said: dict[str, bytes], judge: Judge
) -> None:
    other = {"id": "gsomia-jpn-usa", "sha256": "5e" * 32}
    assert judge(changed(said[kind], agreement=other)) == ["statement.other-agreement"]
    assert judge(changed(said[kind], by="KOR", to=["JPN"])) == ["statement.other-party"]
    assert judge(changed(said[kind], to=["PRK"])) == ["statement.unknown-party"]


@pytest.mark.parametrize("kind", KINDS)
def test_said_again_it_is_rejected(
    kind: str, said: dict[str, bytes], judge: Judge, minute: Minute
) -> None:
    raw = said[kind]
    assert judge(raw, raw) == [None, "statement.nonce-repeated"]
    dated = changed(raw, at=format_instant(minute(SAID_AT + 1)))
    assert judge(raw, dated) == [None, "statement.nonce-repeated"]


@pytest.mark.parametrize("kind", KINDS)
def test_out_of_order_it_is_rejected(
    kind: str, said: dict[str, bytes], judge: Judge, around: dict[str, bytes]
) -> None:
    for before in ("at the same time", "later"):
        assert judge(around[before], said[kind]) == [None, "statement.at-not-later"]
    seen, kor = around["having heard Korea"], (around["by Korea"],)
    assert judge(seen, said[kind], kor=kor) == [None, "statement.seen-decreased"]
    assert judge(seen, changed(said[kind], seen={"KOR": 1}), kor=kor) == [None, None]


@pytest.mark.parametrize("kind", KINDS)
def test_dated_wrongly_it_is_rejected(
    kind: str, said: dict[str, bytes], judge: Judge, around: dict[str, bytes], minute: Minute
) -> None:
    raw, heard = said[kind], around["by Korea, a minute before"]
    seen, first = changed(raw, seen={"KOR": 1}), minute(SAID_AT - 1)
    for moment, found in ((first, "statement.at-before-seen"), (first + 1, None)):
        dated = changed(seen, at=format_instant(Instant(moment)))
        assert judge(dated, kor=(heard,)) == [found]
    for at in ("2016-12-16T03:05:00Z", "2016-12-16", "2016-13-16T03:05:00.000Z", "soon", 5, None):
        assert judge(changed(raw, at=at)) == ["statement.malformed"], at


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_was_rejected_the_register_goes_on(
    kind: str, said: dict[str, bytes], judge: Judge
) -> None:
    spoilt = [without(said[kind], ("body",)), b"", changed(said[kind], to=["PRK"], nonce="f" * 32)]
    codes = ["statement.malformed", "statement.malformed", "statement.unknown-party"]
    assert judge(*spoilt, said[kind]) == [*codes, None]
