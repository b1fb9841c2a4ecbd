# SPDX-License-Identifier: Apache-2.0
"""The text of `comity.toml` → `Config`: every problem at once, nothing unknown skipped."""

from __future__ import annotations

import re
import tomllib
from ipaddress import ip_address
from typing import Final

from comity.agreement.places import scan_statements, table_lines
from comity.basis.errors import ComityError, ConfigError, Problem, excerpt
from comity.basis.ids import (
    AgreementId,
    Digest,
    Domain,
    PartyId,
    parse_agreement_id,
    parse_domain,
    parse_party_id,
    parse_person_id,
)
from comity.basis.limits import PARCEL_BYTES_MAX, PUSH_BYTES_MAX
from comity.config.model import (
    ACKNOWLEDGE_MINUTES,
    ACKNOWLEDGE_MINUTES_MAX,
    ALWAYS,
    BLOBS_SCRUB_HOURS_MAX,
    CONFIG_BYTES_MAX,
    CONFIG_NAME,
    GRACEFUL_STOP_S_MAX,
    JOURNAL_ANCHOR_HOURS_MAX,
    LANGUAGES,
    LEFT_OVER_DAYS_MAX,
    OWN_TLS_PINS_MAX,
    SCRUB_HOURS_MAX,
    SEALING_KEYS_DAYS_MAX,
    SECURITY_VISIT_MONTHS_MAX,
    TIME_DISPUTE_LIMIT_S,
    TIME_DISPUTE_LIMIT_S_MAX,
    Alerting,
    ClockKind,
    Config,
    Endpoint,
    Limits,
    Passphrases,
    PassphraseSetting,
    Schedule,
    Serving,
    SourceKind,
    TwoPersons,
)
from comity.config.tables import TableReader

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_ADDRESS: Final = re.compile(r"https://[!-~]+")
_PERSON: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_PIN: Final = re.compile(r"[0-9a-f]{64}")
_ENDPOINT: Final = re.compile(r"(?:\[([0-9a-f:.]{2,45})\]|([0-9.]{7,15})):(0|[1-9][0-9]{0,4})")
_PORT_MAX: Final = 65_535
_SERVING: Final = Serving()
_SCHEDULE: Final = Schedule()
_VARIABLE: Final = re.compile(r"[A-Z_][A-Z0-9_]*")


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
    config = _read(TableReader(root, (), table_lines(text, scan_statements(text)), problems))
    if problems:
        raise _refused(problems)
    return config


def _read(root: TableReader) -> Config:
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
        serve=_read_serving(root.table("serve")),
        schedule=_read_schedule(root.table("schedule")),
        alerts=_read_alerts(root.table("alerts")),
        passphrases=_read_passphrases(root.table("passphrases"), exercise=exercise),
    )
    root.finish()
    return config


def _read_names(names: TableReader) -> tuple[tuple[str, str], ...]:
    languages = names.names()
    for language in languages:
        if not _LANGUAGE.fullmatch(language):
            names.refuse(language, "a language such as ja, ko, en", language)
    if not languages:
        names.refuse(LANGUAGES[0], "the party's name in one language or more", None)
    return tuple((language, names.text(language)) for language in languages)


def _read_two_persons(table: TableReader) -> TwoPersons:
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


def _read_limits(table: TableReader) -> Limits:
    limits = Limits(
        table.integer("parcel_bytes_max", PARCEL_BYTES_MAX, PARCEL_BYTES_MAX),
        table.integer("push_bytes_max", PUSH_BYTES_MAX, PUSH_BYTES_MAX),
    )
    table.finish()
    return limits


def _read_serving(table: TableReader) -> Serving:
    """Read where the node listens; whether it can is found out when it is served."""
    partners = _read_endpoint(table, "partners_listen", _SERVING.partners_listen)
    people = _read_endpoint(table, "people_listen", _SERVING.people_listen)
    if partners == people and partners.port:
        # One socket for both would show partners the way to the people's side.
        table.refuse("people_listen", "another than partners_listen", str(people))
    certificate = table.optional_text("people_certificate")
    key = table.optional_text("people_key")
    if (certificate is None) != (key is None):
        table.refuse("people_key", "people_certificate and people_key, both or neither", "one")
    pins = table.texts("tls_pins", _PIN, "64 lower-case hexadecimal digits")
    if len(set(pins)) != len(pins) or len(pins) > OWN_TLS_PINS_MAX:
        table.refuse("tls_pins", f"at most {OWN_TLS_PINS_MAX}, each once", str(len(pins)))
    stop_s = table.integer("graceful_stop_s", _SERVING.graceful_stop_s, GRACEFUL_STOP_S_MAX)
    table.finish()
    return Serving(partners, people, certificate, key, tuple(map(Digest, pins)), stop_s)


def _read_endpoint(table: TableReader, key: str, default: Endpoint) -> Endpoint:
    text = table.text(key, str(default))
    match = _ENDPOINT.fullmatch(text)
    if match is not None:
        host, port = match[1] or match[2], int(match[3])
        try:
            address = ip_address(host)
        except ValueError:
            pass
        else:
            if port <= _PORT_MAX and (address.version == 6) == bool(match[1]):
                return Endpoint(host, port)
    table.refuse(key, "an IP address and a port, as 127.0.0.1:8443 or [::1]:8443", text)
    return default


def _read_schedule(table: TableReader) -> Schedule:
    schedule = Schedule(
        table.integer(
            "journal_anchor_hours", _SCHEDULE.journal_anchor_hours, JOURNAL_ANCHOR_HOURS_MAX
        ),
        table.integer("sealing_keys_days", _SCHEDULE.sealing_keys_days, SEALING_KEYS_DAYS_MAX),
        table.integer("scrub_hours", _SCHEDULE.scrub_hours, SCRUB_HOURS_MAX),
        table.integer("blobs_scrub_hours", _SCHEDULE.blobs_scrub_hours, BLOBS_SCRUB_HOURS_MAX),
        table.integer("left_over_days", _SCHEDULE.left_over_days, LEFT_OVER_DAYS_MAX),
        table.integer(
            "security_visit_months", _SCHEDULE.security_visit_months, SECURITY_VISIT_MONTHS_MAX
        ),
    )
    table.finish()
    return schedule


def _read_alerts(table: TableReader) -> Alerting:
    named = table.texts("escalate_to", _PERSON, "ids of our own persons, such as kor-017")
    alerts = Alerting(
        table.integer("acknowledge_minutes", ACKNOWLEDGE_MINUTES, ACKNOWLEDGE_MINUTES_MAX),
        tuple(parse_person_id(each) for each in named if _PERSON.fullmatch(each)),
    )
    table.finish()
    return alerts


def _read_passphrases(table: TableReader, *, exercise: bool) -> Passphrases:
    root, authority, node = (_read_source(table, key) for key in ("root", "authority", "node"))
    table.finish()
    asked = [each for each in (root, authority, node) if each.kind is not SourceKind.PROMPT]
    if len(set(asked)) != len(asked) and not exercise:
        # One passphrase for all would let whoever runs the node bind the state.
        table.refuse("root", "a source of its own for each key file", "one for several")
    return Passphrases(root, authority, node)


def _read_source(table: TableReader, key: str) -> PassphraseSetting:
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
