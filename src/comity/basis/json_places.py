# SPDX-License-Identifier: Apache-2.0
"""Where in a JSON text something stands: a token walk, used only when a text is refused.

Positions are characters from 0. The walk is linear and does not check the grammar; the scanner
in `strict_json` does.
"""

import json
import re
from collections.abc import Iterator

# A string that never closes is taken to the end of the text: starting again inside it at each
# quotation mark would make the walk quadratic.
_TOKEN = re.compile(
    r'(?P<string>"[^"\\]*(?:\\.[^"\\]*)*"?)'
    r"|(?P<open>[\[{])|(?P<close>[\]}])"
    r"|(?P<number>-?(?:[0-9][-+.0-9eE]*|NaN|Infinity))",
    re.DOTALL,
)
_COLON = re.compile(r"[ \t\n\r]*:")


def find_too_deep(text: str, depth_max: int) -> int | None:
    """Find the bracket that opens level `depth_max` + 1."""
    depth = 0
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "open":
            depth += 1
            if depth > depth_max:
                return token.start()
        elif token.lastgroup == "close":
            depth -= 1
    return None


def find_number(text: str, number: str) -> int:
    """Find the first number written as `number`; 0 when it stands nowhere."""
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "number" and token.group() == number:
            return token.start()
    return 0


def find_doubled_key(text: str) -> tuple[int, str]:
    """Find the first key that its object already holds; 0 and nothing when none does."""
    levels: list[set[str]] = []
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "open":
            levels.append(set())
        elif token.lastgroup == "close":
            levels.pop()
        elif token.lastgroup == "string" and _COLON.match(text, token.end()):
            key = json.loads(token.group())
            if key in levels[-1]:
                return token.start(), key
            levels[-1].add(key)
    return 0, ""


def find_lone_surrogate(text: str) -> int | None:
    """Find the first string that holds half of a surrogate pair, in a text that has parsed."""
    for start, string in _strings(text):
        if any("\ud800" <= character <= "\udfff" for character in string):
            return start
    return None


def _strings(text: str) -> Iterator[tuple[int, str]]:
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "string":
            yield token.start(), json.loads(token.group())
