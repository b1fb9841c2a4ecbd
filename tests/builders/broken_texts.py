# SPDX-License-Identifier: Apache-2.0
"""Bytes, lines and JSON values changed in one place: what a thief, or a slip, would do."""

import base64
import json
import random
from typing import Any

# Each of them is right for some field and wrong for the next.
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2, 2**53 - 1, 2**53, 2**70, 1.5, -0.0, [], {}, [[[[]]]]),
    *("", "x", "JPN", "KOR", "USA", "jpn", "KOR/0", "KOR/00", "KOR", "KOR/-1", "a" * 64, "a" * 65),
    *(f"KOR/{2**53 - 1}", f"KOR/{2**53}", "KOR/99999999999999999", "X" * 33 + "/1", "KOR/1\n"),
    *("2016-12-16T03:00:00.000Z", "2016-12-16T03:00:60.000Z", "2016-12-16T03:00:00Z"),
    *("2016-12-16t03:00:00.000z", "2016-12-16T24:00:00.000Z", "9999-12-31T23:59:59.999Z"),
    *("2016-02-30", "2016-12-31", "0000-01-01", "0001-01-01", "20161231", "2016-W01-1"),
    *("秘", "極秘", "가", "가", "ｶﾞ", "Ⅱ급", " 秘", "秘 ", "秘 x", "秘\u200b", "秘\u2800", "\u3164"),
    *("秘\u034f", "\u3000", "\xa0", "\u202e", "\u00ad", "\ue000", "\u0378", "\U0001f600"),
    *("é", "e\u0301"),
    *("\ufe0f", "\U000e0101", "a\U00020000", "\U00020000", "\ufffe", "\u2028", "\x85"),
    *("\x7f", "a\nb"),
    *("ab" * 32, "AB" * 32, "ab" * 31, "xwing", "no code", "code.of-it_1", "-x", "6(a)", "第六条"),
    *("x" * 200, "x" * 201, "x" * 4096, "x" * 4097, "x" * 8192, "x" * 8193, "\0", "\ud7ff"),
    *(["KOR"], ["KOR", "KOR"], ["KOR", "USA"], ["USA", "KOR"], ["JPN"], ["KOR/1", "KOR/10"]),
    *(["KOR/10", "KOR/9"], ["a", "b"], ["b", "a"], ["a", "a"], ["a"] * 33, [1]),
    *([None], ["KOR/0"] * 2),
    *({"KOR": 0}, {"JPN": 0}, {"KOR": -1}, {"KOR": 2**53 - 1}, {"XX": 1, "YY": 2}, {"x": "y"}),
    *({"sha256": "ab" * 32, "size": 1}, {"sha256": "ab" * 32, "size": 2**20 + 1}),
    *({"\U0001f600": 1}, {"\uffff": 1, "\U0001f600": 1}),
    *("jpn.example/journal", "jpn.example/journal/0", "jpn.example/journal/9999"),
    *("jpn.example/journal/10000", "jpn.example/register/a", "journal", "a.b/journal/x"),
    *("xn--mnchen-3ya.example", "xn--a.example", "xn--abc-.example", "ab--c.example", "XN--A.b"),
    *("1.2.3.4", "localhost", "a" * 64 + ".example", "-a.example", "a..b"),
    *(".".join(["a" * 60] * 4), ".".join(["a" * 63] * 2)),
    *(["https://jpn.example"], ["https://jpn.example:0"], ["https://[::1]:443/a_~/"]),
    *(["https://JPN.example"], ["http://jpn.example"], ["https://a", "https://a"], ["https://a?b"]),
    *({"en": "Japan"}, {"EN": "Japan"}, {"en": " Japan"}, {"en-Latn-x1": "J"}),
    *({"en": "Ja\u200bpan"}, {"en": "x" * 201}),
    *("notice_given", "notice__given", "_a", "warning. of/level:+-", "root", "mirror", "ed25519"),
    *(["ab" * 32], ["ab" * 32] * 2, ["AB" * 32], ["ab" * 32] * 5, {"parcel_bytes_max": 1}),
    *({"parcel_bytes_max": 0}, {"push_bytes_max": 2**53 - 1}, {"other_max": 1}, 1_000_001, 262_145),
)  # fmt: skip


