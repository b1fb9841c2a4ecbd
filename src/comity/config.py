# SPDX-License-Identifier: Apache-2.0
"""A node's configuration: the text of `comity.toml` → `Config`, every problem at once.

It says who the node is and how strictly it works here; keys, cards, agreements and persons are
elsewhere. Nothing unknown is skipped, and what is not said takes the stricter value.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeVar

from comity.agreement.places import Path, line_of, scan_statements, show_path, table_lines
from comity.basis.errors import ComityError, ConfigError, Problem, excerpt
from comity.basis.ids import (
    AgreementId,
    Domain,
    PartyId,
    parse_agreement_id,
    parse_domain,
    parse_party_id,
)
from comity.basis.limits import (
    CARD_ADDRESS_CHARS_MAX,
    CARD_ADDRESSES_MAX,
    PARCEL_BYTES_MAX,
    PUSH_BYTES_MAX,
)

CONFIG_NAME: Final = "comity.toml"
CONFIG_BYTES_MAX: Final = 256 * 1024
ALWAYS: Final = "always"
NEVER: Final = "never"
LANGUAGES: Final = ("en", "ja", "ko")
TIME_DISPUTE_LIMIT_S: Final = 120
TIME_DISPUTE_LIMIT_S_MAX: Final = 600

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_ADDRESS: Final = re.compile(r"https://[!-~]+")
_VARIABLE: Final = re.compile(r"[A-Z_][A-Z0-9_]*")
_TEXT_CHARS_MAX: Final = 1000

_Id = TypeVar("_Id", PartyId, Domain)
_Table = Mapping[str, object]


class ClockKind(StrEnum):
    """Which clock decides: the machine's, or an exercise's."""

    SYSTEM = "system"
    STORY = "story"


class SourceKind(StrEnum):
    """Where a passphrase comes from."""

    PROMPT = "prompt"
    FILE = "file"
    COMMAND = "command"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class PassphraseSetting:
    """How a key file is unlocked. `value`: file name, command line, or variable."""

    kind: SourceKind = SourceKind.PROMPT
    value: str = ""

    def __str__(self) -> str:
        """Write it as the file has it."""
        return f"{self.kind}:{self.value}" if self.value else self.kind.value


@dataclass(frozen=True, slots=True)
class Passphrases:
    """One source for each key file."""

    root: PassphraseSetting = PassphraseSetting()
    authority: PassphraseSetting = PassphraseSetting()
    node: PassphraseSetting = PassphraseSetting()


@dataclass(frozen=True, slots=True)
class Limits:
    """What this node accepts, within the limits of the formats. Published in the card."""

    parcel_bytes_max: int = PARCEL_BYTES_MAX
    push_bytes_max: int = PUSH_BYTES_MAX


@dataclass(frozen=True, slots=True)
class TwoPersons:
    """From which level a release needs a second person: a level, `always` or `never`."""

    default: str = ALWAYS
    agreements: tuple[tuple[AgreementId, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """All that the node's own file says. Pairs are sorted by their first member."""

    party: PartyId
    domain: Domain
    names: tuple[tuple[str, str], ...]
    competent_authority: str
    addresses: tuple[str, ...] = ()
    exercise: bool = False
    clock: ClockKind = ClockKind.SYSTEM
    default_language: str = "en"
    time_dispute_limit_s: int = TIME_DISPUTE_LIMIT_S
    two_persons: TwoPersons = TwoPersons()
    limits: Limits = Limits()
    passphrases: Passphrases = field(default=Passphrases(), repr=False)

    def two_persons_from(self, agreement: AgreementId) -> str:
        """Say from which level of an agreement a release needs a second person."""
        return dict(self.two_persons.agreements).get(agreement, self.two_persons.default)


def parse_config(raw: bytes) -> Config:
    """Read a configuration file.

    Raises:
        ConfigError: with every problem of the file, each with its line.
    """
    text = _decode(raw)
    try:
        root: dict[str, object] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as err:
        raise _refused([_unreadable("not TOML", "TOML 1.0", str(err))]) from None
    problems: list[Problem] = []
    config = _read(_Reader(root, (), table_lines(text, scan_statements(text)), problems))
    if problems:
        raise _refused(problems)
    return config


