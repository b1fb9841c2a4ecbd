# SPDX-License-Identifier: Apache-2.0
"""The families of errors, each with its exit code and HTTP status, and the findings they carry.

A refusal is not an error but a value; it lives in the rooms that refuse. Errors name ids, sizes,
digests and short escaped excerpts; never payloads, keys, passphrases or report text.
"""

from dataclasses import asdict, dataclass
from typing import ClassVar

from comity.basis.invisible import INVISIBLE
from comity.basis.limits import EXCERPT_CHARS_MAX


class ComityError(Exception):
    """What went wrong: a stable code and the five things a reader needs to act on it."""

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int | None] = 500
    retry: ClassVar[bool] = False

    def __init__(
        self,
        code: str,
        what: str,
        *,
        where: str = "",
        expected: str = "",
        found: str = "",
        hint: str = "",
    ) -> None:
        """Keep each field as one line of printable text."""
        super().__init__(code, what)
        self.code = code
        self.what = _one_line(what)
        self.where = _one_line(where)
        self.expected = _one_line(expected)
        self.found = _one_line(found)
        self.hint = _one_line(hint)

    def as_json(self) -> dict[str, str]:
        """Give the fields under their names, for `--json` and the API."""
        return {
            "code": self.code,
            "what": self.what,
            "where": self.where,
            "expected": self.expected,
            "found": self.found,
            "hint": self.hint,
        }

    def __str__(self) -> str:
        """Say it in one line: place, what, expected, found, hint, code."""
        comparison = ", ".join(
            f"{text} {name}"
            for name, text in (("expected", self.expected), ("found", self.found))
            if text
        )
        place = f"{self.where}: " if self.where else ""
        middle = f": {comparison}" if comparison else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{place}{self.what}{middle}{hint} [{self.code}]"


class InputError(ComityError):
    """Bytes or fields do not parse, or break a limit."""

    exit_code = 2
    http_status = 400


class ProofError(ComityError):
    """A signature, hash or proof does not verify."""

    exit_code = 4
    http_status = 422


class EquivocationError(ProofError):
    """A party signed two stories: the flow stops, people are told."""

    http_status = 409

    def __init__(
        self,
        code: str,
        what: str,
        *,
        evidence: bytes,
        where: str = "",
        expected: str = "",
        found: str = "",
        hint: str = "",
    ) -> None:
        """Attach the bytes that show both stories; they never appear in the text."""
        super().__init__(code, what, where=where, expected=expected, found=found, hint=hint)
        self.evidence = evidence


class StateError(ComityError):
    """The request is right, the moment is wrong."""

    exit_code = 1
    http_status = 409


class EdgeError(ComityError):
    """Disk, network or peer failed; trying again may help."""

    exit_code = 5
    http_status = 503
    retry = True


class SignInError(ComityError):
    """Nobody is signed in, or not any more: the same words whatever the reason."""

    exit_code = 6
    http_status = 401


class InvariantError(ComityError):
    """A rule of the program itself is broken: a bug, never caught."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding among several: the same fields as an error, as a value."""

    code: str
    where: str
    what: str
    expected: str = ""
    found: str = ""
    hint: str = ""

    def __post_init__(self) -> None:
        """Escape what somebody else wrote, as an error does: names of folders, keys of files."""
        for name in ("where", "what", "expected", "found", "hint"):
            object.__setattr__(self, name, _one_line(getattr(self, name)))

    def as_json(self) -> dict[str, str]:
        """Give the fields under their names."""
        return asdict(self)

    def __str__(self) -> str:
        """Say it in the same one line as an error."""
        return str(ComityError(**asdict(self)))


def problem_of(error: ComityError) -> Problem:
    """Turn an error into a finding, so that a reader may go on and list every problem."""
    return Problem(error.code, error.where, error.what, error.expected, error.found, error.hint)


class ProblemsError(InputError):
    """A document has several problems; all of them are listed."""

    def __init__(self, code: str, what: str, problems: tuple[Problem, ...]) -> None:
        """Keep every finding; the text counts them and shows the first."""
        super().__init__(code, what, **_first(problems))
        self.problems = problems


class ConfigError(ComityError):
    """The node cannot start safely; all problems at once."""

    exit_code = 2
    http_status = None

    def __init__(self, code: str, what: str, problems: tuple[Problem, ...] = ()) -> None:
        """Keep every finding; the text counts them and shows the first."""
        super().__init__(code, what, **_first(problems))
        self.problems = problems


def excerpt(text: str) -> str:
    """Show the beginning of untrusted text: escaped, at most 80 characters."""
    if len(text) <= EXCERPT_CHARS_MAX and _is_plain(text):
        return text
    shown = _one_line(text[: EXCERPT_CHARS_MAX + 1])
    if len(shown) <= EXCERPT_CHARS_MAX:
        return shown
    return shown[: EXCERPT_CHARS_MAX - 1] + "…"


def _one_line(text: str) -> str:
    """Escape what could break a line, move a cursor, or hide and reorder text."""
    if _is_plain(text):
        return text
    return "".join(
        character if _is_plain(character) else f"\\u{{{ord(character):x}}}" for character in text
    )


def _is_plain(text: str) -> bool:
    return text.isprintable() and (text.isascii() or INVISIBLE.isdisjoint(text))


def _first(problems: tuple[Problem, ...]) -> dict[str, str]:
    if not problems:
        return {}
    more = f"; the first of {len(problems)} problems" if len(problems) > 1 else ""
    first = problems[0]
    return {
        "where": first.where,
        "expected": first.expected,
        "found": first.found,
        "hint": f"{first.what}{': ' + first.hint if first.hint else ''}{more}",
    }