def break_bytes(dice: random.Random, raw: bytes) -> bytes:
    """Flip a bit, or take, add or double some bytes."""
    if not raw:
        return b"x"
    at = dice.randrange(len(raw))
    end = dice.randint(at, min(len(raw), at + dice.choice((1, 4, 64, 4096))))
    return dice.choice(
        (
            raw[:at] + bytes([raw[at] ^ 1 << dice.randrange(8)]) + raw[at + 1 :],
            raw[:at],
            raw[:at] + raw[end:],
            raw[:at] + dice.randbytes(dice.randint(1, 8)) + raw[at:],
            raw[:end] + raw[at:end] + raw[end:],
            raw + dice.choice((b"\n", b" ", b"\0", raw[-20:])),
        )
    )


def break_lines(dice: random.Random, raw: bytes, other: bytes) -> bytes:
    """Drop, double, move or change a line, or take one from another file of its kind."""
    lines, others = raw.split(b"\n"), other.split(b"\n")
    at = dice.randrange(len(lines))
    match dice.randrange(7):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, lines[dice.randrange(len(lines))])
        case 2:
            swap = dice.randrange(len(lines))
            lines[at], lines[swap] = lines[swap], lines[at]
        case 3:
            lines[at] = dice.choice(others)
        case 4:
            lines[at] = _change_word(dice, lines[at])
        case 5:
            lines[at] = lines[at].replace(b" ", b"  ", 1) + dice.choice((b"", b" ", b"\r", b"\t"))
        case _:
            lines.insert(at, dice.choice((b"", b"# no", b"extra QUJD", b"index 0", b"quorum none")))
    return b"\n".join(lines)


def _change_word(dice: random.Random, line: bytes) -> bytes:
    """Change one word: a number by one, base64 by a bit, of its content or of its padding."""
    words = line.split(b" ")
    at = dice.randrange(len(words))
    word = words[at]
    if word.isdigit():
        words[at] = dice.choice(
            (b"0", b"0" + word, str(int(word) + dice.choice((-1, 1, 2**63))).encode())
        )
    elif word.endswith(b"="):
        body = word.rstrip(b"=")
        words[at] = dice.choice((body, body[:-1] + b"/" + word[len(body) :], word + b"="))
    elif len(word) > 20:
        try:
            raw = bytearray(base64.b64decode(word, validate=True))
        except ValueError:
            raw = bytearray(word)
        raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
        words[at] = base64.b64encode(raw)
    else:
        words[at] = word + b"x"
    return b" ".join(words)


def change_json(dice: random.Random, value: Any) -> Any:
    """Give a copy of a value that differs in one place, chosen anywhere within it."""
    if isinstance(value, dict | list) and value and dice.random() < 0.8:
        copy = value.copy()
        keys = list(value) if isinstance(value, dict) else range(len(value))
        key = dice.choice(keys)
        copy[key] = change_json(dice, value[key])
        return copy
    match value:
        case dict() if dice.random() < 0.5:
            left = dict(value)
            left.pop(dice.choice([*value, ""]), None)
            return left if len(left) < len(value) else {**value, "more": dice.choice(ODD_VALUES)}
        case list() if dice.random() < 0.7:
            return dice.choice(([*value, *value[:1]], value[::-1], value[1:], [*value, "zz"]))
        case int() if dice.random() < 0.5:
            return value + dice.choice((-1, 1))
        case str() if value and dice.random() < 0.4:
            at = dice.randrange(len(value))
            return value[:at] + dice.choice(("", "x", "0", "\n", "é", "/")) + value[at + 1 :]
    return dice.choice(ODD_VALUES)


def write_json(dice: random.Random, value: Any) -> bytes:
    """Write a value in its one form; seldom in another, as somebody else's program might."""
    form = dice.randrange(12)
    if form == 0:
        return json.dumps(value, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    if form == 1:
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    written = json.dumps(ordered(value), ensure_ascii=False, separators=(",", ":"))
    raw = written.encode("utf-8", "replace")
    if form == 2 and b',"' in raw:
        # One key twice.
        head, _, tail = raw.partition(b',"')
        return head + b',"' + tail.partition(b",")[0] + b',"' + tail
    return raw


def ordered(value: Any) -> Any:
    """Sort keys as RFC 8785 has it: by UTF-16 units."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return {key: ordered(value[key]) for key in keys}
    return [ordered(each) for each in value] if isinstance(value, list) else value