def format_config(config: Config) -> str:
    """Write a configuration file that `parse_config` reads back."""
    lines = [
        f"party = {_quoted(config.party)}",
        f"domain = {_quoted(config.domain)}",
        f"competent_authority = {_quoted(config.competent_authority)}",
        f"addresses = [{', '.join(map(_quoted, config.addresses))}]",
        f"exercise = {str(config.exercise).lower()}",
        f"clock = {_quoted(config.clock)}",
        f"default_language = {_quoted(config.default_language)}",
        f"time_dispute_limit_s = {config.time_dispute_limit_s}",
        "",
        "[names]",
        *(f"{_quoted(language)} = {_quoted(name)}" for language, name in config.names),
        "",
        "[two_persons]",
        f"default = {_quoted(config.two_persons.default)}",
        "[two_persons.agreements]",
        *(f"{_quoted(each)} = {_quoted(level)}" for each, level in config.two_persons.agreements),
        "",
        "[limits]",
        f"parcel_bytes_max = {config.limits.parcel_bytes_max}",
        f"push_bytes_max = {config.limits.push_bytes_max}",
        "",
        "[passphrases]",
        f"root = {_quoted(str(config.passphrases.root))}",
        f"authority = {_quoted(str(config.passphrases.authority))}",
        f"node = {_quoted(str(config.passphrases.node))}",
    ]
    return "\n".join(lines) + "\n"


