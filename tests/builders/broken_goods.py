# SPDX-License-Identifier: Apache-2.0
"""What a party says on goods with one figure, code or line changed: some of it still reads."""

import json
import random
from typing import Any

from comity.basis.ids import PartyId
from tests.builders.broken_parties import Broken, grown
from tests.builders.broken_texts import ordered
from tests.builders.evidence import Registers, trust_all
from tests.builders.support_bodies import sample_support_bodies

_FIGURES: tuple[Any, ...] = (
    *("1", "0.5", "10000", "0.000001", "999999999999999.999999", "12.5", "0.05", "0.005"),
    *("0", "0.0", "12.50", "1.", ".5", "01", "+1", "-1", "1e3", "1,5", "1234567890123456", "1٠"),
    *("0.0000001", "1.1234567", "NaN", " 1", "1\n", 1, 1.5, None),
)
_TEXTS: tuple[Any, ...] = ("x", "燃料", "a\u200bb", "a\nb", "", "x" * 200, "x" * 201, None)
_NUMBERS: tuple[Any, ...] = ("A", "0-1", "A/1._", "a", "-A", "A 1", "A" * 64, "A" * 65, "", None)
_ODD: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("quantity", "price", "amount", "total"), _FIGURES),
    **dict.fromkeys(("office", "description", "reason", "payee", "at", "fund"), _TEXTS),
    **dict.fromkeys(("number", "stock"), _NUMBERS),
    "currency": ("JPY", "KWD", "USD", "XTS", "XAU", "usd", "", None),
    "unit": ("LTR", "EA", "E48", "XX", "ltr", "", None),
    "method": ("cash", "return", "return", "converted", "barter", "", None),
    "nature": ("supply", "loan", "gift", None),
    "condition": ("damaged", "lost", None),
    "line": (1, 2, 0, 10**6, 10**6 + 1, True, "1", None),
    "person": ("kor-021", "K", "a" * 64, "a" * 65, "", None),
    "protected": (["a", "a"], ["a"] * 16, ["a"] * 17, [""]),
    "asked_with": (["b", "a"], ["a", "a"], ["a"] * 33),
    "taxes": ([], [{"amount": "1", "reason": "x"}] * 4, [{"amount": "1", "reason": "x"}] * 5),
    "receipts": ([], ["KOR/6", "KOR/10"], ["KOR/10", "KOR/6"], ["KOR/6"] * 2),
    "return_by": ("2014-02-29", None, "2014-01-01"),
    "stands": (False, 1, None),
    "damaged": ("1", "10000", "10000.5", "9999.999999", "0", None),
}
_CHANGED = ("lines", "rows", "differs")


def said_on_goods(dice: random.Random, registers: Registers) -> Broken:
    """Say something on goods in which one value, or the order of lines, is another."""
    party = dice.choice([each for each, said in registers.entries.items() if said])
    envelope = json.loads(dice.choice(registers.entries[party]))
    samples = {kind: body.to_json() for kind, body in sorted(sample_support_bodies().items())}
    way = dice.choice((_change_lines, _change_lines, _change_head, _leave, *[_change_figure] * 4))
    kind = dice.choice([each for each, body in samples.items() if _can(way, body)])
    written = json.loads(json.dumps(samples[kind]))
    if kind == "settlement.record" and dice.random() < 0.5:
        written["method"] = "return"
        written["lines"][0]["damaged"] = "1"
    way(dice, written)
    value = {**envelope, "kind": kind, "body": written}
    raw = json.dumps(ordered(value), ensure_ascii=False, separators=(",", ":")).encode()
    altered = grown(registers, party, raw)
    files = altered.evidence(party, len(altered.entries[PartyId(party)]) - 1)
    return files, trust_all(registers)


def _can(way: object, body: dict[str, Any]) -> bool:
    wanted = ("head",) if way is _change_head else _CHANGED if way is _change_lines else body
    return any(key in body for key in wanted)


def _leave(dice: random.Random, body: dict[str, Any]) -> None:
    """Change nothing."""


def _places(value: Any) -> list[tuple[dict[str, Any], str]]:
    """Find every place below a value where something odd is known to say."""
    found: list[tuple[dict[str, Any], str]] = []
    inner = list(value.values()) if isinstance(value, dict) else value
    if isinstance(value, dict):
        found += [(value, key) for key in value if key in _ODD]
    for each in inner if isinstance(inner, list) else []:
        found += _places(each) if isinstance(each, dict | list) else []
    return found


def _change_figure(dice: random.Random, body: dict[str, Any]) -> None:
    for _ in range(dice.choice((1, 1, 1, 2))):
        places = _places(body)
        if places:
            held, key = dice.choice(places)
            held[key] = dice.choice(_ODD[key])


def _change_lines(dice: random.Random, body: dict[str, Any]) -> None:
    """Put a second line before or behind the first, double it, or take all away."""
    for key in [each for each in _CHANGED if body.get(each)]:
        first = body[key][0]
        if not isinstance(first, dict):
            body[key] = dice.choice(([2, 1], [1, 1], [1, 2], [], [0]))
            continue
        other = {**first, **({"line": 2} if "line" in first else {"currency": "JPY"})}
        many = [{**first, "line": number} for number in range(1, 130)]
        ways: tuple[list[Any], ...] = (
            [first, other],
            [other, first],
            [first, first],
            [],
            many[:128],
            many,
        )
        body[key] = dice.choice(ways if "line" in first else ways[:2])


def _change_head(dice: random.Random, body: dict[str, Any]) -> None:
    """Give an order a head and what it continues, both, or neither; elsewhere a head or none."""
    if "continues" in body:
        body["continues"] = dice.choice(("KOR/4", None))
    if "head" in body:
        body["head"] = dice.choice((body["head"], None))