class _Reader:
    """One table. What is wrong is listed, and reading goes on with a value of the right type."""

    __slots__ = ("_lines", "_path", "_problems", "_table", "_taken")

    def __init__(
        self, table: _Table, path: Path, lines: dict[Path, int], problems: list[Problem]
    ) -> None:
        self._table = table
        self._path = path
        self._lines = lines
        self._problems = problems
        self._taken: set[str] = set()

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._table))

    def text(self, key: str, default: str | None = None) -> str:
        value = self._take(key, default)
        if isinstance(value, str) and 1 <= len(value) <= _TEXT_CHARS_MAX and value.isprintable():
            return value
        self.refuse(key, f"text of 1 to {_TEXT_CHARS_MAX} printable characters", value)
        return ""

    def parsed(self, key: str, parse: Callable[[str, str], _Id]) -> _Id | str:
        text = self.text(key)
        try:
            return parse(text, "") if text else text
        except ComityError as err:
            self.refuse(key, err.expected, text)
            return text

    def texts(self, key: str, pattern: re.Pattern[str], expected: str) -> tuple[str, ...]:
        value = self._take(key, [])
        if not isinstance(value, list) or len(value) > CARD_ADDRESSES_MAX:
            self.refuse(key, f"a list of at most {CARD_ADDRESSES_MAX}", value)
            return ()
        texts = tuple(str(each) for each in value)
        for each in texts:
            if len(each) > CARD_ADDRESS_CHARS_MAX or not pattern.fullmatch(each):
                self.refuse(key, expected, each)
        return texts

    def boolean(self, key: str) -> bool:
        value = self._take(key, default=False)
        if not isinstance(value, bool):
            self.refuse(key, "true or false", value)
        return value is True

    def integer(self, key: str, default: int, max: int) -> int:
        value = self._take(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= max:
            return value
        self.refuse(key, f"an integer from 1 to {max}", value)
        return default

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        value = self._take(key, default)
        if isinstance(value, str) and value in choices:
            return value
        self.refuse(key, " or ".join(choices), value)
        return default

    def table(self, key: str) -> _Reader:
        value = self._take(key, {})
        if not isinstance(value, dict):
            self.refuse(key, "a table", value)
            value = {}
        return _Reader(value, (*self._path, key), self._lines, self._problems)

    def refuse(self, key: str, expected: str, value: object, hint: str = "") -> None:
        found = "nothing" if value is None else excerpt(str(value))
        self._problems.append(
            Problem("config.wrong-value", self._place(key), "wrong value", expected, found, hint)
        )

    def finish(self) -> None:
        for key in sorted(self._table.keys() - self._taken):
            nearest = difflib.get_close_matches(key[:64], sorted(self._taken), n=1)
            self._problems.append(
                Problem(
                    "config.unknown-key",
                    self._place(key),
                    "unknown key",
                    ", ".join(sorted(self._taken)),
                    excerpt(key),
                    f"did you mean {nearest[0]}?" if nearest else "remove it",
                )
            )

    def _take(self, key: str, default: object) -> object:
        self._taken.add(key)
        return self._table.get(key, default)

    def _place(self, key: str) -> str:
        path = (*self._path, key)
        return f"{CONFIG_NAME} line {line_of(path, self._lines)} {excerpt(show_path(path))}"


def _read(root: _Reader) -> Config:
    """Read every table, so that every problem is listed."""
    exercise = root.boolean("exercise")
    clock = ClockKind(root.choice("clock", tuple(ClockKind), ClockKind.SYSTEM))
    if clock is ClockKind.STORY and not exercise:
        root.refuse("clock", "system", "story", "only an exercise node has a story's clock")
    config = Config(
        party=PartyId(root.parsed("party", parse_party_id)),
        domain=Domain(root.parsed("domain", parse_domain)),
        names=_read_names(root.table("names")),
        competent_authority=root.text("competent_authority"),
        addresses=root.texts("addresses", _ADDRESS, "an https:// address"),
        exercise=exercise,
        clock=clock,
        default_language=root.choice("default_language", LANGUAGES, LANGUAGES[0]),
        time_dispute_limit_s=root.integer(
            "time_dispute_limit_s", TIME_DISPUTE_LIMIT_S, TIME_DISPUTE_LIMIT_S_MAX
        ),
        two_persons=_read_two_persons(root.table("two_persons")),
        limits=_read_limits(root.table("limits")),
        passphrases=_read_passphrases(root.table("passphrases"), exercise=exercise),
    )
    root.finish()
    return config


def _read_names(names: _Reader) -> tuple[tuple[str, str], ...]:
    languages = names.names()
    for language in languages:
        if not _LANGUAGE.fullmatch(language):
            names.refuse(language, "a language such as ja, ko, en", language)
    if not languages:
        names.refuse(LANGUAGES[0], "the party's name in one language or more", None)
    return tuple((language, names.text(language)) for language in languages)


def _read_two_persons(table: _Reader) -> TwoPersons:
    """Read thresholds; that a level stands in an agreement's ladder shows when it is used."""
    default = table.text("default", ALWAYS)
    agreements = table.table("agreements")
    ids = agreements.names()
    for each in ids:
        try:
            parse_agreement_id(each)
        except ComityError as err:
            agreements.refuse(each, err.expected, each)
    table.finish()
    return TwoPersons(default, tuple((AgreementId(each), agreements.text(each)) for each in ids))


def _read_limits(table: _Reader) -> Limits:
    limits = Limits(
        table.integer("parcel_bytes_max", PARCEL_BYTES_MAX, PARCEL_BYTES_MAX),
        table.integer("push_bytes_max", PUSH_BYTES_MAX, PUSH_BYTES_MAX),
    )
    table.finish()
    return limits


def _read_passphrases(table: _Reader, *, exercise: bool) -> Passphrases:
    root, authority, node = (_read_source(table, key) for key in ("root", "authority", "node"))
    table.finish()
    asked = [each for each in (root, authority, node) if each.kind is not SourceKind.PROMPT]
    if len(set(asked)) != len(asked) and not exercise:
        # One passphrase for all would let whoever runs the node bind the state.
        table.refuse("root", "a source of its own for each key file", "one for several")
    return Passphrases(root, authority, node)


def _read_source(table: _Reader, key: str) -> PassphraseSetting:
    text = table.text(key, SourceKind.PROMPT)
    kind, colon, value = text.partition(":")
    whole: dict[str, bool] = {
        SourceKind.PROMPT: not colon,
        SourceKind.FILE: bool(value),
        SourceKind.COMMAND: bool(value.strip()),
        SourceKind.ENVIRONMENT: _VARIABLE.fullmatch(value) is not None,
    }
    if not whole.get(kind, False):
        table.refuse(key, "prompt, file:NAME, command:COMMAND or environment:VARIABLE", kind)
        return PassphraseSetting()
    return PassphraseSetting(SourceKind(kind), value)


def _decode(raw: bytes) -> str:
    if len(raw) > CONFIG_BYTES_MAX:
        found = f"{len(raw)} bytes"
        raise _refused([_unreadable("too large", f"at most {CONFIG_BYTES_MAX} bytes", found)])
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as err:
        raise _refused([_unreadable("not UTF-8", "UTF-8", f"byte {err.start}")]) from None


def _unreadable(what: str, expected: str, found: str) -> Problem:
    return Problem("config.unreadable", CONFIG_NAME, what, expected, excerpt(found))


def _refused(problems: list[Problem]) -> ConfigError:
    return ConfigError("config.problems", "the configuration cannot be used", tuple(problems))


def _quoted(text: str) -> str:
    """Write a TOML basic string; all text here is printable."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
